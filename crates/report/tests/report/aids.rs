//! The illustrative aids, the exhibit book and the verification report, as a reader
//! gets them.

use std::collections::BTreeMap;

use crate::fixture::tools::{dense, pages, poppler};
use crate::fixture::{Fixture, HOSTILE, at};
use affiant_model::{
    ANY, Bridge, Comparison, ComparisonRow, Digest, FirstTransmittal, Moment, MomentKind, RunRow,
    TransmittalId,
};
use affiant_report::{Document, Material};

const STAMP: &str = "FRE 107 illustrative aid – not evidence";
const RUN: &str = "a1 (4.6.8 signed out, Test device A)";

/// Rows of the tables that figures are drawn from, with `text` as every name.
struct Tables {
    runs: Vec<RunRow>,
    timeline: Vec<FirstTransmittal>,
    comparisons: Vec<ComparisonRow>,
    bridges: Vec<Bridge>,
    digests: BTreeMap<String, String>,
}

impl Tables {
    fn of(text: &str) -> Self {
        let first = |datum: &str, millis: i64, example| FirstTransmittal {
            run: RUN.into(),
            device: None,
            phase: None,
            app_version: None,
            start: at(0),
            start_is: "opened, by the case file".into(),
            recipient: text.into(),
            datum: datum.into(),
            example: TransmittalId(example),
            time: at(0) + chrono::TimeDelta::milliseconds(millis),
            seconds: millis as f64 / 1e3,
            after: String::new(),
            before: String::new(),
            transmittals: 3,
            before_notice: Some(3),
        };
        Self {
            runs: vec![RunRow {
                run: RUN.into(),
                phases: "4.6.8 signed out".into(),
                device: Some("Test device A".into()),
                app_version: None,
                exhibits: "E-0001".into(),
                requests: 9,
                third_party: 3,
                bytes: 100,
                first: Some(at(0)),
            }],
            timeline: vec![first("carrier", 1_250, 7), first("city", 60_000, 9)],
            comparisons: vec![ComparisonRow {
                comparison: "with and without".into(),
                recipient: text.into(),
                datum: ANY.into(),
                before_with: 5,
                before_of: 5,
                after_with: 0,
                after_of: 4,
                before_transmittals: 40,
                after_transmittals: 0,
                p: Some(0.008),
                p_holm: Some(0.008),
                only_before: 0,
                only_after: 0,
                p_devices: None,
                no_inference: String::new(),
                no_inference_of_devices: String::new(),
            }],
            bridges: vec![Bridge {
                datums: "advertising_id".into(),
                identifier: Some(text.into()),
                subject: None,
                value_sha256: "ab".repeat(32),
                organisations: 2,
                recipients: format!("Alphabet Inc.; {text}"),
                forms: "plain".into(),
                transmittals: 4,
                exchanges: 4,
                first: None,
                last: None,
                examples: "T-000001, T-000002".into(),
            }],
            digests: ["transmittals", "timeline", "comparisons", "bridges"]
                .map(|name| (name.to_owned(), Digest::of(name.as_bytes()).to_hex()))
                .into(),
        }
    }

    fn make(&self, fixture: &Fixture, document: Document) -> Vec<u8> {
        let mut material: Material<'_> = fixture.material();
        material.tables.runs = &self.runs;
        material.tables.timeline = &self.timeline;
        material.tables.comparisons = &self.comparisons;
        material.tables.bridges = &self.bridges;
        material.tables.digests = &self.digests;
        document.make(&material).unwrap()
    }
}

fn with_moments() -> Fixture {
    let mut fixture = Fixture::sample();
    fixture.case.comparisons = vec![Comparison {
        name: "with and without".into(),
        before: vec!["4.6.8".into()],
        after: vec!["4.6.9".into()],
    }];
    fixture.case.moments = vec![Moment {
        kind: MomentKind::NoticeShown,
        at: at(20).to_rfc3339(),
        run: "a1".into(),
        phase: None,
        device: None,
        app_version: None,
        note: "seen on the screen".into(),
    }];
    fixture
}

#[test]
fn every_page_of_the_aids_is_stamped_and_none_offers_a_summary() {
    let pdf = Tables::of("Example Ltd").make(&with_moments(), Document::Aids107);
    let Some(pages) = pages(&pdf) else { return };
    assert!(pages.len() >= 6);
    for page in &pages {
        assert!(page.contains(STAMP), "{page}");
        assert!(!page.contains("as a summary under FRE 1006"), "{page}");
    }
}

