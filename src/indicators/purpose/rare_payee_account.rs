#![doc = include_str!("rare_payee_account.md")]

use serde::Deserialize;

use crate::indicators::bounds::{above_zero, at_least, counted, within};
use crate::indicators::card::{Card, Class, Grain, Scale, Scheme};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::seen::{float, seen};
use crate::ledger::book::Book;
use crate::ledger::cell::Id;
use crate::ledger::chart::Chart;

pub(super) static INDICATOR: Indicator = Indicator::of::<RarePayeeAccount>(Card {
    name: "rare_payee_account",
    title: "Unusual account for a payee",
    title_zh: "收款人与科目搭配罕见",
    grain: Grain::Payment,
    class: Class::Statistic,
    scheme: Scheme::Misposting,
    scale: Scale::Size { mark: 8.0, honest: 0.01 },
    requires: &["ledger.payee"],
    basis: &[],
    faces: &["misposting"],
    page: include_str!("rare_payee_account.md"),
    page_zh: include_str!("rare_payee_account.zh.md"),
});

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RarePayeeAccount {
    minimum: usize,
    digits: usize,
    prior: f64,
    telling: f64,
}

impl Default for RarePayeeAccount {
    fn default() -> Self {
        Self { minimum: 8, digits: 3, prior: 1.0, telling: 3.0 }
    }
}

/// The accounts of a county as its payments use them.
#[derive(Debug)]
struct Profile {
    /// For each payment its kind of account: a place in `used`.
    kinds: Vec<u32>,
    /// The chart of each kind, and how many payments use it.
    used: Vec<(Chart, usize)>,
    /// How many payments use each chart.
    charts: [usize; 2],
}

impl Profile {
    fn of(&self, kind: u32) -> (Chart, usize) {
        self.used.get(kind as usize).copied().unwrap_or((Chart::Of2024, 0))
    }
}

/// What of an account counts: its first digits, or all of it.
fn stem(code: &str, digits: usize) -> &str {
    if digits == 0 { code } else { code.get(..digits).unwrap_or(code) }
}

impl Measure for RarePayeeAccount {
    type Ground = Profile;
    const GROUPS: Groups = Groups::ByPayee;

    fn fault(&self) -> Option<String> {
        counted("minimum", self.minimum)
            .or_else(|| within("digits", self.digits, 0..=9))
            .or_else(|| above_zero("prior", self.prior))
            .or_else(|| at_least("telling", self.telling, 0.0))
    }

    fn ground(&self, book: &Book) -> Profile {
        let payments = &book.payments;
        let chart = |line: u32| book.charts.get(line as usize).copied().unwrap_or(Chart::Of2024);
        let keys =
            || payments.line.iter().zip(&payments.account).map(|(line, id)| (chart(*line), *id));
        let mut accounts: Vec<(Chart, Id)> = keys().collect();
        accounts.sort_unstable();
        accounts.dedup();
        // Accounts are sorted as strings are, so those of one stem stand together.
        let mut used: Vec<(Chart, usize)> = Vec::new();
        let mut kind_of = Vec::with_capacity(accounts.len());
        let mut last = None;
        for (chart, account) in &accounts {
            let stem = (*chart, stem(book.names.get(*account), self.digits));
            if last != Some(stem) {
                used.push((*chart, 0));
                last = Some(stem);
            }
            kind_of.push(u32::try_from(used.len() - 1).unwrap_or(u32::MAX));
        }
        let kind = |key: (Chart, Id)| {
            let place = accounts.binary_search(&key).unwrap_or(usize::MAX);
            kind_of.get(place).copied().unwrap_or(u32::MAX)
        };
        let kinds: Vec<u32> = keys().map(kind).collect();
        let mut charts = [0, 0];
        for one in (0_u32..).zip(&kinds).filter_map(|(payment, kind)| {
            let counts = seen(book, &[payment]).all(|one| one.amount > 0 && !one.is_fixed);
            counts.then_some(*kind)
        }) {
            if let Some((chart, count)) = used.get_mut(one as usize) {
                *count += 1;
                let [old, new] = &mut charts;
                *(if *chart == Chart::Of2004 { old } else { new }) += 1;
            }
        }
        Profile { kinds, used, charts }
    }

    fn measure(&self, book: &Book, profile: &Profile, group: Group<'_>, out: &mut Out) {
        let chosen = seen(book, group.payments).filter(|one| one.amount > 0 && !one.is_fixed);
        let kind = |payment: u32| profile.kinds.get(payment as usize).copied().unwrap_or(u32::MAX);
        let mut paid: Vec<_> = chosen.map(|one| (kind(one.payment), one)).collect();
        paid.sort_unstable_by_key(|(kind, one)| (*kind, one.payment));
        // Kinds are sorted by chart first.
        for in_chart in paid.chunk_by(|(a, _), (b, _)| profile.of(*a).0 == profile.of(*b).0) {
            if in_chart.len() < self.minimum.max(2) {
                continue;
            }
            for alike in in_chart.chunk_by(|(a, _), (b, _)| a == b) {
                let kind = alike.first().map_or(u32::MAX, |(kind, _)| *kind);
                let value = self.rarity(profile, kind, alike.len(), in_chart.len());
                for (_, one) in alike {
                    let shown = || (value >= self.telling).then_some(one.line);
                    out.put(one.payment, value, in_chart.len(), shown);
                }
            }
        }
    }
}

impl RarePayeeAccount {
    /// The smaller of two surprises in bits, each without the payment itself: the account for this payee,
    /// and this payee for the account.
    fn rarity(&self, profile: &Profile, kind: u32, alike: usize, of_payee: usize) -> f64 {
        let (chart, of_account) = profile.of(kind);
        let [old, new] = profile.charts;
        let all = if chart == Chart::Of2004 { old } else { new };
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
    use super::RarePayeeAccount;
    use crate::indicators::card::Grain;
    use crate::indicators::indicator::Indicator;
    use crate::ledger::sample;

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

    #[test]
    fn a_stem_of_no_digits_is_the_whole_code() {
        assert_eq!(super::stem("51302", 0), "51302");
        assert_eq!(super::stem("51302", RarePayeeAccount::default().digits), "513");
        assert_eq!(super::stem("51", 3), "51");
    }
}
