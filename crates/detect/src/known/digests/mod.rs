//! Identifiers under hash functions. What is sent is not compared with each
//! digest: what looks like a digest is looked up among them.

mod algorithm;
mod beside;
mod chain;
mod dashed;
mod decimal;
mod murmur;
mod salted;
mod scan;

use std::ops::Range;

use algorithm::Algorithm;
pub(crate) use beside::{Beside, beside, may_hold_salt};
pub(crate) use chain::Reach;
use chain::{Chain, Digests, chains, in_base64};
pub(crate) use salted::{MOST_SALTED, Salted, explain, explain_beside, may_be_digest, may_be_salt};

use super::grams::Bitmap;

/// Shortest part of a digest in hexadecimal digits that is taken for it.
const SHORTEST_PREFIX: usize = 16;

/// Longest such part, in digits.
const LONGEST_PREFIX: usize = 127;

/// How many bits of a digest make its key: as many as ten letters of base64 and
/// fifteen hexadecimal digits begin with.
const KEY_BITS: u32 = 60;

/// A text of which the digests are looked up.
#[derive(Debug, Clone)]
pub(crate) struct HashedText {
    /// Index of the identifier.
    pub(crate) identifier: usize,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
    /// How it came of the identifier: `lower case`; empty where it is as listed.
    pub(crate) name: String,
    /// Whether many people share it.
    pub(crate) shared: bool,
}

/// A digest found in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DigestHit {
    pub(crate) identifier: usize,
    pub(crate) range: Range<usize>,
    pub(crate) form: String,
    pub(crate) shared: bool,
}

/// The digests of all texts, by their first bits.
pub(crate) struct DigestTable {
    texts: Vec<HashedText>,
    chains: Vec<Chain>,
    reach: Reach,
    /// Sorted; beside each, the text and the composition that it comes of.
    keys: Vec<u64>,
    origins: Vec<(u32, u16)>,
    bitmap: Bitmap,
    /// Where the keys of each value of their first bits begin, and where the last
    /// ones end: digests are spread evenly, so that few keys share theirs.
    starts: Vec<u32>,
    /// By how much a key is shifted to its first bits.
    shift: u32,
}

impl DigestTable {
    pub(crate) fn new(texts: Vec<HashedText>) -> Self {
        let reach = Reach::of(texts.len());
        let chains = chains(reach);
        let mut entries: Vec<(u64, u32, u16)> = Vec::new();
        for (text, number) in texts.iter().zip(0_u32..) {
            let of_text = chains.iter().zip(0_u16..).filter(|(chain, _)| {
                // Of what many share, only what an SDK would do is looked for.
                !text.shared || chain.depth() == 1
            });
            let mut digests = Digests::of(&text.bytes);
            entries.extend(
                of_text.map(|(chain, index)| (key_of(&digests.under(chain)), number, index)),
            );
        }
        // Of several origins of one digest, the simplest comes first.
        entries.sort_by_key(|(key, text, chain)| (*key, *chain, *text));
        entries.dedup_by_key(|(key, text, _)| (*key, texts[*text as usize].identifier));
        let mut bitmap = Bitmap::for_entries(entries.len());
        entries.iter().for_each(|(key, ..)| bitmap.insert(*key));
        let keys: Vec<u64> = entries.iter().map(|(key, ..)| *key).collect();
        let bits = keys.len().next_power_of_two().trailing_zeros().min(24);
        let shift = KEY_BITS - bits;
        let starts = (0..=1_u64 << bits)
            .scan(0_usize, |at, first| {
                let more = keys[*at..].iter().take_while(|key| **key >> shift < first);
                *at += more.count();
                Some(u32::try_from(*at).unwrap_or(u32::MAX))
            })
            .collect();
        Self {
            keys,
            starts,
            shift,
            origins: entries
                .iter()
                .map(|(_, text, chain)| (*text, *chain))
                .collect(),
            texts,
            chains,
            reach,
            bitmap,
        }
    }

    /// How many digests are looked up.
    pub(crate) const fn len(&self) -> usize {
        self.keys.len()
    }

    /// How far compositions are followed.
    pub(crate) const fn reach(&self) -> Reach {
        self.reach
    }

    pub(crate) fn texts(&self) -> &[HashedText] {
        &self.texts
    }

    /// Calls `found` for every digest in `bytes`: in hexadecimal digits, in
    /// base64, in decimal digits, and as bytes.
    pub(crate) fn search(&self, bytes: &[u8], found: &mut dyn FnMut(DigestHit)) {
        if self.keys.is_empty() {
            return;
        }
        scan::text(self, bytes, found);
        decimal::search(self, bytes, found);
        if scan::may_hold_digests(bytes) {
            scan::binary(self, bytes, found);
        }
    }

    /// Whether a part of `bytes` may be the beginning of a digest that was not seen to stand
    /// alone, for the letters that stand around the part.
    pub(crate) fn may_be_cut_off(&self, bytes: &[u8], part: &Range<usize>) -> bool {
        let is_letter = |at: Option<usize>| {
            let byte = at.and_then(|at| bytes.get(at));
            byte.is_some_and(|byte| scan::is_letter(*byte))
        };
        (SHORTEST_PREFIX..=LONGEST_PREFIX).contains(&part.len())
            && !self.keys.is_empty()
            && (is_letter(part.start.checked_sub(1)) || is_letter(Some(part.end)))
            && bytes[part.clone()]
                .iter()
                .all(|byte| scan::is_letter(*byte))
    }

    #[inline]
    fn may_hold(&self, key: u64) -> bool {
        self.bitmap.may_hold(key)
    }

    /// What has a digest with that key: the text, the digest, its name.
    fn origins(&self, key: u64) -> impl Iterator<Item = Origin<'_>> {
        let first = usize::try_from(key >> self.shift).unwrap_or(usize::MAX);
        let start = |first: usize| self.starts.get(first).map_or(0, |at| *at as usize);
        let range = start(first)..start(first.saturating_add(1));
        let keys = self.keys.get(range.clone()).unwrap_or_default();
        let origins = self.origins.get(range).unwrap_or_default();
        keys.iter()
            .zip(origins)
            .filter(move |(other, _)| **other == key)
            .map(|(_, (text, chain))| {
                let text = &self.texts[*text as usize];
                let chain = &self.chains[usize::from(*chain)];
                Origin {
                    text,
                    chain,
                    digest: chain.digest(&text.bytes),
                }
            })
    }
}

/// Where a digest comes from.
struct Origin<'t> {
    text: &'t HashedText,
    chain: &'t Chain,
    digest: Vec<u8>,
}

impl Origin<'_> {
    fn hit(&self, range: Range<usize>, manner: &str) -> DigestHit {
        let of = if self.text.name.is_empty() {
            String::new()
        } else {
            format!(" of {}", self.text.name)
        };
        DigestHit {
            identifier: self.text.identifier,
            range,
            form: format!("{}{of}{manner}", self.chain.name()),
            shared: self.text.shared,
        }
    }
}

/// The first bits of a digest, which has eight bytes or more.
fn key_of(digest: &[u8]) -> u64 {
    digest.first_chunk().map_or(0, |first| {
        u64::from_be_bytes(*first) >> (u64::BITS - KEY_BITS)
    })
}
