//! Recipient × datum × subject × device × run × phase × version.

use affiant_model::{Basis, Breakdown, Reach, Transmittal};
use polars::prelude::{
    DataFrame, Engine, Expr, IntoColumn, IntoLazy, NamedFrom, PolarsResult, Series, as_struct, col,
    len, lit,
};

use super::runs;
use crate::Error;
use crate::frame::{self, Row, columns_are_fields};
use crate::query::{number, ordered};

columns_are_fields!(
    Breakdown,
    "breakdown",
    [
        recipient,
        parent,
        party,
        datum,
        category,
        subject,
        device,
        run,
        phase,
        app,
        app_version,
        transmittals,
        exchanges,
        values,
        bytes,
        attempted,
        sent,
        acknowledged,
        recorded,
        first,
        last,
    ]
);

/// What makes a row, and the order of the rows.
const KEYS: [&str; 11] = [
    "party",
    "recipient",
    "datum",
    "run",
    "phase",
    "device",
    "subject",
    "app",
    "app_version",
    "parent",
    "category",
];

/// Makes the rows.
pub(super) fn breakdown(transmittals: &[Transmittal]) -> Result<Vec<Breakdown>, Error> {
    let frame = with_runs(transmittals)?;
    let frame = query(frame).map_err(|source| Error::Compute {
        table: Breakdown::TABLE,
        source: source.into(),
    })?;
    frame::from_frame(frame)
}

/// The transmittals, each with the name of its run in the tables.
pub(super) fn with_runs(transmittals: &[Transmittal]) -> Result<DataFrame, Error> {
    let mut frame = frame::to_frame(transmittals)?;
    let runs: Vec<String> = transmittals.iter().map(runs::of_transmittal).collect();
    let column = Series::new("run".into(), runs).into_column();
    frame.with_column(column).map_err(|source| Error::Compute {
        table: Breakdown::TABLE,
        source: source.into(),
    })?;
    Ok(frame)
}

fn query(transmittals: DataFrame) -> PolarsResult<DataFrame> {
    let reach = |reach: Reach, name| number(col("reach").eq(lit(reach.as_str())).sum(), name);
    let counts: Vec<Expr> = vec![
        number(len(), "transmittals"),
        number(
            as_struct(vec![col("exhibit"), col("exchange")]).n_unique(),
            "exchanges",
        ),
        // By digest, so that values masked alike still count as different.
        number(col("value_sha256").n_unique(), "values"),
        number(col("length").sum(), "bytes"),
        reach(Reach::Attempted, "attempted"),
        reach(Reach::Sent, "sent"),
        reach(Reach::Acknowledged, "acknowledged"),
        reach(Reach::Recorded, "recorded"),
        col("time").min().alias("first"),
        col("time").max().alias("last"),
    ];
    let entries = transmittals
        .lazy()
        .filter(col("basis").neq(lit(Basis::Pattern.as_str())))
        .group_by(KEYS.map(col))
        .agg(counts);
    ordered::<Breakdown>(entries, &KEYS)
        .collect_with_engine(Engine::InMemory)
        .map(|result| result.unwrap_single())
}
