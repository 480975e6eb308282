//! Rows of words, found by one word of them: the others are looked for around it.

use std::ops::Range;

use crate::spelling::{Phrase, compared};

/// How many characters may stand between two words of an address.
const MOST_BETWEEN: usize = 4;

/// Longer words are not those of names and addresses, in bytes.
const LONGEST: usize = 64;

/// Where the row stands whose anchor was found in `bytes` at `at`.
pub(super) fn around(phrase: &Phrase, bytes: &[u8], at: Range<usize>) -> Option<Range<usize>> {
    // Words do not end within the anchor.
    let text = valid(bytes, &at)?;
    let (before, after) = (
        std::str::from_utf8(&bytes[text.start..at.start]).ok()?,
        std::str::from_utf8(&bytes[at.end..text.end]).ok()?,
    );
    if before
        .chars()
        .next_back()
        .is_some_and(char::is_alphanumeric)
        || after.chars().next().is_some_and(char::is_alphanumeric)
    {
        return None;
    }
    let end = at.end + ahead(phrase, after)?;
    let start = at.start - behind(phrase, before)?;
    // Before an at sign stands part of an address, which is a value of its own.
    let follows = bytes.get(end..).unwrap_or_default();
    if follows.starts_with(b"@") || follows.starts_with(b"%40") {
        return None;
    }
    Some(start..end)
}

/// The bytes around the anchor that are text.
fn valid(bytes: &[u8], at: &Range<usize>) -> Option<Range<usize>> {
    const AROUND: usize = 256;
    let from = at.start.saturating_sub(AROUND);
    let to = bytes.len().min(at.end + AROUND);
    let after = match std::str::from_utf8(&bytes[at.end..to]) {
        Ok(_) => to,
        Err(error) => at.end + error.valid_up_to(),
    };
    // Where a character was cut off or the bytes are no text, what follows the last such
    // place is text.
    let mut before = from;
    while let Err(error) = std::str::from_utf8(bytes.get(before..at.start)?) {
        before += error.valid_up_to() + error.error_len().unwrap_or(1);
        if before > at.start {
            return None;
        }
    }
    Some(before..after)
}

/// How many bytes the words behind the anchor take.
fn ahead(phrase: &Phrase, text: &str) -> Option<usize> {
    let mut at = 0;
    for index in phrase.anchor + 1..phrase.words.len() {
        let rest = &text[at..];
        let word = rest.find(char::is_alphanumeric).and_then(|gap| {
            let word = &rest[gap..];
            let length = word.find(ends).unwrap_or(word.len());
            is_gap(phrase, &rest[..gap]).then_some((gap + length, &word[..length]))
        });
        match word {
            Some((length, word)) if is_word(phrase, index, word) => at += length,
            _ if phrase.optional[index] => {}
            _ => return None,
        }
    }
    Some(at)
}

/// How many bytes the words before the anchor take.
fn behind(phrase: &Phrase, text: &str) -> Option<usize> {
    let mut end = text.len();
    for index in (0..phrase.anchor).rev() {
        let rest = &text[..end];
        let bare = rest.trim_end_matches(|c: char| !c.is_alphanumeric() && !is_mark(c));
        let word = bare.rfind(ends).map_or(0, |at| {
            at + bare[at..].chars().next().map_or(1, char::len_utf8)
        });
        let is_there = is_gap(phrase, &rest[bare.len()..]) && is_word(phrase, index, &bare[word..]);
        if is_there {
            end = word;
        } else if !phrase.optional[index] {
            return None;
        }
    }
    Some(text.len() - end)
}

/// Whether a word ends before the character: marks that combine with a letter are of it.
fn ends(c: char) -> bool {
    !c.is_alphanumeric() && !is_mark(c)
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn is_word(phrase: &Phrase, index: usize, word: &str) -> bool {
    !word.is_empty() && word.len() <= LONGEST && phrase.words[index].contains(&compared(word))
}

/// Whether what stands between two words leaves them one text.
fn is_gap(phrase: &Phrase, gap: &str) -> bool {
    let count = gap.chars().count();
    if phrase.loose {
        return (1..=MOST_BETWEEN).contains(&count);
    }
    let bare = gap.trim();
    match count {
        0 => false,
        1 => " .,_-+\t\n\u{a0}\u{2009}\u{202f}\u{2010}\u{2011}".contains(gap),
        2..=MOST_BETWEEN => bare.is_empty() || bare == ",",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use affiant_model::IdentifierKind as Kind;

    use super::super::tests::{forms, known};

    #[test]
    fn the_words_of_a_name_in_an_address_of_e_mail_are_no_name() {
        let known = known(Kind::PersonName, "Jane Wexcombe");
        assert_eq!(forms(&known, "to: jane.wexcombe, and").len(), 1);
        for written in ["jane.wexcombe@example.org", "jane_wexcombe%40example.org"] {
            assert!(
                forms(&known, &format!("to: {written}, and")).is_empty(),
                "{written}"
            );
        }
    }

    #[test]
    fn an_address_is_found_whatever_stands_between_its_words_and_however_they_are_shortened() {
        let known = known(Kind::StreetAddress, "4410 Wexcombe Boulevard, Apt 12B");
        for written in [
            "4410 Wexcombe Boulevard; Apt 12B",
            "4410 Wexcombe Boulevard\nApt 12B",
            "4410 Wexcombe Blvd., Apt. 12B",
            "4410 WEXCOMBE BLVD #12B",
            "4410 Wexcombe Boulevard, Unit 12B",
            "4410-wexcombe-boulevard-apt-12b",
            "4410  Wexcombe  Boulevard,  Apt  12B",
        ] {
            let text = format!("to: {written}, San Francisco");
            let found: Vec<String> = forms(&known, &text).into_iter().map(|f| f.0).collect();
            assert_eq!(found, [written]);
        }
        for other in [
            "4410 Wexcombe Boulevard, Apt 13B",
            "4411 Wexcombe Boulevard, Apt 12B",
            "4410 Wexcombes Boulevard, Apt 12B",
            "4410 Wexcombe Road, Apt 12B",
            "14410 Wexcombe Boulevard, Apt 12B",
            "4410 Wexcombe Boulevard, Apt 12BC",
            "Wexcombe",
        ] {
            assert_eq!(forms(&known, other), [], "{other}");
        }
    }

    #[test]
    fn a_name_is_found_with_other_marks_between_its_words_in_either_order() {
        let known = known(Kind::PersonName, "Zo\u{eb} \u{d8}rsted-\u{141}ukasik");
        for written in [
            "Zo\u{eb}.\u{d8}rsted-\u{141}ukasik",
            "zoe_orsted-lukasik",
            "ZO\u{cb}  \u{d8}RSTED-\u{141}UKASIK",
            "Zoe+Orsted+Lukasik",
            "\u{d8}rsted-\u{141}ukasik, Zo\u{eb}",
            "\u{d8}rsted-\u{141}ukasik,Zo\u{eb}",
            "Zoe\u{308} \u{d8}rsted-\u{141}ukasik",
        ] {
            let text = format!("<{written}>");
            let found: Vec<String> = forms(&known, &text).into_iter().map(|f| f.0).collect();
            assert_eq!(found, [written]);
        }
        for other in [
            "Noe \u{d8}rsted-\u{141}ukasik",
            "Zoe / Orsted-Lukasik",
            "Zoe and Orsted-Lukasik",
            "Zoe Orsted",
            "Kazoe Orsted-Lukasik",
            "Zoe Orsted-Lukasiks",
        ] {
            assert_eq!(forms(&known, other), [], "{other}");
        }
    }
}
