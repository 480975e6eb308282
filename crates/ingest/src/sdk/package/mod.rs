//! Packages of applications: what their members hold and declare. A class,
//! framework, host or key in a package shows that it is there, not that it is used.

mod binary;
mod classes;
mod inside;
mod names;

use std::io::Read;

use super::out::Out;
use super::rules::SdkRules;
use super::{SdkFormat, file_name, refused, zip_has};
use crate::archive::Archive;
use crate::{Input, Refusal};

/// A package of an application, by its platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Package {
    /// Android, as installed.
    Apk,
    /// Android, as handed to the store.
    Aab,
    /// iOS: an `.ipa`, or an archive of an `.app`.
    Ipa,
}

impl SdkFormat for Package {
    fn name(&self) -> &'static str {
        match self {
            Self::Apk => "apk",
            Self::Aab => "aab",
            Self::Ipa => "ipa",
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::Apk => "package of an Android application (.apk)",
            Self::Aab => "bundle of an Android application (.aab)",
            Self::Ipa => "package of an iOS application (.ipa, or an archive of an .app)",
        }
    }

    fn recognise(&self, head: &[u8], name: &str) -> bool {
        let ending = format!(".{}", self.name());
        if crate::is_archive(head) && file_name(name).ends_with(&ending) {
            return true;
        }
        match self {
            Self::Apk => zip_has(head, |member| {
                member == b"AndroidManifest.xml" || member == b"classes.dex"
            }),
            Self::Aab => zip_has(head, |member| {
                member == b"BundleConfig.pb" || member.ends_with(b"/manifest/AndroidManifest.xml")
            }),
            Self::Ipa => zip_has(head, |member| {
                let first = member
                    .split(|byte| *byte == b'/')
                    .next()
                    .unwrap_or_default();
                member.starts_with(b"Payload/")
                    || (first.ends_with(b".app") && first.len() < member.len())
            }),
        }
    }

    fn read(&self, source: &mut dyn Input, out: &mut Out<'_, '_>) -> Result<(), Refusal> {
        const WANTED: &str = "package of an application";
        const REMEDY: &str = "take in the package again; `unzip -t FILE` tells more";
        source
            .rewind()
            .map_err(|source| Refusal::Read { offset: 0, source })?;
        let mut archive =
            Archive::open(source).map_err(|cause| refused(WANTED, cause, None, REMEDY))?;
        if let Err(error) = SdkRules::built_in() {
            let message = format!("the program's own rules cannot be read: {error}");
            out.defect(None, &message, "nothing is found by rules");
        }
        let hidden = archive.hidden();
        if hidden > 0 {
            let message =
                format!("{hidden} members of the archive are hidden by others of their name");
            out.defect(None, &message, "they are not read");
        }
        inside::read(*self, &mut archive, out);
        Ok(())
    }
}

/// A member whose name was looked at.
struct Named {
    index: usize,
    name: String,
    bytes: u64,
    refused: Option<String>,
}

/// The members of an archive, folders left out, within the bound.
fn members<R: Read + std::io::Seek>(archive: &mut Archive<R>, out: &mut Out<'_, '_>) -> Vec<Named> {
    let count = archive.len();
    if count > out.limits.members {
        let message = format!(
            "the archive has {count} members, more than the bound of {}",
            out.limits.members
        );
        out.defect(None, &message, "those beyond it are not read");
    }
    (0..count.min(out.limits.members))
        .filter_map(|index| {
            let member = archive.member(index)?;
            Some(Named {
                index,
                name: member.name,
                bytes: member.bytes,
                refused: member.refused,
            })
        })
        .collect()
}
