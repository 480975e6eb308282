//! Digests, or their first bytes, that were written as one decimal number: `BigInteger` of
//! Java, `getLong()` of its first eight bytes, `hash64` and `hash128` of `MurmurHash3`.

use std::ops::Range;

use super::{DigestHit, DigestTable, KEY_BITS};

/// Digits of eight bytes: fewer are one of a thousand, and numbers of other things.
const OF_EIGHT: Range<usize> = 17..21;

/// Digits of sixteen bytes.
const OF_SIXTEEN: Range<usize> = 36..40;

/// Calls `found` for every digest in decimal digits.
pub(super) fn search(table: &DigestTable, bytes: &[u8], found: &mut dyn FnMut(DigestHit)) {
    let mut start = 0;
    // Digits that are enough have one at each place of this pace.
    let mut probe = OF_EIGHT.start - 1;
    while probe < bytes.len() {
        let before = bytes[start..=probe].iter().rev();
        let before = before.take_while(|byte| byte.is_ascii_digit()).count();
        if before == 0 {
            start = probe + 1;
            probe += OF_EIGHT.start;
            continue;
        }
        let more = bytes[probe + 1..].iter();
        let end = probe + 1 + more.take_while(|byte| byte.is_ascii_digit()).count();
        number(table, bytes, probe + 1 - before..end, found);
        start = end;
        probe = end + OF_EIGHT.start - 1;
    }
}

fn number(
    table: &DigestTable,
    bytes: &[u8],
    digits: Range<usize>,
    found: &mut dyn FnMut(DigestHit),
) {
    if !OF_EIGHT.contains(&digits.len()) && !OF_SIXTEEN.contains(&digits.len()) {
        return;
    }
    let before = digits.start.checked_sub(1).map(|at| bytes[at]);
    let after = bytes.get(digits.end);
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'.';
    if before.as_ref().is_some_and(is_part) || after.is_some_and(is_part) {
        return;
    }
    let Some(value) = std::str::from_utf8(&bytes[digits.clone()])
        .ok()
        .and_then(|text| text.parse::<u128>().ok())
    else {
        return;
    };
    let signed = digits.start.wrapping_sub(1)..digits.end;
    if OF_SIXTEEN.contains(&digits.len()) {
        is(table, value.to_be_bytes(), digits, found);
    } else if let Ok(value) = u64::try_from(value) {
        is(table, value.to_be_bytes(), digits, found);
        if before == Some(b'-') {
            is(table, value.wrapping_neg().to_be_bytes(), signed, found);
        }
    }
}

/// Whether the bytes are a digest, or begin one.
fn is<const N: usize>(
    table: &DigestTable,
    bytes: [u8; N],
    range: Range<usize>,
    found: &mut dyn FnMut(DigestHit),
) {
    let Some(first) = bytes.first_chunk() else {
        return;
    };
    let key = u64::from_be_bytes(*first) >> (u64::BITS - KEY_BITS);
    if !table.may_hold(key) {
        return;
    }
    for origin in table.origins(key) {
        if origin.digest.starts_with(&bytes) {
            let manner = match origin.digest.len() {
                length if length == N => " in decimal".to_owned(),
                length => format!(" in decimal, the first {N} of {length} bytes"),
            };
            return found(origin.hit(range, &manner));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Algorithm, DigestHit, DigestTable, HashedText};

    fn search(text: &str) -> Vec<(String, String)> {
        let table = DigestTable::new(vec![HashedText {
            identifier: 7,
            bytes: b"ann@example.com".to_vec(),
            name: String::new(),
            shared: false,
        }]);
        let mut hits: Vec<DigestHit> = Vec::new();
        table.search(text.as_bytes(), &mut |hit| hits.push(hit));
        let hits = hits.into_iter();
        hits.map(|hit| (text[hit.range].to_owned(), hit.form))
            .collect()
    }

    #[test]
    fn digests_are_found_as_numbers() {
        let md5 = Algorithm::Md5.digest(b"ann@example.com");
        let sixteen = u128::from_be_bytes(*md5.first_chunk().unwrap()).to_string();
        let eight = u64::from_be_bytes(*md5.first_chunk().unwrap()).to_string();
        let of = |written: &str, form: &str| vec![(written.to_owned(), form.to_owned())];
        assert_eq!(
            search(&format!("id={sixteen}&x")),
            of(&sixteen, "md5 in decimal")
        );
        assert_eq!(
            search(&format!("{{\"id\":{eight}}}")),
            of(&eight, "md5 in decimal, the first 8 of 16 bytes")
        );
        // mmh3.hash64("ann@example.com") and mmh3.hash128 of Python.
        for (written, form) in [
            (
                "2176272586526974397",
                "murmur3-128 in decimal, the first 8 of 16 bytes",
            ),
            (
                "-1812595064113823181",
                "murmur3-128, its second half first, in decimal, the first 8 of 16 bytes",
            ),
            (
                "306845889663961610947173536959278375357",
                "murmur3-128, its second half first, in decimal",
            ),
        ] {
            assert_eq!(search(written), of(written, form));
        }
        for other in [
            format!("1{sixteen}"),
            format!("{eight}1"),
            format!("0.{eight}"),
            format!("x{eight}"),
            "12345678901234567890".to_owned(),
        ] {
            assert_eq!(search(&other), [], "{other}");
        }
    }
}
