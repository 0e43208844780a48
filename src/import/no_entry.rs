//! Recognises rows that are not entries.

use csv::StringRecord;

use super::header::Header;
use super::marks::{LeaveOut, Mark};
use super::names::plain_name;
use super::reading::key;
use super::sums::{is_sum_word, may_be_sum_word};

/// Why a row is not an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoEntryReason {
    /// All its cells are blank.
    Blank,
    /// The mapping marks it.
    Marked(String),
    /// It repeats the column names.
    Names,
    /// Its amount is merged with the one above, which counts once.
    Merged,
    /// It is a row of totals, with its word.
    Sum(String),
    /// It has some text, but no amount, day or account.
    Note(String),
}

/// The columns used to recognise rows that are not entries.
#[derive(Debug)]
pub(super) struct NoEntries<'a> {
    pub(super) header: &'a Header,
    /// The columns that mark rows.
    pub(super) marks: Vec<(usize, &'a LeaveOut)>,
    /// The indices of all columns that are read.
    pub(super) places: Vec<usize>,
    /// The indices of the day, voucher and account columns; total rows lack at least one of them.
    pub(super) anchors: [Vec<usize>; 3],
    /// The indices of amount columns.
    pub(super) amounts: Vec<usize>,
    /// Whether rows of totals, column names and notes are kept as entries.
    pub(super) keep_sums: bool,
    /// The row in which the column names are repeated in another order.
    pub(super) reordered: Option<u64>,
}

impl NoEntries<'_> {
    /// Why a row is not an entry, or `None`. `is_day` tells whether its day is valid; `None` without a day column.
    pub(super) fn reason(
        &mut self,
        (line, cells): (u64, &StringRecord),
        is_day: impl Fn() -> Option<bool>,
    ) -> Option<NoEntryReason> {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Some(NoEntryReason::Blank);
        }
        let marked = |(place, rule): &&(usize, &LeaveOut)| {
            let own = cells.get(*place).unwrap_or_default();
            match &rule.mark {
                Mark::Texts(texts) => texts.contains(&key(own)),
                Mark::Pattern(pattern) => pattern.is_match(own.trim()),
                Mark::Empty => own.trim().is_empty(),
            }
        };
        if let Some((place, _)) = self.marks.iter().find(marked) {
            return Some(NoEntryReason::Marked(key(cells.get(*place).unwrap_or_default())));
        }
        if self.keep_sums {
            return None;
        }
        if self.repeats_names(cells) {
            return Some(NoEntryReason::Names);
        }
        if self.has_names_elsewhere(cells) {
            self.reordered.get_or_insert(line);
        }
        if let Some(word) = self.sum_word(cells) {
            return Some(NoEntryReason::Sum(word));
        }
        self.is_note(cells, is_day).then(|| {
            let texts: Vec<_> =
                cells.iter().map(str::trim).filter(|cell| !cell.is_empty()).collect();
            NoEntryReason::Note(texts.join(" "))
        })
    }

    /// Whether the cells of all columns that are read repeat the column names.
    fn repeats_names(&self, cells: &StringRecord) -> bool {
        let mut same = 0;
        for place in &self.places {
            let own = plain_name(cells.get(*place).unwrap_or_default());
            let name = self.header.name(*place);
            let mut parts = std::iter::once(name).chain(name.split(['/', '#']));
            if own.is_empty() {
                continue;
            }
            if !parts.any(|part| part == own) {
                return false;
            }
            same += 1;
        }
        same > 1
    }

    /// Whether a row has the column names in other columns, so that a different table begins.
    fn has_names_elsewhere(&self, cells: &StringRecord) -> bool {
        let names = self.header.names.all();
        let known =
            |cell: &str| !cell.trim().is_empty() && names.iter().any(|name| name == cell.trim());
        cells.iter().filter(|cell| known(cell)).count() > 3
    }

    /// The word of a total row: a cell contains it, and the row lacks fields of an entry.
    fn sum_word(&self, cells: &StringRecord) -> Option<String> {
        let [days, vouchers, accounts] = &self.anchors;
        let lacks = |place: &usize| {
            let own = cells.get(*place).unwrap_or_default().trim();
            own.is_empty() || is_sum_word(own)
        };
        // A date alone does not make an entry: in cash books, total rows are dated too.
        let has_anchor = !vouchers.is_empty() || !accounts.is_empty();
        let mut anchors = days.iter().chain(vouchers).chain(accounts);
        if let Some(word) = cells.iter().find(|cell| is_sum_word(cell)).map(plain_name) {
            return (!has_anchor || anchors.any(lacks)).then_some(word);
        }
        let word = cells.iter().find(|cell| may_be_sum_word(cell)).map(plain_name)?;
        (has_anchor && anchors.all(lacks)).then_some(word)
    }

    /// Whether a row lacks amount, day and account, such as a title or a line of signatures.
    fn is_note(&self, cells: &StringRecord, is_day: impl Fn() -> Option<bool>) -> bool {
        let text = |place: usize| cells.get(place).unwrap_or_default();
        let has_digit = |place: usize| text(place).chars().any(char::is_numeric);
        let begins_with_code = |place: usize| {
            let code = text(place).trim_start_matches(|letter: char| !letter.is_alphanumeric());
            code.starts_with(char::is_numeric)
        };
        let [_, _, accounts] = &self.anchors;
        !self.amounts.is_empty()
            && is_day() == Some(false)
            && !accounts.iter().any(|place| begins_with_code(*place))
            && !self.amounts.iter().any(|place| has_digit(*place))
    }
}
