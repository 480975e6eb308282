//! Reads an export as its recipient does.

use std::collections::BTreeMap;

use serde_json::Value;

pub(crate) fn read(bytes: &[u8]) -> Vec<Value> {
    let mut document: Value = serde_json::from_slice(bytes).unwrap();
    match document["@graph"].take() {
        Value::Array(nodes) => nodes,
        other => panic!("@graph is {other}"),
    }
}

pub(crate) fn classes(node: &Value) -> Vec<&str> {
    match &node["@type"] {
        Value::Array(classes) => classes.iter().filter_map(Value::as_str).collect(),
        class => class.as_str().into_iter().collect(),
    }
}

pub(crate) fn of_class<'a>(nodes: &'a [Value], class: &str) -> Vec<&'a Value> {
    nodes
        .iter()
        .filter(|node| classes(node).contains(&class))
        .collect()
}

pub(crate) fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

pub(crate) fn targets(value: &Value) -> Vec<&str> {
    list(value)
        .into_iter()
        .map(|link| link["@id"].as_str().unwrap())
        .collect()
}

pub(crate) fn facet<'a>(node: &'a Value, class: &str) -> &'a Value {
    list(&node["uco-core:hasFacet"])
        .into_iter()
        .find(|facet| facet["@type"] == class)
        .unwrap_or(&Value::Null)
}

pub(crate) fn hashes(node: &Value) -> BTreeMap<&str, &str> {
    list(&facet(node, "uco-observable:ContentDataFacet")["uco-observable:hash"])
        .into_iter()
        .map(|hash| {
            let method = hash["uco-types:hashMethod"].as_str().unwrap();
            (
                method,
                hash["uco-types:hashValue"]["@value"].as_str().unwrap(),
            )
        })
        .collect()
}

pub(crate) fn arguments(node: &Value) -> BTreeMap<&str, &str> {
    list(&node["uco-core:hasFacet"])
        .into_iter()
        .filter(|facet| facet["@type"] == "uco-action:ActionArgumentFacet")
        .map(|facet| {
            let name = facet["uco-action:argumentName"].as_str().unwrap();
            (name, facet["uco-action:value"].as_str().unwrap())
        })
        .collect()
}

pub(crate) fn node<'a>(nodes: &'a [Value], id: &str) -> &'a Value {
    nodes.iter().find(|node| node["@id"] == id).unwrap()
}

pub(crate) fn record<'a>(nodes: &'a [Value], exhibit: &str) -> &'a Value {
    of_class(nodes, "case-investigation:ProvenanceRecord")
        .into_iter()
        .find(|record| record["case-investigation:exhibitNumber"] == exhibit)
        .unwrap()
}

/// The file of an exhibit, found as a reader finds it: over its record.
pub(crate) fn file<'a>(nodes: &'a [Value], exhibit: &str) -> &'a Value {
    let files = targets(&record(nodes, exhibit)["uco-core:object"]);
    assert_eq!(files.len(), 1, "{exhibit}");
    node(nodes, files[0])
}

pub(crate) fn action<'a>(nodes: &'a [Value], name: &str) -> &'a Value {
    of_class(nodes, "case-investigation:InvestigativeAction")
        .into_iter()
        .find(|action| action["uco-core:name"] == name)
        .unwrap()
}

pub(crate) fn of_class_in<'a>(nodes: &[&'a Value], class: &str) -> &'a Value {
    nodes
        .iter()
        .find(|node| classes(node).contains(&class))
        .unwrap()
}
