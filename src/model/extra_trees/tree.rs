//! A tree: nodes in an array with adjacent siblings, and class shares in the leaves.

use crate::convert::row32;
use serde::{Deserialize, Serialize};

/// Marks a leaf.
const LEAF: u16 = u16::MAX;

/// A node: a row goes to `next` if its code of `column` is at most `cut`, otherwise to `next + 1`. For a leaf, `next`
/// is its index among the leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u16, u8, u32)", into = "(u16, u8, u32)")]
pub(super) struct Node {
    column: u16,
    cut: u8,
    next: u32,
}

impl From<(u16, u8, u32)> for Node {
    fn from((column, cut, next): (u16, u8, u32)) -> Self {
        Self { column, cut, next }
    }
}

impl From<Node> for (u16, u8, u32) {
    fn from(node: Node) -> Self {
        (node.column, node.cut, node.next)
    }
}

impl Node {
    pub(super) fn leaf(place: usize) -> Self {
        Self { column: LEAF, cut: 0, next: row32(place) }
    }

    pub(super) fn split(column: u16, cut: u8, left: usize) -> Self {
        Self { column, cut, next: row32(left) }
    }
}

/// The share of each class except the first among the rows of a leaf; classes without rows are omitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Leaf(Vec<(u8, f32)>);

impl Leaf {
    pub(super) fn of(counts: &[f32]) -> Self {
        let sum: f32 = counts.iter().sum();
        let classes = (0..).zip(counts).skip(1).filter(|(_, count)| **count > 0.0);
        Self(classes.map(|(class, count)| (class, count / sum)).collect())
    }

    pub(super) fn shares(&self) -> &[(u8, f32)] {
        &self.0
    }
}

/// A grown tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) leaves: Vec<Leaf>,
}

impl Tree {
    /// A tree with a root to be filled.
    pub(super) fn root() -> Self {
        Self { nodes: vec![Node::leaf(0)], leaves: Vec::new() }
    }

    /// The leaf of a row of codes.
    #[inline]
    pub(super) fn walk(&self, codes: &[u8]) -> &Leaf {
        let mut node = self.nodes[0];
        while node.column != LEAF {
            let right = u32::from(codes[usize::from(node.column)] > node.cut);
            node = self.nodes[(node.next + right) as usize];
        }
        &self.leaves[node.next as usize]
    }

    /// Whether every traversal ends at an existing leaf; children must follow their parents.
    pub(super) fn is_sound(&self, columns: usize, classes: usize) -> bool {
        let holds = |(place, node): (usize, &Node)| {
            let next = node.next as usize;
            if node.column == LEAF {
                next < self.leaves.len()
            } else {
                usize::from(node.column) < columns && next > place && next + 1 < self.nodes.len()
            }
        };
        let is_class = |leaf: &Leaf| {
            leaf.0
                .iter()
                .all(|(class, share)| usize::from(*class) < classes && (0.0..=1.0).contains(share))
        };
        !self.nodes.is_empty()
            && self.nodes.iter().enumerate().all(holds)
            && self.leaves.iter().all(is_class)
    }
}
