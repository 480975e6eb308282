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
            Column::new("kind", |row: &Self| &row.kind),
            Column::new("detail", |row: &Self| &row.detail),
            Column::new("events", |row: &Self| &row.events),
            Column::new("time", |row: &Self| &row.time),
            Column::new("until", |row: &Self| &row.until),
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
            Column::new("unpacked", |row: &Self| &row.unpacked),
            Column::new("server_address", |row: &Self| &row.server_address),
            Column::new("client_address", |row: &Self| &row.client_address),
            Column::new("client_app", |row: &Self| &row.client_app),
            Column::new("client_device", |row: &Self| &row.client_device),
            Column::new("tls", |row: &Self| &row.tls),
            Column::new("ja4", |row: &Self| &row.ja4),
            Column::new("aliases", |row: &Self| &row.aliases),
            Column::new("phase", |row: &Self| &row.phase),
            Column::new("run", |row: &Self| &row.run),
            Column::new("device", |row: &Self| &row.device),
            Column::new("app", |row: &Self| &row.app),
            Column::new("app_version", |row: &Self| &row.app_version),
            Column::new("transmittals", |row: &Self| &row.transmittals),
            Column::new("endpoint", |row: &Self| &row.endpoint),
            Column::new("repeats", |row: &Self| &row.repeats),
        ]
    }

    fn read(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            exhibit: cells.get("exhibit")?,
            exchange: cells.get("exchange")?,
            kind: cells.get("kind")?,
            detail: cells.get("detail")?,
            events: cells.get("events")?,
            time: cells.get("time")?,
            until: cells.get("until")?,
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
            unpacked: cells.get("unpacked")?,
            server_address: cells.get("server_address")?,
            client_address: cells.get("client_address")?,
            client_app: cells.get("client_app")?,
            client_device: cells.get("client_device")?,
            tls: cells.get("tls")?,
            ja4: cells.get("ja4")?,
            aliases: cells.get("aliases")?,
            phase: cells.get("phase")?,
            run: cells.get("run")?,
            device: cells.get("device")?,
            app: cells.get("app")?,
            app_version: cells.get("app_version")?,
            transmittals: cells.get("transmittals")?,
            endpoint: cells.get("endpoint")?,
            repeats: cells.get("repeats")?,
        })
    }
}
