use std::net::IpAddr;

use super::letters::cases;
use super::{Manner, Spellings};

/// An identifier that a machine made: a UUID, or digits of some base.
pub(super) fn identifier(value: &str, all: &mut Spellings) {
    both_cases(value, "lower case", "upper case", all);
    let bare = undashed(value);
    both_cases(&bare, "undashed", "undashed upper case", all);
    if let Ok(bytes) = hex::decode(&bare)
        && bytes.len() >= 8
    {
        dashed(&bare, all);
        if let Some(mixed) = mixed_endian(&bytes) {
            all.add(mixed, "as bytes of a GUID", Manner::Exact);
        }
        if let Ok(eight) = <[u8; 8]>::try_from(bytes.as_slice()) {
            let number = u64::from_be_bytes(eight);
            all.add(number.to_string(), "decimal", Manner::Anywhere);
        }
        all.add(bytes, "as bytes", Manner::Exact);
    }
}

/// A UUID that is listed without its dashes, with them.
fn dashed(bare: &str, all: &mut Spellings) {
    if bare.len() == 32 {
        let parts = [
            &bare[..8],
            &bare[8..12],
            &bare[12..16],
            &bare[16..20],
            &bare[20..],
        ];
        both_cases(&parts.join("-"), "dashed", "dashed upper case", all);
    }
}

/// The bytes of a UUID as Windows keeps them: the first three fields with the
/// low byte first (RFC 9562, 4: "GUID").
fn mixed_endian(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = <[u8; 16]>::try_from(bytes).ok()?;
    bytes[..4].reverse();
    bytes[4..6].reverse();
    bytes[6..8].reverse();
    Some(bytes.to_vec())
}

pub(super) fn mac_address(value: &str, all: &mut Spellings) {
    let bare = undashed(value).replace('.', "").to_lowercase();
    both_cases(value, "lower case", "upper case", all);
    both_cases(&bare, "undashed", "undashed upper case", all);
    if bare.len() != 12 || !bare.bytes().all(|b| b.is_ascii_hexdigit()) {
        return;
    }
    let grouped = |size: usize, between: &str| {
        let groups: Vec<&str> = (0..12)
            .step_by(size)
            .map(|at| &bare[at..at + size])
            .collect();
        groups.join(between)
    };
    for (written, lower, upper) in [
        (
            grouped(2, ":"),
            "form with colons",
            "upper case with colons",
        ),
        (
            grouped(2, "-"),
            "form with dashes",
            "upper case with dashes",
        ),
        (grouped(4, "."), "form with dots", "upper case with dots"),
    ] {
        both_cases(&written, lower, upper, all);
    }
    if let Ok(bytes) = hex::decode(&bare) {
        all.add(bytes, "as bytes", Manner::Exact);
    }
}

/// An IMEI has fifteen digits, of which the last one checks the others (3GPP TS
/// 23.003, 6.2.1); some programs leave it away.
pub(super) fn imei(value: &str, all: &mut Spellings) {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 15 {
        all.add(&digits[..14], "digits without check digit", Manner::Number);
    }
    all.add(digits, "digits", Manner::Number);
}

pub(super) fn ip_address(value: &str, all: &mut Spellings) {
    cases(value, all);
    if let Ok(IpAddr::V6(address)) = value.parse::<IpAddr>() {
        let segments = address.segments().map(|segment| format!("{segment:04x}"));
        all.add(segments.join(":"), "full form", Manner::Anywhere);
        let unpadded = address.segments().map(|segment| format!("{segment:x}"));
        all.add(unpadded.join(":"), "full form", Manner::Anywhere);
        all.add(address.to_string(), "short form", Manner::Anywhere);
        all.add(address.octets().to_vec(), "as bytes", Manner::Exact);
    }
}

/// Both cases, to be hashed; a search leaves case aside.
fn both_cases(text: &str, lower: &'static str, upper: &'static str, all: &mut Spellings) {
    all.add(text.to_lowercase(), lower, Manner::Anywhere);
    all.add(text.to_uppercase(), upper, Manner::Hashed);
}

fn undashed(value: &str) -> String {
    value
        .chars()
        .filter(|c| !matches!(c, '-' | ':' | '{' | '}'))
        .collect()
}
