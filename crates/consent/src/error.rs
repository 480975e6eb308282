use crate::MAX_TEXT_BYTES;

/// Why a text is not the signal that it was read as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is larger than [`MAX_TEXT_BYTES`].
    #[error("the text has {bytes} bytes, more than the {MAX_TEXT_BYTES} that are read")]
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
    },
    /// The text is empty.
    #[error("the text is empty")]
    Empty,
    /// A character is not of the alphabet of base64url.
    #[error("the character at byte {at} is not of base64url")]
    Character {
        /// Offset of the character, from 0, in the segment.
        at: usize,
    },
    /// The bits end within a field.
    #[error("the text ends within the field `{field}`")]
    Truncated {
        /// The field, as its specification names it.
        field: &'static str,
    },
    /// The version is not one that is decoded.
    #[error("version {found} of {of} is not decoded")]
    Version {
        /// What has versions.
        of: &'static str,
        /// The version found.
        found: u16,
    },
    /// A segment has a type that is not decoded, or comes twice.
    #[error("a segment of type {kind} is not decoded, or comes twice")]
    Segment {
        /// Its type.
        kind: u16,
    },
    /// A code of language or country is not two letters.
    #[error("the field `{field}` is not two letters")]
    Letters {
        /// The field.
        field: &'static str,
    },
    /// A range of numbers begins at 0 or ends before it begins.
    #[error("a range of the field `{field}` goes from {start} to {end}")]
    Range {
        /// The field.
        field: &'static str,
        /// Its first number.
        start: u32,
        /// Its last number.
        end: u32,
    },
    /// The first field of a GPP string is not that of its header.
    #[error("the text begins with type {found}, the header of GPP with type 3")]
    Header {
        /// The type found.
        found: u16,
    },
    /// The header of a GPP string names more or fewer sections than follow.
    #[error("the header names {named} sections, and {present} follow")]
    Sections {
        /// Sections that the header names.
        named: usize,
        /// Sections that follow it.
        present: usize,
    },
    /// The section fits more than one of the layouts in use, with different meanings.
    #[error("the section can be read in more than one way, with different results")]
    Ambiguous,
    /// The text does not have the shape of its format.
    #[error("the text is no {of}: {wanted}")]
    Shape {
        /// What was looked for.
        of: &'static str,
        /// What belongs there.
        wanted: &'static str,
    },
}
