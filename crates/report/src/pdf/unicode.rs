//! Maps from the codes of a font to Unicode: ISO 32000-1, 9.10.3.

use std::collections::BTreeMap;

use super::{Object, Reader};

/// Entries of all maps to Unicode together.
pub(super) const MAX_ENTRIES: usize = 1 << 19;

/// Units of UTF-16 that one code may stand for.
const MAX_UNITS: usize = 32;

/// Text of each code, by its length in bytes and its value.
pub(super) type Map = BTreeMap<(usize, u32), String>;

/// Reads a map to Unicode: ISO 32000-1, 9.10.3.
pub(super) fn to_unicode(bytes: &[u8], room: &mut usize) -> Map {
    let mut map = BTreeMap::new();
    let mut operands: Vec<Object> = Vec::new();
    let mut reader = Reader::new(bytes, 0);
    while let Some(object) = reader.object() {
        let Object::Word(word) = &object else {
            operands.push(object);
            continue;
        };
        match word.as_slice() {
            b"endbfchar" => operands.chunks(2).for_each(|c| {
                if let [Object::String(code), Object::String(text)] = c {
                    put(&mut map, code.len(), value(code), wide(text, 0), room);
                }
            }),
            b"endbfrange" => operands.chunks(3).for_each(|c| {
                if let [Object::String(low), Object::String(high), to] = c {
                    range(&mut map, low, value(high), to, room);
                }
            }),
            _ => {}
        }
        operands.clear();
    }
    map
}

fn range(map: &mut Map, low: &[u8], high: u32, to: &Object, room: &mut usize) {
    for (n, code) in (value(low)..=high).enumerate() {
        let text = match to {
            Object::String(first) => wide(first, n),
            Object::Array(texts) => match texts.get(n) {
                Some(Object::String(text)) => wide(text, 0),
                _ => return,
            },
            _ => return,
        };
        put(map, low.len(), code, text, room);
        if *room == 0 {
            return;
        }
    }
}

fn put(map: &mut Map, length: usize, code: u32, text: String, room: &mut usize) {
    if *room > 0 {
        *room -= 1;
        map.insert((length, code), text);
    }
}

pub(super) fn value(code: &[u8]) -> u32 {
    code.iter().take(4).fold(0, |v, b| v << 8 | u32::from(*b))
}

/// Text in UTF-16BE, its last unit `more` further on.
fn wide(bytes: &[u8], more: usize) -> String {
    let unit = |pair: &[u8]| u16::from_be_bytes([pair[0], *pair.get(1).unwrap_or(&0)]);
    let mut units: Vec<u16> = match bytes {
        [one] => vec![u16::from(*one)],
        _ => bytes.chunks(2).take(MAX_UNITS).map(unit).collect(),
    };
    if let Some(last) = units.last_mut() {
        *last = last.wrapping_add(more as u16);
    }
    String::from_utf16_lossy(&units)
}
