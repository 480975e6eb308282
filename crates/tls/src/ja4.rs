//! JA4, the fingerprint of a ClientHello (FoxIO, `technical_details/JA4.md`, commit 0e54bc8;
//! JA4 itself is under the BSD licence with three clauses).
//!
//! `t13d1516h2_8daaf6152771_e5627efa2ab1`
//!
//! Where the first protocol offered is no text, the specification asks for its hexadecimal
//! digits; the programs beside it, at the same commit, print `99` in their place
//! (`rust/ja4/src/tls.rs`). Here the specification is followed.

use crate::hash::Hash;
use crate::hello::{Fields, extension, is_grease};

/// Over what the hello came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Transport {
    Tcp,
    Quic,
}

const NOTHING: &str = "000000000000";

pub(crate) fn of(hello: &Fields<'_>, transport: Transport) -> String {
    let plain = |values: &mut dyn Iterator<Item = u16>| -> Vec<u16> {
        values.filter(|value| !is_grease(*value)).collect()
    };
    let mut ciphers = plain(&mut hello.ciphers.iter().copied());
    let mut codes = plain(&mut hello.extensions.iter().map(|(code, _)| *code));
    let signatures = hello
        .extension(extension::SIGNATURE_ALGORITHMS)
        .and_then(|mut body| body.vector(2)?.u16s())
        .unwrap_or_default();
    let signatures = plain(&mut signatures.into_iter());
    let start = format!(
        "{}{}{}{:02}{:02}{}",
        match transport {
            Transport::Tcp => 't',
            Transport::Quic => 'q',
        },
        version(hello),
        if codes.contains(&extension::SERVER_NAME) {
            'd'
        } else {
            'i'
        },
        ciphers.len().min(99),
        codes.len().min(99),
        first_protocol(hello.alpn().first().copied().unwrap_or_default()),
    );
    ciphers.sort_unstable();
    codes.retain(|code| !matches!(*code, extension::SERVER_NAME | extension::ALPN));
    codes.sort_unstable();
    let mut listed = list(&codes);
    if !codes.is_empty() && !signatures.is_empty() {
        listed = format!("{listed}_{}", list(&signatures));
    }
    format!("{start}_{}_{}", short(&list(&ciphers)), short(&listed))
}

fn version(hello: &Fields<'_>) -> &'static str {
    let offered = hello.offered_versions();
    match offered
        .into_iter()
        .filter(|version| !is_grease(*version))
        .max()
    {
        Some(0x0304) => "13",
        Some(0x0303) => "12",
        Some(0x0302) => "11",
        Some(0x0301) => "10",
        Some(0x0300) => "s3",
        Some(0x0002) => "s2",
        _ => "00",
    }
}

/// The first and the last character of the first protocol; of its hexadecimal digits where
/// one of them is neither a digit nor a letter.
fn first_protocol(name: &[u8]) -> String {
    let (Some(first), Some(last)) = (name.first(), name.last()) else {
        return "00".to_owned();
    };
    if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
        return [char::from(*first), char::from(*last)].iter().collect();
    }
    let digits = hex::encode([*first, *last]);
    digits
        .chars()
        .take(1)
        .chain(digits.chars().skip(3))
        .collect()
}

fn list(values: &[u16]) -> String {
    let words: Vec<String> = values.iter().map(|value| format!("{value:04x}")).collect();
    words.join(",")
}

/// The first twelve digits of SHA-256.
fn short(text: &str) -> String {
    if text.is_empty() {
        return NOTHING.to_owned();
    }
    let mut digits = hex::encode(Hash::Sha256.digest(text.as_bytes()));
    digits.truncate(NOTHING.len());
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the specification.
    #[test]
    fn a_protocol_that_is_no_text_is_shown_by_its_digits() {
        let cases: [(&[u8], &str); 12] = [
            (b"h2", "h2"),
            (b"http/1.1", "h1"),
            (b"", "00"),
            (b"x", "xx"),
            (&[0xab], "ab"),
            (&[0x20], "20"),
            (&[0xab, 0xcd], "ad"),
            (&[0x20, 0x61], "21"),
            (&[0x30, 0xab], "3b"),
            (&[0x61, 0x20], "60"),
            (&[0x30, 0x31, 0xab, 0xcd], "3d"),
            (&[0x30, 0xab, 0xcd, 0x31], "01"),
        ];
        for (name, expected) in cases {
            assert_eq!(first_protocol(name), expected, "{name:?}");
        }
    }

    /// The example of the specification, with GREASE added.
    #[test]
    fn the_example_of_the_specification_has_its_fingerprint() {
        let ciphers = vec![
            0x1a1a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013,
            0xc014, 0x009c, 0x009d, 0x002f, 0x0035,
        ];
        let signatures: &[u8] =
            b"\0\x10\x04\x03\x08\x04\x04\x01\x05\x03\x08\x05\x05\x01\x08\x06\x06\x01";
        let codes = [
            0x2a2a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023,
            0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015,
        ];
        let body = |code| match code {
            extension::SIGNATURE_ALGORITHMS => signatures,
            extension::ALPN => b"\0\x0c\x02h2\x08http/1.1",
            extension::SUPPORTED_VERSIONS => b"\x06\x3a\x3a\x03\x04\x03\x03",
            _ => b"",
        };
        let mut hello = Fields {
            version: 0x0303,
            ciphers,
            extensions: codes.into_iter().map(|code| (code, body(code))).collect(),
            ..Fields::default()
        };
        let print = |hello: &Fields<'_>| of(hello, Transport::Tcp);
        assert_eq!(print(&hello), "t13d1516h2_8daaf6152771_e5627efa2ab1");
        hello
            .extensions
            .retain(|(code, _)| *code != extension::SIGNATURE_ALGORITHMS);
        hello
            .extensions
            .push((extension::SIGNATURE_ALGORITHMS, b""));
        assert_eq!(print(&hello), "t13d1516h2_8daaf6152771_6d807ffa2a79");
        let empty = Fields {
            version: 0x0301,
            ..Fields::default()
        };
        assert_eq!(
            of(&empty, Transport::Quic),
            "q10i000000_000000000000_000000000000"
        );
    }
}
