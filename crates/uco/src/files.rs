//! Files, the exhibits that they are, and where they were taken from.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{
    CustodyEvent, CustodyObject, Digest, ExchangeTree, Exhibit, ExhibitId, Origin,
};

use crate::graph::{Graph, Node, stated};
use crate::names::Id;

/// A file is told from others by its place in the case folder and its bytes:
/// what is made anew at the same place is another.
type Key<'a> = (&'a str, Digest);

/// What is known of one file.
#[derive(Debug, Clone, Default)]
struct Facts<'a> {
    id: Option<Id>,
    bytes: Option<u64>,
    exhibit: Option<ExhibitId>,
    original_name: Option<&'a str>,
    format: Option<&'a str>,
    digests: BTreeMap<&'a str, &'a str>,
    from: Option<&'a Origin>,
    exchanges: Option<&'a ExchangeTree>,
}

/// Every file that the custody of a case names.
pub(crate) struct Files<'a> {
    files: BTreeMap<(String, Digest), Facts<'a>>,
    records: BTreeMap<(String, Digest), Id>,
}

impl<'a> Files<'a> {
    /// Collects the files and names their nodes.
    pub(crate) fn of(graph: &Graph, events: &'a [CustodyEvent], exhibits: &'a [Exhibit]) -> Self {
        let mut files = Self {
            files: BTreeMap::new(),
            records: BTreeMap::new(),
        };
        for exhibit in exhibits {
            files.take_exhibit(exhibit);
        }
        for object in events.iter().flat_map(|event| &event.objects) {
            files.take_object(object);
        }
        for ((path, sha256), facts) in &mut files.files {
            let digest = sha256.to_hex();
            facts.id = Some(graph.id("File", &[path, &digest]));
            let record = match (facts.exhibit, facts.from) {
                (Some(exhibit), _) => graph.id("ProvenanceRecord", &[&exhibit.to_string()]),
                (None, Some(_)) => graph.id("ProvenanceRecord", &[path, &digest]),
                (None, None) => continue,
            };
            files.records.insert((path.clone(), *sha256), record);
        }
        files
    }

    fn take_exhibit(&mut self, exhibit: &'a Exhibit) {
        let path = format!("evidence/{}", exhibit.file);
        let facts = self.files.entry((path, exhibit.sha256)).or_default();
        facts.bytes = Some(exhibit.bytes);
        facts.exhibit = Some(exhibit.id);
        facts.original_name = Some(&exhibit.original_name);
        facts.format = Some(&exhibit.format);
        facts.take_digests(&exhibit.digests);
        facts.from = exhibit.from.as_ref();
        facts.exchanges = exhibit.exchanges.as_ref();
        if let Some(from) = &exhibit.from {
            self.take_origin(from);
        }
    }

    fn take_object(&mut self, object: &'a CustodyObject) {
        let facts = self
            .files
            .entry((object.path.clone(), object.sha256))
            .or_default();
        facts.bytes = facts.bytes.or(Some(object.bytes));
        facts.exhibit = facts.exhibit.or(object.exhibit);
        facts.original_name = facts.original_name.or(object.original_name.as_deref());
        facts.format = facts.format.or(object.format.as_deref());
        facts.take_digests(&object.digests);
        facts.from = facts.from.or(object.from.as_ref());
        facts.exchanges = facts.exchanges.or(object.exchanges.as_ref());
        if let Some(from) = &object.from {
            self.take_origin(from);
        }
    }

    fn take_origin(&mut self, origin: &Origin) {
        self.files
            .entry((origin.path.clone(), origin.sha256))
            .or_default();
    }

