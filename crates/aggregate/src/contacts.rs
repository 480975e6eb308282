//! The summaries of hosts contacted, and of what apps used of the device.

use affiant_model::{AccessSummary, ContactSummary, ExchangeKind, Reach};
use polars::prelude::{
    DataFrame, Engine, Expr, IntoLazy, LazyFrame, PolarsResult, col, len, lit, when,
};

use crate::Error;
use crate::frame::{self, Row, columns_are_fields};
use crate::query::{number, ordered};

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

/// Summarises a data frame of exchanges by host.
pub(crate) fn contacts(exchanges: DataFrame) -> Result<Vec<ContactSummary>, Error> {
    let is = |kind: ExchangeKind| col("kind").eq(lit(kind.as_str()));
    let reach = |reach: Reach| col("reach").eq(lit(reach.as_str()));
    let entries = exchanges
        .lazy()
        .filter(is(ExchangeKind::Access).not())
        .filter(col("repeats").is_null())
        .filter(col("host").neq(lit("")));
    let of = |kind: ExchangeKind| {
        when(is(kind))
            .then(col("events"))
            .otherwise(lit(0_u64))
            .sum()
    };
    let counts = vec![
        number(
            is(ExchangeKind::Request)
                .or(is(ExchangeKind::Message))
                .sum(),
            "requests",
        ),
        number(of(ExchangeKind::Lookup), "lookups"),
        number(of(ExchangeKind::Handshake), "handshakes"),
        number(of(ExchangeKind::Connection), "connections"),
        number(of(ExchangeKind::Record), "records"),
        number(reach(Reach::Attempted).sum(), "attempted"),
        number(
            reach(Reach::Acknowledged).or(reach(Reach::Recorded)).sum(),
            "acknowledged",
        ),
        col("client_app")
            .unique()
            .sort(Default::default())
            .alias("apps"),
    ];
    let keys = ["recipient", "parent", "party", "domain", "host"];
    let order = ["party", "recipient", "host", "parent", "domain"];
    let frame = summary::<ContactSummary>(entries, &keys, counts, &order, Some("apps"));
    rows(frame)
}

/// Summarises a data frame of exchanges by app and resource.
pub(crate) fn accesses(exchanges: DataFrame) -> Result<Vec<AccessSummary>, Error> {
    let entries = exchanges
        .lazy()
        .filter(col("kind").eq(lit(ExchangeKind::Access.as_str())))
        .filter(col("repeats").is_null())
        .with_columns([
            col("client_app").fill_null(lit("")).alias("app"),
            col("detail").fill_null(lit("")).alias("resource"),
        ]);
    let keys = ["app", "resource"];
    let counts = vec![number(len(), "accesses")];
    let frame = summary::<AccessSummary>(entries, &keys, counts, &keys, None);
    rows(frame)
}

/// Groups entries, counts them, and gives exhibits and times besides.
fn summary<R: Row>(
    entries: LazyFrame,
    keys: &[&'static str],
    mut counts: Vec<Expr>,
    order: &[&'static str],
    list: Option<&'static str>,
) -> PolarsResult<DataFrame> {
    counts.extend([
        number(col("exhibit").n_unique(), "exhibits"),
        col("time").min().alias("first"),
        // Of several events the last counts; `until` stands only with those.
        col("until").fill_null(col("time")).max().alias("last"),
    ]);
    let keys: Vec<Expr> = keys.iter().map(|key| col(*key)).collect();
    let mut frame = entries.group_by(keys).agg(counts);
    if let Some(list) = list {
        frame = frame.with_column(col(list).list().join(lit(", "), true));
    }
    ordered::<R>(frame, order)
        .collect_with_engine(Engine::InMemory)
        .map(|result| result.unwrap_single())
}

fn rows<R: Row>(frame: PolarsResult<DataFrame>) -> Result<Vec<R>, Error> {
    let frame = frame.map_err(|source| Error::Compute {
        table: R::TABLE,
        source: source.into(),
    })?;
    frame::from_frame(frame)
}
