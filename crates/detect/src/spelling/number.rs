//! Numbers that programs write otherwise than by their digits.

use super::{Manner, Spellings};

/// From ten million on, Java and what is written in it (Gson, Jackson) print a number of
/// double precision with an exponent (`java.lang.Double.toString`).
const SHORTEST: usize = 8;

/// A double holds integers of so many digits exactly.
const LONGEST: usize = 15;

/// Digits that were read as a number of double precision and printed again, as programs do
/// that take every number of JSON for one: `7.04918236E8`, `704918236.0`.
pub(super) fn as_double(digits: &str, all: &mut Spellings) {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let Some(number) = (is_number && (SHORTEST..=LONGEST).contains(&digits.len()))
        .then(|| digits.parse::<f64>().ok())
        .flatten()
    else {
        return;
    };
    const NAME: &str = "as a floating point number";
    let java = format!("{number:E}");
    let java = match java.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => {
            format!("{mantissa}.0E{exponent}")
        }
        _ => java,
    };
    let (mantissa, exponent) = java.split_once('E').unwrap_or((&java, ""));
    all.add(format!("{mantissa}E+{exponent:0>2}"), NAME, Manner::Altered);
    all.add(java, NAME, Manner::Altered);
    all.add(format!("{digits}.0"), NAME, Manner::Altered);
}

/// Eight bytes as the two numbers that they may be.
pub(super) fn as_long(bytes: [u8; 8], name: &'static str, all: &mut Spellings) {
    let number = u64::from_be_bytes(bytes);
    all.add(number.to_string(), name, Manner::Altered);
    if number > i64::MAX.cast_unsigned() {
        all.add(number.cast_signed().to_string(), name, Manner::Altered);
    }
}

#[cfg(test)]
mod tests {
    use affiant_model::IdentifierKind;

    use super::super::tests::texts;

    fn has(kind: IdentifierKind, value: &str, wanted: &str) -> bool {
        texts(kind, value).iter().any(|(text, _)| text == wanted)
    }

    #[test]
    fn numbers_are_found_as_programs_print_them_again() {
        use IdentifierKind as K;
        // System.out.println((double) 704918236L) and printf("%.8E").
        assert!(has(K::UserId, "704918236", "7.04918236E8"));
        assert!(has(K::UserId, "704918236", "7.04918236E+08"));
        assert!(has(K::UserId, "704918236", "704918236.0"));
        assert!(has(K::UserId, "20000001", "2.0000001E7"));
        assert!(!has(K::UserId, "123456", "123456.0"));
        assert!(has(K::Phone, "+1 (628) 555-0147", "1.6285550147E10"));
        assert!(has(K::Imei, "356938035643809", "3.56938035643809E14"));
        assert!(has(K::VendorId, "c1f3a09be47d2586", "-4471053413634988666"));
    }
}
