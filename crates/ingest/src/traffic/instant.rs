//! Times as numbers and as text, as logs write them.

use chrono::{DateTime, Utc};

use super::time::{self, Unreadable};

/// The unit of a time that is a number since 1970-01-01 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

/// Reads a decimal number of units since 1970, digit by digit, so that no
/// fraction is rounded; what is finer than a nanosecond is cut off.
pub(super) fn since_1970(text: &str, unit: Unit) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 20 || !plain(whole) || !plain(fraction) {
        return None;
    }
    let places: u32 = match unit {
        Unit::Seconds => 9,
        Unit::Milliseconds => 6,
        Unit::Microseconds => 3,
        Unit::Nanoseconds => 0,
    };
    let mut nanos = whole.parse::<i128>().ok()?;
    let mut fraction = fraction.bytes();
    for _ in 0..places {
        let digit = fraction.next().unwrap_or(b'0') - b'0';
        nanos = nanos * 10 + i128::from(digit);
    }
    if negative {
        nanos = -nanos;
    }
    let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?;
    let rest = u32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?;
    DateTime::from_timestamp(seconds, rest)
}

/// Reads a time that is a number of seconds since 1970, or a text as in RFC 3339.
pub(super) fn seconds_or_text(text: &str) -> Result<DateTime<Utc>, Unreadable> {
    match since_1970(text, Unit::Seconds) {
        Some(time) => Ok(time),
        None => time::read(text),
    }
}

/// Adds a length in seconds, such as `1.5`, to a time.
pub(super) fn later(time: DateTime<Utc>, seconds: &str) -> Option<DateTime<Utc>> {
    let length = since_1970(seconds, Unit::Seconds)?.signed_duration_since(DateTime::UNIX_EPOCH);
    time.checked_add_signed(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_digit_is_lost() {
        let wanted = "2018-03-24T17:15:20.865716Z"
            .parse::<DateTime<Utc>>()
            .unwrap();
        for (text, unit) in [
            ("1521911720.865716", Unit::Seconds),
            ("1521911720865.716", Unit::Milliseconds),
            ("1521911720865716", Unit::Microseconds),
            ("1521911720865716000.9", Unit::Nanoseconds),
        ] {
            assert_eq!(since_1970(text, unit), Some(wanted), "{text}");
        }
        let before = since_1970("-0.5", Unit::Seconds).unwrap();
        assert_eq!(before.to_string(), "1969-12-31 23:59:59.500 UTC");
        for text in [
            "",
            ".",
            "-",
            "1e9",
            "XXXXXXXXXX.XXXXXX",
            "99999999999999999999",
            "1.2.3",
        ] {
            assert_eq!(since_1970(text, Unit::Seconds), None, "{text}");
        }
        assert_eq!(seconds_or_text("2018-03-24T17:15:20.865716Z"), Ok(wanted));
        assert_eq!(later(before, "0.5"), Some(DateTime::UNIX_EPOCH));
    }
}
