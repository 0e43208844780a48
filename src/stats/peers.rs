//! Tail probabilities of a value relative to its peers.

use crate::convert::float;
use crate::stats::robust::{median, spread};
use statrs::function::beta::checked_beta_reg;
use statrs::function::erf::erfc;

/// The minimum number of peers.
const FEWEST: usize = 5;

/// The upper tail probability of the standard normal distribution. NaN if `z` is NaN.
pub fn normal_upper(z: f64) -> f64 {
    if z.is_nan() { f64::NAN } else { 0.5 * erfc(z / std::f64::consts::SQRT_2) }
}

/// The upper tail probability of Student's t distribution; the degrees of freedom need not be an integer. NaN if `t` is
/// NaN or `freedom` is not positive.
pub fn student_upper(t: f64, freedom: f64) -> f64 {
    if freedom == f64::INFINITY {
        return normal_upper(t);
    }
    let beyond = freedom / (freedom + t * t);
    let either_side = checked_beta_reg(freedom / 2.0, 0.5, beyond).unwrap_or(f64::NAN);
    if t > 0.0 { either_side / 2.0 } else { 1.0 - either_side / 2.0 }
}

/// The distribution of peers that are assumed to be normal.
///
/// The distance from the median, in robust standard deviations, is compared with Student's t distribution. It is first
/// divided by `sqrt(1 + pi / 2n)`, because the median of n normal peers has a variance of pi / 2n of theirs. The
/// degrees of freedom are `0.37 m + 0.2`, where m is n, minus one if n is odd: the median absolute deviation is as
/// efficient as the standard deviation of 37 % of the values (Huber 1981), and the middle value of an odd number has
/// distance 0. In simulations with n from 5 to 200, the degrees of freedom that give an exact tail of 0.01 differ by at
/// most 0.1 up to 30 peers, and by at most 10 % above.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peers {
    centre: f64,
    spread: f64,
    count: usize,
}

impl Peers {
    /// The distribution of the given peers, with a standard deviation of at least `least`; `None` if there are fewer
    /// than 5 or the standard deviation is 0. Values must not be NaN.
    pub fn of(values: &[f64], least: f64) -> Option<Self> {
        let centre = median(values).filter(|_| values.len() >= FEWEST)?;
        let spread = spread(values, centre)?.max(least);
        (spread > 0.0).then_some(Self { centre, spread, count: values.len() })
    }

    /// The median.
    pub fn centre(&self) -> f64 {
        self.centre
    }

    /// How many peers there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The distance of a value above the median, in robust standard deviations.
    pub fn distance(&self, value: f64) -> f64 {
        (value - self.centre) / self.spread
    }

    /// The probability that another peer has at least this value.
    pub fn upper(&self, value: f64) -> f64 {
        let own_error = std::f64::consts::FRAC_PI_2 / float(self.count);
        let freedom = 0.37 * float(self.count / 2 * 2) + 0.2;
        student_upper(self.distance(value) / (1.0 + own_error).sqrt(), freedom)
    }
}

/// The probability of at least this value for a further peer if peers are normal; `None` if there are fewer than 5
/// peers, or half of them are equal. Values must not be NaN.
pub fn peer_upper(value: f64, peers: &[f64]) -> Option<f64> {
    Peers::of(peers, 0.0).map(|peers| peers.upper(value))
}

