//! What the names of the members of an iOS package tell.

use std::collections::BTreeMap;

use affiant_model::SdkFindingKind;

use crate::sdk::out::{Draft, Out};
use crate::sdk::rules::known;
use crate::sdk::tree::Node;

/// The list of the application itself.
pub(super) const OF_THE_APP: usize = 0;
/// A list of services, an extension's or a framework's.
const WITHIN: usize = 1;
/// A list that is about no code, such as that of a bundle of resources.
pub(super) const NEITHER: usize = 2;

/// The path below the application's folder; `None` where it is not in one.
fn below_app(name: &str) -> Option<&str> {
    let rest = name.strip_prefix("Payload/").unwrap_or(name);
    let (folder, rest) = rest.split_once('/')?;
    folder.ends_with(".app").then_some(rest)
}

/// Whether a list is that of the application, of something within it, or neither.
pub(super) fn depth_of_app(name: &str, is_info: bool) -> usize {
    let Some(rest) = below_app(name) else {
        return NEITHER;
    };
    if is_info && rest == "Info.plist" {
        return OF_THE_APP;
    }
    let folder = rest.rsplit('/').nth(1).unwrap_or_default();
    if !is_info
        || [".framework", ".appex", ".app"]
            .iter()
            .any(|end| folder.ends_with(end))
    {
        WITHIN
    } else {
        NEITHER
    }
}

/// Whether a member is the machine code of an application, extension or framework:
/// it has the name of its folder, or is a library.
pub(super) fn is_machine_code(name: &str) -> bool {
    let Some(rest) = below_app(name) else {
        return false;
    };
    if rest.ends_with(".dylib") {
        return true;
    }
    let mut parts = name.rsplit('/');
    let (Some(file), Some(folder)) = (parts.next(), parts.next()) else {
        return false;
    };
    [".app", ".appex", ".framework"]
        .iter()
        .any(|end| folder.strip_suffix(end) == Some(file))
}

/// Lists the frameworks of a package, and the bundles of resources that a rule
/// knows. `lists` are the lists of the package by their paths.
pub(super) fn frameworks<'n>(
    names: impl Iterator<Item = &'n str>,
    lists: &[(&str, &Node)],
    out: &mut Out<'_, '_>,
) {
    let mut found: BTreeMap<&str, &str> = BTreeMap::new();
    for name in names {
        for end in [".framework/", ".bundle/"] {
            let mut from = 0;
            while let Some(at) = name.get(from..).and_then(|rest| rest.find(end)) {
                let path = &name[..from + at + end.len() - 1];
                let file = path.rsplit('/').next().unwrap_or_default();
                found.insert(path, file);
                from += at + end.len();
            }
        }
    }
    for (path, file) in found {
        let (stem, kind) = file.rsplit_once('.').unwrap_or((file, ""));
        // Swift packages name their resources `Package_Target.bundle`.
        let rule = known().framework(stem).or_else(|| {
            let (package, target) = stem.split_once('_')?;
            known()
                .framework(target)
                .or_else(|| known().framework(package))
        });
        if rule.is_none() && kind != "framework" {
            continue;
        }
        let list = format!("{path}/Info.plist");
        let root = lists
            .iter()
            .find(|(name, _)| *name == list)
            .map(|(_, root)| *root);
        let (bundle, version) = root.map_or((None, None), crate::sdk::apple::info::bundle);
        let what = if rule.is_some() {
            SdkFindingKind::Sdk
        } else {
            SdkFindingKind::Component
        };
        let by = rule.map_or_else(|| "name of the folder".to_owned(), |rule| rule.cite());
        out.finding(
            Draft::new(what, file, by)
                .sdk(rule.map(|rule| rule.sdk.clone()))
                .vendor(rule.map(|rule| rule.vendor.clone()))
                .version(version.filter(|_| kind == "framework"))
                .say("bundle identifier", bundle.unwrap_or_default())
                .at(path, None),
        );
    }
}
