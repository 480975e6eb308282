//! Parts of a text that nothing takes apart as a whole: fields between marks
//! (`1|2|6d61696c|3`), and runs of letters behind others (`v1.6d61696c`), which are kept
//! where what they decode to says something.

use std::ops::Range;

use super::guess::{self, Says};
use super::sniff::Look;
use super::{alphabet, base64, form, json, letters, markup, rare, url};

/// Shorter parts decode to something by chance too often.
const SHORTEST: usize = 12;

/// Shorter ones say something only where they give text.
const SHORTEST_OF_SHAPE: usize = 24;

/// Longer runs are not tried as the letters that programs seldom use.
const LONGEST: usize = 4096;

/// Decoding base58 takes the square of the length.
const LONGEST_BASE58: usize = 100;

/// Longer texts are programs and pages, in which only base64 is looked for.
const LONGEST_TEXT: usize = 16 << 10;

/// Longer fields are looked at by their runs only.
const LONGEST_FIELD: usize = 2048;

/// Letters that stand for bytes have digits among them, words have none: most fields of
/// most texts are told so.
fn has_digit(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_digit)
}

/// The parts of a text, in order.
pub(super) fn parts(input: &[u8], look: &Look<'_>) -> Vec<Range<usize>> {
    if input.len() > LONGEST_TEXT {
        return base64::runs(input, look);
    }
    let mut found = Vec::new();
    let marks = marks(input);
    let mut start = 0;
    while start <= input.len() && found.len() < look.most {
        let rest = &input[start..];
        let length = rest.iter().position(|byte| marks[usize::from(*byte)]);
        let field = start..start + length.unwrap_or(rest.len());
        start = field.end + 1;
        if field.len() < SHORTEST {
            continue;
        }
        let bare = bare(input, field);
        if bare.len() >= SHORTEST
            && bare.len() < input.len()
            && is_value(&input[bare.clone()], look)
        {
            found.push(bare);
        } else {
            runs(input, bare, look, &mut found);
        }
    }
    found
}

/// The marks between fields: those that stand in a text for nothing else before those
/// that prose has too.
fn marks(input: &[u8]) -> &'static [bool; 256] {
    static BAR: [bool; 256] = these(b"|");
    static TAB: [bool; 256] = these(b"\t");
    static CARET: [bool; 256] = these(b"^");
    static OF_LISTS: [bool; 256] = these(b",;");
    static OF_PROSE: [bool; 256] = these(b" \n\r~");
    static NONE: [bool; 256] = these(b"");
    let has = |mark: u8| memchr::memchr(mark, input).is_some();
    if has(b'|') {
        &BAR
    } else if has(b'\t') {
        &TAB
    } else if has(b'^') {
        &CARET
    } else if memchr::memchr2(b',', b';', input).is_some() {
        &OF_LISTS
    } else if memchr::memchr3(b' ', b'\n', b'~', input).is_some() {
        &OF_PROSE
    } else {
        &NONE
    }
}

const fn these(marks: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    table
}

/// A field without the space and the quotation marks around it.
fn bare(input: &[u8], field: Range<usize>) -> Range<usize> {
    let is_around = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'');
    let bytes = &input[field.clone()];
    let lead = bytes.iter().take_while(|byte| is_around(byte)).count();
    let trail = bytes[lead..]
        .iter()
        .rev()
        .take_while(|byte| is_around(byte));
    let trail = trail.count();
    field.start + lead..field.end - trail
}

/// Whether a field can be taken apart.
pub(super) fn is_value(field: &[u8], look: &Look<'_>) -> bool {
    match field.first() {
        Some(b'{' | b'[') => json::is_json(field),
        // An address stands between such brackets too.
        Some(b'<') if markup::is_markup(field) && field.contains(&b'/') => true,
        _ => {
            url::is_url(field)
                || field.contains(&b'&') && form::is_form(field)
                || field.len() <= LONGEST_FIELD
                    && has_digit(field)
                    && guess::letters(field, look).is_some()
        }
    }
}

/// The runs of letters of base64 within a field, and in those that say nothing, the runs
/// of digits and letters of other alphabets.
fn runs(input: &[u8], field: Range<usize>, look: &Look<'_>, found: &mut Vec<Range<usize>>) {
    let shift = |range: Range<usize>| field.start + range.start..field.start + range.end;
    let text = &input[field.clone()];
    let is_whole = field.len() == input.len();
    let mut at = 0;
    let mut of_base64 = base64::runs(text, look).into_iter().peekable();
    while at < text.len() {
        let next = of_base64.peek().map_or(text.len(), |run| run.start);
        for run in others(&text[at..next], look) {
            let run = at + run.start..at + run.end;
            if !is_whole || run.len() < input.len() {
                found.push(shift(run));
            }
        }
        let Some(run) = of_base64.next() else { return };
        at = run.end;
        found.push(shift(run));
    }
}

