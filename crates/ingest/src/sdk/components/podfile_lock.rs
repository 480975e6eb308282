//! `Podfile.lock` of CocoaPods (CocoaPods/Core, `lib/cocoapods-core/lockfile.rb`):
//! the pods of a build, those that the Podfile names, and checksums.

use std::collections::BTreeSet;

use affiant_model::SdkFindingKind;

use super::by_rule;
use crate::sdk::out::{Draft, Out, yes};
use crate::sdk::rules::known;
use crate::sdk::tree::span;
use crate::sdk::{EXPORT, SdkFormat, file_name, refused, whole};
use crate::{Input, Refusal};

/// A lock file of CocoaPods.
pub(in crate::sdk) struct PodfileLock;

const WANTED: &str = "Podfile.lock";

impl SdkFormat for PodfileLock {
    fn name(&self) -> &'static str {
        "podfile-lock"
    }

    fn title(&self) -> &'static str {
        "Podfile.lock of CocoaPods"
    }

    fn recognise(&self, head: &[u8], name: &str) -> bool {
        head.starts_with(b"PODS:") || (file_name(name) == "podfile.lock" && !head.starts_with(b"{"))
    }

    fn read(&self, source: &mut dyn Input, out: &mut Out<'_, '_>) -> Result<(), Refusal> {
        let bytes = whole(source, out.limits, WANTED)?;
        let text = String::from_utf8_lossy(&bytes);
        if !text.lines().any(|line| line.trim_end() == "PODS:") {
            let cause = "it has no section `PODS`";
            return Err(refused(WANTED, cause, None, EXPORT));
        }
        let named = dependencies(&text);
        out.writer = text
            .lines()
            .find_map(|line| line.strip_prefix("COCOAPODS:"))
            .map(|version| format!("CocoaPods {}", version.trim()));
        let mut section = "";
        let mut at = 0;
        for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let place = span(at, at + line.len());
            at += line.len() + 1;
            let line = String::from_utf8_lossy(line);
            let line = line.trim_end();
            if !line.starts_with(' ') {
                section = if line == "PODS:" { "PODS" } else { "" };
                continue;
            }
            if section != "PODS" {
                continue;
            }
            let Some(item) = line.strip_prefix("  - ") else {
                // What a pod needs stands below it, deeper.
                continue;
            };
            let Some((name, version)) = pod(item) else {
                out.defect(
                    Some(place),
                    "the line names no pod and version",
                    "it is not listed",
                );
                continue;
            };
            let draft = Draft::new(SdkFindingKind::Component, name.clone(), "PODS")
                .version(version)
                .say("named in the Podfile", yes(named.contains(&name)))
                .at(format!("line {}", number + 1), Some(place));
            out.finding(by_rule(draft, known().pod(&name)));
        }
        Ok(())
    }
}

/// The pods that the Podfile itself names.
fn dependencies(text: &str) -> BTreeSet<String> {
    text.lines()
        .skip_while(|line| line.trim_end() != "DEPENDENCIES:")
        .skip(1)
        .take_while(|line| line.starts_with(' '))
        .filter_map(|line| pod(line.strip_prefix("  - ")?))
        .map(|(name, _)| name)
        .collect()
}

/// Name and version of `Name/Part (1.2.3):`, with or without quotation marks.
fn pod(item: &str) -> Option<(String, Option<String>)> {
    let item = item.trim().trim_end_matches(':').trim_matches(['"', '\'']);
    let (name, version) = match item.split_once(" (") {
        Some((name, rest)) => (name, Some(rest.trim_end_matches(')').trim().to_owned())),
        None => (item, None),
    };
    let name = name.trim();
    (!name.is_empty()).then(|| (name.to_owned(), version))
}
