//! Arguments of the commands that record what was done to the evidence.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Transfer {
    /// The case folder.
    pub(crate) case: PathBuf,
    /// The exhibits; all, if none is named.
    pub(crate) exhibits: Vec<String>,
    /// Who gives.
    #[arg(long)]
    pub(crate) from: String,
    /// Who receives.
    #[arg(long)]
    pub(crate) to: String,
    /// By what way.
    #[arg(long)]
    pub(crate) how: Option<String>,
    /// Anything else.
    #[arg(long)]
    pub(crate) note: Option<String>,
    /// Write the receipt for the other side to sign with `ssh-keygen -Y sign -n
    /// affiant-receipt@v1`, and record nothing yet.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["receipt", "signature"])]
    pub(crate) write_receipt: Option<PathBuf>,
    /// The receipt that was signed.
    #[arg(long, value_name = "FILE", requires = "signature")]
    pub(crate) receipt: Option<PathBuf>,
    /// The signature over it.
    #[arg(long, value_name = "FILE", requires = "receipt", requires = "identity")]
    pub(crate) signature: Option<PathBuf>,
    /// Who signed it, such as an e-mail address.
    #[arg(long)]
    pub(crate) identity: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Hold {
    /// The case folder.
    pub(crate) case: PathBuf,
    /// The exhibits; all, also those to come, if none is named.
    pub(crate) exhibits: Vec<String>,
    /// Why.
    #[arg(long)]
    pub(crate) reason: String,
    /// End the hold instead.
    #[arg(long)]
    pub(crate) release: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Note {
    /// The case folder.
    pub(crate) case: PathBuf,
    /// What to record.
    pub(crate) text: String,
    /// The exhibit that it concerns.
    #[arg(long = "exhibit", value_name = "EXHIBIT")]
    pub(crate) exhibits: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Derive {
    /// The case folder.
    pub(crate) case: PathBuf,
    /// The working copy.
    pub(crate) file: PathBuf,
    /// The exhibit that it was made from.
    #[arg(long, value_name = "EXHIBIT")]
    pub(crate) from: String,
    /// Why it was made.
    #[arg(long)]
    pub(crate) reason: Option<String>,
    /// How it was made.
    #[arg(long)]
    pub(crate) how: Option<String>,
    /// A file with the values that must not be in it, one a line.
    #[arg(long, value_name = "FILE")]
    pub(crate) withheld: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Disclose {
    /// The case folder.
    pub(crate) case: PathBuf,
    /// The exhibits; none for something else, which the note says.
    pub(crate) exhibits: Vec<String>,
    /// To whom.
    #[arg(long)]
    pub(crate) to: String,
    /// By what way.
    #[arg(long)]
    pub(crate) how: Option<String>,
    /// Anything else.
    #[arg(long)]
    pub(crate) note: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// The case folder.
    pub(crate) case: PathBuf,
    /// The exhibit.
    pub(crate) exhibit: String,
    /// Why, and by what right.
    #[arg(long)]
    pub(crate) reason: String,
}
