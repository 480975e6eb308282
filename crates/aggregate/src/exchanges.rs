use affiant_model::ExchangeRow;

use crate::Error;
use crate::frame::{Cells, Column, Row};

impl Row for ExchangeRow {
    const TABLE: &'static str = "exchanges";

    fn columns() -> Vec<Column<Self>> {
        let [offset, length] = Column::span(|row: &Self| Some(row.span));
        vec![
            Column::new("exhibit", |row: &Self| &row.exhibit),
            Column::new("exchange", |row: &Self| &row.exchange),
            Column::new("time", |row: &Self| &row.time),
            Column::new("method", |row: &Self| &row.method),
            Column::new("host", |row: &Self| &row.host),
            Column::new("domain", |row: &Self| &row.domain),
            Column::new("recipient", |row: &Self| &row.recipient),
            Column::new("parent", |row: &Self| &row.parent),
            Column::new("party", |row: &Self| &row.party),
            Column::new("url", |row: &Self| &row.url),
            Column::new("status", |row: &Self| &row.status),
            Column::new("reach", |row: &Self| &row.reach),
            Column::new("request_body_bytes", |row: &Self| &row.request_body_bytes),
            offset,
            length,
            Column::new("phase", |row: &Self| &row.phase),
            Column::new("run", |row: &Self| &row.run),
            Column::new("device", |row: &Self| &row.device),
            Column::new("app", |row: &Self| &row.app),
            Column::new("app_version", |row: &Self| &row.app_version),
            Column::new("transmittals", |row: &Self| &row.transmittals),
            Column::new("endpoint", |row: &Self| &row.endpoint),
        ]
    }

    fn read(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            exhibit: cells.get("exhibit")?,
            exchange: cells.get("exchange")?,
            time: cells.get("time")?,
            method: cells.get("method")?,
            host: cells.get("host")?,
            domain: cells.get("domain")?,
            recipient: cells.get("recipient")?,
            parent: cells.get("parent")?,
            party: cells.get("party")?,
            url: cells.get("url")?,
            status: cells.get("status")?,
            reach: cells.get("reach")?,
            request_body_bytes: cells.get("request_body_bytes")?,
            span: cells.span()?,
            phase: cells.get("phase")?,
            run: cells.get("run")?,
            device: cells.get("device")?,
            app: cells.get("app")?,
            app_version: cells.get("app_version")?,
            transmittals: cells.get("transmittals")?,
            endpoint: cells.get("endpoint")?,
        })
    }
}
