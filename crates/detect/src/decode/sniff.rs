use affiant_model::Step;

use super::census::{self, Census};
use super::compress::{self, Inflated};
use super::{
    Child, DecodeLimits, Escape, archive, bare, codes, form, guess, json, latin1, letters, lines,
    markup, multipart, quoted, snappy, tokens, url,
};

/// What is known of bytes before they are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hint {
    /// Nothing: look.
    Unknown,
    /// An address.
    Url,
    /// A Cookie header.
    Cookies,
    /// Declared to be form-encoded.
    Form,
    /// Declared to be a multipart body with this boundary.
    Multipart(Vec<u8>),
    /// What remains to be undone of the encodings that an endpoint documents.
    Documented(Vec<Step>),
}

/// What a look at the bytes gave.
#[derive(Debug, Default)]
pub(crate) struct Looked<'a> {
    /// The parts, in order; none where the bytes are a value.
    pub(crate) children: Vec<Child<'a>>,
    /// What could not be decoded, in words.
    pub(crate) trouble: Option<String>,
}

impl<'a> From<Vec<Child<'a>>> for Looked<'a> {
    fn from(children: Vec<Child<'a>>) -> Self {
        Self {
            children,
            trouble: None,
        }
    }
}

/// What the decoder may do, and what it knows.
pub(crate) struct Look<'l> {
    /// The bounds.
    pub(crate) limits: &'l DecodeLimits,
    /// How many parts may be given.
    pub(crate) most: usize,
    /// Whether numbers are looked for that no name stands beside.
    pub(crate) numbers: bool,
    /// Whether bytes hold a known value.
    pub(crate) is_known: &'l dyn Fn(&[u8]) -> bool,
}

/// Takes bytes apart by what they are; what they are declared to be is only a
/// hint, since captures keep `content-encoding: gzip` on bodies that they
/// have already decoded.
pub(crate) fn children<'a>(input: &'a [u8], hint: &Hint, look: &Look<'_>) -> Looked<'a> {
    let most = look.most;
    match hint {
        Hint::Url => return url::children(input, most).into(),
        Hint::Cookies => return form::cookies(input, most).into(),
        Hint::Unknown if bare::is_bare(input) => return Looked::default(),
        _ => {}
    }
    if input.starts_with(&[0x1f, 0x8b, 8]) {
        return stream(
            compress::gunzip(input, look.limits.inflated_bytes),
            Step::Gzip,
            input,
            look.limits,
        );
    }
    if compress::is_zlib(input)
        && let Inflated::Whole(bytes) = compress::inflate_zlib(input, look.limits.inflated_bytes)
    {
        return vec![Child::whole(Step::Zlib, input, bytes)].into();
    }
    if compress::is_zstd(input) {
        let result = compress::zstd(input, look.limits.inflated_bytes);
        return stream(result, Step::Zstd, input, look.limits);
    }
    if compress::is_lz4(input) {
        let result = compress::lz4(input, look.limits.inflated_bytes);
        return stream(result, Step::Lz4, input, look.limits);
    }
    if snappy::is_framed(input) {
        let result = snappy::decompress(input, look.limits.inflated_bytes);
        return stream(result, Step::Snappy, input, look.limits);
    }
    // Their marks are ASCII, which a string keeps.
    if (compress::is_bzip2(input) || archive::is_zip(input))
        && let Some(bytes) = latin1::sniff(input, true, look)
    {
        return vec![Child::whole(Step::Latin1, input, bytes)].into();
    }
    if compress::is_bzip2(input) {
        let result = compress::bunzip2(input, look.limits.inflated_bytes);
        return stream(result, Step::Bzip2, input, look.limits);
    }
    if archive::is_zip(input) {
        return archive::members(input, most, look.limits.inflated_bytes);
    }
    let census = Census::of(input);
    if census.has(census::ZERO | census::HIGH)
        && let Some(low_first) = letters::is_utf16(input)
        && let Some(bytes) = letters::utf16(input, low_first)
    {
        let step = if low_first {
            Step::Utf16Le
        } else {
            Step::Utf16Be
        };
        return vec![Child::whole(step, input, bytes)].into();
    }
    if let Some(rest) = input.strip_prefix(BYTE_ORDER_MARK) {
        let range = input.len() - rest.len()..input.len();
        return vec![Child::part(
            Step::Bytes(range.clone()),
            input,
            range,
            Escape::None,
        )]
        .into();
    }
    if codes::may_be(input)
        && let Some(bytes) = codes::sniff(input, look)
    {
        return vec![Child::whole(Step::Codes, input, bytes)].into();
    }
    if json::is_json(input)
        && let Some(children) = json::children(input, look)
    {
        return children.into();
    }
    let is_binary = !census.is_text(input);
    if census.has(census::HIGH)
        && let Some(bytes) = latin1::sniff(input, census.has(census::CONTROL), look)
    {
        return vec![Child::whole(Step::Latin1, input, bytes)].into();
    }
    if is_binary && let Some(children) = guess::record(input, look) {
        return children.into();
    }
    if is_binary && let Some(bytes) = guess::snappy(input, look) {
        return vec![Child::whole(Step::Snappy, input, bytes)].into();
    }
    let looked = text(input, census, hint, look);
    if looked.children.is_empty() && is_binary {
        return guess::binary(input, look).into();
    }
    if !json::looks_like_json(input)
        || matches!(looked.children.first(), Some(child) if matches!(child.step, Step::Line(_)))
    {
        return looked;
    }
    let unescaped = Child::part(Step::Unescape, input, 0..input.len(), Escape::Json);
    let children = if *unescaped.bytes == *input {
        looked.children
    } else {
        vec![unescaped]
    };
    Looked {
        children,
        trouble: Some(format!(
            "a text of {} bytes begins like JSON and cannot be read as JSON",
            input.len()
        )),
    }
}

