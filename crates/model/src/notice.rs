use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ExhibitId;
use crate::notation::written;

/// One version of what was declared: `[[notices]]` of the case file.
///
/// Versions of one notice carry one name and are told apart by their dates.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Notice {
    /// Name in print, the same for all versions.
    pub name: String,
    /// What it is.
    pub kind: NoticeKind,
    /// The exhibit that holds it; without one nothing of it can be quoted.
    pub exhibit: Option<ExhibitId>,
    /// The application or site it is about, by package or bundle name as given
    /// at intake; empty: all of the case.
    pub app: String,
    /// First day of its being in force, `YYYY-MM-DD`; empty where not stated.
    pub from: String,
    /// Last day of its being in force, likewise.
    pub to: String,
    /// Who published it.
    pub published_by: String,
    /// Where it was published.
    pub url: String,
    /// How the exhibit came to be: a save of the page, an archive, an export.
    pub archived: String,
    /// The practices that a person read in it.
    pub practices: Vec<DeclaredPractice>,
}

/// One practice that a notice declares, or says is not done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeclaredPractice {
    /// The recipient that it names, by organisation or domain; empty where it
    /// names none.
    pub recipient: String,
    /// The class of recipients that it names, where it names one.
    pub class: Option<RecipientClass>,
    /// The data that it names; empty where it names none. See [`DatumTerm`].
    pub data: Vec<String>,
    /// Purpose, in the notice's words or after them; empty where none is stated.
    pub purpose: String,
    /// Condition, likewise: "if you consent". It is printed, and not judged.
    pub condition: String,
    /// First day, `YYYY-MM-DD`, where the practice itself has dates.
    pub from: String,
    /// Last day, likewise.
    pub to: String,
    /// Whether the notice says that this is *not* done.
    pub denied: bool,
    /// The passage, word for word.
    pub quote: String,
}

/// A person's own judgement in the place of a rule's: `[[overrides]]` of the
/// case file. The report shows both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GapOverride {
    /// The recipient, by organisation.
    pub recipient: String,
    /// Kind of datum.
    pub datum: String,
    /// Name of the notice; empty for every notice.
    pub notice: String,
    /// First day of the exchanges that it is about, `YYYY-MM-DD`; empty: from
    /// the first of them.
    pub from: String,
    /// Last day, likewise.
    pub to: String,
    /// What is judged in the place of the rule's judgement.
    pub judgement: Option<Judgement>,
    /// Why.
    pub reason: String,
    /// Who signs it.
    pub signed_by: String,
    /// When it was signed, `YYYY-MM-DD`.
    pub date: String,
}

/// What a notice is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoticeKind {
    /// A privacy policy, or another text for people to read.
    PrivacyPolicy,
    /// The privacy label of the App Store.
    AppStoreLabel,
    /// The data-safety form of Google Play, or the page made from it.
    PlayDataSafety,
    /// A privacy manifest of an application or SDK (`PrivacyInfo.xcprivacy`).
    PrivacyManifest,
    /// The list of vendors or cookies of a consent platform.
    ConsentVendorList,
    /// The Global Vendor List of IAB Europe: what each vendor declares of itself.
    Gvl,
    /// Anything else.
    #[default]
    Other,
}

written!(NoticeKind {
    PrivacyPolicy => "privacy policy",
    AppStoreLabel => "app store label",
    PlayDataSafety => "play data safety",
    PrivacyManifest => "privacy manifest",
    ConsentVendorList => "consent vendor list",
    Gvl => "gvl",
    Other => "other",
});

/// A class of recipients, as notices speak of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecipientClass {
    /// Anybody, the first party included: "we do not collect".
    Anyone,
    /// The publisher itself.
    FirstParty,
    /// Anybody but the publisher: "third parties", "other companies".
    ThirdParties,
    /// Those who sell, place or measure advertising.
    AdvertisingPartners,
    /// Those who measure use.
    AnalyticsProviders,
    /// Social networks.
    SocialMedia,
    /// Those who act for the publisher: "service providers", "processors".
    ServiceProviders,
    /// Partners of any kind.
    Partners,
    /// Companies of the publisher's group.
    Affiliates,
}

written!(RecipientClass {
    Anyone => "anyone",
    FirstParty => "first party",
    ThirdParties => "third parties",
    AdvertisingPartners => "advertising partners",
    AnalyticsProviders => "analytics providers",
    SocialMedia => "social media",
    ServiceProviders => "service providers",
    Partners => "partners",
    Affiliates => "affiliates",
});

