use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Affiant: statements about personal data in captured traffic that a person
/// can swear to.
///
/// It takes traffic captures in as exhibits, keeps a chain of custody, finds
/// the personal data in each request with its bytes, and writes court-ready
/// PDF. Start with `affiant demo`.
#[derive(Debug, Parser)]
#[command(name = "affiant", version, after_long_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// Print results as JSON on standard output.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print the bytes per second of each stage on standard error.
    #[arg(long, global = true)]
    pub(crate) timings: bool,
    /// Who runs the program, for the ledger [default: the account of the machine].
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) operator: Option<String>,
    /// In what capacity the operator acts, for the ledger.
    #[arg(long, global = true, value_name = "ROLE")]
    pub(crate) role: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
   0  done
   1  verification failed: the evidence or its record is not as it was recorded, or not whole
   2  usage: the request cannot be met as it was put; the message says what to do
   3  done, but the inputs had defects, which are listed
  70  internal: the program failed; nothing that was recorded is lost";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a case folder.
    ///
    /// The folder holds everything of one case. Write into its `case.toml` the
    /// matter, the first party, the data subjects with their identifiers, the
    /// devices and the phases of the test: the comments in it say how. Nothing
    /// is completed for you: what you leave blank is printed as a blank.
    #[command(after_long_help = "\
Example:
  affiant new acme-2026")]
    New(New),
    /// Take captures in as exhibits.
    ///
    /// Each file is copied byte for byte into `evidence/`, hashed while it is
    /// read, set read-only, and recorded in the ledger. A file that is no
    /// traffic log of a known format is preserved all the same, and you are told.
    #[command(after_long_help = "\
Example:
  affiant intake acme-2026 capture.har \\
      --custodian \"Doe LLP\" --collected-by \"J. Doe, examiner\" \\
      --method \"mitmproxy 11 on a laboratory access point\" \\
      --device \"Test device A\" --phase \"before consent\" --app com.example.app")]
    Intake(Box<Intake>),
    /// Find the personal data in the exhibits and write the tables.
    ///
    /// Reads every exhibit, checks it against its recorded digest, decodes each
    /// request through every layer, looks for the known values of `case.toml`,
    /// reads the fields of documented endpoints, and writes `tables/` as
    /// Parquet and CSV. The same evidence, case file and version give the same bytes.
    /// Content that was taken in twice is read and counted once, and listed.
    #[command(after_long_help = "\
Example:
  affiant analyze acme-2026 --timings")]
    Analyze(CaseArgument),
    /// Write the documents.
    ///
    /// Makes the expert report (FRCP 26(a)(2)(B)), the certification under
    /// FRE 902(13) and (14), the custody log, and a placeholder for each
    /// exhibit, in `reports/`. What only a person can state is a marked blank.
    #[command(after_long_help = "\
Example:
  affiant report acme-2026")]
    Report(CaseArgument),
    /// Check the whole case folder against its record.
    ///
    /// Hashes every exhibit again, follows the chain of the ledger, and compares
    /// tables and documents with what was recorded of them. The first record
    /// that is wrong is named with the expected and the found digest, then
    /// every other; files that the ledger does not name are mentioned.
    /// `sha256sum -c SHA256SUMS` in `evidence/` checks the
    /// exhibits without this program.
    #[command(after_long_help = "\
Example:
  affiant verify acme-2026 && echo unchanged")]
    Verify(CaseArgument),
    /// Show one transmittal: its bytes, each decoding, the value.
    ///
    /// Reads the exhibit again, goes the way of the locator from the bytes to
    /// the value, holds the result against the table, and prints a command of
    /// stock tools that does the same.
    #[command(after_long_help = "\
Example:
  affiant show acme-2026 T-000017")]
    Show(Show),
    /// Do the whole job on the model case.
    ///
    /// Makes the case folder of the reconstruction `zoom-2020`, takes its
    /// captures in, analyses them and writes the documents. Everything in that
    /// case is synthetic and labelled so.
    #[command(after_long_help = "\
Example:
  affiant demo")]
    Demo(Demo),
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The folder to make; its name becomes the short name of the matter.
    pub(crate) case: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct CaseArgument {
    /// The case folder.
    pub(crate) case: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Intake {
    /// The case folder.
    pub(crate) case: PathBuf,
    /// The files to take in.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
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
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn arguments_are_sound_and_every_command_shows_an_example() {
        let command = Arguments::command();
        command.clone().debug_assert();
        for mut sub in command.get_subcommands().cloned() {
            let help = sub.render_long_help().to_string();
            assert!(help.contains("Example:\n  affiant "), "{}", sub.get_name());
        }
    }
}
