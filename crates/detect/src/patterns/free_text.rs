//! Identifiers that stand in running text and that no list knows: what Fed. R. Civ. P.
//! 5.2(a) names as far as it has a shape, and addresses by which a person is reached.
//!
//! ```text
//! 219-09-9999            a social-security number: three, two and four digits
//! 4111 1111 1111 1111    a payment card: a range of a network, and its check digit
//! born on 5 March 1980   a date of birth: a date behind a word that names it
//! ```
//!
//! A name has no shape: neither minors nor other persons are found.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::accounts::{is_card, is_iban, is_ssn};
use super::checks::{is_email, is_phone};

/// What a text in running text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// A social-security number.
    SocialSecurity,
    /// A number of a taxpayer who has no social-security number.
    Taxpayer,
    /// A date of birth.
    BirthDate,
    /// A number of a payment card.
    Card,
    /// A number of an account at a bank.
    Account,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Telephone,
}

impl Shape {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::SocialSecurity,
        Self::Taxpayer,
        Self::BirthDate,
        Self::Card,
        Self::Account,
        Self::Email,
        Self::Telephone,
    ];

    /// It in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::SocialSecurity => "social-security number",
            Self::Taxpayer => "taxpayer-identification number",
            Self::BirthDate => "date of birth",
            Self::Card => "payment card",
            Self::Account => "account number",
            Self::Email => "e-mail address",
            Self::Telephone => "telephone number",
        }
    }

    /// The rule that asks for its redaction; `None` of one that this program adds.
    #[must_use]
    pub const fn rule(self) -> Option<&'static str> {
        match self {
            Self::SocialSecurity | Self::Taxpayer => Some("Fed. R. Civ. P. 5.2(a)(1)"),
            Self::BirthDate => Some("Fed. R. Civ. P. 5.2(a)(2)"),
            Self::Card | Self::Account => Some("Fed. R. Civ. P. 5.2(a)(4)"),
            Self::Email | Self::Telephone => None,
        }
    }

    /// A text of the shape in the one spelling in which two are compared.
    #[must_use]
    pub fn canonical(self, text: &str) -> String {
        let plain: String = match self {
            Self::Email => return text.trim().to_lowercase(),
            _ => text.chars().filter(char::is_ascii_alphanumeric).collect(),
        };
        match self {
            // `+1 415 555 0100` and `(415) 555-0100` are one number.
            Self::Telephone if plain.len() == 11 && plain.starts_with('1') => plain[1..].to_owned(),
            _ => plain.to_lowercase(),
        }
    }
}

/// A text that has the shape of an identifier. It may be a person's: it is for the
/// caller to keep it from being printed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FreeText {
    /// What it may be.
    pub shape: Shape,
    /// The text.
    pub text: String,
}

/// A date, as it is written in figures or in English words.
const DATE: &str = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|(?:19|20)\d{6}|\d{1,2}\.? [A-Z][a-z]{2,8}\.? \d{4}|[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4})";

/// The shapes: the first group is the text, which stands alone (see [`is_alone`]).
const SHAPES: &[(Shape, &str)] = &[
    (Shape::SocialSecurity, r"(\d{3}-\d{2}-\d{4})"),
    (
        Shape::SocialSecurity,
        r"(?i:(?:^|[^a-z])(?:ssn|social[ _-]?security))[^0-9A-Za-z]{0,6}(?i:(?:number|no)?)[^0-9A-Za-z]{0,12}(\d{3}[ -]?\d{2}[ -]?\d{4})",
    ),
    (
        Shape::Taxpayer,
        r"(9\d{2}-(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])-\d{4})",
    ),
    (
        Shape::Card,
        r"(\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}(?:[ -]\d{3})?|\d{4}[ -]\d{6}[ -]\d{4,5}|\d{13,19})",
    ),
    (
        Shape::Account,
        r"([A-Z]{2}\d{2}(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?|[A-Z]{2}\d{2}[A-Z0-9]{11,30})",
    ),
    (
        Shape::Telephone,
        r"((?:\+?1[-. ])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-.])[2-9]\d{2}[-.]\d{4})",
    ),
    (Shape::Telephone, r"(\+[1-9]\d(?:[ .()-]{0,2}\d){6,13})"),
    (
        Shape::Email,
        r"([A-Za-z0-9._%+-]{1,64}(?:@|%40)(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})",
    ),
];

