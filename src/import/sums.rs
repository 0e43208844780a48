//! Recognises rows of totals in a printed table and compares the totals with the entries above them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::names::plain_name;

/// Words of total rows, without blanks.
static SUM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pattern = concat!(
        r"^(?i:(第?[0-9〇一二三四五六七八九十]+(年度?|月份?|季度?|页|日))*",
        r"([0-9]+[至到~\-][0-9]+月)?([本当全上](页|月|日|年|期|季|季度|次)|页|月|日|年|期|季|凭证)?(收入|支出|借方|贷方)?",
        r"(合计|小计|总计|累计|共计|计)(数|金额|发生额|人民币)*(\((大写|小写|元)\))?:?",
        r"|[本当全上](月|日|年|期|季)(累计)?发生额|累计发生额",
        r"|(承前|过次|转次|接前|转下|接上)页|(期初|期末|年初|月初|年末|月末|上年|上月|上期)(余额|结转|结余|结存)|结转(下年|下月|下页|下期)",
        r"|(sub|grand)?total|sum)[:]?$",
    );
    // The pattern is a constant, and a test compiles it.
    Regex::new(pattern).ok()
});

/// Whether a cell names a total or a balance carried over.
pub fn is_sum_word(cell: &str) -> bool {
    // A fast check of letters excludes nearly all cells before the pattern is used.
    let may_be = if cell.is_ascii() {
        cell.bytes().any(|byte| matches!(byte, b'm' | b'M' | b'l' | b'L'))
            && !cell.bytes().any(|byte| byte.is_ascii_digit())
    } else {
        cell.contains(['计', '余', '结', '页', '额'])
    };
    if !may_be {
        return false;
    }
    let cell = plain_name(cell);
    !cell.is_empty() && cell.len() < 60 && SUM.as_ref().is_some_and(|words| words.is_match(&cell))
}

/// Whether a cell ends in a word for a total, such as 模拟村小计. This is sufficient if the row has no field of an entry.
pub fn may_be_sum_word(cell: &str) -> bool {
    if !cell.trim_end().ends_with(['计', '存', '额']) {
        return false;
    }
    let cell = plain_name(cell);
    ["小计", "合计", "总计", "累计", "结存", "发生额"].iter().any(|word| cell.ends_with(word))
}

/// Whether a total with this word covers more than the rows of the file, so that a difference is not an error.
fn reaches_back(word: &str) -> bool {
    ["累计", "余额", "结", "页"].iter().any(|part| word.contains(part))
}

/// Running sums of the amounts of a sheet by column, used to verify the totals in the sheet.
#[derive(Debug, Default)]
pub struct Sums {
    columns: BTreeMap<usize, Column>,
    month: i32,
    /// Number of totals that agree with the entries above them.
    pub agree: u64,
    /// Totals that do not agree.
    pub differ: Vec<Difference>,
}

#[derive(Debug, Default)]
struct Column {
    all: i128,
    since_sum: i128,
    month: i128,
}

/// A total that differs from the entries above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The row of the total.
    pub line: u64,
    /// The word of the total row.
    pub word: String,
    /// The index of the column.
    pub column: usize,
    /// The stated total, in fen.
    pub says: i128,
    /// The sum of the entries, in fen.
    pub entries: i128,
}

impl Sums {
    /// Adds the amount of an entry, in fen.
    pub fn add(&mut self, column: usize, fen: i128) {
        let column = self.columns.entry(column).or_default();
        for sum in [&mut column.all, &mut column.since_sum, &mut column.month] {
            *sum += fen;
        }
    }

    /// Starts a new month; any numbering of months may be used.
    pub fn turn_to(&mut self, month: i32) {
        if self.month != month {
            self.month = month;
            self.columns.values_mut().for_each(|column| column.month = 0);
        }
    }

    /// Compares a row of totals with the entries; `says` holds column and stated fen.
    pub fn verify(&mut self, line: u64, word: &str, says: &[(usize, i128)]) {
        for (place, says) in says {
            let Column { all, since_sum, month } = self.columns.entry(*place).or_default();
            if [*all, *since_sum, *month].contains(says) {
                self.agree += 1;
            } else if !reaches_back(word) {
                let (word, column) = (word.to_owned(), *place);
                self.differ.push(Difference { line, word, column, says: *says, entries: *all });
            }
        }
        if !reaches_back(word) {
            self.columns.values_mut().for_each(|column| column.since_sum = 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Sums, is_sum_word, may_be_sum_word};

    #[test]
    fn words_of_sums_are_known_with_blanks_and_periods() {
        for word in [
            "合计",
            "合 计",
            "总计：",
            "本月合计",
            "本年累计",
            "1月份合计",
            "2024年3月合计",
            "本页小计",
            "承前页",
            "过次页",
            "期初余额",
            "上年结转",
            "结转下年",
            "本期合计",
            "Total",
            "合计（大写）",
            "合计人民币（大写）",
            "本月发生额",
            "1至3月累计",
            "上年结存",
            "本月支出合计",
            "第1页小计",
            "月计",
        ] {
            assert!(is_sum_word(word), "{word}");
        }
        assert!(may_be_sum_word("模拟村小计") && !may_be_sum_word("付会计培训费"));
        for word in [
            "",
            "付会计培训费",
            "合计付工资",
            "统计员误工补贴",
            "会计",
            "设计",
            "结转损益",
            "付1月份合计工资",
        ] {
            assert!(!is_sum_word(word), "{word}");
        }
    }

    #[test]
    fn a_sum_may_be_of_all_of_a_month_or_of_what_came_since_the_last() {
        let mut sums = Sums::default();
        for (month, fen) in [(1, 100), (1, 50), (2, 30)] {
            sums.turn_to(month);
            sums.add(4, fen);
        }
        sums.verify(5, "2月合计", &[(4, 30)]);
        sums.verify(6, "合计", &[(4, 180)]);
        sums.verify(7, "本年累计", &[(4, 9_999)]);
        assert_eq!((sums.agree, sums.differ.len()), (2, 0));
        sums.verify(8, "合计", &[(4, 181)]);
        assert_eq!(sums.differ.first().map(|it| (it.says, it.entries)), Some((181, 180)));
    }
}
