//! Tail probabilities of counts under overdispersion between subjects.
//!
//! Where villages differ in their share of cash payments, a binomial test finds many significant villages without a
//! reason. Here the share (or rate) varies between subjects with the variance observed in the county, so that a small
//! tail probability means a deviation beyond the usual differences.
//!
//! Mean and between-subject variance are moment estimates: the weighted squared deviations of the subjects' shares from
//! the weighted mean are set equal to their expectation. The weights are the reciprocal variances (Kleinman 1973 for
//! the beta-binomial distribution), iterated until they agree with the estimated variance (Paule and Mandel 1982). A
//! few outliers are excluded from the estimate, since they would inflate the variance and mask themselves.
//!
//! The uncertainty of the mean is included, so small counties give fewer small tails. The uncertainty of the variance
//! is not: in simulated counties with 20 to 300 ordinary subjects, at most 1.2 % of the tails are at most 0.01, but
//! with 20 subjects up to 0.8 % are at most 0.001, and with 100 up to 0.4 %. With fewer than 20 subjects outliers may
//! be masked.

use crate::convert::float;
use crate::stats::exact::{poisson_upper, sum_of_steps};
use statrs::function::beta::checked_beta_reg;
use statrs::function::factorial::ln_binomial;
use statrs::function::gamma::ln_gamma;

/// A subject is an outlier if one of its tail probabilities, given the others, is below this.
const WILD: f64 = 1e-3;

/// At most one subject in this number is excluded as an outlier.
const WILD_ONE_IN: usize = 20;

/// Below this variance the Poisson distribution is used, because the incomplete beta function loses precision.
const POISSON: f64 = 1e-9;

/// The number of iterations of the outlier search.
const SEARCHES: usize = 4;

/// The maximum number of iterations of the weights.
const ROUNDS: usize = 20;

/// The beta-binomial distribution of hits in trials over the subjects of a county.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    mean: f64,
    overdispersion: f64,
    /// The effective number of independent trials for the mean.
    weight: f64,
}

impl Shares {
    /// Estimates the distribution from `(hits, trials)` of each subject. Subjects without trials are ignored.
    ///
    /// At most one subject in 20 is excluded as an outlier, so none if there are fewer than 20.
    pub fn fit(counts: &[(u64, u64)]) -> Self {
        let counts = counts.iter().filter(|(_, trials)| *trials > 0);
        let counts: Vec<_> = counts.map(|(hits, trials)| (*(hits.min(trials)), *trials)).collect();
        let tail = |law: &Self, &(hits, trials): &(u64, u64)| {
            let below = 1.0 - law.upper(hits + 1, trials);
            law.upper(hits, trials).min(below)
        };
        fit_to_the_tame(&counts, Self::fit_all, tail)
    }

    fn fit_all(counts: &[&(u64, u64)]) -> Self {
        let subjects = counts.iter().map(|(hits, trials)| (float(*hits), float(*trials)));
        let subjects: Vec<_> = subjects.collect();
        let of_one_trial = |mean: f64| mean * (1.0 - mean);
        let Moments { mean, between, weight } = Moments::of(&subjects, of_one_trial, 1.0);
        let most = of_one_trial(mean);
        // An overdispersion of 1 would give a degenerate beta distribution.
        let overdispersion = if most > 0.0 { (between / most).clamp(0.0, 0.999) } else { 0.0 };
        // Jeffreys' prior: half a hit and half a miss are added, so that the mean is neither 0 nor 1.
        Self { mean: (mean * weight + 0.5) / (weight + 1.0), overdispersion, weight }
    }

    /// The mean share, strictly between 0 and 1.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The correlation of two trials of the same subject: 0 if subjects differ by chance only, approaching 1 if each
    /// subject has only hits or only misses.
    pub fn overdispersion(&self) -> f64 {
        self.overdispersion
    }

    /// The distribution with the same overdispersion and another mean.
    #[must_use]
    pub fn around(self, mean: f64) -> Self {
        // A mean of 0 or 1 would give a degenerate beta distribution.
        Self { mean: mean.clamp(1e-9, 1.0 - 1e-9), ..self }
    }

