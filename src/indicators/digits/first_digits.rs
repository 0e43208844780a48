//! What both tests of leading digits share: which amounts count, the two laws they are held against, and
//! how unusual a village is under both.

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use crate::indicators::bounds::{at_least, counted};
use crate::indicators::indicator::{Group, Out};
use crate::indicators::seen::{Seen, float, seen, surprise};
use crate::ledger::book::{Book, NOBODY, Subject};
use crate::ledger::chart::Class;
use crate::stats::conformity::chi_square;
use crate::stats::digits::{DigitLaw, Digits};
use crate::stats::null::NullLaw;
use crate::stats::robust::median;

/// How leading digits are tested.
#[derive(Debug, Clone, Copy)]
pub(super) struct Test {
    /// Which digits.
    pub(super) digits: Digits,
    /// Amounts below which there is no reading.
    pub(super) minimum: usize,
    /// The smallest amount that counts, in yuan.
    pub(super) from: f64,
    /// Amounts of Benford's law that are mixed into the county's.
    pub(super) prior: f64,
    /// Of the simulated null laws.
    pub(super) seed: u64,
}

/// The digits of a county.
#[derive(Debug)]
pub(super) struct County {
    /// The counts of all villages.
    counts: Vec<u64>,
    benford: NullLaw,
    own: NullLaw,
    /// How much farther from each other the county's villages lie than draws from one law would.
    spread: f64,
}

impl Test {
    /// What is wrong with the settings, if anything is.
    pub(super) fn fault(&self) -> Option<String> {
        counted("minimum", self.minimum)
            .or_else(|| at_least("from", self.from, 0.0))
            .or_else(|| at_least("prior", self.prior, 0.0))
    }

    /// The amounts of a village that count, each once for each payee who got it.
    fn amounts(&self, book: &Book, payments: &[u32]) -> Vec<(Subject, i64)> {
        let counts = |one: &Seen| self.counts(one);
        let pair = |one: Seen| (one.payee(book).unwrap_or(NOBODY), one.amount);
        let mut pairs: Vec<_> = seen(book, payments).filter(counts).map(pair).collect();
        pairs.sort_unstable();
        // Nobody may be many.
        pairs.dedup_by(|a, b| a == b && a.0 != NOBODY);
        pairs
    }

    #[expect(clippy::cast_precision_loss, reason = "only amounts near the smallest are compared")]
    fn counts(&self, one: &Seen) -> bool {
        let is_set = one.is_fixed || matches!(one.class, Class::Wage | Class::Subsidy);
        !is_set && one.amount > 0 && one.amount as f64 >= self.from * 100.0
    }

    fn count(&self, book: &Book, payments: &[u32]) -> Vec<u64> {
        let amounts = self.amounts(book, payments);
        self.digits.count(&amounts.into_iter().map(|(_, amount)| amount).collect::<Vec<_>>())
    }

    /// Counts the county and simulates what chance does to a village, under Benford's law and its own.
    pub(super) fn county(&self, book: &Book) -> County {
        let view = book.by_village();
        let each: Vec<Vec<u64>> = (0..view.len())
            .into_par_iter()
            .map(|village| self.count(book, view.group(village)))
            .collect();
        let mut counts = vec![0; self.digits.bins()];
        for village in &each {
            for (sum, count) in counts.iter_mut().zip(village) {
                *sum += count;
            }
        }
        let tested = |village: &&Vec<u64>| total(village) >= self.minimum.max(1) as u64;
        let most = each.iter().filter(tested).map(|village| total(village)).max().unwrap_or(0);
        let benford = DigitLaw::benford(self.digits);
        let law = DigitLaw::of_peers(self.digits, &counts, self.prior);
        let null = |law: &DigitLaw, seed| NullLaw::new(law.shares(), most, seed);
        let (benford, own) = (null(&benford, self.seed), null(&law, self.seed ^ 1));
        let mut whole = County { counts, benford, own, spread: 1.0 };
        let ratios = each
            .iter()
            .filter(tested)
            .map(|village| self.distance(&whole, village).1 / middle(self.digits.bins() - 1));
        whole.spread = median(&ratios.collect::<Vec<_>>()).unwrap_or(1.0).max(1.0);
        whole
    }

    /// The law of the other villages, and how far this one lies from it: a chi-square that is made
    /// smaller for what the others themselves owe to chance.
    fn distance(&self, county: &County, village: &[u64]) -> (DigitLaw, f64) {
        let others: Vec<u64> =
            county.counts.iter().zip(village).map(|(all, own)| all - own).collect();
        let law = DigitLaw::of_peers(self.digits, &others, self.prior);
        let drawn = total_of(&others) + self.prior;
        let distance = chi_square(village, law.shares()) / (1.0 + total_of(village) / drawn);
        (law, distance)
    }

