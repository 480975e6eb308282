//! εxodus: reports of the platform and of `exodus-standalone`, and the list of
//! trackers (Exodus-Privacy/exodus 09c32416, `exodus/restful_api/views.py` and
//! `serializers.py`, `doc/api.md` 048a9a89; exodus-standalone 01043d7b,
//! `exodus_analyze.py`). Its signatures are not part of this program.

use affiant_model::SdkFindingKind;

use crate::sdk::json::Sniff;
use crate::sdk::out::{Draft, Out};
use crate::sdk::tree::{Node, step};
use crate::sdk::{EXPORT, SdkFormat, refused, whole_json};
use crate::{Input, Refusal};

/// A report of the platform, of any of its three forms.
pub(in crate::sdk) struct ExodusReport;
/// A report of `exodus-standalone`.
pub(in crate::sdk) struct ExodusStandalone;
/// A list of trackers, which is about no application.
pub(in crate::sdk) struct ExodusTrackers;

const REPORT: &str = "report of εxodus";

impl SdkFormat for ExodusReport {
    fn name(&self) -> &'static str {
        "exodus-report"
    }

    fn title(&self) -> &'static str {
        "report of the εxodus platform (JSON)"
    }

    fn recognise(&self, head: &[u8], _: &str) -> bool {
        let Some(sniff) = Sniff::of(head) else {
            return false;
        };
        if sniff.array {
            return sniff.has_all(&["handle", "trackers"])
                || sniff.has_all(&["handle", "apk_hash"]);
        }
        if sniff.has_all(&["found_trackers", "application"]) {
            return true;
        }
        // Applications by name, each with a list of reports.
        let start = &head[..head.len().min(4096)];
        ["\"reports\"", "\"creator\"", "\"name\""]
            .iter()
            .all(|name| memchr::memmem::find(start, name.as_bytes()).is_some())
            && !sniff.has("reports")
            && !sniff.has("name")
    }

    fn read(&self, source: &mut dyn Input, out: &mut Out<'_, '_>) -> Result<(), Refusal> {
        let root = whole_json(source, out.limits, REPORT)?;
        out.writer = Some("εxodus".to_owned());
        if root.is_list() {
            for (number, report) in root.items().iter().enumerate() {
                flat(report, &format!("/{number}"), out);
            }
        } else if root.get("found_trackers").is_some() {
            detailed(&root, out);
        } else if root
            .members()
            .iter()
            .any(|(_, app)| app.get("reports").is_some())
        {
            for (handle, app) in root.members() {
                searched(handle, app, out);
            }
        } else {
            let cause = "the JSON object has neither `found_trackers` nor `reports`";
            return Err(refused(REPORT, cause, None, EXPORT));
        }
        // A file may be about several applications; then it is of none.
        if root.items().len() > 1 || (root.is_map() && root.members().len() > 3) {
            out.app = None;
            out.app_version = None;
        }
        Ok(())
    }
}

/// The version of an application in a report.
fn version(report: &Node, name: &str) -> Option<String> {
    report.said(name).or_else(|| report.said("version_code"))
}

/// A report of `/api/search/HANDLE/details`.
fn flat(report: &Node, pointer: &str, out: &mut Out<'_, '_>) {
    out.app = report.said("handle");
    out.app_version = version(report, "version_name");
    if out.app.is_none() {
        out.defect(
            Some(report.span),
            "a report has no `handle`",
            "its findings are of no named application",
        );
    }
    numbers(report, pointer, out);
    permissions(report, pointer, out);
}

/// A report of `/api/search/HANDLE`.
fn searched(handle: &str, app: &Node, out: &mut Out<'_, '_>) {
    let pointer = step(&step("", handle), "reports");
    for (number, report) in app.list("reports").iter().enumerate() {
        out.app = Some(handle.to_owned());
        out.app_version = version(report, "version");
        numbers(report, &format!("{pointer}/{number}"), out);
    }
}

/// A report of `/api/report/NUMBER/details`.
fn detailed(report: &Node, out: &mut Out<'_, '_>) {
    if let Some(app) = report.get("application") {
        out.app = app.said("handle");
        out.app_version = version(app, "version");
    }
    for (number, tracker) in report.list("found_trackers").iter().enumerate() {
        named(
            tracker,
            &format!("/found_trackers/{number}"),
            "found_trackers",
            out,
        );
    }
}

/// Trackers that a report names by number alone.
fn numbers(report: &Node, pointer: &str, out: &mut Out<'_, '_>) {
    for (number, tracker) in report.list("trackers").iter().enumerate() {
        let pointer = format!("{pointer}/trackers/{number}");
        match tracker.scalar() {
            Some(id) => out.finding(
                Draft::new(SdkFindingKind::Sdk, id, "trackers")
                    .say("found by", "εxodus, by names of classes in the package")
                    .say(
                        "note",
                        "the report gives the number of the tracker in its list, not the name",
                    )
                    .at(pointer, Some(tracker.span)),
            ),
            None => named(tracker, &pointer, "trackers", out),
        }
    }
}

