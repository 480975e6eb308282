//! Two coordinates in a text, however it writes them: with letters for the sides of the
//! world, in degrees, minutes and seconds, or with other text around them
//! (`geo:37.75,-122.41;u=35`, `POINT(-122.41 37.75)`, `37.7599° N, 122.4148° W`).

/// Longer texts are prose.
const LONGEST: usize = 120;

/// Fewest decimals of a number that is taken out of other text.
const FEWEST: usize = 3;

/// The decimals of degrees that come of minutes and seconds.
const DECIMALS_OF_SECONDS: usize = 4;

/// A number that may be a coordinate, in decimals with its sign, and where it ends.
struct Number {
    text: String,
    end: usize,
}

/// The two coordinates that a text holds, in its order; `None` where it holds another
/// number of decimals.
pub(super) fn pair(text: &str) -> Option<(String, String)> {
    if text.len() > LONGEST {
        return None;
    }
    let mut found = Vec::new();
    let mut at = 0;
    let bytes = text.as_bytes();
    while at < bytes.len() {
        let begins = bytes[at].is_ascii_digit()
            || matches!(bytes[at], b'-' | b'+')
                && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        let number = begins
            .then(|| sexagesimal(text, at).or_else(|| decimal(text, at)))
            .flatten();
        match number {
            Some(number) => {
                at = number.end;
                found.push(number.text);
            }
            // The digits of another number are none of a coordinate.
            None if bytes[at].is_ascii_digit() => {
                at += bytes[at..]
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'.')
                    .count();
            }
            None => at += 1,
        }
    }
    // An altitude may stand behind them.
    match found.as_slice() {
        [a, b] | [a, b, _] => Some((a.clone(), b.clone())),
        _ => None,
    }
}

/// A single number with a comma for the point, or with an exponent, as other programs
/// write it.
pub(super) fn single(text: &str) -> Option<String> {
    if text.len() > 30 {
        return None;
    }
    if let Some((mantissa, exponent)) = text.split_once(['e', 'E']) {
        let exponent: i32 = exponent.parse().ok()?;
        let (_, decimals) = mantissa.split_once('.')?;
        let decimals = i32::try_from(decimals.len()).ok()? - exponent;
        let number: f64 = text.parse().ok()?;
        return (0..=15)
            .contains(&decimals)
            .then(|| format!("{number:.*}", decimals.unsigned_abs() as usize));
    }
    let (whole, decimals) = text.split_once(',')?;
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    (is_number(whole.strip_prefix('-').unwrap_or(whole)) && is_number(decimals))
        .then(|| format!("{whole}.{decimals}"))
}

/// `37.759865`, with a letter for the side of the world behind it or without.
fn decimal(text: &str, at: usize) -> Option<Number> {
    let rest = &text[at..];
    let sign = usize::from(rest.starts_with(['-', '+']));
    let whole = digits(&rest[sign..]);
    let behind = &rest[sign + whole..];
    let decimals = digits(behind.strip_prefix('.')?);
    if !(1..=3).contains(&whole) || decimals < FEWEST {
        return None;
    }
    let length = sign + whole + 1 + decimals;
    let before = text[..at].chars().next_back();
    // A sign begins another number, as in ISO 6709.
    if sign == 0 && before.is_some_and(|c| c.is_ascii_digit() || c == '.')
        || rest[length..].starts_with(|c: char| c == '.' || c.is_ascii_digit())
    {
        return None;
    }
    let number = rest[..length].trim_start_matches('+');
    let (side, past) = side(&rest[length..]);
    Some(Number {
        text: signed(number, side),
        end: at + length + past,
    })
}

/// `37°45'35.51"N`.
fn sexagesimal(text: &str, at: usize) -> Option<Number> {
    let mut rest = &text[at..];
    let mut part = |marks: &[char], with_decimals: bool| -> Option<f64> {
        let mut length = digits(rest);
        if with_decimals && let Some(behind) = rest[length..].strip_prefix('.') {
            length += 1 + digits(behind);
        }
        let number: f64 = rest[..length].parse().ok()?;
        rest = rest[length..]
            .trim_start()
            .strip_prefix(marks)?
            .trim_start();
        Some(number)
    };
    let degrees = part(&['\u{b0}', '\u{ba}'], false)?;
    let minutes = part(&['\'', '\u{2032}', '\u{2019}'], false)?;
    let seconds = part(&['"', '\u{2033}', '\u{201d}'], true)?;
    if minutes >= 60.0 || seconds >= 60.0 {
        return None;
    }
    let number = degrees + minutes / 60.0 + seconds / 3600.0;
    let (side, past) = side(rest);
    let side = side?;
    Some(Number {
        text: signed(&format!("{number:.DECIMALS_OF_SECONDS$}"), Some(side)),
        end: text.len() - rest.len() + past,
    })
}

