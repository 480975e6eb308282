mod named;
mod pairs;

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Basis, FieldName, IdentifierKind, Locator, Span, Step, WithheldCount};

use crate::endpoints::{Addressed, DocumentedField, LeafIndex, Reading, Said};
use crate::keypath::name_of;
use crate::known::{KnownValues, MOST_SALTED, Salted, may_be_digest, may_be_salt, may_hold_salt};
use crate::leaf::Leaf;
use crate::walk::{Contents, Found};
use named::is_named_after;

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
    /// Which endpoint documents it, by its place among those of the request.
    pub(crate) endpoint: Option<usize>,
}

/// What was seen and is not asserted: (reason, datum) -> how often.
pub(crate) type Withheld = BTreeMap<(&'static str, String), u64>;

const SHARED_VALUE: &str = "a value that many people share, in a field of which neither documentation nor name says what it is";
const NO_VALUE: &str = "a documented or observed field that holds the sender's mark for no value";
const NOT_ALONE: &str =
    "a known value in the middle of something longer, which may be another value";
const IN_FRAGMENT: &str = "a known value in the fragment of the address, which is not sent";
const TO_NOBODY: &str = "a value in a request whose address names no host, as those of `data:` and `blob:` do not, so that nobody is known to whom it went";

/// Decides what is asserted of the contents of an exchange, in their order.
pub(crate) fn claims(
    contents: &Contents,
    known: &KnownValues,
    endpoints: &Addressed<'_>,
) -> Decided {
    let mut decision = Decision {
        known,
        claims: Vec::new(),
        withheld: Withheld::new(),
        untried: 0,
        pairs: BTreeSet::new(),
        claimed: BTreeSet::new(),
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
    let mut salted = decision.salted(&contents.leaves);
    decision.pairs = pairs::pairs(&contents.leaves, known);
    let index = LeafIndex::new(&contents.leaves);
    for (number, leaf) in contents.leaves.iter().enumerate() {
        let found = by_leaf.remove(&number).unwrap_or_default();
        let said = endpoints.read_leaf(leaf, &index);
        decision.leaf(number, leaf, &found, salted.remove(&number), &said);
    }
    for found in contents.found.iter().filter(|found| found.leaf.is_none()) {
        decision.known_value(found, None, None);
    }
    Decided {
        claims: decision.claims,
        withheld: decision.withheld,
        untried: decision.untried,
        claimed: decision.claimed,
    }
}

/// What is asserted of an exchange, and what is not.
pub(crate) struct Decided {
    pub(crate) claims: Vec<Claim>,
    pub(crate) withheld: Withheld,
    /// How many digests were not held against all salts beside them.
    pub(crate) untried: u64,
    /// The leaves of which something is known: a value, a source, a mark for none.
    pub(crate) claimed: BTreeSet<usize>,
}

impl Decided {
    /// Of a request that is addressed to nobody: nothing is asserted, and all is counted.
    pub(crate) fn withheld_all(mut self) -> Vec<WithheldCount> {
        for claim in self.claims {
            *self.withheld.entry((TO_NOBODY, claim.datum)).or_default() += 1;
        }
        counts(self.withheld)
    }
}

struct Decision<'d> {
    known: &'d KnownValues,
    claims: Vec<Claim>,
    withheld: Withheld,
    untried: u64,
    /// The leaves that are one of two coordinates of a place beside each other.
    pairs: BTreeSet<usize>,
    claimed: BTreeSet<usize>,
}

/// A digest that a salt explains.
struct Explained {
    identifier: usize,
    form: String,
}

impl From<Salted> for Explained {
    fn from(salted: Salted) -> Self {
        Self {
            identifier: salted.identifier,
            form: salted.form,
        }
    }
}

impl Decision<'_> {
    fn withhold(&mut self, reason: &'static str, datum: &str) {
        *self.withheld.entry((reason, datum.to_owned())).or_default() += 1;
    }

    fn leaf(
        &mut self,
        number: usize,
        leaf: &Leaf,
        found: &[&Found],
        salted: Option<Explained>,
        said: &[Said<'_>],
    ) {
        if !said.is_empty()
            || salted.is_some()
            || found.iter().any(|found| found.hit.alone)
            || !self.known.whole_values(&leaf.bytes).is_empty()
        {
            self.claimed.insert(number);
        }
        // A known value of the kind that the field is documented to hold is the
        // stronger reason for the same fact. One of another kind is another fact.
        let mut documented = Vec::new();
        for one in said {
            match one.reading {
                Reading::Field(field) => {
                    let same = |f: &&Found| {
                        is_claimable(f, leaf) && self.is_datum(f.hit.identifier, field)
                    };
                    let explained = salted.as_ref();
                    if found.iter().any(same)
                        || explained.is_some_and(|salted| self.is_datum(salted.identifier, field))
                    {
                        documented.push((field, one.endpoint));
                    } else {
                        self.documented(leaf, field, one.endpoint);
                    }
                }
                Reading::Absent(field) => self.withhold(NO_VALUE, &field.datum),
            }
        }
        if said.is_empty() {
            self.shared_values(leaf, self.pairs.contains(&number));
        }
        let documenting = |decision: &Self, identifier: usize| {
            let mut all = documented.iter().copied();
            all.find(|(field, _)| decision.is_datum(identifier, field))
        };
        for found in found {
            let source = documenting(self, found.hit.identifier);
            self.known_value(found, Some(leaf), source);
        }
        if let Some(Explained { identifier, form }) = salted {
            let source = documenting(self, identifier);
            let kind = self.known.identifier(identifier).kind;
            self.claims.push(Claim {
                source: source.map(|(field, _)| field.source.clone()),
                endpoint: source.map(|(_, endpoint)| endpoint),
                ..of_leaf(leaf, identifier, kind, form)
            });
        }
    }

    /// Whether an identifier is of the kind that a field is documented to hold.
    fn is_datum(&self, identifier: usize, field: &DocumentedField) -> bool {
        match self.known.identifier(identifier).kind {
            IdentifierKind::Coordinates => {
                matches!(
                    field.datum.as_str(),
                    "coordinates" | "latitude" | "longitude"
                )
            }
            kind => kind.as_str() == field.datum,
        }
    }

    /// A field of which a source says what it is. That it holds a value which many people share and a
    /// subject is known to have is said, but is no reason.
    fn documented(&mut self, leaf: &Leaf, field: &DocumentedField, endpoint: usize) {
        let shared = self.known.whole_values(&leaf.bytes).into_iter();
        self.claims.push(Claim {
            field: leaf.field.clone(),
            steps: leaf.steps.clone(),
            bytes: leaf.bytes.clone(),
            span: leaf.span,
            datum: field.datum.clone(),
            identifier: shared
                .map(|shared| shared.identifier)
                .find(|identifier| self.is_datum(*identifier, field)),
            basis: field.basis,
            form: field.form_of(&leaf.bytes).to_owned(),
            source: Some(field.source.clone()),
            endpoint: Some(endpoint),
        });
    }

    fn shared_values(&mut self, leaf: &Leaf, of_pair: bool) {
        for shared in self.known.whole_values(&leaf.bytes) {
            let kind = self.known.identifier(shared.identifier).kind;
            let of_pair = of_pair && kind == IdentifierKind::Coordinates;
            if shared.plain || of_pair || is_named_after(leaf, kind) {
                let form = match of_pair {
                    true => format!("{}, of a pair", shared.form),
                    false => shared.form,
                };
                self.claims
                    .push(of_leaf(leaf, shared.identifier, kind, form));
            } else {
                self.withhold(SHARED_VALUE, kind.as_str());
            }
        }
    }

    /// Explains digests by salts that travel in the same exchange: leaf -> how.
    fn salted(&mut self, leaves: &[Leaf]) -> BTreeMap<usize, Explained> {
        let salts: Vec<&Leaf> = leaves
            .iter()
            .filter(|leaf| name_of(&leaf.keys).is_some_and(may_be_salt))
            .collect();
        let values: Vec<&[u8]> = salts.iter().map(|leaf| leaf.bytes.as_slice()).collect();
        let mut explained = BTreeMap::new();
        let mut left = MOST_SALTED;
        for (number, leaf) in leaves.iter().enumerate() {
            if may_hold_salt(&leaf.bytes) {
                let salted = self.known.salted_beside(&leaf.bytes, &mut left);
                self.untried += u64::from(salted.is_none() && left == 0);
                explained.extend(salted.map(|salted| (number, Explained::from(salted))));
                continue;
            }
            if salts.is_empty() {
                continue;
            }
            if !may_be_digest(&leaf.bytes) {
                continue;
            }
            let salted = self.known.salted(&leaf.bytes, &values, &mut left);
            if salted.is_none() && left == 0 {
                self.untried += 1;
            }
            let Some(salted) = salted else { continue };
            let salt = salts[salted.salt];
            let locator = Locator {
                field: salt.field.clone(),
                steps: salt.steps.clone(),
            };
            let mut how = Explained::from(salted);
            how.form = format!("{} ({locator})", how.form);
            explained.insert(number, how);
        }
        explained
    }

    /// A known value, in a leaf or beside the leaves.
    fn known_value(
        &mut self,
        found: &Found,
        leaf: Option<&Leaf>,
        source: Option<(&DocumentedField, usize)>,
    ) {
        let kind = self.known.identifier(found.hit.identifier).kind;
        let datum = kind.as_str();
        let is_whole = leaf.is_some_and(|leaf| found.hit.range == (0..leaf.bytes.len()));
        if !found.hit.alone {
            self.withhold(NOT_ALONE, datum);
            return;
        }
        let is_said = source.is_some() || leaf.is_some_and(|leaf| is_named_after(leaf, kind));
        // Padding behind a digest in base64 is no part of another value.
        let is_all = is_whole || leaf.is_some_and(|leaf| found.hit.is_digest(&leaf.bytes));
        if found.hit.shared && !(is_said && is_all) {
            self.withhold(SHARED_VALUE, datum);
            return;
        }
        let mut steps = found.steps.clone();
        if !is_whole {
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
            source: source.map(|(field, _)| field.source.clone()),
            endpoint: source.map(|(_, endpoint)| endpoint),
        });
    }
}

/// Whether a known value in a leaf may be asserted where a source says what the
/// leaf is: alone, and as a whole if many people share it.
fn is_claimable(found: &Found, leaf: &Leaf) -> bool {
    let is_whole = found.hit.range == (0..leaf.bytes.len()) || found.hit.is_digest(&leaf.bytes);
    found.hit.alone && (!found.hit.shared || is_whole)
}

/// A known value that is a leaf as a whole.
fn of_leaf(leaf: &Leaf, identifier: usize, kind: IdentifierKind, form: String) -> Claim {
    Claim {
        field: leaf.field.clone(),
        steps: leaf.steps.clone(),
        bytes: leaf.bytes.clone(),
        span: leaf.span,
        datum: kind.to_string(),
        identifier: Some(identifier),
        basis: Basis::KnownValue,
        form,
        source: None,
        endpoint: None,
    }
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
