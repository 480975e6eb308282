use std::collections::BTreeMap;

use affiant_model::Place;
use serde::Deserialize;

/// A file of `datasets/endpoints`: one vendor. The keys are explained in the
/// README beside the files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VendorFile {
    pub(super) vendor: String,
    pub(super) endpoint: Vec<EndpointEntry>,
}

/// `browser.toml`: what a browser says of itself to every host.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BrowserFile {
    pub(super) field: Vec<FieldEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndpointEntry {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) hosts: Vec<String>,
    pub(super) methods: Vec<String>,
    pub(super) path: String,
    /// Whether pages call it from a browser, so that what every browser sends
    /// is documented of it too.
    #[serde(default)]
    pub(super) browser: bool,
    #[serde(default)]
    pub(super) decode: Vec<DecodeEntry>,
    #[serde(default)]
    pub(super) field: Vec<FieldEntry>,
    #[serde(default)]
    pub(super) vector: Vec<VectorEntry>,
}

/// An encoding that the vendor documents of a field.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DecodeEntry {
    pub(super) at: String,
    #[serde(default = "query_and_body")]
    pub(super) places: Vec<Place>,
    pub(super) steps: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldEntry {
    pub(super) at: String,
    #[serde(default = "query_and_body")]
    pub(super) places: Vec<Place>,
    pub(super) datum: String,
    #[serde(default)]
    pub(super) when: Option<ConditionEntry>,
    #[serde(default)]
    pub(super) absent: Vec<String>,
    #[serde(default = "plain")]
    pub(super) form: String,
    pub(super) source: String,
    #[serde(default)]
    pub(super) note: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionEntry {
    pub(super) at: String,
    pub(super) equals: Vec<String>,
}

/// A request made up in the vendor's wire form, and what must be read from it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VectorEntry {
    pub(super) name: String,
    pub(super) method: String,
    pub(super) url: String,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) body: Option<String>,
    #[serde(default)]
    pub(super) body_base64: Option<String>,
    /// Every documented datum and value, and nothing besides.
    pub(super) expect: Vec<(String, String)>,
}

fn query_and_body() -> Vec<Place> {
    vec![Place::Query, Place::Body]
}

fn plain() -> String {
    "plain".to_owned()
}

/// What others have published of a vendor's interface: those who write to it,
/// and standards of which it is inferred that the vendor follows them.
const OTHERS: [&str; 17] = [
    "observed: ",
    "TrackHAR ",
    "segmentio/action-destinations",
    "segmentio/analytics-kotlin",
    "managed-components/",
    "ampproject/amphtml",
    "prebid/Prebid.js",
    "prebid/prebid-server",
    "stape-io/",
    "rudderlabs/rudder-transformer",
    "InteractiveAdvertisingBureau/",
    "https://www.simoahava.com",
    "https://thyngster.com",
    "https://www.thyngster.com",
    "https://www.revenuecat.com",
    "https://docs.tealium.com",
    "https://pub.dev",
];

/// Whether a source is the vendor's own word, or the standard of what every
/// browser sends.
pub(super) fn is_of_vendor(source: &str) -> bool {
    OTHERS.iter().all(|other| !source.starts_with(other))
}

/// Whether a source says where it can be looked up: a commit, an address, or
/// that it is an observation of our own or a statement of TrackHAR's adapters.
pub(super) fn is_citation(source: &str) -> bool {
    let is_commit = |word: &str| {
        word.len() >= 7
            && word.bytes().all(|b| b.is_ascii_hexdigit())
            && word.bytes().any(|b| b.is_ascii_digit())
    };
    source.starts_with("observed: ")
        || source.starts_with("TrackHAR ")
        || source.contains("https://")
        || source
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(is_commit)
}

#[cfg(test)]
mod tests {
    use super::{is_citation, is_of_vendor};

    #[test]
    fn what_others_say_of_a_vendor_is_not_its_word() {
        assert!(is_of_vendor("owner/repo v1.2 (085b968b5), a/b.m, f"));
        assert!(!is_of_vendor("observed: a HAR shows it"));
        assert!(!is_of_vendor(
            "managed-components/bing 0123abc, src/index.ts"
        ));
        assert!(!is_of_vendor(
            "prebid/prebid-server 0123abc, adapters/v/v.go"
        ));
    }

    #[test]
    fn a_source_says_where_it_can_be_looked_up() {
        for good in [
            "owner/repo v1.2 (085b968b5), a/b.m, f",
            "https://developers.example.com/pixel, \"Parameters\"",
            "observed: a HAR shows it",
            "TrackHAR 1.0.0 (CC0-1.0), adapter x, property y",
        ] {
            assert!(is_citation(good), "{good}");
        }
        for bad in ["the vendor says so", "owner/repo v1.2", "facade"] {
            assert!(!is_citation(bad), "{bad}");
        }
    }
}