/// A tracker with its name.
fn named(tracker: &Node, pointer: &str, field: &str, out: &mut Out<'_, '_>) {
    let Some(name) = tracker.said("name") else {
        out.defect(
            Some(tracker.span),
            "a tracker has no name",
            "it is not listed",
        );
        return;
    };
    out.finding(
        Draft::new(SdkFindingKind::Sdk, &name, field)
            .sdk(Some(name.clone()))
            .say("found by", "εxodus, by names of classes in the package")
            .say("number", tracker.said("id").unwrap_or_default())
            .say(
                "code signature",
                tracker.said("code_signature").unwrap_or_default(),
            )
            .say("website", tracker.said("website").unwrap_or_default())
            .at(pointer, Some(tracker.span)),
    );
}

fn permissions(node: &Node, pointer: &str, out: &mut Out<'_, '_>) {
    for (number, permission) in node.list("permissions").iter().enumerate() {
        let pointer = format!("{pointer}/permissions/{number}");
        match permission.text() {
            Some(name) => out.finding(
                Draft::new(SdkFindingKind::Permission, name, "permissions")
                    .at(pointer, Some(permission.span)),
            ),
            None => out.defect(
                Some(permission.span),
                "a permission is no text",
                "it is not listed",
            ),
        }
    }
}

const STANDALONE: &str = "report of exodus-standalone";

impl SdkFormat for ExodusStandalone {
    fn name(&self) -> &'static str {
        "exodus-standalone"
    }

    fn title(&self) -> &'static str {
        "report of exodus-standalone (JSON)"
    }

    fn recognise(&self, head: &[u8], _: &str) -> bool {
        Sniff::of(head).is_some_and(|sniff| !sniff.array && sniff.has_all(&["application", "apk"]))
    }

    fn read(&self, source: &mut dyn Input, out: &mut Out<'_, '_>) -> Result<(), Refusal> {
        let root = whole_json(source, out.limits, STANDALONE)?;
        let Some(app) = root.get("application").filter(|app| app.is_map()) else {
            let cause = "the JSON object has no `application`";
            return Err(refused(STANDALONE, cause, None, EXPORT));
        };
        out.writer = Some("exodus-standalone".to_owned());
        out.app = app.said("handle");
        out.app_version = version(app, "version_name");
        for (number, tracker) in root.list("trackers").iter().enumerate() {
            named(tracker, &format!("/trackers/{number}"), "trackers", out);
        }
        permissions(app, "/application", out);
        for (number, library) in app.list("libraries").iter().enumerate() {
            let pointer = format!("/application/libraries/{number}");
            match library.text() {
                Some(name) => out.finding(
                    Draft::new(SdkFindingKind::Component, name, "application.libraries")
                        .say("kind", "shared library that the manifest names")
                        .at(pointer, Some(library.span)),
                ),
                None => out.defect(
                    Some(library.span),
                    "a library is no text",
                    "it is not listed",
                ),
            }
        }
        Ok(())
    }
}

const TRACKERS: &str = "list of trackers of εxodus";

impl SdkFormat for ExodusTrackers {
    fn name(&self) -> &'static str {
        "exodus-trackers"
    }

    fn title(&self) -> &'static str {
        "list of trackers of εxodus (JSON)"
    }

    fn recognise(&self, head: &[u8], _: &str) -> bool {
        let start = &head[..head.len().min(16 << 10)];
        let has = |name: &[u8]| memchr::memmem::find(start, name).is_some();
        Sniff::of(head).is_some_and(|sniff| !sniff.array && sniff.has("trackers"))
            && has(b"\"code_signature\"")
            && has(b"\"network_signature\"")
    }

    fn read(&self, source: &mut dyn Input, out: &mut Out<'_, '_>) -> Result<(), Refusal> {
        let root = whole_json(source, out.limits, TRACKERS)?;
        let Some(list) = root
            .get("trackers")
            .filter(|list| list.is_map() || list.is_list())
        else {
            let cause = "the JSON object has no `trackers`";
            return Err(refused(TRACKERS, cause, None, EXPORT));
        };
        out.writer = Some("εxodus".to_owned());
        for (id, tracker) in list.members() {
            signature(tracker, step("/trackers", id), id, out);
        }
        for (number, tracker) in list.items().iter().enumerate() {
            let id = tracker.said("id").unwrap_or_default();
            signature(tracker, format!("/trackers/{number}"), &id, out);
        }
        Ok(())
    }
}

fn signature(tracker: &Node, pointer: String, id: &str, out: &mut Out<'_, '_>) {
    let Some(name) = tracker.said("name") else {
        out.defect(
            Some(tracker.span),
            "a tracker of the list has no name",
            "it is not listed",
        );
        return;
    };
    let categories: Vec<String> = tracker
        .list("categories")
        .iter()
        .filter_map(Node::scalar)
        .collect();
    out.finding(
        Draft::new(
            SdkFindingKind::Signature,
            tracker.said("code_signature").unwrap_or_default(),
            "trackers",
        )
        .sdk(Some(name))
        .say("number", id)
        .say(
            "network signature",
            tracker.said("network_signature").unwrap_or_default(),
        )
        .say("website", tracker.said("website").unwrap_or_default())
        .say("categories", categories.join(", "))
        .at(pointer, Some(tracker.span)),
    );
}
