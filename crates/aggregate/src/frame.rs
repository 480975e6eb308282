//! Rows as a data frame of polars, and back.

use affiant_model::Span;
use polars::prelude as pl;
use polars::prelude::{DataFrame, DataType, IntoColumn, NewChunkedArray};

use crate::Error;
use crate::cell::{Cell, Kind, Value};

/// A kind of row, which is a kind of table.
pub(crate) trait Row: Sized + 'static {
    /// Name of the table and, with an ending, of its files.
    const TABLE: &'static str;

    /// The columns, in the order of the table.
    fn columns() -> Vec<Column<Self>>;

    /// One row back from its cells.
    fn read(cells: &Cells<'_>) -> Result<Self, Error>;
}

/// Makes a table of rows whose fields are its columns, in the order given. A field
/// `span` is the columns `offset` and `length`: `span` of rows that all have one, and
/// `span?` of rows that may have none.
macro_rules! columns_are_fields {
    ($row:ty, $table:literal, [$($field:ident),+ $(,)?]) => {
        columns_are_fields!(@ $row, $table, [$($field),+], []);
    };
    ($row:ty, $table:literal, [$($field:ident),+ $(,)?], span, [$($after:ident),+ $(,)?]) => {
        columns_are_fields!(
            @ $row, $table, [$($field),+], [$($after),+], span,
            |row: &Self| Some(row.span), |cells| cells.span()?
        );
    };
    ($row:ty, $table:literal, [$($field:ident),+ $(,)?], span?, [$($after:ident),+ $(,)?]) => {
        columns_are_fields!(
            @ $row, $table, [$($field),+], [$($after),+], span,
            |row: &Self| row.span, |cells| cells.span_named(["offset", "length"])?
        );
    };
    (@ $row:ty, $table:literal, [$($field:ident),+], []) => {
        impl $crate::frame::Row for $row {
            const TABLE: &'static str = $table;

            fn columns() -> Vec<$crate::frame::Column<Self>> {
                vec![$($crate::frame::Column::new(stringify!($field), |row: &Self| &row.$field)),+]
            }

            fn read(cells: &$crate::frame::Cells<'_>) -> Result<Self, $crate::Error> {
                Ok(Self { $($field: cells.get(stringify!($field))?),+ })
            }
        }
    };
    (
        @ $row:ty, $table:literal, [$($field:ident),+], [$($after:ident),+], span,
        $get:expr, |$cells:ident| $read:expr
    ) => {
        impl $crate::frame::Row for $row {
            const TABLE: &'static str = $table;

            fn columns() -> Vec<$crate::frame::Column<Self>> {
                let [offset, length] = $crate::frame::Column::span($get);
                vec![
                    $($crate::frame::Column::new(stringify!($field), |row: &Self| &row.$field),)+
                    offset,
                    length,
                    $($crate::frame::Column::new(stringify!($after), |row: &Self| &row.$after)),+
                ]
            }

            fn read($cells: &$crate::frame::Cells<'_>) -> Result<Self, $crate::Error> {
                Ok(Self {
                    $($field: $cells.get(stringify!($field))?,)+
                    span: $read,
                    $($after: $cells.get(stringify!($after))?),+
                })
            }
        }
    };
}
pub(crate) use columns_are_fields;

type Getter<R> = Box<dyn for<'a> Fn(&'a R) -> Value<'a>>;

/// One column of a table: name, type, and where in the row its cell comes from.
pub(crate) struct Column<R> {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) get: Getter<R>,
}

impl<R: 'static> Column<R> {
    /// A column that is a field of the row.
    pub(crate) fn new<T: Cell + 'static>(name: &'static str, field: fn(&R) -> &T) -> Self {
        Self::of(name, field)
    }

    /// A column that is found in the row.
    pub(crate) fn of<T: Cell + 'static>(
        name: &'static str,
        field: impl Fn(&R) -> &T + 'static,
    ) -> Self {
        Self {
            name,
            kind: T::KIND,
            get: Box::new(move |row| field(row).put()),
        }
    }

    /// The columns `offset` and `length`.
    pub(crate) fn span(span: fn(&R) -> Option<Span>) -> [Self; 2] {
        Self::span_named(["offset", "length"], span)
    }

    /// A span in two columns.
    pub(crate) fn span_named(
        [offset, length]: [&'static str; 2],
        span: fn(&R) -> Option<Span>,
    ) -> [Self; 2] {
        let part = |name, part: fn(Span) -> u64| Self {
            name,
            kind: Kind::U64,
            get: Box::new(move |row| span(row).map_or(Value::Null, |span| Value::U64(part(span)))),
        };
        [
            part(offset, |span| span.offset),
            part(length, |span| span.length),
        ]
    }
}

fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text => DataType::String,
        Kind::U16 => DataType::UInt16,
        Kind::U32 => DataType::UInt32,
        Kind::U64 => DataType::UInt64,
        Kind::F64 => DataType::Float64,
        Kind::Time => DataType::Datetime(pl::TimeUnit::Microseconds, Some(pl::TimeZone::UTC)),
    }
}

/// The rows as a data frame with typed columns, whether or not there are any rows.
pub(crate) fn to_frame<R: Row>(rows: &[R]) -> Result<DataFrame, Error> {
    let columns = R::columns()
        .iter()
        .map(|column| to_column(column, rows))
        .collect();
    DataFrame::new(rows.len(), columns).map_err(|source| Error::Compute {
        table: R::TABLE,
        source: source.into(),
    })
}

