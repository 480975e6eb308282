//! The blocks that hold names and secrets (draft-ietf-opsawg-pcapng §4.5 and §4.7).

use std::net::IpAddr;

use affiant_model::Span;

use super::{Frame, Step, short};
use crate::{
    Block, Limits,
    bytes::{array, text},
};

/// `TLSK`, the type of secrets that is a key log.
const TLS_KEY_LOG: u32 = 0x544c_534b;

pub(super) fn names(frame: &Frame, mut body: &[u8], limits: &Limits) -> Step {
    let mut found = Vec::new();
    while let (Some(kind @ 1..), Some(length)) =
        (frame.order.u16(body, 0), frame.order.u16(body, 2))
    {
        let length = usize::from(length);
        let Some(value) = body.get(4..4 + length) else {
            break;
        };
        let (address, rest) = match kind {
            1 => (array::<4>(value, 0).map(IpAddr::from), value.get(4..)),
            2 => (array::<16>(value, 0).map(IpAddr::from), value.get(16..)),
            _ => (None, None),
        };
        if let (Some(address), Some(rest)) = (address, rest) {
            let names = rest
                .split(|&byte| byte == 0)
                .filter(|name| !name.is_empty());
            found.extend(names.map(|name| (address, text(name))));
        }
        if found.len() > limits.names {
            let message = format!("a block holds more than {} names of hosts", limits.names);
            return Step::trouble(frame.span, message, "the names of the block are not read");
        }
        body = body
            .get(4 + length.next_multiple_of(4)..)
            .unwrap_or_default();
    }
    Step::Block(Block::Names(found))
}

pub(super) fn secrets(frame: &Frame, body: &[u8]) -> Step {
    let kind = frame.order.u32(body, 0);
    let secrets = frame
        .order
        .u32(body, 4)
        .and_then(|length| usize::try_from(length).ok())
        .and_then(|length| body.get(8..)?.get(..length));
    match (kind, secrets) {
        (Some(TLS_KEY_LOG), Some(text)) => Step::Block(Block::Secrets {
            text: text.to_vec(),
            span: Span::new(frame.offset + 8, text.len() as u64),
        }),
        (Some(kind), Some(_)) => {
            let message = format!("a block holds secrets of type {kind:#010x}, not of TLS");
            Step::trouble(frame.span, message, "the secrets are not used")
        }
        _ => short(frame, "a block of secrets"),
    }
}
