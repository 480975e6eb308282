//! What in the evidence does not agree with what is said, with both sides and
//! their places, and what stands in two exhibits counts once.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::{Row, acme, affiant, corpus, demo, expect, table};

const CIRCUMSTANCES: [&str; 6] = ["--custodian", "C", "--collected-by", "P", "--method", "M"];

/// A HAR of the entries, each with start, page and User-Agent, written with
/// `space` after each colon and `line` between members.
fn har(entries: &[(&str, &str, &str)], space: &str, line: &str) -> String {
    let entries: Vec<String> = entries
        .iter()
        .enumerate()
        .map(|(at, (start, page, agent))| {
            format!(
                r#"{{{line}"startedDateTime":{space}"{start}",{line}"time":{space}20,{line}"pageref":{space}"{page}",{line}"request":{space}{{"method":"GET","url":"https://t.example.net/{at}?mail=ann%40example.com","headers":[{{"name":"User-Agent","value":"{agent}"}}]}},{line}"response":{space}{{"status":200}}}}"#
            )
        })
        .collect();
    format!(
        r#"{{"log":{{"version":"1.2","creator":{{"name":"W","version":"1"}},"pages":[{{"id":"page_1"}}],"entries":[{}]}}}}"#,
        entries.join(",")
    )
}

const IOS: &str = "App/1 (iPhone; iOS 13.3.1; Scale/2.00)";
const ANDROID: &str = "Dalvik/2.1.0 (Linux; U; Android 13; SM-A515F Build/TP1A)";

/// The bytes that a side of a contradiction names.
fn bytes(case: &Path, row: &Row, side: &str) -> String {
    let exhibit = &row[&format!("{side}_exhibit")];
    let number = |name: &str| -> usize { row[&format!("{side}_{name}")].parse().unwrap() };
    let mut files = std::fs::read_dir(case.join("evidence")).unwrap();
    let file = files
        .find_map(|file| {
            let path = file.unwrap().path();
            let name = path.file_name()?.to_str()?.to_owned();
            name.starts_with(exhibit.as_str()).then_some(path)
        })
        .unwrap();
    let content = std::fs::read(file).unwrap();
    let span = &content[number("offset")..][..number("length")];
    String::from_utf8(span.to_vec()).unwrap()
}

fn of<'t>(rows: &'t [Row], kind: &str) -> Vec<&'t Row> {
    rows.iter().filter(|row| row["kind"] == kind).collect()
}

const CASE: &str = r#"
[[devices]]
name = "phone"
os = "iOS 13.3.1"

[[phases]]
name = "before"
start = "2026-01-02T03:00:00Z"
end = "2026-01-02T04:00:00Z"
"#;

