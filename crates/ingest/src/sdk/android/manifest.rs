//! What an Android manifest declares (developer.android.com, *App manifest
//! overview*): permissions asked for, components, keys of SDKs.

use std::collections::BTreeMap;

use affiant_model::SdkFindingKind;

use super::{Form, Parsed};
use crate::sdk::out::{Draft, Out};
use crate::sdk::rules::{RuleKind, known};
use crate::sdk::xml::Element;

/// Elements by which an application asks for a permission.
const ASKS: [&str; 3] = [
    "uses-permission",
    "uses-permission-sdk-23",
    "uses-permission-sdk-m",
];
const COMPONENTS: [&str; 5] = [
    "activity",
    "activity-alias",
    "service",
    "receiver",
    "provider",
];

/// Finds what a resource is, by the way a manifest refers to it: its name and text.
pub(in crate::sdk) type Resolve<'r> = dyn Fn(&str) -> Option<(String, String)> + 'r;

/// Takes the application's name and version from its manifest.
pub(in crate::sdk) fn name_application(root: &Element, out: &mut Out<'_, '_>) {
    let said = |name: &str| root.attribute(name).filter(|text| !text.is_empty());
    out.app = said("package").map(str::to_owned);
    out.app_version = said("android:versionName")
        .or_else(|| said("android:versionCode"))
        .map(str::to_owned);
}

/// The children of an element with their places: a number counts those of the
/// same name, as in XPath.
fn numbered<'e>(place: &str, element: &'e Element) -> Vec<(String, &'e Element)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    element
        .children
        .iter()
        .map(|child| {
            let count = counts.entry(&child.name).or_default();
            *count += 1;
            (format!("{place}/{}[{count}]", child.name), child)
        })
        .collect()
}

/// Hands out what a manifest declares. Places are paths of elements.
pub(in crate::sdk) fn findings(
    parsed: &Parsed,
    resolve: Option<&Resolve<'_>>,
    out: &mut Out<'_, '_>,
) {
    let root = &parsed.root;
    name_application(root, out);
    let mut reading = Reading {
        package: root.attribute("package").unwrap_or_default(),
        form: parsed.form,
        resolve,
        out,
    };
    for (place, child) in numbered("/manifest", root) {
        let name = child.name.as_str();
        if ASKS.contains(&name) {
            reading.permission(child, place);
        } else if name == "application" {
            reading.application(child, &place);
        } else if COMPONENTS.contains(&name) {
            reading.out.defect(
                child.start,
                &format!("the element `{name}` stands outside of `application`"),
                "Android declares nothing by it, and it is not listed",
            );
        }
        if reading.out.done() {
            return;
        }
    }
}

struct Reading<'r, 'o, 'a, 's> {
    package: &'r str,
    form: Form,
    resolve: Option<&'r Resolve<'r>>,
    out: &'o mut Out<'a, 's>,
}

impl Reading<'_, '_, '_, '_> {
    fn permission(&mut self, element: &Element, place: String) {
        let Some(name) = element.attribute("android:name") else {
            return self.nameless(element);
        };
        let said = |name| element.attribute(name).unwrap_or_default().to_owned();
        let draft = Draft::new(SdkFindingKind::Permission, name, element.name.as_str())
            .say("up to API level", said("android:maxSdkVersion"))
            .say("flags", said("android:usesPermissionFlags"))
            .say("in the build", self.build(element))
            .at(place, element.start);
        self.out.finding(draft);
    }

    /// What a source says to the build.
    fn build(&self, element: &Element) -> String {
        match (self.form, element.attribute("tools:node")) {
            (Form::Text, Some(node)) => format!("tools:node {node}"),
            _ => String::new(),
        }
    }

    fn nameless(&mut self, element: &Element) {
        let message = format!("an element `{}` has no name", element.name);
        self.out.defect(element.start, &message, "it is not listed");
    }

    fn application(&mut self, application: &Element, place: &str) {
        for (place, child) in numbered(place, application) {
            if self.out.done() {
                return;
            }
            if child.name == "meta-data" {
                self.meta_data(child, place);
            } else if COMPONENTS.contains(&child.name.as_str()) {
                self.component(child, &place);
            }
        }
    }

    /// The name of a class in full: one that begins with a full stop, or has
    /// none, lies in the package.
    fn class(&self, name: &str) -> String {
        match name.strip_prefix('.') {
            Some(rest) => format!("{}.{rest}", self.package),
            None if name.contains('.') => name.to_owned(),
            None => format!("{}.{name}", self.package),
        }
    }

    fn component(&mut self, element: &Element, place: &str) {
        let Some(name) = element.attribute("android:name") else {
            return self.nameless(element);
        };
        let class = self.class(name);
        let rule = known().class(&class);
        let by = rule.map_or_else(
            || element.name.clone(),
            |rule| format!("{}; SDK by {}", element.name, rule.cite()),
        );
        let said = |name| element.attribute(name).unwrap_or_default().to_owned();
        let draft = Draft::new(SdkFindingKind::ManifestComponent, class, by)
            .sdk(rule.map(|rule| rule.sdk.clone()))
            .vendor(rule.map(|rule| rule.vendor.clone()))
            .say("element", &element.name)
            .say("exported", said("android:exported"))
            .say("permission", said("android:permission"))
            .say("authorities", said("android:authorities"))
            .say("process", said("android:process"))
            .say("in the build", self.build(element))
            .at(place, element.start);
        self.out.finding(draft);
        for (place, child) in numbered(place, element) {
            if child.name == "meta-data" {
                self.meta_data(child, place);
            }
        }
    }

    /// A key of an SDK, if a rule knows the name.
    fn meta_data(&mut self, element: &Element, place: String) {
        let Some(name) = element.attribute("android:name") else {
            return self.nameless(element);
        };
        let Some(rule) = known().exact(RuleKind::MetaData, name) else {
            return;
        };
        let stated = element
            .attribute("android:value")
            .or_else(|| element.attribute("android:resource"))
            .unwrap_or_default();
        let found = self.resolve.and_then(|resolve| resolve(stated));
        let (value, refers) = match found {
            Some((resource, text)) => (text, format!("{stated}, the string `{resource}`")),
            None if stated.starts_with('@') => (
                stated.to_owned(),
                "a resource that is not in this file".to_owned(),
            ),
            None => (stated.to_owned(), String::new()),
        };
        let draft = Draft::new(SdkFindingKind::Key, value, rule.cite())
            .sdk(Some(rule.sdk.clone()))
            .vendor(Some(rule.vendor.clone()))
            .say("key", name)
            .say("refers to", refers)
            .at(place, element.start);
        self.out.finding(draft);
    }
}
