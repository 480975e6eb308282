//! Times as Java prints them: `Sat Sep 30 20:11:32 IST 2023`
//! (`java.util.Date.toString`).

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use affiant_model::Span;
use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone, Utc};

use super::super::draft::cut;
use super::super::entries::{Entries, NO_TIME};

/// Abbreviations of zones that stand for one offset in hours, wherever they are
/// used. Others do not: `IST` is India, Israel and Ireland, `CST` is America
/// and China.
const ZONES: &[(&str, i32)] = &[
    ("UTC", 0),
    ("GMT", 0),
    ("CET", 1),
    ("CEST", 2),
    ("EET", 2),
    ("EEST", 3),
];

/// Why a time was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unread {
    /// Its zone is one of several of that name.
    Zone(String),
    /// It is no time.
    NotATime,
}

/// Reads a time.
pub(super) fn read(text: &str) -> Result<DateTime<Utc>, Unread> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let [day, month, date, clock, zone, year] = words[..] else {
        return Err(Unread::NotATime);
    };
    let local = format!("{day} {month} {date} {clock} {year}");
    let local = NaiveDateTime::parse_from_str(&local, "%a %b %d %H:%M:%S %Y")
        .map_err(|_| Unread::NotATime)?;
    let hours = ZONES.iter().find(|(name, _)| *name == zone);
    let seconds = match hours {
        Some((_, hours)) => Some(hours * 3600),
        None => zone.strip_prefix("GMT").and_then(offset),
    };
    seconds
        .and_then(FixedOffset::east_opt)
        .and_then(|zone| zone.from_local_datetime(&local).single())
        .map(|time| time.to_utc())
        .ok_or_else(|| Unread::Zone(zone.to_owned()))
}

/// Seconds of an offset such as `+05:30`.
fn offset(text: &str) -> Option<i32> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let number = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<i32>().ok().filter(|_| digits)
    };
    Some(sign * (number(hours)? * 3600 + number(minutes)? * 60))
}

/// Says once of each zone that it names no instant.
#[derive(Debug, Default)]
pub(super) struct Zones {
    said: BTreeSet<String>,
}

impl Zones {
    /// Says it, the first time that this zone is met; of some zones at most.
    pub(super) fn say(
        &mut self,
        zone: &str,
        span: Span,
        entries: &mut Entries<'_, '_>,
    ) -> ControlFlow<()> {
        const MOST: usize = 8;
        if self.said.len() >= MOST || !self.said.insert(zone.to_owned()) {
            return ControlFlow::Continue(());
        }
        let message = format!(
            "the times of the file are of the zone `{}`, of which there are several",
            cut(zone)
        );
        let means =
            format!("{NO_TIME}; it is kept as written, here and where the zone is the same");
        entries.note(Some(span), message, &means)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_where_its_zone_is_one() {
        let wanted = "2023-09-30T18:11:32Z".parse().unwrap();
        for text in [
            "Sat Sep 30 20:11:32 CEST 2023",
            "Sat Sep 30 18:11:32 UTC 2023",
            "Sat Sep 30 23:41:32 GMT+05:30 2023",
        ] {
            assert_eq!(read(text), Ok(wanted), "{text}");
        }
        let zone = |name: &str| Err(Unread::Zone(name.to_owned()));
        assert_eq!(read("Sat Sep 30 20:11:32 IST 2023"), zone("IST"));
        assert_eq!(read("Sat Sep 30 20:11:32 GMT+5 2023"), zone("GMT+5"));
        for text in [
            "",
            "today",
            "Sat Sep 31 20:11:32 UTC 2023",
            "Sam Sep 30 20:11:32 UTC 2023",
        ] {
            assert_eq!(read(text), Err(Unread::NotATime), "{text}");
        }
    }
}
