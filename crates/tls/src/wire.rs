//! Fields off the wire.

/// Takes fields off the front of bytes; `None` where they are too few.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    /// A big-endian number of `width` bytes, at most eight.
    fn number(&mut self, width: usize) -> Option<u64> {
        let bytes = self.take(width)?;
        Some(
            bytes
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        )
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.number(1).and_then(|number| u8::try_from(number).ok())
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.number(2).and_then(|number| u16::try_from(number).ok())
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.number(4).and_then(|number| u32::try_from(number).ok())
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.number(8)
    }

    /// Bytes after their length in `width` bytes.
    pub(crate) fn vector(&mut self, width: usize) -> Option<Self> {
        let length = usize::try_from(self.number(width)?).ok()?;
        self.take(length).map(Self)
    }

    /// All that is left, as numbers of two bytes; `None` where a byte is over.
    pub(crate) fn u16s(mut self) -> Option<Vec<u16>> {
        let mut numbers = Vec::with_capacity(self.0.len() / 2);
        while !self.is_empty() {
            numbers.push(self.u16()?);
        }
        Some(numbers)
    }
}
