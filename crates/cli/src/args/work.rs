//! Arguments of the commands that take evidence in, analyse it and write what came of it.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The folder to make; its name becomes the short name of the matter.
    pub(crate) case: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Endpoints {
    #[command(subcommand)]
    pub(crate) command: EndpointsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EndpointsCommand {
    /// List them: name, vendor, fields, vectors.
    List,
    /// Run the vectors of all of them.
    Test,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The case folder.
    pub(crate) case: PathBuf,
    /// The table, by the name of its file in `tables/`.
    #[arg(long, value_name = "NAME", default_value = "transmittals")]
    pub(crate) table: String,
    /// The format.
    #[arg(long, value_enum, default_value_t = FileFormat::Csv)]
    pub(crate) format: FileFormat,
    /// A condition: the column, and what its cell must be; repeat it for more.
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    pub(crate) conditions: Vec<String>,
    /// The file to write [default: the name of the table, here].
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// A file format of `export`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FileFormat {
    /// Comma-separated values, RFC 4180.
    Csv,
    /// Apache Parquet.
    Parquet,
    /// One JSON object a line.
    Jsonl,
    /// A workbook of Excel.
    Xlsx,
}

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The case folder.
    pub(crate) case: PathBuf,
    /// Make public versions too, as with `[redaction]` in the case file.
    #[arg(long)]
    pub(crate) public: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CaseArgument {
    /// The case folder.
    pub(crate) case: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Supplement {
    /// The case folder.
    pub(crate) case: PathBuf,
    /// The earlier expert report or supplement, as it was made.
    #[arg(long, value_name = "PDF")]
    pub(crate) earlier: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Intake {
    /// The case folder.
    pub(crate) case: PathBuf,
    /// The files and folders to take in; `-` for standard input.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Take in each member of a zip archive as well, after the archive itself.
    #[arg(long)]
    pub(crate) members: bool,
    /// Pass over what was taken in already under the same name with the same content.
    #[arg(long)]
    pub(crate) resume: bool,
    /// A further digest to record, for comparison with lists of other tools:
    /// `md5`, `sha1` or `sha512`.
    #[arg(long = "digest", value_name = "ALGORITHM")]
    pub(crate) digests: Vec<String>,
    /// Name of what comes on standard input.
    #[arg(long, value_name = "FILE NAME", default_value = "stdin.bin")]
    pub(crate) stdin_name: String,
    /// Person or body that held the source.
    #[arg(long)]
    pub(crate) custodian: String,
    /// Person who made the capture.
    #[arg(long)]
    pub(crate) collected_by: String,
    /// How the capture was made.
    #[arg(long)]
    pub(crate) method: String,
    /// Device, by its name in `case.toml`.
    #[arg(long)]
    pub(crate) device: Option<String>,
    /// Where the capture was made.
    #[arg(long)]
    pub(crate) place: Option<String>,
    /// What the acquisition could not avoid changing at the source, and why.
    #[arg(long)]
    pub(crate) changes: Option<String>,
    /// Phase of the test, by its name in `case.toml`.
    #[arg(long)]
    pub(crate) phase: Option<String>,
    /// Run within the phase.
    #[arg(long)]
    pub(crate) run: Option<String>,
    /// Application, by package or bundle name.
    #[arg(long)]
    pub(crate) app: Option<String>,
    /// Version of the application.
    #[arg(long)]
    pub(crate) app_version: Option<String>,
    /// Anything else that should be recorded.
    #[arg(long)]
    pub(crate) note: Option<String>,
    /// Format of the files, instead of what their content shows.
    #[arg(long)]
    pub(crate) format: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// The files and folders to look at.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Format of the files, instead of what their content shows.
    #[arg(long)]
    pub(crate) format: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The case folder.
    pub(crate) case: PathBuf,
    /// The number of the transmittal: T-000017, or T-17.
    pub(crate) transmittal: String,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The folder to make.
    #[arg(default_value = "zoom-2020")]
    pub(crate) case: PathBuf,
    /// Take the captures of the last version in after a first report, and write the
    /// supplement that says what they add.
    #[arg(long)]
    pub(crate) supplement: bool,
}