/// The side of the world that is named next, and how many bytes that takes.
fn side(rest: &str) -> (Option<char>, usize) {
    let bare = rest.trim_start_matches([' ', '\u{b0}', '\u{ba}']);
    let mut letters = bare.chars();
    match (letters.next(), letters.next()) {
        (Some(side @ ('N' | 'S' | 'E' | 'W')), behind)
            if !behind.is_some_and(char::is_alphanumeric) =>
        {
            (Some(side), rest.len() - bare.len() + 1)
        }
        _ => (None, 0),
    }
}

fn signed(number: &str, side: Option<char>) -> String {
    match side {
        Some('S' | 'W') if !number.starts_with('-') => format!("-{number}"),
        _ => number.to_owned(),
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Whether a text is the geohash of a place, or its beginning: letters of base32 of which
/// five bits each halve longitude and latitude in turn (G. Niemeyer, geohash.org).
pub(super) fn is_geohash(text: &str, latitude: f64, longitude: f64) -> bool {
    const LETTERS: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";
    if !(6..=12).contains(&text.len()) {
        return false;
    }
    let (mut east, mut north) = ((-180.0, 180.0), (-90.0, 90.0));
    let mut of_longitude = true;
    for letter in text.bytes() {
        let letter = letter.to_ascii_lowercase();
        let Some(value) = LETTERS.iter().position(|other| *other == letter) else {
            return false;
        };
        for bit in (0..5).rev() {
            let (range, number): (&mut (f64, f64), f64) = if of_longitude {
                (&mut east, longitude)
            } else {
                (&mut north, latitude)
            };
            let middle = f64::midpoint(range.0, range.1);
            let is_high = value >> bit & 1 == 1;
            if is_high != (number >= middle) {
                return false;
            }
            if is_high {
                range.0 = middle;
            } else {
                range.1 = middle;
            }
            of_longitude = !of_longitude;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, String)> {
        pair(text)
    }

    #[test]
    fn two_coordinates_are_read_in_other_writings() {
        let found = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        for text in [
            "geo:37.759865,-122.414798;u=35",
            "37.759865/-122.414798",
            "37.759865_-122.414798",
            "lat=37.759865;lon=-122.414798",
            "lat:37.759865,lon:-122.414798",
            "@37.759865,-122.414798,15z",
            "{37.759865,-122.414798}",
            "+37.759865-122.414798/",
            "37.759865 N 122.414798 W",
            "37.759865\u{b0} N, 122.414798\u{b0} W",
            "37.759865,-122.414798,12.525",
        ] {
            assert_eq!(read(text), found("37.759865", "-122.414798"), "{text}");
        }
        assert_eq!(
            read("SRID=4326;POINT(-122.414798 37.759865)"),
            found("-122.414798", "37.759865")
        );
        assert_eq!(
            read("37\u{b0}45'35.51\"N 122\u{b0}24'53.27\"W"),
            found("37.7599", "-122.4148")
        );
        for other in [
            "37.75,-122.41",
            "1.2.3.456,7.890",
            "37.759865",
            "1.123 2.234 3.345 4.456",
            "v1.234.567",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
        assert_eq!(single("37,759865").as_deref(), Some("37.759865"));
        assert_eq!(single("3.7759865E+01").as_deref(), Some("37.759865"));
        assert_eq!(single("37.75"), None);
    }

    #[test]
    fn a_geohash_is_that_of_its_author() {
        // geohash.org/u4pruydqqvj is 57.64911, 10.40744.
        assert!(is_geohash("u4pruydqqvj", 57.64911, 10.40744));
        assert!(is_geohash("u4pruy", 57.64911, 10.40744));
        for other in ["u4pruz", "u4pru", "u4pruya", "country"] {
            assert!(!is_geohash(other, 57.64911, 10.40744), "{other}");
        }
    }
}
