//! The Merkle tree of RFC 6962 (section 2.1) over a tenant's entry hashes.

use sha2::{Digest as _, Sha256};

use crate::EntryHash;

#[cfg(test)]
mod tests;

/// The root of a tree. It is no entry hash, and cannot be taken for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Root(pub [u8; 32]);

impl std::fmt::Display for Root {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// A tree that grows to the right. It holds only the roots of its complete subtrees, at most one
/// for each bit of its size, so a chain of any length is walked in constant memory.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    size: u64,
    /// Complete subtrees from left to right, with their heights, which strictly fall.
    peaks: Vec<(u8, [u8; 32])>,
}

impl Tree {
    /// How many entries are in it.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds the next entry.
    pub fn push(&mut self, entry: EntryHash) {
        self.push_leaf(&entry.0);
    }

    fn push_leaf(&mut self, data: &[u8]) {
        let mut height = 0_u8;
        let mut hash = leaf(data);
        while let Some((_, left)) = self.peaks.pop_if(|(peak, _)| *peak == height) {
            hash = node(&left, &hash);
            height = height.saturating_add(1);
        }
        self.peaks.push((height, hash));
        self.size = self.size.saturating_add(1);
    }

    /// The root over everything pushed so far; of an empty tree, the hash of nothing.
    pub fn root(&self) -> Root {
        let peaks = self.peaks.iter().rev().map(|(_, hash)| *hash);
        let root = peaks.reduce(|right, left| node(&left, &right));
        Root(root.unwrap_or_else(|| Sha256::digest(b"").into()))
    }
}

/// Leaves and nodes start with different bytes, so that a node is never passed off as a leaf.
fn leaf(data: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(data);
    hasher.finalize().into()
}

fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update([1]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}
