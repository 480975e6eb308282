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
/// words of its description there (version 3: "the language, the time zone or the
/// operating system" for *Device characteristics*). What the words leave open is left out:
/// the category then does not name the datum.
pub(crate) fn gvl_datums(category: &str) -> &'static [&'static str] {
    match category.trim().to_ascii_lowercase().as_str() {
        "ip addresses" => &["ip_address"],
        "device characteristics" => &[
            "language",
            "time_zone",
            "time_zone_abbreviation",
            "os_name",
            "os_version",
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
            "device_id",
            "browser_id",
            "recipient_assigned_id",
        ],
        "probabilistic identifiers" => &["fingerprint"],
        "authentication-derived identifiers" => &["user_id", "email", "phone"],
        "browsing and interaction data" => &[
            "page_url",
            "page_title",
            "page_referrer",
            "event_name",
            "event_time",
            "screen_name",
            "element_text",
            "scroll_depth",
            "time_on_page",
        ],
        "user-provided data" => &["form_text"],
        "non-precise location data" => &["city", "state", "country", "postal_code"],
        "precise location data" => &["coordinates", "latitude", "longitude"],
        "users' profiles" | "users\u{2019} profiles" => &["interests"],
        "privacy choices" => &[
            "consent_tcf",
            "consent_gpp",
            "consent_us_privacy",
            "consent_state",
        ],
        _ => &[],
    }
}
