//! A Bates number and a legend on every page of a PDF.
//!
//! The number is a text of its own behind the content of the page, marked as an
//! artifact (ISO 32000-1, 14.8.2.2) so that a screen reader passes over it, in a
//! font that is embedded and maps to Unicode: a file that meets PDF/A-3a and
//! PDF/UA-1 still does.

mod font;

use std::collections::BTreeSet;

use affiant_model::Digest;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat, dictionary};

use crate::Error;
use crate::pdf::{Indirect, scan};
use font::Sheetface;

/// Size of the letters, in points.
const SIZE: f32 = 9.0;

/// How far from the edge of the page the line stands, in points.
const FOOT: f32 = 20.0;

/// How far from the sides, in points.
const SIDE: f32 = 36.0;

/// The name of the font in the resources of each page.
const FONT: &str = "AffiantBates";

/// How many pages a PDF has, once it is found to be one that can be stamped.
///
/// # Errors
/// [`Error::Stamp`], as [`stamp`].
pub fn stampable(pdf: &[u8]) -> Result<u64, Error> {
    Ok(open(pdf)?.get_pages().len() as u64)
}

/// Sets `numbers` at the right foot of the pages, one a page, and `legend`, if it
/// is not empty, in the middle. Nothing else of the file changes but its second
/// identifier; the same file and numbers give the same bytes.
///
/// # Errors
/// [`Error::Stamp`] for a file that is no PDF, is damaged, encrypted or signed,
/// whose pages are not as many as `numbers`, or where a character has no glyph.
pub fn stamp(pdf: &[u8], numbers: &[String], legend: &str) -> Result<Vec<u8>, Error> {
    let mut tree = open(pdf)?;
    let pages: Vec<ObjectId> = tree.get_pages().into_values().collect();
    if pages.len() != numbers.len() {
        return fail(format!(
            "it has {} pages, and {} numbers were given",
            pages.len(),
            numbers.len()
        ));
    }
    let texts = numbers.iter().map(String::as_str).chain([legend]);
    let characters: BTreeSet<char> = texts.flat_map(str::chars).collect();
    let face = Sheetface::of(&characters).ok_or_else(|| {
        Error::Stamp("a character of the legend has no glyph; write it in plain letters".to_owned())
    })?;
    let font = face.add(&mut tree);
    for (page, number) in pages.into_iter().zip(numbers) {
        let sheet = Sheet::of(&tree, page)?;
        let content = sheet.content(&face, number, legend);
        // Each page has its own: a stream that pages share is of no one page's fonts.
        let begin = tree.add_object(Stream::new(Dictionary::new(), b"q\n".to_vec()));
        let end = tree.add_object(Stream::new(Dictionary::new(), content));
        add_font(&mut tree, page, font)?;
        add_content(&mut tree, page, begin, end)?;
    }
    identify(&mut tree, pdf, numbers, legend);
    // Nothing is compressed anew: PDF/A wants its metadata to be read as it stands.
    let mut out = Vec::new();
    tree.save_to(&mut out)
        .map_err(|error| Error::Stamp(error.to_string()))?;
    Ok(out)
}

fn fail<T>(why: impl Into<String>) -> Result<T, Error> {
    Err(Error::Stamp(why.into()))
}

fn open(pdf: &[u8]) -> Result<Document, Error> {
    if !pdf.starts_with(b"%PDF-") {
        return fail("it does not begin as a PDF does");
    }
    let found = scan(pdf);
    let dicts = || {
        let objects = found.objects.iter().filter_map(Indirect::dict);
        objects.chain(&found.trailers)
    };
    if dicts().any(|dict| dict.has("Encrypt")) {
        return fail("it is encrypted; take the encryption off first, by whoever may");
    }
    if dicts().any(|dict| dict.has("ByteRange")) {
        return fail(
            "it is signed, and a stamp would break the signature; produce it as a native file",
        );
    }
    let tree = Document::load_mem(pdf)
        .map_err(|error| Error::Stamp(format!("it cannot be read as a PDF: {error}")))?;
    let pages = tree.get_pages();
    if pages.is_empty() {
        return fail("no page was found in it; it is damaged, or has none");
    }
    let declared = tree
        .catalog()
        .and_then(|catalog| catalog.get(b"Pages")?.as_reference())
        .and_then(|pages| tree.get_dictionary(pages)?.get(b"Count")?.as_i64());
    if declared.ok() != i64::try_from(pages.len()).ok() {
        return fail("its pages are not as many as it says; it is damaged");
    }
    Ok(tree)
}

/// What a page inherits from those above it, or has itself.
fn inherited(tree: &Document, page: ObjectId, key: &[u8]) -> Option<Object> {
    let mut at = page;
    for _ in 0..64 {
        let dict = tree.get_dictionary(at).ok()?;
        if let Ok(held) = dict.get(key) {
            return tree.dereference(held).ok().map(|(_, held)| held.clone());
        }
        at = dict.get(b"Parent").ok()?.as_reference().ok()?;
    }
    None
}

/// A page as it is looked at.
struct Sheet {
    left: f32,
    bottom: f32,
    width: f32,
    height: f32,
    /// Clockwise, in degrees: 0, 90, 180, 270.
    turn: i64,
    /// Points of a unit.
    unit: f32,
}

