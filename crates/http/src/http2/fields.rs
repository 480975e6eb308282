//! A decoded header list, written out as lines.

use std::ops::Range;

use crate::building::note;
use crate::response::described;
use crate::{HeaderPlace, Request};

/// Header fields as lines `name: value\n`, and the places of both.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    pub(crate) raw: Vec<u8>,
    places: Vec<(Range<usize>, Range<usize>)>,
    /// Bytes of fields that did not fit.
    left_out: usize,
    /// Whether a field has a line end, so that the lines do not show it as it is.
    has_line_end: bool,
}

impl Fields {
    /// Adds a field, as long as the lines do not exceed `limit`.
    pub(crate) fn add(&mut self, name: &[u8], value: &[u8], limit: usize) {
        let size = name.len().saturating_add(value.len()).saturating_add(3);
        // An entry costs memory beside its text.
        let places = (self.places.len() + 1) * 32;
        if self.raw.len().saturating_add(size).saturating_add(places) > limit.saturating_mul(2)
            || self.raw.len().saturating_add(size) > limit
        {
            self.left_out = self.left_out.saturating_add(size);
            return;
        }
        let ends = |byte: &u8| matches!(byte, b'\r' | b'\n');
        self.has_line_end |= name.iter().any(ends) || value.iter().any(ends);
        let start = self.raw.len();
        self.raw.extend_from_slice(name);
        let name = start..self.raw.len();
        self.raw.extend_from_slice(b": ");
        let start = self.raw.len();
        self.raw.extend_from_slice(value);
        self.places.push((name, start..self.raw.len()));
        self.raw.push(b'\n');
    }

    /// The value of the first field of a name.
    pub(crate) fn value(&self, name: &[u8]) -> Option<&[u8]> {
        self.place(name).and_then(|place| self.raw.get(place))
    }

    fn text(&self, name: &[u8]) -> Option<String> {
        self.value(name)
            .map(|value| String::from_utf8_lossy(value).into_owned())
    }

    fn place(&self, name: &[u8]) -> Option<Range<usize>> {
        let field = self
            .places
            .iter()
            .find(|(place, _)| self.raw.get(place.clone()) == Some(name));
        field.map(|(_, value)| value.clone())
    }

    /// The fields but the pseudo-headers, with places that begin at `base`.
    pub(crate) fn headers(&self, base: usize) -> impl Iterator<Item = HeaderPlace> + '_ {
        self.places.iter().filter_map(move |(name, value)| {
            let name = self.raw.get(name.clone())?;
            (!name.starts_with(b":")).then(|| HeaderPlace {
                name: String::from_utf8_lossy(name).into_owned(),
                value: base + value.start..base + value.end,
            })
        })
    }

    /// The status of a response.
    pub(crate) fn status(&self) -> Option<u16> {
        std::str::from_utf8(self.value(b":status")?)
            .ok()?
            .parse()
            .ok()
    }

    /// The headers that describe a response.
    pub(crate) fn described(&self) -> Vec<(String, String)> {
        described(self.places.iter().map(|(name, value)| {
            (
                self.raw.get(name.clone()).unwrap_or_default(),
                self.raw.get(value.clone()).unwrap_or_default(),
            )
        }))
    }

    /// What is wrong with the list.
    pub(crate) fn problem(&self) -> Option<String> {
        let mut broken = None;
        if self.left_out > 0 {
            note(
                &mut broken,
                format!(
                    "{} bytes of its headers are beyond the limit",
                    self.left_out
                ),
            );
        }
        if self.has_line_end {
            note(&mut broken, "a header has a line end within");
        }
        broken
    }

    /// Whether fields are missing.
    pub(crate) const fn is_cut(&self) -> bool {
        self.left_out > 0
    }

    /// The request that the list begins.
    pub(crate) fn request(
        mut self,
        number: u64,
        stream: u32,
        pushed: bool,
        pieces: Vec<Range<u64>>,
        at: Range<u64>,
    ) -> Request {
        let method = self.text(b":method");
        let path: &[u8] = match method.as_deref() {
            Some("CONNECT") if self.value(b":path").is_none() => b":authority",
            _ => b":path",
        };
        let url = self.place(path).unwrap_or(0..0);
        let mut broken = self.problem();
        if method.is_none() {
            note(&mut broken, "it has no :method");
        }
        let headers = self.headers(0).collect();
        let host = self.text(b":authority").or_else(|| self.text(b"host"));
        let scheme = self.text(b":scheme");
        let target = self.text(path).unwrap_or_default();
        self.raw.push(b'\n');
        Request {
            number,
            stream: Some(stream),
            pushed,
            method: method.unwrap_or_default(),
            target,
            host,
            scheme,
            body: self.raw.len()..self.raw.len(),
            raw: self.raw,
            pieces,
            at,
            headers,
            url,
            complete: false,
            broken,
        }
    }
}
