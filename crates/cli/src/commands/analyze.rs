use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use affiant_aggregate::{Aggregates, Inputs};
use affiant_custody::CaseFolder;
use affiant_detect::{Knowledge, List};
use affiant_ingest::SdkRules;
use affiant_model::{
    Action, Case, Contradiction, CustodyObject, Defect, Digest, Exhibit, ExhibitId, ExhibitSummary,
    RecordsSummary, Stage,
};
use affiant_statutes::Statutes;
use serde::Serialize;

use crate::analysis::{self, Dataset, Findings, Summary};
use crate::case_file::{self, CASE_FILE};
use crate::console::Console;
use crate::error::{CliError, Outcome};
use crate::record::{self, SUMMARY};
use crate::world::{VERSION, World};
use crate::{matrix, notices};

/// What was found, in figures.
#[derive(Serialize)]
pub(crate) struct Figures {
    exhibits: usize,
    exhibits_refused: usize,
    exchanges: usize,
    /// Entries that show a contact, an access or a record, and no content.
    contacts: usize,
    pub(crate) transmittals: usize,
    third_party_recipients: usize,
    pub(crate) defects: usize,
    /// What does not agree with what, both sides quoted.
    contradictions: Vec<Contradiction>,
    /// Entries that an earlier exhibit holds too: in no other figure.
    repeats: usize,
    withheld: u64,
    /// Signals of consent and of opting out in the requests.
    consent_signals: usize,
    /// What recipients' own records show of the requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<RecordsSummary>,
    tables: Vec<String>,
}

pub(crate) fn run(case: &Path, world: &World, console: &Console) -> Result<Outcome, CliError> {
    let figures = analyse(case, world, console)?;
    console.result(&figures, || prose(&figures, case))?;
    Ok(if figures.defects > 0 {
        Outcome::DoneWithDefects
    } else {
        Outcome::Done
    })
}

/// Analyses a case and writes its tables.
pub(crate) fn analyse(case: &Path, world: &World, console: &Console) -> Result<Figures, CliError> {
    let folder = CaseFolder::open(case)?;
    // An intake that broke off is put right before anything is read.
    drop(folder.writer(&mut || world.stamp())?);
    let made = compute(&folder, &folder.exhibits()?, console)?;
    let tables = write_tables(&folder, world, &made)?;
    Ok(figures(
        &made.findings,
        &made.aggregates,
        &made.summary,
        tables,
    ))
}

/// A file by its path in the case folder.
type File<'m> = (String, Cow<'m, [u8]>);

/// What an analysis makes of the exhibits and the case file.
pub(crate) struct Made {
    findings: Findings,
    aggregates: Aggregates,
    summary: Summary,
    /// The case file as it was read.
    case_text: String,
}

impl Made {
    /// The files that it comes to, by their path in the case folder.
    pub(crate) fn files(&self) -> Result<Vec<File<'_>>, CliError> {
        let mut files = Vec::new();
        for table in &self.aggregates.tables {
            for (extension, bytes) in [("csv", &table.csv), ("parquet", &table.parquet)] {
                let path = format!("tables/{}.{extension}", table.name);
                files.push((path, Cow::Borrowed(bytes.as_slice())));
            }
        }
        let mut json = serde_json::to_vec_pretty(&self.summary).map_err(CliError::internal)?;
        json.push(b'\n');
        files.push((SUMMARY.to_owned(), Cow::Owned(json)));
        Ok(files)
    }
}