    /// The probability that a subject has at least `hits` in `trials`; positive unless there are more hits than trials.
    pub fn upper(&self, hits: u64, trials: u64) -> f64 {
        if hits == 0 {
            return 1.0;
        }
        if hits > trials {
            return 0.0;
        }
        let (a, b) = self.shape();
        let ln_all = ln_rising(a + b, trials);
        let at = |hits: u64| {
            let ways = ln_binomial(trials, hits);
            (ways + ln_rising(a, hits) + ln_rising(b, trials - hits) - ln_all).exp()
        };
        let step = |hits: u64| {
            let misses = float(trials - hits);
            misses * (a + float(hits)) / (float(hits + 1) * (b + misses - 1.0))
        };
        let below = at(hits - 1);
        // Far above the mean the lower tail is 1 in double precision, and its first term may underflow.
        let near = below > 1e-6 || float(hits) <= self.mean * float(trials);
        if near && hits <= trials / 2 {
            let steps = (0..hits - 1).rev().map(|below| step(below).recip());
            let lower = sum_of_steps(below, steps);
            if lower < 0.999 {
                return 1.0 - lower;
            }
        }
        sum_of_steps(at(hits), (hits..trials).map(step)).max(f64::MIN_POSITIVE)
    }

    /// The distribution of a subject given its hits in other trials.
    #[must_use]
    pub fn given(&self, hits: u64, trials: u64) -> Self {
        let (a, b) = self.shape();
        let hits = hits.min(trials);
        let (a, b) = (a + float(hits), b + float(trials - hits));
        Self { mean: a / (a + b), overdispersion: 1.0 / (a + b + 1.0), weight: f64::INFINITY }
    }

    /// The parameters of the beta distribution of a subject's share, including the uncertainty of the mean.
    fn shape(&self) -> (f64, f64) {
        let certain = 1.0 - self.overdispersion;
        let correlation = self.overdispersion + certain / (self.weight + 2.0);
        let size = (1.0 - correlation) / correlation;
        (self.mean * size, (1.0 - self.mean) * size)
    }
}

/// The negative binomial distribution of events per exposure (days, persons, accounts) over the subjects of a county:
/// Poisson with gamma-distributed rates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    mean: f64,
    overdispersion: f64,
    /// The total exposure for the mean.
    weight: f64,
}

impl Rates {
    /// Estimates the distribution from `(events, exposure)` of each subject. Subjects without positive exposure are
    /// ignored.
    ///
    /// At most one subject in 20 is excluded as an outlier, so none if there are fewer than 20.
    pub fn fit(counts: &[(u64, f64)]) -> Self {
        let exposed = counts.iter().filter(|(_, exposure)| is_exposure(*exposure));
        let counts: Vec<_> = exposed.copied().collect();
        let tail = |law: &Self, &(events, exposure): &(u64, f64)| {
            let below = 1.0 - law.upper(events + 1, exposure);
            law.upper(events, exposure).min(below)
        };
        fit_to_the_tame(&counts, Self::fit_all, tail)
    }

    fn fit_all(counts: &[&(u64, f64)]) -> Self {
        let subjects = counts.iter().map(|(events, exposure)| (float(*events), *exposure));
        let subjects: Vec<_> = subjects.collect();
        let Moments { mean, between, weight } = Moments::of(&subjects, |mean| mean, 0.0);
        let overdispersion = if mean > 0.0 { between / (mean * mean) } else { 0.0 };
        // Jeffreys' prior: half an event is added, so that the rate is not 0.
        Self { mean: mean + 0.5 / weight, overdispersion, weight }
    }

    /// The mean rate in events per unit of exposure; positive, and infinite without any exposure.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The variance of the subjects' rates divided by the squared mean rate: 0 if subjects differ by chance only.
    pub fn overdispersion(&self) -> f64 {
        self.overdispersion
    }

    /// The probability that a subject has at least `events` in `exposure`. Positive; 1 if the subject or the county has
    /// no exposure.
    pub fn upper(&self, events: u64, exposure: f64) -> f64 {
        if events == 0 || self.mean.is_infinite() || !is_exposure(exposure) {
            return 1.0;
        }
        // The uncertainty of the mean is that of the total number of events.
        let relative_variance = self.overdispersion + (self.mean * self.weight).recip();
        mixed_poisson_upper(events, self.mean * exposure, relative_variance)
    }
}

