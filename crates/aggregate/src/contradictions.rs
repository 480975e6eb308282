use affiant_model::{Contradiction, Side, Span};

use crate::Error;
use crate::frame::{Cells, Column, Row};

/// Columns of a side: exhibit, exchange, offset, length, source, text.
const FIRST: [&str; 6] = [
    "first_exhibit",
    "first_exchange",
    "first_offset",
    "first_length",
    "first_source",
    "first_text",
];
const SECOND: [&str; 6] = [
    "second_exhibit",
    "second_exchange",
    "second_offset",
    "second_length",
    "second_source",
    "second_text",
];

impl Row for Contradiction {
    const TABLE: &'static str = "contradictions";

    fn columns() -> Vec<Column<Self>> {
        let mut columns = vec![
            Column::new("kind", |row: &Self| &row.kind),
            Column::new("entries", |row: &Self| &row.entries),
        ];
        columns.extend(side(FIRST, |row| &row.sides[0], |row| row.sides[0].span));
        columns.extend(side(SECOND, |row| &row.sides[1], |row| row.sides[1].span));
        columns.push(Column::new("consequence", |row: &Self| &row.consequence));
        columns
    }

    fn read(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            kind: cells.get("kind")?,
            entries: cells.get("entries")?,
            sides: [read_side(cells, FIRST)?, read_side(cells, SECOND)?],
            consequence: cells.get("consequence")?,
        })
    }
}

fn side(
    [exhibit, exchange, offset, length, source, text]: [&'static str; 6],
    side: fn(&Contradiction) -> &Side,
    span: fn(&Contradiction) -> Option<Span>,
) -> [Column<Contradiction>; 6] {
    let [at, of] = Column::span_named([offset, length], span);
    [
        Column::of(exhibit, move |row| &side(row).exhibit),
        Column::of(exchange, move |row| &side(row).exchange),
        at,
        of,
        Column::of(source, move |row| &side(row).source),
        Column::of(text, move |row| &side(row).text),
    ]
}

fn read_side(
    cells: &Cells<'_>,
    [exhibit, exchange, offset, length, source, text]: [&'static str; 6],
) -> Result<Side, Error> {
    Ok(Side {
        exhibit: cells.get(exhibit)?,
        exchange: cells.get(exchange)?,
        span: cells.span_named([offset, length])?,
        source: cells.get(source)?,
        text: cells.get(text)?,
    })
}
