//! Fast traversal of many rows through a tree whose nodes combine two columns; the counterpart of [`super::heap`].
//!
//! It computes the same `f64` sums in the same order as [`super::plane`], so every row takes the same path.

use super::heap::LANES;
use super::node::Node;
use super::plane::Tree;

/// The maximum number of leaves of a tree for this traversal; a compile-time constant, so that masked indices need no
/// bounds check.
pub(super) const SLOTS: usize = 256;
/// The number of rows per block; all trees process a block before the next, so that fetching a tree is amortised.
pub(super) const BLOCK: usize = 1024;

/// The rows of a block in groups of [`LANES`] rows, stored by column; NaN is a missing cell.
#[derive(Debug, Default)]
pub(super) struct Tiles {
    cells: Vec<[f32; LANES]>,
    width: usize,
    gaps: bool,
}

impl Tiles {
    /// Copies the cells of some rows.
    pub(super) fn take(&mut self, columns: &[&[f32]], first: usize, rows: usize) {
        let cells = |column: &&[f32], from: usize, lanes: usize| {
            // The results of lanes beyond the last row are never used.
            let mut tile = [0.0; LANES];
            for (slot, &cell) in tile.iter_mut().zip(column.get(from..from + lanes).unwrap_or(&[]))
            {
                *slot = cell;
            }
            tile
        };
        self.width = columns.len();
        self.cells.clear();
        for group in (0..rows).step_by(LANES) {
            let (from, lanes) = (first + group, LANES.min(rows - group));
            self.cells.extend(columns.iter().map(|column| cells(column, from, lanes)));
        }
        self.gaps = self.cells.iter().flatten().any(|cell| cell.is_nan());
    }
}

/// The tree in heap order: node 1 is the root, the children of `i` are `2i` and `2i + 1`.
#[derive(Debug)]
pub(super) struct Heap {
    nodes: [Node; SLOTS],
    leaves: [f32; SLOTS],
}

impl Heap {
    /// Converts a tree with at most [`SLOTS`] leaves whose nodes combine two columns.
    pub(super) fn of(tree: &Tree) -> Self {
        let mut heap = Self { nodes: [Node::default(); SLOTS], leaves: [0.0; SLOTS] };
        for (slot, node) in heap.nodes.iter_mut().skip(1).zip(tree.nodes()) {
            *slot = node;
        }
        for (slot, leaf) in heap.leaves.iter_mut().zip(&tree.lengths.leaves) {
            *slot = *leaf;
        }
        heap
    }

    /// Adds the tree's path lengths to the sums of the rows of a block.
    pub(super) fn walk(&self, steps: usize, tiles: &Tiles, sums: &mut [f64]) {
        if tiles.gaps {
            self.pass::<true>(steps, tiles, sums);
        } else {
            self.pass::<false>(steps, tiles, sums);
        }
    }

    /// The nodes of a group's rows after the first step. All rows test the root, so nothing is fetched per row.
    #[expect(clippy::indexing_slicing, reason = "the hot loop")]
    fn begin<const GAPS: bool>(&self, cells: &[[f32; LANES]], steps: usize) -> [usize; LANES] {
        let mut places = [1; LANES];
        if steps > 0 {
            let root = &self.nodes[1];
            let [one, other] = root.columns.map(|column| cells[column as usize]);
            for ((place, one), other) in places.iter_mut().zip(one).zip(other) {
                *place = 2 + usize::from(root.right::<GAPS>([one, other]));
            }
        }
        places
    }

    #[expect(clippy::indexing_slicing, reason = "the hot loop; masks hold every node inside")]
    fn pass<const GAPS: bool>(&self, steps: usize, tiles: &Tiles, sums: &mut [f64]) {
        let groups = tiles.cells.chunks_exact(tiles.width.max(1));
        for (cells, sums) in groups.zip(sums.chunks_mut(LANES)) {
            let mut places = self.begin::<GAPS>(cells, steps);
            for _ in 1..steps {
                for (lane, place) in places.iter_mut().enumerate() {
                    let node = &self.nodes[*place & (SLOTS - 1)];
                    let cells = node.columns.map(|column| cells[column as usize][lane]);
                    let right = usize::from(node.right::<GAPS>(cells));
                    *place = place.wrapping_add(*place).wrapping_add(right);
                }
            }
            for (sum, place) in sums.iter_mut().zip(places) {
                *sum += f64::from(self.leaves[(place ^ (1 << steps)) & (SLOTS - 1)]);
            }
        }
    }
}
