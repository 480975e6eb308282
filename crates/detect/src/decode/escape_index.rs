use std::ops::Range;

use super::Escape;

/// How many escapes lie between two marks.
const PACE: usize = 64;

/// Marks on the way through escaped text, so that many places in a long text
/// are found without reading it from its beginning each time.
#[derive(Debug, Clone, Default)]
pub(crate) struct EscapeIndex {
    /// (bytes of the result, bytes of the input) before every `PACE`th escape and
    /// what stands for itself before it.
    marks: Vec<(usize, usize)>,
}

impl EscapeIndex {
    pub(crate) fn new(escape: Escape, raw: &[u8]) -> Self {
        let mut marks = Vec::new();
        if !escape.is_plain(raw) {
            let (mut decoded, mut at, mut escapes) = (0, 0, 0usize);
            while at < raw.len() {
                if escapes.is_multiple_of(PACE) {
                    marks.push((decoded, at));
                }
                let plain = escape.plain_run(&raw[at..]);
                decoded += plain;
                at += plain;
                if at < raw.len() {
                    let (length, consumed) = escape.token_size(&raw[at..]);
                    decoded += length;
                    at += consumed;
                }
                escapes += 1;
            }
        }
        Self { marks }
    }

    /// As [`Escape::raw_range`].
    pub(crate) fn raw_range(
        &self,
        escape: Escape,
        raw: &[u8],
        decoded: &Range<usize>,
    ) -> Range<usize> {
        if self.marks.is_empty() {
            return decoded.start.min(raw.len())..decoded.end.min(raw.len());
        }
        let start = self.token_at(escape, raw, decoded.start).0;
        if decoded.is_empty() {
            return start..start;
        }
        start..self.token_at(escape, raw, decoded.end - 1).1
    }

    /// Begin and end in the input of the token that gives the byte `wanted` of
    /// the result; the end of the input where there is none.
    fn token_at(&self, escape: Escape, raw: &[u8], wanted: usize) -> (usize, usize) {
        let behind = self
            .marks
            .partition_point(|(decoded, _)| *decoded <= wanted);
        let (mut decoded, mut at) = self.marks[behind.saturating_sub(1)];
        while at < raw.len() {
            let plain = escape.plain_run(&raw[at..]);
            if wanted < decoded + plain {
                let byte = at + wanted.saturating_sub(decoded);
                return (byte, byte + 1);
            }
            decoded += plain;
            at += plain;
            if at >= raw.len() {
                break;
            }
            let (length, consumed) = escape.token_size(&raw[at..]);
            if wanted < decoded + length {
                return (at, at + consumed);
            }
            decoded += length;
            at += consumed;
        }
        (raw.len(), raw.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same by going through all of the text.
    fn naive(escape: Escape, raw: &[u8], wanted: &Range<usize>) -> Range<usize> {
        let (mut decoded, mut at) = (0, 0);
        let (mut start, mut end) = (raw.len(), raw.len());
        while at < raw.len() {
            let (length, consumed) = escape.token_size(&raw[at..]);
            if (decoded..decoded + length).contains(&wanted.start) {
                start = at;
            }
            if (decoded..decoded + length).contains(&(wanted.end - 1)) {
                end = at + consumed;
            }
            decoded += length;
            at += consumed;
        }
        start..end
    }

    proptest! {
        #[test]
        fn places_are_found_as_without_marks(
            raw in r#"([a-c%+]|%4[0-9]|\\n|\\u00e9|\\ud83d\\ude00|\\"){0,600}"#, a in 0usize..900, b in 0usize..900
        ) {
            for escape in [Escape::None, Escape::Json, Escape::Percent, Escape::Form] {
                let raw = raw.as_bytes();
                let length = escape.decode(raw).len();
                let range = a.min(b).min(length)..a.max(b).min(length);
                if !range.is_empty() {
                    prop_assert_eq!(EscapeIndex::new(escape, raw).raw_range(escape, raw, &range), naive(escape, raw, &range));
                }
            }
        }
    }
}
