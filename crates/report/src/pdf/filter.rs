//! Stream filters: ISO 32000-1, 7.4, each within a bound.

use std::io::Read;

use flate2::read::{DeflateDecoder, ZlibDecoder};

use super::syntax::{Dict, Object, is_space};

/// Filters on one stream.
const MAX_FILTERS: usize = 8;

/// What the filters of a stream gave.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decoded {
    pub(crate) bytes: Vec<u8>,
    /// Why this is not the whole of it, in words.
    pub(crate) gap: Option<String>,
    /// Bytes that all the filters together gave.
    pub(crate) work: usize,
}

/// Decodes a stream, to at most `limit` bytes.
pub(crate) fn decode(dict: &Dict, raw: &[u8], limit: usize) -> Decoded {
    let mut bytes = raw.to_vec();
    let mut gap = None;
    let mut work = 0;
    for (n, filter) in filters(dict).into_iter().enumerate() {
        if n == MAX_FILTERS {
            gap = Some(format!("it has more than {MAX_FILTERS} filters"));
            break;
        }
        let (next, whole) = match filter.as_slice() {
            b"FlateDecode" | b"Fl" => inflate(&bytes, limit),
            b"LZWDecode" | b"LZW" => lzw(&bytes, early(dict, n), limit),
            b"ASCIIHexDecode" | b"AHx" => (hex(&bytes), true),
            b"ASCII85Decode" | b"A85" => ascii85(&bytes),
            b"RunLengthDecode" | b"RL" => run_length(&bytes, limit),
            other => {
                let name = String::from_utf8_lossy(other).into_owned();
                gap = Some(format!("its filter `{name}` is not read"));
                break;
            }
        };
        bytes = unpredicted(next, parameters(dict, n));
        let whole = whole && bytes.len() <= limit;
        bytes.truncate(limit);
        work += bytes.len();
        if !whole {
            gap = Some(if bytes.len() >= limit {
                format!("only its first {limit} bytes were decoded")
            } else {
                "it could be decoded in part only".to_owned()
            });
        }
    }
    Decoded { bytes, gap, work }
}

/// The names of the filters in the order in which they are to be undone.
pub(crate) fn filters(dict: &Dict) -> Vec<Vec<u8>> {
    match dict.get("Filter").or_else(|| dict.get("F")) {
        Some(Object::Name(name)) => vec![name.clone()],
        Some(Object::Array(items)) => items
            .iter()
            .map(|item| item.as_name().unwrap_or(b"?").to_vec())
            .collect(),
        _ => Vec::new(),
    }
}

fn parameters(dict: &Dict, n: usize) -> Option<&Dict> {
    match dict.get("DecodeParms").or_else(|| dict.get("DP"))? {
        Object::Dict(dict) => Some(dict),
        Object::Array(items) => items.get(n)?.as_dict(),
        _ => None,
    }
}

fn early(dict: &Dict, n: usize) -> bool {
    let early = parameters(dict, n).and_then(|p| p.get("EarlyChange")?.as_size());
    early != Some(0)
}

/// Inflates zlib data, or bare deflate data; what there was before a fault is kept.
pub(crate) fn inflate(bytes: &[u8], limit: usize) -> (Vec<u8>, bool) {
    let bounded = |reader: &mut dyn Read| {
        let mut out = Vec::new();
        let read = reader.take(limit as u64 + 1).read_to_end(&mut out);
        let whole = read.is_ok() && out.len() <= limit;
        out.truncate(limit);
        (out, whole)
    };
    let (out, whole) = bounded(&mut ZlibDecoder::new(bytes));
    if out.is_empty() && !whole {
        return bounded(&mut DeflateDecoder::new(bytes));
    }
    (out, whole)
}

fn lzw(bytes: &[u8], early: bool, limit: usize) -> (Vec<u8>, bool) {
    use weezl::BitOrder::Msb;
    let mut decoder = if early {
        weezl::decode::Decoder::with_tiff_size_switch(Msb, 8)
    } else {
        weezl::decode::Decoder::new(Msb, 8)
    };
    let mut out = Vec::new();
    let mut rest = bytes;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let step = decoder.decode_bytes(rest, &mut buffer);
        out.extend_from_slice(buffer.get(..step.consumed_out).unwrap_or_default());
        rest = rest.get(step.consumed_in..).unwrap_or_default();
        if out.len() > limit {
            out.truncate(limit);
            return (out, false);
        }
        match step.status {
            Ok(weezl::LzwStatus::Ok) if step.consumed_in + step.consumed_out > 0 => {}
            Ok(weezl::LzwStatus::Done) => return (out, true),
            _ => return (out, rest.is_empty()),
        }
    }
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    let digits = bytes.iter().take_while(|b| **b != b'>');
    let digits: Vec<u8> = digits
        .filter_map(|b| char::from(*b).to_digit(16))
        .map(|d| d as u8)
        .collect();
    let byte = |pair: &[u8]| pair[0] << 4 | pair.get(1).copied().unwrap_or(0);
    digits.chunks(2).map(byte).collect()
}

fn ascii85(bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let mut group: Vec<u8> = Vec::new();
    for b in bytes.iter().copied().filter(|b| !is_space(*b)) {
        match b {
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => group.push(b - b'!'),
            b'~' => break,
            _ => return (out, false),
        }
        if group.len() == 5 {
            out.extend(group85(&group));
            group.clear();
        }
    }
    if group.len() > 1 {
        let kept = group.len() - 1;
        group.resize(5, 84);
        out.extend(&group85(&group)[..kept]);
    }
    (out, true)
}

