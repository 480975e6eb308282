//! Tables and documents made again from the evidence, and held against what the
//! ledger records of them: a number that does not follow is found, whoever
//! wrote it.

use std::path::Path;

use affiant_custody::{CaseFolder, Check, Verdict};
use affiant_model::{Action, CustodyEvent, Digest, Exhibit, ExhibitId};

use super::analyze;
use crate::case_file::CASE_FILE;
use crate::console::Console;
use crate::documents;
use crate::error::CliError;
use crate::guard::guarded;
use crate::world::VERSION;

/// Makes everything again that the last analysis and the last report made.
pub(crate) fn checks(root: &Path, console: &Console) -> Vec<Check> {
    match recompute(root, console) {
        Ok(checks) => checks,
        Err(error) => vec![not_checked("tables", error.message)],
    }
}

/// Holds the ranges of the exchanges of each exhibit against its format.
pub(crate) fn ranges(root: &Path) -> Vec<Check> {
    let exhibits = CaseFolder::open(root).and_then(|folder| Ok((folder.exhibits()?, folder)));
    let (exhibits, folder) = match exhibits {
        Ok(found) => found,
        Err(error) => return vec![not_checked("custody/exchanges", error.to_string())],
    };
    let with_tree = exhibits
        .iter()
        .filter(|exhibit| exhibit.exchanges.is_some());
    with_tree
        .map(|exhibit| ranges_of(&folder, exhibit))
        .collect()
}

fn ranges_of(folder: &CaseFolder, exhibit: &Exhibit) -> Check {
    let subject = format!("custody/exchanges/{}.tsv", exhibit.id);
    let rule = exhibit.exchanges.as_ref().map(|tree| tree.rule.as_str());
    let format =
        affiant_ingest::format_named(&exhibit.format).filter(|format| format.range_rule() == rule);
    let Some(format) = format else {
        let why = format!("this version has no rule `{}`", rule.unwrap_or_default());
        return not_checked(&subject, why);
    };
    let mut found = Vec::new();
    let path = folder.exhibit_path(exhibit);
    let read = std::fs::File::open(&path).map(|file| {
        let mut source = std::io::BufReader::with_capacity(256 << 10, file);
        guarded(|| format.ranges(&mut source, &mut |span| found.push(span)))
    });
    if !matches!(read, Ok(Ok(Ok(())))) {
        return not_checked(&subject, "the exhibit cannot be read again");
    }
    let (mut count, mut first) = (0_usize, None);
    let listed = folder.for_each_range(exhibit, &mut |number, span| {
        let at = usize::try_from(number - 1).ok();
        if at.and_then(|at| found.get(at)) != Some(&span) {
            first.get_or_insert(number);
        }
        count += 1;
    });
    match (listed, first) {
        (Err(error), _) => not_checked(&subject, error.to_string()),
        (Ok(()), None) if count == found.len() => {
            let message = "the ranges are those of the exchanges that the format gives";
            check(subject, Verdict::Valid, message.to_owned())
        }
        (Ok(()), first) => {
            let message = match first {
                Some(number) => format!("range {number} is not that of an exchange"),
                None => format!(
                    "{count} ranges, and the exhibit has {} exchanges",
                    found.len()
                ),
            };
            check(subject, Verdict::Invalid, message)
        }
    }
}

/// What is said where nothing is made again.
pub(crate) fn not_checked(subject: &str, why: impl Into<String>) -> Check {
    check(
        format!("{subject} recomputed"),
        Verdict::NotChecked,
        format!("not made again: {}", why.into()),
    )
}

fn check(subject: String, verdict: Verdict, message: String) -> Check {
    Check {
        subject,
        verdict,
        message,
        expected: None,
        found: None,
    }
}

