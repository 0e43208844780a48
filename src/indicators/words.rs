//! What of a purpose tells something: its letters without what every payment is called.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::convert::row32;
use crate::ledger::book::Book;
use crate::ledger::book::index::LineIx;
use crate::ledger::contract::cell::{Cell, Id};

/// Words of a purpose that tell nothing of what was bought, the long ones first.
const GENERAL: [&str; 30] = [
    "其他", "其它", "零星", "日常", "杂项", "杂支", "杂费", "费用", "支出", "开支", "款项", "支付",
    "付款", "报销", "经费", "资金", "一批", "相关", "有关", "各项", "一次", "付", "款", "费", "年",
    "月", "日", "第", "期", "等",
];

/// The letters of a purpose that are left when numbers, signs, what stands in brackets and general words
/// are struck out.
pub(in crate::indicators) fn telling(purpose: &str) -> String {
    let mut depth = 0_u32;
    let mut left: String = purpose
        .chars()
        .filter(|letter| {
            let opens = matches!(letter, '(' | '（' | '[' | '【');
            let closes = matches!(letter, ')' | '）' | ']' | '】');
            depth = if opens { depth + 1 } else { depth };
            let is_in = depth > 0;
            depth = if closes { depth.saturating_sub(1) } else { depth };
            !is_in && letter.is_alphabetic()
        })
        .collect();
    for word in GENERAL {
        if left.contains(word) {
            left = left.replace(word, "");
        }
    }
    left
}

/// The purposes of a book's payments, each once.
#[derive(Debug)]
pub(in crate::indicators) struct Purposes {
    /// For each string of the book its place among the purposes.
    place: Vec<u32>,
    ids: Vec<Id>,
}

impl Purposes {
    /// The purposes of these payments' lines.
    pub(in crate::indicators) fn of(book: &Book) -> Self {
        let mut place = vec![u32::MAX; book.names.len()];
        let mut ids = Vec::new();
        for line in &book.payments.line {
            let Some(id) = book.lines.summary.at(*line).some() else { continue };
            if let Some(cell) = place.get_mut(id.0 as usize).filter(|cell| **cell == u32::MAX) {
                *cell = row32(ids.len());
                ids.push(id);
            }
        }
        Self { place, ids }
    }

    /// The place of a line's purpose, if it has one.
    pub(in crate::indicators) fn place(&self, book: &Book, line: LineIx) -> Option<usize> {
        let id = book.lines.summary.at(line).some()?;
        self.place.get(id.0 as usize).map(|place| *place as usize)
    }

    /// A value for each purpose.
    pub(in crate::indicators) fn map<T: Send>(
        &self,
        book: &Book,
        value: impl Fn(&str) -> T + Sync,
    ) -> Vec<T> {
        self.ids.par_iter().map(|id| value(book.names.get(*id))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::telling;

    #[test]
    fn numbers_brackets_and_general_words_tell_nothing() {
        assert_eq!(telling("付3月砂石料款（模张三）"), "砂石料");
        assert_eq!(telling("2024年其他费用支出"), "");
        assert_eq!(telling("付水费"), "水");
    }
}
