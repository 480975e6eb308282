//! The parts of a page of HTML, each with its place, by the tokeniser of the
//! WHATWG (HTML Living Standard §13.2.5) in the library `html5gum`.
//!
//! A page is held whole, up to [`crate::Limits::page_bytes`]. No tree is built:
//! what is nested is for who looks at the parts.

use std::ops::{ControlFlow, Range};

use affiant_model::Span;
use html5gum::emitters::default::{DefaultEmitter, Token};
use html5gum::{StartTag, Tokenizer};

use crate::traffic::entries::Entries;
use crate::traffic::scan::{Scanner, Stop};
use crate::{Limits, Refusal};

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// The opening of an element.
    Open {
        name: String,
        class: String,
        range: Range<usize>,
    },
    /// The end of an element.
    Close { name: String, range: Range<usize> },
    /// Text, its entities undone; none of scripts and styles.
    Text { text: String, range: Range<usize> },
}

/// The bytes of a page.
pub(super) struct Page {
    pub(super) bytes: Vec<u8>,
    /// Where the page goes on beyond the bound.
    pub(super) beyond: Option<Span>,
}

impl Page {
    /// Takes what is left of an input.
    ///
    /// # Errors
    ///
    /// The input fails.
    pub(super) fn take(mut scanner: Scanner<'_>, limits: &Limits) -> Result<Self, Refusal> {
        let bound = limits.page_bytes;
        match scanner.rest(bound) {
            Ok(bytes) => {
                let (kept, end) = (bytes.len() as u64, scanner.offset());
                let beyond = (end > kept).then(|| Span::new(kept, end - kept));
                Ok(Self { bytes, beyond })
            }
            Err(Stop::Refused(refusal)) => Err(refusal),
            Err(_) => Ok(Self {
                bytes: Vec::new(),
                beyond: None,
            }),
        }
    }

    /// Says that the page goes on beyond the bound, where it does.
    pub(super) fn note_beyond(&self, limits: &Limits, entries: &mut Entries<'_, '_>) {
        if let Some(span) = self.beyond {
            let message = format!(
                "the page is larger than the bound of {} bytes",
                limits.page_bytes
            );
            let _ = entries.note(Some(span), message, "what is behind the bound is not read");
        }
    }

    /// Visits the parts in order.
    pub(super) fn parts(&self, visit: &mut dyn FnMut(Part) -> ControlFlow<()>) {
        let mut emitter = DefaultEmitter::<usize>::new_with_span();
        emitter.naively_switch_states(true);
        let mut hidden = false;
        for token in Tokenizer::new_with_emitter(self.bytes.as_slice(), emitter) {
            let Ok(token) = token;
            let part = match token {
                Token::StartTag(tag) => {
                    let part = self.open(tag);
                    hidden = matches!(&part, Part::Open { name, .. } if is_hidden(name));
                    part
                }
                Token::EndTag(tag) => {
                    hidden = false;
                    Part::Close {
                        name: name_of(&tag.name),
                        range: self.range(tag.span.start, tag.span.end),
                    }
                }
                Token::String(text) if !hidden => Part::Text {
                    text: String::from_utf8_lossy(&text.value).into_owned(),
                    range: self.range(text.span.start, text.span.end),
                },
                _ => continue,
            };
            if visit(part).is_break() {
                return;
            }
        }
    }

    fn open(&self, tag: StartTag<usize>) -> Part {
        let mut attributes = tag.attributes.iter();
        let class = attributes.find(|(name, _)| name.as_slice() == b"class");
        let class = class.map(|(_, class)| String::from_utf8_lossy(&class.value).into_owned());
        Part::Open {
            name: name_of(&tag.name),
            class: class.unwrap_or_default(),
            range: self.range(tag.span.start, tag.span.end),
        }
    }

    fn range(&self, start: usize, end: usize) -> Range<usize> {
        let end = end.min(self.bytes.len());
        start.min(end)..end
    }
}

/// The name of an element. A page of Google writes `<div<div class=…>`, which to
/// the standard is an element `div<div`.
fn name_of(name: &[u8]) -> String {
    let name = name.split(|b| *b == b'<').next().unwrap_or_default();
    String::from_utf8_lossy(name).into_owned()
}

fn is_hidden(name: &str) -> bool {
    matches!(name, "script" | "style" | "title")
}

/// Whether an element is of a class.
pub(super) fn has_class(class: &str, wanted: &str) -> bool {
    class.split_ascii_whitespace().any(|one| one == wanted)
}

/// Text as a browser shows it: runs of white space are one blank.
pub(super) fn shown(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<Part> {
        let page = Page {
            bytes: text.as_bytes().to_vec(),
            beyond: None,
        };
        let mut parts = Vec::new();
        page.parts(&mut |part| {
            parts.push(part);
            ControlFlow::Continue(())
        });
        parts
    }

    #[test]
    fn each_part_has_its_place() {
        let text = "\r\n<!DOCTYPE html><style>a{<b>}</style><!-- <td> -->\r\n<td class=\"a 'b'\"\r\n >x &amp; é&nbsp;y</td><a href=http://e/>z";
        let mut texts = Vec::new();
        for part in parts(text) {
            match part {
                Part::Open { range, name, .. } => {
                    let tag = &text[range];
                    assert!(
                        tag.starts_with(&format!("<{name}")) && tag.ends_with('>'),
                        "{tag}"
                    );
                }
                Part::Close { range, name } => assert_eq!(&text[range], format!("</{name}>")),
                Part::Text { text: said, range } => texts.push((said, &text[range])),
            }
        }
        let said = texts.iter().filter(|(said, _)| !said.trim().is_empty());
        let said: Vec<_> = said.map(|(said, at)| (said.as_str(), *at)).collect();
        assert_eq!(said, [("x & é\u{a0}y", "x &amp; é&nbsp;y"), ("z", "z")]);
    }

    #[test]
    fn an_element_within_the_name_of_another_is_the_outer_one() {
        let text = "<div<div class=\"outer-cell\">";
        let [Part::Open { name, class, .. }] = &parts(text)[..] else {
            panic!()
        };
        assert_eq!((name.as_str(), class.as_str()), ("div", "outer-cell"));
    }
}
