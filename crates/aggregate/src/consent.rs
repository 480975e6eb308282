use affiant_model::ConsentSignal;

use crate::Error;
use crate::frame::{Cells, Column, Row};

/// The table of signals of consent, which a case has only where a request carried one.
impl Row for ConsentSignal {
    const TABLE: &'static str = "consent";

    fn columns() -> Vec<Column<Self>> {
        let [offset, length] = Column::span(|row: &Self| Some(row.span));
        vec![
            Column::new("exhibit", |row: &Self| &row.exhibit),
            Column::new("exchange", |row: &Self| &row.exchange),
            Column::new("time", |row: &Self| &row.time),
            Column::new("host", |row: &Self| &row.host),
            Column::new("recipient", |row: &Self| &row.recipient),
            Column::new("party", |row: &Self| &row.party),
            Column::new("signal", |row: &Self| &row.signal),
            Column::new("name", |row: &Self| &row.name),
            Column::new("says", |row: &Self| &row.says),
            Column::new("place", |row: &Self| &row.place),
            Column::new("locator", |row: &Self| &row.locator),
            offset,
            length,
            Column::new("value", |row: &Self| &row.value),
            Column::new("phase", |row: &Self| &row.phase),
            Column::new("run", |row: &Self| &row.run),
        ]
    }

    fn read(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            exhibit: cells.get("exhibit")?,
            exchange: cells.get("exchange")?,
            time: cells.get("time")?,
            host: cells.get("host")?,
            recipient: cells.get("recipient")?,
            party: cells.get("party")?,
            signal: cells.get("signal")?,
            name: cells.get("name")?,
            says: cells.get("says")?,
            place: cells.get("place")?,
            locator: cells.get("locator")?,
            span: cells.span()?,
            value: cells.get("value")?,
            phase: cells.get("phase")?,
            run: cells.get("run")?,
        })
    }
}
