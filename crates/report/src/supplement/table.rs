//! One table before and after: which rows are new, gone, changed, or bear another
//! number.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::Error;

/// The column of the running number, by which rows are not compared: a row that
/// is put in moves the numbers of all that follow.
const NUMBER: &str = "transmittal";

/// The columns that say which row is which, by the table. Rows of other tables
/// are compared as a whole.
const KEYS: &[(&str, &[&str])] = &[
    (
        "transmittals.csv",
        &["exhibit", "exchange", "locator", "datum"],
    ),
    ("exchanges.csv", &["exhibit", "exchange"]),
    ("recipients.csv", &["recipient", "party", "datum", "phase"]),
    ("contacts.csv", &["recipient", "party", "domain", "host"]),
    ("accesses.csv", &["app", "resource"]),
];

/// A row: each column with its cell.
pub(crate) type Row = BTreeMap<String, String>;

/// A cell that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) column: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// A row that is in both, and does not say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    pub(crate) before: Row,
    pub(crate) after: Row,
    pub(crate) cells: Vec<Cell>,
}

/// What differs between two states of a table.
#[derive(Debug, Default)]
pub(crate) struct TableDiff {
    pub(crate) name: String,
    /// The columns that say which row is which; empty where none do.
    pub(crate) key: Vec<String>,
    pub(crate) before: usize,
    pub(crate) after: usize,
    /// Rows that say the same in every column compared.
    pub(crate) same: usize,
    pub(crate) added: Vec<Row>,
    pub(crate) gone: Vec<Row>,
    pub(crate) changed: Vec<Changed>,
    /// Of the rows in both, those whose number is another: before and after.
    pub(crate) renumbered: Vec<(String, String)>,
    /// Columns of one state only; they are not compared.
    pub(crate) columns_gone: Vec<String>,
    pub(crate) columns_new: Vec<String>,
}

struct Table {
    columns: Vec<String>,
    rows: Vec<Row>,
}

fn read(name: &str, bytes: &[u8]) -> Result<Table, Error> {
    let fail = |error: csv::Error| Error::Table {
        name: name.to_owned(),
        message: error.to_string(),
    };
    let mut reader = csv::Reader::from_reader(bytes);
    let columns: Vec<String> = reader
        .headers()
        .map_err(fail)?
        .iter()
        .map(str::to_owned)
        .collect();
    let rows = reader.records().map(|record| {
        let record = record?;
        let cells = columns.iter().zip(record.iter());
        Ok(cells
            .map(|(c, cell)| (c.clone(), cell.to_owned()))
            .collect())
    });
    let rows = rows.collect::<Result<_, csv::Error>>().map_err(fail)?;
    Ok(Table { columns, rows })
}

/// The rows of a table as CSV.
///
/// # Errors
/// [`Error::Table`] where it cannot be read.
pub(crate) fn rows(name: &str, bytes: &[u8]) -> Result<Vec<Row>, Error> {
    Ok(read(name, bytes)?.rows)
}

/// The cells of a row in the given columns.
fn cells<'r>(row: &'r Row, columns: &[String]) -> Vec<&'r str> {
    let cell = |column: &String| row.get(column).map_or("", String::as_str);
    columns.iter().map(cell).collect()
}

/// Compares two states of the table `name`, each as CSV.
///
/// # Errors
/// [`Error::Table`] where one cannot be read.
pub(crate) fn compare(name: &str, before: &[u8], after: &[u8]) -> Result<TableDiff, Error> {
    let (before, after) = (read(name, before)?, read(name, after)?);
    let has = |table: &Table, column: &String| table.columns.contains(column);
    let common: Vec<String> = after
        .columns
        .iter()
        .filter(|column| *column != NUMBER && has(&before, column))
        .cloned()
        .collect();
    let only = |of: &Table, other: &Table| -> Vec<String> {
        let columns = of.columns.iter().filter(|column| !has(other, column));
        columns.cloned().collect()
    };
    let key = KEYS.iter().find(|(table, _)| *table == name);
    let key: Vec<String> = key.map_or_else(Vec::new, |(_, key)| {
        key.iter().map(|column| (*column).to_owned()).collect()
    });
    let mut diff = TableDiff {
        name: name.to_owned(),
        before: before.rows.len(),
        after: after.rows.len(),
        columns_gone: only(&before, &after),
        columns_new: only(&after, &before),
        ..TableDiff::default()
    };
    let (left, new) = pair(&before.rows, &after.rows, &common, |was, is| {
        diff.same += 1;
        let number = |row: &Row| row.get(NUMBER).cloned().unwrap_or_default();
        if number(was) != number(is) {
            diff.renumbered.push((number(was), number(is)));
        }
    });
    if key.iter().all(|column| common.contains(column)) && !key.is_empty() {
        let (left, new) = pair(&left, &new, &key, |was, is| {
            diff.changed.push(changed(was, is, &common));
        });
        (diff.gone, diff.added, diff.key) = (left, new, key);
    } else {
        (diff.gone, diff.added) = (left, new);
    }
    Ok(diff)
}

