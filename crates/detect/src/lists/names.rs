//! What may stand in a list: names of domains, and names for print.

/// Longest name of an organisation, in characters.
const MAX_NAME: usize = 300;

/// The domain as it is looked up: lower case, no dots at the ends. `None` for
/// what is no name of two or more labels, for an address, and for a suffix
/// under which anybody registers: an entry for `co.uk` would name one owner
/// for a country.
pub(crate) fn domain(name: &str) -> Option<String> {
    let name = name
        .trim()
        .trim_start_matches("*.")
        .trim_matches('.')
        .to_ascii_lowercase();
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    if name.len() > 253
        || !name.contains('.')
        || !name.split('.').all(label)
        || name.parse::<std::net::IpAddr>().is_ok()
    {
        return None;
    }
    let suffix = psl::suffix(name.as_bytes())?;
    let whole = suffix.as_bytes().len() == name.len();
    let private = suffix.typ() == Some(psl::Type::Private);
    (suffix.is_known() && (private || !whole)).then_some(name)
}

/// A name for print: on one line, without control characters, bounded.
pub(super) fn printed(name: &str) -> String {
    name.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|letter| !letter.is_control())
        .take(MAX_NAME)
        .collect()
}

/// A country code of two letters; empty for anything else.
pub(super) fn country(code: &str) -> String {
    let code = code.trim();
    if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        code.to_ascii_uppercase()
    } else {
        String::new()
    }
}
