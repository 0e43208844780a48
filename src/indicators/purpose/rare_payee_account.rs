#![doc = include_str!("rare_payee_account.md")]

use super::rank::among_all;
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::kinds::Kinds;
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, VillageIx};
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
    /// For each payment its -log10 p; NaN where the question does not apply.
    values: IxVec<PaymentIx, f64>,
    /// For each payment, the payments of its payee in the chart.
    samples: IxVec<PaymentIx, usize>,
    kinds: Kinds,
}

impl Rarity {
    /// How often the payee is paid from this account and from its usual one, and whom the account pays.
    fn fact(&self, book: &Book, payee: PayeeIx, one: Seen) -> Option<Fact> {
        let kinds = &self.kinds;
        let own = kinds.kind(one.payment);
        let of_payee = seen(book, book.by_payee().group(payee)).filter(|other| {
            other.is_signed_for() && kinds.chart(kinds.kind(other.payment)) == kinds.chart(own)
        });
        let mut paid: Vec<(u32, PaymentIx)> =
            of_payee.map(|other| (kinds.kind(other.payment), other.payment)).collect();
        paid.sort_unstable();
        let (usual, first) = paid
            .chunk_by(|a, b| a.0 == b.0)
            .filter_map(|run| Some((run.len(), *run.first()?)))
            .filter(|(_, (kind, _))| *kind != own)
            .max_by_key(|(count, _)| *count)?;
        Some(fact!(
            "account", ["account", "payee"],
            account: kinds.code(book, one.payment), payee: payee,
            alike: paid.iter().filter(|(kind, _)| *kind == own).count(), of: paid.len(),
            instead: kinds.code(book, first.1), usual: usual, whole: kinds.count(own),
        ))
    }
}

impl Measure for RarePayeeAccount {
    type Context = Rarity;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Rarity {
        let kinds = Kinds::of(book, self.digits);
        let found = book.by_payee().par_map(|_, payments| self.of_payee(book, &kinds, payments));
        let mut scores: IxVec<PaymentIx, f64> = IxVec::of(f64::NAN, book.payments.len());
        let mut samples = IxVec::of(0, book.payments.len());
        for (payment, bits, sample) in found.into_iter().flatten() {
            scores[payment] = if bits >= self.telling { bits } else { 0.0 };
            samples[payment] = sample;
        }
        Rarity { values: among_all(&scores.raw).into(), samples, kinds }
    }

    fn measure(&self, book: &Book, rarity: &Rarity, group: Group<'_, VillageIx>, out: &mut Out) {
        for one in seen(book, group.payments) {
            let (value, sample) = (rarity.values[one.payment], rarity.samples[one.payment]);
            if !value.is_nan() {
                out.put(one.payment, value, sample, || (value > 0.0).then_some(one.line));
                let payee = one.payee(book).filter(|_| value > 0.0);
                out.tell(one.payment, || rarity.fact(book, payee?, one));
            }
        }
    }
}

impl RarePayeeAccount {
    /// Each payment of a payee with its rarity in bits, and how many were compared.
    fn of_payee(
        &self,
        book: &Book,
        kinds: &Kinds,
        payments: &[PaymentIx],
    ) -> Vec<(PaymentIx, f64, usize)> {
        let chosen = seen(book, payments).filter(|one| one.is_signed_for());
        let mut paid: Vec<(u32, PaymentIx)> =
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

    /// The smaller of two rarities in bits, each without the payment itself: the account for this payee,
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