#[test]
fn what_was_stated_and_the_requests_deny_is_listed_with_both_places() {
    let folder = acme(CASE);
    let here = folder.path();
    let entries = [
        ("2026-01-02T03:10:00Z", "page_1", IOS),
        ("2026-01-02T05:00:00Z", "page_1", IOS),
        ("2026-01-02T03:20:00Z", "page_7", ANDROID),
        ("2026-01-02T03:21:00Z", "page_7", ANDROID),
        ("2099-01-02T03:21:00Z", "page_1", IOS),
    ];
    std::fs::write(here.join("a.har"), har(&entries, "", "")).unwrap();
    let intake = [
        "intake", "acme", "a.har", "--device", "phone", "--phase", "before",
    ];
    expect(0, here, &[&intake[..], &CIRCUMSTANCES[..]].concat());
    let said = expect(0, here, &["analyze", "acme"]);
    assert!(
        said.contains("5 contradictions within the evidence"),
        "{said}"
    );
    let json = expect(0, here, &["analyze", "acme", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["contradictions"].as_array().unwrap().len(), 5);

    let case = here.join("acme");
    let rows = table(&case, "contradictions");
    let platform = of(&rows, "platform");
    assert_eq!(platform.len(), 1, "{rows:#?}");
    let row = platform[0];
    assert_eq!(row["first_source"], "case.toml, device `phone`, system");
    assert_eq!(row["first_text"], "iOS 13.3.1");
    assert_eq!((&*row["first_exchange"], &*row["first_offset"]), ("", ""));
    assert_eq!((&*row["second_exchange"], &*row["entries"]), ("3", "2"));
    assert_eq!(bytes(&case, row, "second"), ANDROID);

    let session = of(&rows, "session");
    assert_eq!(session[0]["first_text"], "2026-01-02T04:00:00Z");
    assert_eq!(session[0]["entries"], "2");
    assert_eq!(
        bytes(&case, session[0], "second"),
        "\"2099-01-02T03:21:00Z\""
    );

    let order = of(&rows, "order");
    assert_eq!(bytes(&case, order[0], "first"), "\"2026-01-02T05:00:00Z\"");
    assert_eq!(bytes(&case, order[0], "second"), "\"2026-01-02T03:20:00Z\"");

    let page = of(&rows, "page");
    assert_eq!(bytes(&case, page[0], "first"), r#"[{"id":"page_1"}]"#);
    assert_eq!(bytes(&case, page[0], "second"), "\"page_7\"");
    assert_eq!(of(&rows, "future").len(), 1);
    expect(0, here, &["report", "acme"]);
    expect(6, here, &["verify", "acme"]);
}

#[test]
fn an_exchange_that_two_exhibits_hold_is_listed_twice_and_counted_once() {
    let folder = acme("");
    let here = folder.path();
    let all = [
        ("2026-01-02T03:10:00Z", "page_1", IOS),
        ("2026-01-02T03:11:00Z", "page_1", IOS),
        ("2026-01-02T03:12:00Z", "page_1", IOS),
    ];
    std::fs::write(here.join("a.har"), har(&all[..2], "", "")).unwrap();
    // Saved again, with other white space, and going on for longer.
    std::fs::write(here.join("b.har"), har(&all, " ", "\n  ")).unwrap();
    let intake = ["intake", "acme", "a.har", "b.har"];
    expect(0, here, &[&intake[..], &CIRCUMSTANCES[..]].concat());
    let said = expect(0, here, &["analyze", "acme"]);
    assert!(
        said.contains("3 exchanges; 2 entries are in an earlier exhibit too and are counted there"),
        "{said}"
    );
    expect(0, here, &["report", "acme"]);
    let case = here.join("acme");
    let rows = table(&case, "exchanges");
    let repeats: Vec<_> = rows.iter().map(|row| row["repeats"].as_str()).collect();
    assert_eq!(repeats, ["", "", "E-0001/1", "E-0001/2", ""]);
    assert_eq!(table(&case, "transmittals").len(), 3);
    assert_eq!(table(&case, "contacts")[0]["requests"], "3");
    let contradictions = table(&case, "contradictions");
    let repeat = of(&contradictions, "repeat");
    assert_eq!(repeat.len(), 1);
    assert_eq!(repeat[0]["entries"], "2");
    assert!(bytes(&case, repeat[0], "first").contains("/0?mail="));
    assert!(bytes(&case, repeat[0], "second").contains("/0?mail="));
}

#[test]
fn entries_that_were_written_in_another_way_than_those_before_are_listed() {
    let folder = acme("");
    let here = folder.path();
    let entry = [("2026-01-02T03:10:00Z", "page_1", IOS)];
    let (one, other) = (har(&entry, "", ""), har(&entry, " ", "\r\n\t"));
    let second = other.split_once("\"entries\":[").unwrap().1;
    let both = one.replace("]}}", &format!(",{second}"));
    let both = both.replacen("T03:10", "T03:09", 1);
    std::fs::write(here.join("a.har"), both).unwrap();
    let intake = ["intake", "acme", "a.har"];
    expect(0, here, &[&intake[..], &CIRCUMSTANCES[..]].concat());
    expect(0, here, &["analyze", "acme"]);
    let rows = table(&here.join("acme"), "contradictions");
    let layout = of(&rows, "layout");
    assert_eq!(layout.len(), 1, "{rows:#?}");
    assert_eq!(layout[0]["first_text"], "on one line");
    assert_eq!(
        layout[0]["second_text"],
        "lines that end with CR LF, members indented by 1 tab"
    );
}

#[test]
fn the_demonstration_contradicts_itself_nowhere() {
    assert!(table(&demo().join("zoom-2020"), "contradictions").is_empty());
}

/// Takes files of the corpus in and gives the contradictions.
fn contradictions(files: &[PathBuf]) -> (tempfile::TempDir, Vec<Row>) {
    let folder = acme("");
    let mut intake = vec!["intake", "acme"];
    intake.extend(files.iter().map(|file| file.to_str().unwrap()));
    intake.extend(CIRCUMSTANCES);
    affiant(folder.path(), &intake);
    affiant(folder.path(), &["analyze", "acme"]);
    let rows = table(&folder.path().join("acme"), "contradictions");
    (folder, rows)
}

/// The captures of ReportHAR state a session of 2024, Android 11 and version 1.2.3
/// of the app. By a reading of the files by hand, their 16 and 14 exchanges are of
/// 2023, ten and eight of them name Android 13, as many version 23.13.1 or the
/// model `sdk_gphone64_x86_64`, and the 14 of the second stand in the first too.
#[test]
fn a_real_capture_whose_metadata_its_payload_denies_is_listed() {
    let Some(corpus) = corpus() else { return };
    let of_both = ["first-run.har", "second-run.har"].map(|name| {
        let folder = "har/tweaselORG+ReportHAR/test/fixtures/android";
        corpus.join(folder).join(name)
    });
    let (folder, rows) = contradictions(&of_both);
    let case = folder.path().join("acme");
    let facts: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row["second_exhibit"].as_str(),
                row["kind"].as_str(),
                row["entries"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        facts,
        [
            ("E-0001", "system version", "10"),
            ("E-0001", "device model", "10"),
            ("E-0001", "app version", "8"),
            ("E-0001", "session", "16"),
            ("E-0002", "system version", "8"),
            ("E-0002", "device model", "8"),
            ("E-0002", "app version", "6"),
            ("E-0002", "session", "14"),
            ("E-0002", "repeat", "14"),
        ]
    );
    for (at, stated, seen) in [
        (0, "\"11\"", "Android 13"),
        (1, "\"sdk_gphone_x86_64\"", "sdk_gphone64_x86_64"),
        (2, "\"1.2.3\"", "23.13.1"),
        (3, "\"2024-06-21T11:01:03.789Z\"", "2023-04-07T13:04:57"),
    ] {
        assert_eq!(bytes(&case, &rows[at], "first"), stated);
        let second = bytes(&case, &rows[at], "second");
        assert!(second.contains(seen), "{second}");
    }
    let exchanges = table(&case, "exchanges");
    let repeats = exchanges.iter().filter(|row| !row["repeats"].is_empty());
    assert_eq!((exchanges.len(), repeats.count()), (30, 14));
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Each of these was judged by a look at the file. `repeat` is left out: the
/// corpus holds variants and conversions of its own files.
const JUDGED: &[(&str, &str)] = &[
    // Edited by hand to show an importer a page that is not there.
    ("deep-input.json", "page"),
    ("multi_test_4.har", "page"),
    ("someapi13.har", "page"),
    // Three runs, of which the second was five hours before the first.
    ("assetsRedirects2.har", "order"),
    ("first-run.har", "system version"),
    ("first-run.har", "device model"),
    ("first-run.har", "app version"),
    ("first-run.har", "session"),
    ("second-run.har", "system version"),
    ("second-run.har", "device model"),
    ("second-run.har", "app version"),
    ("second-run.har", "session"),
];

#[test]
fn captures_of_many_writers_give_no_contradiction_that_is_not_one() {
    let Some(corpus) = corpus() else { return };
    let mut all = Vec::new();
    files(&corpus.join("har"), &mut all);
    files(&corpus.join("mitmproxy"), &mut all);
    all.sort();
    assert!(all.len() > 140, "{}", all.len());
    let (folder, rows) = contradictions(&all);
    let evidence = std::fs::read_dir(folder.path().join("acme/evidence")).unwrap();
    let names: Vec<String> = evidence
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(names.len() > 140, "{}", names.len());
    let number = |row: &Row| -> usize { row["second_exhibit"][2..].parse().unwrap() };
    let found: BTreeSet<(&str, &str)> = rows
        .iter()
        .filter(|row| row["kind"] != "repeat")
        .map(|row| {
            let file = all[number(row) - 1].file_name().unwrap();
            (file.to_str().unwrap(), row["kind"].as_str())
        })
        .collect();
    let judged: BTreeSet<_> = JUDGED.iter().copied().collect();
    assert_eq!(found, judged);
    // A capture of mitmproxy and its HAR are one.
    let pairs: BTreeSet<_> = of(&rows, "repeat")
        .into_iter()
        .map(|row| (row["first_exhibit"].clone(), number(row)))
        .filter(|(_, second)| all[second - 1].ends_with("successful_log.mitm"))
        .collect();
    assert_eq!(pairs.len(), 1);
}
