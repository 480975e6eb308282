use super::letters::{bare, cases, folded, foreign, transliterated};
use super::{Manner, Spellings, named, number};

/// The two domains of Gmail, at which dots before the sign count for nothing.
/// Google and others remove them before they hash (Google Ads Help, "About
/// enhanced conversions"; Unified ID 2.0, "Email Address Normalization").
const GMAIL: [&str; 2] = ["gmail.com", "googlemail.com"];

pub(super) fn email(value: &str, all: &mut Spellings) {
    cases(value, all);
    let lower = value.to_lowercase();
    let Some((local, domain)) = lower.rsplit_once('@') else {
        return;
    };
    if let Some(other) = named::other_domain(domain) {
        all.add(
            format!("{local}@{other}"),
            "domain in other letters",
            Manner::Anywhere,
        );
    }
    let untagged = local.split('+').next().unwrap_or(local);
    let mut add = |local: &str, domain: &str, name| {
        all.add(format!("{local}@{domain}"), name, Manner::Anywhere);
    };
    add(untagged, domain, "address without tag");
    if GMAIL.contains(&domain) {
        let undotted = |local: &str| local.replace('.', "");
        for domain in [domain, GMAIL[0], GMAIL[1]] {
            add(&undotted(local), domain, "address without dots");
            add(&undotted(untagged), domain, "address without dots and tag");
            add(untagged, domain, "address without tag");
            add(local, domain, "address at the other domain");
        }
    }
}

/// Country calling codes of one and two digits (ITU-T E.164, list of assigned
/// codes); all others have three.
const CALLING_CODES: [&str; 46] = [
    "1", "7", "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45",
    "46", "47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63",
    "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
];

/// Shortest national number that is looked for, in digits: shorter ones are
/// numbers of other things.
const SHORTEST_NATIONAL: usize = 9;

pub(super) fn phone(value: &str, all: &mut Spellings) {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    all.add(format!("+{digits}"), "+digits", Manner::Number);
    all.add(digits.clone(), "digits", Manner::Number);
    number::as_double(&digits, all);
    if !value.starts_with('+') {
        return;
    }
    all.add(format!("00{digits}"), "00digits", Manner::Number);
    // How one dials abroad from North America (ITU-T Operational Bulletin, "Dialling
    // procedures").
    if !digits.starts_with('1') {
        all.add(format!("011{digits}"), "011digits", Manner::Number);
    }
    let code = CALLING_CODES
        .iter()
        .find(|code| digits.starts_with(**code))
        .map_or(3, |code| code.len());
    let Some(national) = digits.get(code..) else {
        return;
    };
    if national.len() >= SHORTEST_NATIONAL {
        all.add(national, "national number", Manner::Number);
    }
    // In the North American plan and in Italy no zero is dialled before it.
    if code > 1 && !digits.starts_with("39") && national.len() + 1 >= SHORTEST_NATIONAL {
        all.add(
            format!("0{national}"),
            "national number with 0",
            Manner::Number,
        );
    }
    punctuated(value, code, all);
    if digits.starts_with('1') && national.len() == 10 {
        let (area, exchange, line) = (&national[..3], &national[3..6], &national[6..]);
        for written in [
            format!("({area}) {exchange}-{line}"),
            format!("{area}-{exchange}-{line}"),
            format!("+1 ({area}) {exchange}-{line}"),
            format!("+1-{area}-{exchange}-{line}"),
            format!("+1 {area}-{exchange}-{line}"),
            format!("+1 {area} {exchange} {line}"),
            format!("1-{area}-{exchange}-{line}"),
            format!("({area}){exchange}-{line}"),
            format!("{area}.{exchange}.{line}"),
            format!("{area} {exchange} {line}"),
        ] {
            all.add(written, "punctuated number", Manner::Hashed);
        }
    }
}

