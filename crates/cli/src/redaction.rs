//! Public versions: the values of a case that are taken out, the documents made
//! without them, and the search for what was left.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use affiant_detect::{Digests, texts};
use affiant_redact::{
    Key, KeyBuilder, Known, LogRow, Redactor, Search, Settings, Words, host_only, table_of_hosts,
};
use affiant_report::{Attachment, Book, Public, Redaction, TextLayers, Version};

use crate::console::Stage;
use crate::documents::{Material, PUBLIC, Sink, documents};
use crate::error::CliError;
use crate::free_text::{self, FreeTexts};
use crate::record::Analysed;

/// Tables of whole addresses: what stands in them is not known value by value.
const SEALED_TABLES: [&str; 1] = ["exchanges.csv"];

/// Tables whose texts quote addresses, which are cut behind the host.
const QUOTING_TABLES: [&str; 1] = ["contradictions.csv"];

/// The log as a table, beside the document.
const LOG: &str = "redaction-log.csv";

/// Values that are named where a public version still holds them.
const NAMED: usize = 20;

/// The values that are taken out of public versions of a case.
pub(crate) fn key(material: &Material) -> Key {
    let case = &material.case;
    let rules = case.redaction.clone().unwrap_or_default();
    let settings = Settings {
        open: rules.open.into_iter().collect(),
        closed: rules.closed.into_iter().collect(),
        minors: rules.minors,
        own_words: affiant_report::own_words(),
        home_address: rules.home_address,
    };
    let spellings = |subject: usize, identifier: usize| {
        let subject = case.subjects.get(subject);
        let identifier = subject.and_then(|subject| subject.identifiers.get(identifier));
        identifier.map(texts).unwrap_or_default()
    };
    let mut key = KeyBuilder::new(case, settings, &material.labels, &spellings);
    for t in &material.transmittals {
        let known = t.subject.as_deref().zip(t.identifier.as_deref());
        let known = known.map(|(subject, identifier)| Known {
            subject,
            identifier,
        });
        key.observed(&t.datum, &t.value, known, &t.transmittal.to_string());
    }
    for found in material.summaries.patterns() {
        if !found.masked {
            let place = format!("{}, exchange {}, shape only", found.exhibit, found.exchange);
            key.observed(&found.datum, &found.value, None, &place);
        }
    }
    let certificates = &material.analysed.summary.certificates;
    for one in free_text::quoted(certificates, &material.defects, &material.contradictions) {
        key.observed(one.datum, &one.value, None, &one.place);
    }
    key.finish()
}

/// Makes the public versions, hands each to `sink`, and searches it for what it must not
/// hold.
///
/// # Errors
///
/// Where one of them holds a value: none of what `sink` took may then be kept.
pub(crate) fn public_versions(
    material: &Material,
    key: &Key,
    stage: &Stage,
    sink: &mut Sink<'_>,
) -> Result<(), CliError> {
    let redactor = Redactor::new(key)?;
    let without = without(material, &redactor)?;
    let log = Mutex::new(Vec::new());
    let public = Public {
        redactor: &redactor,
        log: &log,
    };
    let redaction = Redaction {
        key,
        version: Version::Public(public),
    };
    let (check, free) = (Check::new(key)?, FreeTexts::of(material)?);
    let (mut left, mut shaped) = (Vec::new(), Vec::new());
    let mut searched = |name: &str, bytes: &[u8]| {
        let layers = take_apart(bytes);
        left.extend(check.layers(name, &layers));
        let texts = layers.readable();
        shaped.extend(texts.iter().flat_map(|text| free.find(name, text)));
        sink(name, bytes)
    };
    let book = Book::default();
    documents(&without, None, &book, Some(redaction), stage, &mut searched)?;
    let mut rows = log.lock().unwrap_or_else(PoisonError::into_inner).clone();
    rows.extend(key.unsearched_rows());
    searched(&format!("{PUBLIC}{LOG}"), &table(&rows)?)?;
    if !left.is_empty() {
        return Err(refused(
            "what is to be taken out",
            left,
            "these texts are words of the program or of the case file itself: change them in the case file, or leave the kind of datum open under [redaction]",
        ));
    }
    if !shaped.is_empty() {
        return Err(refused(
            "texts that have the shape of personal data and that no table knows",
            shaped,
            "find them in the tables or in the case file: close the kind of datum that holds them under [redaction], list them as identifiers of a data subject, or, where they are nobody's, name them under `allowed` of [redaction]",
        ));
    }
    Ok(())
}

/// Nothing is written; the message says where what stands, and never the text.
fn refused(what: &str, mut found: Vec<String>, remedy: &str) -> CliError {
    let more = found.len().saturating_sub(NAMED);
    found.truncate(NAMED);
    if more > 0 {
        found.push(format!("and {more} more"));
    }
    CliError::verification(format!(
        "public versions would still hold {what}, and nothing was written:\n  {}\n{remedy}",
        found.join("\n  ")
    ))
}

/// Everything of a file in which a value could stand; of a table, the table.
fn take_apart(bytes: &[u8]) -> TextLayers {
    if bytes.starts_with(b"%PDF-") {
        return affiant_report::text_layers(bytes);
    }
    TextLayers {
        layers: vec![bytes.to_vec()],
        places: vec!["attached file".to_owned()],
        ..TextLayers::default()
    }
}

