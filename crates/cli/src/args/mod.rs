mod custody;
mod proof;
mod work;

use clap::{Args, Parser, Subcommand};

pub(crate) use self::custody::{Delete, Derive, Disclose, Hold, Note, Transfer};
pub(crate) use self::proof::{
    Bates, Checkpoint, Key, KeyCommand, Notice, Produce, Prove, Seal, Sign, StampArguments, Verify,
};
pub(crate) use self::work::{
    CaseArgument, Demo, Endpoints, EndpointsCommand, Export, FileFormat, Inspect, Intake, New,
    Report, Show, Supplement,
};

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
    #[command(flatten)]
    pub(crate) setting: Setting,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What an event of the ledger says beside what was done.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Setting {
    /// Under what authority the operator acts, for the ledger.
    #[arg(long, global = true, value_name = "TEXT", hide_short_help = true)]
    pub(crate) authority: Option<String>,
    /// Which clock says the time, for the ledger [default: the system clock].
    #[arg(long, global = true, value_name = "TEXT", hide_short_help = true)]
    pub(crate) clock: Option<String>,
    /// How far that clock is off and against what, for the ledger: `+0.8 s
    /// against time.example.org`.
    #[arg(
        long,
        global = true,
        value_name = "TEXT",
        hide_short_help = true,
        allow_hyphen_values = true
    )]
    pub(crate) clock_offset: Option<String>,
    /// The machine, for the ledger [default: its host name and system].
    #[arg(long, global = true, value_name = "TEXT", hide_short_help = true)]
    pub(crate) machine: Option<String>,
    /// Something public that nobody could know earlier, for the ledger: the time
    /// of its publication, its source, and its value, parted by blanks.
    #[arg(
        long,
        global = true,
        value_name = "\"TIME SOURCE VALUE\"",
        hide_short_help = true
    )]
    pub(crate) beacon: Option<String>,
}

const EXIT_CODES: &str = "\
Exit codes:
   0  done
   1  verification failed (INVALID): the evidence or its record is not as it was recorded
   2  usage: the request cannot be met as it was put; the message says what to do
   3  done, but the inputs had defects, which are listed
   4  verify: INCOMPLETE: something is wanting or out of date
   5  verify: UNTRUSTED-KEY: a signature is good, but under a key that you did not name
   6  verify: NOT-CHECKED: something could not be checked; the reason is printed
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
    /// Look at files before they are taken in.
    ///
    /// Says of each file its digest, format and writer, the entries, hosts and
    /// time span in it, what of it can be read and what not, and whether it holds
    /// credentials or addresses of people, whose values are never printed. They are
    /// known by name or form; what a response holds compressed or encoded is not
    /// seen. Key
    /// logs and mappings among the files are used to read the others. Nothing is
    /// recorded, and no case is needed.
    #[command(after_long_help = "\
Example:
  affiant inspect capture.har keys.log")]
    Inspect(Inspect),
    /// Take captures in as exhibits.
    ///
    /// Each file is copied byte for byte into `evidence/`, hashed while it is
    /// read, set read-only, and recorded in the ledger. Of a folder each file is
    /// taken in; with `--members` an archive is taken in and then each of its
    /// members; `-` is standard input. A file that is neither a traffic log nor SDK
    /// material of a known format is preserved all the same, and you are told. What broke off goes
    /// on with the same command and `--resume`.
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
    /// FRE 902(13) and (14), the summaries under FRE 1006, the evidence matrix, the
    /// gap review where the case file names notices, the custody log, and a
    /// placeholder for each exhibit, in `reports/`. What only a person can state is a marked blank.
    /// With `--public`, or `[redaction]` in the case file, the documents are also
    /// made without the values of data subjects, in `reports/public/`, and searched
    /// for what may be left; if any is, nothing is written.
    #[command(after_long_help = "\
Example:
  affiant report acme-2026")]
    Report(Report),
    /// Write what changed since an earlier report.
    ///
    /// Takes the tables out of an earlier expert report or supplement, holds them
    /// against those of the last analysis row by row, and writes the difference as
    /// `reports/supplement-1.pdf` and CSV (FRCP 26(e)(2)). The earlier file must
    /// carry a ledger with which that of the case begins, and the tables that this
    /// ledger records.
    #[command(after_long_help = "\
