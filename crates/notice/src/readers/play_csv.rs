//! Google Play's data-safety form as the Play Console exports it.
//!
//! ```text
//! Question ID (machine readable),Response ID (machine readable),Response value,Answer requirement,Human-friendly question label
//! PSL_DATA_COLLECTION_COLLECTS_PERSONAL_DATA,,true,REQUIRED,Does your app collect or share …?
//! PSL_DATA_TYPES_PERSONAL,PSL_EMAIL,true,MULTIPLE_CHOICE,Personal info / Email address
//! PSL_DATA_USAGE_RESPONSES:PSL_EMAIL:PSL_DATA_USAGE_COLLECTION_AND_SHARING,PSL_DATA_USAGE_ONLY_SHARED,true,…
//! ```
//!
//! The labels are in the language of the console, so only the first three columns are
//! read. The form was read off the exports that M66B/FairEmail (`data_safety_export.csv`)
//! and manzolo/GeoJournal (the same, in Italian) publish. A box that is not ticked is no
//! statement; `false` as the answer to the first question is.

use std::collections::BTreeMap;

use affiant_model::{DeclaredPractice, ExhibitId, RecipientClass, Span};

use super::play_words::{OTHER_QUESTIONS, PURPOSES, TYPES, label};
use crate::json::text_of;
use crate::reading::{Gather, shown};
use crate::{Error, Reading};

const ANY_DATA: &str = "PSL_DATA_COLLECTION_COLLECTS_PERSONAL_DATA";
const FORM: &str = "data-safety form";

pub(crate) fn recognise(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    let text = String::from_utf8_lossy(head);
    text.trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with("Question ID (machine readable)")
        || text.contains("PSL_DATA_COLLECTION_")
}

/// A row that is answered.
struct Row {
    line: u64,
    span: Span,
    quote: String,
}

/// The answers about one type of data.
#[derive(Default)]
struct Usage {
    ticked: Option<Row>,
    collected: Option<Row>,
    shared: Option<Row>,
    collected_for: Vec<String>,
    shared_for: Vec<String>,
    ephemeral: bool,
    optional: bool,
}

pub(crate) fn read(exhibit: ExhibitId, bytes: &[u8]) -> Result<Reading, Error> {
    let text = text_of(bytes)?;
    let bom = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut gather = Gather::new(exhibit);
    let mut usages: BTreeMap<String, Usage> = BTreeMap::new();
    let mut questions = 0;
    for (fields, row) in rows(&text[bom..], bom as u64, &mut gather) {
        questions += 1;
        answer(&fields, row, &mut usages, &mut gather);
    }
    if questions == 0 {
        return Err(Error::NotThisForm {
            form: FORM,
            why: "no row has a question of the form (`PSL_…`)".to_owned(),
        });
    }
    for (id, usage) in usages {
        declare(&id, usage, &mut gather);
    }
    Ok(gather.finish())
}

/// The rows that are questions of the form, each with its bytes.
fn rows(text: &str, offset: u64, gather: &mut Gather) -> Vec<([String; 3], Row)> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut out = Vec::new();
    let mut lines = Lines {
        text,
        at: 0,
        line: 1,
    };
    loop {
        let from = reader.position().byte();
        let read = reader.read_record(&mut record);
        if matches!(read, Ok(false)) {
            break;
        }
        let span = row_span(text, from, reader.position().byte(), offset);
        let line = lines.of(span.offset - offset);
        if let Err(error) = read {
            gather.defect(
                Some(span),
                format!("line {line}: {error}"),
                "the row was not read",
            );
            continue;
        }
        if !record.get(0).unwrap_or_default().starts_with("PSL_") {
            if !out.is_empty() {
                gather.defect(
                    Some(span),
                    format!("line {line} is no question of the form"),
                    "the row was not read",
                );
            }
            continue;
        }
        if record.len() < 3 {
            gather.defect(
                Some(span),
                format!("line {line} has {} columns of the 5", record.len()),
                "the row was not read",
            );
            continue;
        }
        let field = |index| record.get(index).unwrap_or_default().trim().to_owned();
        let row = Row {
            line,
            span,
            quote: field(4),
        };
        out.push(([field(0), field(1), field(2)], row));
    }
    out
}

/// Counts lines, from 1, as an editor does.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of a byte that lies at or behind the last one asked for.
    fn of(&mut self, byte: u64) -> u64 {
        let to = usize::try_from(byte).unwrap_or(self.text.len());
        let between = self.text.as_bytes().get(self.at..to).unwrap_or_default();
        self.line += between.iter().filter(|&&b| b == b'\n').count() as u64;
        self.at = self.at.max(to);
        self.line
    }
}

