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
