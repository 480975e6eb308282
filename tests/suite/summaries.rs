//! The summaries, the gap review and the evidence matrix, on the model case and on
//! a small one.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{self, Row, demo, demo_copy, expect, expect_error, table};

fn case() -> std::path::PathBuf {
    demo().join("zoom-2020")
}

fn of<'r>(rows: &'r [Row], wanted: &[(&str, &str)]) -> Vec<&'r Row> {
    let holds = |row: &&Row| wanted.iter().all(|(column, value)| row[*column] == *value);
    rows.iter().filter(holds).collect()
}

#[test]
fn the_two_versions_are_compared_run_by_run() {
    let rows = table(&case(), "comparisons");
    let removed = "4.6.8 and 4.6.9, the SDK removed";
    let any = of(&rows, &[("comparison", removed), ("datum", "any")]);
    assert_eq!(any.len(), 1, "one third party: {any:?}");
    let row = any[0];
    assert_eq!(row["recipient"], "Meta Platforms, Inc.");
    assert_eq!(
        (row["before_with"].as_str(), row["before_of"].as_str()),
        ("8", "9")
    );
    assert_eq!(
        (row["after_with"].as_str(), row["after_of"].as_str()),
        ("0", "3")
    );
    // Runs signed out and signed in repeat no one test, so that none is made of them.
    assert_eq!((row["p"].as_str(), row["p_devices"].as_str()), ("", ""));
    assert!(row["no_inference"].contains("2 phases"), "{row:?}");
    let signed_out = [
        ("comparison", "4.6.8 and 4.6.9, signed out"),
        ("datum", "any"),
    ];
    let row = of(&rows, &signed_out)[0];
    assert_eq!(row["p"], "");
    assert!(row["no_inference"].contains("of 6 and 1 runs"), "{row:?}");
}

#[test]
fn every_datum_sent_to_the_third_party_is_held_against_the_notice() {
    let gaps = table(&case(), "gaps");
    let sent: std::collections::BTreeSet<_> = table(&case(), "breakdown")
        .into_iter()
        .filter(|row| row["party"] == "third" && row["attempted"] != row["transmittals"])
        .map(|row| row["datum"].clone())
        .collect();
    let third = of(&gaps, &[("party", "third")]);
    let judged: std::collections::BTreeSet<_> =
        third.iter().map(|row| row["datum"].clone()).collect();
    assert_eq!(judged, sent);
    for row in third {
        // The policy names "advertising partners"; no source says that Meta is none.
        assert_eq!(row["judgement"], "may be meant", "{row:?}");
        assert!(row["passages"].contains("advertising partners"), "{row:?}");
        assert!(row["remarks"].contains("not in evidence"), "{row:?}");
    }
}

#[test]
fn the_matrix_says_what_speaks_to_an_element_and_what_no_table_shows() {
    let rows = table(&case(), "matrix");
    let contents = of(&rows, &[("claim", "cipa-631")]);
    let asked = |what: &str| {
        let mut found = contents.iter().filter(|row| row["asked"].contains(what));
        found.next().unwrap()
    };
    // The names of views that were sent are those of a framework, and say nothing of what was shown.
    let of_contents = asked("nature is `contents`");
    assert!(
        of_contents["answer"].starts_with("no row speaks"),
        "{of_contents:?}"
    );
    let in_transit = asked("time has a value");
    assert!(
        in_transit["answer"].contains("such as E-0"),
        "{in_transit:?}"
    );
    for row in &rows {
        assert!(
            !row["silent"].is_empty() || row["rows"].is_empty(),
            "{row:?}"
        );
        for word in ["proves", "violat", "liable", "guilty"] {
            assert!(!row["says"].contains(word), "{row:?}");
        }
    }
    // No phase of the case is called so, and none is guessed at.
    assert!(
        rows.iter()
            .any(|row| row["answer"].contains("no phase of the case"))
    );
}

