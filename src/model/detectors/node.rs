//! A node that combines two columns, in the layout of the fast traversal.

/// A node with the positions of its two columns.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Node {
    pub(super) columns: [u32; 2],
    pub(super) slopes: [f64; 2],
    pub(super) centres: [f64; 2],
    pub(super) threshold: f64,
}

impl Node {
    /// Whether a row goes right; with `GAPS`, missing cells add nothing.
    pub(super) fn right<const GAPS: bool>(&self, [one, other]: [f32; 2]) -> bool {
        let term = |cell: f32, centre: f64, slope: f64| {
            let gap = f64::from(cell) - centre;
            // Branch-free, because missing cells are unpredictable.
            let recorded = if GAPS { u64::from(gap.is_nan()).wrapping_sub(1) } else { u64::MAX };
            f64::from_bits((slope * gap).to_bits() & recorded)
        };
        let ([first, second], [slope, steep]) = (self.centres, self.slopes);
        term(one, first, slope) + term(other, second, steep) > self.threshold
    }
}