/// The bytes of a row without the ends of lines around it.
fn row_span(text: &str, from: u64, to: u64, offset: u64) -> Span {
    let (start, end) = (
        usize::try_from(from).unwrap_or(text.len()).min(text.len()),
        usize::try_from(to).unwrap_or(text.len()).min(text.len()),
    );
    let bytes = &text.as_bytes()[start..end.max(start)];
    let lead = bytes
        .iter()
        .take_while(|b| matches!(b, b'\r' | b'\n'))
        .count();
    let tail = bytes[lead..]
        .iter()
        .rev()
        .take_while(|b| matches!(b, b'\r' | b'\n'))
        .count();
    Span::new(
        offset + from + lead as u64,
        (bytes.len() - lead - tail) as u64,
    )
}

fn answer(
    [question, response, value]: &[String; 3],
    row: Row,
    usages: &mut BTreeMap<String, Usage>,
    gather: &mut Gather,
) {
    if value.is_empty() {
        return;
    }
    if question == ANY_DATA {
        if value.eq_ignore_ascii_case("false") {
            let practice = DeclaredPractice {
                class: Some(RecipientClass::Anyone),
                data: vec!["google:any".to_owned()],
                condition: "of the data types of the form".to_owned(),
                denied: true,
                quote: row.quote,
                ..DeclaredPractice::default()
            };
            gather.practice(format!("line {}", row.line), row.span, practice);
        }
        return;
    }
    let yes = value.eq_ignore_ascii_case("true");
    if question.starts_with("PSL_DATA_TYPES_") {
        if yes {
            usages.entry(response.clone()).or_default().ticked = Some(row);
        }
        return;
    }
    let parts: Vec<_> = question.split(':').collect();
    if let ["PSL_DATA_USAGE_RESPONSES", id, asked] = parts[..] {
        let usage = usages.entry(id.to_owned()).or_default();
        let purpose = || label(&PURPOSES, response).unwrap_or(response).to_owned();
        match (asked, response.as_str()) {
            _ if !yes => {}
            (_, "PSL_DATA_USAGE_ONLY_COLLECTED") => usage.collected = Some(row),
            (_, "PSL_DATA_USAGE_ONLY_SHARED") => usage.shared = Some(row),
            ("PSL_DATA_USAGE_EPHEMERAL", _) => usage.ephemeral = true,
            (_, "PSL_DATA_USAGE_USER_CONTROL_OPTIONAL") => usage.optional = true,
            (_, "PSL_DATA_USAGE_USER_CONTROL_REQUIRED") => {}
            ("DATA_USAGE_COLLECTION_PURPOSE", _) => usage.collected_for.push(purpose()),
            ("DATA_USAGE_SHARING_PURPOSE", _) => usage.shared_for.push(purpose()),
            _ => unknown(question, &row, gather),
        }
        return;
    }
    if !OTHER_QUESTIONS.contains(&question.as_str()) {
        unknown(question, &row, gather);
    }
}

fn unknown(question: &str, row: &Row, gather: &mut Gather) {
    gather.defect(
        Some(row.span),
        format!(
            "line {}: the question `{}` is not known",
            row.line,
            shown(question)
        ),
        "its answer was not read",
    );
}

