//! Whether the event of a record is one that a request names.
//!
//! Meta's records have types of its own (`ACTIVATE_APP`, `CUSTOM`); its SDKs send
//! names (`fb_mobile_activate_app`, or what the app made up). The names are those
//! of facebook/facebook-ios-sdk v17.0.0, `FBSDKCoreKit/FBSDKCoreKit/AppEvents/
//! FBSDKAppEventName.m`. The types are those seen in exports; Meta publishes no
//! list, so a type that is not among them is not compared.

use affiant_model::ExchangeRow;

use super::app::Named;

/// How the events of a record and of a request are to each other. One that
/// differs is no candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Agreement<'t> {
    /// The request names this event, which is the record's.
    Agrees(&'t str),
    /// One of them has none, or it is not known what would be the same.
    NotCompared,
}

impl<'t> Agreement<'t> {
    /// The event as the request names it.
    pub(super) const fn name(self) -> Option<&'t str> {
        match self {
            Self::Agrees(name) => Some(name),
            Self::NotCompared => None,
        }
    }
}

/// Names of events of Meta's SDKs with the type that its records have for them.
const STANDARD: &[(&str, &str)] = &[
    ("fb_mobile_activate_app", "ACTIVATE_APP"),
    ("fb_mobile_add_payment_info", "ADD_PAYMENT_INFO"),
    ("fb_mobile_add_to_cart", "ADD_TO_CART"),
    ("fb_mobile_add_to_wishlist", "ADD_TO_WISHLIST"),
    ("fb_mobile_complete_registration", "COMPLETE_REGISTRATION"),
    ("fb_mobile_content_view", "VIEW_CONTENT"),
    ("fb_mobile_initiated_checkout", "INITIATE_CHECKOUT"),
    ("fb_mobile_purchase", "PURCHASE"),
    ("fb_mobile_search", "SEARCH"),
    // Events of the pixel, which a site sends.
    ("PageView", "PAGE_VIEW"),
    ("ViewContent", "VIEW_CONTENT"),
    ("Search", "SEARCH"),
    ("AddToCart", "ADD_TO_CART"),
    ("AddToWishlist", "ADD_TO_WISHLIST"),
    ("AddPaymentInfo", "ADD_PAYMENT_INFO"),
    ("InitiateCheckout", "INITIATE_CHECKOUT"),
    ("CompleteRegistration", "COMPLETE_REGISTRATION"),
    ("Purchase", "PURCHASE"),
    ("Lead", "LEAD"),
];

/// The type of an event that the app named itself.
const CUSTOM: &str = "CUSTOM";

/// Compares the event of a record with those of a request; `None` where all of
/// them are another.
pub(super) fn compare<'t>(
    record: &ExchangeRow,
    request: &ExchangeRow,
    named: &Named<'t>,
) -> Option<Agreement<'t>> {
    let events = named.events(request);
    let Some(kind) = record.detail.as_deref().filter(|_| !events.is_empty()) else {
        return Some(Agreement::NotCompared);
    };
    if let Some(name) = events.iter().find(|name| same(kind, name) == Some(true)) {
        return Some(Agreement::Agrees(name));
    }
    let differs = events.iter().all(|name| same(kind, name) == Some(false));
    (!differs).then_some(Agreement::NotCompared)
}

/// Whether a type and a name are the same event; `None` where that is not known.
fn same(kind: &str, name: &str) -> Option<bool> {
    if kind == name {
        return Some(true);
    }
    let standard = STANDARD.iter().find(|(standard, _)| *standard == name);
    if let Some((_, wanted)) = standard {
        let is_known = kind == CUSTOM || STANDARD.iter().any(|(_, known)| *known == kind);
        return (*wanted == kind)
            .then_some(true)
            .or(is_known.then_some(false));
    }
    // A name of the SDK's own whose type was not seen may be anything.
    let is_own =
        name.starts_with("fb_") || name == "MOBILE_APP_INSTALL" || name == "CUSTOM_APP_EVENTS";
    match kind {
        _ if is_own => None,
        CUSTOM => Some(true),
        _ => STANDARD
            .iter()
            .any(|(_, known)| *known == kind)
            .then_some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_to_be_another_event_is_one() {
        for (kind, name, wanted) in [
            ("ACTIVATE_APP", "fb_mobile_activate_app", Some(true)),
            ("VIEW_CONTENT", "fb_mobile_content_view", Some(true)),
            ("PURCHASE", "fb_mobile_activate_app", Some(false)),
            ("CUSTOM", "fb_mobile_activate_app", Some(false)),
            ("CUSTOM", "meeting_joined", Some(true)),
            ("PURCHASE", "meeting_joined", Some(false)),
            // Types and names that are not known to be anything.
            ("APP_VIEW", "fb_mobile_activate_app", None),
            ("CUSTOM", "fb_mobile_deactivate_app", None),
            ("APP_VIEW", "meeting_joined", None),
            ("open", "open", Some(true)),
        ] {
            assert_eq!(same(kind, name), wanted, "{kind} {name}");
        }
    }
}
