//! Custody as CASE/UCO 1.4 JSON-LD, for laboratories and regulators.
//!
//! [`case_jsonld`] says in the words of the Cyber-investigation Analysis
//! Standard Expression (CASE 1.4.0, on UCO 1.4.0) what the ledger of a case
//! says. The ledger remains the record: this is a translation of it, and each
//! action names the ledger and the event it translates.
//!
//! | custody | CASE/UCO |
//! |---|---|
//! | matter | `case-investigation:Investigation`, holding all other nodes |
//! | event | `case-investigation:InvestigativeAction`, after the previous one by `wasInformedBy` |
//! | time of an event | `uco-action:startTime`; the ledger records no end, so there is none |
//! | actor, with role | `uco-identity:Person`, `Has_Role`, `uco-role:Role` |
//! | others named | `uco-identity:Identity`: person or body is not stated |
//! | program | `uco-tool:Tool` with version and the digest of its file |
//! | machine | `uco-observable:Computer`, the `uco-action:environment` |
//! | authority | `case-investigation:Authorization` |
//! | file | `uco-observable:File` with `FileFacet` and `ContentDataFacet` |
//! | exhibit | its file and a `case-investigation:ProvenanceRecord` |
//! | member of an archive | `Contained_Within` with the member's path, and the `rootExhibitNumber` of the archive |
//! | working copy | `Derived_From`, `wasDerivedFrom`, and the `rootExhibitNumber` of the original |
//! | circumstances of a capture | `uco-action:Action` of its own: who, where, on what device, as stated |
//! | all else of an event | `uco-action:ActionArgumentFacet`, by the name of the ledger's member |
//!
//! What a case does not state is absent. Nonces are left out: they keep a
//! withheld line of the ledger from being guessed. One name is one node: that
//! two persons of the same name are two is nothing that the ledger can tell.

mod actions;
mod capture;
mod files;
mod graph;
mod identities;
mod names;

use affiant_model::{Case, CustodyEvent, Exhibit};

use actions::Actions;
use files::Files;
use graph::{Graph, Node, stated};
use identities::Identities;
use names::Id;

/// The custody of a case as CASE 1.4.0 in JSON-LD 1.1: UTF-8, indented, ended
/// by a line feed.
///
/// `origin` is the origin of the case, as its checkpoints bear it. `events` are
/// the lines of one ledger, each `seq` once. `exhibits` may leave out what the
/// events tell anyway. Equal arguments give equal bytes; nothing in them has to
/// be fetched to read them.
///
/// The names of nodes are under `https://` followed by the origin. They are
/// names only: nothing is served there.
#[must_use]
pub fn case_jsonld(
    origin: &str,
    case: &Case,
    events: &[CustodyEvent],
    exhibits: &[Exhibit],
) -> Vec<u8> {
    let mut graph = Graph::new(origin);
    let investigation = graph.id("Investigation", &[]);
    let files = Files::of(&graph, events, exhibits);
    let identities = Identities::of(events, exhibits);
    files.write(&mut graph);
    capture::write(&mut graph, &identities, &files, case, events, exhibits);
    Actions {
        origin,
        files: &files,
        investigation: &investigation,
    }
    .write(&mut graph, &identities, events);
    let authorizations = graph.ids_of("Authorization");
    let mut node = describe(&investigation, case);
    node.links("case-investigation:relevantAuthorization", authorizations);
    node.links("uco-core:object", graph.ids());
    graph.add(node);
    graph.into_bytes()
}

/// The investigation by what `case.toml` says of the matter.
fn describe(id: &Id, case: &Case) -> Node {
    let matter = &case.matter;
    let mut node = Node::new(id, &["case-investigation:Investigation"]);
    node.text("uco-core:name", &matter.name);
    let mut lines = Vec::new();
    stated(&mut lines, "Legend", case.legend.as_deref());
    for (label, text) in [
        ("Caption", &matter.caption),
        ("Court", &matter.court),
        ("Division", &matter.division),
        ("Judge", &matter.judge),
    ] {
        stated(&mut lines, label, Some(text));
    }
    for entry in &matter.docket {
        let mut text = entry.number.clone();
        for (before, more) in [(" from ", &entry.from), (": ", &entry.note)] {
            if !more.is_empty() {
                text.push_str(before);
                text.push_str(more);
            }
        }
        stated(&mut lines, "Docket", Some(&text));
    }
    node.texts("uco-core:description", lines);
    node
}
