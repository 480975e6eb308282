//! Checks of the shape of a value, each as its standard writes it. A check says
//! what a value may be, and never that it is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::accounts::is_luhn;

/// A UUID with its dashes: variant 10, version 1 to 8 (RFC 9562 §4.1, §4.2).
/// The nil and the max UUID are none, having another version.
pub(super) fn is_uuid(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            14 => matches!(byte, b'1'..=b'8'),
            19 => matches!(byte, b'8' | b'9' | b'a' | b'b' | b'A' | b'B'),
            _ => byte.is_ascii_hexdigit(),
        })
        && !is_monotonous(&text[..8])
}

/// Whether all characters are the same: `00000000`.
pub(super) fn is_monotonous(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes
        .next()
        .is_some_and(|first| bytes.all(|byte| byte == first))
}

/// An IMEI: a type allocation code of eight digits, a serial number of six, a
/// check digit (3GPP TS 23.003 §6.2.1, annex B).
pub(super) fn is_imei(text: &str) -> bool {
    text.len() == 15
        && is_luhn(text)
        && !text.starts_with("00")
        && !is_monotonous(&text[..8])
        && !is_monotonous(&text[8..14])
}

/// A telephone number in international form: a plus, up to fifteen digits, of
/// which the first is not zero (ITU-T E.164 §6.2.1).
pub(super) fn is_phone(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('+') else {
        return false;
    };
    let digits = without(rest, &[' ', '-', '(', ')', '.']);
    (8..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
        && !is_monotonous(&digits[1..])
}

/// An address of the Internet that is nobody's own: no private, shared,
/// link-local, loopback, documentation, benchmark, multicast or reserved one
/// (RFC 6890, and the registries of IANA that it began).
pub(super) fn is_public_address(text: &str) -> bool {
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => is_public_v4(address),
        Ok(IpAddr::V6(address)) => is_public_v6(address),
        Err(_) => false,
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Global unicast is all that begins with 001 (RFC 4291 §2.4); of it, not
    // 2001::/23 of protocols, 2001:db8::/32 and 3fff::/20 of documentation.
    first >> 13 == 1
        && !(first == 0x2001 && (second < 0x200 || second == 0xdb8))
        && !(first == 0x3fff && second < 0x1000)
}

/// A hardware address of six octets that one interface has: not of a group, not
/// zero, and not the constant that Android gives to applications.
pub(super) fn is_mac(text: &str) -> bool {
    let separators = text.bytes().filter(|b| matches!(b, b':' | b'-')).count();
    let bare = without(text, &[':', '-']);
    let is_shaped = match text.len() {
        17 => {
            separators == 5
                && text
                    .bytes()
                    .skip(2)
                    .step_by(3)
                    .all(|b| matches!(b, b':' | b'-'))
        }
        12 => separators == 0,
        _ => false,
    };
    let Some(octets) = is_shaped.then(|| hex::decode(&bare).ok()).flatten() else {
        return false;
    };
    octets.len() == 6
        && octets[0] & 1 == 0
        && octets.iter().any(|octet| *octet != 0)
        && octets != [2, 0, 0, 0, 0, 0]
}

/// An e-mail address (RFC 5321 §4.1.2, without quotes and literals) whose domain
/// ends in a suffix that the Public Suffix List names, and is more than it.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let is_atom = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-.".contains(&c);
    let is_local = (1..=64).contains(&local.len())
        && local.bytes().all(is_atom)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || c == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let lower = domain.to_ascii_lowercase();
    let is_known = || {
        psl::suffix(lower.as_bytes())
            .is_some_and(|suffix| suffix.is_known() && suffix.as_bytes().len() < lower.len())
    };
    is_local
        && text.len() <= 254
        && lower.contains('.')
        && lower.split('.').all(is_label)
        && lower
            .rsplit('.')
            .next()
            .is_some_and(|last| !last.bytes().all(|c| c.is_ascii_digit()))
        && is_known()
}

/// A number of degrees with three decimals or more, in the range of latitudes
/// (90) or longitudes (180) (ISO 6709).
pub(super) fn is_degrees(text: &str, most: f64) -> bool {
    let Some((whole, decimals)) = text.split_once('.') else {
        return false;
    };
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let is_number = (1..=3).contains(&digits.len())
        && (3..=17).contains(&decimals.len())
        && digits
            .bytes()
            .chain(decimals.bytes())
            .all(|b| b.is_ascii_digit());
    is_number
        && decimals.bytes().any(|byte| byte != b'0')
        && text.parse::<f64>().is_ok_and(|number| number.abs() <= most)
}

/// Both degrees of a place in one value: `37.7749,-122.4194`.
pub(super) fn is_degrees_pair(text: &str) -> bool {
    let mut parts = text.split([',', ';']).map(str::trim);
    let (Some(north), Some(east), None) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    is_degrees(north, 90.0) && is_degrees(east, 180.0)
}

/// A value that Meta's pixel makes: `fb.`, how many levels the domain has, the
/// time in milliseconds, a number or the identifier of a click.
pub(super) fn is_meta_cookie(text: &str) -> bool {
    let mut parts = text.splitn(4, '.');
    parts.next() == Some("fb")
        && parts
            .next()
            .is_some_and(|level| matches!(level, "0" | "1" | "2"))
        && parts
            .next()
            .is_some_and(|time| time.len() == 13 && time.bytes().all(|b| b.is_ascii_digit()))
        && parts.next().is_some_and(|id| is_token(id, 6))
}

