//! Fast traversal of many rows through one tree.
//!
//! All trees have the same number of steps; a step is a comparison and a shift without a branch. [`LANES`] rows are
//! processed in parallel to hide memory latency.

use super::tree::Tree;

/// The number of rows processed in parallel, to hide memory latency.
pub(super) const LANES: usize = 16;

/// The rows of a block in groups of [`LANES`] rows, stored by column as [`key`]s.
#[derive(Debug, Default)]
pub(super) struct Tiles {
    cells: Vec<[u32; LANES]>,
    /// The tiles per group: one per column; if the block has missing cells, a second one per column in which a missing
    /// cell is the largest instead of the smallest key.
    width: usize,
    gaps: bool,
}

/// An integer with the order of the values, for comparisons without branches. NaN must be handled separately.
fn key(value: f32) -> u32 {
    // Maps -0 to 0.
    let bits = (value + 0.0).to_bits();
    if bits >> 31 == 0 { bits | 1 << 31 } else { !bits }
}

impl Tiles {
    /// Whether the block has missing cells.
    pub(super) fn gaps(&self) -> bool {
        self.gaps
    }

    /// Copies the cells of some rows.
    pub(super) fn take(&mut self, columns: &[&[f32]], first: usize, rows: usize) {
        let of = |column: &&[f32], from: usize, lanes: usize, missing: u32| {
            // The results of lanes beyond the last row are never used.
            let mut tile = [0; LANES];
            let cells = column.get(from..from + lanes).unwrap_or(&[]);
            for (slot, &cell) in tile.iter_mut().zip(cells) {
                *slot = if cell.is_nan() { missing } else { key(cell) };
            }
            tile
        };
        let block = |column: &&[f32]| {
            column.get(first..first + rows).is_some_and(|it| it.iter().any(|cell| cell.is_nan()))
        };
        self.gaps = columns.iter().any(block);
        self.width = if self.gaps { 2 * columns.len() } else { columns.len() };
        self.cells.clear();
        for group in (0..rows).step_by(LANES) {
            let (from, lanes) = (first + group, LANES.min(rows - group));
            self.cells.extend(columns.iter().map(|it| of(it, from, lanes, 0)));
            if self.gaps {
                self.cells.extend(columns.iter().map(|it| of(it, from, lanes, u32::MAX)));
            }
        }
    }
}

/// The tree in heap order: node 1 is the root, the children of `i` are `2i` and `2i + 1`. The number of slots is a
/// compile-time constant, so that masked indices need no bounds check.
#[derive(Debug)]
pub(super) struct Heap<const SLOTS: usize> {
    /// The key of the threshold, and the index of the tile.
    nodes: [(u32, u32); SLOTS],
    leaves: [f32; SLOTS],
}

impl<const SLOTS: usize> Heap<SLOTS> {
    /// Converts a tree with at most `SLOTS` leaves, for blocks without missing cells or, with `gaps`, for blocks of
    /// `columns` columns with missing cells.
    pub(super) fn of(tree: &Tree, gaps: bool, columns: usize) -> Self {
        let mut heap = Self { nodes: [(0, 0); SLOTS], leaves: [0.0; SLOTS] };
        let second = if gaps { u32::try_from(columns).unwrap_or(0) } else { 0 };
        let both = tree.thresholds.iter().zip(&tree.splits);
        for (slot, (&threshold, &split)) in heap.nodes.iter_mut().skip(1).zip(both) {
            *slot = (key(threshold), (split >> 1) + (split & 1) * second);
        }
        for (slot, leaf) in heap.leaves.iter_mut().zip(&tree.lengths.leaves) {
            *slot = *leaf;
        }
        heap
    }

    /// Adds the tree's path lengths to the sums of the rows of a block.
    #[expect(clippy::indexing_slicing, reason = "the hot loop; masks hold every node inside")]
    pub(super) fn walk(&self, steps: usize, tiles: &Tiles, sums: &mut [f64]) {
        let groups = tiles.cells.chunks_exact(tiles.width.max(1));
        for (cells, sums) in groups.zip(sums.chunks_mut(LANES)) {
            let mut nodes = [1_usize; LANES];
            for _ in 0..steps {
                for (lane, node) in nodes.iter_mut().enumerate() {
                    let (threshold, tile) = self.nodes[*node & (SLOTS - 1)];
                    let right = usize::from(cells[tile as usize][lane] > threshold);
                    *node = node.wrapping_add(*node).wrapping_add(right);
                }
            }
            for (sum, node) in sums.iter_mut().zip(nodes) {
                *sum += f64::from(self.leaves[(node ^ (1 << steps)) & (SLOTS - 1)]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn keys_have_the_order_of_their_numbers() {
        let rising = [f32::MIN, -2.5, -1e-40, 0.0, 1e-40, 2.5, f32::MAX];
        assert!(rising.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        assert_eq!(key(-0.0), key(0.0));
        assert!(key(f32::MIN) > 0 && key(f32::MAX) < u32::MAX);
    }
}
