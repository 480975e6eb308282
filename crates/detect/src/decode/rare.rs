//! Ways to write bytes in letters that programs seldom use and people do who would
//! rather not be read: hexadecimal with marks between its pairs, `uuencode`, base85,
//! base32hex, base64 backwards. Each is told by a look at its beginning first, and
//! taken only where the result says something.

use affiant_model::Step;

use super::guess::{self, Says};
use super::sniff::Look;
use super::{alphabet, base64, base85, base91, letters, radix, separated, substituted, uuencode};

/// Fewer letters decode to text by chance too often.
const SHORTEST: usize = 15;

/// Fewest digits that are tried as hexadecimal ones of a known number.
const SHORTEST_OF_DIGITS: usize = 12;

/// The same of base85, in which most text could be written, where nothing known is in it.
const SHORTEST_BASE85: usize = 25;

/// How many groups of five letters of base85 are looked at first.
const FIRST_GROUPS: usize = 2;

/// How many letters of base32hex are looked at first: those of ten bytes.
const FIRST_LETTERS: usize = 16;

/// How many letters of base64 are looked at first, from the end.
const LAST_LETTERS: usize = 16;

/// A hardware address has six or eight bytes, which are the value itself.
const LONGER_THAN_AN_ADDRESS: usize = 9;

/// Decodes text in one of these ways. `all` are the alphabets that all its bytes are of.
pub(super) fn letters(input: &[u8], all: u8, look: &Look<'_>) -> Option<(Step, Vec<u8>)> {
    if let Some(bytes) = separated::hex(input) {
        let is_value = bytes.len() < LONGER_THAN_AN_ADDRESS && (look.is_known)(input);
        let says = !is_value && guess::says(&bytes, look) > Says::Nothing;
        return says.then_some((Step::Hex, bytes));
    }
    // Digits alone are numbers, but for a known number in hexadecimal digits.
    if all & alphabet::HEX != 0
        && input.len() >= SHORTEST_OF_DIGITS
        && input.iter().all(u8::is_ascii_digit)
        && input.chunks(2).all(|pair| matches!(pair, [b'2'..=b'7', _]))
        && let Some(bytes) = letters::hex(input)
        && (look.is_known)(&bytes)
    {
        return Some((Step::Hex, bytes));
    }
    if input.len() < SHORTEST {
        return None;
    }
    let worth = |step: Step, bytes: Option<Vec<u8>>| {
        let bytes = bytes?;
        (guess::says(&bytes, look) >= Says::Text).then_some((step, bytes))
    };
    if uuencode::may_be(input)
        && let Some(found) = worth(Step::Uuencode, uuencode::decode(input))
    {
        return Some(found);
    }
    if all & alphabet::BASE32_HEX != 0
        && all & alphabet::HEX == 0
        && base32hex(&input[..input.len().min(FIRST_LETTERS)]).is_some_and(|h| is_promising(&h))
        && let Some(found) = worth(Step::Base32Hex, base32hex(input))
    {
        return Some(found);
    }
    if all & alphabet::BASE64 != 0
        && is_backwards(input)
        && let Some(found) = worth(
            Step::Reversed,
            Some(reversed(input)).filter(is_base64(look)),
        )
    {
        return Some(found);
    }
    if all & alphabet::BASE64 != 0 {
        if let Some(text) = substituted::sniff(input, look) {
            return Some((Step::Substituted, text));
        }
        if let Some(found) = radix::sniff(input, look) {
            return Some(found);
        }
        if let Some(turned) = turned_digest(input, look) {
            return Some((Step::Reversed, turned));
        }
    }
    base85(input, look).or_else(|| base91(input, look))
}

/// The hexadecimal digits of a known digest, which were written backwards.
pub(super) fn turned_digest(input: &[u8], look: &Look<'_>) -> Option<Vec<u8>> {
    let is_digest = matches!(input.len(), 32 | 40 | 56 | 64 | 96 | 128)
        && input.iter().all(u8::is_ascii_hexdigit);
    is_digest
        .then(|| reversed(input))
        .filter(|turned| (look.is_known)(turned))
}

/// Decodes basE91 of text.
fn base91(input: &[u8], look: &Look<'_>) -> Option<(Step, Vec<u8>)> {
    let promises = base91::head(input).is_some_and(|head| is_promising(&head));
    let bytes = promises.then(|| base91::decode(input))??;
    let enough = match guess::says(&bytes, look) {
        Says::Nothing | Says::Shape => false,
        Says::Text | Says::Mark => input.len() >= SHORTEST_BASE85,
        Says::Known => true,
    };
    enough.then_some((Step::Base91, bytes))
}

/// The same bytes, the last one first.
pub(super) fn reversed(input: &[u8]) -> Vec<u8> {
    input.iter().rev().copied().collect()
}

/// Whether what was turned round is base64 of something.
fn is_base64<'l>(look: &'l Look<'_>) -> impl Fn(&Vec<u8>) -> bool + 'l {
    |turned| base64::decode(turned).is_some_and(|bytes| guess::says(&bytes, look) >= Says::Text)
}

/// Whether the last letters, turned round, are base64 of text or of what bears a mark.
fn is_backwards(input: &[u8]) -> bool {
    let start = input.len().saturating_sub(LAST_LETTERS);
    let turned = reversed(&input[start..]);
    base64::decode(&turned).is_some_and(|head| is_promising(&head))
}

