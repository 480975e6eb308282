use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};

/// Finds many patterns in bytes at once. The engine behind it can change
/// without anyone noticing but the clock.
pub(crate) trait Matcher: Send + Sync {
    /// Calls `found` with the index of a pattern and the start of its match
    /// for every match, overlapping ones too.
    fn search(&self, haystack: &[u8], found: &mut dyn FnMut(usize, usize));
}

/// An exact matcher over two Aho–Corasick automata: one for patterns in which
/// letter case does not matter, one for those in which it does.
pub(crate) struct AhoMatcher {
    either_case: Automaton,
    exact_case: Automaton,
}

struct Automaton {
    automaton: Option<AhoCorasick>,
    /// Index of each pattern in the caller's list.
    index: Vec<usize>,
}

impl AhoMatcher {
    /// Takes patterns, each with whether its letter case matters.
    pub(crate) fn new<'p>(
        patterns: impl Iterator<Item = (&'p [u8], bool)>,
    ) -> Result<Self, BuildError> {
        let mut either = (Vec::new(), Vec::new());
        let mut exact = (Vec::new(), Vec::new());
        for (index, (pattern, case_matters)) in patterns.enumerate() {
            let (bytes, indices) = if case_matters {
                &mut exact
            } else {
                &mut either
            };
            bytes.push(pattern);
            indices.push(index);
        }
        Ok(Self {
            either_case: Automaton::new(either.0, either.1, true)?,
            exact_case: Automaton::new(exact.0, exact.1, false)?,
        })
    }
}

impl Automaton {
    fn new(patterns: Vec<&[u8]>, index: Vec<usize>, ignore_case: bool) -> Result<Self, BuildError> {
        let automaton = if patterns.is_empty() {
            None
        } else {
            let built = AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .ascii_case_insensitive(ignore_case)
                .kind((patterns.len() <= 2000).then_some(AhoCorasickKind::DFA))
                .build(patterns)?;
            Some(built)
        };
        Ok(Self { automaton, index })
    }
}

impl Matcher for AhoMatcher {
    fn search(&self, haystack: &[u8], found: &mut dyn FnMut(usize, usize)) {
        for Automaton { automaton, index } in [&self.either_case, &self.exact_case] {
            let Some(automaton) = automaton else { continue };
            for hit in automaton.find_overlapping_iter(haystack) {
                found(index[hit.pattern().as_usize()], hit.start());
            }
        }
    }
}
