use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::gzip::gzip;
use super::json::{Json, Layout, number, object, text};
use super::time::Moment;

/// The legend of every capture.
pub(crate) const LEGEND: &str = "SYNTHETIC – reconstruction from public statements, not evidence";

/// The habits of one kind of capturing program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// As mitmproxy exports: request bodies as decoded text, though the header
    /// says that they are compressed; microseconds.
    Decoded,
    /// As proxies do that keep the bytes: compressed request bodies in base64,
    /// marked so in `postData.encoding`; milliseconds.
    Base64,
}

/// A request body.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// None.
    Empty,
    /// Sent as it is.
    Plain(&'static str, String),
    /// JSON, compressed by the sender.
    Gzip(String),
    /// JSON whose compressed bytes were damaged on the way into the capture.
    Damaged(String),
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// Status, content type and body.
    Answered(i64, &'static str, String),
    /// None: the capture has an error text instead.
    Failed(&'static str),
}

/// One request with its answer.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) start: Moment,
    pub(crate) millis: i64,
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body,
    pub(crate) answer: Answer,
    pub(crate) flaw: Flaw,
}

/// What is wrong with an entry on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    None,
    /// A time that no calendar has.
    UnreadableTime,
    /// No address.
    NoUrl,
}

impl Entry {
    pub(crate) fn to_json(&self, dialect: Dialect) -> Json {
        let started = match (self.flaw, dialect) {
            (Flaw::UnreadableTime, _) => "2020-03-26T25:61:00.000Z".to_owned(),
            (_, Dialect::Decoded) => self.start.iso_python(),
            (_, Dialect::Base64) => self.start.iso_millis(),
        };
        let waited = self.millis - 3;
        object([
            ("startedDateTime", text(started)),
            ("time", number(self.millis)),
            ("request", self.request(dialect)),
            ("response", self.response()),
            ("cache", object([])),
            (
                "timings",
                object([
                    ("send", number(1)),
                    ("wait", number(waited)),
                    ("receive", number(2)),
                ]),
            ),
        ])
    }

    fn request(&self, dialect: Dialect) -> Json {
        let mut members = vec![("method".to_owned(), text(self.method))];
        if self.flaw != Flaw::NoUrl {
            members.push(("url".to_owned(), text(&self.url)));
        }
        let (post, size) = self.post_data(dialect);
        let rest = [
            ("httpVersion", text("HTTP/2.0")),
            ("cookies", Json::List(vec![])),
            ("headers", headers(&self.headers)),
            ("queryString", query_string(&self.url)),
            ("headersSize", number(-1)),
            ("bodySize", number(size)),
        ];
        members.extend(rest.map(|(name, value)| (name.to_owned(), value)));
        members.extend(post.map(|post| ("postData".to_owned(), post)));
        Json::Object(members)
    }

    fn post_data(&self, dialect: Dialect) -> (Option<Json>, i64) {
        let (mime, content, encoding, size) = match &self.body {
            Body::Empty => return (None, 0),
            Body::Plain(mime, content) => (*mime, content.clone(), None, content.len()),
            Body::Gzip(content) if dialect == Dialect::Decoded => (
                "application/json",
                content.clone(),
                None,
                gzip(content.as_bytes()).len(),
            ),
            Body::Gzip(content) => base64(gzip(content.as_bytes())),
            Body::Damaged(content) => base64(damage(gzip(content.as_bytes()))),
        };
        let mut members = vec![
            ("mimeType".to_owned(), text(mime)),
            ("text".to_owned(), text(content)),
            ("params".to_owned(), Json::List(vec![])),
        ];
        members.extend(encoding.map(|name| ("encoding".to_owned(), text(name))));
        (
            Some(Json::Object(members)),
            i64::try_from(size).unwrap_or(-1),
        )
    }

    fn response(&self) -> Json {
        let (status, mime, content, error) = match &self.answer {
            Answer::Answered(status, mime, content) => (*status, *mime, content.as_str(), None),
            Answer::Failed(error) => (0, "", "", Some(*error)),
        };
        let phrase = match status {
            200 => "OK",
            204 => "No Content",
            302 => "Found",
            _ => "",
        };
        let fields = if mime.is_empty() {
            vec![]
        } else {
            vec![("content-type", mime.to_owned())]
        };
        let size = number(i64::try_from(content.len()).unwrap_or(-1));
        let mut members = vec![
            ("status".to_owned(), number(status)),
            ("statusText".to_owned(), text(phrase)),
            (
                "httpVersion".to_owned(),
                text(if error.is_some() { "" } else { "HTTP/2.0" }),
            ),
            ("cookies".to_owned(), Json::List(vec![])),
            ("headers".to_owned(), headers(&fields)),
            (
                "content".to_owned(),
                object([
                    ("size", size),
                    ("mimeType", text(mime)),
                    ("text", text(content)),
                ]),
            ),
            ("redirectURL".to_owned(), text("")),
            ("headersSize".to_owned(), number(-1)),
            ("bodySize".to_owned(), number(-1)),
        ];
        members.extend(error.map(|error| ("_error".to_owned(), text(error))));
        Json::Object(members)
    }
}

fn base64(bytes: Vec<u8>) -> (&'static str, String, Option<&'static str>, usize) {
    (
        "application/json",
        STANDARD.encode(&bytes),
        Some("base64"),
        bytes.len(),
    )
}

/// Overwrites some bytes in the middle, so that the stream can no longer be read.
fn damage(mut bytes: Vec<u8>) -> Vec<u8> {
    let middle = bytes.len() / 2;
    bytes[middle..middle + 16].fill(0xff);
    bytes
}

fn headers(list: &[(&'static str, String)]) -> Json {
    let pair = |(name, value): &(&'static str, String)| {
        object([("name", text(*name)), ("value", text(value))])
    };
    Json::List(list.iter().map(pair).collect())
}

fn query_string(url: &str) -> Json {
    let Some((_, query)) = url.split_once('?') else {
        return Json::List(vec![]);
    };
    let pair = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        object([
            ("name", text(percent_decode(name))),
            ("value", text(percent_decode(value))),
        ])
    };
    Json::List(query.split('&').map(pair).collect())
}

/// Percent-encodes everything but the unreserved characters (RFC 3986 §2.3).
pub(crate) fn percent_encode(value: &str) -> String {
    value
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn percent_decode(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let [first, tail @ ..] = rest {
        let decoded = (*first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The whole file.
pub(crate) fn log(entries: &[Entry], dialect: Dialect, layout: Layout) -> String {
    let follows = match dialect {
        Dialect::Decoded => {
            "follows the dialect of mitmproxy's HAR export: request bodies as decoded text"
        }
        Dialect::Base64 => {
            "follows the dialect of proxies that keep the bytes: request bodies in base64, marked in postData.encoding"
        }
    };
    let creator = object([
        ("name", text("affiant reconstruction (SYNTHETIC)")),
        ("version", text("1")),
        ("comment", text(follows)),
    ]);
    let list = entries.iter().map(|entry| entry.to_json(dialect)).collect();
    let log = object([
        ("version", text("1.2")),
        ("creator", creator),
        ("pages", Json::List(vec![])),
        ("entries", Json::List(list)),
        ("comment", text(LEGEND)),
    ]);
    object([("log", log)]).write(layout) + "\n"
}
