//! Approval limits by class of expense, amount and date; a township may set its own.

use super::calendar::{Span, day};
use super::chance::{Dice, Draw};
use super::chart::Class;
use crate::ledger::contract::cell::{Day, Fen};

/// One row of the approval limits.
#[derive(Debug, Clone)]
pub(crate) struct Band {
    pub(crate) region: String,
    pub(crate) class: Class,
    pub(crate) from: Fen,
    pub(crate) to: Option<Fen>,
    pub(crate) valid_from: Day,
    pub(crate) valid_to: Option<Day>,
    pub(crate) requires: Vec<&'static str>,
    pub(crate) tender: bool,
    pub(crate) cash_max: Fen,
}

impl Band {
    /// Whether the band requires this signature or procedure.
    pub(crate) fn asks(&self, role: &str) -> bool {
        self.requires.contains(&role)
    }
}

/// The limits that apply in one township.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    bands: Vec<Band>,
}

/// Limits in yuan for non-production, production and construction.
type LimitTable = [[i64; 3]; 3];

const COUNTY_BEFORE: LimitTable =
    [[500, 2_000, 10_000], [1_000, 5_000, 20_000], [2_000, 10_000, 50_000]];
const COUNTY_AFTER: LimitTable =
    [[1_000, 3_000, 10_000], [2_000, 8_000, 30_000], [3_000, 20_000, 60_000]];
const TOWNSHIPS: [LimitTable; 2] = [
    [[800, 1_500, 5_000], [1_500, 3_000, 15_000], [2_000, 8_000, 30_000]],
    [[300, 1_000, 5_000], [1_000, 2_000, 10_000], [1_000, 5_000, 30_000]],
];

/// The limits of a county, before and after the day of change.
pub(crate) fn county_bands(code: &str, span: Span) -> Vec<Band> {
    let change = change_day(span);
    let early = day(span.first_year - 2, 1, 1);
    let mut bands = ladder(code, &COUNTY_BEFORE, early, Some(Day(change.0 - 1)));
    bands.extend(ladder(code, &COUNTY_AFTER, change, None));
    bands
}

/// The township's own limits; most have none, but the first of a county always has some.
pub(crate) fn township_bands(dice: &mut Dice, code: &str, index: u32, span: Span) -> Vec<Band> {
    if index != 0 && !dice.chance(0.25) {
        return Vec::new();
    }
    let own = dice.one_of(TOWNSHIPS);
    ladder(code, &own, day(span.first_year - 2, 1, 1), None)
}

pub(crate) fn change_day(span: Span) -> Day {
    day(span.first_year + span.years / 2, if span.years == 1 { 7 } else { 3 }, 1)
}

fn ladder(region: &str, limits: &LimitTable, valid_from: Day, valid_to: Option<Day>) -> Vec<Band> {
    let mut bands = Vec::new();
    for class in Class::ALL {
        let inner = match class {
            Class::NonProduction => limits.first(),
            Class::Production => limits.get(1),
            Class::Construction => limits.get(2),
            Class::Wage | Class::Subsidy => None,
        };
        let inner = inner.map_or(&[][..], |inner| inner.as_slice());
        let lower = std::iter::once(0).chain(inner.iter().copied());
        let upper = inner.iter().copied().map(Some).chain([None]);
        for (step, (from, to)) in lower.zip(upper).enumerate() {
            bands.push(Band {
                region: region.to_owned(),
                class,
                from: Fen(from * 100),
                to: to.map(|to| Fen(to * 100)),
                valid_from,
                valid_to,
                requires: required(class, step),
                tender: class == Class::Construction && step == 3,
                cash_max: Fen(100_000),
            });
        }
    }
    bands
}

fn required(class: Class, step: usize) -> Vec<&'static str> {
    let roles = ["approver", "cosigner", "committee_stamp", "township_reviewer", "decision"];
    let count = match (class, step) {
        (Class::Wage | Class::Subsidy, _) | (_, 2) => 4,
        (_, 0) => 1,
        (_, 1) => 3,
        _ => 5,
    };
    roles.into_iter().take(count).collect()
}

impl Policy {
    /// A township's own limits, followed by the county's.
    pub(crate) fn new(township: Vec<Band>, county: Vec<Band>) -> Self {
        Self { bands: township.into_iter().chain(county).collect() }
    }

    /// The band of an amount; the township's own limits take precedence.
    pub(crate) fn band(&self, class: Class, amount: i64, date: Day) -> Option<&Band> {
        self.bands.iter().find(|band| {
            band.class == class
                && band.from.0 <= amount
                && band.to.is_none_or(|to| amount < to.0)
                && band.valid_from <= date
                && band.valid_to.is_none_or(|to| date <= to)
        })
    }

    /// The limits within a class on a day, in fen, ascending.
    pub(crate) fn limits(&self, class: Class, date: Day) -> Vec<i64> {
        let mut limits = Vec::new();
        let mut amount = 0;
        while let Some(to) = self.band(class, amount, date).and_then(|band| band.to) {
            limits.push(to.0);
            amount = to.0;
        }
        limits
    }

    /// Limit number `step`, or the last one.
    pub(crate) fn limit(&self, class: Class, date: Day, step: usize) -> Option<i64> {
        let limits = self.limits(class, date);
        limits.get(step).or(limits.last()).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::{Policy, change_day, county_bands, township_bands};
    use crate::simulate::calendar::Span;
    use crate::simulate::chance::{Purpose, dice};
    use crate::simulate::chart::Class;

    #[test]
    fn every_amount_has_a_band_on_every_day() {
        let span = Span::new(2022, 3);
        let own = township_bands(&mut dice(1, Purpose::Policy, &[]), "990101101", 0, span);
        assert!(!own.is_empty());
        let policy = Policy::new(own, county_bands("990101", span));
        for date in [span.first(), change_day(span), span.last()] {
            for class in Class::ALL {
                for amount in [1, 49_999, 50_000, 99_999_999] {
                    assert!(policy.band(class, amount, date).is_some());
                }
            }
        }
    }

    #[test]
    fn the_limits_of_the_county_change() {
        let span = Span::new(2022, 3);
        let policy = Policy::new(Vec::new(), county_bands("990101", span));
        let before = policy.limits(Class::NonProduction, span.first());
        assert_eq!(before, [50_000, 200_000, 1_000_000]);
        assert_eq!(policy.limits(Class::NonProduction, span.last()), [100_000, 300_000, 1_000_000]);
        assert!(policy.limits(Class::Wage, span.last()).is_empty());
    }
}
