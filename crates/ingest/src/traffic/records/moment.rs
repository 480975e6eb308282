//! Dates as a page of Google writes them, in the language of the account.
//!
//! ```text
//! Aug 17, 2026, 1:14:48 PM CEST      15 mrt 2026, 20:30:41 CET
//! 27.08.2026, 20:04:54 MESZ          2026年7月30日 00:23:06 CEST
//! ```
//!
//! Forms and names after the fixtures of d3i-infra/algosoc-2026
//! (`packages/python/tests/test_google_timestamps.py`, commit 062a10d), which
//! were taken from exports in English, Dutch, German, Turkish, Chinese and Arabic.
//! A date of numbers with slashes is read of the Arabic form only: elsewhere
//! month and day cannot be told apart.
//!
//! A date is an instant only where its zone is one: `CEST` and `GMT+3` are, `IST`
//! and `CST` are names of several, and no date without a zone is.

use chrono::{DateTime, NaiveDate, Utc};

use crate::traffic::time::Unreadable;

/// Months by the first letters of their names. A start that is of one month in
/// one language and of another in the next (Polish and Croatian `lis`) is left out.
const MONTHS: &[(&str, u32)] = &[
    ("jan", 1),
    ("oca", 1),
    ("ene", 1),
    ("gen", 1),
    ("sty", 1),
    ("feb", 2),
    ("şub", 2),
    ("fév", 2),
    ("fev", 2),
    ("lut", 2),
    ("mar", 3),
    ("mrt", 3),
    ("mär", 3),
    ("mrz", 3),
    ("apr", 4),
    ("nis", 4),
    ("abr", 4),
    ("avr", 4),
    ("kwi", 4),
    ("may", 5),
    ("mei", 5),
    ("mai", 5),
    ("maj", 5),
    ("mag", 5),
    ("jun", 6),
    ("haz", 6),
    ("giu", 6),
    ("cze", 6),
    ("jul", 7),
    ("tem", 7),
    ("lug", 7),
    ("aug", 8),
    ("ağu", 8),
    ("agu", 8),
    ("ago", 8),
    ("aoû", 8),
    ("avg", 8),
    ("sie", 8),
    ("sep", 9),
    ("eyl", 9),
    ("set", 9),
    ("wrz", 9),
    ("oct", 10),
    ("okt", 10),
    ("eki", 10),
    ("ott", 10),
    ("out", 10),
    ("paź", 10),
    ("nov", 11),
    ("kas", 11),
    ("dec", 12),
    ("dez", 12),
    ("des", 12),
    ("ara", 12),
    ("dic", 12),
    ("déc", 12),
    ("gru", 12),
];

/// Names of zones that mean one offset, in minutes from UTC.
const ZONES: &[(&str, i32)] = &[
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("WET", 0),
    ("WEST", 60),
    ("WEZ", 0),
    ("WESZ", 60),
    ("CET", 60),
    ("CEST", 120),
    ("MEZ", 60),
    ("MESZ", 120),
    ("EET", 120),
    ("EEST", 180),
    ("OEZ", 120),
    ("OESZ", 180),
    ("EST", -300),
    ("EDT", -240),
    ("CDT", -300),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("AKST", -540),
    ("AKDT", -480),
    ("HST", -600),
];

/// The longest text that is looked at, in bytes.
const LONGEST: usize = 96;

/// Reads a date with its time of day and its zone.
pub(super) fn read(text: &str) -> Result<DateTime<Utc>, Unreadable> {
    if text.len() > LONGEST {
        return Err(Unreadable::NotATime);
    }
    // Marks of the direction of writing, and the blanks and commas of all languages.
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}'))
        .map(|c| {
            if c.is_whitespace() || matches!(c, ',' | '،') {
                ' '
            } else {
                c
            }
        })
        .collect();
    let words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
    let clock = words.iter().position(|word| word.contains(':'));
    let at = clock.ok_or(Unreadable::NotATime)?;
    let (date, rest) = words.split_at(at);
    let [clock, rest @ ..] = rest else {
        return Err(Unreadable::NotATime);
    };
    let (half, rest) = half_of_day(rest);
    let arabic = text.contains('،');
    let day = day(date, arabic).ok_or(Unreadable::NotATime)?;
    let (hour, minute, second) = time_of_day(clock, half).ok_or(Unreadable::NotATime)?;
    let local = day
        .and_hms_opt(hour, minute, second)
        .ok_or(Unreadable::NotATime)?;
    let offset = match rest {
        [] => return Err(Unreadable::NoZone),
        [zone] => offset(zone).ok_or(Unreadable::NoZone)?,
        _ => return Err(Unreadable::NotATime),
    };
    local
        .checked_sub_signed(chrono::TimeDelta::minutes(i64::from(offset)))
        .map(|time| time.and_utc())
        .ok_or(Unreadable::NotATime)
}

