//! Capture files, block by block.

mod options;
mod pcap;
mod pcapng;
mod source;

use std::{
    collections::VecDeque,
    io::{self, Read},
};

use affiant_model::Span;
use pcap::Pcap;
use pcapng::Pcapng;
use source::Source;

use crate::{Block, CaptureHeader, Limits, Trouble};

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

/// Whether a file that begins with `head` is a capture; 24 bytes suffice.
#[must_use]
pub fn is_capture(head: &[u8]) -> bool {
    pcapng::order(head).is_some() || Pcap::new(head).is_some()
}

/// Cuts a capture file into blocks.
#[derive(Debug)]
pub struct CaptureReader<R> {
    source: Source<R>,
    header: CaptureHeader,
    limits: Limits,
    format: Format,
    packets: u64,
    ready: VecDeque<Block>,
    over: bool,
}

#[derive(Debug)]
enum Format {
    Pcap(Pcap),
    Pcapng(Pcapng),
}

impl<R: Read> CaptureReader<R> {
    /// Reads the head of `input`.
    ///
    /// # Errors
    ///
    /// If it is no capture file, or cannot be read.
    pub fn new(input: R, limits: &Limits) -> Result<Self, NotACapture> {
        let mut source = Source::new(input);
        let mut header = CaptureHeader::default();
        let head = source.peek(pcap::HEAD)?;
        let format = if pcapng::order(head).is_some() {
            "pcapng 1.0".clone_into(&mut header.format);
            Format::Pcapng(Pcapng::default())
        } else {
            let pcap = Pcap::new(head).ok_or(NotACapture::Head)?;
            source.skip(pcap::HEAD as u64)?;
            header = pcap.header();
            Format::Pcap(pcap)
        };
        let mut reader = Self {
            source,
            header,
            limits: limits.clone(),
            format,
            packets: 0,
            ready: VecDeque::new(),
            over: false,
        };
        reader.read_head()?;
        Ok(reader)
    }

    /// Reads a pcapng up to its first packet, so that the header says what the file does.
    fn read_head(&mut self) -> io::Result<()> {
        if matches!(self.format, Format::Pcapng(_)) {
            while let Some(block) = self.read()? {
                let is_head = matches!(block, Block::Trouble(_));
                self.ready.push_back(block);
                if !is_head || self.ready.len() > 16 {
                    break;
                }
            }
        }
        Ok(())
    }

    /// The next block; `None` at the end.
    ///
    /// # Errors
    ///
    /// If the input cannot be read. What is damaged is a [`Block::Trouble`].
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator's item could not tell the end from an error as plainly"
    )]
    pub fn next(&mut self) -> Result<Option<Block>, io::Error> {
        match self.ready.pop_front() {
            Some(block) => Ok(Some(block)),
            None => self.read(),
        }
    }

    /// What the file says of itself, as far as it was read.
    #[must_use]
    pub const fn header(&self) -> &CaptureHeader {
        &self.header
    }

    /// Bytes of the file read as blocks so far.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.source.offset()
    }

    fn read(&mut self) -> io::Result<Option<Block>> {
        if self.over {
            return Ok(None);
        }
        let block = match &mut self.format {
            Format::Pcap(pcap) => pcap.read(&mut self.source, &self.limits, &mut self.packets)?,
            Format::Pcapng(pcapng) => pcapng.read(
                &mut self.source,
                &self.limits,
                &mut self.header,
                &mut self.packets,
            )?,
        };
        Ok(match block {
            Step::Block(block) => Some(block),
            Step::Last(trouble) => {
                self.over = true;
                Some(Block::Trouble(trouble))
            }
            Step::End => {
                self.over = true;
                None
            }
        })
    }
}

/// What a format read next.
enum Step {
    /// A block, and more may follow.
    Block(Block),
    /// What keeps the rest from being read.
    Last(Trouble),
    /// Nothing: the file ends where it may.
    End,
}

impl Step {
    fn trouble(span: Span, message: String, consequence: &str) -> Self {
        Self::Block(Block::Trouble(trouble(span, message, consequence)))
    }

    fn last(span: Span, message: String) -> Self {
        Self::Last(trouble(span, message, "the rest of the file is not read"))
    }
}

fn trouble(span: Span, message: String, consequence: &str) -> Trouble {
    Trouble {
        span: Some(span),
        message,
        consequence: consequence.to_owned(),
    }
}
