//! Signed notes: C2SP signed-note with Ed25519.

use std::collections::BTreeSet;
use std::fmt;

use crate::text::{self, Lines};
use crate::{NoteError, SigningKey, VerifierKey, key};

/// The largest note that is read, in bytes.
pub const MAX_NOTE_BYTES: usize = 1 << 20;

/// The most signatures of a note that are read.
pub const MAX_SIGNATURES: usize = 100;

/// How a signature line begins.
const MARK: &str = "— ";

/// One signature of a note. Its text is the line, without the line feed:
/// `— NAME BASE64`, the base64 of the id of the key and the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The name of the key.
    pub name: String,
    /// The id of the key.
    pub key_id: u32,
    /// The bytes of the signature: 64 where it is Ed25519, never none.
    pub signature: Vec<u8>,
}

impl NoteSignature {
    fn parse(line: &str) -> Result<Self, NoteError> {
        let refused = || NoteError::SignatureLine {
            line: text::shown(line),
        };
        let signed = line.strip_prefix(MARK).ok_or_else(refused)?;
        let (name, encoded) = signed.split_once(' ').ok_or_else(refused)?;
        key::check_name(name).map_err(|_| refused())?;
        let bytes = text::decode(encoded).ok_or_else(refused)?;
        match bytes.split_first_chunk() {
            Some((id, signature)) if !signature.is_empty() => Ok(Self {
                name: name.to_owned(),
                key_id: u32::from_be_bytes(*id),
                signature: signature.to_vec(),
            }),
            _ => Err(refused()),
        }
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.key_id.to_be_bytes().as_slice(), &self.signature].concat();
        write!(f, "{MARK}{} {}", self.name, text::encode(&bytes))
    }
}

/// A text with signatures under it.
///
/// Its own text form is the C2SP one: the text, a blank line, a line for each
/// signature. What [`SignedNote::parse`] takes is written back byte for byte.
/// Nothing in it is to be believed before [`SignedNote::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    /// What was signed, with the line feed that ends it.
    pub text: String,
    /// The signatures, in order.
    pub signatures: Vec<NoteSignature>,
}

impl SignedNote {
    /// Reads a note; checks no signature.
    ///
    /// # Errors
    ///
    /// [`NoteError`] where it is not exactly a signed note, or is larger than
    /// [`MAX_NOTE_BYTES`] or [`MAX_SIGNATURES`] allow.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLarge { bytes: bytes.len() });
        }
        let whole = std::str::from_utf8(bytes).map_err(|error| NoteError::NotUtf8 {
            at: error.valid_up_to(),
        })?;
        if let Some(at) = text::control_character(whole) {
            return Err(NoteError::ControlCharacter { at });
        }
        // The text may have blank lines itself: the last one ends it.
        let blank = whole.rfind("\n\n").ok_or(NoteError::NoSignatures)?;
        let (text, signed) = (&whole[..=blank], &whole[blank + 2..]);
        let mut lines = Lines::new(signed);
        let mut signatures = Vec::new();
        for line in lines.by_ref() {
            if signatures.len() == MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            signatures.push(NoteSignature::parse(line)?);
        }
        if signatures.is_empty() || !lines.rest().is_empty() {
            return Err(NoteError::NoSignatures);
        }
        Ok(Self {
            text: text.to_owned(),
            signatures,
        })
    }

    /// Signs a text with each of the keys, in order.
    ///
    /// # Errors
    ///
    /// [`NoteError`] where the result could not be read again: the text does
    /// not end with a line feed, has control characters or is too large; there
    /// are no keys, or too many.
    pub fn sign(text: &str, keys: &[&SigningKey]) -> Result<Self, NoteError> {
        if !text.ends_with('\n') {
            return Err(NoteError::TextUnended);
        }
        if let Some(at) = text::control_character(text) {
            return Err(NoteError::ControlCharacter { at });
        }
        if keys.is_empty() {
            return Err(NoteError::NoSigner);
        }
        if keys.len() > MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        let note = Self {
            text: text.to_owned(),
            signatures: keys.iter().map(|key| key.sign(text)).collect(),
        };
        match note.to_string().len() {
            bytes if bytes > MAX_NOTE_BYTES => Err(NoteError::TooLarge { bytes }),
            _ => Ok(note),
        }
    }

    /// Checks the signatures of the keys that are known, and gives these keys,
    /// each once, in the order of their signatures.
    ///
    /// A signature belongs to a key where name and id are its own. Signatures
    /// of other keys are ignored, as C2SP signed-note demands.
    ///
    /// # Errors
    ///
    /// [`NoteError::BadSignature`] where one signature of a known key is not
    /// good, whatever the others are; [`NoteError::Unknown`] where no known key
    /// signed; [`NoteError::SameId`] where `known` has two keys that notes
    /// cannot tell apart.
    pub fn verify(&self, known: &[VerifierKey]) -> Result<Vec<VerifierKey>, NoteError> {
        let known: BTreeSet<&VerifierKey> = known.iter().collect();
        let mut signers: Vec<VerifierKey> = Vec::new();
        for signature in &self.signatures {
            let (name, key_id) = (signature.name.clone(), signature.key_id);
            let mut matching = known
                .iter()
                .filter(|key| key.name() == name && key.key_id() == key_id);
            let Some(key) = matching.next() else {
                continue;
            };
            if matching.next().is_some() {
                return Err(NoteError::SameId { name, key_id });
            }
            if !key.made(&signature.signature, &self.text) {
                return Err(NoteError::BadSignature { name, key_id });
            }
            if !signers.contains(key) {
                signers.push((*key).clone());
            }
        }
        match signers.is_empty() {
            true => Err(NoteError::Unknown),
            false => Ok(signers),
        }
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for signature in &self.signatures {
            writeln!(f, "{signature}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
