use std::collections::BTreeMap;

use affiant_model::{Basis, FieldName, IdentifierKind, Span, Step, WithheldCount};

use crate::endpoints::{DocumentedField, Endpoint, LeafIndex, Reading};
use crate::keypath::Key;
use crate::known::KnownValues;
use crate::leaf::Leaf;
use crate::walk::{Contents, Found};

/// What is to be asserted of one place.
pub(crate) struct Claim {
    pub(crate) field: FieldName,
    pub(crate) steps: Vec<Step>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) span: Span,
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
const NOT_ALONE: &str =
    "a known value in the middle of something longer, which may be another value";
const IN_FRAGMENT: &str = "a known value in the fragment of the address, which is not sent";

/// Decides what is asserted of the contents of an exchange, in their order.
pub(crate) fn claims(
    contents: &Contents,
    known: &KnownValues,
    endpoint: Option<&Endpoint>,
) -> (Vec<Claim>, Withheld) {
    let mut decision = Decision {
        known,
        claims: Vec::new(),
        withheld: Withheld::new(),
    };
    for identifier in &contents.in_fragment {
        decision.withhold(IN_FRAGMENT, known.identifier(*identifier).kind.as_str());
    }
    let mut by_leaf: BTreeMap<usize, Vec<&Found>> = BTreeMap::new();
    for found in &contents.found {
        if let Some(leaf) = found.leaf {
            by_leaf.entry(leaf).or_default().push(found);
        }
    }
    let index = LeafIndex::new(&contents.leaves);
    for (number, leaf) in contents.leaves.iter().enumerate() {
        let found = by_leaf.remove(&number).unwrap_or_default();
        let reading = endpoint.and_then(|endpoint| endpoint.read_leaf(leaf, &index));
        decision.leaf(leaf, &found, reading);
    }
    for found in contents.found.iter().filter(|found| found.leaf.is_none()) {
        decision.known_value(found, usize::MAX, None);
    }
    (decision.claims, decision.withheld)
}

struct Decision<'d> {
    known: &'d KnownValues,
    claims: Vec<Claim>,
    withheld: Withheld,
}

impl Decision<'_> {
    fn withhold(&mut self, reason: &'static str, datum: &str) {
        *self.withheld.entry((reason, datum.to_owned())).or_default() += 1;
    }

    fn leaf(&mut self, leaf: &Leaf, found: &[&Found], reading: Option<Reading<'_>>) {
        // A known value of the kind that the field is documented to hold is the
        // stronger reason for the same fact. One of another kind is another fact.
        let mut documented = None;
        match reading {
            Some(Reading::Field(field)) => {
                let same =
                    |f: &&&Found| f.hit.alone && self.kind_of(f.hit.identifier) == field.datum;
                if found.iter().any(|f| same(&f)) {
                    documented = Some(field);
                } else {
                    self.documented(leaf, field);
                }
            }
            Some(Reading::Absent(field)) => self.withhold(NO_VALUE, &field.datum),
            None => self.shared_values(leaf),
        }
        for found in found {
            let source =
                documented.filter(|field| self.kind_of(found.hit.identifier) == field.datum);
            self.known_value(found, leaf.bytes.len(), source);
        }
    }

    fn kind_of(&self, identifier: usize) -> &'static str {
        self.known.identifier(identifier).kind.as_str()
    }

    /// A documented field. That it holds a value which many people share and a
    /// subject is known to have is said, but is no reason.
    fn documented(&mut self, leaf: &Leaf, field: &DocumentedField) {
        let shared = self.known.whole_values(&leaf.bytes);
        self.claims.push(Claim {
            field: leaf.field.clone(),
            steps: leaf.steps.clone(),
            bytes: leaf.bytes.clone(),
            span: leaf.span,
            datum: field.datum.clone(),
            identifier: shared.into_iter().find(|i| self.kind_of(*i) == field.datum),
            basis: Basis::DocumentedField,
            form: field.form_of(&leaf.bytes).to_owned(),
            source: Some(field.source.clone()),
        });
    }

    fn shared_values(&mut self, leaf: &Leaf) {
        for identifier in self.known.whole_values(&leaf.bytes) {
            let kind = self.known.identifier(identifier).kind;
            if is_named_after(leaf, kind) {
                self.claims.push(shared_value(leaf, identifier, kind));
            } else {
                self.withhold(SHARED_VALUE, kind.as_str());
            }
        }
    }

    /// A known value in bytes of that length.
    fn known_value(&mut self, found: &Found, length: usize, source: Option<&DocumentedField>) {
        let datum = self.kind_of(found.hit.identifier);
        if !found.hit.alone {
            self.withhold(NOT_ALONE, datum);
            return;
        }
        let mut steps = found.steps.clone();
        if found.hit.range != (0..length) {
            steps.push(Step::Bytes(found.hit.range.clone()));
        }
        self.claims.push(Claim {
            field: found.field.clone(),
            steps,
            bytes: found.bytes.clone(),
            span: found.span,
            datum: datum.to_owned(),
            identifier: Some(found.hit.identifier),
            basis: Basis::KnownValue,
            form: found.hit.form.clone(),
            source: source.map(|field| field.source.clone()),
        });
    }
}

