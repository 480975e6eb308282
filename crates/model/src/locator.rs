use std::fmt::{self, Write as _};
use std::ops::Range;

use crate::{FieldName, NumberForm};

/// The way from a field of a request down to a value: the field, then each
/// decoding. [`fmt::Display`] and [`std::str::FromStr`] are inverse, so that what a
/// report prints can be replayed.
///
/// ```text
/// request.body / gzip / json $.extinfo / json $[5]
/// request.url / query email
/// request.header Referer / query dl / percent
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locator {
    /// Where it starts.
    pub field: FieldName,
    /// The decodings, outermost first.
    pub steps: Vec<Step>,
}

/// One decoding: takes bytes, gives bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Base64 (RFC 4648 §4) or base64url (§5), padded or not: `base64`.
    Base64,
    /// A gzip stream (RFC 1952): `gzip`.
    Gzip,
    /// A zlib stream (RFC 1950): `zlib`.
    Zlib,
    /// A raw DEFLATE stream (RFC 1951): `deflate`.
    Deflate,
    /// A Brotli stream (RFC 7932): `brotli`.
    Brotli,
    /// A Zstandard stream (RFC 8878): `zstd`.
    Zstd,
    /// A bzip2 stream: `bzip2`.
    Bzip2,
    /// A frame of LZ4 (lz4/lz4, `doc/lz4_Frame_format.md`): `lz4`.
    Lz4,
    /// A stream of Snappy, in frames or without (google/snappy, `format_description.txt`,
    /// `framing_format.txt`): `snappy`.
    Snappy,
    /// A member of a ZIP archive (PKWARE APPNOTE.TXT), by its name: `zip log.json`.
    Zip(Selector),
    /// Hexadecimal (RFC 4648 §8), its pairs of digits with the same mark between
    /// each two of them or none: `hex`.
    Hex,
    /// Base32 (RFC 4648 §6): `base32`.
    Base32,
    /// Base32 in the alphabet that keeps the order of the bytes (RFC 4648 §7): `base32hex`.
    Base32Hex,
    /// Base58 in the alphabet of Bitcoin: `base58`.
    Base58,
    /// One number in the digits and letters of base36, capital or small: `base36`.
    Base36,
    /// One number in digits, capital and small letters, in this order: `base62`.
    Base62,
    /// The same with the small letters before the capital ones: `base62-inverted`.
    Base62Inverted,
    /// basE91 (J. Henke), thirteen or fourteen bits in two letters: `base91`.
    Base91,
    /// Base85 in the alphabet of RFC 1924, four bytes in five letters: `base85`.
    Base85,
    /// Base85 as PostScript and PDF write it (ISO 32000-1 §7.4.3): `ascii85`.
    Ascii85,
    /// Base85 in the alphabet of `ZeroMQ` (RFC 32/Z85): `z85`.
    Z85,
    /// Lines as `uuencode` writes them (POSIX.1-2017), with their head and end or
    /// without: `uuencode`.
    Uuencode,
    /// The same bytes, the last one first: `reversed`.
    Reversed,
    /// Letters and digits by others, as the script of a tracker did that A. Senol and others
    /// found ("Leaky Forms", USENIX Security 2022), undone: `substituted`.
    Substituted,
    /// Compressed text in letters: LZ-string, as JavaScript programs write it.
    LzString,
    /// UTF-16 (RFC 2781), the low byte first: `utf-16le`.
    Utf16Le,
    /// UTF-16, the high byte first: `utf-16be`.
    Utf16Be,
    /// Text each of whose characters stands for the byte of its number, as programs keep
    /// bytes in strings (ISO/IEC 8859-1): `latin-1`.
    Latin1,
    /// Bytes or characters by a list of their numbers, `[97,110,110]`: `codes`.
    Codes,
    /// Character references of HTML and XML undone: `entities`.
    Entities,
    /// Percent-encoding (RFC 3986 §2.1): `percent`.
    Percent,
    /// The escapes of JSON strings (RFC 8259 §7) undone in text that is not JSON
    /// as a whole: `unescape`.
    Unescape,
    /// The escapes that ECMAScript strings have beyond those of JSON (ECMA-262 §12.9.4),
    /// `\x40` and `\u{40}`, undone: `script`.
    Script,
    /// What `escape()` of ECMAScript writes beyond percent-encoding (ECMA-262 §B.2.1),
    /// `%u0040`, undone: `percent-u`.
    PercentU,
    /// Bytes by their number in three octal digits, `\101`, undone: `octal`.
    Octal,
    /// Quoted-printable (RFC 2045 §6.7) undone: `quoted-printable`.
    QuotedPrintable,
    /// The host in an address: `host`.
    Host,
    /// The fragment in an address that is itself a value: `fragment`.
    Fragment,
    /// A line of text, from 1: `line 2`.
    Line(u32),
    /// A segment of the path of an address, from 1, percent-decoded: `segment 2`.
    Segment(u32),
    /// A parameter in the query of an address, form-decoded: `query email`.
    Query(Selector),
    /// A parameter in form-encoded text (WHATWG URL §5.1), decoded: `form extinfo`.
    Form(Selector),
    /// A cookie in a Cookie header (RFC 6265 §4.2), as it stands: `cookie _fbp`.
    Cookie(Selector),
    /// The content of a part of a multipart body (RFC 7578): `part extinfo`.
    Part(Selector),
    /// A value in a JSON text (RFC 8259), strings unescaped, other values as
    /// written: `json $.user.email`. The path is written as in RFC 9535.
    Json(Vec<JsonKey>),
    /// A field of a Protocol Buffers record, by the numbers on the way:
    /// `protobuf 1#2.19` is field 19 of the second field 1.
    Protobuf(Vec<WireKey>),
    /// A string in a MessagePack value, or the bytes of a number behind its mark;
    /// the path is written as for JSON: `msgpack $.user.email`.
    MessagePack(Vec<JsonKey>),
    /// A string in a CBOR value (RFC 8949), or the bytes of a number behind its
    /// mark: `cbor $.user.email`.
    Cbor(Vec<JsonKey>),
    /// Bytes that are a number, written in decimal: `number float-le`.
    Number(NumberForm),
    /// Some of the bytes: `bytes 2+36` leaves out two and takes thirty-six.
    Bytes(Range<usize>),
}