/// Analyses exhibits of a case; nothing is written.
pub(crate) fn compute(
    folder: &CaseFolder,
    exhibits: &[Exhibit],
    console: &Console,
) -> Result<Made, CliError> {
    let mut knowledge = Knowledge::built_in()?;
    let file = case_file::read(&folder.case_file(), &knowledge.datum_names())?;
    if exhibits.is_empty() {
        return Err(CliError::usage(format!(
            "`{0}` has no exhibits yet; take some in with `affiant intake {0} FILE`",
            folder.root().display()
        )));
    }
    let lists = lists(folder, exhibits, &file.case)?;
    for id in &file.case.lists {
        knowledge.add_list(&lists[id]);
    }
    let (mut findings, sought) =
        analysis::run(console, folder, exhibits, &file.case, &knowledge, &lists)?;
    let unclear = affiant_aggregate::unclear(&file.case, &findings.exchanges)?;
    let unclear = unclear.into_iter().map(|what| Defect {
        exhibit: exhibits[0].id,
        exchange: None,
        span: None,
        stage: Stage::Detect,
        message: format!("case.toml: {what}"),
        consequence: "it is not used".to_owned(),
    });
    findings.keep_defects(unclear.collect());
    let review = notices::review(folder, exhibits, &file.case, &knowledge, &findings)?;
    findings.keep_defects(review.defects);

    let mut stage = console.stage("aggregate", 0).waiting();
    let mut aggregates = affiant_aggregate::build(
        &findings.exchanges,
        &findings.transmittals,
        &findings.defects,
        &findings.contradictions,
    )?;
    aggregates.add_records(&findings.records)?;
    aggregates.add_consent(
        &findings.consent,
        &affiant_aggregate::consent_timeline(
            &file.case,
            &findings.exchanges,
            &findings.transmittals,
            &findings.consent,
        )?,
    )?;
    aggregates.add_summaries(&affiant_aggregate::summarise(&Inputs {
        case: &file.case,
        exchanges: &findings.exchanges,
        transmittals: &findings.transmittals,
        singling: &knowledge.singling(),
    })?)?;
    let size = |table: &affiant_aggregate::Table| (table.csv.len() + table.parquet.len()) as u64;
    aggregates.add_sdks(
        &findings.sdks,
        &affiant_aggregate::presence(
            &findings.sdks,
            &findings.exchanges,
            &findings.transmittals,
            &|name| knowledge.recipients.has_host(name),
        ),
    )?;
    aggregates.add_apart(
        &findings.differential,
        &findings.patterns,
        &findings.contexts,
    )?;
    let statutes = Statutes::built_in().map_err(CliError::internal)?;
    aggregates.add_gaps(&review.gaps)?;
    let matrix = matrix::matrix(&statutes, &file.case, &aggregates.tables)?;
    aggregates.add_matrix(&matrix)?;
    stage.advance(aggregates.tables.iter().map(size).sum());
    stage.finish();
    // Content that is counted in one exhibit is one run.
    let ids: Vec<_> = exhibits
        .iter()
        .map(|exhibit| exhibit.id)
        .filter(|id| !findings.repeated.contains_key(id))
        .collect();
    let summary = Summary {
        version: VERSION.to_owned(),
        case_sha256: Digest::of(file.text.as_bytes()),
        datasets: datasets(&knowledge, &statutes),
        spellings: sought.spellings,
        hashing: sought.hashing.to_owned(),
        recomputed: findings.recomputed.clone(),
        exhibits: findings.exhibits.clone(),
        withheld: findings.withheld(),
        statements: affiant_aggregate::hold_statements(
            &file.case,
            &ids,
            &findings.exchanges,
            &findings.transmittals,
        ),
        consent_signals: findings.consent.len(),
        aliases: findings.aliases.clone(),
        certificates: findings.certificates.clone(),
        unnamed: findings.unnamed(),
        endpoints: findings.endpoints(),
        records: findings.records_summary.clone(),
    };
    Ok(Made {
        findings,
        aggregates,
        summary,
        case_text: file.text,
    })
}

