//! Recipients' own records go the whole way: they raise the reach of a request
//! that they fit, and of no other, and nothing of them is counted as sent.

use crate::support::{acme, expect, table};

/// A text as a value of a form (WHATWG URL §5.2).
fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

/// Two requests of the Facebook SDK, ten minutes apart, and one of another app.
fn capture() -> String {
    let entry = |time: &str, bundle: &str, event: &str| {
        let events = format!(r#"[{{"_eventName":"{event}","_logTime":1711191600}}]"#);
        let extinfo = format!(r#"["i2","{bundle}","1","1.0","17.0","iPhone14,2"]"#);
        let body = format!(
            "event=CUSTOM_APP_EVENTS&extinfo={}&custom_events={}&note=ann%40example.com",
            escaped(&extinfo),
            escaped(&events)
        );
        serde_json::json!({
            "startedDateTime": time,
            "request": {
                "method": "POST",
                "url": "https://graph.facebook.com/v6.0/1234/activities",
                "headers": [{ "name": "Content-Type", "value": "application/x-www-form-urlencoded" }],
                "postData": { "mimeType": "application/x-www-form-urlencoded", "text": body },
            },
            "response": { "status": 200 },
        })
    };
    let entries = [
        entry(
            "2024-03-23T11:00:00.250Z",
            "com.acme.app",
            "fb_mobile_activate_app",
        ),
        entry("2024-03-23T11:10:00Z", "com.acme.app", "fb_mobile_purchase"),
        entry(
            "2024-03-23T11:00:01Z",
            "com.other.app",
            "fb_mobile_activate_app",
        ),
    ];
    serde_json::json!({ "log": { "version": "1.2", "entries": entries } }).to_string()
}

/// Meta's export: the first fits the first request (2024-03-23T11:00:04Z), the
/// second is of another app, the third of another time.
const RECORDS: &str = r#"{"off_facebook_activity_v2":[
  {"name":"Acme: Photo Editor","events":[
    {"id":1,"type":"ACTIVATE_APP","timestamp":1711191604},
    {"id":1,"type":"PURCHASE","timestamp":1711195200}]},
  {"name":"Caf\u00c3\u00a9 App","events":[{"id":2,"type":"ACTIVATE_APP","timestamp":1711191600}]}]}"#;

const NAMES: &str = "\n[records]\nnames = [\"Acme: Photo Editor\"]\n";

#[test]
fn a_record_of_the_recipient_raises_the_reach_of_the_request_that_it_fits() {
    let folder = acme(NAMES);
    let here = folder.path();
    let case_file = here.join("acme/case.toml");
    let text = std::fs::read_to_string(&case_file).unwrap();
    std::fs::write(
        &case_file,
        text.replacen("apps = []", "apps = [\"com.acme.app\"]", 1),
    )
    .unwrap();
    std::fs::write(here.join("capture.har"), capture()).unwrap();
    std::fs::write(
        here.join("your_activity_off_meta_technologies.json"),
        RECORDS,
    )
    .unwrap();
    let circumstances = ["--custodian", "C", "--collected-by", "P", "--method", "M"];
    let files = [
        "intake",
        "acme",
        "capture.har",
        "your_activity_off_meta_technologies.json",
    ];
    expect(0, here, &[&files[..], &circumstances[..]].concat());
    let said = expect(0, here, &["analyze", "acme"]);
    let counted = "records of Meta Platforms, Inc.: 3, matched to a request within 120 s: 1; requests in their time: 2, matched: 1";
    assert!(said.contains(counted), "{said}");

    let case = here.join("acme");
    let exchanges = table(&case, "exchanges");
    let reached = |row: &crate::support::Row| format!("{} {}", row["kind"], row["reach"]);
    let reaches: Vec<_> = exchanges.iter().map(reached).collect();
    assert_eq!(
        reaches,
        [
            "request recorded",
            "request acknowledged",
            // Another app, although it is the closest in time.
            "request acknowledged",
            "record recorded",
            "record recorded",
            "record recorded",
        ]
    );
    // All that the request carried is of its reach, and nothing else is.
    for row in table(&case, "transmittals") {
        let wanted = if row["exchange"] == "1" {
            "recorded"
        } else {
            "acknowledged"
        };
        assert_eq!(
            (row["exhibit"].as_str(), row["reach"].as_str()),
            ("E-0001", wanted)
        );
    }
    let records = table(&case, "records");
    let came = |row: &crate::support::Row| {
        format!(
            "{} {} {} {}",
            row["app"], row["event"], row["finding"], row["matched_exchange"]
        )
    };
    assert_eq!(
        records.iter().map(came).collect::<Vec<_>>(),
        [
            "Acme: Photo Editor ACTIVATE_APP matched 1",
            "Acme: Photo Editor PURCHASE unmatched ",
            "Café App ACTIVATE_APP unmatched ",
        ]
    );
    assert_eq!(records[0]["milliseconds_apart"], "3750");
    assert_eq!(records[0]["request_event"], "fb_mobile_activate_app");
    assert_eq!(records[0]["capture_reach"], "acknowledged");

    expect(0, here, &["report", "acme"]);
    // The tables are made again, the records among them, and agree.
    let verified = expect(6, here, &["verify", "acme", "--json"]);
    assert!(verified.contains("tables/records.csv"), "{verified}");
}

#[test]
fn without_the_name_in_the_case_file_nothing_is_raised() {
    let folder = acme("");
    let here = folder.path();
    std::fs::write(here.join("capture.har"), capture()).unwrap();
    std::fs::write(here.join("records.json"), RECORDS).unwrap();
    let circumstances = ["--custodian", "C", "--collected-by", "P", "--method", "M"];
    let files = ["intake", "acme", "capture.har", "records.json"];
    expect(0, here, &[&files[..], &circumstances[..]].concat());
    expect(0, here, &["analyze", "acme"]);
    let case = here.join("acme");
    let rows = table(&case, "transmittals");
    assert!(!rows.is_empty() && rows.iter().all(|row| row["reach"] == "acknowledged"));
    let records = table(&case, "records");
    assert!(records.iter().all(|row| row["finding"] == "unmatched"));
}