/// Runs of letters and digits that are hexadecimal, base32, base32hex or base58, or base64
/// between marks that base64 has too.
fn others(text: &[u8], look: &Look<'_>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    // What Ruby signs stands before two dashes, which base64 of URLs may have too.
    if let Some(signed) = memchr::memmem::find(text, b"--")
        && signed >= SHORTEST
        && base64::may_be(&text[..signed])
        && is_run(&text[..signed], look)
    {
        found.push(0..signed);
        start = signed;
    }
    while start + SHORTEST <= text.len() {
        let rest = &text[start..];
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric());
        let length = length.count();
        if length >= SHORTEST {
            let fill = rest[length..].iter().take_while(|byte| **byte == b'=');
            let run = start..start + length + fill.count();
            if is_run(&text[run.clone()], look) {
                found.push(run.clone());
            }
            start = run.end + 1;
        } else {
            start += length + 1;
        }
    }
    found
}

fn is_run(run: &[u8], look: &Look<'_>) -> bool {
    if !has_digit(run) {
        return false;
    }
    type Decode = fn(&[u8]) -> Option<Vec<u8>>;
    let all = alphabet::of_all(run);
    if run.len() > LONGEST && all & alphabet::HEX == 0 {
        return false;
    }
    let ways: [(bool, Decode); 5] = [
        (
            all & alphabet::HEX != 0 && letters::may_be_hex(run),
            letters::hex,
        ),
        (
            all & alphabet::BASE32 != 0 && letters::may_be_base32(run),
            letters::base32,
        ),
        (all & alphabet::BASE32_HEX != 0, rare::base32hex),
        (
            run.len() <= LONGEST_BASE58
                && all & alphabet::BASE58 != 0
                && letters::may_be_base58(run),
            letters::base58,
        ),
        (
            all & alphabet::BASE64 != 0 && base64::may_be(run),
            base64::decode,
        ),
    ];
    // What is tried further is not tried on a run that would need text all the same.
    let says = |bytes: &[u8]| match run.len() < SHORTEST_OF_SHAPE {
        true => guess::is_telling(bytes, look),
        false => guess::says_within(bytes, look) > Says::Nothing,
    };
    ways.into_iter()
        .any(|(may_be, decode)| may_be && decode(run).is_some_and(|bytes| says(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::super::DecodeLimits;
    use super::*;

    fn read(text: &str) -> Vec<&str> {
        let limits = DecodeLimits::default();
        let look = Look {
            limits: &limits,
            most: 100,
            numbers: false,
            is_known: &|_| false,
        };
        let parts = parts(text.as_bytes(), &look).into_iter();
        parts.map(|range| &text[range]).collect()
    }

    #[test]
    fn fields_and_runs_that_say_something_are_parts() {
        // "mail=ann@example.com" in hexadecimal, base32 and base64.
        const HEX: &str = "6d61696c3d616e6e406578616d706c652e636f6d";
        const BASE32: &str = "NVQWS3B5MFXG4QDFPBQW24DMMUXGG33N";
        const BASE64: &str = "bWFpbD1hbm5AZXhhbXBsZS5jb20=";
        for value in [HEX, BASE32, BASE64] {
            for (before, after) in [
                ("1|2|", "|3"),
                ("1,2,\"", "\",3"),
                ("1\t2\t", "\t3"),
                ("e:", ";v:1"),
                ("v1.", ""),
                ("hex:", ""),
                ("x'", "'"),
                ("the value ", " was sent"),
                ("", "--0123"),
                ("", ".gif"),
            ] {
                let text = format!("{before}{value}{after}");
                assert_eq!(read(&text), [value], "{text}");
            }
        }
        assert_eq!(read("1|{\"mail\":\"a@b.c\"}|2"), ["{\"mail\":\"a@b.c\"}"]);
        assert_eq!(
            read("x|https://a.example/?b=c|y"),
            ["https://a.example/?b=c"]
        );
    }

    #[test]
    fn ordinary_text_has_no_parts() {
        for text in [
            "Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X) AppleWebKit/605.1.15",
            "com.example.application.MainActivity",
            "an ordinary sentence, with marks; and more: words",
            "d41d8cd98f00b204e9800998ecf8427e",
            "1,2,3|2020-03-20T12:00:00Z|America/Los_Angeles",
            "",
        ] {
            assert_eq!(read(text), [""; 0], "{text}");
        }
    }
}
