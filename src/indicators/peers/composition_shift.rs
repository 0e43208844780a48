#![doc = include_str!("composition_shift.md")]

use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::months::Months;
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::indicators::unusual::{Unusual, most_unusual};
use crate::ledger::book::Book;
use crate::ledger::book::chart::Chart;
use crate::ledger::book::index::{IxVec, PaymentIx, VillageIx};
use crate::ledger::subject::Grain;
use crate::params::{above_zero, counted, params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<CompositionShift>(card! {
    "composition_shift",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::UnusualSpending,
    scale: Scale::NegLog10P,
    requires: &[],
    basis: &[],
    simulated_schemes: &["shifted_costs"],
});

params! {
    struct CompositionShift {
        months: usize = 6, within(1..=120),
            "length of a period in months",
            "一期的月数";
        minimum: usize = 30, counted,
            "fewest payments in a period and before it",
            "本期和以前的最少付款笔数";
        prior: f64 = 20.0, above_zero,
            "county payments added to the village's past",
            "混入本村以往的全县付款笔数";
        villages: usize = 8, within(5..=1_000_000),
            "fewest other villages to compare",
            "可比的其他村最少个数";
    }
}

/// Payments of a village in a period, for each account.
type Mix = Vec<f64>;

/// What is computed once for a county.
#[derive(Debug)]
pub(super) struct SpendingMix {
    months: Months,
    /// The accounts, in the order of a mix.
    accounts: Vec<u16>,
    /// The mix of the county in each period.
    county: Vec<Mix>,
    /// The number of payments in each village's periods.
    payments: IxVec<VillageIx, Vec<f64>>,
    /// The least usual of each village's periods.
    shifts: IxVec<VillageIx, Option<Unusual>>,
}

/// The number of payments of a mix.
pub(super) fn sum(mix: &[f64]) -> f64 {
    mix.iter().sum()
}

fn plus(a: &[f64], b: &[f64]) -> Mix {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// The Jensen-Shannon divergence of two mixes, in nats.
pub(super) fn divergence(a: &[f64], b: &[f64]) -> f64 {
    let (of_a, of_b) = (sum(a), sum(b));
    let part =
        |share: f64, middle: f64| if share > 0.0 { share * (share / middle).ln() } else { 0.0 };
    let terms = a.iter().zip(b).map(|(a, b)| {
        let (a, b) = (a / of_a, b / of_b);
        let middle = f64::midpoint(a, b);
        f64::midpoint(part(a, middle), part(b, middle))
    });
    terms.sum::<f64>().max(0.0)
}

/// The mix of a period, and of all before it.
struct Risen {
    now: Mix,
    before: Mix,
}

impl Risen {
    fn of(mixes: &[Mix], period: usize) -> Option<Self> {
        let now = mixes.get(period)?.clone();
        let past = mixes.get(..period)?.iter();
        Some(Self { before: past.fold(vec![0.0; now.len()], |sum, mix| plus(&sum, mix)), now })
    }

    fn share(&self, place: usize) -> Option<f64> {
        Some(self.now.get(place)? / sum(&self.now))
    }

    fn share_before(&self, place: usize) -> Option<f64> {
        Some(self.before.get(place)? / sum(&self.before))
    }
}

impl CompositionShift {
    /// What a village's payments of each period were booked to.
    fn mixes(
        &self,
        book: &Book,
        months: &Months,
        accounts: &[u16],
        payments: &[PaymentIx],
    ) -> Vec<Mix> {
        // A period that the data cover in part is no period.
        let periods = months.len() / self.months.max(1);
        let mut mixes = vec![vec![0.0; accounts.len()]; periods];
        for (month, payments) in months.split(book, payments).enumerate() {
            let Some(mix) = mixes.get_mut(month / self.months.max(1)) else { break };
            for one in seen(book, payments).filter(|one| one.is_undecided(book)) {
                let place = accounts.binary_search(&book.series()[one.payment]).ok();
                if let Some(count) = place.and_then(|place| mix.get_mut(place)) {
                    *count += 1.0;
                }
            }
        }
        mixes
    }

    /// The account whose share rose most in a period, beside what it rose by in the county.
    fn fact(
        &self,
        book: &Book,
        county: &SpendingMix,
        payments: &[PaymentIx],
        period: usize,
    ) -> Option<Fact> {
        let mixes = self.mixes(book, &county.months, &county.accounts, payments);
        let [own, all] = [&mixes, &county.county].map(|mixes| Risen::of(mixes, period));
        let (own, all) = (own?, all?);
        let rise = |place: &usize| {
            let [own, all] = [&own, &all].map(|it| it.share(*place).zip(it.share_before(*place)));
            let rise = |(now, before): (f64, f64)| now - before;
            own.map_or(f64::MIN, rise) - all.map_or(0.0, rise)
        };
        let places = 0..county.accounts.len();
        let place = places.max_by(|a, b| rise(a).total_cmp(&rise(b)))?;
        let first = period * self.months;
        let of_period: Vec<Seen> = county
            .months
            .split(book, payments)
            .skip(first)
            .take(self.months)
            .flat_map(|payments| seen(book, payments))
            .collect();
        let account = of_period.iter().find(|one| {
            one.is_undecided(book)
                && county.accounts.get(place) == Some(&book.series()[one.payment])
        })?;
        let account = Chart::root(book.names.get(book.payments.account[account.payment]));
        Some(fact!(
            "account", ["date", "account"],
            account: account, from: Value::Month(county.months.first_day(first)?),
            to: Value::Month(county.months.first_day(first + self.months - 1)?),
            count: whole(*own.now.get(place)?), of: whole(sum(&own.now)),
            before: whole(*own.before.get(place)?), past: whole(sum(&own.before)),
            county: Value::Share(all.share(place)?), formerly: Value::Share(all.share_before(place)?),
        ))
    }

    /// For each period how far its mix lies from what the village's own past and the county's change since
    /// make expected, beside how far chance would take it; as a cube root, which is nearly normal.
    fn shifts(&self, village: &[Mix], county: &[Mix]) -> Vec<Option<f64>> {
        let nothing = || vec![0.0; county.first().map_or(0, Vec::len)];
        let (mut own_past, mut past) = (nothing(), nothing());
        let mut shifts = Vec::new();
        for (own, all) in village.iter().zip(county) {
            shifts.push(self.shift(own, &own_past, all, &past));
            own_past = plus(&own_past, own);
            past = plus(&past, all);
        }
        shifts
    }

    fn shift(&self, own: &[f64], own_past: &[f64], all: &[f64], past: &[f64]) -> Option<f64> {
        let enough = float(self.minimum.max(1));
        let (now, before) = (sum(own), sum(own_past));
        if now < enough || before < enough {
            return None;
        }
        let (of_all, of_past) = (sum(all), sum(past));
        let expected = own_past.iter().zip(all.iter().zip(past)).map(|(own, (all, past))| {
            // Half a payment more on both sides: a new account is no impossibility.
            let change = (all + 0.5) / (past + 0.5) * (of_past / of_all);
            (own + self.prior * (past + 0.5) / of_past) * change
        });
        let expected: Mix = expected.collect();
        // Chance alone makes the divergence grow as the payments of either side become few.
        let by_chance = now.recip() + (before + self.prior).recip();
        Some((divergence(own, &expected) / by_chance).cbrt())
    }
}

impl Measure for CompositionShift {
    type Context = SpendingMix;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> SpendingMix {
        let months = Months::of(book);
        let mut accounts = book.series().raw.clone();
        accounts.sort_unstable();
        accounts.dedup();
        let mixes = |_, payments: &[PaymentIx]| self.mixes(book, &months, &accounts, payments);
        let mixes = book.by_village().par_map(mixes);
        let nothing = vec![vec![0.0; accounts.len()]; months.len() / self.months.max(1)];
        let county = mixes.iter().fold(nothing, |all, village| {
            all.iter().zip(village).map(|(all, own)| plus(all, own)).collect()
        });
        let rows: Vec<_> = mixes.iter().map(|village| self.shifts(village, &county)).collect();
        let payments = mixes.iter().map(|village| village.iter().map(|mix| sum(mix)).collect());
        SpendingMix {
            payments: payments.collect(),
            shifts: most_unusual(&rows, self.villages).into(),
            accounts,
            county,
            months,
        }
    }

    fn measure(
        &self,
        book: &Book,
        county: &SpendingMix,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let Some(shift) = county.shifts[group.number] else { return };
        let payments = county.payments[group.number].get(shift.column);
        let sample = payments.map_or(0, |payments| whole(*payments));
        out.put(group.number, neg_log10(shift.p), sample, || {
            let months = county.months.split(book, group.payments);
            let own = months.skip(shift.column * self.months).take(self.months);
            let own = own.flat_map(|payments| seen(book, payments));
            own.filter(|one| one.is_undecided(book)).map(|one| one.line).collect::<Vec<_>>()
        });
        out.tell(group.number, || self.fact(book, county, group.payments, shift.column));
    }
}

/// A count that was added up as a number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a count")]
fn whole(count: f64) -> usize {
    count as usize
}

#[cfg(test)]
mod tests {
    use super::divergence;

    #[test]
    fn equal_mixes_do_not_diverge_and_foreign_ones_do_so_wholly() {
        assert!(divergence(&[2.0, 4.0], &[1.0, 2.0]).abs() < 1e-12);
        assert!((divergence(&[3.0, 0.0], &[0.0, 9.0]) - 2_f64.ln()).abs() < 1e-12);
    }
}
