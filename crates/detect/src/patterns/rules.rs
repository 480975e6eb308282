use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{accounts, checks};
use crate::sieve::Sieve;

/// A rule of `datasets/patterns`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// Its name.
    pub(crate) slug: String,
    /// What is checked of the value.
    pub(crate) check: Check,
    /// What a value of this shape and name would be.
    pub(crate) datum: String,
    /// Names under which it counts, in small letters and digits alone; none
    /// where the shape says enough.
    pub(crate) names: Vec<String>,
    /// Names of which one must stand in the same record.
    #[serde(default)]
    pub(crate) beside: Vec<String>,
    /// What is left of the value in print.
    pub(crate) mask: Mask,
    /// The check in words.
    pub(crate) words: String,
    /// Why it is no more than a pattern.
    pub(crate) why: String,
    /// The standard or documentation.
    pub(crate) source: String,
}

/// A check of the shape of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Check {
    Uuid,
    Imei,
    Card,
    Iban,
    Ssn,
    Email,
    Phone,
    Address,
    Mac,
    Latitude,
    Longitude,
    Degrees,
    MetaCookie,
    AnalyticsCookie,
    Token,
    Digest,
    Flag,
    /// Where it stands, and not its shape: checked with what is around it.
    Claim,
    /// Against the checksums of the known values.
    Crc32,
}

impl Check {
    /// Whether a value has the shape, as far as the value alone shows it.
    pub(super) fn passes(self, text: &str) -> bool {
        match self {
            Self::Uuid => checks::is_uuid(text),
            Self::Imei => checks::is_imei(text),
            Self::Card => accounts::is_card(text),
            Self::Iban => accounts::is_iban(text),
            Self::Ssn => accounts::is_ssn(text),
            Self::Email => checks::is_email(text),
            Self::Phone => checks::is_phone(text),
            Self::Address => checks::is_public_address(text),
            Self::Mac => checks::is_mac(text),
            Self::Latitude => checks::is_degrees(text, 90.0),
            Self::Longitude => checks::is_degrees(text, 180.0),
            Self::Degrees => checks::is_degrees_pair(text),
            Self::MetaCookie => checks::is_meta_cookie(text),
            Self::AnalyticsCookie => checks::is_analytics_cookie(text),
            Self::Token => checks::is_token(text, 20),
            Self::Digest => checks::is_digest(text),
            Self::Flag => matches!(text, "1" | "true"),
            Self::Claim => (1..=320).contains(&text.len()),
            Self::Crc32 => checks::checksum(text).is_some(),
        }
    }

    /// Whether values of this shape are counted where no name says what they
    /// are: the shape alone is rare.
    pub(super) const fn is_counted(self) -> bool {
        matches!(
            self,
            Self::Uuid
                | Self::Imei
                | Self::Card
                | Self::Iban
                | Self::Phone
                | Self::Address
                | Self::Mac
                | Self::MetaCookie
                | Self::AnalyticsCookie
                | Self::Digest
        )
    }
}

/// What is left of a value in print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mask {
    /// All of it.
    None,
    /// The last four characters.
    LastFour,
    /// The first character, and what stands behind `@`.
    Domain,
}

impl Mask {
    /// The value as it is printed; stars stand for what is hidden.
    pub(crate) fn apply(self, text: &str) -> String {
        let stars = |count: usize| "*".repeat(count.min(20));
        match self {
            Self::None => text.to_owned(),
            Self::LastFour => {
                let hidden = text.chars().count().saturating_sub(4);
                let shown: String = text.chars().skip(hidden).collect();
                stars(hidden) + &shown
            }
            Self::Domain => match text.split_once('@') {
                Some((local, domain)) => {
                    let first: String = local.chars().take(1).collect();
                    format!("{first}{}@{domain}", stars(3))
                }
                None => stars(3),
            },
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesFile {
    pattern: Vec<Rule>,
}

/// The rules, by the names that they ask for.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    rules: Vec<Rule>,
    by_name: BTreeMap<String, Vec<usize>>,
    /// The names.
    names: Sieve,
}

impl Rules {
    /// Reads a file of `datasets/patterns`.
    pub(crate) fn read_file(
        &mut self,
        text: &str,
        is_datum: &dyn Fn(&str) -> bool,
    ) -> Result<(), String> {
        let file: RulesFile = toml::from_str(text).map_err(|error| error.to_string())?;
        for rule in file.pattern {
            let slug = &rule.slug;
            if !is_datum(&rule.datum) {
                return Err(format!("`{slug}` has the unknown datum `{}`", rule.datum));
            }
            if self.rules.iter().any(|other| other.slug == *slug) {
                return Err(format!("there are two patterns `{slug}`"));
            }
            if [&rule.words, &rule.why, &rule.source]
                .iter()
                .any(|text| text.is_empty())
            {
                return Err(format!("`{slug}` lacks words, reason or source"));
            }
            let is_bare = |name: &&String| {
                !name.is_empty()
                    && name
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            };
            let mut names = rule.names.iter().chain(&rule.beside);
            if let Some(name) = names.find(|name| !is_bare(name)) {
                return Err(format!(
                    "`{slug}` has the name `{name}`, which is not written in small letters and digits"
                ));
            }
            let distinct: BTreeSet<&String> = rule.names.iter().collect();
            for name in distinct {
                self.names.insert(name);
                let of = self.by_name.entry(name.clone()).or_default();
                of.push(self.rules.len());
            }
            self.rules.push(rule);
        }
        Ok(())
    }

    /// How many there are.
    pub(crate) const fn len(&self) -> usize {
        self.rules.len()
    }

    /// Those that ask for this name.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = &Rule> {
        let of = self.names.may_hold(name).then(|| self.by_name.get(name));
        let of = of.flatten().into_iter().flatten();
        of.filter_map(|index| self.rules.get(*index))
    }

    /// All of them.
    pub(super) fn all(&self) -> &[Rule] {
        &self.rules
    }
}
