//! The same files as readers of others read, and the rules of the pages in
//! `docs/formats` as a script of Python applies them.
//!
//! `AFFIANT_CORPUS` names the collection of real captures; `AFFIANT_HARALYZER` and
//! `AFFIANT_ZAT` each name a Python that has the package. What is not there is
//! skipped, and said.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "../common/collection.rs"]
mod collection;
#[path = "../common/mod.rs"]
mod common;
mod haralyzer;
mod sessions;
mod zat;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use affiant_ingest::{HEAD_BYTES, Settings, recognise};
use affiant_model::{Carrier, Exchange, Field};
use serde_json::Value;

/// The Python that a variable names; says why there is none.
fn python(variable: &str) -> Option<OsString> {
    #[allow(
        clippy::disallowed_methods,
        reason = "a test may be told where a tool is"
    )]
    let named = std::env::var_os(variable);
    #[allow(clippy::print_stdout, reason = "a test says why it does nothing")]
    if named.is_none() {
        println!("skipped: {variable} names no Python with the package");
    }
    named
}

/// What a script prints, a JSON value a line; lines that are none are passed over.
fn said(python: &OsString, script: &str, arguments: &[PathBuf]) -> Option<Vec<Value>> {
    let command = Command::new(python)
        .args(["-X", "utf8", "-c", script])
        .args(arguments)
        .output();
    let output = command.ok()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).unwrap();
    let values = text.lines().map(serde_json::from_str);
    Some(values.filter_map(Result::ok).collect())
}

/// What is read of a file, or why it is refused.
fn read(path: &Path) -> Result<common::Log, String> {
    let file = std::fs::read(path).unwrap();
    let reader = recognise(&file[..file.len().min(HEAD_BYTES)]).map_err(|e| e.to_string())?;
    common::read_as(&reader.name(), &file, &Settings::default()).map_err(|e| e.to_string())
}

/// The content of a field, with the escapes of JSON undone.
fn content(exchange: &Exchange, field: &Field) -> Vec<u8> {
    let bytes = exchange.bytes_of(field);
    if field.carrier != Carrier::JsonString {
        return bytes.to_vec();
    }
    let text = format!("\"{}\"", std::str::from_utf8(bytes).unwrap());
    serde_json::from_str::<String>(&text).unwrap().into_bytes()
}
