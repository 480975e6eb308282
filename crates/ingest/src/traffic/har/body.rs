//! The body of a request: its text, what stands in for it, and what the
//! capture says of it that the text does not bear out.

use affiant_model::{FieldName, Step};

use super::super::json::{self, Token, Wanted};
use super::entry::Draft;
use super::fields::{Counts, Headers, List};
use super::held::Held;

/// Members of `postData`; [`CONTENT`] are those of its member `content`.
const BODY: &[&str] = &[
    "mimeType",
    "text",
    "content",
    "params",
    "encoding",
    "_encoding",
    "_base64",
    "_file",
    "_sha1",
];

const CONTENT: &[&str] = &["text", "encoding", "_encoding", "_base64"];

/// Content codings by which a body is compressed (RFC 9110 §8.4.1, RFC 7932,
/// RFC 8878).
const COMPRESSED: &[&str] = &["gzip", "x-gzip", "deflate", "br", "zstd", "compress"];

/// The text of a body, and what the capture states of it.
struct Text<'a> {
    token: Token<'a>,
    /// Encodings of the text.
    declared: Vec<Step>,
    /// Media types, of the body and of the header, in lower case.
    kinds: String,
}

impl Draft<'_> {
    /// Reads the body of a request and what stands in for it.
    pub(super) fn body(
        &mut self,
        request: &Wanted<'_>,
        headers: &Headers<'_>,
        method: &str,
        params: &mut Counts,
    ) {
        let token = request.get("postData");
        let found = match token {
            Token::Null => false,
            // Some scripts write the text itself in place of the object.
            Token::Text(_) => {
                let text = Text {
                    token,
                    declared: Vec::new(),
                    kinds: headers.content_type.clone(),
                };
                self.whole_body(&text, request, headers)
            }
            Token::Literal(_) | Token::Compound(_) => {
                self.post_data(token, request, headers, params)
            }
        };
        if !found {
            self.missing_body(request.get("bodySize"), headers.content_length, method);
        }
    }

    /// Reads `postData`; returns whether the capture says where the body is.
    fn post_data(
        &mut self,
        token: Token<'_>,
        request: &Wanted<'_>,
        headers: &Headers<'_>,
        counts: &mut Counts,
    ) -> bool {
        let Some(data) = token.checked_members(BODY) else {
            self.defect(token, "`postData` is not an object", "the body is not read");
            return true;
        };
        self.repeated(token, &data);
        let text = self.text_of(&data, headers);
        let has_text = self.whole_body(&text, request, headers);
        let params = data.get("params");
        let before = self.fields.len();
        if !has_text {
            self.list(params, List::Params, counts, None);
        } else if params.is_affirmed() {
            let content = content(text.token);
            let held = Held::in_body(&content, !text.declared.is_empty(), &text.kinds);
            self.list(params, List::Params, counts, Some(held));
        }
        if has_text || self.fields.len() > before {
            return true;
        }
        let apart = data.get("_file").is_affirmed() || data.get("_sha1").is_affirmed();
        if apart {
            let message = "the body is kept outside of this file";
            self.defect(token, message, "the body is not read");
        }
        apart
    }

    /// The text of a body: `text`, or `content.text`, where some writers have
    /// it as in a response.
    fn text_of<'a>(&mut self, data: &Wanted<'a>, headers: &Headers<'_>) -> Text<'a> {
        let mime = data.get("mimeType").text().unwrap_or_default();
        let own = Text {
            token: data.get("text"),
            declared: declared(data),
            kinds: format!("{} {}", mime.to_ascii_lowercase(), headers.content_type),
        };
        let Some(inner) = data.get("content").checked_members(CONTENT) else {
            return own;
        };
        let inner_text = inner.get("text");
        if is_empty(own.token) {
            return Text {
                token: inner_text,
                declared: declared(&inner),
                ..own
            };
        }
        if !is_empty(inner_text) && content(inner_text) != content(own.token) {
            let message = "`postData.content.text` is not the same as `postData.text`";
            self.defect(inner_text, message, "`postData.text` is read");
        }
        own
    }

    /// Adds the body where it has content.
    fn whole_body(&mut self, text: &Text<'_>, request: &Wanted<'_>, headers: &Headers<'_>) -> bool {
        if is_empty(text.token) {
            return false;
        }
        if let Token::Compound(_) = text.token {
            let means = "it is read as the JSON text that it is";
            self.defect(text.token, "the text of the body is not a string", means);
        }
        if text.declared.is_empty() && matches!(text.token, Token::Text(_)) {
            self.cut_body(text, request.get("bodySize"), headers);
            self.damaged_body(text.token, headers);
        }
        self.body_bytes += size(text.token, &text.declared);
        self.add(FieldName::Body, text.token, text.declared.clone());
        true
    }

    /// Reports a body of which the capture holds less than half of what it
    /// counts. A difference within that is no sign: `bodySize` and
    /// Content-Length count bytes as sent, and the text is decoded, so that
    /// line ends and characters may take fewer bytes in it (of UTF-16, half).
    /// Of a body under a content coding the two do not compare at all.
    fn cut_body(&mut self, text: &Text<'_>, body_size: Token<'_>, headers: &Headers<'_>) {
        let wide = text.kinds.contains("utf-16") || text.kinds.contains("utf-32");
        if wide || !headers.codings.is_empty() {
            return;
        }
        let stated = [positive(body_size), headers.content_length];
        let Some(stated) = stated.into_iter().flatten().filter(|n| *n > 0).min() else {
            return;
        };
        let held = size(text.token, &[]);
        if held < stated.div_ceil(2) {
            let message = format!("the capture states a body of {stated} bytes and holds {held}");
            self.defect(text.token, message, "the rest of the body is not read");
        }
    }

    /// Reports a compressed body that was written as if it were text, by which
    /// each byte that is not text is lost. Text that the writer decompressed
    /// may hold U+FFFD because it was sent; compressed bytes also give control
    /// characters, or many of U+FFFD.
    fn damaged_body(&mut self, text: Token<'_>, headers: &Headers<'_>) {
        if !headers
            .codings
            .iter()
            .any(|coding| COMPRESSED.contains(&coding.as_str()))
        {
            return;
        }
        let Some(content) = text.text() else { return };
        let (mut lost, mut all, mut control) = (0_u64, 0_u64, false);
        for c in content.chars() {
            all += 1;
            lost += u64::from(c == char::REPLACEMENT_CHARACTER);
            control |= c.is_ascii_control() && !c.is_ascii_whitespace();
        }
        if lost > 0 && (control || lost * 10 >= all) {
            let characters = if lost == 1 { "character" } else { "characters" };
            let message = format!(
                "the body was damaged when the capture was written: it holds {lost} replacement {characters}"
            );
            let means = "what stood in their place is lost; what the body held may not be found";
            self.defect(text, message, means);
        }
    }

    /// Reports a body that the capture counts but does not hold. GET and HEAD
    /// have none as a rule, so there only `bodySize` counts, not a header.
    fn missing_body(&mut self, size: Token<'_>, length: Option<u64>, method: &str) {
        let bodiless = method.eq_ignore_ascii_case("GET") || method.eq_ignore_ascii_case("HEAD");
        let from_header = length.filter(|bytes| *bytes > 0 && !bodiless);
        if let Some(bytes) = positive(size).or(from_header) {
            let message =
                format!("the capture records a request body of {bytes} bytes but does not hold it");
            self.defect(size, message, "the body is not read");
        }
    }
}

