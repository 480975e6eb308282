//! The commands by which bytes come out of an exhibit that does not hold them
//! as they are, run as a reader of a report would.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
#![allow(clippy::print_stdout, reason = "a test says why it does nothing")]

mod common;

use std::io::Write as _;
use std::process::Command;

use affiant_detect::{DecodeLimits, replay};
use affiant_model::{
    Carrier, Exchange, ExhibitId, Field, FieldName, Locator, Span, Unpack, Unpacked,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zip::write::SimpleFileOptions;

const REQUEST: &[u8] = b"GET /?mail=ann.lee@example.org HTTP/1.1\r\nHost: a.example\r\n\r\n";

/// An exchange whose bytes are the request, with its target as the address.
fn exchange(span: Span, steps: Vec<Unpack>) -> Exchange {
    Exchange {
        raw: REQUEST.to_vec(),
        unpacked: Some(Unpacked { steps, offset: 0 }),
        fields: vec![Field {
            name: FieldName::Url,
            span,
            range: 4..30,
            carrier: Carrier::Raw,
            declared: Vec::new(),
        }],
        ..Exchange::new(ExhibitId(1), 1, span)
    }
}

/// What the command prints that leads to the address; `None` where a tool is missing.
fn printed(exhibit: &[u8], exchange: &Exchange, tool: &str) -> Option<Vec<u8>> {
    let found = Command::new("sh")
        .args(["-c", &format!("command -v {tool}")])
        .output()
        .unwrap();
    if !found.status.success() {
        println!("skipped: `{tool}` is not installed");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("E-0001 a'b.bin"), exhibit).unwrap();
    let locator: Locator = "request.url".parse().unwrap();
    let replay = replay(exchange, &locator, &DecodeLimits::default()).unwrap();
    let command = replay.command("E-0001 a'b.bin", &[]);
    let output = Command::new("sh")
        .args(["-c", &command])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.is_empty(), "{command}: {said}");
    Some(output.stdout)
}

#[test]
fn a_member_of_an_archive_is_had_by_its_name_whatever_it_is() {
    for member in ["raw/1_c.txt", "raw/[1] it's *.txt"] {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options =
            SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        writer.start_file("raw/1 it's x.txt", options).unwrap();
        writer.write_all(b"other").unwrap();
        writer.start_file(member, options).unwrap();
        writer.write_all(REQUEST).unwrap();
        let archive = writer.finish().unwrap().into_inner();
        let found = exchange(Span::new(0, 9), vec![Unpack::Zip(member.to_owned())]);
        if let Some(printed) = printed(&archive, &found, "unzip") {
            assert_eq!(printed, b"/?mail=ann.lee@example.org");
        }
    }
}

#[test]
fn base64_is_undone_wherever_its_lines_end() {
    let text = STANDARD.encode(REQUEST);
    let (one, two) = text.split_at(20);
    let inner = format!("<request>{one}\r\n {two}\n</request>");
    let exhibit = format!("<items>{inner}</items>");
    let steps = |first: Option<Unpack>, span| {
        let rest = [Unpack::Bytes(span), Unpack::Base64];
        first.into_iter().chain(rest).collect::<Vec<_>>()
    };
    let encoded = Span::new(9, text.len() as u64 + 4);
    let found = exchange(Span::new(7, inner.len() as u64), steps(None, encoded));
    if let Some(printed) = printed(exhibit.as_bytes(), &found, "base64") {
        assert_eq!(printed, b"/?mail=ann.lee@example.org");
    }
    let packed = common::gzip(exhibit.as_bytes());
    let encoded = Span::new(7 + 9, text.len() as u64 + 4);
    let whole = Span::new(0, packed.len() as u64);
    let found = exchange(whole, steps(Some(Unpack::Gzip), encoded));
    if let Some(printed) = printed(&packed, &found, "gunzip") {
        assert_eq!(printed, b"/?mail=ann.lee@example.org");
    }
}

#[test]
fn runs_are_put_together_of_the_exhibit_or_of_its_content() {
    let (one, two) = REQUEST.split_at(20);
    let exhibit = [b"..", one, b"]]><![CDATA[", two, b".."].concat();
    let runs = vec![
        Span::new(2, one.len() as u64),
        Span::new(2 + one.len() as u64 + 12, two.len() as u64),
    ];
    let found = exchange(
        Span::new(0, exhibit.len() as u64),
        vec![Unpack::Runs(runs.clone())],
    );
    if let Some(printed) = printed(&exhibit, &found, "dd") {
        assert_eq!(printed, b"/?mail=ann.lee@example.org");
    }
    let packed = common::gzip(&exhibit);
    let whole = Span::new(0, packed.len() as u64);
    let found = exchange(whole, vec![Unpack::Gzip, Unpack::Runs(runs)]);
    if let Some(printed) = printed(&packed, &found, "perl") {
        assert_eq!(printed, b"/?mail=ann.lee@example.org");
    }
}
