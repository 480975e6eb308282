use std::ops::Range;

use affiant_model::{Carrier, Exchange, Field, FieldName, Step};

use crate::decode::{self, DecodeLimits, Escape, Hint};
use crate::keypath::{Key, keys_of};
use crate::known::{Hit, KnownValues};
use crate::leaf::{Leaf, key_of, place_of};

/// A known value, and where in the tree of decodings it was found.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// The field.
    pub(crate) field: FieldName,
    /// The decodings down to the bytes in which it was found.
    pub(crate) steps: Vec<Step>,
    /// Where in those bytes.
    pub(crate) hit: Hit,
    /// The leaf that those bytes are; `None` where the value was found beside
    /// the leaves, such as in the name of a JSON member.
    pub(crate) leaf: Option<usize>,
}

/// What one exchange carries.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) found: Vec<Found>,
    /// What could not be decoded: the field, and what is wrong.
    pub(crate) trouble: Vec<(Field, String)>,
}

/// Takes every field of a request apart and searches all layers.
pub(crate) fn contents(
    exchange: &Exchange,
    known: &KnownValues,
    limits: &DecodeLimits,
) -> Contents {
    let mut contents = Contents::default();
    let content_type = header(exchange, "content-type").unwrap_or_default();
    for field in &exchange.fields {
        let hint = hint_of(&field.name, &content_type);
        let mut walk = Walk {
            known,
            limits,
            field,
            contents: &mut contents,
            nodes: limits.nodes,
        };
        walk.field(exchange.bytes_of(field), &hint);
    }
    contents
}

/// The value of the first header of that name.
fn header(exchange: &Exchange, wanted: &str) -> Option<String> {
    let field = exchange.fields.iter().find(
        |field| matches!(&field.name, FieldName::Header { name, .. } if name.eq_ignore_ascii_case(wanted)),
    )?;
    let bytes = carried(field).decode(exchange.bytes_of(field));
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// How the capture's format writes a field.
pub(crate) const fn carried(field: &Field) -> Escape {
    match field.carrier {
        Carrier::Raw => Escape::None,
        Carrier::JsonString => Escape::Json,
    }
}

fn hint_of(name: &FieldName, content_type: &str) -> Hint {
    match name {
        FieldName::Url => Hint::Url,
        FieldName::Header { name, .. } if name.eq_ignore_ascii_case("cookie") => Hint::Cookies,
        FieldName::Body => decode::boundary_of(content_type).map_or_else(
            || {
                let form = content_type
                    .to_ascii_lowercase()
                    .contains("x-www-form-urlencoded");
                if form { Hint::Form } else { Hint::Unknown }
            },
            Hint::Multipart,
        ),
        _ => Hint::Unknown,
    }
}

struct Walk<'w> {
    known: &'w KnownValues,
    limits: &'w DecodeLimits,
    field: &'w Field,
    contents: &'w mut Contents,
    nodes: usize,
}

