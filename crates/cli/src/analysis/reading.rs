use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;

use affiant_custody::CaseFolder;
use affiant_detect::{
    Certificates, Consistency, Detector, Differential, Examination, Fingerprint, List,
};
use affiant_ingest::{Input, Item, Reader, SdkCapture, SdkItem, SdkLimits, SdkReader, Settings};
use affiant_model::{
    Capture, Defect, Exchange, ExchangeRow, Exhibit, ExhibitId, ExhibitSummary, PartyKind,
    Stage as DefectStage, TransmittalId, UnnamedCount, WithheldCount,
};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::Findings;
use crate::console::Stage;
use crate::error::{CliError, io};
use crate::exhibit::{Form, HashingReader, form_of};
use crate::guard::guarded;

/// How many exchanges, and how many of their bytes, are examined at a time.
/// Memory is bounded by this and the largest exchange, not by the capture.
const BATCH_EXCHANGES: usize = 256;
const BATCH_BYTES: usize = 16 << 20;

/// What SDK material says of itself, as a capture does.
fn capture_of(found: SdkCapture) -> Capture {
    let stated = [("app", found.app), ("app version", found.app_version)];
    let stated = stated
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Capture {
        format: found.format,
        version: found.version,
        writer: found.writer,
        browser: None,
        comment: None,
        stated: stated.collect(),
        clock: None,
        entries: u32::try_from(found.findings).unwrap_or(u32::MAX),
        places: BTreeMap::new(),
        pages: None,
    }
}

/// A defect of a whole exhibit.
fn whole(exhibit: ExhibitId, message: String, consequence: &str) -> Defect {
    Defect {
        exhibit,
        exchange: None,
        span: None,
        stage: DefectStage::Ingest,
        message,
        consequence: consequence.to_owned(),
    }
}

/// The program, not the evidence, failed; it is the exchange that is not examined.
fn failed_on(exchange: &Exchange, how: &str) -> Defect {
    Defect {
        exhibit: exchange.exhibit,
        exchange: Some(exchange.ordinal),
        span: Some(exchange.span),
        stage: DefectStage::Detect,
        message: format!("the program failed on this exchange: {how}"),
        consequence: "nothing of it is asserted".to_owned(),
    }
}

pub(super) const fn empty_summary(exhibit: ExhibitId) -> ExhibitSummary {
    ExhibitSummary {
        exhibit,
        capture: None,
        refused: None,
        exchanges: 0,
        contacts: 0,
        repeats: 0,
        first_party: 0,
        third_party: 0,
        with_transmittals: 0,
        transmittals: 0,
        defects: 0,
        first: None,
        last: None,
    }
}

/// An exhibit that is no capture, by the word of the case file.
#[derive(Clone, Copy)]
pub(super) enum Apart<'r> {
    /// A list of who stands behind a domain.
    List(&'r List),
    /// A notice.
    Notice,
}

/// One exhibit being read.
pub(super) struct Reading<'r, 'c> {
    pub(super) exhibit: &'c Exhibit,
    pub(super) detector: &'r Detector<'r>,
    pub(super) settings: &'r Settings,
    /// What the case says it is, where it holds no exchange.
    pub(super) apart: Option<Apart<'r>>,
    pub(super) findings: &'r mut Findings,
    pub(super) consistency: &'r mut Consistency<'c>,
    pub(super) differential: &'r mut Differential,
    pub(super) certificates: &'r mut Certificates,
    pub(super) batch: Vec<Item>,
    pub(super) batch_bytes: usize,
    pub(super) examined: Duration,
    pub(super) summary: ExhibitSummary,
}

impl Reading<'_, '_> {
    pub(super) fn run(
        &mut self,
        folder: &CaseFolder,
        same_as: Option<ExhibitId>,
        stage: &mut Stage,
    ) -> Result<(), CliError> {
        let path = folder.exhibit_path(self.exhibit);
        let mut source = HashingReader::open(&path)?;
        match (self.apart, same_as) {
            (Some(Apart::List(list)), _) => self.keep_left_out(list),
            // A privacy manifest is both a notice and SDK material.
            (Some(Apart::Notice), _) => match form_of(self.exhibit, &path)? {
                Ok(Form::Sdk(reader)) => self.read_sdk(reader, &mut source),
                Ok(Form::Traffic(_)) => self.keep_defect(whole(
                    self.exhibit.id,
                    "the exhibit is a traffic log too, and case.toml names it as a notice"
                        .to_owned(),
                    "its exchanges are not read",
                )),
                Err(_) => {}
            },
            (None, Some(earlier)) => self.pass_over(earlier),
            (None, None) => match form_of(self.exhibit, &path)? {
                Ok(Form::Traffic(reader)) => self.read(reader, &mut source, stage),
                Ok(Form::Sdk(reader)) => self.read_sdk(reader, &mut source),
                Err(refused) => self.refuse(refused),
            },
        }
        // What the reader did not need is hashed all the same.
        let found = source.digest().map_err(io("read", &path))?;
        if found != self.exhibit.sha256 {
            return Err(CliError::verification(format!(
                "exhibit {} is not as it was taken in: SHA-256 is {found}, the ledger says {}; `affiant verify` shows everything that is wrong",
                self.exhibit.id, self.exhibit.sha256
            )));
        }
        self.findings.recomputed.insert(self.exhibit.id, found);
        self.findings.exhibits.push(self.summary.clone());
        Ok(())
    }

