//! The questions, types and purposes of Google Play's data-safety form, as the exports that
//! `play_csv.rs` names write them.

/// Questions on the account, on deletion, on security and on badges, which declare
/// no recipient and no datum.
pub(super) const OTHER_QUESTIONS: [&str; 13] = [
    "PSL_DATA_COLLECTION_ENCRYPTED_IN_TRANSIT",
    "PSL_DATA_COLLECTION_USER_REQUEST_DELETE",
    "PSL_DATA_COLLECTION_COMPLIES_FAMILY_POLICY",
    "PSL_SUPPORTED_ACCOUNT_CREATION_METHODS",
    "PSL_ACM_SPECIFY",
    "PSL_ACCOUNT_DELETION_URL",
    "PSL_SUPPORT_DATA_DELETION_BY_USER",
    "PSL_DATA_DELETION_URL",
    "PSL_INDEPENDENTLY_VALIDATED",
    "PSL_UPI_BADGE_OPT_IN",
    "PSL_HAS_OUTSIDE_APP_ACCOUNTS",
    "PSL_OUTSIDE_APP_ACCOUNT_TYPES",
    "PSL_OUTSIDE_APP_ACCOUNT_TYPE_SPECIFY",
];

/// The types of the form with their English labels in the first of the exports.
pub(super) const TYPES: [(&str, &str); 38] = [
    ("PSL_NAME", "Name"),
    ("PSL_EMAIL", "Email address"),
    ("PSL_USER_ACCOUNT", "User IDs"),
    ("PSL_ADDRESS", "Address"),
    ("PSL_PHONE", "Phone number"),
    ("PSL_RACE_ETHNICITY", "Race and ethnicity"),
    ("PSL_POLITICAL_RELIGIOUS", "Political or religious beliefs"),
    (
        "PSL_SEXUAL_ORIENTATION_GENDER_IDENTITY",
        "Sexual orientation",
    ),
    ("PSL_OTHER_PERSONAL", "Other info"),
    ("PSL_CREDIT_DEBIT_BANK_ACCOUNT_NUMBER", "User payment info"),
    ("PSL_PURCHASE_HISTORY", "Purchase history"),
    ("PSL_CREDIT_SCORE", "Credit score"),
    ("PSL_OTHER", "Other financial info"),
    ("PSL_APPROX_LOCATION", "Approximate location"),
    ("PSL_PRECISE_LOCATION", "Precise location"),
    ("PSL_WEB_BROWSING_HISTORY", "Web browsing history"),
    ("PSL_EMAILS", "Emails"),
    ("PSL_SMS_CALL_LOG", "SMS or MMS"),
    ("PSL_OTHER_MESSAGES", "Other in-app messages"),
    ("PSL_PHOTOS", "Photos"),
    ("PSL_VIDEOS", "Videos"),
    ("PSL_AUDIO", "Voice or sound recordings"),
    ("PSL_MUSIC", "Music files"),
    ("PSL_OTHER_AUDIO", "Other audio files"),
    ("PSL_HEALTH", "Health info"),
    ("PSL_FITNESS", "Fitness info"),
    ("PSL_CONTACTS", "Contacts"),
    ("PSL_CALENDAR", "Calendar events"),
    ("PSL_CRASH_LOGS", "Crash logs"),
    ("PSL_PERFORMANCE_DIAGNOSTICS", "Diagnostics"),
    ("PSL_OTHER_PERFORMANCE", "Other app performance data"),
    ("PSL_FILES_AND_DOCS", "Files and docs"),
    ("PSL_USER_INTERACTION", "App interactions"),
    ("PSL_IN_APP_SEARCH_HISTORY", "In-app search history"),
    ("PSL_APPS_ON_DEVICE", "Installed apps"),
    ("PSL_USER_GENERATED_CONTENT", "Other user-generated content"),
    ("PSL_OTHER_APP_ACTIVITY", "Other actions"),
    ("PSL_DEVICE_ID", "Device or other IDs"),
];

/// The purposes, likewise.
pub(super) const PURPOSES: [(&str, &str); 7] = [
    ("PSL_APP_FUNCTIONALITY", "App functionality"),
    ("PSL_ANALYTICS", "Analytics"),
    ("PSL_DEVELOPER_COMMUNICATIONS", "Developer communications"),
    (
        "PSL_FRAUD_PREVENTION_SECURITY",
        "Fraud prevention, security, and compliance",
    ),
    ("PSL_ADVERTISING", "Advertising or marketing"),
    ("PSL_PERSONALIZATION", "Personalization"),
    ("PSL_ACCOUNT_MANAGEMENT", "Account management"),
];

/// The label of an identifier.
pub(super) fn label<'a>(table: &'a [(&str, &'a str)], id: &str) -> Option<&'a str> {
    table
        .iter()
        .find_map(|(known, label)| (*known == id).then_some(*label))
}
