//! Prints what traffic logs transmit, one JSON object a line:
//! `cargo run -p affiant-detect --example transmittals -- [--case case.toml] FILE...`.
//!
//! Each line has the file as it was named, the ordinal of the exchange, the
//! endpoint that was recognised, the datum, its value, its locator and the
//! basis. Without a case file there are no known values, and documented fields
//! are all that is found. A file that is not read is said on standard error.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "it takes arguments and says what it did not read"
)]

use std::error::Error;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, Write};
use std::ops::ControlFlow;

use affiant_detect::{DecodeLimits, Detector, Knowledge};
use affiant_ingest::{HEAD_BYTES, Item, Settings, recognise};
use affiant_model::{Case, Circumstances, ExhibitId};
use serde::Serialize;

#[derive(Serialize)]
struct Line<'l> {
    file: &'l str,
    exchange: u32,
    endpoint: Option<&'l str>,
    datum: &'l str,
    value: &'l str,
    locator: &'l str,
    basis: &'l str,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut files: Vec<String> = std::env::args().skip(1).collect();
    let mut case = Case::default();
    if files.first().is_some_and(|word| word == "--case") {
        let path = files.get(1).ok_or("--case needs a file")?;
        case = toml::from_str(&std::fs::read_to_string(path)?)?;
        files.drain(..2);
    }
    let knowledge = Knowledge::built_in()?;
    let detector = Detector::new(&case, &knowledge, DecodeLimits::default())?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for file in &files {
        if let Err(error) = examine(&detector, file, &mut out) {
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
    let mut written = Ok(());
    let mut take = |item| {
        if let Item::Exchange(exchange) = item {
            let examination = detector.examine(&exchange, &Circumstances::default());
            let endpoint = examination.row.endpoint.as_deref();
            for transmittal in &examination.transmittals {
                let line = Line {
                    file,
                    exchange: transmittal.exchange,
                    endpoint,
                    datum: &transmittal.datum,
                    value: &transmittal.value,
                    locator: &transmittal.locator,
                    basis: transmittal.basis.as_str(),
                };
                written = serde_json::to_writer(&mut *out, &line)
                    .map_err(io::Error::from)
                    .and_then(|()| out.write_all(b"\n"));
                if written.is_err() {
                    return ControlFlow::Break(());
                }
            }
        }
        ControlFlow::Continue(())
    };
    recognise(&head)?.read(&mut input, ExhibitId(1), &Settings::default(), &mut take)?;
    Ok(written?)
}
