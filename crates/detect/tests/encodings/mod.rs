//! Encodings, written as programs write them.

#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "each test binary uses its own part"
)]

mod letters;
mod packed;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use sha2::Digest as _;

use crate::common::gzip;
pub use letters::{
    ASCII85, BASE36, BASE62, INVERTED, RFC_1924, Z85, backwards, base32, base32hex, base58, base85,
    base91, latin_1, numbers, octal, pairs, quoted_printable, radix, substituted, utf16, uuencode,
};
use letters::{dashed, rot13, version_3};
use packed::{brotli, grpc, zstd};
pub use packed::{
    bzip2, cbor, cbor_of, deflate, lz4, messagepack, messagepack_of, property_list, protobuf,
    protobuf_number, snappy, snappy_in_frames, varint, zip, zlib,
};

/// A way to write an identifier; `None` where it cannot be written so.
pub struct Encoding {
    pub name: &'static str,
    pub encode: fn(&[u8]) -> Option<Vec<u8>>,
}

macro_rules! encodings {
    ($($name:literal => $encode:expr),* $(,)?) => {
        &[$(Encoding { name: $name, encode: |bytes| Some($encode(bytes)) }),*]
    };
}

/// What SDKs, pixels and hostile programs do to a value before it is sent.
pub const ENCODINGS: &[Encoding] = encodings! {
    "plain" => |b: &[u8]| b.to_vec(),
    "upper case" => |b: &[u8]| text(b).to_uppercase().into_bytes(),
    "lower case" => lower,
    "percent" => |b: &[u8]| percent(b),
    "percent twice" => |b: &[u8]| percent(&percent(b)),
    "escapes of JSON" => |b: &[u8]| text(b).encode_utf16().map(|u| format!("\\u{u:04x}")).collect::<String>().into_bytes(),
    "escapes of ECMAScript" => |b: &[u8]| b.iter().map(|c| format!("\\x{c:02x}")).collect::<String>().into_bytes(),
    "code points of ECMAScript" => |b: &[u8]| text(b).chars().map(|c| format!("\\u{{{:x}}}", u32::from(c))).collect::<String>().into_bytes(),
    "escape() of ECMAScript" => |b: &[u8]| text(b).encode_utf16().map(|u| format!("%u{u:04X}")).collect::<String>().into_bytes(),
    "escapes in octal digits" => octal,
    "quoted-printable" => |b: &[u8]| quoted_printable(b),
    "character references" => |b: &[u8]| text(b).chars().map(|c| format!("&#{};", u32::from(c))).collect::<String>().into_bytes(),
    "character references in hex" => |b: &[u8]| text(b).chars().map(|c| format!("&#x{:x};", u32::from(c))).collect::<String>().into_bytes(),
    "base64" => |b: &[u8]| base64(b),
    "base64 without padding" => |b: &[u8]| STANDARD_NO_PAD.encode(b).into_bytes(),
    "base64url" => |b: &[u8]| URL_SAFE_NO_PAD.encode(b).into_bytes(),
    "base64 twice" => |b: &[u8]| base64(&base64(b)),
    "base64 three times" => |b: &[u8]| base64(&base64(&base64(b))),
    "base64 behind one byte" => |b: &[u8]| base64(&[b":", b].concat()),
    "base64 in a longer text" => |b: &[u8]| base64(&[b"user=", b, b"&then=1"].concat()),
    "base64 behind foreign letters" => |b: &[u8]| [b"v1.".to_vec(), base64(b)].concat(),
    "hex" => |b: &[u8]| hex::encode(b).into_bytes(),
    "hex in upper case" => |b: &[u8]| hex::encode_upper(b).into_bytes(),
    "hex in pairs with colons" => |b: &[u8]| pairs(b, "", ":"),
    "hex in pairs with spaces" => |b: &[u8]| pairs(b, "", " "),
    "hex in pairs with dashes" => |b: &[u8]| pairs(b, "", "-"),
    "hex as an array of C" => |b: &[u8]| pairs(b, "0x", ", "),
    "base32" => |b: &[u8]| base32(b).into_bytes(),
    "base32hex" => |b: &[u8]| base32hex(b).into_bytes(),
    "base58" => |b: &[u8]| base58(b).into_bytes(),
    "base36" => |b: &[u8]| radix(b, BASE36).into_bytes(),
    "base62" => |b: &[u8]| radix(b, BASE62).into_bytes(),
    "base62, small letters first" => |b: &[u8]| radix(b, INVERTED).into_bytes(),
    "basE91" => base91,
    "base64 with its letters substituted" => |b: &[u8]| substituted(&base64(b)),
    "base85 of RFC 1924" => |b: &[u8]| base85(b, RFC_1924),
    "Ascii85 with its marks" => |b: &[u8]| [b"<~", &base85(b, ASCII85)[..], b"~>"].concat(),
    "Ascii85 without marks" => |b: &[u8]| base85(b, ASCII85),
    "Z85" => |b: &[u8]| base85(b, Z85),
    "uuencode" => |b: &[u8]| [&b"begin 644 a.txt\n"[..], &uuencode(b), b"`\nend\n"].concat(),
    "lines of uuencode" => uuencode,
    "base64 backwards" => |b: &[u8]| backwards(&base64(b)),
    "backwards" => |b: &[u8]| text(b).chars().rev().collect::<String>().into_bytes(),
    "ROT13" => rot13,
    "UTF-16, low byte first" => |b: &[u8]| utf16(b, true),
    "UTF-16 in base64" => |b: &[u8]| base64(&utf16(b, false)),
    "gzip in base64" => |b: &[u8]| base64(&gzip(b)),
    "zlib in base64url" => |b: &[u8]| URL_SAFE_NO_PAD.encode(zlib(b)).into_bytes(),
    "DEFLATE in base64" => |b: &[u8]| base64(&deflate(b)),
    "Brotli in base64" => |b: &[u8]| base64(&brotli(&[b"mail=", b].concat())),
    "bzip2 in base64" => |b: &[u8]| base64(&bzip2(b)),
    "ZIP in base64" => |b: &[u8]| base64(&zip(b)),
    "Zstandard in base64" => |b: &[u8]| base64(&zstd(b)),
    "Snappy in base64" => |b: &[u8]| base64(&snappy(&twice(b))),
    "LZ4 in base64" => |b: &[u8]| base64(&lz4(&twice(b))),
    "JSON under gzip in base64 in JSON" => |b: &[u8]| json(&text(&base64(&gzip(&json(&text(b)))))),
    "LZ-string in base64" => |b: &[u8]| lz_str::compress_to_base64(text(b).as_str()).into_bytes(),
    "LZ-string for addresses" => |b: &[u8]| lz_str::compress_to_encoded_uri_component(text(b).as_str()).into_bytes(),
    "Protocol Buffers" => |b: &[u8]| protobuf(b),
    "Protocol Buffers in base64url" => |b: &[u8]| URL_SAFE_NO_PAD.encode(protobuf(b)).into_bytes(),
    "MessagePack in base64" => |b: &[u8]| base64(&messagepack(b)),
    "CBOR in base64" => |b: &[u8]| base64(&cbor(b)),
    "binary property list in base64" => |b: &[u8]| base64(&property_list(b)),
    "two messages of gRPC in base64" => |b: &[u8]| base64(&[grpc(b"other"), grpc(b)].concat()),
    "bytes kept in a string" => |b: &[u8]| latin_1(&gzip(b)),
    "UTF-8 taken for Latin-1" => |b: &[u8]| latin_1(b),
    "an array of bytes" => |b: &[u8]| format!("[{}]", numbers(b, ",")).into_bytes(),
    "an array of bytes with a sign" => |b: &[u8]| format!("[{}]", b.iter().map(|c| c.cast_signed().to_string()).collect::<Vec<_>>().join(", ")).into_bytes(),
    "bytes by their index" => |b: &[u8]| format!("{{{}}}", b.iter().enumerate().map(|(at, c)| format!("\"{at}\":{c}")).collect::<Vec<_>>().join(",")).into_bytes(),
    "numbers of characters" => |b: &[u8]| text(b).chars().map(|c| u32::from(c).to_string()).collect::<Vec<_>>().join(" ").into_bytes(),
    "base64 in CDATA" => |b: &[u8]| [b"<r><k>1</k><v><![CDATA[", &base64(b)[..], b"]]></v></r>"].concat(),
    "hex between bars" => |b: &[u8]| format!("1|2|{}|3", hex::encode([b"id=", b].concat())).into_bytes(),
    "base32 in a quoted field" => |b: &[u8]| format!("1,2,\"{}\",3", base32(&[b"id=", b].concat())).into_bytes(),
    "JSON between bars" => |b: &[u8]| format!("a|{}|b", text(&json(&text(b)))).into_bytes(),
    "base64 before what signs it" => |b: &[u8]| [&base64(&json(&text(b)))[..], b"--9c1185a5c5e9fc54612808977ee8f548b2258d31"].concat(),
    "claims of a JWT" => jwt,
    "md5" => |b: &[u8]| digest::<md5::Md5>(b),
    "md5 in upper case" => |b: &[u8]| hex::encode_upper(md5::Md5::digest(b)).into_bytes(),
    "md5 of lower case" => |b: &[u8]| digest::<md5::Md5>(&lower(b)),
    "md5 with the dashes of a UUID" => |b: &[u8]| dashed(&digest::<md5::Md5>(b)),
    "md5 with dashes, capitals and braces" => |b: &[u8]| format!("{{{}}}", text(&dashed(&digest::<md5::Md5>(&lower(b)))).to_uppercase()).into_bytes(),
    "md5 as a UUID of version 3" => |b: &[u8]| version_3(b),
    "sha1 of lower case" => |b: &[u8]| digest::<sha1::Sha1>(&lower(b)),
    "sha224 of lower case" => |b: &[u8]| digest::<sha2::Sha224>(&lower(b)),
    "sha256" => |b: &[u8]| digest::<sha2::Sha256>(b),
    "sha256 of lower case" => |b: &[u8]| digest::<sha2::Sha256>(&lower(b)),
    "sha256 of upper case" => |b: &[u8]| digest::<sha2::Sha256>(text(b).to_uppercase().as_bytes()),
    "sha384 of lower case" => |b: &[u8]| digest::<sha2::Sha384>(&lower(b)),
    "sha512 of lower case" => |b: &[u8]| digest::<sha2::Sha512>(&lower(b)),
    "sha3-256 of lower case" => |b: &[u8]| digest::<sha3::Sha3_256>(&lower(b)),
    "sha3-512 of lower case" => |b: &[u8]| digest::<sha3::Sha3_512>(&lower(b)),
    "blake2b of lower case" => |b: &[u8]| digest::<blake2::Blake2b512>(&lower(b)),
    "blake2s of lower case" => |b: &[u8]| digest::<blake2::Blake2s256>(&lower(b)),
    "ripemd-160 of lower case" => |b: &[u8]| digest::<ripemd::Ripemd160>(&lower(b)),
    "whirlpool of lower case" => |b: &[u8]| digest::<whirlpool::Whirlpool>(&lower(b)),
    "md4 of lower case" => |b: &[u8]| digest::<md4::Md4>(&lower(b)),
    "sha256 in base64" => |b: &[u8]| base64(&sha2::Sha256::digest(lower(b))),
    "sha256 in base64url" => |b: &[u8]| URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(lower(b))).into_bytes(),
    "sha256 in base32" => |b: &[u8]| base32(&sha2::Sha256::digest(lower(b))).into_bytes(),
    "sha256 in base58" => |b: &[u8]| base58(&sha2::Sha256::digest(lower(b))).into_bytes(),
    "sha256 in base62" => |b: &[u8]| radix(&sha2::Sha256::digest(lower(b)), BASE62).into_bytes(),
    "md5 in base36" => |b: &[u8]| radix(&md5::Md5::digest(lower(b)), BASE36).into_bytes(),
    "md5 in decimal" => |b: &[u8]| radix(&md5::Md5::digest(lower(b)), "0123456789").into_bytes(),
    "the first eight bytes of sha256 in decimal" => |b: &[u8]| radix(&sha2::Sha256::digest(lower(b))[..8], "0123456789").into_bytes(),
    "md5 with its digits substituted" => |b: &[u8]| substituted(&digest::<md5::Md5>(&lower(b))),
    "sha256 backwards" => |b: &[u8]| backwards(&digest::<sha2::Sha256>(&lower(b))),
    "sha256 in Z85" => |b: &[u8]| base85(&sha2::Sha256::digest(lower(b)), Z85),
    "sha256 as bytes in Protocol Buffers" => |b: &[u8]| protobuf(&sha2::Sha256::digest(lower(b))),
    "sha1 in hex in base64" => |b: &[u8]| base64(&digest::<sha1::Sha1>(&lower(b))),
    "sha256 of md5" => |b: &[u8]| digest::<sha2::Sha256>(&digest::<md5::Md5>(&lower(b))),
    "md5 of sha1 of lower case" => |b: &[u8]| digest::<md5::Md5>(&digest::<sha1::Sha1>(&lower(b))),
    "sha1 of the bytes of md5" => |b: &[u8]| digest::<sha1::Sha1>(&md5::Md5::digest(lower(b))),
    "sha256 of sha256 of sha256" => |b: &[u8]| digest::<sha2::Sha256>(&digest::<sha2::Sha256>(&digest::<sha2::Sha256>(&lower(b)))),
    "md5 of base64" => |b: &[u8]| digest::<md5::Md5>(&base64(b)),
    "sha256 of base64 of md5" => |b: &[u8]| digest::<sha2::Sha256>(&base64(&md5::Md5::digest(lower(b)))),
    "sha256 of a line" => |b: &[u8]| digest::<sha2::Sha256>(&[&lower(b)[..], b"\n"].concat()),
    "md5 of UTF-16" => |b: &[u8]| digest::<md5::Md5>(&text(&lower(b)).encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()),
    "the middle 16 digits of md5" => |b: &[u8]| digest::<md5::Md5>(&lower(b))[8..24].to_vec(),
    "sha256 as an array of bytes" => |b: &[u8]| format!("[{}]", numbers(&sha2::Sha256::digest(lower(b)), ",")).into_bytes(),
    "sha256 of hex" => |b: &[u8]| digest::<sha2::Sha256>(hex::encode(b).as_bytes()),
    "the first 32 digits of sha256" => |b: &[u8]| digest::<sha2::Sha256>(&lower(b))[..32].to_vec(),
    "md5 and its salt in one value" => |b: &[u8]| [&digest::<md5::Md5>(&[&lower(b)[..], b"k7Qz"].concat())[..], b":k7Qz"].concat(),
    "sha256 with a salt beside it" => |b: &[u8]| format!(
        "{{\"salt\":\"k7Qz\",\"id\":\"{}\"}}",
        text(&digest::<sha2::Sha256>(&[b"k7Qz", &lower(b)[..]].concat()))
    ).into_bytes(),
};

