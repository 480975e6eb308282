//! `AndroidManifest.xml` in its three forms: text, the binary XML of packages, the
//! protocol buffers of bundles.

pub(super) mod binary;
pub(super) mod chunk;
pub(super) mod manifest;
pub(super) mod proto;
pub(super) mod table;

use super::out::Out;
use super::tree::{Budget, Trouble};
use super::xml::{self, Element};
use super::{SdkFormat, refused, unread, whole};
use crate::{Input, Refusal};

/// The address that names Android's own attributes.
const ANDROID: &str = "http://schemas.android.com/apk/res/android";
/// The address that names instructions to the build.
const TOOLS: &str = "http://schemas.android.com/tools";

/// A manifest on its own.
pub(super) struct AndroidManifest;

const WANTED: &str = "manifest of Android";

impl SdkFormat for AndroidManifest {
    fn name(&self) -> &'static str {
        "android-manifest"
    }

    fn title(&self) -> &'static str {
        "Android manifest (AndroidManifest.xml), as text, binary XML or protocol buffers"
    }

    fn recognise(&self, head: &[u8], name: &str) -> bool {
        let named = super::file_name(name) == "androidmanifest.xml";
        let has = |text: &[u8]| memchr::memmem::find(head, text).is_some();
        if binary::is_binary(head) {
            let wide: Vec<u8> = b"manifest".iter().flat_map(|byte| [*byte, 0]).collect();
            return named || has(b"manifest") || has(&wide);
        }
        if head.first() == Some(&0x0a) && has(ANDROID.as_bytes()) {
            return has(b"manifest");
        }
        has(b"<manifest") && (named || has(ANDROID.as_bytes()))
    }

    fn read(&self, source: &mut dyn Input, out: &mut Out<'_, '_>) -> Result<(), Refusal> {
        let bytes = whole(source, out.limits, WANTED)?;
        let parsed =
            parse(&bytes, Budget::of(out.limits)).map_err(|trouble| unread(WANTED, trouble))?;
        if parsed.root.name != "manifest" {
            let cause = format!(
                "its outermost element is `{}`, not `manifest`",
                parsed.root.name
            );
            return Err(refused(WANTED, cause, None, super::EXPORT));
        }
        parsed.report(out);
        manifest::findings(&parsed, None, out);
        Ok(())
    }
}

/// A form of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Text, as a programmer writes it: a build may add to it.
    Text,
    /// Binary XML, as in a package.
    Binary,
    /// Protocol buffers, as in a bundle.
    Proto,
}

/// A manifest that was read.
pub(super) struct Parsed {
    pub(super) form: Form,
    pub(super) root: Element,
    /// What could not be read of it.
    notes: Vec<Trouble>,
}

impl Parsed {
    /// Says what could not be read.
    pub(super) fn report(&self, out: &mut Out<'_, '_>) {
        for note in &self.notes {
            let place = affiant_model::Span::new(note.at, 0);
            out.defect(
                Some(place),
                &note.cause,
                "this part of the manifest is not read",
            );
        }
    }
}

/// Reads a manifest of any form, with Android's attributes named `android:…` and
/// those of the build `tools:…`.
pub(super) fn parse(bytes: &[u8], budget: Budget) -> Result<Parsed, Trouble> {
    if binary::is_binary(bytes) {
        let (root, notes) = binary::parse(bytes, budget)?;
        return Ok(Parsed {
            form: Form::Binary,
            root,
            notes,
        });
    }
    if bytes.first() == Some(&0x0a) && memchr::memmem::find(bytes, b"<manifest").is_none() {
        return Ok(Parsed {
            form: Form::Proto,
            root: proto::parse(bytes, budget)?,
            notes: Vec::new(),
        });
    }
    let mut root = xml::parse(bytes, budget)?;
    let prefixes: Vec<(String, &str)> = root
        .attributes
        .iter()
        .filter_map(|(key, value)| {
            let ours = match value.as_str() {
                ANDROID => "android:",
                TOOLS => "tools:",
                _ => return None,
            };
            Some((format!("{}:", key.strip_prefix("xmlns:")?), ours))
        })
        .collect();
    rename(&mut root, &prefixes);
    Ok(Parsed {
        form: Form::Text,
        root,
        notes: Vec::new(),
    })
}

/// Gives attributes the prefixes that this reader goes by.
fn rename(element: &mut Element, prefixes: &[(String, &str)]) {
    for (key, _) in &mut element.attributes {
        let found = prefixes.iter().find_map(|(theirs, ours)| {
            Some(format!("{ours}{}", key.strip_prefix(theirs.as_str())?))
        });
        if let Some(name) = found {
            *key = name;
        }
    }
    for child in &mut element.children {
        rename(child, prefixes);
    }
}
