//! Conversations of which only the ends and the counts are known.

use affiant_model::{ExchangeKind, Reach};
use affiant_packets::Transport;

use super::context::{Context, Ends, instant};

/// What is known of a conversation at its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    pub(super) transport: Transport,
    pub(super) sent: u64,
    pub(super) received: u64,
    pub(super) last: Option<i128>,
    /// Whether the server acknowledged or sent bytes.
    pub(super) acknowledged: bool,
}

/// Gives out a conversation. `what` says more of it.
pub(super) fn give(
    counts: &Counts,
    what: Option<&str>,
    ends: &Ends,
    context: &mut Context<'_, '_>,
) {
    let Some(mut draft) = context.begin(ends, ends.first.span, ends.first.time) else {
        return;
    };
    let exchange = &mut draft.exchange;
    exchange.kind = ExchangeKind::Connection;
    exchange.host = ends.host();
    exchange.until = counts.last.and_then(instant);
    let transport = match counts.transport {
        Transport::Tcp => "TCP",
        Transport::Udp => "UDP",
    };
    let what = what.or_else(|| local_names(counts.transport, ends.server.port()));
    let what = what.map(|what| format!(", {what}")).unwrap_or_default();
    exchange.detail = Some(format!(
        "{transport}{what}, {} bytes sent, {} bytes received",
        counts.sent, counts.received
    ));
    exchange.reach = if counts.acknowledged {
        Reach::Contacted
    } else {
        Reach::Attempted
    };
    context.give(draft, Vec::new());
}

/// Protocols that ask the local network for names, and no server (RFC 6762, RFC
/// 4795, RFC 1002 §4.2). What they ask for is no lookup of a host.
const fn local_names(transport: Transport, port: u16) -> Option<&'static str> {
    match (transport, port) {
        (Transport::Udp, 5353) => Some("mDNS on the local network"),
        (Transport::Udp, 5355) => Some("LLMNR on the local network"),
        (Transport::Udp, 137) => Some("NetBIOS names on the local network"),
        _ => None,
    }
}
