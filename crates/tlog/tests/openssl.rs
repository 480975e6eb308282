//! Keys and signatures meet openssl, which needs nothing of this project.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by the one and says by the other why it did nothing"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use affiant_tlog::{Checkpoint, SignedNote, SigningKey, VerifierKey, empty_root};

fn openssl(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("openssl");
    command
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

/// Whether there is an openssl that knows Ed25519 with `-rawin`: 3.0 and later.
fn is_there() -> bool {
    let version = Command::new("openssl").arg("version").output();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    match version
        .as_deref()
        .map(|version| version.split(['.', ' ']).nth(1))
    {
        Ok(Some(major)) if major.parse().is_ok_and(|major: u32| major >= 3) => true,
        _ => {
            println!("skipped: `openssl` 3.0 or later is not installed");
            false
        }
    }
}

fn signed() -> (SigningKey, SignedNote) {
    let key = SigningKey::from_seed("example.com/log", [9; 32]).unwrap();
    let checkpoint = Checkpoint {
        origin: "example.com/log".to_owned(),
        size: 0,
        root: empty_root(),
        extensions: Vec::new(),
    };
    let note = checkpoint.sign(&key);
    (key, note)
}

#[test]
fn openssl_accepts_the_signature_of_a_note_and_refuses_an_edited_text() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (key, note) = signed();
    fs::write(at.join("key.pem"), key.verifier_key().to_spki_pem()).unwrap();
    fs::write(at.join("note.sig"), &note.signatures[0].signature).unwrap();
    let check = |text: &str| {
        fs::write(at.join("note.txt"), text).unwrap();
        let words = "pkeyutl -verify -pubin -inkey key.pem -rawin -in note.txt -sigfile note.sig";
        openssl(at, &words.split(' ').collect::<Vec<_>>())
    };
    let output = check(&note.text);
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("Verified Successfully"));
    for edited in [
        note.text.replace("\n0\n", "\n1\n"),
        note.text.trim_end().to_owned(),
    ] {
        assert!(!check(&edited).status.success());
    }
}

#[test]
fn a_signature_that_openssl_makes_is_good() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (_, mut note) = signed();
    fs::write(at.join("note.txt"), &note.text).unwrap();
    for words in [
        "genpkey -algorithm ed25519 -out key.pem",
        "pkey -in key.pem -pubout -out pub.pem",
        "pkeyutl -sign -inkey key.pem -rawin -in note.txt -out note.sig",
    ] {
        let output = openssl(at, &words.split(' ').collect::<Vec<_>>());
        assert!(output.status.success(), "{words}: {output:?}");
    }
    let public = fs::read_to_string(at.join("pub.pem")).unwrap();
    let public = VerifierKey::from_spki_pem("example.com/log", &public).unwrap();
    note.signatures[0].key_id = public.key_id();
    note.signatures[0].signature = fs::read(at.join("note.sig")).unwrap();
    assert_eq!(
        note.verify(std::slice::from_ref(&public)),
        Ok(vec![public.clone()])
    );

    let private = fs::read_to_string(at.join("key.pem")).unwrap();
    let private = SigningKey::from_pkcs8_pem("example.com/log", &private).unwrap();
    assert_eq!(private.verifier_key(), public);
}

#[test]
fn openssl_reads_a_private_key_and_finds_the_same_public_key() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (key, _) = signed();
    fs::write(folder.path().join("key.pem"), &*key.to_pkcs8_pem()).unwrap();
    let output = openssl(folder.path(), &["pkey", "-in", "key.pem", "-pubout"]);
    assert!(output.status.success(), "{output:?}");
    let public = String::from_utf8(output.stdout).unwrap();
    assert_eq!(public, key.verifier_key().to_spki_pem());
}