fn group85(group: &[u8]) -> [u8; 4] {
    let value = group
        .iter()
        .fold(0_u32, |n, d| n.wrapping_mul(85).wrapping_add(u32::from(*d)));
    value.to_be_bytes()
}

fn run_length(bytes: &[u8], limit: usize) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(length) = bytes.get(at) {
        let length = usize::from(*length);
        at += 1;
        match length {
            128 => return (out, true),
            0..128 => {
                let end = (at + length + 1).min(bytes.len());
                out.extend_from_slice(&bytes[at..end]);
                at = end;
            }
            _ => {
                let Some(byte) = bytes.get(at) else {
                    return (out, false);
                };
                out.resize(out.len() + 257 - length, *byte);
                at += 1;
            }
        }
        if out.len() > limit {
            out.truncate(limit);
            return (out, false);
        }
    }
    (out, false)
}

/// Undoes the predictors of PNG (RFC 2083, 6). Where there is none, or the data
/// does not fit, the bytes stay as they are.
fn unpredicted(bytes: Vec<u8>, parameters: Option<&Dict>) -> Vec<u8> {
    let number = |key, otherwise| {
        parameters
            .and_then(|p| p.get(key)?.as_size())
            .unwrap_or(otherwise)
    };
    if number("Predictor", 1) < 10 {
        return bytes;
    }
    let bits = number("Colors", 1)
        .min(32)
        .saturating_mul(number("BitsPerComponent", 8).min(16));
    let pixel = bits.div_ceil(8).max(1);
    let row = number("Columns", 1)
        .min(1 << 24)
        .saturating_mul(bits)
        .div_ceil(8);
    if row == 0 {
        return bytes;
    }
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut above = vec![0_u8; row];
    for line in bytes.chunks(row + 1) {
        let mut now: Vec<u8> = line[1..].to_vec();
        for at in 0..now.len() {
            let left = at.checked_sub(pixel).map_or(0, |n| now[n]);
            let corner = at.checked_sub(pixel).map_or(0, |n| above[n]);
            let add = match line[0] {
                1 => left,
                2 => above[at],
                3 => ((u16::from(left) + u16::from(above[at])) / 2) as u8,
                4 => paeth(left, above[at], corner),
                _ => 0,
            };
            now[at] = now[at].wrapping_add(add);
        }
        out.extend_from_slice(&now);
        now.resize(row, 0);
        above = now;
    }
    out
}

fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(above), i16::from(corner));
    let from = |n: i16| (a + b - c - n).abs();
    if from(a) <= from(b) && from(a) <= from(c) {
        left
    } else if from(b) <= from(c) {
        above
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};
    use proptest::prelude::*;

    use super::*;

    fn dict(text: &str) -> Dict {
        let object = super::super::Reader::new(text.as_bytes(), 0).object();
        object.unwrap().as_dict().unwrap().clone()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn filters_are_undone_in_their_order() {
        let inner: String = zlib(b"secret").iter().map(|b| format!("{b:02x}")).collect();
        let dict_ = dict("<</Filter[/AHx/FlateDecode]>>");
        let decoded = decode(&dict_, format!("{inner}>").as_bytes(), 100);
        assert_eq!(decoded.bytes, b"secret");
        assert_eq!(decoded.gap, None);
        let a85 = decode(&dict("<</Filter/A85>>"), b"87cURD]i,\"Ebo80~>", 100);
        assert_eq!(a85.bytes, b"Hello World!");
        let rl = decode(&dict("<</Filter/RL>>"), &[1, b'a', b'b', 254, b'c', 128], 9);
        assert_eq!(rl.bytes, b"abccc");
        let lzw = [0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01];
        let lzw = decode(&dict("<</Filter/LZW>>"), &lzw, 100);
        assert_eq!(lzw.bytes, [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]);
    }

    #[test]
    fn predicted_rows_are_put_right() {
        let rows = [2, 1, 2, 3, 2, 1, 1, 1, 1, 5, 1, 1];
        let dict_ = dict("<</Filter/Fl/DecodeParms<</Predictor 12/Columns 3>>>>");
        let decoded = decode(&dict_, &zlib(&rows), 100);
        assert_eq!(decoded.bytes, [1, 2, 3, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn a_bomb_is_stopped_and_said_to_be_one() {
        let bomb = zlib(&zlib(&vec![0; 40 << 20]));
        let dict_ = dict("<</Filter[/FlateDecode/FlateDecode]>>");
        let decoded = decode(&dict_, &bomb, 1 << 20);
        assert_eq!(decoded.bytes.len(), 1 << 20);
        assert!(decoded.gap.unwrap().contains("1048576"));
    }

    #[test]
    fn a_filter_that_is_not_read_is_named() {
        let decoded = decode(&dict("<</Filter/JPXDecode>>"), b"x", 9);
        assert!(decoded.gap.unwrap().contains("JPXDecode"));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..300),
            filter in "[A-Z]{1,2}[a-z0-9]{0,2}|Fl|LZW|AHx|A85|RL",
            predictor in 0..16_u8, columns in 0..9_u8, colors in 0..5_u8,
        ) {
            let text = format!("<</Filter/{filter}/DecodeParms<</Predictor {predictor}/Columns {columns}/Colors {colors}>>>>");
            let dict = dict(&text);
            prop_assert!(decode(&dict, &bytes, 1_000).bytes.len() <= 1_000);
        }
    }
}
