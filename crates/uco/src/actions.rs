//! The events of the ledger as actions.

use std::collections::BTreeSet;

use affiant_model::{Action, CustodyEvent, CustodyObject, Tool};

use crate::files::Files;
use crate::graph::{Graph, Node, date_time, stated};
use crate::identities::Identities;
use crate::names::Id;

/// What the events of a case have in common.
pub(crate) struct Actions<'a> {
    pub(crate) origin: &'a str,
    pub(crate) files: &'a Files<'a>,
    pub(crate) investigation: &'a Id,
}

/// What goes into an action and what comes out of it.
#[derive(Default)]
struct Flow {
    objects: BTreeSet<Id>,
    results: BTreeSet<Id>,
}

impl Actions<'_> {
    /// Writes an action for each event, with all that it points to.
    pub(crate) fn write(
        &self,
        graph: &mut Graph,
        identities: &Identities,
        events: &[CustodyEvent],
    ) {
        let numbers: BTreeSet<u64> = events.iter().map(|event| event.seq).collect();
        for event in events {
            let mut node = self.action(graph, event);
            // Only the line before: the chain of digests vouches for that.
            if let Some(before) = event.seq.checked_sub(1).filter(|seq| numbers.contains(seq)) {
                node.link(
                    "case-investigation:wasInformedBy",
                    &action_id(graph, before),
                );
            }
            if let Some(actor) = identities.in_role(graph, &event.actor.name, &event.actor.role) {
                node.link("uco-action:performer", &actor);
            }
            node.link("uco-action:instrument", &tool(graph, &event.tool));
            if let Some(machine) = event.machine.as_deref().filter(|name| !name.is_empty()) {
                let id = graph.id("Computer", &[machine]);
                let mut described = Node::new(&id, &["uco-observable:Computer"]);
                described.text("uco-core:name", machine);
                graph.add(described);
                node.link("uco-action:environment", &id);
            }
            if let Some(transfer) = &event.transfer {
                let parties = [&transfer.from, &transfer.to];
                let parties = parties.map(|name| identities.named(graph, name));
                node.links(
                    "uco-action:participant",
                    parties.into_iter().flatten().collect(),
                );
            }
            authorize(graph, event, &node.id);
            graph.add(node);
        }
    }

    /// The action with what it says of itself.
    fn action(&self, graph: &Graph, event: &CustodyEvent) -> Node {
        let id = action_id(graph, event.seq);
        let mut node = Node::new(&id, &["case-investigation:InvestigativeAction"]);
        node.text("uco-core:name", &event.action.to_string());
        node.text(
            "uco-core:tag",
            nearest_word(event.action).unwrap_or_default(),
        );
        node.time("uco-action:startTime", event.time);
        let mut lines = Vec::new();
        stated(&mut lines, "In the capacity of", Some(&event.actor.role));
        stated(&mut lines, "Reason", event.reason.as_deref());
        stated(&mut lines, "Note", event.note.as_deref());
        node.texts("uco-core:description", lines);
        node.value("uco-core:externalReference", self.reference(&id, event.seq));
        let flow = self.flow(event);
        node.links("uco-action:object", flow.objects);
        node.links("uco-action:result", flow.results);
        for (name, value) in arguments(event) {
            let mut facet = node.facet("uco-action:ActionArgumentFacet", Some(&name));
            facet.text("uco-action:argumentName", &name);
            facet.text("uco-action:value", &value);
            node.add_facet(facet);
        }
        node
    }

    /// Where the record itself is: the ledger and the event in it.
    fn reference(&self, action: &Id, seq: u64) -> serde_json::Value {
        let class = "uco-core:ExternalReference";
        let id = Id::new("ExternalReference", action.uuid.of_facet(class));
        serde_json::json!({
            "@id": id.to_string(),
            "@type": class,
            "uco-core:definingContext": format!("ledger of {}", self.origin),
            "uco-core:externalIdentifier": format!("event {seq}"),
        })
    }

    fn flow(&self, event: &CustodyEvent) -> Flow {
        let mut flow = Flow::default();
        for object in &event.objects {
            let file = self.files.id(&object.path, object.sha256);
            let record = self.files.record(&object.path, object.sha256);
            let ids = file.into_iter().chain(record);
            if !is_made(event.action, object) {
                flow.objects.extend(ids);
                continue;
            }
            flow.results.extend(ids);
            if let Some(from) = &object.from {
                flow.objects.extend(self.files.id(&from.path, from.sha256));
                flow.objects
                    .extend(self.files.record(&from.path, from.sha256));
            }
        }
        if event.objects.is_empty() {
            // An event without objects concerns the case as a whole.
            flow.objects.insert(self.investigation.clone());
        }
        flow
    }
}

