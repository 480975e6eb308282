use affiant_model::{Carrier, Field, FieldName, Locator, Place, Span, Step};

use crate::decode::Escape;
use crate::keypath::Key;

/// A value at the end of the way down: nothing in it can be decoded further.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    /// The field it is in.
    pub(crate) field: FieldName,
    /// The decodings that lead to it.
    pub(crate) steps: Vec<Step>,
    /// The names and indices on the way.
    pub(crate) keys: Vec<Key>,
    /// Where in the request.
    pub(crate) place: Place,
    /// The value.
    pub(crate) bytes: Vec<u8>,
    /// The outermost encoded span of the value.
    pub(crate) span: Span,
    /// Whether the last decoding is a guess at text that is a value by itself:
    /// what looks like base64 may be a number. Documentation is held against
    /// the text as it was sent.
    pub(crate) guessed: bool,
}

impl Leaf {
    /// The way to it.
    pub(crate) fn locator(&self) -> Locator {
        Locator {
            field: self.field.clone(),
            steps: self.steps.clone(),
        }
    }
}

/// How the capture's format writes a field.
pub(crate) const fn carried(field: &Field) -> Escape {
    match field.carrier {
        Carrier::Raw => Escape::None,
        Carrier::JsonString => Escape::Json,
    }
}

/// Where in the request a value is: by its field, and within an address by
/// whether it is in the query.
pub(crate) fn place_of(field: &FieldName, steps: &[Step]) -> Place {
    match field {
        FieldName::Url if matches!(steps.first(), Some(Step::Query(_))) => Place::Query,
        FieldName::Query { .. } => Place::Query,
        FieldName::Url => Place::Path,
        FieldName::Header { name, .. } if name.eq_ignore_ascii_case("cookie") => Place::Cookie,
        FieldName::Header { name, .. } if name.eq_ignore_ascii_case("referer") => Place::Referer,
        FieldName::Header { .. } => Place::Header,
        FieldName::Cookie { .. } => Place::Cookie,
        FieldName::Body | FieldName::Param { .. } | FieldName::Message { .. } => Place::Body,
    }
}

/// The name that a field itself adds to the key path.
pub(crate) fn key_of(field: &FieldName) -> Option<Key> {
    match field {
        FieldName::Param { name, .. }
        | FieldName::Query { name, .. }
        | FieldName::Cookie { name, .. } => Some(Key::Name(name.clone(), 1)),
        FieldName::Header { name, .. } => {
            (!name.eq_ignore_ascii_case("cookie")).then(|| Key::Name(name.to_ascii_lowercase(), 1))
        }
        FieldName::Url | FieldName::Body | FieldName::Message { .. } => None,
    }
}
