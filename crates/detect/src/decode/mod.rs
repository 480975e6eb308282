//! The decodings: each takes bytes apart into [`Child`]ren, and each is one
//! [`Step`] that can be replayed alone.

mod alphabet;
mod archive;
mod bare;
mod base64;
pub(crate) mod base85;
pub(crate) mod base91;
mod bplist;
mod census;
pub(crate) mod codes;
mod compress;
mod escape;
mod escape_index;
mod form;
mod frames;
mod guess;
mod json;
mod latin1;
mod letters;
mod lines;
mod lz;
mod markup;
mod multipart;
pub(crate) mod number;
mod octal;
mod packed;
mod quoted;
pub(crate) mod radix;
mod rare;
mod script;
mod separated;
pub(crate) mod snappy;
mod sniff;
mod stream_head;
pub(crate) mod substituted;
mod tokens;
mod url;
mod uuencode;
mod wire;

use std::borrow::Cow;
use std::ops::Range;

use affiant_model::Step;

pub(crate) use compress::Inflated;
pub(crate) use escape::Escape;
pub(crate) use escape_index::EscapeIndex;
pub(crate) use guess::is_guess;
pub(crate) use json::{is_inside_of_string, is_unambiguous};
pub(crate) use multipart::boundary_of;
use packed::Packed;
pub(crate) use sniff::{Hint, Look, children};

/// What one decoding found in its input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Child<'a> {
    /// The decoding.
    pub(crate) step: Step,
    /// The bytes of the input that it comes from.
    pub(crate) range: Range<usize>,
    /// How the input spells it, where each byte of the result can be traced to
    /// bytes of the input; `None` where it cannot, as in a compressed stream.
    pub(crate) escape: Option<Escape>,
    /// The result.
    pub(crate) bytes: Cow<'a, [u8]>,
    /// Whether the result is a number, and how that is written.
    pub(crate) number: Option<number::Wire>,
}

impl<'a> Child<'a> {
    /// A part of the input, spelt as `escape` says.
    pub(crate) fn part(step: Step, input: &'a [u8], range: Range<usize>, escape: Escape) -> Self {
        let raw = input.get(range.clone()).unwrap_or_default();
        Self {
            step,
            range,
            escape: Some(escape),
            bytes: escape.decode(raw),
            number: None,
        }
    }

    /// The whole input, transformed.
    pub(crate) fn whole(step: Step, input: &[u8], bytes: Vec<u8>) -> Self {
        Self {
            step,
            range: 0..input.len(),
            escape: None,
            bytes: Cow::Owned(bytes),
            number: None,
        }
    }

    /// Whether the result stands in the input byte for byte.
    pub(crate) const fn is_verbatim(&self) -> bool {
        matches!(self.bytes, Cow::Borrowed(_))
    }
}

/// Bounds on what one field of an exchange may make the decoder do. What meets a bound is
/// a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodeLimits {
    /// Decodings one within the other.
    pub depth: usize,
    /// Values in one field of an exchange.
    pub nodes: usize,
    /// Bytes that one compressed stream may give.
    pub inflated_bytes: usize,
    /// Bytes that all decodings of one field may give together.
    pub decoded_bytes: usize,
}

impl Default for DecodeLimits {
    fn default() -> Self {
        Self {
            depth: 12,
            nodes: 200_000,
            inflated_bytes: 64 << 20,
            decoded_bytes: 256 << 20,
        }
    }
}

