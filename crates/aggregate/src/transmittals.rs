use affiant_model::Transmittal;

use crate::Error;
use crate::frame::{Cells, Column, Row};

/// The stable contract of `tables/transmittals`: other programs rely on names,
/// order and types of these columns.
impl Row for Transmittal {
    const TABLE: &'static str = "transmittals";

    fn columns() -> Vec<Column<Self>> {
        let [offset, length] = Column::span(|row: &Self| Some(row.span));
        vec![
            Column::new("transmittal", |row: &Self| &row.transmittal),
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
            Column::new("identifier", |row: &Self| &row.identifier),
            Column::new("subject", |row: &Self| &row.subject),
            Column::new("basis", |row: &Self| &row.basis),
            Column::new("reach", |row: &Self| &row.reach),
            Column::new("form", |row: &Self| &row.form),
            Column::new("place", |row: &Self| &row.place),
            Column::new("locator", |row: &Self| &row.locator),
            offset,
            length,
            Column::new("value", |row: &Self| &row.value),
            Column::new("value_sha256", |row: &Self| &row.value_sha256),
            Column::new("status", |row: &Self| &row.status),
            Column::new("phase", |row: &Self| &row.phase),
            Column::new("run", |row: &Self| &row.run),
            Column::new("device", |row: &Self| &row.device),
            Column::new("app", |row: &Self| &row.app),
            Column::new("app_version", |row: &Self| &row.app_version),
            Column::new("source", |row: &Self| &row.source),
            Column::new("nature", |row: &Self| &row.nature),
        ]
    }

    fn read(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            transmittal: cells.get("transmittal")?,
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
            identifier: cells.get("identifier")?,
            subject: cells.get("subject")?,
            basis: cells.get("basis")?,
            reach: cells.get("reach")?,
            form: cells.get("form")?,
            place: cells.get("place")?,
            locator: cells.get("locator")?,
            span: cells.span()?,
            value: cells.get("value")?,
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