/// As [`peer_upper`], for every value relative to the others; `None` if there are fewer than 6 values, or half of them
/// are equal.
///
/// Median and standard deviation include the value itself, to avoid quadratic cost; the effect is smaller than their
/// sampling error.
pub fn each_upper(values: &[f64]) -> Option<Vec<f64>> {
    let count = values.len().checked_sub(1).filter(|peers| *peers >= FEWEST)?;
    let others = Peers { count, ..Peers::of(values, 0.0)? };
    Some(values.iter().map(|value| others.upper(*value)).collect())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these values are exact")]

    use super::{each_upper, normal_upper, peer_upper, student_upper};
    use rand::{Rng, SeedableRng};
    use rand_distr::StandardNormal;
    use rand_xoshiro::Xoshiro256PlusPlus;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-8 * a.abs().max(b.abs())
    }

    #[test]
    fn tails_are_those_of_scipy() {
        for (t, freedom, tail) in [
            (0.5, 1.0, 0.352_416_382_349_566_74),
            (2.0, 3.16, 0.067_338_474_863_659_89),
            (-1.5, 7.6, 0.913_020_032_372_336_3),
            (30.0, 5.0, 3.859_324_310_248_026_5e-7),
            (8.0, 37.2, 6.633_356_529_740_113e-10),
        ] {
            assert!(close(student_upper(t, freedom), tail), "{t} {freedom}");
        }
        for (z, tail) in [
            (-1.0, 0.841_344_746_068_542_9),
            (1.96, 0.024_997_895_148_220_435),
            (20.0, 2.753_624_118_606_155_6e-89),
        ] {
            assert!(close(normal_upper(z), tail), "{z}");
            assert_eq!(student_upper(z, f64::INFINITY), normal_upper(z));
        }
    }

    #[test]
    fn tails_have_ends() {
        assert_eq!((student_upper(0.0, 4.0), normal_upper(0.0)), (0.5, 0.5));
        for tail in [|t| student_upper(t, 4.0), normal_upper] {
            assert_eq!((tail(f64::INFINITY), tail(f64::NEG_INFINITY)), (0.0, 1.0));
            assert!(tail(f64::NAN).is_nan());
        }
        assert!(student_upper(1.0, 0.0).is_nan() && student_upper(1.0, -1.0).is_nan());
    }

    #[test]
    fn normal_values_are_seldom_surprising_among_few_or_many_peers() {
        let mut stream = Xoshiro256PlusPlus::seed_from_u64(3);
        for n in [5, 8, 9, 20, 100] {
            let draws = 40_000;
            let mut surprising = 0;
            for _ in 0..draws {
                let peers: Vec<f64> = (0..n).map(|_| stream.sample(StandardNormal)).collect();
                let p = peer_upper(stream.sample(StandardNormal), &peers).unwrap();
                surprising += u32::from(p < 0.01);
            }
            let share = f64::from(surprising) / f64::from(draws);
            assert!((0.008..0.012).contains(&share), "{n}: {share}");
        }
    }

    #[test]
    fn a_high_value_surprises_unless_its_peers_differ_more() {
        let peers = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
        let tails = [-50.0, 4.0, 9.0, 50.0].map(|value| peer_upper(value, &peers).unwrap());
        assert!(tails.windows(2).all(|pair| pair[0] > pair[1]), "{tails:?}");
        assert_eq!(tails[1], 0.5);
        assert!(tails[3] < 0.005, "{tails:?}");
        let wide = peers.map(|peer| peer * 20.0);
        assert!(peer_upper(50.0, &wide).unwrap() > 0.5);
        assert_eq!(peer_upper(9.0, &peers[..4]), None);
        assert_eq!(peer_upper(9.0, &[1.0, 1.0, 1.0, 1.0, 2.0, 3.0]), None);
    }

    #[test]
    fn a_value_among_all_reads_nearly_as_among_its_peers() {
        let mut stream = Xoshiro256PlusPlus::seed_from_u64(4);
        let values: Vec<f64> = (0..41).map(|_| stream.sample(StandardNormal)).collect();
        let all = each_upper(&values).unwrap();
        for (place, tail) in all.into_iter().enumerate() {
            let mut peers = values.clone();
            let value = peers.swap_remove(place);
            let among = peer_upper(value, &peers).unwrap();
            assert!((tail - among).abs() < 0.05, "{tail} {among}");
        }
        assert_eq!(each_upper(&values[..5]), None);
    }
}
