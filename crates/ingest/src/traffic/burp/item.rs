//! One item: bytes to an exchange and its defects.

use std::ops::{ControlFlow, Range};

use affiant_model::{Span, Unpack, Unpacked};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::super::draft::{Draft, cut};
use super::super::entries::{Entries, NO_TIME};
use super::super::json;
use super::super::message::{self, Context, Request, Response};
use super::time::{self, Unread, Zones};

/// Base64 as `base64 -d` takes it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// How many pieces of one element are put together: CDATA ends within a text
/// wherever that holds `]]>`.
const PIECES: usize = 10_000;

/// The content of an element.
#[derive(Debug, Default)]
struct Content {
    /// Where its text stands in the item, in pieces where CDATA ends within it.
    pieces: Vec<Range<usize>>,
    /// Whether it holds entities or elements, so that it does not stand there.
    mixed: bool,
    base64: bool,
    /// The attribute `ip`.
    ip: Option<String>,
}

impl Content {
    fn text(&self, item: &str) -> String {
        let pieces = self
            .pieces
            .iter()
            .filter_map(|piece| item.get(piece.clone()));
        pieces.collect()
    }
}

/// What is read of an item.
#[derive(Debug, Default)]
struct Item {
    time: Content,
    url: Content,
    host: Content,
    protocol: Content,
    request: Content,
    status: Content,
    response: Content,
}

impl Item {
    fn element(&mut self, name: &str) -> Option<&mut Content> {
        Some(match name {
            "time" => &mut self.time,
            "url" => &mut self.url,
            "host" => &mut self.host,
            "protocol" => &mut self.protocol,
            "request" => &mut self.request,
            "status" => &mut self.status,
            "response" => &mut self.response,
            _ => return None,
        })
    }

    /// Takes an item apart.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and where.
    fn of(text: &str) -> Result<Self, (usize, String)> {
        let mut item = Self::default();
        let mut reader = quick_xml::Reader::from_str(text);
        // The elements that are open, the item itself aside.
        let (mut depth, mut name) = (0_u64, String::new());
        loop {
            let start = place(reader.buffer_position());
            let event = reader.read_event().map_err(|error| {
                let at = place(reader.error_position()).min(text.len());
                (at, error.to_string())
            })?;
            let end = place(reader.buffer_position());
            match event {
                Event::Start(element) => {
                    depth += 1;
                    if depth == 2 {
                        name = element.name().as_ref().to_owned();
                        if let Some(content) = item.element(&name) {
                            content.attributes(&element);
                        }
                    }
                }
                Event::End(_) => depth = depth.saturating_sub(1),
                Event::Eof => return Ok(item),
                _ => {}
            }
            if depth < 2 {
                continue;
            }
            let Some(content) = item.element(&name) else {
                continue;
            };
            match event_kind(text, start) {
                Kind::CData => content.piece(start + "<![CDATA[".len()..end.saturating_sub(3)),
                // The white space around CDATA.
                Kind::Text if text.get(start..end).is_some_and(|t| t.trim().is_empty()) => {}
                Kind::Text => content.piece(start..end),
                Kind::Entity => content.mixed = true,
                Kind::Tag => content.mixed |= depth > 2,
            }
        }
    }
}

/// What stands at a place of an item, by its first bytes.
enum Kind {
    CData,
    Text,
    Entity,
    Tag,
}

fn event_kind(text: &str, at: usize) -> Kind {
    let rest = text.get(at..).unwrap_or_default();
    match rest.as_bytes() {
        [b'<', ..] if rest.starts_with("<![CDATA[") => Kind::CData,
        [b'<', ..] => Kind::Tag,
        [b'&', ..] => Kind::Entity,
        _ => Kind::Text,
    }
}

impl Content {
    fn piece(&mut self, range: Range<usize>) {
        if self.pieces.len() >= PIECES {
            self.mixed = true;
        } else if range.start < range.end {
            self.pieces.push(range);
        }
    }

    fn attributes(&mut self, element: &BytesStart<'_>) {
        for attribute in element.attributes().with_checks(false).flatten() {
            let value = attribute.normalized_value(XmlVersion::Explicit1_0);
            match (attribute.key.as_ref(), value) {
                ("base64", Ok(value)) => self.base64 = value == "true",
                ("ip", Ok(value)) if !value.is_empty() => self.ip = Some(value.into_owned()),
                _ => {}
            }
        }
    }
}

