//! CycloneDX bills of materials, JSON and XML (CycloneDX 1.0 to 1.6).

use affiant_model::{SdkFindingKind, Span};

use super::by_rule;
use super::purl::Purl;
use crate::sdk::json::{self, Sniff};
use crate::sdk::out::{Draft, Out};
use crate::sdk::tree::{Budget, Node};
use crate::sdk::xml::{self, Element};
use crate::sdk::{EXPORT, SdkFormat, refused, unread, whole};
use crate::{Input, Refusal};

/// A bill of materials of CycloneDX.
pub(in crate::sdk) struct CycloneDx;

const WANTED: &str = "CycloneDX bill of materials";
const NAMESPACE: &[u8] = b"http://cyclonedx.org/schema/bom/";

impl SdkFormat for CycloneDx {
    fn name(&self) -> &'static str {
        "cyclonedx"
    }

    fn title(&self) -> &'static str {
        "CycloneDX bill of materials (JSON or XML)"
    }

    fn recognise(&self, head: &[u8], _: &str) -> bool {
        if let Some(sniff) = Sniff::of(head) {
            return sniff.text("bomFormat") == Some("CycloneDX");
        }
        let start = &head[..head.len().min(8 << 10)];
        memchr::memmem::find(start, b"bom").is_some()
            && memchr::memmem::find(start, NAMESPACE).is_some()
    }

    fn read(&self, source: &mut dyn Input, out: &mut Out<'_, '_>) -> Result<(), Refusal> {
        let bytes = whole(source, out.limits, WANTED)?;
        let budget = Budget::of(out.limits);
        if Sniff::of(&bytes[..bytes.len().min(1024)]).is_some() {
            let root = json::parse(&bytes, budget).map_err(|trouble| unread(WANTED, trouble))?;
            if root.said("bomFormat").as_deref() != Some("CycloneDX") {
                let cause = "the JSON object has no `bomFormat` that says `CycloneDX`";
                return Err(refused(WANTED, cause, None, EXPORT));
            }
            of_json(&root, out);
            return Ok(());
        }
        let root = xml::parse(&bytes, budget).map_err(|trouble| unread(WANTED, trouble))?;
        if root.name != "bom" {
            let cause = format!("its outermost element is `{}`, not `bom`", root.name);
            return Err(refused(WANTED, cause, None, EXPORT));
        }
        of_xml(&root, out);
        Ok(())
    }
}

/// A component of either form.
#[derive(Default)]
struct Component {
    kind: String,
    group: String,
    name: Option<String>,
    version: Option<String>,
    purl: Option<String>,
    scope: String,
    publisher: String,
    place: String,
    span: Option<Span>,
}

impl Component {
    fn report(self, field: &str, out: &mut Out<'_, '_>) {
        let Some(name) = self.name else {
            let what = self.span;
            out.defect(what, "a component has no name", "it is not listed");
            return;
        };
        let full = if self.group.is_empty() {
            name
        } else {
            format!("{}/{name}", self.group)
        };
        let purl = self.purl.unwrap_or_default();
        let rule = Purl::parse(&purl).and_then(|purl| purl.rule());
        let draft = Draft::new(SdkFindingKind::Component, full, field)
            .version(self.version)
            .say("type", self.kind)
            .say("purl", purl)
            .say("scope", self.scope)
            .say("publisher", self.publisher)
            .at(self.place, self.span);
        out.finding(by_rule(draft, rule));
    }
}

fn of_json(root: &Node, out: &mut Out<'_, '_>) {
    out.version = root.said("specVersion");
    if let Some(metadata) = root.get("metadata") {
        let tools = metadata.get("tools");
        out.writer = tools.and_then(|tools| {
            let list = if tools.is_list() {
                tools.items()
            } else {
                tools.list("components")
            };
            let first = list.first()?;
            joined(&[
                first.said("vendor"),
                first.said("name"),
                first.said("version"),
            ])
        });
        if let Some(app) = metadata.get("component") {
            out.app = app.said("name");
            out.app_version = app.said("version");
        }
    }
    components(root, "", out);
    for (number, service) in root.list("services").iter().enumerate() {
        for (at, endpoint) in service.list("endpoints").iter().enumerate() {
            let Some(text) = endpoint.text() else {
                continue;
            };
            out.finding(
                Draft::new(SdkFindingKind::Host, text, "services.endpoints")
                    .say("service", service.said("name").unwrap_or_default())
                    .at(
                        format!("/services/{number}/endpoints/{at}"),
                        Some(endpoint.span),
                    ),
            );
        }
    }
}

/// The components of a node and of its components. The depth of the file is bounded.
fn components(node: &Node, pointer: &str, out: &mut Out<'_, '_>) {
    for (number, item) in node.list("components").iter().enumerate() {
        if out.done() {
            return;
        }
        let pointer = format!("{pointer}/components/{number}");
        let said = |name| item.said(name).unwrap_or_default();
        let component = Component {
            kind: said("type"),
            group: said("group"),
            name: item.said("name"),
            version: item.said("version"),
            purl: item.said("purl"),
            scope: said("scope"),
            publisher: said("publisher"),
            place: pointer.clone(),
            span: Some(item.span),
        };
        component.report("components", out);
        components(item, &pointer, out);
    }
}

fn of_xml(root: &Element, out: &mut Out<'_, '_>) {
    out.version = root
        .attributes
        .iter()
        .filter(|(key, _)| key == "xmlns" || key.starts_with("xmlns:"))
        .find_map(|(_, value)| value.strip_prefix("http://cyclonedx.org/schema/bom/"))
        .map(str::to_owned);
    if let Some(metadata) = root.child("metadata") {
        out.writer = metadata.child("tools").and_then(|tools| {
            let tool = tools
                .child("tool")
                .or_else(|| tools.child("components")?.child("component"))?;
            joined(&[
                tool.child_text("vendor"),
                tool.child_text("name"),
                tool.child_text("version"),
            ])
        });
        if let Some(app) = metadata.child("component") {
            out.app = app.child_text("name");
            out.app_version = app.child_text("version");
        }
    }
    elements(root, "/bom", out);
}

fn elements(element: &Element, place: &str, out: &mut Out<'_, '_>) {
    let Some(list) = element.child("components") else {
        return;
    };
    let children = list
        .children
        .iter()
        .filter(|child| child.name == "component");
    for (number, item) in children.enumerate() {
        if out.done() {
            return;
        }
        let place = format!("{place}/components/component[{}]", number + 1);
        let said = |name| item.child_text(name).unwrap_or_default();
        let component = Component {
            kind: item.attribute("type").unwrap_or_default().to_owned(),
            group: said("group"),
            name: item.child_text("name"),
            version: item.child_text("version"),
            purl: item.child_text("purl"),
            scope: said("scope"),
            publisher: said("publisher"),
            place: place.clone(),
            span: item.start,
        };
        component.report("component", out);
        elements(item, &place, out);
    }
}

/// The parts that are stated, with blanks between them.
fn joined(parts: &[Option<String>]) -> Option<String> {
    let parts: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
