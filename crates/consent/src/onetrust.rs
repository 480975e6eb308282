use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Serialize;

use crate::{Error, MAX_TEXT_BYTES, percent};

/// The cookie `OptanonConsent` of OneTrust, as it is encoded.
///
/// No description by OneTrust was found. The fields are those of cookies that
/// sites publish, under the names that they have there; the meaning of `groups`
/// is that of those who read it (`@commercetools-frontend/cookie-consent`, its
/// page on npm). What a group stands for is the site's own choice, and not in
/// the cookie.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct OneTrust {
    /// The groups, `C0001:1`, in the order of the cookie.
    pub groups: Vec<Group>,
    /// `hosts`, in the form of the groups. Often empty.
    pub hosts: Vec<Group>,
    /// `datestamp`, as it stands there.
    pub datestamp: Option<String>,
    /// The same as a time, where it is one with its distance from UTC.
    pub written: Option<DateTime<Utc>>,
    /// `version`.
    pub version: Option<String>,
    /// `consentId`.
    pub consent_id: Option<String>,
    /// `interactionCount`, where it is a number.
    pub interaction_count: Option<u32>,
    /// `landingPath`: an address, or `NotLandingPage`.
    pub landing_path: Option<String>,
    /// `isGpcEnabled`, true for `1`.
    pub is_gpc_enabled: Option<bool>,
    /// `browserGpcFlag`, true for `1`.
    pub browser_gpc_flag: Option<bool>,
    /// `geolocation`: `AT;9`.
    pub geolocation: Option<String>,
    /// The other fields.
    pub others: BTreeMap<String, String>,
}

/// A group or a host of [`OneTrust`] and its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Its identifier: `C0001`.
    pub id: String,
    /// True for `1`, false for `0`, none for anything else.
    pub on: Option<bool>,
}

/// Decodes the cookie `OptanonConsent`, with its percent-encoding or without.
///
/// # Errors
///
/// Where the text has none of the fields that tell the cookie: `groups`, or
/// `datestamp` and `version`.
pub fn onetrust(cookie: &str) -> Result<OneTrust, Error> {
    /// A cookie has some twenty fields.
    const MAX_FIELDS: usize = 256;
    if cookie.len() > MAX_TEXT_BYTES {
        return Err(Error::TooLarge {
            bytes: cookie.len(),
        });
    }
    // Encoded as a whole, where even what separates the fields is.
    let whole =
        (!cookie.contains('&') && cookie.contains("%26")).then(|| percent::decode(cookie, false));
    let cookie = whole.as_deref().unwrap_or(cookie);
    let mut found = OneTrust::default();
    for field in cookie.split('&').take(MAX_FIELDS) {
        let Some((name, value)) = field.split_once('=') else {
            continue;
        };
        let value = percent::decode(value, true);
        match name {
            "groups" => found.groups = groups(&value),
            "hosts" => found.hosts = groups(&value),
            "datestamp" => {
                found.written = date(&value);
                found.datestamp = Some(value);
            }
            "version" => found.version = Some(value),
            "consentId" => found.consent_id = Some(value),
            "interactionCount" => found.interaction_count = value.parse().ok(),
            "landingPath" => found.landing_path = Some(value),
            "isGpcEnabled" => found.is_gpc_enabled = state(&value),
            "browserGpcFlag" => found.browser_gpc_flag = state(&value),
            "geolocation" => found.geolocation = Some(value),
            _ => {
                found.others.insert(name.to_owned(), value);
            }
        }
    }
    if found.groups.is_empty() && (found.datestamp.is_none() || found.version.is_none()) {
        return Err(Error::Shape {
            of: "cookie of OneTrust",
            wanted: "`groups`, or `datestamp` and `version` are wanted",
        });
    }
    Ok(found)
}

fn state(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

fn groups(text: &str) -> Vec<Group> {
    text.split(',')
        .filter_map(|group| group.rsplit_once(':'))
        .map(|(id, on)| Group {
            id: id.to_owned(),
            on: state(on),
        })
        .collect()
}

/// Reads the form that JavaScript gives a date:
/// `Wed Feb 01 2023 12:35:32 GMT+0100 (Central European Standard Time)`.
///
/// Where decoding made a space of the plus sign, it is a plus sign: the other
/// sign is none that decoding changes.
fn date(text: &str) -> Option<DateTime<Utc>> {
    let (local, rest) = text.split_once(" GMT")?;
    // The day of the week is not needed.
    let (_, local) = local.split_once(' ')?;
    let local = NaiveDateTime::parse_from_str(local, "%b %d %Y %H:%M:%S").ok()?;
    let sign = match rest.as_bytes().first()? {
        b'+' | b' ' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = rest.get(1..5)?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    let minutes = sign * (number / 100 * 60 + number % 100);
    local
        .and_utc()
        .checked_sub_signed(chrono::TimeDelta::minutes(minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of `@commercetools-frontend/cookie-consent`.
    const EXAMPLE: &str = "isGpcEnabled=0&datestamp=Wed+Feb+01+2023+12%3A35%3A32+GMT%2B0100+(Central+European+Standard+Time)&version=202209.1.0&isIABGlobal=false&hosts=&consentId=7f3cf16d-b3e1-4781-8db1-61482d0a9dff&interactionCount=1&landingPath=NotLandingPage&groups=C0001%3A1%2CC0002%3A0%2CC0003%3A1%2CC0004%3A1%2CC0005%3A1&geolocation=AT%3B9&AwaitingReconsent=false";

    #[test]
    fn the_cookie_of_a_site_is_read_field_by_field() {
        let found = onetrust(EXAMPLE).unwrap();
        let groups: Vec<_> = found.groups.iter().map(|g| (g.id.as_str(), g.on)).collect();
        assert_eq!(
            groups,
            [
                ("C0001", Some(true)),
                ("C0002", Some(false)),
                ("C0003", Some(true)),
                ("C0004", Some(true)),
                ("C0005", Some(true)),
            ]
        );
        assert_eq!(
            found.written.unwrap().to_rfc3339(),
            "2023-02-01T11:35:32+00:00"
        );
        assert_eq!(found.version.as_deref(), Some("202209.1.0"));
        assert_eq!(found.interaction_count, Some(1));
        assert_eq!(found.landing_path.as_deref(), Some("NotLandingPage"));
        assert_eq!(found.is_gpc_enabled, Some(false));
        assert_eq!(found.geolocation.as_deref(), Some("AT;9"));
        assert_eq!(found.others["AwaitingReconsent"], "false");
        assert!(found.hosts.is_empty());
    }

    #[test]
    fn it_does_not_matter_how_often_the_cookie_was_decoded() {
        let once = onetrust(EXAMPLE).unwrap();
        let decoded = percent::decode(EXAMPLE, true);
        assert_eq!(onetrust(&decoded).unwrap().groups, once.groups);
        assert_eq!(onetrust(&decoded).unwrap().written, once.written);
        let escaped = EXAMPLE
            .replace('%', "%25")
            .replace('&', "%26")
            .replace('=', "%3D");
        assert_eq!(onetrust(&escaped).unwrap(), once);
    }

    #[test]
    fn what_is_no_cookie_of_onetrust_is_refused() {
        for text in ["", "1", "groups=", "a=b&c=d", "version=1", "groups=C0001"] {
            assert!(onetrust(text).is_err(), "{text}");
        }
    }
}
