//! The commands that print the bytes of a request out of a capture of packets,
//! run by a shell: each prints what the reader read.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use affiant_detect::{DecodeLimits, replay};
use affiant_ingest::{Aids, HEAD_BYTES, Item, Settings, recognise};
use affiant_model::{Exchange, ExhibitId, Locator, Unpack};

/// Requests of one capture whose commands are run: `tshark` reads the whole
/// file twice for each.
const EACH: usize = 2;

/// A capture that ends within a frame of HTTP/2, which `tshark` does not show.
const CUT: &str = "grpc_stream_reassembly_sample.pcapng.gz";

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn requests(path: &Path, settings: &Settings) -> Vec<Exchange> {
    let bytes = fs::read(path).unwrap();
    let mut found = Vec::new();
    let Ok(reader) = recognise(&bytes[..bytes.len().min(HEAD_BYTES)]) else {
        return found;
    };
    if !matches!(reader.name().rsplit('/').next(), Some("pcap" | "pcapng")) {
        return found;
    }
    let mut input = std::io::Cursor::new(bytes);
    let mut take = |item| {
        if let Item::Exchange(exchange) = item
            && exchange.unpacked.is_some()
            && !exchange.fields.is_empty()
        {
            found.push(exchange);
        }
        ControlFlow::Continue(())
    };
    reader
        .read(&mut input, ExhibitId(1), settings, &mut take)
        .unwrap();
    found
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a test may ask the environment")]
fn the_command_of_every_kind_of_unpacking_prints_what_was_read() {
    let root = std::env::var_os("AFFIANT_CORPUS").map(|root| PathBuf::from(root).join("pcap"));
    let Some(root) = root.filter(|root| root.is_dir()) else {
        println!("skipped: AFFIANT_CORPUS names no collection");
        return;
    };
    let tshark = std::env::var_os("AFFIANT_TSHARK").map(PathBuf::from);
    let Some(folder) = tshark.as_deref().and_then(Path::parent) else {
        println!("skipped: AFFIANT_TSHARK names no tshark");
        return;
    };
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut found = Vec::new();
    files(&root, &mut found);
    let logs = found.iter().filter(|path| {
        let name = path.to_string_lossy();
        name.ends_with(".keys") || name.ends_with("keylog.dat")
    });
    let logs: Vec<String> = logs.map(|path| path.to_str().unwrap().to_owned()).collect();
    let settings = Settings {
        aids: Aids {
            key_logs: logs.iter().map(|log| fs::read(log).unwrap()).collect(),
            ..Aids::default()
        },
        ..Settings::default()
    };
    let (mut run, mut packets, mut failed) = (0, 0, Vec::new());
    for capture in &found {
        for exchange in requests(capture, &settings).iter().take(EACH) {
            let field = exchange.fields.last().unwrap();
            let locator = Locator {
                field: field.name.clone(),
                steps: Vec::new(),
            };
            let replay = replay(exchange, &locator, &DecodeLimits::default()).unwrap();
            let command = replay.command(capture.to_str().unwrap(), &logs);
            if command.starts_with('#') {
                continue;
            }
            let mut shell = Command::new("sh");
            let output = shell
                .args(["-c", &command])
                .env("PATH", &path)
                .output()
                .unwrap();
            run += 1;
            let steps = exchange
                .unpacked
                .iter()
                .flat_map(|unpacked| &unpacked.steps);
            packets += steps
                .filter(|step| matches!(step, Unpack::Packets(_)))
                .count();
            let cut = capture.ends_with(CUT) && replay.value.starts_with(&output.stdout);
            if output.stdout != replay.value && !cut {
                let way = exchange.unpacking().unwrap();
                let name = capture.strip_prefix(&root).unwrap().display();
                failed.push(format!(
                    "{name}, {}, {} ({way}): {} bytes and not {}\n    {command}",
                    exchange.url,
                    field.name,
                    output.stdout.len(),
                    replay.value.len()
                ));
            }
        }
    }
    println!("{run} commands, {packets} with tshark");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(run >= 40 && packets >= 20, "{run}, {packets}");
}
