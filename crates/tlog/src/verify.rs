//! Checks of proofs: the recursions of RFC 6962 §2.1.1 and §2.1.2, walked with
//! the hashes of the proof in place of the leaves.
//!
//! A proof lists its hashes from the leaves upwards, which is the order in
//! which the recursion comes back from below: each step takes one. A walk is at
//! most 64 steps deep, for a size is of 64 bits.

use std::slice::Iter;

use affiant_model::Digest;

use crate::{ProofError, empty_root, node_hash};

/// Checks that the leaf at `index`, from 0, is in the tree of that size and root.
///
/// # Errors
///
/// [`ProofError::OutOfTree`], [`ProofError::HashesMissing`],
/// [`ProofError::HashesLeft`] and [`ProofError::RootDiffers`].
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: &Digest,
    proof: &[Digest],
    root: &Digest,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::OutOfTree { index, size });
    }
    let mut hashes = proof.iter();
    let computed = inclusion_root(index, size, leaf, &mut hashes)?;
    used_up(&hashes)?;
    same(&computed, root)
}

/// Checks that the tree of `old_size` leaves is an earlier state of the tree of
/// `new_size`.
///
/// # Errors
///
/// [`ProofError::EmptyTree`] where `old_size` is 0: such a proof would say
/// nothing. [`ProofError::SizesReversed`] where the old tree is the larger;
/// [`ProofError::OldRootDiffers`] and [`ProofError::RootDiffers`] where the
/// trees are of two histories; [`ProofError::HashesMissing`] and
/// [`ProofError::HashesLeft`].
pub fn verify_consistency(
    old_size: u64,
    new_size: u64,
    proof: &[Digest],
    old_root: &Digest,
    new_root: &Digest,
) -> Result<(), ProofError> {
    if old_size > new_size {
        return Err(ProofError::SizesReversed { old_size, new_size });
    }
    if old_size == 0 {
        return Err(ProofError::EmptyTree);
    }
    consistent((0, old_size), new_size, proof, old_root, new_root)
}

/// Checks that the leaf at `index`, from 0 in the whole tree, is in the subtree
/// of the leaves from `start` to before `end` that has that root.
///
/// # Errors
///
/// [`ProofError::NotASubtree`] where no subtree lies so; otherwise as for
/// [`verify_inclusion`].
pub fn verify_subtree_inclusion(
    index: u64,
    start: u64,
    end: u64,
    leaf: &Digest,
    proof: &[Digest],
    root: &Digest,
) -> Result<(), ProofError> {
    subtree(start, end)?;
    let Some(in_subtree) = index.checked_sub(start) else {
        return Err(ProofError::NotASubtree { start, end });
    };
    verify_inclusion(in_subtree, end - start, leaf, proof, root)
}

/// Checks that the leaves from `start` to before `end`, in a subtree of that
/// root, are those leaves of the tree of `size` leaves.
///
/// An empty subtree, `start` equal to `end`, is in every tree that reaches so
/// far: the root of the tree is then not looked at.
///
/// # Errors
///
/// [`ProofError::NotASubtree`] where no subtree lies so,
/// [`ProofError::SizesReversed`] where it reaches beyond the tree; otherwise as
/// for [`verify_consistency`].
pub fn verify_subtree_consistency(
    start: u64,
    end: u64,
    size: u64,
    proof: &[Digest],
    subtree_root: &Digest,
    root: &Digest,
) -> Result<(), ProofError> {
    subtree(start, end)?;
    if end > size {
        return Err(ProofError::SizesReversed {
            old_size: end,
            new_size: size,
        });
    }
    if start < end {
        return consistent((start, end), size, proof, subtree_root, root);
    }
    used_up(&proof.iter())?;
    old_same(&empty_root(), subtree_root)
}

/// A subtree begins at a multiple of the smallest power of two that is not
/// smaller than its length, so that no larger one cuts it.
fn subtree(start: u64, end: u64) -> Result<(), ProofError> {
    let aligned = |length: u64| match length.checked_next_power_of_two() {
        Some(power) => length == 0 || start.is_multiple_of(power),
        None => start == 0,
    };
    match end.checked_sub(start).is_some_and(aligned) {
        true => Ok(()),
        false => Err(ProofError::NotASubtree { start, end }),
    }
}

/// The largest power of two smaller than `size`, which is 2 or more.
fn split(size: u64) -> u64 {
    1 << (size.saturating_sub(1) | 1).ilog2()
}

