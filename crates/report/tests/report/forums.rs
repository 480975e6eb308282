//! The documents for the European Union, England and Wales, and India: what each
//! rule asks for stands in the text layer, and what only a person can state is blank.

use std::collections::BTreeMap;

use crate::fixture::Fixture;
use crate::fixture::tools::{dense, pages, poppler};
use affiant_model::{
    DeclaredPractice, Digest, Forum, Gap, Identifier, IdentifierKind, Moment, MomentKind, Notice,
    PartyKind, RecipientClass, Signatory,
};
use affiant_report::{Document, Material, ReviewTables};

/// The text of a document, its spaces evened out; `None` where poppler is not installed.
fn text(fixture: &Fixture, document: Document) -> Option<String> {
    Some(evened(&pages(&fixture.make(document).unwrap())?.concat()))
}

fn evened(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn assert_says(text: &str, facts: &[&str]) {
    let dense_text = dense(text);
    for fact in facts {
        assert!(dense_text.contains(&dense(fact)), "missing: {fact}");
    }
}

fn moment(kind: MomentKind, at: &str) -> Moment {
    Moment {
        kind,
        at: at.into(),
        run: "1".into(),
        phase: Some("4.6.7 first launch".into()),
        device: None,
        app_version: None,
        note: String::new(),
    }
}

const ABROAD: &[Document] = &[
    Document::GdprComplaintEn,
    Document::GdprComplaintDe,
    Document::GdprTechnicalEn,
    Document::GdprTechnicalDe,
    Document::Cpr35Report,
    Document::BsaCertificate,
    Document::Iea65bCertificate,
];

#[test]
fn a_document_is_made_for_its_forum_only_and_on_a4() {
    let mut fixture = Fixture::sample();
    for document in ABROAD {
        assert!(!document.is_called_for(&fixture.material()));
    }
    fixture.case.matter.forums = vec![Forum::India];
    let made: Vec<_> = Document::ALL
        .iter()
        .filter(|document| document.is_called_for(&fixture.material()))
        .map(|document| document.name())
        .collect();
    assert_eq!(
        made,
        [
            "custody-log",
            "bsa-certificate",
            "iea-65b-certificate",
            "exhibit-book",
            "verification"
        ]
    );
    let pdf = fixture.make(Document::BsaCertificate).unwrap();
    let Some(info) = poppler("pdfinfo", &[], &pdf, &[]) else {
        return;
    };
    assert!(String::from_utf8(info).unwrap().contains("(A4)"));
}

#[test]
fn the_complaint_has_what_an_authority_asks_for_and_leaves_the_law_blank() {
    let Some(text) = text(&Fixture::sample(), Document::GdprComplaintEn) else {
        return;
    };
    assert_says(
        &text,
        &[
            "Annex to a complaint under Article 77 GDPR",
            "[Complainant: name, address, e-mail, telephone.",
            "A body, organisation or association is mandated under Art. 80(1).",
            "[Controller alleged (Art. 4(7)): name, address",
            "6. State of consent at each moment",
            "7. Recipients, and what the requests to them carried",
            "8. The notice, as far as it was read",
            "[To be stated by the complainant or counsel: each provision",
            "10. Steps taken before",
            "(f) a temporary or definitive limitation of processing, including a ban",
            "(j) suspension of data flows to a recipient in a third country",
            "GDPR Art. 80 representation of data subjects",
            "132 transmittals in requests to 2 third-party recipients",
            "Answered by the server or recorded by the recipient: 114. Sent with no answer recorded: 14. Not shown by the captures to have left the device: 4.",
            "Seat by a source: US (app-measurement.com; a source that names the seat).",
            "No source of the data set names the country of its seat.",
            "it does not say where a server stands",
        ],
    );
    // Each recipient's lines stand under its own heading, and lead to a transmittal.
    assert_says(&text, &["Data in requests to Facebook, Inc.", "T-000001"]);
    for word in ["violat", "unlawful", "breached", "transferred"] {
        assert!(!text.to_lowercase().contains(word), "`{word}` is printed");
    }
}

#[test]
fn the_german_complaint_says_the_same_in_german_and_claims_no_transmission() {
    let fixture = Fixture::sample();
    let Some(text) = text(&fixture, Document::GdprComplaintDe) else {
        return;
    };
    assert_says(
        &text,
        &[
            "Anlage zu einer Beschwerde nach Artikel 77 DSGVO",
            "[Beschwerdeführer: Name, Anschrift",
            "nach Art. 80 Abs. 1 beauftragt",
            "[Behaupteter Verantwortlicher (Art. 4 Nr. 7)",
            "132 Befunde in Anfragen an 2 Drittanbieter als Adressaten",
            "Vom Server beantwortet oder vom Adressaten verzeichnet: 114.",
            "lit. f: vorübergehende oder endgültige Beschränkung der Verarbeitung",
            "DSGVO Art. 77 Beschwerde bei einer Aufsichtsbehörde",
            "⟨Advertising identifier⟩",
            "Tabelle 1",
            "Seite 1 von",
        ],
    );
    for word in [
        "übermittelt",
        "empfangen",
        "weitergegeben",
        "Page ",
        "Table ",
    ] {
        assert!(!text.contains(word), "`{word}` is printed");
    }
    let pdf = fixture.make(Document::GdprComplaintDe).unwrap();
    let pdf = lopdf::Document::load_mem(&pdf).unwrap();
    let language = pdf.catalog().unwrap().get(b"Lang").unwrap();
    assert_eq!(language.as_str().unwrap(), b"de-DE");
}

#[test]
fn what_was_sent_before_and_after_a_stated_moment_is_told_apart() {
    let mut fixture = Fixture::sample();
    let first = fixture.transmittals[0].time.unwrap();
    let later = first + chrono::TimeDelta::seconds(1);
    fixture.case.moments = vec![moment(MomentKind::NoticeShown, &later.to_rfc3339())];
    let Some(text) = text(&fixture, Document::GdprComplaintEn) else {
        return;
    };
    assert_says(
        &text,
        &[
            "start of the run – notice shown",
            "they add up to 132",
            "whole run; no moment is stated",
            "nothing stated",
        ],
    );
}

#[test]
fn the_complaint_prints_the_notice_in_force_with_its_digest_and_the_judgements() {
    let mut fixture = Fixture::sample();
    let exhibit = fixture.exhibits[9].clone();
    fixture.case.notices = vec![Notice {
        name: "Privacy policy of March".into(),
        exhibit: Some(exhibit.id),
        from: "2020-03-01".into(),
        practices: vec![DeclaredPractice {
            class: Some(RecipientClass::AdvertisingPartners),
            ..DeclaredPractice::default()
        }],
        ..Notice::default()
    }];
    let general = Gap {
        recipient: "Facebook, Inc.".into(),
        parent: String::new(),
        domains: "facebook.com".into(),
        party: PartyKind::Third,
        datum: "advertising_id".into(),
        category: String::new(),
        notice: "Privacy policy of March".into(),
        exhibit: Some(exhibit.id),
        in_force: "from 2020-03-01".into(),
        first_day: String::new(),
        last_day: String::new(),
        transmittals: 7,
        undated: 2,
        judgement: "declared in general words".into(),
        rule: "R4".into(),
        passages: String::new(),
        others: String::new(),
        remarks: String::new(),
        overridden: None,
    };
    let possible = Gap {
        datum: "carrier".into(),
        judgement: "may be meant".into(),
        rule: "R12".into(),
        ..general.clone()
    };
    let gaps = [general, possible];
    let material = Material {
        review: ReviewTables {
            gaps: &gaps,
            rules: &[],
            matrix: &[],
        },
        ..fixture.material()
    };
    let pdf = Document::GdprComplaintDe.make(&material).unwrap();
    let Some(pages) = pages(&pdf) else { return };
    assert_says(
        &pages.concat(),
        &[
            "Privacy policy of March",
            "2020-03-01",
            &exhibit.sha256.to_hex(),
            "nur allgemein angegeben (R4)",
            "möglicherweise mit einer genannten Gruppe gemeint (R12)",
            "die sich nach deren Rolle bestimmt (Werbepartner)",
        ],
    );
}

#[test]
fn the_technical_report_has_set_up_hosts_identifiers_digests_and_limits_in_both_languages() {
    let mut fixture = Fixture::sample();
    fixture.transmittals[0].place = affiant_model::Place::Cookie;
    fixture.transmittals[0].locator = "request.cookie fr".into();
    let Some(english) = text(&fixture, Document::GdprTechnicalEn) else {
        return;
    };
    assert_says(
        &english,
        &[
            "3. Set-up and method",
            "mitmproxy savehar 5.0.1",
            "Hosts of others, as the captures name them",
            "Cookies in which a datum was found",
            "Identifiers in the requests",
            "6D92078A-8246-4BA4-AE5B-76104861E7DC",
            "Sent is not received, and received is not used.",
            "Directive 2002/58/EC Art. 5(3)",
            "12. Every transmittal to a third party",
            "the gzip stream ends early",
        ],
    );
    let german = text(&fixture, Document::GdprTechnicalDe).unwrap();
    assert_says(
        &german,
        &[
            "3. Aufbau und Methode",
            "Abgesandt ist nicht empfangen, und empfangen ist nicht verwendet.",
            "Cookies, in denen ein Datum gefunden wurde",
            "Kennungen in den Anfragen",
            "Jeder Befund in einer Anfrage an einen Drittanbieter",
            "beantwortet · bekannter Wert",
        ],
    );
    for exhibit in &fixture.exhibits {
        let digest = exhibit.sha256.to_hex();
        assert!(english.contains(&digest) && german.contains(&digest));
    }
    for t in &fixture.transmittals {
        let printed = t.party == PartyKind::Third;
        let number = t.transmittal.to_string();
        assert_eq!(english.contains(&number), printed, "{number}");
        assert_eq!(german.contains(&number), printed, "{number}");
    }
}

#[test]
fn the_expert_s_report_has_each_matter_of_pd_35_and_the_fixed_words() {
    let mut fixture = Fixture::sample();
    fixture.case.signatories.push(Signatory {
        document: "cpr35-report".into(),
        name: "[Expert A]".into(),
        ..Signatory::default()
    });
    let Some(text) = text(&fixture, Document::Cpr35Report) else {
        return;
    };
    for n in 1..=9 {
        let matter = format!("PD 35 para 3.2({n})");
        assert!(text.contains(&matter), "missing: {matter}");
    }
    assert_says(
        &text,
        &[
            "[The substance of all material instructions, written and oral, with their dates.]",
            "whether or not the capture or test was carried out under the expert’s supervision.",
            "[Which of the facts stated in the report are within the expert’s own knowledge",
            "a summary of the range, and the reasons for the expert’s own opinion.]",
            "[A summary of the conclusions reached.]",
            "“contain a statement that the expert – (a) understands their duty to the court, and has complied with that duty; and (b) is aware of the requirements of Part 35, this practice direction and the Guidance for the Instruction of Experts in Civil Claims 2014”",
            "The program makes no such statement.",
            "I have complied with that duty.",
            "Initials",
            "until then nobody has made it",
            "“I confirm that I have made clear which facts and matters referred to in this report are within my own knowledge and which are not. Those that are within my own knowledge I confirm to be true. The opinions I have expressed represent my true and complete professional opinions on the matters to which they refer. I understand that proceedings for contempt of court may be brought against anyone who makes, or causes to be made, a false statement in a document verified by a statement of truth without an honest belief in its truth.”",
            "[Expert A]",
            "the figures of section 6",
        ],
    );
    for rule in ["FRE", "Fed. R.", "GDPR", "U.S.C."] {
        assert!(!text.contains(rule), "a rule of another forum: {rule}");
    }
}

#[test]
fn the_certificate_of_the_schedule_has_both_parts_and_the_hash_report() {
    let mut fixture = Fixture::sample();
    fixture.case.subjects[0].identifiers = vec![Identifier {
        name: "IMEI of A".into(),
        kind: IdentifierKind::Imei,
        value: "356938035643809".into(),
        device: Some("Test device A".into()),
    }];
    let Some(text) = text(&fixture, Document::BsaCertificate) else {
        return;
    };
    assert_says(
        &text,
        &[
            "PART A (To be filled by the Party)",
            "I have produced electronic record/output of the digital record taken from the following device/digital record source (tick mark):—",
            "Computer / Storage Media",
            "The digital device or the digital record source was under the lawful control for regularly creating, storing or processing information for the purposes of carrying out regular activities",
            "by me (select as applicable).",
            "PART B (To be filled by the Expert)",
            "The produced electronic record/output of the digital record are obtained from the following device/digital record source (tick mark):—",
            "(Name, designation and signature)",
            "(Hash report to be enclosed with the certificate)",
            "Apple iPhone11,2",
            "IMEI 356938035643809",
            "for cross-checking only",
            "SHA-1 and MD5 are broken as hash functions",
        ],
    );
    let twice = |words: &str| dense(&text).matches(&dense(words)).count();
    for words in [
        "I state that the HASH value/s of the electronic/digital record/s is",
        "Time (IST):",
        "Date (DD/MM/YYYY):",
        "(Legally acceptable standard)",
    ] {
        assert_eq!(twice(words), 2, "{words}");
    }
    // 2020-03-27 20:30 UTC and more is the next day in India.
    let acquired = fixture.exhibits[0].acquired + chrono::TimeDelta::minutes(330);
    let ist = acquired.format("%d/%m/%Y %H:%M:%S").to_string();
    assert_says(&text, &[&ist]);
    for exhibit in &fixture.exhibits {
        assert!(text.contains(&exhibit.sha256.to_hex()), "{}", exhibit.id);
    }
}

#[test]
fn sha_1_and_md5_have_no_column_where_the_record_does_not_hold_them() {
    let mut fixture = Fixture::sample();
    for exhibit in &mut fixture.exhibits {
        exhibit.digests = BTreeMap::new();
    }
    let Some(text) = text(&fixture, Document::BsaCertificate) else {
        return;
    };
    assert!(!text.contains("for cross-checking only"));
}

#[test]
fn the_older_certificate_says_when_it_serves_and_has_the_four_conditions() {
    let Some(text) = text(&Fixture::sample(), Document::Iea65bCertificate) else {
        return;
    };
    assert_says(
        &text,
        &[
            "for a proceeding that was pending immediately before 1 July 2024",
            "Indian Evidence Act, 1872, s. 65B",
            "occupying a responsible official position in relation to the operation of the relevant device or the management of the relevant activities",
            "To the best of my knowledge and belief",
            "by the person having lawful control over its use",
            "was regularly fed into the computer in the ordinary course of those activities;",
            "the computer was operating properly or, if not,",
            "reproduces, or is derived from, such information",
            "Annex: Hash Report",
        ],
    );
    assert!(!text.contains("Information Technology Act, 2000, s. 65B"));
}

#[test]
fn an_empty_case_has_them_all_as_forms() {
    let fixture = Fixture::empty();
    for document in ABROAD {
        let pdf = fixture.make(*document).unwrap();
        assert_eq!(
            Digest::of(&pdf),
            Digest::of(&fixture.make(*document).unwrap())
        );
    }
}

#[test]
fn a_document_of_another_forum_bears_no_caption_of_the_court_of_the_matter() {
    let mut fixture = Fixture::sample();
    fixture.case.matter.forums = vec![Forum::UnitedStates, Forum::UnitedKingdom, Forum::India];
    for document in [
        Document::Cpr35Report,
        Document::BsaCertificate,
        Document::GdprComplaintEn,
    ] {
        let Some(text) = text(&fixture, document) else {
            return;
        };
        let text = dense(&text);
        for of_the_court in ["DISTRICT COURT", "3:20-cv", "Beeler", "In re:"] {
            assert!(
                !text.contains(&dense(of_the_court)),
                "{document:?}: {of_the_court}"
            );
        }
    }
    let report = text(&fixture, Document::Cpr35Report).unwrap();
    assert_says(
        &report,
        &[
            "[Title of the proceeding, with the parties]",
            "[The claim number, the court",
        ],
    );
    // The matter's own court is named where the document is for its forum.
    fixture.case.matter.forums = vec![Forum::UnitedKingdom];
    fixture.case.matter.profile = "uk".into();
    fixture.case.matter.court = "High Court of Justice, King’s Bench Division".into();
    let report = text(&fixture, Document::Cpr35Report).unwrap();
    assert_says(&report, &["HIGH COURT OF JUSTICE", "other than above"]);
}
