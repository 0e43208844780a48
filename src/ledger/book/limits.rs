//! Approval limits by village, class of expense and day.

use std::collections::BTreeMap;

use crate::convert::row32;
use crate::ledger::book::chart::Class;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::contract::names::Names;
use crate::ledger::contract::schema::Limits;

/// The limits of one class in one region during one version of the policy.
#[derive(Debug, Clone)]
struct Version {
    from: Day,
    to: Day,
    /// The lower bounds of the bands, ascending, without 0.
    steps: Vec<Fen>,
    /// The lower bound of each band, ascending, with its row.
    rows: Vec<(Fen, u32)>,
}

/// First day, last day, lower bound and row of a band.
type Band = (Day, Day, Fen, u32);

/// All limits of the `limits` table, indexed by village, class and day.
#[derive(Debug, Default)]
pub struct LimitIndex {
    by_region: BTreeMap<String, BTreeMap<Class, Vec<Version>>>,
}

impl LimitIndex {
    /// Builds the index of a limits table. Rows with an unknown class are ignored.
    pub fn of(table: &Limits, names: &Names) -> Self {
        let mut bands: BTreeMap<(Id, Class), Vec<Band>> = BTreeMap::new();
        for row in 0..table.rows {
            let Some(class) = Class::named(names.get(table.expense_class.at(row))) else {
                continue;
            };
            let Some(region) = table.region.at(row).some() else { continue };
            let Some(from) = table.valid_from.at(row).some() else { continue };
            let to = table.valid_to.at(row).some().unwrap_or(Day(i32::MAX));
            let step = table.from_amount.at(row).some().unwrap_or(Fen(0));
            bands.entry((region, class)).or_default().push((from, to, step, row32(row)));
        }
        let mut index = Self::default();
        for ((region, class), bands) in bands {
            let region = index.by_region.entry(names.get(region).to_owned()).or_default();
            region.insert(class, versions(&bands));
        }
        index
    }

    /// The unknown classes of expense in a limits table.
    pub fn strange_classes(table: &Limits, names: &Names) -> Vec<String> {
        let words = table.expense_class.cells().iter().map(|id| names.get(*id));
        let mut strange: Vec<String> =
            words.filter(|word| Class::named(word).is_none()).map(str::to_owned).collect();
        strange.sort();
        strange.dedup();
        strange
    }

    /// The lower bounds of bands, ascending, for a class in a village on a day.
    ///
    /// The most specific region with an entry for the class on that day applies: village, township, county. Without any
    /// row there is no limit, which differs from a limit of zero.
    pub fn steps(&self, village: &str, class: Class, day: Day) -> &[Fen] {
        self.version(village, class, day).map_or(&[], |version| &version.steps)
    }

    /// The row of the `limits` table whose band contains an amount; `None` below the first band.
    pub fn row(&self, village: &str, class: Class, day: Day, amount: Fen) -> Option<usize> {
        let rows = self.bands(village, class, day);
        let above = rows.partition_point(|(from, _)| *from <= amount);
        rows.get(above.checked_sub(1)?).map(|(_, row)| *row as usize)
    }

    /// The lower bound of each band, ascending, with its row of the `limits` table, for a class in a village on a day.
    pub fn bands(&self, village: &str, class: Class, day: Day) -> &[(Fen, u32)] {
        self.version(village, class, day).map_or(&[], |version| &version.rows)
    }

    fn version(&self, village: &str, class: Class, day: Day) -> Option<&Version> {
        let regions = [12, 9, 6].into_iter().filter_map(|digits| village.get(..digits));
        for region in regions {
            let versions = self.by_region.get(region).and_then(|classes| classes.get(&class));
            let valid = |version: &&Version| version.from <= day && day <= version.to;
            if let Some(version) = versions.and_then(|all| all.iter().rev().find(valid)) {
                return Some(version);
            }
        }
        None
    }

    /// Whether there are no limits.
    pub fn is_empty(&self) -> bool {
        self.by_region.is_empty()
    }
}

/// Splits time at the beginning and end of bands, and lists the bands in force in each interval.
fn versions(bands: &[Band]) -> Vec<Version> {
    let mut cuts: Vec<Day> = bands.iter().map(|(from, ..)| *from).collect();
    cuts.extend(bands.iter().map(|(_, to, ..)| Day(to.0.saturating_add(1))));
    cuts.sort_unstable();
    cuts.dedup();
    let part = |pair: &[Day]| {
        let (&from, &next) = (pair.first()?, pair.get(1)?);
        let inside: Vec<_> =
            bands.iter().filter(|(begin, end, ..)| *begin <= from && from <= *end).collect();
        let mut steps: Vec<Fen> =
            inside.iter().map(|(_, _, step, _)| *step).filter(|step| *step > Fen(0)).collect();
        steps.sort_unstable();
        steps.dedup();
        let mut rows: Vec<(Fen, u32)> =
            inside.iter().map(|(.., step, row)| (*step, *row)).collect();
        rows.sort_unstable();
        let to = Day(next.0.saturating_sub(1));
        (!inside.is_empty()).then_some(Version { from, to, steps, rows })
    };
    cuts.windows(2).filter_map(part).collect()
}

/// The smallest limit above an amount.
pub fn limit_above(steps: &[Fen], amount: Fen) -> Option<Fen> {
    steps.iter().copied().find(|step| amount < *step)
}

/// The largest limit at or below an amount.
pub fn limit_reached(steps: &[Fen], amount: Fen) -> Option<Fen> {
    steps.iter().copied().rfind(|step| *step <= amount)
}

#[cfg(test)]
mod tests {
    use super::{Day, Fen, LimitIndex, limit_above, limit_reached, versions};
    use crate::ledger::book::chart::Class;

    #[test]
    fn a_new_version_of_the_policy_replaces_the_old_one_on_its_first_day() {
        let bands = [
            (Day(0), Day(99), Fen(0), 0),
            (Day(0), Day(99), Fen(100_000), 1),
            (Day(100), Day(i32::MAX), Fen(0), 2),
            (Day(100), Day(i32::MAX), Fen(200_000), 3),
        ];
        let classes = [(Class::Production, versions(&bands))].into();
        let index = LimitIndex { by_region: [("990101".to_owned(), classes)].into() };
        let steps = |day| index.steps("990101101201", Class::Production, Day(day));
        assert_eq!(steps(99), [Fen(100_000)]);
        assert_eq!(steps(100), [Fen(200_000)]);
        assert_eq!(steps(-1), []);
        assert_eq!(index.steps("990101101201", Class::Wage, Day(5)), []);
        let row = |day, fen| index.row("990101101201", Class::Production, Day(day), Fen(fen));
        assert_eq!(
            (row(99, 99_999), row(99, 100_000), row(100, 100_000)),
            (Some(0), Some(1), Some(2))
        );
        assert_eq!((row(100, -1), row(-1, 5)), (None, None));
    }

    #[test]
    fn an_amount_at_the_limit_is_not_under_it() {
        let steps = [Fen(50_000), Fen(100_000)];
        assert_eq!(limit_above(&steps, Fen(49_999)), Some(Fen(50_000)));
        assert_eq!(limit_above(&steps, Fen(50_000)), Some(Fen(100_000)));
        assert_eq!(limit_above(&steps, Fen(100_000)), None);
        assert_eq!(limit_reached(&steps, Fen(50_000)), Some(Fen(50_000)));
        assert_eq!(limit_reached(&steps, Fen(49_999)), None);
    }
}
