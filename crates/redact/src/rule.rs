//! What is done with which kind of datum, and under which rule.

use std::collections::BTreeSet;

/// What stands in the place of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Treatment {
    /// A pseudonym.
    Pseudonym,
    /// A pseudonym with the last four characters.
    LastFour,
    /// A pseudonym with the year.
    Year,
    /// The initials of the name.
    Initials,
    /// A pseudonym with city and state.
    CityAndState,
}

/// The rule under which a value is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Fed. R. Civ. P. 5.2(a)(1): social-security and taxpayer-identification numbers.
    Number,
    /// Fed. R. Civ. P. 5.2(a)(2): dates of birth.
    Birth,
    /// Fed. R. Civ. P. 5.2(a)(3): names of minors.
    Minor,
    /// Fed. R. Civ. P. 5.2(a)(4): numbers of financial accounts.
    Account,
    /// C.D. Cal. L.R. 5.2-1: home addresses.
    HomeAddress,
    /// Beyond these rules: personal data that the case is about.
    Beyond,
}

impl Rule {
    /// The rule as it is cited.
    #[must_use]
    pub const fn citation(self) -> &'static str {
        match self {
            Self::Number => "Fed. R. Civ. P. 5.2(a)(1)",
            Self::Birth => "Fed. R. Civ. P. 5.2(a)(2)",
            Self::Minor => "Fed. R. Civ. P. 5.2(a)(3)",
            Self::Account => "Fed. R. Civ. P. 5.2(a)(4)",
            Self::HomeAddress => "C.D. Cal. L.R. 5.2-1",
            Self::Beyond => "beyond Rule 5.2(a)",
        }
    }
}

/// What the case file asks for beyond the program's own rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Kinds of datum that are left as they are.
    pub open: BTreeSet<String>,
    /// Further kinds that are taken out.
    pub closed: BTreeSet<String>,
    /// Names of minors.
    pub minors: Vec<String>,
    /// Words of the documents themselves, as they are written: a short value that is one
    /// of them is not searched for, since it would be found in every document.
    pub own_words: BTreeSet<String>,
    /// Whether city and state of a home address are printed, as C.D. Cal. L.R. 5.2-1 has it.
    pub home_address: bool,
}

/// Kinds that say what a device or program is, or what happened, and single
/// nobody out by themselves. Every other kind is taken out: one that is new, or
/// not known to the program, is too.
const OPEN: &[&str] = &[
    "ad_tracking_permission",
    "app_tracking_setting",
    "app_id",
    "app_name",
    "app_version",
    "app_build",
    "vendor_app_id",
    "installer",
    "url_schemes",
    "install_time",
    "update_time",
    "event_name",
    "event_time",
    "screen_name",
    "user_agent",
    "device_make",
    "device_model",
    "os_name",
    "os_version",
    "os_build",
    "cpu_cores",
    "cpu_type",
    "memory_total",
    "memory_free",
    "disk_total",
    "disk_free",
    "battery_level",
    "screen_width",
    "screen_height",
    "screen_density",
    "screen_resolution",
    "viewport_size",
    "color_depth",
    "orientation",
    "audio_volume",
    "boot_time",
    "rooted",
    "emulator",
    "time_zone",
    "time_zone_abbreviation",
    "language",
    "country",
    "state",
    "city",
    "carrier",
    "network_code",
    "connection_type",
    "location_accuracy",
    "browser_name",
    "browser_version",
    "browser_features",
    "sdk_version",
    "ad_placement",
    "campaign",
    "purchase_value",
    "session_count",
    "session_start",
    "usage_duration",
    "time_on_page",
    "scroll_depth",
    "pointer_position",
    "consent_tcf",
    "consent_gpp",
    "consent_us_privacy",
    "consent_gpc",
    "consent_dnt",
    "consent_state",
    "gdpr_applies",
    "child_directed",
];