/// Which of several named things.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Selector {
    /// Name, decoded.
    pub name: String,
    /// Which one of that name, from 1.
    pub nth: u32,
}

/// One part of a path into a JSON text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum JsonKey {
    /// A member of an object: name, and which one of that name, from 1.
    Member(String, u32),
    /// An item of an array, from 0.
    Item(usize),
}

/// One part of a path into a Protocol Buffers record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WireKey {
    /// Number of the field.
    pub number: u32,
    /// Which one of that number, from 1.
    pub nth: u32,
}

impl fmt::Display for WireKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number)?;
        match self.nth {
            1 => Ok(()),
            nth => write!(f, "#{nth}"),
        }
    }
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.field)?;
        self.steps
            .iter()
            .try_for_each(|step| write!(f, " / {step}"))
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url => f.write_str("request.url"),
            Self::Body => f.write_str("request.body"),
            Self::Header { name, nth } => write!(f, "request.header {}", Written(name, *nth)),
            Self::Cookie { name, nth } => write!(f, "request.cookie {}", Written(name, *nth)),
            Self::Param { name, nth } => write!(f, "request.param {}", Written(name, *nth)),
            Self::Query { name, nth } => write!(f, "request.query {}", Written(name, *nth)),
            Self::Message { nth } => write!(f, "request.message {nth}"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Base64 => f.write_str("base64"),
            Self::Gzip => f.write_str("gzip"),
            Self::Zlib => f.write_str("zlib"),
            Self::Deflate => f.write_str("deflate"),
            Self::Brotli => f.write_str("brotli"),
            Self::Zstd => f.write_str("zstd"),
            Self::Bzip2 => f.write_str("bzip2"),
            Self::Zip(which) => write!(f, "zip {which}"),
            Self::Hex => f.write_str("hex"),
            Self::Base32 => f.write_str("base32"),
            Self::Base32Hex => f.write_str("base32hex"),
            Self::Base58 => f.write_str("base58"),
            Self::Base36 => f.write_str("base36"),
            Self::Base62 => f.write_str("base62"),
            Self::Base62Inverted => f.write_str("base62-inverted"),
            Self::Base91 => f.write_str("base91"),
            Self::Substituted => f.write_str("substituted"),
            Self::Lz4 => f.write_str("lz4"),
            Self::Snappy => f.write_str("snappy"),
            Self::Base85 => f.write_str("base85"),
            Self::Ascii85 => f.write_str("ascii85"),
            Self::Z85 => f.write_str("z85"),
            Self::Uuencode => f.write_str("uuencode"),
            Self::Reversed => f.write_str("reversed"),
            Self::Latin1 => f.write_str("latin-1"),
            Self::Codes => f.write_str("codes"),
            Self::LzString => f.write_str("lz-string"),
            Self::Utf16Le => f.write_str("utf-16le"),
            Self::Utf16Be => f.write_str("utf-16be"),
            Self::Entities => f.write_str("entities"),
            Self::Percent => f.write_str("percent"),
            Self::Unescape => f.write_str("unescape"),
            Self::Script => f.write_str("script"),
            Self::PercentU => f.write_str("percent-u"),
            Self::Octal => f.write_str("octal"),
            Self::QuotedPrintable => f.write_str("quoted-printable"),
            Self::Host => f.write_str("host"),
            Self::Fragment => f.write_str("fragment"),
            Self::Line(number) => write!(f, "line {number}"),
            Self::Segment(number) => write!(f, "segment {number}"),
            Self::Query(which) => write!(f, "query {which}"),
            Self::Form(which) => write!(f, "form {which}"),
            Self::Cookie(which) => write!(f, "cookie {which}"),
            Self::Part(which) => write!(f, "part {which}"),
            Self::Json(path) => path_of(f, "json", path),
            Self::MessagePack(path) => path_of(f, "msgpack", path),
            Self::Cbor(path) => path_of(f, "cbor", path),
            Self::Protobuf(path) => {
                f.write_str("protobuf ")?;
                for (index, key) in path.iter().enumerate() {
                    let dot = if index == 0 { "" } else { "." };
                    write!(f, "{dot}{key}")?;
                }
                Ok(())
            }
            Self::Number(form) => write!(f, "number {form}"),
            Self::Bytes(range) => write!(f, "bytes {}+{}", range.start, range.len()),
        }
    }
}