/// Ways to write an identifier that is a number as one.
pub const NUMBERS: &[Encoding] = &[
    Encoding {
        name: "Protocol Buffers, uint64",
        encode: |b| {
            Some(protobuf_number(
                0,
                &varint(usize::try_from(number(b)?).ok()?),
            ))
        },
    },
    Encoding {
        name: "Protocol Buffers, sint64",
        encode: |b| {
            Some(protobuf_number(
                0,
                &varint(usize::try_from(number(b)?).ok()?.checked_mul(2)?),
            ))
        },
    },
    Encoding {
        name: "Protocol Buffers, fixed64",
        encode: |b| Some(protobuf_number(1, &number(b)?.to_le_bytes())),
    },
    Encoding {
        name: "Protocol Buffers, double",
        encode: |b| Some(protobuf_number(1, &float(b)?.to_le_bytes())),
    },
    Encoding {
        name: "MessagePack, uint 64",
        encode: |b| {
            Some(messagepack_of(
                &[b"\xcf", &number(b)?.to_be_bytes()[..]].concat(),
            ))
        },
    },
    Encoding {
        name: "MessagePack, int 64",
        encode: |b| {
            Some(messagepack_of(
                &[b"\xd3", &number(b)?.to_be_bytes()[..]].concat(),
            ))
        },
    },
    Encoding {
        name: "MessagePack, float 64",
        encode: |b| {
            Some(messagepack_of(
                &[b"\xcb", &float(b)?.to_be_bytes()[..]].concat(),
            ))
        },
    },
    Encoding {
        name: "CBOR, unsigned integer",
        encode: |b| Some(cbor_of(&[b"\x1b", &number(b)?.to_be_bytes()[..]].concat())),
    },
    Encoding {
        name: "CBOR, double precision",
        encode: |b| Some(cbor_of(&[b"\xfb", &float(b)?.to_be_bytes()[..]].concat())),
    },
];