impl Settings {
    /// What is done with values of a kind; `None` where they are left as they are.
    #[must_use]
    pub fn of(&self, datum: &str) -> Option<(Treatment, Rule)> {
        let own = match datum {
            "social_security_number" => Some((Treatment::LastFour, Rule::Number)),
            "birth_date" => Some((Treatment::Year, Rule::Birth)),
            "payment_card" | "bank_account" => Some((Treatment::LastFour, Rule::Account)),
            "street_address" if self.home_address => {
                Some((Treatment::CityAndState, Rule::HomeAddress))
            }
            datum if OPEN.contains(&datum) => None,
            _ => Some((Treatment::Pseudonym, Rule::Beyond)),
        };
        // What Rule 5.2(a) asks for is no choice of the case file.
        if own.is_some_and(|(_, rule)| rule != Rule::Beyond) {
            return own;
        }
        if self.closed.contains(datum) {
            return Some((Treatment::Pseudonym, Rule::Beyond));
        }
        own.filter(|_| !self.open.contains(datum))
    }
}

/// What of a value may stay, by its treatment; `None` where nothing may.
pub(crate) fn remainder(treatment: Treatment, value: &str) -> Option<String> {
    match treatment {
        Treatment::Pseudonym | Treatment::Initials => None,
        Treatment::LastFour => {
            let kept: Vec<char> = value.chars().filter(|c| c.is_alphanumeric()).collect();
            // Of a short value four characters would be the most of it.
            (kept.len() >= 8).then(|| kept[kept.len() - 4..].iter().collect())
        }
        Treatment::Year => year(value),
        Treatment::CityAndState => {
            let parts: Vec<&str> = value.split(',').map(str::trim).collect();
            let [_, .., city, state] = parts.as_slice() else {
                return None;
            };
            let state: String = state.chars().take_while(|c| !c.is_ascii_digit()).collect();
            let both = format!("{city}, {}", state.trim());
            let plain = |c: char| c.is_alphabetic() || " ,.'-".contains(c);
            (!city.is_empty() && !state.trim().is_empty() && both.chars().all(plain))
                .then_some(both)
        }
    }
}

/// The one run of exactly four digits from 1900 to 2099.
fn year(value: &str) -> Option<String> {
    let mut years = value
        .split(|c: char| !c.is_ascii_digit())
        .filter(|run| run.len() == 4 && (run.starts_with("19") || run.starts_with("20")));
    let first = years.next()?;
    years.next().is_none().then(|| first.to_owned())
}

/// `Jane Q. Doe` as `J.Q.D.`
pub(crate) fn initials(name: &str) -> String {
    let words = name.split(|c: char| c.is_whitespace() || c == '-');
    words
        .filter_map(|word| word.chars().find(|c| c.is_alphabetic()))
        .flat_map(|c| c.to_uppercase().chain(std::iter::once('.')))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_that_nobody_listed_is_taken_out() {
        let settings = Settings::default();
        assert_eq!(
            settings.of("invented_yesterday"),
            Some((Treatment::Pseudonym, Rule::Beyond))
        );
        assert_eq!(settings.of("device_model"), None);
    }

    #[test]
    fn the_case_file_can_open_and_close_kinds_but_not_those_of_the_rule() {
        let settings = Settings {
            open: ["email", "birth_date"].map(str::to_owned).into(),
            closed: ["carrier"].map(str::to_owned).into(),
            ..Settings::default()
        };
        assert_eq!(settings.of("email"), None);
        assert_eq!(
            settings.of("birth_date"),
            Some((Treatment::Year, Rule::Birth))
        );
        assert_eq!(
            settings.of("carrier"),
            Some((Treatment::Pseudonym, Rule::Beyond))
        );
    }

    #[test]
    fn no_more_remains_than_the_rule_leaves() {
        let of = |treatment, value| remainder(treatment, value);
        assert_eq!(
            of(Treatment::LastFour, "4111 1111 1111 1234").as_deref(),
            Some("1234")
        );
        assert_eq!(of(Treatment::LastFour, "12345"), None);
        assert_eq!(of(Treatment::Year, "1980-03-05").as_deref(), Some("1980"));
        assert_eq!(of(Treatment::Year, "03/05/1980").as_deref(), Some("1980"));
        assert_eq!(of(Treatment::Year, "19800305"), None);
        let home = |value| of(Treatment::CityAndState, value);
        assert_eq!(
            home("1 Main St, Apt 4, San Jose, CA 95112").as_deref(),
            Some("San Jose, CA")
        );
        assert_eq!(home("1 Main St, San Jose"), None);
        assert_eq!(home("1 Main St"), None);
        assert_eq!(initials("Jane Mary-Ann doe"), "J.M.A.D.");
    }
}
