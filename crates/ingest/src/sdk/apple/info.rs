//! `Info.plist` of an application or framework (Apple, *Information Property
//! List*), and `GoogleService-Info.plist`: names, purposes of access, keys of SDKs.

use affiant_model::SdkFindingKind;

use crate::sdk::out::{Draft, Out};
use crate::sdk::plist::{is_plist, parse};
use crate::sdk::rules::{RuleKind, known};
use crate::sdk::tree::{Budget, Node, step};
use crate::sdk::{SdkFormat, refused, unread, whole};
use crate::{Input, Refusal};

/// An information property list.
pub(in crate::sdk) struct InfoPlist;

const WANTED: &str = "property list of an application (Info.plist)";

impl SdkFormat for InfoPlist {
    fn name(&self) -> &'static str {
        "info-plist"
    }

    fn title(&self) -> &'static str {
        "information property list of Apple (Info.plist)"
    }

    fn recognise(&self, head: &[u8], name: &str) -> bool {
        is_plist(head)
            && (memchr::memmem::find(head, b"CFBundleIdentifier").is_some()
                || memchr::memmem::find(head, b"GOOGLE_APP_ID").is_some()
                || super::super::file_name(name).ends_with("info.plist"))
    }

    fn read(&self, source: &mut dyn Input, out: &mut Out<'_, '_>) -> Result<(), Refusal> {
        let bytes = whole(source, out.limits, WANTED)?;
        let root =
            parse(&bytes, Budget::of(out.limits)).map_err(|trouble| unread(WANTED, trouble))?;
        if !root.is_map() {
            let cause = format!("the property list is {}", root.what());
            return Err(refused(WANTED, cause, None, crate::sdk::EXPORT));
        }
        name_application(&root, out);
        findings(&root, out);
        Ok(())
    }
}

/// The bundle's name and version, without what a build has not yet filled in.
pub(in crate::sdk) fn bundle(root: &Node) -> (Option<String>, Option<String>) {
    let said = |name| root.said(name).filter(|text| !text.starts_with("$("));
    (
        said("CFBundleIdentifier").or_else(|| said("BUNDLE_ID")),
        said("CFBundleShortVersionString").or_else(|| said("CFBundleVersion")),
    )
}

/// Takes the application's name and version from its list.
pub(in crate::sdk) fn name_application(root: &Node, out: &mut Out<'_, '_>) {
    (out.app, out.app_version) = bundle(root);
}

/// Hands out the keys of SDKs and the purposes of access that a list states.
pub(in crate::sdk) fn findings(root: &Node, out: &mut Out<'_, '_>) {
    for (key, value) in root.members() {
        let pointer = step("", key);
        if key.starts_with("NS") && key.ends_with("UsageDescription") {
            out.finding(
                Draft::new(SdkFindingKind::Permission, key, key)
                    .say(
                        "purpose stated to the user",
                        value.scalar().unwrap_or_default(),
                    )
                    .at(pointer, Some(value.span)),
            );
        } else if key == "SKAdNetworkItems" {
            networks(value, &pointer, out);
        } else if let Some(rule) = known().exact(RuleKind::PlistKey, key) {
            let Some(text) = value.scalar() else {
                let message = format!("`{key}` is {}, not a text", value.what());
                out.defect(Some(value.span), &message, "the key of the SDK is not read");
                continue;
            };
            out.finding(
                Draft::new(SdkFindingKind::Key, text, rule.cite())
                    .sdk(Some(rule.sdk.clone()))
                    .vendor(Some(rule.vendor.clone()))
                    .say("key", key)
                    .at(pointer, Some(value.span)),
            );
        }
    }
}

/// Advertising networks whose adverts the application may have attributed
/// (Apple, *SKAdNetworkItems*).
fn networks(value: &Node, pointer: &str, out: &mut Out<'_, '_>) {
    for (number, item) in value.items().iter().enumerate() {
        let pointer = format!("{pointer}/{number}");
        match item.said("SKAdNetworkIdentifier") {
            Some(id) => out.finding(
                Draft::new(SdkFindingKind::Key, id, "SKAdNetworkItems")
                    .say("key", "SKAdNetworkIdentifier")
                    .say("note", "an advertising network that may receive attributions; no SDK is shown by it")
                    .at(pointer, Some(item.span)),
            ),
            None => out.defect(
                Some(item.span),
                "an item of `SKAdNetworkItems` has no `SKAdNetworkIdentifier`",
                "this network is not listed",
            ),
        }
    }
}
