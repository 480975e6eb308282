//! Logs that show contacts and no content go the whole way, and nothing is
//! counted as more than it is.

use std::io::Write as _;

use crate::support::{acme, expect, has_tool, table};

const PRIVACY_REPORT: &str = concat!(
    r#"{"domain":"graph.facebook.com","firstTimeStamp":"2024-10-12T08:24:53.092+02:00","context":"","timeStamp":"2024-10-18T08:42:46.449+02:00","domainType":1,"initiatedType":"AppInitiated","hits":42,"type":"networkActivity","domainOwner":"","bundleID":"com.example.app"}"#,
    "\n",
    r#"{"accessor":{"identifier":"com.example.app","identifierType":"bundleID"},"category":"contacts","identifier":"A-1","kind":"intervalBegin","timeStamp":"2024-10-12T08:25:00.000+02:00","type":"access"}"#,
    "\n",
);

const ZEEK_DNS: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n\
    #path\tdns\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\tqtype_name\trcode_name\tanswers\n\
    #types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tstring\tstring\tvector[string]\n\
    1728714293.000000\tC1\t10.0.0.2\t4000\t10.0.0.1\t53\tudp\tgraph.facebook.com\tA\tNOERROR\tstar.c10r.facebook.com,192.0.2.1\n";

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// A value in a compressed capture is led back to its bytes by stock tools.
#[test]
fn a_value_under_gzip_is_found_by_the_command_that_is_shown() {
    if !has_tool("gunzip") {
        return;
    }
    let folder = acme("");
    let here = folder.path();
    let har = r#"{"log":{"entries":[{"startedDateTime":"2026-01-02T03:04:05Z","request":{"method":"GET","url":"https://t.example.net/?q=1","headers":[]},"response":{"status":200}},{"startedDateTime":"2026-01-02T03:04:05Z","request":{"method":"GET","url":"https://t.example.net/?mail=ann%40example.com","headers":[]},"response":{"status":200}}]}}"#;
    std::fs::write(here.join("capture.har.gz"), gzip(har)).unwrap();
    let circumstances = ["--custodian", "C", "--collected-by", "P", "--method", "M"];
    let intake = ["intake", "acme", "capture.har.gz"];
    expect(0, here, &[&intake[..], &circumstances[..]].concat());
    expect(0, here, &["analyze", "acme"]);
    expect(0, here, &["report", "acme"]);
    let shown = expect(0, here, &["show", "acme", "T-1", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let command = shown["command"].as_str().unwrap();
    assert!(command.contains("| gunzip -c |"), "{command}");
    let output = std::process::Command::new("sh")
        .args(["-c", command])
        .current_dir(here.join("acme"))
        .output()
        .unwrap();
    assert_eq!(output.stdout, b"ann@example.com", "{command}");
    let first = shown["steps"][0]["title"].as_str().unwrap();
    assert!(first.contains("of what `gzip` gives"), "{first}");
    expect(6, here, &["verify", "acme"]);
}

#[test]
fn a_privacy_report_and_a_log_of_lookups_show_contacts_and_no_transmittal() {
    let folder = acme("");
    let here = folder.path();
    std::fs::write(here.join("report.ndjson"), PRIVACY_REPORT).unwrap();
    std::fs::write(here.join("dns.log.gz"), gzip(ZEEK_DNS)).unwrap();
    let circumstances = ["--custodian", "C", "--collected-by", "P", "--method", "M"];
    let files = ["intake", "acme", "report.ndjson", "dns.log.gz"];
    expect(0, here, &[&files[..], &circumstances[..]].concat());
    let said = expect(0, here, &["analyze", "acme"]);
    let counted = "0 exchanges; 3 entries show a contact or a record and no content";
    assert!(said.contains(counted), "{said}");
    expect(0, here, &["report", "acme"]);

    let case = here.join("acme");
    let rows = table(&case, "exchanges");
    let kinds: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row["exhibit"].as_str(),
                row["kind"].as_str(),
                row["reach"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        kinds,
        [
            ("E-0001", "connection", "contacted"),
            // An access goes to nobody.
            ("E-0001", "access", "attempted"),
            ("E-0002", "lookup", "contacted"),
        ]
    );
    // What goes to nobody goes to no third party.
    let parties: Vec<_> = rows.iter().map(|row| row["party"].as_str()).collect();
    assert_eq!(parties, ["third", "", "third"]);
    assert_eq!(rows[2]["aliases"], "star.c10r.facebook.com");
    assert!(rows[2]["unpacked"].starts_with("gzip / bytes "));
    let lookup = rows[2]["unpacked"].strip_prefix("gzip / bytes ").unwrap();
    let (offset, length) = lookup.split_once('+').unwrap();
    let (offset, length): (usize, usize) = (offset.parse().unwrap(), length.parse().unwrap());
    assert!(ZEEK_DNS[offset..][..length].starts_with("1728714293.000000\tC1"));

    assert!(table(&case, "transmittals").is_empty());
    let contacts = table(&case, "contacts");
    assert_eq!(contacts.len(), 1);
    let contact = &contacts[0];
    assert_eq!(contact["host"], "graph.facebook.com");
    for (column, count) in [("requests", "0"), ("lookups", "1"), ("connections", "42")] {
        assert_eq!(contact[column], count, "{column}");
    }
    assert_eq!(contact["apps"], "com.example.app");
    let accesses = table(&case, "accesses");
    assert_eq!(accesses.len(), 1);
    assert!(accesses[0]["resource"].starts_with("contacts"));
    // Nothing is signed, which 6 says; the tables are made again and agree.
    expect(6, here, &["verify", "acme"]);
}
