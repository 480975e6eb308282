//! The gap review as a lawyer would put its questions.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeMap;

use affiant_model::{
    DeclaredPractice, ExhibitId, GapOverride, Judgement, Notice, NoticeKind, PartyKind,
    RecipientClass,
};
use affiant_notice::{DatumTerms, GapRow, Observed, Review, Rule, Vocabulary, judge, read_notice};

const META: &str = "Meta Platforms, Inc.";

fn vocabulary() -> Vocabulary {
    let terms = |category: &str, apple: &str, google: &str| DatumTerms {
        category: category.into(),
        apple: apple.into(),
        google: google.into(),
    };
    Vocabulary {
        datums: BTreeMap::from([
            (
                "email".into(),
                terms("pd:EmailAddress", "Email Address", "Email address"),
            ),
            (
                "advertising_id".into(),
                terms("pd:Identifier", "Device ID", "Device or other IDs"),
            ),
            ("ip_address".into(), terms("pd:IPAddress", "", "")),
        ]),
    }
}

fn seen(datum: &str, first: &str, last: &str, count: u64) -> Observed {
    let at = |day: &str| (!day.is_empty()).then(|| format!("{day}T12:00:00Z").parse().unwrap());
    Observed {
        recipient: META.into(),
        parent: String::new(),
        domain: "facebook.com".into(),
        role: "advertising technology, IAB TCF vendor".into(),
        party: PartyKind::Third,
        datum: datum.into(),
        category: vocabulary().datums[datum].category.clone(),
        app: None,
        first: at(first),
        last: at(last),
        count,
    }
}

fn policy(practices: Vec<DeclaredPractice>) -> Notice {
    Notice {
        name: "Privacy policy".into(),
        kind: NoticeKind::PrivacyPolicy,
        exhibit: Some(ExhibitId(9)),
        from: "2026-01-01".into(),
        to: "2026-12-31".into(),
        practices,
        ..Notice::default()
    }
}

fn names(recipient: &str, data: &[&str], quote: &str) -> DeclaredPractice {
    DeclaredPractice {
        recipient: recipient.into(),
        data: data.iter().map(|item| (*item).to_owned()).collect(),
        quote: quote.into(),
        ..DeclaredPractice::default()
    }
}

fn of(class: RecipientClass, data: &[&str], denied: bool, quote: &str) -> DeclaredPractice {
    DeclaredPractice {
        class: Some(class),
        denied,
        ..names("", data, quote)
    }
}

fn review(text: &str, practices: Vec<DeclaredPractice>) -> GapRow {
    let read = read_notice(&policy(practices), Some(text.as_bytes()));
    let seen = [seen("email", "2026-03-01", "2026-03-01", 2)];
    let mut review = judge(&seen, &[read], &[], &vocabulary());
    assert_eq!(review.rows.len(), 1);
    review.rows.remove(0)
}

#[test]
fn a_policy_that_names_the_recipient_and_the_datum_declares_it_and_the_passage_is_shown() {
    let text = "Who we are.\nWe send your e-mail address to Meta Platforms.";
    let quote = "We send your e-mail address to Meta Platforms.";
    let row = review(text, vec![names("Meta Platforms Inc", &["email"], quote)]);
    assert_eq!(
        (row.judgement, row.rule),
        (Some(Judgement::Declared), Rule::RecipientAndDatum)
    );
    let span = row.passages[0].spans[0];
    assert_eq!((span.offset, span.length), (12, quote.len() as u64));
    assert_eq!((row.count, row.partly, row.undated), (2, 0, 0));
    assert_eq!(row.exhibit, Some(ExhibitId(9)));
}

#[test]
fn the_category_of_the_datum_declares_it_by_another_rule() {
    let row = review("", vec![names(META, &["pd:EmailAddress"], "")]);
    assert_eq!(row.rule, Rule::RecipientAndCategory);
    assert!(
        row.remarks
            .iter()
            .any(|r| r.contains("word of the case file alone"))
    );
}

#[test]
fn advertising_partners_are_general_words_and_partners_are_open_words() {
    let partners = of(RecipientClass::AdvertisingPartners, &["email"], false, "");
    let row = review("", vec![partners]);
    assert_eq!(row.rule, Rule::Class);
    assert_eq!(row.judgement, Some(Judgement::DeclaredInGeneralWords));
    let row = review(
        "",
        vec![of(RecipientClass::ServiceProviders, &["any"], false, "")],
    );
    assert_eq!(row.rule, Rule::OpenClass);
    let row = review("", vec![names("", &["email"], "")]);
    assert_eq!(row.rule, Rule::DatumAlone);
    let row = review("", vec![names(META, &[], "")]);
    assert_eq!(row.rule, Rule::RecipientAlone);
}

