//! The summary recipient × datum × phase.

use affiant_model::{Basis, Reach, RecipientSummary};
use polars::prelude::{IntoLazy, col};

use crate::Error;
use crate::frame::{self, columns_are_fields};
use crate::grouping::Grouping;
use crate::query::{computing, is, is_asserted, ordered};
use crate::source::Source;

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

/// The order of the summary. All keys take part, so that no two rows tie.
const ORDER: [&str; 6] = ["party", "recipient", "datum", "phase", "parent", "category"];

/// Summarises transmittals.
pub(crate) fn summarise(transmittals: &Source) -> Result<Vec<RecipientSummary>, Error> {
    let acknowledged =
        is("reach", Reach::Acknowledged.as_str()).or(is("reach", Reach::Recorded.as_str()));
    let grouping = Grouping::by(KEYS)
        .joined("domain", "domains")
        .different("exhibit", "exhibits")
        .rows("transmittals")
        .exchanges()
        .values()
        .sum(is("basis", Basis::KnownValue.as_str()), "known_values")
        .sum(
            is("basis", Basis::DocumentedField.as_str()),
            "documented_fields",
        )
        .sum(
            is("basis", Basis::ObservedField.as_str()),
            "observed_fields",
        )
        .sum(acknowledged, "acknowledged")
        .sum(is("reach", Reach::Attempted.as_str()), "attempted")
        // Of the times that are known: `min` and `max` pass over nulls.
        .least(col("time"), "first")
        .greatest(col("time"), "last");
    let groups = grouping
        .of(transmittals, |rows| rows.filter(is_asserted()))
        .and_then(|groups| ordered::<RecipientSummary>(groups.lazy(), &ORDER).collect());
    frame::from_frame(groups.map_err(computing::<RecipientSummary>)?)
}
