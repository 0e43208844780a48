//! Uses of money, and their accounts in both charts of accounts.
//!
//! The charts are 财会〔2004〕12号 until the end of 2023 and 财会〔2023〕14号 from 2024-01-01.

use crate::ledger::contract::cell::Day;
use strum::IntoStaticStr;

/// 2024-01-01, the first day of the new chart.
pub(crate) const NEW_CHART: Day = Day(19_723);

/// Cash in hand, in both charts.
pub(crate) const CASH: &str = "101";
/// Bank deposits, in both charts.
pub(crate) const BANK: &str = "102";

/// The chart in force on a day.
pub(crate) fn chart(date: Day) -> &'static str {
    if date < NEW_CHART { "2004" } else { "2024" }
}

/// Whether the account is cash or bank.
pub(crate) fn is_money(account: &str) -> bool {
    account == CASH || account == BANK
}

/// A use or a source of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Admin,
    Production,
    Works,
    Equipment,
    Welfare,
    Other,
    Stores,
    Advance,
    Wage,
    Subsidy,
    RentIncome,
    GrantIncome,
    OtherIncome,
}

/// A class of expense, as in the approval limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Class {
    Production,
    NonProduction,
    Construction,
    Wage,
    Subsidy,
}

impl Class {
    pub(crate) const ALL: [Self; 5] =
        [Self::Production, Self::NonProduction, Self::Construction, Self::Wage, Self::Subsidy];

    pub(crate) fn word(self) -> &'static str {
        self.into()
    }
}

impl Use {
    /// The account of this use on a day.
    pub(crate) fn account(self, date: Day) -> &'static str {
        let (old, new) = match self {
            Self::Admin => ("541", "513"),
            Self::Production => ("502", "511"),
            Self::Works => ("154", "153"),
            Self::Equipment => ("151", "151"),
            Self::Welfare => ("551", "514"),
            Self::Other => ("551", "515"),
            Self::Stores => ("121", "121"),
            Self::Advance => ("112", "112"),
            Self::Wage => ("211", "212"),
            Self::Subsidy => ("202", "241"),
            Self::RentIncome => ("511", "501"),
            Self::GrantIncome => ("522", "503"),
            Self::OtherIncome => ("531", "504"),
        };
        if date < NEW_CHART { old } else { new }
    }

    /// The class whose limits apply to this use.
    pub(crate) fn class(self) -> Class {
        match self {
            Self::Production | Self::Stores => Class::Production,
            Self::Works | Self::Equipment => Class::Construction,
            Self::Wage => Class::Wage,
            Self::Subsidy => Class::Subsidy,
            Self::Admin
            | Self::Welfare
            | Self::Other
            | Self::Advance
            | Self::RentIncome
            | Self::GrantIncome
            | Self::OtherIncome => Class::NonProduction,
        }
    }
}

/// The account in the new chart for an account that was booked on a day.
pub(crate) fn carried_over(account: &'static str, booked: Day) -> &'static str {
    if booked >= NEW_CHART {
        return account;
    }
    match account {
        "541" => "513",
        "502" => "511",
        "154" => "153",
        "551" => "515",
        "211" => "212",
        "202" => "241",
        same => same,
    }
}

#[cfg(test)]
mod tests {
    use super::{NEW_CHART, Use, chart};
    use crate::ledger::contract::cell::Day;

    #[test]
    fn the_chart_turns_with_the_year_2024() {
        assert_eq!(NEW_CHART.to_string(), "2024-01-01");
        let eve = Day(NEW_CHART.0 - 1);
        assert_eq!((chart(eve), chart(NEW_CHART)), ("2004", "2024"));
        assert_eq!((Use::Admin.account(eve), Use::Admin.account(NEW_CHART)), ("541", "513"));
    }
}
