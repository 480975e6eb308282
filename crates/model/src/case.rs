use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::notation::written;
use crate::{
    Counsel, ExhibitId, FormKeys, GapOverride, Notice, ProductionRules, RecordRules, RedactionRules,
};

/// The case file `case.toml`: the only file that a person writes.
///
/// Everything in it is a statement of the person who wrote it. The program
/// never completes it: what is not stated is printed as a blank.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// A legend that is printed on every page, such as for a reconstruction.
    #[serde(default)]
    pub legend: Option<String>,
    /// Exhibits that are lists of who stands behind a domain: read behind the
    /// program's own knowledge, in this order, and not as captures.
    #[serde(default)]
    pub lists: Vec<ExhibitId>,
    /// The matter.
    pub matter: Matter,
    /// The parties.
    #[serde(default)]
    pub parties: Vec<Party>,
    /// The publisher whose application or site is examined.
    pub first_party: FirstParty,
    /// The data subjects with their known identifiers.
    #[serde(default)]
    pub subjects: Vec<Subject>,
    /// The devices on which captures were made.
    #[serde(default)]
    pub devices: Vec<Device>,
    /// The labelled parts of the test.
    #[serde(default)]
    pub phases: Vec<Phase>,
    /// What happened at which moment of a run.
    #[serde(default)]
    pub moments: Vec<Moment>,
    /// Which parts of the test are compared.
    #[serde(default)]
    pub comparisons: Vec<Comparison>,
    /// How recipients' own records are held against the captures.
    #[serde(default)]
    pub records: RecordRules,
    /// Statements, such as of a pleading or the press, to be held against the evidence.
    #[serde(default)]
    pub statements: Vec<Statement>,
    /// What was declared: notices, each version apart.
    #[serde(default)]
    pub notices: Vec<Notice>,
    /// Judgements of a person in the place of a rule's, in the gap review.
    #[serde(default)]
    pub overrides: Vec<GapOverride>,
    /// The persons who are to sign.
    #[serde(default)]
    pub signatories: Vec<Signatory>,
    /// How those who handled the exhibits can be reached.
    #[serde(default)]
    pub handlers: Vec<Handler>,
    /// Counsel who presents the papers.
    #[serde(default)]
    pub counsel: Vec<Counsel>,
    /// What public versions leave out; where it is stated, they are made.
    #[serde(default)]
    pub redaction: Option<RedactionRules>,
    /// How the pages of productions are numbered and marked.
    #[serde(default)]
    pub production: ProductionRules,
}

/// The matter before the court.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Matter {
    /// Short name, as in the name of the case folder.
    pub name: String,
    /// Caption.
    pub caption: String,
    /// Court.
    pub court: String,
    /// Division; empty where there is none.
    pub division: String,
    /// Judge; empty where none is assigned.
    pub judge: String,
    /// Docket numbers with their history, oldest first.
    pub docket: Vec<DocketEntry>,
    /// For which law documents are made; none named is the United States.
    pub forums: Vec<Forum>,
    /// The court whose form the papers have, as in `datasets/courts`; empty for
    /// the common form of the law.
    pub profile: String,
    /// What a judge's standing order, or counsel, wants otherwise.
    pub form: FormKeys,
}

impl Matter {
    /// Whether documents are made for `forum`.
    #[must_use]
    pub fn is_before(&self, forum: Forum) -> bool {
        self.forums.contains(&forum) || (self.forums.is_empty() && forum == Forum::UnitedStates)
    }
}

/// The law that a document is made for: its rules, its paper, its language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Forum {
    /// Courts of the United States: the Federal Rules.
    UnitedStates,
    /// Supervisory authorities under the GDPR.
    EuropeanUnion,
    /// Courts of England and Wales: the Civil Procedure Rules.
    UnitedKingdom,
    /// Courts of India: the Bharatiya Sakshya Adhiniyam, 2023.
    India,
}

written!(Forum {
    UnitedStates => "us",
    EuropeanUnion => "eu",
    UnitedKingdom => "uk",
    India => "in",
});

/// One docket number of the matter, with the time from which it was in use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DocketEntry {
    /// Number, with the judge's initials.
    pub number: String,
    /// From which date, `YYYY-MM-DD`; empty where not stated.
    pub from: String,
    /// What happened then.
    pub note: String,
}

