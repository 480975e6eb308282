use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use affiant_model::{DecodedStep, Digest, JsonKey, Span, Step};

use crate::Replay;
use crate::decode::{self, DecodeLimits, Escape};
use crate::examine::readable;
use crate::replay::Stage;

/// One part of the way from the bytes at a span to a value, such that stock
/// tools can do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe(Part);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Undo(Escape),
    Decode(Step),
    Json(Vec<JsonKey>),
    Slice(Range<usize>),
}

/// What stands for a stage behind a stream: the stream itself, a path into a
/// JSON text, or a slice with its escapes undone.
pub(crate) fn of_stage(stage: &Stage) -> Vec<Recipe> {
    let parts = match (&stage.step, stage.escape) {
        (Some(step), None) => vec![Part::Decode(step.clone())],
        (Some(Step::Json(path)), Some(_)) if is_for_jq(path, stage.slice()) => {
            vec![Part::Json(path.clone())]
        }
        (_, Some(escape)) => {
            let mut parts = vec![Part::Slice(stage.range.clone())];
            if !escape.is_plain(stage.slice()) {
                parts.push(Part::Undo(escape));
            }
            parts
        }
        (None, None) => Vec::new(),
    };
    parts.into_iter().map(Recipe).collect()
}

/// Whether `jq` prints the same bytes: it takes the last of several members of
/// one name, and writes numbers its own way.
fn is_for_jq(path: &[JsonKey], literal: &[u8]) -> bool {
    let unique = path
        .iter()
        .all(|key| !matches!(key, JsonKey::Member(_, nth) if *nth > 1));
    let number = literal
        .first()
        .is_some_and(|b| b.is_ascii_digit() || *b == b'-');
    let short = literal.len() <= 15 && literal.iter().all(u8::is_ascii_digit);
    unique && (!number || short)
}

impl Recipe {
    /// Undoes the escapes of text.
    pub(crate) const fn undo(escape: Escape) -> Self {
        Self(Part::Undo(escape))
    }

    /// Does it; `None` where the input does not allow it.
    pub(crate) fn run<'a>(&self, input: &'a [u8], limits: &DecodeLimits) -> Option<Cow<'a, [u8]>> {
        match &self.0 {
            Part::Undo(escape) => Some(escape.decode(input)),
            Part::Decode(step) => decode::apply(step, input, limits).map(|child| child.bytes),
            Part::Json(path) => {
                decode::apply(&Step::Json(path.clone()), input, limits).map(|child| child.bytes)
            }
            Part::Slice(range) => input.get(range.clone()).map(Cow::Borrowed),
        }
    }

    /// The stock command that does it to `input`, reading standard input.
    fn command(&self, input: &[u8]) -> String {
        match &self.0 {
            Part::Undo(Escape::None) => "cat".to_owned(),
            Part::Undo(Escape::Json) => r#"(printf '"'; cat; printf '"') | jq -j ."#.to_owned(),
            Part::Undo(Escape::Percent) => {
                r"perl -0777 -pe 's/%([0-9A-Fa-f]{2})/chr hex $1/ge'".to_owned()
            }
            Part::Undo(Escape::Form) => {
                r"perl -0777 -pe 'y/+/ /; s/%([0-9A-Fa-f]{2})/chr hex $1/ge'".to_owned()
            }
            Part::Decode(Step::Base64) if is_plain_base64(input) => "base64 -d".to_owned(),
            Part::Decode(Step::Base64) => {
                "perl -MMIME::Base64 -0777 -ne 'y{-_}{+/}; print decode_base64($_)'".to_owned()
            }
            Part::Decode(Step::Zlib) => {
                "perl -MCompress::Zlib -0777 -ne 'print uncompress($_)'".to_owned()
            }
            Part::Decode(_) => "gunzip -c".to_owned(),
            Part::Json(path) => format!("jq -j {}", quoted(&jq_path(path))),
            Part::Slice(range) => format!("tail -c +{} | head -c {}", range.start + 1, range.len()),
        }
    }
}

/// Bytes as text in which every byte is to be seen: control characters are
/// written `\x1f`, and so is every byte beyond ASCII where the whole is no text.
fn visible(bytes: &[u8], is_text: bool) -> String {
    let mut text = String::with_capacity(bytes.len());
    for c in readable(bytes).chars().filter(|_| is_text) {
        if c.is_control() {
            text.push_str(&format!("\\x{:02x}", u32::from(c)));
        } else {
            text.push(c);
        }
    }
    for byte in bytes.iter().filter(|_| !is_text) {
        if byte.is_ascii_graphic() || *byte == b' ' {
            text.push(char::from(*byte));
        } else {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

/// Standard alphabet, padded, without line breaks: what `base64 -d` takes without a word.
fn is_plain_base64(input: &[u8]) -> bool {
    input.len().is_multiple_of(4) && !input.iter().any(|b| b"-_\r\n".contains(b))
}

fn jq_path(path: &[JsonKey]) -> String {
    let mut text = String::new();
    for key in path {
        match key {
            JsonKey::Item(index) => text.push_str(&format!("[{index}]")),
            JsonKey::Member(..) => text.push_str(&key.to_string()),
        }
    }
    // jq wants a dot at the start, and one before a bracket that starts.
    if text.starts_with('.') {
        text
    } else {
        format!(".{text}")
    }
}

/// Quotes for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Part::Undo(Escape::None) => f.write_str("as it is"),
            Part::Undo(Escape::Json) => f.write_str("JSON escapes undone"),
            Part::Undo(Escape::Percent) => f.write_str("percent-encoding undone"),
            Part::Undo(Escape::Form) => f.write_str("form encoding undone"),
            Part::Decode(step) => write!(f, "{step}"),
            Part::Json(path) => write!(f, "{}", Step::Json(path.clone())),
            Part::Slice(range) => write!(f, "{}", Step::Bytes(range.clone())),
        }
    }
}

impl Replay {
    /// A command line of stock tools that prints the value, to be run in the
    /// case folder. `file` is the path of the exhibit in it.
    #[must_use]
    pub fn command(&self, file: &str) -> String {
        let Span { offset, length } = self.span;
        let mut command = format!(
            "dd if={} bs=1 skip={offset} count={length} status=none",
            quoted(file)
        );
        let states = self.states(&DecodeLimits::default());
        for (part, input) in self.recipe.iter().zip(&states) {
            command.push_str(" | ");
            command.push_str(&part.command(input));
        }
        command
    }

    /// The bytes at the span and the result of each decoding, each with at most
    /// `excerpt` characters of its beginning.
    #[must_use]
    pub fn describe(&self, excerpt: usize) -> Vec<DecodedStep> {
        let Span { offset, length } = self.span;
        let first = format!("{length} bytes of the exhibit, from byte {offset}");
        let titles = std::iter::once(first).chain(self.recipe.iter().map(ToString::to_string));
        titles
            .zip(self.states(&DecodeLimits::default()))
            .map(|(title, bytes)| {
                // No more is looked at than can be shown.
                let head = &bytes[..bytes.len().min(excerpt.saturating_mul(4))];
                let text = visible(head, std::str::from_utf8(&bytes).is_ok());
                let shown: String = text.chars().take(excerpt).collect();
                DecodedStep {
                    title,
                    bytes: bytes.len() as u64,
                    sha256: Digest::of(&bytes),
                    cut: head.len() < bytes.len() || shown.len() < text.len(),
                    excerpt: shown,
                }
            })
            .collect()
    }
}
