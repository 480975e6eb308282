//! Names as programs spell them that do not keep their letters and marks.

use super::letters::{cases, folded};
use super::{Manner, Spellings};

/// The apostrophes that stand for one another: phones are named with the curved one.
const APOSTROPHES: [char; 3] = ['\u{2019}', '\'', '\u{2018}'];

/// A name in the wrong letters, and, to be found hashed, in plain ones.
pub(super) fn person(value: &str, all: &mut Spellings) {
    if let Some((first, last)) = value.rsplit_once(char::is_whitespace) {
        let first = first.trim();
        for written in [format!("{last}, {first}"), format!("{last} {first}")] {
            all.add(written, "reversed name", Manner::Anywhere);
        }
    }
    if value.is_ascii() {
        return;
    }
    all.add(folded(value), "plain letters", Manner::Hashed);
    for text in [value.to_owned(), value.to_lowercase()] {
        let wrong = misread(&text);
        all.add(wrong, "UTF-8 read as Windows-1252", Manner::Altered);
        all.add(references(&text), "references by name", Manner::Altered);
    }
}

/// What its owner called a device, with any apostrophe or none, and as a name of a host.
pub(super) fn device(value: &str, all: &mut Spellings) {
    cases(value, all);
    for text in [value, &folded(value)] {
        let mut bare = text.to_owned();
        bare.retain(|c| !APOSTROPHES.contains(&c));
        if bare != text {
            for apostrophe in APOSTROPHES {
                let written = text.replace(APOSTROPHES, &apostrophe.to_string());
                all.add(written, "another apostrophe", Manner::Altered);
            }
            all.add(bare.clone(), "no apostrophe", Manner::Altered);
        }
        // As the names of hosts that Apple's devices give themselves.
        let host: Vec<&str> = bare.split_whitespace().collect();
        all.add(host.join("-"), "as the name of a host", Manner::Altered);
    }
    all.add(folded(value), "plain letters", Manner::Anywhere);
}

/// The domain of an address in the letters of ASCII, or in its own (RFC 5891).
pub(super) fn other_domain(domain: &str) -> Option<String> {
    let other = if domain.is_ascii() {
        let (unicode, read) = idna::domain_to_unicode(domain);
        read.ok().map(|()| unicode)
    } else {
        idna::domain_to_ascii(domain).ok()
    };
    other.filter(|other| other != domain)
}

/// Text in UTF-8 of which each byte was taken for a character of Windows-1252 (WHATWG
/// Encoding Standard, "windows-1252"), as pages do that are declared to be so.
fn misread(text: &str) -> String {
    /// The characters of the bytes from 0x80 to 0x9f.
    const HIGH: [u16; 32] = [
        0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039,
        0x152, 0x8d, 0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
        0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178,
    ];
    let character = |byte: u8| match byte {
        0x80..0xa0 => char::from_u32(u32::from(HIGH[usize::from(byte - 0x80)])),
        other => Some(char::from(other)),
    };
    text.bytes().filter_map(character).collect()
}

/// Text with the references by name that HTML 4 has for the letters of Latin-1
/// (W3C HTML 4.01, 24.2.1); others are left.
fn references(text: &str) -> String {
    /// From U+00C0 on.
    const NAMES: [&str; 64] = [
        "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave",
        "Eacute", "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve",
        "Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc",
        "Uuml", "Yacute", "THORN", "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring",
        "aelig", "ccedil", "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc",
        "iuml", "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash",
        "ugrave", "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml",
    ];
    let mut written = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        match u32::from(c)
            .checked_sub(0xc0)
            .and_then(|at| NAMES.get(at as usize))
        {
            Some(name) => {
                written.push('&');
                written.push_str(name);
                written.push(';');
            }
            None => written.push(c),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use affiant_model::IdentifierKind as Kind;

    use super::super::tests::texts;

    fn has(kind: Kind, value: &str, wanted: &str) {
        let texts = texts(kind, value);
        let is_there = texts.iter().any(|(text, _)| text == wanted);
        assert!(is_there, "{value}: no {wanted} in {texts:?}");
    }

    #[test]
    fn names_are_found_in_the_wrong_letters_and_with_other_apostrophes() {
        let name = "Zo\u{eb} \u{d8}rsted";
        has(Kind::PersonName, name, "Zo\u{c3}\u{ab} \u{c3}\u{2dc}rsted");
        has(Kind::PersonName, name, "Zo&euml; &Oslash;rsted");
        has(Kind::PersonName, name, "Zoe Orsted");
        for device in ["Ada\u{2019}s iPhone 12", "Ada's iPhone 12"] {
            for other in [
                "Ada\u{2019}s iPhone 12",
                "Ada's iPhone 12",
                "Adas iPhone 12",
                "Adas-iPhone-12",
            ] {
                has(Kind::DeviceName, device, other);
            }
        }
        has(
            Kind::Email,
            "vera@b\u{fc}cher.example",
            "vera@xn--bcher-kva.example",
        );
        has(
            Kind::Email,
            "vera@xn--bcher-kva.example",
            "vera@b\u{fc}cher.example",
        );
    }
}
