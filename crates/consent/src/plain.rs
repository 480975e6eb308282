//! Signals of one short value.

use serde::Serialize;

/// Reads Global Privacy Control: `1` of the header `Sec-GPC`, `true` and `false`
/// of the property `globalPrivacyControl`.
///
/// Any other value of the header is to be ignored, and is None here (w3c/gpc,
/// commit 58d8695, `index.html`, «The Sec-GPC Header Field for HTTP Requests»).
#[must_use]
pub fn gpc(value: &str) -> Option<bool> {
    match value {
        "1" | "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Reads Do Not Track: true for `1`, do not track; false for `0`.
///
/// The header `DNT` (W3C, Tracking Preference Expression) and the member `dnt`
/// of the device (InteractiveAdvertisingBureau/openrtb2.x, commit 1debba8,
/// `2.6.md`, object `Device`). Extensions of the header are not read.
#[must_use]
pub fn dnt(value: &str) -> Option<bool> {
    match value {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

/// The state of Google's consent mode that `gcs` carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct GoogleConsent {
    /// Whether storage for advertising is granted.
    pub ad_storage: bool,
    /// Whether storage for analytics is granted.
    pub analytics_storage: bool,
}

/// Reads `gcs`: `G1`, a digit for `ad_storage`, a digit for `analytics_storage`.
///
/// No description by Google was found. This is the one that vendors of consent
/// platforms and of tools publish, anowave.com (Consent Mode V2 Signals) and
/// help.littledata.io (How to check Google Consent Mode V2) among them; one
/// page, uniconsent.com (Consent Data Validator), reads the digits otherwise.
#[must_use]
pub fn gcs(text: &str) -> Option<GoogleConsent> {
    let granted = |byte| match byte {
        b'0' => Some(false),
        b'1' => Some(true),
        _ => None,
    };
    match *text.as_bytes() {
        [b'G', b'1', ad, analytics] => Some(GoogleConsent {
            ad_storage: granted(ad)?,
            analytics_storage: granted(analytics)?,
        }),
        _ => None,
    }
}

/// The letters of `gcd`, of which Google publishes no meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GoogleDetail {
    /// A letter for each kind of consent, in the order of the text.
    pub letters: Vec<char>,
}

/// Reads the shape of `gcd`: `13l3l3l3l1l1`, digits with a letter before each
/// from the third on.
///
/// The letters are given without a meaning: none by Google was found, and those
/// that others publish contradict one another.
#[must_use]
pub fn gcd(text: &str) -> Option<GoogleDetail> {
    let pairs = match text.as_bytes() {
        [b'1', digit, pairs @ ..] if digit.is_ascii_digit() => pairs,
        _ => return None,
    };
    let known = (8..=32).contains(&pairs.len()) && pairs.len().is_multiple_of(2);
    let letters: Option<Vec<char>> = pairs
        .chunks(2)
        .map(|pair| match *pair {
            [letter, digit] if letter.is_ascii_alphabetic() && digit.is_ascii_digit() => {
                Some(char::from(letter))
            }
            _ => None,
        })
        .collect();
    known.then_some(GoogleDetail { letters: letters? })
}

/// The status of App Tracking Transparency, as iOS reports it to an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Att {
    /// 0: the app has not asked, or the system cannot say.
    NotDetermined,
    /// 1: the device does not let the app ask.
    Restricted,
    /// 2: denied.
    Denied,
    /// 3: authorized.
    Authorized,
}

/// Reads a status of App Tracking Transparency as SDKs write it: its number, 0
/// to 3, or its name with or without capitals, spaces, hyphens and underscores.
///
/// Names: Apple, `ATTrackingManager.AuthorizationStatus`. Numbers: Microsoft,
/// .NET for iOS, `ATTrackingManagerAuthorizationStatus`; adjust sends them as
/// `att_status` (adjust/ios_sdk, commit 0a8cccac, `ADJPackageBuilder.m`).
#[must_use]
pub fn att(value: &str) -> Option<Att> {
    if value.len() > 32 {
        return None;
    }
    let plain: String = value
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '_'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    match (value, plain.as_str()) {
        ("0", _) | (_, "notdetermined") => Some(Att::NotDetermined),
        ("1", _) | (_, "restricted") => Some(Att::Restricted),
        ("2", _) | (_, "denied") => Some(Att::Denied),
        ("3", _) | (_, "authorized" | "authorised") => Some(Att::Authorized),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_of_gpc_other_than_1_says_nothing() {
        assert_eq!(gpc("1"), Some(true));
        for other in ["", "0", "01", "1 ", "1, 1", "yes"] {
            assert_eq!(gpc(other), None, "{other}");
        }
    }

    #[test]
    fn gcs_is_read_in_its_four_values_and_no_other() {
        let read = |text| gcs(text).map(|g| (g.ad_storage, g.analytics_storage));
        assert_eq!(read("G100"), Some((false, false)));
        assert_eq!(read("G101"), Some((false, true)));
        assert_eq!(read("G110"), Some((true, false)));
        assert_eq!(read("G111"), Some((true, true)));
        for other in ["", "G1", "G1--", "G1000", "G200", "g111", "gs://bucket"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn gcd_gives_its_letters_and_no_meaning() {
        // Sent by Google's tags: nuxt/scripts, commit 5052a9fd, test/e2e.
        let letters = gcd("13l3l3l3l1l1").unwrap().letters;
        assert_eq!(letters, ['l', 'l', 'l', 'l', 'l']);
        assert_eq!(gcd("11p1t1p1t5").unwrap().letters, ['p', 't', 'p', 't']);
        for other in [
            "",
            "1",
            "13",
            "13l3",
            "13l3l3l3l",
            "23l3l3l3l1",
            "13l3l3l3ll",
            "gcd",
        ] {
            assert_eq!(gcd(other), None, "{other}");
        }
    }

    #[test]
    fn a_status_of_att_is_read_as_number_and_as_name() {
        assert_eq!(att("0"), Some(Att::NotDetermined));
        assert_eq!(att("not_determined"), Some(Att::NotDetermined));
        assert_eq!(att("notDetermined"), Some(Att::NotDetermined));
        assert_eq!(att("1"), Some(Att::Restricted));
        assert_eq!(att("DENIED"), Some(Att::Denied));
        assert_eq!(att("3"), Some(Att::Authorized));
        for other in ["", "4", "-1", "00", "_3", "yes", "true"] {
            assert_eq!(att(other), None, "{other}");
        }
    }
}