/// A party to the matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Name.
    pub name: String,
    /// Role: plaintiff, defendant, complainant, controller.
    pub role: String,
}

/// The publisher whose application or site is examined. "Third party" is said
/// of every other recipient, and of this relation only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstParty {
    /// Name.
    pub name: String,
    /// Its domains; the hosts under them are its own too.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Its applications, by package or bundle name.
    #[serde(default)]
    pub apps: Vec<String>,
}

/// A person, or a test profile, that data is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Name or pseudonym.
    pub name: String,
    /// Who this is: a test profile, a named plaintiff.
    #[serde(default)]
    pub description: String,
    /// The identifiers known to be this subject's.
    #[serde(default)]
    pub identifiers: Vec<Identifier>,
}

/// A value known to belong to a data subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// Name by which the report refers to it.
    pub name: String,
    /// Its kind.
    pub kind: IdentifierKind,
    /// The value.
    pub value: String,
    /// The device it belongs to, by name, where it belongs to one.
    #[serde(default)]
    pub device: Option<String>,
}

impl Identifier {
    /// The value as latitude and longitude, in degrees north and east.
    #[must_use]
    pub fn coordinates(&self) -> Option<(f64, f64)> {
        let (latitude, longitude) = self.value.trim().split_once([',', ' '])?;
        let (latitude, longitude) = (
            latitude.trim().parse().ok()?,
            longitude.trim().parse().ok()?,
        );
        let on_earth = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        on_earth.then_some((latitude, longitude))
    }
}

/// Kind of a known value. The written form is also the name of the datum in
/// `datasets/categories`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdentifierKind {
    /// Advertising identifier of a device: IDFA, GAID.
    AdvertisingId,
    /// Identifier of a device for one vendor: IDFV, Android ID.
    VendorId,
    /// Identifier of an installation of an application.
    InstallationId,
    /// Serial number or other identifier of the hardware.
    DeviceId,
    /// International Mobile Equipment Identity.
    Imei,
    /// Hardware address of a network interface.
    MacAddress,
    /// Network address.
    IpAddress,
    /// Number or name of an account.
    UserId,
    /// E-mail address.
    Email,
    /// Telephone number.
    Phone,
    /// Name of a person.
    PersonName,
    /// Street address.
    StreetAddress,
    /// Postal code.
    PostalCode,
    /// City.
    City,
    /// Latitude and longitude of a place where the subject is known to have been.
    Coordinates,
    /// Date of birth.
    BirthDate,
    /// Name of a device as its owner sees it.
    DeviceName,
    /// Model of a device.
    DeviceModel,
    /// Mobile network operator.
    Carrier,
    /// Time zone.
    TimeZone,
    /// Language or locale.
    Language,
    /// Any other value that singles the subject out.
    OtherIdentifier,
}

written!(IdentifierKind {
    AdvertisingId => "advertising_id",
    VendorId => "vendor_id",
    InstallationId => "installation_id",
    DeviceId => "device_id",
    Imei => "imei",
    MacAddress => "mac_address",
    IpAddress => "ip_address",
    UserId => "user_id",
    Email => "email",
    Phone => "phone",
    PersonName => "person_name",
    StreetAddress => "street_address",
    PostalCode => "postal_code",
    City => "city",
    Coordinates => "coordinates",
    BirthDate => "birth_date",
    DeviceName => "device_name",
    DeviceModel => "device_model",
    Carrier => "carrier",
    TimeZone => "time_zone",
    Language => "language",
    OtherIdentifier => "other_identifier",
});

impl IdentifierKind {
    /// Whether many people share such a value, so that finding it singles
    /// nobody out and a substring proves nothing.
    #[must_use]
    pub const fn is_low_entropy(self) -> bool {
        matches!(
            self,
            Self::PostalCode
                | Self::City
                | Self::Coordinates
                | Self::BirthDate
                | Self::DeviceModel
                | Self::Carrier
                | Self::TimeZone
                | Self::Language
        )
    }
}

/// A device on which captures were made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Name, as given at intake with `--device`.
    pub name: String,
    /// Whose device it is. A test device is not a plaintiff's device, and the
    /// report says which it is.
    #[serde(default)]
    pub holder: String,
    /// Manufacturer.
    #[serde(default)]
    pub make: String,
    /// Model.
    #[serde(default)]
    pub model: String,
    /// Operating system with version.
    #[serde(default)]
    pub os: String,
    /// Clock, and its offset from UTC where it was checked.
    #[serde(default)]
    pub clock: String,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

