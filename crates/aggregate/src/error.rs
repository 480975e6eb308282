use std::error::Error as StdError;

/// A table could not be made or read.
///
/// What went wrong below (in the Parquet or CSV library) is the source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The rows could not be brought into columns, or a summary of them failed.
    #[error("table `{table}` could not be computed")]
    Compute {
        /// Name of the table.
        table: &'static str,
        /// What the data frame library says.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// There is no table or column of that name.
    #[error("there is no {what}; there are: {known}")]
    Unknown {
        /// What was asked for.
        what: String,
        /// What there is.
        known: String,
    },
    /// A figure of a table could not be computed.
    #[error("table `{table}` could not be computed")]
    Statistic {
        /// Name of the table.
        table: &'static str,
        /// Why.
        source: affiant_stats::Error,
    },
    /// The table could not be encoded.
    #[error("table `{table}` could not be written as {format}")]
    Write {
        /// Name of the table.
        table: &'static str,
        /// `Parquet` or `CSV`.
        format: &'static str,
        /// What the library says.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The bytes are not those that were written: the digest in the file does
    /// not match, or there is none.
    #[error(
        "`{table}.parquet` is damaged, altered or not written by this program: \
         rebuild the tables from the evidence"
    )]
    Damaged {
        /// Name of the table.
        table: &'static str,
    },
    /// The bytes are whole, but no Parquet that can be read.
    #[error("`{table}.parquet` could not be read: rebuild the tables from the evidence")]
    Read {
        /// Name of the table.
        table: &'static str,
        /// What the Parquet library says.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The file has other columns than this version writes.
    #[error(
        "`{table}.parquet` has {found} where {wanted} belongs: \
         rebuild the tables from the evidence with this version"
    )]
    Columns {
        /// Name of the table.
        table: &'static str,
        /// The column that stands there, with its type.
        found: String,
        /// The column that belongs there, with its type.
        wanted: String,
    },
    /// A cell holds what this version never writes.
    #[error(
        "`{table}.parquet`, row {row}, column `{column}`: {problem}; \
         rebuild the tables from the evidence"
    )]
    Cell {
        /// Name of the table.
        table: &'static str,
        /// The row, from 1.
        row: usize,
        /// Name of the column.
        column: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}