static EXPRESSIONS: LazyLock<Vec<(Shape, Regex)>> = LazyLock::new(|| {
    let birth = format!(
        r"(?i:date[ _-]?of[ _-]?birth|birth[ _-]?da(?:te|y)|(?:^|[^a-z])dob|(?:^|[^a-z])born|geburts(?:datum|tag)|geboren)[^0-9A-Za-z]{{0,12}}(?i:(?:is|on|am)[^0-9A-Za-z]{{1,4}})?({DATE})"
    );
    let shapes = SHAPES.iter().map(|(shape, text)| (*shape, *text));
    let shapes = shapes.chain([(Shape::BirthDate, birth.as_str())]);
    // What does not compile is missing from the list, which a test denies.
    shapes
        .filter_map(|(shape, text)| Some((shape, Regex::new(&format!("(?-u){text}")).ok()?)))
        .collect()
});

/// Every text in `text` that has the shape of an identifier, each once, in order.
#[must_use]
pub fn free_text(text: &str) -> Vec<FreeText> {
    let text: String = text.chars().map(plain).collect();
    let mut found: Vec<FreeText> = Vec::new();
    for (shape, expression) in EXPRESSIONS.iter() {
        let mut from = 0;
        while let Some(captures) = expression.captures_at(text.as_bytes(), from) {
            // The group is of ASCII alone.
            let group = captures.get(1).map(|group| group.range());
            let Some((range, held)) = group.and_then(|at| Some((at.clone(), text.get(at)?))) else {
                break;
            };
            let fits = is_alone(&text, range.clone(), *shape) && passes(*shape, held);
            // Within what does not fit another may begin.
            from = match fits {
                true => range.end,
                false => range.start + 1,
            };
            let one = FreeText {
                shape: *shape,
                text: held.to_owned(),
            };
            if fits && !found.contains(&one) {
                found.push(one);
            }
        }
    }
    found.sort();
    found
}

/// E-mail addresses in a text whose words are not parted, as a page shows a long one in
/// several lines: what stands before an address may seem to belong to it.
#[must_use]
pub fn emails_without_spaces(text: &str) -> Vec<FreeText> {
    let (local, domain) = (
        |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c),
        |c: char| c.is_ascii_alphanumeric() || ".-".contains(c),
    );
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let before: String = text[..at]
            .chars()
            .rev()
            .take(64)
            .take_while(|c| local(*c))
            .collect();
        let before: String = before.chars().rev().collect();
        let after: String = text[at + 1..]
            .chars()
            .take(253)
            .take_while(|c| domain(*c))
            .collect();
        // The longest that ends in a suffix of the list; what follows begins anew with a
        // capital or a digit, so that `icon@2x.png` is not taken for one under `.pn`.
        let begins = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_lowercase());
        let address = (4..=after.len())
            .rev()
            .filter(|end| begins(&after[*end..]))
            .map(|end| format!("{}@{}", before.trim_start_matches('.'), &after[..end]))
            .find(|address| is_email(address));
        found.extend(address.map(|text| FreeText {
            shape: Shape::Email,
            text,
        }));
    }
    found
}

/// Dashes and spaces of print as those of a keyboard.
const fn plain(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{A0}' | '\u{202F}' | '\n' | '\r' | '\t' => ' ',
        c => c,
    }
}

fn passes(shape: Shape, text: &str) -> bool {
    match shape {
        Shape::SocialSecurity => is_ssn(&text.replace(' ', "-")),
        Shape::Taxpayer => true,
        Shape::Card => is_card(text),
        Shape::Account => is_iban(text),
        Shape::Email => is_email(&text.replace("%40", "@")),
        Shape::Telephone => !text.starts_with('+') || is_phone(text) && !is_degrees(text),
        Shape::BirthDate => is_day(text),
    }
}

