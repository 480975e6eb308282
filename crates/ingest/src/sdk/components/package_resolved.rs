//! `Package.resolved` of the Swift package manager, versions 1 to 3
//! (swiftlang/swift-package-manager, `Sources/PackageGraph/ResolvedPackagesStore.swift`).

use affiant_model::SdkFindingKind;

use super::by_rule;
use crate::sdk::json::Sniff;
use crate::sdk::out::{Draft, Out};
use crate::sdk::rules::known;
use crate::sdk::tree::Node;
use crate::sdk::{EXPORT, SdkFormat, refused, whole_json};
use crate::{Input, Refusal};

/// The packages that a build of Swift has settled on.
pub(in crate::sdk) struct PackageResolved;

const WANTED: &str = "Package.resolved of the Swift package manager";

impl SdkFormat for PackageResolved {
    fn name(&self) -> &'static str {
        "package-resolved"
    }

    fn title(&self) -> &'static str {
        "Package.resolved of the Swift package manager"
    }

    fn recognise(&self, head: &[u8], _: &str) -> bool {
        let Some(sniff) = Sniff::of(head) else {
            return false;
        };
        !sniff.array
            && ((sniff.has("pins") && memchr::memmem::find(head, b"\"state\"").is_some())
                || (sniff.has("object") && memchr::memmem::find(head, b"\"pins\"").is_some())
                || sniff.has_all(&["pins", "version"]))
    }

    fn read(&self, source: &mut dyn Input, out: &mut Out<'_, '_>) -> Result<(), Refusal> {
        let root = whole_json(source, out.limits, WANTED)?;
        let (pins, pointer) = match root.get("pins") {
            Some(pins) => (pins, "/pins"),
            None => match root.path(&["object", "pins"]) {
                Some(pins) => (pins, "/object/pins"),
                None => {
                    let cause = "the JSON object has no `pins`";
                    return Err(refused(WANTED, cause, None, EXPORT));
                }
            },
        };
        out.version = root.said("version");
        for (number, pin) in pins.items().iter().enumerate() {
            one(pin, format!("{pointer}/{number}"), out);
        }
        Ok(())
    }
}

fn one(pin: &Node, pointer: String, out: &mut Out<'_, '_>) {
    let address = pin
        .said("location")
        .or_else(|| pin.said("repositoryURL"))
        .unwrap_or_default();
    let Some(name) = pin.said("identity").or_else(|| pin.said("package")) else {
        out.defect(Some(pin.span), "a pin has no name", "it is not listed");
        return;
    };
    let state = pin.get("state");
    let said = |name| state.and_then(|state| state.said(name));
    let draft = Draft::new(SdkFindingKind::Component, name, "pins")
        .version(said("version"))
        .say("address", &address)
        .say("branch", said("branch").unwrap_or_default())
        .say("revision", said("revision").unwrap_or_default())
        .at(pointer, Some(pin.span));
    out.finding(by_rule(draft, known().swift_package(&address)));
}