/// The probability of at least `events` if `expected` are expected and the rate is gamma-distributed with the given
/// relative variance. Positive.
pub fn mixed_poisson_upper(events: u64, expected: f64, relative_variance: f64) -> f64 {
    let tail = if events == 0 {
        1.0
    } else if relative_variance < POISSON {
        poisson_upper(events, expected)
    } else {
        // The negative binomial tail as a binomial tail (Pearson).
        let size = relative_variance.recip();
        let chance = expected / (size + expected);
        checked_beta_reg(float(events), size, chance).unwrap_or(1.0)
    };
    tail.max(f64::MIN_POSITIVE)
}

fn is_exposure(exposure: f64) -> bool {
    exposure > 0.0 && exposure.is_finite()
}

/// Fits a distribution to all subjects except outliers, at most one in 20.
///
/// The first fit excludes the maximum number of least likely subjects; each further fit includes again those that are
/// no outliers under the previous one.
fn fit_to_the_tame<Subject, Law>(
    subjects: &[Subject],
    fit: impl Fn(&[&Subject]) -> Law,
    tail: impl Fn(&Law, &Subject) -> f64,
) -> Law {
    let most = subjects.len() / WILD_ONE_IN;
    let law = fit(&subjects.iter().collect::<Vec<_>>());
    if most == 0 {
        return law;
    }
    let without = |law: &Law, wild: f64| {
        let mut by_tail: Vec<_> = subjects.iter().map(|each| (tail(law, each), each)).collect();
        by_tail.sort_by(|a, b| a.0.total_cmp(&b.0));
        let left_out = by_tail.iter().take(most).take_while(|(tail, _)| *tail < wild).count();
        fit(&by_tail.into_iter().skip(left_out).map(|(_, each)| each).collect::<Vec<_>>())
    };
    let start = without(&law, f64::INFINITY);
    (0..SEARCHES).fold(start, |law, _| without(&law, WILD))
}

/// Mean and variance of the subjects' shares or rates.
struct Moments {
    mean: f64,
    /// The variance between subjects beyond chance.
    between: f64,
    /// The trials or exposure that would give the mean the same precision without overdispersion.
    weight: f64,
}

impl Moments {
    /// Estimates from the count and size (trials or exposure) of each subject. A subject of size n has variance `within
    /// / n + between`, where `of_one(mean) = within + bound * between` is the variance at size 1.
    fn of(subjects: &[(f64, f64)], of_one: impl Fn(f64) -> f64, bound: f64) -> Self {
        let sizes: f64 = subjects.iter().map(|(_, size)| size).sum();
        let counts: f64 = subjects.iter().map(|(count, _)| count).sum();
        let start = Self {
            mean: if sizes > 0.0 { counts / sizes } else { 0.0 },
            between: 0.0,
            weight: sizes,
        };
        (0..ROUNDS).fold(start, |before, _| before.next(subjects, &of_one, bound))
    }

    fn next(&self, subjects: &[(f64, f64)], of_one: impl Fn(f64) -> f64, bound: f64) -> Self {
        let chance = of_one(self.mean);
        let extra = if chance > 0.0 { self.between / chance } else { 0.0 };
        let weigh = |size: f64| size / (1.0 + extra * (size - bound));
        let weight: f64 = subjects.iter().map(|(_, size)| weigh(*size)).sum();
        let weighted = subjects.iter().map(|(count, size)| weigh(*size) * count / size);
        let mean = if weight > 0.0 { weighted.sum::<f64>() / weight } else { 0.0 };
        let (mut squares, mut of_chance, mut of_subjects) = (0.0, 0.0, 0.0);
        for (count, size) in subjects {
            let own = weigh(*size);
            let free = own * (1.0 - own / weight);
            squares += own * (count / size - mean).powi(2);
            of_chance += free / size;
            of_subjects += free * (1.0 - bound / size);
        }
        let beyond = squares - of_one(mean) * of_chance;
        let told = beyond > 0.0 && of_subjects > 0.0;
        Self { mean, between: if told { beyond / of_subjects } else { 0.0 }, weight }
    }
}

