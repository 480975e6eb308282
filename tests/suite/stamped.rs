//! Documents under time-stamps (RFC 3161) of an authority of our own, by `openssl ts`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::documents::{DOCUMENT, REPORT, reported, run, verdict};
use crate::matrix::authority::Authority;
use crate::support::{expect, expect_error, has_tool};

/// The authority's answer to a query over the document.
fn answer(authority: &Authority, here: &Path) {
    let request = ["stamp", "acme", REPORT, "--tsa-name", "test"];
    let said = expect(0, here, &[&request[..], &["--request", "--json"]].concat());
    let said: Value = serde_json::from_str(&said).unwrap();
    let query = here.join(said["query"].as_str().unwrap());
    authority.answer(query.to_str().unwrap());
}

fn attach() -> Vec<&'static str> {
    let begin = ["stamp", "acme", REPORT, "--tsa-name", "test"];
    let more = ["--attach", "tsa/answer.tsr", "--tsa", "tsa/root.pem"];
    [&begin[..], &more].concat()
}

/// The token that the case filed for the document.
fn token(here: &Path) -> PathBuf {
    let files = std::fs::read_dir(here.join("acme/custody/documents")).unwrap();
    let mut paths = files.map(|file| file.unwrap().path());
    paths
        .find(|path| path.extension().is_some_and(|end| end == "tsr"))
        .unwrap()
}

#[test]
fn a_stamped_document_is_checked_by_the_program_and_by_openssl_and_one_byte_more_is_not() {
    if !has_tool("openssl") {
        return;
    }
    let folder = reported();
    let here = folder.path();
    let authority = Authority::new(&here.join("tsa"), "Test");
    // An answer over other bytes is not filed.
    std::fs::write(here.join("other.pdf"), "another").unwrap();
    let query = "openssl ts -query -data other.pdf -sha256 -cert -out q.tsq";
    run(here, "bash", &["-c", query]);
    authority.answer(here.join("q.tsq").to_str().unwrap());
    let said = expect_error(2, here, &attach());
    assert!(said.contains("the stamp is over other bytes"), "{said}");
    answer(&authority, here);
    expect(0, here, &attach());
    let verify = ["verify", DOCUMENT, "--case", "acme", "--json"];
    let trusted = [&verify[..], &["--tsa", "tsa/root.pem"]].concat();
    let said = expect(6, here, &trusted);
    assert_eq!(verdict(&said, "custody/documents/"), "valid");
    assert_eq!(verdict(&said, "made again from the evidence"), "valid");
    // Who does not name the authority's root is told that nothing vouches for it.
    expect(5, here, &verify);
    let token = token(here);
    let command = format!(
        "openssl ts -verify -data {DOCUMENT} -in '{}' -CAfile tsa/root.pem",
        token.display()
    );
    run(here, "bash", &["-c", &command]);

    // One byte of the document: no event records it, and the stamp is not of it.
    let whole = std::fs::read(here.join(DOCUMENT)).unwrap();
    for at in [10, whole.len() / 3, whole.len() - 8] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        std::fs::write(here.join("changed.pdf"), &bytes).unwrap();
        let changed = [
            "verify",
            "changed.pdf",
            "--case",
            "acme",
            "--tsa",
            "tsa/root.pem",
        ];
        let said = expect(1, here, &[&changed[..], &["--json"]].concat());
        assert!(said.contains("no event of the case records"), "{said}");
        assert!(!said.contains(".tsr"), "{said}");
    }
    // In its place in the case it is seen too.
    std::fs::write(here.join(DOCUMENT), {
        let mut bytes = whole.clone();
        bytes[whole.len() / 2] ^= 1;
        bytes
    })
    .unwrap();
    let said = expect(
        1,
        here,
        &["verify", "acme", "--tsa", "tsa/root.pem", "--json"],
    );
    assert_eq!(verdict(&said, REPORT), "invalid");
    std::fs::write(here.join(DOCUMENT), whole).unwrap();

    // One byte of the token.
    let mut bytes = std::fs::read(&token).unwrap();
    let at = bytes.len() - 20;
    bytes[at] ^= 1;
    std::fs::remove_file(&token).unwrap();
    std::fs::write(&token, bytes).unwrap();
    let said = expect(1, here, &trusted);
    assert_eq!(verdict(&said, "custody/documents/"), "invalid");
}
