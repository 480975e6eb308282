//! A place is sought as numbers: what was sent is the place if it is the place
//! rounded or cut to as many decimals as were sent.

use super::written;

/// Fewest decimals of a single coordinate: with one, it may be any number.
const FEWEST: usize = 2;

/// Fewest decimals of a single coordinate that is looked for where nothing says what it is.
const FEWEST_ALONE: usize = 3;

/// Whole numbers that programs send instead of degrees: the degrees times ten
/// to the power of so many. Google's APIs name such fields `latitudeE7`, and
/// those of Android's old maps `latitudeE6`.
const SCALES: [(usize, &str); 2] = [(7, " times 10^7"), (6, " times 10^6")];

/// A whole number as degrees, with the point where the scale puts it; `None`
/// where it has too few digits to be a coordinate of that scale.
fn scaled(text: &str, decimals: usize) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let is_number = digits.bytes().all(|b| b.is_ascii_digit());
    (is_number && (decimals + 1..=decimals + 3).contains(&digits.len())).then(|| {
        let (whole, part) = digits.split_at(digits.len() - decimals);
        format!("{sign}{whole}.{part}")
    })
}

/// A known place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    pub(super) identifier: usize,
    latitude: f64,
    longitude: f64,
}

/// How a value is the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Likeness {
    pub(super) form: String,
    /// Both coordinates are there: no other number need say what they are.
    pub(super) whole: bool,
}

impl Place {
    pub(super) const fn new(identifier: usize, (latitude, longitude): (f64, f64)) -> Self {
        Self {
            identifier,
            latitude,
            longitude,
        }
    }

    /// Whether a text is the place or one of its coordinates.
    pub(super) fn is(&self, text: &str) -> Option<Likeness> {
        let text = text
            .trim()
            .trim_matches(|c| matches!(c, '(' | ')' | '[' | ']'));
        if let Some((a, b)) = text.split_once([',', ';', '|', ' ']) {
            let plain = self.pair(a.trim(), b.trim());
            if plain.is_some() {
                return plain;
            }
        }
        let single = |text: &str, written: &str| {
            let of = |name: &str, degrees: f64| {
                agrees(degrees, text).map(|decimals| Likeness {
                    form: format!("{name}{written} to {decimals} decimals"),
                    whole: false,
                })
            };
            of("latitude", self.latitude).or_else(|| of("longitude", self.longitude))
        };
        single(text, "")
            .or_else(|| {
                SCALES
                    .iter()
                    .find_map(|(decimals, written)| single(&scaled(text, *decimals)?, written))
            })
            .or_else(|| single(&written::single(text)?, ""))
            .or_else(|| self.written_otherwise(text))
            .or_else(|| {
                written::is_geohash(text, self.latitude, self.longitude).then(|| Likeness {
                    form: format!("geohash of {} characters", text.len()),
                    whole: false,
                })
            })
    }

    /// Whether a text is one coordinate of the place, to so many decimals that few other
    /// numbers are.
    pub(super) fn is_coordinate(&self, text: &str) -> bool {
        let of = |degrees| agrees(degrees, text).is_some_and(|decimals| decimals >= FEWEST_ALONE);
        of(self.latitude) || of(self.longitude)
    }

    /// Whether two numbers are latitude and longitude, in either order.
    fn pair(&self, a: &str, b: &str) -> Option<Likeness> {
        let pair = |north: &str, east: &str| {
            let north = agrees(self.latitude, north)?;
            Some(north.min(agrees(self.longitude, east)?))
        };
        let (decimals, order) = pair(a, b)
            .map(|decimals| (decimals, ""))
            .or_else(|| pair(b, a).map(|decimals| (decimals, ", longitude first")))?;
        Some(Likeness {
            form: format!("pair to {decimals} decimals{order}"),
            whole: true,
        })
    }

    /// The place in a text that writes it as maps and standards do. Most texts do not have
    /// the degrees of its latitude in them.
    fn written_otherwise(&self, text: &str) -> Option<Likeness> {
        let degrees = self.latitude.abs().trunc().to_string();
        memchr::memmem::find(text.as_bytes(), degrees.as_bytes())?;
        let (a, b) = written::pair(text)?;
        let mut likeness = self.pair(&a, &b)?;
        likeness.form.push_str(", in other text");
        Some(likeness)
    }
}

/// To how many decimals a written number agrees with degrees; `None` where it
/// does not, or has too few.
fn agrees(degrees: f64, written: &str) -> Option<usize> {
    let (_, decimals) = written.split_once('.')?;
    if !(FEWEST..=15).contains(&decimals.len()) || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: f64 = written.parse().ok()?;
    // Programs keep more decimals than the case file lists, or fewer.
    let known = decimals.len().min(decimals_of(degrees));
    let unit = 10_f64.powi(-i32::try_from(known).ok()?);
    let near = |other: f64| (number - other).abs() < unit * 0.500_001;
    let cut = (degrees / unit).trunc() * unit;
    (known >= FEWEST && (near(degrees) || (number - cut).abs() < unit * 0.01)).then_some(known)
}

/// With how many decimals a number is written.
fn decimals_of(number: f64) -> usize {
    number
        .to_string()
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len())
}

#[cfg(test)]
mod tests {
    use super::Place;

    fn form(text: &str) -> Option<String> {
        Place::new(0, (37.774_929, -122.419_416))
            .is(text)
            .map(|likeness| likeness.form)
    }

    #[test]
    fn a_place_is_known_at_any_precision_that_says_something() {
        for (text, expected) in [
            ("37.774929", "latitude to 6 decimals"),
            ("37.77", "latitude to 2 decimals"),
            ("37.775", "latitude to 3 decimals"),
            ("-122.4194161234", "longitude to 6 decimals"),
            ("37.7749,-122.4194", "pair to 4 decimals"),
            ("-122.42 37.77", "pair to 2 decimals, longitude first"),
            ("377749290", "latitude times 10^7 to 6 decimals"),
            ("-1224194165", "longitude times 10^7 to 6 decimals"),
            ("37774929", "latitude times 10^6 to 6 decimals"),
        ] {
            assert_eq!(form(text).as_deref(), Some(expected), "{text}");
        }
        for (text, expected) in [
            ("37,774929", "latitude to 6 decimals"),
            ("-1.22419416E+02", "longitude to 6 decimals"),
            (
                "geo:37.774929,-122.419416",
                "pair to 6 decimals, in other text",
            ),
            ("9q8yyk", "geohash of 6 characters"),
        ] {
            assert_eq!(form(text).as_deref(), Some(expected), "{text}");
        }
        for other in [
            "37.7",
            "37",
            "38.77",
            "-37.77",
            "37.7749,-121.4194",
            "37.78",
            "3777492",
            "377849290",
            "3777492900",
        ] {
            assert_eq!(form(other), None, "{other}");
        }
    }
}