/// A labelled part of the test: before notice, after consent, version 4.6.8.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Name, as given at intake with `--phase`.
    pub name: String,
    /// What was done in it.
    #[serde(default)]
    pub description: String,
    /// When it began, as RFC 3339 with a zone: `2026-01-31T14:00:00Z`; empty
    /// where not stated.
    #[serde(default)]
    pub start: String,
    /// When it ended, written likewise; empty where not stated.
    #[serde(default)]
    pub end: String,
}

impl Phase {
    /// When it began, where that is stated.
    #[must_use]
    pub fn started(&self) -> Option<DateTime<Utc>> {
        self.start.parse().ok()
    }

    /// When it ended, where that is stated.
    #[must_use]
    pub fn ended(&self) -> Option<DateTime<Utc>> {
        self.end.parse().ok()
    }
}

/// What was done or seen at one moment of a test, by the word of who made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// What it was.
    pub kind: MomentKind,
    /// When, as RFC 3339 with a zone.
    pub at: String,
    /// The run, by its name at intake or, where it has none, by exhibit.
    pub run: String,
    /// The phase, where a run of that name is in several.
    #[serde(default)]
    pub phase: Option<String>,
    /// The device, where a run of that name is on several.
    #[serde(default)]
    pub device: Option<String>,
    /// The version of the application, likewise.
    #[serde(default)]
    pub app_version: Option<String>,
    /// More of it, in words.
    #[serde(default)]
    pub note: String,
}

impl Moment {
    /// When it was, where that is written as it should be.
    #[must_use]
    pub fn time(&self) -> Option<DateTime<Utc>> {
        self.at.parse().ok()
    }
}

/// What a moment of a test was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MomentKind {
    /// The application or site was opened.
    Opened,
    /// A notice was shown.
    NoticeShown,
    /// Consent was given.
    ConsentGiven,
    /// Consent was refused.
    ConsentRefused,
    /// An objection or an opt-out was made.
    OptedOut,
    /// Somebody signed in.
    SignedIn,
    /// Somebody signed out.
    SignedOut,
    /// The application or site was closed.
    Closed,
}

written!(MomentKind {
    Opened => "opened",
    NoticeShown => "notice shown",
    ConsentGiven => "consent given",
    ConsentRefused => "consent refused",
    OptedOut => "opted out",
    SignedIn => "signed in",
    SignedOut => "signed out",
    Closed => "closed",
});

/// Two parts of a test that are to be compared, run by run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// Name by which the report refers to it.
    pub name: String,
    /// Phases, or versions of the application, that are the first part.
    pub before: Vec<String>,
    /// Those that are the second part.
    pub after: Vec<String>,
}

/// A statement to be held against the evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Who said it.
    pub by: String,
    /// When, `YYYY-MM-DD`; empty where not stated.
    #[serde(default)]
    pub date: String,
    /// Where it can be read.
    #[serde(default)]
    pub source: String,
    /// The item, in the words of the source or after them: "phone carrier".
    pub item: String,
    /// The kind of datum that would bear it out, by `datasets/categories`.
    pub datum: String,
    /// The values that would bear it out; empty where any would.
    #[serde(default)]
    pub values: Vec<String>,
    /// The recipient, by organisation; empty for any third party.
    #[serde(default)]
    pub recipient: String,
    /// What must be said beside the result.
    #[serde(default)]
    pub remark: String,
}

/// Who handled exhibits, and how to reach that person or body.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Handler {
    /// Name, as the ledger or an intake has it.
    pub name: String,
    /// Address, telephone or e-mail address; blank where a person is to state it.
    pub contact: String,
}

/// A person who is to sign. Blank fields are printed as blanks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Signatory {
    /// What is signed, by the name of the document: `expert-report`, `declaration`.
    pub document: String,
    /// Name.
    pub name: String,
    /// Title and employer.
    pub title: String,
    /// Whether it is signed within the United States: 28 U.S.C. § 1746 has
    /// another wording for either. Both are printed where this is not stated.
    pub within_united_states: Option<bool>,
}

impl Case {
    /// The signatory of a document, where the case file has one.
    #[must_use]
    pub fn signatory(&self, document: &str) -> Option<&Signatory> {
        self.signatories.iter().find(|s| s.document == document)
    }
}
