//! Encodings that nothing announces: each is tried, and taken where the result
//! says something. Most words are base64 of noise, and most noise is a field of
//! some record.

use affiant_model::Step;

use super::compress::{self, Inflated};
use super::packed::{self, Packed};
use super::sniff::Look;
use super::{Child, Escape, letters, wire};

/// Shortest stream that is tried as compressed without a mark of its own.
const SHORTEST_STREAM: usize = 8;

/// How many times its size a stream without a mark may give: what is only tried
/// must not cost much, and what was sent gives less.
const RATIO: usize = 64;

/// Shortest result of another guess that is tried as a compressed stream:
/// setting up a decoder costs more than a token is worth, and a shorter stream
/// holds hardly more than one value, which would not be compressed.
const SHORTEST_STREAM_WITHIN: usize = 40;

/// Shortest run of text that is looked at within bytes of no known kind.
const SHORTEST_RUN: usize = 8;

/// Whether the step is one that nothing announces, so that what it was taken
/// from is still a value by itself.
pub(crate) const fn is_guess(step: &Step) -> bool {
    matches!(
        step,
        Step::Base64
            | Step::Hex
            | Step::Base32
            | Step::Base58
            | Step::Deflate
            | Step::Brotli
            | Step::Bytes(_)
    )
}

/// Whether the result of a guess says something: text, a known value, or an
/// encoding that is told by its form.
pub(super) fn says_something(bytes: &[u8], look: &Look<'_>) -> bool {
    is_text(bytes)
        || is_marked(bytes)
        || records(bytes, 1).is_some()
        || (look.is_known)(bytes)
        || (bytes.len() >= SHORTEST_STREAM_WITHIN && stream(bytes, look).is_some())
}

/// Whether bytes begin as an encoding does that bears a mark.
pub(super) fn is_marked(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b, 8])
        || compress::is_zlib(bytes)
        || compress::is_zstd(bytes)
        || letters::is_utf16(bytes).is_some()
}

/// Whether bytes read as text.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| {
        !text.is_empty() && !text.chars().any(|c| c.is_control() && !c.is_whitespace())
    })
}

/// Takes records apart, and messages of gRPC that hold one.
pub(super) fn record<'a>(input: &'a [u8], look: &Look<'_>) -> Option<Vec<Child<'a>>> {
    framed(input)
        .map(|message| vec![message])
        .or_else(|| records(input, look.most))
}

/// Takes bytes apart that are no text, no record, and bear no mark.
pub(super) fn binary<'a>(input: &'a [u8], look: &Look<'_>) -> Vec<Child<'a>> {
    if let Some((step, bytes)) = stream(input, look) {
        return vec![Child::whole(step, input, bytes)];
    }
    runs_of_text(input, look.most)
}

/// A message of gRPC: whether it is compressed, its length in four bytes, its
/// bytes (grpc/grpc, `doc/PROTOCOL-HTTP2.md`, Length-Prefixed-Message).
fn framed(input: &[u8]) -> Option<Child<'_>> {
    let (head, message) = input.split_first_chunk::<5>()?;
    let [0 | 1, a, b, c, d] = *head else {
        return None;
    };
    let length = u32::from_be_bytes([a, b, c, d]);
    let range = head.len()..input.len();
    (message.len() as u64 == u64::from(length) && length > 0)
        .then(|| Child::part(Step::Bytes(range.clone()), input, range, Escape::None))
}

fn records(input: &[u8], most: usize) -> Option<Vec<Child<'_>>> {
    packed::children(Packed::MessagePack, input, most)
        .or_else(|| packed::children(Packed::Cbor, input, most))
        .or_else(|| wire::children(input, most))
}

/// A compressed stream without a mark, where what it gives says something.
fn stream(input: &[u8], look: &Look<'_>) -> Option<(Step, Vec<u8>)> {
    if input.len() < SHORTEST_STREAM {
        return None;
    }
    let bound = input.len().saturating_mul(RATIO);
    let bound = bound.min(look.limits.inflated_bytes);
    let tried = [
        (Step::Deflate, compress::inflate_raw(input, bound)),
        (Step::Brotli, compress::brotli(input, bound)),
    ];
    tried.into_iter().find_map(|(step, result)| match result {
        Inflated::Whole(bytes) if is_text(&bytes) || (look.is_known)(&bytes) => Some((step, bytes)),
        _ => None,
    })
}

/// The runs of text within other bytes, whose own encodings are looked at.
fn runs_of_text(input: &[u8], most: usize) -> Vec<Child<'_>> {
    let mut runs = Vec::new();
    let mut start = 0;
    for piece in input.split_inclusive(|byte| !is_of_text(*byte)) {
        let bare = match piece.last() {
            Some(last) if !is_of_text(*last) => piece.len() - 1,
            _ => piece.len(),
        };
        let run = start..start + bare;
        let whole = bare == input.len();
        if bare >= SHORTEST_RUN && !whole && runs.len() < most && is_text(&input[run.clone()]) {
            runs.push(Child::part(
                Step::Bytes(run.clone()),
                input,
                run,
                Escape::None,
            ));
        }
        start += piece.len();
    }
    runs
}

const fn is_of_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r' | 0x80..=0xff)
}

/// Decodes text in other letters, where the result says something.
pub(super) fn letters(input: &[u8], look: &Look<'_>) -> Option<(Step, Vec<u8>)> {
    type Decode = fn(&[u8]) -> Option<Vec<u8>>;
    let ways: [(bool, Step, Decode); 3] = [
        (letters::may_be_hex(input), Step::Hex, letters::hex),
        (letters::may_be_base32(input), Step::Base32, letters::base32),
        (letters::may_be_base58(input), Step::Base58, letters::base58),
    ];
    ways.into_iter().find_map(|(may_be, step, decode)| {
        let bytes = may_be.then(|| decode(input))??;
        says_something(&bytes, look).then_some((step, bytes))
    })
}
