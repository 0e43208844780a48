//! Analyses one sheet without a mapping: its header, the meaning of its columns and its entries.

use std::collections::BTreeMap;

use csv::StringRecord;

use super::codes::code_in;
use super::words::{Role, VOUCHER_WORDS, role};
use crate::import::error::Error;
use crate::import::header::{Header, SOUGHT};
use crate::import::names::plain_name;
use crate::import::reading::Reading;
use crate::import::sheet::Sheet;
use crate::import::sums::{is_sum_word, may_be_sum_word};
use crate::import::value;
use crate::ledger::contract::cell::Cell;

/// The maximum number of entries examined in a sheet.
const LOOKED_AT: usize = 400_000;

/// The fewest known columns of a header.
const FEWEST: usize = 3;

/// The result of analysing a sheet.
#[derive(Debug)]
pub(super) struct Survey {
    /// The name of the sheet in messages.
    pub(super) told: String,
    /// The file as the mapping names it.
    pub(super) file: String,
    /// The name of the sheet in a workbook.
    pub(super) sheet: Option<String>,
    /// The format of the file.
    pub(super) form: String,
    /// The header.
    pub(super) header: Header,
    /// The index of the column of each known role.
    pub(super) roles: BTreeMap<Role, usize>,
    /// Pairs of columns that fit the same role equally well: the chosen one and the other.
    pub(super) rivals: Vec<(usize, usize)>,
    /// Indices of amount columns whose role is not known.
    pub(super) spread: Vec<usize>,
    /// The rows that look like entries.
    pub(super) entries: Vec<StringRecord>,
    /// The texts of other rows, which may be titles.
    pub(super) between: Vec<String>,
    /// The number of total rows.
    pub(super) sums: usize,
}

impl Survey {
    /// Analyses a sheet; `None` if no record looks like a header.
    ///
    /// # Errors
    /// If a record cannot be read.
    pub(super) fn of(sheet: &Sheet) -> Result<Option<Self>, Error> {
        let head = sheet.head(SOUGHT);
        let Some(header) = header(&head) else { return Ok(None) };
        let header = Header { names: header.names.numbered(), ..header };
        let roles = roles(header.names.all());
        let mut survey = Self {
            told: sheet.told(),
            file: sheet.file.clone(),
            sheet: sheet.name.clone(),
            form: sheet.form(),
            header,
            roles,
            rivals: Vec::new(),
            spread: Vec::new(),
            entries: Vec::new(),
            between: Vec::new(),
            sums: 0,
        };
        let mut place = 0;
        let mut rows = Vec::new();
        sheet.each(|_, record| {
            place += 1;
            if place > survey.header.records.end && rows.len() < LOOKED_AT {
                rows.push(record.clone());
            }
            Ok(())
        })?;
        survey.keep_entries(rows);
        survey.find_rivals();
        survey.find_voucher_word();
        survey.find_spread();
        Ok((!survey.entries.is_empty()).then_some(survey))
    }

    /// The name of the column at an index.
    pub(super) fn name(&self, place: usize) -> &str {
        self.header.names.all().get(place).map_or("", String::as_str)
    }

    /// The index of the column with a role.
    pub(super) fn place(&self, role: Role) -> Option<usize> {
        self.roles.get(&role).copied()
    }

    /// The trimmed texts of a column in the entries.
    pub(super) fn cells(&self, place: usize) -> impl Iterator<Item = &str> {
        self.entries.iter().map(move |record| record.get(place).unwrap_or_default().trim())
    }

    /// The indices of columns that may hold amounts.
    fn amounts(&self) -> Vec<usize> {
        let known = [Role::Field("amount"), Role::Debit, Role::Credit, Role::Income, Role::Expense];
        known.iter().filter_map(|role| self.place(*role)).collect()
    }

