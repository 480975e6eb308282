//! Text as a reader sees it, each character with its bytes.
//!
//! What stands between two words — white space, tags, comments, and what is in
//! `script` and `style` — is one gap. Entities are their characters. Curly quotation
//! marks, dashes and kinds of blank are taken for their plain forms; soft hyphens
//! and other marks without width are left out. Capitals are kept.

use std::ops::Range;

/// What stands before a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// Nothing.
    None,
    /// Tags only: they may part two words, and they may stand in the midst of one.
    Tag,
    /// White space, with or without tags.
    Space,
}

/// One character that is no white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) letter: char,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) before: Gap,
}

/// How the bytes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Markup {
    /// As they stand.
    Plain,
    /// As HTML.
    Html,
}

/// Whether the bytes have the look of HTML: a closing tag or a doctype in them.
pub(crate) fn looks_like_html(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    let doctype = find_ignoring_case(head, b"<!doctype", 0).is_some();
    doctype || find_ignoring_case(head, b"<html", 0).is_some() || {
        bytes
            .windows(3)
            .any(|w| w[0] == b'<' && w[1] == b'/' && w[2].is_ascii_alphabetic())
    }
}

/// The letters of the bytes, in order. Bytes that are not UTF-8 become U+FFFD,
/// which no quote can name. Offsets fit, for the caller bounds the bytes.
pub(crate) fn letters(bytes: &[u8], markup: Markup) -> Vec<Letter> {
    let mut out = Letters {
        letters: Vec::new(),
        gap: Gap::None,
    };
    let mut tags = Tags::default();
    let mut at = 0;
    while at < bytes.len() {
        if markup == Markup::Html {
            if bytes[at] == b'<'
                && let Some(end) = tags.end_of_markup(bytes, at)
            {
                out.gap = out.gap.max(Gap::Tag);
                at = end;
                continue;
            }
            if bytes[at] == b'&'
                && let Some((letter, end)) = entity(bytes, at)
            {
                out.push(letter, at..end);
                at = end;
                continue;
            }
        }
        let (letter, length) = decode(&bytes[at..]);
        out.push(letter, at..at + length);
        at += length;
    }
    out.letters
}

struct Letters {
    letters: Vec<Letter>,
    gap: Gap,
}

impl Letters {
    fn push(&mut self, letter: char, range: Range<usize>) {
        let Some(letter) = plain(letter) else { return };
        if letter == ' ' {
            self.gap = Gap::Space;
            return;
        }
        let (Ok(start), Ok(end)) = (u32::try_from(range.start), u32::try_from(range.end)) else {
            return;
        };
        self.letters.push(Letter {
            letter,
            start,
            end,
            before: self.gap,
        });
        self.gap = Gap::None;
    }
}

/// The plain form: a blank for white space, nothing for what has no width.
fn plain(letter: char) -> Option<char> {
    Some(match letter {
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => return None,
        letter if letter.is_whitespace() => ' ',
        '\u{2018}' | '\u{2019}' | '\u{201b}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201f}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        letter => letter,
    })
}

/// The first character of the bytes and how many it takes.
fn decode(bytes: &[u8]) -> (char, usize) {
    let head = &bytes[..bytes.len().min(4)];
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
    };
    match valid.chars().next() {
        Some(letter) => (letter, letter.len_utf8()),
        None => ('\u{fffd}', 1),
    }
}

/// Finds the ends of tags, each byte of the whole looked at a few times at most.
#[derive(Default)]
struct Tags {
    /// A tag did not end: what follows is read as text.
    over: bool,
    /// Behind these places no `"` and no `'` stands.
    unclosed: [Option<usize>; 2],
}

