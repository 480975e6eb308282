use std::io::Read;

use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// The end of an attempt to decompress.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Inflated {
    /// All of the stream.
    Whole(Vec<u8>),
    /// The stream gives more than the bound allows.
    Bound,
    /// The stream is damaged or cut off.
    Corrupt,
}

/// Decompresses a gzip stream (RFC 1952), its checksum verified.
pub(crate) fn gunzip(input: &[u8], bound: usize) -> Inflated {
    read(MultiGzDecoder::new(input), bound)
}

/// Decompresses a zlib stream (RFC 1950), its checksum verified.
pub(crate) fn inflate_zlib(input: &[u8], bound: usize) -> Inflated {
    read(ZlibDecoder::new(input), bound)
}

/// Decompresses a raw DEFLATE stream (RFC 1951), which has no checksum. What
/// stands behind its end is no part of it.
pub(crate) fn inflate_raw(input: &[u8], bound: usize) -> Inflated {
    let mut decoder = DeflateDecoder::new(input);
    match read(&mut decoder, bound) {
        Inflated::Whole(_) if decoder.total_in() != input.len() as u64 => Inflated::Corrupt,
        other => other,
    }
}

/// Decompresses a Brotli stream (RFC 7932), which has no checksum.
pub(crate) fn brotli(input: &[u8], bound: usize) -> Inflated {
    let mut rest = input;
    let result = read(
        brotli_decompressor::Decompressor::new(&mut rest, 4096),
        bound,
    );
    match result {
        Inflated::Whole(_) if !rest.is_empty() => Inflated::Corrupt,
        other => other,
    }
}

/// Decompresses a Zstandard stream (RFC 8878), its checksum verified where it has one.
pub(crate) fn zstd(input: &[u8], bound: usize) -> Inflated {
    // 128 MiB, the window that its command line takes by default.
    const WINDOW_LOG: u32 = 27;
    let Ok(mut decoder) = zstd::stream::read::Decoder::with_buffer(input) else {
        return Inflated::Corrupt;
    };
    if decoder.window_log_max(WINDOW_LOG).is_err() {
        return Inflated::Corrupt;
    }
    read(decoder, bound)
}

/// Decompresses bzip2 streams one behind the other, their checksums verified.
pub(crate) fn bunzip2(input: &[u8], bound: usize) -> Inflated {
    read(bzip2::read::MultiBzDecoder::new(input), bound)
}

/// Decompresses a frame of LZ4, its checksums verified where it has them. What stands
/// behind its end is no part of it.
pub(crate) fn lz4(input: &[u8], bound: usize) -> Inflated {
    let Ok(mut decoder) = lz4::Decoder::new(input) else {
        return Inflated::Corrupt;
    };
    let result = read(&mut decoder, bound);
    // A frame that was cut off ends like one that was not.
    match (result, decoder.finish()) {
        (Inflated::Whole(_), (rest, end)) if end.is_err() || !rest.is_empty() => Inflated::Corrupt,
        (result, _) => result,
    }
}

/// Whether the first four bytes are those of a frame of LZ4, and the version and the bits
/// that are kept free in the next are as its document says.
pub(crate) fn is_lz4(input: &[u8]) -> bool {
    matches!(input, [0x04, 0x22, 0x4d, 0x18, flags, block, ..]
        if flags & 0xc2 == 0x40 && block & 0x8f == 0)
}

/// Whether bytes begin as bzip2 does: its mark, the size of a block in 100 kB, then the
/// mark of a block or of the end of the stream.
pub(crate) fn is_bzip2(input: &[u8]) -> bool {
    matches!(input, [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..]
        if rest.starts_with(b"1AY&SY") || rest.starts_with(b"\x17rE8P\x90"))
}

/// Whether the first four bytes are those of Zstandard (RFC 8878 §3.1.1).
pub(crate) fn is_zstd(input: &[u8]) -> bool {
    input.starts_with(b"\x28\xb5\x2f\xfd")
}

/// Whether the first two bytes are a zlib header (RFC 1950 §2.2).
pub(crate) fn is_zlib(input: &[u8]) -> bool {
    matches!(input, [first, second, ..]
        if first & 0x0f == 8 && first >> 4 == 7 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0)
}

fn read(decoder: impl Read, bound: usize) -> Inflated {
    let mut result = Vec::new();
    match decoder.take(bound as u64 + 1).read_to_end(&mut result) {
        Err(_) => Inflated::Corrupt,
        Ok(_) if result.len() > bound => Inflated::Bound,
        Ok(_) => Inflated::Whole(result),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_stream_is_whole_bounded_or_corrupt() {
        let stream = gzip(&[b'a'; 1000]);
        assert_eq!(gunzip(&stream, 1000), Inflated::Whole(vec![b'a'; 1000]));
        assert_eq!(gunzip(&stream, 999), Inflated::Bound);
        assert_eq!(gunzip(&stream[..stream.len() - 1], 1000), Inflated::Corrupt);
        let mut flipped = stream.clone();
        flipped[12] ^= 1;
        assert_eq!(gunzip(&flipped, 1000), Inflated::Corrupt);
    }

    #[test]
    fn a_frame_of_lz4_is_whole_bounded_or_corrupt() {
        let mut encoder = lz4::EncoderBuilder::new().build(Vec::new()).unwrap();
        encoder.write_all(&vec![b'a'; 1_000_000]).unwrap();
        let (stream, done) = encoder.finish();
        done.unwrap();
        assert!(is_lz4(&stream) && stream.len() < 10_000);
        assert!(lz4(&stream, 1_000_000) == Inflated::Whole(vec![b'a'; 1_000_000]));
        assert_eq!(lz4(&stream, 999_999), Inflated::Bound);
        assert!(lz4(&stream[..stream.len() / 2], 1_000_000) == Inflated::Corrupt);
        assert!(!is_lz4(b"\x04\x22\x4d\x18\x00\x40"));
    }

    #[test]
    fn a_bzip2_stream_that_gives_much_more_than_it_has_is_bounded() {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
        encoder.write_all(&vec![0; 4_000_000]).unwrap();
        let stream = encoder.finish().unwrap();
        assert!(is_bzip2(&stream) && stream.len() < 500);
        assert_eq!(bunzip2(&stream, 3_999_999), Inflated::Bound);
        assert_eq!(
            bunzip2(&stream, 4_000_000),
            Inflated::Whole(vec![0; 4_000_000])
        );
        assert_eq!(
            bunzip2(&stream[..stream.len() - 1], 4_000_000),
            Inflated::Corrupt
        );
        assert!(!is_bzip2(b"BZh9 and so on"));
    }
}
