//! The summaries of hosts contacted, and of what apps used of the device.

use affiant_model::{AccessSummary, ContactSummary, ExchangeKind, Reach};
use polars::prelude::{
    DataFrame, DataType, Engine, Expr, IntoLazy, LazyFrame, PolarsResult, SortMultipleOptions, col,
    len, lit, when,
};

use crate::Error;
use crate::frame::{self, Cells, Column, Row};

impl Row for ContactSummary {
    const TABLE: &'static str = "contacts";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("recipient", |row: &Self| &row.recipient),
            Column::new("parent", |row: &Self| &row.parent),
            Column::new("party", |row: &Self| &row.party),
            Column::new("domain", |row: &Self| &row.domain),
            Column::new("host", |row: &Self| &row.host),
            Column::new("requests", |row: &Self| &row.requests),
            Column::new("lookups", |row: &Self| &row.lookups),
            Column::new("handshakes", |row: &Self| &row.handshakes),
            Column::new("connections", |row: &Self| &row.connections),
            Column::new("records", |row: &Self| &row.records),
            Column::new("attempted", |row: &Self| &row.attempted),
            Column::new("acknowledged", |row: &Self| &row.acknowledged),
            Column::new("apps", |row: &Self| &row.apps),
            Column::new("exhibits", |row: &Self| &row.exhibits),
            Column::new("first", |row: &Self| &row.first),
            Column::new("last", |row: &Self| &row.last),
        ]
    }

    fn read(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            recipient: cells.get("recipient")?,
            parent: cells.get("parent")?,
            party: cells.get("party")?,
            domain: cells.get("domain")?,
            host: cells.get("host")?,
            requests: cells.get("requests")?,
            lookups: cells.get("lookups")?,
            handshakes: cells.get("handshakes")?,
            connections: cells.get("connections")?,
            records: cells.get("records")?,
            attempted: cells.get("attempted")?,
            acknowledged: cells.get("acknowledged")?,
            apps: cells.get("apps")?,
            exhibits: cells.get("exhibits")?,
            first: cells.get("first")?,
            last: cells.get("last")?,
        })
    }
}

impl Row for AccessSummary {
    const TABLE: &'static str = "accesses";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("app", |row: &Self| &row.app),
            Column::new("resource", |row: &Self| &row.resource),
            Column::new("accesses", |row: &Self| &row.accesses),
            Column::new("exhibits", |row: &Self| &row.exhibits),
            Column::new("first", |row: &Self| &row.first),
            Column::new("last", |row: &Self| &row.last),
        ]
    }

    fn read(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            app: cells.get("app")?,
            resource: cells.get("resource")?,
            accesses: cells.get("accesses")?,
            exhibits: cells.get("exhibits")?,
            first: cells.get("first")?,
            last: cells.get("last")?,
        })
    }
}

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
    let columns: Vec<Expr> = R::columns().iter().map(|column| col(column.name)).collect();
    let keys: Vec<Expr> = keys.iter().map(|key| col(*key)).collect();
    let mut frame = entries.group_by(keys).agg(counts);
    if let Some(list) = list {
        frame = frame.with_column(col(list).list().join(lit(", "), true));
    }
    // `third` before `first`.
    let descending = order.iter().map(|key| *key == "party").collect::<Vec<_>>();
    let sorting = SortMultipleOptions::default()
        .with_order_descending_multi(descending)
        .with_nulls_last(false)
        .with_maintain_order(true);
    frame
        .select(columns)
        .sort(order.iter().copied(), sorting)
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

fn number(number: Expr, name: &str) -> Expr {
    number.cast(DataType::UInt64).alias(name)
}
