use std::collections::BTreeMap;
use std::sync::Arc;

use affiant_model::{
    AccessSummary, Alias, Case, CertificateFinding, ConsentSignal, ConsentStretch, ContactSummary,
    Contradiction, CustodyEvent, Defect, Digest, Exhibit, ExhibitId, ExhibitSummary,
    RecipientSummary, RecordFinding, RecordsSummary, StatementFinding, Transmittal, WithheldCount,
    WorkedExample,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::{CopyKind, Redaction, Regional};

/// Everything that the documents are made from. Nothing else enters them: no
/// clock, no file, no font of the machine.
#[derive(Debug, Clone, Copy)]
pub struct ReportInput<'a> {
    /// The case file.
    pub case: &'a Case,
    /// The exhibits, in order of their numbers.
    pub exhibits: &'a [Exhibit],
    /// What each exhibit gave.
    pub summaries: &'a [ExhibitSummary],
    /// SHA-256 of each exhibit's file as recomputed for the analysis. An
    /// exhibit that is not listed is printed as not recomputed.
    pub recomputed: &'a BTreeMap<ExhibitId, Digest>,
    /// The ledger up to the analysis, in order.
    pub ledger: &'a [CustodyEvent],
    /// SHA-256 of the last of these lines, without its line feed.
    pub ledger_head: Digest,
    /// RFC 6962 root over these lines, each a leaf without its line feed.
    pub ledger_root: Digest,
    /// These lines as they are in the file, each with its line feed. They are
    /// attached to every document as `ledger.jsonl`.
    pub ledger_text: &'a [u8],
    /// What reached each recipient, of each kind of datum, in each phase.
    pub recipients: &'a [RecipientSummary],
    /// Which hosts were contacted.
    pub contacts: &'a [ContactSummary],
    /// What apps used of the device, as it logged it itself.
    pub accesses: &'a [AccessSummary],
    /// Recipients' own records, held against the requests.
    pub records: &'a [RecordFinding],
    /// The figures of it; `None` where no exhibit holds a record.
    pub records_summary: Option<&'a RecordsSummary>,
    /// Signals of consent that the requests carried.
    pub consent: &'a [ConsentSignal],
    /// Their states in the order of time.
    pub consent_timeline: &'a [ConsentStretch],
    /// Hosts that by DNS lead to another organisation than their names say.
    pub aliases: &'a [Alias],
    /// What certificates name of hosts of which nothing else says whose they are.
    pub certificates: &'a [CertificateFinding],
    /// What in the evidence does not agree with what.
    pub contradictions: &'a [Contradiction],
    /// Every transmittal, in order of its number.
    pub transmittals: &'a [Transmittal],
    /// Every defect.
    pub defects: &'a [Defect],
    /// What was seen and withheld.
    pub withheld: &'a [WithheldCount],
    /// The statements of the case file held against the evidence.
    pub statements: &'a [StatementFinding],
    /// One transmittal decoded step by step.
    pub worked: Option<&'a WorkedExample>,
    /// Printed label of each kind of datum, by its name in `datasets/categories`.
    pub labels: &'a BTreeMap<String, String>,
    /// Labels in other languages, and seats of organisations.
    pub regional: &'a Regional,
    /// Organisations that are printed under another name than the tables and the attached
    /// files have, because they bore it at the time.
    pub names: &'a [PrintedName],
    /// The program that made the analysis.
    pub program: &'a Program,
    /// The data sets that it used.
    pub datasets: &'a [Dataset],
    /// Under which hash functions known values were looked for, in words.
    pub hashing: &'a str,
    /// Time of the analysis; the documents bear it as their date.
    pub as_of: DateTime<Utc>,
    /// Files to attach to the expert report.
    pub tables: &'a [Attachment],
    /// Which copy is made.
    pub copy: CopyKind<'a>,
    /// That the case has public versions, and which version is made.
    pub redaction: Option<Redaction<'a>>,
}

impl ReportInput<'_> {
    /// Where its documents are, in the case folder.
    #[must_use]
    pub fn folder(&self) -> &'static str {
        match self.redaction.as_ref().and_then(Redaction::public) {
            None => "reports",
            Some(_) => "reports/public",
        }
    }
}

/// What a notice of preserved evidence is made from: a signed checkpoint of the
/// ledger, and what it covers.
#[derive(Debug, Clone, Copy)]
pub struct NoticeInput<'a> {
    /// The case file.
    pub case: &'a Case,
    /// Origin of the checkpoint: the name of the ledger.
    pub origin: &'a str,
    /// Events under the checkpoint.
    pub size: u64,
    /// RFC 6962 root over them.
    pub root: Digest,
    /// The checkpoint, byte for byte: a C2SP signed note.
    pub note: &'a str,
    /// The key that signed it, as C2SP signed-note writes it (vkey), without a line feed.
    pub key: &'a str,
    /// SHA-256 of the 32 bytes of that key.
    pub fingerprint: Digest,
    /// Exhibits that were taken in by the events covered.
    pub exhibits: usize,
    /// Time of the last event covered; the notice bears it as its date.
    pub as_of: DateTime<Utc>,
    /// The program that makes the notice.
    pub program: &'a Program,
}

/// An organisation that is printed under another name than the tables have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrintedName {
    /// The name in the tables.
    pub listed: String,
    /// The name in print.
    pub printed: String,
    /// The name that the organisation bore before.
    pub former: String,
    /// The name that it took.
    pub organisation: String,
    /// The day from which it bears the later name.
    pub since: NaiveDate,
    /// Where that is said.
    pub source: String,
}

/// The program that made the analysis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Program {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// SHA-256 of the program file; `None` where it was not taken.
    pub sha256: Option<Digest>,
}

impl Program {
    /// Name and version.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.name, self.version)
    }
}

/// A data set that the analysis used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dataset {
    /// Name, as of its folder in `datasets/`.
    pub name: String,
    /// Version or date, as its source states it; empty where none is stated.
    pub version: String,
    /// Entries that it holds; `None` for one that a library carries.
    pub entries: Option<u64>,
    /// SHA-256 of its bytes; `None` for one that a library carries.
    pub sha256: Option<Digest>,
}

/// A file that is attached to the expert report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// File name: `transmittals.csv`.
    pub name: String,
    /// Content, which is shared by all documents that it is attached to.
    pub bytes: Arc<[u8]>,
    /// Media type: `text/csv`.
    pub mime: String,
    /// What it is, in words.
    pub description: String,
}
