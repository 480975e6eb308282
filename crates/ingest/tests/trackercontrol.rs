//! The list of contacts that TrackerControl exports.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use affiant_ingest::{Settings, recognise};
use affiant_model::{ExchangeKind, Reach};
use common::{Log, read_as};
use proptest::prelude::*;

fn read(text: &str) -> Log {
    read_as("trackercontrol", text.as_bytes(), &Settings::default()).unwrap()
}

fn name_of(text: &str) -> String {
    recognise(text.as_bytes()).unwrap().name()
}

// As opencsv writes it: all in quotation marks but what is null, lines end with CR LF.
const ALL: &str = "\"uid\",\"daddr\",\"time\",\"uncertain\",\"Tracker\",\"Category\",\"Package\",\"App\"\r\n\
\"10123\",\"Graph.Example.com\",\"1730541600250\",\"0\",\"Example \"\"Ads\"\", Inc.\",\"Advertising\",\"com.example.tap\",\"Tap, Tap & Go\"\r\n\
\"10124\",\"cdn.example.net\",\"1730541601000\",\"2\",\"Example\",\"Analytics\",\"\",\"\"\r\n\
\"10125\",\"2001:db8::5\",\"1730541602000\",,\"\",\"\",\"com.example.old\",\"Old\"\r\n";

#[test]
fn a_row_is_read_as_what_it_shows() {
    assert_eq!(name_of(ALL), "trackercontrol");
    let log = read(ALL);
    assert!(log.defects.is_empty(), "{:?}", log.messages());
    let [sure, unsure, address] = &log.exchanges[..] else {
        panic!()
    };
    assert_eq!(sure.kind, ExchangeKind::Connection);
    assert_eq!(sure.host, "graph.example.com");
    assert_eq!(sure.server_address, None);
    assert_eq!(sure.client.app.as_deref(), Some("com.example.tap"));
    assert_eq!(sure.client.process.as_deref(), Some("uid 10123"));
    assert_eq!(
        sure.started,
        Some("2024-11-02T10:00:00.250Z".parse().unwrap())
    );
    assert_eq!(sure.started_as_written, "1730541600250");
    assert_eq!(
        sure.detail.as_deref(),
        Some("tracker `Example \"Ads\", Inc.`, category `Advertising`")
    );
    assert!(sure.fields.is_empty(), "it shows no content");
    // Where Android's name for the user id is no package, the file has none.
    assert_eq!(unsure.client.app, None);
    assert_eq!(
        unsure.detail.as_deref(),
        Some("tracker `Example`, category `Analytics`, uncertain 2: the address had several names")
    );
    assert_eq!(address.host, "[2001:db8::5]");
    assert_eq!(address.server_address.as_deref(), Some("2001:db8::5"));
    assert_eq!(address.detail, None);
}

#[test]
fn no_row_claims_more_than_an_attempt_because_the_file_does_not_say_what_was_blocked() {
    let log = read(ALL);
    assert!(log.exchanges.iter().all(|e| e.reach == Reach::Attempted));
}

#[test]
fn the_list_of_one_app_says_once_that_it_names_no_app() {
    for (header, row) in [
        (
            "\"daddr\",\"time\",\"uncertain\",\"Tracker Name\",\"Tracker Category\"",
            "\"a.example\",\"1730541600250\",\"1\",\"A\",\"Social\"",
        ),
        (
            "\"daddr\",\"time\",\"Tracker Name\",\"Tracker Category\"",
            "\"a.example\",\"1730541600250\",\"A\",\"Social\"",
        ),
    ] {
        let text = format!("{header}\r\n{row}\r\n{row}\r\n");
        assert_eq!(name_of(&text), "trackercontrol");
        let log = read(&text);
        assert_eq!(
            log.messages(),
            ["the list is of one app and does not name it"]
        );
        assert_eq!(log.exchanges.len(), 2);
        assert_eq!(log.exchanges[0].client.app, None);
        assert_eq!(
            log.exchanges[0].started,
            Some("2024-11-02T10:00:00.250Z".parse().unwrap())
        );
    }
}

#[test]
fn a_list_without_times_says_so() {
    let text = "\"daddr\",\"Tracker Name\",\"Tracker Category\"\r\n\"192.0.2.7\",\"\",\"\"\r\n";
    assert_eq!(name_of(text), "trackercontrol");
    let log = read(text);
    assert_eq!(
        log.messages(),
        [
            "the list is of one app and does not name it",
            "the list has no column `time`"
        ]
    );
    let [row] = &log.exchanges[..] else { panic!() };
    assert_eq!((row.host.as_str(), row.started), ("192.0.2.7", None));
    assert_eq!(log.capture.clock, None);
}