#[test]
fn an_export_says_what_it_is_and_how_to_make_it_again() {
    let folder = demo_copy();
    let here = folder.path();
    let arguments = [
        "export",
        "zoom-2020",
        "--table",
        "breakdown",
        "--where",
        "party=third",
    ];
    expect(0, here, &arguments);
    let written = std::fs::read(here.join("breakdown.csv")).unwrap();
    let about: Value =
        serde_json::from_slice(&std::fs::read(here.join("breakdown.csv.about.json")).unwrap())
            .unwrap();
    let all = table(&here.join("zoom-2020"), "breakdown");
    let third = of(&all, &[("party", "third")]).len();
    assert_eq!(about["population"], all.len());
    assert_eq!(about["rows"], third);
    assert_eq!(
        String::from_utf8(written.clone()).unwrap().lines().count(),
        third + 1
    );
    assert_eq!(about["sha256"], support::sha256(&written));
    assert_eq!(about["exhibits"].as_object().unwrap().len(), 12);
    let command = about["command"].as_str().unwrap();
    assert_eq!(
        command,
        "affiant export zoom-2020 --table breakdown --format csv --where 'party=third'"
    );
    // What is there is not written over; the command makes the same file elsewhere.
    expect_error(2, here, &arguments);
    let elsewhere = here.join("again");
    std::fs::create_dir(&elsewhere).unwrap();
    std::os::unix::fs::symlink(here.join("zoom-2020"), elsewhere.join("zoom-2020")).unwrap();
    let shell = format!("exec \"$0\" {}", command.strip_prefix("affiant").unwrap());
    let again = Command::new("bash")
        .args(["-c", &shell])
        .arg(support::program())
        .current_dir(&elsewhere)
        .status()
        .unwrap();
    assert!(again.success());
    assert_eq!(
        std::fs::read(elsewhere.join("breakdown.csv")).unwrap(),
        written
    );
}

#[test]
fn an_altered_table_is_not_exported() {
    let folder = demo_copy();
    let said = expect_error(
        2,
        folder.path(),
        &["export", "zoom-2020", "--table", "wages"],
    );
    assert!(said.contains("there is no table `wages`"), "{said}");
    let path = folder.path().join("zoom-2020/tables/breakdown.parquet");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[200] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let said = expect_error(
        2,
        folder.path(),
        &["export", "zoom-2020", "--table", "breakdown"],
    );
    assert!(said.contains("has changed"), "{said}");
}

const POLICY: &str = "<html><body><h1>Privacy</h1><p>We share your <b>e-mail\n address</b> with Example Analytics, Inc. \
    to measure use.</p><p>We do not share your phone number with anyone.</p></body></html>\n";

const NOTICE: &str = r#"
[[notices]]
name = "Policy"
kind = "privacy policy"
exhibit = "E-0002"
from = "2026-01-01"
[[notices.practices]]
recipient = "example.net"
data = ["email"]
quote = "We share your e-mail address with Example Analytics, Inc."
[[notices.practices]]
data = ["phone"]
denied = true
quote = "We do not share your phone number with anyone."
[[notices.practices]]
data = ["city"]
quote = "We share your city."

[[subjects]]
name = "B"
identifiers = [{ name = "number", kind = "phone", value = "+1 415 555 0134" }]

[[overrides]]
recipient = "example.org"
datum = "email"
judgement = "declared in general words"
reason = "the annex that was handed over on paper names it"
signed_by = "J. Doe"
date = "2026-02-01"
"#;

fn intake(here: &Path, code: i32, file: &str) {
    let arguments = [
        "intake",
        "acme",
        file,
        "--custodian",
        "C",
        "--collected-by",
        "P",
        "--method",
        "M",
    ];
    expect(code, here, &arguments);
}

