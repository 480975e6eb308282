//! Prints the patterns and contexts of traffic logs, one JSON object a line:
//! `cargo run -p affiant-detect --example patterns -- FILE...`.
//!
//! There is no case file, so that nothing is known. A last line for each file
//! counts what had a shape and no name. A file that is not read is said on
//! standard error.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "it takes arguments and says what it did not read"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, Write};
use std::ops::ControlFlow;

use affiant_detect::{DecodeLimits, Detector, Knowledge};
use affiant_ingest::{HEAD_BYTES, Item, Settings, recognise};
use affiant_model::{Case, Circumstances, ExhibitId};

fn main() -> Result<(), Box<dyn Error>> {
    let case = Case::default();
    let knowledge = Knowledge::built_in()?;
    let detector = Detector::new(&case, &knowledge, DecodeLimits::default())?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for file in std::env::args().skip(1) {
        if let Err(error) = examine(&detector, &file, &mut out) {
            eprintln!("{file}: {error}");
        }
    }
    out.flush()?;
    Ok(())
}

fn examine(detector: &Detector<'_>, file: &str, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let mut input = BufReader::new(File::open(file)?);
    let mut head = Vec::new();
    (&mut input)
        .take(HEAD_BYTES as u64)
        .read_to_end(&mut head)?;
    input.rewind()?;
    let mut unnamed: BTreeMap<String, u64> = BTreeMap::new();
    let mut written = Ok(());
    let mut take = |item| {
        if let Item::Exchange(exchange) = item {
            let examination = detector.examine(&exchange, &Circumstances::default());
            for count in examination.unnamed {
                *unnamed.entry(count.rule).or_default() += count.count;
            }
            let patterns = examination.patterns.iter().map(serde_json::to_value);
            let contexts = examination.contexts.iter().map(serde_json::to_value);
            for value in patterns.chain(contexts) {
                written = value
                    .map_err(io::Error::from)
                    .and_then(|value| writeln!(out, "{value}"));
                if written.is_err() {
                    return ControlFlow::Break(());
                }
            }
        }
        ControlFlow::Continue(())
    };
    recognise(&head)?.read(&mut input, ExhibitId(1), &Settings::default(), &mut take)?;
    written?;
    writeln!(out, "{}", serde_json::to_string(&unnamed)?)?;
    Ok(())
}
