use affiant_model::RecordFinding;

use crate::Error;
use crate::frame::{Cells, Column, Row};

/// The table of recipients' own records, which a case has only where an exhibit holds some.
impl Row for RecordFinding {
    const TABLE: &'static str = "records";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("exhibit", |row: &Self| &row.exhibit),
            Column::new("record", |row: &Self| &row.record),
            Column::new("time", |row: &Self| &row.time),
            Column::new("recipient", |row: &Self| &row.recipient),
            Column::new("app", |row: &Self| &row.app),
            Column::new("event", |row: &Self| &row.event),
            Column::new("finding", |row: &Self| &row.finding),
            Column::new("matched_exhibit", |row: &Self| &row.matched_exhibit),
            Column::new("matched_exchange", |row: &Self| &row.matched_exchange),
            Column::new("milliseconds_apart", |row: &Self| &row.milliseconds_apart),
            Column::new("request_event", |row: &Self| &row.request_event),
            Column::new("capture_reach", |row: &Self| &row.capture_reach),
            Column::new("candidates", |row: &Self| &row.candidates),
        ]
    }

    fn read(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            exhibit: cells.get("exhibit")?,
            record: cells.get("record")?,
            time: cells.get("time")?,
            recipient: cells.get("recipient")?,
            app: cells.get("app")?,
            event: cells.get("event")?,
            finding: cells.get("finding")?,
            matched_exhibit: cells.get("matched_exhibit")?,
            matched_exchange: cells.get("matched_exchange")?,
            milliseconds_apart: cells.get("milliseconds_apart")?,
            request_event: cells.get("request_event")?,
            capture_reach: cells.get("capture_reach")?,
            candidates: cells.get("candidates")?,
        })
    }
}
