#![doc = include_str!("rare_payee_account.md")]

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::rank::among_all;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::kinds::Kinds;
use crate::indicators::seen::{float, seen};
use crate::ledger::book::Book;
use crate::ledger::subject::Grain;
use crate::params::{above_zero, at_least, counted, params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<RarePayeeAccount>(card! {
    "rare_payee_account",
    grain: Grain::Payment,
    class: Class::Statistic,
    scheme: Scheme::Misposting,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee"],
    basis: &[],
    simulated_schemes: &["misposting", "wrong_account"],
});

params! {
    struct RarePayeeAccount {
        minimum: usize = 8, counted,
            "fewest payments to the payee in the chart",
            "收款人在该套科目中的最少付款笔数";
        digits: usize = 3, within(0..=9),
            "first digits of the account code compared; 0 for all",
            "科目编码取前几位；0 为全部";
        prior: f64 = 1.0, above_zero,
            "weight of the county's share, in payments",
            "全县比例的权重（折合付款笔数）";
        telling: f64 = 3.0, at_least(0.0),
            "smallest score for a value, in bits",
            "有指标值的最低得分（比特）";
    }
}

/// How rare each payment's account is, computed once.
#[derive(Debug)]
struct Rarity {
    /// For each payment its `-log10 p`; NaN where the question does not apply.
    values: Vec<f64>,
    /// For each payment, the payments of its payee in the chart.
    samples: Vec<usize>,
}

impl Measure for RarePayeeAccount {
    type Context = Rarity;
    const GROUPS: Groups = Groups::ByVillage;

    fn context(&self, book: &Book) -> Rarity {
        let kinds = Kinds::of(book, self.digits);
        let payees = book.by_payee();
        let found: Vec<Vec<(u32, f64, usize)>> = (0..payees.len())
            .into_par_iter()
            .map(|payee| self.of_payee(book, &kinds, payees.group(payee)))
            .collect();
        let mut scores = vec![f64::NAN; book.payments.len()];
        let mut samples = vec![0; book.payments.len()];
        for (payment, bits, sample) in found.into_iter().flatten() {
            let at = payment as usize;
            if let Some((score, own)) = scores.get_mut(at).zip(samples.get_mut(at)) {
                *score = if bits >= self.telling { bits } else { 0.0 };
                *own = sample;
            }
        }
        Rarity { values: among_all(&scores), samples }
    }

    fn measure(&self, book: &Book, rarity: &Rarity, group: Group<'_>, out: &mut Out) {
        for one in seen(book, group.payments) {
            let at = one.payment as usize;
            let Some((value, sample)) = rarity.values.get(at).zip(rarity.samples.get(at)) else {
                continue;
            };
            if !value.is_nan() {
                out.put(one.payment, *value, *sample, || (*value > 0.0).then_some(one.line));
            }
        }
    }
}

impl RarePayeeAccount {
    /// Each payment of a payee with its rarity in bits, and how many were compared.
    fn of_payee(&self, book: &Book, kinds: &Kinds, payments: &[u32]) -> Vec<(u32, f64, usize)> {
        let chosen = seen(book, payments).filter(|one| one.is_signed_for());
        let mut paid: Vec<(u32, u32)> =
            chosen.map(|one| (kinds.kind(one.payment), one.payment)).collect();
        paid.sort_unstable();
        let mut found = Vec::with_capacity(paid.len());
        // Kinds are sorted by chart first.
        for in_chart in paid.chunk_by(|(a, _), (b, _)| kinds.chart(*a) == kinds.chart(*b)) {
            if in_chart.len() < self.minimum.max(2) {
                continue;
            }
            for alike in in_chart.chunk_by(|(a, _), (b, _)| a == b) {
                let kind = alike.first().map_or(u32::MAX, |(kind, _)| *kind);
                let bits = self.bits(kinds, kind, alike.len(), in_chart.len());
                found.extend(alike.iter().map(|(_, payment)| (*payment, bits, in_chart.len())));
            }
        }
        found
    }

    /// The smaller of two values of `-log2 p`, each without the payment itself: the account for this payee,
    /// and this payee for the account.
    fn bits(&self, kinds: &Kinds, kind: u32, alike: usize, of_payee: usize) -> f64 {
        let of_account = kinds.count(kind);
        let all = kinds.in_chart(kinds.chart(kind));
        let others = |count: usize| float(count.saturating_sub(1));
        let share = |part: usize, whole: usize| float(part) / float(whole.max(1));
        let chance = |whole: usize, expected: f64| {
            (others(alike) + self.prior * expected) / (others(whole) + self.prior)
        };
        let account = chance(of_payee, share(of_account, all));
        let payee = chance(of_account, share(of_payee, all));
        let bits = |chance: f64| -chance.clamp(1e-12, 1.0).log2();
        0.0 + bits(account).min(bits(payee)).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use crate::indicators::indicator::Indicator;
    use crate::ledger::sample;
    use crate::ledger::subject::Grain;

    fn readings(indicator: &Indicator, ledger: &str) -> Vec<Option<f32>> {
        let book = sample::book(&[("ledger", ledger)]);
        let configured = indicator.with(toml::Table::new()).unwrap();
        assert_eq!(indicator.card.grain, Grain::Payment);
        configured.prepare(&book).readings().values().collect()
    }

    #[test]
    fn a_code_of_the_newer_chart_is_no_new_habit() {
        let old =
            (1..=9).map(|day| format!("2023-06-{day:02},541,shop\n")).collect::<Vec<_>>().concat();
        let new =
            (1..=9).map(|day| format!("2024-06-{day:02},513,shop\n")).collect::<Vec<_>>().concat();
        let values = readings(&super::INDICATOR, &format!("date,account,payee\n{old}{new}"));
        assert!(values.iter().all(|value| *value == Some(0.0)), "{values:?}");
    }
}