fn changed(before: &Row, after: &Row, common: &[String]) -> Changed {
    let cells = common.iter().filter_map(|column| {
        let (was, is) = (before.get(column)?, after.get(column)?);
        (was != is).then(|| Cell {
            column: column.clone(),
            before: was.clone(),
            after: is.clone(),
        })
    });
    Changed {
        cells: cells.collect(),
        before: before.clone(),
        after: after.clone(),
    }
}

/// Pairs rows that agree in `columns`, each with one at most, in the order of the
/// tables; gives those of either side that are left.
fn pair(
    before: &[Row],
    after: &[Row],
    columns: &[String],
    mut both: impl FnMut(&Row, &Row),
) -> (Vec<Row>, Vec<Row>) {
    let mut waiting: BTreeMap<Vec<&str>, VecDeque<usize>> = BTreeMap::new();
    for (at, row) in before.iter().enumerate() {
        waiting
            .entry(cells(row, columns))
            .or_default()
            .push_back(at);
    }
    let mut taken = BTreeSet::new();
    let mut new = Vec::new();
    for row in after {
        let found = waiting.get_mut(&cells(row, columns));
        match found.and_then(VecDeque::pop_front) {
            Some(at) => {
                taken.insert(at);
                both(&before[at], row);
            }
            None => new.push(row.clone()),
        }
    }
    let left = before.iter().enumerate();
    let left = left.filter(|(at, _)| !taken.contains(at));
    (left.map(|(_, row)| row.clone()).collect(), new)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BEFORE: &str = "transmittal,exhibit,exchange,locator,datum,value,old\n\
        T-000001,E-0001,1,request.body,email,a@example.com,x\n\
        T-000002,E-0001,2,request.body,city,Oakland,x\n\
        T-000003,E-0001,3,request.body,city,Oakland,x\n";
    const AFTER: &str = "transmittal,exhibit,exchange,locator,datum,value,new\n\
        T-000001,E-0001,1,request.body,email,b@example.com,y\n\
        T-000002,E-0001,1,\"request.header \"\"A, B\"\"\",email,a@example.com,y\n\
        T-000003,E-0001,3,request.body,city,Oakland,y\n";

    #[test]
    fn rows_are_told_apart_by_place_and_datum_and_not_by_number() {
        let diff = compare("transmittals.csv", BEFORE.as_bytes(), AFTER.as_bytes()).unwrap();
        assert_eq!((diff.before, diff.after, diff.same), (3, 3, 1));
        assert_eq!(diff.changed.len(), 1);
        assert_eq!(diff.changed[0].cells[0].column, "value");
        assert_eq!(diff.changed[0].cells.len(), 1);
        assert_eq!(diff.added[0]["locator"], "request.header \"A, B\"");
        assert_eq!(diff.gone[0]["exchange"], "2");
        assert!(diff.renumbered.is_empty());
        assert_eq!(diff.columns_gone, ["old"]);
        assert_eq!(diff.columns_new, ["new"]);
    }

    #[test]
    fn a_row_with_another_number_is_the_same_row() {
        let after = BEFORE.replace("T-000003", "T-000009");
        let diff = compare("transmittals.csv", BEFORE.as_bytes(), after.as_bytes()).unwrap();
        assert_eq!(diff.same, 3);
        let moved = ("T-000003".to_owned(), "T-000009".to_owned());
        assert_eq!(diff.renumbered, [moved]);
    }

    #[test]
    fn a_table_that_is_cut_off_in_a_row_is_refused() {
        let cut = &BEFORE[..BEFORE.len() - 20];
        assert!(compare("transmittals.csv", cut.as_bytes(), AFTER.as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn the_parts_add_up_to_both_states(before in rows(), after in rows()) {
            let diff = compare("transmittals.csv", before.as_bytes(), after.as_bytes()).unwrap();
            prop_assert_eq!(diff.same + diff.changed.len() + diff.gone.len(), diff.before);
            prop_assert_eq!(diff.same + diff.changed.len() + diff.added.len(), diff.after);
        }

        #[test]
        fn a_table_does_not_differ_from_itself(table in rows()) {
            let diff = compare("transmittals.csv", table.as_bytes(), table.as_bytes()).unwrap();
            prop_assert_eq!(diff.same, diff.after);
            prop_assert!(diff.renumbered.is_empty());
        }
    }

    fn rows() -> impl Strategy<Value = String> {
        prop::collection::vec((1..4_u8, 1..4_u8, 0..3_u8), 0..12).prop_map(|rows| {
            let mut out = "transmittal,exhibit,exchange,locator,datum,value\n".to_owned();
            for (n, (exhibit, exchange, value)) in rows.into_iter().enumerate() {
                out.push_str(&format!("T-{n:06},E-{exhibit:04},{exchange},l,d,{value}\n"));
            }
            out
        })
    }
}
