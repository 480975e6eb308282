//! A request of HTTP with its answer as an entry.

use affiant_http::{Request, Response};
use affiant_model::{
    Carrier as Written, ExchangeKind, FieldName, Layer, Reach, Sent, Span, Unpack, Unpacked,
};

use super::channel::Carrier;
use super::context::{Context, Ends};
use super::http::whole;
use super::trail::{Source, joined};
use crate::traffic::address;
use crate::traffic::draft::{Draft, Named, cut};

/// What names a request.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub(super) url: String,
    pub(super) host: String,
}

impl Address {
    /// The address, put together of target, host and scheme.
    pub(super) fn of(request: &Request, carrier: &Carrier, ends: &Ends) -> Self {
        let url = url(request, carrier, ends);
        Self {
            host: address::host(&request.method, &url),
            url,
        }
    }
}

fn url(request: &Request, carrier: &Carrier, ends: &Ends) -> String {
    let target = request.target.as_str();
    if target.contains("://") && !target.starts_with('/') || is_connect(request) {
        return target.to_owned();
    }
    let secure = carrier.tls.is_some();
    // A scheme that the request states may be false; what was seen is not.
    let scheme = if secure { "https" } else { "http" };
    let host = match request.host.as_deref().map(str::trim) {
        Some(host) if !host.is_empty() => host.to_owned(),
        _ => {
            let usual = if secure { 443 } else { 80 };
            let port = Some(ends.server.port()).filter(|port| *port != usual);
            let port = port.map(|port| port.to_string());
            match port {
                Some(port) => address::with_port(&ends.server.ip().to_string(), Some(&port)),
                None => ends.host(),
            }
        }
    };
    // Of the server as a whole the path is empty (RFC 9112 §3.3).
    let target = if target == "*" { "" } else { target };
    let slash = if target.is_empty() || target.starts_with('/') {
        ""
    } else {
        "/"
    };
    format!("{scheme}://{host}{slash}{target}")
}

/// Whether the request asks for a tunnel by its method alone: with `:protocol`
/// (RFC 8441) it has a path like any other.
fn is_connect(request: &Request) -> bool {
    request.method.eq_ignore_ascii_case("CONNECT") && !request.target.starts_with('/')
}

/// Whether the request was put to a proxy: its target is absolute (RFC 9112 §3.2.2).
fn is_to_proxy(request: &Request) -> bool {
    is_connect(request) || request.stream.is_none() && request.target.contains("://")
}

/// How far the capture shows that the request went. A proxy answers CONNECT
/// itself, refuses with 407, and says with 502 and 504 that it got no answer.
fn reach(request: &Request, status: Option<u16>) -> Reach {
    match status {
        _ if is_connect(request) => Reach::Attempted,
        Some(407) => Reach::Attempted,
        Some(502 | 504) if is_to_proxy(request) => Reach::Sent,
        Some(101 | 200..) => Reach::Acknowledged,
        _ => Reach::Sent,
    }
}

/// How the bytes of a request come out of the file.
pub(super) struct Way<'a> {
    pub(super) carrier: &'a Carrier,
    /// Whether the conversation itself is HTTP/2.
    pub(super) clear: bool,
    /// The places of its pieces.
    pub(super) places: &'a [Source],
}

