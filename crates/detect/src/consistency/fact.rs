use affiant_model::ContradictionKind;

/// Something that is said of device, app or browser.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    Platform(Platform),
    OsVersion(Platform, String),
    Model(String),
    App(String),
    AppVersion {
        /// The app that has it, where that is said beside it.
        app: Option<String>,
        version: String,
    },
    Browser(Browser, Option<u32>),
}

/// The family of an operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Platform {
    Android,
    Ios,
    MacOs,
    /// Of Apple, without saying which.
    Apple,
    Windows,
}

/// The family of a browser, by its engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Browser {
    Chromium,
    Firefox,
    WebKit,
}

impl Platform {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Android => "Android",
            Self::Ios => "iOS",
            Self::MacOs => "macOS",
            Self::Apple => "a system of Apple",
            Self::Windows => "Windows",
        }
    }

    /// The one platform that a text names; `None` where it names none or several.
    pub(super) fn named(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        let words: Vec<&str> = lower
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let has = |names: &[&str]| words.iter().any(|word| names.contains(word));
        let found = [
            (Self::Android, has(&["android"])),
            (Self::Ios, has(&["ios", "ipados", "iphoneos"])),
            (Self::MacOs, has(&["macos", "osx"])),
            (Self::Windows, has(&["windows"])),
        ];
        let mut named = found.into_iter().filter(|(_, is)| *is);
        let (platform, _) = named.next()?;
        named.next().is_none().then_some(platform)
    }

    const fn agrees(self, other: Self) -> bool {
        matches!(
            (self, other),
            (Self::Android, Self::Android)
                | (Self::Windows, Self::Windows)
                | (Self::Ios, Self::Ios | Self::Apple)
                | (Self::MacOs, Self::MacOs | Self::Apple)
                | (Self::Apple, Self::Ios | Self::MacOs | Self::Apple)
        )
    }
}

impl Fact {
    pub(super) const fn kind(&self) -> ContradictionKind {
        match self {
            Self::Platform(_) => ContradictionKind::Platform,
            Self::OsVersion(..) => ContradictionKind::OsVersion,
            Self::Model(_) => ContradictionKind::DeviceModel,
            Self::App(_) => ContradictionKind::App,
            Self::AppVersion { .. } => ContradictionKind::AppVersion,
            Self::Browser(..) => ContradictionKind::Browser,
        }
    }

    /// The fact in words.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Platform(platform) => platform.name().to_owned(),
            Self::OsVersion(platform, version) => format!("{} {version}", platform.name()),
            Self::Browser(browser, version) => {
                let name = match browser {
                    Browser::Chromium => "a browser made on Chromium",
                    Browser::Firefox => "Firefox",
                    Browser::WebKit => "a browser made on WebKit",
                };
                match version {
                    Some(version) => format!("{name}, version {version}"),
                    None => name.to_owned(),
                }
            }
            Self::Model(text) | Self::App(text) | Self::AppVersion { version: text, .. } => {
                text.clone()
            }
        }
    }

    /// Whether both cannot hold of the same thing. `loose` where a person wrote
    /// `self`: a device then often goes by its name in the shop.
    pub(super) fn conflicts(&self, other: &Self, loose: bool) -> bool {
        match (self, other) {
            (Self::Platform(a), Self::Platform(b)) => !a.agrees(*b),
            (Self::OsVersion(a, version), Self::OsVersion(b, other)) => {
                a == b && !same_version(version, other)
            }
            (Self::Model(a), Self::Model(b)) => other_models(a, b, loose),
            (Self::App(a), Self::App(b)) => !a.eq_ignore_ascii_case(b),
            (Self::AppVersion { version: a, .. }, Self::AppVersion { version: b, .. }) => {
                !same_version(a, b)
            }
            (Self::Browser(a, version), Self::Browser(b, other)) => {
                let versions = version.zip(*other);
                a != b || versions.is_some_and(|(version, other)| version != other)
            }
            _ => false,
        }
    }
}

