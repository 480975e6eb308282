use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use affiant_model::{Case, PathSegment, Problem};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{CliError, io};

/// A case file that was read and found sound, with its text.
pub(crate) struct CaseFile {
    pub(crate) case: Case,
    pub(crate) text: String,
}

/// Where it is in the case folder.
pub(crate) const CASE_FILE: &str = "case.toml";

/// Largest case file that is read. A person writes it.
const LARGEST: u64 = 16 << 20;

/// Reads a case file. An error names line, column and remedy.
pub(crate) fn read(path: &Path, datums: &BTreeSet<String>) -> Result<CaseFile, CliError> {
    let size = std::fs::metadata(path).map_err(io("read", path))?.len();
    if size > LARGEST {
        return Err(CliError::usage(format!(
            "`{}` has {size} bytes: that is no case file",
            path.display()
        )));
    }
    let bytes = std::fs::read(path).map_err(io("read", path))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        CliError::usage(format!(
            "`{}` is not UTF-8 text from byte {at} on; save it as UTF-8",
            path.display()
        ))
    })?;
    let case = parse(&text, datums)
        .map_err(|why| CliError::usage(format!("`{}` {why}", path.display())))?;
    Ok(CaseFile { case, text })
}

/// Reads the text of a case file.
pub(crate) fn parse(text: &str, datums: &BTreeSet<String>) -> Result<Case, String> {
    let case: Case = toml::from_str(text).map_err(|error| {
        let place = error.span().map_or_else(String::new, |span| place(text, span.start));
        let message = error.message().trim_end();
        format!("{place}: {message}; correct it, or see the comments that `affiant new` writes into a case file")
    })?;
    let mut problems = case.problems(datums);
    problems.extend(affiant_report::form_problems(&case));
    if problems.is_empty() {
        Ok(case)
    } else {
        Err(describe(text, &problems))
    }
}

fn describe(text: &str, problems: &[Problem]) -> String {
    let root = DeTable::parse(text).ok();
    let mut described = String::new();
    for (index, problem) in problems.iter().enumerate() {
        let start = root
            .as_ref()
            .map_or(0, |root| start_of(root, &problem.path));
        let lead = if index == 0 { "" } else { "\n  and " };
        // Writing to a String does not fail.
        let _ = write!(
            described,
            "{lead}{}: {}; {}",
            place(text, start),
            problem.message,
            problem.remedy
        );
    }
    described
}

/// Where the value at `path` begins, or the nearest value around it that is there.
fn start_of(root: &Spanned<DeTable<'_>>, path: &[PathSegment]) -> usize {
    let mut start = root.span().start;
    let mut value: Option<&Spanned<DeValue<'_>>> = None;
    for segment in path {
        let next = match (segment, value.map(Spanned::get_ref)) {
            (PathSegment::Key(key), None) => root
                .get_ref()
                .iter()
                .find(|(k, _)| k.get_ref() == key)
                .map(|(_, v)| v),
            (PathSegment::Key(key), Some(DeValue::Table(table))) => table
                .iter()
                .find(|(k, _)| k.get_ref() == key)
                .map(|(_, v)| v),
            (PathSegment::Index(index), Some(DeValue::Array(array))) => array.get(*index),
            _ => None,
        };
        let Some(next) = next else { break };
        start = next.span().start;
        value = Some(next);
    }
    start
}

/// Line and column, in characters, from 1.
fn place(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    format!("line {line}, column {column}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        parse(text, &BTreeSet::from(["city".to_owned()])).unwrap_err()
    }

    const SOUND: &str = "[matter]\nname = \"a\"\n[first_party]\nname = \"Acme\"\n";

    #[test]
    fn grammar_and_meaning_are_faulted_by_line_and_column() {
        assert!(parse(SOUND, &BTreeSet::new()).is_ok());
        let unknown = fault(
            &SOUND
                .replace("caption", "")
                .replace("name = \"a\"", "name = \"a\"\ncaptoin = \"x\""),
        );
        assert!(
            unknown.starts_with("line 3, column 1: unknown field `captoin`"),
            "{unknown}"
        );
        let domain = fault(&format!(
            "{SOUND}domains = [\n  \"acme.com\",\n  \"http://acme.com\",\n]\n"
        ));
        assert!(
            domain.starts_with("line 7, column 3: `http://acme.com` is not a domain; write"),
            "{domain}"
        );
        let broken = fault("[matter\n");
        assert!(broken.starts_with("line 1, column 8"), "{broken}");
        let two = fault(&SOUND.replace("\"a\"", "\"\"").replace("\"Acme\"", "\" \""));
        assert!(
            two.contains("line 2, column 8") && two.contains("\n  and line 4, column 8"),
            "{two}"
        );
    }

    #[test]
    fn the_file_that_new_writes_is_sound() {
        let text = crate::commands::new::case_file("acme-2026");
        let knowledge = affiant_detect::Knowledge::built_in().unwrap();
        let case = parse(&text, &knowledge.datum_names()).unwrap();
        assert_eq!(case.matter.name, "acme-2026");
        assert!(case.signatories.iter().all(|s| s.name.is_empty()));
    }
}
