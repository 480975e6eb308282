//! Documents for forums other than the courts of the United States: the GDPR's
//! supervisory authorities, the courts of England and Wales, those of India.
//!
//! What they have in common is gathered here and in [`facts`]; what they say is in
//! `reports/words/words.json`, in each language, and how they look in `reports/templates`.

mod facts;
mod india;
mod moments;
mod notices;
mod words;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::counts::{self, Counts};
use crate::document::{Document, Material};
use crate::printable::{VALUE_CHARS, sanitise};
use crate::{Error, ReportInput, consent, make, view};

/// What documents need to know beyond the evidence, where the forum is not the
/// United States.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Regional {
    /// German label of each kind of datum, by its name in `datasets/categories`.
    pub labels_de: BTreeMap<String, String>,
    /// Where the organisation behind a domain has its seat, as far as a source says.
    pub seats: BTreeMap<String, Seat>,
}

/// The seat of an organisation, by the word of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seat {
    /// Country (ISO 3166-1 alpha-2).
    pub country: String,
    /// Who says so.
    pub source: String,
}

/// The language of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    German,
}

impl Language {
    /// By BCP 47.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }
}

/// The annex to a complaint under Art. 77 GDPR.
pub(crate) fn gdpr_complaint(
    document: Document,
    material: &Material<'_>,
) -> Result<Vec<u8>, Error> {
    let input = &translated(document, &material.input);
    let mut data = observed(document, input)?;
    data.insert("notices".into(), notices::notices(input));
    data.insert("gaps".into(), notices::gaps(input, material.review.gaps)?);
    let attached = view::attachments(input, &[]);
    data.insert("tables".into(), view::tables(&attached).into());
    make(
        "gdpr-complaint.typ",
        &finish(data, document)?,
        input,
        &attached,
    )
}

/// The technical report for a supervisory authority.
pub(crate) fn gdpr_technical(
    document: Document,
    material: &Material<'_>,
) -> Result<Vec<u8>, Error> {
    let input = &translated(document, &material.input);
    let mut data = observed(document, input)?;
    data.insert("hosts".into(), facts::hosts(input)?);
    data.insert("accesses".into(), view::beginning(input.accesses)?);
    data.insert("identifiers".into(), facts::identifiers(input));
    data.insert("cookies".into(), facts::cookies(input));
    data.insert("transmittals".into(), facts::third_party(input)?);
    let attached = view::attachments(input, input.tables);
    data.insert("tables".into(), view::tables(&attached).into());
    make(
        "gdpr-technical.typ",
        &finish(data, document)?,
        input,
        &attached,
    )
}

/// Draft of an expert's report under CPR Part 35.
pub(crate) fn cpr35_report(document: Document, material: &Material<'_>) -> Result<Vec<u8>, Error> {
    let input = &material.input;
    let mut data = observed(document, input)?;
    data.insert("hosts".into(), facts::hosts(input)?);
    data.insert("statements".into(), crate::statements::groups(input).into());
    data.insert("transmittals".into(), facts::third_party(input)?);
    let attached = view::attachments(input, input.tables);
    data.insert("tables".into(), view::tables(&attached).into());
    make(
        "cpr35-report.typ",
        &finish(data, document)?,
        input,
        &attached,
    )
}

/// A certificate of the law of India, by its template.
pub(crate) fn certificate(
    document: Document,
    template: &'static str,
    input: &ReportInput<'_>,
) -> Result<Vec<u8>, Error> {
    let mut data = view::common(input, document)?;
    india::add(input, &mut data)?;
    let attached = view::attachments(input, &[]);
    data.insert("tables".into(), view::tables(&attached).into());
    make(template, &finish(data, document)?, input, &attached)
}

/// The input with the labels of the document's language.
fn translated<'a>(document: Document, input: &ReportInput<'a>) -> ReportInput<'a> {
    let labels = match document.language() {
        Language::English => input.labels,
        Language::German => &input.regional.labels_de,
    };
    ReportInput { labels, ..*input }
}

/// What was observed, as every report states it.
fn observed(document: Document, input: &ReportInput<'_>) -> Result<Map<String, Value>, Error> {
    let mut data = view::common(input, document)?;
    let figures = Counts::of(input)?;
    data.insert("counts".into(), serde_json::to_value(&figures)?);
    data.insert(
        "by_phase".into(),
        serde_json::to_value(counts::by_phase(input))?,
    );
    data.insert("recipients".into(), facts::recipients(input)?);
    data.insert("moments".into(), moments::moments(input));
    data.insert("periods".into(), moments::periods(input)?);
    data.insert(
        "consent".into(),
        serde_json::to_value(consent::groups(input))?,
    );
    data.insert("withheld".into(), facts::withheld(input));
    data.insert("defects".into(), view::beginning(input.defects)?);
    data.insert("value_chars".into(), VALUE_CHARS.into());
    Ok(data)
}

/// The data with the words of the document's language. They are the program's own,
/// so that no bound for evidence holds for them.
fn finish(data: Map<String, Value>, document: Document) -> Result<Vec<u8>, Error> {
    let mut data = Value::Object(data);
    sanitise("", &mut data);
    data["words"] = words::of(document.language())?;
    Ok(serde_json::to_vec(&data)?)
}
