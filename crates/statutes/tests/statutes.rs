//! The dataset that is built in, and how it is put to tables.

use std::collections::BTreeSet;

use affiant_statutes::{
    Condition, Error, Moment, Outcome, Phases, Query, Row, Rows, Statutes, TO_BE_CHECKED, Table,
    Tables,
};
use proptest::prelude::*;

fn row(cells: &[(&str, &str)]) -> Row {
    cells
        .iter()
        .map(|(column, value)| ((*column).to_owned(), (*value).to_owned()))
        .collect()
}

/// Four transmittals: contents before and after consent, an address, a pattern.
fn rows() -> Rows {
    let transmittal = |id, exchange, datum, nature, phase, basis| {
        row(&[
            ("transmittal", id),
            ("exhibit", "E-0001"),
            ("exchange", exchange),
            ("datum", datum),
            ("nature", nature),
            ("party", "third"),
            ("basis", basis),
            ("reach", "acknowledged"),
            ("phase", phase),
        ])
    };
    let mut rows = Rows::default();
    rows.insert(
        "transmittals",
        vec![
            transmittal(
                "T-000001",
                "1",
                "video_title",
                "contents",
                "before consent",
                "known value",
            ),
            transmittal(
                "T-000002",
                "1",
                "email",
                "record",
                "before consent",
                "known value",
            ),
            transmittal(
                "T-000003",
                "2",
                "video_title",
                "contents",
                "after consent",
                "known value",
            ),
            transmittal(
                "T-000004",
                "3",
                "video_title",
                "contents",
                "before consent",
                "pattern",
            ),
        ],
    )
    .expect("the table and its columns are known");
    rows
}

fn outcomes(claim: &str, element: &str, rows: &Rows, phases: &Phases) -> Vec<Outcome> {
    Statutes::built_in()
        .expect("the dataset loads")
        .matrix(rows, phases)
        .expect("plain rows can be asked")
        .into_iter()
        .filter(|row| row.claim == claim && row.element == element)
        .map(|row| row.outcome)
        .collect()
}

fn found(outcome: &Outcome) -> (u64, Vec<&str>) {
    let Outcome::Rows(found) = outcome else {
        panic!("{outcome}");
    };
    (
        found.rows,
        found.examples.iter().map(String::as_str).collect(),
    )
}

#[test]
fn contents_are_counted_and_patterns_are_not() {
    let answers = outcomes("cipa-631", "contents", &rows(), &Phases::default());
    assert_eq!(found(&answers[0]), (2, vec!["T-000001", "T-000003"]));
    assert_eq!(
        answers[0].to_string(),
        "2 rows speak to it, such as T-000001, T-000003"
    );
}

#[test]
fn a_video_and_a_person_must_be_in_one_exchange() {
    let answers = outcomes(
        "vppa-2710",
        "identifies-person-and-video",
        &rows(),
        &Phases::default(),
    );
    assert_eq!(found(&answers[0]), (1, vec!["T-000001"]));
    assert_eq!(found(&answers[1]).0, 0);
    assert!(
        answers[1]
            .to_string()
            .contains("not observed is not absent")
    );
}

#[test]
fn a_phase_is_asked_for_by_its_kind_and_never_guessed() {
    let phases = Phases::by_name(["before consent", "after consent"]);
    let answers = outcomes("cipa-631", "consent", &rows(), &phases);
    assert_eq!(found(&answers[0]), (1, vec!["T-000001"]));

    let phases = Phases::by_name(["4.6.8 signed out", "before consenting"]);
    assert_eq!(phases, Phases::default());
    let answers = outcomes("cipa-631", "consent", &rows(), &phases);
    assert_eq!(answers[0], Outcome::NoPhase("before consent"));
    assert_eq!(answers[1], Outcome::NoTable("consent".to_owned()));
}

/// A row of a table with the cells that a question names.
fn one(table: &'static str, cells: &[(&str, &str)]) -> Rows {
    let mut rows = Rows::default();
    rows.insert(table, vec![row(cells)])
        .expect("the table and its columns are known");
    rows
}

/// How many rows speak to an element, by its questions.
fn counted(claim: &str, element: &str, rows: &Rows) -> Vec<u64> {
    outcomes(claim, element, rows, &Phases::default())
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::Rows(found) => Some(found.rows),
            _ => None,
        })
        .collect()
}

