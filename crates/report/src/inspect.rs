//! What could make a PDF show something other than what it was made to show.

use std::collections::{BTreeMap, BTreeSet};

use crate::Error;
use crate::pdf::{
    Dict, Indirect, MAX_DECODED, MAX_STREAM, Object, Scan, decode, occurrences, scan,
};

/// Largest file that is inspected, in bytes.
const MAX_FILE: usize = 512 << 20;

/// What a lone PDF says of itself. A document of this program has one revision,
/// nothing behind its end, nothing active and nothing irregular; one that was
/// changed by an incremental update (ISO 32000-1, 7.5.6) has not.
///
/// Nothing here shows that a PDF is the one that was filed: only its digest
/// does. A PDF written anew as a whole can look as regular as the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PdfInspection {
    /// Revisions: how often `startxref` or `%%EOF` occurs in the file, whichever
    /// is more often. They are counted in its bytes, so that none can hide.
    pub revisions: usize,
    /// Bytes behind the line end of the last `%%EOF`.
    pub trailing: usize,
    /// Whether a trailer or a cross-reference stream leads to an earlier one.
    pub prev: bool,
    /// Embedded files by the name that the PDF gives them, decoded. A name is
    /// not a path: it may hold anything.
    pub attachments: Vec<(String, Vec<u8>)>,
    /// What could change what is shown, or act: actions, scripts, forms,
    /// signature fields, annotations other than links, optional content,
    /// encryption, content outside the file. In words, each once, sorted.
    pub active: Vec<String>,
    /// What is laid out otherwise than a file written at once: objects defined
    /// twice, bytes that belong to no object, streams of a wrong length, tables
    /// that lead elsewhere than to the objects, or a part that could not be read. In words, with its place.
    pub irregular: Vec<String>,
    /// Title, by the information dictionary.
    pub title: Option<String>,
    /// Producer, by the information dictionary.
    pub producer: Option<String>,
}

/// Inspects a PDF that nobody vouches for. It is read from its first byte to
/// its last; time and memory are bounded whatever it holds.
///
/// # Errors
/// [`Error::Inspect`] where it is not a PDF, is larger than 512 MiB, or has an
/// embedded file that cannot be decoded within 64 MiB (256 MiB together).
pub fn inspect(pdf: &[u8]) -> Result<PdfInspection, Error> {
    let fail = |message: &str| Err(Error::Inspect(message.to_owned()));
    if pdf.len() > MAX_FILE {
        return fail("it is larger than 512 MiB");
    }
    let head = pdf.get(..pdf.len().min(1_024)).unwrap_or_default();
    if occurrences(head, b"%PDF-").next().is_none() {
        return fail("it does not begin with `%PDF-`");
    }
    let found = scan(pdf);
    if found.objects.is_empty() {
        return fail("no object was found in it");
    }
    let ends = occurrences(pdf, b"%%EOF").count();
    if ends == 0 {
        return fail("it has no `%%EOF`: it was cut off");
    }
    Ok(PdfInspection {
        revisions: ends.max(occurrences(pdf, b"startxref").count()),
        trailing: trailing(pdf),
        prev: leads_back(&found),
        attachments: attachments(&found)?,
        active: active(&found),
        irregular: irregular(pdf, &found),
        title: info(&found, "Title"),
        producer: info(&found, "Producer"),
    })
}

fn trailing(pdf: &[u8]) -> usize {
    let end = occurrences(pdf, b"%%EOF").last().unwrap_or(0) + 5;
    let rest = pdf.get(end..).unwrap_or_default();
    let line_end = match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    };
    rest.len().saturating_sub(line_end)
}

fn leads_back(found: &Scan<'_>) -> bool {
    let tables = found.objects.iter().filter_map(Indirect::dict);
    let tables = tables.filter(|dict| dict.is("Type", "XRef"));
    tables
        .chain(&found.trailers)
        .any(|dict| dict.has("Prev") || dict.has("XRefStm"))
}

fn irregular(pdf: &[u8], found: &Scan<'_>) -> Vec<String> {
    let mut out = Vec::new();
    if !pdf.starts_with(b"%PDF-") {
        out.push("bytes stand before `%PDF-`".to_owned());
    }
    if found.trailers.len() > 1 {
        out.push(format!("it has {} trailers", found.trailers.len()));
    }
    let mut seen = BTreeMap::new();
    for object in &found.objects {
        *seen.entry(object.number).or_insert(0) += 1;
    }
    for (number, times) in seen.into_iter().filter(|(_, times)| *times > 1) {
        out.push(format!("object {number} is defined {times} times"));
    }
    out.extend(found.irregular.iter().cloned());
    out.extend(found.gaps.iter().cloned());
    out
}

/// The embedded files: ISO 32000-1, 7.11.4.
fn attachments(found: &Scan<'_>) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let mut room = MAX_DECODED;
    let mut out = Vec::new();
    let mut done = BTreeSet::new();
    for (specification, file) in embedded(found) {
        if !done.insert(file) {
            continue;
        }
        let name = ["UF", "F"]
            .iter()
            .find_map(|key| text(found, specification.get(key)?));
        let name = name.unwrap_or_default();
        let Some((dict, raw)) = found.last(file).and_then(|o| Some((o.dict()?, o.stream?))) else {
            return Err(Error::Inspect(format!(
                "the embedded file `{name}` is missing"
            )));
        };
        let decoded = decode(dict, raw, room.min(MAX_STREAM));
        if let Some(gap) = decoded.gap {
            return Err(Error::Inspect(format!("the embedded file `{name}`: {gap}")));
        }
        room = room.saturating_sub(decoded.work.max(decoded.bytes.len()));
        out.push((name, decoded.bytes));
    }
    Ok(out)
}

