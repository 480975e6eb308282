//! Values of a JSON text as fields of an entry: where each stands, and how.

use std::ops::Range;

use affiant_model::{Carrier, FieldName, Step};

use super::draft::{Draft, Named};
use super::json::{self, Token};

/// Where the content of a value stands in the text of an entry, and how it is
/// written: the inside of a string, or a value as it is; `None` for `null`.
pub(super) fn content(text: &str, value: Token<'_>) -> Option<(Range<usize>, Carrier)> {
    match value {
        Token::Text(part) => {
            let inside = part.get(1..part.len().saturating_sub(1));
            let range = json::range_in(text, inside.unwrap_or_default());
            Some((range, Carrier::JsonString))
        }
        Token::Literal(part) | Token::Compound(part) => {
            Some((json::range_in(text, part), Carrier::Raw))
        }
        Token::Null => None,
    }
}

/// Where a value stands in the text of an entry; `None` for `null`.
pub(super) fn place(text: &str, value: Token<'_>) -> Option<Range<usize>> {
    match value {
        Token::Text(part) | Token::Literal(part) | Token::Compound(part) => {
            Some(json::range_in(text, part))
        }
        Token::Null => None,
    }
}

impl Draft<'_> {
    /// Adds the field that a value holds; none for `null`.
    pub(super) fn value(
        &mut self,
        name: FieldName,
        text: &str,
        value: Token<'_>,
        declared: Vec<Step>,
    ) {
        if let Some((range, carrier)) = content(text, value) {
            self.field(name, range, carrier, declared);
        }
    }

    /// Adds a header whose value is given; none for `null`.
    pub(super) fn header(&mut self, name: &str, text: &str, value: Token<'_>) {
        if let Some((range, carrier)) = content(text, value) {
            self.named(Named::Header, name, range, carrier, Vec::new());
        }
    }

    /// Notes a defect at a value of the entry, or at the whole of it.
    pub(super) fn defect_of(
        &mut self,
        text: &str,
        value: Token<'_>,
        message: impl Into<String>,
        means: &str,
    ) {
        self.defect(place(text, value).as_ref(), message, means);
    }
}
