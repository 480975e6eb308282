use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;

use affiant_custody::CaseFolder;
use affiant_detect::{
    Attributed, Consistency, ConsistencyLimits, Detector, Differential, Examination, Fingerprint,
    Knowledge, List,
};
use affiant_ingest::{Input, Item, Reader, SdkCapture, SdkItem, SdkLimits, SdkReader, Settings};
use affiant_model::{
    Alias, Capture, Case, ConsentSignal, ContextFinding, Contradiction, Defect,
    DifferentialFinding, Digest, Exchange, ExchangeRow, Exhibit, ExhibitId, ExhibitSummary,
    PartyKind, PatternFinding, RecordFinding, RecordsSummary, SdkFinding, Stage as DefectStage,
    StatementFinding, Transmittal, TransmittalId, UnnamedCount, WithheldCount,
};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use serde::{Deserialize, Serialize};

use crate::console::{Console, Stage};
use crate::error::{CliError, io};
use crate::exhibit::{Form, HashingReader, aids, form_of};
use crate::guard::guarded;

/// How many exchanges, and how many of their bytes, are examined at a time.
/// Memory is bounded by this and the largest exchange, not by the capture.
const BATCH_EXCHANGES: usize = 256;
const BATCH_BYTES: usize = 16 << 20;

/// What an analysis says beside its tables: `tables/analysis.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Summary {
    /// Version of the program.
    pub(crate) version: String,
    /// SHA-256 of the case file.
    pub(crate) case_sha256: Digest,
    /// The datasets that were used.
    pub(crate) datasets: Vec<Dataset>,
    /// How many spellings of known values were searched for.
    pub(crate) spellings: usize,
    /// Under which hash functions they were looked for, in words.
    #[serde(default)]
    pub(crate) hashing: String,
    /// Digest of each exhibit as it was read for the analysis.
    pub(crate) recomputed: BTreeMap<ExhibitId, Digest>,
    /// What each exhibit gave.
    pub(crate) exhibits: Vec<ExhibitSummary>,
    /// What was seen and is not asserted.
    pub(crate) withheld: Vec<WithheldCount>,
    /// The statements of the case file held against the evidence.
    pub(crate) statements: Vec<StatementFinding>,
    /// How many signals of consent the requests carried.
    #[serde(default)]
    pub(crate) consent_signals: usize,
    /// Hosts that by DNS lead to another organisation than their names say.
    #[serde(default)]
    pub(crate) aliases: Vec<Alias>,
    /// How many values had the shape of a pattern under a name that does not say so.
    #[serde(default)]
    pub(crate) unnamed: Vec<UnnamedCount>,
    /// What recipients' own records show of the requests; none where no exhibit
    /// holds a record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) records: Option<RecordsSummary>,
}

/// One dataset, as the report names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Dataset {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) entries: Option<u64>,
    pub(crate) sha256: Option<Digest>,
}

/// Everything that was found in the exhibits of a case.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) exchanges: Vec<ExchangeRow>,
    pub(crate) transmittals: Vec<Transmittal>,
    pub(crate) defects: Vec<Defect>,
    pub(crate) contradictions: Vec<Contradiction>,
    pub(crate) exhibits: Vec<ExhibitSummary>,
    pub(crate) recomputed: BTreeMap<ExhibitId, Digest>,
    /// Exhibits with the content of an earlier one, with that one.
    pub(crate) repeated: BTreeMap<ExhibitId, ExhibitId>,
    withheld: BTreeMap<(String, String), u64>,
    /// Recipients' own records, held against the requests.
    pub(crate) records: Vec<RecordFinding>,
    pub(crate) records_summary: Option<RecordsSummary>,
    /// Signals of consent in the requests.
    pub(crate) consent: Vec<ConsentSignal>,
    /// Fields that tell devices apart.
    pub(crate) differential: Vec<DifferentialFinding>,
    /// Shapes of personal data of which nothing says what they are.
    pub(crate) patterns: Vec<PatternFinding>,
    unnamed: BTreeMap<String, u64>,
    /// Circumstances on which statutes turn.
    pub(crate) contexts: Vec<ContextFinding>,
    /// What packages and scanners show of what is built in.
    pub(crate) sdks: Vec<SdkFinding>,
    /// Hosts that by DNS lead to another organisation than their names say.
    pub(crate) aliases: Vec<Alias>,
}