/// What is judged of one recipient and one datum under one notice. None of it
/// is a conclusion of law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    /// The notice names the recipient and the datum or its category.
    Declared,
    /// The notice speaks of it in general words only.
    DeclaredInGeneralWords,
    /// The notice names a class that may mean the recipient; whether it does is not in
    /// evidence.
    MayBeMeant,
    /// Nothing in the notice, as far as it was read, speaks of it.
    NotDeclared,
    /// The notice says that it is not done.
    DeclaredAsNotDone,
    /// The notice names it, and says that it is not done.
    Contradictory,
    /// No version of the notice was in force at the time.
    NoNoticeInForce,
}

written!(Judgement {
    Declared => "declared",
    DeclaredInGeneralWords => "declared in general words",
    MayBeMeant => "may be meant",
    NotDeclared => "not declared",
    DeclaredAsNotDone => "declared as not done",
    Contradictory => "declared, and declared as not done",
    NoNoticeInForce => "no notice in force",
});

/// A datum as a practice names it: an item of [`DeclaredPractice::data`].
///
/// ```text
/// email                      a datum of datasets/categories
/// pd:EmailAddress            a category of the W3C Data Privacy Vocabulary
/// apple:Email Address        a data type of the App Store's label
/// google:Email address       a data type of Google Play's form
/// gvl:IP addresses           a data category of the Global Vendor List
/// any                        all data: "any information", "personal information"
/// apple:any, google:any      all data that the label or form has a type for
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DatumTerm<'a> {
    /// A datum by its name.
    Datum(&'a str),
    /// A category, written with its prefix.
    Category(&'a str),
    /// A type of Apple's.
    Apple(&'a str),
    /// A type of Google's.
    Google(&'a str),
    /// A category of the Global Vendor List.
    Gvl(&'a str),
    /// All data.
    Any,
}

impl<'a> DatumTerm<'a> {
    /// Reads an item of [`DeclaredPractice::data`]. What has no known prefix is
    /// taken for the name of a datum.
    #[must_use]
    pub fn read(item: &'a str) -> Self {
        let item = item.trim();
        match item.split_once(':') {
            Some(("pd", _)) => Self::Category(item),
            Some(("apple", word)) => Self::Apple(word.trim()),
            Some(("google", word)) => Self::Google(word.trim()),
            Some(("gvl", word)) => Self::Gvl(word.trim()),
            _ if item == "any" => Self::Any,
            _ => Self::Datum(item),
        }
    }
}

/// The days from the first to the last, both included; a side that is not
/// stated, or is no date, is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
}

impl Period {
    /// Reads two dates as the case file has them.
    #[must_use]
    pub fn read(from: &str, to: &str) -> Self {
        Self {
            from: from.trim().parse().ok(),
            to: to.trim().parse().ok(),
        }
    }

    /// Whether the day lies within.
    #[must_use]
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Whether the two have a day in common.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        let before = |end: Option<NaiveDate>, start: Option<NaiveDate>| matches!((end, start), (Some(end), Some(start)) if end < start);
        !before(self.to, other.from) && !before(other.to, self.from)
    }
}

impl Notice {
    /// When it was in force, as far as that is stated.
    #[must_use]
    pub fn in_force(&self) -> Period {
        Period::read(&self.from, &self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_of_data_is_told_by_its_prefix() {
        assert_eq!(DatumTerm::read("email"), DatumTerm::Datum("email"));
        assert_eq!(DatumTerm::read("pd:City"), DatumTerm::Category("pd:City"));
        assert_eq!(
            DatumTerm::read("apple:Device ID"),
            DatumTerm::Apple("Device ID")
        );
        assert_eq!(
            DatumTerm::read("gvl: IP addresses"),
            DatumTerm::Gvl("IP addresses")
        );
        assert_eq!(DatumTerm::read("any"), DatumTerm::Any);
    }

    #[test]
    fn periods_meet_on_their_last_day_and_not_the_day_after() {
        let spring = Period::read("2026-03-01", "2026-05-31");
        assert!(spring.meets(&Period::read("2026-05-31", "")));
        assert!(!spring.meets(&Period::read("2026-06-01", "")));
        assert!(spring.meets(&Period::default()));
        assert!(spring.holds("2026-05-31".parse().unwrap()));
        assert!(!spring.holds("2026-06-01".parse().unwrap()));
    }
}