/// Each file specification with the number of the stream that it embeds.
fn embedded<'s>(found: &'s Scan<'_>) -> Vec<(&'s Dict, u32)> {
    let mut out = Vec::new();
    for object in &found.objects {
        object.value.walk(&mut |value| {
            let Some(dict) = value.as_dict() else { return };
            let Some(embedded) = dict.get("EF").and_then(|ef| found.resolve(ef).as_dict()) else {
                return;
            };
            let file = ["F", "UF"]
                .iter()
                .find_map(|key| embedded.get(key)?.as_reference());
            out.extend(file.map(|file| (dict, file)));
        });
    }
    out
}

fn info(found: &Scan<'_>, key: &str) -> Option<String> {
    let trailers = found.objects.iter().filter_map(Indirect::dict);
    let trailers = trailers.filter(|dict| dict.is("Type", "XRef"));
    let info = trailers
        .chain(&found.trailers)
        .filter_map(|dict| dict.get("Info"))
        .next_back()?;
    text(found, found.resolve(info).as_dict()?.get(key)?)
}

fn text(found: &Scan<'_>, object: &Object) -> Option<String> {
    match found.resolve(object) {
        Object::String(bytes) => Some(text_string(bytes)),
        _ => None,
    }
}

/// A text string: ISO 32000-1, 7.9.2.2. PDFDocEncoding is read as Latin-1.
pub(crate) fn text_string(bytes: &[u8]) -> String {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.chunks_exact(2).map(|p| unit([p[0], p[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|b| char::from(*b)).collect(),
    }
}

/// Keys whose presence is enough.
const KEYS: &[(&str, &str)] = &[
    ("JS", "a script"),
    ("JavaScript", "a script"),
    ("OpenAction", "an action on opening"),
    ("AA", "actions on events"),
    ("AcroForm", "a form"),
    ("XFA", "an XFA form"),
    ("ByteRange", "a signature"),
    ("Perms", "permissions by signature"),
    ("OCProperties", "optional content"),
    ("Encrypt", "encryption"),
    ("Alternates", "alternate images"),
    ("OPI", "content outside the file"),
    ("Collection", "a portfolio"),
    ("RichMediaContent", "rich media"),
    ("3DD", "a three-dimensional model"),
];

/// Actions that change or send something, or leave the document. `GoTo` only turns pages.
const ACTIONS: &[&str] = &[
    "GoTo3DView",
    "GoToE",
    "GoToR",
    "Hide",
    "ImportData",
    "JavaScript",
    "Launch",
    "Movie",
    "Named",
    "Rendition",
    "ResetForm",
    "RichMediaExecute",
    "SetOCGState",
    "Sound",
    "SubmitForm",
    "Thread",
    "Trans",
    "URI",
];

/// Annotations that paint, or may: all but links.
const ANNOTATIONS: &[&str] = &[
    "3D",
    "Caret",
    "Circle",
    "FileAttachment",
    "FreeText",
    "Highlight",
    "Ink",
    "Line",
    "Movie",
    "Polygon",
    "PolyLine",
    "Popup",
    "PrinterMark",
    "Projection",
    "Redact",
    "RichMedia",
    "Screen",
    "Sound",
    "Square",
    "Squiggly",
    "Stamp",
    "StrikeOut",
    "Text",
    "TrapNet",
    "Underline",
    "Watermark",
    "Widget",
];

fn active(found: &Scan<'_>) -> Vec<String> {
    let mut out = BTreeSet::new();
    let values = found.objects.iter().map(|object| &object.value);
    for value in values {
        value.walk(&mut |value| out.extend(value.as_dict().into_iter().flat_map(acts)));
    }
    for dict in &found.trailers {
        out.extend(acts(dict));
    }
    for object in found.objects.iter().filter(|o| o.stream.is_some()) {
        let external = object.dict().and_then(|dict| dict.get("F"));
        if external.is_some() {
            out.insert("a stream outside the file".to_owned());
        }
        if object.dict().is_some_and(|dict| dict.has("Ref")) {
            out.insert("content outside the file".to_owned());
        }
        if object.dict().is_some_and(|dict| dict.is("Subtype", "PS")) {
            out.insert("PostScript".to_owned());
        }
    }
    out.into_iter().collect()
}

fn acts(dict: &Dict) -> Vec<String> {
    let mut out = Vec::new();
    for (key, words) in KEYS.iter().filter(|(key, _)| dict.has(key)) {
        out.push(format!("{words} (`{key}`)"));
    }
    if dict.is("FT", "Sig") {
        out.push("a signature field".to_owned());
    }
    let one_of = |key: &str, names: &[&'static str]| {
        let name = dict.name(key)?;
        names.iter().find(|n| n.as_bytes() == name).copied()
    };
    if let Some(action) = one_of("S", ACTIONS) {
        out.push(format!("an action `{action}`"));
    }
    if let Some(annotation) = one_of("Subtype", ANNOTATIONS).filter(|_| dict.has("Rect")) {
        out.push(format!("an annotation `{annotation}`"));
    }
    out
}

#[cfg(test)]
#[path = "inspect_tests.rs"]
mod tests;
