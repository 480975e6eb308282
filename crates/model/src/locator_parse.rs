use std::ops::Range;
use std::str::FromStr;

use crate::locator::is_shorthand;
use crate::{FieldName, JsonKey, Locator, Selector, Step, WireKey};

/// The text is not a locator as this version writes them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{part}` is not a part of a locator")]
pub struct ParseLocatorError {
    part: String,
}

impl FromStr for Locator {
    type Err = ParseLocatorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split(" / ");
        let field = parse_field(parts.next().unwrap_or_default())?;
        let steps = parts.map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { field, steps })
    }
}

fn refused(part: &str) -> ParseLocatorError {
    ParseLocatorError {
        part: part.chars().take(200).collect(),
    }
}

fn parse_field(text: &str) -> Result<FieldName, ParseLocatorError> {
    if let Some(simple) = match text {
        "request.url" => Some(FieldName::Url),
        "request.body" => Some(FieldName::Body),
        _ => None,
    } {
        return Ok(simple);
    }
    let (kind, rest) = text.split_once(' ').ok_or_else(|| refused(text))?;
    if kind == "request.message" {
        let nth = rest.parse().ok().filter(|nth| *nth > 0);
        return nth
            .map(|nth| FieldName::Message { nth })
            .ok_or_else(|| refused(text));
    }
    let Selector { name, nth } = rest.parse()?;
    match kind {
        "request.header" => Ok(FieldName::Header { name, nth }),
        "request.cookie" => Ok(FieldName::Cookie { name, nth }),
        "request.param" => Ok(FieldName::Param { name, nth }),
        "request.query" => Ok(FieldName::Query { name, nth }),
        _ => Err(refused(text)),
    }
}

impl FromStr for Step {
    type Err = ParseLocatorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, rest) = text.split_once(' ').unwrap_or((text, ""));
        match (kind, rest.is_empty()) {
            ("base64", true) => Ok(Self::Base64),
            ("gzip", true) => Ok(Self::Gzip),
            ("zlib", true) => Ok(Self::Zlib),
            ("deflate", true) => Ok(Self::Deflate),
            ("brotli", true) => Ok(Self::Brotli),
            ("zstd", true) => Ok(Self::Zstd),
            ("bzip2", true) => Ok(Self::Bzip2),
            ("zip", _) => rest.parse().map(Self::Zip),
            ("hex", true) => Ok(Self::Hex),
            ("base32", true) => Ok(Self::Base32),
            ("base32hex", true) => Ok(Self::Base32Hex),
            ("base58", true) => Ok(Self::Base58),
            ("base36", true) => Ok(Self::Base36),
            ("base62", true) => Ok(Self::Base62),
            ("base62-inverted", true) => Ok(Self::Base62Inverted),
            ("base91", true) => Ok(Self::Base91),
            ("substituted", true) => Ok(Self::Substituted),
            ("lz4", true) => Ok(Self::Lz4),
            ("snappy", true) => Ok(Self::Snappy),
            ("base85", true) => Ok(Self::Base85),
            ("ascii85", true) => Ok(Self::Ascii85),
            ("z85", true) => Ok(Self::Z85),
            ("uuencode", true) => Ok(Self::Uuencode),
            ("reversed", true) => Ok(Self::Reversed),
            ("latin-1", true) => Ok(Self::Latin1),
            ("codes", true) => Ok(Self::Codes),
            ("lz-string", true) => Ok(Self::LzString),
            ("utf-16le", true) => Ok(Self::Utf16Le),
            ("utf-16be", true) => Ok(Self::Utf16Be),
            ("entities", true) => Ok(Self::Entities),
            ("percent", true) => Ok(Self::Percent),
            ("unescape", true) => Ok(Self::Unescape),
            ("script", true) => Ok(Self::Script),
            ("percent-u", true) => Ok(Self::PercentU),
            ("octal", true) => Ok(Self::Octal),
            ("quoted-printable", true) => Ok(Self::QuotedPrintable),
            ("host", true) => Ok(Self::Host),
            ("fragment", true) => Ok(Self::Fragment),
            ("line", false) => rest.parse().map(Self::Line).map_err(|_| refused(text)),
            ("segment", false) => rest.parse().map(Self::Segment).map_err(|_| refused(text)),
            ("query", _) => rest.parse().map(Self::Query),
            ("form", _) => rest.parse().map(Self::Form),
            ("cookie", _) => rest.parse().map(Self::Cookie),
            ("part", _) => rest.parse().map(Self::Part),
            ("json", false) => parse_json_path(rest).map(Self::Json),
            ("msgpack", false) => parse_json_path(rest).map(Self::MessagePack),
            ("cbor", false) => parse_json_path(rest).map(Self::Cbor),
            ("protobuf", false) => parse_wire_path(rest)
                .map(Self::Protobuf)
                .ok_or_else(|| refused(text)),
            ("number", false) => rest.parse().map(Self::Number).map_err(|_| refused(text)),
            ("bytes", false) => parse_bytes(rest)
                .map(Self::Bytes)
                .ok_or_else(|| refused(text)),
            _ => Err(refused(text)),
        }
    }
}