/// The logarithm of the rising factorial `from (from + 1) ... (from + steps - 1)`.
fn ln_rising(from: f64, steps: u64) -> f64 {
    let steps = float(steps);
    let to = from + steps;
    if from < 1e4 {
        return ln_gamma(to) - ln_gamma(from);
    }
    // Stirling's series with the large terms cancelled analytically, to avoid loss of precision.
    let bend = (to.recip() - from.recip()) / 12.0;
    (from - 0.5) * (steps / from).ln_1p() + steps * (to.ln() - 1.0) + bend
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these values are exact")]

    use super::{Rates, Shares};
    use crate::stats::exact::{binomial_upper, poisson_upper};
    use rand::{Rng, SeedableRng};
    use rand_distr::{Beta, Binomial, Distribution, Gamma, Poisson};
    use rand_xoshiro::Xoshiro256PlusPlus;

    /// A weight at which the uncertainty of the mean is negligible.
    const CERTAIN: f64 = 1e15;

    fn shares(mean: f64, overdispersion: f64) -> Shares {
        Shares { mean, overdispersion, weight: CERTAIN }
    }

    fn rates(mean: f64, overdispersion: f64) -> Rates {
        Rates { mean, overdispersion, weight: CERTAIN }
    }

    fn close(a: f64, b: f64, relative: f64) -> bool {
        (a - b).abs() <= relative * a.abs().max(b.abs())
    }

    #[test]
    fn tails_of_shares_are_those_of_sums_with_forty_digits() {
        for (mean, overdispersion, hits, trials, tail) in [
            (0.02, 0.01, 8, 100, 1.831_759_820_471e-2),
            (0.3, 0.2, 280, 300, 8.859_257_749_801e-4),
            (0.5, 1e-7, 5200, 10_000, 3.324_576_877_961e-5),
            (0.001, 0.05, 40, 10_000, 3.955_519_678_739e-2),
            (0.9, 0.02, 95, 100, 1.988_286_106_326e-1),
            (0.4, 0.9, 7, 9, 3.764_684_925_487e-1),
            (0.02, 0.01, 90, 100, 1.311_869_339_735e-43),
        ] {
            let upper = shares(mean, overdispersion).upper(hits, trials);
            assert!(close(upper, tail, 1e-9), "{hits} of {trials}: {upper}");
        }
    }

    #[test]
    fn tails_of_rates_are_those_of_sums_with_forty_digits() {
        for (expected, overdispersion, events, tail) in [
            (3.0, 0.5, 12, 1.262_533_754_880e-2),
            (0.2, 2.0, 6, 1.413_325_462_927e-4),
            (500.0, 0.05, 900, 1.675_413_386_742e-3),
            (5e3, 1e-4, 5400, 2.844_345_602_012e-6),
            (40.0, 1e-8, 90, 7.769_469_043_333e-12),
            (2.0, 20.0, 150, 3.044_457_151_788e-4),
            (1e4, 1e-3, 11000, 1.677_191_697_866e-3),
        ] {
            let upper = rates(expected / 30.0, overdispersion).upper(events, 30.0);
            assert!(close(upper, tail, 1e-6), "{events} of {expected}: {upper}");
        }
    }

    #[test]
    fn what_is_known_of_a_subject_draws_its_law_after_it() {
        // Uniform shares, then one hit: the next three are hits with probability 2 / 5.
        let uniform = shares(0.5, 1.0 / 3.0);
        assert!(close(uniform.upper(3, 3), 0.25, 1e-9));
        assert!(close(uniform.given(1, 1).upper(3, 3), 0.4, 1e-9));
        assert!(close(uniform.given(0, 0).upper(3, 3), 0.25, 1e-9));
    }

    #[test]
    fn subjects_that_do_not_differ_give_the_laws_of_chance() {
        let even = shares(0.03, 0.0);
        for (hits, trials) in [(1, 40), (9, 40), (40, 40), (330, 10_000), (500, 10_000)] {
            let binomial = binomial_upper(hits, trials, 0.03);
            assert!(close(even.upper(hits, trials), binomial, 1e-7), "{hits} of {trials}");
        }
        let even = rates(0.5, 0.0);
        for events in [1, 9, 40, 90] {
            let poisson = poisson_upper(events, 20.0);
            assert!(close(even.upper(events, 40.0), poisson, 1e-12), "{events}");
        }
        assert_eq!(Shares::fit(&[(3, 100), (3, 100), (4, 100)]).overdispersion(), 0.0);
        assert_eq!(Rates::fit(&[(3, 10.0), (3, 10.0), (4, 10.0)]).overdispersion(), 0.0);
    }

    #[test]
    fn two_subjects_of_one_size_are_estimated_by_hand() {
        // Equal weights. Sum of squares 2 * 100 * 0.1^2 = 2, expected 0.3 * 0.7 = 0.21, one degree of freedom.
        let law = Shares::fit(&[(20, 100), (40, 100)]);
        assert!(close(law.overdispersion(), (2.0 / 0.21 - 1.0) / 99.0, 1e-9), "{law:?}");
        let weight = 200.0 / (1.0 + 99.0 * law.overdispersion());
        assert!(close(law.mean(), (0.3 * weight + 0.5) / (weight + 1.0), 1e-9), "{law:?}");
        // Sum of squares 2 * 10 * 1^2 = 20, expected 3.
        let law = Rates::fit(&[(20, 10.0), (40, 10.0)]);
        assert!(close(law.overdispersion(), (20.0 - 3.0) / 10.0 / 9.0, 1e-9), "{law:?}");
    }

    #[test]
    fn a_law_of_nothing_or_of_extremes_is_still_a_law() {
        let unknown = Shares::fit(&[]);
        assert_eq!((unknown.mean(), unknown.overdispersion()), (0.5, 0.0));
        // Jeffreys: the share is Beta(1/2, 1/2), so one hit in one trial has probability 1/2.
        assert!(close(unknown.upper(1, 1), 0.5, 1e-12));
        assert!(unknown.upper(10, 10) > 0.1, "nothing known, nothing surprising");
        assert_eq!(Shares::fit(&[(0, 0)]), unknown);
        for counts in [vec![(0, 50); 30], vec![(50, 50); 30], vec![(0, 9), (9, 9), (0, 5)]] {
            let law = Shares::fit(&counts);
            assert!(law.mean() > 0.0 && law.mean() < 1.0, "{law:?}");
            for hits in [1, 25, 50] {
                let upper = law.upper(hits, 50);
                assert!(upper > 0.0 && upper <= 1.0, "{law:?} {hits}");
            }
        }
        assert!(Shares::fit(&[(0, 50); 30]).upper(3, 50) < 1e-3);
        assert_eq!((unknown.upper(0, 0), unknown.upper(3, 2)), (1.0, 0.0));
        assert_eq!(shares(1e-9, 0.0).upper(9_000, 10_000), f64::MIN_POSITIVE);

        assert_eq!(Rates::fit(&[]).upper(9, 1.0), 1.0);
        assert_eq!(Rates::fit(&[(3, 0.0), (3, f64::NAN), (1, -2.0)]), Rates::fit(&[]));
        let quiet = Rates::fit(&[(0, 10.0); 30]);
        assert!(close(quiet.mean(), 0.5 / 300.0, 1e-12));
        assert!(quiet.upper(2, 10.0) < 0.01 && quiet.upper(2, 10.0) > 0.0);
        assert_eq!((quiet.upper(2, 0.0), quiet.upper(0, 10.0)), (1.0, 1.0));
    }

    #[test]
    fn more_is_never_less_surprising() {
        for law in [shares(0.02, 0.01), shares(0.4, 0.7), shares(0.97, 0.1), shares(0.3, 1e-6)] {
            for trials in [1, 2, 9, 130, 1_001] {
                let tails: Vec<_> = (0..=trials + 1).map(|hits| law.upper(hits, trials)).collect();
                let falls = |pair: &[f64]| pair[0] >= pair[1] * (1.0 - 1e-9);
                assert!(tails.windows(2).all(falls), "{law:?} {trials}");
            }
        }
        for law in [rates(0.2, 0.01), rates(3.0, 5.0)] {
            let tails: Vec<_> = (0..900).map(|events| law.upper(events, 20.0)).collect();
            assert!(tails.windows(2).all(|pair| pair[0] >= pair[1] * (1.0 - 1e-9)), "{law:?}");
        }
        let (even, uneven) = (shares(0.1, 0.001), shares(0.1, 0.05));
        assert!(even.upper(40, 200) < uneven.upper(40, 200) / 100.0);
    }

    /// Sizes from 20 to 1,000 with log-uniform frequency.
    fn size(stream: &mut Xoshiro256PlusPlus) -> f64 {
        (20.0 * 50_f64.powf(stream.r#gen::<f64>())).floor()
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small counts")]
    fn county(mean: f64, rho: f64, stream: &mut Xoshiro256PlusPlus) -> Vec<(u64, u64)> {
        let one = |_| {
            let trials = size(stream) as u64;
            let total = (1.0 - rho) / rho;
            let law = Beta::new(mean * total, (1.0 - mean) * total).unwrap();
            let share = if rho > 0.0 { law.sample(stream) } else { mean };
            (Binomial::new(trials, share).unwrap().sample(stream), trials)
        };
        (0..200).map(one).collect()
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small counts")]
    fn exposed(mean: f64, phi: f64, stream: &mut Xoshiro256PlusPlus) -> Vec<(u64, f64)> {
        let one = |_| {
            let exposure = size(stream);
            let rate = if phi > 0.0 {
                Gamma::new(1.0 / phi, phi * mean).unwrap().sample(stream)
            } else {
                mean
            };
            let events: f64 = Poisson::new((rate * exposure).max(1e-9)).unwrap().sample(stream);
            (events as u64, exposure)
        };
        (0..200).map(one).collect()
    }

    #[test]
    fn subjects_that_differ_honestly_are_seldom_surprising() {
        let mut stream = Xoshiro256PlusPlus::seed_from_u64(7);
        // 1.5 % of 50 counties with 200 subjects.
        let most = 150;
        for (mean, rho) in [(0.01, 1e-9), (0.01, 0.02), (0.1, 0.1), (0.4, 0.3), (0.9, 0.05)] {
            let (mut surprising, mut found) = (0, 0.0);
            for _ in 0..50 {
                let counts = county(mean, rho, &mut stream);
                let law = Shares::fit(&counts);
                found += law.overdispersion() / 50.0;
                surprising += counts.iter().filter(|(k, n)| law.upper(*k, *n) <= 0.01).count();
            }
            assert!(surprising > 20 && surprising < most, "{mean} {rho}: {surprising}");
            assert!((found - rho).abs() < 0.15 * rho + 0.001, "{mean} {rho}: {found}");
        }
        for (mean, phi) in [(0.01, 0.0), (0.01, 1.0), (0.1, 0.2), (1.0, 0.5), (1.0, 3.0)] {
            let (mut surprising, mut found) = (0, 0.0);
            for _ in 0..50 {
                let counts = exposed(mean, phi, &mut stream);
                let law = Rates::fit(&counts);
                found += law.overdispersion() / 50.0;
                surprising += counts.iter().filter(|(k, e)| law.upper(*k, *e) <= 0.01).count();
            }
            assert!(surprising > 20 && surprising < most, "{mean} {phi}: {surprising}");
            assert!((found - phi).abs() < 0.15 * phi + 0.05, "{mean} {phi}: {found}");
        }
    }

    #[test]
    fn a_few_wild_subjects_do_not_hide_each_other() {
        let mut stream = Xoshiro256PlusPlus::seed_from_u64(11);
        let mut counts = county(0.02, 0.01, &mut stream);
        let honest = Shares::fit(&counts).overdispersion();
        for (hits, trials) in counts.iter_mut().take(8) {
            *hits = *trials / 2;
        }
        let law = Shares::fit(&counts);
        assert!(law.overdispersion() < 1.5 * honest, "{law:?} {honest}");
        assert!(counts[..8].iter().all(|(hits, trials)| law.upper(*hits, *trials) < 1e-3));
        // One in five is too many for outliers, so they are part of the distribution.
        for (hits, trials) in counts.iter_mut().take(40) {
            *hits = *trials / 2;
        }
        assert!(Shares::fit(&counts).overdispersion() > 0.1);

        let mut counts = exposed(0.1, 0.2, &mut stream);
        for (events, _) in counts.iter_mut().take(8) {
            *events += 1_000;
        }
        let law = Rates::fit(&counts);
        assert!(law.overdispersion() < 0.4, "{law:?}");
        assert!(counts[..8].iter().all(|(events, days)| law.upper(*events, *days) < 1e-3));
    }
}
