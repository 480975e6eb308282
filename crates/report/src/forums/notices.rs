//! Which notice was in force, what it declares, and how that was judged against
//! what was observed.

use affiant_model::{DeclaredPractice, Gap, Notice, PartyKind};
use serde_json::{Value, json};

use crate::view::{beginning, label};
use crate::{Error, ReportInput};

/// The notices of the case file, each with its exhibit and the practices that a
/// person read in it.
pub(super) fn notices(input: &ReportInput<'_>) -> Value {
    let notice = |notice: &Notice| {
        let exhibit = input.exhibits.iter().find(|e| Some(e.id) == notice.exhibit);
        json!({
            "name": notice.name,
            "kind": notice.kind,
            "from": notice.from,
            "to": notice.to,
            "published_by": notice.published_by,
            "url": notice.url,
            "archived": notice.archived,
            "exhibit": notice.exhibit,
            "sha256": exhibit.map(|e| e.sha256),
            "practices": notice.practices.iter().map(|p| practice(input, p)).collect::<Vec<_>>(),
        })
    };
    input.case.notices.iter().map(notice).collect()
}

fn practice(input: &ReportInput<'_>, practice: &DeclaredPractice) -> Value {
    let data: Vec<_> = practice
        .data
        .iter()
        .map(|datum| label(input.labels, datum))
        .collect();
    json!({
        "recipient": practice.recipient,
        "class": practice.class,
        "data": data.join(", "),
        "purpose": practice.purpose,
        "condition": practice.condition,
        "denied": practice.denied,
        "quote": practice.quote,
    })
}

/// How what third parties were sent was judged, as many lines as are printed.
pub(super) fn gaps(input: &ReportInput<'_>, gaps: &[Gap]) -> Result<Value, Error> {
    let third: Vec<&Gap> = gaps
        .iter()
        .filter(|gap| gap.party == PartyKind::Third)
        .collect();
    let mut data = beginning(&third)?;
    if let Some(rows) = data["rows"].as_array_mut() {
        for (row, gap) in rows.iter_mut().zip(&third) {
            row["label"] = label(input.labels, &gap.datum).into();
        }
    }
    Ok(data)
}
