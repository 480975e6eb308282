//! The papers in words, rule by rule, as their text is extracted.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
#![allow(
    clippy::print_stdout,
    dead_code,
    reason = "the helpers of tests are tests, and each binary uses its own part"
)]

mod fixture;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use affiant_model::{Reach, Signatory};
use affiant_report::Document;
use fixture::Fixture;
use fixture::tools::{dense, has, pages, text};

/// The documents of the sample, made once.
static SAMPLE: LazyLock<BTreeMap<&str, Vec<u8>>> = LazyLock::new(|| {
    let fixture = Fixture::sample();
    let of = |document: &Document| (document.name(), fixture.make(*document).unwrap());
    [
        Document::Certification902,
        Document::Notice90211,
        Document::Declaration,
        Document::Allegations,
        Document::Validation,
        Document::ExpertReport,
    ]
    .iter()
    .map(of)
    .collect()
});

fn made(fixture: &Fixture, document: Document) -> Option<String> {
    text(&fixture.make(document).unwrap())
}

#[track_caller]
fn has_not(text: &str, words: &[&str]) {
    let text = text.to_lowercase();
    for word in words {
        assert!(!text.contains(&dense(word)), "printed: {word}");
    }
}

/// Words of argument, of conclusion and of overstatement.
const NO_ARGUMENT: [&str; 12] = [
    "unlawful",
    "illegal",
    "violat",
    "clearly",
    "obviously",
    "leaked",
    "stolen",
    "secretly",
    "without consent",
    "therefore",
    "proves",
    "surveil",
];

/// 28 U.S.C. § 1746; Civil L.R. 7-5(b); Fed. R. Civ. P. 56(c)(4).
#[test]
fn the_declaration_states_cited_facts_and_leaves_persons_and_opinions_blank() {
    let Some(text) = text(&SAMPLE["declaration"]) else {
        return;
    };
    has(
        &text,
        &[
            "I, [name], [title and employer], declare:",
            "which of the paragraphs below are of the declarant’s own knowledge. Strike the others.",
            "The ledger records 12 files that were taken in as exhibits.",
            "The intake record of Exhibits E-0001 to E-0012 states that they were collected by: [Examiner A]. (ledger, lines 3 to 14)",
            "The case file states of it: test device, not a plaintiff's.",
            "It recorded 3 defects in 3 exhibits",
            "It counted 44 finds that it withheld as too uncertain to assert.",
            "132 transmittals addressed to 2 third-party recipients were observed, in 12 exchanges of 9 exhibits. Of them, 114 were acknowledged, 14 were sent with no answer recorded and 4 were attempted. (tables/transmittals.csv)",
            "“Attempted” means that the capture lists the request and does not record that it left the device.",
            "Advertising identifier (9, such as T-000001)",
            "(Schedule B, lines 1 to 14)",
            "not observed in 18 exchanges with that recipient that were sent or acknowledged. What of them could not be decoded stands in tables/defects.csv. That a datum was not observed does not show that it was absent. (case file, statement S17; expert report, Statements examined)",
            "no transmittal addressed to Facebook, Inc. was observed.",
            "They do not record what a server did with a request after its answer",
            "“I declare under penalty of perjury that the foregoing is true and correct. Executed on",
            "under penalty of perjury under the laws of the United States of America that the foregoing",
            "Signature of the declarant",
            "No paragraph here is made on information and belief, and none states an opinion",
        ],
    );
    has_not(&text, &NO_ARGUMENT);
    for exhibit in &Fixture::sample().exhibits {
        assert!(text.contains(&exhibit.sha256.to_hex()), "{}", exhibit.id);
    }
}

#[test]
fn one_wording_of_the_oath_is_printed_where_the_place_of_signing_is_stated() {
    let mut fixture = Fixture::sample();
    fixture.case.signatories = vec![Signatory {
        document: "declaration".into(),
        name: "[Examiner A]".into(),
        title: "examiner, Laboratory A".into(),
        within_united_states: Some(true),
    }];
    let Some(text) = made(&fixture, Document::Declaration) else {
        return;
    };
    has(
        &text,
        &["I, [Examiner A], examiner, Laboratory A, declare:"],
    );
    has_not(
        &text,
        &["under the laws of the united states", "strike the wording"],
    );
}

