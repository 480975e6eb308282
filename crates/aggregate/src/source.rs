//! Where the rows come from that tables are made of: memory, or a Parquet file on the
//! disk that may be larger than memory.
//!
//! The streaming engine goes over the rows part by part, and holds the groups of a part and
//! not its rows where things only add up (counts, sums, first and last times). To count what
//! is *different* (exchanges, values) each of them must be held. A part holds all rows of an exchange, or all rows of a value: no two parts count
//! the same one, and the counts of the parts add up exactly.

use std::cell::OnceCell;
use std::path::Path;

use polars::prelude::{
    DataFrame, DataType, Engine, Expr, IntoLazy, LazyFrame, PlRefPath, PolarsResult,
    ScanArgsParquet, col, len, lit,
};

use crate::Error;
use crate::frame::{self, Row};
use crate::parquet;
use crate::query::RunNames;

/// Rows of a part: what is held at one time while different things are counted.
const PART: usize = 4_000_000;
/// Up to so many rows are few.
const FEW: usize = 1 << 16;
/// Exchanges of one exhibit that are never parted.
const BUCKET: u32 = 1 << 12;

/// The rows of one table.
pub(crate) struct Source {
    frame: LazyFrame,
    rows: usize,
    part: usize,
    run_names: OnceCell<RunNames>,
    by_exchange: OnceCell<Vec<Expr>>,
}

impl Source {
    /// Rows in memory.
    pub(crate) fn of_rows<R: Row>(rows: &[R]) -> Result<Self, Error> {
        Ok(Self {
            frame: frame::to_frame(rows)?.lazy(),
            rows: rows.len(),
            part: PART,
            run_names: OnceCell::new(),
            by_exchange: OnceCell::new(),
        })
    }

    /// The rows of a table's Parquet file, of which it is first checked that it is whole.
    pub(crate) fn of_file<R: Row>(path: &Path) -> Result<Self, Error> {
        parquet::check_file::<R>(path)?;
        let read = |source: polars::prelude::PolarsError| Error::Read {
            table: R::TABLE,
            source: source.into(),
        };
        let path = PlRefPath::try_from_path(path).map_err(read)?;
        let args = ScanArgsParquet {
            // A name is a name, whatever characters are in it.
            glob: false,
            cache: false,
            ..ScanArgsParquet::default()
        };
        let mut frame = LazyFrame::scan_parquet(path, args).map_err(read)?;
        frame::check_schema::<R>(&*frame.collect_schema().map_err(read)?)?;
        let mut source = Self {
            frame,
            rows: usize::MAX,
            part: PART,
            run_names: OnceCell::new(),
            by_exchange: OnceCell::new(),
        };
        let count = source.lazy().select([len().cast(DataType::UInt64)]);
        let count = source.run(count).map_err(read)?;
        let count = count.columns()[0].u64().map_err(read)?.get(0);
        source.rows = usize::try_from(count.unwrap_or_default()).unwrap_or(usize::MAX);
        Ok(source)
    }

    /// The same rows in parts of another size.
    pub(crate) fn in_parts_of(mut self, rows: Option<usize>) -> Self {
        self.part = rows.unwrap_or(PART).max(1);
        self
    }

    pub(crate) fn lazy(&self) -> LazyFrame {
        self.frame.clone()
    }

    /// The names of the runs that the rows are of.
    pub(crate) fn run_names(&self) -> PolarsResult<&RunNames> {
        if let Some(names) = self.run_names.get() {
            return Ok(names);
        }
        let names = RunNames::of(self)?;
        Ok(self.run_names.get_or_init(|| names))
    }

    /// What a query of the rows gives. Of few rows the engine that streams takes longer to
    /// set up than to run.
    pub(crate) fn run(&self, query: LazyFrame) -> PolarsResult<DataFrame> {
        let few = self.rows <= FEW.min(self.part);
        let engine = if few {
            Engine::InMemory
        } else {
            Engine::Streaming
        };
        query
            .collect_with_engine(engine)
            .map(|result| result.unwrap_single())
    }

    /// Conditions that part the rows, and no value.
    pub(crate) fn by_value(&self) -> Vec<Expr> {
        // By the first two digits of the digest, which are spread evenly. Each part reads
        // the whole column of digests, so these are twice as large.
        let rows = self.part.saturating_mul(2);
        let parts = self.rows.div_ceil(rows).next_power_of_two().min(256);
        if parts == 1 {
            return vec![lit(true)];
        }
        let bound = |part: usize| lit(format!("{:02x}", part * 256 / parts));
        (0..parts)
            .map(|part| {
                let above = col("value_sha256").gt_eq(bound(part));
                if part + 1 == parts {
                    above
                } else {
                    above.and(col("value_sha256").lt(bound(part + 1)))
                }
            })
            .collect()
    }

