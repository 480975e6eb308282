//! The validator of the CASE community (`case_validate` of case-utils) accepts
//! the export, with no violation, no warning and no remark.
//!
//! It is found by `AFFIANT_CASE_VALIDATE`, or as `case_validate` on the path;
//! the examples of the ontology in the corpus, by `AFFIANT_CORPUS` or at
//! `../shared/corpus` beside the repository.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by it, and says what it skips"
)]

mod example;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use example::{ORIGIN, example};
use serde_json::{Value, json};

#[expect(
    clippy::disallowed_methods,
    reason = "the validator and the corpus lie outside of the repository"
)]
fn setting(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The validator, where there is one that runs.
fn validator() -> Option<OsString> {
    let program = setting("AFFIANT_CASE_VALIDATE").unwrap_or_else(|| "case_validate".into());
    match Command::new(&program).arg("--help").output() {
        Ok(output) if output.status.success() => Some(program),
        _ => {
            println!("skipped: `{}` does not run", program.display());
            None
        }
    }
}

/// No severity is allowed to pass: a remark fails as a violation does.
fn validate(program: &OsString, file: &Path) -> Output {
    Command::new(program)
        .args(["--built-version", "case-1.4.0"])
        .arg(file)
        .output()
        .unwrap()
}

/// Exit code, report and complaints.
fn judge(program: &OsString, bytes: &[u8]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("case.jsonld");
    std::fs::write(&file, bytes).unwrap();
    let output = validate(program, &file);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn the_validator_itself_accepts_the_good_example_and_refuses_the_bad_one() {
    let Some(program) = validator() else { return };
    let corpus = setting("AFFIANT_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    let examples = corpus.join("conformance/case/tests/examples");
    if !examples.is_dir() {
        println!("skipped: no examples of CASE at {}", examples.display());
        return;
    }
    for (name, code) in [("PASS", 0), ("XFAIL", 1)] {
        let file = examples.join(format!("investigative_action_{name}.json"));
        assert_eq!(
            validate(&program, &file).status.code(),
            Some(code),
            "{name}"
        );
    }
}

#[test]
fn an_export_with_every_action_conforms_without_violation_warning_or_remark() {
    let Some(program) = validator() else { return };
    let example = example();
    let empty = affiant_uco::case_jsonld(ORIGIN, &example.case, &[], &[]);
    for bytes in [example.export(), empty] {
        let (code, report, complaints) = judge(&program, &bytes);
        assert_eq!(code, Some(0), "{report}{complaints}");
        assert_eq!(report.trim(), "Validation Report\nConforms: True");
        assert_eq!(complaints, "");
    }
}

/// The export with every value of a property, wherever it stands, altered.
fn broken(property: &str, alter: fn(&mut Value)) -> Vec<u8> {
    fn descend(value: &mut Value, property: &str, alter: fn(&mut Value), hits: &mut usize) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    if name == property {
                        *hits += 1;
                        alter(value);
                    } else {
                        descend(value, property, alter, hits);
                    }
                }
            }
            Value::Array(values) => values
                .iter_mut()
                .for_each(|value| descend(value, property, alter, hits)),
            _ => {}
        }
    }
    let mut document = serde_json::from_slice(&example().export()).unwrap();
    let mut hits = 0;
    descend(&mut document, property, alter, &mut hits);
    assert!(hits > 0, "{property}");
    serde_json::to_vec(&document).unwrap()
}

#[test]
fn a_broken_export_is_refused_so_that_the_check_is_not_empty() {
    let Some(program) = validator() else { return };
    let untyped = broken("uco-action:startTime", |value| {
        *value = value["@value"].take()
    });
    let (code, report, _) = judge(&program, &untyped);
    assert_eq!(code, Some(1), "{report}");
    assert!(report.contains("action:startTime"), "{report}");
    let events = example().events.len();
    assert!(report.contains(&format!("Results ({events}):")), "{report}");

    // To point to what is not there is seen as well: a string is no action.
    let astray = broken("case-investigation:wasInformedBy", |value| {
        *value = json!({ "@id": "kb:nobody" })
    });
    assert_eq!(judge(&program, &astray).0, Some(1));

    // A word that the ontology does not have.
    let text = String::from_utf8(example().export()).unwrap();
    let misspelt = text.replace("uco-core:kindOfRelationship", "uco-core:kindOfRelation");
    let (code, _, complaints) = judge(&program, misspelt.as_bytes());
    assert_eq!(code, Some(1));
    assert!(complaints.contains("kindOfRelation"), "{complaints}");

    // An algorithm that UCO does not list is only a remark, and remarks count.
    let unlisted = text.replace("\"SHA256\"", "\"FNV\"");
    let (code, report, _) = judge(&program, unlisted.as_bytes());
    assert_eq!(code, Some(1));
    assert!(report.contains("Severity: sh:Info"), "{report}");
}
