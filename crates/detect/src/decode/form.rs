use std::collections::BTreeMap;
use std::ops::Range;

use affiant_model::{Selector, Step};

use super::{Child, Escape};

/// The parameters of form-encoded text, in order.
pub(super) fn children(input: &[u8], most: usize) -> Vec<Child<'_>> {
    pairs(input, 0..input.len(), b'&', Escape::Form, Step::Form, most)
}

/// The cookies of a Cookie header, in order, values as they stand.
pub(super) fn cookies(input: &[u8], most: usize) -> Vec<Child<'_>> {
    pairs(
        input,
        0..input.len(),
        b';',
        Escape::None,
        Step::Cookie,
        most,
    )
}

/// Splits `input[range]` into `name=value` pairs, `most` of them. A part
/// without `=` is a name without a value, and its name is then what may carry
/// data. So may a name that is written with escapes: it is given too.
pub(super) fn pairs(
    input: &[u8],
    range: Range<usize>,
    separator: u8,
    escape: Escape,
    step: fn(Selector) -> Step,
    most: usize,
) -> Vec<Child<'_>> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut found = Vec::new();
    let mut start = range.start;
    for part in input
        .get(range)
        .unwrap_or_default()
        .split(|b| *b == separator)
    {
        let end = start + part.len();
        let lead = part.iter().take_while(|b| **b == b' ').count();
        let from = start + lead;
        start = end + 1;
        let part = &input[from..end];
        if part.is_empty() {
            continue;
        }
        if found.len() >= most {
            break;
        }
        let equals = part.iter().position(|b| *b == b'=');
        let name = &part[..equals.unwrap_or(0)];
        let value = equals.map_or(from, |at| from + at + 1)..end;
        if !escape.is_plain(name) {
            let range = from..from + name.len();
            found.push(Child::part(
                Step::Bytes(range.clone()),
                input,
                range,
                Escape::None,
            ));
        }
        let name = String::from_utf8_lossy(&escape.decode(name)).into_owned();
        let nth = seen
            .entry(name.clone())
            .and_modify(|n| *n += 1)
            .or_insert(1);
        let selector = Selector { name, nth: *nth };
        found.push(Child::part(step(selector), input, value, escape));
    }
    found
}

/// What form encoding leaves bare, by byte.
const BARE: [bool; 256] = {
    let mut table = [false; 256];
    let marks = b"-._~*!'()[]%+&=/:;,@$|";
    let mut at = 0;
    while at < 256 {
        table[at] = (at as u8).is_ascii_alphanumeric();
        at += 1;
    }
    at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    table
};

/// Whether the text looks like form encoding although nothing declares it:
/// at least one pair, only characters that form encoding leaves bare, and not
/// a value that merely ends in `=` as base64 does.
pub(super) fn is_form(input: &[u8]) -> bool {
    let is_one = !input.contains(&b'&');
    let named = |part: &[u8]| {
        part.iter().position(|b| *b == b'=').is_some_and(|at| {
            at > 0 && !part[at + 1..].starts_with(b"=") && !(is_one && is_no_name(&part[..at]))
        })
    };
    input.iter().all(|byte| BARE[usize::from(*byte)])
        && input
            .split(|b| *b == b'&')
            .filter(|part| !part.is_empty())
            .all(named)
        && input.split(|b| *b == b'&').any(|part| {
            part.iter()
                .position(|b| *b == b'=')
                .is_some_and(|at| at + 1 < part.len())
        })
}

/// Whether what stands before the only equals sign of a text is not the name of a
/// parameter: fields between marks, or base64 that the sign fills up.
fn is_no_name(before: &[u8]) -> bool {
    const LONGEST_WORD: usize = 20;
    let is_letter = |b: &u8| b.is_ascii_alphanumeric() || b"+/-_".contains(b);
    before.iter().any(|b| b"|,;".contains(b))
        || (before.len() > LONGEST_WORD
            && before.len() % 4 == 3
            && before.iter().all(is_letter)
            && before.iter().any(u8::is_ascii_uppercase)
            && before.iter().any(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(children: &[Child<'_>]) -> Vec<(String, String)> {
        children
            .iter()
            .map(|c| {
                (
                    c.step.to_string(),
                    String::from_utf8_lossy(&c.bytes).into_owned(),
                )
            })
            .collect()
    }

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect()
    }

    #[test]
    fn parameters_are_told_apart_by_number() {
        let found = children(b"a=1&&b%5B%5D=x+y&a=%32&flag", usize::MAX);
        assert_eq!(
            read(&found),
            owned(&[
                ("form a", "1"),
                ("bytes 5+7", "b%5B%5D"),
                ("form b[]", "x y"),
                ("form a#2", "2"),
                ("form ", "flag")
            ])
        );
        assert_eq!(found[2].range, 13..16);
    }

    #[test]
    fn cookies_are_split_at_semicolons_and_kept_as_they_stand() {
        let found = cookies(b"_fbp=fb.1.2%3; s=a=b", usize::MAX);
        assert_eq!(
            read(&found),
            owned(&[("cookie _fbp", "fb.1.2%3"), ("cookie s", "a=b")])
        );
    }

    #[test]
    fn base64_and_prose_are_not_form_encoding() {
        for text in ["YWJjZA==", "YWJj=", "a b=c", "x", "", "{\"a\":1}", "a&b=1"] {
            assert!(!is_form(text.as_bytes()), "{text}");
        }
        assert!(is_form(b"a=1&b=%40"));
        assert!(is_form(b"email=a@b.c"));
    }
}
