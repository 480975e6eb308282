//! What an export holds, and that it alters nothing.

use affiant_aggregate::{Error, ExportFormat, Exported, build, export};
use affiant_model::{PartyKind, Transmittal};

use crate::common::transmittal;

fn rows() -> Vec<Transmittal> {
    let mut formula = transmittal();
    formula.value = "=HYPERLINK(\"http://x\",\"y\")".into();
    let mut first = transmittal();
    first.party = PartyKind::First;
    vec![formula, first]
}

fn exported(conditions: &[(&str, &str)], format: ExportFormat) -> Result<Exported, Error> {
    let tables = build(&[], &rows(), &[], &[]).expect("the tables are made");
    let parquet = &tables
        .tables
        .iter()
        .find(|t| t.name == "transmittals")
        .unwrap()
        .parquet;
    let conditions: Vec<_> = conditions
        .iter()
        .map(|(a, b)| ((*a).into(), (*b).into()))
        .collect();
    export("transmittals", parquet, &conditions, format)
}

/// The text of a member of a workbook.
fn member(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.by_name(name).unwrap(), &mut text).unwrap();
    text
}

#[test]
fn a_filter_lets_through_the_rows_whose_cells_are_equal() {
    let found = exported(&[("party", "third")], ExportFormat::Csv).unwrap();
    assert_eq!((found.population, found.rows, found.cut), (2, 1, 0));
    let text = String::from_utf8(found.bytes).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
}

#[test]
fn a_column_that_is_not_there_is_named_with_those_that_are() {
    let said = exported(&[("colour", "red")], ExportFormat::Csv)
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("`colour`") && said.contains("value_sha256"),
        "{said}"
    );
    let said = export("salaries", &[], &[], ExportFormat::Csv)
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("`salaries`") && said.contains("transmittals"),
        "{said}"
    );
}

#[test]
fn json_lines_keep_columns_types_and_nulls() {
    let found = exported(&[("party", "third")], ExportFormat::JsonLines).unwrap();
    let text = String::from_utf8(found.bytes).unwrap();
    assert!(
        text.starts_with("{\"transmittal\":\"T-000001\",\"exhibit\":\"E-0001\",\"exchange\":3,"),
        "{text}"
    );
    let row: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(row["offset"], 1041);
    assert_eq!(row["subject"], serde_json::Value::Null);
    assert_eq!(row["time"], "2020-03-26T16:10:12.345678Z");
}

#[test]
fn a_workbook_holds_no_formula_and_is_the_same_each_time() {
    let found = exported(&[], ExportFormat::Xlsx).unwrap();
    let sheet = member(&found.bytes, "xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f>"), "{sheet}");
    assert!(member(&found.bytes, "xl/sharedStrings.xml").contains("=HYPERLINK"));
    assert!(member(&found.bytes, "xl/styles.xml").contains("quotePrefix=\"1\""));
    assert_eq!(
        found.bytes,
        exported(&[], ExportFormat::Xlsx).unwrap().bytes
    );
}

#[test]
fn parquet_comes_back_as_the_rows_that_were_let_through() {
    let found = exported(&[("party", "first")], ExportFormat::Parquet).unwrap();
    let back = affiant_aggregate::read_transmittals(&found.bytes).unwrap();
    assert_eq!(back, [rows().remove(1)]);
}