    /// The reading of a village: its surprise under the law that it fits better.
    pub(super) fn measure(&self, book: &Book, county: &County, group: Group<'_>, out: &mut Out) {
        let village = self.count(book, group.payments);
        let n = total(&village);
        if n < self.minimum.max(1) as u64 {
            return;
        }
        let benford = DigitLaw::benford(self.digits);
        let (law, distance) = self.distance(county, &village);
        let p_benford = county.benford.p(n, chi_square(&village, benford.shares()));
        let p_county = county.own.p(n, distance / county.spread);
        let value = surprise(p_benford.max(p_county));
        out.put(group.number, value, usize::try_from(n).unwrap_or(usize::MAX), || {
            let raised = raised(&village, &[&benford, &law]);
            let shown = move |one: &Seen| {
                let digits = self.digits.of(one.amount).map(|digits| digits - self.digits.start());
                self.counts(one) && digits.is_some_and(|bin| raised.contains(&usize::from(bin)))
            };
            seen(book, group.payments).filter(shown).map(|one| one.line)
        });
    }
}

/// The bins that hold more than either law gives, by more standard deviations than the largest of as many
/// bins is expected to show by chance.
fn raised(counts: &[u64], laws: &[&DigitLaw]) -> Vec<usize> {
    let n = total_of(counts);
    let telling = (2.0 * float(counts.len()).ln()).sqrt();
    let is_raised = |(bin, count): (usize, &u64)| {
        let above = |law: &&DigitLaw| {
            let share = law.shares().get(bin).copied().unwrap_or(0.0);
            total_of(&[*count]) - n * share >= telling * (n * share * (1.0 - share)).sqrt()
        };
        laws.iter().all(above).then_some(bin)
    };
    counts.iter().enumerate().filter_map(is_raised).collect()
}

/// The median of a chi-square with so many degrees of freedom (Wilson and Hilferty 1931).
fn middle(freedom: usize) -> f64 {
    let freedom = float(freedom);
    freedom * (1.0 - 2.0 / (9.0 * freedom)).powi(3)
}

fn total(counts: &[u64]) -> u64 {
    counts.iter().sum()
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
fn total_of(counts: &[u64]) -> f64 {
    total(counts) as f64
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use rand::SeedableRng;
    use rand_distr::{Distribution, LogNormal};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::{Test, middle, raised};
    use crate::indicators::digits::benford_first_digit::INDICATOR;
    use crate::ledger::sample;
    use crate::stats::digits::{DigitLaw, Digits};

    /// A county of villages with 90 made-up amounts each, whose digits follow a narrow law far from Benford's.
    fn county(villages: u32) -> String {
        let mut stream = Xoshiro256PlusPlus::seed_from_u64(11);
        let law = LogNormal::new(6.0, 0.5).unwrap();
        let mut rows = String::from("village,voucher,amount\n");
        for village in 0..villages {
            for voucher in 0..90 {
                let amount: f64 = law.sample(&mut stream);
                writeln!(rows, "990101101{village:03},{voucher},{amount:.2}").unwrap();
            }
        }
        rows
    }

    #[test]
    fn what_a_whole_county_does_is_policy() {
        let mut ledger = county(300);
        for voucher in 0..90 {
            writeln!(ledger, "990101102001,{voucher},{}", 800 + voucher).unwrap();
        }
        let book = sample::book(&[("ledger", &ledger)]);
        let indicator = INDICATOR.with(toml::Table::new()).unwrap();
        let values: Vec<f32> = indicator.prepare(&book).readings().values().flatten().collect();
        let (honest, odd): (Vec<f32>, Vec<f32>) = values.iter().partition(|value| **value < 6.0);
        assert_eq!((honest.len(), odd.len()), (300, 1));
        // Far from Benford, near to each other: at 5 % some 15 of 300 are expected.
        let beyond = honest.iter().filter(|value| **value > 1.301).count();
        assert!((4..=28).contains(&beyond), "{beyond}");
    }

    #[test]
    fn standing_amounts_count_once_and_set_ones_never() {
        let ledger = "payee,account,amount,fixed_standard\n\
            a,513,25,\na,513,25,\nb,513,25,\nb,212,30,\nb,241,30,\nb,513,30,true\nb,513,9.99,\n";
        let book = sample::book(&[("ledger", ledger)]);
        let test = Test { digits: Digits::First, minimum: 1, from: 10.0, prior: 1.0, seed: 1 };
        assert_eq!(test.count(&book, book.by_village().group(0)), [0, 2, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn only_bins_above_both_laws_are_shown() {
        let benford = DigitLaw::benford(Digits::First);
        let counts = [30, 18, 12, 10, 8, 7, 6, 5, 40];
        assert_eq!(raised(&counts, &[&benford]), [8]);
        let bent = DigitLaw::of_peers(Digits::First, &counts, 0.0);
        assert!(raised(&counts, &[&benford, &bent]).is_empty());
        assert!((middle(8) - 7.344).abs() < 0.01);
    }
}