/// The cookie by which Google Analytics knows a browser: `GA1.`, how many levels
/// the domain has, a number, the time in seconds of the first visit.
pub(super) fn is_analytics_cookie(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let is_number = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    match parts[..] {
        ["GA1", level, id, time] => {
            is_number(level.split('-').next().unwrap_or_default(), 1..=2)
                && is_number(id, 5..=10)
                && is_number(time, 10..=10)
        }
        _ => false,
    }
}

/// Letters, digits, dashes and underscores, at least so many, and not one word.
pub(super) fn is_token(text: &str, fewest: usize) -> bool {
    (fewest..=500).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && text.bytes().any(|b| b.is_ascii_digit())
}

/// What a hash function gives of nothing.
const OF_NOTHING: [&str; 3] = [
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
];

/// As many hexadecimal digits as MD5, SHA-1 or SHA-256 give, and not those that
/// they give of nothing.
pub(super) fn is_digest(text: &str) -> bool {
    let distinct = |text: &str| {
        let mut seen = [false; 16];
        for digit in text.chars().filter_map(|c| c.to_digit(16)) {
            seen[digit as usize & 15] = true;
        }
        seen.iter().filter(|seen| **seen).count()
    };
    matches!(text.len(), 32 | 40 | 64)
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        && !OF_NOTHING.contains(&text.to_ascii_lowercase().as_str())
        && distinct(text) >= 8
}

/// The checksum that a text writes: eight hexadecimal digits, or a number.
pub(super) fn checksum(text: &str) -> Option<u32> {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return u32::from_str_radix(text, 16).ok();
    }
    let is_number = (9..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

pub(super) fn without(text: &str, left_out: &[char]) -> String {
    text.chars().filter(|c| !left_out.contains(c)).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::patterns::accounts;

    pub(in crate::patterns) fn holds(check: fn(&str) -> bool, yes: &[&str], no: &[&str]) {
        for text in yes {
            assert!(check(text), "{text}");
        }
        for text in no {
            assert!(!check(text), "{text}");
        }
    }

    #[test]
    fn identifiers_are_what_their_standards_say() {
        // RFC 9562, appendices A and B.
        holds(
            is_uuid,
            &[
                "C232AB00-9414-11EC-B3C8-9F6BDECED846",
                "919108f7-52d1-4320-9bac-f847db4148a8",
                "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
            ],
            &[
                "00000000-0000-0000-0000-000000000000",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
                "919108f7-52d1-4320-1bac-f847db4148a8",
                "919108f7-52d1-9320-9bac-f847db4148a8",
                "919108f752d143209bacf847db4148a8",
            ],
        );
        // 3GPP TS 23.003, annex B: 26053179311383, check digit 7.
        holds(
            is_imei,
            &["260531793113837"],
            &["260531793113838", "000000000000000", "26053179311383"],
        );
        holds(
            is_mac,
            &["02:1A:C5:9F:00:7B", "021ac59f007b", "02-1a-c5-9f-00-7b"],
            &[
                "02:00:00:00:00:00",
                "ff:ff:ff:ff:ff:ff",
                "021ac59f007",
                "12:34:56",
                "02:1AC5:9F:00:7B:",
            ],
        );
    }

    #[test]
    fn addresses_are_of_somebody_and_of_the_net() {
        holds(
            is_email,
            &["joe@example.org", "Ann.Lee+news@mail.example.co.uk"],
            &[
                "icon@2x.png",
                "a@b",
                "@example.org",
                "x@co.uk",
                "joe@example.org ",
                "a..b@example.org",
                "a@1.2.3.4",
            ],
        );
        holds(
            is_phone,
            &["+1 (415) 555-0132", "+4930901820"],
            &[
                "14155550132",
                "+0123456789",
                "+1234567",
                "+1111111111",
                "+1415555013212345",
            ],
        );
        holds(
            is_public_address,
            &["8.8.8.8", "2606:4700::6810:84e5"],
            &[
                "10.0.0.1",
                "192.168.1.1",
                "127.0.0.1",
                "198.51.100.7",
                "0.0.0.1",
                "100.64.0.1",
                "fe80::1",
                "2001:db8::1",
                "12:34:56",
            ],
        );
        holds(
            is_degrees_pair,
            &["37.7749,-122.4194", "52.5200066; 13.404954"],
            &["37.77,-122.41", "91.2345,0.1234", "1.000,2.000", "37.7749"],
        );
    }

    #[test]
    fn cookies_and_digests_have_their_shapes() {
        holds(
            is_meta_cookie,
            &[
                "fb.1.1750000000001.1098115397",
                "fb.1.1554763741205.AbCdEfGhIjKlMnOpQrStUvWxYz1234567890",
            ],
            &[
                "fb.1.1750000000.1098115397",
                "fb.1.1750000000001.",
                "fb.com",
            ],
        );
        holds(
            is_analytics_cookie,
            &["GA1.2.1234567890.1584700000"],
            &["GA1.2.x.1584700000", "GA1.2"],
        );
        holds(
            is_digest,
            &["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
            &[
                "d41d8cd98f00b204e9800998ecf8427e",
                "00000000000000000000000000000000",
                "9f86d0",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_a_check_panic(text in ".{0,60}") {
            for check in [is_uuid, is_luhn, is_imei, accounts::is_card, accounts::is_iban, accounts::is_ssn, is_phone, is_public_address,
                is_mac, is_email, is_degrees_pair, is_meta_cookie, is_analytics_cookie, is_digest] {
                let _ = check(&text);
            }
        }
    }
}
