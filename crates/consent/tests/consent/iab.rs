//! What the libraries of the IAB Tech Lab encode is decoded as they decode it.
//!
//! Needs `node`, and in `AFFIANT_IABTCF` a folder whose `node_modules` has
//! `@iabtcf/core` and `@iabgpp/cmpapi` (written with 1.5.6 and 3.2.0).

use std::path::PathBuf;
use std::process::Command;

use affiant_consent::{Answer, Content, Ids, RestrictionKind, Section, Tcf, UsSection, gpp, tcf};
use serde_json::Value;

/// One object a line, or nothing where what is needed is absent.
fn encoded() -> Option<Vec<Value>> {
    #[allow(clippy::disallowed_methods, reason = "a test may ask the environment")]
    let Some(folder) = std::env::var_os("AFFIANT_IABTCF") else {
        println!("skipped: AFFIANT_IABTCF names no folder with the libraries of the IAB Tech Lab");
        return None;
    };
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/consent/iab.js");
    let output = Command::new("node")
        .arg(script)
        .args(["150", "20260712"])
        .env("NODE_PATH", PathBuf::from(folder).join("node_modules"))
        .output();
    let Ok(output) = output else {
        println!("skipped: `node` is not installed");
        return None;
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.contains("Cannot find module") {
        println!("skipped: AFFIANT_IABTCF has no `@iabtcf/core` or `@iabgpp/cmpapi`");
        return None;
    }
    assert!(output.status.success(), "{errors}");
    let lines = String::from_utf8(output.stdout).unwrap();
    Some(
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

fn numbers(value: &Value) -> Vec<u64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n.as_u64().unwrap())
        .collect()
}

fn of(ids: &Ids) -> Vec<u64> {
    ids.iter().map(u64::from).collect()
}

/// The numbers of a list of booleans, from 1.
fn set(value: &Value) -> Vec<u64> {
    let flags = value.as_array().unwrap().iter();
    (1..)
        .zip(flags)
        .filter(|(_, on)| on.as_bool().unwrap())
        .map(|(n, _)| n)
        .collect()
}

#[track_caller]
fn same_tcf(text: &str, wanted: &Value) {
    let read: Tcf = tcf(text).unwrap();
    assert_eq!(read.unread_bits, 0, "{text}");
    let number = |name: &str| wanted[name].as_u64().unwrap();
    assert_eq!(
        read.created.timestamp_millis(),
        wanted["created"].as_i64().unwrap()
    );
    assert_eq!(
        read.updated.timestamp_millis(),
        wanted["updated"].as_i64().unwrap()
    );
    assert_eq!(u64::from(read.cmp_id), number("cmp_id"));
    assert_eq!(u64::from(read.cmp_version), number("cmp_version"));
    assert_eq!(u64::from(read.screen), number("screen"));
    assert_eq!(read.language, wanted["language"].as_str().unwrap());
    assert_eq!(
        u64::from(read.vendor_list_version),
        number("vendor_list_version")
    );
    assert_eq!(
        u64::from(read.policy_version.unwrap()),
        number("policy_version")
    );
    assert_eq!(read.service_specific, wanted["service_specific"].as_bool());
    assert_eq!(
        read.purpose_one_treatment,
        wanted["purpose_one_treatment"].as_bool()
    );
    assert_eq!(
        read.publisher_country.as_deref(),
        wanted["publisher_country"].as_str()
    );
    let section = |section: &Option<affiant_consent::Vendors>| {
        section
            .as_ref()
            .map_or_else(Vec::new, |section| of(&section.ids))
    };
    let publisher = read.publisher.unwrap_or_default();
    for (name, ids) in [
        ("special_features", of(&read.special_features.unwrap())),
        ("purposes_consent", of(&read.purposes_consent)),
        (
            "purposes_legitimate_interest",
            of(&read.purposes_legitimate_interest.unwrap()),
        ),
        ("vendors_consent", of(&read.vendors_consent.ids)),
        (
            "vendors_legitimate_interest",
            section(&read.vendors_legitimate_interest),
        ),
        ("vendors_disclosed", section(&read.vendors_disclosed)),
        ("publisher_consent", of(&publisher.purposes_consent)),
        (
            "publisher_legitimate_interest",
            of(&publisher.purposes_legitimate_interest),
        ),
        ("custom_consent", of(&publisher.custom_consent)),
        (
            "custom_legitimate_interest",
            of(&publisher.custom_legitimate_interest),
        ),
    ] {
        assert_eq!(ids, numbers(&wanted[name]), "{name} of {text}");
    }
    assert_eq!(
        u64::from(publisher.custom_purposes),
        number("custom_purposes")
    );
    let mut restrictions: Vec<_> = read
        .restrictions
        .iter()
        .map(|one| {
            let kind = match one.kind {
                RestrictionKind::NotAllowed => 0,
                RestrictionKind::RequireConsent => 1,
                RestrictionKind::RequireLegitimateInterest => 2,
                RestrictionKind::Undefined => 3,
            };
            (u64::from(one.purpose), kind, of(&one.vendors))
        })
        .collect();
    restrictions.sort();
    let mut theirs: Vec<_> = wanted["restrictions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["purpose"].as_u64().unwrap(),
                one["kind"].as_u64().unwrap(),
                numbers(&one["vendors"]),
            )
        })
        .collect();
    theirs.sort();
    assert_eq!(restrictions, theirs, "{text}");
}