#[test]
fn a_written_release_is_not_shown_by_a_notice_about_data_that_are_not_biometric() {
    let gap = one("gaps", &[("judgement", "not declared"), ("datum", "email")]);
    let answers = outcomes("bipa-15", "release", &gap, &Phases::default());
    assert_eq!(answers, [Outcome::Silent]);
    // That a package has some library says nothing of biometric data; the camera may.
    let found = |kind, value| one("sdk_findings", &[("kind", kind), ("value", value)]);
    let sdk = found("sdk", "com.facebook");
    assert_eq!(counted("bipa-15", "obtained", &sdk), [0, 0]);
    let camera = found("permission", "android.permission.CAMERA");
    assert_eq!(counted("bipa-15", "obtained", &camera), [1, 0]);
}

#[test]
fn a_signal_speaks_to_consent_under_the_regulation_by_what_it_encodes() {
    let signal = |party, state| {
        let cells = [
            ("party", party),
            ("signal", "consent_tcf"),
            ("state", state),
        ];
        counted("gdpr-5-6-13", "legal-basis", &one("consent", &cells))
    };
    assert_eq!(signal("third", "not granted"), [1, 0]);
    assert_eq!(signal("third", "granted in part"), [0, 1]);
    assert_eq!(signal("third", "not stated"), [0, 0]);
    assert_eq!(signal("first", "not granted"), [0, 0]);
}

#[test]
fn a_class_that_may_be_meant_is_neither_declared_nor_not_declared() {
    let gap = |party| {
        let cells = [("party", party), ("judgement", "may be meant")];
        counted("gdpr-5-6-13", "recipients-named", &one("gaps", &cells))
    };
    assert_eq!(gap("third"), [0, 1, 0]);
    // The first party is no recipient of its own.
    assert_eq!(gap("first"), [0, 0, 0]);
}

#[test]
fn an_element_that_no_column_speaks_to_has_a_row_that_says_so() {
    let answers = outcomes("sca-2702", "provider", &rows(), &Phases::default());
    assert_eq!(answers, [Outcome::Silent]);
}

#[test]
fn every_element_of_every_claim_is_in_the_matrix() {
    let statutes = Statutes::built_in().unwrap();
    let rows = statutes
        .matrix(&Rows::default(), &Phases::default())
        .unwrap();
    let listed: BTreeSet<_> = rows.iter().map(|row| (&row.claim, &row.element)).collect();
    assert_eq!(listed.len(), statutes.checked().0);
    assert!(rows.iter().all(|row| !row.silent.is_empty()));
}

#[test]
fn what_was_not_read_is_left_to_counsel() {
    let statutes = Statutes::built_in().unwrap();
    let (elements, checked) = statutes.checked();
    assert!(checked < elements);
    for claim in &statutes.claims {
        for element in &claim.elements {
            let reading = element.reading();
            assert_eq!(reading == TO_BE_CHECKED, !element.checked);
            assert!(reading.contains("counsel"), "{reading}");
        }
    }
}

