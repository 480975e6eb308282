//! What a user depends on in how a whole file is read: order, damage, bounds.

mod common;

use std::io::Read;
use std::ops::ControlFlow;

use affiant_ingest::{Limits, Refusal, Settings, recognise};
use affiant_model::{Capture, ExhibitId, Span, Stage};

use common::{GET, Stream, at, entry, har, one, read, read_with};

#[test]
fn an_entry_without_request_keeps_its_number() {
    let good = entry(GET);
    let file =
        format!(r#"{{"log":{{"entries":[{{}},3,{good},{{"request":{{"url":""}}}},{good}]}}}}"#);
    let log = read(&file);
    assert_eq!(log.capture.entries, 5);
    let ordinals: Vec<u32> = log.exchanges.iter().map(|e| e.ordinal).collect();
    assert_eq!(ordinals, [3, 5]);
    let defects: Vec<_> = log.defects.iter().map(|d| (d.exchange, d.stage)).collect();
    assert_eq!(defects, [1, 2, 4].map(|n| (Some(n), Stage::Ingest)));
    assert_eq!(at(&file, log.defects[1].span.unwrap()), "3");
}

#[test]
fn one_unreadable_time_costs_that_time_only() {
    let file = format!(
        r#"{{"log":{{"entries":[{},{}]}}}}"#,
        entry(GET).replace("2020-03-20T10:00:00Z", "2020-03-20T10:00:00"),
        entry(GET)
    );
    let log = read(&file);
    assert_eq!(
        log.messages(),
        ["the start time `2020-03-20T10:00:00` has no time zone"]
    );
    assert_eq!(
        at(&file, log.defects[0].span.unwrap()),
        "\"2020-03-20T10:00:00\""
    );
    assert_eq!(log.exchanges[0].started, None);
    assert_eq!(log.exchanges[0].started_as_written, "2020-03-20T10:00:00");
    assert!(log.exchanges[1].started.is_some());
}

#[test]
fn the_log_may_be_in_any_order_and_dress() {
    let file = format!(
        "\u{feff}\r\n {{ \"_recordingName\": {{\"log\":[]}},\r\n\"log\" : {{ \"entries\" : [ {} ] ,\r\n
        \"pages\":[{{\"id\":\"p\"}}], \"comment\":\"c1\",
        \"creator\":{{\"name\":\"W\",\"version\":\"1.2\",\"comment\":\"c2\"}},
        \"browser\":{{\"name\":\"B\",\"version\":\"\"}}, \"version\":\"1.2\",
        \"_tweasel\":{{\"device\":{{\"platform\":\"ios\",\"osVersion\":13.3}},\"apps\":[{{\"id\":\"us.zoom\"}}]}}
        }} }} \n\n",
        entry(GET)
    );
    assert_eq!(recognise(file.as_bytes()).unwrap().name(), "har");
    let log = read(&file);
    assert!(log.defects.is_empty(), "{:?}", log.messages());
    assert_eq!(log.exchanges.len(), 1);
    let stated = [
        ("_tweasel.device.platform", "ios"),
        ("_tweasel.device.osVersion", "13.3"),
        ("_tweasel.apps[0].id", "us.zoom"),
    ];
    let text = |text: &str| Some(text.to_owned());
    let place = |name: &str| {
        let span = log.capture.places[name];
        let start = usize::try_from(span.offset).unwrap();
        let end = usize::try_from(span.end()).unwrap();
        &file[start..end]
    };
    assert_eq!(place("_tweasel.device.platform"), "\"ios\"");
    assert_eq!(place("_tweasel.device.osVersion"), "13.3");
    assert_eq!(place("_tweasel.apps[0].id"), "\"us.zoom\"");
    assert_eq!(place("pages"), "[{\"id\":\"p\"}]");
    assert!(place("writer").starts_with("{\"name\":\"W\""));
    assert_eq!(
        log.capture,
        Capture {
            format: "har".to_owned(),
            version: text("1.2"),
            writer: text("W 1.2"),
            browser: text("B"),
            comment: text("c1; c2"),
            clock: None,
            stated: stated.map(|(k, v)| (k.to_owned(), v.to_owned())).to_vec(),
            entries: 1,
            pages: Some(vec!["p".to_owned()]),
            places: log.capture.places.clone(),
        }
    );
}

