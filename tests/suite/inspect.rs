//! A look at files before intake, and the warning before a production.

use serde_json::Value;

use crate::support::{acme, affiant, expect, repository};

/// `{"exp":1767225600}`: 1 January 2026.
const JWT: &str = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3NjcyMjU2MDB9.c2lnbmF0dXJl";

fn capture() -> String {
    format!(
        r#"{{"log":{{"version":"1.2","creator":{{"name":"Example proxy","version":"3"}},"entries":[
        {{"startedDateTime":"2026-01-02T03:04:05Z","request":{{"method":"POST","url":"https://t.example.net/v1","headers":[{{"name":"Authorization","value":"Bearer {JWT}"}},{{"name":"Cookie","value":"theme=dark; sessionid=q1w2e3"}}],"postData":{{"mimeType":"application/json","text":"{{\"to\":\"joe@example.org\",\"from\":\"ann@example.com\"}}"}}}},"response":{{"status":200}}}},
        {{"startedDateTime":"not a time","request":{{"method":"GET","url":"https://t.example.net/v2","headers":[]}},"response":{{"status":0}}}}]}}}}"#
    )
}

const LOOKUPS: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n\
    #path\tdns\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\tqtype_name\trcode_name\tanswers\n\
    #types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tstring\tstring\tvector[string]\n\
    1728714293.000000\tC1\t10.0.0.2\t4000\t10.0.0.1\t53\tudp\tgraph.facebook.com\tA\tNOERROR\t192.0.2.1\n";

#[test]
fn a_look_says_what_a_file_is_and_records_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("capture.har"), capture()).unwrap();
    std::fs::write(here.join("dns.log"), LOOKUPS).unwrap();
    std::fs::write(here.join("letter.txt"), "Dear Sir").unwrap();
    let said = expect(3, here, &["inspect", ".", "--json"]);
    let found: Value = serde_json::from_str(&said).unwrap();
    let files = found["files"].as_array().unwrap();
    let [har, dns, letter] = &files[..] else {
        panic!("{said}")
    };
    assert_eq!(har["format"], "har");
    assert_eq!(har["capture"]["version"], "1.2");
    assert_eq!(har["capture"]["writer"], "Example proxy 3");
    assert_eq!(har["kinds"], serde_json::json!({"request": 2}));
    let reach = serde_json::json!({"acknowledged": 1, "sent": 1});
    assert_eq!(har["reach"], reach);
    assert_eq!(har["hosts"][0]["name"], "t.example.net");
    assert_eq!(har["first"], "2026-01-02T03:04:05Z");
    assert_eq!(har["untimed"], 1);
    // The entry with the unreadable time is told, with its place.
    assert_eq!(har["defects"][0]["entry"], 2);
    assert_eq!(dns["format"], "zeek");
    assert_eq!(dns["kinds"], serde_json::json!({"lookup": 1}));
    assert_eq!(letter["format"], Value::Null);
    assert!(letter["refused"].as_str().unwrap().len() > 10);
    let before: Vec<_> = std::fs::read_dir(here).unwrap().collect();
    assert_eq!(before.len(), 3, "nothing was written");
    let digest = har["sha256"].as_str().unwrap();
    let stock = std::process::Command::new("sha256sum")
        .arg(here.join("capture.har"))
        .output();
    if let Ok(stock) = stock {
        assert!(String::from_utf8_lossy(&stock.stdout).starts_with(digest));
    }
}

#[test]
fn a_look_names_credentials_and_addresses_and_never_prints_them() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("capture.har"), capture()).unwrap();
    for arguments in [
        &["inspect", "capture.har"][..],
        &["inspect", "capture.har", "--json"],
    ] {
        let output = affiant(here, arguments);
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8(printed).unwrap();
        for kind in ["authorization header", "session cookie", "e-mail address"] {
            assert!(printed.contains(kind), "{kind}: {printed}");
        }
        assert!(printed.contains("2026-01-01"), "its end is told: {printed}");
        for secret in [JWT, "q1w2e3", "joe@example.org", "ann@example.com"] {
            assert!(!printed.contains(secret), "{secret} is printed");
        }
    }
}

#[test]
fn a_production_warns_of_credentials_and_of_addresses_of_others_only() {
    let folder = acme("");
    let here = folder.path();
    std::fs::write(here.join("capture.har"), capture()).unwrap();
    std::fs::write(here.join("letter.txt"), "Dear Sir").unwrap();
    let keys = format!("CLIENT_RANDOM {} {}\n", "5b".repeat(32), "9f".repeat(48));
    std::fs::write(here.join("keys.log"), keys).unwrap();
    let circumstances = ["--custodian", "C", "--collected-by", "P", "--method", "M"];
    expect(
        3,
        here,
        &[
            &["intake", "acme", "capture.har", "letter.txt", "keys.log"][..],
            &circumstances,
        ]
        .concat(),
    );
    expect(0, here, &["key", "new", "acme", "--output", "key.pem"]);
    let produce = |name: &str, what: &[&str]| {
        let fixed = [
            "produce",
            "acme",
            "--to",
            "opposing counsel",
            "--log-key",
            "key.pem",
            "--output",
            name,
        ];
        let output = affiant(here, &[&fixed[..], what].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        said
    };
    let whole = produce("whole", &["--exhibit", "E-0001"]);
    let warned = "warning: E-0001 holds: authorization header";
    assert!(whole.contains(warned), "{whole}");
    // The data subject's own address is no warning; the stranger's is one value.
    assert!(
        whole.contains("e-mail address: 1 value in 1 entry"),
        "{whole}"
    );
    assert!(!whole.contains("joe@example.org"), "{whole}");
    // What cannot be looked through, and what opens other captures, is said.
    let unread = produce("unread", &["--exhibit", "E-0002"]);
    assert!(unread.contains("E-0002 was not looked through"), "{unread}");
    let keys = produce("keys", &["--exhibit", "E-0003"]);
    assert!(keys.contains("E-0003 holds: TLS secrets"), "{keys}");
    let single = produce("single", &["--exchange", "E-0001:2"]);
    assert!(!single.contains("warning"), "{single}");
}

#[test]
fn every_real_file_of_the_corpus_can_be_looked_at() {
    let corpus = std::env::var_os("AFFIANT_CORPUS")
        .map_or_else(|| repository().join("../shared/corpus"), Into::into);
    if !corpus.is_dir() {
        println!("skipped: no corpus at {}", corpus.display());
        return;
    }
    let output = affiant(
        &corpus,
        &["inspect", "har", "mitmproxy", "zeek", "devices", "--json"],
    );
    assert_eq!(output.status.code(), Some(3));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let files = found["files"].as_array().unwrap();
    assert!(files.len() > 200, "{}", files.len());
    for file in files {
        let read = file["capture"].is_object();
        let refused = file["refused"].as_str().is_some_and(|why| !why.is_empty());
        assert!(read != refused, "{file}");
    }
}
