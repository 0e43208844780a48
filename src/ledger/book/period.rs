//! The periods of rosters, standards and notices.

use jiff::{Span, civil::Date};

use crate::ledger::contract::cell::Day;

/// A year, a half-year, a quarter or a month, with its first and last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// The first day.
    pub first: Day,
    /// The last day.
    pub last: Day,
}

impl Period {
    /// The period of a word: `2024`, `2024H1`, `2024Q2`, `2024-05`, `202405`, or in Chinese as `2024年第二季度`.
    pub fn of(word: &str) -> Option<Self> {
        let (year, rest) = word.trim().split_at_checked(4)?;
        let (month, months) = months(rest)?;
        let first = Date::new(year.parse().ok()?, month, 1).ok()?;
        let next = first.checked_add(Span::new().months(months)).ok()?;
        Some(Self { first: Day::of(first), last: Day(Day::of(next).0 - 1) })
    }

    /// Whether a day is within the period.
    pub fn holds(self, day: Day) -> bool {
        self.first <= day && day <= self.last
    }

    /// Whether the whole of another period is within this one.
    pub fn covers(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }
}

/// The first month and the number of months of what follows the year.
fn months(rest: &str) -> Option<(i8, i8)> {
    let rest = rest.trim_start_matches(['年', '-', '/', '.', ' ']).trim_end_matches(['度', '月']);
    match rest {
        "" => return Some((1, 12)),
        "H1" | "h1" | "上半年" => return Some((1, 6)),
        "H2" | "h2" | "下半年" => return Some((7, 6)),
        _ => {}
    }
    let quarter = rest.strip_prefix(['Q', 'q']).or_else(|| rest.strip_suffix('季'));
    if let Some(quarter) = quarter {
        let number = match quarter.trim_start_matches('第') {
            "1" | "一" => 1,
            "2" | "二" => 2,
            "3" | "三" => 3,
            "4" | "四" => 4,
            _ => return None,
        };
        return Some((number * 3 - 2, 3));
    }
    let month: i8 = rest.trim_start_matches('M').parse().ok()?;
    (1..=12).contains(&month).then_some((month, 1))
}

#[cfg(test)]
mod tests {
    use super::Period;
    use crate::ledger::contract::cell::Day;

    #[test]
    fn a_period_is_a_year_a_half_a_quarter_or_a_month() {
        let day = Day::of(jiff::civil::date(2024, 5, 9));
        let of = |word| Period::of(word).is_some_and(|period| period.holds(day));
        for word in
            ["2024", "2024年", "2024年度", "2024H1", "2024上半年", "2024Q2", "2024年第二季度"]
        {
            assert!(of(word), "{word}");
        }
        assert!(of("2024-05") && of("202405") && of("2024M5") && of("2024年5月"));
        for word in ["2023", "2024Q1", "2024-06", "2024H2", "", "年度", "2024Q5", "2024-13"] {
            assert!(!of(word), "{word}");
        }
    }

    #[test]
    fn a_year_covers_its_quarters() {
        let of = |word| Period::of(word).unwrap();
        assert!(of("2024").covers(of("2024Q4")) && !of("2024Q4").covers(of("2024")));
        assert_eq!(of("2024-02").last.to_string(), "2024-02-29");
    }
}