fn place(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// Reads the item whose bytes are `raw`, and hands out what it gives.
pub(super) fn read(
    raw: Vec<u8>,
    span: Span,
    zones: &mut Zones,
    entries: &mut Entries<'_, '_>,
) -> ControlFlow<()> {
    let mut draft = entries.begin(span);
    let (text, broken) = json::readable(&raw);
    if let Some((count, first)) = broken {
        let message = format!("{count} bytes of the item are not UTF-8, this one first");
        let means = "each is read as `?`; a value that holds one may not be found";
        draft.defect(Some(&(first..first.saturating_add(1))), message, means);
    }
    let item = match Item::of(&text) {
        Ok(item) => item,
        Err((at, why)) => {
            let message = format!("the item is not XML at this place: {}", cut(&why));
            return entries.give_up(draft, Some(&(at..at)), message);
        }
    };
    let found = match find(&item.request, &raw, span, &mut draft) {
        Ok(found) => found,
        Err((range, why)) => return entries.give_up(draft, range.as_ref(), why),
    };
    let bytes = found.bytes(&raw);
    let request = match Request::of(bytes) {
        Ok(request) => request,
        Err(why) => {
            let message = format!("the request is none of HTTP: {}", why.0);
            return entries.give_up(draft, None, message);
        }
    };
    let (url, protocol) = (item.url.text(&text), item.protocol.text(&text));
    let context = Context {
        at: found.at(),
        url: Some(url.trim()).filter(|url| !url.is_empty()),
        scheme: protocol.trim(),
    };
    request.fill(bytes, context, &mut draft);
    answer(&item, &text, &mut draft);
    draft.exchange.server_address.clone_from(&item.host.ip);
    let written = item.time.text(&text);
    match time::read(&written) {
        Ok(time) => draft.exchange.started = Some(time),
        Err(Unread::Zone(zone)) => zones.say(&zone, span, entries)?,
        Err(Unread::NotATime) => {
            let message = format!("the time is none: `{}`", cut(&written));
            draft.defect(None, message, NO_TIME);
        }
    }
    written
        .trim()
        .clone_into(&mut draft.exchange.started_as_written);
    drop(text);
    match found {
        Found::Plain(_) => entries.give(draft, raw),
        Found::Unpacked(bytes) => entries.give(draft, bytes),
    }
}

/// The bytes of a request.
enum Found {
    /// They stand in the item as they are.
    Plain(Range<usize>),
    /// They come out of it.
    Unpacked(Vec<u8>),
}

impl Found {
    fn bytes<'a>(&'a self, raw: &'a [u8]) -> &'a [u8] {
        match self {
            Self::Plain(range) => raw.get(range.clone()).unwrap_or_default(),
            Self::Unpacked(bytes) => bytes,
        }
    }

    const fn at(&self) -> usize {
        match self {
            Self::Plain(range) => range.start,
            Self::Unpacked(_) => 0,
        }
    }
}

/// Finds the bytes of the request, and notes how they come out of the exhibit.
fn find(
    content: &Content,
    raw: &[u8],
    span: Span,
    draft: &mut Draft<'_>,
) -> Result<Found, (Option<Range<usize>>, String)> {
    let (Some(first), Some(last)) = (content.pieces.first(), content.pieces.last()) else {
        return Err((None, "the item has no request".to_owned()));
    };
    let around = first.start..last.end;
    if content.mixed {
        let why = "the request is written with entities, elements or too many pieces: save the items with base64";
        return Err((Some(around), why.to_owned()));
    }
    let joined: Vec<u8> = content
        .pieces
        .iter()
        .filter_map(|piece| raw.get(piece.clone()))
        .flatten()
        .copied()
        .collect();
    let one = content.pieces.len() == 1;
    if !content.base64 {
        beyond_ascii(&joined, &around, draft);
        if one {
            return Ok(Found::Plain(around));
        }
        let runs = content.pieces.iter().map(|piece| span.slice(piece));
        draft.exchange.unpacked = Some(Unpacked {
            steps: vec![Unpack::Runs(runs.collect())],
            offset: 0,
        });
        return Ok(Found::Unpacked(joined));
    }
    if !one {
        let why = "the base64 of the request stands in several pieces".to_owned();
        return Err((Some(around), why));
    }
    let digits: Vec<u8> = joined
        .into_iter()
        .filter(|b| !b" \t\r\n".contains(b))
        .collect();
    let bytes = BASE64.decode(digits).map_err(|error| {
        (
            Some(around.clone()),
            format!("the request is not base64: {error}"),
        )
    })?;
    let run = Span::new(around.start as u64, around.len() as u64);
    draft.exchange.unpacked = Some(Unpacked {
        steps: vec![Unpack::Bytes(run), Unpack::Base64],
        offset: 0,
    });
    Ok(Found::Unpacked(bytes))
}

/// Says that bytes beyond ASCII may not be those that were sent.
fn beyond_ascii(request: &[u8], around: &Range<usize>, draft: &mut Draft<'_>) {
    if !request.is_ascii() {
        let message = "the request holds characters beyond ASCII, and was saved without base64";
        let means = "they are read as UTF-8; which bytes were sent, the file does not say";
        draft.defect(Some(around), message, means);
    }
}

/// Reads the status, of the item or else of its response.
fn answer(item: &Item, text: &str, draft: &mut Draft<'_>) {
    let written = item.status.text(text);
    let written = written.trim();
    let status = match written.parse::<u16>() {
        Ok(status @ 100..=999) => Some(status),
        _ => None,
    };
    if status.is_none() && !matches!(written, "" | "0" | "-1" | "null") {
        let message = format!("the status `{}` is not one of HTTP", cut(written));
        draft.defect(
            None,
            message,
            "the exchange is read as one without an answer",
        );
    }
    let status = status.or_else(|| {
        let plain = (!item.response.base64).then(|| item.response.text(text))?;
        let response = Response::of(plain.as_bytes()).ok()?;
        written.is_empty().then_some(response.status)
    });
    draft.exchange.status = status;
    draft.exchange.reach = message::reach(&draft.exchange.method, status);
}
