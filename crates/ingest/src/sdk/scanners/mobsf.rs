//! Reports of MobSF on a package, as its interface `report_json` gives them, of the
//! versions 3.1 to 4 (MobSF, `mobsf/StaticAnalyzer/views`; trackers:
//! `mobsf/MalwareAnalyzer/views/Trackers.py`, 712e9f27).

use affiant_model::SdkFindingKind;

use crate::sdk::json::Sniff;
use crate::sdk::out::{Draft, Out};
use crate::sdk::rules::known;
use crate::sdk::tree::{Node, step};
use crate::sdk::{EXPORT, SdkFormat, refused, whole_json};
use crate::{Input, Refusal};

/// A report of MobSF.
pub(in crate::sdk) struct MobSf;

const WANTED: &str = "report of MobSF";
const COMPONENTS: [(&str, &str); 4] = [
    ("activities", "activity"),
    ("services", "service"),
    ("receivers", "receiver"),
    ("providers", "provider"),
];

impl SdkFormat for MobSf {
    fn name(&self) -> &'static str {
        "mobsf"
    }

    fn title(&self) -> &'static str {
        "report of MobSF on a package (JSON)"
    }

    fn recognise(&self, head: &[u8], _: &str) -> bool {
        Sniff::of(head).is_some_and(|sniff| {
            !sniff.array
                && (sniff.has_all(&["file_name", "app_name", "app_type", "md5"])
                    || sniff.has_all(&["title", "package_name", "md5", "sha1"])
                    || sniff.has_all(&["title", "bundle_id", "md5", "sha1"]))
        })
    }

    fn read(&self, source: &mut dyn Input, out: &mut Out<'_, '_>) -> Result<(), Refusal> {
        let root = whole_json(source, out.limits, WANTED)?;
        if root.get("md5").is_none() || root.get("file_name").is_none() {
            let cause = "the JSON object has no `file_name` and `md5`";
            return Err(refused(WANTED, cause, None, EXPORT));
        }
        let written_by = root.said("version").unwrap_or_default();
        out.writer = Some(format!("MobSF {written_by}").trim().to_owned());
        out.app = root.said("package_name").or_else(|| root.said("bundle_id"));
        out.app_version = root
            .said("version_name")
            .or_else(|| root.said("app_version"));
        trackers(&root, out);
        permissions(&root, out);
        components(&root, out);
        domains(&root, out);
        libraries(&root, out);
        Ok(())
    }
}

/// The member of that name as an array or object; a defect where it is neither.
fn of<'n>(root: &'n Node, name: &str, out: &mut Out<'_, '_>) -> Option<&'n Node> {
    let node = root.get(name)?;
    if node.is_list() || node.is_map() {
        return Some(node);
    }
    let empty = node.text().is_some_and(str::is_empty) || matches!(node.what(), "null");
    if !empty {
        let message = format!("`{name}` is {}, not an array or object", node.what());
        out.defect(Some(node.span), &message, "it is not read");
    }
    None
}

/// The entries of an object by name, or of an array by text; with places.
fn entries<'n>(node: &'n Node, pointer: &str) -> Vec<(String, &'n Node, String)> {
    let members = node
        .members()
        .iter()
        .map(|(name, value)| (name.clone(), value, step(pointer, name)));
    let items = node.items().iter().enumerate().map(|(number, item)| {
        (
            item.scalar().unwrap_or_default(),
            item,
            format!("{pointer}/{number}"),
        )
    });
    members.chain(items).collect()
}