/// The number that a text is: digits, behind a plus or not, or 16 digits of hex.
fn number(bytes: &[u8]) -> Option<u64> {
    let text = text(bytes);
    let digits = text.trim_start_matches('+');
    if digits.len() == 16 {
        return u64::from_str_radix(digits, 16).ok();
    }
    digits.parse().ok()
}

/// The same, where it can be had as a floating point number.
fn float(bytes: &[u8]) -> Option<f64> {
    number(bytes).filter(|n| *n < 1 << 53).map(|n| n as f64)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn lower(bytes: &[u8]) -> Vec<u8> {
    text(bytes).to_lowercase().into_bytes()
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    STANDARD.encode(bytes).into_bytes()
}

fn percent(bytes: &[u8]) -> Vec<u8> {
    let form = crate::common::form(&[("", std::str::from_utf8(bytes).unwrap())]);
    form.as_bytes()[1..].to_vec()
}

/// The first half of a text, then all of it, so that what is compressed refers to it.
fn twice(bytes: &[u8]) -> Vec<u8> {
    let whole = text(bytes);
    let half: String = whole.chars().take(whole.len() / 2).collect();
    json(&format!("{half} {whole}"))
}

fn json(text: &str) -> Vec<u8> {
    serde_json::to_vec(&serde_json::json!({ "v": 2, "data": text })).unwrap()
}

fn digest<D: sha2::Digest>(bytes: &[u8]) -> Vec<u8> {
    hex::encode(D::digest(bytes)).into_bytes()
}

fn jwt(bytes: &[u8]) -> Vec<u8> {
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let claims = serde_json::json!({ "iss": "site", "sub": text(bytes), "iat": 1_584_700_000 });
    format!(
        "{}.{}.{}",
        part(br#"{"alg":"HS256","typ":"JWT"}"#),
        part(claims.to_string().as_bytes()),
        part(&[0xa7; 32])
    )
    .into_bytes()
}
