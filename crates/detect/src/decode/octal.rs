//! Bytes by their number in three octal digits, as C writes them in strings (ISO/IEC
//! 9899:2018, 6.4.4.4), PostgreSQL in `bytea`, and the text format of Protocol Buffers.

use super::escape::Token;

/// A token that begins with a reverse solidus. What is no escape stands for itself.
pub(super) const fn token(rest: &[u8]) -> Token {
    match *rest {
        [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
            Token::byte((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'), 4)
        }
        _ => Token::byte(b'\\', 1),
    }
}
