use std::collections::BTreeMap;
use std::path::Path;

use affiant_custody::CaseFolder;
use affiant_detect::{DecodeLimits, Knowledge, Replay, ladder, replay};
use affiant_model::{
    AccessSummary, Action, Case, ConsentSignal, ContactSummary, Contradiction, CustodyObject,
    DecodedStep, Defect, Digest, Exhibit, Locator, RecipientSummary, RecordFinding, Transmittal,
    WorkedExample,
};
use affiant_report::{
    Attachment, Book, Cited, CopyKind, Document, Oversize, Program, Redaction, Regional,
    ReportInput, Version,
};
use serde_json::json;

use crate::args::Report as Arguments;
use crate::case_file;
use crate::console::Console;
use crate::error::{CliError, Outcome};
use crate::exhibit::{exchange_of, key_logs};
use crate::record::{self, Analysed};
use crate::redaction;
use crate::summaries::Summaries;
use crate::world::World;

/// Longest excerpt of a decoding in the worked example, in characters.
const EXCERPT: usize = 480;

/// Where public versions are in the case folder.
pub(crate) const PUBLIC: &str = "reports/public/";

pub(crate) fn run(
    arguments: &Arguments,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    let case = &arguments.case;
    let (written, defects) = write(case, arguments.public, world, console)?;
    console.result(&json!({ "documents": written, "defects": defects }), || {
        written
            .iter()
            .map(|object| {
                format!(
                    "{}  {} bytes\n",
                    case.join(&object.path).display(),
                    object.bytes
                )
            })
            .collect()
    })?;
    Ok(if defects > 0 {
        Outcome::DoneWithDefects
    } else {
        Outcome::Done
    })
}

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
    pub(crate) contradictions: Vec<Contradiction>,
    pub(crate) summaries: Summaries,
    pub(crate) tables: Vec<Attachment>,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) regional: Regional,
}

/// Writes the documents; gives them, and how many defects the inputs had.
pub(crate) fn write(
    case: &Path,
    public: bool,
    world: &World,
    console: &Console,
) -> Result<(Vec<CustodyObject>, usize), CliError> {
    let folder = CaseFolder::open(case)?;
    let made = compute(&folder, public, console)?;
    let mut objects = Vec::new();
    for (path, bytes) in &made.files {
        objects.push(folder.write_derived(path, bytes)?);
    }
    let note = format!("made from the tables of event {}", made.analysis);
    record::record(&folder, world, Action::Report, objects.clone(), note)?;
    for file in &made.oversize {
        console.remark(&file.to_string());
    }
    Ok((objects, made.defects + made.oversize.len()))
}

/// The documents of a case.
pub(crate) struct Made {
    /// By their path in the case folder.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// The event of the analysis that they are made from.
    analysis: u64,
    defects: usize,
    /// Files that the court would not take, and that could not be divided.
    oversize: Vec<Oversize>,
}

