//! Makes a message the request of an entry.

use std::ops::Range;

use affiant_model::{Carrier, FieldName};

use super::super::address;
use super::super::draft::{Draft, Named, cut};
use super::Request;
use super::body::{Chunked, chunks};

/// Content codings that are undone by their own marks (RFC 9110 §8.4.1).
const UNDONE: &[&str] = &["", "identity", "gzip", "x-gzip", "deflate"];

/// The content codings of a header Content-Encoding that are not undone when
/// the body is searched.
pub(in super::super) fn not_undone(header: &str) -> Vec<String> {
    let codings = header.split(',').map(|c| c.trim().to_ascii_lowercase());
    codings.filter(|c| !UNDONE.contains(&c.as_str())).collect()
}

/// What is known of a request besides its bytes.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Context<'a> {
    /// Where its bytes begin in those of the entry.
    pub(in super::super) at: usize,
    /// The address as the tool states it, where it does. It counts before what
    /// the request itself says.
    pub(in super::super) url: Option<&'a str>,
    /// The scheme of an address that is put together: `https`.
    pub(in super::super) scheme: &'a str,
}

impl Request {
    /// Makes this the request of an entry, whose bytes hold those of the request
    /// from `context.at` on. The draft must know by then how it is unpacked.
    pub(in super::super) fn fill(&self, bytes: &[u8], context: Context<'_>, draft: &mut Draft<'_>) {
        let text = |range: &Range<usize>| {
            let part = bytes.get(range.clone()).unwrap_or_default();
            String::from_utf8_lossy(part).into_owned()
        };
        let place = |range: &Range<usize>| context.at + range.start..context.at + range.end;
        let method = text(&self.method);
        let connect = method.eq_ignore_ascii_case("CONNECT");
        let url = match context.url {
            Some(url) => url.to_owned(),
            None => self.address(bytes, &method, context.scheme),
        };
        let host = address::host(&method, &url);
        if host.is_empty() && !address::is_local(&url) {
            let message = format!("the address has no host: `{}`", cut(&url));
            let range = place(&self.target);
            draft.defect(Some(&range), message, "the recipient is not known");
        }
        self.hold_against_host(bytes, &method, &host, context.at, draft);
        draft.exchange.method = method;
        draft.exchange.url = url;
        draft.exchange.host = host;
        draft.field(
            FieldName::Url,
            place(&self.target),
            Carrier::Raw,
            Vec::new(),
        );
        for header in &self.head.headers {
            let (name, value) = (text(&header.name), place(&header.value));
            draft.named(Named::Header, &name, value, Carrier::Raw, Vec::new());
        }
        for line in &self.head.odd {
            let message = format!("a line of the head is no header: `{}`", cut(&text(line)));
            draft.defect(Some(&place(line)), message, "the line is not read");
        }
        if self.head.beyond > 0 {
            let message = format!(
                "the head has {} lines more than are read of one",
                self.head.beyond
            );
            draft.defect(None, message, "these lines are not read");
        }
        if !self.head.ended {
            let message = "the request ends inside its head";
            draft.defect(None, message, "the rest of the request is not read");
        }
        // What a tool keeps of a tunnel is not the body of CONNECT, which has none
        // (RFC 9110 §9.3.6).
        if !connect {
            self.body(bytes, context.at, draft);
        }
    }

    /// The address that the request itself gives.
    fn address(&self, bytes: &[u8], method: &str, scheme: &str) -> String {
        let target = bytes.get(self.target.clone()).unwrap_or_default();
        let target = String::from_utf8_lossy(target);
        let absolute = target.split_once("://").is_some_and(|(scheme, _)| {
            let rest = |b: u8| b.is_ascii_alphanumeric() || b"+-.".contains(&b);
            scheme
                .bytes()
                .next()
                .is_some_and(|b| b.is_ascii_alphabetic())
                && scheme.bytes().all(rest)
        });
        if absolute || method.eq_ignore_ascii_case("CONNECT") {
            return target.into_owned();
        }
        let host = self.header(bytes, "host").unwrap_or_default();
        if host.is_empty() {
            return target.into_owned();
        }
        match &*target {
            "*" => format!("{scheme}://{host}"),
            path if path.starts_with('/') => format!("{scheme}://{host}{path}"),
            other => format!("{scheme}://{host}/{other}"),
        }
    }

    /// Says where the Host header names another host than the address.
    fn hold_against_host(
        &self,
        bytes: &[u8],
        method: &str,
        host: &str,
        at: usize,
        draft: &mut Draft<'_>,
    ) {
        let header = self.head.headers.iter().find(|header| {
            let name = bytes.get(header.name.clone()).unwrap_or_default();
            name.eq_ignore_ascii_case(b"host")
        });
        let Some(header) = header else { return };
        let said = bytes.get(header.value.clone()).unwrap_or_default();
        let said = String::from_utf8_lossy(said);
        let named = address::host(method, &format!("http://{said}/"));
        let plain = |host: &str| host.trim_end_matches('.').to_owned();
        if host.is_empty() || plain(&named) == plain(host) {
            return;
        }
        let range = at + header.value.start..at + header.value.end;
        let message = format!(
            "the request names the host `{}` where its address has `{}`",
            cut(&said),
            cut(host)
        );
        let means = "the recipient is read from the address";
        draft.defect(Some(&range), message, means);
    }

    fn body(&self, bytes: &[u8], at: usize, draft: &mut Draft<'_>) {
        let rest = self.rest().clone();
        let place = |range: &Range<usize>| at + range.start..at + range.end;
        let mut body = rest.clone();
        let coding = self.header(bytes, "transfer-encoding").unwrap_or_default();
        if coding.to_ascii_lowercase().contains("chunked") {
            match chunks(bytes, &rest) {
                Chunked::Joined => {}
                Chunked::One(range) => body = range,
                Chunked::Many(count, held) => {
                    let message = format!("the body of {held} bytes stands in {count} chunks");
                    let means = "it is read with the sizes between them; a value that goes from one chunk to the next is not found";
                    draft.defect(Some(&place(&rest)), message, means);
                }
                Chunked::Cut(count, held) => {
                    let message = format!(
                        "the chunks of the body break off, after {count} of together {held} bytes"
                    );
                    let means = "what stands there is read, with the sizes of the chunks";
                    draft.defect(Some(&place(&rest)), message, means);
                }
            }
        } else if let Some(stated) = self.header(bytes, "content-length")
            && let Ok(stated) = stated.trim().parse::<u64>()
        {
            let held = body.len() as u64;
            if held < stated {
                let message =
                    format!("the request states a body of {stated} bytes and holds {held}");
                draft.defect(
                    Some(&place(&rest)),
                    message,
                    "the rest of the body is not read",
                );
            } else if held > stated {
                let message =
                    format!("the request states a body of {stated} bytes and {held} stand there");
                draft.defect(
                    Some(&place(&rest)),
                    message,
                    "all of them are read as the body",
                );
            }
        }
        if body.is_empty() {
            return;
        }
        draft.exchange.request_body_bytes = body.len() as u64;
        draft.field(FieldName::Body, place(&body), Carrier::Raw, Vec::new());
        let codings: Vec<String> = self
            .head
            .values(bytes, "content-encoding")
            .flat_map(|header| not_undone(&header))
            .collect();
        if !codings.is_empty() {
            let codings = cut(&codings.join(", "));
            let message = format!("the body is under the content coding `{codings}`");
            let means = "it is read without undoing it; what it holds may not be found";
            draft.defect(Some(&place(&body)), message, means);
        }
    }
}
