use std::ops::Range;

use super::{DigestHit, DigestTable, KEY_BITS, Origin, SHORTEST_PREFIX, dashed, in_base64, key_of};

/// Lengths of digests in bytes.
const LENGTHS: [usize; 6] = [16, 20, 28, 32, 48, 64];

/// Hexadecimal digits of the longest digest.
const LONGEST_HEX: usize = 128;

/// Letters of base64 of the shortest digest.
const SHORTEST_BASE64: usize = 22;

/// Letters of base64 that make a key.
const LETTERS: usize = 10;

/// Hexadecimal digits of the first group of a UUID.
const GROUP: usize = 8;

/// How many letters are gone through before what was gathered is looked at.
const WINDOW: usize = 1024;

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

/// Whether a byte is a letter of base64.
pub(super) const fn is_letter(byte: u8) -> bool {
    SIX[byte as usize] != NONE
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

/// Where a digest may begin, by its first letters.
enum May {
    /// The first group of a UUID.
    Dashed,
    /// Fifteen hexadecimal digits, in digits that begin at `token`.
    Hexadecimal { key: u64, token: usize },
    /// Ten letters of base64.
    Base64 { key: u64 },
}

/// A run of letters of base64, in which hexadecimal digits may be.
fn run(
    table: &DigestTable,
    bytes: &[u8],
    start: usize,
    end: usize,
    found: &mut dyn FnMut(DigestHit),
) {
    // Few letters begin like a digest. They are gathered first, each writing by itself:
    // that is quick, and what is found must be told in the order of the bytes.
    let mut may = Vec::new();
    // What was found last: no digest begins within another.
    let mut behind = start;
    let mut open = None;
    for from in (start..end).step_by(WINDOW) {
        let window = from..end.min(from + WINDOW);
        open = in_hexadecimal(table, bytes, window.clone(), open, &mut may);
        in_letters(table, bytes, start, window, end, &mut may);
        // Of two that end at one letter, hexadecimal digits come first.
        may.sort_by_key(|(at, _)| *at);
        for (at, may) in may.drain(..) {
            let from = at - may.letters();
            if from < behind {
                continue;
            }
            let to = match may {
                May::Dashed => dashed::search(table, bytes, from, found),
                May::Hexadecimal { key, token } => {
                    hexadecimal(table, bytes, from, token, key, found)
                }
                May::Base64 { key } => base64(table, bytes, from, key, found),
            };
            behind = to.unwrap_or(behind);
        }
    }
}

/// Gathers where hexadecimal digits may begin a digest, by those in `window`. `open` is where
/// the digits before it begin; gives the same of the digits at its end.
fn in_hexadecimal(
    table: &DigestTable,
    bytes: &[u8],
    window: Range<usize>,
    mut open: Option<usize>,
    may: &mut Vec<(usize, May)>,
) -> Option<usize> {
    let is_digit = |byte: &&u8| FOUR[usize::from(**byte)] != NONE;
    let mut at = window.start;
    loop {
        let (token, known) = match open.take() {
            Some(token) => (token, at),
            None => {
                // A group has a digit at each place of this pace.
                let mut places = (at + GROUP - 1..window.end).step_by(GROUP);
                let probe = places.find(|place| is_digit(&&bytes[*place]));
                let last = probe.unwrap_or(window.end);
                let before = bytes[at..last].iter().rev().take_while(is_digit).count();
                if probe.is_none() {
                    return (before > 0).then(|| last - before);
                }
                (last - before, last - before)
            }
        };
        let more = bytes[known..window.end].iter().take_while(is_digit);
        let end = known + more.count();
        let mut key = 0;
        for at in token.max(known.saturating_sub(14))..end {
            key = (key << 4 | u64::from(FOUR[usize::from(bytes[at])])) & KEY;
            if at >= known && at - token >= 14 && table.may_hold(key) {
                may.push((at, May::Hexadecimal { key, token }));
            }
        }
        if end == window.end {
            return Some(token);
        }
        if end - token == GROUP && bytes[end] == b'-' {
            may.push((end, May::Dashed));
        }
        at = end + 1;
    }
}

/// Gathers where letters of base64 may begin a digest, by the tenth of them in `window`,
/// in a run that ends at `end` and begins at `start`.
fn in_letters(
    table: &DigestTable,
    bytes: &[u8],
    start: usize,
    window: Range<usize>,
    end: usize,
    may: &mut Vec<(usize, May)>,
) {
    let tenth = window.start.max(start + LETTERS - 1);
    let last = window
        .end
        .min((end + LETTERS).saturating_sub(SHORTEST_BASE64));
    if tenth >= last {
        return;
    }
    let with = |key: u64, byte: &u8| (key << 6 | u64::from(SIX[usize::from(*byte)])) & KEY;
    let before = &bytes[tenth + 1 - LETTERS..tenth];
    let mut key = before.iter().fold(0, with);
    for (at, byte) in (tenth..).zip(&bytes[tenth..last]) {
        key = with(key, byte);
        if table.may_hold(key) {
            may.push((at, May::Base64 { key }));
        }
    }
}

impl May {
    /// How many letters before the last one looked at, or before the dash, it begins.
    const fn letters(&self) -> usize {
        match self {
            Self::Dashed => GROUP,
            Self::Hexadecimal { .. } => 14,
            Self::Base64 { .. } => LETTERS - 1,
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

    /// Letter after letter, as the windows and the pace must not be seen.
    fn plainly(bytes: &[u8]) -> Vec<(String, std::ops::Range<usize>)> {
        let digest = Algorithm::Sha256.digest(b"ann@example.com");
        let hex = hex::encode(&digest);
        let [one, other] = super::in_base64(&digest);
        let mut found = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let is = |text: &str| {
                let there = bytes.get(at..at + text.len());
                there.is_some_and(|there| there.eq_ignore_ascii_case(text.as_bytes()))
            };
            let exactly = |text: &str| bytes[at..].starts_with(text.as_bytes());
            let (form, length) = if is(&hex) {
                ("sha256", 64)
            } else if exactly(&one) || exactly(&other) {
                ("sha256 in base64", one.len())
            } else {
                at += 1;
                continue;
            };
            found.push((form.to_owned(), at..at + length));
            at += length;
        }
        found
    }

    proptest::proptest! {
        #[test]
        fn digests_are_found_at_every_place_of_a_long_run(
            parts in proptest::collection::vec((0_usize..1100, 0_usize..4), 1..5), letter in "[zZ+f0 -]"
        ) {
            let digest = Algorithm::Sha256.digest(b"ann@example.com");
            let hex = hex::encode(&digest);
            let [one, other] = super::in_base64(&digest);
            let written = [hex.to_uppercase(), hex, one, other];
            let text: String = parts
                .iter()
                .map(|(gap, which)| format!("{}{}", letter.repeat(*gap), written[*which]))
                .collect();
            proptest::prop_assert_eq!(search(text.as_bytes()), plainly(text.as_bytes()));
        }
    }

    #[test]
    fn another_digest_is_not_found() {
        let other = hex::encode(Algorithm::Sha256.digest(b"anne@example.com"));
        assert_eq!(search(other.as_bytes()), []);
    }
}
