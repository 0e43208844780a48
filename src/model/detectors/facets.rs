//! The fast walk of many rows down one tree whose nodes weigh two columns: [`super::heap`] for planes.
//!
//! It makes the very sums of [`super::plane`], in the same order and in `f64`, so that it sends every row
//! where that does.

use super::heap::LANES;
use super::node::Node;
use super::plane::Tree;

/// The most leaves of a tree that is walked this way; known to the compiler, so that a masked node
/// needs no test for the end.
pub(super) const SLOTS: usize = 256;
/// Rows that all trees pass over before the next: as many as leave a tree time to be fetched.
pub(super) const BLOCK: usize = 1024;

/// The rows of a block, in groups of [`LANES`] rows, column by column; NaN is a missing cell.
#[derive(Debug, Default)]
pub(super) struct Tiles {
    cells: Vec<[f32; LANES]>,
    width: usize,
    gaps: bool,
}

impl Tiles {
    /// Takes up the cells of some rows.
    pub(super) fn take(&mut self, columns: &[&[f32]], first: usize, rows: usize) {
        let cells = |column: &&[f32], from: usize, lanes: usize| {
            // The lanes behind the last row walk along and are never read.
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

/// One tree as the walk wants it: node 1 is the root, the children of `i` are `2i` and `2i + 1`.
#[derive(Debug)]
pub(super) struct Heap {
    nodes: [Node; SLOTS],
    leaves: [f32; SLOTS],
}

impl Heap {
    /// A tree of at most [`SLOTS`] leaves whose nodes weigh two columns.
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

    /// Adds the tree's path lengths to the rows of a block.
    pub(super) fn walk(&self, steps: usize, tiles: &Tiles, sums: &mut [f64]) {
        if tiles.gaps {
            self.pass::<true>(steps, tiles, sums);
        } else {
            self.pass::<false>(steps, tiles, sums);
        }
    }

    /// Where the rows of a group stand after the first step: they all ask one node, so nothing is fetched
    /// for each of them.
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
