//! Reads every exhibit and examines every exchange.

mod findings;
mod reading;

use std::collections::BTreeMap;
use std::time::Duration;

use affiant_custody::CaseFolder;
use affiant_detect::{
    Certificates, Consistency, ConsistencyLimits, Detector, Differential, Knowledge, List,
};
use affiant_ingest::Settings;
use affiant_model::{
    Alias, Case, CertificateFinding, Digest, EndpointFields, Exhibit, ExhibitId, ExhibitSummary,
    RecordsSummary, StatementFinding, UnnamedCount, WithheldCount,
};
use serde::{Deserialize, Serialize};

use crate::console::Console;
use crate::error::CliError;
use crate::exhibit::aids;
pub(crate) use findings::Findings;
use reading::{Apart, Reading, empty_summary};

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
    /// What certificates name of hosts of which nothing else says whose they are.
    #[serde(default)]
    pub(crate) certificates: Vec<CertificateFinding>,
    /// How many values had the shape of a pattern under a name that does not say so.
    #[serde(default)]
    pub(crate) unnamed: Vec<UnnamedCount>,
    /// The documented endpoints that requests are addressed to, each with what was
    /// read by its word.
    #[serde(default)]
    pub(crate) endpoints: Vec<EndpointFields>,
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
    let mut certificates = Certificates::default();
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
            certificates: &mut certificates,
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
    findings.certify(certificates, exhibits);
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
