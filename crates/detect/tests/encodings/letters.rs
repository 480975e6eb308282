//! Bytes written in letters.

use sha2::Digest as _;

use super::text;

/// Digits in pairs with a mark between each two of them.
pub fn pairs(bytes: &[u8], before: &str, between: &str) -> Vec<u8> {
    let pairs = bytes.iter().map(|byte| format!("{before}{byte:02x}"));
    pairs.collect::<Vec<_>>().join(between).into_bytes()
}

pub fn octal(bytes: &[u8]) -> Vec<u8> {
    let escapes = bytes.iter().map(|byte| format!("\\{byte:03o}"));
    escapes.collect::<String>().into_bytes()
}

/// Each byte by an escape, as nobody needs to write it.
pub fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let escapes = bytes.iter().map(|byte| format!("={byte:02X}"));
    escapes.collect::<String>().into_bytes()
}

pub fn backwards(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().rev().copied().collect()
}

/// A digest of sixteen bytes in hexadecimal digits, as UUIDs are written.
pub(super) fn dashed(digits: &[u8]) -> Vec<u8> {
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32];
    let groups: Vec<String> = groups.map(|at| text(&digits[at])).into();
    groups.join("-").into_bytes()
}

/// As `UUID.nameUUIDFromBytes` of Java makes it: four bits say the version, two the variant.
pub(super) fn version_3(bytes: &[u8]) -> Vec<u8> {
    let mut digest = md5::Md5::digest(bytes);
    digest[6] = digest[6] & 0x0f | 0x30;
    digest[8] = digest[8] & 0x3f | 0x80;
    dashed(hex::encode(digest).as_bytes())
}

/// Each letter by the one thirteen further.
pub(super) fn rot13(bytes: &[u8]) -> Vec<u8> {
    let turned = |byte: &u8| match byte {
        b'a'..=b'z' => (byte - b'a' + 13) % 26 + b'a',
        b'A'..=b'Z' => (byte - b'A' + 13) % 26 + b'A',
        other => *other,
    };
    bytes.iter().map(turned).collect()
}

pub const RFC_1924: &[u8] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
pub const Z85: &[u8] =
    b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
pub const ASCII85: &[u8] =
    b"!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstu";

/// Four bytes in five letters; fewer at the end in one more than they are.
pub fn base85(bytes: &[u8], alphabet: &[u8]) -> Vec<u8> {
    let group = |four: &[u8]| {
        let padded: Vec<u8> = four.iter().copied().chain([0; 4]).take(4).collect();
        let mut number = u32::from_be_bytes(padded.try_into().unwrap());
        let mut letters = [0; 5];
        for letter in letters.iter_mut().rev() {
            *letter = alphabet[number as usize % 85];
            number /= 85;
        }
        letters[..=four.len()].to_vec()
    };
    bytes.chunks(4).flat_map(group).collect()
}

pub fn uuencode(bytes: &[u8]) -> Vec<u8> {
    let letter = |six: u8| if six == 0 { b'`' } else { six + b' ' };
    let line = |line: &[u8]| {
        let mut written = vec![letter(u8::try_from(line.len()).unwrap())];
        for three in line.chunks(3) {
            let [a, b, c] = std::array::from_fn(|at| three.get(at).copied().unwrap_or(0));
            let sixes = [
                a >> 2,
                a << 4 & 0x3f | b >> 4,
                b << 2 & 0x3f | c >> 6,
                c & 0x3f,
            ];
            written.extend(sixes.map(letter));
        }
        written.push(b'\n');
        written
    };
    bytes.chunks(45).flat_map(line).collect()
}

pub fn base32hex(bytes: &[u8]) -> String {
    let shifted = |letter: char| match letter {
        'A'..='J' => char::from(letter as u8 - b'A' + b'0'),
        'K'..='Z' => char::from(letter as u8 - b'K' + b'A'),
        '2'..='7' => char::from(letter as u8 - b'2' + b'Q'),
        other => other,
    };
    base32(bytes).chars().map(shifted).collect()
}

pub fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
        .collect();
    let digit = |five: &[u8]| {
        let padded = five.iter().chain(&[0; 5]).take(5);
        ALPHABET[padded.fold(0, |n, bit| n << 1 | usize::from(*bit))]
    };
    let mut text: Vec<u8> = bits.chunks(5).map(digit).collect();
    while !text.len().is_multiple_of(8) {
        text.push(b'=');
    }
    String::from_utf8(text).unwrap()
}

pub fn base58(bytes: &[u8]) -> String {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    "1".repeat(zeros) + &radix(bytes, BASE58)
}

const BASE58: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
pub const BASE36: &str = "0123456789abcdefghijklmnopqrstuvwxyz";
pub const BASE62: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub const INVERTED: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Bytes as one number, the highest first, in the letters of an alphabet.
pub fn radix(bytes: &[u8], alphabet: &str) -> String {
    let mut digits: Vec<usize> = Vec::new();
    for byte in bytes {
        let mut carry = usize::from(*byte);
        for digit in &mut digits {
            carry += *digit << 8;
            *digit = carry % alphabet.len();
            carry /= alphabet.len();
        }
        while carry > 0 {
            digits.push(carry % alphabet.len());
            carry /= alphabet.len();
        }
    }
    let letters = alphabet.as_bytes();
    let digits = digits.iter().rev();
    digits.map(|digit| char::from(letters[*digit])).collect()
}

/// basE91, as its author writes it.
pub fn base91(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8] =
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&()*+,./:;<=>?@[]^_`{|}~\"";
    let (mut held, mut bits) = (0_usize, 0);
    let mut written = Vec::new();
    let mut pair = |number: usize| {
        written.extend([LETTERS[number % 91], LETTERS[number / 91]]);
    };
    for byte in bytes {
        held |= usize::from(*byte) << bits;
        bits += 8;
        if bits > 13 {
            let width = if held & 0x1fff > 88 { 13 } else { 14 };
            pair(held & ((1 << width) - 1));
            held >>= width;
            bits -= width;
        }
    }
    if bits > 7 || held > 90 {
        pair(held);
    } else if bits > 0 {
        written.push(LETTERS[held]);
    }
    written
}

/// Letters and digits by others, by the table of Senol and others.
pub fn substituted(text: &[u8]) -> Vec<u8> {
    const MEANT: &[u8] = b"kibp8A4EWRMKHa7gvyz1dOPt6UI5xYD3nqhVwZBXfCcFeJmrLN20lS9QGsjTuo";
    let letter = |byte: &u8| {
        let at = MEANT.iter().position(|meant| meant == byte);
        at.map_or(*byte, |at| BASE62.as_bytes()[at])
    };
    text.iter().map(letter).collect()
}

pub fn utf16(bytes: &[u8], low_first: bool) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let pair = |unit: u16| match low_first {
        true => unit.to_le_bytes(),
        false => unit.to_be_bytes(),
    };
    text.encode_utf16().flat_map(pair).collect()
}

/// Bytes in decimal, with a mark between each two.
pub fn numbers(bytes: &[u8], mark: &str) -> String {
    let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
    numbers.join(mark)
}

/// Each byte as the character of its number, in UTF-8.
pub fn latin_1(bytes: &[u8]) -> Vec<u8> {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    text.into_bytes()
}
