//! The prefilter of the matcher: of each text sought, the windows of a few
//! bytes that begin in one stretch of it are kept in a bitmap, and the bytes
//! searched are probed at every stride only. What the bitmap lets through is
//! compared byte by byte, so nothing is found that is not there, and one probe
//! falls into the stretch of every occurrence, so nothing is missed.

use std::collections::BTreeMap;

use super::matcher::Matcher;

/// Texts at least this long are probed by windows of `Long`.
const LONG: usize = Long::WINDOW + Long::STRIDE - 1;
/// Shortest text that this matcher takes.
pub(super) const SHORTEST: usize = Short::WINDOW + Short::STRIDE - 1;

/// How wide the windows are and how far apart the probes.
trait Width {
    const WINDOW: usize;
    const STRIDE: usize;
    /// The window at the start of `bytes`, ASCII letters in one case.
    fn window(bytes: &[u8]) -> Option<u64>;
}

struct Long;
struct Short;

impl Width for Long {
    const WINDOW: usize = 8;
    const STRIDE: usize = 8;

    fn window(bytes: &[u8]) -> Option<u64> {
        let window = u64::from_le_bytes(*bytes.first_chunk()?);
        Some(window | 0x2020_2020_2020_2020)
    }
}

impl Width for Short {
    const WINDOW: usize = 4;
    const STRIDE: usize = 3;

    fn window(bytes: &[u8]) -> Option<u64> {
        let window = u32::from_le_bytes(*bytes.first_chunk()?);
        Some(u64::from(window | 0x2020_2020))
    }
}

/// A text that is sought, and whether its letter case matters.
struct Sought {
    bytes: Vec<u8>,
    case_matters: bool,
}

/// Finds many texts at once; each must have [`SHORTEST`] bytes or more.
pub(super) struct GramMatcher {
    sought: Vec<Sought>,
    long: Filter<Long>,
    short: Filter<Short>,
}

impl GramMatcher {
    pub(super) fn new<'p>(sought: impl Iterator<Item = (&'p [u8], bool)>) -> Self {
        let sought: Vec<Sought> = sought
            .map(|(bytes, case_matters)| Sought {
                bytes: bytes.to_vec(),
                case_matters,
            })
            .collect();
        Self {
            long: Filter::new(&sought, |length| length >= LONG),
            short: Filter::new(&sought, |length| (SHORTEST..LONG).contains(&length)),
            sought,
        }
    }
}

impl Matcher for GramMatcher {
    fn search(&self, haystack: &[u8], found: &mut dyn FnMut(usize, usize)) {
        self.long.search(&self.sought, haystack, found);
        self.short.search(&self.sought, haystack, found);
    }
}

/// The texts of one range of lengths.
struct Filter<W> {
    bitmap: Bitmap,
    /// Window -> texts that have it, each with where.
    windows: BTreeMap<u64, Vec<(u32, u32)>>,
    width: std::marker::PhantomData<W>,
}

impl<W: Width> Filter<W> {
    fn new(sought: &[Sought], takes: impl Fn(usize) -> bool) -> Self {
        let mut windows: BTreeMap<u64, Vec<(u32, u32)>> = BTreeMap::new();
        for (index, text) in sought.iter().enumerate() {
            if !takes(text.bytes.len()) {
                continue;
            }
            let stretch = rarest_stretch(&text.bytes, W::WINDOW + W::STRIDE - 1);
            for at in stretch..stretch + W::STRIDE {
                if let Some(window) = text.bytes.get(at..).and_then(W::window) {
                    let entry = (
                        u32::try_from(index).unwrap_or(u32::MAX),
                        u32::try_from(at).unwrap_or(u32::MAX),
                    );
                    windows.entry(window).or_default().push(entry);
                }
            }
        }
        let mut bitmap = Bitmap::for_entries(windows.len());
        windows.keys().for_each(|window| bitmap.insert(*window));
        Self {
            bitmap,
            windows,
            width: std::marker::PhantomData,
        }
    }

    fn search(&self, sought: &[Sought], haystack: &[u8], found: &mut dyn FnMut(usize, usize)) {
        if self.windows.is_empty() {
            return;
        }
        let mut at = 0;
        while let Some(window) = haystack.get(at..).and_then(W::window) {
            if self.bitmap.may_hold(window) {
                self.compare(window, at, sought, haystack, found);
            }
            at += W::STRIDE;
        }
    }

