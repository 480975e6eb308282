//! What one exchange carries, as the walk through its fields gathers it.

use affiant_consent::Signal;
use affiant_model::{Field, FieldName, Span, Step};

use crate::differential::Tokens;
use crate::known::Hit;
use crate::leaf::Leaf;

/// A known value, and where in the tree of decodings it was found.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// The field.
    pub(crate) field: FieldName,
    /// The decodings down to the bytes in which it was found.
    pub(crate) steps: Vec<Step>,
    /// Where in those bytes.
    pub(crate) hit: Hit,
    /// The value as it stands there.
    pub(crate) bytes: Vec<u8>,
    /// Its outermost encoded span.
    pub(crate) span: Span,
    /// The leaf that those bytes are; `None` where the value was found beside
    /// the leaves, such as in the name of a JSON member.
    pub(crate) leaf: Option<usize>,
}

/// A signal of consent, and the value that it was read from.
#[derive(Debug)]
pub(crate) struct Signalled {
    pub(crate) name: String,
    pub(crate) signal: Signal,
    pub(crate) leaf: Leaf,
}

/// What one exchange carries.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) found: Vec<Found>,
    /// What could not be decoded: the field, and what is wrong.
    pub(crate) trouble: Vec<(Field, String)>,
    /// Known values in the fragment of the address, which is not sent.
    pub(crate) in_fragment: Vec<usize>,
    /// Signals of consent.
    pub(crate) signals: Vec<Signalled>,
    /// Values that may tell devices apart; none of a case with one device.
    pub(crate) tokens: Tokens,
}