/// `+37.7749295`: degrees with their decimals are no telephone number.
fn is_degrees(text: &str) -> bool {
    let decimals = text.split_once('.').map(|(_, decimals)| decimals);
    decimals.is_some_and(|text| text.len() > 3 && text.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether the figures of a date can be of one: a year from 1900, a month and a day.
fn is_day(text: &str) -> bool {
    let numbers = || {
        text.split(|c: char| !c.is_ascii_digit())
            .filter(|n| !n.is_empty())
    };
    let bare = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<u32> = match bare {
        true => [&text[..4], &text[4..6], &text[6..]]
            .iter()
            .filter_map(|n| n.parse().ok())
            .collect(),
        false => numbers().filter_map(|n| n.parse().ok()).collect(),
    };
    let years = parts.iter().filter(|n| (1900..2100).contains(*n)).count();
    years == 1 && parts.iter().all(|n| (1..=31).contains(n) || *n >= 1900)
}

/// Whether the text is not a part of a longer number, word or code: `219-09-9999` in
/// `a219-09-9999` or in `219-09-9999-1`. A date is not one that has a time of day.
fn is_alone(text: &str, range: std::ops::Range<usize>, shape: Shape) -> bool {
    let (before, after) = (&text[..range.start], &text[range.end..]);
    let last = before.chars().next_back().unwrap_or(' ');
    let next = after.chars().next().unwrap_or(' ');
    if shape == Shape::Email {
        return !(last.is_alphanumeric() || next.is_alphanumeric());
    }
    let joins = |c: char| c.is_alphanumeric() || "_-+%".contains(c);
    let decimals = |c: char, digits: Option<char>| {
        ".,/".contains(c) && digits.is_some_and(|digit| digit.is_ascii_digit())
    };
    let timed = shape == Shape::BirthDate && {
        let clock: Vec<char> = after.chars().take(4).collect();
        matches!(clock[..], [' ' | 'T', a, b, ':'] if a.is_ascii_digit() && b.is_ascii_digit())
            || matches!(clock[..], ['T', a, ..] if a.is_ascii_digit())
    };
    !(joins(last)
        || joins(next)
        || decimals(last, before.chars().rev().nth(1))
        || decimals(next, after.chars().nth(1))
        || timed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(text: &str) -> Vec<Shape> {
        free_text(text)
            .into_iter()
            .map(|found| found.shape)
            .collect()
    }

    #[test]
    fn every_shape_has_an_expression() {
        assert_eq!(EXPRESSIONS.len(), SHAPES.len() + 1);
    }

    #[test]
    fn what_rule_5_2_names_is_found_in_running_text() {
        // Numbers of the networks' and the agency's own examples.
        for (shape, text) in [
            (Shape::SocialSecurity, "her number, 219-09-9999, was"),
            (Shape::SocialSecurity, "219\u{2011}09\u{2011}9999"),
            (Shape::SocialSecurity, "ssn=219099999&x"),
            (Shape::SocialSecurity, "Social Security No. 219 09 9999"),
            (Shape::Taxpayer, "(912-70-1234)"),
            (Shape::Card, "card 4111 1111 1111 1111."),
            (Shape::Card, "pan=378282246310005"),
            (Shape::Card, "5555-5555-5555-4444"),
            (Shape::Account, "IBAN GB82 WEST 1234 5698 7654 32 of"),
            (Shape::BirthDate, "Born on 5 March 1980 in"),
            (Shape::BirthDate, "date of birth: 03/05/1980"),
            (Shape::BirthDate, "\"dob\":\"19800305\""),
            (Shape::BirthDate, "birth_date,1980-03-05"),
            (Shape::Email, "to ann.oneil@example.org, and"),
            (Shape::Email, "email=ann%40example.org"),
            (Shape::Telephone, "call (415) 555-0100"),
            (Shape::Telephone, "415.555.0100"),
            (Shape::Telephone, "+44 20 7946 0958"),
            (Shape::Telephone, "tel:+14155550100"),
        ] {
            assert_eq!(shapes(text), [shape], "{text}");
        }
    }

    #[test]
    fn numbers_of_the_documents_themselves_are_none() {
        for text in [
            "T-000123, E-0004, 2026-01-31T14:00:05Z, 9,218,554,123 bytes",
            "219-09-9999-1 a219-09-9999 1.219-09-9999",
            "000-12-3456 666-12-3456 219-00-9999",
            "4111 1111 1111 1112, 1717171717171, 4242",
            "birth date 2026-01-31T10:00:00Z",
            "birth date 2026-01-31 10:00",
            "date of birth: [birth date A-1, 1980]",
            "icon@2x.png @scope/package ann@localhost",
            "+37.7749295 GMT+0100 0x41+12345678 2.415.555.0100",
            "5f4dcc3b5aa765d61d8327deb882cf99 203.0.113.77",
            "GB82 WEST 1234 5698 7654 33",
        ] {
            assert_eq!(shapes(text), [], "{text}");
        }
    }

    #[test]
    fn an_address_broken_at_the_end_of_a_line_is_found_without_its_spaces() {
        let found = emails_without_spaces("Valueann.oneil@example.orgBytes12");
        assert_eq!(found.len(), 1);
        assert!(
            found[0].text.ends_with("ann.oneil@example.org"),
            "{found:?}"
        );
        assert!(emails_without_spaces("icon@2x.png").is_empty());
    }

    #[test]
    fn two_spellings_of_one_are_one() {
        let of = Shape::Telephone;
        assert_eq!(
            of.canonical("+1 (415) 555-0100"),
            of.canonical("415.555.0100")
        );
        let of = Shape::Email;
        assert_eq!(of.canonical("A@Example.org"), of.canonical("a@example.org"));
    }
}
