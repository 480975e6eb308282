use std::io::{self, Read};

/// Bytes read at once.
const CHUNK: usize = 256 << 10;

/// A stream of bytes that can be looked into before it is taken.
#[derive(Debug)]
pub(crate) struct Source<R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
    over: bool,
}

impl<R: Read> Source<R> {
    pub(crate) fn new(input: R) -> Self {
        Self {
            input,
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            offset: 0,
            over: false,
        }
    }

    /// Bytes taken so far.
    pub(crate) const fn offset(&self) -> u64 {
        self.offset
    }

    /// The next `count` bytes, fewer only at the end of the input.
    pub(crate) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.end - self.start < count && !self.over {
            self.fill(count)?;
        }
        let end = self.end.min(self.start.saturating_add(count));
        Ok(self.buffer.get(self.start..end).unwrap_or_default())
    }

    /// Takes `count` bytes, or what there is; how many.
    pub(crate) fn skip(&mut self, count: u64) -> io::Result<u64> {
        let mut left = count;
        while left > 0 {
            let held = (self.end - self.start) as u64;
            if held == 0 {
                if self.over {
                    break;
                }
                self.fill(1)?;
                continue;
            }
            let taken = held.min(left);
            self.start += usize::try_from(taken).unwrap_or(0);
            left -= taken;
        }
        self.offset += count - left;
        Ok(count - left)
    }

    /// Reads on, so that `count` bytes from the start have room. The buffer doubles only as
    /// it fills, so that a length that lies costs no memory.
    fn fill(&mut self, count: usize) -> io::Result<()> {
        if self.start > 0 && (self.start == self.end || self.start + count > self.buffer.len()) {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        match self.input.read(room) {
            Ok(0) => self.over = true,
            Ok(read) => self.end += read.min(room.len()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
