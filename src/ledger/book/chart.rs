//! Both charts of accounts, and properties of accounts: cash or not, class of expense.

use std::collections::BTreeMap;
use strum::IntoStaticStr;

use serde::{Deserialize, Serialize};

use crate::ledger::contract::cell::Day;

/// The chart of accounts of a code. Some codes occur in both charts with different meanings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Chart {
    /// 财会〔2004〕12号, for vouchers before 2024.
    #[serde(rename = "2004")]
    Of2004,
    /// 财会〔2023〕14号, in force from 2024-01-01.
    #[serde(rename = "2024")]
    Of2024,
}

/// 2024-01-01, the first day of the newer chart.
const FIRST_DAY_OF_2024: Day = Day(19_723);

/// First-level accounts of 财会〔2004〕12号: code, name, Chinese name.
const ACCOUNTS_2004: &[(&str, &str, &str)] = &[
    ("101", "Cash", "现金"),
    ("102", "Bank deposits", "银行存款"),
    ("111", "Short-term investments", "短期投资"),
    ("112", "Receivables", "应收款"),
    ("113", "Internal current accounts", "内部往来"),
    ("121", "Stores", "库存物资"),
    ("131", "Livestock", "牲畜（禽）资产"),
    ("132", "Forest assets", "林木资产"),
    ("141", "Long-term investments", "长期投资"),
    ("151", "Fixed assets", "固定资产"),
    ("152", "Accumulated depreciation", "累计折旧"),
    ("153", "Disposal of fixed assets", "固定资产清理"),
    ("154", "Works in progress", "在建工程"),
    ("201", "Short-term loans", "短期借款"),
    ("202", "Payables", "应付款"),
    ("211", "Wages payable", "应付工资"),
    ("212", "Welfare payable", "应付福利费"),
    ("221", "Long-term loans and payables", "长期借款及应付款"),
    ("231", "Funds for single projects", "一事一议资金"),
    ("301", "Capital", "资本"),
    ("311", "Reserve funds", "公积公益金"),
    ("321", "Income of the year", "本年收益"),
    ("322", "Distribution of income", "收益分配"),
    ("401", "Production cost", "生产（劳务）成本"),
    ("501", "Operating income", "经营收入"),
    ("502", "Operating expense", "经营支出"),
    ("511", "Contract and remitted income", "发包及上交收入"),
    ("521", "Refunded agricultural surtax", "农业税附加返还收入"),
    ("522", "Subsidy income", "补助收入"),
    ("531", "Other income", "其他收入"),
    ("541", "Administrative expense", "管理费用"),
    ("551", "Other expense", "其他支出"),
    ("561", "Investment income", "投资收益"),
];

/// First-level accounts of 财会〔2023〕14号: code, name, Chinese name.
const ACCOUNTS_2024: &[(&str, &str, &str)] = &[
    ("101", "Cash on hand", "库存现金"),
    ("102", "Bank deposits", "银行存款"),
    ("111", "Short-term investments", "短期投资"),
    ("112", "Receivables", "应收款"),
    ("113", "Members' current accounts", "成员往来"),
    ("121", "Stores", "库存物资"),
    ("131", "Consumable biological assets", "消耗性生物资产"),
    ("132", "Productive biological assets", "生产性生物资产"),
    ("133", "Depreciation of biological assets", "生产性生物资产累计折旧"),
    ("134", "Public-interest biological assets", "公益性生物资产"),
    ("141", "Long-term investments", "长期投资"),
    ("151", "Fixed assets", "固定资产"),
    ("152", "Accumulated depreciation", "累计折旧"),
    ("153", "Works in progress", "在建工程"),
    ("154", "Disposal of fixed assets", "固定资产清理"),
    ("161", "Intangible assets", "无形资产"),
    ("162", "Accumulated amortisation", "累计摊销"),
    ("171", "Long-term deferred expenses", "长期待摊费用"),
    ("181", "Assets pending disposal", "待处理财产损溢"),
    ("201", "Short-term loans", "短期借款"),
    ("211", "Payables", "应付款"),
    ("212", "Wages payable", "应付工资"),
    ("213", "Labour payable", "应付劳务费"),
    ("214", "Taxes payable", "应交税费"),
    ("221", "Long-term loans and payables", "长期借款及应付款"),
    ("231", "Funds for single projects", "一事一议资金"),
    ("241", "Special payables", "专项应付款"),
    ("301", "Capital", "资本"),
    ("311", "Reserve funds", "公积公益金"),
    ("321", "Income of the year", "本年收益"),
    ("322", "Distribution of income", "收益分配"),
    ("401", "Production cost", "生产（劳务）成本"),
    ("501", "Operating income", "经营收入"),
    ("502", "Investment income", "投资收益"),
    ("503", "Subsidy income", "补助收入"),
    ("504", "Other income", "其他收入"),
    ("511", "Operating expense", "经营支出"),
    ("512", "Taxes and surcharges", "税金及附加"),
    ("513", "Administrative expense", "管理费用"),
    ("514", "Public-welfare expense", "公益支出"),
    ("515", "Other expense", "其他支出"),
    ("521", "Income tax", "所得税费用"),
];

