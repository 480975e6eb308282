//! Where in a PDF a secret can hide.

use std::collections::{BTreeMap, BTreeSet};

use crate::inspect::text_string;
use crate::pdf::{Dict, Indirect, MAX_DECODED, MAX_STREAM, Object, Scan};
use crate::pdf::{Fonts, decode, inflate, occurrences, pages, scan, shown};

/// PDFs within PDFs that are opened.
const MAX_NESTED: usize = 3;

/// What is said where the bound on all layers together is reached.
const FULL: &str = "more would have to be searched than 256 MiB; the rest was not read";

/// Everything of a PDF in which a secret could stand, as bytes to be searched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextLayers {
    /// Layers of bytes. Text is in UTF-8. The first is the file itself.
    pub layers: Vec<Vec<u8>>,
    /// Where each layer is from, in words: `object 12: stream`.
    pub places: Vec<String>,
    /// Images: their pixels are bytes in a layer where they could be decoded,
    /// but what they show is not read.
    pub images: usize,
    /// What could not be read, in words with its place. Where this is not
    /// empty, a secret that was not found may still be there.
    pub unread: Vec<String>,
}

/// Takes a PDF apart into everything in which a redacted secret could hide: the
/// file as it is; each stream decoded, of every revision, also those that
/// nothing leads to any more; the objects in object streams; every string and
/// name, decoded (literal, hexadecimal, UTF-16) to UTF-8; the text that each
/// content stream shows, by the fonts' own maps to Unicode; XML with its
/// character references resolved; embedded files, and PDFs among them likewise.
///
/// It finds what is written in reading order on one page, with
/// one space where the text moves, without, and with words hyphenated at the end
/// of a line put together. Text set in another order is not put in order, and
/// what an image shows is not read: see [`TextLayers::images`] and
/// [`TextLayers::unread`].
/// Work and memory are bounded, whatever the file holds.
#[must_use]
pub fn text_layers(pdf: &[u8]) -> TextLayers {
    within(pdf, MAX_DECODED)
}

/// The text that each page shows, as far as it can be read: in the order of the
/// pages, with a space where the text moves.
#[must_use]
pub fn page_texts(pdf: &[u8]) -> Vec<String> {
    let found = text_layers(pdf);
    let mut pages: BTreeMap<usize, &[u8]> = BTreeMap::new();
    for (place, layer) in found.places.iter().zip(&found.layers) {
        let number = place
            .strip_prefix("page ")
            .and_then(|p| p.strip_suffix(": text"));
        let Some(number) = number.and_then(|n| n.parse().ok()) else {
            continue;
        };
        // Of the same text with and without spaces, that with them; of a part and the
        // whole, the whole.
        let page = pages.entry(number).or_default();
        let spaces = |text: &[u8]| text.iter().filter(|b| **b == b' ').count();
        if (spaces(layer), layer.len()) > (spaces(page), page.len()) {
            *page = layer;
        }
    }
    let texts = pages.values();
    texts
        .map(|text| String::from_utf8_lossy(text).into_owned())
        .collect()
}

/// The layers, in at most `room` bytes.
fn within(pdf: &[u8], room: usize) -> TextLayers {
    let mut collector = Collector {
        out: TextLayers::default(),
        room,
        work: room.saturating_mul(4),
    };
    collector.file(pdf, "", 0);
    collector.out
}

struct Collector {
    out: TextLayers,
    /// Bytes that layers may still take.
    room: usize,
    /// Bytes that filters may still give.
    work: usize,
}

impl Collector {
    fn unread(&mut self, place: &str, what: &str) {
        let text = format!("{place}{what}");
        if !self.out.unread.contains(&text) {
            self.out.unread.push(text);
        }
    }

    /// Adds a layer, and the same without its zero bytes where it has any: ASCII
    /// in UTF-16 of either order becomes plain.
    fn layer(&mut self, place: &str, bytes: Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        if bytes.len() > self.room {
            self.unread(place, FULL);
            return;
        }
        self.room -= bytes.len();
        if memchr::memchr(0, &bytes).is_none() {
            self.push(place, bytes);
            return;
        }
        let narrow: Vec<u8> = bytes.iter().copied().filter(|b| *b != 0).collect();
        self.push(place, bytes);
        if narrow.len() <= self.room {
            self.room -= narrow.len();
            self.push(place, narrow);
        } else {
            self.unread(place, FULL);
        }
    }

