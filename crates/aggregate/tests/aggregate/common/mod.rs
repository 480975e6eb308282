//! Rows such as evidence might give, pleasant and otherwise.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses its own part"
)]

pub(crate) mod runs;

use affiant_model::{
    Basis, Contradiction, ContradictionKind, Defect, Digest, ExchangeKind, ExchangeRow, ExhibitId,
    Nature, PartyKind, Place, Reach, Side, Span, Stage, Transmittal, TransmittalId,
};
use chrono::{DateTime, Utc};
use proptest::prelude::*;

/// One transmittal, for tests to vary.
pub fn transmittal() -> Transmittal {
    Transmittal {
        transmittal: TransmittalId(1),
        exhibit: ExhibitId(1),
        exchange: 3,
        time: DateTime::from_timestamp_micros(1_585_239_012_345_678),
        host: "graph.example.com".into(),
        domain: "example.com".into(),
        recipient: "Example, Inc.".into(),
        parent: String::new(),
        party: PartyKind::Third,
        category: "pd:DeviceBased".into(),
        datum: "advertising_id".into(),
        identifier: Some("idfa".into()),
        subject: None,
        basis: Basis::KnownValue,
        reach: Reach::Acknowledged,
        form: "plain".into(),
        place: Place::Body,
        locator: "request.body / form advertiser_id".into(),
        span: Span::new(1041, 36),
        value: "a".into(),
        value_sha256: Digest::of(b"a"),
        status: Some(200),
        phase: None,
        run: None,
        device: None,
        app: None,
        app_version: None,
        source: None,
        nature: affiant_model::Nature::Record,
    }
}

/// One exchange, for tests to vary.
pub fn exchange() -> ExchangeRow {
    ExchangeRow {
        exhibit: ExhibitId(1),
        exchange: 1,
        kind: ExchangeKind::Request,
        detail: None,
        events: 1,
        time: DateTime::from_timestamp_micros(1_585_239_012_345_678),
        until: None,
        method: "POST".into(),
        host: "graph.example.com".into(),
        domain: "example.com".into(),
        recipient: "Example, Inc.".into(),
        parent: String::new(),
        party: Some(PartyKind::Third),
        url: "https://graph.example.com/".into(),
        status: Some(200),
        reach: Reach::Acknowledged,
        request_body_bytes: 100,
        span: Span::new(0, 1_000),
        unpacked: None,
        server_address: None,
        client_address: None,
        client_app: None,
        client_device: None,
        tls: None,
        ja4: None,
        aliases: None,
        phase: None,
        run: None,
        device: None,
        app: None,
        app_version: None,
        transmittals: 0,
        endpoint: None,
        repeats: None,
    }
}

fn one_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(all)
}

/// Few texts, so that groups form; among them neighbours that a careless
/// encoding of keys would confuse.
fn label() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "",
        "a",
        "a\0",
        "b",
        "ß",
        "Ünïcode 株式会社",
        "a, b",
        "\u{1f600}",
    ])
    .prop_map(String::from)
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        label(),
        "\\PC{0,12}",
        prop::collection::vec(any::<char>(), 0..12).prop_map(String::from_iter),
        Just("=1+1,\"q\"\r\nnext".to_owned()),
    ]
}

fn time() -> impl Strategy<Value = Option<DateTime<Utc>>> {
    let near = 1_585_000_000_000_000..1_585_000_000_000_100_i64;
    let any_year = -62_167_219_200_000_000..253_402_300_799_999_999_i64;
    prop::option::of(prop_oneof![near, any_year])
        .prop_map(|micros| micros.and_then(DateTime::from_timestamp_micros))
}

fn span() -> impl Strategy<Value = Span> {
    any::<(u64, u64)>().prop_map(|(offset, length)| Span::new(offset, length))
}

fn exhibit() -> impl Strategy<Value = ExhibitId> {
    prop_oneof![1..4u32, 1..=u32::MAX].prop_map(ExhibitId)
}

prop_compose! {
    fn circumstances()(
        phase in prop::option::of(label()),
        run in prop::option::of(label()),
        device in prop::option::of(text()),
        app in prop::option::of(text()),
        app_version in prop::option::of(text()),
    ) -> [Option<String>; 5] {
        [phase, run, device, app, app_version]
    }
}

prop_compose! {
    fn address()(
        host in text(), domain in label(), recipient in label(), parent in label(),
        party in one_of(PartyKind::ALL),
    ) -> (String, String, String, String, PartyKind) {
        (host, domain, recipient, parent, party)
    }
}

