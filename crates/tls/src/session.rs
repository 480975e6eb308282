//! One connection.

use crate::{Event, KeyLog, Limits, Side};

/// Reads the two streams of one connection.
pub struct Session {}

impl Session {
    /// A session of which nothing was seen yet.
    pub fn new(_limits: &Limits) -> Self {
        Self {}
    }
    /// Takes the next bytes of a side's stream. The keys may grow between calls: a key that
    /// comes after the records it opens serves those that follow.
    pub fn push(&mut self, _side: Side, _bytes: &[u8], _keys: &KeyLog, _sink: &mut dyn FnMut(Event)) {}
    /// Says that `length` bytes of a side's stream were not captured.
    pub fn lost(&mut self, _side: Side, _length: u64, _keys: &KeyLog, _sink: &mut dyn FnMut(Event)) {}
    /// Gives out what is still held.
    pub fn finish(&mut self, _keys: &KeyLog, _sink: &mut dyn FnMut(Event)) {}
}