    fn keep_entries(&mut self, rows: Vec<StringRecord>) {
        let amounts = self.amounts();
        let names: Vec<String> = self.header.names.all().to_vec();
        let of =
            |roles: &[Role]| roles.iter().filter_map(|role| self.place(*role)).collect::<Vec<_>>();
        // A date alone does not make an entry: in cash books, total rows are dated too.
        let mut anchors = of(&[Role::Field("voucher"), Role::Field("account"), Role::Account]);
        if !anchors.is_empty() {
            anchors.extend(of(&[Role::Field("date")]));
        }
        for record in rows {
            let filled: Vec<(usize, &str)> = record
                .iter()
                .map(str::trim)
                .enumerate()
                .filter(|(_, cell)| !cell.is_empty())
                .collect();
            let repeats = filled.iter().filter(|(place, cell)| {
                names.get(*place).is_some_and(|name| {
                    let own = plain_name(cell);
                    name.split(['/', '#']).any(|part| part == own)
                })
            });
            if filled.is_empty() || repeats.count() * 2 > filled.len() {
                continue;
            }
            let is_filled =
                |place: &usize| filled.iter().any(|(own, cell)| own == place && !is_sum_word(cell));
            let is_sum = filled.iter().any(|(_, cell)| is_sum_word(cell))
                || (!anchors.iter().any(is_filled)
                    && filled.iter().any(|(_, cell)| may_be_sum_word(cell)));
            if is_sum && (anchors.is_empty() || !anchors.iter().all(is_filled)) {
                self.sums += 1;
                continue;
            }
            let has_digit = |(place, cell): &(usize, &str)| {
                amounts.contains(place) && cell.chars().any(char::is_numeric)
            };
            if (amounts.is_empty() || filled.iter().any(has_digit)) && filled.len() > 2 {
                self.entries.push(record);
            } else {
                self.between.extend(filled.iter().map(|(_, cell)| (*cell).to_owned()));
            }
        }
    }

    /// Finds non-empty columns with the same meaning as a column that is used.
    fn find_rivals(&mut self) {
        let names = self.header.names.all().iter().enumerate();
        let rivals = names.filter_map(|(place, name)| {
            let (role, _) = role(name)?;
            let read = self.place(role).filter(|read| *read != place)?;
            self.cells(place).any(|cell| !cell.is_empty()).then_some((place, read))
        });
        self.rivals = rivals.collect();
    }

    /// Finds the column of voucher types by its content if its name does not tell.
    fn find_voucher_word(&mut self) {
        if self.place(Role::VoucherWord).is_some() || self.place(Role::Field("voucher")).is_none() {
            return;
        }
        let known: Vec<usize> = self.roles.values().copied().collect();
        let holds_words = |place: &usize| {
            let mut filled = self.cells(*place).filter(|cell| !cell.is_empty()).peekable();
            filled.peek().is_some() && filled.all(|cell| VOUCHER_WORDS.contains(&cell))
        };
        let place = (0..self.header.names.all().len())
            .filter(|place| !known.contains(place))
            .find(holds_words);
        self.roles.extend(place.map(|place| (Role::VoucherWord, place)));
    }

    /// Finds amount columns with unknown names, one for each account.
    fn find_spread(&mut self) {
        let known: Vec<usize> = self.roles.values().copied().collect();
        let places = (0..self.header.names.all().len())
            .filter(|place| !known.contains(place) && !self.name(*place).is_empty());
        let is_money = |place: &usize| {
            let filled: Vec<&str> = self
                .cells(*place)
                .filter(|cell| !cell.is_empty() && *cell != "-" && *cell != "—")
                .collect();
            let amounts = filled.iter().filter(|cell| {
                // Other dashes are parsed as `Fen::NONE`.
                value::amount(cell, &Reading::default()).is_ok_and(|fen| fen.some().is_some())
            });
            let is_named_by_code = code_in(self.name(*place)).is_some();
            (is_named_by_code || !filled.is_empty()) && amounts.count() == filled.len()
        };
        self.spread = places.filter(is_money).collect();
    }
}

