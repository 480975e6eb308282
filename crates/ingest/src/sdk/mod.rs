//! What is built into an application: packages, their manifests, reports of
//! scanners, lists of components, lists of sellers.
//!
//! [`recognise_sdk`] picks an [`SdkReader`] by content, and by the file's name
//! where content alone cannot tell; it hands out each [`SdkItem`], and says in an
//! [`SdkCapture`] what the file says of itself. Nothing here shows that anything
//! was sent: only traffic can.

mod android;
mod apple;
mod components;
mod dex;
mod json;
mod limits;
mod out;
mod package;
mod plist;
mod rules;
mod scanners;
mod sellers;
mod tree;
mod xml;

use std::io::Read;
use std::ops::ControlFlow;

use affiant_model::{Defect, ExhibitId, SdkFinding};

use crate::{Input, Refusal};

pub use limits::SdkLimits;
use out::Out;
pub use rules::{RuleKind, SdkRule, SdkRules};
use tree::{Budget, Node, Trouble};

/// Is what a reader of SDK material hands out, in the order of the exhibit.
#[derive(Debug, Clone, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "handed over one at a time, never stored in bulk"
)]
pub enum SdkItem {
    /// Something the exhibit says or holds.
    Finding(SdkFinding),
    /// Something that could not be read.
    Defect(Defect),
}

/// Takes each item. [`ControlFlow::Break`] ends the reading early, without error.
pub type SdkSink<'a> = dyn FnMut(SdkItem) -> ControlFlow<()> + 'a;

/// What an exhibit of SDK material says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SdkCapture {
    /// Name of the reader: `exodus-report`.
    pub format: String,
    /// Version of the format, as the file states it.
    pub version: Option<String>,
    /// The program that wrote the file, and its version, as the file states them.
    pub writer: Option<String>,
    /// The application, by package or bundle name; none where the file is about
    /// several or names none.
    pub app: Option<String>,
    /// Its version.
    pub app_version: Option<String>,
    /// Number of findings handed out.
    pub findings: u64,
    /// Number of defects handed out.
    pub defects: u64,
}

/// Reads one kind of file.
trait SdkFormat: Sync {
    /// Short name, as recorded for an exhibit.
    fn name(&self) -> &'static str;

    /// Name in full.
    fn title(&self) -> &'static str;

    /// Whether a file of that name that begins with `head` may be of this kind.
    fn recognise(&self, head: &[u8], name: &str) -> bool;

    /// Reads the whole file.
    fn read(&self, source: &mut dyn Input, out: &mut Out<'_, '_>) -> Result<(), Refusal>;
}

/// How a file of SDK material is read.
#[derive(Clone, Copy)]
pub struct SdkReader {
    format: &'static dyn SdkFormat,
}

impl std::fmt::Debug for SdkReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SdkReader").field(&self.name()).finish()
    }
}

impl SdkReader {
    /// Short name, as recorded for an exhibit: `apk`. No traffic log has the same.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.format.name()
    }

    /// Name in full.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.format.title()
    }

    /// Reads the whole of `source`, bytes of the exhibit `exhibit` from its first,
    /// whose file is called `name`, and hands out each item in order.
    ///
    /// # Errors
    ///
    /// A refusal, where nothing of the file can be read as this format or the
    /// input fails.
    pub fn read(
        &self,
        source: &mut dyn Input,
        exhibit: ExhibitId,
        name: &str,
        settings: &SdkLimits,
        sink: &mut SdkSink<'_>,
    ) -> Result<SdkCapture, Refusal> {
        let mut out = Out::new(exhibit, self.name(), name, settings, sink);
        self.format.read(source, &mut out)?;
        out.finish();
        Ok(SdkCapture {
            format: self.name().to_owned(),
            version: out.version,
            writer: out.writer,
            app: out.app,
            app_version: out.app_version,
            findings: out.findings,
            defects: out.defects,
        })
    }
}

