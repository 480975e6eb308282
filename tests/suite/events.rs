//! What the commands record of what happens to evidence, beyond taking it in.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha512};

use crate::support::{acme, expect, expect_error, has_tool, program};

const STATED: [&str; 6] = ["--custodian", "C", "--collected-by", "P", "--method", "M"];
const CAPTURE: &str = r#"{"log": {"version": "1.2", "entries": []}}"#;

/// A case with one exhibit.
fn case() -> tempfile::TempDir {
    let folder = acme("");
    std::fs::write(folder.path().join("a.har"), CAPTURE).unwrap();
    intake(0, folder.path(), &["a.har"]);
    folder
}

fn intake(code: i32, here: &Path, arguments: &[&str]) -> String {
    expect(
        code,
        here,
        &[&["intake", "acme"], arguments, &STATED].concat(),
    )
}

fn events(here: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(here.join("acme/custody/ledger.jsonl")).unwrap();
    let parse = |line| serde_json::from_str(line).unwrap();
    text.lines().map(parse).collect()
}

fn last(here: &Path) -> Value {
    events(here).pop().unwrap()
}

fn hex_of(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[test]
fn a_folder_standard_input_and_the_members_of_an_archive_are_exhibits_of_their_own() {
    let folder = acme("");
    let here = folder.path();
    std::fs::create_dir_all(here.join("logs/deep")).unwrap();
    std::fs::write(here.join("logs/b.har"), CAPTURE).unwrap();
    std::fs::write(here.join("logs/deep/c.txt"), "c").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("b.har", here.join("logs/link")).unwrap();
    let said = intake(3, here, &["logs", "--digest", "sha512", "--digest", "md5"]);
    assert!(
        said.contains("not taken in: logs/link: no file but a link"),
        "{said}"
    );
    let taken = events(here);
    let names: Vec<_> = taken[1..]
        .iter()
        .map(|e| e["objects"][0]["original_name"].clone())
        .collect();
    assert_eq!(names, ["logs/b.har", "logs/deep/c.txt"]);
    let digests = &taken[1]["objects"][0]["digests"];
    assert_eq!(digests["sha512"], hex::encode(Sha512::digest(CAPTURE)));
    assert_eq!(digests["md5"].as_str().unwrap().len(), 32);

    // What was taken in is passed over, and what came since is not.
    std::fs::write(here.join("logs/new.txt"), "new").unwrap();
    let said = intake(3, here, &["logs", "--resume"]);
    assert_eq!(said.matches("it was taken in already").count(), 2, "{said}");
    assert_eq!(last(here)["objects"][0]["original_name"], "logs/new.txt");

    let mut child = Command::new(program())
        .args(["intake", "acme", "-", "--stdin-name", "piped.har"])
        .args(STATED)
        .current_dir(here)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(CAPTURE.as_bytes())
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let piped = last(here);
    assert_eq!(piped["objects"][0]["original_name"], "piped.har");
    assert_eq!(piped["objects"][0]["sha256"], hex_of(CAPTURE.as_bytes()));
}

#[test]
fn holds_notes_disclosures_and_a_deletion_say_who_why_and_what() {
    let folder = case();
    let here = folder.path();
    let who = [
        "--operator",
        "J. Doe",
        "--role",
        "examiner",
        "--authority",
        "order of 1 May",
    ];
    let run = |arguments: &[&str]| expect(0, here, &[arguments, &who].concat());
    run(&["note", "acme", "The seal was whole.", "--exhibit", "E-0001"]);
    let note = last(here);
    assert_eq!(note["note"], "The seal was whole.");
    assert_eq!(note["objects"][0]["exhibit"], "E-0001");
    assert_eq!(note["actor"]["role"], "examiner");
    assert_eq!(note["authority"], "order of 1 May");
    assert!(
        note["machine"]
            .as_str()
            .is_some_and(|machine| machine.contains('('))
    );

    run(&["hold", "acme", "--reason", "litigation"]);
    let refused = expect_error(2, here, &["delete", "acme", "E-0001", "--reason", "x"]);
    assert!(refused.contains("under a legal hold"), "{refused}");
    run(&["hold", "acme", "--release", "--reason", "settled"]);
    run(&[
        "disclose",
        "acme",
        "E-0001",
        "--to",
        "R. Roe",
        "--how",
        "inspection",
    ]);
    assert_eq!(last(here)["transfer"]["to"], "R. Roe");
    run(&["delete", "acme", "E-0001", "--reason", "clawback"]);
    let deleted = last(here);
    assert_eq!(
        (&deleted["action"], &deleted["reason"]),
        (&"delete".into(), &"clawback".into())
    );
    assert_eq!(deleted["objects"][0]["sha256"], hex_of(CAPTURE.as_bytes()));
    assert!(!here.join("acme/evidence/E-0001.har").exists());
    expect(6, here, &["verify", "acme"]);
    let actions: Vec<_> = events(here)
        .iter()
        .map(|event| event["action"].clone())
        .collect();
    assert_eq!(
        actions,
        [
            "open", "acquire", "note", "hold", "release", "disclose", "delete"
        ]
    );
}

#[test]
fn a_working_copy_names_its_original_and_leaves_it_alone() {
    let folder = case();
    let here = folder.path();
    std::fs::write(here.join("redacted.txt"), "nothing").unwrap();
    expect(
        0,
        here,
        &[
            "derive",
            "acme",
            "redacted.txt",
            "--from",
            "E-0001",
            "--reason",
            "privilege",
        ],
    );
    let derived = last(here);
    assert_eq!(derived["objects"][0]["path"], "working/W-0001.txt");
    assert_eq!(
        derived["objects"][0]["from"]["sha256"],
        hex_of(CAPTURE.as_bytes())
    );
    let kept = std::fs::read(here.join("acme/working/W-0001.txt")).unwrap();
    assert_eq!(kept, b"nothing");
    assert_eq!(
        std::fs::read(here.join("acme/evidence/E-0001.har")).unwrap(),
        CAPTURE.as_bytes()
    );
    expect(6, here, &["verify", "acme"]);
}

#[test]
fn a_transfer_carries_the_receipt_that_the_other_side_signed() {
    if !has_ssh_keygen() {
        return;
    }
    let folder = case();
    let here = folder.path();
    let transfer = [
        "transfer", "acme", "E-0001", "--from", "Doe LLP", "--to", "R. Roe",
    ];
    expect(
        0,
        here,
        &[&transfer[..], &["--write-receipt", "receipt.txt"]].concat(),
    );
    assert_eq!(events(here).len(), 2, "nothing is recorded yet");
    let text = std::fs::read_to_string(here.join("receipt.txt")).unwrap();
    assert!(text.contains(&hex_of(CAPTURE.as_bytes())), "{text}");
    for arguments in [
        &["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", "roe"][..],
        &[
            "-Y",
            "sign",
            "-n",
            "affiant-receipt@v1",
            "-f",
            "roe",
            "receipt.txt",
        ],
    ] {
        let done = Command::new("ssh-keygen")
            .args(arguments)
            .current_dir(here)
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
    }
    let signed = [
        "--receipt",
        "receipt.txt",
        "--signature",
        "receipt.txt.sig",
        "--identity",
        "roe@example.org",
    ];
    let arguments = [&transfer[..], &signed].concat();
    // A receipt that was changed after it was signed is refused.
    std::fs::write(here.join("receipt.txt"), text.replace("R. Roe", "X. Roe")).unwrap();
    let refused = expect_error(2, here, &arguments);
    assert!(refused.contains("is not good"), "{refused}");
    assert_eq!(events(here).len(), 2);
    std::fs::write(here.join("receipt.txt"), &text).unwrap();
    expect(0, here, &arguments);
    let event = last(here);
    let signer = event["transfer"]["signer"].as_str().unwrap();
    assert!(signer.starts_with("roe@example.org (SHA256:"), "{signer}");
    let key = std::fs::read_to_string(here.join("roe.pub")).unwrap();
    let allowed = format!("roe@example.org namespaces=\"affiant-receipt@v1\" {key}");
    std::fs::write(here.join("signers"), allowed).unwrap();
    let said = expect(
        6,
        here,
        &["verify", "acme", "--signers", "signers", "--json"],
    );
    let checks: Value = serde_json::from_str(&said).unwrap();
    let receipt = checks["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|check| check["subject"] == "custody/receipts/000003.sig");
    assert_eq!(receipt.unwrap()["verdict"], "valid", "{said}");
    // Who does not name the signer is told so.
    expect(5, here, &["verify", "acme"]);
}

fn has_ssh_keygen() -> bool {
    // It has no `--version`; any answer will do.
    has_tool("ssh-keygen")
}

#[test]
fn the_record_says_which_clock_how_far_it_was_off_and_what_was_public() {
    let folder = case();
    let here = folder.path();
    let stated = [
        "note",
        "acme",
        "x",
        "--clock",
        "laboratory clock",
        "--clock-offset",
        "-0.8 s against time.example.org",
        "--beacon",
        "2020-01-01T00:00:00Z beacon.example.org/1 9f2c",
        "--machine",
        "bench 4",
    ];
    expect(0, here, &stated);
    let event = last(here);
    assert_eq!(event["clock"], "laboratory clock");
    assert_eq!(event["clock_offset"], "-0.8 s against time.example.org");
    assert_eq!(event["beacon"]["value"], "9f2c");
    assert_eq!(event["machine"], "bench 4");
    let future = ["note", "acme", "y", "--beacon", "2999-01-01T00:00:00Z b v"];
    let refused = expect_error(2, here, &future);
    assert!(refused.contains("published later"), "{refused}");
}
