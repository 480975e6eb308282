//! The exhibit book: a slip sheet for each exhibit, and each cited exchange made
//! readable by sight from the exhibit's bytes.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{
    CitedExchange, CitedTransmittal, ExhibitId, Forum, StatementFinding, Transmittal,
    TransmittalId, WorkedExample,
};
use serde_json::{Value, json};

use crate::binder::{Leaf, PartOf};
use crate::view::{self, label};
use crate::world::Typeset;
use crate::{Document, Error, ReportInput, ReviewTables, SummaryTables};

/// The exchanges that are printed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Book {
    /// In the order of the exhibits and their exchanges.
    pub exchanges: Vec<CitedExchange>,
    /// Transmittals that are cited, printed or not.
    pub cited: usize,
    /// Those that are not printed, because there are too many.
    pub left_out: Vec<TransmittalId>,
}

/// The transmittals that the other documents name by number, with the places that
/// name them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cited(pub BTreeMap<TransmittalId, Vec<String>>);

impl Cited {
    /// Gathers them.
    #[must_use]
    pub fn of(
        worked: Option<&WorkedExample>,
        statements: &[StatementFinding],
        tables: &SummaryTables<'_>,
        review: &ReviewTables<'_>,
    ) -> Self {
        let mut cited = BTreeMap::<TransmittalId, BTreeSet<&str>>::new();
        let mut name = |by: &'static str, text: &str| {
            for id in numbers(text) {
                cited.entry(id).or_default().insert(by);
            }
        };
        if let Some(worked) = worked {
            name("expert report, decoded step by step", &worked.transmittal);
        }
        for example in statements.iter().flat_map(|finding| &finding.examples) {
            name("expert report, statements examined", example);
        }
        for row in review.matrix {
            name("evidence matrix", &row.answer);
        }
        for row in tables.bridges {
            name(
                "summaries, one value at several third parties",
                &row.examples,
            );
        }
        for row in tables.timeline {
            let example = row.example.to_string();
            name("summaries, when it first went out", &example);
        }
        for row in tables.device_days {
            let example = row.example.to_string();
            name("summaries, which device on which day", &example);
        }
        let owned = |by: BTreeSet<&str>| by.into_iter().map(str::to_owned).collect();
        Self(cited.into_iter().map(|(id, by)| (id, owned(by))).collect())
    }
}

/// The numbers of transmittals in a text: `T-000107`.
fn numbers(text: &str) -> impl Iterator<Item = TransmittalId> {
    text.match_indices("T-").filter_map(|(at, _)| {
        let digits = text[at + 2..].bytes().take_while(u8::is_ascii_digit);
        let end = at + 2 + digits.count();
        text[at..end].parse().ok()
    })
}

/// Sets the exhibit book, or a part of it.
///
/// # Errors
/// [`Error::Layout`] where the PDF would not meet PDF/A-3a and PDF/UA-1.
pub(crate) fn set(
    input: &ReportInput<'_>,
    book: &Book,
    leaves: &[Leaf<'_>],
    part: Option<&PartOf>,
) -> Result<Typeset, Error> {
    let mut data = view::common(input, Document::ExhibitBook)?;
    let rows: BTreeMap<TransmittalId, &Transmittal> = input
        .transmittals
        .iter()
        .map(|t| (t.transmittal, t))
        .collect();
    let in_all = in_all(input, leaves);
    let mut slips: Vec<(ExhibitId, Vec<Value>)> = Vec::new();
    for leaf in leaves {
        if slips.last().is_none_or(|(last, _)| *last != leaf.exhibit) {
            slips.push((leaf.exhibit, Vec::new()));
        }
        if let (Some(cited), Some((_, exchanges))) = (leaf.exchange, slips.last_mut()) {
            let in_all = in_all.get(&(cited.exhibit, cited.exchange));
            exchanges.push(exchange(input, cited, &rows, in_all.copied())?);
        }
    }
    let of = |id: ExhibitId| book.exchanges.iter().filter(move |e| e.exhibit == id);
    let printed: usize = book.exchanges.iter().map(|e| e.transmittals.len()).sum();
    data.insert(
        "book".into(),
        json!({
            "slips": slips.into_iter().map(|(id, exchanges)| json!({
                "exhibit": id,
                // Of those of the book, the first that is printed here, from 0.
                "before": exchanges.first().map_or(0, |first| {
                    of(id).take_while(|e| first["exchange"] != e.exchange).count()
                }),
                "in_book": of(id).count(),
                "exchanges": exchanges,
            })).collect::<Vec<_>>(),
            "exchanges": book.exchanges.len(),
            "printed": printed,
            "cited": book.cited,
            "left_out": book.left_out,
            "american": input.case.matter.is_before(Forum::UnitedStates),
            "part": part,
        }),
    );
    data.insert("pages".into(), json!(part.map(PartOf::pages)));
    crate::make_counted("exhibit-book.typ", &view::finish(data)?, input, &[])
}

/// How many transmittals each exchange has, cited or not.
fn in_all(input: &ReportInput<'_>, leaves: &[Leaf<'_>]) -> BTreeMap<(ExhibitId, u32), usize> {
    let printed = leaves.iter().filter_map(|leaf| leaf.exchange);
    let mut count: BTreeMap<_, usize> = printed.map(|e| ((e.exhibit, e.exchange), 0)).collect();
    for t in input.transmittals {
        if let Some(count) = count.get_mut(&(t.exhibit, t.exchange)) {
            *count += 1;
        }
    }
    count
}

/// An exchange with what the tables say of it.
fn exchange(
    input: &ReportInput<'_>,
    cited: &CitedExchange,
    rows: &BTreeMap<TransmittalId, &Transmittal>,
    in_all: Option<usize>,
) -> Result<Value, Error> {
    let transmittals = cited
        .transmittals
        .iter()
        .filter_map(|t| Some((t, *rows.get(&t.transmittal)?)))
        .map(|(cited, row)| transmittal(input, cited, row))
        .collect::<Result<Vec<_>, Error>>()?;
    let mut data = serde_json::to_value(cited)?;
    // Under a name of its own, because an address may be long.
    data["request_url"] = data["url"].take();
    data["in_all"] = in_all.unwrap_or_default().into();
    data["transmittals"] = transmittals.into();
    Ok(data)
}

fn transmittal(
    input: &ReportInput<'_>,
    cited: &CitedTransmittal,
    row: &Transmittal,
) -> Result<Value, Error> {
    let mut data = serde_json::to_value(cited)?;
    data["written"] = data["value"].take();
    data["label"] = label(input.labels, &row.datum).into();
    for (key, value) in [
        ("recipient", json!(row.recipient)),
        ("host", json!(row.host)),
        ("party", json!(row.party)),
        ("basis", json!(row.basis)),
        ("form", json!(row.form)),
        ("reach", json!(row.reach)),
        ("status", json!(row.status)),
        ("locator", json!(row.locator)),
        ("source", json!(row.source)),
        ("subject", json!(row.subject)),
        ("identifier", json!(row.identifier)),
    ] {
        data[key] = value;
    }
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_transmittals_are_found_in_any_text() {
        let found: Vec<_> =
            numbers("5 rows: T-000001, T-000017 (AT-3x, T-, T-0, é T-1234567)").collect();
        let wanted = [1, 17, 3, 1_234_567].map(TransmittalId);
        assert_eq!(found, wanted);
    }
}