/// The review of practices of the class "advertising partners", of a recipient of that role.
fn of_role(role: &str, party: PartyKind, practices: Vec<DeclaredPractice>) -> GapRow {
    let observed = Observed {
        role: role.into(),
        party,
        ..seen("email", "2026-03-01", "2026-03-01", 1)
    };
    let read = read_notice(&policy(practices), None);
    judge(&[observed], &[read], &[], &vocabulary())
        .rows
        .remove(0)
}

#[test]
fn a_class_by_role_may_mean_a_third_party_whose_stated_role_neither_fits_nor_excludes_it() {
    let partners = |denied| of(RecipientClass::AdvertisingPartners, &["email"], denied, "");
    for (role, said) in [
        ("SDK and pixel endpoints", "“SDK and pixel endpoints”"),
        ("", "state no role of this recipient"),
    ] {
        for denied in [false, true] {
            let row = of_role(role, PartyKind::Third, vec![partners(denied)]);
            assert_eq!(
                (row.judgement, row.rule),
                (Some(Judgement::MayBeMeant), Rule::PossibleClass)
            );
            assert_eq!(row.passages.len(), 1, "the practice is shown");
            assert_eq!(row.absence, None);
            let remark = row.remarks.iter().find(|r| r.contains("not in evidence"));
            let remark = remark.unwrap();
            assert!(remark.contains("“advertising partners”"), "{remark}");
            assert!(remark.contains(said), "{remark}");
            assert_eq!(remark.contains("it is not done"), denied, "{remark}");
        }
    }
}

#[test]
fn a_class_that_may_be_meant_gives_way_to_words_that_speak_and_to_those_of_another_datum() {
    let partners = |data| of(RecipientClass::AdvertisingPartners, &[data], false, "");
    let row = of_role(
        "SDK",
        PartyKind::Third,
        vec![partners("email"), names("", &["email"], "")],
    );
    assert_eq!(row.rule, Rule::DatumAlone);
    assert_eq!(row.others.len(), 1);
    let row = of_role("SDK", PartyKind::Third, vec![partners("ip_address")]);
    assert_eq!(row.rule, Rule::Nothing);
    // Nobody is his own advertising partner.
    let row = of_role("SDK", PartyKind::First, vec![partners("email")]);
    assert_eq!(row.rule, Rule::Nothing);
}

#[test]
fn we_do_not_sell_or_share_goes_before_general_words_and_both_are_shown() {
    let text = "We share data with partners. We do not sell or share your personal information.";
    let denial = of(
        RecipientClass::ThirdParties,
        &["any"],
        true,
        "We do not sell or share your personal information.",
    );
    let general = of(
        RecipientClass::Partners,
        &[],
        false,
        "We share data with partners.",
    );
    let row = review(text, vec![general, denial]);
    assert_eq!(row.judgement, Some(Judgement::DeclaredAsNotDone));
    assert_eq!(row.rule, Rule::Denial);
    assert_eq!(row.passages.len(), 1);
    assert!(row.passages[0].quote.starts_with("We do not sell"));
    assert_eq!(row.others[0].rule, Rule::OpenClass);
}

#[test]
fn a_denial_does_not_go_before_a_declaration_by_name_and_both_passages_are_shown() {
    let denial = of(RecipientClass::Anyone, &["email"], true, "");
    let row = review("", vec![denial, names(META, &["email"], "")]);
    assert_eq!(row.judgement, Some(Judgement::Contradictory));
    assert_eq!((row.passages.len(), row.others.len()), (1, 1));
    assert_eq!(row.others[0].rule, Rule::Denial);
}

#[test]
fn a_denial_about_third_parties_says_nothing_of_the_first_party() {
    let denial = of(RecipientClass::ThirdParties, &["any"], true, "");
    let read = read_notice(&policy(vec![denial]), None);
    let own = Observed {
        party: PartyKind::First,
        ..seen("email", "2026-03-01", "2026-03-01", 1)
    };
    let row = &judge(&[own], &[read], &[], &vocabulary()).rows[0];
    assert_eq!(row.rule, Rule::Nothing);
}

