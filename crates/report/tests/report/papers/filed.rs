//! What is filed and served: declaration, certification, notice, allegations.

use affiant_model::{Reach, Signatory};
use affiant_report::Document;

use super::{NO_ARGUMENT, has_not, made};
use crate::SAMPLE;
use crate::fixture::Fixture;
use crate::fixture::tools::{dense, has, pages, text};

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
            "only so far as a certification covers them",
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
            "In these captures that kind was observed 9 times in 9 requests addressed to these hosts, in whatever place of it (of the transmittals, 7 were acknowledged, 1 was sent with no answer recorded and 1 was attempted), in Exhibits E-0001 to E-0009",
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

/// What is signed names the schedule behind it, which is set from an attached file.
#[test]
fn the_text_before_a_signature_names_the_schedule_by_tables_pages_and_digest() {
    for profile in ["", "cand"] {
        let mut fixture = Fixture::sample();
        fixture.case.matter.profile = profile.into();
        let pdf = fixture.make(Document::Declaration).unwrap();
        let Some(text) = text(&pdf) else {
            return;
        };
        let attached = affiant_report::inspect(&pdf).unwrap().attachments;
        let schedule = attached
            .iter()
            .find(|(name, _)| name == affiant_report::SCHEDULE);
        let digest = affiant_model::Digest::of(&schedule.unwrap().1).to_hex();
        has(
            &text,
            &[
                "The schedule to this declaration, in two parts A and B, 2 tables on pages",
                "is incorporated by reference and part of what I sign",
            ],
        );
        assert!(text.contains(&digest), "{profile}: {digest}");
        let signed = text.find(&dense("Signature of the declarant")).unwrap();
        assert!(text.find(&digest).unwrap() < signed);
    }
    let mut fixture = Fixture::sample();
    fixture.case.matter.profile = "cand".into();
    let Some(text) = made(&fixture, Document::Certification902) else {
        return;
    };
    has(
        &text,
        &["The schedule to this certification, 9 tables on pages"],
    );
}

/// A page with nothing but lines to sign on could be put to any paper.
#[test]
fn no_signature_stands_alone_on_its_page() {
    for document in [
        Document::Validation,
        Document::Declaration,
        Document::Notice90211,
        Document::Certification902,
        Document::ExpertReport,
    ] {
        let Some(pages) = pages(&SAMPLE[document.name()]) else {
            return;
        };
        let signed = pages.iter().find(|page| page.contains("Signature of "));
        let page = signed.unwrap_or_else(|| panic!("{} has no signature", document.name()));
        let (before, _) = page.split_once("Signature of ").unwrap();
        assert!(before.len() > 400, "{}: {before}", document.name());
    }
}
