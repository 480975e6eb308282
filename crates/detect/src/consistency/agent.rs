//! What a User-Agent header (RFC 9110 §10.1.5) says of device and browser.
//!
//! Much of it is frozen, reduced or made up, so that only these are read:
//!
//! - Android's own (`Dalvik/2.1.0 (Linux; U; Android 13; MODEL Build/…)`) and those
//!   of browsers and apps that name `Android` or `iOS` in this way;
//! - `FBAndroidSDK` and `FBiOSSDK`, for their platform;
//! - `CFNetwork/… Darwin/…`, which is of Apple, and no more;
//! - `Chrome`, `Firefox` and `Version/… Safari` with their first number.
//!
//! Not read are the reduced `Android 10; K` of Chrome (since 110, 2023), the
//! `iPhone OS 18_6` and `18_7` at which WebKit stays since Safari 26 (2025),
//! `Macintosh`, which an iPad says too, and `X11; Linux`, which a telephone says
//! where the desktop site was asked for.

use std::sync::LazyLock;

use regex::Regex;

use super::fact::{Browser, Fact, Platform};

/// A pattern of this file, in ASCII: `regex` is built without tables of Unicode.
/// All compile, as the tests show; one that did not would match nothing.
fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

static ANDROID: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(?-u:\b)Android(?:[ /]([0-9]+(?:\.[0-9]+)*))?"));
static IOS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?:(?-u:\b)iOS|(?-u:\b)iPadOS|(?-u:\b)iPhone OS|(?-u:\b)CPU OS)[ /]([0-9]+(?:[._][0-9]+)*)",
    )
});
static BUILD: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"; *([^;()]{1,100}?) Build/"));
static APPLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"(?-u:\b)(?:iPhone|iPad|iPod|Watch|AppleTV)[0-9]{1,2},[0-9]{1,2}(?-u:\b)")
});
static CHROME: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(?-u:\b)(?:Headless)?(?:Chrome|CriOS)/([0-9]{1,4})"));
static FIREFOX: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(?-u:\b)Firefox/([0-9]{1,4})"));
static SAFARI: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(?-u:\b)Version/([0-9]{1,4})[0-9.]* (?:Mobile/[!-~]+ )?Safari/"));

/// The identifier of a model of Apple in a text.
pub(super) fn apple_model(text: &str) -> Option<&str> {
    Some(APPLE.as_ref()?.find(text)?.as_str())
}

/// The facts that a User-Agent names.
pub(super) fn facts(agent: &str) -> Vec<Fact> {
    let mut facts = Vec::new();
    // It names `Android` and `like iPhone OS` besides.
    if agent.contains("Windows Phone") {
        return facts;
    }
    // A pattern costs more than to see that the word that it begins with is not there.
    let captures = |pattern: &'static LazyLock<Option<Regex>>, word: &str| {
        let pattern = agent.contains(word).then(|| pattern.as_ref())??;
        pattern.captures(agent)
    };
    let android = captures(&ANDROID, "Android");
    let ios = captures(&IOS, "OS");
    let is_ios = ios.is_some()
        || ["(iPhone;", "(iPad;", "(iPod", "FBiOSSDK"]
            .iter()
            .any(|mark| agent.contains(mark));
    let is_android = android.is_some() || agent.contains("FBAndroidSDK");
    match (is_android, is_ios) {
        (true, false) => {
            facts.push(Fact::Platform(Platform::Android));
            let version = android.as_ref().and_then(|found| found.get(1));
            if let Some(version) = version.filter(|_| !agent.contains("Android 10; K")) {
                let version = version.as_str().to_owned();
                facts.push(Fact::OsVersion(Platform::Android, version));
            }
            let model = BUILD.as_ref().and_then(|pattern| pattern.captures(agent));
            if let Some(model) = model.as_ref().and_then(|found| found.get(1)) {
                facts.push(Fact::Model(model.as_str().to_owned()));
            }
        }
        (false, true) => {
            facts.push(Fact::Platform(Platform::Ios));
            let version = ios.as_ref().and_then(|found| found.get(1));
            let frozen = ["OS 18_6 like", "OS 18_7 like"];
            if let Some(version) =
                version.filter(|_| !frozen.iter().any(|mark| agent.contains(mark)))
            {
                let version = version.as_str().replace('_', ".");
                facts.push(Fact::OsVersion(Platform::Ios, version));
            }
            if let Some(model) = apple_model(agent) {
                facts.push(Fact::Model(model.to_owned()));
            }
        }
        (false, false) if agent.contains("CFNetwork/") && agent.contains("Darwin/") => {
            facts.push(Fact::Platform(Platform::Apple));
        }
        (false, false) if agent.contains("Windows NT") => {
            facts.push(Fact::Platform(Platform::Windows));
        }
        _ => {}
    }
    facts.extend(browser(agent));
    facts
}

