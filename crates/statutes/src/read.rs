//! A file of `datasets/statutes`. Its schema is in the README there.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::{Beside, Claim, Condition, Element, Error, Moment, Query, Speaks, Table};

/// Stems of words that what a row says must not have: they are conclusions.
const CONCLUSIONS: [&str; 12] = [
    "prove",
    "proof",
    "violat",
    "unlawful",
    "illegal",
    "liable",
    "liability",
    "guilt",
    "breach",
    "infring",
    "wrongful",
    "establish",
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    claim: Vec<ClaimText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimText {
    slug: String,
    title: String,
    citation: String,
    edition: String,
    #[serde(default)]
    note: String,
    element: Vec<ElementText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ElementText {
    slug: String,
    text: String,
    #[serde(default)]
    citation: String,
    checked: bool,
    #[serde(default)]
    read: String,
    #[serde(default)]
    speaks: Vec<SpeaksText>,
    silent: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpeaksText {
    table: String,
    #[serde(rename = "where")]
    conditions: Vec<ConditionText>,
    beside: Option<BesideText>,
    says: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BesideText {
    table: String,
    #[serde(rename = "where")]
    conditions: Vec<ConditionText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionText {
    column: Option<String>,
    is: Option<BTreeSet<String>>,
    is_not: Option<BTreeSet<String>>,
    starts: Option<BTreeSet<String>>,
    present: Option<bool>,
    when: Option<String>,
}

/// The claims of one file.
pub(crate) fn file(name: &str, text: &str) -> Result<Vec<Claim>, Error> {
    let bad = |place: String, why: String| Error::Dataset {
        file: name.to_owned(),
        place,
        why,
    };
    let file: FileText = toml::from_str(text).map_err(|error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map_or(1, |before| before.matches('\n').count() + 1);
        bad(format!("line {line}"), error.message().to_owned())
    })?;
    file.claim
        .into_iter()
        .map(|claim| {
            let slug = claim.slug.clone();
            self::claim(claim).map_err(|(place, why)| bad(format!("{slug}{place}"), why))
        })
        .collect()
}

/// A place below the claim, and what is wrong there.
type Wrong = (String, String);

fn claim(text: ClaimText) -> Result<Claim, Wrong> {
    let fields = [
        ("slug", &text.slug),
        ("title", &text.title),
        ("citation", &text.citation),
        ("edition", &text.edition),
    ];
    filled(&fields).map_err(|why| (String::new(), why))?;
    let mut slugs = BTreeSet::new();
    let mut elements = Vec::new();
    for element in text.element {
        let place = format!(", {}", element.slug);
        if !slugs.insert(element.slug.clone()) {
            return Err((place, "the element is there twice".to_owned()));
        }
        elements.push(self::element(element, &text.citation).map_err(|why| (place, why))?);
    }
    if elements.is_empty() {
        return Err((String::new(), "it has no element; give one".to_owned()));
    }
    Ok(Claim {
        slug: text.slug,
        title: text.title,
        citation: text.citation,
        edition: text.edition,
        note: text.note,
        elements,
    })
}

fn element(text: ElementText, citation: &str) -> Result<Element, String> {
    filled(&[
        ("slug", &text.slug),
        ("text", &text.text),
        ("silent", &text.silent),
    ])?;
    if text.checked == text.read.trim().is_empty() {
        return Err("an element is `checked` where `read` says in what, and only there".to_owned());
    }
    Ok(Element {
        slug: text.slug,
        text: text.text,
        citation: if text.citation.is_empty() {
            citation.to_owned()
        } else {
            text.citation
        },
        checked: text.checked,
        read: text.read,
        speaks: text
            .speaks
            .into_iter()
            .map(speaks)
            .collect::<Result<_, _>>()?,
        silent: text.silent,
    })
}

fn speaks(text: SpeaksText) -> Result<Speaks, String> {
    filled(&[("says", &text.says)])?;
    let lower = text.says.to_lowercase();
    if let Some(word) = CONCLUSIONS.iter().find(|word| lower.contains(**word)) {
        return Err(format!(
            "`says` has `{word}…`, a conclusion; say what was observed"
        ));
    }
    let mut conditions = self::conditions(&text.table, text.conditions)?;
    leave_out(&text.table, &mut conditions);
    let beside = match text.beside {
        None => None,
        Some(beside) => {
            for name in [&text.table, &beside.table] {
                let known = table(name)?;
                if known.column("exhibit").is_none() || known.column("exchange").is_none() {
                    return Err(format!(
                        "`{name}` has no exchanges, so nothing is beside it"
                    ));
                }
            }
            let mut conditions = self::conditions(&beside.table, beside.conditions)?;
            leave_out(&beside.table, &mut conditions);
            Some(Beside {
                table: beside.table,
                conditions,
            })
        }
    };
    Ok(Speaks {
        query: Query {
            table: text.table,
            conditions,
            beside,
        },
        says: text.says,
    })
}

fn table(name: &str) -> Result<&'static Table, String> {
    Table::named(name).ok_or_else(|| {
        let names: Vec<_> = crate::TABLES.iter().map(|table| table.name).collect();
        format!("`{name}` is no table; there are {}", names.join(", "))
    })
}

fn conditions(name: &str, texts: Vec<ConditionText>) -> Result<Vec<Condition>, String> {
    let table = table(name)?;
    texts
        .into_iter()
        .map(|text| condition(table, text))
        .collect()
}

fn condition(table: &Table, text: ConditionText) -> Result<Condition, String> {
    let one = "a condition has a `column` with one of `is`, `is_not`, `starts` and `present`, or a `when`";
    if let Some(when) = text.when {
        let other = text.column.is_some() || text.present.is_some() || text.starts.is_some();
        if other || text.is.is_some() || text.is_not.is_some() {
            return Err(one.to_owned());
        }
        if table.column("phase").is_none() {
            return Err(format!("`{}` has no column `phase`", table.name));
        }
        return Moment::ALL
            .into_iter()
            .find(|moment| moment.words() == when)
            .map(Condition::When)
            .ok_or_else(|| {
                let words: Vec<_> = Moment::ALL.iter().map(|moment| moment.words()).collect();
                format!("`{when}` is none of: {}", words.join(", "))
            });
    }
    let column = text.column.ok_or(one)?;
    let known = table
        .column(&column)
        .ok_or_else(|| format!("`{}` has no column `{column}`", table.name))?;
    let mut values = text.is.iter().chain(&text.is_not).flatten();
    if let Some(value) = values.find(|value| !known.allows(value)) {
        return Err(format!("column `{column}` never is `{value}`"));
    }
    let (present, some) = (text.present, |values: &BTreeSet<String>| !values.is_empty());
    match (text.is, text.is_not, text.starts, present) {
        (Some(values), None, None, None) if some(&values) => Ok(Condition::Is { column, values }),
        (None, Some(values), None, None) if some(&values) => {
            Ok(Condition::IsNot { column, values })
        }
        (None, None, Some(values), None) if some(&values) => {
            Ok(Condition::Starts { column, values })
        }
        (None, None, None, Some(true)) => Ok(Condition::Present { column }),
        (None, None, None, Some(false)) => Ok(Condition::Absent { column }),
        _ => Err(one.to_owned()),
    }
}

/// Adds what a table leaves out unless the question is about it.
fn leave_out(name: &str, conditions: &mut Vec<Condition>) {
    let left_out = Table::named(name).map_or(&[][..], |table| table.left_out);
    for (column, value) in left_out {
        if !conditions.iter().any(|other| other.column() == *column) {
            conditions.push(Condition::IsNot {
                column: (*column).to_owned(),
                values: BTreeSet::from([(*value).to_owned()]),
            });
        }
    }
}

fn filled(fields: &[(&str, &String)]) -> Result<(), String> {
    match fields.iter().find(|(_, text)| text.trim().is_empty()) {
        Some((name, _)) => Err(format!("`{name}` is empty")),
        None => Ok(()),
    }
}
