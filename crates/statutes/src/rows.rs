use std::collections::{BTreeMap, BTreeSet};

use crate::matrix::EXAMPLES;
use crate::{Condition, Error, Found, Query, Table, Tables};

/// A row: column -> value; a cell without a value is not in it.
pub type Row = BTreeMap<String, String>;

/// Tables as plain rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    tables: BTreeMap<String, Vec<Row>>,
}

impl Rows {
    /// Puts in a table, with its rows in order; an empty one is a table too.
    ///
    /// # Errors
    /// A name that is none of [`crate::TABLES`], or a row with another column.
    pub fn insert(&mut self, name: &str, rows: Vec<Row>) -> Result<(), Error> {
        let bad = |why: String| Error::Table {
            table: name.chars().take(80).collect(),
            why,
        };
        let table = Table::named(name).ok_or_else(|| bad("no such table is known".to_owned()))?;
        for column in rows.iter().flat_map(BTreeMap::keys) {
            if table.column(column).is_none() {
                return Err(bad(format!(
                    "no column `{}` is known",
                    column.chars().take(80).collect::<String>()
                )));
            }
        }
        self.tables.insert(name.to_owned(), rows);
        Ok(())
    }
}

impl Tables for Rows {
    fn count(&self, query: &Query) -> Result<Option<Found>, Error> {
        let Some(rows) = self.tables.get(&query.table) else {
            return Ok(None);
        };
        let exchanges: Option<BTreeSet<Exchange<'_>>> = match &query.beside {
            None => None,
            Some(beside) => match self.tables.get(&beside.table) {
                None => return Ok(None),
                Some(others) => Some(
                    others
                        .iter()
                        .filter(|row| hold(&beside.conditions, row))
                        .filter_map(exchange)
                        .collect(),
                ),
            },
        };
        let id = Table::named(&query.table).map_or(&[][..], |table| table.id);
        let mut found = Found::default();
        for row in rows {
            let beside = exchanges.as_ref().is_none_or(|exchanges| {
                exchange(row).is_some_and(|exchange| exchanges.contains(&exchange))
            });
            if !beside || !hold(&query.conditions, row) {
                continue;
            }
            found.rows += 1;
            if found.examples.len() < EXAMPLES {
                let parts: Vec<&str> = id
                    .iter()
                    .filter_map(|column| row.get(*column).map(String::as_str))
                    .collect();
                found.examples.push(parts.join(" "));
            }
        }
        Ok(Some(found))
    }
}

/// The exhibit and the exchange in it.
type Exchange<'a> = (&'a str, &'a str);

fn exchange(row: &Row) -> Option<Exchange<'_>> {
    Some((row.get("exhibit")?, row.get("exchange")?))
}

fn hold(conditions: &[Condition], row: &Row) -> bool {
    conditions
        .iter()
        .all(|condition| condition.holds(row.get(condition.column()).map(String::as_str)))
}