#[test]
fn the_list_of_the_first_versions_is_read() {
    let text = "\"_id\",\"appname\",\"remoteIp\",\"hostname\",\"companyName\",\"companyOwner\",\"timestampt\"\r\n\
        \"1\",\"com.example.tap\",\"192.0.2.7\",\"a.example.\",\"A\",\"B\",\"1574000000000\"\r\n\
        \"2\",\"com.example.tap\",\"192.0.2.8\",\"192.0.2.8\",,,\"1574000000000\"\r\n";
    assert_eq!(name_of(text), "trackercontrol");
    let log = read(text);
    assert!(log.defects.is_empty(), "{:?}", log.messages());
    let [named, bare] = &log.exchanges[..] else {
        panic!()
    };
    assert_eq!(named.host, "a.example");
    assert_eq!(named.server_address.as_deref(), Some("192.0.2.7"));
    assert_eq!(named.client.app.as_deref(), Some("com.example.tap"));
    assert_eq!(named.detail.as_deref(), Some("tracker `A`, owner `B`"));
    assert_eq!(named.started, Some("2019-11-17T14:13:20Z".parse().unwrap()));
    assert_eq!(
        (bare.host.as_str(), bare.detail.as_deref()),
        ("192.0.2.8", None)
    );
}

#[test]
fn what_cannot_be_read_is_a_defect() {
    let log = read(&format!(
        "{ALL}\"10126\",\"\",\"yesterday\",\"0\",\"\",\"\",\"\",\"\"\r\n\"1\",\"b.example\"\r\n\"1\",\"b.exa"
    ));
    assert_eq!((log.exchanges.len(), log.capture.entries), (4, 6));
    assert_eq!(
        log.messages(),
        [
            "the record names neither a host nor an address",
            "the time is no number of milliseconds: `yesterday`",
            "the record has 2 values where the header names 8",
            "the file ends inside quotation marks that begin in this record"
        ]
    );
}

#[test]
fn a_header_that_is_not_known_is_refused() {
    let text = ALL.replacen("\"uncertain\"", "\"allowed\"", 1);
    assert!(recognise(text.as_bytes()).map_or(true, |reader| reader.name() != "trackercontrol"));
    let refused = read_as("trackercontrol", text.as_bytes(), &Settings::default());
    assert!(
        refused
            .err()
            .unwrap()
            .to_string()
            .contains("the first line is none of the headers known of it")
    );
    assert!(read_as("trackercontrol", b"", &Settings::default()).is_err());
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        rows in prop::collection::vec(
            (0_u32..100_000, "[a-z]{1,8}\\.example", 0_u32..4, "[a-z.]{1,12}", "[ -~\r\n\u{e4}]{1,12}"),
            0..6,
        ),
    ) {
        let mut file = ALL.lines().next().unwrap().to_owned() + "\r\n";
        for (uid, host, uncertain, package, app) in &rows {
            let cells = [
                &uid.to_string(), host, &(1_730_541_600_000_u64 + u64::from(*uid)).to_string(),
                &uncertain.to_string(), app, "", package, app,
            ].map(quoted);
            file += &(cells.join(",") + "\r\n");
        }
        let log = read(&file);
        prop_assert!(log.defects.is_empty(), "{:?}", log.messages());
        prop_assert_eq!(log.exchanges.len(), rows.len());
        for (exchange, (uid, host, uncertain, package, app)) in log.exchanges.iter().zip(&rows) {
            prop_assert_eq!(&exchange.host, host);
            prop_assert_eq!(exchange.client.app.as_ref(), Some(package));
            prop_assert_eq!(exchange.client.process.clone(), Some(format!("uid {uid}")));
            prop_assert_eq!(
                exchange.started.unwrap().timestamp_millis(),
                1_730_541_600_000 + i64::from(*uid)
            );
            let detail = exchange.detail.clone().unwrap();
            let tracker = format!("tracker `{app}`");
            prop_assert!(detail.starts_with(&tracker), "{}", detail);
            prop_assert_eq!(detail[tracker.len()..].contains("uncertain"), *uncertain > 0);
        }
    }

    #[test]
    fn no_damage_makes_the_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut file = ALL.as_bytes().to_vec();
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = recognise(&file);
        let _ = read_as("trackercontrol", &file, &Settings::default());
    }
}
