//! One value at several recipients.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Bridge, PartyKind, TransmittalId};
use chrono::{DateTime, Utc};
use polars::prelude::{
    Column, DataFrame, DataType, IntoLazy, JoinArgs, JoinType, LazyFrame, NULL, PolarsError, col,
    lit, when,
};

use crate::Error;
use crate::frame::{self, columns_are_fields};
use crate::grouping::Grouping;
use crate::query::{computing, has_left, in_columns, is, is_asserted, joined, transmittal_number};
use crate::source::Source;

columns_are_fields!(
    Bridge,
    "bridges",
    [
        datums,
        identifier,
        subject,
        value_sha256,
        organisations,
        recipients,
        forms,
        transmittals,
        exchanges,
        first,
        last,
        examples,
    ]
);

/// A value that went to more than one organisation. Whether a device is the only one
/// shows in that the first and the last by name are one.
struct Candidate {
    identifier: Option<String>,
    one: Option<String>,
    device: Option<String>,
    other_device: Option<String>,
    value: String,
}

columns_are_fields!(
    Candidate,
    "bridges",
    [identifier, one, device, other_device, value]
);

/// Part of what went over a bridge.
struct Part {
    identifier: Option<String>,
    one: Option<String>,
    house: String,
    datum: String,
    form: String,
    subject: Option<String>,
    value_sha256: String,
    transmittals: u64,
    first: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
    example: u32,
}

columns_are_fields!(
    Part,
    "bridges",
    [
        identifier,
        one,
        house,
        datum,
        form,
        subject,
        value_sha256,
        transmittals,
        first,
        last,
        example,
    ]
);

/// In how many exchanges.
struct Exchanges {
    identifier: Option<String>,
    one: Option<String>,
    exchanges: u64,
}

columns_are_fields!(Exchanges, "bridges", [identifier, one, exchanges]);

/// What makes a bridge: a known value, or the digest of another.
type Key = (Option<String>, Option<String>);

/// Makes the rows: what went to the most organisations comes first.
///
/// A known value is one value under any spelling or hash; another is the same
/// where its bytes are, and only where its kind of datum singles somebody or
/// something out. What many share bridges nothing. The organisations are told
/// apart as their sources name them, by their parents where those are known. Domains of
/// which no source says whose they are count each for itself.
pub(super) fn bridges(
    transmittals: &Source,
    singling: &BTreeSet<String>,
) -> Result<Vec<Bridge>, Error> {
    let (parts, exchanges) = groups(transmittals, singling).map_err(|error| match error {
        Failed::Query(source) => computing::<Bridge>(source),
        Failed::Rows(error) => error,
    })?;
    let mut groups = BTreeMap::<Key, Vec<Part>>::new();
    for part in frame::from_frame::<Part>(parts)? {
        let key = (part.identifier.clone(), part.one.clone());
        groups.entry(key).or_default().push(part);
    }
    let exchanges: BTreeMap<Key, u64> = frame::from_frame::<Exchanges>(exchanges)?
        .into_iter()
        .map(|row| ((row.identifier, row.one), row.exchanges))
        .collect();
    let mut rows: Vec<Bridge> = groups
        .into_iter()
        .filter_map(|(key, group)| {
            let exchanges = exchanges.get(&key).copied().unwrap_or_default();
            bridge(key.0, &group, exchanges)
        })
        .collect();
    rows.sort_by(|a, b| {
        let key = |row: &Bridge| (Reverse(row.organisations), row.examples.clone());
        key(a).cmp(&key(b))
    });
    Ok(rows)
}

/// Why there are no groups.
enum Failed {
    Query(PolarsError),
    Rows(Error),
}

impl From<PolarsError> for Failed {
    fn from(source: PolarsError) -> Self {
        Self::Query(source)
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Rows(error)
    }
}

/// What can bridge: known values, and values of kinds that single out.
fn can_bridge(rows: LazyFrame, singling: &DataFrame) -> LazyFrame {
    let organisation = when(col("parent").eq(lit("")))
        .then(col("recipient"))
        .otherwise(col("parent"));
    let other = when(col("identifier").is_null()).then(col("value_sha256"));
    let inner = JoinArgs::new(JoinType::Inner);
    rows.filter(is_asserted())
        .filter(has_left())
        .filter(is("party", PartyKind::First.as_str()).not())
        .join(
            singling.clone().lazy(),
            [col("datum")],
            [col("datum")],
            inner,
        )
        .with_columns([
            organisation.alias("house"),
            other
                .otherwise(lit(NULL).cast(DataType::String))
                .alias("one"),
        ])
}