/// Applies one step to its input; `None` where the input has no such thing.
pub(crate) fn apply<'a>(step: &Step, input: &'a [u8], limits: &DecodeLimits) -> Option<Child<'a>> {
    let whole = |bytes: Option<Vec<u8>>| Some(Child::whole(step.clone(), input, bytes?));
    let one_of = |children: Vec<Child<'a>>| children.into_iter().find(|child| child.step == *step);
    match step {
        Step::Base64 => base64::decode(input).map(|bytes| Child::whole(Step::Base64, input, bytes)),
        Step::Gzip => inflated(compress::gunzip(input, limits.inflated_bytes), step, input),
        Step::Zlib => inflated(
            compress::inflate_zlib(input, limits.inflated_bytes),
            step,
            input,
        ),
        Step::Deflate => inflated(
            compress::inflate_raw(input, limits.inflated_bytes),
            step,
            input,
        ),
        Step::Brotli => inflated(compress::brotli(input, limits.inflated_bytes), step, input),
        Step::Zstd => inflated(compress::zstd(input, limits.inflated_bytes), step, input),
        Step::Lz4 => inflated(compress::lz4(input, limits.inflated_bytes), step, input),
        Step::Snappy => inflated(
            snappy::decompress(input, limits.inflated_bytes),
            step,
            input,
        ),
        Step::Bzip2 => inflated(compress::bunzip2(input, limits.inflated_bytes), step, input),
        Step::Zip(which) => archive::select(input, which, limits.inflated_bytes),
        Step::Hex => whole(letters::hex(input).or_else(|| separated::hex(input))),
        Step::Base32 => whole(letters::base32(input)),
        Step::Base32Hex => whole(rare::base32hex(input)),
        Step::Base58 => whole(letters::base58(input)),
        Step::Base36 | Step::Base62 | Step::Base62Inverted => whole(radix::decode(step, input)),
        Step::Base91 => whole(base91::decode(input)),
        Step::Substituted => whole(Some(substituted::decode(input))),
        Step::Base85 | Step::Ascii85 | Step::Z85 => whole(base85::decode(step, input)),
        Step::Uuencode => whole(uuencode::decode(input)),
        Step::Reversed => whole(Some(rare::reversed(input))),
        Step::Latin1 => whole(latin1::bytes(input)),
        Step::Codes => whole(codes::decode(input)),
        Step::LzString => inflated(lz::decompress(input, limits.inflated_bytes), step, input),
        Step::Utf16Le => whole(letters::utf16(input, true)),
        Step::Utf16Be => whole(letters::utf16(input, false)),
        Step::Protobuf(path) => wire::select(input, path),
        Step::MessagePack(path) => packed::select(Packed::MessagePack, input, path),
        Step::Cbor(path) => packed::select(Packed::Cbor, input, path),
        Step::Entities => Some(Child::part(
            Step::Entities,
            input,
            0..input.len(),
            Escape::Entities,
        )),
        Step::Percent => Some(Child::part(
            Step::Percent,
            input,
            0..input.len(),
            Escape::Percent,
        )),
        Step::Host | Step::Segment(_) | Step::Query(_) | Step::Fragment => {
            one_of(url::children(input, usize::MAX))
        }
        Step::Line(_) => one_of(lines::children(input, usize::MAX)),
        Step::Unescape => Some(Child::part(
            Step::Unescape,
            input,
            0..input.len(),
            Escape::Json,
        )),
        Step::Script => Some(Child::part(
            Step::Script,
            input,
            0..input.len(),
            Escape::Script,
        )),
        Step::PercentU => Some(Child::part(
            Step::PercentU,
            input,
            0..input.len(),
            Escape::PercentU,
        )),
        Step::Octal => Some(Child::part(
            Step::Octal,
            input,
            0..input.len(),
            Escape::Octal,
        )),
        Step::QuotedPrintable => Some(Child::part(
            Step::QuotedPrintable,
            input,
            0..input.len(),
            Escape::QuotedPrintable,
        )),
        Step::Form(_) => one_of(form::children(input, usize::MAX)),
        Step::Cookie(_) => one_of(form::cookies(input, usize::MAX)),
        Step::Part(_) => one_of(multipart::children(input, multipart::first_line(input)?)),
        Step::Json(path) => json::select(input, path),
        Step::Number(form) => whole(number::read(*form, input).map(String::into_bytes)),
        Step::Bytes(range) => (range.end <= input.len())
            .then(|| Child::part(step.clone(), input, range.clone(), Escape::None)),
    }
}

fn inflated<'a>(result: Inflated, step: &Step, input: &'a [u8]) -> Option<Child<'a>> {
    match result {
        Inflated::Whole(bytes) => Some(Child::whole(step.clone(), input, bytes)),
        Inflated::Bound | Inflated::Corrupt => None,
    }
}
