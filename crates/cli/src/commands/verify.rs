use std::fmt::Write as _;
use std::path::Path;

use affiant_attest::AllowedSigners;
use affiant_custody::{Check, Kind, Trust, Verdict, Verification};
use affiant_model::Digest;
use affiant_tlog::VerifierKey;

use super::checkpoint::{anchors, notes};
use super::{document, recompute};
use crate::args::Verify;
use crate::console::{Console, one_line};
use crate::error::{CliError, Outcome, io};
use crate::exhibit::head_of;

pub(crate) fn run(arguments: &Verify, console: &Console) -> Result<Outcome, CliError> {
    let trust = trust(arguments)?;
    let path = &arguments.path;
    let mut verification = if path.is_file() {
        if !head_of(path)?.starts_with(b"%PDF-") {
            return Err(CliError::usage(format!(
                "`{}` is no PDF; give a case folder, a bag, a production or a document",
                path.display()
            )));
        }
        document::verify(path, arguments, &trust, console)?
    } else {
        folder(arguments, &trust, console)?
    };
    if arguments.strict {
        let limits = std::mem::take(&mut verification.limits);
        let checks = limits.into_iter().map(|limit| Check {
            subject: "limit".to_owned(),
            verdict: Verdict::NotChecked,
            message: limit,
            expected: None,
            found: None,
        });
        verification = verification.with(checks);
    }
    console.result(&verification, || prose(&verification))?;
    Ok(match verification.verdict {
        Verdict::Valid => Outcome::Done,
        verdict => Outcome::Verified(verdict),
    })
}

/// A case folder, a bag or a production.
fn folder(arguments: &Verify, trust: &Trust, console: &Console) -> Result<Verification, CliError> {
    let path = &arguments.path;
    let root = match path.join("bagit.txt").exists() {
        true => path.join("data"),
        false => path.clone(),
    };
    let bytes = std::fs::read_dir(root.join("evidence"))
        .map(|names| {
            names
                .filter_map(|name| Some(name.ok()?.metadata().ok()?.len()))
                .sum()
        })
        .unwrap_or_default();
    let mut stage = console.stage("verify", bytes);
    let verification = affiant_custody::verify(path, trust, &mut |bytes| stage.advance(bytes))?;
    stage.finish();
    if verification.kind == Kind::Production {
        return Ok(verification);
    }
    if arguments.quick {
        let why = "`--quick` was given";
        return Ok(verification.with([recompute::not_checked("tables, documents and ranges", why)]));
    }
    if verification.first_invalid().is_some() {
        let why = "the evidence or its record is not as it was recorded";
        return Ok(verification.with([recompute::not_checked("tables and documents", why)]));
    }
    let mut checks = recompute::ranges(&root);
    if verification.analysed.is_some() {
        checks.extend(recompute::checks(&root, console));
    }
    Ok(verification.with(checks))
}

fn trust(arguments: &Verify) -> Result<Trust, CliError> {
    let signers = match &arguments.signers {
        None => None,
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(io("read", path))?;
            let parsed = AllowedSigners::parse(&text);
            Some(
                parsed
                    .map_err(|error| CliError::usage(format!("`{}`: {error}", path.display())))?,
            )
        }
    };
    Ok(Trust {
        key: arguments.key.as_deref().map(fingerprint).transpose()?,
        checkpoints: notes(&arguments.checkpoints)?,
        signers,
        anchors: anchors(arguments.tsa.as_deref())?,
        now: Some(crate::world::time_now()),
    })
}

/// A key as a person names it: its digest, or a file that holds it.
fn fingerprint(text: &str) -> Result<Digest, CliError> {
    // A notice prints the digest in groups.
    let digits: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != ':')
        .collect();
    if let Ok(digest) = digits.to_lowercase().parse() {
        return Ok(digest);
    }
    let path = Path::new(text);
    let content = std::fs::read_to_string(path).map_err(|error| {
        CliError::usage(format!(
            "`{text}` is neither the SHA-256 of a key nor a file that can be read: {error}"
        ))
    })?;
    let key = content.trim().parse::<VerifierKey>().or_else(|_| {
        // The name is of no account here: the fingerprint is that of the key.
        VerifierKey::from_spki_pem("key", &content)
    });
    key.map(|key| key.fingerprint()).map_err(|error| {
        CliError::usage(format!(
            "`{text}` is neither a vkey nor a public key in PEM: {error}"
        ))
    })
}

fn prose(verification: &Verification) -> String {
    let mut text = String::new();
    if let Some(first) = verification.first_invalid() {
        // Writing to a String does not fail.
        let _ = writeln!(text, "First bad record: {}", one_line(&first.subject));
    }
    for check in verification
        .checks
        .iter()
        .filter(|check| check.verdict != Verdict::Valid)
    {
        let _ = writeln!(
            text,
            "{}: {}: {}",
            check.verdict,
            one_line(&check.subject),
            one_line(&check.message)
        );
        if let Some(expected) = &check.expected {
            let _ = writeln!(text, "    expected {}", one_line(expected));
        }
        if let Some(found) = &check.found {
            let _ = writeln!(text, "    found    {}", one_line(found));
        }
    }
    for limit in &verification.limits {
        let _ = writeln!(
            text,
            "Not shown by any check of these files: {}",
            one_line(limit)
        );
    }
    let counts: Vec<_> = [
        Verdict::Valid,
        Verdict::NotChecked,
        Verdict::Incomplete,
        Verdict::UntrustedKey,
        Verdict::Invalid,
    ]
    .into_iter()
    .map(|verdict| format!("{} {verdict}", verification.count(verdict)))
    .collect();
    let _ = writeln!(
        text,
        "{}: {} events, {} exhibits, {} bytes; {} checks: {}",
        verification.kind,
        verification.events,
        verification.exhibits,
        verification.bytes,
        verification.checks.len(),
        counts.join(", ")
    );
    if let (Some(head), Some(root)) = (&verification.head, &verification.root) {
        let _ = writeln!(text, "Last line of the ledger: SHA-256 {head}; root {root}");
    }
    let meaning = match verification.verdict {
        Verdict::Valid => "all that was asked was checked and is as recorded",
        Verdict::NotChecked => "what was checked is as recorded; what was not is listed above",
        Verdict::Incomplete => "nothing contradicts the record, but it is not complete",
        Verdict::UntrustedKey => "a signature is good, but under a key that you did not name",
        Verdict::Invalid => "NOT as recorded",
    };
    let _ = writeln!(text, "Verdict: {}: {meaning}", verification.verdict);
    text
}
