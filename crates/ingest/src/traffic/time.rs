//! `startedDateTime`, as writers write it.

use chrono::{DateTime, NaiveDateTime, Utc};

/// Why a time was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// A date and time of day, but of no time zone: it names no instant.
    NoZone,
    /// Not a date and time of day.
    NotATime,
}

/// Reads a time as in RFC 3339 §5.6, and leniently: a space for the `T`, a
/// comma before the fraction, a zone without colon or minutes (ISO 8601).
pub(super) fn read(text: &str) -> Result<DateTime<Utc>, Unreadable> {
    let text = text.trim().replacen(' ', "T", 1).replacen(',', ".", 1);
    if let Ok(time) = DateTime::parse_from_rfc3339(&text) {
        return Ok(time.to_utc());
    }
    if let Some(sign) = text.rfind(['+', '-']).filter(|at| *at > 10) {
        let (local, zone) = text.split_at(sign);
        // The zone is whatever follows a sign: it may be cut inside a character.
        let zone = match (zone.get(..3), zone.get(3..)) {
            (Some(hours), Some("")) => format!("{hours}:00"),
            (Some(hours), Some(minutes)) if minutes.len() == 2 => format!("{hours}:{minutes}"),
            _ => return Err(Unreadable::NotATime),
        };
        return DateTime::parse_from_rfc3339(&format!("{local}{zone}"))
            .map(|time| time.to_utc())
            .map_err(|_| Unreadable::NotATime);
    }
    Err(
        match NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f") {
            Ok(_) => Unreadable::NoZone,
            Err(_) => Unreadable::NotATime,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_instant_in_every_spelling() {
        let wanted = "2020-03-20T10:00:00.250Z".parse::<DateTime<Utc>>().unwrap();
        for text in [
            "2020-03-20T10:00:00.250Z",
            "2020-03-20T12:00:00.250+02:00",
            "2020-03-20T12:00:00.2500000+0200",
            "2020-03-20T12:00:00.250+02",
            "2020-03-20 12:00:00,250+02:00",
            " 2020-03-20T04:30:00.250-05:30 ",
        ] {
            assert_eq!(read(text), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn no_zone_is_no_instant() {
        assert_eq!(read("2015-02-10T07:33:17.146"), Err(Unreadable::NoZone));
        for text in [
            "",
            "yesterday",
            "NaN-NaN-NaNTNaN:NaN:NaN.NaN+NaN:NaN",
            "2020-13-20T10:00:00Z",
            "2020-03-20T10:00:00é+ää",
            "2020-03-20T10:00:00+éa",
            "2020-03-20T10:00:00+aäb",
            "2020-03-20T10:00:00+äab",
            "2020-03-20T10:00:00+1:00",
        ] {
            assert_eq!(read(text), Err(Unreadable::NotATime), "{text}");
        }
    }
}
