//! The statements of the case file beside what was found, item by item.

use std::collections::BTreeMap;

use affiant_model::{Statement, StatementFinding};
use serde_json::{Value, json};

use crate::ReportInput;
use crate::view::label;

/// Values printed for one statement; the others are counted.
const VALUES: usize = 6;

/// The statements in groups, one for each speaker and source, in the order of
/// the case file. Each keeps its number in that file: `S1`, `S2`.
pub(crate) fn groups(input: &ReportInput<'_>) -> Vec<Value> {
    let findings = by_statement(input);
    let mut groups: Vec<(&Statement, Vec<Value>)> = Vec::new();
    for (index, statement) in input.case.statements.iter().enumerate() {
        let row = row(input, index, statement, findings.get(&index).copied());
        let same = |(head, _): &&mut (&Statement, Vec<Value>)| {
            (&head.by, &head.date, &head.source)
                == (&statement.by, &statement.date, &statement.source)
        };
        match groups.iter_mut().find(same) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((statement, vec![row])),
        }
    }
    let group = |(head, rows): (&Statement, Vec<Value>)| json!({ "by": head.by, "date": head.date, "source": head.source, "items": rows });
    groups.into_iter().map(group).collect()
}

fn by_statement<'a>(input: &ReportInput<'a>) -> BTreeMap<usize, &'a StatementFinding> {
    input.statements.iter().map(|f| (f.statement, f)).collect()
}

fn row(
    input: &ReportInput<'_>,
    index: usize,
    statement: &Statement,
    finding: Option<&StatementFinding>,
) -> Value {
    let finding = finding.map(|f| {
        let values: Vec<Value> = f
            .values
            .iter()
            .take(VALUES)
            .map(|(value, count)| json!({ "value": value, "count": count }))
            .collect();
        json!({
            "runs": f.runs.len(),
            "observed_in": f.runs.iter().filter(|run| run.transmittals > 0).count(),
            "exchanges": f.runs.iter().map(|run| run.exchanges).sum::<u64>(),
            "transmittals": f.transmittals,
            "values": values,
            "values_total": f.values.len(),
            "examples": f.examples,
        })
    });
    json!({
        "number": format!("S{}", index + 1),
        "item": statement.item,
        "datum": statement.datum,
        "label": label(input.labels, &statement.datum),
        "recipient": statement.recipient,
        "remark": statement.remark,
        "finding": finding,
    })
}

/// For each exhibit, what it shows of each statement: transmittals, or `null`
/// where it holds no exchange with the statement's recipient.
pub(crate) fn matrix(input: &ReportInput<'_>) -> Vec<Value> {
    let findings = by_statement(input);
    let rows = input.exhibits.iter().map(|exhibit| {
        let cell = |index: usize| -> Option<u64> {
            let runs = &findings.get(&index)?.runs;
            let run = runs.iter().find(|run| run.exhibit == exhibit.id)?;
            (run.exchanges > 0 || run.transmittals > 0).then_some(run.transmittals)
        };
        let cells: Vec<Option<u64>> = (0..input.case.statements.len()).map(cell).collect();
        json!({
            "exhibit": exhibit.id,
            "run": exhibit.circumstances.run,
            "phase": exhibit.circumstances.phase,
            "device": exhibit.circumstances.device,
            "app_version": exhibit.circumstances.app_version,
            "cells": cells,
        })
    });
    rows.collect()
}
