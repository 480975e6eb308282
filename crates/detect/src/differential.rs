//! Fields that tell devices apart: the same value on one device each time, another
//! on every other device.
//!
//! Two profiles are needed: with one, a constant of the application and an
//! identifier of the device look alike. What stands in a field is compared by its
//! digest; what it means is not looked at.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{DifferentialFinding, Digest, ExchangeRow, Place, Reach, Transmittal};

/// The shortest and the longest value that is compared, in bytes.
const LENGTHS: std::ops::RangeInclusive<usize> = 12..=256;
/// How many fields, and how many values of one field and device, are kept apart.
/// A field of more values is none that tells devices apart.
const MOST_FIELDS: usize = 50_000;
const MOST_VALUES: usize = 4;
/// How many values of one exchange are compared.
const MOST_TOKENS: usize = 1_000;
/// How often a device must have sent a value for it to count as its own.
const FEWEST: u64 = 2;
/// Of how many exchanges a finding names the first, of each device.
const BEGINNING: usize = 16;

/// A value that may be an identifier, under the names that lead to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// Where in the request.
    pub(crate) place: Place,
    /// The names that lead to it, with `.` between them.
    pub(crate) field: String,
    /// SHA-256 of the value.
    pub(crate) digest: Digest,
}

/// The values of one exchange that may be identifiers, as many as are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tokens {
    kept: Vec<Token>,
    /// How many more there are.
    beyond: u64,
}

impl Tokens {
    pub(crate) fn keep(&mut self, token: Token) {
        if self.kept.len() < MOST_TOKENS {
            self.kept.push(token);
        } else {
            self.beyond += 1;
        }
    }
}

/// Whether a value may single something out by its form: one word of letters and
/// digits of some length, not all alike, that is no address, version or date.
pub(crate) fn is_token(bytes: &[u8]) -> bool {
    if !LENGTHS.contains(&bytes.len()) {
        return false;
    }
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_=+/.:~".contains(byte);
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    let different: BTreeSet<u8> = bytes.iter().copied().collect();
    bytes.iter().all(plain)
        && digits >= 3
        && different.len() >= 6
        && !bytes.windows(3).any(|window| window == b"://")
        // `2026-01-02T03:04:05`, `1.22.333.4444`: digits in groups, and no word.
        && !bytes.iter().all(|byte| byte.is_ascii_digit() || b".:-T+Z".contains(byte))
        || is_number(bytes)
}

/// A long number that is no time since 1970 in seconds, milli-, micro- or
/// nanoseconds, as far as its length tells.
fn is_number(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
        && (bytes.len() == 12
            || (14..=15).contains(&bytes.len())
            || (17..=18).contains(&bytes.len())
            || (20..=40).contains(&bytes.len()))
}

/// What one field held on one device.
#[derive(Debug, Default)]
struct Held {
    /// By value: how many exchanges, and the first.
    values: BTreeMap<Digest, (u64, String)>,
    /// Whether there were more values than are kept.
    varies: bool,
}

/// What is one device's own: device, value, how many exchanges, the first of them.
type Own<'d> = (&'d String, &'d Digest, u64, &'d String);

/// A field: host, place, names.
type Field = (String, Place, String);

/// Gathers what each field held on each device.
#[derive(Debug, Default)]
pub struct Differential {
    fields: BTreeMap<Field, BTreeMap<String, Held>>,
    /// Values that were not compared because there are too many, in one exchange or of fields.
    beyond: u64,
}

impl Differential {
    /// Takes the values of one exchange. One without a device is not compared.
    pub fn observe(&mut self, row: &ExchangeRow, tokens: &Tokens) {
        let Some(device) = &row.device else {
            return;
        };
        // Of an attempt it is not shown that anybody was sent anything.
        if row.reach <= Reach::Contacted || row.repeats.is_some() {
            return;
        }
        self.beyond += tokens.beyond;
        let once: BTreeSet<(Place, &str, Digest)> = tokens
            .kept
            .iter()
            .map(|token| (token.place, token.field.as_str(), token.digest))
            .collect();
        for (place, name, digest) in once {
            let field = (row.host.clone(), place, name.to_owned());
            if self.fields.len() >= MOST_FIELDS && !self.fields.contains_key(&field) {
                self.beyond += 1;
                continue;
            }
            let devices = self.fields.entry(field).or_default();
            let held = devices.entry(device.clone()).or_default();
            if held.values.len() >= MOST_VALUES && !held.values.contains_key(&digest) {
                held.varies = true;
                continue;
            }
            let first = || (0, format!("{} no. {}", row.exhibit, row.exchange));
            held.values.entry(digest).or_insert_with(first).0 += 1;
        }
    }

