//! Arguments of the commands that sign, prove, hand over and verify.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// The private key that signs checkpoints.
#[derive(Debug, Args)]
pub(crate) struct KeyFile {
    /// File with the private key that signs checkpoints.
    #[arg(
        long,
        value_name = "FILE",
        env = "AFFIANT_LOG_KEY",
        hide_env_values = true
    )]
    pub(crate) log_key: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Key {
    #[command(subcommand)]
    pub(crate) command: KeyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make the key of a case and record it.
    New {
        /// The case folder.
        case: PathBuf,
        /// File to write the private key to, outside the case folder.
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Make another key in the place of the one that signs now; both sign the change.
    Replace {
        /// The case folder.
        case: PathBuf,
        #[command(flatten)]
        key: KeyFile,
        /// File to write the new private key to, outside the case folder.
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Record that a key signs no more.
    Revoke {
        /// The case folder.
        case: PathBuf,
        #[command(flatten)]
        key: KeyFile,
        /// The key, by its 8 digits, where it is an earlier one than that of `--log-key`.
        #[arg(long, value_name = "ID")]
        id: Option<String>,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// List the keys of a case, with the SHA-256 by which to name them.
    List {
        /// The case folder.
        case: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Checkpoint {
    /// The case folder.
    pub(crate) case: PathBuf,
    #[command(flatten)]
    pub(crate) key: KeyFile,
}

#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// The case folder, or a bag.
    pub(crate) path: PathBuf,
    /// A document that `affiant report` made, such as `reports/expert-report.pdf`
    /// [default: the last checkpoint is signed].
    #[arg(conflicts_with = "size")]
    pub(crate) document: Option<PathBuf>,
    /// Who signs, such as an e-mail address.
    #[arg(long)]
    pub(crate) identity: String,
    /// Your SSH key file, private or public, for `ssh-keygen -Y sign`.
    #[arg(
        long = "with",
        value_name = "KEY",
        conflicts_with = "attach",
        required_unless_present = "attach"
    )]
    pub(crate) with_key: Option<PathBuf>,
    /// A signature that was made elsewhere.
    #[arg(long, value_name = "FILE")]
    pub(crate) attach: Option<PathBuf>,
    /// Name of the signer in the file name [default: made from the identity].
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Size of the checkpoint [default: the last].
    #[arg(long)]
    pub(crate) size: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct StampArguments {
    /// The case folder, or a bag.
    pub(crate) path: PathBuf,
    /// A document that `affiant report` made [default: the last checkpoint is stamped].
    #[arg(conflicts_with = "size")]
    pub(crate) document: Option<PathBuf>,
    /// Name of the authority in the file names: small letters, digits, hyphens.
    #[arg(long, value_name = "NAME")]
    pub(crate) tsa_name: String,
    /// Write the query.
    #[arg(long, required_unless_present = "attach", conflicts_with = "attach")]
    pub(crate) request: bool,
    /// The answer of the authority.
    #[arg(long, value_name = "FILE")]
    pub(crate) attach: Option<PathBuf>,
    /// Certificates that the answer does not carry, in PEM.
    #[arg(long, value_name = "FILE", requires = "attach")]
    pub(crate) chain: Option<PathBuf>,
    /// Root certificates that you trust, in PEM.
    #[arg(long, value_name = "FILE")]
    pub(crate) tsa: Option<PathBuf>,
    /// Size of the checkpoint [default: the last].
    #[arg(long)]
    pub(crate) size: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// The case folder.
    pub(crate) case: PathBuf,
    /// An exhibit: proves the event that acquired it.
    #[arg(long = "exhibit", value_name = "EXHIBIT")]
    pub(crate) exhibits: Vec<String>,
    /// An event, by its number.
    #[arg(long = "event", value_name = "NUMBER")]
    pub(crate) events: Vec<u64>,
    /// One exchange of an exhibit: `E-0001:17`.
    #[arg(long = "exchange", value_name = "EXHIBIT:NUMBER")]
    pub(crate) exchanges: Vec<String>,
    /// An earlier checkpoint, from which a proof is to lead.
    #[arg(long, value_name = "NOTE")]
    pub(crate) since: Vec<PathBuf>,
    /// Size of the checkpoint that the proofs lead to [default: the last].
    #[arg(long)]
    pub(crate) size: Option<u64>,
    /// The folder to write into.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Notice {
    /// The case folder.
    pub(crate) case: PathBuf,
    /// Size of the checkpoint [default: the last].
    #[arg(long)]
    pub(crate) size: Option<u64>,
    /// The file to write.
    #[arg(long, value_name = "FILE", default_value = "notice.pdf")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Seal {
    /// The case folder.
    pub(crate) case: PathBuf,
    #[command(flatten)]
    pub(crate) key: KeyFile,
    /// The bag to write.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) output: PathBuf,
    /// Anything else that the seal should say.
    #[arg(long)]
    pub(crate) note: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Bates {
    /// The case folder.
    pub(crate) case: PathBuf,
    /// To whom.
    #[arg(long)]
    pub(crate) to: String,
    /// By what way.
    #[arg(long)]
    pub(crate) how: Option<String>,
    /// An exhibit: its native file and its pages, or one in their place.
    #[arg(long = "exhibit", value_name = "EXHIBIT")]
    pub(crate) exhibits: Vec<String>,
    /// A PDF that is produced as pages: a document of the case, or any other.
    #[arg(long = "pdf", value_name = "FILE")]
    pub(crate) pdfs: Vec<PathBuf>,
    /// What stands before the number [default: that of the case file].
    #[arg(long)]
    pub(crate) prefix: Option<String>,
    /// Digits of the number [default: that of the case file, or 7].
    #[arg(long)]
    pub(crate) width: Option<usize>,
    /// The first number [default: the next, or that of the case file].
    #[arg(long)]
    pub(crate) start: Option<u64>,
    /// The legend on each page [default: that of the case file].
    #[arg(long, value_name = "TEXT")]
    pub(crate) confidentiality: Option<String>,
    /// Add a tab, a page with the number, for each exhibit.
    #[arg(long)]
    pub(crate) tabs: bool,
    /// The folder to write; its name is the name of the volume.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Produce {
    /// The case folder.
    pub(crate) case: PathBuf,
    #[command(flatten)]
    pub(crate) key: KeyFile,
    /// To whom.
    #[arg(long)]
    pub(crate) to: String,
    /// By what way.
    #[arg(long)]
    pub(crate) how: Option<String>,
    /// An exhibit, whole.
    #[arg(long = "exhibit", value_name = "EXHIBIT")]
    pub(crate) exhibits: Vec<String>,
    /// A working copy: `W-0001`.
    #[arg(long = "working", value_name = "COPY")]
    pub(crate) working: Vec<String>,
    /// One exchange of an exhibit that is withheld: `E-0001:17`.
    #[arg(long = "exchange", value_name = "EXHIBIT:NUMBER")]
    pub(crate) exchanges: Vec<String>,
    /// An earlier checkpoint, from which a proof is to lead.
    #[arg(long, value_name = "NOTE")]
    pub(crate) since: Vec<PathBuf>,
    /// The bag to write.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A case folder, a bag, a production, or a document.
    pub(crate) path: PathBuf,
    /// The key of the case: a `.vkey` or `.pem` file, or the SHA-256 that a notice prints.
    #[arg(long, value_name = "FILE|SHA-256")]
    pub(crate) key: Option<String>,
    /// A checkpoint that you received earlier by another way.
    #[arg(long = "checkpoint", value_name = "NOTE")]
    pub(crate) checkpoints: Vec<PathBuf>,
    /// Persons whose SSH signatures count, as `ssh-keygen` lists them.
    #[arg(long, value_name = "FILE")]
    pub(crate) signers: Option<PathBuf>,
    /// Root certificates of time-stamping authorities, in PEM.
    #[arg(long, value_name = "FILE")]
    pub(crate) tsa: Option<PathBuf>,
    /// Do not make the tables and documents again.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Count what no check of these files can show as not checked.
    #[arg(long)]
    pub(crate) strict: bool,
    /// The case folder or bag that a document is of.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) case: Option<PathBuf>,
}
