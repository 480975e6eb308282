//! The evidence held against itself.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod common;

use affiant_detect::{
    Consequences, Consistency, ConsistencyLimits, DecodeLimits, Detector, Fingerprint, Knowledge,
    Repeat,
};
use affiant_model::{
    Capture, Case, Circumstances, ContradictionKind, Digest, Exchange, ExchangeKind, Exhibit,
    ExhibitId, Mark, Span,
};
use common::{exchange, form};
use proptest::prelude::*;

fn exhibit(number: u32, format: &str) -> Exhibit {
    Exhibit {
        id: ExhibitId(number),
        file: String::new(),
        original_name: String::new(),
        bytes: 0,
        sha256: Digest::of(&number.to_le_bytes()),
        format: format.to_owned(),
        acquired: "2026-06-01T00:00:00Z".parse().unwrap(),
        circumstances: Circumstances::default(),
        digests: std::collections::BTreeMap::new(),
        from: None,
        exchanges: None,
    }
}

fn at(mut exchange: Exchange, exhibit: u32, ordinal: u32, time: &str) -> Exchange {
    exchange.exhibit = ExhibitId(exhibit);
    exchange.ordinal = ordinal;
    exchange.started = time.parse().ok();
    exchange.started_as_written = time.to_owned();
    exchange
}

fn get(path: &str, agent: &str) -> Exchange {
    let url = format!("https://t.example.net/{path}");
    exchange("GET", &url, &[("User-Agent", agent)], b"", false)
}

/// Reads exhibits one after the other; gives what was found, and what repeats what.
fn read(
    limits: &ConsistencyLimits,
    exhibits: &[(Exhibit, Vec<Exchange>)],
    capture: &Capture,
) -> (Vec<Consequences>, Vec<Option<Repeat>>) {
    let (case, knowledge) = (Case::default(), Knowledge::built_in().unwrap());
    let detector = Detector::new(&case, &knowledge, DecodeLimits::default()).unwrap();
    let mut consistency = Consistency::new(&case, limits.clone());
    let (mut found, mut repeats) = (Vec::new(), Vec::new());
    for (exhibit, exchanges) in exhibits {
        consistency.begin(exhibit);
        for exchange in exchanges {
            let examination = detector.examine(exchange, &exhibit.circumstances);
            let print = Fingerprint::of(exchange);
            repeats.push(consistency.observe(exchange, &examination, print));
        }
        found.push(consistency.end(Some(capture)));
    }
    (found, repeats)
}

fn one(exhibit: Exhibit, exchanges: Vec<Exchange>) -> Consequences {
    let limits = ConsistencyLimits::default();
    let (mut found, _) = read(&limits, &[(exhibit, exchanges)], &Capture::default());
    found.remove(0)
}

fn kinds(found: &Consequences) -> Vec<ContradictionKind> {
    found.contradictions.iter().map(|c| c.kind).collect()
}