#[test]
fn what_no_practice_names_is_not_declared_and_how_many_were_compared_is_said() {
    let row = review(
        "",
        vec![
            names("Acme, Inc.", &["email"], ""),
            names(META, &["pd:City"], ""),
        ],
    );
    assert_eq!(row.judgement, Some(Judgement::NotDeclared));
    let absence = row.absence.unwrap();
    assert!(
        absence.starts_with("2 practices of `Privacy policy` were compared; none"),
        "{absence}"
    );
}

#[test]
fn a_quote_that_does_not_stand_in_the_exhibit_is_a_defect_and_its_practice_is_not_used() {
    let practices = vec![names(META, &["email"], "We send your address to Meta.")];
    let read = read_notice(&policy(practices), Some(b"We send nothing."));
    assert_eq!(read.defects.len(), 1);
    assert!(
        read.defects[0]
            .message
            .contains("does not stand in the exhibit")
    );
    let row = &judge(
        &[seen("email", "2026-03-01", "2026-03-01", 1)],
        &[read],
        &[],
        &vocabulary(),
    )
    .rows[0];
    assert_eq!((row.judgement, row.rule), (None, Rule::NothingRead));
    assert!(row.remarks.iter().any(|r| r.contains("were not used")));
}

fn versions() -> Vec<affiant_notice::ReadNotice> {
    let old = Notice {
        to: "2026-03-31".into(),
        ..policy(vec![of(RecipientClass::ThirdParties, &["any"], true, "")])
    };
    let new = Notice {
        from: "2026-04-01".into(),
        ..policy(vec![names(META, &["email"], "")])
    };
    [new, old].map(|notice| read_notice(&notice, None)).into()
}

#[test]
fn exchanges_are_judged_by_the_version_of_their_day() {
    let observed = [
        seen("email", "2026-03-31", "2026-03-31", 3),
        seen("email", "2026-04-01", "2026-04-02", 5),
    ];
    let rows = judge(&observed, &versions(), &[], &vocabulary()).rows;
    let found: Vec<_> = rows
        .iter()
        .map(|r| (r.version, r.judgement, r.count))
        .collect();
    assert_eq!(
        found,
        [
            (Some(1), Some(Judgement::DeclaredAsNotDone), 3),
            (Some(0), Some(Judgement::Declared), 5)
        ]
    );
}

#[test]
fn a_group_over_two_versions_is_in_both_rows_and_counted_as_partly() {
    let observed = [seen("email", "2026-03-30", "2026-04-02", 7)];
    let rows = judge(&observed, &versions(), &[], &vocabulary()).rows;
    let found: Vec<_> = rows.iter().map(|r| (r.count, r.partly)).collect();
    assert_eq!(found, [(0, 7), (0, 7)]);
    assert!(
        rows.iter()
            .all(|r| r.remarks.iter().any(|m| m.contains("only some days")))
    );
}

#[test]
fn exchanges_outside_every_version_have_no_notice_in_force() {
    let observed = [
        seen("email", "2025-12-31", "2026-01-01", 1),
        seen("email", "2027-01-01", "2027-01-01", 4),
    ];
    let rows = judge(&observed, &versions(), &[], &vocabulary()).rows;
    let last = rows.last().unwrap();
    assert_eq!((last.rule, last.version), (Rule::NoNotice, None));
    assert_eq!((last.count, last.partly), (4, 1));
    assert_eq!(rows.len(), 2);
    let none = judge(&observed, &[], &[], &vocabulary()).rows;
    assert_eq!((none.len(), none[0].count), (1, 5));
    assert_eq!(none[0].judgement, Some(Judgement::NoNoticeInForce));
}

#[test]
fn exchanges_without_a_time_are_counted_apart_under_each_version() {
    let rows = judge(&[seen("email", "", "", 2)], &versions(), &[], &vocabulary()).rows;
    assert!(rows.iter().all(|r| (r.count, r.undated) == (0, 2)));
    assert_eq!(rows.len(), 2);
}

#[test]
fn a_practice_with_dates_of_its_own_is_compared_on_its_days_only() {
    let until = |to: &str| DeclaredPractice {
        to: to.into(),
        ..names(META, &["email"], "")
    };
    let observed = [seen("email", "2026-03-01", "2026-03-10", 1)];
    let review = |to| {
        let read = read_notice(&policy(vec![until(to)]), None);
        judge(&observed, &[read], &[], &vocabulary()).rows.remove(0)
    };
    assert_eq!(review("2026-02-28").rule, Rule::NothingRead);
    let some = review("2026-03-05");
    assert_eq!(some.rule, Rule::RecipientAndDatum);
    assert!(some.remarks.iter().any(|r| r.contains("dates of its own")));
    let all = review("2026-03-10");
    assert!(!all.remarks.iter().any(|r| r.contains("dates of its own")));
}