impl Walk<'_> {
    fn field(&mut self, raw: &[u8], hint: &Hint) {
        let mut bytes = carried(self.field).decode(raw);
        let mut steps = Vec::new();
        for step in &self.field.declared {
            let Some(child) = decode::apply(step, &bytes, self.limits) else {
                self.trouble(format!(
                    "the capture declares {step}, which the text is not"
                ));
                break;
            };
            bytes = child.bytes.into_owned().into();
            steps.push(step.clone());
        }
        let mut keys: Vec<Key> = key_of(&self.field.name).into_iter().collect();
        self.node(&bytes, &mut steps, &mut keys, hint, None);
    }

    /// Looks at bytes and what can be decoded from them. Gives the known values
    /// in them, by their place in these bytes. `seen` are those that a search
    /// of the bytes around has already found here.
    fn node(
        &mut self,
        bytes: &[u8],
        steps: &mut Vec<Step>,
        keys: &mut Vec<Key>,
        hint: &Hint,
        seen: Option<Vec<Hit>>,
    ) -> Vec<Hit> {
        let own = seen.unwrap_or_else(|| self.known.search(bytes));
        if !self.may_look(steps.len()) {
            return self.leaf(bytes, steps, keys, own);
        }
        let looked = decode::children(bytes, hint, self.limits);
        if let Some(trouble) = looked.trouble {
            self.trouble(trouble);
        }
        if looked.children.is_empty() {
            return self.leaf(bytes, steps, keys, own);
        }
        let guess = matches!(looked.children.as_slice(), [child] if child.step == Step::Base64);
        let leaves = self.contents.leaves.len();
        let mut below: Vec<Hit> = Vec::new();
        for child in looked.children {
            let seen = child.is_verbatim().then(|| within(&own, &child.range));
            let added = keys_of(&child.step);
            let length = keys.len();
            keys.extend(added);
            steps.push(child.step);
            for hit in self.node(&child.bytes, steps, keys, &Hint::Unknown, seen) {
                below.push(Hit {
                    range: child.range.clone(),
                    ..hit
                });
            }
            steps.pop();
            keys.truncate(length);
        }
        if guess {
            self.keep_as_sent(bytes, steps, keys, leaves);
        }
        for hit in own {
            let counted = |other: &Hit| {
                other.identifier == hit.identifier
                    && other.range.start <= hit.range.start
                    && hit.range.end <= other.range.end
            };
            if !below.iter().any(counted) {
                self.found(steps, &hit, None);
                below.push(hit);
            }
        }
        below
    }

    /// Keeps the text of a guess beside what it decodes to, where that is a
    /// single value: `leaves` is how many there were before.
    fn keep_as_sent(&mut self, bytes: &[u8], steps: &[Step], keys: &[Key], leaves: usize) {
        if let [leaf] = &mut self.contents.leaves[leaves..]
            && leaf.keys == keys
        {
            leaf.guessed = true;
            self.leaf(bytes, steps, keys, Vec::new());
        }
    }

    fn leaf(&mut self, bytes: &[u8], steps: &[Step], keys: &[Key], own: Vec<Hit>) -> Vec<Hit> {
        let index = self.contents.leaves.len();
        self.contents.leaves.push(Leaf {
            field: self.field.name.clone(),
            steps: steps.to_vec(),
            keys: keys.to_vec(),
            place: place_of(&self.field.name, steps),
            bytes: bytes.to_vec(),
            guessed: false,
        });
        for hit in &own {
            self.found(steps, hit, Some(index));
        }
        own
    }

    fn found(&mut self, steps: &[Step], hit: &Hit, leaf: Option<usize>) {
        self.contents.found.push(Found {
            field: self.field.name.clone(),
            steps: steps.to_vec(),
            hit: hit.clone(),
            leaf,
        });
    }

    /// Whether the bounds allow another look; the first time that they do not
    /// is recorded.
    fn may_look(&mut self, depth: usize) -> bool {
        if depth >= self.limits.depth {
            self.trouble(format!(
                "encodings are nested more than {} deep",
                self.limits.depth
            ));
            return false;
        }
        if self.nodes == 0 {
            self.trouble(format!(
                "there are more than {} values in the field",
                self.limits.nodes
            ));
            return false;
        }
        self.nodes -= 1;
        true
    }

    fn trouble(&mut self, message: String) {
        let new = !self
            .contents
            .trouble
            .iter()
            .any(|(field, m)| field.name == self.field.name && *m == message);
        if new {
            self.contents.trouble.push((self.field.clone(), message));
        }
    }
}

/// The hits that lie in `range`, by their place in it.
fn within(hits: &[Hit], range: &Range<usize>) -> Vec<Hit> {
    hits.iter()
        .filter(|hit| range.start <= hit.range.start && hit.range.end <= range.end)
        .map(|hit| Hit {
            range: hit.range.start - range.start..hit.range.end - range.start,
            ..hit.clone()
        })
        .collect()
}
