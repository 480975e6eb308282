//! The documents as a reader gets them: the same bytes each time, the facts in
//! the text layer, nothing that evidence could do to the page.

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use crate::SAMPLE;
use crate::fixture::tools::{Documents, dense, documents, pages, poppler};
use crate::fixture::{Fixture, HOSTILE, LEGEND};
use affiant_model::Digest;
use affiant_report::{Document, Error, placeholder};

static POISONED: LazyLock<Documents> = LazyLock::new(|| {
    let mut fixture = Fixture::sample();
    fixture.poison();
    documents(&fixture)
});

#[test]
fn the_same_input_gives_the_same_bytes() {
    for (name, again) in documents(&Fixture::sample()) {
        assert_eq!(Digest::of(&SAMPLE[name]), Digest::of(&again), "{name}");
    }
}

#[test]
fn prints_digests() {
    for (name, bytes) in SAMPLE.iter() {
        println!("\ndigest {name} {}", Digest::of(bytes));
    }
}

#[test]
fn another_process_gives_the_same_bytes() {
    let test = std::env::current_exe().unwrap();
    let output = Command::new(test)
        .args(["--exact", "documents::prints_digests", "--nocapture"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for (name, bytes) in SAMPLE.iter() {
        let line = format!("digest {name} {}", Digest::of(bytes));
        assert!(text.lines().any(|l| l == line), "{line}\nnot in\n{text}");
    }
}

#[test]
fn the_legend_is_on_every_page_and_in_the_metadata() {
    for (name, bytes) in SAMPLE.iter() {
        let Some(pages) = pages(bytes) else { return };
        for (n, page) in pages.iter().enumerate() {
            assert!(page.contains(LEGEND), "{name}, page {}", n + 1);
        }
        let info = poppler("pdfinfo", &[], bytes, &[]).unwrap();
        assert!(String::from_utf8(info).unwrap().contains(LEGEND), "{name}");
    }
}

#[test]
fn the_expert_report_states_the_figures_and_the_six_parts() {
    let Some(pages) = pages(&SAMPLE["expert-report"]) else {
        return;
    };
    let text = pages.concat();
    for fact in [
        "In 9 exhibits with 12 exchanges that carried them, 132 transmittals of 14 kinds of datum, addressed to 2 third-party recipients, were observed",
        "Of these transmittals, 114 were acknowledged, 14 were sent with no answer recorded and 4 were attempted.",
        "24 rest on a known value",
        "108 rest on a documented field",
        "A further 9 transmittals to the first party itself were observed",
        "Observed in 6 of 12 runs, 6 transmittals sent or acknowledged (T-000009 and others)",
        "Not observed: no field of this kind was found in the 18 exchanges with that recipient that were sent or acknowledged",
        "1 such signal, each of one run to one host, gave 2 rows. The rows of 1 are printed, which changed, began after other requests, or differ from what was stated",
        "differs from phase: after consent",
        "(i) Opinions, with the basis and reasons for them",
        "(ii) Facts or data considered",
        "(iii) Exhibits that will be used to summarize or support the opinions",
        "(iv) Qualifications, and publications of the previous 10 years",
        "(v) Testimony of the previous 4 years",
        "(vi) Compensation",
        "FRE 107 illustrative aid – not evidence",
        "121 with the declared first party (Zoom Video Communications, Inc.) and 77 with others",
        &format!("Page {} of {}", pages.len(), pages.len()),
    ] {
        assert!(dense(&text).contains(&dense(fact)), "missing: {fact}");
    }
    for word in ["leak", "victim", "spyware", "guilty"] {
        assert!(!text.to_lowercase().contains(word), "`{word}` is printed");
    }
}

#[test]
fn a_report_for_an_authority_prints_the_states_of_signals_in_its_language() {
    for (name, facts) in [
        (
            "gdpr-technical-en",
            [
                "States of signals, in the order of time",
                "no signal",
                "not granted differs from phase: after consent",
                "E-0001, exchange 2",
                "it is a difference of two sources, and no finding of fault",
            ],
        ),
        (
            "gdpr-technical-de",
            [
                "Stand der Signale, in zeitlicher Reihenfolge",
                "kein Signal",
                "nicht erteilt weicht ab von Phase: after consent",
                "E-0001, Austausch 2",
                "ein Unterschied zweier Quellen und keine Feststellung eines Verstoßes",
            ],
        ),
    ] {
        let Some(pages) = pages(&SAMPLE[name]) else {
            return;
        };
        let text = dense(&pages.concat());
        for fact in facts {
            assert!(text.contains(&dense(fact)), "{name}: missing: {fact}");
        }
    }
}

#[test]
fn an_illustrative_aid_never_shares_a_page_with_a_summary() {
    let Some(pages) = pages(&SAMPLE["expert-report"]) else {
        return;
    };
    let stamped = |stamp: &str| pages.iter().filter(|p| p.contains(stamp)).count();
    assert_eq!(stamped("FRE 107 illustrative aid"), 1);
    assert!(stamped("summary under FRE 1006.") > 1);
    let both =
        |p: &&String| p.contains("FRE 107 illustrative") && p.contains("summary under FRE 1006.");
    assert_eq!(pages.iter().filter(both).count(), 0);
}

#[test]
fn digests_and_values_can_be_copied_out_of_the_text() {
    let fixture = Fixture::sample();
    for name in ["expert-report", "certification-902", "custody-log"] {
        let Some(pages) = pages(&SAMPLE[name]) else {
            return;
        };
        let text = pages.concat();
        for exhibit in &fixture.exhibits {
            assert!(
                text.contains(&exhibit.sha256.to_hex()),
                "{name}: {}",
                exhibit.id
            );
        }
        if name == "expert-report" {
            let dense = dense(&text);
            for t in &fixture.transmittals {
                assert!(dense.contains(&t.value.replace(' ', "")), "{}", t.value);
            }
        }
        for added in ['\u{200B}', '\u{AD}', '\u{FFFD}'] {
            assert!(!text.contains(added), "{name}: U+{:04X}", u32::from(added));
        }
    }
}

#[test]
fn the_certification_has_both_wordings_and_invents_no_signature() {
    let Some(pages) = pages(&SAMPLE["certification-902"]) else {
        return;
    };
    let text = pages
        .concat()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for fact in [
        "“I declare under penalty of perjury that the foregoing is true and correct.",
        "under penalty of perjury under the laws of the United States of America that the foregoing",
        "A certification goes to authenticity only.",
        "I, [name], [title and employer], certify as follows.",
        "the digest of each of the 11 exhibits listed and not destroyed equalled the digest taken at intake. This does not show what happened to a file before intake.",
    ] {
        assert!(text.contains(fact), "missing: {fact}");
    }
    assert_eq!(
        (1..=12)
            .filter(|n| text.contains(&format!("{n}. ")))
            .count(),
        12
    );
}

#[test]
fn one_wording_is_printed_where_the_place_of_signing_is_stated() {
    let mut fixture = Fixture::sample();
    fixture.case.signatories.push(affiant_model::Signatory {
        document: "certification-902".into(),
        name: "[Examiner A]".into(),
        title: String::new(),
        within_united_states: Some(false),
    });
    let Some(pages) = pages(&fixture.make(Document::Certification902).unwrap()) else {
        return;
    };
    let text = pages
        .concat()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(text.contains("under the laws of the United States of America"));
    assert!(!text.contains("penalty of perjury that the foregoing"));
    assert!(text.contains("I, [Examiner A], [title and employer], certify"));
}

#[test]
fn hostile_text_is_printed_and_nothing_of_it_runs() {
    for (name, bytes) in POISONED.iter().filter(|(name, _)| **name != "notice") {
        let Some(pages) = pages(bytes) else { return };
        let text = pages.concat();
        let odd = |c: &char| c.is_control() && !c.is_whitespace();
        assert_eq!(text.chars().find(odd), None, "{name}");
        for hidden in [
            '\u{202E}', '\u{202C}', '\u{200B}', '\u{FEFF}', '\u{200D}', '\u{301}',
        ] {
            assert!(
                !text.contains(hidden),
                "{name}: U+{:04X}",
                u32::from(hidden)
            );
        }
        let text = dense(&text);
        assert!(text.contains(&dense(HOSTILE[0])), "{name}");
        assert!(text.contains("abc\\u{202E}gpj.exe\\u{202C}"), "{name}");
        assert!(text.contains("nul\\u{0}bell\\u{7}tab\\u{9}line"), "{name}");
    }
    let Some(pages) = pages(&POISONED["expert-report"]) else {
        return;
    };
    let text = dense(&pages.concat());
    assert!(text.contains("\\u{633}\\u{644}\\u{627}\\u{645}"));
    assert!(text.contains("(1048576bytes,SHA-256"));
    assert!(text.contains(&Digest::of("A".repeat(1 << 20).as_bytes()).to_hex()));
    assert!(!text.contains(&"A".repeat(200)));
}

#[test]
fn a_case_with_records_states_the_rule_and_one_without_has_no_such_section() {
    let section = "recipient\u{2019}s own records hold";
    let Some(text) = pages(&SAMPLE["expert-report"]) else {
        return;
    };
    let text = dense(&text.concat());
    for said in [
        section,
        "at most 120 seconds apart, either way",
        "Where two are equally close none is taken",
        "ZOOM Cloud Meetings",
        "2 of the requests have no record",
    ] {
        assert!(text.contains(&dense(said)), "{said}");
    }
    let mut fixture = Fixture::sample();
    fixture.records.clear();
    fixture.records_summary = None;
    let without = fixture.make(Document::ExpertReport).unwrap();
    let text = dense(&pages(&without).unwrap().concat());
    assert!(!text.contains(&dense(section)));
}

#[test]
fn a_case_without_exhibits_has_documents() {
    let documents = documents(&Fixture::empty());
    let Some(pages) = pages(&documents["expert-report"]) else {
        return;
    };
    let text = pages.concat();
    assert!(text.contains("No transmittal was observed."));
    assert!(text.contains("No exhibit was taken in."));
}

#[test]
fn tables_are_attached_byte_for_byte() {
    let fixture = Fixture::sample();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let pdf = &SAMPLE["expert-report"];
    if poppler("pdfdetach", &["-saveall", "-o", out], pdf, &[]).is_none() {
        return;
    }
    for table in &fixture.tables {
        let found = std::fs::read(Path::new(out).join(&table.name)).unwrap();
        assert_eq!(found[..], table.bytes[..], "{}", table.name);
    }
}

#[test]
fn figures_that_contradict_one_another_are_refused() {
    let mut fixture = Fixture::sample();
    fixture.recipients[0].transmittals += 1;
    assert!(matches!(
        fixture.make(Document::ExpertReport),
        Err(Error::Inconsistent {
            expected: 141,
            found: 142,
            ..
        })
    ));
}

#[test]
fn a_placeholder_identifies_the_file() {
    let fixture = Fixture::sample();
    let exhibit = &fixture.exhibits[6];
    let pdf = placeholder(&fixture.case, exhibit).unwrap();
    assert_ne!(pdf, SAMPLE["placeholder"], "two exhibits, two documents");
    let Some(pages) = pages(&pdf) else { return };
    let text = pages.concat();
    let digest = exhibit.sha256.to_hex();
    for fact in [
        "E-0007",
        "Produced in native format",
        "239433 bytes",
        &digest[..32],
        &digest[32..],
    ] {
        assert!(text.contains(fact), "missing: {fact}");
    }
    assert!(dense(&text).contains(&dense(&exhibit.original_name)));
    let fonts = String::from_utf8(poppler("pdffonts", &[], &pdf, &[]).unwrap()).unwrap();
    assert!(
        fonts.lines().skip(2).all(|line| line.contains(" yes ")),
        "{fonts}"
    );
}
