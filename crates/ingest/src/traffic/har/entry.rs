//! One element of `log.entries`: bytes to an exchange and its defects.

use std::borrow::Cow;

use affiant_model::{Defect, Exchange, ExhibitId, Field, Mark, Marks, Span, Stage};

use super::super::address;
use super::super::draft::cut;
use super::super::json::{self, Token, Wanted};
use super::super::skim;
use super::super::time::{self, Unreadable};
use super::NOT_READ;
use super::fields;
use super::outcome::{self, ENTRY, RESPONSE, Status};
use crate::Limits;

/// Members of a request.
const REQUEST: &[&str] = &[
    "method",
    "url",
    "headers",
    "cookies",
    "queryString",
    "postData",
    "bodySize",
];

/// What is gathered while an entry is read. `text` is the entry, byte for byte
/// where it is UTF-8, so that a place in it is a place in the exhibit.
pub(super) struct Draft<'a> {
    pub(super) text: &'a str,
    pub(super) limits: &'a Limits,
    pub(super) fields: Vec<Field>,
    pub(super) body_bytes: u64,
    defects: Vec<Defect>,
    span: Span,
    exhibit: ExhibitId,
    ordinal: u32,
}

impl Draft<'_> {
    /// Notes a defect, at `part` of the text where it has a place, else at the
    /// whole entry.
    pub(super) fn defect(&mut self, part: Token<'_>, message: impl Into<String>, means: &str) {
        let range = match part {
            Token::Text(part) | Token::Literal(part) | Token::Compound(part) => {
                json::range_in(self.text, part)
            }
            Token::Null => 0..self.text.len(),
        };
        self.defect_at(self.span.slice(&range), message, means);
    }

    fn defect_at(&mut self, span: Span, message: impl Into<String>, means: &str) {
        self.defects.push(Defect {
            exhibit: self.exhibit,
            exchange: Some(self.ordinal),
            span: Some(span),
            stage: Stage::Ingest,
            message: message.into(),
            consequence: means.to_owned(),
        });
    }

    /// Notes the members of `object`, which stands at `part`, that occur more than once.
    pub(super) fn repeated(&mut self, part: Token<'_>, object: &Wanted<'_>) {
        for name in &object.repeated {
            let message = format!("the member `{name}` occurs more than once");
            self.defect(part, message, "the last one is read");
        }
    }

    /// The place of a part of the text in the exhibit.
    pub(super) const fn place(&self, range: &std::ops::Range<usize>) -> Span {
        self.span.slice(range)
    }
}

/// What is known of a request besides its fields.
struct Known {
    method: String,
    url: String,
    host: String,
    started: Option<chrono::DateTime<chrono::Utc>>,
    started_as_written: String,
    status: Option<u16>,
    reach: affiant_model::Reach,
    server_address: Option<String>,
    marks: Marks,
}

/// Reads the entry whose bytes are `raw` and stand at `span` of the exhibit.
pub(super) fn read(
    raw: Vec<u8>,
    span: Span,
    exhibit: ExhibitId,
    ordinal: u32,
    limits: &Limits,
) -> (Vec<Defect>, Option<Exchange>) {
    let (text, broken) = json::readable(&raw);
    let mut draft = Draft {
        text: &text,
        limits,
        fields: Vec::new(),
        body_bytes: 0,
        defects: Vec::new(),
        span,
        exhibit,
        ordinal,
    };
    if let Some((count, first)) = broken {
        let place = Span::new(span.offset + first as u64, 1);
        let message = format!("{count} bytes of the entry are not UTF-8, this one first");
        let means = "each is read as `?`; a value that holds one may not be found";
        draft.defect_at(place, message, means);
    }
    let known = draft.entry();
    let Draft {
        mut fields,
        body_bytes,
        defects,
        ..
    } = draft;
    drop(text);
    let Some(known) = known else {
        return (defects, None);
    };
    fields.sort_by_key(|field| field.range.start);
    let mut raw = raw;
    raw.shrink_to_fit();
    let exchange = Exchange {
        started: known.started,
        started_as_written: known.started_as_written,
        method: known.method,
        url: known.url,
        host: known.host,
        status: known.status,
        server_address: known.server_address,
        request_body_bytes: body_bytes,
        reach: known.reach,
        marks: known.marks,
        fields,
        raw,
        ..Exchange::new(exhibit, ordinal, span)
    };
    (defects, Some(exchange))
}

