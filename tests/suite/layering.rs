//! The stages know the vocabulary and nothing of one another.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use crate::support::repository;

/// Package -> the packages it depends on, those for tests left out.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(repository())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let name = |value: &serde_json::Value| value["name"].as_str().unwrap().to_owned();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let normal = package["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|d| d["kind"].is_null());
            (name(package), normal.map(name).collect())
        })
        .collect()
}

const STAGES: [&str; 5] = [
    "affiant-custody",
    "affiant-ingest",
    "affiant-detect",
    "affiant-aggregate",
    "affiant-report",
];

/// What knows forms of others, or holds what is handed in against it, and reads no case folder.
const LIBRARIES: [&str; 9] = [
    "affiant-attest",
    "affiant-bagit",
    "affiant-notice",
    "affiant-packets",
    "affiant-production",
    "affiant-redact",
    "affiant-statutes",
    "affiant-tlog",
    "affiant-uco",
];

#[test]
fn stages_depend_on_the_model_alone() {
    let dependencies = dependencies();
    let own = |package: &str| -> Vec<_> {
        dependencies[package]
            .iter()
            .filter(|name| name.starts_with("affiant"))
            .cloned()
            .collect()
    };
    assert_eq!(own("affiant-model"), [""; 0]);
    for library in LIBRARIES {
        assert_eq!(own(library), ["affiant-model"], "{library}");
    }
    // These know not even the vocabulary.
    assert_eq!(own("affiant-tls"), [""; 0]);
    assert_eq!(own("affiant-http"), [""; 0]);
    assert_eq!(own("affiant-consent"), [""; 0]);
    assert_eq!(own("affiant-stats"), [""; 0]);
    // Figures are computed, and put into words, by one library.
    assert_eq!(own("affiant-aggregate"), ["affiant-model", "affiant-stats"]);
    // What is taken out of a public version is taken out before it is typeset.
    assert_eq!(
        own("affiant-report"),
        ["affiant-model", "affiant-redact", "affiant-stats"]
    );
    // What a value says of consent is decoded by a library of its own.
    assert_eq!(own("affiant-detect"), ["affiant-consent", "affiant-model"]);
    // What a capture of packets is read with are libraries of its own.
    assert_eq!(
        own("affiant-ingest"),
        [
            "affiant-http",
            "affiant-model",
            "affiant-packets",
            "affiant-tls"
        ]
    );
    // What custody signs, checks and packs has libraries of its own.
    assert_eq!(
        own("affiant-custody"),
        [
            "affiant-attest",
            "affiant-bagit",
            "affiant-model",
            "affiant-tlog"
        ]
    );
    let door = own("affiant");
    for stage in STAGES {
        assert!(door.contains(&stage.to_owned()), "{stage}");
    }
}

#[test]
fn the_long_builds_stay_in_one_crate_each() {
    let users = |prefix: &str| -> Vec<String> {
        dependencies()
            .into_iter()
            .filter(|(_, names)| names.iter().any(|name| name.starts_with(prefix)))
            .map(|(package, _)| package)
            .collect()
    };
    assert_eq!(users("polars"), ["affiant-aggregate"]);
    assert_eq!(users("typst"), ["affiant-report"]);
    assert_eq!(users("printpdf"), ["affiant-report"]);
    assert_eq!(users("ed25519-dalek"), ["affiant-tlog"]);
    assert_eq!(users("rustls-webpki"), ["affiant-attest"]);
    for of_the_door in ["clap", "indicatif", "getrandom"] {
        assert_eq!(users(of_the_door), ["affiant"], "{of_the_door}");
    }
}

#[test]
fn every_crate_is_under_the_lints_of_the_workspace() {
    for (package, _) in dependencies() {
        let folder = match package.strip_prefix("affiant-") {
            None => "crates/cli".to_owned(),
            Some("tests") => "tests".to_owned(),
            Some(name) => format!("crates/{name}"),
        };
        let manifest =
            std::fs::read_to_string(repository().join(folder).join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{package}");
    }
    let workspace = std::fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    assert!(workspace.contains("unsafe_code = \"forbid\""));
}

#[test]
fn architecture_is_short_and_names_tests_that_exist() {
    let text = std::fs::read_to_string(repository().join("ARCHITECTURE.md")).unwrap();
    assert!(text.lines().count() <= 200);
    // A name of a test stands in backticks behind the word "guard".
    let mut named = 0;
    for line in text.lines().filter(|line| line.contains("guard")) {
        for name in line
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|name| name.ends_with(".rs"))
        {
            named += 1;
            assert!(
                repository().join(name).is_file(),
                "ARCHITECTURE.md names `{name}`"
            );
        }
    }
    assert!(named >= 8, "{named} tests named");
}
