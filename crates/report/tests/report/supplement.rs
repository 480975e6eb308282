//! The supplement to an earlier report: what is new, gone, changed and renumbered.

use std::collections::BTreeMap;

use crate::fixture::tools::{has, text};
use crate::fixture::{Fixture, HOSTILE, at};
use affiant_report::{Attachment, Earlier, difference, supplement};

const HEAD: &str = "transmittal,exhibit,exchange,party,recipient,datum,basis,reach,locator,value\n";

/// A table of transmittals; each row is number, exchange, recipient and value.
fn table(rows: &[(u32, u32, &str, &str)]) -> Vec<u8> {
    let mut out = HEAD.to_owned();
    for (number, exchange, recipient, value) in rows {
        let value = value.replace('"', "\"\"");
        out.push_str(&format!(
            "T-{number:06},E-0001,{exchange},third,\"{recipient}\",email,known value,sent,request.body,\"{value}\"\n"
        ));
    }
    out.into_bytes()
}

/// Fed. R. Civ. P. 26(e)(2).
#[test]
fn a_supplement_lists_what_is_new_gone_changed_and_renumbered() {
    let mut fixture = Fixture::sample();
    fixture.case.matter.profile = "cand".into();
    let now = table(&[
        (1, 1, "Meta", "one"),
        (2, 3, "Meta", "three, new"),
        (3, 4, "Meta", "four"),
        (4, 5, "Other, Inc.", HOSTILE[0]),
        (5, 6, "Other, Inc.", HOSTILE[3]),
    ]);
    fixture.tables = vec![Attachment {
        name: "transmittals.csv".into(),
        bytes: now.into(),
        mime: "text/csv".into(),
        description: "every transmittal".into(),
    }];
    let before = table(&[
        (1, 1, "Meta", "one"),
        (2, 2, "Meta", "two"),
        (3, 3, "Meta", "three"),
        (4, 4, "Meta", "four"),
    ]);
    let attachments = BTreeMap::from([("transmittals.csv".to_owned(), before)]);
    let at_analysis = fixture
        .ledger
        .iter()
        .position(|e| e.time == at(305_000))
        .unwrap();
    let earlier = Earlier {
        name: "served.pdf",
        bytes: 17,
        sha256: affiant_model::Digest::of(b"served"),
        recorded: None,
        revisions: 1,
        attachments: &attachments,
        ledger: &fixture.ledger[..=at_analysis],
        datasets: Some(&fixture.datasets[1..]),
    };
    let input = fixture.input();
    let found = difference(&input, &earlier).unwrap();
    assert_eq!(found.transmittals(), (2, 1, 1));
    let csv = found.csv().unwrap();
    let written = String::from_utf8(csv.clone()).unwrap();
    for line in [
        "transmittals.csv,gone,T-000002,,\"{\"\"datum\"\":\"\"email\"\",",
        "transmittals.csv,changed,T-000003,T-000002,",
        ",value,three,\"three, new\"\n",
        "transmittals.csv,renumbered,T-000004,T-000003,,transmittal,T-000004,T-000003\n",
    ] {
        assert!(written.contains(line), "missing: {line}\nin {written}");
    }
    let pdf = supplement(&input, &earlier, &found, 3, &csv).unwrap();
    assert_eq!(pdf, supplement(&input, &earlier, &found, 3, &csv).unwrap());
    let Some(text) = text(&pdf) else { return };
    has(
        &text,
        &[
            "SUPPLEMENT NO. 3 TO THE EXPERT REPORT",
            "no event of the ledger records a file with this digest",
            "In the table of transmittals 2 rows are new, 1 is gone, and 1 says something else. 1 row bears another number",
            "which opinions of the report, and which answers of the deposition, are supplemented or corrected",
            "Data set recipients",
            "Exhibits taken in or destroyed between the two",
            "zoom-ios-run10.har",
            "destroyed",
            "Transmittals by recipient, before and after",
            "−1",
            "+2",
            "Why a row differs is not stated by a comparison",
            HOSTILE[0],
            "abc\\u{202E}gpj.exe\\u{202C}",
            &affiant_model::Digest::of(&csv).to_hex(),
            "Signature of the witness",
        ],
    );
}
