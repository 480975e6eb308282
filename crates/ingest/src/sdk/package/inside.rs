//! The members of a package, each by what it is.

use std::io::{Read, Seek};

use affiant_model::SdkFindingKind;

use super::{Named, Package, binary, classes, members, names};
use crate::archive::Archive;
use crate::sdk::android::{self, manifest};
use crate::sdk::apple;
use crate::sdk::out::{Draft, Out};
use crate::sdk::plist;
use crate::sdk::rules::{RuleKind, known};
use crate::sdk::tree::{Budget, Node};

/// What a member is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Manifest,
    Resources,
    Dex,
    Privacy,
    Info,
    Services,
    Machine,
}

/// What is left to unpack.
struct Reading<'x, R> {
    archive: &'x mut Archive<R>,
    unpacked: u64,
}

/// Reads a package.
pub(super) fn read<R: Read + Seek>(
    package: Package,
    archive: &mut Archive<R>,
    out: &mut Out<'_, '_>,
) {
    let members = members(archive, out);
    let mut reading = Reading {
        archive,
        unpacked: 0,
    };
    let parts: Vec<(Part, &Named)> = members
        .iter()
        .filter_map(|member| Some((part(package, &member.name)?, member)))
        .collect();
    match package {
        Package::Ipa => apple_package(&mut reading, &members, &parts, out),
        Package::Apk | Package::Aab => android_package(package, &mut reading, &parts, out),
    }
    out.member = None;
}

/// What a member is by its name.
fn part(package: Package, name: &str) -> Option<Part> {
    let file = name.rsplit('/').next().unwrap_or_default();
    if file.ends_with(".xcprivacy") {
        return Some(Part::Privacy);
    }
    match package {
        Package::Apk if name == "AndroidManifest.xml" => Some(Part::Manifest),
        Package::Aab if name.ends_with("/manifest/AndroidManifest.xml") => Some(Part::Manifest),
        Package::Apk if name == "resources.arsc" => Some(Part::Resources),
        Package::Apk | Package::Aab if is_dex_name(file) => Some(Part::Dex),
        Package::Ipa if file == "GoogleService-Info.plist" => Some(Part::Services),
        Package::Ipa if file == "Info.plist" => Some(Part::Info),
        Package::Ipa if names::is_machine_code(name) => Some(Part::Machine),
        _ => None,
    }
}

fn is_dex_name(file: &str) -> bool {
    file.strip_prefix("classes")
        .and_then(|rest| rest.strip_suffix(".dex"))
        .is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

impl<R: Read + Seek> Reading<'_, R> {
    /// Whether a member may be unpacked; says why not.
    fn may(&mut self, member: &Named, out: &mut Out<'_, '_>) -> bool {
        out.member = None;
        let cause = if let Some(cause) = &member.refused {
            cause.clone()
        } else if self.unpacked.saturating_add(member.bytes) > out.limits.unpacked_bytes {
            format!(
                "with it, more than the bound of {} bytes would be unpacked",
                out.limits.unpacked_bytes
            )
        } else {
            self.unpacked += member.bytes;
            return true;
        };
        let message = format!("the member `{}` is not read: {cause}", member.name);
        out.defect(None, &message, "what it holds is not listed");
        false
    }

    /// The whole of a member.
    fn whole(&mut self, member: &Named, out: &mut Out<'_, '_>) -> Option<Vec<u8>> {
        if !self.may(member, out) {
            return None;
        }
        let most = out.limits.file_bytes;
        if member.bytes > most as u64 {
            let message = format!(
                "the member `{}` is larger than the bound of {most} bytes",
                member.name
            );
            out.defect(None, &message, "what it holds is not listed");
            return None;
        }
        let mut bytes = Vec::new();
        let read = self
            .archive
            .read(member.index)
            .and_then(|reader| reader.take(most as u64 + 1).read_to_end(&mut bytes));
        if let Err(error) = read {
            let message = format!("the member `{}` cannot be unpacked: {error}", member.name);
            out.defect(None, &message, "what it holds is not listed");
            return None;
        }
        out.member = Some(member.name.clone());
        Some(bytes)
    }
}

fn android_package<R: Read + Seek>(
    package: Package,
    reading: &mut Reading<'_, R>,
    parts: &[(Part, &Named)],
    out: &mut Out<'_, '_>,
) {
    let of = |wanted: Part| parts.iter().filter(move |(part, _)| *part == wanted);
    let table = of(Part::Resources)
        .next()
        .and_then(|(_, member)| Some((member, reading.whole(member, out)?)));
    let mut manifests = 0;
    // The base module's manifest names the application; it comes first.
    let mut ordered: Vec<_> = of(Part::Manifest).collect();
    ordered.sort_by_key(|(_, member)| !member.name.starts_with("base/"));
    for (_, member) in ordered {
        let Some(bytes) = reading.whole(member, out) else {
            continue;
        };
        manifests += 1;
        read_manifest(
            &bytes,
            table.as_ref().map(|(_, bytes)| bytes.as_slice()),
            out,
        );
    }
    if manifests == 0 {
        out.member = None;
        let message = format!(
            "the {} has no manifest that can be read",
            package_name(package)
        );
        out.defect(
            None,
            &message,
            "the application, its permissions and components are not known",
        );
    }
    if let Some((member, bytes)) = &table {
        out.member = Some(member.name.clone());
        resource_keys(bytes, out);
    }
    for (part, member) in parts {
        if out.done() {
            return;
        }
        if *part == Part::Dex
            && let Some(bytes) = reading.whole(member, out)
        {
            classes::read(&bytes, out);
        }
    }
}

