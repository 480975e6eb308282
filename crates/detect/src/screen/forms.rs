//! Credentials and addresses that are known by their form.

use std::ops::Range;
use std::sync::LazyLock;

use affiant_model::SightingKind;
use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use regex::bytes::{Regex, RegexSet};

/// A value known by its form.
pub(super) struct Form {
    pub(super) kind: SightingKind,
    pub(super) name: &'static str,
    pub(super) range: Range<usize>,
}

/// The forms: kind, name, expression. A key's form is the one that its issuer
/// documents for scanners of secrets (the lists of GitHub secret scanning,
/// Amazon, Google Cloud, Slack and Stripe).
const FORMS: &[(SightingKind, &str, &str)] = &[
    (
        SightingKind::PrivateKey,
        "",
        r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY-----",
    ),
    (
        SightingKind::JsonWebToken,
        "",
        r"\beyJ[A-Za-z0-9_-]{8,8192}\.eyJ[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{0,2048}",
    ),
    (
        SightingKind::Key,
        "AWS access key",
        r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b",
    ),
    (
        SightingKind::Key,
        "GitHub token",
        r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{82})\b",
    ),
    (
        SightingKind::Key,
        "Slack token",
        r"\bxox[abposr]-[A-Za-z0-9-]{10,200}",
    ),
    (
        SightingKind::Key,
        "Stripe secret key",
        r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,200}\b",
    ),
    (
        SightingKind::Key,
        "Google API key",
        r"\bAIza[A-Za-z0-9_-]{35}",
    ),
    (
        SightingKind::Token,
        "Google OAuth token",
        r"\bya29\.[A-Za-z0-9_-]{20,2000}",
    ),
    (
        SightingKind::EmailAddress,
        "",
        r"\b[A-Za-z0-9._+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}\b",
    ),
];

static EXPRESSIONS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    // What does not compile is missing from the list, which a test denies.
    FORMS
        .iter()
        .filter_map(|(_, _, expression)| Regex::new(&format!("(?-u){expression}")).ok())
        .collect()
});

/// Which expressions match at all: most entries hold none of them.
static ANY: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSet::new(
        FORMS
            .iter()
            .map(|(_, _, expression)| format!("(?-u){expression}")),
    )
    .ok()
});

static SET_COOKIE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // As a JSON member of HAR, as a line of HTTP, as a tnetstring.
    let expression = r#"(?i-u)set-cookie(?:"\s*,\s*"value"\s*:\s*"|:[ \t]*|,\d{1,7}:)([^\s"=;,:]{1,200})=([^\s";,]{1,4096})"#;
    Regex::new(expression).ok()
});

/// What each form has in it: most bytes have nothing of it, and are done with.
const IN_THEM: &[&str] = &[
    "-----BEGIN ",
    "eyJ",
    "AKIA",
    "ASIA",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "xox",
    "k_live_",
    "k_test_",
    "AIza",
    "ya29.",
    "@",
];

static MAY_BE: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(IN_THEM).ok());

/// Finds the values known by their form, kind after kind.
pub(super) fn find(bytes: &[u8]) -> Vec<Form> {
    if MAY_BE.as_ref().is_some_and(|any| !any.is_match(bytes)) {
        return Vec::new();
    }
    let Some(any) = &*ANY else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for index in any.matches(bytes) {
        let (Some(expression), Some((kind, name, _))) = (EXPRESSIONS.get(index), FORMS.get(index))
        else {
            continue;
        };
        let forms = expression.find_iter(bytes).map(|found| Form {
            kind: *kind,
            name,
            range: found.range(),
        });
        found.extend(forms.filter(|form| is_meant(form, bytes)));
    }
    found
}

/// Names of files with `@` look like addresses: `icon@2x.png`.
fn is_meant(form: &Form, bytes: &[u8]) -> bool {
    const FILES: &[&str] = &[
        "png", "jpg", "jpeg", "gif", "svg", "webp", "js", "mjs", "css", "json", "html", "ico",
        "woff", "ttf", "map", "ts",
    ];
    if form.kind != SightingKind::EmailAddress {
        return true;
    }
    let value = bytes.get(form.range.clone()).unwrap_or_default();
    let last = value
        .rsplit(|byte| *byte == b'.')
        .next()
        .unwrap_or_default();
    !FILES
        .iter()
        .any(|file| last.eq_ignore_ascii_case(file.as_bytes()))
}

/// Finds what responses set: the name of each cookie, and the place of its value.
pub(super) fn set_cookies(bytes: &[u8]) -> Vec<(String, Range<usize>)> {
    let Some(expression) = &*SET_COOKIE else {
        return Vec::new();
    };
    let captures = expression.captures_iter(bytes);
    captures
        .filter_map(|found| {
            let name = String::from_utf8_lossy(found.get(1)?.as_bytes()).into_owned();
            Some((name, found.get(2)?.range()))
        })
        .collect()
}

/// When a JSON Web Token says that it ends (`exp`, RFC 7519 §4.1.4).
pub(super) fn expiry(value: &[u8]) -> Option<DateTime<Utc>> {
    let mut parts = value.split(|byte| *byte == b'.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&payload).ok()?;
    DateTime::from_timestamp(claims.get("exp")?.as_i64()?, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_expression_compiles() {
        assert_eq!(EXPRESSIONS.len(), FORMS.len());
        assert!(ANY.is_some() && SET_COOKIE.is_some() && MAY_BE.is_some());
    }

    #[test]
    fn each_form_has_something_of_what_is_looked_for_first() {
        let key = "A".repeat(82);
        for (value, count) in [
            ("-----BEGIN RSA PRIVATE KEY-----".to_owned(), 1),
            ("eyJhbGciOiJI.eyJzdWIiOiIx.c2ln".to_owned(), 1),
            ("AKIAIOSFODNN7EXAMPLE".to_owned(), 1),
            ("ASIAIOSFODNN7EXAMPLE".to_owned(), 1),
            (format!("ghp_{}", &key[..36]), 1),
            (format!("gho_{}", &key[..36]), 1),
            (format!("ghu_{}", &key[..36]), 1),
            (format!("ghs_{}", &key[..36]), 1),
            (format!("ghr_{}", &key[..36]), 1),
            (format!("github_pat_{key}"), 1),
            (format!("xoxb-{}", &key[..12]), 1),
            (format!("sk_live_{}", &key[..16]), 1),
            (format!("rk_test_{}", &key[..16]), 1),
            (format!("AIza{}", &key[..35]), 1),
            (format!("ya29.{}", &key[..20]), 1),
            ("ann@example.com".to_owned(), 1),
            ("https://t.example/?a=b".to_owned(), 0),
        ] {
            assert_eq!(find(value.as_bytes()).len(), count, "{value}");
        }
    }
}
