//! A message of a WebSocket (RFC 6455) as an entry.

use affiant_http::{Message, MessageKind};
use affiant_model::{Carrier as Written, ExchangeKind, FieldName, Reach, Span, Unpack, Unpacked};

use super::channel::Carrier;
use super::context::{Context, Ends};
use super::request::{Address, Way};
use super::trail::{Source, Trail};

/// Gives out a message that the client sent.
pub(super) fn give(
    message: Message,
    address: Option<&Address>,
    trail: &Trail,
    carrier: &Carrier,
    ends: &Ends,
    context: &mut Context<'_, '_>,
) {
    let exact = carrier.tls.is_none();
    let payloads = message.frames.iter().flat_map(|frame| &frame.payload);
    let places: Vec<Source> = payloads
        .flat_map(|range| trail.find(range, exact))
        .collect();
    let sent: u64 = places.iter().map(|place| place.length).sum();
    let way = Way {
        carrier,
        clear: false,
        places: &places,
    };
    let (span, unpacked) = way.out(None, sent, ends, context);
    let started = trail.find(&message.at, exact);
    let time = started.first().map_or(context.now.time, |place| place.time);
    let Some(mut draft) = context.begin(ends, span, time) else {
        return;
    };
    let exchange = &mut draft.exchange;
    exchange.kind = ExchangeKind::Message;
    exchange.reach = Reach::Sent;
    exchange.unpacked = Some(unmasked(&message, unpacked, span.offset));
    if let Some(address) = address {
        exchange.url.clone_from(&address.url);
        exchange.host.clone_from(&address.host);
    } else {
        exchange.host = ends.host();
    }
    let kind = match message.kind {
        MessageKind::Text => "WebSocket text",
        MessageKind::Binary => "WebSocket binary",
    };
    exchange.detail = Some(kind.to_owned());
    exchange.request_body_bytes = message.payload.len() as u64;
    exchange.tls.clone_from(&carrier.tls);
    if !message.payload.is_empty() {
        let whole = 0..message.payload.len();
        draft.field(FieldName::Body, whole, Written::Raw, Vec::new());
    }
    if !message.complete || message.broken.is_some() {
        let why = message.broken.as_deref().map(crate::traffic::draft::cut);
        let why = why.unwrap_or_else(|| "its end was not captured".to_owned());
        let what = format!("the message is not read as a whole: {why}");
        draft.defect(None, what, "what is missing is not searched");
    }
    context.give(draft, message.payload);
}

/// How the payload comes out of the bytes of the frames.
fn unmasked(message: &Message, unpacked: Option<Unpacked>, offset: u64) -> Unpacked {
    let mut unpacked = unpacked.unwrap_or(Unpacked {
        steps: Vec::new(),
        offset,
    });
    let masks: Vec<(u64, [u8; 4])> = message
        .frames
        .iter()
        .map(|frame| {
            let length = frame.payload.iter().map(|p| p.end.saturating_sub(p.start));
            (length.sum(), frame.mask.unwrap_or_default())
        })
        .collect();
    // The masks are laid over what the steps before give from its beginning.
    let length: u64 = masks.iter().map(|(length, _)| length).sum();
    if unpacked.steps.is_empty() || unpacked.offset > 0 {
        let run = Span::new(unpacked.offset, length);
        unpacked.steps.push(Unpack::Runs(vec![run]));
    }
    unpacked.offset = 0;
    unpacked.steps.push(Unpack::Unmask(masks));
    match (message.deflated, message.context) {
        (true, false) => unpacked.steps.push(Unpack::Inflate),
        (true, true) => unpacked.steps.push(Unpack::InflateBehind),
        (false, _) => {}
    }
    unpacked
}