/// The lists of the case, of which it is known that they are as they were taken in.
fn lists(
    folder: &CaseFolder,
    exhibits: &[Exhibit],
    case: &Case,
) -> Result<BTreeMap<ExhibitId, List>, CliError> {
    let read = |id: &ExhibitId| {
        let exhibit = exhibits.iter().find(|exhibit| exhibit.id == *id);
        let exhibit = exhibit.ok_or_else(|| {
            CliError::usage(format!(
                "case.toml names {id} as a list, but there is no such exhibit; take the list in with `affiant intake`"
            ))
        })?;
        let list = List::read(&folder.exhibit_path(exhibit))
            .map_err(|why| CliError::usage(format!("case.toml names {id} as a list: {why}")))?;
        if list.sha256 == exhibit.sha256 {
            Ok((*id, list))
        } else {
            Err(CliError::verification(format!(
                "exhibit {id} is not as it was taken in: SHA-256 is {}, the ledger says {}; `affiant verify` shows everything that is wrong",
                list.sha256, exhibit.sha256
            )))
        }
    };
    case.lists.iter().map(read).collect()
}

fn datasets(knowledge: &Knowledge, statutes: &Statutes) -> Vec<Dataset> {
    let mut datasets: Vec<Dataset> = knowledge
        .sources
        .iter()
        .map(|source| Dataset {
            name: source.name.clone(),
            version: source.version.clone(),
            entries: source.entries,
            sha256: source.sha256,
        })
        .collect();
    datasets.push(Dataset {
        name: "datasets/sdks".to_owned(),
        version: VERSION.to_owned(),
        entries: SdkRules::built_in()
            .ok()
            .map(|rules| rules.all().len() as u64),
        sha256: Some(SdkRules::digest()),
    });
    datasets.push(Dataset {
        name: "datasets/statutes".to_owned(),
        version: VERSION.to_owned(),
        entries: Some(statutes.claims.len() as u64),
        sha256: Some(statutes.sha256),
    });
    datasets
}

/// Writes the tables and records them, with the case file they were made for.
fn write_tables(folder: &CaseFolder, world: &World, made: &Made) -> Result<Vec<String>, CliError> {
    // As it was read: by now it may have been edited.
    let case = made.case_text.as_bytes();
    let mut objects = vec![CustodyObject::new(
        CASE_FILE,
        Digest::of(case),
        case.len() as u64,
    )];
    for (path, bytes) in made.files()? {
        objects.push(folder.write_derived(&path, &bytes)?);
    }
    let tables = objects[1..]
        .iter()
        .map(|object| object.path.clone())
        .collect();
    let note = format!(
        "{} exhibits analysed; the tables follow from them and from case.toml",
        made.summary.exhibits.len()
    );
    record::record(folder, world, Action::Analyse, objects, note)?;
    Ok(tables)
}

fn figures(
    findings: &Findings,
    aggregates: &Aggregates,
    summary: &Summary,
    tables: Vec<String>,
) -> Figures {
    let recipients: std::collections::BTreeSet<_> = aggregates
        .recipients
        .iter()
        .filter(|row| row.party == affiant_model::PartyKind::Third)
        .map(|row| &row.recipient)
        .collect();
    let refused = |summary: &&ExhibitSummary| summary.refused.is_some();
    let rows = || {
        let rows = findings.exchanges.iter();
        rows.filter(|row| row.repeats.is_none())
    };
    let contacts = rows().filter(|row| !row.kind.has_content()).count();
    Figures {
        exhibits: findings.exhibits.len(),
        exhibits_refused: findings.exhibits.iter().filter(refused).count(),
        exchanges: rows().count() - contacts,
        contacts,
        transmittals: findings.transmittals.len(),
        third_party_recipients: recipients.len(),
        defects: findings.defects.len(),
        contradictions: findings.contradictions.clone(),
        repeats: findings.exchanges.len() - rows().count(),
        withheld: summary.withheld.iter().map(|w| w.count).sum(),
        consent_signals: summary.consent_signals,
        records: summary.records.clone(),
        tables,
    }
}

