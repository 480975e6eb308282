//! Makes the summaries of a case whose exchanges and transmittals stand in files, which may
//! be larger than memory, beside them.
//!
//! ```text
//! aggregate CASE [--singling DATUM,…] [--part ROWS]
//! ```
//!
//! `CASE` has `case.toml`, `tables/exchanges.parquet` and `tables/transmittals.parquet`.
//! `--singling` names the kinds of datum whose values single out somebody or something,
//! for the table `bridges`. Prints the rows of each table, and the peak of memory where the
//! system keeps an account of it.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example takes arguments, and prints what it did"
)]

use std::collections::BTreeSet;
use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use affiant_aggregate::{Files, aggregate};
use affiant_model::Case;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let mut folder = None;
    let mut singling = BTreeSet::new();
    let mut part = None;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--singling" => {
                let names = arguments.next().unwrap_or_default();
                singling.extend(names.split(',').map(str::to_owned));
            }
            "--part" => part = Some(arguments.next().unwrap_or_default().parse()?),
            _ => folder = Some(PathBuf::from(argument)),
        }
    }
    let folder = folder.ok_or("usage: aggregate CASE [--singling DATUM,…] [--part ROWS]")?;
    let case: Case = toml::from_str(&fs::read_to_string(folder.join("case.toml"))?)?;
    let tables = folder.join("tables");
    let made = aggregate(&Files {
        case: &case,
        singling: &singling,
        exchanges: &tables.join("exchanges.parquet"),
        transmittals: &tables.join("transmittals.parquet"),
        part,
    })?;
    for table in made {
        fs::write(
            tables.join(format!("{}.parquet", table.name)),
            &table.parquet,
        )?;
        println!("{}: {} rows", table.name, table.rows);
    }
    if let Some(peak) = peak() {
        println!("{peak} kB at most in memory");
    }
    Ok(())
}

/// What Linux calls the high water mark of the resident set.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
