//! One entry while the log says more of it: bytes to an exchange.

use std::ops::{ControlFlow, Range};

use affiant_model::{Carrier, ExchangeKind, FieldName, Reach, Span, Tls};

use super::constants::Constants;
use crate::traffic::draft::{Draft, Named, cut};
use crate::traffic::entries::{Entries, NO_TIME};
use crate::traffic::json::{self, Token};
use crate::traffic::{address, message, tokens};

const EVENT: &[&str] = &["params", "time"];
const PARAMS: &[&str] = &[
    "url",
    "method",
    "upload_id",
    "host",
    "dns_query_type",
    "dns_query_types",
];
const HEADERS: &[&str] = &["headers"];

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Request,
    Lookup,
    /// A handshake over TCP or QUIC with a host.
    Handshake(String),
}

/// An entry while the log says more of it.
pub(super) struct Open<'a> {
    draft: Draft<'a>,
    pub(super) what: What,
    /// Identifier of the source that its events have.
    pub(super) source: i64,
    raw: Vec<u8>,
    runs: Vec<Span>,
    /// Headers as they were sent, in the bytes.
    headers: Option<Range<usize>>,
    /// How often headers were sent.
    pub(super) sendings: u64,
    pub(super) body: bool,
    pub(super) status: Option<u16>,
    /// The error with which it ended; zero of an end without one.
    pub(super) ended: Option<i64>,
    /// A handshake was finished, or packets of a QUIC session came back.
    pub(super) marked: bool,
    pub(super) tls: Option<Tls>,
}

/// Headers whose values are not in a log.
#[derive(Debug, Default)]
pub(super) struct Stripped {
    pub(super) count: u64,
    pub(super) first: Option<Span>,
}

impl<'a> Open<'a> {
    pub(super) fn new(draft: Draft<'a>, what: What, source: i64, raw: &[u8]) -> Self {
        let span = draft.exchange.span;
        Self {
            draft,
            what,
            source,
            raw: raw.to_vec(),
            runs: vec![span],
            headers: None,
            sendings: 0,
            body: false,
            status: None,
            ended: None,
            marked: false,
            tls: None,
        }
    }

    pub(super) const fn size(&self) -> usize {
        self.raw.len()
    }

    /// Adds a run of the exhibit; how many bytes it has.
    pub(super) fn add(&mut self, span: Span, bytes: &[u8]) -> usize {
        self.raw.extend_from_slice(bytes);
        self.runs.push(span);
        bytes.len()
    }

    /// Adds headers as they were sent. What is sent again, after an error or to
    /// answer a challenge, is counted.
    pub(super) fn sent(&mut self, span: Span, bytes: &[u8]) -> usize {
        self.sendings += 1;
        if self.headers.is_some() {
            return 0;
        }
        let start = self.raw.len();
        let added = self.add(span, bytes);
        self.headers = Some(start..self.raw.len());
        added
    }

    /// Hands out the exchange.
    pub(super) fn give(
        mut self,
        constants: &Constants,
        stripped: &mut Stripped,
        entries: &mut Entries<'_, '_>,
    ) -> ControlFlow<()> {
        let own = self.draft.exchange.span;
        let first = usize::try_from(own.length)
            .unwrap_or(usize::MAX)
            .min(self.raw.len());
        self.draft.put_together(std::mem::take(&mut self.runs));
        let raw = std::mem::take(&mut self.raw);
        let (text, _) = json::readable(&raw);
        let Ok(event) = json::wanted(text.get(..first).unwrap_or_default(), EVENT) else {
            return entries.give_up(self.draft, None, "the event is not JSON");
        };
        let params = event.part("params", PARAMS);
        let time = event.get("time").text().unwrap_or_default();
        self.draft.exchange.started = constants.instant(&time);
        if self.draft.exchange.started.is_none() {
            let message = format!("the time `{}` is none that the log explains", cut(&time));
            self.draft.defect(None, message, NO_TIME);
        }
        self.draft.exchange.started_as_written = time.into_owned();
        match self.what.clone() {
            What::Request => {
                let url = params.get("url");
                let written = url.text().unwrap_or_default().into_owned();
                if written.is_empty() {
                    return entries.give_up(self.draft, None, "the request has no address");
                }
                let method = params.get("method").text().unwrap_or_default().into_owned();
                self.body |= params.get("upload_id").is_affirmed();
                self.draft.exchange.host = address::host(&method, &written);
                self.draft.exchange.reach = self.reach(&method, &written);
                self.draft.exchange.status = self.status;
                self.draft.exchange.url = written;
                self.draft.exchange.method = method;
                self.draft.value(FieldName::Url, &text, url, Vec::new());
                self.list(&text, stripped, own);
                self.not_held();
            }
            What::Lookup => {
                let named = params.get("host").text().unwrap_or_default();
                let exchange = &mut self.draft.exchange;
                exchange.kind = ExchangeKind::Lookup;
                exchange.host = host(&named);
                let resolved = self.ended == Some(0);
                exchange.reach = if resolved {
                    Reach::Contacted
                } else {
                    Reach::Attempted
                };
                let mut detail = Vec::new();
                params
                    .get("dns_query_types")
                    .items(&mut |kind| detail.extend(kind.text()));
                detail.extend(params.get("dns_query_type").text());
                detail.push(match self.ended {
                    Some(0) => "resolved".into(),
                    Some(error) => constants.error(error).into(),
                    None => "no answer in the log".into(),
                });
                exchange.detail = Some(detail.join(", "));
            }
            What::Handshake(host) => {
                let exchange = &mut self.draft.exchange;
                exchange.kind = ExchangeKind::Handshake;
                exchange.host = host;
                exchange.reach = if self.marked {
                    Reach::Contacted
                } else {
                    Reach::Attempted
                };
                exchange.tls = self.tls.take();
            }
        }
        drop(text);
        entries.give(self.draft, raw)
    }