fn browser(agent: &str) -> Option<Fact> {
    let of = |pattern: &LazyLock<Option<Regex>>, word: &str, browser| {
        if !agent.contains(word) {
            return None;
        }
        let found = pattern.as_ref()?.captures(agent)?;
        let version = found
            .get(1)
            .and_then(|version| version.as_str().parse().ok());
        Some(Fact::Browser(browser, version))
    };
    of(&FIREFOX, "Firefox/", Browser::Firefox)
        // `Chrome` or `CriOS`.
        .or_else(|| of(&CHROME, "/", Browser::Chromium))
        .or_else(|| of(&SAFARI, "Safari/", Browser::WebKit))
}

/// The browser that a capture names, with its first number: `Firefox 54.0`.
pub(super) fn stated_browser(text: &str) -> Option<Fact> {
    let lower = text.to_lowercase();
    let has = |names: &[&str]| names.iter().any(|name| lower.contains(name));
    let browser = if has(&["firefox"]) {
        Browser::Firefox
    } else if has(&["chrome", "chromium", "edge"]) {
        Browser::Chromium
    } else if has(&["safari", "webkit"]) {
        Browser::WebKit
    } else {
        return None;
    };
    let digits: String = text
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    // WebKit's number is that of the engine with some writers.
    let version = digits.parse().ok().filter(|_| browser != Browser::WebKit);
    Some(Fact::Browser(browser, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(agent: &str) -> Vec<Fact> {
        let mut facts = facts(agent);
        facts.retain(|fact| !matches!(fact, Fact::Browser(..)));
        facts
    }

    #[test]
    fn platform_version_and_model_are_read_where_they_are_named() {
        let android =
            "Dalvik/2.1.0 (Linux; U; Android 13; sdk_gphone64_x86_64 Build/TE1A.220922.012)";
        assert_eq!(
            device(android),
            [
                Fact::Platform(Platform::Android),
                Fact::OsVersion(Platform::Android, "13".into()),
                Fact::Model("sdk_gphone64_x86_64".into()),
            ]
        );
        let ios = Fact::Platform(Platform::Ios);
        let version = |text: &str| Fact::OsVersion(Platform::Ios, text.into());
        for (agent, found) in [
            (
                "ZoomPhone/4.6.8 (iPhone; iOS 13.3.1; Scale/2.00)",
                version("13.3.1"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X) AppleWebKit/605.1.15",
                version("13.3"),
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 12_0 like Mac OS X) AppleWebKit/605.1.15",
                version("12.0"),
            ),
        ] {
            assert_eq!(device(agent), [ios.clone(), found], "{agent}");
        }
    }

    #[test]
    fn what_is_frozen_reduced_or_ambiguous_is_not_read() {
        let android = [Fact::Platform(Platform::Android)];
        let agent = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36";
        assert_eq!(device(agent), android);
        assert_eq!(device("FBAndroidSDK.14.1.1"), android);
        let agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";
        assert_eq!(device(agent), [Fact::Platform(Platform::Ios)]);
        for agent in [
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15",
            "Mozilla/5.0 (X11; Linux x86_64) Chrome/100.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0; ARM; Trident/7.0) like iPhone OS 7_0_3 Mac OS X",
            "okhttp/4.9.0",
            "curl/8.0",
            "",
        ] {
            assert_eq!(device(agent), [], "{agent}");
        }
    }

    #[test]
    fn a_browser_is_told_by_its_own_token() {
        for (agent, wanted) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:54.0) Gecko/20100101 Firefox/54.0",
                (Browser::Firefox, 54),
            ),
            (
                "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/73.0.3683.0 Safari/537.36",
                (Browser::Chromium, 73),
            ),
            (
                "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.4 Safari/605.1.15",
                (Browser::WebKit, 16),
            ),
        ] {
            let (browser, version) = wanted;
            assert_eq!(
                super::browser(agent),
                Some(Fact::Browser(browser, Some(version))),
                "{agent}"
            );
        }
        assert_eq!(super::browser("curl/8.0"), None);
        assert_eq!(
            stated_browser("Google Chrome 47.0.2526.106"),
            Some(Fact::Browser(Browser::Chromium, Some(47)))
        );
        assert_eq!(
            stated_browser("chromium"),
            Some(Fact::Browser(Browser::Chromium, None))
        );
    }
}