#[test]
fn a_label_of_another_application_is_not_compared() {
    let label = Notice {
        app: "com.acme.ios".into(),
        ..policy(vec![names(META, &["email"], "")])
    };
    let observed = Observed {
        app: Some("com.acme.android".into()),
        ..seen("email", "2026-03-01", "2026-03-01", 1)
    };
    let rows = judge(
        &[observed],
        &[read_notice(&label, None)],
        &[],
        &vocabulary(),
    )
    .rows;
    assert_eq!((rows.len(), rows[0].rule), (1, Rule::NoNotice));
}

#[test]
fn a_label_names_the_type_and_no_recipient_and_says_where_it_has_no_type() {
    let label = Notice {
        kind: NoticeKind::AppStoreLabel,
        ..policy(vec![])
    };
    let file = br#"{"privacyTypes":[{"identifier":"DATA_USED_TO_TRACK_YOU","dataCategories":[{"dataCategory":"Identifiers","dataTypes":["Device ID"]}],"purposes":[]}]}"#;
    let read = read_notice(&label, Some(file));
    assert!(read.defects.is_empty());
    let observed = [
        seen("advertising_id", "2026-03-01", "2026-03-01", 1),
        seen("ip_address", "2026-03-01", "2026-03-01", 1),
    ];
    let rows = judge(&observed, &[read], &[], &vocabulary()).rows;
    assert_eq!(rows[0].rule, Rule::DatumAlone);
    assert_eq!(rows[1].rule, Rule::Nothing);
    assert!(rows[1].remarks.iter().any(|r| r.contains("no type")));
}

#[test]
fn data_not_collected_denies_what_the_label_has_a_type_for_and_no_more() {
    let label = Notice {
        kind: NoticeKind::AppStoreLabel,
        ..policy(vec![])
    };
    let file = br#"{"privacyTypes":[{"privacyType":"Data Not Collected","identifier":"DATA_NOT_COLLECTED","dataCategories":[],"purposes":[]}]}"#;
    let read = read_notice(&label, Some(file));
    let observed = [
        seen("email", "2026-03-01", "2026-03-01", 1),
        seen("ip_address", "2026-03-01", "2026-03-01", 1),
    ];
    let rows = judge(&observed, &[read], &[], &vocabulary()).rows;
    assert_eq!(rows[0].judgement, Some(Judgement::DeclaredAsNotDone));
    assert_eq!(rows[0].passages[0].quote, "Data Not Collected");
    assert_eq!(rows[1].judgement, Some(Judgement::NotDeclared));
}

fn overridden(note: GapOverride) -> Review {
    let read = read_notice(&policy(vec![names("Acme", &["email"], "")]), None);
    let seen = [seen("email", "2026-03-01", "2026-03-05", 2)];
    judge(&seen, &[read], &[note], &vocabulary())
}

fn note() -> GapOverride {
    GapOverride {
        recipient: META.into(),
        datum: "email".into(),
        judgement: Some(Judgement::Declared),
        reason: "section 4 speaks of the Facebook companies".into(),
        signed_by: "A. Counsel".into(),
        date: "2026-06-01".into(),
        ..GapOverride::default()
    }
}

#[test]
fn an_override_stands_in_the_rules_place_and_the_rule_and_its_judgement_stay_visible() {
    let review = overridden(note());
    let row = &review.rows[0];
    assert_eq!(row.judgement, Some(Judgement::Declared));
    assert_eq!(row.rule, Rule::Nothing);
    let applied = row.overridden.as_ref().unwrap();
    assert_eq!(applied.replaces, Some(Judgement::NotDeclared));
    assert_eq!(applied.note.signed_by, "A. Counsel");
    assert!(review.unused.is_empty());
}

#[test]
fn an_override_that_is_unsigned_or_about_some_of_the_days_or_fits_nothing_is_not_applied() {
    let unsigned = GapOverride {
        signed_by: " ".into(),
        ..note()
    };
    let some_days = GapOverride {
        from: "2026-03-02".into(),
        ..note()
    };
    let other = GapOverride {
        datum: "ip_address".into(),
        ..note()
    };
    for note in [unsigned, some_days, other] {
        let review = overridden(note);
        assert_eq!(review.rows[0].judgement, Some(Judgement::NotDeclared));
        assert_eq!(review.unused.len(), 1);
    }
}
