//! What queries have in common.

use polars::prelude::{DataType, Expr, LazyFrame, SortMultipleOptions, col};

use crate::frame::Row;

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
