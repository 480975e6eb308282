//! Words, of which nearly every other word can be told without looking it up.

/// How many bits there are: a few thousand words leave most of them unset.
const BITS: usize = 1 << 15;

/// A set of words that may hold more than was put into it.
#[derive(Debug, Default)]
pub(crate) struct Sieve(Vec<u64>);

impl Sieve {
    pub(crate) fn insert(&mut self, word: &str) {
        if self.0.is_empty() {
            self.0 = vec![0; BITS / 64];
        }
        let (at, bit) = place(word);
        if let Some(bits) = self.0.get_mut(at) {
            *bits |= bit;
        }
    }

    pub(crate) fn may_hold(&self, word: &str) -> bool {
        let (at, bit) = place(word);
        self.0.get(at).is_some_and(|bits| bits & bit != 0)
    }
}

/// Which number, and which bit of it.
fn place(word: &str) -> (usize, u64) {
    // FNV-1a, and what of it is mixed best.
    let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let index = usize::try_from(hash >> 40).unwrap_or_default() % BITS;
    (index / 64, 1 << (index % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_held_and_most_else_is_not() {
        let mut sieve = Sieve::default();
        assert!(!sieve.may_hold("a"));
        let word = |n: usize| format!("word {n}");
        (0..1000).for_each(|n| sieve.insert(&word(n)));
        assert!((0..1000).all(|n| sieve.may_hold(&word(n))));
        let others = (1000..2000).filter(|n| sieve.may_hold(&word(*n)));
        assert!(others.count() < 100);
    }
}
