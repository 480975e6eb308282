//! Privacy manifests, `PrivacyInfo.xcprivacy` (Apple, *Privacy manifest files*):
//! what the maker of an SDK or application declares of itself.

use affiant_model::SdkFindingKind;

use crate::sdk::out::{Draft, Out, yes};
use crate::sdk::plist::{is_plist, parse};
use crate::sdk::rules::known;
use crate::sdk::tree::{Budget, Node, step};
use crate::sdk::{SdkFormat, refused, unread, whole};
use crate::{Input, Refusal};

/// A privacy manifest.
pub(in crate::sdk) struct PrivacyManifest;

const WANTED: &str = "privacy manifest";
const TRACKING: &str = "NSPrivacyTracking";
const DOMAINS: &str = "NSPrivacyTrackingDomains";
const TYPES: &str = "NSPrivacyCollectedDataTypes";
const APIS: &str = "NSPrivacyAccessedAPITypes";

impl SdkFormat for PrivacyManifest {
    fn name(&self) -> &'static str {
        "privacy-manifest"
    }

    fn title(&self) -> &'static str {
        "privacy manifest of Apple (PrivacyInfo.xcprivacy)"
    }

    fn recognise(&self, head: &[u8], name: &str) -> bool {
        is_plist(head)
            && (memchr::memmem::find(head, b"NSPrivacyTracking").is_some()
                || memchr::memmem::find(head, b"NSPrivacyCollectedDataTypes").is_some()
                || memchr::memmem::find(head, b"NSPrivacyAccessedAPITypes").is_some()
                || name.to_lowercase().ends_with(".xcprivacy"))
    }

    fn read(&self, source: &mut dyn Input, out: &mut Out<'_, '_>) -> Result<(), Refusal> {
        let bytes = whole(source, out.limits, WANTED)?;
        let root =
            parse(&bytes, Budget::of(out.limits)).map_err(|trouble| unread(WANTED, trouble))?;
        if !root.is_map() {
            let cause = format!("the property list is {}", root.what());
            return Err(refused(WANTED, cause, None, crate::sdk::EXPORT));
        }
        let declared_by = match out.file.as_str() {
            "" => "this privacy manifest".to_owned(),
            file => format!("the privacy manifest `{file}`"),
        };
        findings(&root, &declared_by, None, out);
        Ok(())
    }
}

/// Reads the manifest at the path `member` of a package.
pub(in crate::sdk) fn read_member(bytes: &[u8], member: &str, out: &mut Out<'_, '_>) {
    let bundle = bundle_of(member);
    match parse(bytes, Budget::of(out.limits)) {
        Ok(root) if root.is_map() => {
            let declared_by = format!("the privacy manifest of {bundle}");
            findings(&root, &declared_by, Some(&bundle), out);
        }
        Ok(root) => {
            let message = format!("the privacy manifest is {}, not an object", root.what());
            out.defect(None, &message, "none of its declarations is read");
        }
        Err(trouble) => {
            let message = format!("the privacy manifest cannot be read: {}", trouble.cause);
            let place = affiant_model::Span::new(trouble.at, 0);
            out.defect(Some(place), &message, "none of its declarations is read");
        }
    }
}

/// The framework, bundle, extension or application whose folder holds a manifest.
fn bundle_of(member: &str) -> String {
    member
        .rsplit('/')
        .skip(1)
        .find(|part| {
            [".framework", ".bundle", ".appex", ".app"]
                .iter()
                .any(|end| part.ends_with(end))
        })
        .unwrap_or("the package")
        .to_owned()
}