Example:
  affiant supplement acme-2026 --earlier served/expert-report.pdf")]
    Supplement(Supplement),
    /// Check a case folder, a bag, a production or a document against its record.
    ///
    /// Hashes every exhibit again, follows the chain of the ledger, computes its
    /// tree, checks keys, checkpoints, signatures, time-stamps and proofs, and
    /// makes tables and documents again from the evidence. The first record
    /// that is wrong is named with the expected and the found digest, then
    /// every other. `sha256sum -c SHA256SUMS` in `evidence/`, and `verify.sh` in
    /// a bag, check without this program.
    #[command(after_long_help = "\
Example:
  affiant verify acme-2026 --key 5ac3…e1 --checkpoint as-served.note && echo valid")]
    Verify(Verify),
    /// Show one transmittal: its bytes, each decoding, the value.
    ///
    /// Reads the exhibit again, goes the way of the locator from the bytes to
    /// the value, holds the result against the table, and prints a command of
    /// stock tools that does the same.
    #[command(after_long_help = "\
Example:
  affiant show acme-2026 T-000017")]
    Show(Show),
    /// Write a table for another program.
    ///
    /// Takes a table of the last analysis, lets through the rows that meet every
    /// condition, and writes them as CSV, Parquet, Excel or JSON Lines. Beside the
    /// file goes another that says what it is: population, filter, rows, digests of
    /// the sources, and the command that makes it again. In a workbook a text is a
    /// text, never a formula.
    #[command(after_long_help = "\
Example:
  affiant export acme-2026 --table breakdown --where party=third --format xlsx")]
    Export(Export),
    /// List the documented endpoints, or run their vectors.
    ///
    /// Each endpoint holds requests made up in the vendor's wire form; `test`
    /// reads each as a capture is read and holds what comes out against what
    /// must.
    #[command(after_long_help = "\
Example:
  affiant endpoints test")]
    Endpoints(Endpoints),
    /// Record that exhibits changed hands.
    ///
    /// With `--write-receipt` it writes the text that the other side is to sign,
    /// and records nothing yet; with `--receipt` and `--signature` it checks the
    /// signature and files both with the event.
    #[command(after_long_help = "\
Example:
  affiant transfer acme-2026 E-0001 --from \"Doe LLP\" --to \"R. Roe, expert\" --how \"by hand, sealed drive\"")]
    Transfer(Transfer),
    /// Record a legal hold, or its end.
    ///
    /// An exhibit under a hold cannot be destroyed with `affiant delete`.
    #[command(after_long_help = "\
Example:
  affiant hold acme-2026 --reason \"litigation hold of 24 November 2026\"")]
    Hold(Hold),
    /// Record anything that a person wants recorded.
    ///
    /// What is recorded is printed in the custody log and goes to the other side
    /// with it: work product belongs elsewhere.
    #[command(after_long_help = "\
Example:
  affiant note acme-2026 \"The seal of the drive was whole when it was opened.\" --exhibit E-0001")]
    Note(Note),
    /// Take in a working copy made from an exhibit: decoded, excerpted, redacted.
    ///
    /// The original stays what it is. With `--withheld` the copy is searched for
    /// every value listed, in every layer and spelling in which it could hide,
    /// and is refused where one is found.
    #[command(after_long_help = "\
Example:
  affiant derive acme-2026 redacted.pdf --from E-0001 --reason \"privilege\" \\
      --how \"redacted with …\" --withheld secrets.txt")]
    Derive(Derive),
    /// Record that something was given or shown to somebody.
    ///
    /// `affiant produce` records its productions by itself.
    #[command(after_long_help = "\
Example:
  affiant disclose acme-2026 E-0001 --to \"opposing counsel\" --how \"inspection at our office\"")]
    Disclose(Disclose),
    /// Destroy an exhibit; its record stays.
    ///
    /// Its bytes are removed; the event says who did it, why, and what its
    /// digest was. An exhibit under a hold is refused.
    #[command(after_long_help = "\
Example:
  affiant delete acme-2026 E-0003 --reason \"clawback under FRE 502(d), order of 1 May 2026\"")]
    Delete(Delete),
    /// Make, replace, revoke or list the keys that sign checkpoints.
    ///
    /// The private key is a PKCS#8 file that `openssl` reads. Keep it outside the
    /// case folder, where it cannot be produced by mistake.
    #[command(after_long_help = "\