    fn push(&mut self, place: &str, bytes: Vec<u8>) {
        self.out
            .places
            .push(place.trim_end_matches([' ', ':']).to_owned());
        self.out.layers.push(bytes);
    }

    fn file(&mut self, pdf: &[u8], place: &str, depth: usize) {
        self.layer(&format!("{place}the file's bytes"), without_profile(pdf));
        let found = scan(pdf);
        for gap in &found.gaps {
            self.unread(place, gap);
        }
        if found.objects.is_empty() {
            self.unread(place, "no object of a PDF was found");
        }
        let encrypted = |dict: &Dict| dict.has("Encrypt");
        if found.trailers.iter().any(encrypted)
            || found
                .objects
                .iter()
                .filter_map(Indirect::dict)
                .any(encrypted)
        {
            self.unread(
                place,
                "the file is encrypted; its streams and strings were not read",
            );
        }
        self.layer(
            &format!("{place}strings and names (metadata, outline, alternative texts)"),
            strings(&found),
        );
        let streams = self.streams(&found, place, depth);
        self.text(&found, &streams, place);
        self.strays(pdf, &found, place);
    }

    /// Decodes every stream; those that may show text, or say how a font's text is
    /// to be read, come back with the place of their object.
    fn streams(&mut self, found: &Scan<'_>, place: &str, depth: usize) -> Vec<(usize, Vec<u8>)> {
        let mut kept = Vec::new();
        for (index, object) in found.objects.iter().enumerate() {
            let (Some(dict), Some(raw)) = (object.dict(), object.stream) else {
                continue;
            };
            let place = format!("{place}object {}: ", object.number);
            let image = dict.is("Subtype", "Image");
            self.out.images += usize::from(image);
            let decoded = decode(dict, raw, self.room.min(self.work).min(MAX_STREAM));
            self.work = self.work.saturating_sub(decoded.work);
            if let Some(gap) = decoded.gap.filter(|_| !image) {
                self.unread(&place, &gap);
            }
            let bytes = decoded.bytes;
            if dict.is("Type", "EmbeddedFile") {
                self.embedded(&bytes, &place, depth);
            }
            if bytes.trim_ascii_start().starts_with(b"<") {
                self.layer(&format!("{place}XML"), without_references(&bytes));
            }
            if !image && !silent(dict) {
                kept.push((index, bytes.clone()));
            }
            let what = match dict.name("Type") {
                Some(b"EmbeddedFile") => "attached file",
                Some(b"Metadata") => "metadata (XMP)",
                _ => "stream",
            };
            self.layer(&format!("{place}{what}"), bytes);
        }
        kept
    }

