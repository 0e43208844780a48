//! Missing data of a dataset: villages and townships without vouchers, months without vouchers, columns without values.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::ledger::contract::cell::Day;
use crate::ledger::delivery::{Delivery, Village, columns};

/// A village is behind if its last voucher is more than this number of days before the dataset's last.
const BEHIND: i32 = 62;

/// A month belongs to the dataset if at least one in this number of villages has a voucher in it, so that a mistyped
/// year does not make all other villages appear late.
const SHARE_OF_A_MONTH: usize = 50;

/// A village with code and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The division code.
    pub village: String,
    /// The name in the register; empty if there is none.
    pub name: String,
}

/// A township of the register without vouchers in any village.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Township {
    /// The division code of nine digits.
    pub township: String,
    /// Its villages.
    pub villages: Vec<Place>,
}

/// The missing months of a village between the first and the last month of the dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Months {
    /// The village.
    #[serde(flatten)]
    pub place: Place,
    /// The number of months without a voucher.
    pub missing: usize,
    /// The missing months as ranges, such as `2024-03..2024-05`.
    pub ranges: Vec<String>,
    /// Months with vouchers outside the dataset's range, probably from mistyped dates.
    pub outside: Vec<String>,
    /// The last voucher day within the range of the dataset.
    pub last_day: Option<String>,
    /// The number of days from there to the last voucher day of the dataset.
    pub days_behind: Option<i32>,
    /// Whether that is more than two months.
    pub is_behind: bool,
}

/// A column with values in some villages and none in others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Partly {
    /// The column of the ledger.
    pub column: &'static str,
    /// The number of villages with a value.
    pub recorded: usize,
    /// The villages without any value.
    pub never: Vec<Place>,
}

/// All missing data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Gaps {
    /// Whether there is a register of villages to compare with.
    pub has_register: bool,
    /// The number of villages in the register, and those with vouchers.
    pub registered: usize,
    /// The number of villages with vouchers.
    pub delivered: usize,
    /// The first month of the dataset.
    pub first_month: String,
    /// The last month of the dataset.
    pub last_month: String,
    /// The last voucher day of the dataset.
    pub last_day: String,
    /// Townships of the register without vouchers.
    pub townships_without_vouchers: Vec<Township>,
    /// Villages of the register without vouchers, including those of these townships.
    pub villages_without_vouchers: Vec<Place>,
    /// Villages with vouchers that are not in the register.
    pub villages_not_in_register: Vec<Place>,
    /// The months of each village with vouchers.
    pub months: Vec<Months>,
    /// Columns of the ledger without values in any village.
    pub never_recorded: Vec<&'static str>,
    /// Columns with values in some villages and none in others.
    pub partly_recorded: Vec<Partly>,
}

/// The months and the last day of the dataset.
struct Span {
    first: i32,
    last: i32,
    last_day: Day,
}

impl Delivery {
    /// Missing data of the villages whose code satisfies `meant`, relative to the months of the whole dataset.
    pub fn gaps(&self, meant: impl Fn(&str) -> bool) -> Gaps {
        let villages = || self.villages.iter().filter(|(code, _)| meant(code));
        let registered: BTreeSet<&String> =
            self.register.keys().filter(|code| meant(code)).collect();
        let silent = || registered.iter().filter(|code| !self.villages.contains_key(**code));
        let span = self.span();
        let unknown = villages().filter(|(code, _)| !self.register.contains_key(*code));
        let has_register = !self.register.is_empty();
        let mut gaps = Gaps {
            has_register,
            registered: registered.len(),
            delivered: villages().count(),
            townships_without_vouchers: self.silent_townships(&registered),
            villages_without_vouchers: silent().map(|code| self.place(code)).collect(),
            villages_not_in_register: unknown
                .filter(|_| has_register)
                .map(|(code, _)| self.place(code))
                .collect(),
            ..Gaps::default()
        };
        if let Some(span) = span {
            gaps.first_month = month(span.first);
            gaps.last_month = month(span.last);
            gaps.last_day = span.last_day.to_string();
            let own =
                |(code, village): (&String, &Village)| months(self.place(code), village, &span);
            gaps.months = villages().map(own).collect();
        }
        for (at, column) in columns().enumerate() {
            let has = |village: &Village| village.filled.get(at).copied().unwrap_or(false);
            let never = villages().filter(|(_, village)| !has(village));
            let never: Vec<Place> = never.map(|(code, _)| self.place(code)).collect();
            if never.len() == gaps.delivered {
                gaps.never_recorded.push(column);
            } else if !never.is_empty() {
                let recorded = gaps.delivered - never.len();
                gaps.partly_recorded.push(Partly { column, recorded, never });
            }
        }
        gaps
    }

    fn place(&self, code: &str) -> Place {
        let name = self.register.get(code).cloned().unwrap_or_default();
        Place { village: code.to_owned(), name }
    }

    fn silent_townships(&self, registered: &BTreeSet<&String>) -> Vec<Township> {
        let township = |code: &str| code.get(..9).unwrap_or(code).to_owned();
        let heard: BTreeSet<String> = self.villages.keys().map(|code| township(code)).collect();
        let mut silent: BTreeMap<String, Vec<Place>> = BTreeMap::new();
        for code in registered.iter().filter(|code| !heard.contains(&township(code))) {
            silent.entry(township(code)).or_default().push(self.place(code));
        }
        let own = |(township, villages)| Township { township, villages };
        silent.into_iter().map(own).collect()
    }

