//! Bytes compressed, or packed into records.

use std::io::Write as _;

use super::text;

pub(super) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

pub(super) fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    let mut input = bytes;
    brotli::BrotliCompress(
        &mut input,
        &mut stream,
        &brotli::enc::BrotliEncoderParams::default(),
    )
    .unwrap();
    stream
}

pub fn snappy(bytes: &[u8]) -> Vec<u8> {
    snap::raw::Encoder::new().compress_vec(bytes).unwrap()
}

pub fn snappy_in_frames(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = snap::write::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.into_inner().unwrap()
}

pub fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lz4::EncoderBuilder::new().build(Vec::new()).unwrap();
    encoder.write_all(bytes).unwrap();
    let (stream, done) = encoder.finish();
    done.unwrap();
    stream
}

pub fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An archive with two members, of which the second is the bytes.
pub fn zip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in [("a.txt", &b"first"[..]), ("logs/v [1].txt", bytes)] {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let level = flate2::Compression::default();
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let level = flate2::Compression::default();
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn varint(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// A record with a text, and in its field 3 a record with a number as field 19.
pub fn protobuf_number(wire: u8, bytes: &[u8]) -> Vec<u8> {
    let inner = [&[0x98 | wire, 0x01], bytes].concat();
    [b"\x12\x04test\x1a", &varint(inner.len())[..], &inner].concat()
}

/// `{"n": 7, "user": {"v": item}}`
pub fn messagepack_of(item: &[u8]) -> Vec<u8> {
    [b"\x82\xa1n\x07\xa4user\x81\xa1v", item].concat()
}

/// The same in CBOR.
pub fn cbor_of(item: &[u8]) -> Vec<u8> {
    [b"\xa2\x61n\x07\x64user\xa1\x61v", item].concat()
}

/// A record with a number, a text, and in its field 3 a record with the value as field 19.
pub fn protobuf(value: &[u8]) -> Vec<u8> {
    let inner = [b"\x9a\x01", &varint(value.len())[..], value].concat();
    [
        b"\x08\x96\x01\x12\x04test\x1a",
        &varint(inner.len())[..],
        &inner,
    ]
    .concat()
}

/// `{"n": 7, "user": {"v": value}}`
pub fn messagepack(value: &[u8]) -> Vec<u8> {
    let length = u32::try_from(value.len()).unwrap().to_be_bytes();
    [b"\x82\xa1n\x07\xa4user\x81\xa1v\xdb", &length[..], value].concat()
}

pub fn cbor(value: &[u8]) -> Vec<u8> {
    let length = u32::try_from(value.len()).unwrap().to_be_bytes();
    [b"\xa2\x61n\x07\x64user\xa1\x61v\x7a", &length[..], value].concat()
}

/// A message of gRPC in which the bytes are a field of a record.
pub(super) fn grpc(bytes: &[u8]) -> Vec<u8> {
    let message = protobuf(bytes);
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&[0][..], &length.to_be_bytes(), &message].concat()
}

/// A binary property list of one text, as Apple's systems write it: in ASCII where it is,
/// else in UTF-16.
pub fn property_list(bytes: &[u8]) -> Vec<u8> {
    let value = text(bytes);
    let (mark, content): (u8, Vec<u8>) = if value.is_ascii() {
        (0x50, value.bytes().collect())
    } else {
        (
            0x60,
            value.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        )
    };
    let count = value.encode_utf16().count();
    let mut list = b"bplist00".to_vec();
    list.push(mark | 0x0f);
    list.push(0x10);
    list.push(u8::try_from(count).unwrap_or(u8::MAX));
    list.extend_from_slice(&content);
    let table = list.len() as u64;
    list.push(8);
    list.extend_from_slice(&[0, 0, 0, 0, 0, 0, 1, 1]);
    for number in [1, 0, table] {
        list.extend_from_slice(&u64::to_be_bytes(number));
    }
    list
}
