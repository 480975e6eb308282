//! What goes into the tables comes out of them, byte for byte the same each time.

use affiant_aggregate::{
    Aggregates, Error, Table, build, read_contradictions, read_defects, read_exchanges,
    read_recipients, read_transmittals,
};
use affiant_model::{Defect, Digest, ExchangeRow, Transmittal};
use chrono::{DateTime, Utc};
use proptest::prelude::*;

use crate::common::{any_contradiction, any_defect, any_exchange, any_transmittal, transmittal};

const TRANSMITTALS: &str = "transmittal,exhibit,exchange,time,host,domain,recipient,parent,party,\
    category,datum,identifier,subject,basis,reach,form,place,locator,offset,length,value,\
    value_sha256,status,phase,run,device,app,app_version,source,nature\n";

fn table<'a>(made: &'a Aggregates, name: &str) -> &'a Table {
    made.tables
        .iter()
        .find(|table| table.name == name)
        .expect("the table is made")
}

/// Header and records of a CSV.
fn parse(csv: &[u8]) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(csv);
    let owned = |record: &csv::StringRecord| record.iter().map(String::from).collect();
    let header = owned(reader.headers().expect("the CSV has a header"));
    let records = reader
        .records()
        .map(|record| owned(&record.expect("the CSV is well formed")))
        .collect();
    (header, records)
}

fn optional<T: ToString>(value: Option<T>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}

fn time(value: Option<DateTime<Utc>>) -> String {
    optional(value.map(|time| time.format("%Y-%m-%dT%H:%M:%S%.6fZ")))
}

fn transmittal_fields(row: &Transmittal) -> Vec<String> {
    let row = row.clone();
    vec![
        row.transmittal.to_string(),
        row.exhibit.to_string(),
        row.exchange.to_string(),
        time(row.time),
        row.host,
        row.domain,
        row.recipient,
        row.parent,
        row.party.to_string(),
        row.category,
        row.datum,
        optional(row.identifier),
        optional(row.subject),
        row.basis.to_string(),
        row.reach.to_string(),
        row.form,
        row.place.to_string(),
        row.locator,
        row.span.offset.to_string(),
        row.span.length.to_string(),
        row.value,
        row.value_sha256.to_string(),
        optional(row.status),
        optional(row.phase),
        optional(row.run),
        optional(row.device),
        optional(row.app),
        optional(row.app_version),
        optional(row.source),
        row.nature.to_string(),
    ]
}

fn exchange_fields(row: &ExchangeRow) -> Vec<String> {
    let row = row.clone();
    vec![
        row.exhibit.to_string(),
        row.exchange.to_string(),
        row.kind.to_string(),
        optional(row.detail),
        row.events.to_string(),
        time(row.time),
        time(row.until),
        row.method,
        row.host,
        row.domain,
        row.recipient,
        row.parent,
        optional(row.party),
        row.url,
        optional(row.status),
        row.reach.to_string(),
        row.request_body_bytes.to_string(),
        row.span.offset.to_string(),
        row.span.length.to_string(),
        optional(row.unpacked),
        optional(row.server_address),
        optional(row.client_address),
        optional(row.client_app),
        optional(row.client_device),
        optional(row.tls),
        optional(row.ja4),
        optional(row.aliases),
        optional(row.phase),
        optional(row.run),
        optional(row.device),
        optional(row.app),
        optional(row.app_version),
        row.transmittals.to_string(),
        optional(row.endpoint),
        optional(row.repeats),
    ]
}

fn defect_fields(row: &Defect) -> Vec<String> {
    vec![
        row.exhibit.to_string(),
        optional(row.exchange),
        optional(row.span.map(|span| span.offset)),
        optional(row.span.map(|span| span.length)),
        row.stage.to_string(),
        row.message.clone(),
        row.consequence.clone(),
    ]
}

