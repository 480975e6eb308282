use std::collections::BTreeMap;

use affiant_model::FieldName;

use crate::keypath::{Key, KeyPattern};
use crate::leaf::Leaf;

/// The leaves of an exchange by field and key path.
pub(crate) struct LeafIndex<'l>(BTreeMap<(&'l FieldName, &'l [Key]), Vec<&'l Leaf>>);

impl<'l> LeafIndex<'l> {
    pub(crate) fn new(leaves: &'l [Leaf]) -> Self {
        let mut index: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for leaf in leaves {
            index
                .entry((&leaf.field, leaf.keys.as_slice()))
                .or_default()
                .push(leaf);
        }
        Self(index)
    }

    /// Whether the leaf that a condition means for `leaf` has one of `values`.
    /// What stands for the stars of the condition's path must stand for the
    /// same stars in the path of `leaf`, and what both paths share must be the
    /// same, not another of the same name.
    pub(super) fn holds(
        &self,
        at: &KeyPattern,
        values: &[String],
        stood_for: &[&Key],
        leaf: &Leaf,
    ) -> bool {
        let Some(mut path) = at.with(stood_for) else {
            return false;
        };
        for (key, own) in path.iter_mut().zip(&leaf.keys) {
            if !key.is_like(own) {
                break;
            }
            key.clone_from(own);
        }
        let there = self.0.get(&(&leaf.field, path.as_slice()));
        there.is_some_and(|leaves| {
            leaves
                .iter()
                .any(|leaf| values.iter().any(|value| value.as_bytes() == &*leaf.bytes))
        })
    }
}
