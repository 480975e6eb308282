use chrono::{Datelike as _, NaiveDate};

use super::letters::{bare, folded, transliterated};
use super::{Manner, Spellings};

/// A value as it is compared with another: letter case and space around it aside.
pub(crate) fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

pub(super) fn name(value: &str, all: &mut Spellings) {
    all.add(fold(value), "lower case", Manner::Shared);
}

pub(super) fn postal_code(value: &str, all: &mut Spellings) {
    let lower = fold(value);
    all.add(lower.clone(), "lower case", Manner::Shared);
    all.add(bare(&lower), "text without spaces", Manner::Shared);
    all.add(
        bare(value).to_uppercase(),
        "text without spaces",
        Manner::Shared,
    );
    for text in [&lower, &value.to_uppercase()] {
        for (mark, name) in [("-", "with a dash"), (" ", "with a space")] {
            all.add(text.replace(['-', ' '], mark), name, Manner::Shared);
        }
    }
    // The first five digits of a nine-digit ZIP code.
    if let Some((five, four)) = lower.split_once('-')
        && five.len() == 5
        && four.len() == 4
    {
        all.add(five, "first five digits", Manner::Shared);
    }
}

pub(super) fn city(value: &str, all: &mut Spellings) {
    let lower = fold(value);
    all.add(lower.clone(), "lower case", Manner::Shared);
    all.add(folded(&lower), "plain letters", Manner::Shared);
    all.add(transliterated(&lower), "transliteration", Manner::Shared);
    all.add(bare(&lower), "text without spaces", Manner::Shared);
    all.add(bare(&folded(&lower)), "text without spaces", Manner::Shared);
    for text in [&lower, &folded(&lower)] {
        for mark in ["-", "_", "+"] {
            let written = text.replace(char::is_whitespace, mark);
            all.add(written, "with other marks", Manner::Shared);
        }
    }
}

pub(super) fn language(value: &str, all: &mut Spellings) {
    let lower = fold(value);
    all.add(lower.replace('_', "-"), "with a dash", Manner::Shared);
    all.add(
        lower.replace('-', "_"),
        "with an underscore",
        Manner::Shared,
    );
    all.add(lower, "lower case", Manner::Shared);
}

/// The months in German, French, Spanish, Italian, Portuguese and Dutch, as they are
/// compared (Unicode CLDR, `dates/calendars/gregorian`, format, wide).
const MONTHS: [[&str; 12]; 6] = [
    [
        "januar",
        "februar",
        "m\u{e4}rz",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "dezember",
    ],
    [
        "janvier",
        "f\u{e9}vrier",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "ao\u{fb}t",
        "septembre",
        "octobre",
        "novembre",
        "d\u{e9}cembre",
    ],
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    [
        "janeiro",
        "fevereiro",
        "mar\u{e7}o",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
    [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
];

/// A date of birth that is listed as year, month, day.
pub(super) fn birth_date(value: &str, all: &mut Spellings) {
    let Ok(date) = NaiveDate::parse_from_str(value, "%Y-%m-%d") else {
        return name(value, all);
    };
    for (format, name) in [
        ("%Y%m%d", "year month day"),
        ("%Y/%m/%d", "year month day"),
        ("%Y.%m.%d", "year month day"),
        ("%m/%d/%Y", "month day year"),
        ("%m-%d-%Y", "month day year"),
        ("%m%d%Y", "month day year"),
        ("%d/%m/%Y", "day month year"),
        ("%d-%m-%Y", "day month year"),
        ("%d.%m.%Y", "day month year"),
        ("%d%m%Y", "day month year"),
    ] {
        all.add(date.format(format).to_string(), name, Manner::Shared);
    }
    let (year, month, day) = (date.year(), date.month(), date.day());
    all.add(
        format!("{month}/{day}/{year}"),
        "month day year",
        Manner::Shared,
    );
    all.add(
        format!("{day}.{month}.{year}"),
        "day month year",
        Manner::Shared,
    );
    all.add(
        format!("{year}-{month}-{day}"),
        "year month day",
        Manner::Shared,
    );
    for format in [
        "%B %-d, %Y",
        "%b %-d, %Y",
        "%-d %B %Y",
        "%-d %b %Y",
        "%B %d, %Y",
        "%b %d, %Y",
        "%d %B %Y",
        "%d %b %Y",
        "%B %-d %Y",
        "%b %d %Y",
        "%d-%b-%Y",
        "%-d-%b-%Y",
        "%A, %B %-d, %Y",
        "%a %b %d %Y",
    ] {
        let written = date.format(format).to_string().to_lowercase();
        all.add(written, "in words", Manner::Shared);
    }
    for months in MONTHS {
        let Some(month) = months.get(date.month0() as usize) else {
            continue;
        };
        for written in [
            format!("{day} {month} {year}"),
            format!("{day}. {month} {year}"),
            format!("{day:02} {month} {year}"),
            format!("{day:02}. {month} {year}"),
            format!("{day} de {month} de {year}"),
        ] {
            all.add(written, "in words", Manner::Shared);
        }
    }
    for behind in [
        "T00:00:00Z",
        "T00:00:00.000Z",
        "T00:00:00",
        " 00:00:00",
        "T00:00:00+00:00",
        "T00:00:00.000+0000",
        "T00:00:00+0000",
    ] {
        let text = format!("{}{behind}", date.format("%Y-%m-%d"));
        all.add(text.to_lowercase(), "as a time", Manner::Shared);
    }
    if let Some(midnight) = date.and_hms_opt(0, 0, 0) {
        let seconds = midnight.and_utc().timestamp();
        all.add(seconds.to_string(), "in seconds", Manner::Shared);
        all.add(
            format!("/date({})/", seconds * 1000),
            "in milliseconds",
            Manner::Shared,
        );
        all.add(
            (seconds * 1000).to_string(),
            "in milliseconds",
            Manner::Shared,
        );
    }
}
