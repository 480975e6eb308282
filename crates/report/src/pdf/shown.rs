//! The text that content streams show, as a reader of the page would copy it:
//! ISO 32000-1, 9.4.

use std::collections::BTreeSet;

use super::fonts::{Font, Fonts};
use super::{Object, Reader, occurrences};

/// Operands of one operator.
const MAX_OPERANDS: usize = 1 << 16;

/// Fonts of one name that are tried where it is not known which is meant.
const MAX_TRIED: usize = 8;

/// A move to the left within a line, in thousandths of the font's size, that
/// is taken for a space.
const SPACE: i64 = -150;

/// The text of a content stream.
#[derive(Debug)]
pub(crate) struct Shown {
    /// The text in each [`Spacing`], for each font that may be meant.
    pub(crate) variants: BTreeSet<Vec<u8>>,
    /// Whether the stream could be read to its end, for every such font.
    pub(crate) whole: bool,
}

/// What is done to show text, in order.
#[derive(Debug)]
enum Step {
    Font(Vec<u8>),
    Save,
    Restore,
    Text(Vec<u8>),
    Space,
    Line,
}

/// How the text is put together where it moves on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spacing {
    /// As if it did not move.
    None,
    /// With one space.
    Spaces,
    /// With one space, but for a word that is hyphenated at the end of a line.
    Words,
}

/// The text that the content stream of that number shows, in at most `limit` bytes.
///
/// What lies within an inline image is passed over, and read as well: readers
/// do not agree on where such an image ends.
pub(crate) fn shown(content: &[u8], fonts: &Fonts, stream: u32, limit: usize) -> Shown {
    let mut out = Shown {
        variants: BTreeSet::new(),
        whole: true,
    };
    let mut room = limit;
    let first = steps(content, true);
    let second = first.image.then(|| steps(content, false));
    out.whole = first.whole;
    for steps in std::iter::once(first).chain(second) {
        let steps = steps.steps;
        if !steps.iter().any(|step| matches!(step, Step::Text(_))) {
            continue;
        }
        let named = steps.iter().filter_map(|step| match step {
            Step::Font(name) => fonts.all_named(stream, name).map(BTreeSet::len),
            _ => None,
        });
        let tries = named.max().unwrap_or(1);
        out.whole &= tries <= MAX_TRIED;
        for n in 0..tries.min(MAX_TRIED) {
            for spacing in [Spacing::None, Spacing::Spaces, Spacing::Words] {
                let text = read(&steps, fonts, (stream, n), spacing, room);
                room -= text.len().min(room);
                out.whole &= room > 0;
                out.variants.insert(text.into_bytes());
            }
        }
    }
    out
}

fn read(
    steps: &[Step],
    fonts: &Fonts,
    (stream, n): (u32, usize),
    spacing: Spacing,
    limit: usize,
) -> String {
    let plain = Font::default();
    let mut font = &plain;
    let mut saved = Vec::new();
    let mut out = String::new();
    for step in steps {
        if out.len() > limit {
            break;
        }
        match step {
            Step::Font(name) => font = fonts.named(stream, name, n).unwrap_or(&plain),
            Step::Save => saved.push(font),
            Step::Restore => font = saved.pop().unwrap_or(font),
            Step::Text(codes) => fonts.decode(font, codes, limit, &mut out),
            Step::Space | Step::Line if spacing == Spacing::None => {}
            Step::Line if spacing == Spacing::Words && out.ends_with('-') => {
                out.pop();
            }
            Step::Space | Step::Line => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
        }
    }
    out
}

/// What a content stream does.
struct Steps {
    steps: Vec<Step>,
    /// Whether it could be read to its end.
    whole: bool,
    /// Whether it has an inline image: ISO 32000-1, 8.9.7.
    image: bool,
}

fn steps(content: &[u8], pass_over_images: bool) -> Steps {
    let mut out = Steps {
        steps: Vec::new(),
        whole: true,
        image: false,
    };
    let mut operands: Vec<Object> = Vec::new();
    let mut reader = Reader::new(content, 0);
    let mut work = 4 * content.len() + (1 << 16);
    loop {
        reader.skip_space();
        let start = reader.at;
        if start >= content.len() {
            return out;
        }
        let object = reader.object();
        work = work.saturating_sub(reader.at - start);
        if work == 0 || operands.len() > MAX_OPERANDS {
            out.whole = false;
            return out;
        }
        match object {
            Some(Object::Word(word)) => {
                operator(&word, &operands, &mut out.steps);
                operands.clear();
                if word == b"ID" {
                    let end = pass_over_images.then(|| image_end(reader.rest())).flatten();
                    reader.at += end.unwrap_or(0);
                    if end.is_none() && pass_over_images {
                        // What was searched in vain counts as read.
                        work = work.saturating_sub(reader.rest().len());
                    }
                    out.image = true;
                }
            }
            Some(operand) => operands.push(operand),
            None => reader.at = start + 1,
        }
    }
}

fn operator(word: &[u8], operands: &[Object], out: &mut Vec<Step>) {
    let line = matches!(word, b"Td" | b"TD" | b"T*" | b"Tm" | b"ET" | b"'" | b"\"");
    if line && !matches!(out.last(), Some(Step::Line)) {
        out.push(Step::Line);
    }
    match word {
        b"Tf" => {
            let name = operands.iter().rev().find_map(Object::as_name);
            out.extend(name.map(|name| Step::Font(name.to_vec())));
        }
        b"q" => out.push(Step::Save),
        b"Q" => out.push(Step::Restore),
        b"Tj" | b"'" | b"\"" | b"TJ" => {
            if let Some(operand) = operands.last() {
                operand.walk(&mut |object| match object {
                    Object::String(codes) => out.push(Step::Text(codes.clone())),
                    Object::Integer(n) if *n < SPACE => out.push(Step::Space),
                    Object::Real(n) if *n < SPACE as f64 => out.push(Step::Space),
                    _ => {}
                });
            }
        }
        _ => {}
    }
}

/// The end of the data of an inline image.
fn image_end(data: &[u8]) -> Option<usize> {
    let space = |at: Option<&u8>| at.is_none_or(u8::is_ascii_whitespace);
    let end = occurrences(data, b"EI").find(|at| {
        let before = at.checked_sub(1).and_then(|n| data.get(n));
        space(before) && space(data.get(at + 2))
    });
    end.map(|at| at + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_made_to_be_read_over_and_over_is_given_up() {
        for piece in ["(", "<", "[", "ID ", "BI ID EI", "/a ", "[(a)"] {
            let content = piece.repeat(300_000);
            let text = shown(content.as_bytes(), &Fonts::default(), 1, 1 << 20);
            let size: usize = text.variants.iter().map(Vec::len).sum();
            assert!(size <= 4 << 20, "{piece}: {size}");
        }
        let text = shown(&b"(".repeat(300_000), &Fonts::default(), 1, 1 << 20);
        assert!(!text.whole);
    }

    #[test]
    fn a_code_that_stands_for_much_is_bounded() {
        let mut fonts = Fonts::default();
        let map = format!("<41> <{}> endbfchar", "0042".repeat(10_000));
        fonts
            .maps
            .push(super::super::unicode::to_unicode(map.as_bytes(), &mut 10));
        let font = Font {
            width: 1,
            map: Some(0),
        };
        let mut out = String::new();
        fonts.decode(&font, &[0x41; 100_000], 1_000, &mut out);
        assert!(out.starts_with("BB") && out.len() < 1_100, "{}", out.len());
    }
}
