//! Circumstances of an exchange on which statutes turn.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod common;

use std::sync::LazyLock;

use affiant_detect::{Detector, Examination};
use affiant_model::{
    Basis, Case, Circumstances, Context, Exchange, Identifier, IdentifierKind as Kind, Subject,
    TransmittalId,
};
use common::exchange;

static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| {
    let identifiers = [
        ("e-mail", Kind::Email, "ann@example.com"),
        ("birth", Kind::BirthDate, "2010-03-05"),
        ("place", Kind::Coordinates, "37.774929,-122.419416"),
    ]
    .map(|(name, kind, value)| Identifier {
        name: name.to_owned(),
        kind,
        value: value.to_owned(),
        device: None,
    })
    .to_vec();
    common::detector(Case {
        subjects: vec![Subject {
            name: "Profile A".into(),
            description: String::new(),
            identifiers,
        }],
        ..Default::default()
    })
});

fn examined(exchange: &Exchange) -> Examination {
    DETECTOR.examine(exchange, &Circumstances::default())
}

fn get(url: &str, headers: &[(&str, &str)]) -> Exchange {
    exchange("GET", url, headers, b"", false)
}

/// Context, rule, what was matched, locator.
fn found(examination: &Examination) -> Vec<(Context, &str, &str, &str)> {
    let contexts = examination.contexts.iter();
    contexts
        .map(|c| {
            (
                c.context,
                c.rule.as_str(),
                c.matched.as_str(),
                c.locator.as_str(),
            )
        })
        .collect()
}

#[test]
fn a_page_of_health_is_named_with_the_identifiers_that_were_sent_with_it() {
    let url = "https://collect.example/e?u=ann%40example.com&dl=https%3A%2F%2Fclinic.example%2Fbirth-control%2Fpills";
    let referer = [(
        "Referer",
        "https://clinic.example/symptoms/?q=breast+cancer",
    )];
    let examination = examined(&get(url, &referer));
    assert_eq!(
        found(&examination),
        [
            (
                Context::Health,
                "health-care",
                "symptoms",
                "request.header Referer / segment 1"
            ),
            (
                Context::Health,
                "health-conditions",
                "breast cancer",
                "request.header Referer / query q"
            ),
            (
                Context::Health,
                "health-conditions",
                "birth control",
                "request.url / query dl"
            ),
        ]
    );
    for context in &examination.contexts {
        assert_eq!(context.basis, Basis::Pattern);
        assert_eq!(context.with, [TransmittalId(1)]);
        assert!(context.source.contains("Turns on it"));
    }
}

#[test]
fn words_in_german_are_found_however_they_are_written() {
    for url in [
        "https://praxis.example/verh%C3%BCtung",
        "https://praxis.example/verhuetung/methoden",
        "https://praxis.example/suche?q=Schwangerschaftsabbruch",
    ] {
        let examination = examined(&get(url, &[]));
        assert_eq!(examination.contexts.len(), 1, "{url}");
    }
    for url in [
        "https://collect.example/control/birth",
        "https://collect.example/watch?v=1",
        "https://collect.example/horoscope/cancer#mental-health",
    ] {
        assert_eq!(found(&examined(&get(url, &[]))), [], "{url}");
    }
}

#[test]
fn a_precise_place_has_three_decimals_or_more() {
    let url = "https://collect.example/e?lat=37.774929&lon=-122.419416";
    let precise = examined(&get(url, &[]));
    assert_eq!(found(&precise).len(), 2);
    assert!(
        precise
            .contexts
            .iter()
            .all(|c| c.context == Context::PreciseLocation)
    );
    let rough = "https://collect.example/e?lat=37.77&lon=-122.42";
    assert_eq!(found(&examined(&get(rough, &[]))), []);
}

#[test]
fn a_minor_is_one_by_the_date_of_birth_and_the_clock() {
    let sent = |time: &str| {
        let mut request = get("https://collect.example/e?u=ann%40example.com", &[]);
        request.started = Some(time.parse().unwrap());
        examined(&request)
    };
    let child = sent("2023-03-04T12:00:00Z");
    assert_eq!(child.contexts[0].rule, "under-13");
    assert_eq!(child.contexts[0].basis, Basis::KnownValue);
    assert!(
        child.contexts[0]
            .matched
            .contains("12 years old on 2023-03-04")
    );
    assert_eq!(sent("2023-03-06T12:00:00Z").contexts[0].rule, "under-16");
    assert_eq!(sent("2027-03-06T12:00:00Z").contexts[0].rule, "under-18");
    assert_eq!(found(&sent("2030-03-06T12:00:00Z")), []);
}

#[test]
fn a_request_may_be_marked_as_directed_at_children() {
    let marked = examined(&get("https://ads.example/r?coppa=1&x=2", &[]));
    assert_eq!(marked.contexts.len(), 1);
    assert_eq!(marked.contexts[0].context, Context::Children);
    assert_eq!(marked.contexts[0].basis, Basis::Pattern);
    let not = examined(&get("https://ads.example/r?coppa=0&x=1", &[]));
    assert_eq!(found(&not), []);
}

#[test]
fn a_video_is_named_beside_an_identifier() {
    // Matomo documents `ma_ti`, the title of a medium.
    let url = "https://site.matomo.cloud/matomo.php?idsite=1&rec=1&ma_ti=A+film&ma_id=x1&uid=ann%40example.com";
    let examination = examined(&get(url, &[]));
    let video = examination
        .contexts
        .iter()
        .find(|c| c.context == Context::Video);
    let video = video.expect("a video");
    assert_eq!(video.rule, "video-with-identifier");
    assert_eq!(video.basis, Basis::DocumentedField);
    assert!(!video.with.is_empty());
}
