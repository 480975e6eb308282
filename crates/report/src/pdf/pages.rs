//! The order of the pages: ISO 32000-1, 7.7.3.

use std::collections::{BTreeMap, BTreeSet};

use super::{Dict, Object, Scan};

/// Nodes of the tree of pages that are looked at.
const MAX_NODES: usize = 1 << 20;

/// The number of the page, from 1, that each content stream is of: the first of
/// them where several pages share it.
pub(crate) fn pages(found: &Scan<'_>) -> BTreeMap<u32, usize> {
    let roots = found.objects.iter().filter_map(|object| object.dict());
    let mut waiting: Vec<&Dict> = roots
        .filter(|dict| dict.is("Type", "Pages") && !dict.has("Parent"))
        .collect();
    waiting.reverse();
    let (mut out, mut page, mut nodes) = (BTreeMap::new(), 0, 0);
    let mut seen = BTreeSet::new();
    while let Some(dict) = waiting.pop() {
        nodes += 1;
        if nodes > MAX_NODES {
            break;
        }
        let kids = dict.get("Kids").map(|kids| found.resolve(kids));
        if let Some(Object::Array(kids)) = kids {
            let fresh = kids
                .iter()
                .filter(|kid| kid.as_reference().is_none_or(|n| seen.insert(n)));
            let kids: Vec<&Dict> = fresh
                .filter_map(|kid| found.resolve(kid).as_dict())
                .collect();
            waiting.extend(kids.into_iter().rev());
            continue;
        }
        page += 1;
        let contents = dict.get("Contents");
        let streams = match contents.map(|c| (c, found.resolve(c))) {
            Some((_, Object::Array(items))) => items.iter().collect(),
            Some((contents, _)) => vec![contents],
            None => Vec::new(),
        };
        for number in streams.into_iter().filter_map(Object::as_reference) {
            out.entry(number).or_insert(page);
        }
    }
    out
}
