//! What a HAR says of itself beside its entries.

use std::borrow::Cow;

use affiant_model::{Capture, Span};
use serde_json::value::RawValue;

use super::super::draft::cut;
use super::super::json::{self, Token};
use super::super::scan::Keep;
use crate::Limits;

/// Depth to which the statements of a writer are followed.
const DEPTH: usize = 16;

/// Gathers the members of `log` other than its entries.
pub(super) struct About {
    capture: Capture,
    items: usize,
    bytes: usize,
}

impl About {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            capture: Capture {
                format: "har".to_owned(),
                pages: Some(Vec::new()),
                ..Capture::default()
            },
            items: limits.stated_items,
            bytes: limits.stated_bytes,
        }
    }

    /// Whether a member of `log` says something of the capture. Unknown members do not.
    pub(super) fn is_kept(name: &str) -> bool {
        matches!(
            name,
            "version" | "creator" | "browser" | "comment" | "pages"
        ) || name.starts_with('_')
    }

    /// Takes one such member, which stands at `span`; returns what could not be
    /// taken and what this means.
    pub(super) fn take(
        &mut self,
        name: &str,
        keep: &Keep,
        span: Span,
    ) -> Vec<(String, &'static str)> {
        if name == "pages" {
            self.pages(keep, span);
            return Vec::new();
        }
        const LOST: &str = "what it states of the capture is not reported; the entries are read";
        let name = cut(name);
        if keep.over {
            return vec![(format!("`log.{name}` is larger than the bound"), LOST)];
        }
        let text = String::from_utf8_lossy(&keep.bytes);
        // Where bytes were replaced, places within are not those of the exhibit.
        let whole = matches!(text, Cow::Borrowed(_)).then_some(&*text);
        let place =
            |part: &str| whole.map_or(span, |whole| span.slice(&json::range_in(whole, part)));
        let Ok(value) = serde_json::from_str::<&RawValue>(&text).map(Token::of) else {
            return vec![(format!("`log.{name}` is not JSON"), LOST)];
        };
        match name.as_str() {
            "version" => self.capture.version = self.text(value),
            "comment" => self.comment(value, span),
            "creator" => {
                self.capture.writer = self.program(value, span);
                self.capture.places.insert("writer".to_owned(), span);
            }
            "browser" => {
                self.capture.browser = self.program(value, span);
                self.capture.places.insert("browser".to_owned(), span);
            }
            _ => {
                let mut cut = false;
                self.flatten(&name, value, 0, &place, &mut cut);
                if cut {
                    let message = format!("`log.{name}` states more than the bounds let through");
                    return vec![(message, "the rest of what it states is not reported")];
                }
            }
        }
        Vec::new()
    }

    /// The identifiers of the pages; none at all where not every one is kept.
    fn pages(&mut self, keep: &Keep, span: Span) {
        self.capture.places.insert("pages".to_owned(), span);
        let Some(mut pages) = self.capture.pages.take() else {
            return;
        };
        let text = String::from_utf8_lossy(&keep.bytes);
        let Ok(list) = serde_json::from_str::<&RawValue>(&text).map(Token::of) else {
            return;
        };
        let mut whole = true;
        let is_list = list.items(&mut |page| {
            let page = page.members(&["id"]);
            if let Some(id) = page.and_then(|page| page.get("id").text()) {
                whole &= pages.len() < self.items && id.len() <= self.bytes;
                if whole {
                    pages.push(id.into_owned());
                }
            }
        });
        self.capture.pages = (is_list && whole).then_some(pages);
    }

    pub(super) fn into_capture(self, entries: u32) -> Capture {
        Capture {
            entries,
            ..self.capture
        }
    }

    /// Text of a value, cut at the bound and marked where it is.
    fn text(&self, value: Token<'_>) -> Option<String> {
        let text = value.text()?;
        let text = text.trim();
        if text.len() <= self.bytes {
            return (!text.is_empty()).then(|| text.to_owned());
        }
        let shown = (0..=self.bytes).rev().find_map(|end| text.get(..end));
        Some(format!("{}…", shown.unwrap_or_default()))
    }

    fn comment(&mut self, value: Token<'_>, span: Span) {
        let Some(text) = self.text(value) else { return };
        let places = &mut self.capture.places;
        places.entry("comment".to_owned()).or_insert(span);
        match &mut self.capture.comment {
            Some(before) => {
                before.push_str("; ");
                before.push_str(&text);
            }
            empty => *empty = Some(text),
        }
    }

    /// Name and version of `creator` or `browser`, also where it is plain text.
    fn program(&mut self, value: Token<'_>, span: Span) -> Option<String> {
        let Some(found) = value.members(&["name", "version", "comment"]) else {
            return self.text(value);
        };
        self.comment(found.get("comment"), span);
        let parts = ["name", "version"].map(|part| self.text(found.get(part)));
        let program = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        (!program.is_empty()).then_some(program)
    }

    /// Writes the leaves under `value` as pairs of path and text, in file order.
    fn flatten(
        &mut self,
        path: &str,
        value: Token<'_>,
        depth: usize,
        place: &dyn Fn(&str) -> Span,
        cut: &mut bool,
    ) {
        if self.capture.stated.len() >= self.items || path.len() > self.bytes || depth > DEPTH {
            *cut = true;
            return;
        }
        match value {
            Token::Compound(text) if text.starts_with('{') => {
                // The text was read as JSON before, so this cannot fail.
                let _ = json::each_member(text, &mut |name, value| {
                    let path = format!("{path}.{name}");
                    self.flatten(&path, Token::of(value), depth + 1, place, cut);
                });
            }
            Token::Compound(_) => {
                let mut index = 0_usize;
                value.items(&mut |item| {
                    self.flatten(&format!("{path}[{index}]"), item, depth + 1, place, cut);
                    index += 1;
                });
            }
            Token::Text(part) | Token::Literal(part) => {
                if let Some(text) = self.text(value) {
                    self.capture.places.insert(path.to_owned(), place(part));
                    self.capture.stated.push((path.to_owned(), text));
                }
            }
            Token::Null => {}
        }
    }
}
