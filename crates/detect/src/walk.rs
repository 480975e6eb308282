mod contents;
mod keep;
mod numbers;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use affiant_model::{Exchange, Field, FieldName, Step};

use crate::decode::number::MOST_NUMBERS;
use crate::decode::{self, Child, DecodeLimits, Hint, Look};
use crate::endpoints::Addressed;
use crate::frame::Frame;
use crate::keypath::{Key, keys_of, last_name_of};
use crate::known::{Hit, KnownValues};
use crate::leaf::{carried, key_of, place_of};
use crate::patterns::Patterns;
pub(crate) use contents::{Contents, Found, Signalled};

/// Which leaves are wanted besides those in which a known value is.
#[derive(Clone, Copy)]
pub(crate) enum Wanted<'w> {
    /// None.
    Known,
    /// All of them.
    All,
    /// All of them, decoded as endpoints document.
    Documented(&'w Addressed<'w>),
}

/// Takes every field of a request apart and searches all layers. With
/// `patterns`, leaves of their shapes are kept too; with `tokens`, digests of values
/// that may tell devices apart.
pub(crate) fn contents(
    exchange: &Exchange,
    known: &KnownValues,
    limits: &DecodeLimits,
    wanted: Wanted<'_>,
    patterns: Option<&Patterns>,
    tokens: bool,
) -> Contents {
    let mut contents = Contents::default();
    let content_type = header(exchange, "content-type").unwrap_or_default();
    for field in &exchange.fields {
        let mut walk = Walk {
            known,
            limits,
            field,
            wanted,
            patterns,
            tokens,
            contents: &mut contents,
            nodes: limits.nodes,
            bytes: limits.decoded_bytes,
            numbers: MOST_NUMBERS,
        };
        walk.field(exchange, &hint_of(&field.name, &content_type));
    }
    contents
}

/// The value of the first header of that name.
fn header(exchange: &Exchange, wanted: &str) -> Option<String> {
    let named = |field: &&Field| matches!(&field.name, FieldName::Header { name, .. } if name.eq_ignore_ascii_case(wanted));
    let field = exchange.fields.iter().find(named)?;
    let bytes = carried(field).decode(exchange.bytes_of(field));
    Some(String::from_utf8_lossy(&bytes).into_owned())
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
    wanted: Wanted<'w>,
    patterns: Option<&'w Patterns>,
    /// Whether values are kept that may tell devices apart.
    tokens: bool,
    contents: &'w mut Contents,
    /// How many more values the bounds allow.
    nodes: usize,
    /// How many more bytes of results the bounds allow.
    bytes: usize,
    /// How many more numbers the bounds allow.
    numbers: usize,
}

/// The way down to some bytes.
struct Way<'y> {
    frame: &'y Frame<'y>,
    steps: &'y mut Vec<Step>,
    /// The name that the field itself adds.
    own: Option<&'y Key>,
}

impl Way<'_> {
    /// The names and indices on the way. Most values are passed over without them.
    fn keys(&self) -> Vec<Key> {
        let below = self.steps.iter().flat_map(keys_of);
        self.own.cloned().into_iter().chain(below).collect()
    }

    /// The last name of them.
    fn name(&self) -> Option<Cow<'_, str>> {
        let below = self.steps.iter().rev().find_map(last_name_of);
        below.or_else(|| match self.own? {
            Key::Name(name, _) => Some(Cow::Borrowed(name.as_str())),
            Key::Item(_) => None,
        })
    }
}

