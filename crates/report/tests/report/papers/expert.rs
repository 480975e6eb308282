//! What rests on the witness: the report, and the appendix on validation.

use affiant_report::{Document, PrintedName};

use super::{has_not, made};
use crate::SAMPLE;
use crate::fixture::Fixture;
use crate::fixture::tools::{dense, has, pages, text};

/// Fed. R. Evid. 702(a) to (d), and the proposed Rule 707.
#[test]
fn the_appendix_goes_through_the_letters_of_702_with_measured_rates() {
    let Some(text) = text(&SAMPLE["validation"]) else {
        return;
    };
    let labelled = include_str!("../../../../../datasets/validation/labelled.toml");
    let sum = |member: &str| -> u64 {
        let of_encodings = labelled.split("\n[[place]]").next().unwrap();
        let lines = of_encodings
            .lines()
            .filter_map(|line| line.strip_prefix(member));
        lines
            .map(|n| n.trim_start_matches(" = ").parse::<u64>().unwrap())
            .sum()
    };
    let grouped = |n: u64| match n {
        0..1_000 => n.to_string(),
        n => format!("{},{:03}", n / 1_000, n % 1_000),
    };
    has(
        &text,
        &[
            "702(a): what the method can help to decide",
            "702(b): the facts and data of this case",
            "702(c): principles and methods",
            "702(d): the method applied to this case",
            "11 were read and 1 could not be read as a whole",
            "198 exchanges were searched: 121 with the declared first party (Zoom Video Communications, Inc.) and 77 with others.",
            "44 finds were too uncertain to assert.",
            "the gzip stream ends early",
            &format!(
                "of these, the identifier was found {}",
                grouped(sum("found"))
            ),
            &format!("Requests that carry a decoy {}", grouped(sum("decoys"))),
            "False finds in either kind of request (false positives)",
            "No interval is given: the corpus is made by rule and is no sample of any traffic.",
            "What these rates do not cover",
            "affiant (program), 0.1.0",
            "Other explanations of a find",
            "The log was altered, or a value planted, before intake",
            "sha256sum -c SHA256SUMS",
            "Proposed Fed. R. Evid. 707",
            "To be stated by the witness: peer review and publication",
        ],
    );
    let rows = sum("requests");
    assert_eq!(
        rows - sum("found"),
        labelled.matches("[[missed]]").count() as u64,
        "each miss is listed"
    );
    has_not(&text, &["100% accurate", "error-free", "infallible"]);
}

/// Fed. R. Civ. P. 26(a)(2)(B)(i) to (vi).
#[test]
fn the_expert_report_has_what_each_of_the_six_parts_asks_for() {
    let Some(text) = text(&SAMPLE["expert-report"]) else {
        return;
    };
    let part = |from: &str, to: &str| -> String {
        let start = text.rfind(&dense(from)).unwrap_or_else(|| panic!("{from}"));
        let rest = &text[start..];
        let end = rest.find(&dense(to)).unwrap_or(rest.len());
        rest[..end].to_owned()
    };
    has(
        &part(
            "(i) Opinions, with the basis",
            "(ii) Facts or data considered",
        ),
        &[
            "“complete statement of all opinions”",
            "[To be stated by the witness: each opinion, and the reasons for it.",
            "132 transmittals",
        ],
    );
    let considered = part(
        "(ii) Facts or data considered",
        "(iii) Exhibits that will be used",
    );
    has(
        &considered,
        &[
            "“facts or data considered”",
            "and nothing else",
            "recipients",
            "anything further that was considered",
        ],
    );
    for exhibit in &Fixture::sample().exhibits {
        assert!(
            considered.contains(&exhibit.sha256.to_hex()),
            "{}",
            exhibit.id
        );
    }
    has(
        &part("(iii) Exhibits that will be used", "(iv) Qualifications"),
        &[
            "“exhibits that will be used to summarize or support”",
            "Will be used",
            "E-0012.har",
            "which of them will be used, and any other",
        ],
    );
    has(
        &part("(iv) Qualifications", "(v) Testimony"),
        &[
            "[To be stated by the witness: qualifications, and a list of all publications authored in the previous 10 years.]",
        ],
    );
    has(
        &part("(v) Testimony", "(vi) Compensation"),
        &[
            "during the previous 4 years, the witness testified as an expert at trial or by deposition.]",
        ],
    );
    has(
        &part("(vi) Compensation", "Method"),
        &["the compensation to be paid for the study and testimony in the case.]"],
    );
    has(
        &text,
        &["“prepared and signed by the witness”. This draft is not signed."],
    );
}

/// What stands between two backticks is code, and is never run.
#[test]
fn code_in_the_words_of_a_source_is_printed_without_its_marks() {
    let mut fixture = Fixture::sample();
    for t in &mut fixture.transmittals {
        t.source = Some("Events.java (`XZ` and `#panic(1)`), commit 0123abc".into());
    }
    fixture.transmittals[0].source = Some("a mark ` without another".into());
    for document in [
        Document::ExpertReport,
        Document::Allegations,
        Document::ExhibitBook,
    ] {
        let Some(text) = made(&fixture, document) else {
            return;
        };
        has(&text, &["Events.java (XZ and #panic(1)), commit 0123abc"]);
    }
    let Some(text) = made(&fixture, Document::ExpertReport) else {
        return;
    };
    has(&text, &["a mark ` without another"]);
}

/// A page of a table that is offered under Fed. R. Evid. 1006 says so, whichever it is.
#[test]
fn each_page_of_the_table_of_transmittals_says_that_it_is_offered_as_a_summary() {
    let Some(pages) = pages(&SAMPLE["expert-report"]) else {
        return;
    };
    let header = dense("Recipient and host");
    let rows: Vec<_> = pages
        .iter()
        .map(|page| dense(page))
        .filter(|page| page.contains(&header) && page.contains("T-0000"))
        .collect();
    assert!(rows.len() > 2, "the table runs over pages");
    for page in rows {
        assert!(
            page.contains(&dense("Offered as a summary under FRE 1006.")),
            "{page}"
        );
    }
}

#[test]
fn an_organisation_that_changed_its_name_is_explained_where_it_is_printed() {
    let mut fixture = Fixture::sample();
    fixture.names = vec![PrintedName {
        listed: "Meta Platforms, Inc.".into(),
        printed: "Facebook, Inc. (now Meta Platforms, Inc.)".into(),
        former: "Facebook, Inc.".into(),
        organisation: "Meta Platforms, Inc.".into(),
        since: "2021-10-28".parse().unwrap(),
        source: "Form 8-K".into(),
    }];
    for document in [
        Document::ExpertReport,
        Document::Allegations,
        Document::Declaration,
        Document::GdprComplaintDe,
        Document::Summaries1006,
    ] {
        let Some(text) = made(&fixture, document) else {
            return;
        };
        let printed = dense("Facebook, Inc. (now Meta Platforms, Inc.)");
        assert!(text.contains(&printed), "{}", document.name());
        assert!(text.contains("Form8-K"), "{}: no source", document.name());
    }
}
