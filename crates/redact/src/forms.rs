//! A value as it may be written: in other encodings of text, escaped, in base64
//! at each of its three places, in hexadecimal.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Fewer digits of base64 stand in too many places by chance.
const SHORTEST_BASE64: usize = 10;

/// Texts longer than this are searched for by their beginning, in bytes.
const BEGINNING: usize = 96;

/// A way of writing a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Form {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    /// What beside it makes it another text.
    pub(crate) bound: Bound,
}

/// What beside a text makes it another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Bound {
    /// Nothing.
    None,
    /// Letters and digits.
    Word,
    /// Letters and digits; it is written as it is, or in capitals.
    Name,
    /// Letters, digits, and further places of the number.
    Number,
}

/// The forms of a text that can stand within another text.
pub(crate) fn in_text(value: &str) -> Vec<Form> {
    let bytes = value.as_bytes();
    let bound = is_bounded(value);
    let mut forms = vec![Form {
        name: "as it is",
        bytes: bytes.to_vec(),
        bound,
    }];
    let mut add = |name, bytes: Vec<u8>, bound| {
        if forms.iter().all(|form| form.bytes != bytes) {
            forms.push(Form { name, bytes, bound });
        }
    };
    add("percent-encoded", percent(bytes, false).into_bytes(), bound);
    add("as a form", percent(bytes, true).into_bytes(), bound);
    add("as a JSON string", json(value).into_bytes(), bound);
    add("in XML", xml(value).into_bytes(), bound);
    add(
        "in hexadecimal",
        hex::encode(bytes).into_bytes(),
        Bound::None,
    );
    for shift in 0..3 {
        for core in base64_core(bytes, shift) {
            add("in base64", core, Bound::None);
        }
    }
    forms
}

/// The forms that are searched for in bytes of any kind.
pub(crate) fn anywhere(value: &str) -> Vec<Form> {
    let mut forms = in_text(beginning(value));
    let units: Vec<u16> = beginning(value).encode_utf16().collect();
    for bytes in [
        units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        units
            .iter()
            .flat_map(|unit| unit.to_le_bytes())
            .collect::<Vec<u8>>(),
    ] {
        forms.push(Form {
            name: "as UTF-16",
            bytes,
            bound: Bound::None,
        });
    }
    forms
}

fn beginning(value: &str) -> &str {
    let mut end = value.len().min(BEGINNING);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    value.get(..end).unwrap_or(value)
}

/// Digits and letters of hexadecimal stand in digests and addresses by chance.
fn is_bounded(value: &str) -> Bound {
    let digits = |c: char| c.is_ascii_hexdigit() || ".-: ".contains(c);
    match value.chars().count() < 8 || (value.len() < 16 && value.chars().all(digits)) {
        true => Bound::Word,
        false => Bound::None,
    }
}

fn percent(bytes: &[u8], form: bool) -> String {
    bytes
        .iter()
        .map(|b| match b {
            b' ' if form => "+".to_owned(),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(*b).to_string()
            }
            b => format!("%{b:02X}"),
        })
        .collect()
}

fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted
        .get(1..quoted.len() - 1)
        .unwrap_or_default()
        .to_owned()
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The digits of base64 that depend on the value alone when `shift` bytes stand
/// before it, in both alphabets.
fn base64_core(bytes: &[u8], shift: usize) -> Vec<Vec<u8>> {
    let mut padded = vec![0; shift];
    padded.extend_from_slice(bytes);
    let digits = STANDARD_NO_PAD.encode(&padded);
    let start = (shift * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    if end < start + SHORTEST_BASE64 {
        return Vec::new();
    }
    let core = digits.as_bytes().get(start..end).unwrap_or_default();
    let safe = core
        .iter()
        .map(|digit| match digit {
            b'+' => b'-',
            b'/' => b'_',
            digit => *digit,
        })
        .collect();
    vec![core.to_vec(), safe]
}
