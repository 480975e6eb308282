//! The summary recipient × datum × phase.

use affiant_model::{Basis, Reach, RecipientSummary};
use polars::prelude::{
    DataFrame, DataType, Engine, Expr, IntoLazy, PolarsResult, SortMultipleOptions, as_struct, col,
    len, lit,
};

use crate::Error;
use crate::frame::{self, Cells, Column, Row};

impl Row for RecipientSummary {
    const TABLE: &'static str = "recipients";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("recipient", |row: &Self| &row.recipient),
            Column::new("parent", |row: &Self| &row.parent),
            Column::new("party", |row: &Self| &row.party),
            Column::new("domains", |row: &Self| &row.domains),
            Column::new("category", |row: &Self| &row.category),
            Column::new("datum", |row: &Self| &row.datum),
            Column::new("phase", |row: &Self| &row.phase),
            Column::new("transmittals", |row: &Self| &row.transmittals),
            Column::new("exchanges", |row: &Self| &row.exchanges),
            Column::new("exhibits", |row: &Self| &row.exhibits),
            Column::new("values", |row: &Self| &row.values),
            Column::new("known_values", |row: &Self| &row.known_values),
            Column::new("documented_fields", |row: &Self| &row.documented_fields),
            Column::new("observed_fields", |row: &Self| &row.observed_fields),
            Column::new("acknowledged", |row: &Self| &row.acknowledged),
            Column::new("attempted", |row: &Self| &row.attempted),
            Column::new("first", |row: &Self| &row.first),
            Column::new("last", |row: &Self| &row.last),
        ]
    }

    fn read(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            recipient: cells.get("recipient")?,
            parent: cells.get("parent")?,
            party: cells.get("party")?,
            domains: cells.get("domains")?,
            category: cells.get("category")?,
            datum: cells.get("datum")?,
            phase: cells.get("phase")?,
            transmittals: cells.get("transmittals")?,
            exchanges: cells.get("exchanges")?,
            exhibits: cells.get("exhibits")?,
            values: cells.get("values")?,
            known_values: cells.get("known_values")?,
            documented_fields: cells.get("documented_fields")?,
            observed_fields: cells.get("observed_fields")?,
            acknowledged: cells.get("acknowledged")?,
            attempted: cells.get("attempted")?,
            first: cells.get("first")?,
            last: cells.get("last")?,
        })
    }
}

/// What makes a row of the summary.
const KEYS: [&str; 6] = ["recipient", "parent", "party", "category", "datum", "phase"];

/// Summarises a data frame of transmittals.
pub(crate) fn summarise(transmittals: DataFrame) -> Result<Vec<RecipientSummary>, Error> {
    let frame = query(transmittals).map_err(|source| Error::Compute {
        table: RecipientSummary::TABLE,
        source: source.into(),
    })?;
    frame::from_frame(frame)
}

fn query(transmittals: DataFrame) -> PolarsResult<DataFrame> {
    let columns: Vec<Expr> = RecipientSummary::columns()
        .iter()
        .map(|column| col(column.name))
        .collect();
    transmittals
        .lazy()
        // A pattern is never counted with the others.
        .filter(col("basis").neq(lit(Basis::Pattern.as_str())))
        .group_by(KEYS.map(col))
        .agg(counts())
        .with_column(col("domains").list().join(lit(", "), false))
        .select(columns)
        .sort(ORDER.map(|(key, _)| key), order())
        .collect_with_engine(Engine::InMemory)
        .map(|result| result.unwrap_single())
}

fn counts() -> Vec<Expr> {
    let is = |column: &str, value: &'static str| col(column).eq(lit(value));
    let acknowledged =
        is("reach", Reach::Acknowledged.as_str()).or(is("reach", Reach::Recorded.as_str()));
    vec![
        col("domain")
            .unique()
            .sort(Default::default())
            .alias("domains"),
        count(len(), "transmittals"),
        count(
            as_struct(vec![col("exhibit"), col("exchange")]).n_unique(),
            "exchanges",
        ),
        count(col("exhibit").n_unique(), "exhibits"),
        // By digest, so that values masked alike still count as different.
        count(col("value_sha256").n_unique(), "values"),
        count(
            is("basis", Basis::KnownValue.as_str()).sum(),
            "known_values",
        ),
        count(
            is("basis", Basis::DocumentedField.as_str()).sum(),
            "documented_fields",
        ),
        count(
            is("basis", Basis::ObservedField.as_str()).sum(),
            "observed_fields",
        ),
        count(acknowledged.sum(), "acknowledged"),
        count(is("reach", Reach::Attempted.as_str()).sum(), "attempted"),
        // Of the times that are known: `min` and `max` pass over nulls.
        col("time").min().alias("first"),
        col("time").max().alias("last"),
    ]
}

fn count(number: Expr, name: &str) -> Expr {
    number.cast(DataType::UInt64).alias(name)
}

/// The order of the summary, each key with whether it descends. All keys take
/// part, so that no two rows tie.
const ORDER: [(&str, bool); 6] = [
    // `third` before `first`.
    ("party", true),
    ("recipient", false),
    ("datum", false),
    ("phase", false),
    ("parent", false),
    ("category", false),
];

fn order() -> SortMultipleOptions {
    SortMultipleOptions::default()
        .with_order_descending_multi(ORDER.map(|(_, descending)| descending))
        .with_nulls_last(false)
        .with_maintain_order(true)
}
