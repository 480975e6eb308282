//! A list of the user's names who stands behind a domain that the program does
//! not know, and its every use is to be traced to it.

use serde_json::json;

use crate::support::{self, expect, table};

const CIRCUMSTANCES: [&str; 6] = ["--custodian", "C", "--collected-by", "P", "--method", "M"];

/// A list in the form of Disconnect's, with a domain that two companies claim.
fn list() -> String {
    json!({"license": "L", "categories": {
        "Advertising": [{"Listed Company": {"https://listed.test.example/": ["example.net"]}}],
        "Analytics": [{"One": {"https://one.example/": ["example.org"]}},
                      {"Two": {"https://two.example/": ["example.org"]}}]}})
    .to_string()
}

#[test]
fn a_list_that_was_taken_in_names_recipients_and_is_cited() {
    let folder = support::acme("");
    let here = folder.path();
    let entry = |host: &str| {
        json!({
            "startedDateTime": "2026-01-02T03:04:05.678Z",
            "request": {"method": "GET", "url": format!("https://{host}/c?e=ann%40example.com"), "headers": []},
            "response": {"status": 204}
        })
    };
    let entries = json!([entry("x.example.net"), entry("example.org")]);
    let har = json!({"log": {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": entries}});
    std::fs::write(here.join("capture.har"), har.to_string()).unwrap();
    std::fs::write(here.join("services.json"), list()).unwrap();
    let intake = |code, file| {
        let arguments: Vec<_> = ["intake", "acme", file]
            .into_iter()
            .chain(CIRCUMSTANCES)
            .collect();
        expect(code, here, &arguments);
    };
    intake(0, "capture.har");
    // It is no traffic log, which intake says.
    intake(3, "services.json");
    let case = here.join("acme/case.toml");
    let text = std::fs::read_to_string(&case).unwrap();
    std::fs::write(&case, format!("lists = [\"E-0002\"]\n{text}")).unwrap();
    expect(3, here, &["analyze", "acme"]);

    let recipients: Vec<_> = table(&here.join("acme"), "exchanges")
        .iter()
        .map(|row| row["recipient"].clone())
        .collect();
    assert_eq!(recipients, ["Listed Company", "example.org"]);
    let defects = table(&here.join("acme"), "defects");
    assert_eq!(defects.len(), 1, "{defects:?}");
    assert_eq!(defects[0]["exhibit"], "E-0002");
    assert!(defects[0]["message"].contains("1 domains are given to two organisations"));
    let summary = std::fs::read_to_string(here.join("acme/tables/analysis.json")).unwrap();
    assert!(summary.contains("list Disconnect Tracker Protection (licence CC BY-NC-SA 4.0)"));
    // The report counts the defect of the list.
    expect(3, here, &["report", "acme"]);
    assert!(expect(6, here, &["verify", "acme"]).contains("Verdict: NOT-CHECKED"));
}

#[test]
fn a_list_that_is_no_exhibit_is_refused() {
    let folder = support::acme("");
    let here = folder.path();
    std::fs::write(here.join("letter.txt"), "a letter").unwrap();
    let arguments: Vec<_> = ["intake", "acme", "letter.txt"]
        .into_iter()
        .chain(CIRCUMSTANCES)
        .collect();
    expect(3, here, &arguments);
    let case = here.join("acme/case.toml");
    let text = std::fs::read_to_string(&case).unwrap();
    for (id, why) in [
        ("E-0009", "there is no such exhibit"),
        ("E-0001", "cannot be used"),
    ] {
        std::fs::write(&case, format!("lists = [\"{id}\"]\n{text}")).unwrap();
        let said = support::expect_error(2, here, &["analyze", "acme"]);
        assert!(said.contains(why), "{said}");
    }
}