/// The kinds of datum that the questions name are those of `datasets/categories`.
#[test]
fn every_datum_that_is_asked_for_is_a_kind_of_datum() {
    let categories = include_str!("../../../datasets/categories/categories.toml");
    let known: BTreeSet<&str> = categories
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .collect();
    let statutes = Statutes::built_in().unwrap();
    let queries = statutes
        .claims
        .iter()
        .flat_map(|claim| &claim.elements)
        .flat_map(|element| &element.speaks)
        .map(|speaks| &speaks.query);
    let mut asked = 0;
    for query in queries {
        let beside = query.beside.iter().flat_map(|beside| &beside.conditions);
        for condition in query.conditions.iter().chain(beside) {
            if let Condition::Is { column, values } = condition
                && (column == "datum" || column == "signal")
            {
                for value in values {
                    assert!(known.contains(value.as_str()), "{value}");
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 0);
}

/// A file with one claim, whose one element has these lines.
fn file(lines: &str) -> Result<Statutes, Error> {
    let text = format!(
        "[[claim]]\nslug = \"a\"\ntitle = \"A\"\ncitation = \"§ 1\"\nedition = \"2026\"\n\
         [[claim.element]]\nslug = \"b\"\ntext = \"B\"\nsilent = \"C\"\n{lines}\n"
    );
    Statutes::from_files([("own.toml", text.as_str())])
}

fn refused(lines: &str) -> String {
    file(lines).expect_err("the file has a mistake").to_string()
}

#[test]
fn a_file_that_does_not_follow_the_schema_is_refused_with_its_place() {
    let speaks = |rest: &str| format!("checked = false\n[[claim.element.speaks]]\n{rest}");
    for (lines, wanted) in [
        (
            "checked = true",
            "`own.toml`, a, b: an element is `checked` where",
        ),
        (
            "checked = false\nread = \"x\"",
            "an element is `checked` where",
        ),
        ("checked = false\nspoken = 1", "`own.toml`, line"),
        (
            &speaks("table = \"secrets\"\nwhere = []\nsays = \"x\""),
            "`secrets` is no table; there are transmittals",
        ),
        (
            &speaks(
                "table = \"gaps\"\nwhere = [{ column = \"mood\", present = true }]\nsays = \"x\"",
            ),
            "`gaps` has no column `mood`",
        ),
        (
            &speaks(
                "table = \"transmittals\"\nwhere = [{ column = \"nature\", is = [\"content\"] }]\nsays = \"x\"",
            ),
            "column `nature` never is `content`",
        ),
        (
            &speaks("table = \"gaps\"\nwhere = [{ column = \"datum\", is = [] }]\nsays = \"x\""),
            "a condition has",
        ),
        (
            &speaks("table = \"gaps\"\nwhere = [{ when = \"before consent\" }]\nsays = \"x\""),
            "`gaps` has no column `phase`",
        ),
        (
            &speaks(
                "table = \"transmittals\"\nwhere = [{ when = \"before lunch\" }]\nsays = \"x\"",
            ),
            "`before lunch` is none of",
        ),
        (
            &speaks(
                "table = \"gaps\"\nwhere = []\nbeside = { table = \"consent\", where = [] }\nsays = \"x\"",
            ),
            "`gaps` has no exchanges",
        ),
        (
            &speaks("table = \"gaps\"\nwhere = []\nsays = \"this proves it\""),
            "a conclusion",
        ),
    ] {
        let why = refused(lines);
        assert!(why.contains(wanted), "{why}");
    }
    assert!(file("checked = true\nread = \"x\"").is_ok());
}

#[test]
fn rows_of_an_unknown_table_or_column_are_refused() {
    let mut rows = Rows::default();
    assert!(rows.insert("secrets", vec![]).is_err());
    assert!(rows.insert("gaps", vec![row(&[("mood", "x")])]).is_err());
}

#[test]
fn a_question_reads_as_a_sentence() {
    let query = Query {
        table: "transmittals".to_owned(),
        conditions: vec![
            Condition::Is {
                column: "datum".to_owned(),
                values: ["email", "phone"].map(str::to_owned).into(),
            },
            Condition::When(Moment::BeforeConsent),
        ],
        beside: None,
    };
    assert_eq!(
        query.to_string(),
        "transmittals: datum is `email` or `phone`, and phase is one before consent"
    );
}

proptest! {
    #[test]
    fn no_file_makes_the_reader_panic(text in "(\\[\\[claim(\\.element)?\\]\\]\n|[a-z]+ = [\"\\[\\]a-z0-9{}=, ]{0,20}\n){0,12}") {
        let _ = Statutes::from_files([("any.toml", text.as_str())]);
    }

    #[test]
    fn a_condition_and_its_contrary_part_the_rows(values in prop::collection::vec(prop::option::of("[a-c]{0,2}"), 0..30), wanted in "[a-c]{1,2}") {
        let table = Table::named("gaps").unwrap();
        let rows: Vec<Row> = values
            .iter()
            .map(|value| value.iter().map(|value| ("notice".to_owned(), value.clone())).collect())
            .collect();
        let mut tables = Rows::default();
        tables.insert(table.name, rows).unwrap();
        let column = || "notice".to_owned();
        let wanted: BTreeSet<String> = [wanted].into();
        let count = |condition| {
            let query = Query { table: table.name.to_owned(), conditions: vec![condition], beside: None };
            tables.count(&query).unwrap().unwrap().rows
        };
        let all = values.len() as u64;
        let is = count(Condition::Is { column: column(), values: wanted.clone() });
        prop_assert_eq!(is + count(Condition::IsNot { column: column(), values: wanted }), all);
        let present = count(Condition::Present { column: column() });
        prop_assert_eq!(present + count(Condition::Absent { column: column() }), all);
    }
}