impl Draft<'_> {
    fn entry(&mut self) -> Option<Known> {
        let text = self.text;
        let parts = [("request", REQUEST), ("response", RESPONSE.as_slice())];
        let read = skim::object(text, &ENTRY, parts).map_or_else(
            || json::wanted(text, &ENTRY).map(|entry| (entry, [None, None])),
            Ok,
        );
        let (entry, [request, response]) = match read {
            Ok(read) => read,
            Err(error) => {
                let whole = !text.starts_with('{');
                if whole && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
                    self.defect(Token::Null, "the entry is not an object", NOT_READ);
                    return None;
                }
                let at = json::offset_of(text, &error);
                let place = Span::new(self.place(&(0..at)).end(), 0);
                let message = format!(
                    "the entry is not JSON at this place: {}",
                    json::reason(&error)
                );
                self.defect_at(place, message, NOT_READ);
                return None;
            }
        };
        let request = request.unwrap_or_else(|| self.object(&entry, "request", REQUEST));
        let response = response.unwrap_or_else(|| self.object(&entry, "response", &RESPONSE));
        self.repeated(Token::Null, &entry);
        self.repeated(entry.get("request"), &request);
        self.repeated(entry.get("response"), &response);
        let url = self.url(&request)?;
        let method = self.method(&request);
        let host = address::host(&method, &url);
        if host.is_empty() && !address::is_local(&url) {
            let message = format!("the address has no host: `{}`", cut(&url));
            self.defect(request.get("url"), message, "the recipient is not known");
        }
        let (started, started_as_written) = self.started(&entry);
        let status = outcome::status(&response);
        if let Status::Odd(token) = status {
            let written = cut(&token.text().unwrap_or(Cow::Borrowed("{}")));
            let message = format!("the response status `{written}` is not one of HTTP");
            self.defect(
                token,
                message,
                "the exchange is read as one without an answer",
            );
        }
        fields::gather(self, &request, &url, &method);
        self.messages(&entry);
        let server = entry.get("serverIPAddress").text();
        let server = server.map(|text| text.trim_matches(['[', ']', ' ']).to_owned());
        Some(Known {
            marks: self.marks(&entry, started),
            reach: outcome::reach(&url, status, &entry, &response),
            status: match status {
                Status::Code(code) => Some(code),
                Status::None | Status::Odd(_) => None,
            },
            method,
            url,
            host,
            started,
            started_as_written,
            server_address: server.filter(|text| !text.is_empty()),
        })
    }

    /// The members of an object in the entry; none where it is not an object.
    fn object<'a>(
        &mut self,
        entry: &Wanted<'a>,
        name: &str,
        names: &'static [&'static str],
    ) -> Wanted<'a> {
        let token = entry.get(name);
        if let Some(members) = token.checked_members(names) {
            return members;
        }
        if token != Token::Null {
            self.defect(
                token,
                format!("`{name}` is not an object"),
                "it is not read",
            );
        }
        Wanted::none(names)
    }

    fn url(&mut self, request: &Wanted<'_>) -> Option<String> {
        let token = request.get("url");
        let url = match token {
            Token::Text(_) => token.text().unwrap_or_default(),
            _ => Cow::Borrowed(""),
        };
        if url.trim().is_empty() {
            self.defect(token, "the entry has no request with an address", NOT_READ);
            return None;
        }
        Some(url.into_owned())
    }

    fn method(&mut self, request: &Wanted<'_>) -> String {
        let method = request.get("method").text().unwrap_or_default();
        if method.is_empty() {
            let means = "the exchange is read without it";
            self.defect(Token::Null, "the request has no method", means);
        }
        method.into_owned()
    }

    fn started(&mut self, entry: &Wanted<'_>) -> (Option<chrono::DateTime<chrono::Utc>>, String) {
        let token = entry.get("startedDateTime");
        let written = token.text().unwrap_or_default().into_owned();
        let message = match time::read(&written) {
            Ok(time) => return (Some(time), written),
            Err(_) if written.trim().is_empty() => "the entry has no start time".to_owned(),
            Err(Unreadable::NoZone) => {
                format!("the start time `{}` has no time zone", cut(&written))
            }
            Err(Unreadable::NotATime) => {
                format!("the start time `{}` is not a time", cut(&written))
            }
        };
        self.defect(token, message, "the exchange is read without a time");
        (None, written)
    }

    /// What the writer noted besides the exchange. A duration that is no number,
    /// or negative, says nothing.
    fn marks(&self, entry: &Wanted<'_>, started: Option<chrono::DateTime<chrono::Utc>>) -> Marks {
        let mark = |token: Token<'_>| {
            let Token::Text(part) = token else {
                return None;
            };
            let text = token.text()?.into_owned();
            let span = self.place(&json::range_in(self.text, part));
            Some(Mark { text, span })
        };
        let time = entry.get("time").number().filter(|time| *time >= 0.0);
        #[allow(clippy::cast_possible_truncation, reason = "a float saturates")]
        let time = time.map(|time| chrono::TimeDelta::microseconds((time * 1000.0) as i64));
        Marks {
            start: mark(entry.get("startedDateTime")).map(|mark| mark.span),
            ended: started.and_then(|started| started.checked_add_signed(time?)),
            page: mark(entry.get("pageref")),
            id: None,
            own: ["_resourceType"]
                .into_iter()
                .filter(|name| entry.get(name) != Token::Null)
                .collect(),
        }
    }
}
