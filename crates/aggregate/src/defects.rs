use affiant_model::Defect;

use crate::Error;
use crate::frame::{Cells, Column, Row};

impl Row for Defect {
    const TABLE: &'static str = "defects";

    fn columns() -> Vec<Column<Self>> {
        let [offset, length] = Column::span(|row: &Self| row.span);
        vec![
            Column::new("exhibit", |row: &Self| &row.exhibit),
            Column::new("exchange", |row: &Self| &row.exchange),
            offset,
            length,
            Column::new("stage", |row: &Self| &row.stage),
            Column::new("message", |row: &Self| &row.message),
            Column::new("consequence", |row: &Self| &row.consequence),
        ]
    }

    fn read(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            exhibit: cells.get("exhibit")?,
            exchange: cells.get("exchange")?,
            span: cells.span_named(["offset", "length"])?,
            stage: cells.get("stage")?,
            message: cells.get("message")?,
            consequence: cells.get("consequence")?,
        })
    }
}
