use std::collections::BTreeMap;

use affiant_model::{Basis, FieldName, IdentifierKind, Step, WithheldCount};

use crate::endpoints::{DocumentedField, Endpoint, Reading};
use crate::keypath::Key;
use crate::known::KnownValues;
use crate::leaf::Leaf;
use crate::walk::{Contents, Found};

/// What is to be asserted of one place, before it has been replayed.
pub(crate) struct Claim {
    pub(crate) field: FieldName,
    pub(crate) steps: Vec<Step>,
    pub(crate) datum: String,
    pub(crate) identifier: Option<usize>,
    pub(crate) basis: Basis,
    pub(crate) form: String,
    pub(crate) source: Option<String>,
}

/// What was seen and is not asserted: (reason, datum) -> how often.
pub(crate) type Withheld = BTreeMap<(&'static str, String), u64>;

const SHARED_VALUE: &str = "a value that many people share, in a field of which neither documentation nor name says what it is";
const NO_VALUE: &str = "a documented field that holds the sender's mark for no value";

/// Decides what is asserted of the contents of an exchange, in their order.
pub(crate) fn claims(
    contents: &Contents,
    known: &KnownValues,
    endpoint: Option<&Endpoint>,
) -> (Vec<Claim>, Withheld) {
    let mut claims = Vec::new();
    let mut withheld = Withheld::new();
    let mut by_leaf: BTreeMap<usize, Vec<&Found>> = BTreeMap::new();
    for found in &contents.found {
        if let Some(leaf) = found.leaf {
            by_leaf.entry(leaf).or_default().push(found);
        }
    }
    for (index, leaf) in contents.leaves.iter().enumerate() {
        let found = by_leaf.remove(&index).unwrap_or_default();
        claims_of_leaf(
            leaf,
            &found,
            contents,
            known,
            endpoint,
            &mut claims,
            &mut withheld,
        );
    }
    for found in contents.found.iter().filter(|found| found.leaf.is_none()) {
        claims.push(known_value(found, known, usize::MAX));
    }
    (claims, withheld)
}

fn claims_of_leaf(
    leaf: &Leaf,
    found: &[&Found],
    contents: &Contents,
    known: &KnownValues,
    endpoint: Option<&Endpoint>,
    claims: &mut Vec<Claim>,
    withheld: &mut Withheld,
) {
    let shared = known.whole_values(&leaf.bytes);
    let mut merged = None;
    match endpoint.and_then(|endpoint| endpoint.read_leaf(leaf, &contents.leaves)) {
        Some(Reading::Field(field)) => {
            merged = found.iter().position(|f| {
                f.hit.range == (0..leaf.bytes.len())
                    || known.identifier(f.hit.identifier).kind.as_str() == field.datum
            });
            claims.push(documented(
                leaf,
                field,
                merged.map(|at| found[at]),
                &shared,
                known,
            ));
        }
        Some(Reading::Absent(field)) => {
            *withheld.entry((NO_VALUE, field.datum.clone())).or_default() += 1;
        }
        None => {
            for identifier in shared {
                let kind = known.identifier(identifier).kind;
                if is_named_after(leaf, kind) {
                    claims.push(shared_value(leaf, identifier, kind));
                } else {
                    *withheld
                        .entry((SHARED_VALUE, kind.to_string()))
                        .or_default() += 1;
                }
            }
        }
    }
    for (at, found) in found.iter().enumerate() {
        if merged != Some(at) {
            claims.push(known_value(found, known, leaf.bytes.len()));
        }
    }
}

/// A documented field. Where it holds a known value too, that is the stronger
/// basis, unless the value is one that many people share.
fn documented(
    leaf: &Leaf,
    field: &DocumentedField,
    found: Option<&Found>,
    shared: &[usize],
    known: &KnownValues,
) -> Claim {
    let same = shared
        .iter()
        .copied()
        .find(|i| known.identifier(*i).kind.as_str() == field.datum);
    Claim {
        field: leaf.field.clone(),
        steps: leaf.steps.clone(),
        datum: field.datum.clone(),
        identifier: found.map(|f| f.hit.identifier).or(same),
        basis: if found.is_some() {
            Basis::KnownValue
        } else {
            Basis::DocumentedField
        },
        form: found.map_or_else(|| field.form.clone(), |f| f.hit.form.clone()),
        source: Some(field.source.clone()),
    }
}

/// A known value in bytes of that length.
fn known_value(found: &Found, known: &KnownValues, length: usize) -> Claim {
    let mut steps = found.steps.clone();
    if found.hit.range != (0..length) {
        steps.push(Step::Bytes(found.hit.range.clone()));
    }
    Claim {
        field: found.field.clone(),
        steps,
        datum: known.identifier(found.hit.identifier).kind.to_string(),
        identifier: Some(found.hit.identifier),
        basis: Basis::KnownValue,
        form: found.hit.form.clone(),
        source: None,
    }
}

fn shared_value(leaf: &Leaf, identifier: usize, kind: IdentifierKind) -> Claim {
    Claim {
        field: leaf.field.clone(),
        steps: leaf.steps.clone(),
        datum: kind.to_string(),
        identifier: Some(identifier),
        basis: Basis::KnownValue,
        form: "plain".to_owned(),
        source: None,
    }
}

/// Whether the last name on the way to a value says that it is of this kind.
fn is_named_after(leaf: &Leaf, kind: IdentifierKind) -> bool {
    let Some(Key::Name(name)) = leaf
        .keys
        .iter()
        .rev()
        .find(|key| matches!(key, Key::Name(_)))
    else {
        return false;
    };
    let name: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .collect::<String>()
        .to_ascii_lowercase();
    let words: &[&str] = match kind {
        IdentifierKind::PostalCode => &["zip", "postal", "postcode"],
        IdentifierKind::City => &["city", "locality"],
        IdentifierKind::BirthDate => &["birth", "dob", "bday"],
        IdentifierKind::DeviceModel => &["model"],
        IdentifierKind::Carrier => &["carrier", "operator"],
        IdentifierKind::TimeZone => &["timezone", "tzname"],
        IdentifierKind::Language => &["language", "locale"],
        _ => &[],
    };
    words.iter().any(|word| name.contains(word))
}

/// The counts in a stable order.
pub(crate) fn counts(withheld: Withheld) -> Vec<WithheldCount> {
    withheld
        .into_iter()
        .map(|((reason, datum), count)| WithheldCount {
            reason: reason.to_owned(),
            datum,
            count,
        })
        .collect()
}