/// Which half of the day is meant, where the words begin with a name of one.
fn half_of_day<'w>(words: &'w [&'w str]) -> (Option<bool>, &'w [&'w str]) {
    let [first, rest @ ..] = words else {
        return (None, words);
    };
    match first.to_ascii_lowercase().replace('.', "").as_str() {
        "am" | "ص" => (Some(false), rest),
        "pm" | "م" => (Some(true), rest),
        _ => (None, words),
    }
}

fn time_of_day(clock: &str, second_half: Option<bool>) -> Option<(u32, u32, u32)> {
    let mut parts = clock.split(':').map(number);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() {
        return None;
    }
    let hour = match second_half {
        None => hour,
        Some(_) if hour == 0 || hour > 12 => return None,
        Some(second) => hour % 12 + if second { 12 } else { 0 },
    };
    Some((hour, minute, second))
}

/// A number of at most four digits.
fn number(text: &str) -> Option<u32> {
    let plain = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

fn day(words: &[&str], arabic: bool) -> Option<NaiveDate> {
    match words {
        [one] => {
            let eastern = || -> Option<(u32, u32, u32)> {
                let (year, rest) = one.split_once('年')?;
                let (month, rest) = rest.split_once('月')?;
                Some((
                    number(year)?,
                    number(month)?,
                    number(rest.strip_suffix('日')?)?,
                ))
            };
            let separated = |separator| -> Option<(u32, u32, u32)> {
                let mut parts = one.split(separator).map(number);
                let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
                parts.next().is_none().then_some((year, month, day))
            };
            let slashes = || if arabic { separated('/') } else { None };
            let (year, month, day) = eastern().or_else(|| separated('.')).or_else(slashes)?;
            of(year, month, day)
        }
        [first, second, year] => {
            let dotless = |word: &str| number(word.trim_end_matches('.'));
            let (day, month) = match (dotless(first), dotless(second)) {
                (Some(day), None) => (day, month(second)?),
                (None, Some(day)) => (day, month(first)?),
                _ => return None,
            };
            of(number(year)?, month, day)
        }
        _ => None,
    }
}

fn of(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    let year = i32::try_from(year).ok().filter(|year| *year > 1969)?;
    NaiveDate::from_ymd_opt(year, month, day)
}

/// The month that a word names, whole or cut short.
fn month(word: &str) -> Option<u32> {
    let word = word.trim_end_matches('.').to_lowercase();
    // Finnish November is no March.
    if word.starts_with("marras") {
        return None;
    }
    let found = MONTHS.iter().find(|(start, _)| word.starts_with(start));
    // French `juin` and `juillet` differ in their fourth letter only.
    let french = [("juin", 6), ("juil", 7)];
    let found = found.or_else(|| french.iter().find(|(start, _)| word.starts_with(start)));
    found.map(|(_, number)| *number)
}

/// The offset of a zone from UTC in minutes.
fn offset(zone: &str) -> Option<i32> {
    if let Some((_, minutes)) = ZONES.iter().find(|(name, _)| *name == zone) {
        return Some(*minutes);
    }
    let written = zone
        .strip_prefix("GMT")
        .or_else(|| zone.strip_prefix("UTC"))?;
    let (sign, written) = match written.chars().next()? {
        '+' => (1, written.get(1..)?),
        '-' => (-1, written.get(1..)?),
        '−' => (-1, written.get('−'.len_utf8()..)?),
        _ => return None,
    };
    let (hours, minutes) = match written.split_once(':') {
        Some((hours, minutes)) => (number(hours)?, number(minutes)?),
        None => (number(written)?, 0),
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    i32::try_from(hours * 60 + minutes)
        .ok()
        .map(|offset| sign * offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_instant_in_every_form() {
        for (text, wanted) in [
            ("Aug 17, 2026, 1:14:48 PM CEST", "2026-08-17T11:14:48Z"),
            (
                "Aug 15, 2026, 11:39:58\u{202f}AM CEST",
                "2026-08-15T09:39:58Z",
            ),
            ("Dec 31, 2026, 12:00:00 AM CET", "2026-12-30T23:00:00Z"),
            ("Jan 1, 2026, 12:30:00 PM CET", "2026-01-01T11:30:00Z"),
            ("15 jun 2026, 9:30:41 CEST", "2026-06-15T07:30:41Z"),
            ("15 mrt 2026, 20:30:41 CET", "2026-03-15T19:30:41Z"),
            ("17. Aug. 2026, 22:14:48 MESZ", "2026-08-17T20:14:48Z"),
            ("5. nov. 2025, 01:34:47 CEST", "2025-11-04T23:34:47Z"),
            ("17 Ağu 2026, 22:14:48 GMT+3", "2026-08-17T19:14:48Z"),
            ("1 juil. 2026, 22:14:48 UTC+05:30", "2026-07-01T16:44:48Z"),
            ("12.07.2026, 23:29:21 MESZ", "2026-07-12T21:29:21Z"),
            ("2026年7月30日 00:23:06 CEST", "2026-07-29T22:23:06Z"),
            (
                "23\u{200f}/07\u{200f}/2026، 4:20:22 م CEST",
                "2026-07-23T14:20:22Z",
            ),
            ("30/07/2026، 12:23:06 ص CEST", "2026-07-29T22:23:06Z"),
        ] {
            assert_eq!(read(text), Ok(wanted.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_is_not_certain_is_no_instant() {
        for text in [
            "17.08.2026, 22:14:48",
            "Aug 17, 2026, 1:14:48 PM IST",
            "Aug 17, 2026, 1:14:48 PM CST",
            "6 Jun 2026, 08:53:12 GMT+99",
        ] {
            assert_eq!(read(text), Err(Unreadable::NoZone), "{text}");
        }
        for text in [
            "",
            "some time last week",
            "5. brumaire 2025, 01:34:47 CEST",
            "07/08/2026, 4:20:22 PM CEST",
            "Aug 17, 2026, 13:14:48 PM CEST",
            "31.02.2026, 01:00:00 CET",
            "Watched at 11:39 AM",
        ] {
            assert_eq!(read(text), Err(Unreadable::NotATime), "{text}");
        }
    }
}
