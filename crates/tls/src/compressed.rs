//! Certificates that came compressed (RFC 8879).

use std::io::Read;

use crate::wire::Reader;

/// The body of the Certificate message inside a CompressedCertificate message.
pub(crate) fn expand(body: &[u8], limit: usize) -> Result<Vec<u8>, String> {
    let damaged = || "a compressed certificate message cannot be read".to_owned();
    let mut rest = Reader(body);
    let algorithm = rest.u16().ok_or_else(damaged)?;
    let length = rest.take(3).ok_or_else(damaged)?;
    let length = length
        .iter()
        .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    let packed = rest.vector(3).ok_or_else(damaged)?.0;
    if length > limit {
        return Err(format!(
            "a compressed certificate message expands to {length} bytes"
        ));
    }
    let mut reader: Box<dyn Read> = match algorithm {
        1 => Box::new(flate2::read::ZlibDecoder::new(packed)),
        2 => Box::new(brotli_decompressor::Decompressor::new(packed, 4096)),
        _ => return Err(format!("a certificate is compressed by method {algorithm}")),
    };
    let mut out = Vec::new();
    let most = u64::try_from(length).unwrap_or(u64::MAX).saturating_add(1);
    reader
        .by_ref()
        .take(most)
        .read_to_end(&mut out)
        .map_err(|_| damaged())?;
    (out.len() == length).then_some(out).ok_or_else(damaged)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn message(algorithm: u16, length: u32, packed: &[u8]) -> Vec<u8> {
        let packed_length = u32::try_from(packed.len()).unwrap().to_be_bytes();
        let length = length.to_be_bytes();
        [
            &algorithm.to_be_bytes()[..],
            &length[1..],
            &packed_length[1..],
            packed,
        ]
        .concat()
    }

    #[test]
    fn a_message_packed_by_zlib_or_brotli_is_expanded_and_no_longer_than_it_says() {
        let text = b"the body of a message ".repeat(3);
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        zlib.write_all(&text).unwrap();
        let zlib = zlib.finish().unwrap();
        // Packed by the brotli of Google, 1.x.
        let brotli = hex::decode("1b410020a441cad0e86421a558531656279949723100").unwrap();
        for (algorithm, packed) in [(1, zlib), (2, brotli)] {
            assert_eq!(
                expand(&message(algorithm, 66, &packed), 100),
                Ok(text.clone())
            );
            for bad in [
                message(algorithm, 65, &packed),
                message(algorithm, 67, &packed),
            ] {
                assert!(expand(&bad, 100).unwrap_err().contains("cannot be read"));
            }
            assert!(
                expand(&message(algorithm, 66, &packed), 65)
                    .unwrap_err()
                    .contains("66 bytes")
            );
        }
        assert!(
            expand(&message(3, 1, b"x"), 100)
                .unwrap_err()
                .contains("method 3")
        );
    }
}
