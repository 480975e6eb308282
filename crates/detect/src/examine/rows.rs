use affiant_consent::State;
use affiant_model::{
    Circumstances, ConsentSignal, ConsentState, Exchange, ExchangeRow, Locator, PartyKind, Reach,
    Recipient,
};

use crate::Endpoint;
use crate::screen::without_credentials;
use crate::walk::{Contents, Signalled};

/// The signals of consent as rows of their table.
pub(super) fn signals(
    contents: &Contents,
    row: &ExchangeRow,
    party: PartyKind,
) -> Vec<ConsentSignal> {
    let row_of = |Signalled { name, signal, leaf }: &Signalled| ConsentSignal {
        exhibit: row.exhibit,
        exchange: row.exchange,
        time: row.time,
        host: row.host.clone(),
        recipient: row.recipient.clone(),
        party,
        signal: signal.datum().to_owned(),
        name: name.clone(),
        says: signal.words(),
        state: state_of(signal.state()),
        place: leaf.place,
        locator: Locator {
            field: leaf.field.clone(),
            steps: leaf.steps.clone(),
        }
        .to_string(),
        span: leaf.span,
        value: super::readable(&leaf.bytes),
        phase: row.phase.clone(),
        run: row.run.clone(),
    };
    contents.signals.iter().map(row_of).collect()
}

const fn state_of(state: State) -> ConsentState {
    match state {
        State::Granted => ConsentState::Granted,
        State::InPart => ConsentState::InPart,
        State::NotGranted => ConsentState::NotGranted,
        State::NoOptOut => ConsentState::NoOptOut,
        State::Unstated => ConsentState::Unstated,
    }
}

/// How far the evidence goes for a value of a request, or of a message on the
/// conversation that it opened: what answers the request answers no message.
pub(super) fn reach_of(row: &ExchangeRow, is_message: bool) -> (Reach, Option<u16>) {
    if is_message {
        (row.reach.min(Reach::Sent), None)
    } else {
        (row.reach, row.status)
    }
}

pub(super) fn row_of(
    exchange: &Exchange,
    circumstances: &Circumstances,
    recipient: &Recipient,
    party: Option<PartyKind>,
    endpoint: Option<&Endpoint>,
) -> ExchangeRow {
    let client = &exchange.client;
    ExchangeRow {
        exhibit: exchange.exhibit,
        exchange: exchange.ordinal,
        kind: exchange.kind,
        detail: exchange.detail.clone(),
        events: exchange.events,
        time: exchange.started,
        until: exchange.until,
        method: exchange.method.clone(),
        host: exchange.host.clone(),
        domain: recipient.domain.clone(),
        recipient: recipient.organisation.clone(),
        parent: recipient.parent.clone(),
        party,
        url: without_credentials(&exchange.url).into_owned(),
        status: exchange.status,
        reach: exchange.reach,
        request_body_bytes: exchange.request_body_bytes,
        span: exchange.span,
        unpacked: exchange.unpacking(),
        server_address: exchange.server_address.clone(),
        client_address: exchange.client.address.clone(),
        client_app: client.app.clone().or_else(|| client.process.clone()),
        client_device: client.device.clone(),
        tls: exchange.tls.as_ref().and_then(|tls| tls.version.clone()),
        ja4: exchange.tls.as_ref().and_then(|tls| tls.ja4.clone()),
        aliases: (!exchange.aliases.is_empty()).then(|| exchange.aliases.join(" > ")),
        phase: circumstances.phase.clone(),
        run: circumstances.run.clone(),
        device: circumstances.device.clone(),
        app: circumstances.app.clone(),
        app_version: circumstances.app_version.clone(),
        transmittals: 0,
        endpoint: endpoint.map(|endpoint| endpoint.slug.clone()),
        repeats: None,
    }
}