    /// How many values were not compared because there are too many.
    #[must_use]
    pub const fn beyond(&self) -> u64 {
        self.beyond
    }

    /// The fields that tell the devices apart, by recipient, host and name; whose the
    /// hosts are is taken from the rows of the exchanges.
    #[must_use]
    pub fn findings(
        &self,
        exchanges: &[ExchangeRow],
        transmittals: &[Transmittal],
    ) -> Vec<DifferentialFinding> {
        let mut known = BTreeMap::<Digest, BTreeSet<&str>>::new();
        for t in transmittals {
            known.entry(t.value_sha256).or_default().insert(&t.datum);
        }
        let mut whose = BTreeMap::<&str, &ExchangeRow>::new();
        for row in exchanges {
            whose.entry(&row.host).or_insert(row);
        }
        let mut organisations = BTreeMap::<Digest, BTreeSet<&str>>::new();
        for ((host, ..), devices) in &self.fields {
            let Some(row) = whose.get(host.as_str()) else {
                continue;
            };
            for digest in devices.values().flat_map(|held| held.values.keys()) {
                organisations
                    .entry(*digest)
                    .or_default()
                    .insert(&row.recipient);
            }
        }
        let mut found: Vec<DifferentialFinding> = self
            .fields
            .iter()
            .filter_map(|(field, devices)| {
                let row = whose.get(field.0.as_str())?;
                finding(field, row, &telling(devices)?, &known, &organisations)
            })
            .collect();
        found.sort_by(|a, b| {
            (&a.recipient, &a.host, &a.field).cmp(&(&b.recipient, &b.host, &b.field))
        });
        found
    }
}

/// The one value of each device, where each has one of its own.
fn telling(devices: &BTreeMap<String, Held>) -> Option<Vec<Own<'_>>> {
    if devices.len() < 2 {
        return None;
    }
    let mut found = Vec::new();
    for (device, held) in devices {
        let (digest, (count, first)) = held.values.first_key_value()?;
        if held.varies || held.values.len() > 1 || *count < FEWEST {
            return None;
        }
        found.push((device, digest, *count, first));
    }
    let different: BTreeSet<_> = found.iter().map(|(_, digest, ..)| *digest).collect();
    (different.len() == found.len()).then_some(found)
}

fn finding(
    (host, place, name): &Field,
    row: &ExchangeRow,
    values: &[Own<'_>],
    known: &BTreeMap<Digest, BTreeSet<&str>>,
    organisations: &BTreeMap<Digest, BTreeSet<&str>>,
) -> Option<DifferentialFinding> {
    let of = |from: &BTreeMap<Digest, BTreeSet<&str>>| -> BTreeSet<String> {
        let sets = values.iter().filter_map(|(_, digest, ..)| from.get(digest));
        sets.flatten().map(|text| (*text).to_owned()).collect()
    };
    let mut others = of(organisations);
    others.remove(&row.recipient);
    let lines: Vec<String> = values
        .iter()
        .map(|(device, digest, _, first)| {
            let start: String = digest.to_hex().chars().take(BEGINNING).collect();
            format!("{device}: {start}, {first}")
        })
        .collect();
    Some(DifferentialFinding {
        recipient: row.recipient.clone(),
        parent: row.parent.clone(),
        party: row.party?,
        host: host.clone(),
        place: *place,
        field: name.clone(),
        devices: values.len() as u64,
        exchanges: values.iter().map(|(.., count, _)| count).sum(),
        fewest: values.iter().map(|(.., count, _)| *count).min()?,
        values: lines.join("\n"),
        known_as: of(known).into_iter().collect::<Vec<_>>().join(", "),
        also_at: others.into_iter().collect::<Vec<_>>().join("; "),
    })
}