#[track_caller]
fn same_us(section: &UsSection, text: &str, wanted: &Value) {
    assert_eq!(section.unread_bits, 0);
    assert_eq!(
        u64::from(section.version),
        wanted["Version"].as_u64().unwrap()
    );
    // Their object has the member even where the string has no such segment.
    assert_eq!(section.gpc.is_some(), text.contains('.'));
    if section.gpc.is_some() {
        assert_eq!(section.gpc, wanted["Gpc"].as_bool());
    }
    let number = |answer: &Answer| u64::from(answer.number().unwrap());
    for field in &section.fields {
        let theirs = &wanted[field.name];
        let ours: Vec<u64> = field.answers.iter().map(number).collect();
        match theirs.as_u64() {
            Some(one) => assert_eq!(ours, [one], "{}", field.name),
            None => assert_eq!(ours, numbers(theirs), "{}", field.name),
        }
    }
}

/// Whether the section was read. What could be read in two ways is not.
#[track_caller]
fn same_section(section: &Section, all: &Value) -> bool {
    let wanted = &all[section.name.unwrap()];
    match &section.content {
        Content::Us(us) => same_us(us, &section.text, wanted),
        Content::UsPrivacy(string) => {
            let letter = |answer: Option<bool>| match answer {
                Some(true) => "Y",
                Some(false) => "N",
                None => "-",
            };
            assert_eq!(wanted["Notice"], letter(string.notice));
            assert_eq!(wanted["OptOutSale"], letter(string.opted_out));
            assert_eq!(wanted["LspaCovered"], letter(string.lspa));
        }
        Content::TcfCanada(read) => {
            assert_eq!(u64::from(read.cmp_id), wanted["CmpId"].as_u64().unwrap());
            assert_eq!(
                u64::from(read.screen),
                wanted["ConsentScreen"].as_u64().unwrap()
            );
            assert_eq!(read.language, wanted["ConsentLanguage"].as_str().unwrap());
            assert_eq!(
                of(&read.special_features),
                set(&wanted["SpecialFeatureExpressConsent"])
            );
            assert_eq!(
                of(&read.purposes_express),
                set(&wanted["PurposesExpressConsent"])
            );
            assert_eq!(
                of(&read.purposes_implied),
                set(&wanted["PurposesImpliedConsent"])
            );
            assert_eq!(
                of(&read.vendors_express),
                numbers(&wanted["VendorExpressConsent"])
            );
            assert_eq!(
                of(&read.vendors_implied),
                numbers(&wanted["VendorImpliedConsent"])
            );
            let disclosed = read.vendors_disclosed.clone().unwrap_or_default();
            assert_eq!(of(&disclosed), numbers(&wanted["DisclosedVendors"]));
        }
        Content::Damaged(affiant_consent::Error::Ambiguous) => return false,
        other => panic!("{other:?}"),
    }
    true
}

#[test]
fn what_the_libraries_of_the_iab_encode_is_decoded_as_they_do() {
    let Some(all) = encoded() else { return };
    let (mut strings, mut sections, mut ambiguous) = (0, 0, 0);
    for wanted in &all {
        let text = wanted["text"].as_str().unwrap();
        if wanted["kind"] == "tcf" {
            same_tcf(text, wanted);
            strings += 1;
            continue;
        }
        let read = gpp(text).unwrap();
        let ids: Vec<u64> = read.sections.iter().map(|s| s.id.into()).collect();
        assert_eq!(ids, numbers(&wanted["ids"]), "{text}");
        for section in &read.sections {
            if same_section(section, &wanted["sections"]) {
                sections += 1;
            } else {
                ambiguous += 1;
            }
        }
    }
    assert!(strings > 100 && sections > 200, "{strings} {sections}");
    assert!(
        ambiguous * 20 < sections,
        "{ambiguous} of {sections} are ambiguous"
    );
    println!("{strings} TC strings, {sections} sections of GPP; {ambiguous} ambiguous");
}
