//! The documents that are tables: hostile text in every cell is printed, seen, and
//! does nothing.

use std::collections::BTreeMap;

use crate::fixture::tools::{dense, pages};
use crate::fixture::{Fixture, HOSTILE};
use affiant_model::{DeviceContact, ElementRow, Gap, PartyKind, RunRow};
use affiant_report::{Document, Material, NoticeRule, ReviewTables, SummaryTables};

fn contact(text: &str) -> DeviceContact {
    DeviceContact {
        device: text.into(),
        holder: text.into(),
        app: text.into(),
        host: text.into(),
        recipient: text.into(),
        party: PartyKind::Third,
        exhibits: "E-0001".into(),
        contacts: 1,
        attempted: 0,
        first: None,
        last: None,
        elsewhere_host: 0,
        elsewhere: 1,
        data_elsewhere: text.into(),
    }
}

fn gap(text: &str) -> Gap {
    Gap {
        recipient: text.into(),
        parent: String::new(),
        domains: text.into(),
        party: PartyKind::Third,
        datum: text.into(),
        category: String::new(),
        notice: text.into(),
        exhibit: None,
        in_force: "from 2020-01-01".into(),
        first_day: String::new(),
        last_day: String::new(),
        transmittals: 1,
        undated: 0,
        judgement: "not declared".into(),
        rule: "R9".into(),
        passages: text.into(),
        others: text.into(),
        remarks: text.into(),
        overridden: Some(text.into()),
    }
}

fn element(text: &str) -> ElementRow {
    ElementRow {
        claim: "c".into(),
        title: text.into(),
        citation: text.into(),
        edition: text.into(),
        element: text.into(),
        element_citation: text.into(),
        reading: text.into(),
        asked: text.into(),
        says: text.into(),
        rows: Some(1),
        answer: text.into(),
        silent: text.into(),
    }
}

#[test]
fn hostile_cells_are_printed_and_nothing_of_them_runs() {
    let fixture = Fixture::sample();
    let long = "A".repeat(1 << 20);
    let mut texts: Vec<&str> = HOSTILE.to_vec();
    texts.push(&long);
    let contacts: Vec<_> = texts.iter().map(|text| contact(text)).collect();
    let gaps: Vec<_> = texts.iter().map(|text| gap(text)).collect();
    let matrix: Vec<_> = texts.iter().map(|text| element(text)).collect();
    let runs = [RunRow {
        run: HOSTILE.join(" "),
        phases: String::new(),
        device: None,
        app_version: None,
        exhibits: "E-0001".into(),
        requests: 1,
        third_party: 1,
        bytes: 1,
        first: None,
    }];
    let digests = BTreeMap::new();
    let tables = SummaryTables {
        runs: &runs,
        commonality: &[],
        comparisons: &[],
        timeline: &[],
        bridges: &[],
        searches: &[],
        device_days: &[],
        presence: &[],
        device_contacts: &contacts,
        differential: &[],
        patterns: &[],
        unnamed: &[],
        contexts: &[],
        digests: &digests,
    };
    let rules = [NoticeRule {
        number: "R1",
        name: "recipient and datum named",
        text: "A practice names this recipient.",
        judgement: "declared".into(),
    }];
    let review = ReviewTables {
        gaps: &gaps,
        rules: &rules,
        matrix: &matrix,
    };
    let material = Material {
        input: fixture.input(),
        tables,
        review,
        book: &fixture.book,
    };
    for document in [
        Document::Summaries1006,
        Document::GapReview,
        Document::EvidenceMatrix,
    ] {
        let name = document.name();
        let pdf = document.make(&material).unwrap();
        let Some(pages) = pages(&pdf) else { return };
        let text = pages.concat();
        let odd = |c: &char| c.is_control() && !c.is_whitespace();
        assert_eq!(text.chars().find(odd), None, "{name}");
        for hidden in ['\u{202E}', '\u{202C}', '\u{200B}', '\u{FEFF}'] {
            assert!(
                !text.contains(hidden),
                "{name}: U+{:04X}",
                u32::from(hidden)
            );
        }
        let text = dense(&text);
        assert!(text.contains(&dense(HOSTILE[0])), "{name}");
        assert!(text.contains("abc\\u{202E}gpj.exe\\u{202C}"), "{name}");
        assert!(text.contains("(1048576bytes,SHA-256"), "{name}");
    }
}