/// Hands out what a manifest declares. Who declares it is said in each detail.
fn findings(root: &Node, declared_by: &str, bundle: Option<&str>, out: &mut Out<'_, '_>) {
    let stem = bundle
        .and_then(|bundle| bundle.rsplit_once('.'))
        .map(|(stem, end)| (stem.to_owned(), end == "app" || end == "appex"));
    // An application's own manifest is that of no SDK.
    let sdk = stem
        .filter(|(_, application)| !application)
        .map(|(stem, _)| stem);
    let rule = sdk.as_deref().and_then(|name| known().framework(name));
    let name = rule.map(|rule| rule.sdk.clone()).or(sdk);
    let draft = |kind, value: &str, field: &str| {
        Draft::new(kind, value, field)
            .sdk(name.clone())
            .vendor(rule.map(|rule| rule.vendor.clone()))
            .say("declared by", declared_by)
    };
    let unread = |node: &Node, field: &str, wanted: &str, out: &mut Out<'_, '_>| {
        let message = format!("`{field}` is {}, not {wanted}", node.what());
        out.defect(Some(node.span), &message, "this declaration is not read");
    };
    for (key, value) in root.members() {
        let pointer = step("", key);
        match key.as_str() {
            TRACKING => match value.truth() {
                Some(truth) => out.finding(
                    draft(SdkFindingKind::Tracking, yes(truth), key).at(pointer, Some(value.span)),
                ),
                None => unread(value, key, "a truth value", out),
            },
            DOMAINS | TYPES | APIS if !value.is_list() => unread(value, key, "an array", out),
            DOMAINS => each(value, &pointer, out, &mut |item, pointer, out| {
                let Some(text) = item.text() else {
                    return unread(item, key, "a text", out);
                };
                out.finding(
                    draft(SdkFindingKind::TrackingDomain, text, key).at(pointer, Some(item.span)),
                );
            }),
            TYPES => each(value, &pointer, out, &mut |item, pointer, out| {
                let Some(text) = item.get("NSPrivacyCollectedDataType").and_then(Node::text) else {
                    return unread(
                        item,
                        key,
                        "an object with `NSPrivacyCollectedDataType`",
                        out,
                    );
                };
                out.finding(
                    data_type(draft(SdkFindingKind::DataType, text, key), item)
                        .at(pointer, Some(item.span)),
                );
            }),
            APIS => each(value, &pointer, out, &mut |item, pointer, out| {
                let Some(text) = item.get("NSPrivacyAccessedAPIType").and_then(Node::text) else {
                    return unread(item, key, "an object with `NSPrivacyAccessedAPIType`", out);
                };
                let reasons = texts(item.list("NSPrivacyAccessedAPITypeReasons"));
                out.finding(
                    draft(SdkFindingKind::AccessedApi, text, key)
                        .say("reasons", reasons)
                        .at(pointer, Some(item.span)),
                );
            }),
            _ => {
                let message = format!("the manifest has a key `{key}`, which is not known");
                out.defect(Some(value.span), &message, "what it declares is not read");
            }
        }
    }
}

fn data_type(draft: Draft, item: &Node) -> Draft {
    const PURPOSE: &str = "NSPrivacyCollectedDataTypePurpose";
    let truth = |name: &str| match item.get(name) {
        None => "not stated".to_owned(),
        Some(node) => node.truth().map_or_else(
            || format!("unclear, it is {}", node.what()),
            |t| yes(t).to_owned(),
        ),
    };
    let purposes: Vec<&str> = item
        .list("NSPrivacyCollectedDataTypePurposes")
        .iter()
        .filter_map(Node::text)
        .map(|text| text.strip_prefix(PURPOSE).unwrap_or(text))
        .collect();
    draft
        .say("linked", truth("NSPrivacyCollectedDataTypeLinked"))
        .say("tracking", truth("NSPrivacyCollectedDataTypeTracking"))
        .say("purposes", purposes.join(", "))
}

fn texts(items: &[Node]) -> String {
    let texts: Vec<&str> = items.iter().filter_map(Node::text).collect();
    texts.join(", ")
}

type Visit<'v> = dyn FnMut(&Node, String, &mut Out<'_, '_>) + 'v;

fn each(list: &Node, pointer: &str, out: &mut Out<'_, '_>, visit: &mut Visit<'_>) {
    for (number, item) in list.items().iter().enumerate() {
        if out.done() {
            return;
        }
        visit(item, format!("{pointer}/{number}"), out);
    }
}
