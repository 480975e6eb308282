use affiant_model::Digest;

use crate::{MAX_HASHES, MAX_NOTE_BYTES, MAX_PROOF_BYTES, MAX_SIGNATURES};

/// What is wrong with a signed note, its keys or its signatures.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The note is larger than [`MAX_NOTE_BYTES`].
    #[error("the note has {bytes} bytes, more than the {MAX_NOTE_BYTES} that are read")]
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
    },
    /// The note is not UTF-8.
    #[error("the note is not UTF-8 at byte {at}")]
    NotUtf8 {
        /// Offset of the first byte that is not, from 0.
        at: usize,
    },
    /// The note has a control character other than line feeds.
    #[error(
        "the note has a control character at byte {at}; a copy with its own line ends, lines ended by a line feed alone, is wanted"
    )]
    ControlCharacter {
        /// Offset of its byte, from 0.
        at: usize,
    },
    /// No signature lines follow a blank line, or the last line is cut.
    #[error("the note has no blank line with whole signature lines after it")]
    NoSignatures,
    /// The note has more than [`MAX_SIGNATURES`] signatures.
    #[error("the note has more than the {MAX_SIGNATURES} signatures that are read")]
    TooManySignatures,
    /// A line after the text is not a signature.
    #[error("`{line}` is no signature line: `— NAME BASE64` is wanted")]
    SignatureLine {
        /// The line, escaped.
        line: String,
    },
    /// A text to be signed does not end with a line feed.
    #[error("the text to be signed does not end with a line feed")]
    TextUnended,
    /// A text was to be signed by nobody.
    #[error("no key to sign with was given")]
    NoSigner,
    /// The name of a key is empty or has a space, a plus sign or a control character.
    #[error("`{name}` cannot name a key: it may not be empty or have spaces or `+`")]
    KeyName {
        /// The name, escaped.
        name: String,
    },
    /// A text is not the public key of a note.
    #[error("`{text}` is no key to verify notes with, {cause}: `NAME+ID+BASE64` is wanted")]
    KeyText {
        /// The text, escaped.
        text: String,
        /// What is wrong with it.
        cause: &'static str,
    },
    /// A PEM file does not hold the key wanted.
    #[error("this is no Ed25519 {kind} key in PEM: {cause}")]
    Pem {
        /// `private` or `public`.
        kind: &'static str,
        /// What is wrong with it.
        cause: String,
    },
    /// 32 bytes are not a public key, or one under which anybody can sign.
    #[error("the 32 bytes of the public key are no point of Ed25519 that can be trusted")]
    NotAPoint,
    /// Two different keys to verify with have the same name and the same id.
    #[error("two keys have the name `{name}` and the id {id}; give one of them", name = crate::text::shown(.name), id = crate::key::id_hex(*.key_id))]
    SameId {
        /// Their name.
        name: String,
        /// Their id.
        key_id: u32,
    },
    /// The signature of a known key is not good.
    #[error("the signature of key {id} of `{name}` is not good: the text or the signature was changed, or it was made with another key", name = crate::text::shown(.name), id = crate::key::id_hex(*.key_id))]
    BadSignature {
        /// The name of the key.
        name: String,
        /// The id of the key.
        key_id: u32,
    },
    /// No key that is known signed the note.
    #[error("no key that is known signed the note")]
    Unknown,
}

/// What is wrong with the text of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It has fewer than three lines, or the last is not ended.
    #[error(
        "the checkpoint wants a line of origin, one of size, one of root, each ended by a line feed"
    )]
    TooShort,
    /// A line is empty.
    #[error("line {line} of the checkpoint is empty")]
    EmptyLine {
        /// Its number, from 1.
        line: usize,
    },
    /// It has a control character.
    #[error("the checkpoint has a control character at byte {at}")]
    ControlCharacter {
        /// Offset of its byte, from 0.
        at: usize,
    },
    /// The size is not a number of 64 bits in its one spelling.
    #[error("`{text}` is no size of a tree: decimal digits without leading zeros are wanted")]
    Size {
        /// The line, escaped.
        text: String,
    },
    /// The root is not 32 bytes in base64.
    #[error("`{text}` is no root hash: 32 bytes in base64 are wanted")]
    Root {
        /// The line, escaped.
        text: String,
    },
}

/// What is wrong with a proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf would be outside of the tree.
    #[error("leaf {index}, counted from 0, is not in a tree of {size} leaves")]
    OutOfTree {
        /// The index of the leaf, from 0.
        index: u64,
        /// Leaves of the tree.
        size: u64,
    },
    /// The earlier tree is larger than the later.
    #[error("a tree of {old_size} leaves is no earlier state of one of {new_size}")]
    SizesReversed {
        /// Leaves of the earlier tree.
        old_size: u64,
        /// Leaves of the later tree.
        new_size: u64,
    },
    /// The earlier tree has no leaves.
    #[error("the earlier tree is empty: every tree grew from it, so that nothing is proved")]
    EmptyTree,
    /// No subtree lies from `start` to `end`.
    #[error("no subtree has the leaves from {start} to before {end}, or the leaf is before it")]
    NotASubtree {
        /// Index of its first leaf, from 0.
        start: u64,
        /// Index after its last leaf.
        end: u64,
    },
    /// The proof has too few hashes for the place and the size.
    #[error("the proof has too few hashes")]
    HashesMissing,
    /// The proof has hashes that do not belong to it.
    #[error("the proof has more hashes than belong to it: {left} too many")]
    HashesLeft {
        /// How many.
        left: usize,
    },
    /// The root that the proof leads to is another.
    #[error("the proof leads to the root {computed}, the checkpoint says {stated}")]
    RootDiffers {
        /// The root that the proof leads to.
        computed: Digest,
        /// The root that is stated.
        stated: Digest,
    },
    /// The root of the earlier tree that the proof leads to is another.
    #[error("the proof leads to the earlier root {computed}, the earlier checkpoint says {stated}")]
    OldRootDiffers {
        /// The root that the proof leads to.
        computed: Digest,
        /// The root that is stated.
        stated: Digest,
    },
    /// The file of a proof is larger than [`MAX_PROOF_BYTES`].
    #[error("the proof has {bytes} bytes, more than the {MAX_PROOF_BYTES} that are read")]
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
    },
    /// The file of a proof is not UTF-8.
    #[error("the proof is not UTF-8 at byte {at}")]
    NotUtf8 {
        /// Offset of the first byte that is not, from 0.
        at: usize,
    },
    /// A line of a proof is not what belongs there.
    #[error("line {line} of the proof: {wanted} is wanted")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What belongs there.
        wanted: &'static str,
    },
    /// The proof has more than [`MAX_HASHES`] hashes.
    #[error("the proof has more than {MAX_HASHES} hashes, which no tree needs")]
    TooManyHashes,
    /// A note of the proof cannot be read or is not signed.
    #[error("the checkpoint of the proof: {0}")]
    Note(#[from] NoteError),
    /// A note of the proof is not a checkpoint.
    #[error("the checkpoint of the proof: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The keys that signed a checkpoint are known, but none is of its origin.
    #[error("no known key named `{origin}` signed the checkpoint of that origin", origin = crate::text::shown(.origin))]
    NotByOrigin {
        /// The origin.
        origin: String,
    },
    /// The checkpoint is of another log.
    #[error("the checkpoint is of `{found}`, not of `{wanted}`", found = crate::text::shown(.found), wanted = crate::text::shown(.wanted))]
    OtherOrigin {
        /// Its origin.
        found: String,
        /// The origin that was wanted.
        wanted: String,
    },
}