impl Way<'_> {
    /// The span of the entry, and how its `length` bytes come out of it.
    pub(super) fn out(
        &self,
        stream: Option<u32>,
        length: u64,
        ends: &Ends,
        context: &Context<'_, '_>,
    ) -> (Span, Option<Unpacked>) {
        let span = whole(self.places, ends);
        let exact = self.carrier.tls.is_none() && stream.is_none();
        if exact {
            let runs = joined(self.places.iter().map(|place| place.span));
            let found: u64 = runs.iter().map(|run| run.length).sum();
            if found == length && runs.len() <= context.limits.runs {
                if let [run] = runs[..] {
                    return (run, None);
                }
                let steps = vec![Unpack::Runs(runs)];
                return (span, Some(Unpacked { steps, offset: 0 }));
            }
        }
        (span, Some(self.by_packets(stream, exact, ends, context)))
    }

    fn by_packets(
        &self,
        stream: Option<u32>,
        exact: bool,
        ends: &Ends,
        context: &Context<'_, '_>,
    ) -> Unpacked {
        let now = context.now.packet;
        let layer = match stream {
            Some(stream) if self.clear => Layer::ClearHttp2(stream),
            Some(stream) => Layer::Http2(stream),
            None if exact => Layer::Tcp,
            None => Layer::Tls,
        };
        let packets = Unpack::Packets(Sent {
            first: self.places.iter().map(|p| p.packet).min().unwrap_or(now),
            last: self.places.iter().map(|p| p.last).max().unwrap_or(now),
            from: ends.client.to_string(),
            to: ends.server.to_string(),
            layer,
        });
        if matches!(layer, Layer::Http2(_) | Layer::ClearHttp2(_)) {
            return Unpacked {
                steps: vec![packets],
                offset: 0,
            };
        }
        let bases = self.places.iter().map(|p| Span::new(p.base, p.length));
        let bases = joined(bases);
        match bases[..] {
            [only] => Unpacked {
                steps: vec![packets],
                offset: only.offset,
            },
            _ => Unpacked {
                steps: vec![packets, Unpack::Runs(bases)],
                offset: 0,
            },
        }
    }
}

/// Gives out a request.
pub(super) fn give(
    request: &Request,
    response: Option<&Response>,
    named: Address,
    way: &Way<'_>,
    ends: &Ends,
    context: &mut Context<'_, '_>,
) {
    let length = request.raw.len() as u64;
    let (span, unpacked) = way.out(request.stream, length, ends, context);
    let time = way.places.first().map_or(ends.first.time, |p| p.time);
    let Some(mut draft) = context.begin(ends, span, time) else {
        return;
    };
    let exchange = &mut draft.exchange;
    exchange.kind = ExchangeKind::Request;
    exchange.unpacked = unpacked;
    exchange.method.clone_from(&request.method);
    exchange.host = named.host;
    exchange.url = named.url;
    exchange.status = response.map(|response| response.status);
    exchange.reach = reach(request, exchange.status);
    exchange.request_body_bytes = request.body.len() as u64;
    exchange.tls.clone_from(&way.carrier.tls);
    let proxy = is_to_proxy(request).then(|| format!("to the proxy {}", ends.server));
    let detail: Vec<String> = proxy
        .into_iter()
        .chain(way.carrier.through.clone())
        .collect();
    exchange.detail = Some(detail.join(", ")).filter(|detail| !detail.is_empty());
    fields(request, &mut draft);
    defects(request, &mut draft);
    context.give(draft, request.raw.clone());
}

fn fields(request: &Request, draft: &mut Draft<'_>) {
    let bytes = |name, range, draft: &mut Draft<'_>| {
        draft.field(name, range, Written::Raw, Vec::new());
    };
    if !request.url.is_empty() {
        bytes(FieldName::Url, request.url.clone(), draft);
    }
    for header in request.headers.iter().filter(|h| !h.value.is_empty()) {
        let value = header.value.clone();
        draft.named(Named::Header, &header.name, value, Written::Raw, Vec::new());
    }
    if !request.body.is_empty() {
        bytes(FieldName::Body, request.body.clone(), draft);
    }
}

fn defects(request: &Request, draft: &mut Draft<'_>) {
    let broken = request.broken.as_deref().map(cut);
    match (request.complete, broken) {
        (true, None) => {}
        (true, Some(why)) => draft.defect(None, why, "the request is read as it stands"),
        (false, why) => {
            let why = why.unwrap_or_else(|| "its end was not captured".to_owned());
            let message = format!("the request is not complete: {why}");
            draft.defect(None, message, "what is missing is not searched");
        }
    }
}