    fn read(&mut self, reader: Reader, source: &mut dyn Input, stage: &mut Stage) {
        let (exhibit, settings) = (self.exhibit.id, self.settings);
        self.consistency.begin(self.exhibit);
        self.make_room();
        let read = guarded(|| {
            let mut sink = |item: Item| {
                self.take(item, stage);
                ControlFlow::Continue(())
            };
            reader.read(source, exhibit, settings, &mut sink)
        });
        self.examine(stage);
        let capture = match &read {
            Ok(Ok(capture)) => Some(capture),
            _ => None,
        };
        let found = self.consistency.end(capture);
        self.findings.contradictions.extend(found.contradictions);
        let bounds = found.defects.into_iter();
        bounds.for_each(|defect| self.keep_defect(defect));
        match read {
            Ok(Ok(capture)) => self.summary.capture = Some(capture),
            Ok(Err(refusal)) => self.refuse(refusal.to_string()),
            Err(how) => self.keep_defect(whole(
                exhibit,
                format!("the program failed on this exhibit: {how}"),
                "nothing behind the last exchange read is read",
            )),
        }
    }

    /// Rows that move each time there is no more room cost more than the room, which the
    /// number that was recorded at intake tells. What it says is only believed as far as the
    /// bytes can bear it out.
    fn make_room(&mut self) {
        const LEAST_BYTES: u64 = 64;
        let recorded = self.exhibit.exchanges.as_ref().map_or(0, |tree| tree.count);
        let count = recorded.min(self.exhibit.bytes / LEAST_BYTES);
        if let Ok(count) = usize::try_from(count) {
            // Without it the rows move: nothing else is lost.
            let _ = self.findings.exchanges.try_reserve(count);
        }
    }

    /// Reads what is built into an application.
    fn read_sdk(&mut self, reader: SdkReader, source: &mut dyn Input) {
        let (exhibit, name) = (self.exhibit.id, self.exhibit.original_name.as_str());
        let limits = SdkLimits::default();
        let read = guarded(|| {
            let mut sink = |item: SdkItem| {
                match item {
                    SdkItem::Finding(finding) => self.findings.sdks.push(finding),
                    SdkItem::Defect(defect) => self.keep_defect(defect),
                }
                ControlFlow::Continue(())
            };
            reader.read(source, exhibit, name, &limits, &mut sink)
        });
        match read {
            Ok(Ok(found)) => self.summary.capture = Some(capture_of(found)),
            Ok(Err(refusal)) => self.refuse(refusal.to_string()),
            Err(how) => self.keep_defect(whole(
                exhibit,
                format!("the program failed on this exhibit: {how}"),
                "what follows in it is not read",
            )),
        }
    }

    fn take(&mut self, item: Item, stage: &mut Stage) {
        if let Item::Exchange(exchange) = &item {
            self.batch_bytes += exchange.raw.len();
        }
        self.batch.push(item);
        if self.batch.len() >= BATCH_EXCHANGES || self.batch_bytes >= BATCH_BYTES {
            self.examine(stage);
        }
    }

    /// Examines the batch, many exchanges at once, and keeps the results in the
    /// order of the exhibit.
    fn examine(&mut self, stage: &mut Stage) {
        let batch = std::mem::take(&mut self.batch);
        let (detector, circumstances) = (self.detector, &self.exhibit.circumstances);
        let (results, taken) = stage.within(|| {
            batch
                .par_iter()
                .map(|item| match item {
                    Item::Exchange(exchange) => {
                        let examine = || {
                            let found = detector.examine(exchange, circumstances);
                            (found, Fingerprint::of(exchange))
                        };
                        Some(guarded(examine).map_err(|how| failed_on(exchange, &how)))
                    }
                    Item::Defect(_) => None,
                })
                .collect::<Vec<_>>()
        });
        self.examined += taken;
        stage.advance(self.batch_bytes as u64);
        self.batch_bytes = 0;
        for (item, examination) in batch.into_iter().zip(results) {
            match (item, examination) {
                (Item::Defect(defect), _) => self.keep_defect(defect),
                (Item::Exchange(exchange), Some(Ok((examination, fingerprint)))) => {
                    self.compare(&exchange, examination, fingerprint);
                }
                (_, Some(Err(defect))) => self.keep_defect(defect),
                _ => {}
            }
        }
    }