impl Chart {
    /// The chart in force on a day.
    pub fn on(day: Day) -> Self {
        if day < FIRST_DAY_OF_2024 { Self::Of2004 } else { Self::Of2024 }
    }

    /// Its name in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Of2004 => "2004",
            Self::Of2024 => "2024",
        }
    }

    /// The chart with this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "2004" => Some(Self::Of2004),
            "2024" => Some(Self::Of2024),
            _ => None,
        }
    }

    /// The first-level account of a code.
    ///
    /// In both charts the first level has three digits and every other level at least two, so `101`, `10101`, `101.01`
    /// and `101-2` belong to 101. Codes with four digits, as in `1012` or `1012.01`, are first-level accounts of
    /// another chart and are returned unchanged, as are codes in any other format.
    #[inline]
    pub fn root(code: &str) -> &str {
        let digits = code.bytes().take_while(u8::is_ascii_digit).count();
        let below = code.get(digits..).and_then(|below| below.chars().next());
        let ends = below.is_none_or(separates);
        let length = match digits {
            3 if ends => 3,
            4 if ends => 4,
            5.. => 3,
            _ => code.len(),
        };
        code.get(..length).unwrap_or(code)
    }

    /// Whether the code is a cash or bank account in either chart.
    pub fn is_cash(code: &str) -> bool {
        matches!(Self::root(code), "101" | "102")
    }

    /// The name of a code's first-level account in this chart, English first; none where the chart does not have it.
    pub fn name(self, code: &str) -> Option<[&'static str; 2]> {
        let accounts = match self {
            Self::Of2004 => ACCOUNTS_2004,
            Self::Of2024 => ACCOUNTS_2024,
        };
        let root = Self::root(code);
        let found = accounts.iter().find(|(own, ..)| *own == root);
        found.map(|(_, en, zh)| [*en, *zh])
    }

    /// Whether the chart has this first-level account.
    pub fn knows(self, code: &str) -> bool {
        self.name(code).is_some()
    }

    /// The number of a first-level account for comparisons across both charts: a number of the 2024 chart, or of four
    /// digits for codes of another chart; 0 if the code is not a number.
    ///
    /// Accounts that one chart splits are merged: other expenses of 2004 are public-good and other expenses in 2024,
    /// and livestock of 2004 is consumable and productive biological assets in 2024.
    pub fn series(self, code: &str) -> u16 {
        let root = Self::root(code).parse().unwrap_or(0);
        match (self, root) {
            (Self::Of2004, 153) => 154,
            (Self::Of2004, 154) => 153,
            (Self::Of2004, 202) => 211,
            (Self::Of2004, 211) => 212,
            (Self::Of2004, 502) => 511,
            (Self::Of2004, 511) => 501,
            (Self::Of2004, 521 | 522) => 503,
            (Self::Of2004, 531) => 504,
            (Self::Of2004, 541) => 513,
            (Self::Of2004, 551) | (Self::Of2024, 514) => 515,
            (Self::Of2004, 561) => 502,
            (_, 132..=134) => 131,
            (_, same) => same,
        }
    }
}

/// Whether a character separates two levels of a code.
fn separates(letter: char) -> bool {
    matches!(letter, '.' | '-' | '/' | '_') || letter.is_whitespace()
}

