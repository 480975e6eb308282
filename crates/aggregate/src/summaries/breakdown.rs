//! Recipient × datum × subject × device × run × phase × version.

use affiant_model::{Breakdown, Reach};
use polars::prelude::{IntoLazy, LazyFrame, col};

use crate::Error;
use crate::frame::{self, columns_are_fields};
use crate::grouping::Grouping;
use crate::query::{computing, is, is_asserted, ordered};
use crate::source::Source;

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
pub(super) fn breakdown(transmittals: &Source) -> Result<Vec<Breakdown>, Error> {
    let reach = |reach: Reach| is("reach", reach.as_str());
    let grouping = Grouping::by(KEYS)
        .rows("transmittals")
        .exchanges()
        .values()
        .sum(col("length"), "bytes")
        .sum(reach(Reach::Attempted), "attempted")
        .sum(reach(Reach::Sent), "sent")
        .sum(reach(Reach::Acknowledged), "acknowledged")
        .sum(reach(Reach::Recorded), "recorded")
        .least(col("time"), "first")
        .greatest(col("time"), "last");
    let groups = transmittals
        .run_names()
        .and_then(|names| {
            let rows = |rows: LazyFrame| names.in_rows(rows.filter(is_asserted()));
            grouping.of(transmittals, rows)
        })
        .and_then(|groups| ordered::<Breakdown>(groups.lazy(), &KEYS).collect());
    frame::from_frame(groups.map_err(computing::<Breakdown>)?)
}
