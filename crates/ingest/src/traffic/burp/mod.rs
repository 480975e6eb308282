//! Items that Burp Suite saves as XML, streamed.
//!
//! ```text
//! <?xml version="1.0"?>
//! <!DOCTYPE items [ … ]>
//! <items burpVersion="2023.10.1.2" exportTime="Sat Sep 30 20:11:44 IST 2023">
//!   <item>
//!     <time>Sat Sep 30 20:11:32 IST 2023</time>
//!     <url><![CDATA[https://a.example/v1]]></url>
//!     <host ip="192.0.2.7">a.example</host> <port>443</port> <protocol>https</protocol>
//!     <method><![CDATA[POST]]></method> <path><![CDATA[/v1]]></path> …
//!     <request base64="true"><![CDATA[UE9TVCAv…]]></request>
//!     <status>200</status> … <response base64="true"><![CDATA[…]]></response> <comment></comment>
//!   </item>
//! ```
//!
//! The document type declaration in the file describes it. An entry is one
//! `item`, from `<` to `>`. Entities are not expanded, so that none can be made
//! to grow.
//!
//! # Reach
//!
//! The rules of `traffic::har`, by the status. The file does not say which tool
//! of Burp made a request.

mod item;
mod markup;
mod time;

use std::io::Read;
use std::ops::ControlFlow;

use affiant_model::{Capture, ExhibitId, Span};
use quick_xml::XmlVersion;
use quick_xml::events::Event;

use self::markup::{Kept, Markup, Piece, name};
use super::Format;
use super::entries::Entries;
use crate::{Input, Limits, Refusal, Settings, Sink};

/// Reads items of Burp Suite.
pub(super) struct Burp;

impl Format for Burp {
    fn name(&self) -> &'static str {
        "burp"
    }

    fn title(&self) -> &'static str {
        "items of Burp Suite, as XML"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let text = text.trim_ascii_start();
        let has = |part: &[u8]| memchr::memmem::find(text, part).is_some();
        text.starts_with(b"<") && has(b"<items") && has(b"burpVersion")
    }

    fn read(
        &self,
        input: &mut dyn Input,
        exhibit: ExhibitId,
        settings: &Settings,
        sink: &mut Sink<'_>,
    ) -> Result<Capture, Refusal> {
        let limits = &settings.limits;
        let mut items = Items::open(input.stream())?;
        let mut capture = Capture {
            format: self.name().to_owned(),
            clock: Some("seconds, by the clock of the machine that ran Burp".to_owned()),
            ..Capture::default()
        };
        about(&items.tag, &mut capture, limits);
        let mut entries = Entries::new(exhibit, limits, sink);
        let mut no_zone = time::Zones::default();
        loop {
            let next = items.next(limits.entry_bytes)?;
            let flow = match next {
                Next::Item(span, raw) => item::read(raw, span, &mut no_zone, &mut entries),
                Next::TooLarge(span) => {
                    let bound = limits.entry_bytes;
                    let message = format!("the item is larger than the bound of {bound} bytes");
                    let draft = entries.begin(span);
                    entries.give_up(draft, None, message)
                }
                Next::Cut(span) => {
                    let draft = entries.begin(span);
                    let _ = entries.give_up(draft, None, "the file ends inside this item");
                    break;
                }
                Next::Closed => break,
                Next::Early(at) => {
                    let message = format!("the file ends early, at byte {at}");
                    let means = "the items before this place are read, and nothing behind it";
                    let _ = entries.note(Some(Span::new(at, 0)), message, means);
                    break;
                }
            };
            if flow.is_break() {
                break;
            }
        }
        capture.entries = entries.finish();
        Ok(capture)
    }

    fn range_rule(&self) -> Option<&'static str> {
        Some("burp items")
    }

    fn ranges(&self, input: &mut dyn Read, sink: &mut dyn FnMut(Span)) -> Result<(), Refusal> {
        let mut items = Items::open(input)?;
        loop {
            match items.next(0)? {
                Next::Item(span, _) | Next::TooLarge(span) | Next::Cut(span) => sink(span),
                Next::Closed | Next::Early(_) => return Ok(()),
            }
        }
    }
}