fn path_of(f: &mut fmt::Formatter<'_>, encoding: &str, path: &[JsonKey]) -> fmt::Result {
    write!(f, "{encoding} $")?;
    path.iter().try_for_each(|key| write!(f, "{key}"))
}

impl Selector {
    /// The first of that name.
    #[must_use]
    pub fn first(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            nth: 1,
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Written(&self.name, self.nth))
    }
}

impl fmt::Display for JsonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, nth) = match self {
            Self::Item(index) => return write!(f, "[{index}]"),
            Self::Member(name, nth) => (name, *nth),
        };
        if is_shorthand(name) {
            write!(f, ".{name}")?;
        } else {
            f.write_str("[\"")?;
            for unit in name.encode_utf16() {
                match u8::try_from(unit) {
                    Ok(b) if b.is_ascii_graphic() && !b"\"\\/".contains(&b) => {
                        f.write_char(char::from(b))?;
                    }
                    _ => write!(f, "\\u{unit:04x}")?,
                }
            }
            f.write_str("\"]")?;
        }
        if nth > 1 { write!(f, "#{nth}") } else { Ok(()) }
    }
}

/// A name that RFC 9535 lets stand behind a dot, ASCII only.
pub(crate) fn is_shorthand(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// A name with everything percent-encoded that could be taken for notation.
struct Written<'a>(&'a str, u32);

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || b"_.-[]$@:*+~!()".contains(&byte) {
                f.write_char(char::from(byte))?;
            } else {
                write!(f, "%{byte:02X}")?;
            }
        }
        if self.1 > 1 {
            write!(f, "#{}", self.1)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn locators_read_like_the_way_down() {
        let locator = Locator {
            field: FieldName::Body,
            steps: vec![
                Step::Gzip,
                Step::Json(vec![
                    JsonKey::Member("events".into(), 1),
                    JsonKey::Item(0),
                    JsonKey::Member("ext info".into(), 2),
                ]),
                Step::Bytes(2..38),
            ],
        };
        assert_eq!(
            locator.to_string(),
            r#"request.body / gzip / json $.events[0]["ext\u0020info"]#2 / bytes 2+36"#
        );
    }

    #[test]
    fn what_is_no_locator_is_refused() {
        for bad in [
            "",
            "request",
            "request.body / gunzip",
            "request.body /gzip",
            "request.body / json a",
            "request.body / json $..a",
            "request.body / segment x",
            "request.body / bytes 3",
            "request.url / query a#0",
            "request.message",
            "request.message 0",
            "request.message a",
            "request.url / query %4",
            "request.body / json $[\"\\u12\"]",
        ] {
            assert!(bad.parse::<Locator>().is_err(), "{bad}");
        }
    }

    fn selector() -> impl Strategy<Value = Selector> {
        (".{0,12}", 1..4u32).prop_map(|(name, nth)| Selector { name, nth })
    }

    fn json_key() -> impl Strategy<Value = JsonKey> {
        prop_oneof![
            (".{0,8}", 1..3u32).prop_map(|(name, nth)| JsonKey::Member(name, nth)),
            (0..1000usize).prop_map(JsonKey::Item),
        ]
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            Just(Step::Base64),
            Just(Step::Gzip),
            Just(Step::Zlib),
            Just(Step::Deflate),
            Just(Step::Brotli),
            Just(Step::Zstd),
            Just(Step::Hex),
            Just(Step::Base32),
            Just(Step::Base32Hex),
            Just(Step::Base58),
            Just(Step::Base36),
            Just(Step::Base62),
            Just(Step::Base62Inverted),
            Just(Step::Base91),
            Just(Step::Substituted),
            Just(Step::Lz4),
            Just(Step::Snappy),
            Just(Step::Base85),
            Just(Step::Ascii85),
            Just(Step::Z85),
            Just(Step::Uuencode),
            Just(Step::Reversed),
            Just(Step::Latin1),
            Just(Step::Codes),
            Just(Step::Bzip2),
            selector().prop_map(Step::Zip),
            Just(Step::Octal),
            Just(Step::QuotedPrintable),
            Just(Step::LzString),
            Just(Step::Utf16Le),
            Just(Step::Utf16Be),
            Just(Step::Entities),
            Just(Step::Percent),
            prop::collection::vec(json_key(), 0..4).prop_map(Step::MessagePack),
            prop::collection::vec(json_key(), 0..4).prop_map(Step::Cbor),
            prop::collection::vec(
                (1..99u32, 1..4u32).prop_map(|(number, nth)| WireKey { number, nth }),
                1..4
            )
            .prop_map(Step::Protobuf),
            prop::sample::select(NumberForm::ALL).prop_map(Step::Number),
            Just(Step::Unescape),
            Just(Step::Script),
            Just(Step::PercentU),
            Just(Step::Host),
            Just(Step::Fragment),
            (1..9u32).prop_map(Step::Line),
            (1..9u32).prop_map(Step::Segment),
            selector().prop_map(Step::Query),
            selector().prop_map(Step::Form),
            selector().prop_map(Step::Cookie),
            selector().prop_map(Step::Part),
            prop::collection::vec(json_key(), 0..4).prop_map(Step::Json),
            (0..99usize, 0..99usize).prop_map(|(start, length)| Step::Bytes(start..start + length)),
        ]
    }

    fn field() -> impl Strategy<Value = FieldName> {
        prop_oneof![
            Just(FieldName::Url),
            Just(FieldName::Body),
            selector().prop_map(|s| FieldName::Header {
                name: s.name,
                nth: s.nth
            }),
            selector().prop_map(|s| FieldName::Cookie {
                name: s.name,
                nth: s.nth
            }),
            selector().prop_map(|s| FieldName::Param {
                name: s.name,
                nth: s.nth
            }),
            selector().prop_map(|s| FieldName::Query {
                name: s.name,
                nth: s.nth
            }),
            (1..=u32::MAX).prop_map(|nth| FieldName::Message { nth }),
        ]
    }

    proptest! {
        #[test]
        fn every_locator_is_read_back_as_written(
            field in field(), steps in prop::collection::vec(step(), 0..6)
        ) {
            let locator = Locator { field, steps };
            prop_assert_eq!(locator.to_string().parse::<Locator>(), Ok(locator));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,80}") {
            let _ = text.parse::<Locator>();
        }
    }
}
