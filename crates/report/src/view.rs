//! The data of each document, as its template reads it.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Action, CustodyEvent, Exhibit, Reach, Transmittal};
use serde_json::{Map, Value, json};

use crate::consent;
use crate::counts::{self, Counts, is_asserted};
use crate::form::{form_of, matter_before};
use crate::printable::{VALUE_CHARS, sanitise};
use crate::rules::RULES;
use crate::{
    Attachment, Document, Error, PrintedName, ReportInput, flow, history, schedule, statements,
};

/// Rows of one table that are printed; the others are in the attached files.
pub(crate) const PRINTED_ROWS: usize = 5_000;

/// The printed name of a kind of datum.
pub(crate) fn label(labels: &BTreeMap<String, String>, datum: &str) -> String {
    let plain = || datum.replace('_', " ");
    labels.get(datum).cloned().unwrap_or_else(plain)
}

/// The data of `expert-report.typ`, as JSON.
pub(crate) fn expert_report(input: &ReportInput<'_>) -> Result<Vec<u8>, Error> {
    let mut data = common(input, Document::ExpertReport)?;
    let sources = sources(input.transmittals);
    let printed = input.transmittals.iter().filter(is_asserted);
    let transmittals = printed
        .take(PRINTED_ROWS)
        .map(|t| transmittal(input, t, &sources))
        .collect::<Result<Vec<_>, Error>>()?;
    let defects: Vec<_> = input.defects.iter().take(PRINTED_ROWS).collect();
    let withheld: Vec<Value> = input
        .withheld
        .iter()
        .map(|w| {
            let label = label(input.labels, &w.datum);
            json!({ "reason": w.reason, "label": label, "count": w.count })
        })
        .collect();
    data.insert("counts".into(), serde_json::to_value(Counts::of(input)?)?);
    data.insert(
        "by_phase".into(),
        serde_json::to_value(counts::by_phase(input))?,
    );
    data.insert(
        "by_recipient".into(),
        serde_json::to_value(counts::by_recipient(input))?,
    );
    data.insert("recipients".into(), recipients(input)?);
    data.insert("contacts".into(), contacts(input)?);
    data.insert("accesses".into(), beginning(input.accesses)?);
    if let Some(summary) = input.records_summary {
        let mut records = beginning(input.records)?;
        records["summary"] = serde_json::to_value(summary)?;
        data.insert("records".into(), records);
    }
    data.insert(
        "consent".into(),
        serde_json::to_value(consent::groups(input))?,
    );
    data.insert("aliases".into(), beginning(input.aliases)?);
    data.insert("certificates".into(), beginning(input.certificates)?);
    data.insert("contradictions".into(), beginning(input.contradictions)?);
    let repeats = input.summaries.iter().map(|s| u64::from(s.repeats));
    data.insert("repeats".into(), repeats.sum::<u64>().into());
    data.insert("transmittals".into(), transmittals.into());
    data.insert("defects".into(), serde_json::to_value(defects)?);
    data.insert("withheld".into(), withheld.into());
    data.insert("statements".into(), statements::groups(input).into());
    data.insert("matrix".into(), statements::matrix(input).into());
    data.insert("sources".into(), serde_json::to_value(sources)?);
    data.insert("flow".into(), serde_json::to_value(flow::flow(input))?);
    let attached = attachments(input, input.tables);
    data.insert("tables".into(), tables(&attached).into());
    data.insert("value_chars".into(), VALUE_CHARS.into());
    if let Some(worked) = input.worked {
        let mut worked_data = serde_json::to_value(worked)?;
        worked_data["label"] = label(input.labels, &worked.datum).into();
        data.insert("worked".into(), worked_data);
    }
    finish(data)
}

/// The data of `certification-902.typ`, as JSON, and the files that are attached to it.
pub(crate) fn certification_902(
    input: &ReportInput<'_>,
) -> Result<(Vec<u8>, Vec<Attachment>), Error> {
    let mut data = common(input, Document::Certification902)?;
    data.insert("history".into(), history::history(input.ledger)?);
    let members = [
        "exhibits",
        "devices",
        "history",
        "events",
        "ledger_root",
        "ledger_head",
    ];
    let attached = schedule::attached(input, &mut data, &members)?;
    Ok((finish(data)?, attached))
}

