//! The fast walk of many rows down one tree.
//!
//! Every tree has the same number of steps, a step is a comparison and a shift without a branch, and
//! [`LANES`] rows walk side by side, so that one walk's wait for memory is another's work.

use super::tree::Tree;

/// Rows that walk down a tree side by side, so that one walk's wait for memory is another's work.
pub(super) const LANES: usize = 16;

/// The rows of a block, in groups of [`LANES`] rows, column by column, as [`key`]s.
#[derive(Debug, Default)]
pub(super) struct Tiles {
    cells: Vec<[u32; LANES]>,
    /// The tiles of one group: one for each column, and if a cell of the block is missing one more for
    /// each, in which missing is the largest and not the smallest key.
    width: usize,
    gaps: bool,
}

/// A number whose order among the others is that of the value, so that a walk compares and shifts
/// without a branch. NaN has no place and must be given one.
fn key(value: f32) -> u32 {
    // The two zeros are equal.
    let bits = (value + 0.0).to_bits();
    if bits >> 31 == 0 { bits | 1 << 31 } else { !bits }
}

impl Tiles {
    /// Whether a cell of the block is missing.
    pub(super) fn gaps(&self) -> bool {
        self.gaps
    }

    /// Takes up the cells of some rows.
    pub(super) fn take(&mut self, columns: &[&[f32]], first: usize, rows: usize) {
        let of = |column: &&[f32], from: usize, lanes: usize, missing: u32| {
            // The lanes behind the last row walk along and are never read.
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

/// One tree as the walk wants it: node 1 is the root, the children of `i` are `2i` and `2i + 1`, and the
/// number of slots is known to the compiler, so that a masked node needs no test for the end.
#[derive(Debug)]
pub(super) struct Heap<const SLOTS: usize> {
    /// The key of the threshold, and the tile.
    nodes: [(u32, u32); SLOTS],
    leaves: [f32; SLOTS],
}

impl<const SLOTS: usize> Heap<SLOTS> {
    /// A tree of at most so many leaves, for blocks in which no cell is missing, or for those in which
    /// one of `columns` columns lacks a cell.
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

    /// Adds the tree's path lengths to the rows of a block.
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