/// A count of bytes, where it is one and not zero.
fn positive(size: Token<'_>) -> Option<u64> {
    let count = size.text()?.trim().parse().ok()?;
    (count > 0).then_some(count)
}

fn is_empty(text: Token<'_>) -> bool {
    match text {
        Token::Null => true,
        Token::Text(part) => part.len() <= 2,
        Token::Literal(_) | Token::Compound(_) => false,
    }
}

/// The bytes that a value stands for: those of a string decoded, else as written.
fn content(value: Token<'_>) -> std::borrow::Cow<'_, [u8]> {
    match value {
        Token::Text(part) => json::bytes_of(part),
        Token::Literal(part) | Token::Compound(part) => part.as_bytes().into(),
        Token::Null => (&[][..]).into(),
    }
}

/// The encodings that a writer declares of `text` or of a parameter: HAR 1.2
/// has no member for it, and writers use the one of `content`, or their own.
pub(super) fn declared(data: &Wanted<'_>) -> Vec<Step> {
    let named = ["encoding", "_encoding"].iter().any(|name| {
        let text = data.get(name).text();
        text.is_some_and(|text| text.trim().eq_ignore_ascii_case("base64"))
    });
    if named || data.get("_base64").is_affirmed() {
        vec![Step::Base64]
    } else {
        Vec::new()
    }
}

/// Size in bytes of what a value holds, declared encodings undone.
pub(super) fn size(value: Token<'_>, declared: &[Step]) -> u64 {
    let bytes = content(value);
    if declared.is_empty() {
        return bytes.len() as u64;
    }
    let digits = bytes
        .iter()
        .filter(|b| b.is_ascii_alphanumeric() || b"+/-_".contains(b))
        .count();
    digits as u64 * 3 / 4
}
