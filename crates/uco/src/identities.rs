//! Persons, bodies and roles.

use std::collections::BTreeSet;

use affiant_model::{CustodyEvent, Exhibit};

use crate::graph::{Graph, Node};
use crate::names::Id;

/// Who is known to be a person: who acted, and who made a capture. Of anybody
/// else it is not stated whether it is a person or a body.
pub(crate) struct Identities {
    persons: BTreeSet<String>,
}

impl Identities {
    pub(crate) fn of(events: &[CustodyEvent], exhibits: &[Exhibit]) -> Self {
        let of_events = events
            .iter()
            .filter_map(|event| event.circumstances.as_ref());
        let collected_by = of_events
            .chain(exhibits.iter().map(|exhibit| &exhibit.circumstances))
            .filter_map(|stated| stated.collected_by.clone());
        let actors = events.iter().map(|event| event.actor.name.clone());
        Self {
            persons: actors.chain(collected_by).collect(),
        }
    }

    /// The node of a name; none where the name is empty.
    pub(crate) fn named(&self, graph: &mut Graph, name: &str) -> Option<Id> {
        if name.is_empty() {
            return None;
        }
        let class = match self.persons.contains(name) {
            true => "Person",
            false => "Identity",
        };
        let id = graph.id(class, &[name]);
        let mut node = Node::new(&id, &[&format!("uco-identity:{class}")]);
        node.text("uco-core:name", name);
        graph.add(node);
        Some(id)
    }

    /// The node of a person, who is said to have the role.
    pub(crate) fn in_role(&self, graph: &mut Graph, name: &str, role: &str) -> Option<Id> {
        let person = self.named(graph, name)?;
        if !role.is_empty() {
            let id = graph.id("Role", &[role]);
            let mut node = Node::new(&id, &["uco-role:Role"]);
            node.text("uco-core:name", role);
            graph.add(node);
            graph.relate("uco-core:Relationship", &person, "Has_Role", &id);
        }
        Some(person)
    }
}