/// The one or two records that look most like a header.
fn header(head: &[(u64, StringRecord)]) -> Option<Header> {
    let mut best: Option<(usize, Header)> = None;
    let known = |header: &Header| roles(header.names.all()).len();
    for place in 0..head.len() {
        let Some(one) = Header::at(head, place, 1) else { continue };
        // A title above the header is subdivided by it too, but contains no names itself.
        let two = Header::at(head, place, 2).filter(|two| {
            let below = Header::at(head, place + 1, 1).map_or(0, |below| known(&below));
            known(&one) > 1 && known(two) > below && divides(head, place)
        });
        for header in [Some(one), two].into_iter().flatten() {
            let known = known(&header);
            let named = header.names.all().iter().filter(|name| !name.is_empty()).count();
            let score = known * 100 + named.min(99);
            if known >= FEWEST && best.as_ref().is_none_or(|(before, _)| score > *before) {
                best = Some((score, header));
            }
        }
    }
    best.map(|(_, header)| header)
}

/// Whether the lower record holds names only below blank cells of the upper one, and nothing else.
fn divides(head: &[(u64, StringRecord)], place: usize) -> bool {
    let (Some((_, upper)), Some((_, lower))) = (head.get(place), head.get(place + 1)) else {
        return false;
    };
    let cell = |record: &StringRecord, at: usize| plain_name(record.get(at).unwrap_or_default());
    let columns = upper.len().max(lower.len());
    let mut below_blank = 0;
    for at in 0..columns {
        let (above, below) = (cell(upper, at), cell(lower, at));
        let is_name = |text: &str| {
            text.chars().any(char::is_alphabetic)
                && text.chars().filter(char::is_ascii_digit).count() < 8
        };
        if below.is_empty() {
            continue;
        }
        if !is_name(&below) && !below.bytes().all(|byte| byte.is_ascii_digit() && below.len() >= 3)
        {
            return false;
        }
        below_blank += usize::from(above.is_empty());
    }
    // An amount with decimals shows that the lower record is an entry.
    let is_entry = (0..columns).any(|at| {
        let below = cell(lower, at);
        value::amount(&below, &Reading::default()).is_ok_and(|fen| fen.some().is_some())
            && below.contains('.')
    });
    below_blank > 0 && !is_entry
}

/// Assigns each role to the column with the best matching name; the first column wins a tie.
fn roles(names: &[String]) -> BTreeMap<Role, usize> {
    let mut found: BTreeMap<Role, (u8, usize)> = BTreeMap::new();
    for (place, name) in names.iter().enumerate() {
        let Some((role, sure)) = role(name) else { continue };
        let held = found.entry(role).or_insert((sure, place));
        if sure > held.0 {
            *held = (sure, place);
        }
    }
    found.into_iter().map(|(role, (_, place))| (role, place)).collect()
}

#[cfg(test)]
mod tests {
    use super::header;
    use csv::StringRecord;

    fn head(rows: &[&[&str]]) -> Vec<(u64, StringRecord)> {
        (1..).zip(rows).map(|(line, row)| (line, StringRecord::from(row.to_vec()))).collect()
    }

    #[test]
    fn names_stand_below_titles() {
        let rows = head(&[
            &["记账凭证清单", "", "", ""],
            &["单位：模拟村", "", "", "单位：元"],
            &["日期", "凭证号", "借方", "贷方"],
            &["2024-01-05", "记-1", "10.00", ""],
        ]);
        let found = header(&rows).expect("a header");
        assert_eq!((found.line, found.records.len()), (3, 1));
    }

    #[test]
    fn a_second_record_of_names_is_seen() {
        let rows = head(&[
            &["2024年", "", "凭证", "", "摘要", "收入", "支出", "余额"],
            &["月", "日", "字", "号", "", "", "", ""],
            &["1", "5", "付", "1", "付水费", "", "10.00", "90.00"],
        ]);
        let found = header(&rows).expect("a header");
        assert_eq!((found.line, found.records.len()), (1, 2));
    }

    #[test]
    fn entries_are_no_names() {
        let rows = head(&[
            &["日期", "凭证号", "摘要", "金额"],
            &["2024-01-05", "记-1", "付水费", "10.00"],
        ]);
        assert_eq!(header(&rows).map(|found| found.records.len()), Some(1));
        assert!(header(&head(&[&["说明", "本表由平台导出"]])).is_none());
    }
}
