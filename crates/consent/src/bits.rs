use chrono::{DateTime, Utc};

use crate::{Error, Ids, MAX_TEXT_BYTES};

/// The bits of a text, six a character, most significant first.
///
/// TCF pads to whole bytes before base64url (RFC 4648 §5), GPP to whole
/// characters; read character by character both give the same bits, and zeros
/// after them.
#[derive(Debug, Clone)]
pub(crate) struct Bits<'a> {
    text: &'a [u8],
    at: usize,
}

/// The six bits of a character. The alphabet of RFC 4648 §4, which the
/// specification of GPP prints, differs in the last two and is read as well.
const fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'-' | b'+' => Some(62),
        b'_' | b'/' => Some(63),
        _ => None,
    }
}

impl<'a> Bits<'a> {
    /// Takes a text without `=` or with one or two at its end.
    pub(crate) fn new(text: &'a str) -> Result<Self, Error> {
        let bytes = text.as_bytes();
        if bytes.len() > MAX_TEXT_BYTES {
            return Err(Error::TooLarge { bytes: bytes.len() });
        }
        let padding = bytes.iter().rev().take_while(|&&b| b == b'=').count();
        let text = &bytes[..bytes.len() - padding.min(2)];
        if text.is_empty() {
            return Err(Error::Empty);
        }
        if let Some(at) = text.iter().position(|&byte| sextet(byte).is_none()) {
            return Err(Error::Character { at });
        }
        Ok(Self { text, at: 0 })
    }

    fn len(&self) -> usize {
        self.text.len() * 6
    }

    /// The next bit, if there is one.
    fn next(&mut self) -> Option<bool> {
        let bits = sextet(*self.text.get(self.at / 6)?)?;
        let bit = bits >> (5 - self.at % 6) & 1 == 1;
        self.at += 1;
        Some(bit)
    }

    pub(crate) fn flag(&mut self, field: &'static str) -> Result<bool, Error> {
        self.next().ok_or(Error::Truncated { field })
    }

    /// A number of up to 64 bits.
    fn wide(&mut self, width: u8, field: &'static str) -> Result<u64, Error> {
        let mut number = 0;
        for _ in 0..width {
            number = number << 1 | u64::from(self.flag(field)?);
        }
        Ok(number)
    }

    /// A number of up to 16 bits.
    pub(crate) fn int(&mut self, width: u8, field: &'static str) -> Result<u16, Error> {
        debug_assert!(width <= 16, "{field}");
        let number = self.wide(width.min(16), field)?;
        Ok(u16::try_from(number).unwrap_or(u16::MAX))
    }

    /// A number of up to 8 bits.
    pub(crate) fn byte(&mut self, width: u8, field: &'static str) -> Result<u8, Error> {
        debug_assert!(width <= 8, "{field}");
        let number = self.wide(width.min(8), field)?;
        Ok(u8::try_from(number).unwrap_or(u8::MAX))
    }

    /// A time in tenths of a second since 1970, in 36 bits.
    pub(crate) fn time(&mut self, field: &'static str) -> Result<DateTime<Utc>, Error> {
        let tenths = self.wide(36, field)?;
        // 36 bits reach to the year 2187: the conversion holds.
        let millis = i64::try_from(tenths * 100).unwrap_or(0);
        Ok(DateTime::from_timestamp_millis(millis).unwrap_or_default())
    }

    /// Two letters of six bits each, `A` being 0.
    pub(crate) fn letters(&mut self, field: &'static str) -> Result<String, Error> {
        let mut letters = String::with_capacity(2);
        for _ in 0..2 {
            match self.byte(6, field)? {
                letter @ 0..26 => letters.push(char::from(b'A' + letter)),
                _ => return Err(Error::Letters { field }),
            }
        }
        Ok(letters)
    }

    /// A bit for each number from 1 to `length`.
    pub(crate) fn field(&mut self, length: u16, field: &'static str) -> Result<Ids, Error> {
        if self.len() - self.at < usize::from(length) {
            return Err(Error::Truncated { field });
        }
        let mut ranges: Vec<(u16, u16)> = Vec::new();
        for id in 1..=length {
            if self.flag(field)? {
                match ranges.last_mut() {
                    Some(last) if last.1 + 1 == id => last.1 = id,
                    _ => ranges.push((id, id)),
                }
            }
        }
        Ok(Ids::new(ranges))
    }

    /// Entries of one number or two, of 16 bits each: `Range (Int)` of GPP.
    pub(crate) fn int_ranges(&mut self, field: &'static str) -> Result<Ids, Error> {
        let entries = self.int(12, field)?;
        let mut ranges = Vec::new();
        for _ in 0..entries {
            let group = self.flag(field)?;
            let start = self.int(16, field)?;
            let end = if group { self.int(16, field)? } else { start };
            if start == 0 || end < start {
                return Err(Error::Range {
                    field,
                    start: start.into(),
                    end: end.into(),
                });
            }
            ranges.push((start, end));
        }
        Ok(Ids::new(ranges))
    }

