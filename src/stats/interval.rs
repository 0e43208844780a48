//! Exact confidence intervals of a share.

use statrs::function::beta::checked_beta_reg;

/// The number of bisection steps, which exhausts the precision of `f64`.
const HALVINGS: usize = 60;

/// The confidence interval of a share at `level`, from `hits` in `trials` (Clopper and Pearson 1934). Trials need not
/// be integers: with weights they are the effective sample size (Korn and Graubard 1998). Without trials it is 0 to 1.
pub fn share(hits: f64, trials: f64, level: f64) -> (f64, f64) {
    let tail = (1.0 - level) / 2.0;
    let misses = (trials - hits).max(0.0);
    let low = if hits > 0.0 { beta_quantile(hits, misses + 1.0, tail) } else { 0.0 };
    let high = if misses > 0.0 { beta_quantile(hits + 1.0, misses, 1.0 - tail) } else { 1.0 };
    (low, high)
}

/// The quantile of the beta distribution.
fn beta_quantile(a: f64, b: f64, chance: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if checked_beta_reg(a, b, middle).is_ok_and(|below| below < chance) {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn ends_are_those_of_the_tables() {
        let (low, high) = share(0.0, 10.0, 0.95);
        assert!(low.abs() < 1e-12 && (high - 0.308_497_1).abs() < 1e-6, "{high}");
        let (low, high) = share(3.0, 20.0, 0.95);
        assert!((low - 0.032_071_1).abs() < 1e-6 && (high - 0.378_926_8).abs() < 1e-6);
        let (low, high) = share(10.0, 10.0, 0.95);
        assert!((low - 0.691_502_9).abs() < 1e-6 && (high - 1.0).abs() < 1e-12);
        assert_eq!(share(0.0, 0.0, 0.95), (0.0, 1.0));
    }
}
