//! Whether a practice speaks of a recipient and a datum.

use std::collections::BTreeSet;

use affiant_model::{DatumTerm, DeclaredPractice, PartyKind, RecipientClass};

use crate::vocabulary::gvl_datums;
use crate::{Rule, Vocabulary};

/// One recipient and one datum, as observed.
pub(crate) struct Subject<'a> {
    /// The organisation, as [`normal`] writes it.
    pub(crate) recipient: String,
    /// Its parent, likewise; empty where none is known.
    pub(crate) parent: String,
    pub(crate) domains: &'a BTreeSet<String>,
    pub(crate) roles: &'a BTreeSet<String>,
    pub(crate) party: PartyKind,
    pub(crate) datum: &'a str,
    pub(crate) category: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RecipientFit {
    Named,
    Class,
    OpenClass,
    /// A class by role; the sources state no role of the recipient that is of it.
    PossibleClass,
    Unstated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum DatumFit {
    Datum,
    Category,
    All,
    Unstated,
}

/// The rule that a practice fits: R1 to R6, R7 for a denial, or R12. `named` is the recipient
/// that it names, as [`normal`] writes it.
pub(crate) fn rule_of(
    practice: &DeclaredPractice,
    named: &str,
    subject: &Subject<'_>,
    vocabulary: &Vocabulary,
) -> Option<Rule> {
    let recipient = recipient_fit(practice, named, subject)?;
    let datum = datum_fit(practice, subject, vocabulary)?;
    if practice.denied {
        let nothing = recipient == RecipientFit::Unstated && datum == DatumFit::Unstated;
        return match recipient {
            // Whom an open class holds is not in evidence, so it denies nothing of anybody.
            RecipientFit::OpenClass => None,
            RecipientFit::PossibleClass => Some(Rule::PossibleClass),
            _ => (!nothing).then_some(Rule::Denial),
        };
    }
    match (recipient, datum) {
        (RecipientFit::Named, DatumFit::Datum) => Some(Rule::RecipientAndDatum),
        (RecipientFit::Named, DatumFit::Category) => Some(Rule::RecipientAndCategory),
        (RecipientFit::Named, _) => Some(Rule::RecipientAlone),
        (RecipientFit::Class, _) => Some(Rule::Class),
        (RecipientFit::OpenClass, _) => Some(Rule::OpenClass),
        (RecipientFit::PossibleClass, _) => Some(Rule::PossibleClass),
        (RecipientFit::Unstated, DatumFit::Unstated) => None,
        (RecipientFit::Unstated, _) => Some(Rule::DatumAlone),
    }
}

fn recipient_fit(
    practice: &DeclaredPractice,
    named: &str,
    subject: &Subject<'_>,
) -> Option<RecipientFit> {
    let written = practice.recipient.trim();
    if !written.is_empty() {
        let fits = (!named.is_empty() && (named == subject.recipient || named == subject.parent))
            || subject
                .domains
                .iter()
                .any(|domain| same_domain(written, domain));
        return fits.then_some(RecipientFit::Named);
    }
    let Some(class) = practice.class else {
        return Some(RecipientFit::Unstated);
    };
    let third = subject.party == PartyKind::Third;
    let role = |word: &str| {
        third
            && subject
                .roles
                .iter()
                .any(|role| !role.starts_with("hosting:") && role.contains(word))
    };
    let fit = match class {
        RecipientClass::Anyone => RecipientFit::Class,
        RecipientClass::FirstParty if !third => RecipientFit::Class,
        RecipientClass::ThirdParties if third => RecipientFit::Class,
        RecipientClass::AdvertisingPartners if role("advertising") => RecipientFit::Class,
        RecipientClass::AnalyticsProviders if role("analytics") => RecipientFit::Class,
        RecipientClass::SocialMedia if role("social media") => RecipientFit::Class,
        RecipientClass::ServiceProviders
        | RecipientClass::Partners
        | RecipientClass::Affiliates
            if third =>
        {
            RecipientFit::OpenClass
        }
        // What a source says of a domain is not all that an organisation does.
        class if third && by_role(class) => RecipientFit::PossibleClass,
        _ => return None,
    };
    Some(fit)
}

/// Whether it depends on the role of a recipient that it is of the class.
pub(crate) const fn by_role(class: RecipientClass) -> bool {
    matches!(
        class,
        RecipientClass::AdvertisingPartners
            | RecipientClass::AnalyticsProviders
            | RecipientClass::SocialMedia
    )
}

fn datum_fit(
    practice: &DeclaredPractice,
    subject: &Subject<'_>,
    vocabulary: &Vocabulary,
) -> Option<DatumFit> {
    if practice.data.is_empty() {
        return Some(DatumFit::Unstated);
    }
    let terms = vocabulary.terms(subject.datum);
    let type_is = |word: &str, known: Option<&String>| {
        known.is_some_and(|known| !known.is_empty() && letters_of(known) == letters_of(word))
    };
    let fit = |item: &String| match DatumTerm::read(item) {
        DatumTerm::Any => Some(DatumFit::All),
        DatumTerm::Datum(name) if name == subject.datum => Some(DatumFit::Datum),
        DatumTerm::Category(term) if term == subject.category => Some(DatumFit::Category),
        DatumTerm::Apple("any") if terms.is_some_and(|t| !t.apple.is_empty()) => {
            Some(DatumFit::All)
        }
        DatumTerm::Google("any") if terms.is_some_and(|t| !t.google.is_empty()) => {
            Some(DatumFit::All)
        }
        DatumTerm::Apple(word) if type_is(word, terms.map(|t| &t.apple)) => {
            Some(DatumFit::Category)
        }
        DatumTerm::Google(word) if type_is(word, terms.map(|t| &t.google)) => {
            Some(DatumFit::Category)
        }
        DatumTerm::Gvl(word) if gvl_datums(word).contains(&subject.datum) => {
            Some(DatumFit::Category)
        }
        _ => None,
    };
    practice.data.iter().filter_map(fit).min()
}

fn letters_of(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Words that say the legal form of an organisation.
const LEGAL_FORMS: [&str; 26] = [
    "inc",
    "incorporated",
    "llc",
    "lp",
    "llp",
    "ltd",
    "limited",
    "plc",
    "corp",
    "corporation",
    "co",
    "company",
    "gmbh",
    "ag",
    "kg",
    "se",
    "sa",
    "sas",
    "sarl",
    "srl",
    "spa",
    "bv",
    "nv",
    "ab",
    "oy",
    "as",
];

/// The name of an organisation without capitals, punctuation and the legal form at
/// its end.
pub(crate) fn normal(name: &str) -> String {
    // The points of `S.A.` go, so that it is one word.
    let plain = name.replace('.', "").to_lowercase();
    let mut words: Vec<&str> = plain
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    while words.len() > 1 && words.last().is_some_and(|last| LEGAL_FORMS.contains(last)) {
        words.pop();
    }
    words.join(" ")
}

/// Whether two names are of one organisation, but for what [`normal`] takes away.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    let one = normal(one);
    !one.is_empty() && one == normal(other)
}

/// Whether what a notice names is the domain or a host below it.
fn same_domain(named: &str, domain: &str) -> bool {
    let named = named.trim_start_matches('.').to_ascii_lowercase();
    let domain = domain.to_ascii_lowercase();
    !domain.is_empty()
        && (named == domain
            || named
                .strip_suffix(&domain)
                .is_some_and(|rest| rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_by_more_than_their_legal_form() {
        assert!(same_name("Meta Platforms, Inc.", "meta platforms"));
        assert!(same_name("Criteo S.A.", "Criteo SA"));
        assert!(!same_name("Meta", "Meta Platforms, Inc."));
        assert!(!same_name("Inc.", ""));
        assert!(!same_name("...", "---"));
    }

    #[test]
    fn a_host_below_the_domain_is_the_domain_and_a_longer_word_is_not() {
        assert!(same_domain("Graph.Facebook.com", "facebook.com"));
        assert!(same_domain(".doubleclick.net", "doubleclick.net"));
        assert!(!same_domain("notfacebook.com", "facebook.com"));
    }
}