#[test]
fn a_header_of_one_platform_over_a_body_of_another_is_a_contradiction_within_one_request() {
    let extinfo = r#"["a2","com.example.app",1,"1.0","13","SM-A515F","en_US"]"#;
    let body = form(&[("event", "CUSTOM_APP_EVENTS"), ("extinfo", extinfo)]);
    let url = "https://graph.facebook.com/v14.0/1234567890/activities";
    let headers = [
        ("User-Agent", "FBiOSSDK.6.2.0"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    let post = exchange("POST", url, &headers, body.as_bytes(), false);
    let found = one(
        exhibit(1, "har"),
        vec![at(post, 1, 1, "2026-01-02T03:04:05Z")],
    );
    assert_eq!(kinds(&found), [ContradictionKind::Platform], "{found:#?}");
    let [header, field] = &found.contradictions[0].sides;
    assert_eq!(header.source, "request.header User-Agent");
    assert_eq!(field.text, "Android: a2");
    assert!(field.source.ends_with("form extinfo / json $[0]"));
    assert_eq!(field.span.unwrap().length, 2);
}

#[test]
fn the_app_of_the_intake_is_held_against_the_app_that_a_field_names() {
    let extinfo = r#"["i2","com.example.other",1,"1.0","13.3","iPhone12,1","en_US"]"#;
    let body = form(&[("event", "CUSTOM_APP_EVENTS"), ("extinfo", extinfo)]);
    let url = "https://graph.facebook.com/v14.0/1234567890/activities";
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let post = exchange("POST", url, &headers, body.as_bytes(), false);
    let mut stated = exhibit(1, "har");
    stated.circumstances.app = Some("com.example.app".to_owned());
    stated.circumstances.app_version = Some("4.6.8".to_owned());
    let found = one(
        stated.clone(),
        vec![at(post.clone(), 1, 1, "2026-01-02T03:04:05Z")],
    );
    // The version is that of the other app, and is not held against this one's.
    assert_eq!(kinds(&found), [ContradictionKind::App], "{found:#?}");
    stated.circumstances.app = Some("COM.example.other".to_owned());
    let found = one(stated, vec![at(post, 1, 1, "2026-01-02T03:04:05Z")]);
    assert_eq!(kinds(&found), [ContradictionKind::AppVersion], "{found:#?}");
}

#[test]
fn an_entry_that_began_early_and_was_over_late_is_in_order() {
    let slow = |ended: &str| {
        let mut slow = at(get("slow", "x"), 1, 2, "2026-01-02T03:00:00Z");
        slow.marks.ended = ended.parse().ok();
        slow
    };
    let first = at(get("first", "x"), 1, 1, "2026-01-02T03:10:00Z");
    let found = one(
        exhibit(1, "har"),
        vec![first.clone(), slow("2026-01-02T03:10:01Z")],
    );
    assert_eq!(kinds(&found), []);
    let found = one(
        exhibit(1, "har"),
        vec![first.clone(), slow("2026-01-02T03:00:01Z")],
    );
    assert_eq!(kinds(&found), [ContradictionKind::Order]);
    // Logs of other kinds are sorted by other things.
    let found = one(
        exhibit(1, "table"),
        vec![first, slow("2026-01-02T03:00:01Z")],
    );
    assert_eq!(kinds(&found), []);
}

#[test]
fn an_end_before_the_start_a_long_silence_in_a_run_and_an_identifier_given_twice_are_listed() {
    let flow = |ordinal: u32, time: &str, id: &str| {
        let mut flow = at(get(&ordinal.to_string(), "x"), 1, ordinal, time);
        flow.marks.id = Some(Mark {
            text: id.to_owned(),
            span: Span::new(u64::from(ordinal), 4),
        });
        flow
    };
    let mut first = flow(1, "2026-01-02T03:00:00Z", "a");
    first.marks.ended = "2026-01-02T02:59:59Z".parse().ok();
    let rest = [
        flow(2, "2026-01-02T03:00:01Z", "b"),
        flow(3, "2026-01-02T10:00:02Z", "a"),
    ];
    let mut stated = exhibit(1, "mitmproxy");
    let all = [vec![first], rest.to_vec()].concat();
    let found = one(stated.clone(), all.clone());
    let expected = [ContradictionKind::Duration, ContradictionKind::Identifier];
    assert_eq!(kinds(&found), expected);
    stated.circumstances.run = Some("first open".to_owned());
    let found = one(stated, all);
    assert!(kinds(&found).contains(&ContradictionKind::Gap));
    let gap = &found.contradictions[1].sides;
    assert_eq!(gap[0].text, "first open");
    assert!(gap[1].text.contains("7 h 0 min"), "{gap:#?}");
}

#[test]
fn one_address_and_time_with_two_contents_is_a_contradiction_and_counts_twice() {
    let time = "2026-01-02T03:04:05.678Z";
    let body = |text: &str| {
        exchange(
            "POST",
            "https://t.example.net/",
            &[],
            text.as_bytes(),
            false,
        )
    };
    let exhibits = [
        (exhibit(1, "har"), vec![at(body("a=1"), 1, 1, time)]),
        (exhibit(2, "har"), vec![at(body("a=2"), 2, 1, time)]),
        (exhibit(3, "har"), vec![at(body("a=1"), 3, 1, time)]),
        // Another format writes a body in another way, and this time is too coarse.
        (exhibit(4, "mitmproxy"), vec![at(body("a=3"), 4, 1, time)]),
    ];
    let limits = ConsistencyLimits::default();
    let (found, repeats) = read(&limits, &exhibits, &Capture::default());
    assert_eq!(kinds(&found[1]), [ContradictionKind::Content]);
    assert_eq!(kinds(&found[2]), [ContradictionKind::Repeat]);
    assert_eq!(kinds(&found[3]), []);
    let shown: Vec<_> = repeats.iter().flatten().map(ToString::to_string).collect();
    assert_eq!(shown, ["E-0001/1"]);
    assert_eq!(repeats.iter().position(Option::is_some), Some(2));
}

#[test]
fn as_many_are_repeats_as_the_earlier_exhibit_has() {
    let time = "2026-01-02T03:04:05Z";
    let lookup = |exhibit, ordinal| {
        let mut lookup = at(get("", ""), exhibit, ordinal, time);
        lookup.kind = ExchangeKind::Lookup;
        lookup
    };
    let exhibits = [
        (exhibit(1, "zeek"), vec![lookup(1, 1), lookup(1, 2)]),
        (
            exhibit(2, "zeek"),
            vec![lookup(2, 1), lookup(2, 2), lookup(2, 3)],
        ),
    ];
    let limits = ConsistencyLimits::default();
    let (_, repeats) = read(&limits, &exhibits, &Capture::default());
    let shown: Vec<_> = repeats.iter().flatten().map(ToString::to_string).collect();
    assert_eq!(shown, ["E-0001/1", "E-0001/2"]);
    assert_eq!(repeats[4], None);
}

#[test]
fn a_log_of_chrome_with_an_entry_that_chrome_does_not_write_is_a_contradiction() {
    let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";
    let capture = Capture {
        writer: Some("WebInspector 537.36".to_owned()),
        browser: Some("Firefox 54.0".to_owned()),
        ..Capture::default()
    };
    let bare = at(get("a", agent), 1, 1, "2026-01-02T03:04:05Z");
    let mut whole = bare.clone();
    whole.marks.own = vec!["_resourceType"];
    let limits = ConsistencyLimits::default();
    let writer = |exchanges| {
        let (found, _) = read(&limits, &[(exhibit(1, "har"), exchanges)], &capture);
        kinds(&found[0])
            .into_iter()
            .filter(|kind| *kind == ContradictionKind::Writer)
            .count()
    };
    assert_eq!(writer(vec![bare.clone()]), 1);
    assert_eq!(writer(vec![whole.clone()]), 0);
    assert_eq!(writer(vec![whole.clone(), bare]), 1);
    let (found, _) = read(&limits, &[(exhibit(1, "har"), vec![whole])], &capture);
    assert_eq!(kinds(&found[0]), [ContradictionKind::Browser]);
}

#[test]
fn a_bound_that_is_reached_is_a_defect_with_its_place() {
    let limits = ConsistencyLimits {
        entries: 2,
        values: 2,
    };
    let many = |exhibit| -> Vec<Exchange> {
        (1..=4)
            .map(|n| {
                let agent = format!("App (iPhone; iOS {n}.0; Scale/2.00)");
                let time = format!("2026-01-02T03:04:0{n}Z");
                at(get(&n.to_string(), &agent), exhibit, n, &time)
            })
            .collect()
    };
    let exhibits = [(exhibit(1, "har"), many(1)), (exhibit(2, "har"), many(2))];
    let (found, repeats) = read(&limits, &exhibits, &Capture::default());
    let messages: Vec<_> = found[0]
        .defects
        .iter()
        .map(|d| d.message.as_str())
        .collect();
    assert_eq!(messages.len(), 3, "{messages:#?}");
    for defect in &found[0].defects {
        assert!(defect.exchange.is_some() && defect.span.is_some());
        assert!(!defect.consequence.is_empty());
    }
    // Of what was kept, it is still said.
    assert_eq!(repeats.iter().flatten().count(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_it_panic(
        agents in prop::collection::vec(".{0,60}", 1..6),
        stated in ".{0,40}",
        comment in "\\PC{0,40}",
        time in 0_i64..4_000_000_000,
    ) {
        let mut this = exhibit(1, "har");
        this.circumstances.app = Some(stated.clone());
        this.circumstances.app_version = Some(stated.clone());
        let capture = Capture {
            comment: Some(comment),
            browser: Some(stated.clone()),
            stated: vec![("_tweasel.device.model".to_owned(), stated)],
            ..Capture::default()
        };
        let exchanges: Vec<_> = agents
            .iter()
            .zip(1..)
            .map(|(agent, n)| {
                let mut made = at(get("x", agent), 1, n, "");
                made.started = chrono::DateTime::from_timestamp(time / i64::from(n), 0);
                made
            })
            .collect();
        let limits = ConsistencyLimits::default();
        let _ = read(&limits, &[(this, exchanges)], &capture);
    }
}
