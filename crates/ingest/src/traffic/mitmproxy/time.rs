//! Times: seconds since 1970 in UTC, as the text of a number.

use chrono::{DateTime, Utc};

/// Reads a time to the microsecond, which is cut and not rounded; `None` where
/// it is no time.
///
/// The digits are read as written, because half of the numbers have no exact
/// binary form.
pub(super) fn read(text: &str) -> Option<DateTime<Utc>> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if seconds.is_empty() || !digits(seconds) || !digits(fraction) {
        return None;
    }
    let six: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let micros = seconds.parse::<i64>().ok()?.checked_mul(1_000_000)?;
    DateTime::from_timestamp_micros(micros.checked_add(six.parse().ok()?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_to_the_microsecond() {
        for (text, wanted) in [
            ("1482157523.9086578", "2016-12-19T14:25:23.908657Z"),
            ("1591300243.2", "2020-06-04T19:50:43.200Z"),
            ("1690282995", "2023-07-25T11:03:15Z"),
            ("0.0", "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(read(text), Some(wanted.parse().unwrap()), "{text}");
        }
        for text in [
            "",
            "nan",
            "inf",
            "-1.5",
            "1e400",
            "1.5e9",
            "99999999999999999999",
            "1.-5",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
