use std::path::Path;

use affiant_aggregate::Aggregates;
use affiant_custody::{CaseFolder, describe};
use affiant_detect::Knowledge;
use affiant_model::{Action, Digest, ExhibitSummary};
use serde::Serialize;

use crate::analysis::{self, Dataset, Findings, Summary};
use crate::console::Console;
use crate::error::{CliError, Outcome};
use crate::world::{VERSION, World};
use crate::{case_file, record};

/// Where the analysis says what its tables do not.
pub(crate) const SUMMARY: &str = "tables/analysis.json";

/// What was found, in figures.
#[derive(Serialize)]
pub(crate) struct Figures {
    exhibits: usize,
    exhibits_refused: usize,
    exchanges: usize,
    pub(crate) transmittals: usize,
    third_party_recipients: usize,
    pub(crate) defects: usize,
    withheld: u64,
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
    let knowledge = Knowledge::built_in()?;
    let file = case_file::read(&folder.case_file(), &knowledge.datum_names())?;
    let exhibits = folder.exhibits()?;
    if exhibits.is_empty() {
        return Err(CliError::usage(format!(
            "`{0}` has no exhibits yet; take some in with `affiant intake {0} FILE`",
            case.display()
        )));
    }
    let (findings, spellings) = analysis::run(console, &folder, &exhibits, &file.case, &knowledge)?;

    let mut stage = console.stage("aggregate", 0);
    let aggregates = affiant_aggregate::build(
        &findings.exchanges,
        &findings.transmittals,
        &findings.defects,
    )?;
    let size = |table: &affiant_aggregate::Table| (table.csv.len() + table.parquet.len()) as u64;
    stage.advance(aggregates.tables.iter().map(size).sum());
    stage.finish();
    let ids: Vec<_> = exhibits.iter().map(|exhibit| exhibit.id).collect();
    let summary = Summary {
        version: VERSION.to_owned(),
        case_sha256: Digest::of(file.text.as_bytes()),
        datasets: datasets(&knowledge),
        spellings,
        recomputed: findings.recomputed.clone(),
        exhibits: findings.exhibits.clone(),
        withheld: findings.withheld(),
        statements: affiant_aggregate::hold_statements(
            &file.case,
            &ids,
            &findings.exchanges,
            &findings.transmittals,
        ),
    };
    let tables = write_tables(&folder, world, &aggregates, &summary)?;
    Ok(figures(&findings, &aggregates, &summary, tables))
}

fn datasets(knowledge: &Knowledge) -> Vec<Dataset> {
    knowledge
        .sources
        .iter()
        .map(|source| Dataset {
            name: source.name.clone(),
            version: source.version.clone(),
            entries: source.entries,
            sha256: source.sha256,
        })
        .collect()
}

/// Writes the tables and records them, with the case file they were made for.
fn write_tables(
    folder: &CaseFolder,
    world: &World,
    aggregates: &Aggregates,
    summary: &Summary,
) -> Result<Vec<String>, CliError> {
    let root = folder.root();
    let mut objects = vec![describe(&root, "case.toml")?];
    for table in &aggregates.tables {
        for (extension, bytes) in [("csv", &table.csv), ("parquet", &table.parquet)] {
            objects.push(record::write(
                &root,
                &format!("tables/{}.{extension}", table.name),
                bytes,
            )?);
        }
    }
    let mut json = serde_json::to_vec_pretty(summary).map_err(CliError::internal)?;
    json.push(b'\n');
    objects.push(record::write(&root, SUMMARY, &json)?);
    let tables = objects[1..]
        .iter()
        .map(|object| object.path.clone())
        .collect();
    let note = format!(
        "{} exhibits analysed; the tables follow from them and from case.toml",
        summary.exhibits.len()
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
    Figures {
        exhibits: findings.exhibits.len(),
        exhibits_refused: findings.exhibits.iter().filter(refused).count(),
        exchanges: findings.exchanges.len(),
        transmittals: findings.transmittals.len(),
        third_party_recipients: recipients.len(),
        defects: findings.defects.len(),
        withheld: summary.withheld.iter().map(|w| w.count).sum(),
        tables,
    }
}

fn prose(figures: &Figures, case: &Path) -> String {
    let Figures {
        exhibits,
        exchanges,
        transmittals,
        third_party_recipients,
        defects,
        withheld,
        exhibits_refused,
        ..
    } = figures;
    let case = case.display();
    format!(
        "{exhibits} exhibits ({exhibits_refused} not readable), {exchanges} exchanges\n\
         {transmittals} transmittals; third-party recipients of at least one: {third_party_recipients}\n\
         {defects} defects, listed in {case}/tables/defects.csv; {withheld} values withheld\n\
         Tables are in {case}/tables. Next: affiant report {case}\n"
    )
}
