//! Text and bytes as a list of numbers: a `Buffer` or a typed array of ECMAScript that was
//! written as JSON (`[97,110,110]`, `{"0":97,"1":110}`), the bytes of a Java array, which
//! have a sign, and lists of what `charCodeAt` gives (`97,110,110`).

use super::guess::{self, Says};
use super::sniff::Look;
use super::{Escape, quoted, tokens};

/// Fewer numbers are a version, a date or an address.
const FEWEST: usize = 6;

/// So many that spell text are text, where nothing known is in it.
const MANY: usize = 16;

/// So many that are a record or a stream are one.
const MANY_OF_SHAPE: usize = 24;

/// What may stand between two numbers of a list without brackets.
const MARKS: &[u8] = b", ;-|.:_";

/// How a list is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// `97,-61`: a minus is a sign.
    Commas,
    /// `97-110`: a minus stands between.
    Marks,
    /// `"0":97,"1":110`.
    Indexed,
}

/// What a list of numbers stands for, and how it is written.
struct Codes {
    numbers: Vec<i32>,
    manner: Manner,
}

/// Whether the beginning is that of such a list.
pub(super) fn may_be(input: &[u8]) -> bool {
    match input {
        [b'[', next, ..] => next.is_ascii_digit() || matches!(next, b'-' | b' ' | b'\n' | b'\r'),
        [b'{', rest @ ..] => rest.starts_with(b"\"0\":"),
        [b'0'..=b'9', rest @ ..] => {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            digits < 7 && rest.get(digits).is_some_and(|mark| MARKS.contains(mark))
        }
        _ => false,
    }
}

/// The array or object of numbers that begins the input, by how many bytes it has;
/// `None` where anything else is in it.
pub(super) fn length(input: &[u8]) -> Option<usize> {
    let close = if input.first() == Some(&b'[') {
        b']'
    } else {
        b'}'
    };
    let is_of = |byte: &u8| match byte {
        b'0'..=b'9' | b',' | b' ' | b'\n' | b'\r' | b'\t' => true,
        b'-' => close == b']',
        b'"' | b':' => close == b'}',
        _ => false,
    };
    let inside = input
        .get(1..)?
        .iter()
        .take_while(|byte| is_of(byte))
        .count();
    (input.get(inside + 1) == Some(&close)).then_some(inside + 2)
}

/// Decodes a list in which something is said: a known value, what bears a mark, or text
/// of some length, most of it letters.
pub(super) fn sniff(input: &[u8], look: &Look<'_>) -> Option<Vec<u8>> {
    let bytes = may_be(input).then(|| decode(input))??;
    let is_text = || {
        let letters = bytes
            .iter()
            .filter(|byte| byte.is_ascii_alphabetic())
            .count();
        bytes.len() >= MANY
            && (letters * 2 >= bytes.len()
                || tokens::is_value(&bytes, look)
                || is_escaped(&bytes, look))
    };
    let says = match guess::says(&bytes, look) {
        Says::Nothing => false,
        Says::Shape => bytes.len() >= MANY_OF_SHAPE,
        Says::Text => is_text(),
        Says::Mark | Says::Known => true,
    };
    says.then_some(bytes)
}

/// Whether text is written with escapes, which have few letters.
fn is_escaped(text: &[u8], look: &Look<'_>) -> bool {
    const ESCAPES: [Escape; 5] = [
        Escape::Percent,
        Escape::PercentU,
        Escape::Entities,
        Escape::Octal,
        Escape::Script,
    ];
    ESCAPES.iter().any(|escape| *escape.decode(text) != *text)
        || memchr::memmem::find(text, b"\\u00").is_some()
        || quoted::sniff(text, look).is_some()
}

/// Decodes a list: each number is a byte, or, where one is larger or the bytes are no text
/// and the characters are, a character of Unicode.
pub(super) fn decode(input: &[u8]) -> Option<Vec<u8>> {
    let codes = read(input)?;
    if let Some(characters) = characters(&codes.numbers) {
        return Some(characters.into_bytes());
    }
    let byte = |number: &i32| match number {
        -128..=255 => Some((number & 0xff) as u8),
        _ => None,
    };
    codes.numbers.iter().map(byte).collect()
}

/// The text of numbers that are characters and no bytes.
fn characters(numbers: &[i32]) -> Option<String> {
    let bytes: Option<Vec<u8>> = numbers.iter().map(|n| u8::try_from(*n).ok()).collect();
    if bytes.is_some_and(|bytes| std::str::from_utf8(&bytes).is_ok()) {
        return None;
    }
    let text: String = numbers
        .iter()
        .map(|number| char::from_u32(u32::try_from(*number).ok()?))
        .collect::<Option<String>>()?;
    (!text.chars().any(|c| c.is_control() && !c.is_whitespace())).then_some(text)
}