/// The data of `custody-log.typ`, as JSON.
pub(crate) fn custody_log(input: &ReportInput<'_>) -> Result<Vec<u8>, Error> {
    let mut data = common(input, Document::CustodyLog)?;
    data.insert("ledger".into(), serde_json::to_value(input.ledger)?);
    data.insert("history".into(), history::history(input.ledger)?);
    let handlers = history::handlers(input.ledger, input.case);
    data.insert("handlers".into(), handlers.into());
    data.insert("tables".into(), tables(&attachments(input, &[])).into());
    finish(data)
}

/// The files attached to a document: `tables`, and the ledger that every
/// document rests on.
pub(crate) fn attachments(input: &ReportInput<'_>, tables: &[Attachment]) -> Vec<Attachment> {
    let mut all = tables.to_vec();
    all.push(Attachment {
        name: "ledger.jsonl".to_owned(),
        bytes: input.ledger_text.into(),
        mime: "application/jsonl".to_owned(),
        description: "the custody ledger up to the analysis, one event a line".to_owned(),
    });
    all
}

pub(crate) fn finish(data: Map<String, Value>) -> Result<Vec<u8>, Error> {
    let mut data = Value::Object(data);
    // Of a public version the values are taken out first: where a text is cut, a
    // digest of the whole is stated.
    if data["redaction"].is_null() {
        sanitise("", &mut data);
    }
    Ok(serde_json::to_vec(&data)?)
}