    /// What a query of each part gives, put together: `of_part` makes of the rows of a part
    /// the query, the keys of what it gives, and how figures of several parts become one.
    pub(crate) fn by_part(
        &self,
        parts: &[Expr],
        of_part: impl Fn(LazyFrame) -> (LazyFrame, Vec<Expr>, Vec<Expr>),
    ) -> PolarsResult<DataFrame> {
        let mut all: Option<DataFrame> = None;
        for part in parts {
            let (query, keys, together) = of_part(self.lazy().filter(part.clone()));
            let found = self.run(query)?;
            all = Some(match all {
                None => found,
                Some(all) => all
                    .vstack(&found)?
                    .lazy()
                    .group_by(keys)
                    .agg(together)
                    .collect()?,
            });
        }
        Ok(all.unwrap_or_default())
    }

    /// Conditions that part the rows, and no exchange. Each is a range of exhibits, or of
    /// the exchanges of one, since files are in this order: of a file only those row
    /// groups are read that have rows of the part.
    pub(crate) fn by_exchange(&self) -> PolarsResult<&[Expr]> {
        if let Some(parts) = self.by_exchange.get() {
            return Ok(parts);
        }
        let parts = self.ranges_of_exchanges()?;
        Ok(self.by_exchange.get_or_init(|| parts))
    }

    fn ranges_of_exchanges(&self) -> PolarsResult<Vec<Expr>> {
        if self.rows <= self.part {
            return Ok(vec![lit(true)]);
        }
        let bucket = (col("exchange") / lit(BUCKET)).alias("bucket");
        let counts = self
            .lazy()
            .group_by([col("exhibit"), bucket])
            .agg([len().cast(DataType::UInt64).alias("rows")]);
        let counts = self
            .run(counts)?
            .sort(["exhibit", "bucket"], Default::default())?;
        let [exhibits, buckets, rows] = counts.columns() else {
            return Ok(vec![lit(true)]);
        };
        let (exhibits, buckets, rows) = (exhibits.str()?, buckets.u32()?, rows.u64()?);
        let all = exhibits.iter().zip(buckets.iter()).zip(rows.iter());
        let counted = all.filter_map(|((exhibit, bucket), rows)| {
            Some((
                exhibit?,
                bucket?,
                usize::try_from(rows?).unwrap_or(usize::MAX),
            ))
        });
        Ok(ranges(self.part, counted))
    }
}

/// Packs the rows of exhibits, and of buckets of their exchanges, into parts. What is
/// given must be in order.
fn ranges<'a>(part: usize, counted: impl Iterator<Item = (&'a str, u32, usize)>) -> Vec<Expr> {
    let mut exhibits: Vec<(&str, Vec<(u32, usize)>)> = Vec::new();
    for (exhibit, bucket, rows) in counted {
        match exhibits.last_mut() {
            Some((last, buckets)) if *last == exhibit => buckets.push((bucket, rows)),
            _ => exhibits.push((exhibit, vec![(bucket, rows)])),
        }
    }
    let whole = exhibits
        .iter()
        .map(|(exhibit, buckets)| (*exhibit, buckets.iter().map(|(_, rows)| rows).sum()));
    let mut found = Vec::new();
    for (from, to) in packed(part, whole) {
        let buckets = exhibits.iter().find(|(exhibit, _)| *exhibit == from);
        match buckets {
            Some((_, buckets)) if from == to => {
                for (first, last) in packed(part, buckets.iter().copied()) {
                    let end = last.saturating_mul(BUCKET).saturating_add(BUCKET - 1);
                    found.push(
                        col("exhibit")
                            .eq(lit(from))
                            .and(col("exchange").gt_eq(lit(first.saturating_mul(BUCKET))))
                            .and(col("exchange").lt_eq(lit(end))),
                    );
                }
            }
            _ => found.push(
                col("exhibit")
                    .gt_eq(lit(from))
                    .and(col("exhibit").lt_eq(lit(to))),
            ),
        }
    }
    found
}

/// The first and the last of each part, as many together as do not exceed its size.
fn packed<K: Copy>(part: usize, counted: impl Iterator<Item = (K, usize)>) -> Vec<(K, K)> {
    let mut found: Vec<(K, K, usize)> = Vec::new();
    for (key, rows) in counted {
        match found.last_mut() {
            Some((_, to, sum)) if sum.saturating_add(rows) <= part => {
                (*to, *sum) = (key, sum.saturating_add(rows));
            }
            _ => found.push((key, key, rows)),
        }
    }
    found.into_iter().map(|(from, to, _)| (from, to)).collect()
}
