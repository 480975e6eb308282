//! The summaries of hosts contacted, and of what apps used of the device.

use affiant_model::{AccessSummary, ContactSummary, ExchangeKind, Reach};
use polars::prelude::{IntoLazy, LazyFrame, col, lit, when};

use crate::Error;
use crate::frame::{self, Row, columns_are_fields};
use crate::grouping::Grouping;
use crate::query::{computing, is, ordered};
use crate::source::Source;

columns_are_fields!(
    ContactSummary,
    "contacts",
    [
        recipient,
        parent,
        party,
        domain,
        host,
        requests,
        lookups,
        handshakes,
        connections,
        records,
        attempted,
        acknowledged,
        apps,
        exhibits,
        first,
        last,
    ]
);

columns_are_fields!(
    AccessSummary,
    "accesses",
    [app, resource, accesses, exhibits, first, last,]
);

/// Summarises exchanges by host.
pub(crate) fn contacts(exchanges: &Source) -> Result<Vec<ContactSummary>, Error> {
    let kind = |kind: ExchangeKind| is("kind", kind.as_str());
    let reach = |reach: Reach| is("reach", reach.as_str());
    let of = |of: ExchangeKind| when(kind(of)).then(col("events")).otherwise(lit(0_u64));
    let grouping = Grouping::by(["recipient", "parent", "party", "domain", "host"])
        .sum(
            kind(ExchangeKind::Request).or(kind(ExchangeKind::Message)),
            "requests",
        )
        .sum(of(ExchangeKind::Lookup), "lookups")
        .sum(of(ExchangeKind::Handshake), "handshakes")
        .sum(of(ExchangeKind::Connection), "connections")
        .sum(of(ExchangeKind::Record), "records")
        .sum(reach(Reach::Attempted), "attempted")
        .sum(
            reach(Reach::Acknowledged).or(reach(Reach::Recorded)),
            "acknowledged",
        )
        .joined("client_app", "apps");
    let order = ["party", "recipient", "host", "parent", "domain"];
    rows::<ContactSummary>(grouping, exchanges, &order, |rows| {
        rows.filter(is("kind", ExchangeKind::Access.as_str()).not())
            .filter(col("repeats").is_null())
            .filter(col("host").neq(lit("")))
    })
}

/// Summarises exchanges by app and resource.
pub(crate) fn accesses(exchanges: &Source) -> Result<Vec<AccessSummary>, Error> {
    let keys = ["app", "resource"];
    let grouping = Grouping::by(keys).rows("accesses");
    rows::<AccessSummary>(grouping, exchanges, &keys, |rows| {
        rows.filter(is("kind", ExchangeKind::Access.as_str()))
            .filter(col("repeats").is_null())
            .with_columns([
                col("client_app").fill_null(lit("")).alias("app"),
                col("detail").fill_null(lit("")).alias("resource"),
            ])
    })
}

/// The rows of a table, with exhibits and times besides.
fn rows<R: Row>(
    grouping: Grouping,
    exchanges: &Source,
    order: &[&'static str],
    entries: impl Fn(LazyFrame) -> LazyFrame,
) -> Result<Vec<R>, Error> {
    let groups = grouping
        .different("exhibit", "exhibits")
        .least(col("time"), "first")
        // Of several events the last counts; `until` stands only with those.
        .greatest(col("until").fill_null(col("time")), "last")
        .of(exchanges, entries)
        .and_then(|groups| ordered::<R>(groups.lazy(), order).collect());
    frame::from_frame(groups.map_err(computing::<R>)?)
}