/// Whether bytes are text, which may be cut off within a character, or bear a mark.
pub(super) fn is_promising(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => "",
    };
    (!text.is_empty() && !text.chars().any(|c| c.is_control() && !c.is_whitespace()))
        || guess::is_marked(head)
}

/// Decodes base85 in the way that says the most.
fn base85(input: &[u8], look: &Look<'_>) -> Option<(Step, Vec<u8>)> {
    let mut best = (Says::Mark, Step::Ascii85, Vec::new());
    for step in base85::WAYS {
        let promises = base85::head(&step, input, FIRST_GROUPS).is_some_and(|h| is_promising(&h));
        let is_length_of_digest = matches!(input.len(), 20 | 25 | 35 | 40 | 60 | 80);
        let Some(bytes) = (promises || is_length_of_digest)
            .then(|| base85::decode(&step, input))
            .flatten()
        else {
            continue;
        };
        let says = match promises {
            true => guess::says(&bytes, look),
            false if (look.is_known)(&bytes) => Says::Known,
            false => Says::Nothing,
        };
        let enough = match says {
            Says::Nothing | Says::Shape => false,
            Says::Text | Says::Mark => input.len() >= SHORTEST_BASE85,
            Says::Known => true,
        };
        if enough && (says > best.0 || best.2.is_empty()) {
            best = (says, step, bytes);
        }
    }
    (!best.2.is_empty()).then_some((best.1, best.2))
}

/// Decodes base32hex (RFC 4648 §7), in one case, padded or not.
pub(super) fn base32hex(input: &[u8]) -> Option<Vec<u8>> {
    let end = input.iter().rposition(|byte| *byte != b'=')? + 1;
    let digits = input.get(..end)?;
    let is_mixed =
        digits.iter().any(u8::is_ascii_uppercase) && digits.iter().any(u8::is_ascii_lowercase);
    if is_mixed {
        return None;
    }
    let mut result = Vec::with_capacity(digits.len() * 5 / 8);
    let (mut held, mut bits) = (0_u32, 0);
    for digit in digits {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'A'..=b'V' => digit - b'A' + 10,
            b'a'..=b'v' => digit - b'a' + 10,
            _ => return None,
        };
        held = (held << 5 | u32::from(value)) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            result.push((held >> bits & 0xff) as u8);
        }
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::super::DecodeLimits;
    use super::*;

    fn read(text: &str, known: &'static str) -> Option<(String, String)> {
        let limits = DecodeLimits::default();
        let look = Look {
            limits: &limits,
            most: 100,
            numbers: false,
            is_known: &|bytes| {
                !known.is_empty()
                    && bytes
                        .windows(known.len())
                        .any(|part| part == known.as_bytes())
            },
        };
        let (step, bytes) = letters(text.as_bytes(), alphabet::of_all(text.as_bytes()), &look)?;
        Some((
            step.to_string(),
            String::from_utf8_lossy(&bytes).into_owned(),
        ))
    }

    fn pair(step: &str, text: &str) -> Option<(String, String)> {
        Some((step.to_owned(), text.to_owned()))
    }

    #[test]
    fn the_vectors_of_the_documents_decode() {
        // RFC 4648 §10.
        assert_eq!(base32hex(b"CPNMUOJ1E8======").unwrap(), b"foobar");
        assert_eq!(base32hex(b"cpnmuoj1").unwrap(), b"fooba");
        assert_eq!(base32hex(b"cpnmuOJ1"), None);
        assert_eq!(base32hex(b"==="), None);
    }

    #[test]
    fn each_way_is_told_by_what_it_gives() {
        let mail = "mail=ann.lee@example.com";
        // Written by Python 3: bytes.hex, binascii.b2a_uu, base64.b32hexencode,
        // base64.a85encode and base64.b85encode.
        for (text, step) in [
            (
                "6d:61:69:6c:3d:61:6e:6e:2e:6c:65:65:40:65:78:61:6d:70:6c:65:2e:63:6f:6d",
                "hex",
            ),
            ("8;6%I;#UA;FXN;&5E0&5X86UP;&4N8V]M\n", "uuencode"),
            ("DLGMIR1TC5N6SBJCCLIK0PBOC5MN0R355PHMUR8=", "base32hex"),
            (r"D..-p4^i5G/o5*15\51KD/a<&/n8g:", "ascii85"),
            ("ZDDC_Jz;KcE^K9GKxKGgZE$R5E@N+P", "base85"),
        ] {
            assert_eq!(read(text, ""), pair(step, mail), "{text}");
        }
        let turned = "t92YuUGbw1WY4VGQlVGbu4mbh1DbpFWb";
        assert_eq!(
            read(turned, ""),
            pair("reversed", "bWFpbD1hbm4ubGVlQGV4YW1wbGUuY29t")
        );
        // Short base85 only where a known value is in it: "mail=ann@a.b".
        assert_eq!(read("D..-p4^i5G@UX<-", ""), None);
    }

    #[test]
    fn ordinary_text_is_none_of_them() {
        for text in [
            "02:1A:C5:9F:00:7B",
            "2020-03-20T12:00:00Z",
            "an ordinary sentence of some length, with marks.",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X)",
            "a=1&b=two&c=three,four;five",
            "com.example.application.MainActivity",
            "d41d8cd98f00b204e9800998ecf8427e",
            "GTM-5XK2ABCDEFGH",
            "0123456789ABCDEFGHIJKLMN",
            "v2.4.1+build.20200320@release/candidate",
        ] {
            assert_eq!(read(text, ""), None, "{text}");
        }
    }
}
