use std::collections::BTreeMap;

use affiant_detect::{Attributed, Certificates, Knowledge};
use affiant_model::{
    Alias, Case, CertificateFinding, ConsentSignal, ContextFinding, Contradiction, Defect,
    DifferentialFinding, Digest, EndpointFields, ExchangeRow, Exhibit, ExhibitId, ExhibitSummary,
    PartyKind, PatternFinding, RecordFinding, RecordsSummary, SdkFinding, Stage, Transmittal,
    UnnamedCount, WithheldCount,
};

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
    pub(super) withheld: BTreeMap<(String, String), u64>,
    /// Recipients' own records, held against the requests.
    pub(crate) records: Vec<RecordFinding>,
    pub(crate) records_summary: Option<RecordsSummary>,
    /// Signals of consent in the requests.
    pub(crate) consent: Vec<ConsentSignal>,
    /// Fields that tell devices apart.
    pub(crate) differential: Vec<DifferentialFinding>,
    /// Shapes of personal data of which nothing says what they are.
    pub(crate) patterns: Vec<PatternFinding>,
    pub(super) unnamed: BTreeMap<String, u64>,
    /// By endpoint, what was read by its word: requests and transmittals.
    pub(super) endpoints: BTreeMap<String, (u64, u64)>,
    /// Circumstances on which statutes turn.
    pub(crate) contexts: Vec<ContextFinding>,
    /// What packages and scanners show of what is built in.
    pub(crate) sdks: Vec<SdkFinding>,
    /// Hosts that by DNS lead to another organisation than their names say.
    pub(crate) aliases: Vec<Alias>,
    /// What certificates name of hosts of which nothing else says whose they are.
    pub(crate) certificates: Vec<CertificateFinding>,
}

impl Findings {
    /// Attributes hosts of the first party's domain by the answers to their lookups.
    pub(super) fn uncloak(&mut self, case: &Case, knowledge: &Knowledge) {
        let (aliases, defects) = affiant_detect::uncloak(
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
        self.aliases = aliases;
        self.keep_defects(defects);
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
    pub(super) fn corroborate(&mut self, case: &Case) {
        let found = affiant_detect::corroborate(case, &self.exchanges, &self.transmittals);
        found.apply(&mut self.exchanges, &mut self.transmittals);
        self.keep_defects(found.defects);
        self.records = found.records;
        self.records_summary = found.summary;
    }

    /// Keeps what certificates name; says that some are not listed.
    pub(super) fn certify(&mut self, certificates: Certificates, exhibits: &[Exhibit]) {
        let beyond = certificates.beyond();
        self.certificates = certificates.findings(&self.exchanges);
        let last = exhibits.last().filter(|_| beyond > 0);
        self.keep_defects(last.map(|exhibit| Defect {
            exhibit: exhibit.id,
            exchange: None,
            span: None,
            stage: Stage::Detect,
            message: format!("the certificates of {beyond} entries are not listed: there are too many different ones"),
            consequence: "of some hosts it is not said what their certificates name".to_owned(),
        }).into_iter().collect());
    }

    /// Says that fields were not compared across devices.
    pub(super) fn keep_uncompared(&mut self, exhibits: &[Exhibit], beyond: u64) {
        let last = exhibits.last().map(|exhibit| exhibit.id);
        self.keep_defects(last.into_iter().map(|exhibit| Defect {
            exhibit,
            exchange: None,
            span: None,
            stage: Stage::Detect,
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

    pub(crate) fn endpoints(&self) -> Vec<EndpointFields> {
        let of = |(endpoint, (requests, fields)): (&String, &(u64, u64))| EndpointFields {
            endpoint: endpoint.clone(),
            requests: *requests,
            fields: *fields,
        };
        self.endpoints.iter().map(of).collect()
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
