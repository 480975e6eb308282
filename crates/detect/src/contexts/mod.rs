//! Circumstances of an exchange on which statutes turn: that a page names a
//! matter of health, that a video is named beside an identifier, that a place is
//! precise, that the subject is a minor. What is found says where it is to be
//! seen and why it is said; what follows from it is for a court.

mod lists;
mod words;

use std::collections::BTreeMap;

use affiant_model::{
    Basis, Case, Context, ContextFinding, Exchange, ExchangeRow, IdentifierKind, PartyKind, Place,
    Span, Transmittal, TransmittalId,
};
use chrono::{DateTime, NaiveDate, Utc};

use crate::decode::DecodeLimits;
use crate::patterns::Match;
use crate::screen::without_credentials;
use lists::Lists;
use words::excerpt;

/// How many findings of one exchange are given; the others are counted.
pub(crate) const MOST_FINDINGS: usize = 200;

/// What a statute says of precise geolocation.
const PRECISE: &str = "Cal. Civ. Code § 1798.140(w): within a circle with a radius of 1,850 feet (564 metres). Three decimals of a degree are 111 metres of latitude, and less of longitude";

/// What is said of an age, and the statutes that turn on it.
const AGES: [(i32, &str, &str); 3] = [
    (
        13,
        "under-13",
        "15 U.S.C. § 6501(1); Cal. Civ. Code § 1798.120(c)",
    ),
    (
        16,
        "under-16",
        "Cal. Civ. Code § 1798.120(c); Regulation (EU) 2016/679, Art. 8(1)",
    ),
    (
        18,
        "under-18",
        "Cal. Bus. & Prof. Code § 22580; Cal. Fam. Code § 6500",
    ),
];

/// The lists of `datasets/contexts`.
#[derive(Debug, Default)]
pub(crate) struct Contexts(Lists);

/// What is known of an exchange when its contexts are looked for.
pub(crate) struct Seen<'s> {
    pub(crate) case: &'s Case,
    pub(crate) exchange: &'s Exchange,
    pub(crate) row: &'s ExchangeRow,
    pub(crate) party: PartyKind,
    pub(crate) transmittals: &'s [Transmittal],
    pub(crate) patterns: &'s [Match<'s>],
    pub(crate) limits: &'s DecodeLimits,
    /// Whether a datum identifies a person, device or household.
    pub(crate) identifies: &'s dyn Fn(&str) -> bool,
}

/// One thing that is said of an exchange.
struct Said {
    context: Context,
    basis: Basis,
    datum: String,
    place: Place,
    locator: String,
    span: Span,
    value: String,
    matched: String,
    rule: String,
    source: String,
}

impl Contexts {
    /// Reads a file of `datasets/contexts`.
    pub(crate) fn read_file(&mut self, text: &str) -> Result<(), String> {
        self.0.read_file(text)
    }

    /// How many lists there are.
    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }

    /// The contexts of an exchange, and how many more there are than are given.
    pub(crate) fn find(&self, seen: &Seen<'_>) -> (Vec<ContextFinding>, usize) {
        let mut said = self.words(seen);
        said.extend(videos(seen));
        said.extend(places(seen));
        said.extend(flags(seen));
        said.extend(minors(seen));
        let beyond = said.len().saturating_sub(MOST_FINDINGS);
        said.truncate(MOST_FINDINGS);
        let with: Vec<TransmittalId> = seen
            .transmittals
            .iter()
            .filter(|t| (seen.identifies)(&t.datum))
            .map(|t| t.transmittal)
            .collect();
        let found = said.into_iter().map(|said| finding(said, seen, &with));
        (found.collect(), beyond)
    }
}

/// What is said at the place of a transmittal.
fn at(
    transmittal: &Transmittal,
    context: Context,
    rule: &str,
    matched: String,
    source: String,
) -> Said {
    Said {
        context,
        basis: transmittal.basis,
        datum: transmittal.datum.clone(),
        place: transmittal.place,
        locator: transmittal.locator.clone(),
        span: transmittal.span,
        value: excerpt(&transmittal.value, 0),
        matched,
        rule: rule.to_owned(),
        source,
    }
}

/// Titles and identifiers of videos, and whether an identifier is beside them.
fn videos(seen: &Seen<'_>) -> Vec<Said> {
    let is_identified = seen
        .transmittals
        .iter()
        .any(|t| (seen.identifies)(&t.datum));
    let (rule, matched) = match is_identified {
        true => (
            "video-with-identifier",
            "a video is named in the same request as an identifier",
        ),
        false => ("video-named", "a video is named"),
    };
    let videos = seen
        .transmittals
        .iter()
        .filter(|t| matches!(t.datum.as_str(), "video_title" | "video_id"));
    videos
        .map(|t| {
            let source = format!(
                "18 U.S.C. § 2710(a)(3) (personally identifiable information); the field: {}",
                t.source.as_deref().unwrap_or("a known value")
            );
            at(t, Context::Video, rule, matched.to_owned(), source)
        })
        .collect()
}

/// Coordinates with so many decimals that they say where, and not only roughly.
fn places(seen: &Seen<'_>) -> Vec<Said> {
    let is_place = |t: &&Transmittal| {
        matches!(t.datum.as_str(), "coordinates" | "latitude" | "longitude") && is_degrees(&t.value)
    };
    let places = seen.transmittals.iter().filter(is_place);
    places
        .filter_map(|t| {
            let decimals = decimals_of(&t.value)?;
            (decimals >= 3).then(|| {
                let matched = format!("{decimals} decimals of a degree");
                at(
                    t,
                    Context::PreciseLocation,
                    "three-decimals",
                    matched,
                    PRECISE.to_owned(),
                )
            })
        })
        .collect()
}