    fn embedded(&mut self, bytes: &[u8], place: &str, depth: usize) {
        if bytes.starts_with(b"%PDF-") {
            if depth < MAX_NESTED {
                self.file(bytes, place, depth + 1);
            } else {
                self.unread(place, "a PDF within PDFs that was not opened");
            }
        } else if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0x1F, 0x8B]) {
            self.unread(place, "the embedded file is compressed and was not opened");
        }
    }

    /// Adds what the content streams show.
    fn text(&mut self, found: &Scan<'_>, streams: &[(usize, Vec<u8>)], place: &str) {
        let number = |index: &usize| found.objects.get(*index).map_or(0, |o| o.number);
        let by_number: BTreeMap<u32, &[u8]> = streams
            .iter()
            .map(|(index, bytes)| (number(index), bytes.as_slice()))
            .collect();
        let fonts = Fonts::of(found, &by_number);
        for font in fonts.unread() {
            self.unread(place, font);
        }
        let order = pages(found);
        for (index, bytes) in streams {
            let number = number(index);
            self.content(bytes, &fonts, (number, order.get(&number)), place);
        }
        for page in fonts.pages() {
            let parts = page.iter().filter_map(|n| by_number.get(n));
            let length: usize = parts.clone().map(|part| part.len() + 1).sum();
            self.work = self.work.saturating_sub(length);
            if self.work == 0 || length > MAX_STREAM {
                self.unread(place, FULL);
                return;
            }
            let whole: Vec<u8> = parts.flat_map(|part| [*part, b"\n"].concat()).collect();
            let first = page.first().copied().unwrap_or(0);
            self.content(&whole, &fonts, (first, order.get(&first)), place);
        }
    }

    /// Adds what one content stream shows.
    fn content(
        &mut self,
        bytes: &[u8],
        fonts: &Fonts,
        (number, page): (u32, Option<&usize>),
        place: &str,
    ) {
        let text = shown(bytes, fonts, number, self.room.min(MAX_STREAM));
        if !text.whole {
            let what = format!("object {number}: its text could not be read to the end");
            self.unread(place, &what);
        }
        let of = page.map_or_else(
            || format!("{place}object {number}: text"),
            |page| format!("{place}page {page}: text"),
        );
        for variant in text.variants {
            self.layer(&of, variant);
        }
    }

    /// Inflates what looks like a stream and belongs to no object.
    fn strays(&mut self, pdf: &[u8], found: &Scan<'_>, place: &str) {
        let known: BTreeSet<usize> = found.objects.iter().map(|o| o.data_at).collect();
        for at in occurrences(pdf, b"stream") {
            let data = pdf.get(at + 6..).unwrap_or_default();
            let skip = data
                .iter()
                .take(2)
                .take_while(|b| matches!(b, b'\r' | b'\n'))
                .count();
            let start = at + 6 + skip;
            let zlib = matches!(
                pdf.get(start),
                Some(0x08 | 0x18 | 0x28 | 0x38 | 0x48 | 0x58 | 0x68 | 0x78)
            );
            if skip == 0 || known.contains(&start) || !zlib {
                continue;
            }
            let (bytes, _) = inflate(
                pdf.get(start..).unwrap_or_default(),
                self.room.min(MAX_STREAM),
            );
            self.layer(&format!("{place}byte {start}: "), bytes);
        }
    }
}

/// Streams that show no text: programs of fonts, functions, colour profiles,
/// tables, metadata, embedded files.
fn silent(dict: &Dict) -> bool {
    let keys = ["Length1", "Length2", "Length3", "FunctionType", "N"];
    let types = ["EmbeddedFile", "Metadata", "ObjStm", "XRef"];
    keys.iter().any(|key| dict.has(key)) || types.iter().any(|name| dict.is("Type", name))
}

/// Every string and name, a line each.
fn strings(found: &Scan<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut add = |text: &[u8]| {
        out.extend_from_slice(text);
        out.push(b'\n');
    };
    let mut see = |value: &Object| match value {
        Object::String(bytes) => {
            add(text_string(bytes).as_bytes());
            if std::str::from_utf8(bytes).is_ok() {
                add(bytes);
            }
        }
        Object::Name(name) => add(name),
        Object::Dict(dict) => dict.0.iter().for_each(|(key, _)| add(key)),
        _ => {}
    };
    for object in &found.objects {
        object.value.walk(&mut see);
    }
    for dict in &found.trailers {
        dict.0.iter().for_each(|(_, value)| value.walk(&mut see));
    }
    out
}

/// XML with its character references resolved.
fn without_references(xml: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(xml);
    let mut out = String::new();
    let mut rest = text.as_ref();
    while let Some(at) = rest.find('&') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let end = after.char_indices().take(12).find(|(_, c)| *c == ';');
        let Some((end, _)) = end else {
            out.push('&');
            rest = &after[1..];
            continue;
        };
        match reference(&after[1..end]) {
            Some(c) => out.push(c),
            None => out.push_str(&after[..=end]),
        }
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    out.into_bytes()
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

/// The bytes, but for the name of the key that says where the colour profile is: with the number of
/// the object behind it, it reads `Profile 1`, which is what examiners call a data subject.
fn without_profile(pdf: &[u8]) -> Vec<u8> {
    const KEY: &[u8] = b"/DestOutputProfile";
    let mut bytes = pdf.to_vec();
    let found: Vec<usize> = memchr::memmem::find_iter(pdf, KEY).collect();
    for at in found {
        bytes[at..at + KEY.len()].fill(b' ');
    }
    bytes
}

#[cfg(test)]
#[path = "layers_tests.rs"]
mod tests;