    fn span(&self) -> Option<Span> {
        let mut counts: BTreeMap<i32, usize> = BTreeMap::new();
        for month in self.villages.values().flat_map(|village| village.months.keys()) {
            *counts.entry(*month).or_default() += 1;
        }
        let fewest = self.villages.len().div_ceil(SHARE_OF_A_MONTH);
        counts.retain(|_, villages| *villages >= fewest);
        let (first, last) = (*counts.first_key_value()?.0, *counts.last_key_value()?.0);
        let days = self.villages.values().filter_map(|village| village.months.get(&last));
        Some(Span { first, last, last_day: *days.max()? })
    }
}

fn months(place: Place, village: &Village, span: &Span) -> Months {
    let all = span.first..=span.last;
    let missing: Vec<i32> =
        all.clone().filter(|month| !village.months.contains_key(month)).collect();
    let outside = village.months.keys().filter(|month| !all.contains(month));
    let last_day = village.months.range(all.clone()).next_back().map(|(_, day)| *day);
    let days_behind = last_day.map(|day| span.last_day.0 - day.0);
    Months {
        place,
        missing: missing.len(),
        ranges: ranges(&missing),
        outside: outside.map(|number| month(*number)).collect(),
        last_day: last_day.map(|day| day.to_string()),
        days_behind,
        is_behind: days_behind.is_none_or(|days| days > BEHIND),
    }
}

/// Ascending months as ranges.
fn ranges(months: &[i32]) -> Vec<String> {
    let range = |run: &[i32]| {
        let (first, last) = (run.first()?, run.last()?);
        let (first, last) = (month(*first), month(*last));
        Some(if first == last { first } else { format!("{first}..{last}") })
    };
    months.chunk_by(|a, b| a + 1 == *b).filter_map(range).collect()
}

/// A month since the year 0, as `2024-03`.
fn month(number: i32) -> String {
    format!("{:04}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::{Delivery, Gaps};
    use crate::ledger::sample;

    fn gaps(tables: &[(&str, &str)]) -> Gaps {
        let mut delivery = Delivery::default();
        delivery.add(&sample::book(tables));
        delivery.gaps(|_| true)
    }

    #[test]
    fn villages_of_the_register_without_a_voucher_are_named_and_so_are_strangers() {
        let ledger = "village,date\n990101101201,2024-01-05\n990101102201,2024-01-06\n";
        let villages = "village,year,name\n990101101201,2023,东村\n990101101202,2023,旧名\n\
            990101101202,2024,西村\n990101103201,2024,南村\n";
        let gaps = gaps(&[("ledger", ledger), ("villages", villages)]);
        let named = |places: &[super::Place]| -> Vec<String> {
            places.iter().map(|it| format!("{} {}", it.village, it.name)).collect()
        };
        let silent = ["990101101202 西村", "990101103201 南村"];
        assert_eq!(named(&gaps.villages_without_vouchers), silent);
        assert_eq!(named(&gaps.villages_not_in_register), ["990101102201 "]);
        let townships = gaps.townships_without_vouchers;
        assert_eq!(townships.len(), 1);
        assert_eq!(townships[0].township, "990101103");
        assert_eq!((gaps.registered, gaps.delivered), (3, 2));
    }

    #[test]
    fn without_a_register_nobody_is_a_stranger() {
        let gaps = gaps(&[("ledger", "date\n2024-01-05\n")]);
        assert!(!gaps.has_register && gaps.villages_not_in_register.is_empty());
    }

    #[test]
    fn months_without_a_voucher_are_ranges_and_late_villages_are_told() {
        let ledger = "village,date\n990101101201,2024-01-05\n990101101201,2024-02-05\n\
            990101101201,2024-06-30\n990101101202,2024-01-31\n990101101202,2024-04-01\n\
            990101101203,2024-04-29\n990101101203,2024-01-03\n";
        let gaps = gaps(&[("ledger", ledger)]);
        let found: Vec<_> = gaps
            .months
            .iter()
            .map(|it| (it.missing, it.ranges.join(","), it.days_behind, it.is_behind))
            .collect();
        let expected = [
            (3, "2024-03..2024-05".to_owned(), Some(0), false),
            (4, "2024-02..2024-03,2024-05..2024-06".to_owned(), Some(90), true),
            (4, "2024-02..2024-03,2024-05..2024-06".to_owned(), Some(62), false),
        ];
        assert_eq!(found, expected);
        assert_eq!((gaps.first_month.as_str(), gaps.last_month.as_str()), ("2024-01", "2024-06"));
    }

    #[test]
    fn one_mistyped_year_among_many_villages_makes_nobody_late() {
        let mut ledger = "village,date\n".to_owned();
        for village in 0..60 {
            writeln!(ledger, "9901011012{village:02},2024-05-0{}", village % 9 + 1).unwrap();
        }
        ledger += "990101101200,2042-05-01\n";
        let gaps = gaps(&[("ledger", &ledger)]);
        assert_eq!((gaps.last_month.as_str(), gaps.last_day.as_str()), ("2024-05", "2024-05-09"));
        assert!(gaps.months.iter().all(|it| it.missing == 0 && !it.is_behind));
        assert_eq!(gaps.months[0].outside, ["2042-05"]);
    }

    #[test]
    fn columns_are_never_partly_or_always_recorded() {
        let ledger = "village,handler,approver,witness\n990101101201,he,,li\n\
            990101101202,he,,\n990101101202,,,\n";
        let gaps = gaps(&[("ledger", ledger)]);
        assert!(gaps.never_recorded.contains(&"approver"));
        assert!(gaps.never_recorded.contains(&"committee_stamp"));
        assert!(!gaps.never_recorded.contains(&"handler"));
        let partly = &gaps.partly_recorded;
        assert_eq!((partly.len(), partly[0].column, partly[0].recorded), (1, "witness", 1));
        assert_eq!(partly[0].never[0].village, "990101101202");
    }
}
