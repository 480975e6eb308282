//! What is built in, held against what was heard, and what a device's own log shows.

use std::path::Path;

use serde_json::json;

use crate::support::{self, Row, expect, table};

fn intake(here: &Path, file: &str, more: &[&str]) {
    let fixed = [
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
    expect(0, here, &[&fixed[..], more].concat());
}

const PODS: &str = "PODS:
  - Adjust (4.21.0)
  - FBSDKCoreKit (6.2.0)
  - Unknown (1.0.0)

DEPENDENCIES:
  - FBSDKCoreKit

COCOAPODS: 1.9.1
";

const MANIFEST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>NSPrivacyTracking</key><true/>
<key>NSPrivacyTrackingDomains</key><array><string>graph.facebook.com</string></array>
<key>NSPrivacyCollectedDataTypes</key><array><dict>
<key>NSPrivacyCollectedDataType</key><string>NSPrivacyCollectedDataTypeEmailAddress</string>
<key>NSPrivacyCollectedDataTypeLinked</key><true/>
<key>NSPrivacyCollectedDataTypeTracking</key><false/>
<key>NSPrivacyCollectedDataTypePurposes</key><array><string>NSPrivacyCollectedDataTypePurposeAnalytics</string></array>
</dict></array></dict></plist>
"#;

const CASE: &str = r#"
[[devices]]
name = "phone of the plaintiff"
holder = "plaintiff 1"
[[devices]]
name = "test phone"
holder = "the laboratory"
[[notices]]
name = "Manifest"
kind = "privacy manifest"
exhibit = "E-0002"
"#;

fn capture() -> String {
    let entry = |host: &str| {
        json!({
            "startedDateTime": "2026-01-02T03:04:05.678Z",
            "request": {"method": "GET", "url": format!("https://{host}/c?e=ann%40example.com"), "headers": []},
            "response": {"status": 204}
        })
    };
    let entries = json!([
        entry("graph.facebook.com"),
        entry("www.google-analytics.com")
    ]);
    json!({"log": {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": entries}})
        .to_string()
}

/// One line of an App Privacy Report: a contact, without content.
fn report() -> String {
    json!({"domain": "graph.facebook.com", "firstTimeStamp": "2026-01-03T10:00:00.000Z",
        "context": "", "timeStamp": "2026-01-03T11:00:00.000Z", "domainType": 2,
        "initiatedType": "AppInitiated", "hits": 7, "type": "networkActivity",
        "domainOwner": "Meta Platforms, Inc.", "bundleID": "com.acme.app"})
    .to_string()
        + "\n"
}

fn one<'r>(rows: &'r [Row], column: &str, value: &str) -> &'r Row {
    let found: Vec<_> = rows.iter().filter(|row| row[column] == value).collect();
    assert_eq!(found.len(), 1, "{column} = {value}: {rows:?}");
    found[0]
}

#[test]
fn what_is_built_in_is_held_against_what_was_heard() {
    let folder = support::acme(CASE);
    let here = folder.path();
    std::fs::write(here.join("capture.har"), capture()).unwrap();
    std::fs::write(here.join("PrivacyInfo.xcprivacy"), MANIFEST).unwrap();
    std::fs::write(here.join("Podfile.lock"), PODS).unwrap();
    std::fs::write(
        here.join("App_Privacy_Report_v4_2026-01-03.ndjson"),
        report(),
    )
    .unwrap();
    let looked = expect(0, here, &["inspect", "Podfile.lock"]);
    assert!(
        looked.contains("podfile-lock") && looked.contains("Facebook SDK (1)"),
        "{looked}"
    );
    intake(here, "capture.har", &["--device", "test phone"]);
    intake(here, "PrivacyInfo.xcprivacy", &[]);
    intake(here, "Podfile.lock", &[]);
    intake(
        here,
        "App_Privacy_Report_v4_2026-01-03.ndjson",
        &["--device", "phone of the plaintiff"],
    );
    expect(0, here, &["analyze", "acme"]);

    let case = here.join("acme");
    let presence = table(&case, "presence");
    let of = |organisation: &str| one(&presence, "organisation", organisation);
    let meta = of("Meta Platforms, Inc.");
    assert_eq!(meta["state"], "present and heard from");
    assert_eq!(
        (meta["versions"].as_str(), meta["exhibits"].as_str()),
        ("6.2.0", "E-0003")
    );
    assert_eq!(
        (meta["requests"].as_str(), meta["contacts"].as_str()),
        ("1", "7")
    );
    assert_eq!(of("Adjust GmbH")["state"], "present and silent");
    assert_eq!(of("Google")["state"], "heard from and not found");

    // Each finding leads to its place.
    let findings = table(&case, "sdk_findings");
    let pod = one(&findings, "value", "FBSDKCoreKit");
    let offset: usize = pod["offset"].parse().unwrap();
    assert!(PODS[offset..].starts_with("FBSDKCoreKit") || PODS[offset..].contains("FBSDKCoreKit"));
    assert!(pod["detail"].contains("facebook-ios-sdk"), "{pod:?}");

    // The manifest is a notice: the vendor's own word for the type of data.
    let gaps = table(&case, "gaps");
    for gap in gaps.iter().filter(|gap| gap["datum"] == "email") {
        assert_eq!(gap["judgement"], "declared in general words", "{gap:?}");
        assert!(gap["passages"].contains("E-0002"), "{gap:?}");
    }

    // The plaintiff's device named the host; what was decoded is the laboratory's.
    let contacts = table(&case, "device_contacts");
    assert_eq!(contacts.len(), 1, "{contacts:?}");
    let contact = &contacts[0];
    assert_eq!(
        (contact["holder"].as_str(), contact["contacts"].as_str()),
        ("plaintiff 1", "7")
    );
    assert_eq!(
        (
            contact["elsewhere_host"].as_str(),
            contact["data_elsewhere"].as_str()
        ),
        ("1", "email")
    );
    assert!(
        table(&case, "device_days")
            .iter()
            .all(|row| row["holder"] == "the laboratory")
    );

    expect(0, here, &["report", "acme"]);
    assert!(expect(6, here, &["verify", "acme"]).contains("Verdict: NOT-CHECKED"));
}
