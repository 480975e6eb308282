//! The Merkle tree of RFC 6962 §2.1 with SHA-256: roots and proofs.
//!
//! A tree of *n* leaves, *n* > 1, splits at the largest power of two smaller
//! than *n*. Leaves and inner nodes are hashed with different first bytes, so
//! that neither passes for the other.

use affiant_model::Digest;
use sha2::{Digest as _, Sha256};

/// The hash of a leaf: SHA-256 of `0x00` and the data (RFC 6962 §2.1).
#[must_use]
pub fn leaf_hash(data: &[u8]) -> Digest {
    let hasher = Sha256::new().chain_update([0]).chain_update(data);
    Digest::from_bytes(hasher.finalize().into())
}

/// The hash of an inner node: SHA-256 of `0x01` and the hashes of its children (RFC 6962 §2.1).
#[must_use]
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let hasher = Sha256::new()
        .chain_update([1])
        .chain_update(left.as_bytes())
        .chain_update(right.as_bytes());
    Digest::from_bytes(hasher.finalize().into())
}

/// The root of the tree without leaves: SHA-256 of nothing (RFC 6962 §2.1).
#[must_use]
pub fn empty_root() -> Digest {
    Digest::of(b"")
}

/// A tree that grows leaf by leaf and keeps one hash for each complete subtree:
/// at most 64, however many leaves it has.
#[derive(Debug, Clone, Default)]
pub struct TreeHasher {
    /// Roots of the complete subtrees, from the largest, at the left: one for
    /// each bit that is set in `size`.
    subtrees: Vec<Digest>,
    size: u64,
}

impl TreeHasher {
    /// The tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a leaf, given by its [`leaf_hash`].
    pub fn push(&mut self, leaf: Digest) {
        let mut hash = leaf;
        let mut size = self.size;
        // As when one is added to a binary number: the carry joins equal subtrees.
        while size & 1 == 1
            && let Some(left) = self.subtrees.pop()
        {
            hash = node_hash(&left, &hash);
            size >>= 1;
        }
        self.subtrees.push(hash);
        self.size += 1;
    }

    /// The number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree as it is now.
    #[must_use]
    pub fn root(&self) -> Digest {
        let mut subtrees = self.subtrees.iter().rev();
        let Some(smallest) = subtrees.next() else {
            return empty_root();
        };
        subtrees.fold(*smallest, |right, left| node_hash(left, &right))
    }
}

impl Extend<Digest> for TreeHasher {
    fn extend<T: IntoIterator<Item = Digest>>(&mut self, leaves: T) {
        for leaf in leaves {
            self.push(leaf);
        }
    }
}

/// The root of the tree of these leaf hashes.
#[must_use]
pub fn root(leaves: &[Digest]) -> Digest {
    let mut tree = TreeHasher::new();
    tree.extend(leaves.iter().copied());
    tree.root()
}

/// Left and right subtree of a tree of two leaves or more.
fn halves(leaves: &[Digest]) -> (&[Digest], &[Digest]) {
    let last = leaves.len().saturating_sub(1);
    leaves
        .split_at_checked(1 << (last | 1).ilog2())
        .unwrap_or((leaves, &[]))
}

/// The hashes that lead from one leaf to the root of all, from the leaf's
/// sibling upwards (RFC 6962 §2.1.1); `None` where there is no such leaf.
///
/// `index` counts from 0. A tree of one leaf has an empty proof.
#[must_use]
pub fn inclusion_proof(leaves: &[Digest], index: u64) -> Option<Vec<Digest>> {
    let index = usize::try_from(index).ok()?;
    (index < leaves.len()).then(|| {
        let mut path = Vec::new();
        inclusion_path(leaves, index, &mut path);
        path
    })
}

fn inclusion_path(leaves: &[Digest], index: usize, path: &mut Vec<Digest>) {
    if leaves.len() < 2 {
        return;
    }
    let (left, right) = halves(leaves);
    match index.checked_sub(left.len()) {
        None => {
            inclusion_path(left, index, path);
            path.push(root(right));
        }
        Some(index) => {
            inclusion_path(right, index, path);
            path.push(root(left));
        }
    }
}

