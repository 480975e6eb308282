//! Key logs.

/// Secrets out of key logs.
#[derive(Clone, Debug, Default)]
pub struct KeyLog {}

impl KeyLog {
    /// Takes in the lines of a key log; what is no line of one is left out.
    pub fn add(&mut self, _text: &[u8]) {}
    /// How many secrets are known.
    pub fn len(&self) -> usize {
        0
    }
    /// Whether no secret is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
