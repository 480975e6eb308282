//! Lock files of Gradle, `gradle.lockfile` (Gradle user manual, *Locking
//! versions*): one component a line, with the configurations that take it in.

use affiant_model::SdkFindingKind;

use super::by_rule;
use crate::sdk::out::{Draft, Out};
use crate::sdk::rules::known;
use crate::sdk::tree::span;
use crate::sdk::{SdkFormat, file_name, whole};
use crate::{Input, Refusal};

/// A lock file of Gradle.
pub(in crate::sdk) struct GradleLock;

const HEADER: &[u8] = b"# This is a Gradle generated file for dependency locking.";

impl SdkFormat for GradleLock {
    fn name(&self) -> &'static str {
        "gradle-lock"
    }

    fn title(&self) -> &'static str {
        "lock file of Gradle"
    }

    fn recognise(&self, head: &[u8], name: &str) -> bool {
        head.starts_with(HEADER)
            || matches!(
                file_name(name).as_str(),
                "gradle.lockfile" | "buildscript-gradle.lockfile"
            )
    }

    fn read(&self, source: &mut dyn Input, out: &mut Out<'_, '_>) -> Result<(), Refusal> {
        let bytes = whole(source, out.limits, "lock file of Gradle")?;
        let mut at = 0;
        for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let place = span(at, at + line.len());
            at += line.len() + 1;
            let text = String::from_utf8_lossy(line);
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') || text.starts_with("empty=") {
                continue;
            }
            let (component, configurations) = text.split_once('=').unwrap_or((text, ""));
            let parts: Vec<&str> = component.split(':').collect();
            let [group, artifact, version] = parts[..] else {
                out.defect(
                    Some(place),
                    "the line is not `group:artifact:version=configurations`",
                    "it is not listed",
                );
                continue;
            };
            let draft = Draft::new(
                SdkFindingKind::Component,
                format!("{group}:{artifact}"),
                "line",
            )
            .version(Some(version.to_owned()))
            .say("configurations", configurations.replace(',', ", "))
            .at(format!("line {}", number + 1), Some(place));
            out.finding(by_rule(draft, known().maven(group, artifact)));
        }
        Ok(())
    }
}