/// The hashes that show the tree of the first `old_size` leaves to be an
/// earlier state of the tree of all (RFC 6962 §2.1.2); `None` where there are
/// fewer leaves than that.
///
/// Empty where the sizes are equal, and where `old_size` is 0: every tree grew
/// from the empty one, so that there is nothing to show.
#[must_use]
pub fn consistency_proof(leaves: &[Digest], old_size: u64) -> Option<Vec<Digest>> {
    let old_size = usize::try_from(old_size).ok()?;
    (old_size <= leaves.len()).then(|| {
        let mut path = Vec::new();
        if old_size > 0 {
            consistency_path(leaves, old_size, true, &mut path);
        }
        path
    })
}

/// `known` says whether the subtree is the old tree itself, whose root a
/// verifier has.
fn consistency_path(leaves: &[Digest], old_size: usize, known: bool, path: &mut Vec<Digest>) {
    if old_size >= leaves.len() {
        if !known {
            path.push(root(leaves));
        }
        return;
    }
    let (left, right) = halves(leaves);
    if old_size <= left.len() {
        consistency_path(left, old_size, known, path);
        path.push(root(right));
    } else {
        consistency_path(right, old_size - left.len(), false, path);
        path.push(root(left));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{ProofError, verify_consistency, verify_inclusion};

    /// Leaves of the tree that the tests of Certificate Transparency share.
    const LEAVES: [&str; 8] = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];

    /// Its roots, by size from 0.
    const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    /// Nodes of it by level and place, as far as the proofs below want them.
    const LEAF_2: &str = "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7";
    const LEAF_3: &str = "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7";
    const LEAF_4: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
    const LEAVES_0_1: &str = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";
    const LEAVES_0_3: &str = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7";
    const LEAVES_4_5: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";

    fn known_leaves() -> Vec<Digest> {
        LEAVES
            .iter()
            .map(|leaf| leaf_hash(&hex::decode(leaf).unwrap()))
            .collect()
    }

    fn digests(hex: &[&str]) -> Vec<Digest> {
        hex.iter().map(|hex| hex.parse().unwrap()).collect()
    }

    #[test]
    fn the_known_tree_has_its_published_roots() {
        let leaves = known_leaves();
        let mut tree = TreeHasher::new();
        for (size, expected) in ROOTS.iter().enumerate() {
            assert_eq!(root(&leaves[..size]).to_hex(), *expected, "size {size}");
            assert_eq!(tree.root().to_hex(), *expected, "size {size}, grown");
            assert_eq!(tree.size(), size as u64);
            if let Some(leaf) = leaves.get(size) {
                tree.push(*leaf);
            }
        }
    }

    #[test]
    fn proofs_of_the_known_tree_are_its_published_nodes() {
        let leaves = known_leaves();
        assert_eq!(
            inclusion_proof(&leaves[..5], 2),
            Some(digests(&[LEAF_3, LEAVES_0_1, LEAF_4]))
        );
        assert_eq!(
            inclusion_proof(&leaves[..5], 4),
            Some(digests(&[LEAVES_0_3]))
        );
        assert_eq!(
            consistency_proof(&leaves[..6], 3),
            Some(digests(&[LEAF_2, LEAF_3, LEAVES_0_1, LEAVES_4_5]))
        );
        assert_eq!(
            consistency_proof(&leaves[..6], 4),
            Some(digests(&[LEAVES_4_5]))
        );
    }

    #[test]
    fn there_is_no_proof_of_what_is_not_in_the_tree() {
        let leaves = known_leaves();
        assert_eq!(inclusion_proof(&leaves, 8), None);
        assert_eq!(inclusion_proof(&leaves, u64::MAX), None);
        assert_eq!(inclusion_proof(&[], 0), None);
        assert_eq!(consistency_proof(&leaves, 9), None);
        assert_eq!(consistency_proof(&leaves, 8), Some(Vec::new()));
        assert_eq!(consistency_proof(&leaves, 0), Some(Vec::new()));
        assert_eq!(consistency_proof(&[], 0), Some(Vec::new()));
    }

    /// The definition of RFC 6962 §2.1, word for word.
    fn by_definition(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            _ => {
                let mut split = 1;
                while split * 2 < leaves.len() {
                    split *= 2;
                }
                node_hash(
                    &by_definition(&leaves[..split]),
                    &by_definition(&leaves[split..]),
                )
            }
        }
    }

    fn leaves(size: u64) -> Vec<Digest> {
        (0..size)
            .map(|leaf| leaf_hash(&leaf.to_be_bytes()))
            .collect()
    }

    fn flipped(hash: &Digest, bit: usize) -> Digest {
        let mut bytes = *hash.as_bytes();
        bytes[bit / 8 % 32] ^= 1 << (bit % 8);
        Digest::from_bytes(bytes)
    }

    #[test]
    fn every_leaf_of_every_small_tree_is_proved() {
        for size in 1..=35 {
            let leaves = leaves(size);
            let root = by_definition(&leaves);
            for index in 0..size {
                let proof = inclusion_proof(&leaves, index).unwrap();
                let leaf = &leaves[index as usize];
                assert_eq!(verify_inclusion(index, size, leaf, &proof, &root), Ok(()));
                for other in (0..size).filter(|other| *other != index) {
                    assert!(verify_inclusion(other, size, leaf, &proof, &root).is_err());
                }
            }
        }
    }

    #[test]
    fn every_earlier_state_of_every_small_tree_is_proved() {
        let leaves = leaves(70);
        for new in 1..=70 {
            let new_root = by_definition(&leaves[..new]);
            for old in 1..=new {
                let proof = consistency_proof(&leaves[..new], old as u64).unwrap();
                let old_root = by_definition(&leaves[..old]);
                let (old, new) = (old as u64, new as u64);
                assert_eq!(
                    verify_consistency(old, new, &proof, &old_root, &new_root),
                    Ok(())
                );
            }
        }
    }

    proptest! {
        #[test]
        fn a_tree_that_grows_has_the_root_of_the_definition(size in 0_u64..600) {
            let leaves = leaves(size);
            prop_assert_eq!(root(&leaves), by_definition(&leaves));
        }

        #[test]
        fn one_flipped_bit_of_an_inclusion_proof_is_found(
            size in 1_u64..300, index in any::<prop::sample::Index>(),
            at in any::<prop::sample::Index>(), bit in 0_usize..256,
        ) {
            let leaves = leaves(size);
            let index = index.index(leaves.len()) as u64;
            let leaf = leaves[index as usize];
            let root = root(&leaves);
            let mut proof = inclusion_proof(&leaves, index).unwrap();
            prop_assert!(verify_inclusion(index, size, &flipped(&leaf, bit), &proof, &root).is_err());
            prop_assert!(verify_inclusion(index, size, &leaf, &proof, &flipped(&root, bit)).is_err());
            proof.push(leaf);
            prop_assert_eq!(
                verify_inclusion(index, size, &leaf, &proof, &root),
                Err(ProofError::HashesLeft { left: 1 })
            );
            proof.pop();
            if !proof.is_empty() {
                let at = at.index(proof.len());
                proof[at] = flipped(&proof[at], bit);
                prop_assert!(verify_inclusion(index, size, &leaf, &proof, &root).is_err());
                proof.remove(at);
                prop_assert!(verify_inclusion(index, size, &leaf, &proof, &root).is_err());
            }
        }

        #[test]
        fn one_flipped_bit_of_a_consistency_proof_is_found(
            new in 1_u64..300, old in any::<prop::sample::Index>(),
            at in any::<prop::sample::Index>(), bit in 0_usize..256,
        ) {
            let leaves = leaves(new);
            let old = old.index(leaves.len()) as u64 + 1;
            let (old_root, new_root) = (root(&leaves[..old as usize]), root(&leaves));
            let mut proof = consistency_proof(&leaves, old).unwrap();
            let refused = |proof: &[Digest], old_root: &Digest, new_root: &Digest| {
                verify_consistency(old, new, proof, old_root, new_root).is_err()
            };
            prop_assert!(!refused(&proof, &old_root, &new_root));
            prop_assert!(refused(&proof, &flipped(&old_root, bit), &new_root));
            prop_assert!(refused(&proof, &old_root, &flipped(&new_root, bit)));
            proof.push(old_root);
            prop_assert!(refused(&proof, &old_root, &new_root));
            proof.pop();
            if !proof.is_empty() {
                let at = at.index(proof.len());
                proof[at] = flipped(&proof[at], bit);
                prop_assert!(refused(&proof, &old_root, &new_root));
                proof.remove(at);
                prop_assert!(refused(&proof, &old_root, &new_root));
            }
        }
    }
}
