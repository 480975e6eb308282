use std::io::{self, Read};

use crate::{Block, CaptureHeader, Limits};

/// What was given is not a capture file.
#[derive(Debug, thiserror::Error)]
pub enum NotACapture {
    /// It does not begin as one.
    #[error("it does not begin as a pcap or pcapng file does")]
    Head,
    /// It could not be read.
    #[error(transparent)]
    Read(#[from] io::Error),
}

/// Whether a file that begins with `head` (12 bytes suffice) is a capture.
#[must_use]
pub fn is_capture(_head: &[u8]) -> bool {
    false
}

/// Cuts a capture file into blocks.
#[derive(Debug)]
pub struct CaptureReader<R> {
    input: R,
    header: CaptureHeader,
}

impl<R: Read> CaptureReader<R> {
    /// Reads the head of `input`.
    ///
    /// # Errors
    ///
    /// If it is no capture file, or cannot be read.
    pub fn new(input: R, _limits: &Limits) -> Result<Self, NotACapture> {
        Ok(Self {
            input,
            header: CaptureHeader::default(),
        })
    }

    /// The next block; `None` at the end.
    ///
    /// # Errors
    ///
    /// If the input cannot be read. What is damaged is a [`Block::Trouble`].
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator would have to hide errors of input"
    )]
    pub fn next(&mut self) -> Result<Option<Block>, io::Error> {
        let _ = &mut self.input;
        Ok(None)
    }

    /// What the file says of itself, as far as it was read.
    pub const fn header(&self) -> &CaptureHeader {
        &self.header
    }
}
