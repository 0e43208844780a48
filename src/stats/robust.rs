//! Robust location and scale. Values must not be NaN.

use crate::convert::float;

/// The ratio of standard deviation to median absolute deviation under the normal distribution.
const NORMAL: f64 = 1.482_602_218_505_602;

/// The quantile `q` in 0..=1 of sorted values, by linear interpolation (type 7 of Hyndman and Fan 1996); `None` without
/// values.
pub fn quantile_of_sorted(sorted: &[f64], q: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = q.clamp(0.0, 1.0) * float(last);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in 0..=last")]
    let below = place.floor() as usize;
    let low = sorted.get(below)?;
    let high = sorted.get(below + 1).unwrap_or(low);
    Some(low + (high - low) * place.fract())
}

/// The quantile `q` in 0..=1 of values in any order (type 7); `None` without values.
pub fn quantile(values: &[f64], q: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    quantile_of_sorted(&sorted, q)
}

/// The median; `None` without values.
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The median absolute deviation from `centre` times 1.4826, an estimate of the standard deviation under the normal
/// distribution; `None` without values.
pub fn spread(values: &[f64], centre: f64) -> Option<f64> {
    let distances: Vec<_> = values.iter().map(|value| (value - centre).abs()).collect();
    median(&distances).map(|distance| distance * NORMAL)
}

/// The distance of a value above the median of its peers in robust standard deviations; `None` without peers, or if
/// half of them are equal.
pub fn robust_z(value: f64, peers: &[f64]) -> Option<f64> {
    let centre = median(peers)?;
    let spread = spread(peers, centre).filter(|spread| *spread > 0.0)?;
    Some((value - centre) / spread)
}

#[cfg(test)]
mod tests {
    use super::{median, quantile, robust_z, spread};

    #[test]
    fn quantiles_are_those_of_type_seven() {
        let values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(quantile(&values, 0.25), Some(1.75));
        assert_eq!(quantile(&values, 0.0), Some(1.0));
        assert_eq!(quantile(&values, 1.0), Some(4.0));
        assert_eq!(median(&values), Some(2.5));
        assert_eq!(median(&[7.0]), Some(7.0));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn one_wild_value_moves_neither_centre_nor_spread() {
        let tame = [1.0, 2.0, 3.0, 4.0, 5.0];
        let wild = [1.0, 2.0, 3.0, 4.0, 5e9];
        assert_eq!(median(&tame), median(&wild));
        assert_eq!(spread(&tame, 3.0), spread(&wild, 3.0));
        assert!((robust_z(6.0, &tame).unwrap() - 3.0 / 1.482_602_218_505_602).abs() < 1e-12);
    }

    #[test]
    fn equal_peers_give_no_measure() {
        assert_eq!(robust_z(9.0, &[1.0, 1.0, 1.0, 2.0]), None);
        assert_eq!(robust_z(9.0, &[]), None);
    }
}