fn declare(id: &str, usage: Usage, gather: &mut Gather) {
    let Some(ticked) = usage.ticked else {
        if let Some(row) = usage.collected.or(usage.shared) {
            gather.defect(
                Some(row.span),
                format!(
                    "line {}: how `{}` is used is answered, and the type is not ticked",
                    row.line,
                    shown(id)
                ),
                "the answer is not used",
            );
        }
        return;
    };
    let Some(name) = label(&TYPES, id) else {
        gather.defect(
            Some(ticked.span),
            format!(
                "line {}: the type `{}` is not known",
                ticked.line,
                shown(id)
            ),
            "no practice was made of it",
        );
        return;
    };
    let mut conditions = Vec::new();
    if usage.optional {
        conditions.push("users can choose whether this data is collected");
    }
    if usage.ephemeral {
        conditions.push("processed ephemerally");
    }
    let condition = conditions.join("; ");
    let practice = |class, row: &Row, purposes: &[String], how: &str| DeclaredPractice {
        class,
        data: vec![format!("google:{name}")],
        purpose: purposes.join(", "),
        condition: [how, &condition]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("; "),
        quote: row.quote.clone(),
        ..DeclaredPractice::default()
    };
    if let Some(row) = &usage.collected {
        let how = if usage.shared.is_some() {
            "collected"
        } else {
            "collected; the box for shared is not ticked"
        };
        let practice = practice(None, row, &usage.collected_for, how);
        gather.practice(format!("line {}", row.line), row.span, practice);
    }
    if let Some(row) = &usage.shared {
        let class = Some(RecipientClass::ThirdParties);
        let practice = practice(class, row, &usage.shared_for, "shared");
        gather.practice(format!("line {}", row.line), row.span, practice);
    }
    if usage.collected.is_none() && usage.shared.is_none() {
        gather.defect(
            Some(ticked.span),
            format!(
                "line {}: `{name}` is ticked, and neither as collected nor as shared",
                ticked.line
            ),
            "it is taken as declared without a recipient",
        );
        let practice = practice(None, &ticked, &[], "neither collected nor shared is ticked");
        gather.practice(format!("line {}", ticked.line), ticked.span, practice);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEAD: &str = "Question ID (machine readable),Response ID (machine readable),Response value,Answer requirement,Human-friendly question label\r\n";

    fn form(rows: &[&str]) -> Reading {
        let file = format!("{HEAD}{}\r\n", rows.join("\r\n"));
        assert!(recognise(file.as_bytes()));
        let reading = read(ExhibitId(1), file.as_bytes()).unwrap();
        for practice in &reading.practices {
            let span = practice.spans[0];
            let range = usize::try_from(span.offset).unwrap()..usize::try_from(span.end()).unwrap();
            assert!(rows.contains(&&file[range]), "the span is a row");
        }
        reading
    }

    #[test]
    fn a_type_that_is_shared_is_declared_to_third_parties_with_its_purposes() {
        let reading = form(&[
            "PSL_DATA_COLLECTION_COLLECTS_PERSONAL_DATA,,true,REQUIRED,Any?",
            "PSL_DATA_TYPES_PERSONAL,PSL_EMAIL,true,MULTIPLE_CHOICE,\"Personal, Email\"",
            "PSL_DATA_USAGE_RESPONSES:PSL_EMAIL:PSL_DATA_USAGE_COLLECTION_AND_SHARING,PSL_DATA_USAGE_ONLY_SHARED,true,MULTIPLE_CHOICE,Shared",
            "PSL_DATA_USAGE_RESPONSES:PSL_EMAIL:DATA_USAGE_SHARING_PURPOSE,PSL_ADVERTISING,true,MULTIPLE_CHOICE,Why",
            "PSL_DATA_USAGE_RESPONSES:PSL_EMAIL:DATA_USAGE_SHARING_PURPOSE,PSL_ANALYTICS,,MULTIPLE_CHOICE,Why",
        ]);
        assert!(reading.defects.is_empty(), "{:?}", reading.defects);
        let practice = &reading.practices[0].practice;
        assert_eq!(practice.class, Some(RecipientClass::ThirdParties));
        assert_eq!(practice.data, ["google:Email address"]);
        assert_eq!(practice.purpose, "Advertising or marketing");
        assert_eq!(reading.practices[0].place, "line 4");
        assert_eq!(reading.practices.len(), 1);
    }

    #[test]
    fn the_answer_that_nothing_is_collected_is_a_denial_and_a_blank_is_none() {
        let reading = form(&["PSL_DATA_COLLECTION_COLLECTS_PERSONAL_DATA,,false,REQUIRED,Any?"]);
        assert!(reading.practices[0].practice.denied);
        let reading = form(&["PSL_DATA_COLLECTION_COLLECTS_PERSONAL_DATA,,,REQUIRED,Any?"]);
        assert!(reading.practices.is_empty());
    }

    #[test]
    fn what_is_not_understood_is_a_defect_at_its_line() {
        let reading = form(&[
            "PSL_DATA_TYPES_PERSONAL,PSL_DREAMS,true,MULTIPLE_CHOICE,Dreams",
            "PSL_NEW_QUESTION,,true,OPTIONAL,New",
            "PSL_DATA_USAGE_RESPONSES:PSL_NAME:PSL_DATA_USAGE_COLLECTION_AND_SHARING,PSL_DATA_USAGE_ONLY_SHARED,true,MULTIPLE_CHOICE,Shared",
            "PSL_SHORT,",
        ]);
        let said: Vec<_> = reading.defects.iter().map(|d| &d.message[..]).collect();
        for part in ["PSL_DREAMS", "PSL_NEW_QUESTION", "PSL_NAME", "line 5 has 2"] {
            assert!(said.iter().any(|m| m.contains(part)), "{part}: {said:?}");
        }
        assert!(reading.practices.is_empty());
    }

    #[test]
    fn another_table_is_not_the_form() {
        assert!(read(ExhibitId(1), b"a,b,c\n1,2,3\n").is_err());
        assert!(!recognise(b"a,b,c\n1,2,3\n"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_and_each_practice_lies_within(
            rows in proptest::collection::vec(
                "(PSL_DATA_TYPES_X,PSL_(EMAIL|NAME)|PSL_DATA_USAGE_RESPONSES:PSL_(EMAIL|NAME):PSL_DATA_USAGE_COLLECTION_AND_SHARING,PSL_DATA_USAGE_ONLY_(SHARED|COLLECTED)|[\"a-z,\r\n]{0,9}),(true|false|),[\"\r\n,x]{0,4}",
                0..12,
            ),
            bom in any::<bool>(),
        ) {
            let file = format!("{}{HEAD}{}", if bom { "\u{feff}" } else { "" }, rows.join("\n"));
            if let Ok(reading) = read(ExhibitId(1), file.as_bytes()) {
                let spans = reading.practices.iter().flat_map(|p| &p.spans);
                for span in spans.chain(reading.defects.iter().filter_map(|d| d.span.as_ref())) {
                    prop_assert!(span.end() <= file.len() as u64);
                }
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(ExhibitId(1), &bytes);
        }
    }
}