/// Whether a value is degrees, and no digest or text of them.
fn is_degrees(value: &str) -> bool {
    let is_of_number = |c: char| c.is_ascii_digit() || " .,;|-+()[]".contains(c);
    value.len() <= 64 && value.chars().all(is_of_number)
}

/// The fewest decimals of the numbers in a text; `None` where one has none. Whole
/// numbers of seven digits or more are degrees times ten to the power of six or seven.
fn decimals_of(text: &str) -> Option<usize> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .filter(|number| !number.is_empty())
        .map(|number| match number.split_once('.') {
            // Zeros at the end say nothing.
            Some((_, decimals)) => decimals.trim_end_matches('0').len(),
            None if (7..=10).contains(&number.len()) => 6,
            None => 0,
        })
        .min()
        .filter(|decimals| *decimals > 0)
}

/// Marks by which a sender says that a request is directed at children.
fn flags(seen: &Seen<'_>) -> Vec<Said> {
    const MATCHED: &str = "the sender marks the request as directed at children";
    const TURNS: &str = "15 U.S.C. § 6501(10); 16 CFR § 312.2. The mark: ";
    let documented = seen
        .transmittals
        .iter()
        .filter(|t| t.datum == "child_directed" && matches!(t.value.as_str(), "1" | "true"))
        .map(|t| {
            let source = format!("{TURNS}{}", t.source.as_deref().unwrap_or_default());
            at(
                t,
                Context::Children,
                "child-directed-field",
                MATCHED.to_owned(),
                source,
            )
        });
    let patterns = seen
        .patterns
        .iter()
        .filter(|found| found.rule.datum == "child_directed")
        .map(|found| Said {
            context: Context::Children,
            basis: Basis::Pattern,
            datum: found.rule.datum.clone(),
            place: found.leaf.place,
            locator: found.leaf.locator().to_string(),
            span: found.leaf.span,
            value: format!("{}: {}", found.name, found.shown),
            matched: MATCHED.to_owned(),
            rule: found.rule.slug.clone(),
            source: format!("{TURNS}{}", found.rule.source),
        });
    documented.chain(patterns).collect()
}

/// The subjects of whom something was sent and who were minors at the time.
fn minors(seen: &Seen<'_>) -> Vec<Said> {
    let Some(time) = seen.row.time else {
        return Vec::new();
    };
    let mut first: BTreeMap<&str, &Transmittal> = BTreeMap::new();
    for transmittal in seen.transmittals {
        if let Some(subject) = &transmittal.subject {
            first.entry(subject).or_insert(transmittal);
        }
    }
    let mut said = Vec::new();
    for (name, transmittal) in first {
        let Some((age, (_, rule, statutes))) = born(seen.case, name)
            .and_then(|date| age_at(date, time))
            .and_then(|age| Some((age, *AGES.iter().find(|(under, ..)| age < *under)?)))
        else {
            continue;
        };
        let matched = format!(
            "{name} was {age} years old on {}, by the date of birth in the case file and the capture's clock",
            time.format("%Y-%m-%d")
        );
        said.push(Said {
            basis: Basis::KnownValue,
            ..at(
                transmittal,
                Context::Minor,
                rule,
                matched,
                statutes.to_owned(),
            )
        });
    }
    said
}

/// The date of birth that the case file lists of a subject.
fn born(case: &Case, name: &str) -> Option<NaiveDate> {
    let subject = case.subjects.iter().find(|subject| subject.name == name)?;
    let mut identifiers = subject.identifiers.iter();
    let born = identifiers.find(|i| i.kind == IdentifierKind::BirthDate)?;
    NaiveDate::parse_from_str(born.value.trim(), "%Y-%m-%d").ok()
}

/// Full years from a date to a time; `None` before it.
fn age_at(born: NaiveDate, time: DateTime<Utc>) -> Option<i32> {
    let years = time.date_naive().years_since(born)?;
    i32::try_from(years).ok()
}

fn finding(said: Said, seen: &Seen<'_>, with: &[TransmittalId]) -> ContextFinding {
    let row = seen.row;
    ContextFinding {
        exhibit: row.exhibit,
        exchange: row.exchange,
        time: row.time,
        host: row.host.clone(),
        recipient: row.recipient.clone(),
        party: seen.party,
        reach: row.reach,
        context: said.context,
        basis: said.basis,
        datum: said.datum,
        place: said.place,
        locator: said.locator,
        span: said.span,
        value: without_credentials(&said.value).into_owned(),
        matched: said.matched,
        rule: said.rule,
        source: said.source,
        with: with.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_counted_in_full_years() {
        let born = NaiveDate::from_ymd_opt(2010, 3, 5).unwrap();
        let age = |text: &str| age_at(born, text.parse().unwrap());
        assert_eq!(age("2023-03-04T23:00:00Z"), Some(12));
        assert_eq!(age("2023-03-05T00:00:00Z"), Some(13));
        assert_eq!(age("2009-01-01T00:00:00Z"), None);
    }

    #[test]
    fn decimals_are_counted_without_the_zeros_at_the_end() {
        assert_eq!(decimals_of("37.774929"), Some(6));
        assert_eq!(decimals_of("37.7700,-122.4194"), Some(2));
        assert_eq!(decimals_of("-1224194160"), Some(6));
        assert_eq!(decimals_of("37"), None);
        assert_eq!(decimals_of("37.000"), None);
    }

    #[test]
    fn an_excerpt_shows_what_was_matched() {
        let text = format!("{}birth control{}", "a ".repeat(100), " b".repeat(100));
        let shown = excerpt(&text, 200);
        assert!(shown.starts_with("… ") && shown.ends_with(" …"));
        assert!(shown.contains("birth control"));
        assert_eq!(excerpt("short", 0), "short");
    }
}