    /// What of a list is not used is said.
    fn keep_left_out(&mut self, list: &List) {
        let disputed = list.disputed.len() as u64;
        for (count, what) in [
            (
                list.left_out,
                "statements are of no domain, or of a public suffix",
            ),
            (disputed, "domains are given to two organisations"),
        ] {
            if count > 0 {
                self.keep_defect(whole(
                    self.exhibit.id,
                    format!("{}: {count} {what}", list.name),
                    "nobody is named by them",
                ));
            }
        }
    }

    fn pass_over(&mut self, earlier: ExhibitId) {
        self.keep_defect(whole(
            self.exhibit.id,
            format!("the same content as {earlier}"),
            &format!("its exchanges are counted once, in {earlier}"),
        ));
    }

    fn refuse(&mut self, why: String) {
        self.keep_defect(whole(
            self.exhibit.id,
            why.clone(),
            "nothing of the exhibit is read",
        ));
        self.summary.refused = Some(why);
    }

    fn keep_defect(&mut self, defect: Defect) {
        self.summary.defects += 1;
        self.findings.defects.push(defect);
    }

    /// Holds an exchange against the rest of the evidence, then keeps what it gave:
    /// where an earlier exhibit holds the exchange too, nothing but its row.
    fn compare(
        &mut self,
        exchange: &Exchange,
        mut examination: Examination,
        fingerprint: Option<Fingerprint>,
    ) {
        let compare = || {
            self.consistency
                .observe(exchange, &examination, fingerprint)
        };
        let repeats = guarded(compare);
        match repeats {
            Ok(None) => {
                self.certificates.observe(exchange, &examination.row);
                self.keep(examination);
            }
            Ok(Some(earlier)) => {
                examination.row.repeats = Some(earlier.to_string());
                examination.row.transmittals = 0;
                self.summary.repeats += 1;
                self.keep_times(&examination.row);
                let defects = examination.defects.into_iter();
                defects.for_each(|defect| self.keep_defect(defect));
                self.findings.exchanges.push(examination.row);
            }
            Err(how) => self.keep_defect(failed_on(exchange, &how)),
        }
    }

    fn keep_times(&mut self, row: &ExchangeRow) {
        for time in [row.time, row.until].into_iter().flatten() {
            self.summary.first = Some(self.summary.first.map_or(time, |first| first.min(time)));
            self.summary.last = Some(self.summary.last.map_or(time, |last| last.max(time)));
        }
    }

    fn keep(&mut self, examination: Examination) {
        let Examination {
            row,
            transmittals,
            defects,
            withheld,
            consent,
            patterns,
            unnamed,
            contexts,
            tokens,
            endpoints,
        } = examination;
        for of in endpoints {
            let count = self.findings.endpoints.entry(of.endpoint).or_default();
            *count = (count.0 + of.requests, count.1 + of.fields);
        }
        self.differential.observe(&row, &tokens);
        self.findings.consent.extend(consent);
        self.findings.patterns.extend(patterns);
        for UnnamedCount { rule, count } in unnamed {
            *self.findings.unnamed.entry(rule).or_default() += count;
        }
        // Their transmittals are numbered with those of the case.
        let behind = u32::try_from(self.findings.transmittals.len()).unwrap_or(u32::MAX);
        for mut context in contexts {
            context.renumber(behind);
            self.findings.contexts.push(context);
        }
        if row.kind.has_content() {
            self.summary.exchanges += 1;
            match row.party {
                Some(PartyKind::First) => self.summary.first_party += 1,
                Some(PartyKind::Third) => self.summary.third_party += 1,
                None => {}
            }
        } else {
            self.summary.contacts += 1;
        }
        self.summary.with_transmittals += u32::from(!transmittals.is_empty());
        self.summary.transmittals += row.transmittals;
        self.keep_times(&row);
        for mut transmittal in transmittals {
            let number = u32::try_from(self.findings.transmittals.len() + 1).unwrap_or(u32::MAX);
            transmittal.transmittal = TransmittalId(number);
            self.findings.transmittals.push(transmittal);
        }
        defects
            .into_iter()
            .for_each(|defect| self.keep_defect(defect));
        for WithheldCount {
            reason,
            datum,
            count,
        } in withheld
        {
            *self.findings.withheld.entry((reason, datum)).or_default() += count;
        }
        self.findings.exchanges.push(row);
    }
}
