//! The documents of a case: what they are made from, read back from its folder, and
//! the making of all that the case calls for.

mod set;
mod worked;

use std::collections::BTreeMap;

use affiant_custody::CaseFolder;
use affiant_detect::Knowledge;
use affiant_model::{
    AccessSummary, Case, ConsentSignal, ConsentStretch, ContactSummary, Contradiction, Defect,
    Digest, Exhibit, RecipientSummary, RecordFinding, Transmittal, WorkedExample,
};
use affiant_report::{
    Attachment, Book, CopyKind, Oversize, PrintedName, Program, Redaction, Regional, ReportInput,
    Version,
};

use crate::case_file;
use crate::console::Console;
use crate::error::CliError;
use crate::names::name_as_then;
use crate::record::{self, Analysed};
use crate::redaction;
use crate::summaries::Summaries;

pub(crate) use set::{Sink, documents};
pub(crate) use worked::{Replayed, replayed};

/// Where public versions are in the case folder.
pub(crate) const PUBLIC: &str = "reports/public/";

/// What the documents are made from, read back from the case folder.
pub(crate) struct Material {
    pub(crate) case: Case,
    pub(crate) exhibits: Vec<Exhibit>,
    pub(crate) analysed: Analysed,
    pub(crate) transmittals: Vec<Transmittal>,
    pub(crate) defects: Vec<Defect>,
    pub(crate) recipients: Vec<RecipientSummary>,
    pub(crate) contacts: Vec<ContactSummary>,
    pub(crate) accesses: Vec<AccessSummary>,
    pub(crate) records: Vec<RecordFinding>,
    pub(crate) consent: Vec<ConsentSignal>,
    pub(crate) consent_timeline: Vec<ConsentStretch>,
    pub(crate) contradictions: Vec<Contradiction>,
    pub(crate) summaries: Summaries,
    pub(crate) tables: Vec<Attachment>,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) regional: Regional,
    /// Organisations that are printed under another name than the tables have.
    pub(crate) names: Vec<PrintedName>,
}

/// What there is to say of the documents of a case.
pub(crate) struct Made {
    /// The event of the analysis that they are made from.
    pub(crate) analysis: u64,
    /// Defects of the inputs.
    pub(crate) defects: usize,
    /// Files that the court would not take, and that could not be divided.
    pub(crate) oversize: Vec<Oversize>,
}

/// Makes the documents from the tables and hands each to `sink` once it is made, so that
/// no more of them than one is in memory. Public versions are made where they are asked
/// for, here or in the case file; where one would still hold a value it is an error, after
/// `sink` was handed files that must then not be kept.
pub(crate) fn compute(
    folder: &CaseFolder,
    public: bool,
    console: &Console,
    sink: &mut Sink<'_>,
) -> Result<Made, CliError> {
    let material = read(folder)?;
    let worked = worked::worked_example(folder, &material)?;
    let book = set::book(folder, &material, worked.as_ref())?;
    let key = (public || material.case.redaction.is_some()).then(|| redaction::key(&material));
    let sealed = key.as_ref().map(|key| Redaction {
        key,
        version: Version::Sealed,
    });
    let mut stage = console.stage("report", 0).waiting();
    let mut written = 0;
    let mut counted = |path: &str, bytes: &[u8]| {
        written += bytes.len() as u64;
        sink(path, bytes)
    };
    let oversize = documents(
        &material,
        worked.as_ref(),
        &book,
        sealed,
        &stage,
        &mut counted,
    )?;
    if let Some(key) = &key {
        redaction::public_versions(&material, key, &stage, &mut counted)?;
    }
    stage.advance(written);
    stage.finish();
    Ok(Made {
        oversize,
        analysis: material.analysed.event.seq,
        defects: material.defects.len(),
    })
}

/// Makes the documents again and gives the digest of each, by its path.
pub(crate) fn digests(
    folder: &CaseFolder,
    public: bool,
    console: &Console,
) -> Result<Vec<(String, Digest)>, CliError> {
    let mut digests = Vec::new();
    compute(folder, public, console, &mut |path, bytes| {
        digests.push((path.to_owned(), Digest::of(bytes)));
        Ok(())
    })?;
    Ok(digests)
}

