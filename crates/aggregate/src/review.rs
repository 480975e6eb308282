//! The gap review, the evidence matrix, patterns and contexts as tables.

use affiant_model::{ContextFinding, DifferentialFinding, ElementRow, Gap, PatternFinding};

use crate::Error;
use crate::frame::{Cells, Column, Row, columns_are_fields};

columns_are_fields!(
    DifferentialFinding,
    "differential",
    [
        recipient, parent, party, host, place, field, devices, exchanges, fewest, values, known_as,
        also_at,
    ]
);

columns_are_fields!(
    Gap,
    "gaps",
    [
        recipient,
        parent,
        domains,
        party,
        datum,
        category,
        notice,
        exhibit,
        in_force,
        first_day,
        last_day,
        transmittals,
        undated,
        judgement,
        rule,
        passages,
        others,
        remarks,
        overridden,
    ]
);

columns_are_fields!(
    ElementRow,
    "matrix",
    [
        claim,
        title,
        citation,
        edition,
        element,
        element_citation,
        reading,
        asked,
        says,
        rows,
        answer,
        silent,
    ]
);

impl Row for PatternFinding {
    const TABLE: &'static str = "patterns";

    fn columns() -> Vec<Column<Self>> {
        let mut columns = vec![
            Column::new("exhibit", |row: &Self| &row.exhibit),
            Column::new("exchange", |row: &Self| &row.exchange),
            Column::new("time", |row: &Self| &row.time),
            Column::new("host", |row: &Self| &row.host),
            Column::new("domain", |row: &Self| &row.domain),
            Column::new("recipient", |row: &Self| &row.recipient),
            Column::new("parent", |row: &Self| &row.parent),
            Column::new("party", |row: &Self| &row.party),
            Column::new("category", |row: &Self| &row.category),
            Column::new("datum", |row: &Self| &row.datum),
            Column::new("rule", |row: &Self| &row.rule),
            Column::new("check", |row: &Self| &row.check),
            Column::new("name", |row: &Self| &row.name),
            Column::new("reach", |row: &Self| &row.reach),
            Column::new("place", |row: &Self| &row.place),
            Column::new("locator", |row: &Self| &row.locator),
        ];
        columns.extend(Column::span(|row: &Self| Some(row.span)));
        columns.extend([
            Column::new("value", |row: &Self| &row.value),
            Column::new("masked", |row: &Self| &row.masked),
            Column::new("value_sha256", |row: &Self| &row.value_sha256),
            Column::new("status", |row: &Self| &row.status),
            Column::new("phase", |row: &Self| &row.phase),
            Column::new("run", |row: &Self| &row.run),
            Column::new("device", |row: &Self| &row.device),
            Column::new("app", |row: &Self| &row.app),
            Column::new("app_version", |row: &Self| &row.app_version),
            Column::new("source", |row: &Self| &row.source),
            Column::new("nature", |row: &Self| &row.nature),
        ]);
        columns
    }

    fn read(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            exhibit: cells.get("exhibit")?,
            exchange: cells.get("exchange")?,
            time: cells.get("time")?,
            host: cells.get("host")?,
            domain: cells.get("domain")?,
            recipient: cells.get("recipient")?,
            parent: cells.get("parent")?,
            party: cells.get("party")?,
            category: cells.get("category")?,
            datum: cells.get("datum")?,
            rule: cells.get("rule")?,
            check: cells.get("check")?,
            name: cells.get("name")?,
            reach: cells.get("reach")?,
            place: cells.get("place")?,
            locator: cells.get("locator")?,
            span: cells.span()?,
            value: cells.get("value")?,
            masked: cells.get("masked")?,
            value_sha256: cells.get("value_sha256")?,
            status: cells.get("status")?,
            phase: cells.get("phase")?,
            run: cells.get("run")?,
            device: cells.get("device")?,
            app: cells.get("app")?,
            app_version: cells.get("app_version")?,
            source: cells.get("source")?,
            nature: cells.get("nature")?,
        })
    }
}

impl Row for ContextFinding {
    const TABLE: &'static str = "contexts";

    fn columns() -> Vec<Column<Self>> {
        let mut columns = vec![
            Column::new("exhibit", |row: &Self| &row.exhibit),
            Column::new("exchange", |row: &Self| &row.exchange),
            Column::new("time", |row: &Self| &row.time),
            Column::new("host", |row: &Self| &row.host),
            Column::new("recipient", |row: &Self| &row.recipient),
            Column::new("party", |row: &Self| &row.party),
            Column::new("context", |row: &Self| &row.context),
            Column::new("basis", |row: &Self| &row.basis),
            Column::new("datum", |row: &Self| &row.datum),
            Column::new("place", |row: &Self| &row.place),
            Column::new("locator", |row: &Self| &row.locator),
        ];
        columns.extend(Column::span(|row: &Self| Some(row.span)));
        columns.extend([
            Column::new("value", |row: &Self| &row.value),
            Column::new("matched", |row: &Self| &row.matched),
            Column::new("rule", |row: &Self| &row.rule),
            Column::new("source", |row: &Self| &row.source),
            Column::new("with", |row: &Self| &row.with),
        ]);
        columns
    }

    fn read(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            exhibit: cells.get("exhibit")?,
            exchange: cells.get("exchange")?,
            time: cells.get("time")?,
            host: cells.get("host")?,
            recipient: cells.get("recipient")?,
            party: cells.get("party")?,
            context: cells.get("context")?,
            basis: cells.get("basis")?,
            datum: cells.get("datum")?,
            place: cells.get("place")?,
            locator: cells.get("locator")?,
            span: cells.span()?,
            value: cells.get("value")?,
            matched: cells.get("matched")?,
            rule: cells.get("rule")?,
            source: cells.get("source")?,
            with: cells.get("with")?,
        })
    }
}
