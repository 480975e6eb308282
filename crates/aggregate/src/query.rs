//! What queries have in common.

use std::collections::BTreeSet;

use affiant_model::{Basis, Reach, TransmittalId};
use polars::prelude::{
    Column, DataFrame, DataType, Expr, Field, IntoColumn, IntoLazy, JoinArgs, JoinType, LazyFrame,
    NewChunkedArray, PolarsResult, SortMultipleOptions, UInt32Chunked, by_name, col, len, lit,
    polars_err, when,
};

use crate::Error;
use crate::frame::Row;
use crate::source::Source;

/// A count under the name of its column.
pub(crate) fn number(number: Expr, name: &str) -> Expr {
    number.cast(DataType::UInt64).alias(name)
}

/// The columns of the table, with the rows in the order of the keys: `third`
/// before `first`, what is not stated before what is.
pub(crate) fn ordered<R: Row>(rows: LazyFrame, order: &[&'static str]) -> LazyFrame {
    let columns: Vec<Expr> = R::columns().iter().map(|column| col(column.name)).collect();
    let descending: Vec<bool> = order.iter().map(|key| *key == "party").collect();
    let sorting = SortMultipleOptions::default()
        .with_order_descending_multi(descending)
        .with_nulls_last(false)
        .with_maintain_order(true);
    rows.select(columns).sort(order.iter().copied(), sorting)
}

/// The columns of the rows, in no order.
pub(crate) fn in_columns<R: Row>(groups: DataFrame) -> PolarsResult<DataFrame> {
    groups.select(R::columns().iter().map(|column| column.name))
}

/// Names the table that could not be computed.
pub(crate) fn computing<R: Row>(source: polars::prelude::PolarsError) -> Error {
    Error::Compute {
        table: R::TABLE,
        source: source.into(),
    }
}

/// Whether a column has the value.
pub(crate) fn is(column: &str, value: &'static str) -> Expr {
    col(column).eq(lit(value))
}

/// Whether a transmittal is asserted: a pattern is never counted with the others.
pub(crate) fn is_asserted() -> Expr {
    col("basis").neq(lit(Basis::Pattern.as_str()))
}

/// Whether it is shown that the request left the device: [`Reach`] beyond `Contacted`.
pub(crate) fn has_left() -> Expr {
    is("reach", Reach::Sent.as_str())
        .or(is("reach", Reach::Acknowledged.as_str()))
        .or(is("reach", Reach::Recorded.as_str()))
}

/// What names a run.
const RUN: [&str; 6] = ["run", "phase", "device", "app", "app_version", "exhibit"];

/// The name of a run in the tables: as stated at intake, with phase, device, application
/// and version where those are stated, since each of them may have a "run 1"; where
/// none was stated, the exhibit.
fn run_name() -> Expr {
    let of = ["phase", "device", "app", "app_version"]
        .map(col)
        .into_iter()
        .reduce(|of, next| {
            when(of.clone().is_null())
                .then(next.clone())
                .when(next.clone().is_null())
                .then(of.clone())
                .otherwise(of + lit(", ") + next)
        })
        .unwrap_or_else(|| lit(""));
    when(col("run").is_null())
        .then(col("exhibit"))
        .when(of.clone().is_null())
        .then(col("run"))
        .otherwise(col("run") + lit(" (") + of + lit(")"))
}

/// The names of the runs that rows are of. There are few, so that they are looked up by
/// row and not put together there.
pub(crate) struct RunNames(LazyFrame);

impl RunNames {
    pub(crate) fn of(source: &Source) -> PolarsResult<Self> {
        let stated = source
            .lazy()
            .group_by(RUN.map(col))
            .agg([len().alias("rows")]);
        let stated = source.run(stated)?.lazy();
        let name = run_name().alias("name");
        Ok(Self(
            stated.select([RUN.map(col).to_vec(), vec![name]].concat()),
        ))
    }

    /// The rows, with the name of its run for each.
    pub(crate) fn in_rows(&self, rows: LazyFrame) -> LazyFrame {
        let [keys, of] = [RUN.map(col), RUN.map(col)];
        rows.join(self.0.clone(), keys, of, same(JoinType::Inner))
            .with_column(col("name").alias("run"))
            .drop(by_name(["name"], true, false))
    }
}

/// A join by keys of which what is not stated equals what is not stated.
pub(crate) fn same(how: JoinType) -> JoinArgs {
    let mut args = JoinArgs::new(how);
    args.nulls_equal = true;
    args
}

/// The number of a transmittal, by which "first" is meant: `T-1000000` comes after
/// `T-999999`.
pub(crate) fn transmittal_number() -> Expr {
    let read = |column: Column| -> PolarsResult<Column> {
        let texts = column.str()?;
        let numbers = texts.iter().map(|text| {
            text.map(|text| match text.parse::<TransmittalId>() {
                Ok(id) => Ok(id.0),
                Err(error) => Err(polars_err!(ComputeError: "{}", error)),
            })
            .transpose()
        });
        let numbers: Vec<Option<u32>> = numbers.collect::<PolarsResult<_>>()?;
        let numbers = UInt32Chunked::from_iter_options(column.name().clone(), numbers.into_iter());
        Ok(numbers.into_column())
    };
    col("transmittal").map(read, |_, field| {
        Ok(Field::new(field.name().clone(), DataType::UInt32))
    })
}

/// Texts in order, each once.
pub(crate) fn joined<T: AsRef<str> + Ord>(texts: &BTreeSet<T>, between: &str) -> String {
    let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    texts.join(between)
}
