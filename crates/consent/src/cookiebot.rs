use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{Error, MAX_TEXT_BYTES, percent};

/// The cookie `CookieConsent` of Cookiebot, as it is encoded.
///
/// The two short values and the categories are those of Cookiebot's own plug-in
/// (CybotAS/CookiebotWP, `src/lib/Cookie_Consent.php`, commit 239e33c). The other
/// members are those of cookies that browsers sent, under the names that they
/// have there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cookiebot {
    /// `-1`: not in a region that requires consent; everything is taken as accepted.
    OutsideRegion,
    /// `0`: nothing but what is necessary was accepted.
    NotAccepted,
    /// The state of each category.
    State(CookiebotState),
}

/// The state of each category in a cookie of Cookiebot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CookiebotState {
    /// `stamp`: an identifier, or `-1`.
    pub stamp: Option<String>,
    /// Whether necessary cookies are accepted.
    pub necessary: Option<bool>,
    /// Whether cookies for preferences are accepted.
    pub preferences: Option<bool>,
    /// Whether cookies for statistics are accepted.
    pub statistics: Option<bool>,
    /// Whether cookies for marketing are accepted.
    pub marketing: Option<bool>,
    /// `method`: `explicit` or `implied`.
    pub method: Option<String>,
    /// `utc`, milliseconds since 1970, as a time.
    pub written: Option<DateTime<Utc>>,
    /// `region`: `ae`.
    pub region: Option<String>,
    /// `iab2`: a TC string, where the cookie has one. Not decoded here.
    pub tc_string: Option<String>,
    /// The other members.
    pub others: BTreeMap<String, String>,
}

/// Decodes the cookie `CookieConsent`, with its percent-encoding or without:
/// `{stamp:'…',necessary:true,preferences:false,…,utc:1705162226478,region:'ae'}`.
///
/// # Errors
///
/// Where the text is neither `-1`, nor `0`, nor such an object with a state
/// of `necessary` cookies.
pub fn cookiebot(cookie: &str) -> Result<Cookiebot, Error> {
    if cookie.len() > MAX_TEXT_BYTES {
        return Err(Error::TooLarge {
            bytes: cookie.len(),
        });
    }
    match cookie {
        "-1" => return Ok(Cookiebot::OutsideRegion),
        "0" => return Ok(Cookiebot::NotAccepted),
        _ => {}
    }
    const SHAPE: Error = Error::Shape {
        of: "cookie of Cookiebot",
        wanted: "`-1`, `0`, or `{` and members with `necessary` among them and `}` are wanted",
    };
    let text = percent::decode(cookie, false);
    let mut state = CookiebotState::default();
    for (name, value) in members(&text).ok_or(SHAPE)? {
        let flag = match value {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        let own = || Some(value.to_owned());
        match name {
            "stamp" => state.stamp = own(),
            "necessary" => state.necessary = flag,
            "preferences" => state.preferences = flag,
            "statistics" => state.statistics = flag,
            "marketing" => state.marketing = flag,
            "method" => state.method = own(),
            "utc" => {
                state.written = value.parse().ok().and_then(DateTime::from_timestamp_millis);
            }
            "region" => state.region = own(),
            "iab2" => state.tc_string = own(),
            _ => {
                state.others.insert(name.to_owned(), value.to_owned());
            }
        }
    }
    if state.necessary.is_none() {
        return Err(SHAPE);
    }
    Ok(Cookiebot::State(state))
}

/// The members of an object of one level, names with or without quotation marks.
/// Strings have no escapes.
fn members(text: &str) -> Option<Vec<(&str, &str)>> {
    /// A cookie has some ten members.
    const MAX_MEMBERS: usize = 64;
    let mut rest = text
        .trim()
        .strip_prefix('{')?
        .strip_suffix('}')?
        .trim_start();
    let mut found = Vec::new();
    while !rest.is_empty() {
        if found.len() == MAX_MEMBERS {
            return None;
        }
        let (name, after) = token(rest, ':')?;
        let (value, after) = token(after.strip_prefix(':')?.trim_start(), ',')?;
        found.push((name, value));
        rest = match after.strip_prefix(',') {
            Some(next) => next.trim_start(),
            None if after.is_empty() => after,
            None => return None,
        };
    }
    Some(found)
}

/// A string in quotation marks, or a word up to `end`, and what follows it.
fn token(text: &str, end: char) -> Option<(&str, &str)> {
    for quote in ['\'', '"'] {
        if let Some(inner) = text.strip_prefix(quote) {
            let (string, after) = inner.split_once(quote)?;
            return Some((string, after.trim_start()));
        }
    }
    let at = text.find(end).unwrap_or(text.len());
    let word = text[..at].trim();
    (!word.is_empty()).then_some((word, &text[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    // As browsers send it. The stamp is made up.
    const EXAMPLE: &str = "{stamp:%27G+6r/A==%27%2Cnecessary:true%2Cpreferences:false%2Cstatistics:false%2Cmarketing:false%2Cmethod:%27explicit%27%2Cver:1%2Cutc:1705162226478%2Cregion:%27ae%27}";

    #[test]
    fn the_cookie_is_read_member_by_member() {
        let Cookiebot::State(state) = cookiebot(EXAMPLE).unwrap() else {
            panic!("no state");
        };
        assert_eq!(state.stamp.as_deref(), Some("G+6r/A=="));
        assert_eq!(state.necessary, Some(true));
        assert_eq!(state.preferences, Some(false));
        assert_eq!(state.statistics, Some(false));
        assert_eq!(state.marketing, Some(false));
        assert_eq!(state.method.as_deref(), Some("explicit"));
        assert_eq!(state.region.as_deref(), Some("ae"));
        assert_eq!(
            state.written.unwrap().to_rfc3339(),
            "2024-01-13T16:10:26.478+00:00"
        );
        assert_eq!(state.others["ver"], "1");
    }

    #[test]
    fn strict_json_and_the_short_values_are_read_too() {
        let json = r#"{"stamp": "x,}:", "necessary": true, "marketing": true}"#;
        let Cookiebot::State(state) = cookiebot(json).unwrap() else {
            panic!("no state");
        };
        assert_eq!(state.stamp.as_deref(), Some("x,}:"));
        assert_eq!((state.necessary, state.marketing), (Some(true), Some(true)));
        assert_eq!(cookiebot("-1"), Ok(Cookiebot::OutsideRegion));
        assert_eq!(cookiebot("0"), Ok(Cookiebot::NotAccepted));
    }

    #[test]
    fn what_is_no_cookie_of_cookiebot_is_refused() {
        for text in [
            "",
            "1",
            "true",
            "{}",
            "{a:b}",
            "{necessary:true",
            "{necessary}",
            "{'a:1}",
        ] {
            assert!(cookiebot(text).is_err(), "{text}");
        }
    }
}
