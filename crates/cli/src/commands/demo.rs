use std::path::Path;

use affiant_custody::CaseFolder;
use affiant_model::{Actor, Case, Circumstances, CustodyObject, Reach};
use chrono::{DateTime, Utc};
use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde_json::json;

use crate::args::Demo;
use crate::commands::intake::{What, take_in};
use crate::commands::{analyze, report, supplement};
use crate::console::Console;
use crate::error::{CliError, Outcome};
use crate::world::World;

/// The model case, built in.
static MODEL_CASE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../datasets/zoom-2020");

/// The first event of the model case is one second later.
const START: &str = "2020-03-30T18:00:00Z";

/// With a supplement: the version whose captures are taken in after the first report,
/// and when. Events go on counting seconds.
const LATER: (&str, &str) = ("4.6.9", "2020-04-06T18:00:00Z");

/// The captures in the order in which they are taken in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    capture: Vec<Capture>,
}

#[derive(Deserialize)]
struct Capture {
    file: String,
    #[serde(flatten)]
    circumstances: Circumstances,
}

pub(crate) fn run(arguments: &Demo, console: &Console) -> Result<Outcome, CliError> {
    let case = &arguments.case;
    let actor = Actor {
        name: "affiant demo".to_owned(),
        role: "demonstration of the program".to_owned(),
    };
    let mut world = World::set(time(START)?, actor);
    let folder = CaseFolder::create(case, text("case.toml")?, world.stamp())
        .map_err(|error| CliError::usage(format!("{error}, such as `affiant demo zoom-again`")))?;
    let manifest: Manifest = toml::from_str(text("captures.toml")?).map_err(CliError::internal)?;
    let (version, when) = LATER;
    let (later, first): (Vec<_>, Vec<_>) = manifest.capture.iter().partition(|capture| {
        arguments.supplement && capture.circumstances.app_version.as_deref() == Some(version)
    });
    take_all(&folder, &first, &world, console)?;
    let mut figures = analyze::analyse(case, &world, console)?;
    let (mut documents, _) = report::write(case, false, &world, console)?;
    if arguments.supplement {
        world = world.moved_to(time(when)?);
        take_all(&folder, &later, &world, console)?;
        figures = analyze::analyse(case, &world, console)?;
        // Before the reports are made anew: it is made against the first of them.
        let earlier = folder.root().join("reports/expert-report.pdf");
        let supplement = supplement::write(&folder, &earlier, &world)?;
        (documents, _) = report::write(case, false, &world, console)?;
        documents.extend(supplement);
    }
    let model: Case = toml::from_str(text("case.toml")?).map_err(CliError::internal)?;
    let findings = findings(case, &model, manifest.capture.len(), &figures)?;
    console.result(
        &json!({ "case": case, "found": findings, "documents": documents }),
        || prose(case, &findings, &documents),
    )?;
    Ok(Outcome::Done)
}

fn time(text: &str) -> Result<DateTime<Utc>, CliError> {
    text.parse().map_err(CliError::internal)
}

fn text(name: &str) -> Result<&'static str, CliError> {
    MODEL_CASE
        .get_file(name)
        .and_then(include_dir::File::contents_utf8)
        .ok_or_else(|| CliError::internal(format!("the model case has no `{name}`")))
}

fn take_all(
    folder: &CaseFolder,
    captures: &[&Capture],
    world: &World,
    console: &Console,
) -> Result<(), CliError> {
    let mut writer = folder.writer(&mut || world.stamp())?;
    for capture in captures {
        let bytes = MODEL_CASE
            .get_file(&capture.file)
            .ok_or_else(|| {
                CliError::internal(format!("the model case has no capture `{}`", capture.file))
            })?
            .contents();
        let what = What {
            name: capture.file.rsplit('/').next().unwrap_or_default(),
            head: bytes,
            bytes: bytes.len() as u64,
            format: None,
            circumstances: capture.circumstances.clone(),
            digests: Vec::new(),
            from: None,
        };
        let mut source = bytes;
        take_in(&mut writer, &mut source, what, world, console)?;
    }
    Ok(())
}

/// What was found, in ten lines at most.
fn findings(
    case: &Path,
    case_file: &Case,
    exhibits: usize,
    figures: &analyze::Figures,
) -> Result<Vec<String>, CliError> {
    let folder = CaseFolder::open(case)?;
    let path = folder.tables_dir().join("transmittals.parquet");
    let bytes = std::fs::read(&path).map_err(crate::error::io("read", &path))?;
    let transmittals = affiant_aggregate::read_transmittals(&bytes)?;
    let meta: Vec<_> = transmittals
        .iter()
        .filter(|t| t.recipient == META)
        .collect();
    let mut lines = vec![format!(
        "{} transmittals in {exhibits} captures, {} of them addressed to {META} ({} attempted only); {} defects listed.",
        figures.transmittals,
        meta.len(),
        meta.iter().filter(|t| t.reach == Reach::Attempted).count(),
        figures.defects
    )];
    for phase in &case_file.phases {
        let count = meta
            .iter()
            .filter(|t| t.phase.as_ref() == Some(&phase.name))
            .count();
        lines.push(format!("  in phase {}: {count} to {META}", phase.name));
    }
    for (item, datum) in [
        ("advertising identifier", "advertising_id"),
        ("device model", "device_model"),
        ("mobile carrier", "carrier"),
        ("time zone", "time_zone"),
        ("city", "city"),
    ] {
        let found: Vec<_> = meta.iter().filter(|t| t.datum == datum).collect();
        lines.push(match found.first() {
            Some(first) => format!(
                "  {item}: {} times, first as {} ({})",
                found.len(),
                first.value,
                first.transmittal
            ),
            None => format!("  {item}: not observed in any exchange with {META}"),
        });
    }
    Ok(lines)
}

const META: &str = "Meta Platforms, Inc.";

fn prose(case: &Path, findings: &[String], documents: &[CustodyObject]) -> String {
    let is_of_the_set = |path: &&str| {
        let name = path.strip_prefix("reports/");
        name.is_some_and(|name| !name.contains('/') && name.ends_with(".pdf"))
    };
    let reports: Vec<_> = documents
        .iter()
        .map(|object| object.path.as_str())
        .filter(is_of_the_set)
        .map(|path| format!("  {}", case.join(path).display()))
        .collect();
    let case = case.display();
    format!(
        "SYNTHETIC: a reconstruction from public statements, not evidence.\n{}\n\nThe documents:\n{}\n\n\
         One row, from its bytes to its value:\n  affiant show {case} T-000001\n\n\
         The same on your own capture:\n  affiant new acme-2026\n  \
         affiant intake acme-2026 capture.har --custodian \"…\" --collected-by \"…\" --method \"…\"\n  \
         affiant analyze acme-2026\n  affiant report acme-2026\n",
        findings.join("\n"),
        reports.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use affiant_model::Digest;

    use super::*;

    #[test]
    fn the_captures_are_those_that_their_list_of_digests_names() {
        let listed: BTreeMap<&str, &str> = text("SHA256SUMS")
            .unwrap()
            .lines()
            .filter_map(|line| line.split_once("  "))
            .map(|(sum, name)| (name, sum))
            .collect();
        let captures = MODEL_CASE.get_dir("captures").unwrap();
        assert!(captures.files().count() >= 10);
        for file in captures.files() {
            let name = file.path().to_str().unwrap();
            assert_eq!(
                listed.get(name),
                Some(&Digest::of(file.contents()).to_hex().as_str()),
                "{name}"
            );
        }
    }
}
