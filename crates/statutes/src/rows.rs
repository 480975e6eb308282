use std::collections::{BTreeMap, BTreeSet};

use crate::matrix::EXAMPLES;
use crate::{Condition, Error, Found, Query, Statutes, Table, Tables};

/// A row: column -> value; a cell without a value is not in it.
pub type Row = BTreeMap<String, String>;

/// The columns that tell exchanges apart.
const EXCHANGE: [&str; 2] = ["exhibit", "exchange"];

/// Tables as plain rows. They are kept by columns, each different text of a column once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    tables: BTreeMap<String, Columns>,
}

/// The rows of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Columns {
    rows: usize,
    columns: BTreeMap<String, Texts>,
}

/// A column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Texts {
    /// The different texts, in the order in which they are met.
    texts: Vec<String>,
    /// For each row up to the last that has one, the number of its text from 1; 0: none.
    rows: Vec<u32>,
}

impl Texts {
    fn get(&self, row: usize) -> Option<&str> {
        let number = usize::try_from(*self.rows.get(row)?).ok()?;
        self.texts.get(number.checked_sub(1)?).map(String::as_str)
    }
}

impl Statutes {
    /// The columns of a table that are looked at when the questions are put: a row
    /// may come without the others.
    #[must_use]
    pub fn columns(&self, table: &str) -> BTreeSet<&str> {
        let elements = self.claims.iter().flat_map(|claim| &claim.elements);
        let asked = elements.flat_map(|element| &element.speaks).flat_map(|s| {
            let beside = s.query.beside.iter();
            let beside = beside.map(|beside| (&beside.table, &beside.conditions));
            beside.chain([(&s.query.table, &s.query.conditions)])
        });
        let conditions = asked
            .filter(|(name, _)| *name == table)
            .flat_map(|(_, conditions)| conditions);
        let named = Table::named(table).map_or(&[][..], |table| table.id);
        conditions
            .map(Condition::column)
            .chain(named.iter().copied())
            .chain(EXCHANGE)
            .collect()
    }
}

impl Rows {
    /// Puts in a table, with its rows in order; an empty one is a table too.
    ///
    /// # Errors
    /// A name that is none of [`crate::TABLES`], or a row with another column.
    pub fn insert(&mut self, name: &str, rows: Vec<Row>) -> Result<(), Error> {
        self.insert_each(name, rows.into_iter().map(Ok))
    }

    /// The same of rows that are read one after another.
    ///
    /// # Errors
    /// As [`Rows::insert`], and what a row cannot be read for.
    pub fn insert_each<E: From<Error>>(
        &mut self,
        name: &str,
        rows: impl Iterator<Item = Result<Row, E>>,
    ) -> Result<(), E> {
        let bad = |why: String| Error::Table {
            table: name.chars().take(80).collect(),
            why,
        };
        let table = Table::named(name).ok_or_else(|| bad("no such table is known".to_owned()))?;
        let mut kept = Columns::default();
        let mut numbers: BTreeMap<String, BTreeMap<String, u32>> = BTreeMap::new();
        for row in rows {
            for (column, text) in row? {
                if table.column(&column).is_none() {
                    return Err(E::from(bad(format!(
                        "no column `{}` is known",
                        column.chars().take(80).collect::<String>()
                    ))));
                }
                if !kept.columns.contains_key(&column) {
                    kept.columns.insert(column.clone(), Texts::default());
                    numbers.insert(column.clone(), BTreeMap::new());
                }
                let (Some(texts), Some(known)) =
                    (kept.columns.get_mut(&column), numbers.get_mut(&column))
                else {
                    continue;
                };
                let number = known.get(&text).copied().unwrap_or_else(|| {
                    texts.texts.push(text.clone());
                    let number = u32::try_from(texts.texts.len()).unwrap_or(u32::MAX);
                    known.insert(text, number);
                    number
                });
                texts.rows.resize(kept.rows, 0);
                texts.rows.push(number);
            }
            kept.rows += 1;
        }
        self.tables.insert(name.to_owned(), kept);
        Ok(())
    }
}

impl Tables for Rows {
    fn count(&self, query: &Query) -> Result<Option<Found>, Error> {
        let Some(table) = self.tables.get(&query.table) else {
            return Ok(None);
        };
        let exchanges: Option<BTreeSet<Exchange<'_>>> = match &query.beside {
            None => None,
            Some(beside) => match self.tables.get(&beside.table) {
                None => return Ok(None),
                Some(others) => Some(
                    others
                        .that_hold(&beside.conditions)
                        .filter_map(|row| others.exchange(row))
                        .collect(),
                ),
            },
        };
        let id = Table::named(&query.table).map_or(&[][..], |table| table.id);
        let mut found = Found::default();
        for row in table.that_hold(&query.conditions) {
            let beside = exchanges.as_ref().is_none_or(|exchanges| {
                let exchange = table.exchange(row);
                exchange.is_some_and(|exchange| exchanges.contains(&exchange))
            });
            if !beside {
                continue;
            }
            found.rows += 1;
            if found.examples.len() < EXAMPLES {
                let parts: Vec<&str> = id
                    .iter()
                    .filter_map(|column| table.text(column, row))
                    .collect();
                found.examples.push(parts.join(" "));
            }
        }
        Ok(Some(found))
    }
}

/// The exhibit and the exchange in it.
type Exchange<'a> = (&'a str, &'a str);

impl Columns {
    fn text(&self, column: &str, row: usize) -> Option<&str> {
        self.columns.get(column)?.get(row)
    }

    fn exchange(&self, row: usize) -> Option<Exchange<'_>> {
        let [exhibit, exchange] = EXCHANGE;
        Some((self.text(exhibit, row)?, self.text(exchange, row)?))
    }

    /// The rows of which all conditions hold, in order.
    fn that_hold(&self, conditions: &[Condition]) -> impl Iterator<Item = usize> {
        // A condition is put to each different text once.
        let asked: Vec<(Option<&Texts>, Vec<bool>)> = conditions
            .iter()
            .map(|condition| {
                let column = self.columns.get(condition.column());
                let texts = column.map_or(&[][..], |column| &column.texts);
                let some = texts.iter().map(|text| condition.holds(Some(text)));
                let holds = std::iter::once(condition.holds(None)).chain(some);
                (column, holds.collect())
            })
            .collect();
        (0..self.rows).filter(move |row| {
            asked.iter().all(|(column, holds)| {
                let number = column.and_then(|column| column.rows.get(*row));
                let number = usize::try_from(number.copied().unwrap_or(0));
                number.is_ok_and(|number| holds.get(number).copied().unwrap_or(false))
            })
        })
    }
}