    fn facts(&self, key: Key<'_>) -> Option<&Facts<'a>> {
        self.files.get(&(key.0.to_owned(), key.1))
    }

    /// The node of a file that an event names.
    pub(crate) fn id(&self, path: &str, sha256: Digest) -> Option<Id> {
        self.facts((path, sha256))?.id.clone()
    }

    /// The provenance record of a file, where it is an exhibit or was taken
    /// from another file.
    pub(crate) fn record(&self, path: &str, sha256: Digest) -> Option<Id> {
        self.records.get(&(path.to_owned(), sha256)).cloned()
    }

    /// The nodes of the files of an exhibit: one, where nothing is amiss.
    pub(crate) fn of_exhibit(&self, exhibit: ExhibitId) -> BTreeSet<Id> {
        self.files
            .values()
            .filter(|facts| facts.exhibit == Some(exhibit))
            .filter_map(|facts| facts.id.clone())
            .collect()
    }

    /// The exhibit that a file goes back to, over every archive and original
    /// in between; none where one of them is not known as an exhibit.
    fn root(&self, facts: &Facts<'a>) -> Option<ExhibitId> {
        let mut facts = facts;
        // A chain that comes back to itself is longer than there are files.
        for _ in 0..self.files.len() {
            let Some(from) = facts.from else {
                return facts.exhibit;
            };
            facts = self.facts((&from.path, from.sha256))?;
        }
        None
    }

    /// Writes files, provenance records and relations.
    pub(crate) fn write(&self, graph: &mut Graph) {
        let archives: BTreeSet<_> = self
            .files
            .values()
            .filter(|facts| facts.exhibit.is_some())
            .filter_map(|facts| facts.from.filter(|from| from.member.is_some()))
            .map(|from| (from.path.as_str(), from.sha256))
            .collect();
        let mut objects: BTreeMap<&Id, BTreeSet<Id>> = BTreeMap::new();
        for (key, facts) in &self.files {
            let Some(id) = &facts.id else { continue };
            let is_archive = archives.contains(&(key.0.as_str(), key.1));
            self.write_file(graph, key, facts, id, is_archive);
            if let Some(record) = self.records.get(key) {
                let of_record = objects.entry(record).or_default();
                of_record.insert(id.clone());
                graph.add(self.provenance(record, facts, of_record.clone()));
            }
        }
    }

    fn write_file(
        &self,
        graph: &mut Graph,
        (path, sha256): &(String, Digest),
        facts: &Facts<'a>,
        id: &Id,
        is_archive: bool,
    ) {
        let classes: &[_] = match is_archive {
            true => &["uco-observable:ArchiveFile", "uco-observable:File"],
            false => &["uco-observable:File"],
        };
        let mut node = Node::new(id, classes);
        node.text("uco-core:name", facts.original_name.unwrap_or_default());
        let mut facet = node.facet("uco-observable:FileFacet", None);
        facet.text(
            "uco-observable:fileName",
            path.rsplit('/').next().unwrap_or(path),
        );
        facet.text("uco-observable:filePath", path);
        if let Some(bytes) = facts.bytes {
            facet.value("uco-observable:sizeInBytes", bytes);
        }
        node.add_facet(facet);
        let mut digests = vec![("SHA256", sha256.to_hex())];
        let mut lines = Vec::new();
        stated(&mut lines, "Format recognised", facts.format);
        for (algorithm, hex) in &facts.digests {
            match method(algorithm, hex) {
                Some(method) => digests.push((method, (*hex).to_owned())),
                None => stated(&mut lines, &format!("Digest {algorithm}"), Some(hex)),
            }
        }
        node.add_digests(&digests);
        if let Some(tree) = facts.exchanges {
            lines.push(format!(
                "RFC 6962 tree over {} exchanges ({}): root {}",
                tree.count, tree.rule, tree.root
            ));
        }
        node.texts("uco-core:description", lines);
        if let Some(from) = facts.from {
            self.write_origin(graph, facts, id, from, &mut node);
        }
        graph.add(node);
    }

    fn write_origin(
        &self,
        graph: &mut Graph,
        facts: &Facts<'a>,
        id: &Id,
        from: &Origin,
        node: &mut Node,
    ) {
        let Some(source) = self.id(&from.path, from.sha256) else {
            return;
        };
        let kind = match (facts.exhibit, &from.member) {
            (Some(_), Some(_)) => "Contained_Within",
            (Some(_), None) => "Extracted_From",
            (None, _) => "Derived_From",
        };
        let relation = graph.relate("uco-observable:ObservableRelationship", id, kind, &source);
        if let Some(member) = &from.member {
            let mut facet = relation.facet("uco-observable:PathRelationFacet", None);
            facet.text("uco-observable:path", member);
            relation.add_facet(facet);
        }
        node.link("case-investigation:wasDerivedFrom", &source);
    }

    /// A record has a number of its own where its file is an exhibit; a working
    /// copy has none, and that of its original is its root.
    fn provenance(&self, id: &Id, facts: &Facts<'a>, objects: BTreeSet<Id>) -> Node {
        let mut node = Node::new(id, &["case-investigation:ProvenanceRecord"]);
        if let Some(exhibit) = facts.exhibit {
            node.text("case-investigation:exhibitNumber", &exhibit.to_string());
        }
        if let Some(root) = self.root(facts) {
            node.text("case-investigation:rootExhibitNumber", &root.to_string());
        }
        node.links("uco-core:object", objects);
        node
    }
}

impl<'a> Facts<'a> {
    fn take_digests(&mut self, digests: &'a BTreeMap<String, String>) {
        for (algorithm, hex) in digests {
            self.digests.entry(algorithm).or_insert(hex);
        }
    }
}

/// An algorithm in the words of UCO (`HashNameVocab`), where the digits are
/// those of such a digest.
fn method(algorithm: &str, hex: &str) -> Option<&'static str> {
    let (method, digits) = match algorithm {
        "md5" => ("MD5", 32),
        "sha1" => ("SHA1", 40),
        "sha512" => ("SHA512", 128),
        _ => return None,
    };
    let is_digest = hex.len() == digits && hex.bytes().all(|b| b.is_ascii_hexdigit());
    is_digest.then_some(method)
}
