//! On which side of the division of statutes a value is: contents, routing or record.

use affiant_model::Nature;

use crate::Knowledge;

/// The nature that is proposed of a value: that of its datum, but for values that say
/// nothing of what a communication says.
pub(crate) fn nature_of(knowledge: &Knowledge, datum: &str, value: &[u8]) -> Nature {
    let nature = knowledge
        .datum(datum)
        .map_or(Nature::Record, |datum| datum.nature);
    match nature {
        Nature::Contents if is_bare_address(value) => Nature::Routing,
        Nature::Contents if datum == "screen_name" && is_of_a_framework(value) => Nature::Record,
        nature => nature,
    }
}

/// Whether an address names a host and nothing on it: such an address says where
/// something goes, and nothing of what it says.
fn is_bare_address(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    text.split_once("://").is_some_and(|(_, rest)| {
        let rest = rest.trim_end_matches('/');
        !rest.is_empty() && !rest.contains(['/', '?', '#'])
    })
}

/// Prefixes of the classes of Apple's frameworks that show views (Apple, *Programming with
/// Objective-C*, Conventions: "two-letter prefixes … are reserved by Apple for use in
/// framework classes"): `UIKit`, `AppKit`, `SafariServices`, `MessageUI`, `ContactsUI`, `AVKit`,
/// `QuickLook`, `PassKit`, `WebKit`, `MediaPlayer`, `StoreKit`, `GameKit`, `EventKitUI`, `PhotosUI`.
const APPLE: [&str; 14] = [
    "UI", "NS", "SF", "MF", "CN", "AV", "QL", "PK", "WK", "MP", "SK", "GK", "EK", "PH",
];

/// Packages of Android, its support libraries and Google's services.
const ANDROID: [&str; 5] = [
    "android.",
    "androidx.",
    "com.android.",
    "com.google.android.gms.",
    "com.google.android.material.",
];

/// Classes of Android from which those of applications are derived, without their package.
const ANDROID_BASES: [&str; 8] = [
    "Activity",
    "AppCompatActivity",
    "ComponentActivity",
    "DialogFragment",
    "Fragment",
    "FragmentActivity",
    "ListActivity",
    "NavHostFragment",
];

/// Whether the name of a view is that of a class of the system's own frameworks, such as
/// `UINavigationController`: it is the same in every application, and says nothing of what was
/// shown or done. The name of a class of the application may say it (`CheckoutViewController`).
fn is_of_a_framework(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let name = text.trim();
    if ANDROID_BASES.contains(&name) || ANDROID.iter().any(|package| name.starts_with(package)) {
        return true;
    }
    // SwiftUI names what it hosts: `UIHostingController<CheckoutView>`.
    let name = name.trim_start_matches('_');
    let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric());
    plain
        && name.ends_with("Controller")
        && APPLE.iter().any(|prefix| {
            // A word follows, so that `UITips` and `PKIController` are other names.
            name.strip_prefix(prefix).is_some_and(|rest| {
                let mut letters = rest.chars();
                letters
                    .next()
                    .is_some_and(|letter| letter.is_ascii_uppercase())
                    && letters
                        .next()
                        .is_some_and(|letter| letter.is_ascii_lowercase())
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_of_the_systems_frameworks_is_no_content_and_one_of_the_application_may_be() {
        let knowledge = Knowledge::built_in().unwrap();
        let of = |value: &str| nature_of(&knowledge, "screen_name", value.as_bytes());
        for name in [
            "UINavigationController",
            "_UIAlertControllerTextFieldViewController",
            "SFSafariViewController",
            "androidx.fragment.app.FragmentActivity",
            "AppCompatActivity",
        ] {
            assert_eq!(of(name), Nature::Record, "{name}");
        }
        for name in [
            "CheckoutViewController",
            "Shop.HomeViewController",
            "UIHostingController<CheckoutView>",
            "UITips",
            "PKIController",
            "Profile",
            "com.example.shop.LoginActivity",
            "",
        ] {
            assert_eq!(of(name), Nature::Contents, "{name}");
        }
        // What a person searched for is what it is.
        let searched = nature_of(&knowledge, "search_term", b"UINavigationController");
        assert_eq!(searched, Nature::Contents);
    }

    #[test]
    fn an_address_of_a_host_alone_is_routing() {
        let knowledge = Knowledge::built_in().unwrap();
        let of = |value: &str| nature_of(&knowledge, "page_url", value.as_bytes());
        assert_eq!(of("https://zoom.us/"), Nature::Routing);
        assert_eq!(of("https://zoom.us/j/1"), Nature::Contents);
    }
}
