//! The kinds of datum, and what labels, forms and lists call them.

use std::collections::BTreeMap;

/// What others call one kind of datum: a row of `datasets/categories`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatumTerms {
    /// Category of the W3C Data Privacy Vocabulary, such as `pd:EmailAddress`.
    pub category: String,
    /// Data type of the App Store's label; empty where none names it.
    pub apple: String,
    /// Data type of Google Play's form; empty where none names it.
    pub google: String,
}

/// The kinds of datum by their names. It is handed in: this crate holds no copy
/// of the dataset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// Datum → its terms.
    pub datums: BTreeMap<String, DatumTerms>,
}

impl Vocabulary {
    /// The terms of a datum.
    #[must_use]
    pub fn terms(&self, datum: &str) -> Option<&DatumTerms> {
        self.datums.get(datum)
    }
}

/// The kinds of datum that fall under a data category of the Global Vendor List by the
/// words of its description (version 143 of specification 3), such as "the language, the time
/// zone or the operating system" for *Device characteristics*. Which datum the words name is
/// ours to say; what they leave open is left out, and the category then does not name it.
pub(crate) fn gvl_datums(category: &str) -> &'static [&'static str] {
    match category.trim().to_ascii_lowercase().as_str() {
        "ip addresses" => &["ip_address"],
        "device characteristics" => &[
            "language",
            "time_zone",
            "time_zone_abbreviation",
            "os_name",
            "os_version",
            "os_build",
            "device_model",
            "device_make",
            "browser_name",
            "browser_version",
            "user_agent",
            "screen_width",
            "screen_height",
            "screen_resolution",
            "screen_density",
        ],
        "device identifiers" => &[
            "advertising_id",
            "vendor_id",
            "installation_id",
            "browser_id",
            "recipient_assigned_id",
        ],
        "probabilistic identifiers" => &["fingerprint"],
        "authentication-derived identifiers" => &["user_id", "email", "phone"],
        "browsing and interaction data" => &[
            "page_url",
            "page_title",
            "page_referrer",
            "app_id",
            "app_name",
            "search_term",
            "event_name",
            "element_text",
        ],
        "user-provided data" => &["form_text", "age"],
        "non-precise location data" => &["city", "state", "country"],
        "precise location data" => &["coordinates", "latitude", "longitude"],
        "users' profiles" | "users\u{2019} profiles" => &["interests"],
        "privacy choices" => &[
            "consent_tcf",
            "consent_gpp",
            "consent_us_privacy",
            "consent_gpc",
            "consent_dnt",
            "consent_state",
        ],
        _ => &[],
    }
}
