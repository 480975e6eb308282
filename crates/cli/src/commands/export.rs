use std::collections::BTreeMap;
use std::path::Path;

use affiant_aggregate::{Condition, ExportFormat, Exported, TABLES};
use affiant_custody::CaseFolder;
use affiant_model::{CustodyObject, Digest, ExhibitId};
use serde::Serialize;

use crate::args::{Export, FileFormat};
use crate::console::Console;
use crate::error::{CliError, Outcome, io};
use crate::record;

/// What a reader needs to check an exported table: who is in it, what was left
/// out, what it was made from, and how to make it again (Fed. R. Evid. 1006).
#[derive(Debug, Serialize)]
struct About<'a> {
    table: &'a str,
    file: String,
    sha256: Digest,
    format: FileFormat,
    /// Rows of the whole table.
    population: usize,
    /// The conditions that a row must meet; none lets all through.
    filter: Vec<String>,
    /// Rows in the file.
    rows: usize,
    /// Texts that are longer than the format can hold, and are cut.
    cut: usize,
    /// The table as the analysis wrote it.
    source: CustodyObject,
    /// The event of the ledger that recorded it.
    analysis: u64,
    /// The exhibits that it follows from, by SHA-256.
    exhibits: &'a BTreeMap<ExhibitId, Digest>,
    program: String,
    command: String,
}

/// Writes a table, and beside it what it is.
pub(crate) fn run(arguments: &Export, console: &Console) -> Result<Outcome, CliError> {
    let folder = CaseFolder::open(&arguments.case)?;
    let analysed = record::last_analysis(&folder)?;
    let table = arguments.table.as_str();
    if !TABLES.contains(&table) {
        return Err(CliError::usage(format!(
            "there is no table `{table}`; there are: {}",
            TABLES.join(", ")
        )));
    }
    let path = format!("tables/{table}.parquet");
    let source = analysed
        .event
        .objects
        .iter()
        .find(|object| object.path == path);
    let source = source.cloned().ok_or_else(|| {
        CliError::usage(format!(
            "the analysis of this case made no table `{table}`: nothing of the kind was found"
        ))
    })?;
    let conditions = conditions(&arguments.conditions)?;
    let exported = affiant_aggregate::export(
        table,
        &analysed.read(&folder, &path)?,
        &conditions,
        arguments.format.into(),
    )?;
    let ending = arguments.format.ending();
    let target = arguments
        .output
        .clone()
        .unwrap_or_else(|| format!("{table}.{ending}").into());
    let about = About {
        table,
        file: name_of(&target),
        sha256: Digest::of(&exported.bytes),
        format: arguments.format,
        population: exported.population,
        filter: conditions
            .iter()
            .map(|(column, value)| format!("{column} = {value}"))
            .collect(),
        rows: exported.rows,
        cut: exported.cut,
        source,
        analysis: analysed.event.seq,
        exhibits: &analysed.summary.recomputed,
        program: format!(
            "{} {}",
            analysed.event.tool.name, analysed.event.tool.version
        ),
        command: command(arguments, &conditions),
    };
    write(&target, &exported, &about)?;
    console.result(&about, || {
        format!(
            "{}: {} of {} rows; what it is: {}\n",
            target.display(),
            exported.rows,
            exported.population,
            beside(&target).display()
        )
    })?;
    Ok(Outcome::Done)
}

/// `column=value`, each.
fn conditions(texts: &[String]) -> Result<Vec<Condition>, CliError> {
    let parse = |text: &String| {
        let (column, value) = text.split_once('=').ok_or_else(|| {
            CliError::usage(format!(
                "`{text}` is no condition; write the column, `=`, and what its cell must be, as in `party=third`"
            ))
        })?;
        Ok((column.trim().to_owned(), value.to_owned()))
    };
    texts.iter().map(parse).collect()
}

fn write(target: &Path, exported: &Exported, about: &About<'_>) -> Result<(), CliError> {
    let mut json = serde_json::to_vec_pretty(about).map_err(CliError::internal)?;
    json.push(b'\n');
    for (path, bytes) in [
        (target.to_owned(), &exported.bytes),
        (beside(target), &json),
    ] {
        // What somebody wrote is not written over.
        let mut file = std::fs::File::create_new(&path).map_err(io("write", &path))?;
        std::io::Write::write_all(&mut file, bytes).map_err(io("write", &path))?;
    }
    Ok(())
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn beside(target: &Path) -> std::path::PathBuf {
    target.with_file_name(format!("{}.about.json", name_of(target)))
}

/// The command that makes the file again.
fn command(arguments: &Export, conditions: &[Condition]) -> String {
    let mut words = vec![
        "affiant".to_owned(),
        "export".to_owned(),
        quoted(&arguments.case.to_string_lossy()),
        "--table".to_owned(),
        quoted(&arguments.table),
        "--format".to_owned(),
        arguments.format.ending().to_owned(),
    ];
    for (column, value) in conditions {
        words.extend(["--where".to_owned(), quoted(&format!("{column}={value}"))]);
    }
    if let Some(output) = &arguments.output {
        words.extend(["--output".to_owned(), quoted(&name_of(output))]);
    }
    words.join(" ")
}

/// A word for a POSIX shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

impl FileFormat {
    const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Jsonl => "jsonl",
            Self::Xlsx => "xlsx",
        }
    }
}

impl From<FileFormat> for ExportFormat {
    fn from(format: FileFormat) -> Self {
        match format {
            FileFormat::Csv => Self::Csv,
            FileFormat::Parquet => Self::Parquet,
            FileFormat::Jsonl => Self::JsonLines,
            FileFormat::Xlsx => Self::Xlsx,
        }
    }
}