prop_compose! {
    pub fn any_transmittal()(
        number in 1..=u32::MAX,
        exhibit in exhibit(),
        exchange in prop_oneof![1..4u32, any::<u32>()],
        time in time(),
        (host, domain, recipient, parent, party) in address(),
        (category, datum) in (label(), label()),
        (identifier, subject) in (prop::option::of(text()), prop::option::of(text())),
        (basis, reach, place) in (one_of(Basis::ALL), one_of(Reach::ALL), one_of(Place::ALL)),
        (form, locator, value) in (text(), text(), text()),
        span in span(),
        status in prop::option::of(any::<u16>()),
        [phase, run, device, app, app_version] in circumstances(),
        (source, nature) in (prop::option::of(text()), one_of(Nature::ALL)),
    ) -> Transmittal {
        Transmittal {
            transmittal: TransmittalId(number),
            value_sha256: Digest::of(value.as_bytes()),
            exhibit, exchange, time, host, domain, recipient, parent, party, category, datum,
            identifier, subject, basis, reach, form, place, locator, span, value, status,
            phase, run, device, app, app_version, source, nature,
        }
    }
}

/// Lays what the capture says besides over a row.
#[derive(Clone)]
struct Besides(std::rc::Rc<dyn Fn(ExchangeRow) -> ExchangeRow>);

impl std::fmt::Debug for Besides {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Besides")
    }
}

prop_compose! {
    /// What the capture says besides, laid over a row.
    fn besides()(
        (kind, detail, events, until) in
            (one_of(ExchangeKind::ALL), prop::option::of(text()), any::<u64>(), time()),
        [unpacked, server_address, client_address, client_app, client_device] in circumstances(),
        [tls, ja4, aliases, repeats, _] in circumstances(),
    ) -> Besides {
        Besides(std::rc::Rc::new(move |row| ExchangeRow {
            kind, events, until,
            detail: detail.clone(),
            unpacked: unpacked.clone(),
            server_address: server_address.clone(),
            client_address: client_address.clone(),
            client_app: client_app.clone(),
            client_device: client_device.clone(),
            tls: tls.clone(),
            ja4: ja4.clone(),
            aliases: aliases.clone(),
            repeats: repeats.clone(),
            ..row
        }))
    }
}

prop_compose! {
    pub fn any_exchange()(
        exhibit in exhibit(),
        exchange in any::<u32>(),
        time in time(),
        (method, url) in (text(), text()),
        (host, domain, recipient, parent, party) in address(),
        status in prop::option::of(any::<u16>()),
        reach in one_of(Reach::ALL),
        request_body_bytes in any::<u64>(),
        span in span(),
        [phase, run, device, app, app_version] in circumstances(),
        transmittals in any::<u32>(),
        endpoint in prop::option::of(text()),
        besides in besides(),
    ) -> ExchangeRow {
        (besides.0)(ExchangeRow {
            kind: ExchangeKind::Request, detail: None, events: 1, until: None, unpacked: None,
            server_address: None, client_address: None, client_app: None, client_device: None,
            tls: None, ja4: None, aliases: None, repeats: None,
            exhibit, exchange, time, method, host, domain, recipient, parent, party: Some(party), url,
            status,
            reach, request_body_bytes, span, phase, run, device, app, app_version, transmittals,
            endpoint,
        })
    }
}

prop_compose! {
    pub fn any_defect()(
        exhibit in exhibit(),
        exchange in prop::option::of(any::<u32>()),
        span in prop::option::of(span()),
        stage in one_of(Stage::ALL),
        (message, consequence) in (text(), text()),
    ) -> Defect {
        Defect { exhibit, exchange, span, stage, message, consequence }
    }
}

prop_compose! {
    fn any_side()(
        exhibit in exhibit(),
        exchange in prop::option::of(any::<u32>()),
        span in prop::option::of(span()),
        (source, text) in (text(), text()),
    ) -> Side {
        Side { exhibit, exchange, span, source, text }
    }
}

prop_compose! {
    pub fn any_contradiction()(
        kind in one_of(ContradictionKind::ALL),
        first in any_side(),
        second in any_side(),
        entries in any::<u64>(),
        consequence in text(),
    ) -> Contradiction {
        Contradiction { kind, sides: [first, second], entries, consequence }
    }
}