    /// A number of Fibonacci coding, from 1: `Integer (Fibonacci)` of GPP.
    fn fibonacci(&mut self, field: &'static str) -> Result<u32, Error> {
        let (mut this, mut following) = (1_u32, 2_u32);
        let mut number = 0_u32;
        let mut before = false;
        loop {
            let bit = self.flag(field)?;
            if bit && before {
                return Ok(number);
            }
            if bit {
                number += this;
            }
            before = bit;
            // The numbers named are below 65,536; the 24th term is above.
            if this > 0xffff {
                return Err(Error::Range {
                    field,
                    start: number,
                    end: this,
                });
            }
            (this, following) = (following, this + following);
        }
    }

    /// Entries of one number or two, each as its distance from the one before:
    /// `Range (Fibonacci)` of GPP.
    pub(crate) fn fibonacci_ranges(&mut self, field: &'static str) -> Result<Ids, Error> {
        let entries = self.int(12, field)?;
        let mut ranges = Vec::new();
        let mut last = 0_u32;
        for _ in 0..entries {
            let group = self.flag(field)?;
            let start = last + self.fibonacci(field)?;
            let end = start + if group { self.fibonacci(field)? } else { 0 };
            match (u16::try_from(start), u16::try_from(end)) {
                (Ok(start), Ok(end)) => ranges.push((start, end)),
                _ => return Err(Error::Range { field, start, end }),
            }
            last = end;
        }
        Ok(Ids::new(ranges))
    }

    /// Asks that nothing but padding is left: zeros, fewer than the 24 of the
    /// coarsest padding in use.
    pub(crate) fn end(self) -> Result<(), Error> {
        if self.len() - self.at < 24 && self.unread() == 0 {
            Ok(())
        } else {
            Err(Error::Shape {
                of: "section that is read to its end",
                wanted: "fewer than 24 bits of padding, all of them 0",
            })
        }
    }

    /// How many bits are left from the next on to the last that is set.
    pub(crate) fn unread(mut self) -> usize {
        let start = self.at;
        let mut last = start;
        while let Some(bit) = self.next() {
            if bit {
                last = self.at;
            }
        }
        last - start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes `0` and `1`, with zeros to the end of the character.
    fn text(bits: &str) -> String {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let bits: Vec<u8> = bits
            .bytes()
            .filter(|b| *b != b' ')
            .map(|b| b - b'0')
            .collect();
        bits.chunks(6)
            .map(|six| {
                let at = (0..6).fold(0, |n, i| n << 1 | six.get(i).copied().unwrap_or(0));
                char::from(ALPHABET[usize::from(at)])
            })
            .collect()
    }

    #[test]
    fn numbers_of_fibonacci_coding_are_those_of_the_table_of_gpp() {
        let table = ["11", "011", "0011", "1011", "00011", "10011", "01011"];
        for (number, bits) in (1..).zip(table) {
            let text = text(bits);
            let mut bits = Bits::new(&text).unwrap();
            assert_eq!(bits.fibonacci("n").unwrap(), number);
        }
    }

    #[test]
    fn the_examples_of_ranges_in_the_specification_of_gpp_name_3_and_5_to_8() {
        let wanted = Ids::new(vec![(3, 3), (5, 8)]);
        let int = text("000000000010 0 0000000000000011 1 0000000000000101 0000000000001000");
        assert_eq!(Bits::new(&int).unwrap().int_ranges("x").unwrap(), wanted);
        let fibonacci = text("000000000010 0 0011 1 011 0011");
        assert_eq!(
            Bits::new(&fibonacci)
                .unwrap()
                .fibonacci_ranges("x")
                .unwrap(),
            wanted
        );
    }

    #[test]
    fn a_number_of_fibonacci_coding_without_end_is_an_error() {
        let zeros = "A".repeat(100);
        let mut bits = Bits::new(&zeros).unwrap();
        assert!(matches!(bits.fibonacci("n"), Err(Error::Range { .. })));
        let ones_and_zeros = "q".repeat(1000);
        let mut bits = Bits::new(&ones_and_zeros).unwrap();
        assert!(matches!(bits.fibonacci("n"), Err(Error::Range { .. })));
    }

    #[test]
    fn unread_bits_are_counted_to_the_last_that_is_set() {
        let text = text("101000 000100 000000");
        let mut bits = Bits::new(&text).unwrap();
        assert_eq!(bits.clone().unread(), 10);
        bits.int(3, "x").unwrap();
        assert_eq!(bits.clone().unread(), 7);
        bits.int(7, "x").unwrap();
        assert_eq!(bits.unread(), 0);
    }
}
