//! Header compression of HTTP/2 (RFC 7541), decoding only. The Huffman code is
//! that of the crate `octets`; the tables are here, with a bound of our own on the
//! size of the dynamic one, which a peer must not choose for a reader of captures.

use std::collections::VecDeque;

use octets::Octets;

/// What is wrong with a header block.
pub(crate) type Problem = &'static str;

/// Bytes that an entry of the dynamic table counts beyond its text (RFC 7541 §4.1).
const OVERHEAD: usize = 32;

/// A decoder of the header blocks of one direction.
#[derive(Debug)]
pub(crate) struct Decoder {
    entries: VecDeque<(Vec<u8>, Vec<u8>)>,
    size: usize,
    capacity: usize,
    limit: usize,
}

impl Decoder {
    /// A decoder whose dynamic table may never be larger than `limit`.
    pub(crate) const fn new(limit: usize) -> Self {
        // RFC 9113 §6.5.2: the table starts with 4096 bytes.
        let capacity = if limit < 4096 { limit } else { 4096 };
        Self {
            entries: VecDeque::new(),
            size: 0,
            capacity,
            limit,
        }
    }

    /// Bytes of the dynamic table.
    pub(crate) const fn size(&self) -> usize {
        self.size
    }

    /// Decodes a whole header block of no more than `budget` bytes of text, and
    /// gives each field to `each`.
    ///
    /// # Errors
    ///
    /// Says what is wrong. The state is unknown then: no later block can be decoded.
    pub(crate) fn decode(
        &mut self,
        mut block: &[u8],
        budget: usize,
        each: &mut dyn FnMut(&[u8], &[u8]),
    ) -> Result<(), Problem> {
        let mut left = budget;
        let mut spend = |name: &[u8], value: &[u8]| {
            left = left
                .checked_sub(name.len() + value.len() + OVERHEAD)
                .ok_or("a header block unpacks to more than the limit")?;
            each(name, value);
            Ok::<(), Problem>(())
        };
        while let Some(&first) = block.first() {
            match first {
                0x80.. => {
                    let index = integer(&mut block, 7)?;
                    let (name, value) = self.field(index)?;
                    spend(name, value)?;
                }
                0x40..=0x7f => {
                    let (name, value) = self.literal(&mut block, 6)?;
                    spend(&name, &value)?;
                    self.add(name, value);
                }
                0x20..=0x3f => {
                    let size = integer(&mut block, 5)?;
                    if size > self.limit {
                        return Err("the dynamic table is made larger than the limit");
                    }
                    self.capacity = size;
                    self.evict(size);
                }
                _ => {
                    let (name, value) = self.literal(&mut block, 4)?;
                    spend(&name, &value)?;
                }
            }
        }
        Ok(())
    }

    fn literal(&self, block: &mut &[u8], prefix: u32) -> Result<(Vec<u8>, Vec<u8>), Problem> {
        let name = match integer(block, prefix)? {
            0 => string(block)?,
            index => self.field(index)?.0.to_vec(),
        };
        Ok((name, string(block)?))
    }

    /// The entry of an index, static ones first (RFC 7541 §2.3.3).
    fn field(&self, index: usize) -> Result<(&[u8], &[u8]), Problem> {
        let index = index.checked_sub(1).ok_or("a header field has index 0")?;
        if let Some((name, value)) = STATIC.get(index) {
            return Ok((name.as_bytes(), value.as_bytes()));
        }
        let entry = self.entries.get(index - STATIC.len());
        let (name, value) = entry.ok_or("a header field is not in the table")?;
        Ok((name, value))
    }

    fn add(&mut self, name: Vec<u8>, value: Vec<u8>) {
        let size = name.len() + value.len() + OVERHEAD;
        if size > self.capacity {
            self.evict(0);
            return;
        }
        self.evict(self.capacity - size);
        self.size += size;
        self.entries.push_front((name, value));
    }

    /// Drops the oldest entries until the table is no larger than `size`.
    fn evict(&mut self, size: usize) {
        while self.size > size {
            let Some((name, value)) = self.entries.pop_back() else {
                self.size = 0;
                return;
            };
            self.size = self
                .size
                .saturating_sub(name.len() + value.len() + OVERHEAD);
        }
    }
}

/// An integer whose first byte has `prefix` bits for it (RFC 7541 §5.1).
fn integer(block: &mut &[u8], prefix: u32) -> Result<usize, Problem> {
    const ENDS: Problem = "a header block ends within a number";
    let (first, mut rest) = block.split_first().ok_or(ENDS)?;
    let mask = (1usize << prefix) - 1;
    let mut value = usize::from(*first) & mask;
    if value == mask {
        for shift in (0..).step_by(7) {
            let (byte, tail) = rest.split_first().ok_or(ENDS)?;
            rest = tail;
            // Five bytes say more than any limit allows.
            if shift > 28 {
                return Err("a header block has a number that is too large");
            }
            value = value.saturating_add(usize::from(byte & 0x7f) << shift);
            if byte & 0x80 == 0 {
                break;
            }
        }
    }
    *block = rest;
    Ok(value)
}

/// A string, with its Huffman code undone (RFC 7541 §5.2).
fn string(block: &mut &[u8]) -> Result<Vec<u8>, Problem> {
    let coded = block.first().is_some_and(|first| first & 0x80 != 0);
    let length = integer(block, 7)?;
    let (text, rest) = block
        .split_at_checked(length)
        .ok_or("a header block ends within a string")?;
    *block = rest;
    if !coded {
        return Ok(text.to_vec());
    }
    Octets::with_slice(text)
        .get_huffman_decoded()
        .map_err(|_| "a string of a header block is no Huffman code")
}

/// The static table (RFC 7541, Appendix A).
const STATIC: [(&str, &str); 61] = [
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];

#[cfg(test)]
mod tests;
