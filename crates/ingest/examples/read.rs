//! Reads a traffic log from standard input and prints what was counted:
//! `cargo run --release -p affiant-ingest --example read -- pcap < FILE`.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it measures: it takes an argument and prints what it found"
)]

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use affiant_ingest::{Item, Refusal, Settings, format_named};
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

fn main() -> Result<(), Refusal> {
    let name = std::env::args().nth(1).unwrap_or_default();
    let Some(reader) = format_named(&name) else {
        println!("`{name}` is no format; name one, such as pcap");
        return Ok(());
    };
    let (mut exchanges, mut defects, mut bytes) = (0_u64, 0_u64, 0_u64);
    let mut take = |item| {
        match item {
            Item::Exchange(exchange) => {
                exchanges += 1;
                bytes += exchange.raw.len() as u64;
            }
            Item::Defect(_) => defects += 1,
        }
        ControlFlow::Continue(())
    };
    let mut input = Stream(io::stdin().lock());
    reader.read(&mut input, ExhibitId(1), &Settings::default(), &mut take)?;
    println!("{exchanges} exchanges of {bytes} bytes, {defects} defects");
    Ok(())
}