#[test]
fn a_notice_that_was_taken_in_is_quoted_with_its_bytes() {
    let folder = support::acme(NOTICE);
    let here = folder.path();
    let entry = |host: &str, query: &str| {
        json!({
            "startedDateTime": "2026-01-02T03:04:05.678Z",
            "request": {"method": "GET", "url": format!("https://{host}/c?{query}"), "headers": []},
            "response": {"status": 204}
        })
    };
    let entries = json!([
        entry("example.net", "e=ann%40example.com"),
        entry("example.net", "tel=%2B14155550134"),
        entry("example.org", "e=ann%40example.com"),
    ]);
    let har = json!({"log": {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": entries}});
    std::fs::write(here.join("capture.har"), har.to_string()).unwrap();
    std::fs::write(here.join("policy.html"), POLICY).unwrap();
    intake(here, 0, "capture.har");
    intake(here, 3, "policy.html");
    // The passage that is not in the exhibit is a defect, and its practice is not used.
    expect(3, here, &["analyze", "acme"]);
    let case = here.join("acme");
    let defects = table(&case, "defects");
    assert_eq!(defects.len(), 1, "{defects:?}");
    assert_eq!(defects[0]["exhibit"], "E-0002");

    let gaps = table(&case, "gaps");
    let row = |recipient, datum| {
        let found = of(&gaps, &[("recipient", recipient), ("datum", datum)]);
        assert_eq!(found.len(), 1, "{gaps:?}");
        (
            found[0]["judgement"].clone(),
            found[0]["rule"].clone(),
            found[0]["passages"].clone(),
            found[0]["overridden"].clone(),
        )
    };
    let (judgement, rule, passages, _) = row("example.net", "email");
    assert_eq!((judgement.as_str(), rule.as_str()), ("declared", "R1"));
    // The bytes that it names are the passage, mark-up and all.
    let bytes = passages
        .split_once("bytes ")
        .unwrap()
        .1
        .split_once(')')
        .unwrap()
        .0;
    let (offset, length) = bytes.split_once('+').unwrap();
    let (offset, length): (usize, usize) = (offset.parse().unwrap(), length.parse().unwrap());
    let passage = &POLICY[offset..offset + length];
    assert!(
        passage.starts_with("We share your <b>e-mail\n address"),
        "{passage}"
    );
    assert!(passage.ends_with("Example Analytics, Inc."), "{passage}");
    assert_eq!(row("example.net", "phone").0, "declared as not done");
    let (judgement, _, _, overridden) = row("example.org", "email");
    assert_eq!(judgement, "declared in general words");
    assert!(
        overridden.contains("J. Doe on 2026-02-01, in the place of “not declared”"),
        "{overridden}"
    );

    expect(3, here, &["report", "acme"]);
    assert!(case.join("reports/gap-review.pdf").exists());
    assert!(expect(6, here, &["verify", "acme"]).contains("Verdict: NOT-CHECKED"));
}

#[test]
fn a_notice_that_is_no_exhibit_is_refused() {
    let folder = support::acme(NOTICE);
    let here = folder.path();
    std::fs::write(here.join("letter.txt"), "a letter").unwrap();
    intake(here, 3, "letter.txt");
    let said = expect_error(2, here, &["analyze", "acme"]);
    assert!(said.contains("E-0002 as a notice"), "{said}");
}

/// The text of a paper of the model case, without any space; `None` without `pdftotext`.
fn paper(name: &str) -> Option<String> {
    if !support::has_tool("pdftotext") {
        return None;
    }
    let path = case().join(format!("reports/{name}.pdf"));
    let mut command = std::process::Command::new("pdftotext");
    let output = command.arg(path).arg("-").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(text.split_whitespace().collect())
}

fn dense(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn the_papers_say_what_may_be_meant_what_is_not_inferred_and_who_was_called_how() {
    let name = "Facebook, Inc. (now Meta Platforms, Inc.)";
    for (paper_of, said) in [
        (
            "gap-review",
            &[
                name,
                "may be meant",
                "whether this recipient is one of them is not in evidence",
            ][..],
        ),
        (
            "gdpr-complaint-en",
            &[
                name,
                "(advertising partners)",
                "neither declared nor not declared",
            ],
        ),
        (
            "summaries-1006",
            &[
                name,
                "No interval is given: the runs are of 4 phases and 2 versions, and so no repetitions of one test.",
                "No interval is given: devices are chosen and no repetitions of a run",
                "No test of the runs is made: of the part before, the runs are of 2 phases",
            ],
        ),
        (
            "aids-107",
            &[
                name,
                "No interval is drawn",
                "transmittals more were attempted only",
            ],
        ),
        (
            "evidence-matrix",
            &[
                name,
                "these rows speak neither for the element nor against it",
            ],
        ),
        (
            "expert-report",
            &[
                "Until 28 October 2021 Meta Platforms, Inc. was named Facebook, Inc.",
                "Credentials are masked.",
            ],
        ),
    ] {
        let Some(text) = paper(paper_of) else {
            return;
        };
        for words in said {
            assert!(text.contains(&dense(words)), "{paper_of}: {words}");
        }
        for word in ["Clopper", "Fisher", "p,Holm"] {
            assert!(!text.contains(word), "{paper_of} prints {word}");
        }
    }
}