/// Takes text apart that is no JSON as a whole.
fn text<'a>(input: &'a [u8], census: Census, hint: &Hint, look: &Look<'_>) -> Looked<'a> {
    let most = look.most;
    if let Hint::Multipart(boundary) = hint {
        let parts = multipart::children(input, boundary);
        if !parts.is_empty() {
            return parts.into();
        }
    }
    if url::is_url(input) || census.has(census::QUESTION) && url::is_relative(input) {
        return url::children(input, most).into();
    }
    let is_hex_only = bare::is_hex_only(input);
    let letters = if is_hex_only {
        guess::hex
    } else {
        guess::letters
    };
    if let Some((step, bytes)) = letters(input, look) {
        return vec![Child::whole(step, input, bytes)].into();
    }
    if is_hex_only {
        return Looked::default();
    }
    if markup::is_markup(input) {
        return markup::children(input, most).into();
    }
    if census.has(census::AMPERSAND) && has_reference(input) {
        let child = Child::part(Step::Entities, input, 0..input.len(), Escape::Entities);
        if *child.bytes != *input {
            return vec![child].into();
        }
    }
    if census.has(census::NEWLINE) && lines::are_records(input) {
        return lines::children(input, most).into();
    }
    if *hint != Hint::Form
        && census.has(census::EQUALS)
        && let Some(child) = quoted::sniff(input, look)
    {
        return vec![child].into();
    }
    if *hint == Hint::Form || census.has(census::EQUALS) && form::is_form(input) {
        return form::children(input, most).into();
    }
    if (census.has(census::NEWLINE) || input.starts_with(b"--"))
        && let Some(boundary) = multipart::first_line(input)
    {
        let parts = multipart::children(input, boundary);
        if !parts.is_empty() {
            return parts.into();
        }
    }
    if census.has(census::PERCENT) {
        let child = Child::part(Step::Percent, input, 0..input.len(), Escape::Percent);
        if *child.bytes != *input {
            return vec![child].into();
        }
    }
    if census.has(census::BACKSLASH) && has_unicode_escape(input) {
        let child = Child::part(Step::Unescape, input, 0..input.len(), Escape::Json);
        return vec![child].into();
    }
    for (mark, step, escape) in [
        (census::PERCENT, Step::PercentU, Escape::PercentU),
        (census::BACKSLASH, Step::Script, Escape::Script),
        (census::BACKSLASH, Step::Octal, Escape::Octal),
    ] {
        if census.has(mark) {
            let child = Child::part(step, input, 0..input.len(), escape);
            if *child.bytes != *input {
                return vec![child].into();
            }
        }
    }
    tokens::parts(input, look)
        .into_iter()
        .take(most)
        .map(|run| Child::part(Step::Bytes(run.clone()), input, run, Escape::None))
        .collect::<Vec<_>>()
        .into()
}

/// Whether a character is written by its number, as HTML and XML write it, or a
/// text in which nothing separates parameters has one by its name.
fn has_reference(input: &[u8]) -> bool {
    let after = |at: usize| input.get(at + 1..).unwrap_or_default();
    let mut may_be_named = None;
    memchr::memchr_iter(b'&', input).any(|at| {
        let rest = after(at);
        rest.starts_with(b"#")
            || *may_be_named.get_or_insert_with(|| !form::is_form(input))
                && [&b"amp;"[..], b"lt;", b"gt;", b"quot;", b"apos;"]
                    .iter()
                    .any(|name| rest.starts_with(name))
    })
}

/// U+FEFF in UTF-8, which some programs put before a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether a character is written as JSON and JavaScript write it: `\u0040`.
fn has_unicode_escape(input: &[u8]) -> bool {
    input
        .windows(6)
        .any(|six| six.starts_with(b"\\u") && six[2..].iter().all(u8::is_ascii_hexdigit))
}

fn stream<'a>(result: Inflated, step: Step, input: &'a [u8], limits: &DecodeLimits) -> Looked<'a> {
    let trouble = match result {
        Inflated::Whole(bytes) => return vec![Child::whole(step, input, bytes)].into(),
        Inflated::Bound => format!(
            "a {step} stream of {} bytes gives more than {} bytes",
            input.len(),
            limits.inflated_bytes
        ),
        Inflated::Corrupt => format!(
            "a {step} stream of {} bytes is damaged or cut off",
            input.len()
        ),
    };
    Looked {
        children: Vec::new(),
        trouble: Some(trouble),
    }
}
