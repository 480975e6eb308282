//! How exhibits came to be, as stated at intake: an action before the ledger.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Action, Case, Circumstances, CustodyEvent, Device, Exhibit, ExhibitId};

use crate::files::Files;
use crate::graph::{Graph, Node, stated};
use crate::identities::Identities;
use crate::names::Id;

/// Writes the capture of each exhibit of which something is stated.
pub(crate) fn write(
    graph: &mut Graph,
    identities: &Identities,
    files: &Files,
    case: &Case,
    events: &[CustodyEvent],
    exhibits: &[Exhibit],
) {
    for (exhibit, circumstances) in collect(events, exhibits) {
        let id = graph.id("Action", &["capture", &exhibit.to_string()]);
        let mut node = Node::new(&id, &["uco-action:Action"]);
        node.text("uco-core:name", "capture");
        node.texts("uco-core:description", description(circumstances));
        let results = files.of_exhibit(exhibit);
        if let Some(custodian) = &circumstances.custodian
            && let Some(custodian) = identities.named(graph, custodian)
        {
            for file in &results {
                graph.relate(
                    "uco-core:Relationship",
                    &custodian,
                    "Custodian_Of_Source_Of",
                    file,
                );
            }
        }
        node.links("uco-action:result", results);
        if let Some(person) = &circumstances.collected_by
            && let Some(person) = identities.named(graph, person)
        {
            node.link("uco-action:performer", &person);
        }
        if let Some(place) = circumstances
            .place
            .as_deref()
            .filter(|place| !place.is_empty())
        {
            let location = graph.id("Location", &[place]);
            let mut described = Node::new(&location, &["uco-location:Location"]);
            described.text("uco-core:name", place);
            graph.add(described);
            node.link("uco-action:location", &location);
        }
        let objects = [
            device(graph, identities, case, circumstances),
            application(graph, circumstances),
        ];
        node.links("uco-action:object", objects.into_iter().flatten().collect());
        graph.add(node);
    }
}

/// The circumstances of each exhibit: of its `acquire` event, or else as the
/// caller has them.
fn collect<'a>(
    events: &'a [CustodyEvent],
    exhibits: &'a [Exhibit],
) -> BTreeMap<ExhibitId, &'a Circumstances> {
    let given = exhibits
        .iter()
        .map(|exhibit| (exhibit.id, &exhibit.circumstances));
    let recorded = events
        .iter()
        .filter(|event| event.action == Action::Acquire)
        .filter_map(|event| Some((event, event.circumstances.as_ref()?)))
        .flat_map(|(event, circumstances)| {
            let numbers: BTreeSet<_> = event.objects.iter().filter_map(|o| o.exhibit).collect();
            numbers.into_iter().map(move |id| (id, circumstances))
        });
    given
        .chain(recorded)
        .filter(|(_, circumstances)| **circumstances != Circumstances::default())
        .collect()
}

fn description(circumstances: &Circumstances) -> Vec<String> {
    let mut lines = vec!["Stated at intake, not recorded by the program.".to_owned()];
    for (label, text) in [
        ("Method", &circumstances.method),
        ("Unavoidable changes to the source", &circumstances.changes),
        ("Phase", &circumstances.phase),
        ("Run", &circumstances.run),
        ("Note", &circumstances.note),
    ] {
        stated(&mut lines, label, text.as_deref());
    }
    lines
}

/// The device, with what `case.toml` says of it.
fn device(
    graph: &mut Graph,
    identities: &Identities,
    case: &Case,
    circumstances: &Circumstances,
) -> Option<Id> {
    let name = circumstances
        .device
        .as_deref()
        .filter(|name| !name.is_empty())?;
    let id = graph.id("Device", &[name]);
    let mut node = Node::new(&id, &["uco-observable:Device"]);
    node.text("uco-core:name", name);
    if let Some(known) = case.devices.iter().find(|device| device.name == name) {
        describe_device(graph, identities, known, &mut node);
    }
    graph.add(node);
    Some(id)
}

fn describe_device(graph: &mut Graph, identities: &Identities, device: &Device, node: &mut Node) {
    let mut lines = Vec::new();
    for (label, text) in [
        ("Holder", &device.holder),
        ("Operating system", &device.os),
        ("Clock", &device.clock),
        ("Note", &device.note),
    ] {
        stated(&mut lines, label, Some(text));
    }
    node.texts("uco-core:description", lines);
    if device.make.is_empty() && device.model.is_empty() {
        return;
    }
    let mut facet = node.facet("uco-observable:DeviceFacet", None);
    facet.text("uco-observable:model", &device.model);
    if let Some(make) = identities.named(graph, &device.make) {
        facet.link("uco-observable:manufacturer", &make);
    }
    node.add_facet(facet);
}

/// The application, by its package or bundle name, in its version.
fn application(graph: &mut Graph, circumstances: &Circumstances) -> Option<Id> {
    let name = circumstances.app.as_deref().unwrap_or_default();
    let version = circumstances.app_version.as_deref().unwrap_or_default();
    if name.is_empty() && version.is_empty() {
        return None;
    }
    let id = graph.id("Application", &[name, version]);
    let mut node = Node::new(&id, &["uco-observable:Application"]);
    let mut facet = node.facet("uco-observable:ApplicationFacet", None);
    facet.text("uco-observable:applicationIdentifier", name);
    facet.text("uco-observable:version", version);
    node.add_facet(facet);
    graph.add(node);
    Some(id)
}
