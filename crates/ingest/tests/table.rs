//! Tables that a mapping describes, and mappings themselves.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use affiant_ingest::{Aids, Limits, Refusal, Settings, format_named, recognise};
use affiant_model::{Carrier, ExchangeKind, Reach};
use common::{Log, bytes_at, read_as};
use proptest::prelude::*;

const RECORDS: &str = r#"affiant-mapping = 1
name = "events of a data access answer"
kind = "record"
format = "csv"
time_format = "%d/%m/%Y %H:%M"
time_offset = "+02:00"
reach = "recorded"

[match]
columns = ["Received at", "Event"]

[columns]
time = "Received at"
event = "Event"
app = "App"
data = ["Parameters", "Event"]

[constant]
host = "Facebook.com"
"#;

const LOOKUPS: &str = r#"affiant-mapping = 1
name = "resolver"
kind = "lookup"
format = "ndjson"
time_format = "milliseconds"
reach = { column = "verdict", default = "contacted", values = { blocked = "attempted" } }

[match]
columns = ["q.name", "verdict"]

[columns]
time = "at"
host = "q.name"
client = "from"
events = "count"
"#;

fn read_with(text: &str, mappings: &[&str]) -> Result<Log, Refusal> {
    let settings = Settings {
        limits: Limits::default(),
        aids: Aids {
            mappings: mappings.iter().map(|text| (*text).to_owned()).collect(),
            ..Aids::default()
        },
    };
    read_as("table", text.as_bytes(), &settings)
}

#[test]
fn records_of_a_recipient_are_read_by_a_mapping() {
    let text = "\u{feff}Received at,App,Event,Parameters\r\n\
        03/04/2024 12:30,com.example.app,Purchase,\"{\"\"email\"\":\"\"a@example.org\"\"}\"\r\n\
        soon,,Install,\r\n";
    let log = read_with(text, &[LOOKUPS, RECORDS]).unwrap();
    let record = &log.exchanges[0];
    assert_eq!(
        (record.kind, record.reach),
        (ExchangeKind::Record, Reach::Recorded)
    );
    assert_eq!(
        (record.host.as_str(), record.detail.as_deref()),
        ("facebook.com", Some("Purchase"))
    );
    assert_eq!(record.client.app.as_deref(), Some("com.example.app"));
    assert_eq!(
        record.started,
        Some("2024-04-03T10:30:00Z".parse().unwrap())
    );
    let fields: Vec<_> = record
        .fields
        .iter()
        .map(|f| {
            (
                f.name.to_string(),
                std::str::from_utf8(bytes_at(text.as_bytes(), f.span)).unwrap(),
            )
        })
        .collect();
    let wanted = [
        ("request.param Event", "Purchase"),
        (
            "request.param Parameters",
            "{\"\"email\"\":\"\"a@example.org\"\"}",
        ),
    ];
    assert_eq!(fields, wanted.map(|(name, bytes)| (name.to_owned(), bytes)));
    assert_eq!(log.exchanges[1].started, None);
    assert_eq!(
        log.messages(),
        ["the time is not written as the mapping says: `soon`"]
    );
    assert_eq!(log.capture.stated[0].1, "events of a data access answer");
}

#[test]
fn objects_are_read_by_a_mapping() {
    let text = concat!(
        r#"{"at":1700000000250,"q":{"name":"A.Example."},"verdict":"blocked","from":"192.0.2.9","count":"4"}"#,
        "\n\n",
        r#"{"at":1700000000250,"q":{"name":"b.example"},"verdict":"open","count":0}"#,
        "\n",
        "[1]\n",
    );
    let log = read_with(text, &[RECORDS, LOOKUPS]).unwrap();
    let [first, second] = &log.exchanges[..] else {
        panic!()
    };
    assert_eq!(
        (first.host.as_str(), first.reach, first.events),
        ("a.example", Reach::Attempted, 4)
    );
    assert_eq!((second.reach, second.events), (Reach::Contacted, 1));
    assert_eq!(
        first.started,
        Some("2023-11-14T22:13:20.250Z".parse().unwrap())
    );
    assert_eq!((log.capture.entries, log.defects.len()), (3, 2));
}