fn trackers(root: &Node, out: &mut Out<'_, '_>) {
    let Some(list) = root.path(&["trackers", "trackers"]) else {
        return;
    };
    for (number, tracker) in list.items().iter().enumerate() {
        let pointer = format!("/trackers/trackers/{number}");
        // Older versions write a tracker as its name and address.
        let (name, address) = match tracker.said("name") {
            Some(name) => (Some(name), tracker.said("url")),
            None => match tracker.members() {
                [(name, address)] => (Some(name.clone()), address.scalar()),
                _ => (tracker.text().map(str::to_owned), None),
            },
        };
        let Some(name) = name else {
            out.defect(
                Some(tracker.span),
                "a tracker has no name",
                "it is not listed",
            );
            continue;
        };
        out.finding(
            Draft::new(SdkFindingKind::Sdk, &name, "trackers")
                .sdk(Some(name.clone()))
                .say("found by", "MobSF, by the signatures of εxodus")
                .say("categories", tracker.said("categories").unwrap_or_default())
                .say("address", address.unwrap_or_default())
                .at(pointer, Some(tracker.span)),
        );
    }
}

fn permissions(root: &Node, out: &mut Out<'_, '_>) {
    let Some(node) = of(root, "permissions", out) else {
        return;
    };
    for (name, value, pointer) in entries(node, "/permissions") {
        // An array of objects is the older form of the reports on iOS.
        let name = if name.is_empty() {
            value.said("name").unwrap_or_default()
        } else {
            name
        };
        if name.is_empty() {
            out.defect(
                Some(value.span),
                "a permission has no name",
                "it is not listed",
            );
            continue;
        }
        let reason = value.said("reason").or_else(|| {
            name.starts_with("NS")
                .then(|| value.said("description"))
                .flatten()
        });
        out.finding(
            Draft::new(SdkFindingKind::Permission, name, "permissions")
                .say("status", value.said("status").unwrap_or_default())
                .say("purpose stated to the user", reason.unwrap_or_default())
                .at(pointer, Some(value.span)),
        );
    }
}

fn components(root: &Node, out: &mut Out<'_, '_>) {
    for (field, element) in COMPONENTS {
        let Some(node) = of(root, field, out) else {
            continue;
        };
        for (name, value, pointer) in entries(node, &format!("/{field}")) {
            if name.is_empty() {
                out.defect(
                    Some(value.span),
                    "a component has no name",
                    "it is not listed",
                );
                continue;
            }
            let rule = known().class(&name);
            let by = rule.map_or_else(
                || field.to_owned(),
                |rule| format!("{field}; SDK by {}", rule.cite()),
            );
            out.finding(
                Draft::new(SdkFindingKind::ManifestComponent, name, by)
                    .sdk(rule.map(|rule| rule.sdk.clone()))
                    .vendor(rule.map(|rule| rule.vendor.clone()))
                    .say("element", element)
                    .at(pointer, Some(value.span)),
            );
        }
    }
}

fn domains(root: &Node, out: &mut Out<'_, '_>) {
    let Some(node) = of(root, "domains", out) else {
        return;
    };
    for (name, value, pointer) in entries(node, "/domains") {
        let rule = known().host(&name);
        let by = rule.map_or_else(
            || "domains".to_owned(),
            |rule| format!("domains; SDK by {}", rule.cite()),
        );
        out.finding(
            Draft::new(SdkFindingKind::Host, name, by)
                .sdk(rule.map(|rule| rule.sdk.clone()))
                .vendor(rule.map(|rule| rule.vendor.clone()))
                .at(pointer, Some(value.span)),
        );
    }
}

fn libraries(root: &Node, out: &mut Out<'_, '_>) {
    let Some(node) = of(root, "libraries", out) else {
        return;
    };
    for (name, value, pointer) in entries(node, "/libraries") {
        if name.is_empty() {
            out.defect(
                Some(value.span),
                "a library has no name",
                "it is not listed",
            );
            continue;
        }
        let framework = name
            .split(".framework/")
            .next()
            .filter(|before| before.len() < name.len())
            .and_then(|path| path.rsplit('/').next());
        let rule = framework.and_then(|name| known().framework(name));
        out.finding(
            Draft::new(SdkFindingKind::Component, name.as_str(), "libraries")
                .sdk(rule.map(|rule| rule.sdk.clone()))
                .vendor(rule.map(|rule| rule.vendor.clone()))
                .say("kind", "library that the program is linked to")
                .say("SDK by", rule.map(|rule| rule.cite()).unwrap_or_default())
                .at(pointer, Some(value.span)),
        );
    }
}
