/// Reads the encodings of SSH (RFC 4251 §5). Each read gives nothing where the
/// bytes are not of that encoding.
pub(crate) struct Wire<'a> {
    rest: &'a [u8],
}

impl<'a> Wire<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// As many bytes as asked for.
    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    pub(crate) fn number(&mut self) -> Option<u32> {
        let bytes = self.take(4)?.try_into().ok()?;
        Some(u32::from_be_bytes(bytes))
    }

    pub(crate) fn string(&mut self) -> Option<&'a [u8]> {
        let count = usize::try_from(self.number()?).ok()?;
        self.take(count)
    }

    /// A string that is UTF-8.
    pub(crate) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.string()?).ok()
    }

    /// The digits of a positive number, without leading zeros.
    pub(crate) fn positive(&mut self) -> Option<&'a [u8]> {
        match self.string()? {
            [] | [0x80..=0xff, ..] | [0, 0..=0x7f, ..] | [0] => None,
            [0, digits @ ..] => Some(digits),
            digits => Some(digits),
        }
    }

    /// Whether nothing is left.
    pub(crate) const fn is_finished(&self) -> bool {
        self.rest.is_empty()
    }
}

/// Writes a string of SSH.
pub(crate) fn push_string(out: &mut Vec<u8>, bytes: &[u8]) {
    // All that is written here was read from 32-bit lengths or is short.
    out.extend((bytes.len() as u32).to_be_bytes());
    out.extend_from_slice(bytes);
}