fn shared_value(leaf: &Leaf, identifier: usize, kind: IdentifierKind) -> Claim {
    Claim {
        field: leaf.field.clone(),
        steps: leaf.steps.clone(),
        bytes: leaf.bytes.clone(),
        span: leaf.span,
        datum: kind.to_string(),
        identifier: Some(identifier),
        basis: Basis::KnownValue,
        form: "plain".to_owned(),
        source: None,
    }
}

/// Whether the last name on the way to a value says that it is of this kind,
/// and of nothing else.
fn is_named_after(leaf: &Leaf, kind: IdentifierKind) -> bool {
    let name = leaf.keys.iter().rev().find_map(|key| match key {
        Key::Name(name, _) => Some(name),
        Key::Item(_) => None,
    });
    let said: &[&str] = match kind {
        IdentifierKind::PostalCode => &["zip", "zipcode", "postal", "postcode", "postalcode"],
        IdentifierKind::City => &["city", "locality", "town"],
        IdentifierKind::BirthDate => &["birth", "birthday", "birthdate", "dob"],
        IdentifierKind::DeviceModel => &["model", "devicemodel"],
        IdentifierKind::Carrier => &["carrier", "operator", "carriername"],
        IdentifierKind::TimeZone => &["timezone", "tz", "zone"],
        IdentifierKind::Language => &["language", "lang", "locale"],
        _ => &[],
    };
    // Words that leave open whose it is.
    const BESIDE: [&str; 20] = [
        "user", "device", "client", "customer", "person", "profile", "home", "current", "name",
        "code", "date", "of", "mobile", "cell", "phone", "network", "system", "os", "app", "time",
    ];
    let words = name.map_or_else(Vec::new, |name| words(name));
    words.iter().any(|word| said.contains(&word.as_str()))
        && words
            .iter()
            .all(|word| said.contains(&word.as_str()) || BESIDE.contains(&word.as_str()))
}

/// The words of a name, in lower case: `deviceModel_name` has three.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in name.chars() {
        if !c.is_alphanumeric() {
            before = ' ';
            continue;
        }
        if before == ' ' || (c.is_uppercase() && !before.is_uppercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_of_what_kind_its_value_is_only_by_whole_words() {
        let is_words = |name: &str, expected: &[&str]| assert_eq!(words(name), expected, "{name}");
        is_words("deviceModel_name", &["device", "model", "name"]);
        is_words("ZIP", &["zip"]);
        is_words("gzip_bytes", &["gzip", "bytes"]);
        is_words("programming-language", &["programming", "language"]);
    }
}
