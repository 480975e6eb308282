//! Runs of a test, each with a request and perhaps a transmittal in it.

use std::collections::BTreeSet;

use affiant_aggregate::{Inputs, Summaries, summarise};
use affiant_model::{
    Case, ExchangeKind, ExchangeRow, PartyKind, Reach, Transmittal, TransmittalId,
};
use chrono::{DateTime, Utc};

use super::{exchange, transmittal};

pub(crate) fn summaries(
    case: &Case,
    exchanges: &[ExchangeRow],
    transmittals: &[Transmittal],
) -> Summaries {
    let singling = BTreeSet::from(["advertising_id".to_owned()]);
    summarise(&Inputs {
        case,
        exchanges,
        transmittals,
        singling: &singling,
    })
    .expect("the rows can be summarised")
}

pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_585_239_000 + seconds, 0).expect("a time of the calendar")
}

/// A request of a run, and a transmittal in it where `with` says so.
pub(crate) struct Part {
    pub(crate) run: &'static str,
    pub(crate) device: &'static str,
    pub(crate) version: &'static str,
    pub(crate) with: bool,
}

pub(crate) fn test_of(parts: &[Part]) -> (Vec<ExchangeRow>, Vec<Transmittal>) {
    let (mut exchanges, mut transmittals) = (Vec::new(), Vec::new());
    for (number, part) in (1_u32..).zip(parts) {
        let text = |text: &str| Some(text.to_owned());
        let mut row = exchange();
        row.exchange = number;
        row.kind = ExchangeKind::Request;
        row.reach = Reach::Acknowledged;
        row.party = Some(PartyKind::Third);
        row.repeats = None;
        row.time = Some(at(i64::from(number)));
        (row.run, row.device, row.app_version) =
            (text(part.run), text(part.device), text(part.version));
        row.phase = None;
        exchanges.push(row);
        if part.with {
            let mut t = transmittal();
            t.transmittal = TransmittalId(number);
            t.exchange = number;
            t.time = Some(at(i64::from(number) + 10));
            (t.run, t.device, t.app_version) =
                (text(part.run), text(part.device), text(part.version));
            transmittals.push(t);
        }
    }
    (exchanges, transmittals)
}

/// Two devices, two runs each of two versions; the first version alone transmits.
pub(crate) fn before_and_after() -> (Vec<ExchangeRow>, Vec<Transmittal>) {
    let mut parts = Vec::new();
    for (version, with) in [("1", true), ("2", false)] {
        for device in ["A", "B"] {
            for run in ["r1", "r2"] {
                parts.push(Part {
                    run,
                    device,
                    version,
                    with,
                });
            }
        }
    }
    test_of(&parts)
}

/// So many runs of one version on two devices, of which the first `with` transmit.
pub(crate) fn repetitions(runs: usize, with: usize) -> (Vec<ExchangeRow>, Vec<Transmittal>) {
    const NAMES: [&str; 8] = ["r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"];
    let parts: Vec<Part> = NAMES[..runs]
        .iter()
        .enumerate()
        .map(|(number, run)| Part {
            run,
            device: ["A", "B"][number % 2],
            version: "1",
            with: number < with,
        })
        .collect();
    test_of(&parts)
}