const fn package_name(package: Package) -> &'static str {
    match package {
        Package::Apk => "package",
        Package::Aab => "bundle",
        Package::Ipa => "archive",
    }
}

fn read_manifest(bytes: &[u8], table: Option<&[u8]>, out: &mut Out<'_, '_>) {
    let budget = Budget::of(out.limits);
    let parsed = match android::parse(bytes, budget) {
        Ok(parsed) => parsed,
        Err(trouble) => {
            let message = format!("the manifest cannot be read: {}", trouble.cause);
            let place = affiant_model::Span::new(trouble.at, 0);
            out.defect(Some(place), &message, "none of its declarations is read");
            return;
        }
    };
    parsed.report(out);
    let strings =
        table.and_then(|bytes| android::table::strings(bytes, &|_| false, &|_| true, budget).ok());
    let resolve = move |stated: &str| {
        let resource = strings.as_ref()?.get(stated)?;
        Some((resource.name.clone(), resource.text.clone()))
    };
    let app = (out.app.clone(), out.app_version.clone());
    manifest::findings(&parsed, Some(&resolve), out);
    // A further module of a bundle does not rename the application.
    if app.0.is_some() {
        (out.app, out.app_version) = app;
    }
}

/// Keys of SDKs among the strings of a package.
fn resource_keys(bytes: &[u8], out: &mut Out<'_, '_>) {
    let wanted = |name: &str| known().exact(RuleKind::StringResource, name).is_some();
    let budget = Budget::of(out.limits);
    match android::table::strings(bytes, &wanted, &|_| false, budget) {
        Ok(strings) => {
            for (id, resource) in strings {
                let Some(rule) = known().exact(RuleKind::StringResource, &resource.name) else {
                    continue;
                };
                let draft = Draft::new(SdkFindingKind::Key, resource.text, rule.cite())
                    .sdk(Some(rule.sdk.clone()))
                    .vendor(Some(rule.vendor.clone()))
                    .say("key", format!("the string `{}`", resource.name))
                    .at(id, None);
                out.finding(draft);
            }
        }
        Err(trouble) => {
            let message = format!("the table of resources cannot be read: {}", trouble.cause);
            let place = affiant_model::Span::new(trouble.at, 0);
            out.defect(
                Some(place),
                &message,
                "keys among the strings are not listed",
            );
        }
    }
}

fn apple_package<R: Read + Seek>(
    reading: &mut Reading<'_, R>,
    members: &[Named],
    parts: &[(Part, &Named)],
    out: &mut Out<'_, '_>,
) {
    // The application's own list names it; it comes first.
    let mut lists: Vec<(usize, &Named, Node)> = Vec::new();
    for (part, member) in parts {
        if *part != Part::Info && *part != Part::Services {
            continue;
        }
        let Some(bytes) = reading.whole(member, out) else {
            continue;
        };
        match plist::parse(&bytes, Budget::of(out.limits)) {
            Ok(root) => lists.push((
                names::depth_of_app(&member.name, *part == Part::Info),
                member,
                root,
            )),
            Err(trouble) => {
                let message = format!("the property list cannot be read: {}", trouble.cause);
                let place = affiant_model::Span::new(trouble.at, 0);
                out.defect(Some(place), &message, "what it states is not listed");
            }
        }
    }
    lists.sort_by_key(|(depth, ..)| *depth);
    match lists.first() {
        Some((names::OF_THE_APP, _, root)) => apple::info::name_application(root, out),
        _ => {
            out.member = None;
            out.defect(
                None,
                "no `Info.plist` of an application is found",
                "the application is not known by name",
            );
        }
    }
    for (depth, member, root) in &lists {
        out.member = Some(member.name.clone());
        if *depth != names::NEITHER {
            apple::info::findings(root, out);
        }
    }
    out.member = None;
    let versions: Vec<(&str, &Node)> = lists
        .iter()
        .map(|(_, member, root)| (member.name.as_str(), root))
        .collect();
    names::frameworks(
        members.iter().map(|member| member.name.as_str()),
        &versions,
        out,
    );
    for (part, member) in parts {
        if out.done() {
            return;
        }
        match part {
            Part::Privacy => {
                if let Some(bytes) = reading.whole(member, out) {
                    apple::manifest::read_member(&bytes, &member.name, out);
                }
            }
            Part::Machine if reading.may(member, out) => {
                let result = reading.archive.read(member.index).map(|mut reader| {
                    out.member = Some(member.name.clone());
                    binary::read(&mut reader, out)
                });
                if let Ok(Err(error)) | Err(error) = result {
                    let message = format!("it cannot be unpacked to its end: {error}");
                    out.member = Some(member.name.clone());
                    out.defect(None, &message, "what lies beyond is not listed");
                }
            }
            _ => {}
        }
    }
}
