//! What an opponent, or a slip, puts into a case folder: it is not followed, not
//! obeyed by the terminal, and not counted.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{self, affiant, demo_copy, expect, table};

const CAPTURE: &str = "capture.har";

/// A case with one identifier, and beside it one capture that carries it.
fn acme() -> tempfile::TempDir {
    let folder =
        support::acme("[[statements]]\nby = \"P\"\nitem = \"E-mail address\"\ndatum = \"email\"\n");
    let entry = json!({
        "startedDateTime": "2026-01-02T03:04:05.678Z",
        "request": {"method": "GET", "url": "https://t.example.net/c?e=ann%40example.com", "headers": []},
        "response": {"status": 204}
    });
    let har = json!({"log": {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": [entry]}});
    std::fs::write(folder.path().join(CAPTURE), har.to_string()).unwrap();
    folder
}

fn intake(code: i32, here: &Path, file: &str) -> String {
    let how = [
        "--custodian",
        "C",
        "--collected-by",
        "P",
        "--method",
        "M",
        "--",
    ];
    let arguments: Vec<_> = ["intake"]
        .into_iter()
        .chain(how)
        .chain(["acme", file])
        .collect();
    expect(code, here, &arguments)
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_out_of_the_case_folder() {
    use std::os::unix::fs::symlink;
    let folder = acme();
    let here = folder.path();
    intake(0, here, CAPTURE);
    let outside = here.join("outside");
    std::fs::create_dir(&outside).unwrap();
    let victim = outside.join("victim.txt");
    std::fs::write(&victim, "theirs").unwrap();
    let case = here.join("acme");
    let untouched = |what: &str| {
        assert_eq!(
            std::fs::read_to_string(&victim).unwrap(),
            "theirs",
            "{what}"
        );
        assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 1, "{what}");
    };

    // Names under which a file might be written before it is whole.
    for draft in ["transmittals.draft", ".transmittals.csv.new"] {
        symlink(&victim, case.join("tables").join(draft)).unwrap();
    }
    expect(0, here, &["analyze", "acme"]);
    untouched("drafts");
    assert_eq!(table(&case, "transmittals").len(), 1);

    let refused = |command: &str, link: &str| {
        let output = affiant(here, &[command, "acme"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{link}: {said}");
        assert!(said.contains("a symbolic link"), "{link}: {said}");
        untouched(link);
    };
    std::fs::remove_dir(case.join("reports")).unwrap();
    symlink(&outside, case.join("reports")).unwrap();
    refused("report", "reports");
    std::fs::remove_file(case.join("reports")).unwrap();
    std::fs::create_dir(case.join("reports")).unwrap();
    symlink(&outside, case.join("reports/placeholders")).unwrap();
    refused("report", "reports/placeholders");

    std::fs::remove_file(case.join("tables/exchanges.csv")).unwrap();
    symlink(&victim, case.join("tables/exchanges.csv")).unwrap();
    refused("analyze", "tables/exchanges.csv");
    std::fs::remove_dir_all(case.join("tables")).unwrap();
    symlink(&outside, case.join("tables")).unwrap();
    refused("analyze", "tables");
}

#[cfg(unix)]
#[test]
fn no_name_drives_the_terminal_or_forges_a_line() {
    let folder = acme();
    let here = folder.path();
    let name = "x\u{1b}[31m\u{202e}\nE-9999  forged.har";
    std::fs::copy(here.join(CAPTURE), here.join(name)).unwrap();
    let fit = |said: &[u8]| {
        let said = String::from_utf8(said.to_vec()).unwrap();
        let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!said.contains(steers), "{said:?}");
        assert!(!said.contains("\nE-9999"), "{said:?}");
        said
    };
    let taken = intake(0, here, name);
    assert!(fit(taken.as_bytes()).contains(r"x\u{1b}[31m\u{202e}\u{a}E-9999"));

    let planted = "\u{1b}[2J\nNOT as recorded.pdf";
    std::fs::write(here.join("acme/reports").join(planted), "x").unwrap();
    std::fs::write(here.join("acme/evidence").join(planted), "x").unwrap();
    let verified = fit(&affiant(here, &["verify", "acme"]).stdout);
    assert_eq!(
        verified.matches(r"\u{1b}[2J\u{a}NOT").count(),
        3,
        "{verified}"
    );

    for arguments in [
        &["show", "acme", "T\u{1b}[2J"][..],
        &["verify", "no\u{1b}[2Jwhere"],
        &["frob\u{1b}[2Jnicate"],
        &["verify", "acme", "--frob\u{9b}nicate"],
    ] {
        let output = affiant(here, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(fit(&output.stderr).starts_with("error: "), "{arguments:?}");
    }
}

#[test]
fn content_that_was_taken_in_twice_is_counted_once() {
    let folder = acme();
    let here = folder.path();
    for _ in 0..3 {
        intake(0, here, CAPTURE);
    }
    expect(3, here, &["analyze", "acme"]);
    let case = here.join("acme");
    let exhibits: Vec<_> = table(&case, "transmittals")
        .iter()
        .map(|row| row["exhibit"].clone())
        .collect();
    assert_eq!(exhibits, ["E-0001"]);
    assert_eq!(table(&case, "exchanges").len(), 1);
    let defects: Vec<_> = table(&case, "defects")
        .iter()
        .map(|row| {
            ["exhibit", "message", "consequence"]
                .map(|column| row[column].clone())
                .join(": ")
        })
        .collect();
    let said = |exhibit| {
        format!("{exhibit}: the same content as E-0001: its exchanges are counted once, in E-0001")
    };
    assert_eq!(defects, [said("E-0002"), said("E-0003")]);
    let analysis: Value =
        serde_json::from_slice(&std::fs::read(case.join("tables/analysis.json")).unwrap()).unwrap();
    // Each was hashed again; only one of them is a run.
    assert_eq!(analysis["recomputed"].as_object().unwrap().len(), 3);
    assert_eq!(analysis["exhibits"][1]["exchanges"], 0);
    assert_eq!(analysis["exhibits"][1]["refused"], Value::Null);
    let runs = analysis["statements"][0]["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1);
    expect(3, here, &["report", "acme"]);
    expect(6, here, &["verify", "acme"]);
}

#[test]
fn a_document_that_was_planted_or_is_out_of_date_is_mentioned() {
    let copy = demo_copy();
    let here = copy.path();
    let case = here.join("zoom-2020");
    let verify = || expect(6, here, &["verify", "zoom-2020"]);
    let unchanged = verify();
    std::fs::write(case.join("reports/expert-report-final.pdf"), "planted").unwrap();
    let printed = verify();
    assert!(
        printed.contains("NOT-CHECKED: reports/expert-report-final.pdf: not named by the ledger"),
        "{printed}"
    );
    std::fs::remove_file(case.join("reports/expert-report-final.pdf")).unwrap();
    assert_eq!(verify(), unchanged);

    // One more exhibit makes the tables, and then the documents, out of date.
    let how = ["--custodian", "C", "--collected-by", "P", "--method", "M"];
    std::fs::write(
        here.join("more.har"),
        r#"{"log": {"version": "1.2", "entries": []}}"#,
    )
    .unwrap();
    let arguments: Vec<_> = ["intake", "zoom-2020", "more.har"]
        .into_iter()
        .chain(how)
        .collect();
    expect(0, here, &arguments);
    let printed = verify();
    let told = |printed: &str, what: &str| {
        let line = printed.lines().find(|line| line.contains(what));
        line.unwrap_or_else(|| panic!("{what}: {printed}"))
            .to_owned()
    };
    let tables = told(&printed, "was taken in after the last analysis (event ");
    assert!(tables.ends_with("run `affiant analyze` again"), "{tables}");
    expect(3, here, &["analyze", "zoom-2020"]);
    let reports = told(&verify(), "made before the last analysis (event ");
    assert!(reports.ends_with("run `affiant report` again"), "{reports}");
    expect(3, here, &["report", "zoom-2020"]);
    let printed = verify();
    assert!(!printed.contains("last analysis"), "{printed}");
}
