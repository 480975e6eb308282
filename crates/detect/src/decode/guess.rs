//! Encodings that nothing announces: each is tried, and taken where the result
//! says something. Most words are base64 of noise, and most noise is a field of
//! some record.

use affiant_model::Step;

use super::compress::{self, Inflated};
use super::packed::{self, Packed};
use super::sniff::Look;
use super::{
    Child, Escape, alphabet, archive, base64, bplist, frames, latin1, letters, lz, rare, snappy,
    stream_head, wire,
};

/// Shortest stream that is tried as compressed without a mark of its own.
const SHORTEST_STREAM: usize = 8;

/// How many times its size a stream without a mark may give: what is only tried
/// must not cost much, and what was sent gives less.
const RATIO: usize = 64;

/// Shortest result of another guess that is tried as a compressed stream
/// whatever it begins with.
const SHORTEST_STREAM_WITHIN: usize = 40;

/// How many strings of a record are looked at to tell whether it is one: the first may be
/// short, or bytes.
const FEW: usize = 16;

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
            | Step::Base32Hex
            | Step::Base58
            | Step::Base36
            | Step::Base62
            | Step::Base62Inverted
            | Step::Base91
            | Step::Substituted
            | Step::Snappy
            | Step::Base85
            | Step::Ascii85
            | Step::Z85
            | Step::Uuencode
            | Step::Reversed
            | Step::Latin1
            | Step::Codes
            | Step::QuotedPrintable
            | Step::LzString
            | Step::Deflate
            | Step::Brotli
            | Step::Bytes(_)
    )
}

/// How much the result of a guess says. Letters may be read in several ways,
/// of which the one that says the most is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Says {
    Nothing,
    /// Records or a stream, which noise may be too.
    Shape,
    /// Text.
    Text,
    /// An encoding that bears a mark.
    Mark,
    /// A known value.
    Known,
}

pub(super) fn says(bytes: &[u8], look: &Look<'_>) -> Says {
    says_with(bytes, look, true)
}

/// The same of what a part of a text decodes to, of which there are many: it is not tried as
/// Brotli, whose decoder takes megabytes for its window each time.
pub(super) fn says_within(bytes: &[u8], look: &Look<'_>) -> Says {
    says_with(bytes, look, false)
}

/// Whether it says at least that it is text.
pub(super) fn is_telling(bytes: &[u8], look: &Look<'_>) -> bool {
    is_text(bytes) || is_marked(bytes) || (look.is_known)(bytes)
}

fn says_with(bytes: &[u8], look: &Look<'_>, brotli: bool) -> Says {
    if (look.is_known)(bytes) {
        Says::Known
    } else if is_marked(bytes) {
        Says::Mark
    } else if is_text(bytes) {
        Says::Text
    } else if records(bytes, FEW, look).is_some()
        || frames::grpc(bytes, 1).is_some()
        || (is_worth_a_try(bytes) && stream(bytes, look, brotli).is_some())
    {
        Says::Shape
    } else {
        Says::Nothing
    }
}

/// Whether what a guess gave is tried as a stream: setting up a decoder costs
/// more than a token is worth, but for what begins as a single block of DEFLATE
/// with fixed codes does (RFC 1951, 3.2.3), which is what short texts become, or as
/// Brotli with its usual window does (RFC 7932, 9.1), or as Snappy.
fn is_worth_a_try(bytes: &[u8]) -> bool {
    bytes.len() >= SHORTEST_STREAM_WITHIN
        || matches!(bytes, [first, ..] if first & 7 == 3 || first & 15 == 11)
        || snappy::may_be(bytes, bytes.len() * RATIO)
}

/// Whether bytes begin as an encoding does that bears a mark.
pub(super) fn is_marked(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b, 8])
        || compress::is_zlib(bytes)
        || compress::is_zstd(bytes)
        || compress::is_lz4(bytes)
        || snappy::is_framed(bytes)
        || compress::is_bzip2(bytes)
        || archive::is_zip(bytes)
        || bplist::is_list(bytes)
        || latin1::is_marked(bytes)
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
    if bplist::is_list(input) {
        let strings = bplist::children(input, look.most);
        return (!strings.is_empty()).then_some(strings);
    }
    frames::grpc(input, look.most)
        .or_else(|| records(input, look.most, look))
        .or_else(|| frames::delimited(input, look.most))
}

/// Takes bytes apart that are no text, no record, and bear no mark.
pub(super) fn binary<'a>(input: &'a [u8], look: &Look<'_>) -> Vec<Child<'a>> {
    if let Some((step, bytes)) = stream(input, look, true) {
        return vec![Child::whole(step, input, bytes)];
    }
    runs_of_text(input, look.most)
}

