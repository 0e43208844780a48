//! The bands next to an approval limit.

/// How near to a limit is near.
#[derive(Debug, Clone, Copy)]
pub(super) struct Near {
    /// Width of the band, as a share of the limit.
    pub(super) width: f64,
    /// The same below `small` yuan.
    pub(super) width_small: f64,
    /// Limits below so many yuan are small.
    pub(super) small: f64,
}

impl Near {
    /// The width of the band at a limit; both in fen. At least one fen, and never the whole limit.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "limits are below 2^53 fen, and a share of one is smaller still"
    )]
    pub(super) fn band(self, limit: i64) -> i64 {
        let fen = limit as f64;
        let width = if fen < self.small * 100.0 { self.width_small } else { self.width };
        ((fen * width).round() as i64).clamp(1, limit.saturating_sub(1).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::Near;

    #[test]
    fn a_small_limit_has_the_wider_band() {
        let near = Near { width: 0.05, width_small: 0.1, small: 1_000.0 };
        assert_eq!(near.band(50_000), 5_000);
        assert_eq!(near.band(99_999), 10_000);
        assert_eq!(near.band(100_000), 5_000);
        assert_eq!(Near { width: 2.0, ..near }.band(100_000), 99_999);
        assert_eq!(near.band(1), 1);
    }
}
