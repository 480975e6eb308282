//! Nodes and the document that they make.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::names::{Id, PREFIXES, Uuid, base};

/// The nodes of one export, by name.
pub(crate) struct Graph {
    base: String,
    nodes: BTreeMap<Id, Node>,
}

impl Graph {
    pub(crate) fn new(origin: &str) -> Self {
        Self {
            base: base(origin),
            nodes: BTreeMap::new(),
        }
    }

    /// The name of the node of a kind that `parts` tell from others: the UUID
    /// of the base and the kind as a URL, and in it that of each part in turn.
    pub(crate) fn id(&self, kind: &str, parts: &[&str]) -> Id {
        let kind_of_case = Uuid::of_url(&format!("{}{kind}", self.base));
        let uuid = parts
            .iter()
            .fold(kind_of_case, |space, part| space.named(part));
        Id::new(kind, uuid)
    }

    /// Adds a node; one of the same name is replaced by it.
    pub(crate) fn add(&mut self, node: Node) {
        self.nodes.insert(node.id.clone(), node);
    }

    /// Adds a relation between two nodes.
    pub(crate) fn relate(
        &mut self,
        class: &str,
        source: &Id,
        kind: &str,
        target: &Id,
    ) -> &mut Node {
        let local = class.rsplit(':').next().unwrap_or(class);
        let parts = [&*source.to_string(), kind, &*target.to_string()];
        let id = self.id(local, &parts);
        let mut node = Node::new(&id, &[class]);
        node.text("uco-core:kindOfRelationship", kind);
        node.value("uco-core:isDirectional", true);
        node.link("uco-core:source", source);
        node.link("uco-core:target", target);
        self.nodes.entry(id).insert_entry(node).into_mut()
    }

    /// The names of all nodes.
    pub(crate) fn ids(&self) -> BTreeSet<Id> {
        self.nodes.keys().cloned().collect()
    }

    /// The names of the nodes of a kind.
    pub(crate) fn ids_of(&self, kind: &str) -> BTreeSet<Id> {
        self.nodes
            .keys()
            .filter(|id| id.kind == kind)
            .cloned()
            .collect()
    }

    /// The document.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        let mut context: Map<String, Value> = PREFIXES
            .iter()
            .map(|(prefix, iri)| ((*prefix).to_owned(), json!(iri)))
            .collect();
        context.insert("kb".to_owned(), json!(self.base));
        let nodes: Vec<_> = self.nodes.into_values().map(Node::into_value).collect();
        let mut document = json!({ "@context": context, "@graph": nodes });
        // Where any other crate switches on `preserve_order`, a map is not sorted.
        document.sort_all_objects();
        format!("{document:#}\n").into_bytes()
    }
}

/// One node, with what is stated of it.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) id: Id,
    members: Map<String, Value>,
    facets: Vec<Value>,
}

impl Node {
    /// A node of these classes, of which nothing is stated yet.
    pub(crate) fn new(id: &Id, classes: &[&str]) -> Self {
        let mut members = Map::new();
        members.insert("@id".to_owned(), json!(id.to_string()));
        let class = match classes {
            [one] => json!(one),
            many => json!(many),
        };
        members.insert("@type".to_owned(), class);
        Self {
            id: id.clone(),
            members,
            facets: Vec::new(),
        }
    }

    /// States a truth value or a whole number.
    pub(crate) fn value(&mut self, property: &str, value: impl Into<Value>) {
        self.members.insert(property.to_owned(), value.into());
    }

    /// States a text; an empty one was not stated.
    pub(crate) fn text(&mut self, property: &str, text: &str) {
        if !text.is_empty() {
            self.value(property, text);
        }
    }

    /// States texts, in their order.
    pub(crate) fn texts(&mut self, property: &str, texts: Vec<String>) {
        if !texts.is_empty() {
            self.value(property, texts);
        }
    }

    /// States a time.
    pub(crate) fn time(&mut self, property: &str, time: DateTime<Utc>) {
        let value = json!({ "@type": "xsd:dateTime", "@value": date_time(time) });
        self.value(property, value);
    }

    /// Points to a node.
    pub(crate) fn link(&mut self, property: &str, target: &Id) {
        self.value(property, json!({ "@id": target.to_string() }));
    }

    /// Points to nodes.
    pub(crate) fn links(&mut self, property: &str, targets: BTreeSet<Id>) {
        let links: Vec<_> = targets
            .iter()
            .map(|target| json!({ "@id": target.to_string() }))
            .collect();
        if !links.is_empty() {
            self.value(property, links);
        }
    }

    /// Begins a facet; `name` tells facets of one class apart.
    pub(crate) fn facet(&self, class: &str, name: Option<&str>) -> Self {
        let local = class.rsplit(':').next().unwrap_or(class);
        let uuid = self.id.uuid.of_facet(class);
        let uuid = name.map_or(uuid, |name| uuid.named(name));
        Self::new(&Id::new(local, uuid), &[class])
    }

    /// Adds a facet that was begun.
    pub(crate) fn add_facet(&mut self, facet: Self) {
        self.facets.push(facet.into_value());
    }

    /// Adds a facet with the digests of the bytes: algorithm as UCO names it,
    /// and hexadecimal digits.
    pub(crate) fn add_digests(&mut self, digests: &[(&str, String)]) {
        let mut facet = self.facet("uco-observable:ContentDataFacet", None);
        let hashes: Vec<_> = digests
            .iter()
            .map(|(method, hex)| {
                json!({
                    "@id": Id::new("Hash", Uuid::of_hash(method, hex)).to_string(),
                    "@type": "uco-types:Hash",
                    "uco-types:hashMethod": method,
                    "uco-types:hashValue": { "@type": "xsd:hexBinary", "@value": hex },
                })
            })
            .collect();
        facet.value("uco-observable:hash", hashes);
        self.add_facet(facet);
    }

    fn into_value(mut self) -> Value {
        if !self.facets.is_empty() {
            let facets = std::mem::take(&mut self.facets);
            self.value("uco-core:hasFacet", facets);
        }
        Value::Object(self.members)
    }
}

/// Adds `label: text` where the text was stated.
pub(crate) fn stated(lines: &mut Vec<String>, label: &str, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        lines.push(format!("{label}: {text}"));
    }
}

/// A time as `xsd:dateTime` writes it: no sign before a year after 9999.
pub(crate) fn date_time(time: DateTime<Utc>) -> String {
    let text = time.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    text.trim_start_matches('+').to_owned()
}