#[test]
fn empty_tables_keep_their_columns() {
    let made = build(&[], &[], &[], &[]).unwrap();
    let names: Vec<_> = made.tables.iter().map(|table| table.name).collect();
    assert_eq!(
        names,
        [
            "exchanges",
            "transmittals",
            "defects",
            "recipients",
            "contacts",
            "accesses",
            "contradictions"
        ]
    );
    let csv = |name| String::from_utf8(table(&made, name).csv.clone()).unwrap();
    assert_eq!(csv("transmittals"), TRANSMITTALS);
    assert_eq!(
        csv("defects"),
        "exhibit,exchange,offset,length,stage,message,consequence\n"
    );
    assert_eq!(
        csv("contradictions"),
        "kind,entries,first_exhibit,first_exchange,first_offset,first_length,first_source,first_text,\
         second_exhibit,second_exchange,second_offset,second_length,second_source,second_text,\
         consequence\n"
    );
    assert_eq!(
        csv("recipients"),
        "recipient,parent,party,domains,category,datum,phase,transmittals,exchanges,exhibits,\
         values,known_values,documented_fields,observed_fields,acknowledged,attempted,first,last\n"
    );
    assert_eq!(
        csv("exchanges"),
        "exhibit,exchange,kind,detail,events,time,until,method,host,domain,recipient,parent,party,\
         url,status,reach,request_body_bytes,offset,length,unpacked,server_address,\
         client_address,client_app,client_device,tls,ja4,aliases,phase,run,device,app,app_version,transmittals,endpoint,repeats\n"
    );
    assert!(
        read_exchanges(&table(&made, "exchanges").parquet)
            .unwrap()
            .is_empty()
    );
    assert!(
        read_transmittals(&table(&made, "transmittals").parquet)
            .unwrap()
            .is_empty()
    );
    assert!(
        read_defects(&table(&made, "defects").parquet)
            .unwrap()
            .is_empty()
    );
    assert!(
        read_recipients(&table(&made, "recipients").parquet)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn hostile_values_pass_unaltered() {
    let rows: Vec<_> = [
        "\"quoted\", and more".to_owned(),
        "line\nline\r\nline\r".to_owned(),
        "a\0b\0".to_owned(),
        "=HYPERLINK(\"http://x\")".to_owned(),
        "\u{feff}'; drop table --".to_owned(),
        "\u{202e}مرحبا".to_owned(),
        "x".repeat(1 << 20),
        "é".repeat(1 << 19),
    ]
    .into_iter()
    .map(|value| {
        let mut row = transmittal();
        row.value_sha256 = Digest::of(value.as_bytes());
        row.value = value;
        row
    })
    .collect();
    let made = build(&[], &rows, &[], &[]).unwrap();
    let table = table(&made, "transmittals");
    assert_eq!(table.rows, rows.len());
    assert_eq!(read_transmittals(&table.parquet).unwrap(), rows);
    let (_, records) = parse(&table.csv);
    assert_eq!(
        records,
        rows.iter().map(transmittal_fields).collect::<Vec<_>>()
    );
}

#[test]
fn an_empty_text_is_not_a_null_in_parquet() {
    let mut row = transmittal();
    row.subject = Some(String::new());
    row.phase = None;
    let made = build(&[], std::slice::from_ref(&row), &[], &[]).unwrap();
    let parquet = &table(&made, "transmittals").parquet;
    assert_eq!(read_transmittals(parquet).unwrap(), [row]);
}

#[test]
fn times_are_cut_to_the_microsecond_in_every_table() {
    let mut row = transmittal();
    row.time = DateTime::from_timestamp(1_585_239_012, 999_999_999);
    let made = build(&[], &[row], &[], &[]).unwrap();
    let (_, records) = parse(&table(&made, "transmittals").csv);
    assert_eq!(records[0][3], "2020-03-26T16:10:12.999999Z");
    let micros = DateTime::from_timestamp_micros(1_585_239_012_999_999);
    assert_eq!(made.recipients[0].first, micros);
    let parquet = &table(&made, "transmittals").parquet;
    assert_eq!(read_transmittals(parquet).unwrap()[0].time, micros);
}

#[test]
fn more_rows_than_a_row_group_keep_their_order() {
    let rows: Vec<_> = (1..=70_000)
        .map(|number| {
            let mut row = transmittal();
            row.transmittal.0 = number;
            row
        })
        .collect();
    let made = build(&[], &rows, &[], &[]).unwrap();
    let parquet = &table(&made, "transmittals").parquet;
    assert!(read_transmittals(parquet).unwrap() == rows);
    assert!(build(&[], &rows, &[], &[]).unwrap() == made);
}

#[test]
fn another_table_is_refused_by_the_first_column_that_differs() {
    let made = build(&[], &[], &[], &[]).unwrap();
    let error = read_transmittals(&table(&made, "defects").parquet).unwrap_err();
    assert!(matches!(error, Error::Columns { .. }));
    assert_eq!(
        error.to_string(),
        "`transmittals.parquet` has column `exhibit` of type str where column `transmittal` \
         of type str belongs: rebuild the tables from the evidence with this version"
    );
}

#[test]
fn what_is_no_parquet_is_refused() {
    for bytes in [
        &b""[..],
        b"PAR1",
        b"PAR1PAR1",
        b"PAR1\0\0\0\0PAR1",
        b"\xff\xff\xff\xffPAR1",
        b"transmittal,exhibit\n",
    ] {
        let error = read_transmittals(bytes).unwrap_err();
        assert!(matches!(error, Error::Damaged { .. }), "{bytes:?}");
    }
}

#[test]
fn one_changed_or_missing_byte_is_refused() {
    let made = build(&[], &[transmittal()], &[], &[]).unwrap();
    let whole = &table(&made, "transmittals").parquet;
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        let mut short = whole.clone();
        short.remove(at);
        for bytes in [changed, short, whole[..at].to_vec()] {
            let error = read_transmittals(&bytes).unwrap_err();
            assert!(matches!(error, Error::Damaged { .. }), "byte {at}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn tables_give_their_rows_back_and_the_same_bytes_twice(
        exchanges in prop::collection::vec(any_exchange(), 0..12),
        transmittals in prop::collection::vec(any_transmittal(), 0..12),
        defects in prop::collection::vec(any_defect(), 0..12),
        contradictions in prop::collection::vec(any_contradiction(), 0..6),
    ) {
        let made = build(&exchanges, &transmittals, &defects, &contradictions).unwrap();
        let again = build(&exchanges, &transmittals, &defects, &contradictions).unwrap();
        prop_assert!(again == made);

        let bytes = |name| table(&made, name).parquet.as_slice();
        prop_assert_eq!(&read_exchanges(bytes("exchanges")).unwrap(), &exchanges);
        prop_assert_eq!(&read_transmittals(bytes("transmittals")).unwrap(), &transmittals);
        prop_assert_eq!(&read_defects(bytes("defects")).unwrap(), &defects);
        let found = read_contradictions(bytes("contradictions")).unwrap();
        prop_assert_eq!(&found, &contradictions);
        prop_assert_eq!(&read_recipients(bytes("recipients")).unwrap(), &made.recipients);

        let records = |name| parse(&table(&made, name).csv).1;
        let wanted: Vec<_> = exchanges.iter().map(exchange_fields).collect();
        prop_assert_eq!(records("exchanges"), wanted);
        let wanted: Vec<_> = transmittals.iter().map(transmittal_fields).collect();
        prop_assert_eq!(records("transmittals"), wanted);
        let wanted: Vec<_> = defects.iter().map(defect_fields).collect();
        prop_assert_eq!(records("defects"), wanted);
    }
}
