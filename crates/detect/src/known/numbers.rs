//! Numbers that people punctuate: telephone numbers and the like are compared
//! by their digits, whatever stands between them.

use std::collections::BTreeMap;
use std::ops::Range;

/// The longest telephone number has 15 digits (ITU-T E.164, 6.2.1) and may
/// follow two zeros.
const MOST_DIGITS: usize = 17;

/// What may stand between two groups of digits of one number.
const SEPARATORS: &[u8] = b" -.()\t/";

/// The same beyond ASCII, in UTF-8: spaces that do not break or are thin, and dashes.
const WIDE: [&[u8]; 6] = [
    "\u{a0}".as_bytes(),
    "\u{2009}".as_bytes(),
    "\u{202f}".as_bytes(),
    "\u{2010}".as_bytes(),
    "\u{2011}".as_bytes(),
    "\u{2013}".as_bytes(),
];

/// Longest stretch of separators between two groups: `) `.
const MOST_SEPARATORS: usize = 3;

/// Numbers that are sought, by their digits.
#[derive(Default)]
pub(super) struct Numbers {
    /// Digits -> identifier and form, in the order of listing.
    by_digits: BTreeMap<Vec<u8>, Vec<(usize, &'static str)>>,
    shortest: usize,
}

/// A group of digits.
#[derive(Clone)]
struct Group(Range<usize>);

impl Numbers {
    pub(super) fn add(&mut self, digits: Vec<u8>, identifier: usize, form: &'static str) {
        self.shortest = match self.shortest {
            0 => digits.len(),
            shortest => shortest.min(digits.len()),
        };
        let of = self.by_digits.entry(digits).or_default();
        if of.iter().all(|(other, _)| *other != identifier) {
            of.push((identifier, form));
        }
    }

    /// How many numbers are sought.
    pub(super) fn len(&self) -> usize {
        self.by_digits.len()
    }

    /// Calls `found` for every number in `bytes`: identifier, range, form.
    pub(super) fn search(
        &self,
        bytes: &[u8],
        found: &mut dyn FnMut(usize, Range<usize>, &'static str),
    ) {
        if self.by_digits.is_empty() || bytes.len() < self.shortest {
            return;
        }
        let mut groups: Vec<Group> = Vec::new();
        let mut at = 0;
        while let Some(skip) = bytes[at..].iter().position(u8::is_ascii_digit) {
            let start = at + skip;
            let length = bytes[start..]
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            let joined = groups
                .last()
                .is_some_and(|Group(last)| is_between(&bytes[last.end..start]));
            if !joined {
                self.among(bytes, &groups, found);
                groups.clear();
            }
            groups.push(Group(start..start + length));
            at = start + length;
        }
        self.among(bytes, &groups, found);
    }

    /// Looks up every row of neighbouring groups.
    fn among(
        &self,
        bytes: &[u8],
        groups: &[Group],
        found: &mut dyn FnMut(usize, Range<usize>, &'static str),
    ) {
        let mut digits = Vec::with_capacity(MOST_DIGITS);
        for (first, Group(from)) in groups.iter().enumerate() {
            digits.clear();
            for Group(range) in &groups[first..] {
                if digits.len() + range.len() > MOST_DIGITS {
                    break;
                }
                digits.extend_from_slice(&bytes[range.clone()]);
                for (identifier, form) in self.by_digits.get(&digits).into_iter().flatten() {
                    found(*identifier, with_plus(bytes, from.start)..range.end, form);
                }
            }
        }
    }
}

/// Whether what stands between two groups of digits leaves them one number.
fn is_between(mut between: &[u8]) -> bool {
    for _ in 0..=MOST_SEPARATORS {
        between = match between {
            [] => return true,
            [first, rest @ ..] if SEPARATORS.contains(first) => rest,
            _ => match WIDE.iter().find_map(|wide| between.strip_prefix(*wide)) {
                Some(rest) => rest,
                None => return false,
            },
        };
    }
    false
}

/// The start of a number, with the plus before it and the bracket that opens there.
fn with_plus(bytes: &[u8], start: usize) -> usize {
    match bytes[..start] {
        [.., b'+'] => start - 1,
        [.., b'+', b'('] => start - 2,
        [.., b'('] => start - 1,
        _ => start,
    }
}

#[cfg(test)]
mod tests {
    use super::Numbers;

    fn found(text: &str) -> Vec<&str> {
        let mut numbers = Numbers::default();
        for (digits, form) in [("14155550132", "digits"), ("4155550132", "national number")] {
            numbers.add(digits.as_bytes().to_vec(), 0, form);
        }
        let mut found = Vec::new();
        numbers.search(text.as_bytes(), &mut |_, range, _| found.push(&text[range]));
        found
    }

    #[test]
    fn punctuation_does_not_matter_and_other_digits_do() {
        for written in [
            "+1 415 555 0132",
            "1-415-555-0132",
            "(415) 555-0132",
            "415.555.0132",
            "+14155550132",
            "415/555/0132",
            "+1\u{a0}415\u{a0}555\u{2011}0132",
        ] {
            let text = format!("tel: {written}; 2020-03-26 10:00");
            assert!(
                found(&text).contains(&written),
                "{text}: {:?}",
                found(&text)
            );
        }
        for other in [
            "91415555013200",
            "4155550133",
            "415555-01320",
            "4 1 5, 5550132",
        ] {
            assert_eq!(found(other), [""; 0], "{other}");
        }
    }
}
