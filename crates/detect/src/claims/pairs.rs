use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{FieldName, IdentifierKind, Step};

use crate::keypath::Key;
use crate::known::KnownValues;
use crate::leaf::Leaf;

/// Fewest decimals of two numbers that are taken for a place without a name.
const FEWEST_OF_PAIR: usize = 3;

/// To how many decimals a coordinate agrees, by the form in words.
fn decimals_of(form: &str) -> usize {
    let words = form.strip_suffix(" decimals").unwrap_or_default();
    let last = words.rsplit(' ').next().unwrap_or_default();
    last.parse().unwrap_or(0)
}

/// Numbers that are the latitude and the longitude of one known place, beside each other
/// in one record or list: together they say what they are, whatever their names.
pub(super) fn pairs(leaves: &[Leaf], known: &KnownValues) -> BTreeSet<usize> {
    // Record and identifier -> the latitudes and the longitudes in it.
    type Halves = [Vec<usize>; 2];
    let mut records: BTreeMap<(&FieldName, &[Key], usize), Halves> = BTreeMap::new();
    for (number, leaf) in leaves.iter().enumerate() {
        let [record @ .., _] = leaf.keys.as_slice() else {
            continue;
        };
        for shared in known.whole_values(&leaf.bytes) {
            let is_place = known.identifier(shared.identifier).kind == IdentifierKind::Coordinates;
            if is_place && decimals_of(&shared.form) >= FEWEST_OF_PAIR {
                let half = usize::from(shared.form.starts_with("longitude"));
                let of = (&leaf.field, record, shared.identifier);
                records.entry(of).or_default()[half].push(number);
            }
        }
    }
    // Of text that has a coordinate twice, its names say which it is.
    let is_number = |number: &usize| matches!(leaves[*number].steps.last(), Some(Step::Number(_)));
    let is_plain = |half: &Vec<usize>| half.len() == 1 || half.iter().all(is_number);
    let whole = |halves: &Halves| halves.iter().all(|half| !half.is_empty() && is_plain(half));
    let both = records.into_values().filter(whole);
    both.flatten().flatten().collect()
}