/// Civil L.R. 3-4(a) and (c).
#[test]
fn papers_that_are_filed_have_28_numbered_lines_and_a_footer_with_title_and_number() {
    let mut fixture = Fixture::sample();
    fixture.case.matter.profile = "cand".into();
    for (document, footer) in [
        (Document::Declaration, "DECLARATION ON NETWORK TRAFFIC"),
        (Document::Allegations, "ALLEGATIONS OF FACT"),
        (Document::Notice90211, "NOTICE UNDER FED. R. EVID. 902(11)"),
    ] {
        let name = document.name();
        let Some(pages) = pages(&fixture.make(document).unwrap()) else {
            return;
        };
        let has_footer =
            |page: &&String| page.contains(footer) && page.contains("Case No. 3:20-cv-02155-LB");
        let numbered: Vec<_> = pages.iter().filter(has_footer).collect();
        assert!(numbered.len() > 1, "{name}");
        for page in &numbered {
            for n in 1..=28 {
                let n = n.to_string();
                assert!(page.lines().any(|line| line.trim() == n), "{name}: {n}");
            }
        }
        // Schedules are exhibits: without numbers.
        assert!(numbered.len() < pages.len(), "{name}");
        let first = dense(&pages[0]);
        has(
            &first,
            &[
                "[Name of counsel, State Bar number]",
                "UNITED STATES DISTRICT COURT",
                "Case No. 3:20-cv-02155-LB",
            ],
        );
    }
}

/// Fed. R. Evid. 902(11), (13), (14) and what they ask of a certification.
#[test]
fn the_certification_has_each_of_the_twelve_items() {
    let Some(text) = text(&SAMPLE["certification-902"]) else {
        return;
    };
    for (item, facts) in [
        (
            "(1) caption",
            ["Case No. 3:20-cv-02155-LB", "CERTIFICATION UNDER"],
        ),
        (
            "(2) the certifier",
            [
                "I, [name], [title and employer], certify",
                "how often the certifier makes captures",
            ],
        ),
        (
            "(3) source",
            [
                "us.zoom.videomeetings, version 4.6.7",
                "Serial number and IMEI of each device",
            ],
        ),
        (
            "(4) date, time",
            [
                "First exchange, UTC",
                "local time zone; who operated the device",
            ],
        ),
        (
            "(5) capture system",
            [
                "mitmproxy savehar 5.0.1",
                "certificate pinning was dealt with; source of the clock and its offset",
            ],
        ),
        (
            "(6) why the process",
            [
                "the validation run, its date and its outcome",
                "finds and misses on data of which the truth is known",
            ],
        ),
        (
            "(7) each file",
            ["Algorithm: SHA-256", "equalled the digest taken at intake"],
        ),
        (
            "(8) storage",
            [
                "Custodian of the source",
                "Where the originals and copies are kept",
            ],
        ),
        (
            "(9) exceptions",
            [
                "Exhibits with parts that could not be read",
                "streams that were not decrypted",
            ],
        ),
        (
            "(10) regular practice",
            [
                "Rule 803(6)(A)–(C)",
                "A capture made for litigation is not such a record",
            ],
        ),
        (
            "(11) the words",
            [
                "I declare under penalty of perjury that",
                "under the laws of the United States of America",
            ],
        ),
        (
            "(12) notice",
            ["“reasonable written notice”", "may be inspected"],
        ),
    ] {
        has(&text, &[item]);
        has(&text, &facts);
    }
    has(&text, &["A certification goes to authenticity only."]);
}

/// Fed. R. Evid. 902(11): written notice before the trial, and inspection.
#[test]
fn the_notice_lists_the_records_and_leaves_inspection_and_service_blank() {
    let Some(text) = text(&SAMPLE["notice-902-11"]) else {
        return;
    };
    has(
        &text,
        &[
            "intends to offer the records listed in Schedule A under the certification of a qualified person",
            "At which trial or hearing, and on which date. Rule 902(11) asks for the notice before it.",
            "Schedule A lists 12 records.",
            "Rule 902(14): each record",
            "Rule 902(13): the tables and documents",
            "The root of the Merkle tree (RFC 6962) over them is",
            &affiant_model::Digest::of(b"root").to_hex(),
            "“Notice of preserved evidence” (affiant notice)",
            "available for inspection, so that the adverse party has a fair opportunity to challenge them",
            "Where, on which days and at what hours the records, in native form, and the certification may be inspected",
            "Name of each adverse party and of its counsel.",
            "Signature of counsel",
        ],
    );
    for exhibit in &Fixture::sample().exhibits {
        assert!(text.contains(&exhibit.sha256.to_hex()), "{}", exhibit.id);
    }
    has_not(&text, &["penalty of perjury"]);
}