#[test]
fn what_exceeds_a_bound_is_a_defect_and_the_rest_is_read() {
    let large = entry(&GET.replace("a=1", &"a".repeat(2000)));
    let file = format!(
        r#"{{"log":{{"_x":["{}"],"_y":[1,2,3],"entries":[{large},{}]}}}}"#,
        "x".repeat(1000),
        entry(&GET.replace(
            "[]",
            r#"[{"name":"a","value":"1"},{"name":"b","value":"2"}]"#
        ))
    );
    let limits = Limits {
        entry_bytes: 1000,
        member_bytes: 500,
        fields: 1,
        stated_items: 2,
        ..Limits::default()
    };
    let log = read_with(&mut file.as_bytes(), &limits).unwrap();
    assert_eq!(
        log.messages(),
        [
            "`log._x` is larger than the bound",
            "`log._y` states more than the bounds let through",
            "the entry is larger than the bound of 1000 bytes",
            "`headers` has 2 items, more than the bound of 1",
        ]
    );
    assert_eq!(at(&file, log.defects[2].span.unwrap()), large);
    assert_eq!(log.exchanges[0].ordinal, 2);
    assert_eq!(log.exchanges[0].fields.len(), 2);
    assert_eq!(log.capture.stated.len(), 2);
}

#[test]
fn an_entry_that_is_broken_inside_is_placed_and_passed_over() {
    let broken = entry(GET).replace("\"status\":200", "\"status\":2x0");
    let file = format!(r#"{{"log":{{"entries":[{broken},{}]}}}}"#, entry(GET));
    let log = read(&file);
    assert_eq!(log.exchanges[0].ordinal, 2);
    let place = usize::try_from(log.defects[0].span.unwrap().offset).unwrap();
    assert_eq!(&file[place..=place], "x");
    assert!(log.messages()[0].starts_with("the entry is not JSON at this place: "));
}

#[test]
fn bytes_that_are_not_utf8_do_not_move_the_rest() {
    let (file, _) = one(&GET.replace("a=1", "a=@@1"));
    let mut file = file.into_bytes();
    let first = file.windows(2).position(|w| w == b"@@").unwrap();
    file[first..first + 2].copy_from_slice(b"\xff\xc3");
    let log = read_with(&mut &file[..], &Limits::default()).unwrap();
    let exchange = &log.exchanges[0];
    assert_eq!(exchange.url, "https://example.org/?a=??1");
    assert_eq!(
        exchange.bytes_of(&exchange.fields[0]),
        b"https://example.org/?a=\xff\xc31"
    );
    assert_eq!(
        log.messages(),
        ["2 bytes of the entry are not UTF-8, this one first"]
    );
    assert_eq!(log.defects[0].span, Some(Span::new(first as u64, 1)));
}

#[test]
fn a_file_cut_at_any_byte_gives_its_whole_entries() {
    let (first, second) = (entry(GET), entry(&GET.replace("a=1", r#"\"]}é\\"#)));
    let file = format!(r#"{{"log":{{"version":"1.2","entries":[{first}, {second}],"x":1}}}}"#);
    let ends: Vec<usize> = [&first, &second]
        .iter()
        .map(|entry| file.find(entry.as_str()).unwrap() + entry.len())
        .collect();
    let array = file.find('[').unwrap();
    for cut in 0..file.len() {
        let read = read_with(&mut &file.as_bytes()[..cut], &Limits::default());
        if cut <= array {
            assert!(read.is_err(), "{cut}");
            continue;
        }
        let log = read.unwrap();
        let whole = ends.iter().filter(|end| **end <= cut).count();
        assert_eq!(log.exchanges.len(), whole, "{cut}");
        let last = log.defects.last().unwrap();
        assert!(
            last.message.contains(&format!("ends early, at byte {cut}")),
            "{last:?}"
        );
        let inside = log.capture.entries as usize > whole;
        assert_eq!(log.defects.len(), 1 + usize::from(inside), "{cut}");
        if inside {
            assert!(
                log.defects[0]
                    .message
                    .starts_with("the file ends inside this entry")
            );
            assert_eq!(log.defects[0].span.unwrap().end(), cut as u64);
        }
    }
}

#[test]
fn damage_between_entries_is_reported_and_what_can_be_read_is() {
    let good = entry(GET);
    for (file, exchanges, message) in [
        (
            format!(r#"{{"log":{{"entries":[{good}]}}}} tail"#),
            1,
            "4 bytes stand behind the end of the JSON text",
        ),
        (
            format!(r#"{{"log":{{"entries":[{good},]}}}}"#),
            1,
            "a comma stands before this end",
        ),
        (
            format!(r#"{{"log":{{"entries":[{good} {good}]}}}}"#),
            2,
            "a comma is missing here",
        ),
        (
            format!(r#"{{"log":{{"entries":[{good}],"entries":[{good}]}}}}"#),
            2,
            "`log` has a second member `entries`",
        ),
        (
            format!(r#"{{"log":{{"entries":[{good}]}},"log":{{"entries":[{good}]}}}}"#),
            2,
            "the file has a second member `log`",
        ),
        (
            format!(r#"{{"log":{{"entries":[{good},:]}}}}"#),
            1,
            "is not JSON from byte",
        ),
        (
            format!(r#"{{"log":{{"entries":[{good}}}}}"#),
            1,
            "is not JSON from byte",
        ),
    ] {
        let log = read(&file);
        assert_eq!(log.exchanges.len(), exchanges, "{file}");
        assert_eq!(log.capture.entries as usize, exchanges);
        assert!(
            log.messages().iter().any(|m| m.contains(message)),
            "{:?}",
            log.messages()
        );
    }
}

#[test]
fn a_file_without_entries_is_refused_with_the_cause() {
    for (file, cause) in [
        ("", "the file is empty"),
        ("{}", "no member `log`"),
        (r#"{"log":[]}"#, "`log` is not an object (at byte 7)"),
        (r#"{"log":{}}"#, "`log` has no `entries`"),
        (
            r#"{"log":{"entries":{}}}"#,
            "`log.entries` is not an array (at byte 18)",
        ),
        (r#"{"log":{"version":"#, "the file ends before any entry"),
        (r#"{"log" 1}"#, "a colon is due (at byte 7)"),
        ("cb({})", "JSONP"),
        ("[]", "array"),
    ] {
        let said = read_with(&mut file.as_bytes(), &Limits::default())
            .err()
            .unwrap()
            .to_string();
        assert!(said.contains(cause), "{file}: {said}");
    }
}

#[test]
fn deep_nesting_does_not_overflow() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let file = format!(
        r#"{{"x":{deep},"log":{{"_deep":{deep},"entries":[{{"_x":{deep},{},{deep}]}}}}"#,
        &entry(GET)[1..]
    );
    let log = read(&file);
    assert_eq!(log.exchanges.len(), 1);
    assert_eq!(
        log.messages(),
        [
            "`log._deep` states more than the bounds let through",
            "the entry is not an object"
        ]
    );
    let open = format!(r#"{{"log":{{"entries":[{}"#, "[".repeat(100_000));
    assert_eq!(read(&open).messages().len(), 2);
}

#[test]
fn a_break_ends_the_reading_at_once() {
    struct Endless<'a>(&'a [u8]);
    impl Read for Endless<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            assert!(!self.0.is_empty(), "read on after the break");
            self.0.read(buffer)
        }
    }
    let good = entry(GET) + ",";
    let file = format!(r#"{{"log":{{"entries":[{}"#, good.repeat(5000));
    let mut seen = 0;
    let capture = har().read(
        &mut Stream(&mut Endless(file.as_bytes())),
        ExhibitId(1),
        &Settings::default(),
        &mut |_| {
            seen += 1;
            if seen == 3 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        },
    );
    assert_eq!((capture.unwrap().entries, seen), (3, 3));
}

#[test]
fn an_input_that_fails_is_refused_with_the_place() {
    struct Fails(usize);
    impl Read for Fails {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 => Err(std::io::ErrorKind::Interrupted.into()),
                2 => (&b"{\"log\":{"[..]).read(buffer),
                _ => Err(std::io::Error::other("bad sector")),
            }
        }
    }
    let refusal = read_with(&mut Fails(0), &Limits::default()).err().unwrap();
    assert!(
        matches!(refusal, Refusal::Read { offset: 8, .. }),
        "{refusal}"
    );
}