/// Whether two versions are the same, as far as both go: `13` and `13.3.1` are,
/// and `4.6.8` and `4.6.8 (19178)`.
fn same_version(a: &str, b: &str) -> bool {
    let parts = |text: &str| -> Vec<String> {
        let number = text.trim().trim_start_matches(['v', 'V']);
        let number = number.split([' ', '(', '+']).next().unwrap_or_default();
        let parts = number.split(['.', '_', '-']);
        parts
            .map(|part| part.trim_start_matches('0').to_ascii_lowercase())
            .collect()
    };
    parts(a).iter().zip(&parts(b)).all(|(a, b)| a == b)
}

/// Whether two names are of different models. Names of one device differ by who
/// gives them (`iPhone12,1`, `iPhone 11`; `SM-G973F`, `Galaxy S10`), so that only
/// names of one kind are held against each other.
fn other_models(a: &str, b: &str, loose: bool) -> bool {
    let plain = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let (short, long) = (plain(a), plain(b));
    if short.is_empty() || long.is_empty() || long.contains(&short) || short.contains(&long) {
        return false;
    }
    // An identifier within a longer text: `iPhone 11 (iPhone12,1)`.
    let apple = |text: &str| super::agent::apple_model(text).map(str::to_owned);
    if let (Some(a), Some(b)) = (apple(a), apple(b)) {
        return a != b;
    }
    let family = |text: &str| -> String {
        let letters = text.trim_start().chars().take_while(|c| c.is_alphabetic());
        letters.flat_map(char::to_lowercase).collect()
    };
    let has_comma = |text: &str| text.contains(',');
    let worded = |text: &str| text.trim().contains(' ') && family(text) != "pixel";
    family(a) == family(b)
        && !family(a).is_empty()
        && has_comma(a) == has_comma(b)
        && !(loose && (worded(a) || worded(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_agree_as_far_as_both_go() {
        for (a, b) in [
            ("13", "13.3.1"),
            ("13.3.1", "13_3_1"),
            ("4.6.8", "4.6.8 (19178.0323)"),
            ("v2.0", "2.00"),
        ] {
            assert!(same_version(a, b), "{a} {b}");
        }
        for (a, b) in [("11", "13"), ("1.2.3", "1.2.4"), ("1.1", "1.10")] {
            assert!(!same_version(a, b), "{a} {b}");
        }
    }

    #[test]
    fn a_name_from_the_shop_is_not_held_against_a_code_of_the_maker() {
        let differ = [
            ("iPhone12,1", "iPhone11,8"),
            ("iPhone 11 (iPhone12,1)", "iPhone11,8"),
            ("sdk_gphone_x86_64", "sdk_gphone64_x86_64"),
            ("SM-G973F", "SM-A515F"),
            ("Pixel 4a", "Pixel 6"),
        ];
        for (a, b) in differ {
            assert!(
                other_models(a, b, true) && other_models(b, a, true),
                "{a} {b}"
            );
        }
        let may_be_one = [
            ("iPhone 11", "iPhone12,1"),
            ("iPhone 11 (iPhone12,1)", "iPhone12,1"),
            ("Galaxy S10", "SM-G973F"),
            ("OnePlus 6", "ONEPLUS A6003"),
            ("samsung SM-G973F", "SM-G973F"),
            ("", "SM-G973F"),
        ];
        for (a, b) in may_be_one {
            assert!(
                !other_models(a, b, true) && !other_models(b, a, true),
                "{a} {b}"
            );
        }
    }

    #[test]
    fn a_text_names_a_platform_only_where_it_names_one() {
        assert_eq!(Platform::named("Android 13"), Some(Platform::Android));
        assert_eq!(Platform::named("iOS 13.3.1"), Some(Platform::Ios));
        assert_eq!(Platform::named("Android and iOS"), None);
        assert_eq!(Platform::named("curios"), None);
        assert!(Platform::Apple.agrees(Platform::Ios));
        assert!(!Platform::Android.agrees(Platform::Apple));
    }
}