fn prose(figures: &Figures, case: &Path) -> String {
    let Figures {
        exhibits,
        exchanges,
        contacts,
        transmittals,
        third_party_recipients,
        defects,
        withheld,
        exhibits_refused,
        repeats,
        contradictions,
        ..
    } = figures;
    let case = case.display();
    let recorded = figures.records.as_ref().map_or_else(String::new, recorded);
    let besides = match contacts {
        0 => String::new(),
        count => format!("; {count} entries show a contact or a record and no content"),
    };
    let repeats = match repeats {
        0 => String::new(),
        count => {
            format!("; {count} entries are in an earlier exhibit too and are counted there")
        }
    };
    let contradictions = match contradictions.len() {
        0 => String::new(),
        count => format!(
            "{count} contradictions within the evidence, listed in {case}/tables/contradictions.csv\n"
        ),
    };
    format!(
        "{exhibits} exhibits ({exhibits_refused} not readable), {exchanges} exchanges{besides}{repeats}\n\
         {transmittals} transmittals; third-party recipients of at least one: {third_party_recipients}\n\
         {recorded}\
         {defects} defects, listed in {case}/tables/defects.csv; {withheld} values withheld\n\
         {contradictions}Tables are in {case}/tables. Next: affiant report {case}\n"
    )
}

/// What recipients' own records show, a line for each recipient.
fn recorded(records: &RecordsSummary) -> String {
    let window = records.window_seconds;
    let line = |of: &affiant_model::RecipientRecords| {
        format!(
            "records of {}: {}, matched to a request within {window} s: {}; requests in their time: {}, matched: {}\n",
            of.recipient, of.records, of.matched, of.requests, of.requests_matched
        )
    };
    records.recipients.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use affiant_model::{Actor, CustodyEvent};

    use super::*;

    const READ: &str = "[matter]\nname = \"as it was read\"\n";

    fn summary(case_text: &str) -> Summary {
        Summary {
            version: VERSION.to_owned(),
            case_sha256: Digest::of(case_text.as_bytes()),
            datasets: Vec::new(),
            spellings: 0,
            hashing: String::new(),
            recomputed: BTreeMap::new(),
            exhibits: Vec::new(),
            withheld: Vec::new(),
            statements: Vec::new(),
            consent_signals: 0,
            aliases: Vec::new(),
            certificates: Vec::new(),
            unnamed: Vec::new(),
            endpoints: Vec::new(),
            records: None,
        }
    }

    #[test]
    fn the_case_file_of_the_record_is_the_one_that_was_analysed() {
        let dir = tempfile::tempdir().unwrap();
        let actor = Actor {
            name: "J. Doe".to_owned(),
            role: String::new(),
        };
        let world = World::set("2026-01-02T03:04:05Z".parse().unwrap(), actor);
        let folder = CaseFolder::create(&dir.path().join("acme"), READ, world.stamp()).unwrap();
        let write = |summary: &Summary| {
            let made = Made {
                findings: Findings::default(),
                aggregates: affiant_aggregate::build(&[], &[], &[], &[]).unwrap(),
                summary: summary.clone(),
                case_text: READ.to_owned(),
            };
            write_tables(&folder, &world, &made).unwrap()
        };
        let refusal = || {
            record::last_analysis(&folder)
                .err()
                .map_or_else(String::new, |error| error.message)
        };

        // Edited while the analysis ran.
        std::fs::write(folder.case_file(), "edited").unwrap();
        write(&summary(READ));
        let event: CustodyEvent = folder.ledger().unwrap().pop().unwrap();
        assert_eq!(event.objects[0].path, CASE_FILE);
        assert_eq!(event.objects[0].sha256, Digest::of(READ.as_bytes()));
        assert_eq!(event.objects[0].bytes, READ.len() as u64);
        let said = refusal();
        assert!(said.starts_with("`case.toml` has changed"), "{said}");

        std::fs::write(folder.case_file(), READ).unwrap();
        assert_eq!(refusal(), "");

        // A record and tables that disagree are not gone on from.
        write(&summary("another"));
        let said = refusal();
        assert!(said.contains("was made with another `case.toml`"), "{said}");
    }
}
