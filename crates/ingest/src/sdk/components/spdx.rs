//! SPDX bills of materials: JSON of versions 2 and 3, tag-value of version 2
//! (SPDX 2.3 §7, §8; SPDX 3.0.1, `software_Package`).

use affiant_model::{SdkFindingKind, Span};

use super::by_rule;
use super::purl::Purl;
use crate::sdk::json::Sniff;
use crate::sdk::out::{Draft, Out};
use crate::sdk::tree::{Node, span};
use crate::sdk::{EXPORT, SdkFormat, refused, whole, whole_json};
use crate::{Input, Refusal};

/// SPDX as JSON.
pub(in crate::sdk) struct SpdxJson;
/// SPDX as lines of tags and values.
pub(in crate::sdk) struct SpdxTagValue;

const WANTED: &str = "bill of materials of SPDX";

/// A package of either form.
#[derive(Default)]
struct Package {
    name: String,
    version: Option<String>,
    supplier: String,
    purl: String,
    download: String,
    place: String,
    span: Option<Span>,
}

impl Package {
    fn report(self, field: &str, out: &mut Out<'_, '_>) {
        let rule = Purl::parse(&self.purl).and_then(|purl| purl.rule());
        let stated = |text: &str| match text {
            "NOASSERTION" | "NONE" => String::new(),
            text => text.to_owned(),
        };
        let draft = Draft::new(SdkFindingKind::Component, self.name, field)
            .version(self.version)
            .say("purl", &self.purl)
            .say("supplier", stated(&self.supplier))
            .say("download", stated(&self.download))
            .at(self.place, self.span);
        out.finding(by_rule(draft, rule));
    }
}

impl SdkFormat for SpdxJson {
    fn name(&self) -> &'static str {
        "spdx-json"
    }

    fn title(&self) -> &'static str {
        "SPDX bill of materials (JSON)"
    }

    fn recognise(&self, head: &[u8], _: &str) -> bool {
        Sniff::of(head).is_some_and(|sniff| {
            !sniff.array
                && (sniff.has("spdxVersion")
                    || sniff
                        .text("@context")
                        .is_some_and(|text| text.contains("spdx.org")))
        })
    }

    fn read(&self, source: &mut dyn Input, out: &mut Out<'_, '_>) -> Result<(), Refusal> {
        let root = whole_json(source, out.limits, WANTED)?;
        if root.get("@graph").is_some() {
            of_graph(&root, out);
        } else if root.get("spdxVersion").is_some() {
            of_version_2(&root, out);
        } else {
            let cause = "the JSON object has neither `spdxVersion` nor `@graph`";
            return Err(refused(WANTED, cause, None, EXPORT));
        }
        Ok(())
    }
}

fn of_version_2(root: &Node, out: &mut Out<'_, '_>) {
    out.version = root.said("spdxVersion");
    out.writer = root
        .path(&["creationInfo"])
        .map_or(&[][..], |info| info.list("creators"))
        .iter()
        .filter_map(Node::text)
        .find_map(|text| {
            text.strip_prefix("Tool:")
                .map(|tool| tool.trim().to_owned())
        });
    out.app = root.said("name");
    for (number, item) in root.list("packages").iter().enumerate() {
        let Some(name) = item.said("name") else {
            out.defect(Some(item.span), "a package has no name", "it is not listed");
            continue;
        };
        let purl = item.list("externalRefs").iter().find_map(|reference| {
            (reference.said("referenceType")? == "purl")
                .then(|| reference.said("referenceLocator"))
                .flatten()
        });
        let package = Package {
            name,
            version: item.said("versionInfo"),
            supplier: item.said("supplier").unwrap_or_default(),
            purl: purl.unwrap_or_default(),
            download: item.said("downloadLocation").unwrap_or_default(),
            place: format!("/packages/{number}"),
            span: Some(item.span),
        };
        package.report("packages", out);
    }
}

fn of_graph(root: &Node, out: &mut Out<'_, '_>) {
    for (number, item) in root.list("@graph").iter().enumerate() {
        match item.said("type").or_else(|| item.said("@type")).as_deref() {
            Some("CreationInfo") => out.version = item.said("specVersion"),
            Some("software_Package") => {
                let Some(name) = item.said("name") else {
                    out.defect(Some(item.span), "a package has no name", "it is not listed");
                    continue;
                };
                let package = Package {
                    name,
                    version: item.said("software_packageVersion"),
                    purl: item.said("software_packageUrl").unwrap_or_default(),
                    download: item.said("software_downloadLocation").unwrap_or_default(),
                    place: format!("/@graph/{number}"),
                    span: Some(item.span),
                    ..Package::default()
                };
                package.report("@graph", out);
            }
            _ => {}
        }
    }
}

impl SdkFormat for SpdxTagValue {
    fn name(&self) -> &'static str {
        "spdx-tag-value"
    }

    fn title(&self) -> &'static str {
        "SPDX bill of materials (tag-value)"
    }

    fn recognise(&self, head: &[u8], _: &str) -> bool {
        let start = &head[..head.len().min(4096)];
        start
            .split(|byte| *byte == b'\n')
            .any(|line| line.starts_with(b"SPDXVersion:"))
    }

    fn read(&self, source: &mut dyn Input, out: &mut Out<'_, '_>) -> Result<(), Refusal> {
        let bytes = whole(source, out.limits, WANTED)?;
        let mut package: Option<Package> = None;
        let mut at = 0;
        let mut in_text = false;
        for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let start = at;
            at += line.len() + 1;
            let text = String::from_utf8_lossy(line);
            // A text of several lines stands between `<text>` and `</text>`.
            if in_text {
                in_text = !text.contains("</text>");
                continue;
            }
            in_text = text.contains("<text>") && !text.contains("</text>");
            let Some((tag, value)) = text.split_once(':') else {
                continue;
            };
            let value = value.trim();
            match (tag.trim(), &mut package) {
                ("SPDXVersion", _) => out.version = Some(value.to_owned()),
                ("DocumentName", _) => out.app = Some(value.to_owned()),
                ("Creator", _) => {
                    if let Some(tool) = value.strip_prefix("Tool:") {
                        out.writer = Some(tool.trim().to_owned());
                    }
                }
                ("PackageName", _) => {
                    if let Some(done) = package.take() {
                        done.report("PackageName", out);
                    }
                    package = Some(Package {
                        name: value.to_owned(),
                        place: format!("line {}", number + 1),
                        span: Some(span(start, start + line.len())),
                        ..Package::default()
                    });
                }
                ("PackageVersion", Some(package)) => package.version = Some(value.to_owned()),
                ("PackageSupplier", Some(package)) => package.supplier = value.to_owned(),
                ("PackageDownloadLocation", Some(package)) => package.download = value.to_owned(),
                ("ExternalRef", Some(package)) => {
                    let mut words = value.split_whitespace().skip(1);
                    if words.next() == Some("purl") {
                        package.purl = words.next().unwrap_or_default().to_owned();
                    }
                }
                _ => {}
            }
        }
        if let Some(done) = package {
            done.report("PackageName", out);
        }
        Ok(())
    }
}