/// The groups in which a number is listed, with other marks between them and with what is
/// dialled within the country, to be found hashed.
fn punctuated(value: &str, code: usize, all: &mut Spellings) {
    let groups: Vec<&str> = value
        .split(|c: char| !c.is_ascii_digit())
        .filter(|group| !group.is_empty())
        .collect();
    let Some((country, rest)) = groups.split_first() else {
        return;
    };
    if country.len() != code || rest.len() < 2 {
        return;
    }
    for between in [" ", "-", "."] {
        let national = rest.join(between);
        for before in ["", "0", &format!("+{country}{between}")] {
            let written = format!("{before}{national}");
            all.add(written, "punctuated number", Manner::Hashed);
        }
    }
}

pub(super) fn person_name(value: &str, all: &mut Spellings) {
    cases(value, all);
    foreign(value, all);
    named::person(value, all);
    let lower = value.to_lowercase();
    let plain = folded(&lower);
    for name in [&lower, &plain] {
        all.add(bare(name), "text without spaces", Manner::Anywhere);
        let Some((first, last)) = name.rsplit_once(char::is_whitespace) else {
            continue;
        };
        let first = first.trim();
        all.add(
            format!("{last}, {first}"),
            "reversed name",
            Manner::Anywhere,
        );
        all.add(format!("{last} {first}"), "reversed name", Manner::Anywhere);
    }
    let transliterated = transliterated(&lower);
    for name in [
        value,
        &lower,
        &plain,
        &transliterated,
        &value.to_uppercase(),
    ] {
        parts_of_name(name, all);
    }
}

/// The first name, all given names and the last name, each of which many people share,
/// and the first and the last without those between.
fn parts_of_name(name: &str, all: &mut Spellings) {
    let Some((first, last)) = name.rsplit_once(char::is_whitespace) else {
        return;
    };
    let first = first.trim();
    let given = first.split_whitespace().next().unwrap_or(first);
    if given != first {
        let both = format!("{given} {last}");
        all.add(both, "first and last name", Manner::Anywhere);
    }
    for (part, name) in [
        (given, "first name"),
        (first, "given names"),
        (last, "last name"),
    ] {
        if part.chars().count() > 1 {
            all.add(part, name, Manner::Shared);
            all.add(bare(part), name, Manner::Shared);
        }
    }
}

/// Words of streets and how they are shortened (USPS Publication 28, appendix C1).
pub(super) const STREETS: [(&str, &str); 12] = [
    ("street", "st"),
    ("avenue", "ave"),
    ("road", "rd"),
    ("boulevard", "blvd"),
    ("drive", "dr"),
    ("lane", "ln"),
    ("court", "ct"),
    ("place", "pl"),
    ("square", "sq"),
    ("terrace", "ter"),
    ("highway", "hwy"),
    ("parkway", "pkwy"),
];

pub(super) fn street_address(value: &str, all: &mut Spellings) {
    cases(value, all);
    foreign(value, all);
    let lower = folded(&value.to_lowercase());
    all.add(bare(&lower), "text without spaces", Manner::Anywhere);
    for (text, name) in lines(&lower) {
        all.add(text, name, Manner::Anywhere);
    }
    // What stands before the part of the house is shared by all who live there.
    if let Some((line, _)) = value.split_once(',') {
        all.add(line.trim(), "first line", Manner::Shared);
        for (text, _) in lines(&folded(&line.to_lowercase())) {
            all.add(text, "first line", Manner::Shared);
        }
    }
}

/// An address in small letters, without punctuation: as it is, with the words of streets
/// shortened, and with them in full.
fn lines(lower: &str) -> [(String, &'static str); 3] {
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let written = |from: fn(&(&'static str, &'static str)) -> (&'static str, &'static str)| {
        let word = |word: &&str| {
            let mut pairs = STREETS.iter().map(from);
            let other = pairs.find(|(this, _)| this == word);
            other.map_or_else(|| (*word).to_owned(), |(_, other)| other.to_owned())
        };
        words.iter().map(word).collect::<Vec<_>>().join(" ")
    };
    [
        (words.join(" "), "text without punctuation"),
        (written(|pair| *pair), "abbreviation"),
        (written(|(long, short)| (short, long)), "text in full"),
    ]
}
