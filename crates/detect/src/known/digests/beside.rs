//! Values in which a salt stands beside the digest that it went into, as frameworks and
//! shops keep them: `digest:salt` of osCommerce and Joomla, `sha1$salt$digest` of Django.

use std::ops::Range;

/// Lengths of digests in hexadecimal digits: those of MD5, SHA-1, SHA-256, SHA-512.
const LENGTHS: [usize; 4] = [32, 40, 64, 128];

/// Longest value that is taken apart so.
const LONGEST: usize = 256;

/// Longest salt that stands so.
const LONGEST_SALT: usize = 64;

/// What stands between digest and salt. Behind a point, names of files end too.
const MARKS: &[u8] = b":$|;.";

/// Where digest and salt stand in a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Beside {
    pub(crate) digest: Range<usize>,
    pub(crate) salt: Range<usize>,
}

/// The digest in a value with what stands on one side of it.
pub(crate) fn beside(value: &[u8]) -> Option<Beside> {
    if !(LENGTHS[0] + 2..=LONGEST).contains(&value.len()) {
        return None;
    }
    // A look at a few of the digits tells most values, a UUID among them.
    const AT: [usize; 4] = [8, 13, 18, 31];
    let is_digit = |at: usize| value[at].is_ascii_hexdigit();
    if !AT.iter().all(|at| is_digit(*at)) && !AT.iter().all(|at| is_digit(value.len() - 1 - at)) {
        return None;
    }
    let digits = |from: usize| {
        value[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count()
    };
    let is_mark = |at: usize| value.get(at).is_some_and(|byte| MARKS.contains(byte));
    let first = digits(0);
    if LENGTHS.contains(&first) && is_mark(first) {
        let salt = salt(value, first + 1..value.len())?;
        let is_ending = value[first] == b'.' && !value[salt.clone()].iter().all(is_of_salt);
        return (!is_ending).then_some(Beside {
            digest: 0..first,
            salt,
        });
    }
    let back = value
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    let from = value.len() - back;
    let mark = from.checked_sub(1).filter(|at| is_mark(*at))?;
    // The name of the function may stand before the salt, between the same marks.
    let before = &value[..mark];
    let start = before
        .iter()
        .rposition(|byte| *byte == value[mark])
        .map_or(0, |at| at + 1);
    LENGTHS.contains(&back).then_some(())?;
    salt(value, start..mark).map(|salt| Beside {
        digest: from..value.len(),
        salt,
    })
}

/// Whether a byte is of a salt behind a point: the endings of most names of files are not
/// of such bytes alone.
const fn is_of_salt(byte: &u8) -> bool {
    byte.is_ascii_hexdigit()
}

/// Whether a value may have a salt beside a digest in it.
pub(crate) fn may_hold_salt(value: &[u8]) -> bool {
    beside(value).is_some()
}

/// The range, where what is there may be a salt.
fn salt(value: &[u8], range: Range<usize>) -> Option<Range<usize>> {
    let text = &value[range.clone()];
    let is_salt = (2..=LONGEST_SALT).contains(&text.len()) && text.iter().all(u8::is_ascii_graphic);
    // A time in seconds or milliseconds is part of the name of a version, as in an `ETag`.
    let is_time = matches!(text.len(), 10 | 13) && text.iter().all(u8::is_ascii_digit);
    (is_salt && !is_time).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Option<(&str, &str)> {
        let Beside { digest, salt } = beside(value.as_bytes())?;
        Some((&value[digest], &value[salt]))
    }

    #[test]
    fn a_salt_stands_on_either_side_of_a_digest() {
        const MD5: &str = "2bd27504149156f0c6c917bf68c8499d";
        for (value, salt) in [
            (format!("{MD5}:a8"), "a8"),
            (format!("{MD5}.a8b4"), "a8b4"),
            (format!("k7Qz${MD5}"), "k7Qz"),
            (format!("md5$k7Qz${MD5}"), "k7Qz"),
        ] {
            assert_eq!(read(&value), Some((MD5, salt)), "{value}");
        }
        for other in [
            MD5.to_owned(),
            format!("{MD5}:"),
            format!("{MD5}a:b8"),
            format!("{MD5} and more"),
            format!("x{MD5}"),
            format!("{MD5}.js"),
            format!("{MD5}.min.js"),
            format!("{MD5}-1"),
            format!("{MD5}:1463757360"),
            "2bd27504-1491-56f0-c6c9-17bf68c8499d".to_owned(),
            String::new(),
        ] {
            assert_eq!(read(&other), None, "{other}");
        }
    }
}