const FORMATS: &[&dyn SdkFormat] = &[
    &package::Package::Aab,
    &package::Package::Apk,
    &package::Package::Ipa,
    &apple::manifest::PrivacyManifest,
    &apple::info::InfoPlist,
    &android::AndroidManifest,
    &scanners::mobsf::MobSf,
    &scanners::exodus::ExodusReport,
    &scanners::exodus::ExodusStandalone,
    &scanners::exodus::ExodusTrackers,
    &components::cyclonedx::CycloneDx,
    &components::spdx::SpdxJson,
    &components::spdx::SpdxTagValue,
    &components::package_resolved::PackageResolved,
    &components::gradle_lock::GradleLock,
    &components::podfile_lock::PodfileLock,
    &sellers::sellers_json::SellersJson,
    &sellers::ads_txt::AdsTxt,
];

/// Lists the readers in the order in which they are tried.
#[must_use]
pub fn sdk_formats() -> Vec<SdkReader> {
    FORMATS
        .iter()
        .map(|format| SdkReader { format: *format })
        .collect()
}

/// Finds a reader by the name recorded for an exhibit.
#[must_use]
pub fn sdk_format_named(name: &str) -> Option<SdkReader> {
    sdk_formats()
        .into_iter()
        .find(|reader| reader.name() == name)
}

/// Finds how a file is read: by `head`, its first [`crate::HEAD_BYTES`] bytes or
/// all of it, and where that cannot tell by `name`, that of the file.
///
/// # Errors
///
/// A refusal that names what the file is instead, where that is known.
pub fn recognise_sdk(head: &[u8], name: &str) -> Result<SdkReader, Refusal> {
    sdk_formats()
        .into_iter()
        .find(|reader| reader.format.recognise(head, name))
        .ok_or_else(|| foreign(head))
}

/// The refusal of a file that no reader claims.
fn foreign(head: &[u8]) -> Refusal {
    let sniff = json::Sniff::of(head);
    let (cause, remedy) = if sniff.as_ref().is_some_and(|s| s.has("mobsfscan_version")) {
        (
            "the file is a report of mobsfscan on source code, which names no SDK and no application",
            "take in the report of MobSF on the package, or the package itself",
        )
    } else if head.starts_with(b"Question ID (machine readable),") {
        (
            "the file is a data-safety form of Google Play, which is a notice of the publisher and names no SDK",
            "list it as a notice in `case.toml`",
        )
    } else if head.is_empty() {
        ("the file is empty", "take in the file again")
    } else {
        (
            "no reader knows its content or its name",
            "name the format with `--format`, if it is one of those in docs/sdk.md",
        )
    };
    refused(
        "file of SDK material that this version reads",
        cause,
        None,
        remedy,
    )
}

/// A refusal.
fn refused(
    wanted: &'static str,
    cause: impl Into<String>,
    offset: Option<u64>,
    remedy: &'static str,
) -> Refusal {
    Refusal::NotThisFormat {
        wanted,
        cause: cause.into(),
        offset,
        remedy,
    }
}

const EXPORT: &str = "export it again, or name another format with `--format`";

/// The whole of a file, within the bound.
fn whole(
    source: &mut dyn Input,
    limits: &SdkLimits,
    wanted: &'static str,
) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    source
        .stream()
        .take(limits.file_bytes as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Refusal::Read {
            offset: 0,
            source: error,
        })?;
    if bytes.len() > limits.file_bytes {
        let cause = format!(
            "the file is larger than the bound of {} bytes",
            limits.file_bytes
        );
        return Err(refused(wanted, cause, None, "take in a smaller part of it"));
    }
    Ok(bytes)
}

/// The whole of a JSON file.
fn whole_json(
    source: &mut dyn Input,
    limits: &SdkLimits,
    wanted: &'static str,
) -> Result<Node, Refusal> {
    let bytes = whole(source, limits, wanted)?;
    json::parse(&bytes, Budget::of(limits)).map_err(|trouble| unread(wanted, trouble))
}

/// The refusal of a file of values that cannot be read.
fn unread(wanted: &'static str, trouble: Trouble) -> Refusal {
    refused(wanted, trouble.cause, Some(trouble.at), EXPORT)
}

/// The last part of a path, in lower case.
fn file_name(path: &str) -> String {
    path.rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .to_lowercase()
}

/// Whether a file begins as a zip archive does, with such a member among those
/// whose records are in the beginning.
fn zip_has(head: &[u8], wanted: impl Fn(&[u8]) -> bool) -> bool {
    crate::is_archive(head) && crate::archive::first_names(head).any(wanted)
}
