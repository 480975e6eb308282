//! What both sides share.

use super::pairing::Pairing;
use crate::input::Input;
use crate::output::Output;
use crate::{Limits, Side};

/// What a side reads with.
pub(crate) struct Context<'a> {
    pub(crate) limits: &'a Limits,
    pub(crate) pairs: &'a mut Pairing,
}

/// Bytes that were left out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Skipped {
    from: u64,
    bytes: u64,
    lost: u64,
}

impl Skipped {
    pub(crate) const fn at(from: u64) -> Self {
        Self {
            from,
            bytes: 0,
            lost: 0,
        }
    }

    /// What is at hand, and a hole behind it.
    pub(crate) fn with_hole(input: &Input, length: u64) -> Self {
        Self {
            from: input.offset(),
            bytes: input.rest().len() as u64,
            lost: length,
        }
    }

    pub(crate) const fn add(&mut self, bytes: usize, lost: u64) {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        self.lost = self.lost.saturating_add(lost);
    }

    /// Says what was left out before `next`, if anything was.
    pub(crate) fn tell(&self, next: &str, side: Side, output: &mut Output<'_>) {
        if let Some(told) = self.told(next) {
            output.trouble(side, self.from, told);
        }
    }

    /// What was left out, in words; `None` where it was nothing.
    fn told(&self, next: &str) -> Option<String> {
        match (self.bytes, self.lost) {
            (0, 0) => None,
            (bytes, 0) => Some(format!("{bytes} bytes before {next} were left out")),
            (bytes, lost) => Some(format!(
                "{bytes} bytes before {next} were left out, and {lost} were not captured"
            )),
        }
    }
}

/// Goes over an empty line before a message, which means nothing (RFC 9112
/// §2.2): whether one was there, and `None` where a message begins. False is
/// also said where more bytes must come to know.
pub(crate) fn passes_empty_line(input: &mut Input) -> Option<bool> {
    let length = match input.rest() {
        [] | [b'\r'] => return Some(false),
        [b'\n', ..] => 1,
        [b'\r', b'\n', ..] => 2,
        _ => return None,
    };
    input.advance(length);
    Some(true)
}