/// The class of an expense, as in the `limits` table.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Class {
    /// Production and trade.
    #[serde(alias = "生产性")]
    Production,
    /// Administration, welfare and other spending.
    #[serde(alias = "非生产性")]
    NonProduction,
    /// Fixed assets and works.
    #[serde(alias = "工程")]
    Construction,
    /// Subsidies paid out.
    #[serde(alias = "补贴")]
    Subsidy,
    /// Wages.
    #[serde(alias = "工资")]
    Wage,
    /// Accounts that are not in the map.
    Other,
}

impl Class {
    /// All classes.
    pub const ALL: [Self; 6] = [
        Self::Production,
        Self::NonProduction,
        Self::Construction,
        Self::Subsidy,
        Self::Wage,
        Self::Other,
    ];

    /// The name in the `limits` table.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// The class of each first-level account by chart; accounts are in the form of [`Chart::root`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Classes(BTreeMap<Chart, BTreeMap<String, Class>>);

impl Default for Classes {
    fn default() -> Self {
        let of = |pairs: &[(&str, Class)]| {
            pairs.iter().map(|(root, class)| ((*root).to_owned(), *class)).collect()
        };
        let both = [
            ("112", Class::NonProduction),
            ("113", Class::NonProduction),
            ("121", Class::Production),
            ("151", Class::Construction),
            ("153", Class::Construction),
            ("154", Class::Construction),
        ];
        let old = [
            ("202", Class::Subsidy),
            ("211", Class::Wage),
            ("502", Class::Production),
            ("541", Class::NonProduction),
            ("551", Class::NonProduction),
        ];
        let new = [
            ("212", Class::Wage),
            ("241", Class::Subsidy),
            ("511", Class::Production),
            ("513", Class::NonProduction),
            ("514", Class::NonProduction),
            ("515", Class::NonProduction),
        ];
        Self(BTreeMap::from([
            (Chart::Of2004, of(&[&both[..], &old[..]].concat())),
            (Chart::Of2024, of(&[&both[..], &new[..]].concat())),
        ]))
    }
}

impl Classes {
    /// The class of an account.
    pub fn of(&self, chart: Chart, code: &str) -> Class {
        let class = self.0.get(&chart).and_then(|roots| roots.get(Chart::root(code)));
        class.copied().unwrap_or(Class::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::{Chart, Class, Classes, Day};

    #[test]
    fn one_code_means_two_things_in_two_charts() {
        let classes = Classes::default();
        assert_eq!(classes.of(Chart::Of2004, "211"), Class::Wage);
        assert_eq!(classes.of(Chart::Of2024, "211"), Class::Other);
        assert_eq!(classes.of(Chart::Of2024, "51302"), Class::NonProduction);
    }

    #[test]
    fn an_account_is_one_series_in_both_charts() {
        for (old, new) in [("54101", "513"), ("502", "511"), ("154", "15301"), ("551", "514")] {
            assert_eq!(Chart::Of2004.series(old), Chart::Of2024.series(new), "{old} {new}");
        }
        assert_ne!(Chart::Of2004.series("502"), Chart::Of2024.series("502"));
        assert_eq!(Chart::Of2024.series("费用"), 0);
    }

    #[test]
    fn a_code_belongs_to_the_first_level_that_its_own_levels_say() {
        for code in ["101", "10101", "1010102", "101.01", "101-2", "101/1", "101_1", "101 现金"] {
            assert_eq!(Chart::root(code), "101", "{code}");
            assert!(Chart::is_cash(code) && Chart::Of2024.knows(code), "{code}");
        }
        for (code, root) in [
            ("1012", "1012"),
            ("1012.01", "1012"),
            ("1021-3", "1021"),
            ("101A", "101A"),
            ("10", "10"),
            ("10.1", "10.1"),
            ("", ""),
            ("现金", "现金"),
        ] {
            assert_eq!(Chart::root(code), root, "{code}");
            assert!(!Chart::is_cash(code), "{code}");
            assert!(!Chart::Of2004.knows(code) && !Chart::Of2024.knows(code), "{code}");
        }
        assert_eq!(Classes::default().of(Chart::Of2024, "5131"), Class::Other);
        assert_eq!(Chart::Of2024.series("5131"), 5_131);
        assert_eq!(Chart::Of2024.series("5131.02"), Chart::Of2024.series("5131"));
    }

    #[test]
    fn the_newer_chart_begins_with_2024() {
        assert_eq!(Chart::on(Day(19_722)), Chart::Of2004);
        assert_eq!(Chart::on(Day(19_723)), Chart::Of2024);
    }
}
