//! The places of a request in which data may travel.

use std::collections::BTreeMap;
use std::ops::Range;

use affiant_model::{Carrier, Field, FieldName, Span};

use super::super::draft::cut;
use super::flow::Draft;
use super::value::{Members, Tag, Value};

/// Codings of a body that `detect` undoes by their own marks (RFC 9110 §8.4.1).
const UNDONE: &[&str] = &["", "identity", "gzip", "x-gzip", "deflate"];

/// What the headers say that other parts depend on.
#[derive(Default)]
pub(super) struct Headers {
    /// Host header or `:authority`, the first of each, with its place.
    host: Option<(String, Span)>,
    authority: Option<(String, Span)>,
    content_length: Option<u64>,
    /// Whether the length is not stated because the body comes in chunks.
    chunked: bool,
    /// Content codings that are not undone.
    codings: Vec<String>,
    counts: BTreeMap<String, u32>,
}

impl Headers {
    /// The host that the request names: `:authority` before a Host header
    /// (RFC 9113 §8.3.1).
    pub(super) fn named_host(&self) -> Option<(String, Span)> {
        self.authority.clone().or_else(|| self.host.clone())
    }
}

impl Draft<'_> {
    /// Adds address, headers and trailers; gives what the headers say.
    pub(super) fn headers(&mut self, request: &Members) -> Headers {
        if let Some(path) = request.get("path").filter(|path| !path.range.is_empty()) {
            self.add(FieldName::Url, path.range.clone());
        }
        let mut headers = Headers::default();
        self.list(request, "headers", &mut headers);
        self.list(request, "trailers", &mut headers);
        self.authority(request, &mut headers);
        headers
    }

    pub(super) fn add(&mut self, name: FieldName, range: Range<usize>) {
        self.fields.push(Field {
            name,
            span: self.place(&range),
            range,
            carrier: Carrier::Raw,
            declared: Vec::new(),
        });
    }

    /// Reads a list of pairs of name and value.
    fn list(&mut self, request: &Members, name: &'static str, headers: &mut Headers) {
        let Some(list) = request.get(name) else {
            if name == "headers" {
                self.defect(
                    None,
                    "the request has no headers",
                    "it is read without them",
                );
            }
            return;
        };
        let (raw, bound) = (self.raw, self.limits.fields);
        let mut items = 0_usize;
        let read = list.items(raw, &mut |pair| {
            items += 1;
            if items <= bound {
                self.pair(&pair, request, headers);
            }
            true
        });
        match read {
            Ok(true) => {}
            Ok(false) => {
                let place = self.place(&list.range);
                self.defect(Some(place), format!("`{name}` is not a list"), NOT_READ);
            }
            Err(broken) => {
                let place = self.place(&(broken.0..list.range.end.max(broken.0)));
                let message = format!("`{name}` is not a tnetstring from here on");
                self.defect(
                    Some(place),
                    message,
                    "what stands before this place is read",
                );
            }
        }
        if items > bound {
            let place = self.place(&list.range);
            let message = format!("`{name}` has {items} items, more than the bound of {bound}");
            self.defect(
                Some(place),
                message,
                "the items behind the bound are not read",
            );
        }
    }

    fn pair(&mut self, pair: &Value, request: &Members, headers: &mut Headers) {
        let is_text = |value: &Value| matches!(value.tag, Tag::Bytes | Tag::Text);
        let Some([name, value]) = pair.first(self.raw).filter(|both| both.iter().all(is_text))
        else {
            let place = self.place(&pair.range);
            let message = "a header is not a pair of name and value";
            self.defect(Some(place), message, NOT_READ);
            return;
        };
        let name = String::from_utf8_lossy(name.bytes(self.raw)).into_owned();
        headers.note(&name, &value, self);
        if !self.repeats_request_line(&name, &value, request) {
            self.header(name, value.range, headers);
        }
    }

    fn header(&mut self, name: String, range: Range<usize>, headers: &mut Headers) {
        let nth = headers.counts.entry(name.to_lowercase()).or_insert(0);
        *nth = nth.saturating_add(1);
        let nth = *nth;
        self.add(FieldName::Header { name, nth }, range);
    }

    /// Whether a header is method, scheme or path over again, as the
    /// pseudo-headers of HTTP/2 are. One that says something else is read.
    fn repeats_request_line(&self, name: &str, value: &Value, request: &Members) -> bool {
        [":method", ":scheme", ":path"].contains(&name)
            && request
                .get(&name[1..])
                .is_some_and(|said| said.bytes(self.raw) == value.bytes(self.raw))
    }

    /// Adds `authority`, under the name that HTTP/2 has for it, unless a header
    /// says the same.
    fn authority(&mut self, request: &Members, headers: &mut Headers) {
        let Some(value) = request.get("authority").filter(|v| !v.range.is_empty()) else {
            return;
        };
        let Some(text) = value.text(self.raw) else {
            return;
        };
        let text = text.into_owned();
        let said = |said: &Option<(String, Span)>| said.as_ref().is_some_and(|(t, _)| *t == text);
        let place = self.place(&value.range);
        if !said(&headers.host) && !said(&headers.authority) {
            self.header(":authority".to_owned(), value.range.clone(), headers);
        }
        // HTTP/1 has it of the request line, for a proxy; there the Host header
        // is what the recipient reads.
        let version = request.get("http_version");
        let one = version.is_some_and(|version| version.bytes(self.raw).starts_with(b"HTTP/1"));
        if !one || headers.host.is_none() {
            headers.authority = Some((text, place));
        }
    }

    /// Adds the body, or says why there is none.
    pub(super) fn body(&mut self, request: &Members, headers: &Headers, method: &str) {
        // `body` from 0.14 to 0.15 (`convert_015_016` in `mitmproxy/io/compat.py`).
        // 0 is `CONTENT_MISSING` (`libmproxy/flow.py`, tag v0.10.1).
        let content = request.any(&["content", "body"]);
        let Some(content) = content.filter(|content| content.tag != Tag::Integer) else {
            self.missing_body(headers, method);
            return;
        };
        let place = self.place(&content.range);
        if !matches!(content.tag, Tag::Bytes | Tag::Text) {
            self.defect(Some(place), "the body is not bytes", "the body is not read");
            return;
        }
        let held = content.range.len() as u64;
        if let Some(stated) = headers.content_length.filter(|stated| *stated > held) {
            let message = format!("the request states a body of {stated} bytes and holds {held}");
            self.defect(Some(place), message, "the rest of the body is not read");
        }
        if held == 0 {
            return;
        }
        self.body_bytes = held;
        self.add(FieldName::Body, content.range.clone());
        if !headers.codings.is_empty() {
            let codings = cut(&headers.codings.join(", "));
            let message = format!("the body is under the content coding `{codings}`");
            let means = "it is read without undoing it; what it holds may not be found";
            self.defect(Some(place), message, means);
        }
    }

    /// Reports a body that was not kept. A request that the proxy held as a
    /// whole has a body, if an empty one; `null` stands in the place of one that
    /// was streamed or broken off. What these methods send has none as a rule.
    fn missing_body(&mut self, headers: &Headers, method: &str) {
        const BODILESS: &[&str] = &["GET", "HEAD", "CONNECT", "TRACE"];
        let bodiless = BODILESS.iter().any(|m| m.eq_ignore_ascii_case(method));
        let message = match headers.content_length {
            Some(0) => return,
            Some(bytes) => format!("the capture does not hold the request body of {bytes} bytes"),
            None if bodiless && !headers.chunked => return,
            None => "the capture holds no request body, not even an empty one".to_owned(),
        };
        self.defect(
            None,
            message,
            "what the body held, if there was one, is not read",
        );
    }
}

const NOT_READ: &str = "it is not read";

impl Headers {
    fn note(&mut self, name: &str, value: &Value, draft: &Draft<'_>) {
        let text = || value.text(draft.raw).unwrap_or_default();
        let lower = || text().trim().to_ascii_lowercase();
        let placed = || (text().trim().to_owned(), draft.place(&value.range));
        match name.to_ascii_lowercase().as_str() {
            "host" => _ = self.host.get_or_insert_with(placed),
            ":authority" => _ = self.authority.get_or_insert_with(placed),
            "content-length" => self.content_length = text().trim().parse().ok(),
            "transfer-encoding" => self.chunked = true,
            "content-encoding" => {
                let text = lower();
                let codings = text.split(',').map(str::trim);
                let codings = codings.filter(|coding| !UNDONE.contains(coding));
                self.codings.extend(codings.map(str::to_owned));
            }
            _ => {}
        }
    }
}
