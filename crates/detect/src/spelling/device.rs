use std::net::IpAddr;

use super::letters::cases;
use super::{Manner, Spellings, number};

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
            number::as_long(eight, "decimal with a sign", all);
        }
        if let Ok(sixteen) = <[u8; 16]>::try_from(bytes.as_slice()) {
            let number = u128::from_be_bytes(sixteen);
            all.add(number.to_string(), "decimal", Manner::Altered);
        }
        all.add(bytes, "as bytes", Manner::Bytes);
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
        all.add(parts.join("_"), "with underscores", Manner::Altered);
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
    let unpadded: Vec<&str> = (0..12)
        .step_by(2)
        .map(|at| {
            bare[at..at + 2]
                .strip_prefix('0')
                .unwrap_or(&bare[at..at + 2])
        })
        .collect();
    all.add(unpadded.join(":"), "form without zeros", Manner::Altered);
    if let Ok(bytes) = hex::decode(&bare) {
        let number = bytes
            .iter()
            .fold(0_u64, |n, byte| n << 8 | u64::from(*byte));
        all.add(number.to_string(), "decimal", Manner::Altered);
        interface(&bytes, all);
        all.add(bytes, "as bytes", Manner::Bytes);
    }
}

/// The last half of an IPv6 address that a device makes of its hardware address
/// (RFC 4291, appendix A: Modified EUI-64).
fn interface(bytes: &[u8], all: &mut Spellings) {
    let &[a, b, c, d, e, f] = bytes else { return };
    let groups = [[a ^ 2, b], [c, 0xff], [0xfe, d], [e, f]].map(u16::from_be_bytes);
    for written in [
        groups.map(|group| format!("{group:x}")),
        groups.map(|group| format!("{group:04x}")),
    ] {
        let name = "in the last half of an IPv6 address";
        all.add(written.join(":"), name, Manner::Altered);
    }
}

/// An IMEI has fifteen digits, of which the last one checks the others (3GPP TS
/// 23.003, 6.2.1); some programs leave it away.
pub(super) fn imei(value: &str, all: &mut Spellings) {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 15 {
        all.add(&digits[..14], "digits without check digit", Manner::Number);
    }
    number::as_double(&digits, all);
    all.add(digits, "digits", Manner::Number);
}

pub(super) fn ip_address(value: &str, all: &mut Spellings) {
    cases(value, all);
    if let Ok(IpAddr::V4(address)) = value.parse::<IpAddr>() {
        version_4(address.octets(), all);
    }
    if let Ok(IpAddr::V6(address)) = value.parse::<IpAddr>() {
        let segments = address.segments().map(|segment| format!("{segment:04x}"));
        both_cases(
            &segments.join(":"),
            "full form",
            "full form in capitals",
            all,
        );
        let unpadded = address.segments().map(|segment| format!("{segment:x}"));
        let unpadded = unpadded.join(":");
        // Older programs shorten a single zero too (RFC 5952, 4.2.2).
        if let Some((before, after)) = unpadded.split_once(":0:") {
            let text = format!("{before}::{after}");
            all.add(text, "short form", Manner::Altered);
        }
        all.add(unpadded, "full form", Manner::Anywhere);
        all.add(address.to_string(), "short form", Manner::Anywhere);
        all.add(address.octets().to_vec(), "as bytes", Manner::Exact);
    }
}

/// An address of version 4 as programs write it otherwise. As a number it may be any
/// other number, so that its name must say what it is.
fn version_4(octets: [u8; 4], all: &mut Spellings) {
    let number = u32::from_be_bytes(octets);
    let [a, b, c, d] = octets;
    all.add(
        format!("{a:03}.{b:03}.{c:03}.{d:03}"),
        "form with zeros",
        Manner::Altered,
    );
    all.add(
        format!("{a}-{b}-{c}-{d}"),
        "form with dashes",
        Manner::Altered,
    );
    all.add(
        format!("{d}.{c}.{b}.{a}.in-addr.arpa"),
        "name for reverse look-up",
        Manner::Altered,
    );
    all.add(
        format!("::ffff:{:x}:{:x}", number >> 16, number & 0xffff),
        "as an IPv6 address",
        Manner::Altered,
    );
    all.add(number.to_string(), "decimal", Manner::Shared);
    all.add(number.cast_signed().to_string(), "decimal", Manner::Shared);
    all.add(format!("{number:08x}"), "hexadecimal", Manner::Shared);
    all.add(format!("0x{number:08x}"), "hexadecimal", Manner::Shared);
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
