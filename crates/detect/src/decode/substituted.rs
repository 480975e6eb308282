//! Letters and digits by others, as the script of a tracker did that A. Senol and others
//! found ("Leaky Forms", USENIX Security 2022; the table is that of their program): here of
//! what is itself a digest or base64. A text so written is found by its spelling.

use super::guess::{self, Says};
use super::sniff::Look;
use super::{base64, rare};

/// What is sent, in the order of what it stands for.
const SENT: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const MEANT: &[u8; 62] = b"kibp8A4EWRMKHa7gvyz1dOPt6UI5xYD3nqhVwZBXfCcFeJmrLN20lS9QGsjTuo";

const TABLE: [u8; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        table[at] = at as u8;
        at += 1;
    }
    at = 0;
    while at < 62 {
        table[SENT[at] as usize] = MEANT[at];
        at += 1;
    }
    table
};

/// Lengths of digests in hexadecimal digits.
const OF_DIGESTS: [usize; 6] = [32, 40, 56, 64, 96, 128];

/// Fewest letters of base64 that are looked for, and how many are looked at first.
const SHORTEST: usize = 16;

/// What each letter stands for; other characters are left.
pub(super) fn decode(input: &[u8]) -> Vec<u8> {
    input.iter().map(|byte| TABLE[usize::from(*byte)]).collect()
}

/// Undoes it where a known digest comes of it, or base64 of text.
pub(super) fn sniff(input: &[u8], look: &Look<'_>) -> Option<Vec<u8>> {
    let first = input.get(..SHORTEST)?;
    let head = decode(first);
    if OF_DIGESTS.contains(&input.len()) && head.iter().all(u8::is_ascii_hexdigit) {
        return Some(decode(input)).filter(|digits| (look.is_known)(digits));
    }
    let is_base64 = base64::decode(&head).is_some_and(|head| rare::is_promising(&head));
    let text = is_base64.then(|| decode(input))?;
    let bytes = base64::decode(&text)?;
    (guess::says(&bytes, look) >= Says::Text).then_some(text)
}

/// The stock command that undoes it.
pub(crate) const COMMAND: &str = "tr 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz \
     kibp8A4EWRMKHa7gvyz1dOPt6UI5xYD3nqhVwZBXfCcFeJmrLN20lS9QGsjTuo";

#[cfg(test)]
mod tests {
    use super::super::DecodeLimits;
    use super::*;

    #[test]
    fn digests_that_are_known_and_base64_of_text_are_undone() {
        // By the table of Senol and others: the MD5 and the base64 of "ann@example.com".
        const MD5: &str = "oREgREpVEKV46DiVEiDoEDpEi4DpJOOR";
        const BASE64: &str = "T8RytuZ6T8Ja2uPyTosN";
        let limits = DecodeLimits::default();
        let look = |is_known| Look {
            limits: &limits,
            most: 100,
            numbers: false,
            is_known,
        };
        let known = |bytes: &[u8]| bytes == b"257c57037d384ae37ea27a07e8a01665";
        let none = |_: &[u8]| false;
        assert!(sniff(MD5.as_bytes(), &look(&known)).is_some());
        assert_eq!(sniff(MD5.as_bytes(), &look(&none)), None);
        assert_eq!(
            sniff(BASE64.as_bytes(), &look(&none)).as_deref(),
            Some(&b"YW5uQGV4YW1wbGUuY29t"[..])
        );
        for other in [
            "d41d8cd98f00b204e9800998ecf8427e",
            "GTM5XK2ABCDEFGHIJK",
            "short",
        ] {
            assert_eq!(sniff(other.as_bytes(), &look(&none)), None, "{other}");
        }
    }
}