fn read(input: &[u8]) -> Option<Codes> {
    let text = input.trim_ascii();
    let (inside, is_indexed) = match text {
        [b'[', inside @ .., b']'] => (inside, false),
        [b'{', inside @ .., b'}'] => (inside, true),
        _ => (text, false),
    };
    let bare = inside.len() == text.len();
    let mut numbers = Vec::new();
    let mut rest = inside.trim_ascii();
    let mut mark = b',';
    while !rest.is_empty() {
        if is_indexed {
            let name = format!("\"{}\":", numbers.len());
            rest = rest.strip_prefix(name.as_bytes())?.trim_ascii_start();
        }
        let (number, behind) = number(rest, mark == b',')?;
        if numbers.is_empty() && bare {
            mark = *behind.first()?;
        }
        numbers.push(number);
        rest = match behind {
            [] => behind,
            [between, behind @ ..] if *between == mark && MARKS.contains(&mark) => {
                let behind = if mark == b' ' {
                    behind
                } else {
                    behind.trim_ascii_start()
                };
                (!behind.is_empty()).then_some(behind)?
            }
            [b' ' | b'\n' | b'\r' | b'\t', ..] if !bare => behind
                .trim_ascii_start()
                .strip_prefix(b",")?
                .trim_ascii_start(),
            _ => return None,
        };
    }
    let manner = match (is_indexed, mark) {
        (true, _) => Manner::Indexed,
        (false, b',') => Manner::Commas,
        (false, _) => Manner::Marks,
    };
    (numbers.len() >= FEWEST).then_some(Codes { numbers, manner })
}

/// The number at the beginning, and what is behind it.
fn number(text: &[u8], signed: bool) -> Option<(i32, &[u8])> {
    let (sign, digits) = match text {
        [b'-', digits @ ..] if signed => (-1, digits),
        _ => (1, text),
    };
    let length = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if !(1..8).contains(&length) {
        return None;
    }
    let (digits, behind) = digits.split_at(length);
    let number: i32 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((sign * number, behind))
}

/// The command that does the same to the same input.
pub(crate) fn command(input: &[u8]) -> &'static str {
    let codes = read(input);
    let manner = codes.as_ref().map_or(Manner::Commas, |codes| codes.manner);
    let of_characters = codes.is_some_and(|codes| characters(&codes.numbers).is_some());
    match (of_characters, manner) {
        (true, Manner::Indexed) => r"perl -CO -0777 -ne 'print map chr, /:\s*(\d+)/g'",
        (true, _) => r"perl -CO -0777 -ne 'print map chr, /\d+/g'",
        (false, Manner::Indexed) => r#"perl -0777 -ne 'print pack "C*", /:\s*(\d+)/g'"#,
        (false, Manner::Marks) => r#"perl -0777 -ne 'print pack "C*", /\d+/g'"#,
        (false, Manner::Commas) => r#"perl -0777 -ne 'print pack "C*", map { $_ & 255 } /-?\d+/g'"#,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(input: &str) -> Option<String> {
        assert!(may_be(input.as_bytes()), "{input}");
        decode(input.as_bytes()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    #[test]
    fn lists_of_bytes_and_of_characters_are_read() {
        for list in [
            "[97,110,110,64,97,46,98]",
            "[ 97, 110, 110, 64, 97, 46, 98 ]",
            "97,110,110,64,97,46,98",
            "97, 110, 110, 64, 97, 46, 98",
            "97 110 110 64 97 46 98",
            "97-110-110-64-97-46-98",
            r#"{"0":97,"1":110,"2":110,"3":64,"4":97,"5":46,"6":98}"#,
        ] {
            assert_eq!(text(list).as_deref(), Some("ann@a.b"), "{list}");
        }
        // The bytes of Java's arrays have a sign; `charCodeAt` gives characters.
        assert_eq!(
            text("[90,111,-61,-85,32,76]").as_deref(),
            Some("Zo\u{eb} L")
        );
        assert_eq!(
            text("[90,111,235,32,76,101]").as_deref(),
            Some("Zo\u{eb} Le")
        );
        assert_eq!(
            text("[321,117,107,97,115,122]").as_deref(),
            Some("\u{141}ukasz")
        );
    }

    #[test]
    fn other_lists_are_none() {
        for list in [
            "1,2,3",
            "[1,2,3,4,5]",
            "[97,110,110,64,97,46,300,-4]",
            "97,110 110,64,97,46,98",
            "97,110,110,64,97,46,98,",
            "12345678,1,2,3,4,5,6",
            r#"{"0":97,"2":110,"1":110,"3":64,"4":97,"5":46}"#,
        ] {
            assert_eq!(decode(list.as_bytes()), None, "{list}");
        }
        assert_eq!(length(b"[1, 2],3"), Some(6));
        assert_eq!(length(b"[1,2.5]"), None);
        assert_eq!(length(br#"{"0":1}"#), Some(7));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_back(bytes in prop::collection::vec(any::<i8>(), 6..40)) {
            let list: Vec<String> = bytes.iter().map(i8::to_string).collect();
            let list = format!("[{}]", list.join(","));
            prop_assume!(bytes.iter().any(|byte| *byte < 0));
            prop_assert!(length(list.as_bytes()) == Some(list.len()));
            let all: Vec<u8> = bytes.iter().map(|byte| byte.cast_unsigned()).collect();
            prop_assert_eq!(decode(list.as_bytes()), Some(all));
        }
    }
}