fn records<'a>(input: &'a [u8], most: usize, look: &Look<'_>) -> Option<Vec<Child<'a>>> {
    packed::children(Packed::MessagePack, input, most)
        .or_else(|| packed::children(Packed::Cbor, input, most))
        .or_else(|| wire::children(input, most, look.numbers, look.is_known))
}

/// A compressed stream without a mark, where what it gives says something.
fn stream(input: &[u8], look: &Look<'_>, with_brotli: bool) -> Option<(Step, Vec<u8>)> {
    if input.len() < SHORTEST_STREAM {
        return None;
    }
    let bound = input.len().saturating_mul(RATIO);
    let bound = bound.min(look.limits.inflated_bytes);
    let worth = |step, result| match result {
        Inflated::Whole(bytes) if is_text(&bytes) || (look.is_known)(&bytes) => Some((step, bytes)),
        _ => None,
    };
    let deflate = || worth(Step::Deflate, compress::inflate_raw(input, bound));
    let brotli = || worth(Step::Brotli, compress::brotli(input, bound));
    if let Some(bytes) = snappy(input, look) {
        return Some((Step::Snappy, bytes));
    }
    stream_head::may_be_deflate(input)
        .then(deflate)
        .flatten()
        .or_else(|| {
            (with_brotli && stream_head::may_be_brotli(input, bound))
                .then(brotli)
                .flatten()
        })
}

/// What a stream of Snappy without frames gives, where it says something. Much of the text
/// stands in it as it is, with marks between that may be taken for those of text.
pub(super) fn snappy(input: &[u8], look: &Look<'_>) -> Option<Vec<u8>> {
    let bound = input.len().saturating_mul(RATIO);
    let bound = bound.min(look.limits.inflated_bytes);
    match snappy::may_be(input, bound).then(|| snappy::decompress(input, bound))? {
        Inflated::Whole(bytes) if is_text(&bytes) || (look.is_known)(&bytes) => Some(bytes),
        _ => None,
    }
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

/// Decodes text that can be nothing but hexadecimal digits.
pub(super) fn hex(input: &[u8], look: &Look<'_>) -> Option<(Step, Vec<u8>)> {
    let bytes = letters::may_be_hex(input).then(|| letters::hex(input))??;
    if says(&bytes, look) > Says::Nothing {
        return Some((Step::Hex, bytes));
    }
    rare::turned_digest(input, look).map(|turned| (Step::Reversed, turned))
}

/// Decodes text in other letters, the way that says the most.
pub(super) fn letters(input: &[u8], look: &Look<'_>) -> Option<(Step, Vec<u8>)> {
    type MayBe = fn(&[u8]) -> bool;
    type Decode = fn(&[u8]) -> Option<Vec<u8>>;
    let all = alphabet::of_all(input);
    let is_marked = input.starts_with(b"0x");
    if all == 0 && !is_marked {
        return rare::letters(input, all, look);
    }
    let of = |alphabet: u8| all & alphabet != 0;
    let ways: [(bool, MayBe, Step, Decode); 4] = [
        (
            of(alphabet::HEX) || is_marked,
            letters::may_be_hex,
            Step::Hex,
            letters::hex,
        ),
        (
            of(alphabet::BASE32),
            letters::may_be_base32,
            Step::Base32,
            letters::base32,
        ),
        (
            of(alphabet::BASE58),
            letters::may_be_base58,
            Step::Base58,
            letters::base58,
        ),
        (
            of(alphabet::BASE64),
            base64::may_be,
            Step::Base64,
            base64::decode,
        ),
    ];
    let mut best = (Says::Nothing, Step::Base64, Vec::new());
    for (is_of, may_be, step, decode) in ways {
        let Some(bytes) = (is_of && may_be(input)).then(|| decode(input)).flatten() else {
            continue;
        };
        let said = says(&bytes, look);
        if said > best.0 {
            best = (said, step, bytes);
        }
    }
    if best.0 < Says::Text
        && of(alphabet::LZ)
        && let Some(text) = lz_string(input, look)
    {
        return Some((Step::LzString, text));
    }
    if best.0 < Says::Text
        && let Some(found) = rare::letters(input, all, look)
    {
        return Some(found);
    }
    (best.0 > Says::Nothing).then_some((best.1, best.2))
}

/// Text that was compressed into letters. Noise may be read as a few characters,
/// so that the text must be known or of some length.
fn lz_string(input: &[u8], look: &Look<'_>) -> Option<Vec<u8>> {
    let bound = input.len().saturating_mul(RATIO);
    let text = match lz::may_be(input).then(|| lz::decompress(input, bound))? {
        Inflated::Whole(text) => text,
        Inflated::Bound | Inflated::Corrupt => return None,
    };
    let says =
        (text.len() >= SHORTEST_RUN && text.is_ascii() && is_text(&text)) || (look.is_known)(&text);
    says.then_some(text)
}