fn refusal(cause: &str) -> Refusal {
    Refusal::NotThisFormat {
        wanted: "file of items of Burp Suite",
        cause: cause.to_owned(),
        offset: None,
        remedy: "save the items again in Burp with Save items, with base64",
    }
}

/// What the tag of the document says.
fn about(tag: &[u8], capture: &mut Capture, limits: &Limits) {
    let text = String::from_utf8_lossy(tag);
    let mut reader = quick_xml::Reader::from_str(&text);
    let Ok(Event::Start(element)) = reader.read_event() else {
        return;
    };
    for attribute in element.attributes().with_checks(false).flatten() {
        let Ok(value) = attribute.normalized_value(XmlVersion::Explicit1_0) else {
            continue;
        };
        if value.len() > limits.stated_bytes {
            continue;
        }
        match attribute.key.as_ref() {
            "burpVersion" => capture.writer = Some(format!("Burp Suite {value}")),
            "exportTime" => {
                let stated = ("exportTime".to_owned(), value.into_owned());
                capture.stated.push(stated);
            }
            _ => {}
        }
    }
}

/// The items of a document, one after the other.
struct Items<'r> {
    markup: Markup<'r>,
    /// The tag that opens the document.
    tag: Vec<u8>,
    closed: bool,
}

/// What comes next in a document.
enum Next {
    Item(Span, Vec<u8>),
    TooLarge(Span),
    Cut(Span),
    /// The end of the document.
    Closed,
    /// The file ends before the document does, at this byte.
    Early(u64),
}

impl<'r> Items<'r> {
    /// Opens a document whose first element is `items`.
    fn open(input: &'r mut dyn Read) -> Result<Self, Refusal> {
        let mut markup = Markup::new(input);
        loop {
            match markup.next(&mut Kept::up_to(0))? {
                Piece::Start(tag) if name(&tag) == b"items" => {
                    return Ok(Self {
                        markup,
                        tag,
                        closed: false,
                    });
                }
                Piece::Other => {}
                Piece::Empty => return Err(refusal("the file holds no items")),
                _ => return Err(refusal("the file is no XML document of items")),
            }
        }
    }

    fn next(&mut self, bound: usize) -> Result<Next, Refusal> {
        while !self.closed {
            let start = self.markup.offset();
            let mut kept = Kept::up_to(bound);
            match self.markup.next(&mut kept)? {
                // Another element is passed over with what it holds.
                Piece::Start(tag) => {
                    let whole = self.element(&mut kept)?;
                    let span = Span::new(start, self.markup.offset().saturating_sub(start));
                    if name(&tag) == b"item" {
                        return Ok(match (whole, kept.over) {
                            (ControlFlow::Break(()), _) => Next::Cut(span),
                            (_, true) => Next::TooLarge(span),
                            (_, false) => Next::Item(span, kept.bytes),
                        });
                    }
                }
                Piece::Empty | Piece::Other => {}
                Piece::End => self.closed = true,
                Piece::Cut | Piece::Eof => {
                    self.closed = true;
                    return Ok(Next::Early(self.markup.offset()));
                }
            }
        }
        Ok(Next::Closed)
    }

    /// Consumes the rest of an element; breaks where the file ends in it.
    fn element(&mut self, kept: &mut Kept) -> Result<ControlFlow<()>, Refusal> {
        let mut depth = 1_u64;
        while depth > 0 {
            match self.markup.next(kept)? {
                Piece::Start(_) => depth += 1,
                Piece::End => depth -= 1,
                Piece::Empty | Piece::Other => {}
                Piece::Cut | Piece::Eof => {
                    self.closed = true;
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}
