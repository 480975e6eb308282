use affiant_model::{FieldName, Place, Step};

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
    /// Whether the last decoding is a guess at text that is a value by itself:
    /// what looks like base64 may be a number. Documentation is held against
    /// the text as it was sent.
    pub(crate) guessed: bool,
}

/// Where in the request a value is: by its field, and within an address by
/// whether it is in the query.
pub(crate) fn place_of(field: &FieldName, steps: &[Step]) -> Place {
    match field {
        FieldName::Url if matches!(steps.first(), Some(Step::Query(_))) => Place::Query,
        FieldName::Url => Place::Path,
        FieldName::Header { name, .. } if name.eq_ignore_ascii_case("cookie") => Place::Cookie,
        FieldName::Header { name, .. } if name.eq_ignore_ascii_case("referer") => Place::Referer,
        FieldName::Header { .. } => Place::Header,
        FieldName::Cookie { .. } => Place::Cookie,
        FieldName::Body | FieldName::Param { .. } => Place::Body,
    }
}

/// The name that a field itself adds to the key path.
pub(crate) fn key_of(field: &FieldName) -> Option<Key> {
    match field {
        FieldName::Param { name, .. } | FieldName::Cookie { name, .. } => {
            Some(Key::Name(name.clone()))
        }
        FieldName::Header { name, .. } => {
            let structured = ["cookie", "referer"]
                .iter()
                .any(|n| name.eq_ignore_ascii_case(n));
            (!structured).then(|| Key::Name(name.to_ascii_lowercase()))
        }
        FieldName::Url | FieldName::Body => None,
    }
}
