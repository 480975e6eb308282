use std::ops::Range;

use affiant_model::IdentifierKind;

/// A text this long whose characters are those of a UUID does not occur by
/// chance, whatever stands beside it.
const UNMISTAKABLE: usize = 20;

/// Digits that stand together in a number with commas are two or three, in some
/// countries four; in a fraction they may be more, but no comma follows them.
const LONGER_THAN_A_GROUP: usize = 7;

/// Whether a match is not the middle of something longer: `ann@example.com`
/// was not sent where `joann@example.com` was.
pub(super) fn text(
    bytes: &[u8],
    range: &Range<usize>,
    is_binary: bool,
    kind: IdentifierKind,
) -> bool {
    if is_binary || (range.len() >= UNMISTAKABLE && is_machine_made(kind)) {
        return true;
    }
    let email = kind == IdentifierKind::Email;
    let digits = bytes[range.clone()]
        .iter()
        .all(|b| b.is_ascii_digit() || *b == b'.');
    stands_alone(bytes, range, email, digits)
}

/// The same of a number with whatever stands between its digits.
pub(super) fn number(bytes: &[u8], range: &Range<usize>) -> bool {
    stands_alone(bytes, range, false, true)
}

fn stands_alone(bytes: &[u8], range: &Range<usize>, email: bool, digits: bool) -> bool {
    // No character is longer than four bytes, and two are looked at.
    let before = String::from_utf8_lossy(&bytes[range.start.saturating_sub(8)..range.start]);
    let after = String::from_utf8_lossy(&bytes[range.end..bytes.len().min(range.end + 8)]);
    let mut before = before.chars().rev();
    let (before, further_before) = (before.next(), before.next());
    let mut after = after.chars();
    let (after, further_after) = (after.next(), after.next());
    let is_word = |c: Option<char>| {
        c.is_some_and(|c| c.is_alphanumeric() && c != char::REPLACEMENT_CHARACTER)
    };
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());

    // Within an address, these stand between its parts.
    let joined_before = email && before.is_some_and(|c| "._%+-".contains(c));
    let joined_after =
        email && after.is_some_and(|c| c == '-' || c == '.') && is_word(further_after);
    // Within a number, a version or a date, these do; but no number has a group of so
    // many digits between two commas: that is a list.
    let listed = range.len() >= LONGER_THAN_A_GROUP && before == Some(',') && after == Some(',');
    let number = digits && !listed;
    let number_before =
        number && before.is_some_and(|c| ".-,".contains(c)) && is_digit(further_before);
    let number_after =
        number && after.is_some_and(|c| ".-,".contains(c)) && is_digit(further_after);
    !(is_word(before)
        || is_word(after)
        || joined_before
        || joined_after
        || number_before
        || number_after)
}

/// Whether values of this kind are made by machines, long and without meaning.
const fn is_machine_made(kind: IdentifierKind) -> bool {
    use IdentifierKind as K;
    matches!(
        kind,
        K::AdvertisingId | K::VendorId | K::InstallationId | K::DeviceId | K::OtherIdentifier
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_alone(text: &str, value: &str) -> bool {
        let at = text.find(value).unwrap();
        number(text.as_bytes(), &(at..at + value.len()))
    }

    #[test]
    fn a_long_number_in_a_list_is_not_a_part_of_one_number() {
        assert!(is_alone("1,2,490154203237518,3", "490154203237518"));
        assert!(!is_alone("0,490154203237518", "490154203237518"));
        assert!(!is_alone("490154203237518,3", "490154203237518"));
        assert!(!is_alone("4.490154203237518,3", "490154203237518"));
        assert!(!is_alone("1,234,567", "234"));
    }
}
