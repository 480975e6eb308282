use crate::Limits;

/// The last bytes of a stream, to compare with what is sent again.
#[derive(Debug, Default)]
pub(crate) struct History {
    bytes: Vec<u8>,
    /// What of the common bound is taken for it.
    taken: usize,
}

impl History {
    /// Adds what follows. Where all streams together keep too much, this one keeps nothing.
    pub(crate) fn push(&mut self, bytes: &[u8], limits: &Limits, all: &mut usize) {
        let most = limits.overlap_bytes;
        if self.taken == 0 {
            if most == 0 || *all + most * 2 > limits.overlaps_bytes {
                return;
            }
            self.taken = most * 2;
            *all += self.taken;
        }
        let last = bytes
            .get(bytes.len().saturating_sub(most)..)
            .unwrap_or_default();
        if self.bytes.len() + last.len() > most * 2 {
            let kept = most - last.len();
            let cut = self.bytes.len().saturating_sub(kept);
            self.bytes.drain(..cut);
        }
        self.bytes.extend_from_slice(last);
    }

    /// Whether `bytes`, which begin `back` bytes before the end of the stream, say something
    /// else of what is kept.
    pub(crate) fn differs(&self, back: i64, bytes: &[u8]) -> bool {
        let back = usize::try_from(back).unwrap_or(usize::MAX);
        let known = back.min(self.bytes.len());
        let kept = self
            .bytes
            .get(self.bytes.len() - known..)
            .unwrap_or_default();
        let theirs = bytes.get(back - known..).unwrap_or_default();
        kept.iter().zip(theirs).any(|(ours, theirs)| ours != theirs)
    }

    /// What follows does not join what came before.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Gives the memory back.
    pub(crate) fn free(&mut self, all: &mut usize) {
        *all -= self.taken;
        *self = Self::default();
    }
}
