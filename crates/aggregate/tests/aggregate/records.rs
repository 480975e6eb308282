//! The table of recipients' own records is there where a case has some, and
//! reads back.

use affiant_aggregate::{build, read_records};
use affiant_model::{ExhibitId, Reach, RecordFinding, RecordMatch};

fn record(finding: RecordMatch) -> RecordFinding {
    RecordFinding {
        exhibit: ExhibitId(2),
        record: 7,
        time: Some("2024-03-23T22:56:07Z".parse().unwrap()),
        recipient: "Meta Platforms, Inc.".to_owned(),
        app: Some("Café, \"Acme\"".to_owned()),
        event: Some("ACTIVATE_APP".to_owned()),
        finding,
        matched_exhibit: None,
        matched_exchange: None,
        milliseconds_apart: None,
        request_event: None,
        capture_reach: None,
        candidates: 0,
    }
}

#[test]
fn a_case_without_records_has_no_table_of_them() {
    let mut made = build(&[], &[], &[], &[]).unwrap();
    let before = made.tables.len();
    made.add_records(&[]).unwrap();
    assert_eq!(made.tables.len(), before);
}

#[test]
fn records_read_back_with_what_came_of_them() {
    let rows = [
        RecordFinding {
            matched_exhibit: Some(ExhibitId(1)),
            matched_exchange: Some(3),
            milliseconds_apart: Some(4_250),
            request_event: Some("fb_mobile_activate_app".to_owned()),
            capture_reach: Some(Reach::Acknowledged),
            candidates: 2,
            ..record(RecordMatch::Matched)
        },
        record(RecordMatch::Tied),
        record(RecordMatch::NotCompared),
    ];
    let mut made = build(&[], &[], &[], &[]).unwrap();
    made.add_records(&rows).unwrap();
    let table = made.tables.last().unwrap();
    assert_eq!((table.name, table.rows), ("records", 3));
    assert_eq!(read_records(&table.parquet).unwrap(), rows);
    let csv = String::from_utf8(table.csv.clone()).unwrap();
    let mut lines = csv.lines();
    assert_eq!(
        lines.next(),
        Some(
            "exhibit,record,time,recipient,app,event,finding,matched_exhibit,matched_exchange,\
             milliseconds_apart,request_event,capture_reach,candidates"
        )
    );
    assert_eq!(
        lines.next(),
        Some(
            "E-0002,7,2024-03-23T22:56:07.000000Z,\"Meta Platforms, Inc.\",\"Café, \"\"Acme\"\"\",\
             ACTIVATE_APP,matched,E-0001,3,4250,fb_mobile_activate_app,acknowledged,2"
        )
    );
}