fn recompute(root: &Path, console: &Console) -> Result<Vec<Check>, CliError> {
    let folder = CaseFolder::open(root)?;
    let ledger = folder.ledger()?;
    let last = |action| ledger.iter().rev().find(|event| event.action == action);
    let Some(analysis) = last(Action::Analyse) else {
        return Ok(Vec::new());
    };
    if let Some(why) = reason_not_to(&folder, &ledger, analysis)? {
        return Ok(vec![not_checked("tables", why)]);
    }
    let analysed = |id: ExhibitId| {
        let acquired = ledger.iter().find(|event| {
            event.action == Action::Acquire
                && event
                    .objects
                    .iter()
                    .any(|object| object.exhibit == Some(id))
        });
        acquired.is_some_and(|event| event.seq < analysis.seq)
    };
    let exhibits: Vec<Exhibit> = folder
        .exhibits()?
        .into_iter()
        .filter(|exhibit| analysed(exhibit.id))
        .collect();
    let made = analyze::compute(&folder, &exhibits, console)?;
    let tables = made.files()?;
    let tables = tables
        .iter()
        .map(|(path, bytes)| (path.clone(), Digest::of(bytes)))
        .collect::<Vec<_>>();
    let mut checks = compare("tables", analysis, &tables);
    let Some(reported) = last(Action::Report).filter(|event| event.seq > analysis.seq) else {
        return Ok(checks);
    };
    if reported.tool.version != VERSION {
        checks.push(not_checked("reports", other_version(reported)));
        return Ok(checks);
    }
    let public = reported
        .objects
        .iter()
        .any(|object| object.path.starts_with(documents::PUBLIC));
    match documents::digests(&folder, public, console) {
        Ok(made) => checks.extend(compare("reports", reported, &made)),
        Err(error) => checks.push(not_checked("reports", error.message)),
    }
    Ok(checks)
}

fn reason_not_to(
    folder: &CaseFolder,
    ledger: &[CustodyEvent],
    analysis: &CustodyEvent,
) -> Result<Option<String>, CliError> {
    if analysis.tool.version != VERSION {
        return Ok(Some(other_version(analysis)));
    }
    let deleted = ledger
        .iter()
        .find(|event| event.action == Action::Delete && event.seq > analysis.seq);
    if let Some(event) = deleted {
        return Ok(Some(format!(
            "event {} destroyed an exhibit that the last analysis (event {}) read",
            event.seq, analysis.seq
        )));
    }
    let recorded = analysis
        .objects
        .iter()
        .find(|object| object.path == CASE_FILE);
    let now = affiant_custody::describe(&folder.root(), CASE_FILE)?;
    Ok(match recorded {
        Some(recorded) if recorded.sha256 == now.sha256 => None,
        _ => Some(format!(
            "`{CASE_FILE}` is not the one of event {}",
            analysis.seq
        )),
    })
}

fn other_version(event: &CustodyEvent) -> String {
    format!(
        "event {} was recorded by version {}, and this is {VERSION}",
        event.seq, event.tool.version
    )
}

/// Holds what was made now against what the event records.
fn compare(top: &str, event: &CustodyEvent, made: &[(String, Digest)]) -> Vec<Check> {
    let mut checks = Vec::new();
    for (path, now) in made {
        let now = *now;
        let recorded = event.objects.iter().find(|object| object.path == *path);
        let recorded = recorded.map(|object| object.sha256);
        if recorded == Some(now) {
            continue;
        }
        let message = format!(
            "does not follow from the evidence: event {} records something else than this version makes of it",
            event.seq
        );
        let mut wrong = check(path.clone(), Verdict::Invalid, message);
        wrong.expected = Some(now.to_hex());
        wrong.found = recorded.map(|digest| digest.to_hex());
        checks.push(wrong);
    }
    if checks.is_empty() {
        let message = format!(
            "{} files, made again from the evidence, are those of event {} to the byte",
            made.len(),
            event.seq
        );
        checks.push(check(format!("{top} recomputed"), Verdict::Valid, message));
    }
    checks
}