    fn reach(&self, method: &str, url: &str) -> Reach {
        let failed = self.ended.is_some_and(|error| error != 0);
        match self.status {
            _ if address::is_local(url) || self.sendings == 0 => Reach::Attempted,
            None if failed => Reach::Attempted,
            status => message::reach(method, status),
        }
    }

    /// Adds the headers as they were sent: a list of `name: value`.
    fn list(&mut self, text: &str, stripped: &mut Stripped, own: Span) {
        let Some(range) = self.headers.clone() else {
            return;
        };
        let params = text.get(range).unwrap_or_default();
        let Some(params) = Token::Compound(params).members(HEADERS) else {
            return;
        };
        let list = params.get("headers");
        let (mut lines, mut beyond) = (Vec::new(), 0_u64);
        let bound = self.draft.limits.fields;
        let is_list = list.items(&mut |line| {
            if lines.len() < bound {
                lines.push(line);
            } else {
                beyond += 1;
            }
        });
        if beyond > 0 {
            let message = format!("{beyond} headers are beyond the bound of {bound}");
            self.draft
                .defect_of(text, list, message, "they are not read");
        }
        for line in lines {
            let Some((range, Carrier::JsonString)) = tokens::content(text, line) else {
                let message = "a header is not a string";
                self.draft.defect_of(text, line, message, "it is not read");
                continue;
            };
            let inside = text.get(range.clone()).unwrap_or_default();
            // The name of a pseudo-header begins with the colon.
            let colon = inside.char_indices().skip(1).find(|(_, c)| *c == ':');
            let Some((colon, _)) = colon else {
                let message = format!("a header has no name: `{}`", cut(inside));
                self.draft.defect_of(text, line, message, "it is not read");
                continue;
            };
            let (name, value) = inside.split_at(colon);
            let value = value.strip_prefix(':').unwrap_or(value);
            let blanks = value.len() - value.trim_start().len();
            let start = range.start + colon + 1 + blanks;
            if is_stripped(value.trim()) {
                stripped.count += 1;
                stripped.first.get_or_insert(own);
            } else if !matches!(name, ":method" | ":scheme" | ":path") {
                let value = start..range.end.max(start);
                self.draft
                    .named(Named::Header, name, value, Carrier::JsonString, Vec::new());
            }
        }
        if !is_list {
            self.draft
                .defect_of(text, list, "the headers are no list", "they are not read");
        }
        if self.sendings > 1 {
            let message = format!("the log has {} sendings of this request", self.sendings);
            let means = "the headers of the first are read";
            self.draft.defect(None, message, means);
        }
    }

    fn not_held(&mut self) {
        if self.body {
            let message = "the request has a body, which a log of this kind does not hold";
            self.draft.defect(None, message, "the body is not read");
        }
    }
}

/// Whether a value was left out when the log was written
/// (`ElideHeaderValueForNetLog`).
fn is_stripped(value: &str) -> bool {
    let inside = value
        .strip_prefix('[')
        .and_then(|v| v.strip_suffix(" bytes were stripped]"));
    inside.is_some_and(|count| !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit()))
}

/// The host in what a log calls host or group: `https://a.example:443`,
/// `a.example:443`, `a.example`, `ssl/a.example:443`, with more behind a space.
pub(super) fn host(text: &str) -> String {
    let text = text.split_whitespace().next().unwrap_or_default();
    if text.contains("://") {
        return address::host("GET", text);
    }
    let bare = text.rsplit('/').next().unwrap_or_default();
    let colons = bare.matches(':').count();
    if colons > 1 && !bare.starts_with('[') {
        return address::of_ip(bare);
    }
    address::host("GET", &format!("https://{bare}/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_found_in_every_form_of_a_group() {
        for (text, wanted) in [
            ("https://A.example:443", "a.example"),
            (
                "https://a.example <https://a.example same_site>",
                "a.example",
            ),
            ("a.example:443", "a.example"),
            ("a.example", "a.example"),
            ("pm/ssl/a.example:443", "a.example"),
            ("[2001:db8::1]:443", "[2001:db8::1]"),
            ("2001:db8::1", "[2001:db8::1]"),
            ("", ""),
        ] {
            assert_eq!(host(text), wanted, "{text}");
        }
        assert!(is_stripped("[10 bytes were stripped]"));
        assert!(!is_stripped("[ bytes were stripped]") && !is_stripped("c=1"));
    }
}