fn inclusion_root(
    index: u64,
    size: u64,
    leaf: &Digest,
    hashes: &mut Iter<'_, Digest>,
) -> Result<Digest, ProofError> {
    if size < 2 {
        return Ok(*leaf);
    }
    let split = split(size);
    match index.checked_sub(split) {
        None => {
            let left = inclusion_root(index, split, leaf, hashes)?;
            Ok(node_hash(&left, next(hashes)?))
        }
        Some(index) => {
            let right = inclusion_root(index, size - split, leaf, hashes)?;
            Ok(node_hash(next(hashes)?, &right))
        }
    }
}

/// What a proof of consistency leads to.
struct Roots {
    old: Digest,
    new: Digest,
}

fn consistent(
    (start, end): (u64, u64),
    size: u64,
    proof: &[Digest],
    old_root: &Digest,
    new_root: &Digest,
) -> Result<(), ProofError> {
    let mut hashes = proof.iter();
    let roots = consistent_roots(start, end, size, Some(old_root), &mut hashes)?;
    used_up(&hashes)?;
    old_same(&roots.old, old_root)?;
    same(&roots.new, new_root)
}

/// `known` is the root of the old tree for as long as all of it lies in the
/// part of the new tree that is walked; then the proof leaves it out.
fn consistent_roots(
    start: u64,
    end: u64,
    size: u64,
    known: Option<&Digest>,
    hashes: &mut Iter<'_, Digest>,
) -> Result<Roots, ProofError> {
    if start == 0 && end == size {
        let root = match known {
            Some(root) => *root,
            None => *next(hashes)?,
        };
        return Ok(Roots {
            old: root,
            new: root,
        });
    }
    let split = split(size);
    if end <= split {
        let below = consistent_roots(start, end, split, known, hashes)?;
        return Ok(Roots {
            old: below.old,
            new: node_hash(&below.new, next(hashes)?),
        });
    }
    if let Some(start) = start.checked_sub(split) {
        let below = consistent_roots(start, end - split, size - split, known, hashes)?;
        return Ok(Roots {
            old: below.old,
            new: node_hash(next(hashes)?, &below.new),
        });
    }
    // Only a subtree that begins with the tree reaches over the split.
    let below = consistent_roots(0, end - split, size - split, None, hashes)?;
    let left = next(hashes)?;
    Ok(Roots {
        old: node_hash(left, &below.old),
        new: node_hash(left, &below.new),
    })
}

fn next<'p>(hashes: &mut Iter<'p, Digest>) -> Result<&'p Digest, ProofError> {
    hashes.next().ok_or(ProofError::HashesMissing)
}

fn used_up(hashes: &Iter<'_, Digest>) -> Result<(), ProofError> {
    match hashes.len() {
        0 => Ok(()),
        left => Err(ProofError::HashesLeft { left }),
    }
}

fn same(computed: &Digest, stated: &Digest) -> Result<(), ProofError> {
    match computed == stated {
        true => Ok(()),
        false => Err(ProofError::RootDiffers {
            computed: *computed,
            stated: *stated,
        }),
    }
}

fn old_same(computed: &Digest, stated: &Digest) -> Result<(), ProofError> {
    match computed == stated {
        true => Ok(()),
        false => Err(ProofError::OldRootDiffers {
            computed: *computed,
            stated: *stated,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leaf_hash;

    #[test]
    fn the_largest_sizes_are_walked_without_overflow() {
        let hash = leaf_hash(b"");
        for proof in [vec![hash; 63], vec![hash; 64], vec![hash; 65], Vec::new()] {
            for index in [0, 1 << 63, u64::MAX - 1] {
                assert!(verify_inclusion(index, u64::MAX, &hash, &proof, &hash).is_err());
            }
            for old in [1, 1 << 63, (1 << 63) + 1, u64::MAX - 1] {
                assert!(verify_consistency(old, u64::MAX, &proof, &hash, &hash).is_err());
            }
        }
    }

    #[test]
    fn nothing_is_in_the_empty_tree_and_nothing_is_consistent_with_it() {
        let leaf = leaf_hash(b"");
        assert_eq!(
            verify_inclusion(0, 0, &leaf, &[], &empty_root()),
            Err(ProofError::OutOfTree { index: 0, size: 0 })
        );
        assert_eq!(
            verify_consistency(0, 0, &[], &empty_root(), &empty_root()),
            Err(ProofError::EmptyTree)
        );
        assert_eq!(
            verify_consistency(0, 1, &[], &empty_root(), &leaf),
            Err(ProofError::EmptyTree)
        );
    }

    #[test]
    fn two_roots_of_one_size_are_two_histories() {
        let (one, other) = (leaf_hash(b"one"), leaf_hash(b"other"));
        assert_eq!(verify_consistency(1, 1, &[], &one, &one), Ok(()));
        assert_eq!(
            verify_consistency(1, 1, &[], &one, &other),
            Err(ProofError::RootDiffers {
                computed: one,
                stated: other
            })
        );
    }
}
