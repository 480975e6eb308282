use std::fmt::Write as _;
use std::path::Path;

use affiant_custody::{Check, Verdict, Verification};

use crate::console::{Console, one_line};
use crate::error::{CliError, Outcome};

pub(crate) fn run(case: &Path, console: &Console) -> Result<Outcome, CliError> {
    let total = affiant_custody::CaseFolder::open(case)?;
    let bytes = total
        .exhibits()
        .map(|exhibits| exhibits.iter().map(|e| e.bytes).sum())
        .unwrap_or_default();
    let mut stage = console.stage("verify", bytes);
    let verification = affiant_custody::verify(case, &mut |bytes| stage.advance(bytes))?;
    stage.finish();
    console.result(&verification, || prose(&verification))?;
    // What could not be checked from within is said, and is no failure.
    let failed = verification.verdict >= Verdict::Incomplete;
    Ok(if failed {
        Outcome::VerificationFailed
    } else {
        Outcome::Done
    })
}

fn prose(verification: &Verification) -> String {
    let mut text = String::new();
    let wrong: Vec<&Check> = verification
        .checks
        .iter()
        .filter(|check| check.verdict != Verdict::Valid)
        .collect();
    if let Some(first) = verification.first_invalid() {
        // Writing to a String does not fail.
        let _ = writeln!(text, "First bad record: {}", one_line(&first.subject));
    }
    for check in wrong {
        let _ = writeln!(
            text,
            "{}: {}: {}",
            check.verdict,
            one_line(&check.subject),
            one_line(&check.message)
        );
        if let (Some(expected), Some(found)) = (&check.expected, &check.found) {
            let _ = writeln!(
                text,
                "    expected {}\n    found    {}",
                one_line(expected),
                one_line(found)
            );
        }
    }
    let _ = writeln!(
        text,
        "{} events, {} exhibits, {} bytes; {} checks: {} valid, {} not checked, {} incomplete, {} invalid",
        verification.events,
        verification.exhibits,
        verification.bytes,
        verification.checks.len(),
        verification.count(Verdict::Valid),
        verification.count(Verdict::NotChecked),
        verification.count(Verdict::Incomplete),
        verification.count(Verdict::Invalid)
    );
    if let Some(head) = &verification.head {
        let _ = writeln!(text, "Last line of the ledger: SHA-256 {head}");
    }
    let verdict = match verification.verdict {
        Verdict::Valid | Verdict::NotChecked => "Everything that was checked is as recorded.",
        Verdict::Incomplete => "Nothing contradicts the record, but it is not complete.",
        Verdict::Invalid => "NOT as recorded.",
    };
    let _ = writeln!(text, "{verdict}");
    text
}
