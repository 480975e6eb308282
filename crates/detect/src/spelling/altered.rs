//! A value that was altered so that nobody reads it: backwards, or each letter by
//! another. Whoever sends it can turn it round again, and so does the search.

use affiant_model::IdentifierKind;

use super::{Manner, Spellings};

/// Shorter ones are words and numbers of their own too often.
const SHORTEST: usize = 10;

/// The value backwards, and under ROT13.
pub(super) fn altered(kind: IdentifierKind, value: &str, all: &mut Spellings) {
    use IdentifierKind as K;
    if kind.is_low_entropy() {
        return;
    }
    let mut texts = vec![value.to_owned()];
    if matches!(kind, K::Phone | K::Imei) {
        let digits: String = value.chars().filter(char::is_ascii_digit).collect();
        texts.push(digits);
    }
    for text in texts.iter().filter(|text| text.len() >= SHORTEST) {
        let backwards: String = text.chars().rev().collect();
        all.add(backwards, "written backwards", Manner::Altered);
        all.add(rot13(text), "ROT13", Manner::Altered);
        for text in [text.clone(), text.to_lowercase()] {
            all.add(substituted(&text), "letters substituted", Manner::Altered);
        }
    }
}

/// Letters and digits by others, as the script of a tracker did that A. Senol and others
/// found ("Leaky Forms", USENIX Security 2022).
fn substituted(text: &str) -> String {
    const BEFORE: &str = "kibp8A4EWRMKHa7gvyz1dOPt6UI5xYD3nqhVwZBXfCcFeJmrLN20lS9QGsjTuo";
    const AFTER: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let letter = |c: char| {
        let at = BEFORE.find(c)?;
        AFTER[at..].chars().next()
    };
    text.chars().map(|c| letter(c).unwrap_or(c)).collect()
}

/// Each letter of ASCII by the one thirteen further.
fn rot13(text: &str) -> String {
    let turned = |c: char| match c {
        'a'..='m' | 'A'..='M' => char::from(c as u8 + 13),
        'n'..='z' | 'N'..='Z' => char::from(c as u8 - 13),
        other => other,
    };
    text.chars().map(turned).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::texts;
    use super::*;

    #[test]
    fn long_values_are_turned_round_and_short_and_shared_ones_are_not() {
        let has = |kind, value: &str, wanted: &str| {
            texts(kind, value).iter().any(|(text, _)| text == wanted)
        };
        let email = IdentifierKind::Email;
        assert!(has(email, "Ann.Lee@example.com", "moc.elpmaxe@eeL.nnA"));
        assert!(has(email, "Ann.Lee@example.com", "Naa.Yrr@rknzcyr.pbz"));
        assert!(has(email, "ann.lee@example.com", "DWW.qii@iSDk3qi.gzk"));
        assert!(has(
            IdentifierKind::Phone,
            "+1 (415) 555-0132",
            "23105555141"
        ));
        assert!(!has(IdentifierKind::UserId, "12345678", "87654321"));
        assert!(!has(IdentifierKind::City, "San Francisco", "ocsicnarF naS"));
    }
}
