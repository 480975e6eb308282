use memchr::memchr;

/// The bytes of one side that came and were not read yet, and where in the
/// side's stream they begin.
#[derive(Debug, Default)]
pub(crate) struct Input {
    bytes: Vec<u8>,
    position: usize,
    offset: u64,
    /// Of what is left: bytes already searched for line ends, and where the
    /// line begins that is being searched. So no byte is searched twice.
    searched: usize,
    line: usize,
    first: Option<usize>,
}

/// Bytes of memory that are kept though nothing is held in them.
const KEPT: usize = 64 << 10;

/// What a search in the bytes at hand gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// It ends behind so many bytes.
    At(usize),
    /// It is longer than allowed.
    TooLong,
    /// More bytes are needed.
    More,
}

impl Input {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.position >= self.bytes.len() && self.bytes.capacity() > KEPT {
            self.bytes = Vec::new();
            self.position = 0;
        }
        if self.position > 0 && self.position >= self.bytes.len() / 2 {
            self.bytes.drain(..self.position);
            self.position = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The bytes that were not read yet.
    pub(crate) fn rest(&self) -> &[u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    /// Where in the stream [`Self::rest`] begins.
    pub(crate) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Where in the stream it ends.
    pub(crate) fn end(&self) -> u64 {
        self.offset.saturating_add(self.rest().len() as u64)
    }

    pub(crate) fn advance(&mut self, bytes: usize) {
        let bytes = bytes.min(self.rest().len());
        self.position += bytes;
        self.offset = self.offset.saturating_add(bytes as u64);
        self.forget_search();
    }

    /// Takes all that is left.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        let rest = self.rest().to_vec();
        self.advance(rest.len());
        rest
    }

    /// Bytes that were not captured. What is left before them must have been read.
    pub(crate) fn skip_hole(&mut self, length: u64) {
        let rest = self.rest().len();
        self.advance(rest);
        self.offset = self.offset.saturating_add(length);
    }

    pub(crate) const fn held(&self) -> usize {
        self.bytes.capacity()
    }

    const fn forget_search(&mut self) {
        self.searched = 0;
        self.line = 0;
        self.first = None;
    }

    /// The first line, with its line end.
    pub(crate) fn line(&mut self, limit: usize) -> Found {
        let end = self.line_end();
        self.judge(end, limit)
    }

    /// Where the first line ends, however long it is.
    pub(crate) fn line_end(&mut self) -> Option<usize> {
        if self.first.is_none() {
            self.search();
        }
        self.first
    }

    /// A head: lines up to an empty one, line ends included.
    pub(crate) fn head(&mut self, limit: usize) -> Found {
        loop {
            let start = self.line;
            let Some(end) = self.search() else {
                return self.judge(None, limit);
            };
            let line = self.rest().get(start..end).unwrap_or_default();
            if start > 0 && matches!(line, b"\n" | b"\r\n") {
                // Found again, should it be asked for again.
                self.line = start;
                self.searched = start;
                return self.judge(Some(end), limit);
            }
            if end > limit {
                return Found::TooLong;
            }
        }
    }

    /// The end of the line at `self.line`, which becomes the next line's start.
    fn search(&mut self) -> Option<usize> {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let from = self.searched.min(rest.len());
        let Some(at) = rest.get(from..).and_then(|tail| memchr(b'\n', tail)) else {
            self.searched = rest.len();
            return None;
        };
        let end = from + at + 1;
        self.first = self.first.or(Some(end));
        self.searched = end;
        self.line = end;
        Some(end)
    }

    fn judge(&self, end: Option<usize>, limit: usize) -> Found {
        match end {
            Some(end) if end <= limit => Found::At(end),
            None if self.rest().len() <= limit => Found::More,
            _ => Found::TooLong,
        }
    }
}