fn parse_wire_path(text: &str) -> Option<Vec<WireKey>> {
    text.split('.')
        .map(|key| {
            let (number, nth) = split_nth(key)?;
            let number = number.parse().ok()?;
            Some(WireKey { number, nth })
        })
        .collect()
}

fn parse_bytes(text: &str) -> Option<Range<usize>> {
    let (start, length) = text.split_once('+')?;
    let start: usize = start.parse().ok()?;
    Some(start..start.checked_add(length.parse().ok()?)?)
}

impl FromStr for Selector {
    type Err = ParseLocatorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, nth) = split_nth(text).ok_or_else(|| refused(text))?;
        let mut bytes = Vec::with_capacity(name.len());
        let mut rest = name.as_bytes();
        while let Some((&byte, tail)) = rest.split_first() {
            rest = tail;
            if byte == b'%' {
                let (digits, tail) = rest.split_at_checked(2).ok_or_else(|| refused(text))?;
                rest = tail;
                let mut one = [0];
                hex::decode_to_slice(digits, &mut one).map_err(|_| refused(text))?;
                bytes.push(one[0]);
            } else {
                bytes.push(byte);
            }
        }
        let name = String::from_utf8(bytes).map_err(|_| refused(text))?;
        Ok(Self { name, nth })
    }
}

/// Takes `#2` off the end; without it, the number is 1.
fn split_nth(text: &str) -> Option<(&str, u32)> {
    match text.split_once('#') {
        None => Some((text, 1)),
        Some((name, nth)) => Some((name, nth.parse().ok().filter(|nth| *nth > 0)?)),
    }
}

fn parse_json_path(text: &str) -> Result<Vec<JsonKey>, ParseLocatorError> {
    let mut rest = text.strip_prefix('$').ok_or_else(|| refused(text))?;
    let mut path = Vec::new();
    while !rest.is_empty() {
        let (key, tail) = parse_json_key(rest).ok_or_else(|| refused(text))?;
        path.push(key);
        rest = tail;
    }
    Ok(path)
}

fn parse_json_key(text: &str) -> Option<(JsonKey, &str)> {
    if let Some(rest) = text.strip_prefix("[\"") {
        let (name, rest) = rest.split_once("\"]")?;
        let (nth, rest) = parse_nth(rest)?;
        return Some((JsonKey::Member(unescape_units(name)?, nth), rest));
    }
    if let Some(rest) = text.strip_prefix('[') {
        let (index, rest) = rest.split_once(']')?;
        return Some((JsonKey::Item(index.parse().ok()?), rest));
    }
    let rest = text.strip_prefix('.')?;
    let end = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    let (nth, rest) = parse_nth(rest)?;
    is_shorthand(name).then(|| (JsonKey::Member(name.to_owned(), nth), rest))
}

fn parse_nth(text: &str) -> Option<(u32, &str)> {
    let Some(rest) = text.strip_prefix('#') else {
        return Some((1, text));
    };
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (digits, rest) = rest.split_at(end);
    Some((digits.parse().ok().filter(|nth| *nth > 0)?, rest))
}

fn unescape_units(text: &str) -> Option<String> {
    let mut units = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(tail) = rest.strip_prefix("\\u") {
            let (digits, tail) = tail.split_at_checked(4)?;
            units.push(u16::from_str_radix(digits, 16).ok()?);
            rest = tail;
        } else {
            units.push(u16::from(u8::try_from(first).ok()?));
            rest = &rest[first.len_utf8()..];
        }
    }
    String::from_utf16(&units).ok()
}