impl Tags {
    /// The end of the tag, comment, `script` or `style` that begins here; `None`
    /// where a `<` begins none of them.
    fn end_of_markup(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        let rest = &bytes[at..];
        if rest.starts_with(b"<!--") {
            return Some(find(bytes, b"-->", at + 4).map_or(bytes.len(), |end| end + 3));
        }
        let next = *rest.get(1)?;
        if self.over || !(next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?')) {
            return None;
        }
        let end = self.end_of_tag(bytes, at + 1)?;
        for element in [&b"script"[..], b"style"] {
            let name = &rest[1..rest.len().min(1 + element.len())];
            let behind = rest.get(1 + element.len()).copied().unwrap_or(b'>');
            if name.eq_ignore_ascii_case(element) && !behind.is_ascii_alphanumeric() {
                let closing = [b"</", element].concat();
                return find_ignoring_case(bytes, &closing, end)
                    .map_or(Some(bytes.len()), |close| self.end_of_tag(bytes, close + 1));
            }
        }
        Some(end)
    }

    /// Behind the `>` that ends a tag; one in a quoted value does not.
    fn end_of_tag(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'>' => return Some(at + 1),
                b'"' | b'\'' if bytes[at - 1] == b'=' => {
                    at = self.end_of_value(bytes, at).unwrap_or(at);
                }
                _ => {}
            }
            at += 1;
        }
        self.over = true;
        None
    }

    /// The mark that closes the quoted value which begins here.
    fn end_of_value(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        let mark = bytes[at];
        let unclosed = &mut self.unclosed[usize::from(mark == b'"')];
        if unclosed.is_some_and(|place| at >= place) {
            return None;
        }
        let close = bytes[at + 1..].iter().position(|&byte| byte == mark);
        if close.is_none() {
            *unclosed = Some(at);
        }
        close.map(|close| at + 1 + close)
    }
}

/// The character of an entity and the place behind it (WHATWG HTML, named character
/// references; those that texts of notices use). Others stand as they are.
fn entity(bytes: &[u8], at: usize) -> Option<(char, usize)> {
    let head = &bytes[at + 1..bytes.len().min(at + 12)];
    let semicolon = head.iter().position(|&byte| byte == b';')?;
    let name = std::str::from_utf8(&head[..semicolon]).ok()?;
    let letter = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "shy" => '\u{ad}',
        "lsquo" => '\u{2018}',
        "rsquo" => '\u{2019}',
        "ldquo" => '\u{201c}',
        "rdquo" => '\u{201d}',
        "ndash" => '\u{2013}',
        "mdash" => '\u{2014}',
        "hellip" => '\u{2026}',
        "bull" => '\u{2022}',
        "sect" => '\u{a7}',
        "copy" => '\u{a9}',
        "reg" => '\u{ae}',
        "trade" => '\u{2122}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((letter, at + 1 + semicolon + 1))
}

/// Where the needle begins, at or behind `from`.
pub(crate) fn find(bytes: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(needle.len())
        .position(|window| window == needle)
        .map(|found| from + found)
}

fn find_ignoring_case(bytes: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(needle.len())
        .position(|window| window.eq_ignore_ascii_case(needle))
        .map(|found| from + found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, markup: Markup) -> String {
        let mut out = String::new();
        for letter in letters(text.as_bytes(), markup) {
            match letter.before {
                Gap::Space => out.push(' '),
                Gap::Tag => out.push('|'),
                Gap::None => {}
            }
            out.push(letter.letter);
        }
        out
    }

    #[test]
    fn tags_scripts_and_comments_are_gaps_and_entities_are_characters() {
        let page = "<p title=\"a > b\">We&nbsp;don&rsquo;t <!-- not --> sell<script>var p = '<p>';</script>\n<b>d</b>ata &amp; more</p>";
        assert_eq!(read(page, Markup::Html), "|We don't sell d|ata & more");
    }

    #[test]
    fn a_sign_that_begins_no_tag_is_a_character() {
        assert_eq!(read("a < b & c", Markup::Html), "a < b & c");
        assert_eq!(read("<b>x</b>", Markup::Plain), "<b>x</b>");
    }

    #[test]
    fn bytes_that_are_no_text_are_kept_apart() {
        let found = letters(b"a\xffb\xe2\x82", Markup::Plain);
        let text: String = found.iter().map(|l| l.letter).collect();
        assert_eq!(text, "a\u{fffd}b\u{fffd}\u{fffd}");
        assert_eq!((found[2].start, found[2].end), (2, 3));
    }
}
