//! What the commands say, and the exit codes they end with.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{self, affiant, demo, expect, expect_error, table};

const INTAKE: [&str; 6] = ["--custodian", "C", "--collected-by", "P", "--method", "M"];

fn har(entries: &[Value]) -> String {
    json!({"log": {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": entries}}).to_string()
}

fn entry(url: &str, body: &str) -> Value {
    json!({
        "startedDateTime": "2026-01-02T03:04:05.678Z",
        "request": {"method": "POST", "url": url, "headers": [], "postData": {"mimeType": "application/json", "text": body}},
        "response": {"status": 204}
    })
}

fn intake(file: &str, more: &[&str]) -> Vec<String> {
    ["intake", "acme", file]
        .iter()
        .chain(&INTAKE)
        .chain(more)
        .map(|s| (*s).to_owned())
        .collect()
}

fn run(code: i32, folder: &Path, arguments: &[String]) -> String {
    expect(
        code,
        folder,
        &arguments.iter().map(String::as_str).collect::<Vec<_>>(),
    )
}

/// A case with one identifier, and one capture that carries it.
fn acme() -> tempfile::TempDir {
    let folder = support::acme("[[phases]]\nname = \"before\"\n");
    let body = json!({"u": "71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476"})
        .to_string();
    std::fs::write(
        folder.path().join("capture.har"),
        har(&[entry("https://t.example.net/c?e=ann%40example.com", &body)]),
    )
    .unwrap();
    folder
}

#[test]
fn ones_own_capture_goes_the_whole_way() {
    let folder = acme();
    let here = folder.path();
    let taken = run(0, here, &intake("capture.har", &["--phase", "before"]));
    assert!(
        taken.starts_with("E-0001 ") && taken.contains("SHA-256 "),
        "{taken}"
    );
    expect(0, here, &["analyze", "acme"]);
    expect(0, here, &["report", "acme"]);
    expect(6, here, &["verify", "acme"]);
    let rows = table(&here.join("acme"), "transmittals");
    let facts: Vec<_> = rows
        .iter()
        .map(|r| (r["place"].as_str(), r["form"].as_str(), r["phase"].as_str()))
        .collect();
    // In the order of the file, in which the body stands before the address.
    assert_eq!(
        facts,
        [("body", "sha256", "before"), ("query", "plain", "before")]
    );
    let shown = expect(0, here, &["show", "acme", "T-2"]);
    assert!(shown.contains("Known as     mail of A"), "{shown}");
}

#[test]
fn every_result_is_to_be_had_as_json() {
    let folder = acme();
    let here = folder.path();
    let read = |text: String| serde_json::from_str::<Value>(&text).unwrap();
    let taken = read(run(0, here, &intake("capture.har", &["--json"])));
    assert_eq!(taken["taken"][0]["exhibit"]["id"], "E-0001");
    let analysed = read(expect(0, here, &["analyze", "acme", "--json"]));
    assert_eq!(analysed["transmittals"], 2);
    let reported = read(expect(0, here, &["report", "acme", "--json"]));
    assert_eq!(
        reported["documents"][0]["path"],
        "reports/expert-report.pdf"
    );
    let verified = read(expect(6, here, &["verify", "acme", "--json"]));
    assert_eq!(verified["exhibits"], 1);
    let shown = read(expect(0, here, &["show", "acme", "T-000001", "--json"]));
    assert_eq!(shown["form"], "sha256");
    expect(0, here, &["new", "other", "--json"]);
}

#[test]
fn a_wrong_request_ends_with_2_and_says_what_to_do() {
    let folder = acme();
    let here = folder.path();
    let says = |arguments: &[&str], wanted: &str| {
        let said = expect_error(2, here, arguments);
        assert!(said.contains(wanted), "{arguments:?}: {said}");
    };
    says(&["verify", "nowhere"], "make one with `affiant new NAME`");
    says(&["new", "acme"], "give another name");
    says(
        &["analyze", "acme"],
        "take some in with `affiant intake acme FILE`",
    );
    says(&["report", "acme"], "run `affiant analyze acme` first");
    says(
        &["show", "acme", "17"],
        "a transmittal number such as `T-000001`",
    );
    says(&["show", "zoom", "T-1"], "is not a case folder");
    let phase = intake("capture.har", &["--phase", "bfore"]);
    says(
        &phase.iter().map(String::as_str).collect::<Vec<_>>(),
        "no phase named `bfore`; add it under [[phases]], or use one of: before",
    );
    let missing = intake("missing.har", &[]);
    says(
        &missing.iter().map(String::as_str).collect::<Vec<_>>(),
        "cannot read `missing.har`",
    );
    says(&["intake", "acme", "capture.har"], "--custodian");
    says(&["frobnicate"], "unrecognized subcommand");
}

#[test]
fn a_mistake_in_the_case_file_is_shown_by_line_and_column() {
    let folder = acme();
    let case = folder.path().join("acme/case.toml");
    let text = std::fs::read_to_string(&case)
        .unwrap()
        .replace("kind = \"email\"", "kind = \"e-mail\"");
    // The comments of the file have the words too, further up.
    let with_kind = |line: &&str| line.contains("kind = \"e-mail\"");
    let after = text
        .lines()
        .rev()
        .position(|line| with_kind(&line))
        .unwrap();
    let line = text.lines().count() - after;
    std::fs::write(&case, text).unwrap();
    let said = expect_error(2, folder.path(), &["analyze", "acme"]);
    assert!(
        said.contains(&format!("case.toml` line {line}, column "))
            && said.contains("is not one of: advertising_id"),
        "{said}"
    );
}

#[test]
fn defects_end_with_3_and_are_listed() {
    let folder = acme();
    let here = folder.path();
    let whole = har(&[
        entry("https://a.example/1", "x"),
        entry("https://a.example/2", "y"),
    ]);
    std::fs::write(here.join("cut.har"), &whole[..whole.len() - 40]).unwrap();
    run(0, here, &intake("cut.har", &[]));
    expect(3, here, &["analyze", "acme"]);
    expect(3, here, &["report", "acme"]);
    let defects = table(&here.join("acme"), "defects");
    assert!(
        defects.iter().any(|row| row["message"].contains("ends")),
        "{defects:?}"
    );
    assert_eq!(table(&here.join("acme"), "exchanges").len(), 1);
}

#[test]
fn a_file_of_no_known_format_is_preserved_and_said_to_be_unread() {
    let folder = acme();
    let here = folder.path();
    std::fs::write(here.join("notes.txt"), "not a capture").unwrap();
    run(3, here, &intake("notes.txt", &[]));
    expect(3, here, &["analyze", "acme"]);
    expect(3, here, &["report", "acme"]);
    expect(6, here, &["verify", "acme"]);
    let kept = std::fs::read(here.join("acme/evidence/E-0001.txt")).unwrap();
    assert_eq!(kept, b"not a capture");
}

#[test]
fn hostile_evidence_is_printed_and_shown_as_text() {
    let folder = acme();
    let here = folder.path();
    let hostile =
        "ann@example.com\u{202e}\u{1b}[31m#panic() $x$ *b* @label <b> \u{0}\u{1f600}\u{627}";
    let body = json!({"email": hostile, "token": "A".repeat(1 << 20)}).to_string();
    let name = "#panic().\u{202e}har";
    std::fs::write(
        here.join(name),
        har(&[entry("https://t.example.net/#eval(1)?x=$y$", &body)]),
    )
    .unwrap();
    run(0, here, &intake(name, &["--note", "#panic() \u{202e}"]));
    expect(0, here, &["analyze", "acme"]);
    expect(0, here, &["report", "acme"]);
    let shown = expect(0, here, &["show", "acme", "T-1"]);
    assert!(
        !shown.contains('\u{1b}') && !shown.contains('\u{202e}'),
        "{shown}"
    );
}

#[test]
fn nothing_is_drawn_on_standard_error_that_is_not_a_terminal() {
    let output = affiant(demo(), &["verify", "zoom-2020"]);
    assert!(output.stderr.is_empty());
    let output = affiant(demo(), &["verify", "zoom-2020", "--timings"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.starts_with("verify ") && said.contains(" MB/s"),
        "{said}"
    );
}

#[test]
fn every_command_explains_itself_with_an_example() {
    for command in [
        "new",
        "intake",
        "analyze",
        "report",
        "verify",
        "show",
        "demo",
        "transfer",
        "hold",
        "note",
        "derive",
        "disclose",
        "delete",
        "key",
        "checkpoint",
        "sign",
        "stamp",
        "prove",
        "notice",
        "seal",
        "produce",
    ] {
        let help = expect(0, demo(), &[command, "--help"]);
        assert!(
            help.contains(&format!("Example:\n  affiant {command}")),
            "{help}"
        );
    }
    assert!(expect(0, demo(), &["--help"]).contains("70  internal"));
}
