//! The summary recipient × datum × phase.

use affiant_model::{Basis, Reach, RecipientSummary};
use polars::prelude::{DataFrame, Engine, Expr, IntoLazy, PolarsResult, as_struct, col, len, lit};

use crate::Error;
use crate::frame::{self, Row, columns_are_fields};
use crate::query::{number, ordered};

columns_are_fields!(
    RecipientSummary,
    "recipients",
    [
        recipient,
        parent,
        party,
        domains,
        category,
        datum,
        phase,
        transmittals,
        exchanges,
        exhibits,
        values,
        known_values,
        documented_fields,
        observed_fields,
        acknowledged,
        attempted,
        first,
        last,
    ]
);

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
    let rows = transmittals
        .lazy()
        // A pattern is never counted with the others.
        .filter(col("basis").neq(lit(Basis::Pattern.as_str())))
        .group_by(KEYS.map(col))
        .agg(counts())
        .with_column(col("domains").list().join(lit(", "), false));
    ordered::<RecipientSummary>(rows, &ORDER)
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
        number(len(), "transmittals"),
        number(
            as_struct(vec![col("exhibit"), col("exchange")]).n_unique(),
            "exchanges",
        ),
        number(col("exhibit").n_unique(), "exhibits"),
        // By digest, so that values masked alike still count as different.
        number(col("value_sha256").n_unique(), "values"),
        number(
            is("basis", Basis::KnownValue.as_str()).sum(),
            "known_values",
        ),
        number(
            is("basis", Basis::DocumentedField.as_str()).sum(),
            "documented_fields",
        ),
        number(
            is("basis", Basis::ObservedField.as_str()).sum(),
            "observed_fields",
        ),
        number(acknowledged.sum(), "acknowledged"),
        number(is("reach", Reach::Attempted.as_str()).sum(), "attempted"),
        // Of the times that are known: `min` and `max` pass over nulls.
        col("time").min().alias("first"),
        col("time").max().alias("last"),
    ]
}

/// The order of the summary. All keys take part, so that no two rows tie.
const ORDER: [&str; 6] = ["party", "recipient", "datum", "phase", "parent", "category"];
