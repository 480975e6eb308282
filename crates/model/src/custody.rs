use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::notation::written;
use crate::{Circumstances, Digest, ExhibitId};

/// One entry of the ledger: one thing done to the evidence, by whom, when and
/// with what. On disk it is one line of canonical JSON (RFC 8785).
///
/// The members of this and of what it holds stand in the order of canonical
/// JSON, so that a plain writer of JSON gives the canonical line.
///
/// What is recorded is what ISO/IEC 27037, NIST SP 800-86, the ACPO guide and
/// the Berkeley Protocol together ask for; what does not apply is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustodyEvent {
    /// What.
    pub action: Action,
    /// Who.
    pub actor: Actor,
    /// Under what authority: an order, an engagement, a consent; as stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// Something public that nobody could know earlier: the event is later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beacon: Option<Beacon>,
    /// Name of the case; in the first event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The circumstances of an acquisition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circumstances: Option<Circumstances>,
    /// Which clock said so.
    pub clock: String,
    /// How far that clock was off, against what, as stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_offset: Option<String>,
    /// What became of which key that signs checkpoints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyChange>,
    /// The machine on which it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    /// 128 random bits in hexadecimal, so that a hidden line cannot be guessed from its digest.
    pub nonce: String,
    /// Anything else, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// To what; none for what concerns the case as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<CustodyObject>,
    /// SHA-256 of the line before, without its line feed; 64 zeros in the first.
    pub prev: String,
    /// Why it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Place in the ledger, from 1.
    pub seq: u64,
    /// The time-stamp token that was filed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<StampRecord>,
    /// When, in UTC.
    pub time: DateTime<Utc>,
    /// With what.
    pub tool: Tool,
    /// From whom to whom; of a transfer and of a disclosure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<Transfer>,
}

impl CustodyEvent {
    /// An event that says what, when, by whom and with what, and no more.
    #[must_use]
    pub fn new(
        action: Action,
        time: DateTime<Utc>,
        clock: impl Into<String>,
        actor: Actor,
        tool: Tool,
    ) -> Self {
        Self {
            seq: 0,
            prev: String::new(),
            nonce: String::new(),
            time,
            clock: clock.into(),
            clock_offset: None,
            beacon: None,
            actor,
            authority: None,
            machine: None,
            action,
            case: None,
            objects: Vec::new(),
            tool,
            circumstances: None,
            transfer: None,
            key: None,
            stamp: None,
            reason: None,
            note: None,
        }
    }
}

/// Something public that could not be known before it was published: a drawn
/// number, the digest of a block, a headline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beacon {
    /// Who published it, and where it can be looked up.
    pub source: String,
    /// When it was published.
    pub time: DateTime<Utc>,
    /// What was published.
    pub value: String,
}

/// A change of hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// Who gave.
    pub from: String,
    /// By what way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// Who signed the receipt that is filed with the event, and the fingerprint
    /// of the SSH key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// Who received.
    pub to: String,
}

/// A change of the key that signs checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyChange {
    /// What became of it.
    pub change: KeyChangeKind,
    /// The key concerned, as C2SP signed-note writes it.
    pub key: String,
    /// The key that it replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// Signature lines of C2SP signed-note over the statement of the change.
    pub signatures: Vec<String>,
}

/// What became of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyChangeKind {
    /// It signs from now on.
    Add,
    /// It signs from now on, and another no more.
    Replace,
    /// It signs no more.
    Revoke,
}

written!(KeyChangeKind {
    Add => "add",
    Replace => "replace",
    Revoke => "revoke",
});

/// A time-stamp token (RFC 3161) over a checkpoint, or over a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StampRecord {
    /// The subject of the certificate that signed the token.
    pub authority: String,
    /// SHA-256 of the document that was stamped; `None` where it was a checkpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Digest>,
    /// Serial number of the token, in hexadecimal.
    pub serial: String,
    /// Events under the checkpoint that was stamped; 0 where it was a document.
    pub size: u64,
    /// When it was, by the authority's clock.
    pub time: DateTime<Utc>,
}

/// The person who acted, as stated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Name; the account name of the machine where none was stated.
    pub name: String,
    /// In what capacity; empty where not stated.
    pub role: String,
}

/// A file concerned by an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustodyObject {
    /// Size in bytes.
    pub bytes: u64,
    /// Further digests in hexadecimal, by algorithm: `md5`, `sha1`, `sha512`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub digests: BTreeMap<String, String>,
    /// The tree over its exchanges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchanges: Option<ExchangeTree>,
    /// The exhibit, where the file is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exhibit: Option<ExhibitId>,
    /// Format recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The file of the case that it was taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Origin>,
    /// Name under which it was handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_name: Option<String>,
    /// Path in the case folder, with `/` between its parts.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
}

impl CustodyObject {
    /// A file of the case folder, by its path, digest and size in bytes.
    #[must_use]
    pub fn new(path: impl Into<String>, sha256: Digest, bytes: u64) -> Self {
        Self {
            exhibit: None,
            path: path.into(),
            sha256,
            bytes,
            original_name: None,
            format: None,
            digests: BTreeMap::new(),
            from: None,
            exchanges: None,
        }
    }
}

/// The file that another was taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The member's name, where it is an archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Its path in the case folder.
    pub path: String,
    /// Its digest.
    pub sha256: Digest,
}

/// The root of an RFC 6962 tree over the exchanges of an exhibit, by which one
/// exchange can be proved while the rest stays sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangeTree {
    /// Exchanges.
    pub count: u64,
    /// Root over their salted leaves.
    pub root: Digest,
    /// What the byte range of an exchange is, in words.
    pub rule: String,
}

/// The program that acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// Name.
    pub name: String,
    /// SHA-256 of the program file; `None` where it was not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
    /// Version.
    pub version: String,
}

/// What was done. The words are those of ISO/IEC 27037 and SWGDE practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// The case folder was made.
    Open,
    /// An exhibit was copied in and hashed.
    Acquire,
    /// The tables were made from the exhibits.
    Analyse,
    /// Documents were made from the tables.
    Report,
    /// A document was made that says what changed since an earlier report.
    Supplement,
    /// A recording that broke off was put right; nothing acknowledged was lost.
    Recover,
    /// Exhibits changed hands.
    Transfer,
    /// Exhibits are kept under a legal hold from now on.
    Hold,
    /// A legal hold ended.
    Release,
    /// Something that a person wanted recorded.
    Note,
    /// A working copy was made from an exhibit: decoded, excerpted, redacted.
    Derive,
    /// Something was given or shown to somebody.
    Disclose,
    /// An exhibit was destroyed; its record stays.
    Delete,
    /// A key that signs checkpoints was added, replaced or revoked.
    Key,
    /// A person's signature over a checkpoint was filed.
    Sign,
    /// A time-stamp token over a checkpoint was filed.
    Stamp,
    /// The case was closed for handing over.
    Seal,
}

written!(Action {
    Open => "open",
    Acquire => "acquire",
    Analyse => "analyse",
    Report => "report",
    Supplement => "supplement",
    Recover => "recover",
    Transfer => "transfer",
    Hold => "hold",
    Release => "release",
    Note => "note",
    Derive => "derive",
    Disclose => "disclose",
    Delete => "delete",
    Key => "key",
    Sign => "sign",
    Stamp => "stamp",
    Seal => "seal",
});
