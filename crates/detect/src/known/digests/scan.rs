use super::{DigestHit, DigestTable, KEY_BITS, Origin, SHORTEST_PREFIX, dashed, in_base64, key_of};

/// Lengths of digests in bytes.
const LENGTHS: [usize; 6] = [16, 20, 28, 32, 48, 64];

/// Hexadecimal digits of the longest digest.
const LONGEST_HEX: usize = 128;

/// Letters of base64 of the shortest digest.
const SHORTEST_BASE64: usize = 22;

const KEY: u64 = (1 << KEY_BITS) - 1;

/// No letter of the alphabet.
const NONE: u8 = 0xff;

const SIX: [u8; 256] = six_bits();
const FOUR: [u8; 256] = four_bits();

/// What each letter of base64 stands for, of both alphabets (RFC 4648, 4 and 5).
const fn six_bits() -> [u8; 256] {
    let mut table = [NONE; 256];
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut at = 0;
    while at < letters.len() {
        table[letters[at] as usize] = at as u8;
        at += 1;
    }
    table[b'+' as usize] = 62;
    table[b'-' as usize] = 62;
    table[b'/' as usize] = 63;
    table[b'_' as usize] = 63;
    table
}

const fn four_bits() -> [u8; 256] {
    let mut table = [NONE; 256];
    let mut digit = 0;
    while digit < 16 {
        table[b"0123456789abcdef"[digit] as usize] = digit as u8;
        table[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    table
}

/// Digests in letters.
pub(super) fn text(table: &DigestTable, bytes: &[u8], found: &mut dyn FnMut(DigestHit)) {
    let mut start = 0;
    // No run of the length sought can lie around a byte that is no letter: only
    // every sixteenth byte need be looked at until a letter is met.
    let mut probe = SHORTEST_PREFIX - 1;
    while probe < bytes.len() {
        let letters = bytes[start..=probe]
            .iter()
            .rev()
            .take_while(|byte| SIX[usize::from(**byte)] != NONE)
            .count();
        if letters < probe + 1 - start {
            start = probe + 1 - letters;
            probe = start + SHORTEST_PREFIX - 1;
            continue;
        }
        let more = bytes[probe + 1..]
            .iter()
            .take_while(|byte| SIX[usize::from(**byte)] != NONE)
            .count();
        let end = probe + 1 + more;
        run(table, bytes, start, end, found);
        start = end + 1;
        probe = start + SHORTEST_PREFIX - 1;
    }
}

/// A run of letters of base64, in which hexadecimal digits may be.
fn run(
    table: &DigestTable,
    bytes: &[u8],
    start: usize,
    end: usize,
    found: &mut dyn FnMut(DigestHit),
) {
    let (mut sixes, mut fours, mut digits) = (0_u64, 0_u64, 0);
    // What was found last: no digest begins within another.
    let mut behind = start;
    for at in start..end {
        let byte = usize::from(bytes[at]);
        sixes = (sixes << 6 | u64::from(SIX[byte])) & KEY;
        if FOUR[byte] == NONE {
            // The first group of a UUID.
            if digits == 8 && bytes[at] == b'-' && at - 8 >= behind {
                behind = dashed::search(table, bytes, at - 8, found).unwrap_or(behind);
            }
            digits = 0;
        } else {
            fours = (fours << 4 | u64::from(FOUR[byte])) & KEY;
            digits += 1;
            if digits >= 15 && at - 14 >= behind && table.may_hold(fours) {
                let token = at + 1 - digits;
                behind = hexadecimal(table, bytes, at - 14, token, fours, found).unwrap_or(behind);
            }
        }
        let from = (at + 1).saturating_sub(10);
        if from >= behind && end - from >= SHORTEST_BASE64 && table.may_hold(sixes) {
            behind = base64(table, bytes, from, sixes, found).unwrap_or(behind);
        }
    }
}

/// Digests in hexadecimal digits that begin at `from`, in digits that begin at
/// `token`; where the last one ends.
#[cold]
fn hexadecimal(
    table: &DigestTable,
    bytes: &[u8],
    from: usize,
    token: usize,
    key: u64,
    found: &mut dyn FnMut(DigestHit),
) -> Option<usize> {
    let rest = &bytes[from..];
    // No further than a digest reaches, and one more: a run of digits may be as
    // long as a body, and many digests may be thought to begin in it.
    let digits = rest
        .iter()
        .take(LONGEST_HEX + 1)
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    let is_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let alone = from == token
        && !is_word(from.checked_sub(1).and_then(|before| bytes.get(before)))
        && !is_word(bytes.get(from + digits));
    let mut end = None;
    let mut say = |origin: &Origin<'_>, length: usize, manner: &str| {
        found(origin.hit(from..from + length, manner));
        end = Some(from + length).max(end);
    };
    for origin in table.origins(key) {
        let written = hex::encode(&origin.digest);
        if rest
            .get(..written.len())
            .is_some_and(|there| there.eq_ignore_ascii_case(written.as_bytes()))
        {
            say(&origin, written.len(), "");
        } else if alone
            && (SHORTEST_PREFIX..written.len()).contains(&digits)
            && rest[..digits].eq_ignore_ascii_case(&written.as_bytes()[..digits])
        {
            let manner = format!(", the first {digits} of {} digits", written.len());
            say(&origin, digits, &manner);
        }
    }
    end
}

/// Digests in base64 that begin at `from`; where the last one ends.
#[cold]
fn base64(
    table: &DigestTable,
    bytes: &[u8],
    from: usize,
    key: u64,
    found: &mut dyn FnMut(DigestHit),
) -> Option<usize> {
    let mut end = None;
    for origin in table.origins(key) {
        for written in in_base64(&origin.digest) {
            let to = from + written.len();
            if bytes.get(from..to) == Some(written.as_bytes()) && end != Some(to) {
                found(origin.hit(from..to, " in base64"));
                end = Some(to).max(end);
            } else if end.is_none() && origin.digest.len() > LENGTHS[0] {
                // The first sixteen bytes of a longer one, whose last letter has four bits
                // of nothing, or its first letters.
                let to = from + SHORTEST_BASE64;
                let there = bytes.get(from..to).unwrap_or_default();
                let is_letter =
                    |byte: Option<&u8>| byte.is_some_and(|b| SIX[usize::from(*b)] != NONE);
                let alone = !is_letter(bytes.get(to))
                    && !is_letter(from.checked_sub(1).and_then(|at| bytes.get(at)));
                if alone && there.starts_with(&written.as_bytes()[..SHORTEST_BASE64 - 1]) {
                    found(origin.hit(from..to, " in base64, the first 22 letters"));
                    end = Some(to);
                }
            }
        }
    }
    end
}

/// Whether bytes may be or hold digests as they are: text does not.
pub(super) fn may_hold_digests(bytes: &[u8]) -> bool {
    LENGTHS.contains(&bytes.len())
        || (bytes.len() >= LENGTHS[0] && std::str::from_utf8(bytes).is_err())
}

/// Digests as bytes.
pub(super) fn binary(table: &DigestTable, bytes: &[u8], found: &mut dyn FnMut(DigestHit)) {
    for (from, window) in bytes.windows(LENGTHS[0]).enumerate() {
        let key = key_of(window);
        if !table.may_hold(key) {
            continue;
        }
        for origin in table.origins(key) {
            if bytes[from..].starts_with(&origin.digest) {
                found(origin.hit(from..from + origin.digest.len(), " as bytes"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Algorithm, DigestHit, DigestTable, HashedText};

    fn table() -> DigestTable {
        DigestTable::new(vec![HashedText {
            identifier: 7,
            bytes: b"ann@example.com".to_vec(),
            name: String::new(),
            shared: false,
        }])
    }

    fn search(bytes: &[u8]) -> Vec<(String, std::ops::Range<usize>)> {
        let mut hits: Vec<DigestHit> = Vec::new();
        table().search(bytes, &mut |hit| hits.push(hit));
        hits.into_iter().map(|hit| (hit.form, hit.range)).collect()
    }

    #[test]
    fn a_digest_is_found_wherever_it_stands_in_any_writing() {
        let digest = Algorithm::Sha256.digest(b"ann@example.com");
        let lower = hex::encode(&digest);
        let upper = hex::encode_upper(&digest);
        for (before, written, after) in [
            ("", lower.as_str(), ""),
            ("id=", &upper, "&x"),
            ("0123456789abcdef", &lower, "77"),
            ("zz", &lower, "zz"),
        ] {
            let text = format!("{before}{written}{after}");
            let range = before.len()..before.len() + 64;
            assert_eq!(
                search(text.as_bytes()),
                [("sha256".into(), range)],
                "{text}"
            );
        }
        let [standard, url] = super::in_base64(&digest);
        for written in [standard, url] {
            let text = format!("abcd{written}=");
            let range = 4..4 + written.len();
            assert_eq!(
                search(text.as_bytes()),
                [("sha256 in base64".into(), range)]
            );
        }
        let bytes = [b"\xff\x00\x01".as_slice(), &digest].concat();
        assert_eq!(search(&bytes), [("sha256 as bytes".into(), 3..35)]);
        assert_eq!(search(&digest), [("sha256 as bytes".into(), 0..32)]);
    }

    #[test]
    fn the_beginning_of_a_digest_is_told_apart_and_counts_only_alone() {
        let written = hex::encode(Algorithm::Md5.digest(b"ann@example.com"));
        let begin = &written[..16];
        assert_eq!(
            search(format!("u={begin};").as_bytes()),
            [("md5, the first 16 of 32 digits".into(), 2..18)]
        );
        for longer in [
            format!("{begin}0000"),
            format!("x{begin}"),
            written[..15].to_owned(),
        ] {
            assert_eq!(search(longer.as_bytes()), [], "{longer}");
        }
    }

    #[test]
    fn another_digest_is_not_found() {
        let other = hex::encode(Algorithm::Sha256.digest(b"anne@example.com"));
        assert_eq!(search(other.as_bytes()), []);
    }
}
