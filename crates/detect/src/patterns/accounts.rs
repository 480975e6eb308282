//! Checks of numbers of accounts and of persons.

use super::checks::{is_monotonous, without};

/// The check digit of ISO/IEC 7812-1, annex B (Luhn), over all digits.
pub(super) fn is_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            match (at % 2, digit) {
                (0, digit) => digit,
                (_, digit) if digit > 4 => digit * 2 - 9,
                (_, digit) => digit * 2,
            }
        })
        .sum();
    digits.bytes().all(|byte| byte.is_ascii_digit()) && sum.is_multiple_of(10)
}

/// The number of a payment card: 13 to 19 digits in groups or not, the check
/// digit of ISO/IEC 7812-1, in a range of numbers that a network uses.
pub(super) fn is_card(text: &str) -> bool {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let digits = without(text, &[' ', '-']);
    (13..=19).contains(&digits.len())
        && is_luhn(&digits)
        && is_issued(&digits)
        && !is_monotonous(&digits)
}

/// Whether a number lies in a range of Visa, Mastercard, American Express,
/// Discover, JCB, Diners Club or UnionPay, with as many digits as it has there.
fn is_issued(digits: &str) -> bool {
    let number = |length: usize| {
        digits
            .get(..length)
            .and_then(|text| text.parse::<u32>().ok())
    };
    let (Some(two), Some(three), Some(four)) = (number(2), number(3), number(4)) else {
        return false;
    };
    let length = digits.len();
    match two {
        40..=49 => matches!(length, 13 | 16 | 19),
        51..=55 => length == 16,
        22..=27 => length == 16 && (2221..=2720).contains(&four),
        34 | 37 => length == 15,
        35 => (16..=19).contains(&length) && (3528..=3589).contains(&four),
        30 => (14..=19).contains(&length) && (300..=305).contains(&three),
        36 | 38 | 39 => (14..=19).contains(&length),
        60 => length >= 16 && four == 6011,
        62 => length >= 16,
        64 => length >= 16 && (644..=649).contains(&three),
        65 => length >= 16,
        _ => false,
    }
}

/// An international bank account number: letters of a country, two check
/// digits, up to thirty letters and digits, of which the remainder by 97 is 1
/// (ISO 13616-1, by ISO/IEC 7064 MOD 97-10).
pub(super) fn is_iban(text: &str) -> bool {
    if !text
        .trim_start_matches(' ')
        .starts_with(|c: char| c.is_ascii_uppercase())
    {
        return false;
    }
    let bare = without(text, &[' ']);
    let bytes = bare.as_bytes();
    let is_shaped = (15..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes
            .iter()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    let turned = || bytes[4..].iter().chain(&bytes[..4]);
    is_shaped
        && turned().fold(0_u32, |rest, byte| match byte {
            b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
            letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
        }) == 1
}

/// A Social Security number: an area that is assigned, a group and a serial
/// number that are not zero (SSA, POMS RM 10201.030 and RM 10201.035).
pub(super) fn is_ssn(text: &str) -> bool {
    let digits = match text.split('-').map(str::len).collect::<Vec<_>>()[..] {
        [3, 2, 4] => without(text, &['-']),
        [9] => text.to_owned(),
        _ => return false,
    };
    let is_number = digits.len() == 9 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number
        && !matches!(&digits[..3], "000" | "666")
        && !digits.starts_with('9')
        && &digits[3..5] != "00"
        && &digits[5..] != "0000"
        && !is_monotonous(&digits)
        && digits != "123456789"
        // Printed on a sample card in 1938, and never valid since (SSA, "Social
        // Security Cards Issued by Woolworth").
        && digits != "078051120"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::checks::tests::holds;
    use super::*;

    #[test]
    fn numbers_of_accounts_have_their_check_digits() {
        // Numbers that networks publish for tests.
        holds(
            is_card,
            &[
                "4111111111111111",
                "5555 5555 5555 4444",
                "378282246310005",
                "6011-1111-1111-1117",
            ],
            &[
                "4111111111111112",
                "1234567812345670",
                "0000000000000000",
                "4242",
            ],
        );
        // The examples of the IBAN registry.
        holds(
            is_iban,
            &["DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19"],
            &["DE89370400440532013001", "de89370400440532013000", "DE"],
        );
        holds(
            is_ssn,
            &["219-09-9998", "219099998"],
            &[
                "000-12-3456",
                "666-12-3456",
                "900-12-3456",
                "219-00-9999",
                "219-09-0000",
                "078-05-1120",
                "2190-9-9999",
            ],
        );
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_seen(digits in "[1-9][0-9]{14}", at in 0..15_usize, by in 1..10_u8) {
            let valid = (0..10).map(|last| format!("{}{last}", &digits[..14])).find(|text| is_luhn(text)).unwrap();
            let mut wrong = valid.clone().into_bytes();
            wrong[at] = (wrong[at] - b'0' + by) % 10 + b'0';
            prop_assert!(!is_luhn(std::str::from_utf8(&wrong).unwrap()));
        }
    }
}