impl Sheet {
    fn of(tree: &Document, page: ObjectId) -> Result<Self, Error> {
        let area = inherited(tree, page, b"CropBox").or_else(|| inherited(tree, page, b"MediaBox"));
        let corners: Vec<f32> = match &area {
            Some(Object::Array(items)) => items
                .iter()
                .filter_map(|item| tree.dereference(item).ok()?.1.as_float().ok())
                .collect(),
            _ => Vec::new(),
        };
        let [a, b, c, d] = corners.as_slice() else {
            return fail("a page does not say how large it is; it is damaged");
        };
        let turn = inherited(tree, page, b"Rotate").and_then(|turn| turn.as_i64().ok());
        let unit = tree.get_dictionary(page).ok();
        let unit = unit.and_then(|dict| dict.get(b"UserUnit").ok()?.as_float().ok());
        Ok(Self {
            left: a.min(*c),
            bottom: b.min(*d),
            width: (a - c).abs(),
            height: (b - d).abs(),
            turn: turn.unwrap_or(0).rem_euclid(360),
            unit: unit.filter(|unit| *unit > 0.0).unwrap_or(1.0),
        })
    }

    /// What is written behind the content of the page: the end of its own
    /// graphics state, then the number and the legend, upright to the reader.
    fn content(&self, face: &Sheetface, number: &str, legend: &str) -> Vec<u8> {
        let (l, b, w, h) = (self.left, self.bottom, self.width, self.height);
        // The corner that the reader sees at the lower left, and the way the line runs.
        let (matrix, across) = match self.turn {
            90 => ([0.0, 1.0, -1.0, 0.0, l + w, b], h),
            180 => ([-1.0, 0.0, 0.0, -1.0, l + w, b + h], w),
            270 => ([0.0, -1.0, 1.0, 0.0, l, b + h], h),
            _ => ([1.0, 0.0, 0.0, 1.0, l, b], w),
        };
        let scale = 1.0 / self.unit;
        let across = across * self.unit;
        let place = |text: &str, middle: bool| {
            let width = face.width(text) * SIZE;
            let x = if middle {
                (across - width) / 2.0
            } else {
                across - SIDE - width
            };
            format!("1 0 0 1 {} {FOOT} Tm {} Tj\n", x.max(4.0), face.codes(text))
        };
        let [m0, m1, m2, m3, m4, m5] = matrix;
        let mut out =
            String::from("\nQ\n/Artifact <</Type /Pagination /Subtype /Footer>> BDC\nq\n");
        out.push_str(&format!("{m0} {m1} {m2} {m3} {m4} {m5} cm\n"));
        out.push_str(&format!(
            "{scale} 0 0 {scale} 0 0 cm\n0 g\nBT\n/{FONT} {SIZE} Tf\n"
        ));
        out.push_str(&place(number, false));
        if !legend.is_empty() {
            out.push_str(&place(legend, true));
        }
        out.push_str("ET\nQ\nEMC\n");
        out.into_bytes()
    }
}

/// Gives the page resources of its own that name the font.
fn add_font(tree: &mut Document, page: ObjectId, font: ObjectId) -> Result<(), Error> {
    let mut resources = match inherited(tree, page, b"Resources") {
        Some(Object::Dictionary(resources)) => resources,
        _ => Dictionary::new(),
    };
    let fonts = resources.get(b"Font").ok().cloned();
    let mut fonts = match fonts.as_ref().and_then(|held| tree.dereference(held).ok()) {
        Some((_, Object::Dictionary(fonts))) => fonts.clone(),
        _ => Dictionary::new(),
    };
    if fonts.has(FONT.as_bytes()) {
        return fail("it bears a Bates number already; stamp the file as it was before");
    }
    fonts.set(FONT, font);
    resources.set("Font", fonts);
    dictionary_of(tree, page)?.set("Resources", resources);
    Ok(())
}

fn add_content(
    tree: &mut Document,
    page: ObjectId,
    begin: ObjectId,
    end: ObjectId,
) -> Result<(), Error> {
    let held = tree
        .get_dictionary(page)
        .and_then(|d| d.get(b"Contents"))
        .ok()
        .cloned();
    let mut parts = vec![Object::Reference(begin)];
    match held {
        Some(Object::Array(items)) => parts.extend(items),
        Some(Object::Reference(id)) => match tree.get_object(id) {
            Ok(Object::Array(items)) => parts.extend(items.clone()),
            _ => parts.push(Object::Reference(id)),
        },
        _ => {}
    }
    parts.push(Object::Reference(end));
    dictionary_of(tree, page)?.set("Contents", parts);
    Ok(())
}

fn dictionary_of(tree: &mut Document, id: ObjectId) -> Result<&mut Dictionary, Error> {
    tree.get_dictionary_mut(id)
        .map_err(|error| Error::Stamp(format!("a page of it cannot be read: {error}")))
}

/// The first identifier says which file it was, the second which version it is
/// (ISO 32000-1, 14.4); both are of the content.
fn identify(tree: &mut Document, pdf: &[u8], numbers: &[String], legend: &str) {
    let text = format!("{} {} {legend}", Digest::of(pdf), numbers.join(" "));
    let string = |digest: Digest| {
        let bytes = digest.as_bytes().iter().take(16).copied().collect();
        Object::String(bytes, StringFormat::Hexadecimal)
    };
    let first = tree.trailer.get(b"ID").ok().and_then(|id| match id {
        Object::Array(items) => items.first().cloned(),
        _ => None,
    });
    let first = first.unwrap_or_else(|| string(Digest::of(pdf)));
    let second = string(Digest::of(text.as_bytes()));
    tree.trailer.set("ID", vec![first, second]);
}

/// A dictionary of a font file and the like.
fn named(kind: &str, name: &str) -> Dictionary {
    dictionary! { "Type" => kind, "FontName" => name }
}