/// What was looked for.
pub(crate) struct Sought {
    pub(crate) spellings: usize,
    pub(crate) hashing: &'static str,
}

/// Reads every exhibit and examines every exchange, in order. Content that was
/// taken in more than once is read once: counted twice, it would be overstated.
pub(crate) fn run(
    console: &Console,
    folder: &CaseFolder,
    exhibits: &[Exhibit],
    case: &Case,
    knowledge: &Knowledge,
    lists: &BTreeMap<ExhibitId, List>,
) -> Result<(Findings, Sought), CliError> {
    let detector = Detector::new(case, knowledge, affiant_detect::DecodeLimits::default())?;
    let mut findings = Findings::default();
    let total = exhibits.iter().map(|exhibit| exhibit.bytes).sum();
    let mut stage = console.stage("ingest", total);
    let settings = Settings {
        aids: aids(folder, exhibits)?,
        ..Settings::default()
    };
    let notices = crate::notices::exhibits_of(case);
    let apart = |id: ExhibitId| {
        let notice = || notices.contains(&id).then_some(Apart::Notice);
        lists.get(&id).map(Apart::List).or_else(notice)
    };
    let mut consistency = Consistency::new(case, ConsistencyLimits::default());
    let mut differential = Differential::default();
    let mut examined = Duration::ZERO;
    // By digest, the exhibit whose exchanges were counted.
    let mut read: BTreeMap<Digest, ExhibitId> = BTreeMap::new();
    for exhibit in exhibits {
        let mut reading = Reading {
            exhibit,
            detector: &detector,
            settings: &settings,
            apart: apart(exhibit.id),
            findings: &mut findings,
            consistency: &mut consistency,
            differential: &mut differential,
            batch: Vec::new(),
            batch_bytes: 0,
            examined: Duration::ZERO,
            summary: empty_summary(exhibit.id),
        };
        let same_as = read.get(&exhibit.sha256).copied();
        reading.run(folder, same_as, &mut stage)?;
        examined += reading.examined;
        // A file that was refused may be read when its format is named.
        if reading.summary.refused.is_none() && reading.apart.is_none() {
            read.entry(exhibit.sha256).or_insert(exhibit.id);
        }
        if let Some(earlier) = same_as {
            findings.repeated.insert(exhibit.id, earlier);
        }
    }
    stage.timing("detect", total, examined);
    stage.finish();
    findings.uncloak(case, knowledge);
    findings.differential = differential.findings(&findings.exchanges, &findings.transmittals);
    if differential.beyond() > 0 {
        findings.keep_uncompared(exhibits, differential.beyond());
    }
    findings.corroborate(case);
    let sought = Sought {
        spellings: detector.pattern_count(),
        hashing: detector.hashing(),
    };
    Ok((findings, sought))
}

impl Findings {
    /// Attributes hosts of the first party's domain by the answers to their lookups.
    fn uncloak(&mut self, case: &Case, knowledge: &Knowledge) {
        self.aliases = affiant_detect::uncloak(
            case,
            &knowledge.recipients,
            Attributed {
                exchanges: &mut self.exchanges,
                transmittals: &mut self.transmittals,
                consent: &mut self.consent,
                patterns: &mut self.patterns,
                contexts: &mut self.contexts,
            },
        );
        if self.aliases.is_empty() {
            return;
        }
        for summary in &mut self.exhibits {
            let of = |party| {
                let rows = self.exchanges.iter().filter(|row| {
                    row.exhibit == summary.exhibit
                        && row.kind.has_content()
                        && row.repeats.is_none()
                        && row.party == Some(party)
                });
                u32::try_from(rows.count()).unwrap_or(u32::MAX)
            };
            (summary.first_party, summary.third_party) =
                (of(PartyKind::First), of(PartyKind::Third));
        }
    }

    /// Holds recipients' own records against the requests.
    fn corroborate(&mut self, case: &Case) {
        let found = affiant_detect::corroborate(case, &self.exchanges, &self.transmittals);
        found.apply(&mut self.exchanges, &mut self.transmittals);
        self.keep_defects(found.defects);
        self.records = found.records;
        self.records_summary = found.summary;
    }

