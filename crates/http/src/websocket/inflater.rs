//! The compression of messages (RFC 7692).

use flate2::{Decompress, FlushDecompress, Status};

/// Undoes `permessage-deflate` for one direction (RFC 7692 §7.2.2).
#[derive(Debug)]
pub(super) struct Inflater {
    state: Decompress,
    /// Whether each message is compressed by itself.
    forgets: bool,
    used: bool,
    /// Whether what the next message builds on is missing.
    lost: bool,
}

impl Inflater {
    pub(super) fn new(forgets: bool) -> Self {
        Self {
            state: Decompress::new(false),
            forgets,
            used: false,
            lost: false,
        }
    }

    /// Whether the next message builds on those before it.
    pub(super) const fn remembers(&self) -> bool {
        self.used && !self.forgets
    }

    pub(super) const fn lose(&mut self) {
        self.lost = !self.forgets;
        self.used = true;
    }

    /// The bytes of a message, as many as fit, and why there are not more.
    pub(super) fn inflate(&mut self, packed: &[u8], limit: usize) -> (Vec<u8>, Option<String>) {
        if self.lost {
            let why = "it is compressed with messages that are missing, so it was not inflated";
            return (Vec::new(), Some(why.to_owned()));
        }
        if self.forgets {
            self.state.reset(false);
        }
        self.used = true;
        let mut payload = Vec::new();
        for input in [packed, &[0, 0, 0xff, 0xff]] {
            match self.feed(input, &mut payload, limit) {
                Ok(true) => {}
                // A last block of DEFLATE ends the stream, and with it the context.
                Ok(false) => {
                    self.lose();
                    break;
                }
                Err(why) => {
                    self.lose();
                    return (payload, Some(why));
                }
            }
        }
        (payload, None)
    }

    /// Inflates one input; false where the compressed stream says that it ends.
    fn feed(
        &mut self,
        mut input: &[u8],
        payload: &mut Vec<u8>,
        limit: usize,
    ) -> Result<bool, String> {
        let mut buffer = [0; 8 << 10];
        loop {
            let (read, written) = (self.state.total_in(), self.state.total_out());
            let status = self
                .state
                .decompress(input, &mut buffer, FlushDecompress::Sync)
                .map_err(|_| "it does not inflate from here on".to_owned())?;
            let taken = usize::try_from(self.state.total_in() - read).unwrap_or(usize::MAX);
            let made = usize::try_from(self.state.total_out() - written).unwrap_or(usize::MAX);
            input = input.get(taken..).unwrap_or_default();
            let made = buffer.get(..made).unwrap_or(&buffer);
            let room = limit.saturating_sub(payload.len());
            payload.extend_from_slice(made.get(..room).unwrap_or(made));
            if made.len() > room {
                return Err(format!("it inflates beyond the limit of {limit} bytes"));
            }
            match status {
                Status::StreamEnd => return Ok(false),
                _ if input.is_empty() && made.len() < buffer.len() => return Ok(true),
                _ if taken == 0 && made.is_empty() => {
                    return Err("it does not inflate from here on".to_owned());
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_7692_inflate() {
        // RFC 7692 §7.2.3.1 and §7.2.3.2: the second builds on the first.
        let mut inflater = Inflater::new(false);
        let first = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
        let second = [0xf2, 0x00, 0x11, 0x00, 0x00];
        assert_eq!(inflater.inflate(&first, 100), (b"Hello".to_vec(), None));
        assert!(inflater.remembers());
        assert_eq!(inflater.inflate(&second, 100), (b"Hello".to_vec(), None));
        // §7.2.3.4: a block with BFINAL; §7.2.3.5: two blocks.
        let mut inflater = Inflater::new(true);
        let last = [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00];
        let two = [
            0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00,
        ];
        assert_eq!(inflater.inflate(&last, 100), (b"Hello".to_vec(), None));
        assert_eq!(inflater.inflate(&two, 100), (b"Hello".to_vec(), None));
        assert_eq!(inflater.inflate(&two, 3).0, b"Hel");
    }
}