/// Hands what the documents of the last analysis are made from to `with`, without
/// the worked example.
pub(crate) fn with_input<R>(
    folder: &CaseFolder,
    with: impl FnOnce(&ReportInput<'_>) -> R,
) -> Result<R, CliError> {
    let material = read(folder)?;
    Ok(with_set(&material, None, &Book::default(), None, |set| {
        with(&set.input)
    }))
}

fn read(folder: &CaseFolder) -> Result<Material, CliError> {
    let analysed = record::last_analysis(folder)?;
    let knowledge = Knowledge::built_in()?;
    let case_file = case_file::read(&folder.case_file(), &knowledge.datum_names())?;
    analysed.check_case(folder, &case_file.text)?;
    let table = |name: &str| analysed.read(folder, &format!("tables/{name}"));
    let mut tables = Vec::new();
    // A case has a table of records where an exhibit holds some.
    let has_records = analysed.summary.records.is_some();
    let of_records = ("records.csv", "Recipients' own records, one a row");
    let has_consent = analysed.summary.consent_signals > 0;
    let of_consent = [
        (
            "consent.csv",
            "Signals of consent in the requests, one a row",
        ),
        (
            "consent_timeline.csv",
            "States of each signal in the order of time, one a row",
        ),
    ];
    for (name, description) in [
        ("transmittals.csv", "Every transmittal, one a row"),
        ("exchanges.csv", "Every entry read, one a row"),
        (
            "recipients.csv",
            "Transmittals by recipient, datum and phase",
        ),
        ("contacts.csv", "Hosts named in the captures, one a row"),
        (
            "accesses.csv",
            "What apps used of the device, as it logged it",
        ),
        ("defects.csv", "What could not be read, one a row"),
        (
            "contradictions.csv",
            "What does not agree with what, one a row",
        ),
    ]
    .into_iter()
    .chain(has_records.then_some(of_records))
    .chain(of_consent.into_iter().filter(|_| has_consent))
    {
        tables.push(Attachment {
            name: name.to_owned(),
            bytes: table(name)?.into(),
            mime: "text/csv".to_owned(),
            description: description.to_owned(),
        });
    }
    // By it a later supplement says which data sets changed.
    tables.push(Attachment {
        name: "analysis.json".to_owned(),
        bytes: table("analysis.json")?.into(),
        mime: "application/json".to_owned(),
        description: "What the analysis says of itself: version, data sets, figures".to_owned(),
    });
    let transmittals = affiant_aggregate::read_transmittals(&table("transmittals.parquet")?)?;
    let contacts = affiant_aggregate::read_contacts(&table("contacts.parquet")?)?;
    let mut material = Material {
        case: case_file.case,
        exhibits: folder.exhibits()?,
        defects: affiant_aggregate::read_defects(&table("defects.parquet")?)?,
        recipients: affiant_aggregate::read_recipients(&table("recipients.parquet")?)?,
        accesses: affiant_aggregate::read_accesses(&table("accesses.parquet")?)?,
        records: if has_records {
            affiant_aggregate::read_records(&table("records.parquet")?)?
        } else {
            Vec::new()
        },
        consent: if has_consent {
            affiant_aggregate::read_consent(&table("consent.parquet")?)?
        } else {
            Vec::new()
        },
        consent_timeline: if has_consent {
            affiant_aggregate::read_consent_timeline(&table("consent_timeline.parquet")?)?
        } else {
            Vec::new()
        },
        contradictions: affiant_aggregate::read_contradictions(&table("contradictions.parquet")?)?,
        summaries: Summaries::read(folder, &analysed)?,
        tables,
        regional: crate::regional::read(&knowledge, &contacts, &transmittals),
        labels: knowledge.labels(),
        names: Vec::new(),
        transmittals,
        contacts,
        analysed,
    };
    name_as_then(&mut material, knowledge.recipients.former_names());
    Ok(material)
}

/// Hands what the documents are made from to `with`.
fn with_set<R>(
    material: &Material,
    worked: Option<&WorkedExample>,
    book: &Book,
    redaction: Option<Redaction<'_>>,
    with: impl FnOnce(&affiant_report::Material<'_>) -> R,
) -> R {
    let tool = &material.analysed.event.tool;
    let program = Program {
        name: tool.name.clone(),
        version: tool.version.clone(),
        sha256: tool.sha256,
    };
    let summary = &material.analysed.summary;
    let datasets: Vec<_> = summary
        .datasets
        .iter()
        .map(|dataset| affiant_report::Dataset {
            name: dataset.name.clone(),
            version: dataset.version.clone(),
            entries: dataset.entries,
            sha256: dataset.sha256,
        })
        .collect();
    let input = ReportInput {
        case: &material.case,
        exhibits: &material.exhibits,
        summaries: &summary.exhibits,
        recomputed: &summary.recomputed,
        ledger: &material.analysed.ledger,
        ledger_head: material.analysed.head,
        ledger_root: material.analysed.root,
        ledger_text: &material.analysed.text,
        recipients: &material.recipients,
        contacts: &material.contacts,
        accesses: &material.accesses,
        records: &material.records,
        records_summary: summary.records.as_ref(),
        consent: &material.consent,
        consent_timeline: &material.consent_timeline,
        aliases: &summary.aliases,
        certificates: &summary.certificates,
        contradictions: &material.contradictions,
        transmittals: &material.transmittals,
        defects: &material.defects,
        withheld: &summary.withheld,
        statements: &summary.statements,
        worked,
        labels: &material.labels,
        regional: &material.regional,
        names: &material.names,
        program: &program,
        datasets: &datasets,
        hashing: &summary.hashing,
        as_of: material.analysed.event.time,
        tables: &material.tables,
        copy: CopyKind::Service,
        redaction,
    };
    with(&affiant_report::Material {
        input,
        tables: material.summaries.tables(),
        review: material.summaries.review(),
        book,
    })
}