/// The parts of each bridge, and its exchanges.
fn groups(
    transmittals: &Source,
    singling: &BTreeSet<String>,
) -> Result<(DataFrame, DataFrame), Failed> {
    let texts: Vec<&str> = singling.iter().map(String::as_str).collect();
    let singling = DataFrame::new(
        texts.len(),
        vec![Column::new("datum".into(), texts.as_slice())],
    )?;
    let keys = || [col("identifier"), col("one")];
    let rows = |rows| can_bridge(rows, &singling);
    let candidates = candidates(transmittals, rows)?;
    let bridged = |source| {
        let mut inner = JoinArgs::new(JoinType::Inner);
        inner.nulls_equal = true;
        rows(source).join(candidates.clone().lazy(), keys(), keys(), inner)
    };
    let parts = Grouping::by([
        "identifier",
        "one",
        "house",
        "datum",
        "form",
        "subject",
        "value_sha256",
    ])
    .rows("transmittals")
    .least(col("time"), "first")
    .greatest(col("time"), "last")
    .least(transmittal_number(), "example")
    .of(transmittals, bridged)?;
    let exchanges = Grouping::by(["identifier", "one"])
        .exchanges()
        .of(transmittals, bridged)?;
    Ok((
        in_columns::<Part>(parts)?,
        in_columns::<Exchanges>(exchanges)?,
    ))
}

/// The keys of what went to more than one organisation and says something.
fn candidates(
    transmittals: &Source,
    rows: impl Fn(LazyFrame) -> LazyFrame,
) -> Result<DataFrame, Failed> {
    let mut found: Vec<Candidate> = Vec::new();
    let several = |rows: LazyFrame, by: &'static str| {
        let figures = [
            col("house").min(),
            col("house").max().alias("other_house"),
            col("device").min(),
            col("device").max().alias("other_device"),
            col("value").min(),
        ];
        rows.group_by([col(by)])
            .agg(figures)
            .filter(col("house").neq(col("other_house")))
    };
    let none = || lit(NULL).cast(DataType::String);
    let known = several(
        rows(transmittals.lazy()).filter(col("identifier").is_not_null()),
        "identifier",
    );
    let known = transmittals.run(known.with_column(none().alias("one")))?;
    found.extend(frame::from_frame::<Candidate>(in_columns::<Candidate>(
        known,
    )?)?);
    for part in transmittals.by_value() {
        let others = several(
            rows(transmittals.lazy().filter(part)).filter(col("identifier").is_null()),
            "one",
        );
        let others = transmittals.run(others.with_column(none().alias("identifier")))?;
        found.extend(frame::from_frame::<Candidate>(in_columns::<Candidate>(
            others,
        )?)?);
    }
    // What two devices sent and nobody is known by is a constant of the application.
    found.retain(|candidate| {
        candidate.identifier.is_some()
            || (candidate.device == candidate.other_device && !says_nothing(&candidate.value))
    });
    let texts = |name: &str, of: fn(&Candidate) -> Option<&str>| {
        Column::new(name.into(), found.iter().map(of).collect::<Vec<_>>())
    };
    let columns = vec![
        texts("identifier", |row| row.identifier.as_deref()),
        texts("one", |row| row.one.as_deref()),
    ];
    Ok(DataFrame::new(found.len(), columns)?)
}

/// A value so short, or of one character alone such as a blanked advertising
/// identifier, that many have it; and the address that Android gives every
/// application in the place of the hardware's (`WifiInfo.DEFAULT_MAC_ADDRESS`).
fn says_nothing(value: &str) -> bool {
    let characters = || value.chars().filter(|c| c.is_alphanumeric());
    value.replace(['-', '.'], ":") == "02:00:00:00:00:00"
        || characters().count() < 8
        || characters().collect::<BTreeSet<_>>().len() < 2
}

fn bridge(identifier: Option<String>, group: &[Part], exchanges: u64) -> Option<Bridge> {
    let first = group.iter().min_by_key(|part| part.example)?;
    let mut firsts = BTreeMap::<&str, u32>::new();
    for part in group {
        let example = firsts.entry(&part.house).or_insert(part.example);
        *example = part.example.min(*example);
    }
    let texts = |of: fn(&Part) -> &str| joined(&group.iter().map(of).collect(), ", ");
    let examples: Vec<String> = firsts
        .values()
        .map(|number| TransmittalId(*number).to_string())
        .collect();
    Some(Bridge {
        datums: texts(|part| &part.datum),
        identifier,
        subject: first.subject.clone(),
        value_sha256: first.value_sha256.clone(),
        organisations: firsts.len() as u64,
        recipients: firsts.keys().copied().collect::<Vec<_>>().join("; "),
        forms: texts(|part| &part.form),
        transmittals: group.iter().map(|part| part.transmittals).sum(),
        exchanges,
        first: group.iter().filter_map(|part| part.first).min(),
        last: group.iter().filter_map(|part| part.last).max(),
        examples: examples.join(", "),
    })
}