fn action_id(graph: &Graph, seq: u64) -> Id {
    graph.id("InvestigativeAction", &[&seq.to_string()])
}

/// Whether the action made or filed the file, and did not only treat it.
fn is_made(action: Action, object: &CustodyObject) -> bool {
    match action {
        Action::Acquire | Action::Derive => true,
        // The case file is read by an analysis, not made by it.
        Action::Analyse | Action::Report | Action::Supplement => {
            object.exhibit.is_none() && object.path != "case.toml"
        }
        Action::Sign | Action::Stamp | Action::Seal => object.exhibit.is_none(),
        Action::Transfer | Action::Disclose => object.path.starts_with("custody/receipts/"),
        _ => false,
    }
}

/// The nearest word of practice (ISO/IEC 27037, ISO/IEC 27043, the SWGDE
/// glossary), where one is near.
const fn nearest_word(action: Action) -> Option<&'static str> {
    Some(match action {
        Action::Acquire => "acquisition",
        Action::Analyse => "analysis",
        Action::Report | Action::Supplement => "reporting",
        Action::Transfer => "transfer",
        Action::Hold => "preservation",
        Action::Note => "documentation",
        Action::Derive => "work copy",
        Action::Disclose => "disclosure",
        Action::Delete => "disposition",
        Action::Sign | Action::Stamp => "authentication",
        Action::Open | Action::Recover | Action::Release | Action::Key | Action::Seal => {
            return None;
        }
    })
}

fn tool(graph: &mut Graph, tool: &Tool) -> Id {
    let digest = tool.sha256.map(|digest| digest.to_hex());
    let parts = [
        &tool.name,
        &tool.version,
        digest.as_deref().unwrap_or_default(),
    ];
    let id = graph.id("Tool", &parts);
    let mut node = Node::new(&id, &["uco-tool:Tool"]);
    node.text("uco-core:name", &tool.name);
    node.text("uco-tool:version", &tool.version);
    if let Some(digest) = digest {
        node.add_digests(&[("SHA256", digest)]);
    }
    graph.add(node);
    id
}

/// The authority as it was stated, and that the action was done under it.
fn authorize(graph: &mut Graph, event: &CustodyEvent, action: &Id) {
    let Some(authority) = event.authority.as_deref().filter(|text| !text.is_empty()) else {
        return;
    };
    let id = graph.id("Authorization", &[authority]);
    let mut node = Node::new(&id, &["case-investigation:Authorization"]);
    node.text("uco-core:name", authority);
    graph.add(node);
    graph.relate("uco-core:Relationship", action, "Authorized_By", &id);
}

/// What else the event states, by the names of the ledger's members.
fn arguments(event: &CustodyEvent) -> Vec<(String, String)> {
    let mut list: Vec<(String, Option<String>)> = vec![
        ("clock".to_owned(), Some(event.clock.clone())),
        ("clock_offset".to_owned(), event.clock_offset.clone()),
        ("case".to_owned(), event.case.clone()),
    ];
    let mut add = |name: &str, value: Option<String>| list.push((name.to_owned(), value));
    if let Some(beacon) = &event.beacon {
        add("beacon.source", Some(beacon.source.clone()));
        add("beacon.time", Some(date_time(beacon.time)));
        add("beacon.value", Some(beacon.value.clone()));
    }
    if let Some(transfer) = &event.transfer {
        add("transfer.from", Some(transfer.from.clone()));
        add("transfer.to", Some(transfer.to.clone()));
        add("transfer.how", transfer.how.clone());
        add("transfer.signer", transfer.signer.clone());
    }
    if let Some(key) = &event.key {
        add("key.change", Some(key.change.to_string()));
        add("key.key", Some(key.key.clone()));
        add("key.old", key.old.clone());
        for (n, signature) in key.signatures.iter().enumerate() {
            add(
                &format!("key.signatures.{}", n + 1),
                Some(signature.clone()),
            );
        }
    }
    if let Some(stamp) = &event.stamp {
        add("stamp.authority", Some(stamp.authority.clone()));
        add(
            "stamp.document",
            stamp.document.map(|digest| digest.to_hex()),
        );
        add("stamp.size", Some(stamp.size.to_string()));
        add("stamp.time", Some(date_time(stamp.time)));
        add("stamp.serial", Some(stamp.serial.clone()));
    }
    list.into_iter()
        .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)))
        .collect()
}
