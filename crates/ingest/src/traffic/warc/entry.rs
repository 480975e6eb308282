//! One exchange out of a request and its answer, or out of what is there of them.

use std::ops::ControlFlow;

use affiant_model::{Carrier, ExchangeKind, FieldName, Reach, Tls};

use super::super::draft::{Draft, cut};
use super::super::entries::{Entries, NO_TIME};
use super::super::message::{self, Context, NotHttp, Request, Response};
use super::super::{address, time};
use super::digest;
use super::join::{Role, Slot};
use super::record::Record;

/// What of a record is kept.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) record: Record,
    /// The block of a request, within the bound; of an answer its beginning.
    pub(super) block: Vec<u8>,
    /// Bytes of the block that the file does not have.
    pub(super) missing: u64,
    /// Whether the block is larger than the bound.
    pub(super) over: bool,
}

/// What an answer says of a request.
struct Answer {
    status: Option<u16>,
    reach: Reach,
}

/// Hands out the entry of a slot.
pub(super) fn give(slot: Slot<Content>, entries: &mut Entries<'_, '_>) -> ControlFlow<()> {
    let astray = slot.is_astray();
    let Slot {
        role,
        span,
        answer,
        content,
        ..
    } = slot;
    let mut draft = entries.begin(span);
    let Some(content) = content else {
        return ControlFlow::Continue(());
    };
    match role {
        Role::Request => {
            if astray && answer.is_none() {
                let message =
                    "the record that this request names as its answer does not stand near it";
                draft.defect(
                    None,
                    message,
                    "the request is read as one without an answer",
                );
            }
            request(draft, content, answer, entries)
        }
        Role::Answer => alone(draft, content, entries),
        Role::Lookup => lookup(draft, content, entries),
    }
}

fn request(
    mut draft: Draft<'_>,
    content: Content,
    answer: Option<Content>,
    entries: &mut Entries<'_, '_>,
) -> ControlFlow<()> {
    let Content {
        record,
        block,
        missing,
        over,
    } = content;
    if over {
        let message = format!(
            "the block of {} bytes is larger than the bound",
            record.length
        );
        return entries.give_up(draft, None, message);
    }
    let request = match Request::of(&block) {
        Ok(request) => request,
        Err(why) => return by_target(draft, &record, &block, answer, why, entries),
    };
    let at = record.head.len();
    let target = record.target();
    let context = Context {
        at,
        url: target.as_ref().map(|(target, _)| target.as_str()),
        scheme: "http",
    };
    if target.is_none() {
        let means = "the address is the one that the request itself gives";
        draft.defect(None, "the record names no target", means);
    }
    if missing > 0 {
        let message = format!("the file ends inside this record, {missing} bytes before its end");
        draft.defect(None, message, "what is there of it is read");
    }
    started(&record, &mut draft);
    request.fill(&block, context, &mut draft);
    whole(&record, &block, missing, &mut draft);
    let said = answer.map(|answer| answered(&answer, &mut draft));
    let method = draft.exchange.method.clone();
    (draft.exchange.status, draft.exchange.reach) = match said {
        None => (None, message::reach(&method, None)),
        // The request was sent; an answer that is none of HTTP is no answer to it.
        Some(Answer { status, reach }) => match message::reach(&method, status) {
            Reach::Sent => (status, reach),
            other => (status, other),
        },
    };
    connection(&record, &mut draft);
    let mut raw = record.head;
    raw.extend_from_slice(&block);
    entries.give(draft, raw)
}

/// A request whose block is none of HTTP: no more is known than its target.
fn by_target(
    mut draft: Draft<'_>,
    record: &Record,
    block: &[u8],
    answer: Option<Content>,
    why: NotHttp,
    entries: &mut Entries<'_, '_>,
) -> ControlFlow<()> {
    let message = format!("the block of the request is none of HTTP: {}", why.0);
    if record.target().is_none() {
        return entries.give_up(draft, None, message);
    }
    draft.defect(None, message, "its target alone is read");
    targeted(record, &mut draft);
    if let Some(answer) = answer {
        let Answer { status, reach } = answered(&answer, &mut draft);
        (draft.exchange.status, draft.exchange.reach) = (status, reach);
    }
    let raw = [&record.head, block].concat();
    entries.give(draft, raw)
}

/// Takes the address from the target of a record.
fn targeted(record: &Record, draft: &mut Draft<'_>) {
    let Some((target, place)) = record.target() else {
        return;
    };
    draft.field(FieldName::Url, place, Carrier::Raw, Vec::new());
    draft.exchange.host = address::host("", &target);
    if draft.exchange.host.is_empty() {
        let message = format!("the address has no host: `{}`", cut(&target));
        draft.defect(None, message, "the recipient is not known");
    }
    draft.exchange.url = target;
    started(record, draft);
}

