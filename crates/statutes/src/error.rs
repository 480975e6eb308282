/// What is wrong with a dataset or a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A file does not follow its schema.
    #[error("`{file}`, {place}: {why}")]
    Dataset {
        /// The file.
        file: String,
        /// The claim and element, or the line and column.
        place: String,
        /// What is wrong, and what to do.
        why: String,
    },
    /// A table could not be asked.
    #[error("table `{table}`: {why}")]
    Table {
        /// The table.
        table: String,
        /// Why.
        why: String,
    },
}