/// Makes the documents from the tables; nothing is written. Public versions are
/// made where they are asked for, here or in the case file.
pub(crate) fn compute(
    folder: &CaseFolder,
    public: bool,
    console: &Console,
) -> Result<Made, CliError> {
    let material = read(folder)?;
    let worked = worked_example(folder, &material)?;
    let book = book(folder, &material, worked.as_ref())?;
    let key = (public || material.case.redaction.is_some()).then(|| redaction::key(&material));
    let sealed = key.as_ref().map(|key| Redaction {
        key,
        version: Version::Sealed,
    });
    let mut stage = console.stage("report", 0).waiting();
    let Documents {
        mut files,
        oversize,
    } = documents(&material, worked.as_ref(), &book, sealed)?;
    if let Some(key) = &key {
        files.extend(redaction::public_versions(&material, key)?);
    }
    for (_, bytes) in &files {
        stage.advance(bytes.len() as u64);
    }
    stage.finish();
    Ok(Made {
        files,
        oversize,
        analysis: material.analysed.event.seq,
        defects: material.defects.len(),
    })
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
    let of_consent = (
        "consent.csv",
        "Signals of consent in the requests, one a row",
    );
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
    .chain(has_consent.then_some(of_consent))
    {
        tables.push(Attachment {
            name: name.to_owned(),
            bytes: table(name)?,
            mime: "text/csv".to_owned(),
            description: description.to_owned(),
        });
    }
    // By it a later supplement says which data sets changed.
    tables.push(Attachment {
        name: "analysis.json".to_owned(),
        bytes: table("analysis.json")?,
        mime: "application/json".to_owned(),
        description: "What the analysis says of itself: version, data sets, figures".to_owned(),
    });
    let transmittals = affiant_aggregate::read_transmittals(&table("transmittals.parquet")?)?;
    let contacts = affiant_aggregate::read_contacts(&table("contacts.parquet")?)?;
    Ok(Material {
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
        contradictions: affiant_aggregate::read_contradictions(&table("contradictions.parquet")?)?,
        summaries: Summaries::read(folder, &analysed)?,
        tables,
        regional: crate::regional::read(&knowledge, &contacts, &transmittals),
        labels: knowledge.labels(),
        transmittals,
        contacts,
        analysed,
    })
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

pub(crate) fn documents(
    material: &Material,
    worked: Option<&WorkedExample>,
    book: &Book,
    redaction: Option<Redaction<'_>>,
) -> Result<Documents, CliError> {
    let mut documents = Documents::default();
    let folder = with_set(material, worked, book, redaction, |set| {
        for document in Document::ALL {
            if document.is_called_for(set) {
                documents.add(*document, set)?;
            }
        }
        Ok::<_, CliError>(set.input.folder())
    })?;
    for exhibit in &material.exhibits {
        documents.files.push((
            format!("{folder}/placeholders/{}.pdf", exhibit.id),
            affiant_report::placeholder(&material.case, exhibit)?,
        ));
    }
    Ok(documents)
}

/// The files of the set, and which of them the court would not take.
#[derive(Default)]
pub(crate) struct Documents {
    /// By their path in the case folder.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    oversize: Vec<Oversize>,
}

impl Documents {
    /// Adds the copies of a document for service, and those for filing where the court's
    /// form asks for them.
    fn add(
        &mut self,
        document: Document,
        set: &affiant_report::Material<'_>,
    ) -> Result<(), CliError> {
        let parts = document.make_parts(set)?;
        let served: Vec<_> = parts
            .iter()
            .map(|part| (part.path.clone(), Digest::of(&part.bytes)))
            .collect();
        let filed = document.make_for_filing(set, &served)?;
        // What is only served is not measured by what the court takes.
        let measured = if filed.is_empty() { &parts } else { &filed };
        let oversize = measured
            .iter()
            .filter_map(|part| document.oversize(set, part));
        self.oversize.extend(oversize);
        let all = parts.into_iter().chain(filed);
        self.files.extend(all.map(|part| (part.path, part.bytes)));
        Ok(())
    }
}

/// The exchanges that the exhibit book prints.
fn book(
    folder: &CaseFolder,
    material: &Material,
    worked: Option<&WorkedExample>,
) -> Result<Book, CliError> {
    let summaries = &material.summaries;
    let cited = Cited::of(
        worked,
        &material.analysed.summary.statements,
        &summaries.tables(),
        &summaries.review(),
    );
    crate::book::read(
        folder,
        &material.case,
        &material.exhibits,
        &material.transmittals,
        &cited,
    )
}

/// One transmittal decoded step by step: among those to third parties that
/// were answered, a known value before a documented field, and then the one
/// that is wrapped most often in encodings that have a stock tool of their own.
fn worked_example(
    folder: &CaseFolder,
    material: &Material,
) -> Result<Option<WorkedExample>, CliError> {
    let Some(transmittal) = material.transmittals.iter().min_by_key(|t| {
        let steps: Vec<_> = t.locator.split(" / ").skip(1).collect();
        let of_their_own = ["json", "base64", "gzip"];
        let awkward = steps
            .iter()
            .any(|step| !of_their_own.iter().any(|kind| step.starts_with(kind)));
        (
            t.party == affiant_model::PartyKind::First,
            t.reach < affiant_model::Reach::Acknowledged,
            t.basis,
            awkward,
            std::cmp::Reverse(steps.len()),
            t.transmittal,
        )
    }) else {
        return Ok(None);
    };
    let Replayed {
        exhibit,
        request: request_line,
        replay,
        ladder,
    } = replayed(folder, &material.exhibits, transmittal, EXCERPT)?;
    Ok(Some(WorkedExample {
        transmittal: transmittal.transmittal.to_string(),
        exhibit: exhibit.id,
        file: exhibit.file.clone(),
        exchange: transmittal.exchange,
        request_line,
        locator: transmittal.locator.clone(),
        span: replay.span,
        steps: ladder,
        command: replay.command(
            &format!("evidence/{}", exhibit.file),
            &key_logs(&material.exhibits),
        ),
        value: transmittal.value.clone(),
        datum: transmittal.datum.clone(),
        basis: transmittal.basis,
        source: transmittal.source.clone(),
    }))
}

/// The way of a transmittal's locator, gone again.
pub(crate) struct Replayed<'e> {
    pub(crate) exhibit: &'e Exhibit,
    /// Method and address.
    pub(crate) request: String,
    pub(crate) replay: Replay,
    /// Every state on the way.
    pub(crate) ladder: Vec<DecodedStep>,
}

/// Goes the way of a transmittal's locator again, from the exhibit's bytes,
/// and holds what it finds against the table.
pub(crate) fn replayed<'e>(
    folder: &CaseFolder,
    exhibits: &'e [Exhibit],
    transmittal: &Transmittal,
    excerpt: usize,
) -> Result<Replayed<'e>, CliError> {
    let stale = |why: String| {
        CliError::verification(format!(
            "{} does not follow from the evidence: {why}; run `affiant verify`, then `affiant analyze` again",
            transmittal.transmittal
        ))
    };
    let exhibit = exhibits
        .iter()
        .find(|exhibit| exhibit.id == transmittal.exhibit)
        .ok_or_else(|| stale(format!("there is no exhibit {}", transmittal.exhibit)))?;
    let exchange = exchange_of(folder, exhibit, transmittal.exchange)?.ok_or_else(|| {
        stale(format!(
            "exhibit {} has no exchange {}",
            exhibit.id, transmittal.exchange
        ))
    })?;
    let locator: Locator = transmittal
        .locator
        .parse()
        .map_err(|error| stale(format!("{error}")))?;
    let limits = DecodeLimits::default();
    let replay = replay(&exchange, &locator, &limits).map_err(|error| stale(error.to_string()))?;
    let value = affiant_model::Digest::of(&replay.value);
    if replay.span != transmittal.span || value != transmittal.value_sha256 {
        return Err(stale(format!(
            "the table has bytes {}+{} and value SHA-256 {}, the exhibit gives bytes {}+{} and {value}",
            transmittal.span.offset,
            transmittal.span.length,
            transmittal.value_sha256,
            replay.span.offset,
            replay.span.length
        )));
    }
    let ladder =
        ladder(&exchange, &locator, &limits, excerpt).map_err(|error| stale(error.to_string()))?;
    let request = format!("{} {}", exchange.method, exchange.url);
    Ok(Replayed {
        exhibit,
        request,
        replay,
        ladder,
    })
}