#[test]
fn a_request_of_a_table_has_an_address_and_a_body_that_are_searched() {
    let mapping = "affiant-mapping = 1\nname = \"proxy\"\nkind = \"request\"\nformat = \"ndjson\"\nreach = \"sent\"\n\
        [match]\ncolumns = [\"u\"]\n[columns]\nurl = \"u\"\nbody = \"b\"\nmethod = \"m\"\nstatus = \"s\"\ntime = \"t\"\n";
    let text =
        r#"{"u":"https://A.example/?q=1","b":"x\ny","m":"POST","s":200,"t":"2024-01-01 00:00:00"}"#;
    let log = read_with(text, &[mapping]).unwrap();
    let request = &log.exchanges[0];
    assert_eq!(
        (request.host.as_str(), request.status),
        ("a.example", Some(200))
    );
    assert_eq!(request.request_body_bytes, 3);
    let carriers: Vec<_> = request
        .fields
        .iter()
        .map(|f| (f.name.to_string(), f.carrier))
        .collect();
    let wanted = ["request.url", "request.body"].map(|name| (name.to_owned(), Carrier::JsonString));
    assert_eq!(carriers, wanted);
    assert_eq!(log.messages(), ["the times of the log name no time zone"]);
}

#[test]
fn a_table_without_its_mapping_is_refused() {
    let said = |mappings: &[&str]| read_with("a,b\n1,2\n", mappings).err().unwrap().to_string();
    assert!(said(&[]).contains("no mapping says what its columns are"));
    assert!(said(&[RECORDS]).contains("has not all the columns"));
    assert!(said(&["kind = 7"]).contains("a mapping cannot be read: line 1"));
    assert!(
        recognise(b"a,b\n1,2\n").is_err(),
        "a table is not recognised by itself"
    );
}

#[test]
fn a_mapping_is_an_exhibit_of_its_own() {
    let text = format!("# what the columns are\n\n{RECORDS}");
    let reader = recognise(text.as_bytes()).unwrap();
    assert_eq!(reader.name(), "mapping");
    let mut aids = Aids::default();
    reader.add_aid(&mut text.as_bytes(), &Limits::default(), &mut aids);
    let packed = zstd::encode_all(text.as_bytes(), 3).unwrap();
    let reader = recognise(&packed).unwrap();
    assert_eq!(reader.name(), "zstd/mapping");
    reader.add_aid(&mut &packed[..], &Limits::default(), &mut aids);
    assert_eq!(aids.mappings, [&text[..], &text[..]]);
    let log = read_as("mapping", text.as_bytes(), &Settings::default()).unwrap();
    assert_eq!(
        (log.capture.entries, log.capture.version.as_deref()),
        (0, Some("1"))
    );
    assert_eq!(
        log.capture.stated[1],
        ("kind".to_owned(), "record".to_owned())
    );
    let bad = text.replace("recorded", "acknowledged");
    let said = read_as("mapping", bad.as_bytes(), &Settings::default())
        .err()
        .unwrap();
    assert!(
        said.to_string()
            .contains("would say more than such an entry shows"),
        "{said}"
    );
    let table = format_named("table").unwrap();
    table.add_aid(&mut &b"a,b\n"[..], &Limits::default(), &mut aids);
    assert_eq!(aids.mappings.len(), 2);
}

/// The TOML texts of a page.
fn examples(page: &str) -> Vec<String> {
    let fenced = page.split("```toml\n").skip(1);
    fenced
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

#[test]
fn the_mappings_of_the_documentation_are_mappings() {
    let pages = [
        include_str!("../../../docs/formats/table.md"),
        include_str!("../../../docs/formats/pihole.md"),
    ];
    for text in pages.into_iter().flat_map(examples) {
        let log = read_as("mapping", text.as_bytes(), &Settings::default());
        assert!(log.is_ok(), "{:?}", log.err().unwrap().to_string());
    }
}

proptest! {
    #[test]
    fn no_table_makes_the_reader_panic(text in "[a,\"\n\r{}:é]{0,60}", json in any::<bool>()) {
        let start = if json { "{\"q\":{\"name\":\"a\"},\"verdict\":\"b\"}\n" } else { "Received at,Event\n" };
        let _ = read_with(&format!("{start}{text}"), &[RECORDS, LOOKUPS]);
        let _ = read_with(&text, &[RECORDS, LOOKUPS]);
    }

    #[test]
    fn no_mapping_makes_the_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut file = RECORDS.as_bytes().to_vec();
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = read_as("mapping", &file, &Settings::default());
        let text = String::from_utf8_lossy(&file);
        let _ = read_with("Received at,Event\n1,2\n", &[&text]);
    }
}