Example:
  affiant key new acme-2026 --output ~/keys/acme-2026.pem")]
    Key(Key),
    /// Sign the ledger as it is now.
    ///
    /// Writes a C2SP checkpoint, size and root of the ledger under the key of the
    /// case, and signs the tree of each exhibit. Serve it on the other side with
    /// `affiant notice`: from then on nothing before it can be changed or cut off.
    #[command(after_long_help = "\
Example:
  affiant checkpoint acme-2026 --log-key ~/keys/acme-2026.pem")]
    Checkpoint(Checkpoint),
    /// File a person's SSH signature over a checkpoint.
    ///
    /// With `--with` it calls `ssh-keygen -Y sign` with your key, agent or
    /// token; with `--attach` it takes a signature that was made elsewhere over
    /// the same file in the namespace `affiant-checkpoint@v1`.
    #[command(after_long_help = "\
Example:
  affiant sign acme-2026 --identity \"j.doe@example.org\" --with ~/.ssh/id_ed25519.pub")]
    Sign(Sign),
    /// Have a checkpoint time-stamped (RFC 3161).
    ///
    /// The program has no network. `--request` writes the query, which you
    /// send; `--attach` checks the answer and files it.
    #[command(after_long_help = "\
Example:
  affiant stamp acme-2026 --tsa-name example-tsa --request
  curl -H 'Content-Type: application/timestamp-query' --data-binary @QUERY.tsq https://tsa.example.org > ANSWER.tsr
  affiant stamp acme-2026 --tsa-name example-tsa --attach ANSWER.tsr --tsa roots.pem")]
    Stamp(StampArguments),
    /// Write proofs: of an exhibit, an event, one exchange, or an earlier state.
    ///
    /// Each is a C2SP tlog-proof that leads to the last checkpoint, beside the
    /// bytes that it proves.
    #[command(after_long_help = "\
Example:
  affiant prove acme-2026 --exchange E-0001:17 --output proofs")]
    Prove(Prove),
    /// Write the notice of size and root, for service on the other side.
    #[command(after_long_help = "\
Example:
  affiant notice acme-2026 --output notice.pdf")]
    Notice(Notice),
    /// Close the case for handing over, and write it as a BagIt bag.
    ///
    /// Records the seal, signs the ledger, and copies the whole case folder into
    /// a bag with `VERIFY.md` and `verify.sh`, which check it with stock tools.
    /// Sign and time-stamp the bag afterwards with `affiant sign BAG` and
    /// `affiant stamp BAG`.
    #[command(after_long_help = "\
Example:
  affiant seal acme-2026 --log-key ~/keys/acme-2026.pem --output acme-2026-bag")]
    Seal(Seal),
    /// Produce a part of the case, with proofs that it is one.
    ///
    /// Records the disclosure, signs the ledger, and writes a BagIt bag with the
    /// exhibits, working copies and single exchanges named, the events that
    /// acquired them, and their proofs; and nothing of the rest.
    #[command(after_long_help = "\
Example:
  affiant produce acme-2026 --to \"opposing counsel\" --exhibit E-0002 --exchange E-0003:17 \\
      --log-key ~/keys/acme-2026.pem --output production-1")]
    Produce(Produce),
    /// Produce documents with Bates numbers and load files.
    ///
    /// Writes a volume: native files, a placeholder page for each or its stamped
    /// pages, the text, load files as Concordance DAT, Opticon OPT and CSV, a
    /// log, and SHA256SUMS. Numbers go on where the productions that the ledger
    /// records end; the disclosure is recorded before anything is written.
    #[command(after_long_help = "\
Example:
  affiant bates acme-2026 --to \"opposing counsel\" --exhibit E-0002 \\
      --pdf acme-2026/reports/public/expert-report.pdf --prefix ACME --output VOL001")]
    Bates(Bates),
    /// Do the whole job on the model case.
    ///
    /// Makes the case folder of the reconstruction `zoom-2020`, takes its
    /// captures in, analyses them and writes the documents. Everything in that
    /// case is synthetic and labelled so. With `--supplement` it takes some captures
    /// in after a first report, which changes the numbers of events.
    #[command(after_long_help = "\
Example:
  affiant demo")]
    Demo(Demo),
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
