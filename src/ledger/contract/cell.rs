//! Cell types, each with a marker for "not recorded".

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A cell type: a plain value with one marker for "not recorded".
pub trait Cell: Copy + PartialEq + fmt::Debug + Send + Sync + 'static {
    /// The marker for an empty cell.
    const NONE: Self;

    /// The value, or `None` for an empty cell.
    fn some(self) -> Option<Self> {
        (self != Self::NONE).then_some(self)
    }
}

/// An interned string. In a finished book ids are ranks: a smaller id is a smaller string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub u32);

/// Money in fen (one hundredth of a yuan).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

/// A date as days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// A local time, in seconds since 1970-01-01T00:00:00 on the office's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

impl Moment {
    /// The day on the office's clock; the empty cell where it is beyond the days that a cell holds.
    pub fn day(self) -> Day {
        i32::try_from(self.0.div_euclid(24 * 3_600)).map_or(Day::NONE, Day)
    }

    /// Milliseconds, the coarsest unit of Parquet files.
    pub fn milliseconds(self) -> i64 {
        self.0.saturating_mul(1_000)
    }
}

/// A count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Int(pub i32);

/// A measured quantity; an empty cell is stored as NaN.
#[derive(Debug, Clone, Copy)]
pub struct Real(pub f64);

/// A yes or no that may be unrecorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// Recorded as no.
    No,
    /// Recorded as yes.
    Yes,
    /// Not recorded.
    Unknown,
}

impl PartialEq for Real {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Cell for Id {
    const NONE: Self = Self(u32::MAX);
}
impl Cell for Fen {
    const NONE: Self = Self(i64::MIN);
}
impl Cell for Day {
    const NONE: Self = Self(i32::MIN);
}
impl Cell for Moment {
    const NONE: Self = Self(i64::MIN);
}
impl Cell for Int {
    const NONE: Self = Self(i32::MIN);
}
impl Cell for Real {
    const NONE: Self = Self(f64::NAN);
}
impl Cell for Flag {
    const NONE: Self = Self::Unknown;
}

impl std::iter::Sum for Fen {
    /// The saturating sum; real amounts are far below the limits.
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.fold(0, |sum, amount| sum.saturating_add(amount.0)))
    }
}

impl Fen {
    /// The amount in yuan, for estimates only.
    #[expect(clippy::cast_precision_loss, reason = "amounts are far below 2^53 fen")]
    pub fn yuan(self) -> f64 {
        self.0 as f64 / 100.0
    }

    /// An estimate in yuan, truncated to the fen.
    #[expect(clippy::cast_possible_truncation, reason = "at the ends of the range it stays there")]
    pub fn of_yuan(yuan: f64) -> Self {
        Self((yuan * 100.0) as i64)
    }
}

impl fmt::Display for Fen {
    /// Yuan with two decimals: `-12.30`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

impl Day {
    /// The month, as `2024-03`: offices start numbering vouchers again every month.
    pub fn year_month(self) -> String {
        let date = self.date();
        format!("{:04}-{:02}", date.year(), date.month())
    }

    /// The day of a calendar date.
    pub fn of(date: Date) -> Self {
        let epoch = Date::constant(1970, 1, 1);
        let days = date.since(epoch).map_or(i32::MIN, |span| span.get_days());
        Self(days)
    }

    /// The calendar date; an empty or invalid day gives the default date.
    pub fn date(self) -> Date {
        let epoch = Date::constant(1970, 1, 1);
        let span = jiff::Span::new().try_days(self.0);
        span.ok().and_then(|span| epoch.checked_add(span).ok()).unwrap_or(Date::ZERO)
    }

    /// The number of months since the year 0.
    pub fn month(self) -> i32 {
        let date = self.date();
        i32::from(date.year()) * 12 + i32::from(date.month()) - 1
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        i32::from(self.date().year())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, second) = (self.0.div_euclid(86_400), self.0.rem_euclid(86_400));
        let day = Day(i32::try_from(days).unwrap_or(i32::MAX));
        write!(f, "{day} {:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Day, Fen, Moment, Real};
    use jiff::civil::date;

    #[test]
    fn a_moment_is_told_to_the_second() {
        assert_eq!(Moment(86_400 + 3_723).to_string(), "1970-01-02 01:02:03");
        assert_eq!(Moment(-1).to_string(), "1969-12-31 23:59:59");
    }

    #[test]
    fn a_day_survives_the_walk_through_the_calendar() {
        for day in [-700_000, -1, 0, 19_723, 100_000] {
            assert_eq!(Day::of(Day(day).date()), Day(day));
        }
        assert_eq!(Day::of(date(2024, 1, 1)), Day(19_723));
        assert_eq!(Day(19_723).month(), 2024 * 12);
    }

    #[test]
    fn money_prints_in_yuan() {
        assert_eq!(Fen(-1_230).to_string(), "-12.30");
        assert_eq!(Fen(5).to_string(), "0.05");
    }

    #[test]
    fn an_empty_quantity_is_none() {
        assert_eq!(Real::NONE.some(), None);
        assert_eq!(Real(0.5).some(), Some(Real(0.5)));
    }
}