impl Walk<'_> {
    fn field(&mut self, exchange: &Exchange, hint: &Hint) {
        let frame = Frame::carrier(exchange, self.field);
        let bytes = carried(self.field).decode(exchange.bytes_of(self.field));
        let mut steps = Vec::new();
        let own = key_of(&self.field.name);
        let mut way = Way {
            frame: &frame,
            steps: &mut steps,
            own: own.as_ref(),
        };
        if *hint == Hint::Url {
            let end = bytes.iter().position(|b| *b == b'#').unwrap_or(bytes.len());
            let fragment = self.known.search(&bytes[end..]);
            self.contents
                .in_fragment
                .extend(fragment.iter().map(|hit| hit.identifier));
            self.node(&bytes[..end], &mut way, hint, None);
        } else if let Some(step) = self.field.declared.first() {
            self.declared(&bytes, step, &mut way, hint);
        } else {
            self.node(&bytes, &mut way, hint, None);
        }
    }

    /// Undoes the encoding that the capture declares of the field.
    fn declared(&mut self, bytes: &[u8], step: &Step, way: &mut Way<'_>, hint: &Hint) {
        if let Some(child) = decode::apply(step, bytes, self.limits) {
            let frame = Frame::within(way.frame, bytes, &child.range, child.escape);
            way.steps.push(child.step.clone());
            let mut way = Way {
                frame: &frame,
                steps: way.steps,
                own: way.own,
            };
            self.node(&child.bytes, &mut way, hint, None);
        } else {
            self.trouble(format!(
                "the capture declares {step}, which the text is not"
            ));
            self.node(bytes, way, hint, None);
        }
    }

    /// Looks at bytes and what can be decoded from them. Gives the known values
    /// in them, by their place in these bytes. `seen` are those that a search
    /// of the bytes around has already found here.
    fn node(
        &mut self,
        bytes: &[u8],
        way: &mut Way<'_>,
        hint: &Hint,
        seen: Option<Vec<Hit>>,
    ) -> Vec<Hit> {
        let own = seen.unwrap_or_else(|| self.known.search(bytes));
        self.signal(bytes, way);
        // Letters that stand for a known digest are not taken further apart.
        if own.iter().any(|hit| hit.is_digest(bytes)) || !self.may_look(way.steps.len()) {
            return self.leaf(bytes, way, own);
        }
        if let Some(hits) = self.documented(bytes, way, hint, &own) {
            return hits;
        }
        let known = self.known;
        let look = Look {
            limits: self.limits,
            most: self.nodes + 1,
            numbers: known.has_numbers() || !matches!(self.wanted, Wanted::Known),
            is_known: &|decoded| known.is_known(decoded),
        };
        let looked = decode::children(bytes, hint, &look);
        // What was undone because it could not be read is still what it was.
        if let Some(trouble) = looked
            .trouble
            .filter(|_| way.steps.last() != Some(&Step::Unescape))
        {
            self.trouble(trouble);
        }
        if looked.children.is_empty() {
            return self.leaf(bytes, way, own);
        }
        // A guess at text that nothing declares to be encoded.
        let guess = looked
            .children
            .iter()
            .all(|child| decode::is_guess(&child.step));
        if !guess {
            self.whole(bytes, way);
        }
        let leaves = self.contents.leaves.len();
        let mut below: BTreeMap<usize, Vec<Hit>> = BTreeMap::new();
        for child in looked.children {
            if let Some(wire) = child.number {
                self.number(&child, wire, bytes, way);
                continue;
            }
            let range = child.range.clone();
            for hit in self.child(child, bytes, &own, way, &Hint::Unknown) {
                let hits = below.entry(hit.identifier).or_default();
                hits.push(hit.at(range.clone()));
            }
        }
        let own: Vec<Hit> = own
            .into_iter()
            .filter(|hit| !is_counted(&below, hit))
            .collect();
        let mut all: Vec<Hit> = below.into_values().flatten().collect();
        if guess {
            let new = &mut self.contents.leaves[leaves..];
            if !new.is_empty() {
                let keys = way.keys();
                for leaf in new {
                    leaf.guessed |= leaf.keys == keys;
                }
            }
            all.extend(self.leaf(bytes, way, own));
        } else {
            for hit in own {
                self.found(bytes, way, &hit, None);
                all.push(hit);
            }
        }
        all.sort_by_key(|hit| (hit.range.start, hit.identifier));
        all
    }

    /// Undoes what an endpoint documents of the value, where the value is so
    /// encoded, and gives the known values in it.
    fn documented(
        &mut self,
        bytes: &[u8],
        way: &mut Way<'_>,
        hint: &Hint,
        own: &[Hit],
    ) -> Option<Vec<Hit>> {
        let Wanted::Documented(endpoints) = self.wanted else {
            return None;
        };
        let steps = match hint {
            Hint::Documented(rest) => rest.as_slice(),
            _ => endpoints.decodings(place_of(&self.field.name, way.steps), &way.keys()),
        };
        let (step, rest) = steps.split_first()?;
        let child = decode::apply(step, bytes, self.limits)?;
        for hit in own {
            self.found(bytes, way, hit, None);
        }
        let mut all = own.to_vec();
        let hint = Hint::Documented(rest.to_vec());
        let range = child.range.clone();
        let below = self.child(child, bytes, own, way, &hint);
        all.extend(below.into_iter().map(|hit| hit.at(range.clone())));
        Some(all)
    }

    fn child(
        &mut self,
        child: Child<'_>,
        bytes: &[u8],
        own: &[Hit],
        way: &mut Way<'_>,
        hint: &Hint,
    ) -> Vec<Hit> {
        if !child.is_verbatim() {
            let Some(left) = self.bytes.checked_sub(child.bytes.len()) else {
                self.trouble(format!(
                    "its encodings give more than {} bytes together",
                    self.limits.decoded_bytes
                ));
                return Vec::new();
            };
            self.bytes = left;
        }
        let seen = child
            .is_verbatim()
            .then(|| self.known.within(own, bytes, &child.range));
        let frame = Frame::within(way.frame, bytes, &child.range, child.escape);
        way.steps.push(child.step);
        let mut below = Way {
            frame: &frame,
            steps: way.steps,
            own: way.own,
        };
        let hits = self.node(&child.bytes, &mut below, hint, seen);
        way.steps.pop();
        hits
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
}

/// Whether a child around the hit has given the same identifier already.
/// Children come in the order of the bytes, and do not overlap.
fn is_counted(below: &BTreeMap<usize, Vec<Hit>>, hit: &Hit) -> bool {
    let Some(hits) = below.get(&hit.identifier) else {
        return false;
    };
    let behind = hits.partition_point(|other| other.range.start <= hit.range.start);
    hits[..behind]
        .last()
        .is_some_and(|other| hit.range.end <= other.range.end)
}

/// The part of `hits` that lies in `range`; hits are in the order of their start.
pub(crate) fn slice_of<'h>(hits: &'h [Hit], range: &Range<usize>) -> &'h [Hit] {
    let start = hits.partition_point(|hit| hit.range.start < range.start);
    let end = hits.partition_point(|hit| hit.range.start < range.end);
    &hits[start..end]
}
