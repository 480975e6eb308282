use std::io::{Read, Seek, SeekFrom};

use crate::Refusal;

/// The bytes of an exhibit. Formats of lines and packets only read on; archives
/// seek.
pub trait Input: Read + Seek {
    /// The input as a stream.
    fn stream(&mut self) -> &mut dyn Read;

    /// How many bytes it has; it stands at its beginning then.
    ///
    /// # Errors
    ///
    /// It cannot seek.
    fn length(&mut self) -> Result<u64, Refusal> {
        self.seek(SeekFrom::End(0))
            .and_then(|length| self.rewind().map(|()| length))
            .map_err(|source| Refusal::Read { offset: 0, source })
    }
}

impl<T: Read + Seek> Input for T {
    fn stream(&mut self) -> &mut dyn Read {
        self
    }
}
