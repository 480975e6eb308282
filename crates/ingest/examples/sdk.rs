//! Reads SDK material and prints what was found, one finding a line:
//! `cargo run --release -p affiant-ingest --example sdk -- FILE [FORMAT]`.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it measures: it takes arguments and prints what it found"
)]

use std::error::Error;
use std::fs::File;
use std::io::{Read, Seek};
use std::ops::ControlFlow;

use affiant_ingest::{HEAD_BYTES, SdkItem, SdkLimits, recognise_sdk, sdk_format_named};
use affiant_model::ExhibitId;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().ok_or("name a file")?;
    let mut file = File::open(&name)?;
    let mut head = Vec::new();
    (&mut file).take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    file.rewind()?;
    let reader = match arguments.next() {
        Some(format) => sdk_format_named(&format).ok_or("no such format")?,
        None => recognise_sdk(&head, &name)?,
    };
    let limits = SdkLimits::default();
    let capture = reader.read(&mut file, ExhibitId(1), &name, &limits, &mut |item| {
        match item {
            SdkItem::Finding(f) => println!(
                "{} | {} | {} | {} | {} | {} | {} | {}",
                f.kind,
                f.value.escape_debug(),
                f.sdk.unwrap_or_default(),
                f.vendor.unwrap_or_default(),
                f.version.unwrap_or_default(),
                f.detail.escape_debug(),
                f.place.escape_debug(),
                f.rule
            ),
            SdkItem::Defect(d) => {
                println!("DEFECT {} ({})", d.message.escape_debug(), d.consequence)
            }
        }
        ControlFlow::Continue(())
    })?;
    eprintln!(
        "{} of {}: {} findings, {} defects",
        capture.format,
        capture.app.unwrap_or_default().escape_debug(),
        capture.findings,
        capture.defects
    );
    Ok(())
}