    /// Says that fields were not compared across devices.
    fn keep_uncompared(&mut self, exhibits: &[Exhibit], beyond: u64) {
        let last = exhibits.last().map(|exhibit| exhibit.id);
        self.keep_defects(last.into_iter().map(|exhibit| Defect {
            exhibit,
            exchange: None,
            span: None,
            stage: DefectStage::Detect,
            message: format!("{beyond} values were not compared across devices: there are too many fields"),
            consequence: "a field that tells devices apart may be among them".to_owned(),
        }).collect());
    }

    /// Keeps defects that were found after the exhibits were read.
    pub(crate) fn keep_defects(&mut self, defects: Vec<Defect>) {
        for defect in &defects {
            let summaries = self.exhibits.iter_mut();
            for summary in summaries.filter(|summary| summary.exhibit == defect.exhibit) {
                summary.defects += 1;
            }
        }
        self.defects.extend(defects);
    }

    pub(crate) fn unnamed(&self) -> Vec<UnnamedCount> {
        let count = |(rule, count): (&String, &u64)| UnnamedCount {
            rule: rule.clone(),
            count: *count,
        };
        self.unnamed.iter().map(count).collect()
    }

    pub(crate) fn withheld(&self) -> Vec<WithheldCount> {
        self.withheld
            .iter()
            .map(|((reason, datum), count)| WithheldCount {
                reason: reason.clone(),
                datum: datum.clone(),
                count: *count,
            })
            .collect()
    }
}

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

const fn empty_summary(exhibit: ExhibitId) -> ExhibitSummary {
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
enum Apart<'r> {
    /// A list of who stands behind a domain.
    List(&'r List),
    /// A notice.
    Notice,
}

/// One exhibit being read.
struct Reading<'r, 'c> {
    exhibit: &'c Exhibit,
    detector: &'r Detector<'r>,
    settings: &'r Settings,
    /// What the case says it is, where it holds no exchange.
    apart: Option<Apart<'r>>,
    findings: &'r mut Findings,
    consistency: &'r mut Consistency<'c>,
    differential: &'r mut Differential,
    batch: Vec<Item>,
    batch_bytes: usize,
    examined: Duration,
    summary: ExhibitSummary,
}

impl Reading<'_, '_> {
    fn run(
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
                Ok(Form::Traffic(_)) => self.keep_defect(Defect {
                    exhibit: self.exhibit.id,
                    exchange: None,
                    span: None,
                    stage: DefectStage::Ingest,
                    message: "the exhibit is a traffic log too, and case.toml names it as a notice"
                        .to_owned(),
                    consequence: "its exchanges are not read".to_owned(),
                }),
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
            Err(how) => self.keep_defect(Defect {
                exhibit,
                exchange: None,
                span: None,
                stage: DefectStage::Ingest,
                message: format!("the program failed on this exhibit: {how}"),
                consequence: "nothing behind the last exchange read is read".to_owned(),
            }),
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
            Err(how) => self.keep_defect(Defect {
                exhibit,
                exchange: None,
                span: None,
                stage: DefectStage::Ingest,
                message: format!("the program failed on this exhibit: {how}"),
                consequence: "what follows in it is not read".to_owned(),
            }),
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
                self.keep_defect(Defect {
                    exhibit: self.exhibit.id,
                    exchange: None,
                    span: None,
                    stage: DefectStage::Ingest,
                    message: format!("{}: {count} {what}", list.name),
                    consequence: "nobody is named by them".to_owned(),
                });
            }
        }
    }

    fn pass_over(&mut self, earlier: ExhibitId) {
        self.keep_defect(Defect {
            exhibit: self.exhibit.id,
            exchange: None,
            span: None,
            stage: DefectStage::Ingest,
            message: format!("the same content as {earlier}"),
            consequence: format!("its exchanges are counted once, in {earlier}"),
        });
    }

    fn refuse(&mut self, why: String) {
        self.keep_defect(Defect {
            exhibit: self.exhibit.id,
            exchange: None,
            span: None,
            stage: DefectStage::Ingest,
            message: why.clone(),
            consequence: "nothing of the exhibit is read".to_owned(),
        });
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
            Ok(None) => self.keep(examination),
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
        } = examination;
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