/// Says where a record is a part, or has been changed since it was written.
fn whole(record: &Record, block: &[u8], missing: u64, draft: &mut Draft<'_>) {
    if let Some(why) = record.text("WARC-Truncated") {
        let message = format!("the record was cut when it was written: `{}`", cut(&why));
        draft.defect(None, message, "what is there of it is read");
    }
    if record.text("WARC-Segment-Number").is_some() {
        let message = "the record is one segment of several";
        draft.defect(None, message, "the others are not joined to it");
    }
    let stated = record.text("WARC-Block-Digest").filter(|_| missing == 0);
    if let Some(stated) = stated
        && digest::agrees(&stated, block) == Some(false)
    {
        let message = format!(
            "the block does not have the digest stated: `{}`",
            cut(&stated)
        );
        let means =
            "it was changed after it was written, or the digest is wrong; it is read as it is";
        draft.defect(None, message, means);
    }
}

/// Takes from an answer what it says of the exchange.
fn answered(answer: &Content, draft: &mut Draft<'_>) -> Answer {
    connection(&answer.record, draft);
    match Response::of(&answer.block) {
        Ok(response) => Answer {
            status: Some(response.status),
            reach: message::reach("", Some(response.status)),
        },
        // What is revisited need not be repeated (ISO 28500:2017 §6.7).
        Err(_) if is_revisit(&answer.record) && answer.block.is_empty() => Answer {
            status: None,
            reach: Reach::Acknowledged,
        },
        Err(why) => {
            let message = format!("the block of the answer is none of HTTP: {}", why.0);
            draft.defect(
                None,
                message,
                "the exchange is read as one without an answer",
            );
            Answer {
                status: None,
                reach: Reach::Sent,
            }
        }
    }
}

fn is_revisit(record: &Record) -> bool {
    record
        .text("WARC-Type")
        .is_some_and(|kind| kind.eq_ignore_ascii_case("revisit"))
}

/// An answer whose request is not in the file: of the request no more is known
/// than its target.
fn alone(mut draft: Draft<'_>, content: Content, entries: &mut Entries<'_, '_>) -> ControlFlow<()> {
    if content.record.target().is_none() {
        return entries.give_up(draft, None, "an answer without a request names no target");
    }
    targeted(&content.record, &mut draft);
    draft.exchange.detail = Some("answer without its request".to_owned());
    let Answer { status, reach } = answered(&content, &mut draft);
    (draft.exchange.status, draft.exchange.reach) = (status, reach);
    entries.give(draft, content.record.head)
}

/// An answer to a lookup: a crawler keeps it beside what it fetched
/// (ISO 28500:2017 annex C.3).
fn lookup(
    mut draft: Draft<'_>,
    content: Content,
    entries: &mut Entries<'_, '_>,
) -> ControlFlow<()> {
    let target = content
        .record
        .target()
        .map(|(target, _)| target)
        .unwrap_or_default();
    let name = target.split_once(':').map_or("", |(_, name)| name);
    // `dns:name?type=A`, or `dns://server/name` (RFC 4501).
    let name = name.split(['?', ';']).next().unwrap_or_default();
    let name = name.rsplit('/').next().unwrap_or_default();
    draft.exchange.kind = ExchangeKind::Lookup;
    draft.exchange.reach = Reach::Contacted;
    draft.exchange.host = name.trim_end_matches('.').to_lowercase();
    draft.exchange.detail = Some("DNS".to_owned());
    started(&content.record, &mut draft);
    entries.give(draft, content.record.head)
}

fn started(record: &Record, draft: &mut Draft<'_>) {
    let written = record.text("WARC-Date").unwrap_or_default();
    draft.exchange.started = time::read(&written).ok();
    if draft.exchange.started.is_none() {
        let message = format!("`WARC-Date` is no time: `{}`", cut(&written));
        draft.defect(None, message, NO_TIME);
    }
    draft.exchange.started_as_written = written;
}

/// Takes the address of the server, and what some crawlers state of its TLS
/// (`WARC-Protocol`, `WARC-Cipher-Suite`; proposals 42 and 86 of
/// iipc/warc-specifications).
fn connection(record: &Record, draft: &mut Draft<'_>) {
    let exchange = &mut draft.exchange;
    if exchange.server_address.is_none() {
        exchange.server_address = record.text("WARC-IP-Address").filter(|ip| !ip.is_empty());
    }
    let mut tls = exchange.tls.take().unwrap_or_default();
    tls.cipher = tls.cipher.or_else(|| record.text("WARC-Cipher-Suite"));
    for protocol in record.texts("WARC-Protocol") {
        for protocol in protocol.split(',').map(str::trim) {
            match protocol.split_once('/') {
                Some(("tls", version)) => tls.version = Some(format!("TLS {version}")),
                _ if protocol.starts_with('h') => tls.alpn = Some(protocol.to_owned()),
                _ => {}
            }
        }
    }
    // Without TLS there is nothing of it to say.
    if tls.version.is_some() || tls.cipher.is_some() {
        exchange.tls = Some(tls);
    } else if tls != Tls::default() {
        exchange.tls = None;
    }
}