fn to_column<R>(column: &Column<R>, rows: &[R]) -> pl::Column {
    let name = column.name.into();
    let values = rows.iter().map(|row| (column.get)(row));
    macro_rules! numbers {
        ($chunked:ty, $variant:ident) => {
            <$chunked>::from_iter_options(
                name,
                values.map(|value| match value {
                    Value::$variant(number) => Some(number),
                    _ => None,
                }),
            )
        };
    }
    match column.kind {
        Kind::Text => pl::StringChunked::from_iter_options(
            name,
            values.map(|value| match value {
                Value::Text(text) => Some(text),
                _ => None,
            }),
        )
        .into_column(),
        Kind::U16 => numbers!(pl::UInt16Chunked, U16).into_column(),
        Kind::U32 => numbers!(pl::UInt32Chunked, U32).into_column(),
        Kind::U64 => numbers!(pl::UInt64Chunked, U64).into_column(),
        Kind::F64 => numbers!(pl::Float64Chunked, F64).into_column(),
        Kind::Time => numbers!(pl::Int64Chunked, Time)
            .into_datetime(pl::TimeUnit::Microseconds, Some(pl::TimeZone::UTC))
            .into_column(),
    }
}

/// The rows of a data frame, which must have exactly the columns of the table.
pub(crate) fn from_frame<R: Row>(mut frame: DataFrame) -> Result<Vec<R>, Error> {
    check_columns::<R>(&frame)?;
    frame.rechunk_mut();
    let columns = R::columns()
        .iter()
        .zip(frame.columns())
        .map(|(column, found)| Ok((column.name, typed(column.kind, found)?)))
        .collect::<Result<Vec<_>, pl::PolarsError>>()
        .map_err(|source| Error::Read {
            table: R::TABLE,
            source: source.into(),
        })?;
    let mut cells = Cells {
        table: R::TABLE,
        columns,
        row: 0,
    };
    let mut rows = Vec::with_capacity(frame.height());
    for row in 0..frame.height() {
        cells.row = row;
        rows.push(R::read(&cells)?);
    }
    Ok(rows)
}

/// Holds the columns found against those of the table and names the first that differs.
fn check_columns<R: Row>(frame: &DataFrame) -> Result<(), Error> {
    check_schema::<R>(frame.schema())
}

/// The same for columns that are not read yet.
pub(crate) fn check_schema<R: Row>(schema: &pl::Schema) -> Result<(), Error> {
    let wanted: Vec<_> = R::columns()
        .iter()
        .map(|column| {
            format!(
                "column `{}` of type {}",
                column.name,
                data_type(column.kind)
            )
        })
        .collect();
    let found: Vec<_> = schema
        .iter()
        .map(|(name, kind)| format!("column `{name}` of type {kind}"))
        .collect();
    if wanted == found {
        return Ok(());
    }
    let at = wanted
        .iter()
        .zip(&found)
        .take_while(|(a, b)| a == b)
        .count();
    let or_end = |list: &[String]| {
        list.get(at)
            .map_or("no further column".into(), String::clone)
    };
    Err(Error::Columns {
        table: R::TABLE,
        found: or_end(&found),
        wanted: or_end(&wanted),
    })
}

/// A column of a data frame, by type.
enum Typed<'a> {
    Text(&'a pl::StringChunked),
    U16(&'a pl::UInt16Chunked),
    U32(&'a pl::UInt32Chunked),
    U64(&'a pl::UInt64Chunked),
    F64(&'a pl::Float64Chunked),
    Time(&'a pl::Int64Chunked),
}

fn typed(kind: Kind, column: &pl::Column) -> Result<Typed<'_>, pl::PolarsError> {
    let series = column.as_materialized_series();
    Ok(match kind {
        Kind::Text => Typed::Text(series.str()?),
        Kind::U16 => Typed::U16(series.u16()?),
        Kind::U32 => Typed::U32(series.u32()?),
        Kind::U64 => Typed::U64(series.u64()?),
        Kind::F64 => Typed::F64(series.f64()?),
        Kind::Time => Typed::Time(series.datetime()?.physical()),
    })
}

impl<'a> Typed<'a> {
    fn get(&self, row: usize) -> Value<'a> {
        match self {
            Self::Text(column) => column.get(row).map(|text| Value::Text(text.into())),
            Self::U16(column) => column.get(row).map(Value::U16),
            Self::U32(column) => column.get(row).map(Value::U32),
            Self::U64(column) => column.get(row).map(Value::U64),
            Self::F64(column) => column.get(row).map(Value::F64),
            Self::Time(column) => column.get(row).map(Value::Time),
        }
        .unwrap_or(Value::Null)
    }
}

/// The cells of one row, by name of their column.
pub(crate) struct Cells<'a> {
    table: &'static str,
    columns: Vec<(&'static str, Typed<'a>)>,
    row: usize,
}

impl Cells<'_> {
    /// The cell in the column `name`.
    pub(crate) fn get<T: Cell>(&self, name: &'static str) -> Result<T, Error> {
        let value = self
            .columns
            .iter()
            .find(|(column, _)| *column == name)
            .map_or(Value::Null, |(_, column)| column.get(self.row));
        T::take(value).map_err(|problem| Error::Cell {
            table: self.table,
            row: self.row + 1,
            column: name,
            problem,
        })
    }

    /// The columns `offset` and `length`.
    pub(crate) fn span(&self) -> Result<Span, Error> {
        Ok(Span::new(self.get("offset")?, self.get("length")?))
    }

    /// A span in two columns that may be empty. Half a span is refused.
    pub(crate) fn span_named(
        &self,
        [offset, length]: [&'static str; 2],
    ) -> Result<Option<Span>, Error> {
        let ends: [Option<u64>; 2] = [self.get(offset)?, self.get(length)?];
        match ends {
            [None, None] => Ok(None),
            _ => Ok(Some(Span::new(self.get(offset)?, self.get(length)?))),
        }
    }
}
