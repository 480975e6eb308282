//! What intake and examination cost without tables and documents, and what they give:
//!
//! ```text
//! pipeline intake CASE.TOML FOLDER FILE     makes a case folder and takes the file in
//! pipeline examine FOLDER                   reads its exhibits and examines each exchange
//! pipeline rows CASE.TOML FILE...           prints all that is read and found, a line each
//! ```
//!
//! The first two print counts; the time is for the caller to take. What `rows`
//! prints before and after a change shows whether it changed any result.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::use_debug,
    reason = "it takes arguments and prints all that there is"
)]

use mimalloc::MiMalloc;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::Path;

use affiant_custody::{Acquisition, CaseFolder, Means, Stamp};
use affiant_detect::{
    Consistency, ConsistencyLimits, DecodeLimits, Detector, Differential, Fingerprint, Knowledge,
};
use affiant_ingest::{HEAD_BYTES, Item, Settings, format_named, recognise};
use affiant_model::{Actor, Case, Circumstances, ExhibitId, Span, Tool};
use sha2::{Digest as _, Sha256};

type Outcome = Result<(), Box<dyn Error>>;

/// The one of the program.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> Outcome {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["intake", case, folder, file] => intake(case, Path::new(folder), file),
        ["examine", folder] => examine(Path::new(folder)),
        ["rows", case, files @ ..] => rows(case, files),
        _ => Err("see the head of this example for what it takes".into()),
    }
}

fn stamp(nonce: u8) -> Stamp {
    Stamp {
        time: chrono::DateTime::UNIX_EPOCH,
        clock: "none".to_owned(),
        clock_offset: None,
        beacon: None,
        authority: None,
        machine: None,
        nonce: [nonce; 16],
        actor: Actor {
            name: "pipeline".to_owned(),
            role: "benchmark".to_owned(),
        },
        tool: Tool {
            name: "pipeline".to_owned(),
            version: "0".to_owned(),
            sha256: None,
        },
    }
}

fn head_of(file: &mut File) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    file.rewind()?;
    Ok(head)
}

fn intake(case: &str, folder: &Path, path: &str) -> Outcome {
    let folder = CaseFolder::create(folder, &std::fs::read_to_string(case)?, stamp(0))?;
    let mut file = File::open(path)?;
    let reader = recognise(&head_of(&mut file)?)?;
    let rule = reader.range_rule().map(str::to_owned);
    let mut find = |source: &mut dyn Read, take: &mut dyn FnMut(Span)| {
        let mut source = BufReader::with_capacity(256 << 10, source);
        reader.ranges(&mut source, take).ok()?;
        rule.clone()
    };
    let mut means = Means {
        find: &mut find,
        secret: [7; 32],
        progress: &mut |_| {},
    };
    let acquisition = Acquisition {
        original_name: path.to_owned(),
        format: reader.name(),
        ..Acquisition::default()
    };
    let exhibit =
        folder
            .writer(&mut || stamp(1))?
            .acquire(&mut file, acquisition, stamp(2), &mut means)?;
    println!("{exhibit:?}");
    Ok(())
}

/// Hashes what is read through it, as the analysis does.
struct Hashing<R>(R, Sha256);

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.0.read(buffer)?;
        self.1.update(&buffer[..length]);
        Ok(length)
    }
}

impl<R: Seek> Seek for Hashing<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

fn examine(folder: &Path) -> Outcome {
    let folder = CaseFolder::open(folder)?;
    let case: Case = toml::from_str(&std::fs::read_to_string(folder.case_file())?)?;
    let knowledge = Knowledge::built_in()?;
    let detector = Detector::new(&case, &knowledge, DecodeLimits::default())?;
    let exhibits = folder.exhibits()?;
    let mut consistency = Consistency::new(&case, ConsistencyLimits::default());
    let mut differential = Differential::default();
    let (mut exchanges, mut transmittals, mut rows) = (0_u64, 0_u64, Vec::new());
    for exhibit in &exhibits {
        let file = File::open(folder.exhibit_path(exhibit))?;
        let mut source = Hashing(BufReader::with_capacity(64 << 10, file), Sha256::new());
        let reader = format_named(&exhibit.format).ok_or("the exhibit has no format")?;
        consistency.begin(exhibit);
        // How many it holds was recorded when it was taken in.
        let count = exhibit.exchanges.as_ref().map_or(0, |tree| tree.count);
        rows.reserve(usize::try_from(count)?);
        let mut take = |item| {
            if let Item::Exchange(exchange) = item {
                let found = detector.examine(&exchange, &exhibit.circumstances);
                let fingerprint = Fingerprint::of(&exchange);
                let _ = consistency.observe(&exchange, &found, fingerprint);
                differential.observe(&found.row, &found.tokens);
                exchanges += 1;
                transmittals += found.transmittals.len() as u64;
                rows.push(found);
            }
            ControlFlow::Continue(())
        };
        let capture = reader.read(&mut source, exhibit.id, &Settings::default(), &mut take)?;
        let _ = consistency.end(Some(&capture));
        let digest = hex::encode(source.1.finalize());
        if digest != exhibit.sha256.to_string() {
            return Err("the exhibit was not read to its end, or was altered".into());
        }
    }
    println!(
        "{} spellings, {exchanges} exchanges, {transmittals} transmittals",
        detector.pattern_count()
    );
    Ok(())
}

fn rows(case: &str, files: &[&str]) -> Outcome {
    let case: Case = toml::from_str(&std::fs::read_to_string(case)?)?;
    let knowledge = Knowledge::built_in()?;
    let detector = Detector::new(&case, &knowledge, DecodeLimits::default())?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for path in files {
        if let Err(error) = rows_of(&detector, path, &mut out) {
            writeln!(out, "{path}: {error}")?;
        }
    }
    out.flush()?;
    Ok(())
}

fn rows_of(detector: &Detector<'_>, path: &str, out: &mut dyn Write) -> Outcome {
    let mut file = File::open(path)?;
    let reader = recognise(&head_of(&mut file)?)?;
    let mut input = BufReader::new(file);
    let mut written = Ok(());
    let mut take = |item| {
        let line = match item {
            Item::Defect(defect) => format!("{path}: {defect:?}"),
            Item::Exchange(exchange) => {
                let found = detector.examine(&exchange, &Circumstances::default());
                let read = Sha256::digest(format!("{exchange:?}"));
                format!("{path}: {} {found:?}", hex::encode(read))
            }
        };
        written = writeln!(out, "{line}");
        match written {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    };
    let capture = reader.read(&mut input, ExhibitId(1), &Settings::default(), &mut take)?;
    written?;
    writeln!(out, "{path}: {capture:?}")?;
    Ok(())
}
