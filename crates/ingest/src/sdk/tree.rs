//! Values of JSON and of property lists, each with its place.

use affiant_model::Span;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) kind: Kind,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// The members of an object, in order.
    Map(Vec<(String, Node)>),
    /// The items of an array.
    List(Vec<Node>),
    /// A string.
    Text(String),
    /// A number, as written.
    Number(String),
    /// A truth value.
    Bool(bool),
    /// `null`, or data that is no text.
    Null,
}

impl Node {
    /// The member of that name; of two, the first.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        self.members()
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }

    /// The value at the end of a path of members.
    pub(super) fn path(&self, names: &[&str]) -> Option<&Self> {
        names.iter().try_fold(self, |node, name| node.get(name))
    }

    /// The members of an object; empty for all else.
    pub(super) fn members(&self) -> &[(String, Self)] {
        match &self.kind {
            Kind::Map(members) => members,
            _ => &[],
        }
    }

    /// The items of an array; empty for all else.
    pub(super) fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// The items of the array that is the member of that name.
    pub(super) fn list(&self, name: &str) -> &[Self] {
        self.get(name).map_or(&[], Self::items)
    }

    /// A string.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A string, number or truth value as text.
    pub(super) fn scalar(&self) -> Option<String> {
        match &self.kind {
            Kind::Text(text) | Kind::Number(text) => Some(text.clone()),
            Kind::Bool(truth) => Some(truth.to_string()),
            _ => None,
        }
    }

    /// A truth value.
    pub(super) const fn truth(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(truth) => Some(truth),
            _ => None,
        }
    }

    /// The scalar that is the member of that name.
    pub(super) fn said(&self, name: &str) -> Option<String> {
        self.get(name)
            .and_then(Self::scalar)
            .filter(|text| !text.is_empty())
    }

    /// Whether it is an object.
    pub(super) const fn is_map(&self) -> bool {
        matches!(self.kind, Kind::Map(_))
    }

    /// Whether it is an array.
    pub(super) const fn is_list(&self) -> bool {
        matches!(self.kind, Kind::List(_))
    }

    /// What it is, in words.
    pub(super) const fn what(&self) -> &'static str {
        match self.kind {
            Kind::Map(_) => "an object",
            Kind::List(_) => "an array",
            Kind::Text(_) => "a string",
            Kind::Number(_) => "a number",
            Kind::Bool(_) => "a truth value",
            Kind::Null => "null",
        }
    }
}

/// A pointer (RFC 6901) one step further.
pub(super) fn step(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// What may be spent on one file of values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    pub(super) values: usize,
    pub(super) text_bytes: usize,
    pub(super) depth: usize,
}

impl Budget {
    pub(super) const fn of(limits: &super::SdkLimits) -> Self {
        Self {
            values: limits.values,
            text_bytes: limits.text_bytes,
            depth: limits.depth,
        }
    }

    /// Spends one value.
    pub(super) fn value(&mut self, at: usize) -> Result<(), Trouble> {
        self.values = self
            .values
            .checked_sub(1)
            .ok_or_else(|| Trouble::new(at, "it holds more values than the bound allows"))?;
        Ok(())
    }

    /// Spends bytes of text.
    pub(super) fn text(&mut self, bytes: usize, at: usize) -> Result<(), Trouble> {
        self.text_bytes = self
            .text_bytes
            .checked_sub(bytes)
            .ok_or_else(|| Trouble::new(at, "its texts are longer than the bound allows"))?;
        Ok(())
    }

    /// Holds a depth against the bound.
    pub(super) fn depth(&self, depth: usize, at: usize) -> Result<(), Trouble> {
        if depth > self.depth {
            return Err(Trouble::new(
                at,
                "it is nested deeper than the bound allows",
            ));
        }
        Ok(())
    }
}

/// Why a file of values cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// Bytes of the file before the place.
    pub(super) at: u64,
    /// What is wrong there.
    pub(super) cause: String,
}

impl Trouble {
    pub(super) fn new(at: usize, cause: impl Into<String>) -> Self {
        Self {
            at: at as u64,
            cause: cause.into(),
        }
    }
}

/// The bytes from `start` to `end` as a place.
pub(super) const fn span(start: usize, end: usize) -> Span {
    Span::new(start as u64, end.saturating_sub(start) as u64)
}
