//! The words of this crate and those of `datasets/categories` fit together.

use std::collections::BTreeSet;

use affiant_model::{DeclaredPractice, Judgement, Notice, NoticeKind, PartyKind};
use affiant_notice::{DatumTerms, Observed, ReadNotice, Rule, Vocabulary, judge, read_notice};

const CATEGORIES: &str = include_str!("../../../datasets/categories/categories.toml");

/// The datums of the dataset, read line by line.
fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    for datum in CATEGORIES.split("[[datum]]").skip(1) {
        let value = |key: &str| {
            datum
                .lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""))
                .map(|rest| rest.trim_end_matches('"').to_owned())
                .unwrap_or_default()
        };
        let terms = DatumTerms {
            category: value("dpv"),
            apple: value("apple"),
            google: value("google"),
        };
        vocabulary.datums.insert(value("name"), terms);
    }
    assert!(vocabulary.datums.len() > 100);
    vocabulary
}

fn rule(data: &str, datum: &str) -> Rule {
    let practice = DeclaredPractice {
        recipient: "Acme".into(),
        data: vec![data.into()],
        ..DeclaredPractice::default()
    };
    let notice = Notice {
        name: "list".into(),
        kind: NoticeKind::Gvl,
        practices: vec![practice],
        ..Notice::default()
    };
    let read: ReadNotice = read_notice(&notice, None);
    let observed = Observed {
        recipient: "Acme, Inc.".into(),
        parent: String::new(),
        domain: "acme.example".into(),
        role: String::new(),
        party: PartyKind::Third,
        datum: datum.into(),
        category: String::new(),
        app: None,
        first: None,
        last: None,
        count: 1,
    };
    let rows = judge(&[observed], &[read], &[], &vocabulary()).rows;
    assert_eq!(rows[0].judgement, rows[0].rule.judgement());
    rows[0].rule
}

#[test]
fn each_category_of_the_vendor_list_names_datums_that_the_dataset_knows() {
    let categories = [
        ("IP addresses", 1),
        ("Device characteristics", 15),
        ("Device identifiers", 5),
        ("Probabilistic identifiers", 1),
        ("Authentication-derived identifiers", 3),
        ("Browsing and interaction data", 8),
        ("User-provided data", 2),
        ("Non-precise location data", 3),
        ("Precise location data", 3),
        ("Users\u{2019} profiles", 1),
        ("Privacy choices", 6),
    ];
    for (category, datums) in categories {
        let named = vocabulary()
            .datums
            .keys()
            .filter(|datum| rule(&format!("gvl:{category}"), datum) == Rule::RecipientAndCategory)
            .count();
        assert_eq!(named, datums, "{category}");
    }
}

#[test]
fn the_types_of_the_labels_are_met_in_either_spelling() {
    for (data, datum) in [
        ("google:Email address", "email"),
        ("google:Device or other IDs", "advertising_id"),
        ("apple:Email Address", "email"),
        ("apple:DeviceID", "vendor_id"),
        ("apple:Emails Or Text Messages", "message_text"),
    ] {
        assert_eq!(rule(data, datum), Rule::RecipientAndCategory, "{data}");
    }
    assert_eq!(rule("apple:Email Address", "phone"), Rule::Nothing);
    assert_eq!(Rule::Nothing.judgement(), Some(Judgement::NotDeclared));
}

#[test]
fn each_type_of_google_that_the_dataset_names_is_a_type_of_the_form() {
    let form = include_str!("../src/readers/play_words.rs");
    let types: BTreeSet<_> = vocabulary()
        .datums
        .into_values()
        .map(|t| t.google)
        .collect();
    for name in types.iter().filter(|name| !name.is_empty()) {
        assert!(form.contains(&format!("\"{name}\"")), "{name}");
    }
}