/// What the documents are made from, without the values.
fn without(material: &Material, redactor: &Redactor<'_>) -> Result<Material, CliError> {
    let tables = material.tables.iter();
    let open = tables.filter(|table| !SEALED_TABLES.contains(&table.name.as_str()));
    let tables = open
        .map(|table| {
            let quotes = QUOTING_TABLES.contains(&table.name.as_str());
            let bytes = match quotes {
                true => redactor.csv(&table_of_hosts(&table.bytes)?)?,
                false => redactor.csv(&table.bytes)?,
            };
            Ok(Attachment {
                bytes: bytes.into(),
                description: format!("{}, without the values taken out", table.description),
                ..table.clone()
            })
        })
        .collect::<Result<_, CliError>>()?;
    let mut case = material.case.clone();
    let mut contradictions = material.contradictions.clone();
    for side in contradictions.iter_mut().flat_map(|one| &mut one.sides) {
        side.text = host_only(&side.text).into_owned();
    }
    // What the case says of redaction is not for the public: it names minors.
    case.redaction = None;
    // Nor how private persons are reached.
    case.handlers.clear();
    Ok(Material {
        case: redactor.row(&case)?,
        exhibits: redactor.rows(&material.exhibits)?,
        analysed: Analysed {
            ledger: redactor.rows(&material.analysed.ledger)?,
            summary: redactor.row(&material.analysed.summary)?,
            ..material.analysed.clone()
        },
        transmittals: redactor.rows(&material.transmittals)?,
        defects: redactor.rows(&material.defects)?,
        recipients: redactor.rows(&material.recipients)?,
        contacts: redactor.rows(&material.contacts)?,
        accesses: redactor.rows(&material.accesses)?,
        records: redactor.rows(&material.records)?,
        consent: redactor.rows(&material.consent)?,
        consent_timeline: redactor.rows(&material.consent_timeline)?,
        contradictions: redactor.rows(&contradictions)?,
        summaries: material.summaries.without(redactor)?,
        tables,
        labels: material.labels.clone(),
        regional: material.regional.clone(),
        names: material.names.clone(),
    })
}

fn table(rows: &[LogRow]) -> Result<Vec<u8>, CliError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row).map_err(CliError::internal)?;
    }
    writer.into_inner().map_err(CliError::internal)
}

/// The search for values in what was made.
pub(crate) struct Check<'k> {
    key: &'k Key,
    search: Search,
    words: Words,
    /// Of all values, and once more of those of the case file, which are fewer and
    /// are looked for under more compositions of hash functions.
    digests: [Digests; 2],
    /// The values that are long enough to be searched for themselves.
    telling: BTreeSet<usize>,
}

impl<'k> Check<'k> {
    pub(crate) fn new(key: &'k Key) -> Result<Self, CliError> {
        let listed = key.texts().filter(|(index, _)| key.is_listed(*index));
        Ok(Self {
            key,
            search: Search::new(key)?,
            words: Words::new(key)?,
            digests: [Digests::new(key.texts()), Digests::new(listed)],
            telling: key.sought().map(|(entry, _)| entry).collect(),
        })
    }

    /// What a file still holds, each in words: the file, the place in it, the kind
    /// and the pseudonym, never the value.
    pub(crate) fn layers(&self, name: &str, found: &TextLayers) -> Vec<String> {
        let mut left: Vec<String> = found
            .unread
            .iter()
            .map(|why| format!("{name}: cannot be searched wholly: {why}"))
            .collect();
        for (place, layer) in found.places.iter().zip(&found.layers) {
            for words in self.layer(name, place, layer) {
                if !left.contains(&words) {
                    left.push(words);
                }
            }
        }
        for text in found.readable() {
            let words = self.words.find(text.text, text.attached).into_iter();
            left.extend(words.filter_map(|s| self.said(name, text.place, s.entry, s.form)));
        }
        left
    }

    fn said(&self, name: &str, place: &str, entry: usize, form: &str) -> Option<String> {
        let entry = self.key.entries().get(entry)?;
        let (label, pseudonym) = (&entry.label, &entry.pseudonym);
        Some(format!("{name}, {place}: {label} {pseudonym}, {form}"))
    }

    fn layer(&self, name: &str, place: &str, layer: &[u8]) -> Vec<String> {
        let words = |entry: usize, form: &str| self.said(name, place, entry, form);
        let texts = self.search.find(layer).into_iter();
        let mut left: Vec<String> = texts
            .filter_map(|sighting| words(sighting.entry, sighting.form))
            .collect();
        for digests in &self.digests {
            // SHA-256 of the hexadecimal digits of `0` is that of the number 30, which may stand.
            let hits = digests
                .find(layer)
                .into_iter()
                .filter(|(entry, form, _)| self.telling.contains(entry) || !form.contains(" of "));
            left.extend(hits.filter_map(|(entry, form, _)| words(entry, &format!("as {form}"))));
        }
        left
    }
}

#[cfg(test)]
#[path = "redaction_tests.rs"]
mod tests;
