//! Public versions: nothing of the values of data subjects is left in them, and the
//! sealed versions hold them. Those of real captures are made and searched by
//! `.ci/public.py`.

use std::path::Path;
use std::process::Command;

use crate::support::{acme, demo_copy, expect, expect_error, files, public};

/// The text of a PDF and of what is attached to it; `None` without poppler.
fn text(pdf: &Path) -> Option<String> {
    let Ok(output) = Command::new("pdftotext").arg(pdf).arg("-").output() else {
        println!("skipped: `pdftotext` is not installed");
        return None;
    };
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    let folder = tempfile::tempdir().unwrap();
    let saved = Command::new("pdfdetach")
        .args(["-saveall", "-o"])
        .arg(folder.path())
        .arg(pdf)
        .output();
    assert!(saved.unwrap().status.success());
    for bytes in files(folder.path()).values() {
        text.push_str(&String::from_utf8_lossy(bytes));
    }
    let info = Command::new("pdfinfo")
        .arg("-meta")
        .arg(pdf)
        .output()
        .unwrap();
    text.push_str(&String::from_utf8_lossy(&info.stdout));
    Some(text.split_whitespace().collect())
}

#[test]
fn public_versions_of_the_model_case_hold_no_value_and_the_sealed_ones_do() {
    let (top, name) = (public(), "zoom-2020");
    let case = top.join(name);
    let secrets = [
        "7B1F3D52-9C0E-4A67-8E21-5D4C3B2A1908",
        "90C4B7E2-6A1D-4E58-8F93-C25D7A0B41E6",
        "alpha.testprofile@example.com",
        "kQ3vT0m2RZq9Yb6nHs1LwA",
        "Alpha Testprofile",
    ];
    let holds = |text: &str, secret: &str| {
        let dense: String = secret.split_whitespace().collect();
        text.to_lowercase().contains(&dense.to_lowercase())
    };
    let folder = case.join("reports/public");
    let mut documents = 0;
    for (file, bytes) in files(&folder) {
        let all = match file.strip_suffix(".pdf") {
            Some(_) => {
                let Some(text) = text(&folder.join(&file)) else {
                    return;
                };
                documents += 1;
                text
            }
            None => String::from_utf8(bytes).unwrap(),
        };
        for secret in secrets {
            assert!(!holds(&all, secret), "{file} holds a value");
        }
    }
    assert!(documents > 10, "{documents}");
    let report = text(&folder.join("expert-report.pdf")).unwrap();
    assert!(report.contains("PUBLICVERSION–REDACTED"), "no band");
    assert!(
        report.contains("[advertisingidentifierA-1]"),
        "no pseudonym"
    );
    assert!(
        report.contains("T-Mobile"),
        "open kinds are left as they are"
    );
    let sealed = text(&case.join("reports/expert-report.pdf")).unwrap();
    let list = text(&case.join("reports/reference-list.pdf")).unwrap();
    for secret in &secrets[..3] {
        assert!(holds(&sealed, secret) && holds(&list, secret), "{secret}");
    }
    let log = std::fs::read_to_string(folder.join("redaction-log.csv")).unwrap();
    assert!(log.contains("beyond Rule 5.2(a)"), "{log}");

    // They are recorded, and made again to the same bytes.
    let verified = expect(6, top, &["verify", name]);
    assert!(verified.contains(" 0 INVALID"), "{verified}");
}

#[test]
fn a_value_that_the_program_s_own_words_hold_is_refused_and_nothing_is_written() {
    let copy = demo_copy();
    let (top, name) = (copy.path(), "zoom-2020");
    let case = top.join(name);
    let path = case.join("case.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    // A data subject who is called as the report's title is.
    let text = text.replacen("name = \"Test profile B\"", "name = \"Expert report\"", 1);
    std::fs::write(&path, text).unwrap();
    expect(3, top, &["analyze", name]);
    let before = files(&case.join("reports"));
    let said = expect_error(1, top, &["report", name, "--public"]);
    assert!(said.contains("[data subject B]"), "{said}");
    assert!(said.contains("page 1"), "{said}");
    assert_eq!(files(&case.join("reports")), before);
    assert!(!case.join("reports/public").exists());
}

/// Fed. R. Civ. P. 5.2(a): a number that no table knows is a number all the same.
#[test]
fn identifiers_in_free_text_stop_the_command_which_names_page_and_kind_and_not_the_text() {
    let folder = acme(
        "
[[counsel]]
name = \"Alex Doe\"
telephone = \"(415) 555-0199\"
email = \"alex@example.com\"

[[devices]]
name = \"D\"
holder = \"of 219-09-9999, who pays by 4111 1111 1111 1111\"
make = \"call (415) 555-0100 or write ann.oneil@example.org\"
model = \"born on 5 March 1980\"

[redaction]
",
    );
    let top = folder.path();
    let empty = r#"{"log": {"version": "1.2", "entries": []}}"#;
    std::fs::write(top.join("a.har"), empty).unwrap();
    let how = ["--custodian", "C", "--collected-by", "P", "--method", "M"];
    let intake = ["intake", "acme", "a.har", "--device", "D"];
    expect(0, top, &[&intake[..], &how].concat());
    expect(0, top, &["analyze", "acme"]);
    let said = expect_error(1, top, &["report", "acme"]);
    for kind in [
        "social-security number (Fed. R. Civ. P. 5.2(a)(1))",
        "date of birth (Fed. R. Civ. P. 5.2(a)(2))",
        "payment card (Fed. R. Civ. P. 5.2(a)(4))",
        "e-mail address",
        "telephone number",
    ] {
        let line = said.lines().find(|line| line.contains(kind));
        let line = line.unwrap_or_else(|| panic!("no {kind} in {said}"));
        assert!(line.contains("expert-report.pdf, page "), "{line}");
    }
    for text in ["219-09", "4111", "555-0", "ann.oneil", "1980", "alex@"] {
        assert!(!said.contains(text), "{said}");
    }
    assert!(
        !top.join("acme/reports/public").exists(),
        "something was written"
    );
    // What the case file says may stand does; so does how counsel is reached.
    let path = top.join("acme/case.toml");
    let text = std::fs::read_to_string(&path).unwrap().replacen(
        "\n[redaction]\n",
        "\n[redaction]\nallowed = [\"219-09-9999\", \"4111 1111 1111 1111\", \"+1 415 555 0100\", \"Ann.Oneil@example.org\", \"5 March 1980\"]\n",
        1,
    );
    std::fs::write(&path, text).unwrap();
    expect(0, top, &["analyze", "acme"]);
    expect(0, top, &["report", "acme"]);
    assert!(top.join("acme/reports/public/expert-report.pdf").exists());
}