/// What every document has: the matter, the exhibits, the program, the rules.
pub(crate) fn common(
    input: &ReportInput<'_>,
    document: Document,
) -> Result<Map<String, Value>, Error> {
    let exhibits = input
        .exhibits
        .iter()
        .map(|e| exhibit(input, e))
        .collect::<Result<Vec<_>, Error>>()?;
    let signatory = input
        .case
        .signatories
        .iter()
        .find(|s| s.document == document.name());
    let rules = rules()?;
    let (matter, elsewhere) = matter_before(input.case, document.forum());
    let data = json!({
        "document": document.name(),
        "redaction": input.redaction.and_then(|r| r.public().map(|_| json!({ "public": true }))),
        "legend": input.case.legend,
        "matter": matter,
        "elsewhere": elsewhere,
        "parties": input.case.parties,
        "first_party": input.case.first_party,
        "devices": input.case.devices,
        "phases": input.case.phases,
        "subjects": input.case.subjects.iter().map(|s| json!({
            "name": s.name,
            "description": s.description,
            "identifiers": s.identifiers.iter().map(|i| json!({
                "name": i.name,
                "label": label(input.labels, i.kind.as_str()),
                "value": i.value,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "signatory": signatory,
        "paper": document.paper(input.case),
        "form": form_of(input.case, document.forum()),
        "is_paper": document.is_paper(),
        "counsel": input.case.counsel,
        "copy": input.copy.data(input, document),
        "lang": document.language().tag(),
        "region": document.region(),
        "program": input.program,
        "datasets": input.datasets,
        "names": names(input),
        "hashing": input.hashing,
        "as_of": input.as_of,
        "as_of_clock": input.ledger.last().map(|event| &event.clock),
        "case_file": input.ledger.last().and_then(|event| {
            event.objects.iter().find(|object| object.path == "case.toml")
        }),
        "as_of_long": input.as_of.format("%-d %B %Y").to_string(),
        "exhibits": exhibits,
        "events": input.ledger.len(),
        "ledger_head": input.ledger_head,
        "ledger_root": input.ledger_root,
        "rules": rules,
    });
    match data {
        Value::Object(map) => Ok(map),
        _ => Ok(Map::new()),
    }
}

/// The rules, by key.
pub(crate) fn rules() -> Result<Map<String, Value>, Error> {
    RULES
        .iter()
        .map(|rule| Ok((rule.key.to_owned(), serde_json::to_value(rule)?)))
        .collect()
}

/// An exhibit with what it gave and the digests that were taken of it.
fn exhibit(input: &ReportInput<'_>, exhibit: &Exhibit) -> Result<Value, Error> {
    let summary = input.summaries.iter().find(|s| s.exhibit == exhibit.id);
    let intake = input.ledger.iter().find(|e| acquires(e, exhibit));
    let at_intake = intake
        .and_then(|e| e.objects.iter().find(|o| o.exhibit == Some(exhibit.id)))
        .map(|o| o.sha256);
    let recomputed = input.recomputed.get(&exhibit.id);
    let defects = input.defects.iter().filter(|d| d.exhibit == exhibit.id);
    let mut data = serde_json::to_value(exhibit)?;
    data["summary"] = serde_json::to_value(summary)?;
    data["intake"] = json!({
        "seq": intake.map(|e| e.seq),
        "by": intake.map(|e| &e.actor.name),
        "sha256": at_intake,
        "time": intake.map(|e| e.time),
        "clock": intake.map(|e| &e.clock),
        "clock_offset": intake.and_then(|e| e.clock_offset.as_ref()),
        "authority": intake.and_then(|e| e.authority.as_ref()),
        "machine": intake.and_then(|e| e.machine.as_ref()),
    });
    data["deleted"] = serde_json::to_value(history::deletion(input.ledger, exhibit.id))?;
    data["recomputed"] = json!(recomputed);
    data["equal"] =
        json!(recomputed.map(|digest| Some(*digest) == at_intake && *digest == exhibit.sha256));
    data["defects"] = json!(defects.count());
    Ok(data)
}

fn acquires(event: &CustodyEvent, exhibit: &Exhibit) -> bool {
    event.action == Action::Acquire && event.objects.iter().any(|o| o.exhibit == Some(exhibit.id))
}

/// The different citations of documented fields, in order of first use.
fn sources(transmittals: &[Transmittal]) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    transmittals
        .iter()
        .filter(is_asserted)
        .take(PRINTED_ROWS)
        .filter_map(|t| t.source.as_deref())
        .filter(|source| seen.insert(*source))
        .collect()
}

fn transmittal(
    input: &ReportInput<'_>,
    transmittal: &Transmittal,
    sources: &[&str],
) -> Result<Value, Error> {
    let source = transmittal.source.as_deref();
    let mut data = serde_json::to_value(transmittal)?;
    data["label"] = label(input.labels, &transmittal.datum).into();
    data["source_number"] = json!(
        source
            .and_then(|source| sources.iter().position(|s| *s == source))
            .map(|n| n + 1)
    );
    Ok(data)
}

/// The hosts of third parties, as many as are printed, and how many there are.
fn contacts(input: &ReportInput<'_>) -> Result<Value, Error> {
    let third = input.contacts.iter();
    let third: Vec<_> = third
        .filter(|contact| contact.party == affiant_model::PartyKind::Third)
        .collect();
    let mut data = beginning(&third)?;
    data["first_party_hosts"] = (input.contacts.len() - third.len()).into();
    Ok(data)
}

/// The rows of a table, as many as are printed, and how many there are.
pub(crate) fn beginning<R: serde::Serialize>(rows: &[R]) -> Result<Value, Error> {
    let shown = &rows[..rows.len().min(PRINTED_ROWS)];
    Ok(json!({ "rows": serde_json::to_value(shown)?, "total": rows.len() }))
}

/// The recipient summaries in groups, one for each recipient, third parties first.
fn recipients(input: &ReportInput<'_>) -> Result<Value, Error> {
    let mut sent: BTreeMap<_, u64> = BTreeMap::new();
    for t in input.transmittals.iter().filter(|t| t.reach == Reach::Sent) {
        *sent
            .entry((&t.recipient, t.party, &t.datum, &t.phase))
            .or_default() += 1;
    }
    let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
    let mut rows: Vec<_> = input.recipients.iter().collect();
    rows.sort_by_key(|row| row.party == affiant_model::PartyKind::First);
    for row in rows {
        let head = json!({
            "recipient": row.recipient,
            "parent": row.parent,
            "party": row.party,
            "domains": row.domains,
        });
        let mut data = serde_json::to_value(row)?;
        let key = (&row.recipient, row.party, &row.datum, &row.phase);
        data["label"] = label(input.labels, &row.datum).into();
        data["sent"] = sent.get(&key).copied().unwrap_or(0).into();
        match groups
            .iter_mut()
            .find(|(h, _)| h["recipient"] == head["recipient"] && h["party"] == head["party"])
        {
            Some((_, rows)) => rows.push(data),
            None => groups.push((head, vec![data])),
        }
    }
    let merged = groups.into_iter().map(|(mut head, rows)| {
        head["rows"] = rows.into();
        head
    });
    Ok(merged.collect())
}

/// Organisations that are printed under another name than the tables have.
fn names(input: &ReportInput<'_>) -> Vec<Value> {
    let name = |name: &PrintedName| {
        json!({
            "listed": name.listed,
            "printed": name.printed,
            "former": name.former,
            "organisation": name.organisation,
            "since": name.since.format("%-d %B %Y").to_string(),
            "since_day": name.since.to_string(),
            "source": name.source,
        })
    };
    input.names.iter().map(name).collect()
}

/// The attached files, each named with its size and digest.
pub(crate) fn tables(attachments: &[Attachment]) -> Vec<Value> {
    let table = |(n, table): (usize, &Attachment)| {
        json!({
            "file": format!("attachment-{n}"),
            "name": table.name,
            "mime": table.mime,
            "description": table.description,
            "bytes": table.bytes.len(),
            "sha256": affiant_model::Digest::of(&table.bytes),
        })
    };
    attachments.iter().enumerate().map(table).collect()
}

#[cfg(test)]
#[allow(dead_code, reason = "the tests of the documents use the rest of it")]
#[path = "../tests/report/fixture/mod.rs"]
pub(crate) mod fixture;

#[cfg(test)]
mod tests {
    use super::fixture::Fixture;
    use super::*;

    fn data(fixture: &Fixture) -> Value {
        serde_json::from_slice(&expert_report(&fixture.input()).unwrap()).unwrap()
    }

    #[test]
    fn rows_beyond_the_printed_ones_are_still_counted() {
        let mut fixture = Fixture::sample();
        let third = fixture.transmittals[0].clone();
        fixture.set_transmittals(vec![third; PRINTED_ROWS + 7]);
        let data = data(&fixture);
        assert_eq!(data["transmittals"].as_array().unwrap().len(), PRINTED_ROWS);
        assert_eq!(data["counts"]["all"]["transmittals"], PRINTED_ROWS + 7);
        assert_eq!(data["flow"]["transmittals"], PRINTED_ROWS + 7);
    }

    #[test]
    fn a_pattern_is_counted_apart_and_printed_nowhere_else() {
        let mut fixture = Fixture::sample();
        let before = data(&fixture);
        fixture.transmittals[0].basis = affiant_model::Basis::Pattern;
        let after = data(&fixture);
        let count = |data: &Value| data["counts"]["third"]["transmittals"].as_u64().unwrap();
        assert_eq!(count(&after), count(&before) - 1);
        assert_eq!(after["counts"]["patterns"], 1);
        assert_eq!(after["transmittals"][0]["transmittal"], "T-000002");
    }

    #[test]
    fn each_column_of_the_flow_figure_adds_up() {
        let data = data(&Fixture::sample());
        let third = &data["counts"]["third"];
        let of = |count: &str| third[count].as_u64().unwrap();
        let sent = of("transmittals") - of("attempted") - of("contacted");
        for column in data["flow"]["columns"].as_array().unwrap() {
            let bars = column.as_array().unwrap();
            let sum: u64 = bars
                .iter()
                .map(|b| b["transmittals"].as_u64().unwrap())
                .sum();
            assert_eq!(sent, sum);
            let last = bars.last().unwrap();
            let end = last["top"].as_f64().unwrap() + last["height"].as_f64().unwrap();
            assert!(end <= 1.0 + 1e-9, "a bar leaves the figure: {end}");
        }
    }

    #[test]
    fn a_digest_is_called_equal_only_where_it_was_recomputed_and_agrees() {
        let mut fixture = Fixture::sample();
        let first = fixture.exhibits[0].id;
        let second = fixture.exhibits[1].id;
        fixture.recomputed.remove(&first);
        fixture
            .recomputed
            .insert(second, affiant_model::Digest::of(b"another file"));
        let data: Value =
            serde_json::from_slice(&certification_902(&fixture.input()).unwrap().0).unwrap();
        assert_eq!(data["exhibits"][0]["equal"], Value::Null);
        assert_eq!(data["exhibits"][1]["equal"], false);
        assert_eq!(data["exhibits"][2]["equal"], true);
    }
}