#[test]
fn each_figure_names_the_rows_that_it_is_drawn_from_and_says_in_words_what_it_shows() {
    let tables = Tables::of("Example Ltd");
    let pdf = tables.make(&with_moments(), Document::Aids107);
    let Some(pages) = pages(&pdf) else { return };
    let text = dense(&pages.concat());
    for (table, sha256) in &tables.digests {
        let named = format!("Drawn from tables/{table}.parquet, SHA-256 {sha256}");
        assert!(text.contains(&dense(&named)), "{named}");
    }
    for said in [
        // 132 transmittals to third parties, by the other documents too.
        "in all 128 sent and 4 attempted only",
        "1.25 s, to Example Ltd",
        "T-000007; before the first notice that is stated",
        "20.02 s: notice shown, by the case file (seen on the screen)",
        "before 5 of 5",
        "after 0 of 4",
        "affiant export CASE --table comparisons --where 'comparison=with and without'",
    ] {
        assert!(text.contains(&dense(said)), "missing: {said}");
    }
    let Some(tags) = poppler("pdfinfo", &["-struct"], &pdf, &[]) else {
        return;
    };
    let tags = String::from_utf8_lossy(&tags).matches("Figure").count();
    assert!(tags >= 6, "{tags} figures are tagged");
}

#[test]
fn hostile_names_in_figures_are_printed_and_nothing_of_them_runs() {
    let mut fixture = with_moments();
    fixture.poison();
    fixture.case.moments[0].note = HOSTILE.join(" ");
    for text in [HOSTILE.join(" "), "A".repeat(1 << 16)] {
        for t in &mut fixture.transmittals {
            t.recipient.clone_from(&text);
            t.parent.clone_from(&text);
        }
        let pdf = Tables::of(&text).make(&fixture, Document::Aids107);
        let Some(pages) = pages(&pdf) else { return };
        let text = pages.concat();
        let hidden = ['\u{202E}', '\u{202C}', '\u{200B}', '\u{FEFF}'];
        assert!(!text.contains(hidden));
        assert!(pages.iter().all(|page| page.contains(STAMP)));
    }
}

#[test]
fn aids_are_called_for_where_there_is_something_to_draw() {
    let (sample, empty) = (Fixture::sample(), Fixture::empty());
    assert!(Document::Aids107.is_called_for(&sample.material()));
    assert!(!Document::Aids107.is_called_for(&empty.material()));
    let pdf = empty.make(Document::Aids107).unwrap();
    let Some(pages) = pages(&pdf) else { return };
    assert!(pages.concat().contains("There is nothing to draw"));
}

#[test]
fn the_exhibit_book_has_a_slip_sheet_for_each_exhibit_and_the_bytes_of_what_is_cited() {
    let fixture = Fixture::sample();
    let Some(pages) = pages(&fixture.make(Document::ExhibitBook).unwrap()) else {
        return;
    };
    for exhibit in &fixture.exhibits {
        let slip = |page: &&String| {
            page.contains("Produced in native format")
                && page.contains(&exhibit.id.to_string())
                && dense(page).contains(&exhibit.sha256.to_hex())
        };
        assert_eq!(pages.iter().filter(slip).count(), 1, "{}", exhibit.id);
    }
    let text = dense(&pages.concat());
    for said in [
        "1 exchange is printed, with 2 transmittals",
        "1 is not printed here",
        "token `access_token` (1)",
        "69 50 68 6f 6e 65 ** **",
        "Step 1 is that of T-000001 above",
        "those of T-000001 above.",
        "The capture records no status of an answer.",
        "the request is recorded, and no answer to it",
        "dd if='evidence/E-0001.har' bs=1 skip=1041 count=8",
    ] {
        assert!(text.contains(&dense(said)), "missing: {said}");
    }
}

#[test]
fn the_verification_report_says_in_words_what_does_not_agree() {
    let mut fixture = Fixture::sample();
    let (first, second) = (fixture.exhibits[0].id, fixture.exhibits[1].id);
    fixture.recomputed.remove(&first);
    fixture.recomputed.insert(second, Digest::of(b"other"));
    let Some(pages) = pages(&fixture.make(Document::Verification).unwrap()) else {
        return;
    };
    let text = dense(&pages.concat());
    let other = Digest::of(b"other").to_hex();
    for said in [
        "1 NOT as recorded; 1 not recomputed",
        other.as_str(),
        // The fixture's root and head are of other texts.
        "NOT equal",
        "What was not checked here",
    ] {
        assert!(text.contains(&dense(said)), "missing: {said}");
    }
}
