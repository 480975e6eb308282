use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::{Manner, Spellings};

/// A text in lower case, to be found, and in upper case, to be found hashed.
pub(super) fn cases(text: &str, all: &mut Spellings) {
    all.add(text.to_lowercase(), "lower case", Manner::Anywhere);
    // A search leaves case aside for ASCII letters only.
    let upper = if text.is_ascii() {
        Manner::Hashed
    } else {
        Manner::Anywhere
    };
    all.add(text.to_uppercase(), "upper case", upper);
}

/// A text with letters that ASCII does not have, as other programs write it.
pub(super) fn foreign(text: &str, all: &mut Spellings) {
    if text.is_ascii() {
        return;
    }
    let lower = text.to_lowercase();
    all.add(folded(&lower), "plain letters", Manner::Anywhere);
    all.add(transliterated(&lower), "transliteration", Manner::Anywhere);
    // What has no capital letter is two of them (Unicode, SpecialCasing.txt).
    let capitals = text.to_uppercase().to_lowercase();
    all.add(capitals, "lower case", Manner::Anywhere);
    for text in [text.to_owned(), lower] {
        let decomposed: String = text.nfd().collect();
        all.add(decomposed, "decomposed letters", Manner::Anywhere);
        let latin: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
        if let Some(latin) = latin {
            all.add(latin, "ISO 8859-1", Manner::Exact);
        }
    }
}

/// Without diacritics: `é` is `e`.
pub(super) fn folded(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(|c| plain_letter(c).chars().collect::<Vec<_>>())
        .collect()
}

/// As German and the Nordic languages write their letters in ASCII: `ü` is `ue`.
pub(super) fn transliterated(text: &str) -> String {
    let spelt: String = text
        .nfc()
        .map(|c| match c {
            'ä' => "ae".to_owned(),
            'ö' | 'ø' => "oe".to_owned(),
            'ü' => "ue".to_owned(),
            'å' => "aa".to_owned(),
            other => other.to_string(),
        })
        .collect();
    folded(&spelt)
}

/// A letter that does not come apart into a letter and a mark.
fn plain_letter(c: char) -> String {
    let plain = match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ı' => "i",
        'þ' => "th",
        'Æ' => "AE",
        'Œ' => "OE",
        'Ø' => "O",
        'Đ' | 'Ð' => "D",
        'Ł' => "L",
        'Þ' => "TH",
        other => return other.to_string(),
    };
    plain.to_owned()
}

/// Letters and digits only.
pub(super) fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}
