//! Reads a traffic log and prints what was counted:
//! `cargo run --release -p affiant-ingest --example read -- FORMAT [FILE [AID…]]`.
//!
//! Without a file, or where it is `-`, standard input is read, which goes forward
//! only: archives need a file. An aid is the mapping of a table or the keys of a
//! capture.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it measures: it takes arguments and prints what it found"
)]

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use affiant_ingest::{HEAD_BYTES, Input, Item, Limits, Settings, format_named, recognise};
use affiant_model::ExhibitId;

/// Standard input, which goes forward only.
struct Stream(io::StdinLock<'static>);

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for Stream {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// What the files named give for reading others.
fn settings(aids: impl Iterator<Item = String>) -> Result<Settings, Box<dyn Error>> {
    let mut settings = Settings::from(Limits::default());
    for path in aids {
        let file = fs::read(&path)?;
        let head = file.get(..HEAD_BYTES).unwrap_or(&file);
        recognise(head)?.add_aid(&mut &file[..], &settings.limits, &mut settings.aids);
    }
    Ok(settings)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let Some(reader) = format_named(&name) else {
        return Err(format!("`{name}` is no format; name one, such as pcap").into());
    };
    let file = arguments.next().filter(|file| file != "-");
    let mut input: Box<dyn Input> = match file {
        Some(path) => Box::new(File::open(path)?),
        None => Box::new(Stream(io::stdin().lock())),
    };
    let settings = settings(arguments)?;
    let (mut exchanges, mut defects, mut bytes) = (0_u64, 0_u64, 0_u64);
    let mut first = None;
    let mut take = |item| {
        match item {
            Item::Exchange(exchange) => {
                exchanges += 1;
                bytes += exchange.raw.len() as u64;
            }
            Item::Defect(defect) => {
                defects += 1;
                first.get_or_insert(defect.message);
            }
        }
        ControlFlow::Continue(())
    };
    reader.read(input.as_mut(), ExhibitId(1), &settings, &mut take)?;
    println!("{exchanges} exchanges of {bytes} bytes, {defects} defects");
    if let Some(message) = first {
        eprintln!("the first defect: {message}");
    }
    Ok(())
}
