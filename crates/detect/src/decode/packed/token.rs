//! The items of MessagePack and CBOR, one by one as they stand in the input.

use std::ops::Range;

use super::super::number::Wire;

/// What stands at a place of the input.
pub(super) enum Token {
    /// A map of so many pairs, an array of so many items; `None`: until a break.
    Map(Option<u64>),
    Array(Option<u64>),
    /// Text or bytes, in one piece.
    String(Range<usize>),
    /// A number: what it is as a key, where it can be one, how it is written,
    /// and its bytes behind the mark.
    Number(Option<u64>, Wire, Range<usize>),
    /// Anything else.
    Other,
    /// CBOR's end of a map or array.
    Break,
}

/// Takes the next `length` bytes.
fn take(input: &[u8], at: &mut usize, length: u64) -> Option<Range<usize>> {
    let start = *at;
    let end = start.checked_add(usize::try_from(length).ok()?)?;
    (end <= input.len()).then(|| {
        *at = end;
        start..end
    })
}

/// Takes a number of `length` bytes, the highest first.
fn number(input: &[u8], at: &mut usize, length: u64) -> Option<u64> {
    let bytes = input.get(take(input, at, length)?)?;
    Some(bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)))
}

pub(super) fn messagepack(input: &[u8], at: &mut usize) -> Option<Token> {
    let first = *input.get(*at)?;
    *at += 1;
    let low = |mask: u8| u64::from(first & mask);
    Some(match first {
        0x00..=0x7f => Token::Number(Some(low(0x7f)), Wire::Unsigned, *at - 1..*at),
        0x80..=0x8f => Token::Map(Some(low(0x0f))),
        0x90..=0x9f => Token::Array(Some(low(0x0f))),
        0xa0..=0xbf => Token::String(take(input, at, low(0x1f))?),
        0xc0 | 0xc2 | 0xc3 => Token::Other,
        0xe0..=0xff => Token::Number(None, Wire::Signed, *at - 1..*at),
        0xc1 => return None,
        0xc4 | 0xd9 => string(input, at, 1)?,
        0xc5 | 0xda => string(input, at, 2)?,
        0xc6 | 0xdb => string(input, at, 4)?,
        // Extensions: a length, a type, the data.
        0xc7..=0xc9 => {
            let length = number(input, at, 1 << (first - 0xc7))?;
            take(input, at, 1)?;
            Token::String(take(input, at, length)?)
        }
        0xca | 0xcb => Token::Number(None, Wire::Float, take(input, at, 4 << (first - 0xca))?),
        0xcc..=0xcf => {
            let start = *at;
            let key = number(input, at, 1 << (first - 0xcc))?;
            Token::Number(Some(key), Wire::Unsigned, start..*at)
        }
        0xd0..=0xd3 => Token::Number(None, Wire::Signed, take(input, at, 1 << (first - 0xd0))?),
        0xd4..=0xd8 => {
            take(input, at, 1)?;
            Token::String(take(input, at, 1 << (first - 0xd4))?)
        }
        0xdc => Token::Array(Some(number(input, at, 2)?)),
        0xdd => Token::Array(Some(number(input, at, 4)?)),
        0xde => Token::Map(Some(number(input, at, 2)?)),
        0xdf => Token::Map(Some(number(input, at, 4)?)),
    })
}

/// Text or bytes behind a length of `size` bytes.
fn string(input: &[u8], at: &mut usize, size: u64) -> Option<Token> {
    let length = number(input, at, size)?;
    Some(Token::String(take(input, at, length)?))
}

pub(super) fn cbor(input: &[u8], at: &mut usize) -> Option<Token> {
    let mut first = *input.get(*at)?;
    *at += 1;
    // Tags stand before their item, any number of them.
    while first >> 5 == 6 {
        argument(input, at, first & 0x1f)?;
        first = *input.get(*at)?;
        *at += 1;
    }
    let (major, low) = (first >> 5, first & 0x1f);
    let behind = *at;
    if first == 0xff {
        return Some(Token::Break);
    }
    let value = match low {
        31 if matches!(major, 4 | 5) => None,
        // Strings in pieces (RFC 8949 §3.2.3) do not stand in one place.
        _ => Some(argument(input, at, low)?),
    };
    Some(match major {
        // A small number stands in the mark itself.
        0 if low < 24 => Token::Number(value, Wire::Unsigned, behind - 1..behind),
        0 => Token::Number(value, Wire::Unsigned, behind..*at),
        1 if low >= 24 => Token::Number(None, Wire::Negative, behind..*at),
        2 | 3 => Token::String(take(input, at, value?)?),
        4 => Token::Array(value),
        5 => Token::Map(value),
        7 if matches!(low, 26 | 27) => Token::Number(None, Wire::Float, behind..*at),
        // Numbers of half precision and those from -24 to -1 have no reading.
        _ => Token::Other,
    })
}

/// The number that the low bits of a mark say, or the bytes behind it.
fn argument(input: &[u8], at: &mut usize, low: u8) -> Option<u64> {
    match low {
        0..=23 => Some(u64::from(low)),
        24..=27 => number(input, at, 1 << (low - 24)),
        _ => None,
    }
}
