//! A flow of HTTP.

use affiant_model::{Exchange, Mark, Marks};

use super::super::draft::cut;
use super::flow::Draft;
use super::marks::failure;
use super::reach::Evidence;
use super::value::Members;
use super::version::Version;
use super::{NOT_READ, time};

/// Members of a request.
const REQUEST: &[&str] = &[
    "method",
    "scheme",
    "host",
    "port",
    "path",
    "authority",
    "http_version",
    "headers",
    "trailers",
    "content",
    "body",
    "client_conn",
    "timestamp_start",
    "timestamp_end",
    "is_replay",
    "tcp_setup_timestamp",
    "ssl_setup_timestamp",
];

const RESPONSE: &[&str] = &["status_code", "code", "is_replay", "timestamp_end"];

impl Draft<'_> {
    pub(super) fn http(&mut self, flow: &Members, version: &Version) -> Option<Exchange> {
        let talk = self.marks(flow);
        let request = match self.object(flow, "request", REQUEST) {
            Ok(Some(request)) => request,
            Ok(None) => {
                self.defect(None, "the flow has no request", NOT_READ);
                return None;
            }
            Err(()) => return None,
        };
        let response = self.object(flow, "response", RESPONSE);
        let unreadable = response.is_err();
        let response = response.ok().flatten();
        let server = self.server(flow);
        let method = request
            .get("method")
            .and_then(|method| method.text(self.raw));
        let method = method.unwrap_or_default().into_owned();
        if method.is_empty() {
            let means = "the exchange is read without it";
            self.defect(None, "the request has no method", means);
        }
        let headers = self.headers(&request);
        let Some(address) = self.address(&request, &method, headers.named_host()) else {
            self.defect(None, "the request has no host", NOT_READ);
            return None;
        };
        let (started, started_as_written) = self.started(&request);
        let status = response.as_ref().and_then(|response| self.status(response));
        self.body(&request, &headers, &method);
        let replayed = self.replayed(flow, &request, response.as_ref(), version);
        let (blocked, error) = (self.blocked(flow), self.error(flow));
        let evidence = Evidence {
            raw: self.raw,
            version,
            connect: method.eq_ignore_ascii_case("CONNECT"),
            secure: request
                .get("scheme")
                .is_some_and(|s| s.bytes(self.raw) == b"https"),
            status,
            odd: unreadable || (response.is_some() && status.is_none()),
            error,
            replayed,
            intercepted: flow
                .get("intercepted")
                .is_some_and(|v| v.is_affirmed(self.raw)),
            blocked,
            request: &request,
            server: &server,
        };
        let reach = evidence.reach();
        let said = talk.as_ref().map(|talk| talk.said("WebSocket"));
        let said = said.into_iter().chain(failure(error)).collect::<Vec<_>>();
        let marks = self.noted(flow, &request, response.as_ref());
        Some(Exchange {
            detail: Some(said.join(", ")).filter(|said| !said.is_empty()),
            reach,
            until: talk.and_then(|talk| talk.until),
            server_address: self.server_address(&server, version),
            client: self.client(flow),
            tls: self.tls(flow, &server),
            method,
            url: address.url,
            host: address.host,
            started,
            started_as_written,
            status,
            marks,
            ..self.unknown()
        })
    }

    /// What the file notes besides the exchange: the time at which the answer,
    /// or else the request, was complete, and the identifier of the flow, which
    /// mitmproxy makes at random (`Flow.__init__` in `mitmproxy/flow.py`).
    fn noted(&self, flow: &Members, request: &Members, response: Option<&Members>) -> Marks {
        let end = |members: &Members| {
            let value = members.get("timestamp_end")?;
            time::read(&value.text(self.raw)?)
        };
        let start = request.get("timestamp_start");
        let id = flow.get("id").and_then(|value| {
            Some(Mark {
                text: value.text(self.raw)?.into_owned(),
                span: self.place(&value.range),
            })
        });
        Marks {
            start: start.map(|value| self.place(&value.range)),
            ended: response.and_then(end).or_else(|| end(request)),
            page: None,
            id,
            own: Vec::new(),
        }
    }

    fn started(&mut self, request: &Members) -> (Option<chrono::DateTime<chrono::Utc>>, String) {
        let value = request.get("timestamp_start");
        let written = value.and_then(|value| value.text(self.raw));
        let written = written.unwrap_or_default().into_owned();
        if let Some(time) = time::read(&written) {
            return (Some(time), written);
        }
        let message = if written.is_empty() {
            "the request has no start time".to_owned()
        } else {
            format!("the start time `{}` is not a time", cut(&written))
        };
        let place = value.map(|value| self.place(&value.range));
        self.defect(place, message, "the exchange is read without a time");
        (None, written)
    }

    /// The status of a response: three digits from 100 (RFC 9110 §15).
    fn status(&mut self, response: &Members) -> Option<u16> {
        // `code` until 0.13 (`convert_013_014` in `mitmproxy/io/compat.py`).
        let value = response.any(&["status_code", "code"]);
        let text = value.and_then(|value| value.text(self.raw));
        let text = text.unwrap_or_default();
        let status = text.parse::<u16>().ok();
        if let Some(status) = status.filter(|status| (100..1000).contains(status)) {
            return Some(status);
        }
        let message = format!("the response status `{}` is not one of HTTP", cut(&text));
        let place = value.map(|value| self.place(&value.range));
        let means = "the exchange is read as one without an answer";
        self.defect(place, message, means);
        None
    }
}
