//! Papers in words: the notice under FRE 902(11), the declaration, the
//! allegations, the appendix on validation.
//!
//! All are made from the same figures: [`groups::third_parties`] gives what
//! was addressed to each recipient, with the rows behind it.

mod groups;
mod validation;

use serde_json::{Map, Value, json};

use crate::counts::{self, Counts};
use crate::document::{Document, Material};
use crate::view::{attachments, common, finish, tables};
use crate::{Error, schedule, statements};

/// Makes a paper from its template.
///
/// # Errors
/// [`Error::Inconsistent`] where figures contradict one another,
/// [`Error::Layout`] where the PDF would not meet PDF/A-3a and PDF/UA-1.
pub(crate) fn make(
    template: &'static str,
    document: Document,
    material: &Material<'_>,
) -> Result<Vec<u8>, Error> {
    let input = &material.input;
    let mut data = data(document, material)?;
    let attached = if document == Document::Declaration {
        schedule::attached(input, &mut data, &["exhibits", "groups"])?
    } else {
        attachments(input, &[])
    };
    crate::make(template, &finish(data)?, input, &attached)
}

/// What the papers have in common, and what each has beside.
fn data(document: Document, material: &Material<'_>) -> Result<Map<String, Value>, Error> {
    let input = &material.input;
    let mut data = common(input, document)?;
    data.insert("tables".into(), tables(&attachments(input, &[])).into());
    data.insert("counts".into(), serde_json::to_value(Counts::of(input)?)?);
    data.insert(
        "by_phase".into(),
        serde_json::to_value(counts::by_phase(input))?,
    );
    let mut third = groups::third_parties(input);
    data.insert("kinds".into(), groups::keep_printed(&mut third));
    data.insert("groups".into(), serde_json::to_value(third)?);
    data.insert("statements".into(), statements::groups(input).into());
    data.insert("searches".into(), not_found(material)?);
    data.insert(
        "analysis".into(),
        json!(input.ledger.last().map(|event| event.seq)),
    );
    if document == Document::Validation {
        data.insert("validation".into(), validation::data(input)?);
    }
    Ok(data)
}

/// Known values that were looked for and not found in what third parties were sent.
fn not_found(material: &Material<'_>) -> Result<Value, Error> {
    let input = &material.input;
    let searches = material.tables.searches.iter();
    let none = searches.filter(|search| search.third_party == 0 && search.requests > 0);
    let rows = none.map(|search| {
        let mut row = serde_json::to_value(search)?;
        row["label"] = crate::view::label(input.labels, &search.datum).into();
        Ok(row)
    });
    Ok(Value::Array(rows.collect::<Result<_, Error>>()?))
}
