use affiant_model::Step;

use super::compress::{self, Inflated};
use super::{Child, DecodeLimits, Escape, base64, form, json, multipart, url};

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

/// Takes bytes apart by what they are; what they are declared to be is only a
/// hint, since captures keep `content-encoding: gzip` on bodies that they
/// have already decoded.
pub(crate) fn children<'a>(input: &'a [u8], hint: &Hint, limits: &DecodeLimits) -> Looked<'a> {
    match hint {
        Hint::Url => return url::children(input).into(),
        Hint::Cookies => return form::cookies(input).into(),
        _ => {}
    }
    if input.starts_with(&[0x1f, 0x8b, 8]) {
        return stream(
            compress::gunzip(input, limits.inflated_bytes),
            Step::Gzip,
            input,
            limits,
        );
    }
    if compress::is_zlib(input)
        && let Inflated::Whole(bytes) = compress::inflate_zlib(input, limits.inflated_bytes)
    {
        return vec![Child::whole(Step::Zlib, input, bytes)].into();
    }
    if json::is_json(input)
        && let Some(children) = json::children(input)
    {
        return children.into();
    }
    if let Hint::Multipart(boundary) = hint {
        return multipart::children(input, boundary).into();
    }
    if url::is_url(input) || url::is_relative(input) {
        return url::children(input).into();
    }
    if let Some(bytes) = base64::sniff(input) {
        return vec![Child::whole(Step::Base64, input, bytes)].into();
    }
    if *hint == Hint::Form || form::is_form(input) {
        return form::children(input).into();
    }
    if let Some(boundary) = multipart::first_line(input) {
        let parts = multipart::children(input, boundary);
        if !parts.is_empty() {
            return parts.into();
        }
    }
    if input.contains(&b'%') {
        let child = Child::part(Step::Percent, input, 0..input.len(), Escape::Percent);
        if *child.bytes != *input {
            return vec![child].into();
        }
    }
    Looked::default()
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