/// Fed. R. Civ. P. 8(a), 10(b), 11(b)(3), 5.2.
#[test]
fn each_allegation_leads_to_bytes_and_no_value_of_an_identifier_is_printed() {
    let fixture = Fixture::sample();
    let Some(text) = text(&SAMPLE["allegations"]) else {
        return;
    };
    has(
        &text,
        &[
            "Requests addressed to Facebook, Inc.",
            "It is described as: test device, not a plaintiff's.",
            "a request addressed to graph.facebook.com contained, in its body, this kind of datum: Advertising identifier. The capture records an answer to that request, with status 200.",
            "(Exhibit E-0001, exchange 4, bytes 21,644 to 22,847, T-000001; Schedule, line 1)",
            "In all it was observed 9 times in 9 such requests (7 were acknowledged, 1 was sent with no answer recorded and 1 was attempted), in Exhibits E-0001 to E-0009",
            "no such datum was observed in a request addressed to Facebook, Inc.",
            "was not observed in the 18 exchanges with Facebook, Inc. that were sent or acknowledged",
            "It does not show that the datum was absent.",
            "A request that was sent is not thereby shown to have been received",
            "A capture shows one device at one time.",
            "The captures do not show consent, notice, necessity",
            "what ties that plaintiff’s own data to the paragraphs below. No capture shows it.",
            "Anything on information and belief, with its basis.",
        ],
    );
    let third = fixture
        .transmittals
        .iter()
        .filter(|t| t.party == affiant_model::PartyKind::Third);
    for t in third.filter(|t| t.identifier.is_some() && t.value.len() > 12) {
        assert!(!text.contains(&dense(&t.value)), "{}", t.value);
    }
    has_not(&text, &NO_ARGUMENT);
    has_not(
        &text,
        &[
            "was received by",
            "plaintiff’s device sent",
            "collected by facebook",
        ],
    );
}

/// N.D. Cal. Civil L.R. 3-4(a)(5), 3-6(a): of the papers the allegations alone plead.
#[test]
fn a_pleading_bears_the_legends_that_the_case_file_asks_for_and_no_other_paper_does() {
    let legends = ["CLASS ACTION", "DEMAND FOR JURY TRIAL"];
    for profile in ["cand", ""] {
        let mut fixture = Fixture::sample();
        fixture.case.matter.profile = profile.into();
        let stated = &mut fixture.case.matter.form;
        (stated.class_action, stated.jury_demand) = (Some(true), Some(true));
        for (document, pleads) in [
            (Document::Allegations, true),
            (Document::Declaration, false),
        ] {
            let Some(pages) = pages(&fixture.make(document).unwrap()) else {
                return;
            };
            for legend in legends {
                let shown = dense(&pages[0]).contains(&dense(legend));
                assert_eq!(shown, pleads, "{document:?}, {profile}: {legend}");
            }
        }
    }
    // Nothing is claimed that the case file does not say.
    let Some(pages) = pages(&SAMPLE["allegations"]) else {
        return;
    };
    assert!(
        legends
            .iter()
            .all(|legend| !dense(&pages[0]).contains(&dense(legend)))
    );
}

#[test]
fn what_was_attempted_only_is_never_alleged_as_sent() {
    let mut fixture = Fixture::sample();
    for t in &mut fixture.transmittals {
        (t.reach, t.status) = (Reach::Attempted, None);
    }
    let Some(text) = made(&fixture, Document::Allegations) else {
        return;
    };
    has(
        &text,
        &["The capture lists that request and does not record that it left the device."],
    );
    has_not(
        &text,
        &[
            "records an answer to that request",
            "the capture records that request and no answer to it",
        ],
    );
}

/// Fed. R. Evid. 702(a) to (d), and the proposed Rule 707.
#[test]
fn the_appendix_goes_through_the_letters_of_702_with_measured_rates() {
    let Some(text) = text(&SAMPLE["validation"]) else {
        return;
    };
    let labelled = include_str!("../../../datasets/validation/labelled.toml");
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

#[test]
fn a_case_without_exhibits_has_papers_that_say_so() {
    let fixture = Fixture::empty();
    for (document, said) in [
        (
            Document::Declaration,
            "no transmittal addressed to a third party was observed.",
        ),
        (
            Document::Allegations,
            "no datum was observed in a request addressed to a third party.",
        ),
        (Document::Notice90211, "No exhibit was taken in."),
        (Document::Validation, "0 exchanges were searched"),
    ] {
        let Some(text) = made(&fixture, document) else {
            return;
        };
        has(&text, &[said]);
    }
}