    #[cold]
    fn compare(
        &self,
        window: u64,
        at: usize,
        sought: &[Sought],
        haystack: &[u8],
        found: &mut dyn FnMut(usize, usize),
    ) {
        for (index, offset) in self.windows.get(&window).into_iter().flatten() {
            let text = &sought[*index as usize];
            let Some(start) = at.checked_sub(*offset as usize) else {
                continue;
            };
            let Some(there) = haystack.get(start..start + text.bytes.len()) else {
                continue;
            };
            let same = if text.case_matters {
                there == text.bytes
            } else {
                there.eq_ignore_ascii_case(&text.bytes)
            };
            if same {
                found(*index as usize, start);
            }
        }
    }
}

/// A set of numbers that may hold more than was put into it.
pub(super) struct Bitmap {
    words: Vec<u64>,
    shift: u32,
}

impl Bitmap {
    /// With a word of sixty-four bits for two entries or fewer, of which each sets
    /// two, so that one probe in two hundred or so is let through for nothing.
    pub(super) fn for_entries(entries: usize) -> Self {
        let words = (entries.max(64) / 2).next_power_of_two();
        Self {
            words: vec![0; words],
            shift: 64 - words.trailing_zeros(),
        }
    }

    /// Which word, and which two bits of it.
    #[inline]
    #[allow(clippy::cast_possible_truncation, reason = "the hash is an index")]
    const fn place(&self, number: u64) -> (usize, u64) {
        // The multiplier of Fibonacci hashing: 2^64 divided by the golden ratio.
        let hash = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let bits = 1 << (hash >> 24 & 63) | 1 << (hash >> 31 & 63);
        ((hash >> self.shift) as usize, bits)
    }

    pub(super) fn insert(&mut self, number: u64) {
        let (word, bits) = self.place(number);
        self.words[word] |= bits;
    }

    #[inline]
    pub(super) fn may_hold(&self, number: u64) -> bool {
        let (word, bits) = self.place(number);
        self.words[word] & bits == bits
    }
}

/// Where the stretch of that length begins whose characters are the rarest in
/// what programs send.
fn rarest_stretch(text: &[u8], length: usize) -> usize {
    let frequency = |byte: &u8| -> u32 {
        match byte.to_ascii_lowercase() {
            b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b'.' | b'/' => 4,
            b'c' | b'd' | b'l' | b'm' | b'p' | b'u' | b'h' | b'w' | b'0' | b'1' | b' ' => 3,
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => 2,
            _ => 1,
        }
    };
    text.windows(length)
        .enumerate()
        .min_by_key(|(_, window)| window.iter().map(frequency).sum::<u32>())
        .map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::matcher::AhoMatcher;
    use super::*;

    fn all(matcher: &dyn Matcher, haystack: &[u8]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        matcher.search(haystack, &mut |text, start| found.push((text, start)));
        found.sort_unstable();
        found
    }

    proptest! {
        /// Few letters, so that texts overlap, repeat and nearly match.
        #[test]
        fn finds_what_the_automaton_finds(
            texts in prop::collection::vec(("[aAb@]{6,20}", any::<bool>()), 1..8),
            haystack in "[aAb@]{0,200}",
        ) {
            let sought = || texts.iter().map(|(text, case)| (text.as_bytes(), *case));
            let grams = GramMatcher::new(sought());
            let automaton = AhoMatcher::new(sought()).unwrap();
            prop_assert_eq!(all(&grams, haystack.as_bytes()), all(&automaton, haystack.as_bytes()));
        }

        #[test]
        fn finds_a_text_wherever_it_stands(
            text in prop::collection::vec(any::<u8>(), 6..40),
            before in prop::collection::vec(any::<u8>(), 0..30),
            after in prop::collection::vec(any::<u8>(), 0..30),
        ) {
            let grams = GramMatcher::new(std::iter::once((text.as_slice(), true)));
            let haystack = [before.as_slice(), &text, &after].concat();
            prop_assert!(all(&grams, &haystack).contains(&(0, before.len())));
        }
    }
}
