//! Groups of rows, and what is counted in each.

use polars::prelude::{
    DataFrame, Expr, IntoLazy, JoinType, LazyFrame, PolarsResult, col, len, lit,
};

use crate::query::{number, same};
use crate::source::Source;

/// A figure that adds up: how it is had from rows, and how from several figures.
struct Figure {
    of_rows: Expr,
    of_figures: Expr,
}

/// What makes a group, and what of it is wanted. Each figure has the name of its column.
pub(crate) struct Grouping {
    keys: Vec<Expr>,
    /// Columns by which groups are parted until texts are joined and counted.
    within: Vec<Expr>,
    figures: Vec<Figure>,
    texts: Vec<Expr>,
    joined: Vec<&'static str>,
    exchanges: bool,
    values: bool,
}

impl Grouping {
    /// Groups by columns. Rows in which nothing stands in a key are a group too.
    pub(crate) fn by<const N: usize>(keys: [&'static str; N]) -> Self {
        Self {
            keys: keys.map(col).to_vec(),
            within: Vec::new(),
            figures: Vec::new(),
            texts: Vec::new(),
            joined: Vec::new(),
            exchanges: false,
            values: false,
        }
    }

    fn figure(mut self, of_rows: Expr, of_figures: Expr) -> Self {
        self.figures.push(Figure {
            of_rows,
            of_figures,
        });
        self
    }

    /// How many rows.
    pub(crate) fn rows(self, name: &'static str) -> Self {
        self.figure(number(len(), name), col(name).sum())
    }

    /// The sum of numbers, or in how many rows something is so.
    pub(crate) fn sum(self, of: Expr, name: &'static str) -> Self {
        self.figure(number(of.sum(), name), col(name).sum())
    }

    /// The least of what is known.
    pub(crate) fn least(self, of: Expr, name: &'static str) -> Self {
        self.figure(of.min().alias(name), col(name).min())
    }

    /// The greatest of what is known.
    pub(crate) fn greatest(self, of: Expr, name: &'static str) -> Self {
        self.figure(of.max().alias(name), col(name).max())
    }

    /// The different texts of a column that has few, in order and joined.
    pub(crate) fn joined(mut self, column: &'static str, name: &'static str) -> Self {
        self.within.push(col(column));
        let texts = col(column).unique().sort(Default::default());
        self.texts.push(texts.alias(name));
        self.joined.push(name);
        self
    }

    /// How many different texts a column has, of which there are few.
    pub(crate) fn different(mut self, column: &'static str, name: &'static str) -> Self {
        self.within.push(col(column));
        self.texts.push(number(col(column).n_unique(), name));
        self
    }

    /// `exchanges`: how many different ones.
    pub(crate) fn exchanges(mut self) -> Self {
        self.exchanges = true;
        self
    }

    /// `values`: how many different ones, by digest, so that values masked alike still
    /// count as different.
    pub(crate) fn values(mut self) -> Self {
        self.values = true;
        self
    }

    /// The groups of those rows that `rows` lets through, in no order.
    pub(crate) fn of(
        &self,
        source: &Source,
        rows: impl Fn(LazyFrame) -> LazyFrame,
    ) -> PolarsResult<DataFrame> {
        let mut groups = self.figures(source, &rows)?;
        if !self.exchanges && !self.values {
            return Ok(groups);
        }
        groups = groups.with_row_index(GROUP.into(), None)?;
        let numbers = groups.clone().lazy().select(self.numbered());
        if self.exchanges {
            let what = [col("exhibit"), col("exchange")];
            let parts = source.by_exchange()?;
            let counted = self.count(source, parts, &rows, &numbers, &what, "exchanges")?;
            groups = beside(groups, counted)?;
        }
        if self.values {
            let what = [col("value_sha256")];
            let parts = source.by_value();
            let counted = self.count(source, &parts, &rows, &numbers, &what, "values")?;
            groups = beside(groups, counted)?;
        }
        groups.drop(GROUP)
    }

    /// The keys of a group, and its number.
    fn numbered(&self) -> Vec<Expr> {
        [self.keys.clone(), vec![col(GROUP)]].concat()
    }

    /// One pass over the rows, part by part, and the rest over the groups that it gives.
    /// The engine that streams sets aside what it cannot keep at hand of many groups, which
    /// over all rows would be more than the groups by far.
    fn figures(
        &self,
        source: &Source,
        rows: impl Fn(LazyFrame) -> LazyFrame,
    ) -> PolarsResult<DataFrame> {
        let of_rows: Vec<Expr> = self.figures.iter().map(|f| f.of_rows.clone()).collect();
        let of_figures: Vec<Expr> = self.figures.iter().map(|f| f.of_figures.clone()).collect();
        let keys = [self.keys.clone(), self.within.clone()].concat();
        let groups = source.by_part(source.by_exchange()?, |part| {
            let of_part = rows(part).group_by(keys.clone()).agg(of_rows.clone());
            (of_part, keys.clone(), of_figures.clone())
        })?;
        if self.within.is_empty() {
            return Ok(groups);
        }
        let together = [of_figures, self.texts.clone()].concat();
        let mut groups = groups.lazy().group_by(self.keys.clone()).agg(together);
        for name in &self.joined {
            groups = groups.with_column(col(*name).list().join(lit(", "), true));
        }
        groups.collect()
    }

    /// How many different ones of `what` there are in each group, part by part. Each row
    /// is first given the number of its group, so that the many that are told apart hold
    /// that and not all the texts of its keys.
    fn count(
        &self,
        source: &Source,
        parts: &[Expr],
        rows: impl Fn(LazyFrame) -> LazyFrame,
        numbers: &LazyFrame,
        what: &[Expr],
        name: &'static str,
    ) -> PolarsResult<DataFrame> {
        let each = [&[col(GROUP)], what].concat();
        source.by_part(parts, |part| {
            let counted = rows(part)
                .join(
                    numbers.clone(),
                    &self.keys,
                    &self.keys,
                    same(JoinType::Inner),
                )
                .select(each.clone())
                .group_by(each.clone())
                .agg([len().alias("rows")])
                .group_by([col(GROUP)])
                .agg([number(len(), name)]);
            (counted, vec![col(GROUP)], vec![col(name).sum()])
        })
    }
}

/// The number of a group, while something is counted apart.
const GROUP: &str = "group";

/// A figure that was counted apart, beside those of its group.
fn beside(groups: DataFrame, counted: DataFrame) -> PolarsResult<DataFrame> {
    let group = [col(GROUP)];
    groups
        .lazy()
        .join(counted.lazy(), group.clone(), group, same(JoinType::Left))
        .collect()
}
