//! Mantissas of amounts: the fractional parts of their decimal logarithms, uniform under Benford's law.

use std::f64::consts::{LN_10, TAU};

use serde::Serialize;

use crate::convert::float;
use crate::stats::decimal::Decimal;

/// Moments of the mantissas and the mantissa arc statistic.
///
/// Under Benford's law: mean 1/2, variance 1/12, skewness 0, excess kurtosis -1.2, arc 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Mantissas {
    /// The number of positive amounts.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// Variance with the divisor n - 1.
    pub variance: f64,
    /// Third central moment divided by the cube of the standard deviation, both with the divisor n.
    pub skewness: f64,
    /// Fourth central moment divided by the squared variance, both with the divisor n, minus 3.
    pub excess_kurtosis: f64,
    /// The squared distance from the origin of the mean of the unit vectors at angle 2 pi mantissa (Alexander 2009).
    pub arc: f64,
}

impl Mantissas {
    /// The statistics of the positive amounts, in any unit; `None` if there are fewer than two.
    pub fn of(amounts: &[i64]) -> Option<Self> {
        let mantissas: Vec<_> = amounts.iter().filter_map(|amount| mantissa(*amount)).collect();
        Self::of_mantissas(&mantissas)
    }

    /// [`Mantissas::of`] for amounts with any number of decimals.
    pub fn of_decimals(amounts: &[Decimal]) -> Option<Self> {
        let mantissas: Vec<_> = amounts.iter().filter_map(|amount| amount.mantissa()).collect();
        Self::of_mantissas(&mantissas)
    }

    fn of_mantissas(mantissas: &[f64]) -> Option<Self> {
        let n = mantissas.len();
        if n < 2 {
            return None;
        }
        let count = float(n);
        let average =
            |of: &dyn Fn(f64) -> f64| mantissas.iter().map(|m| of(*m)).sum::<f64>() / count;
        let mean = average(&|m| m);
        let moment = |power| average(&|m| (m - mean).powi(power));
        let (second, third, fourth) = (moment(2), moment(3), moment(4));
        let (cosine, sine) = (average(&|m| (TAU * m).cos()), average(&|m| (TAU * m).sin()));
        let scaled = |moment: f64, by: f64| if second > 0.0 { moment / by } else { 0.0 };
        Some(Self {
            n,
            mean,
            variance: second * count / (count - 1.0),
            skewness: scaled(third, second.powf(1.5)),
            excess_kurtosis: scaled(fourth, second * second) - 3.0,
            arc: cosine * cosine + sine * sine,
        })
    }

    /// The p-value of the arc: `exp(-n arc)` (Alexander 2009), valid for n above about 50.
    pub fn arc_p(&self) -> f64 {
        (-float(self.n) * self.arc).exp()
    }
}

/// The mantissa of a positive amount.
fn mantissa(amount: i64) -> Option<f64> {
    let length = amount.checked_ilog10()?;
    let log = (float(amount)).log10() - f64::from(length);
    Some(log)
}

/// An amount (in fen) of at least ten yuan scaled by a power of ten to the range from 10 to 100.
pub fn collapsed(fen: i64) -> Option<f64> {
    let length = fen.checked_ilog10().filter(|_| fen >= 1_000)?;
    let collapsed = float(fen) / 10_f64.powi(i32::try_from(length).ok()? - 1);
    Some(collapsed)
}

/// Nigrini's distortion factor: whether amounts are larger or smaller than expected by Benford's law after scaling to
/// the range from 10 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Distortion {
    /// The number of amounts of at least ten yuan.
    pub n: usize,
    /// The mean of the scaled amounts.
    pub mean: f64,
    /// The expected mean under Benford's law, `90 / (n (10^(1/n) - 1))`.
    pub expected: f64,
}

impl Distortion {
    /// The distortion of the amounts (in fen) of at least ten yuan; `None` if there are none (Nigrini 1996).
    pub fn of(amounts: &[i64]) -> Option<Self> {
        let collapsed: Vec<_> = amounts.iter().filter_map(|fen| collapsed(*fen)).collect();
        Self::of_collapsed(&collapsed)
    }

    /// [`Distortion::of`] for amounts with any number of decimals.
    pub fn of_decimals(amounts: &[Decimal]) -> Option<Self> {
        let collapsed: Vec<_> = amounts.iter().filter_map(|amount| amount.collapsed()).collect();
        Self::of_collapsed(&collapsed)
    }

    fn of_collapsed(collapsed: &[f64]) -> Option<Self> {
        let n = collapsed.len();
        let count = float(n);
        let mean = collapsed.iter().sum::<f64>() / count;
        let expected = 90.0 / (count * (LN_10 / count).exp_m1());
        (n > 0).then_some(Self { n, mean, expected })
    }

    /// The limit of the expected mean for large n.
    pub const MEAN: f64 = 90.0 / LN_10;

    /// The standard deviation of scaled amounts under Benford's law.
    pub const DEVIATION: f64 = 0.638_253 * Self::MEAN;

    /// `(mean - expected) / expected`: positive if the amounts are too large.
    pub fn factor(&self) -> f64 {
        (self.mean - self.expected) / self.expected
    }

    /// The standard deviation of the factor under Benford's law, `0.638253 / sqrt(n)` (Nigrini 1996).
    pub fn spread(&self) -> f64 {
        0.638_253 / float(self.n).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::{Distortion, Mantissas};

    /// Amounts with uniform mantissas.
    fn even(n: i32) -> Vec<i64> {
        #[expect(clippy::cast_possible_truncation, reason = "below 10^11")]
        (0..n)
            .map(|step| 10_f64.powf(10.0 + (f64::from(step) + 0.5) / f64::from(n)) as i64)
            .collect()
    }

    #[test]
    fn even_mantissas_have_the_moments_of_the_even_law() {
        let mantissas = Mantissas::of(&even(10_000)).unwrap();
        assert!((mantissas.mean - 0.5).abs() < 1e-8);
        assert!((mantissas.variance - 1.0 / 12.0).abs() < 1e-4);
        assert!(mantissas.skewness.abs() < 1e-6);
        assert!((mantissas.excess_kurtosis + 1.2).abs() < 1e-6);
        assert!(mantissas.arc < 1e-12);
        assert!(mantissas.arc_p() > 0.999);
    }

    #[test]
    fn equal_amounts_lie_on_one_point_of_the_circle() {
        let mantissas = Mantissas::of(&[500; 60]).unwrap();
        assert!((mantissas.arc - 1.0).abs() < 1e-12);
        assert!(mantissas.variance < 1e-20);
        assert!(mantissas.arc_p() < 1e-25);
        assert_eq!(Mantissas::of(&[500, 0, -3]), None);
    }

    #[test]
    fn the_distortion_of_benford_amounts_is_none_and_its_sign_tells_the_direction() {
        let none = Distortion::of(&even(100_000)).unwrap();
        assert!(none.factor().abs() < 1e-4);
        assert!(Distortion::of(&[9_900; 50]).unwrap().factor() > 1.0);
        assert!(Distortion::of(&[1_000; 50]).unwrap().factor() < -0.7);
        assert_eq!(Distortion::of(&[999]), None);
    }
}
