//! An editable copy of a book: vouchers can be added, lists lengthened and cells changed.
//!
//! Lines of the book keep their numbers in the draft, and new lines follow them. [`Draft::finish`] sorts everything and
//! builds a new book.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::sync::Arc;

use super::numbers::{self, Series};
use super::ripples::{self, Change};
use super::world::World;
use crate::convert::row32;
use crate::ledger::book::Book;
use crate::ledger::book::chart::{Chart, Class};
use crate::ledger::book::companions::Companions;
use crate::ledger::book::conform::{Entry, months, starts};
use crate::ledger::book::index::{IxVec, LineIx, PaymentIx};
use crate::ledger::book::open::{Indexes, Part, book};
use crate::ledger::book::side::Side;
use crate::ledger::contract::cell::{Cell, Day, Fen, Flag, Id, Int, Moment};
use crate::ledger::contract::names::Names;
use crate::ledger::contract::schema::Lines;
use crate::ledger::contract::table::Col;

/// Marks a line that no edit made or changed.
pub(super) const UNTOUCHED: u32 = u32::MAX;

macro_rules! fields {
    ($($name:ident $column:ident),*) => {
        /// A column of the ledger that holds ids or texts.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Field {
            $(
                #[doc = concat!("`", stringify!($column), "`")]
                $name,
            )*
        }

        impl Field {
            const ALL: &[Self] = &[$(Self::$name),*];

            pub(super) fn of(self, lines: &Lines) -> &Col<Id> {
                match self { $(Self::$name => &lines.$column),* }
            }

            fn of_mut(self, lines: &mut Lines) -> &mut Col<Id> {
                match self { $(Self::$name => &mut lines.$column),* }
            }
        }
    };
}

fields!(
    Account account, Chart chart, Summary summary, Payee payee, PayeeName payee_name,
    PayeeAccount payee_account, Method method, Document document, DocumentNo document_no,
    Handler handler, Witness witness, Approver approver, Cosigner cosigner,
    Reviewer township_reviewer, Decision decision, Contract contract, Project project,
    Scheme scheme, Clerk clerk
);

/// A voucher that is not in the book.
#[derive(Debug)]
struct Fresh {
    lines: Vec<LineIx>,
    /// A line of the book whose voucher series the new voucher joins.
    beside: LineIx,
}

#[derive(Debug)]
pub(super) struct Draft<'b> {
    pub(super) book: &'b Book,
    pub(super) world: &'b World,
    pub(super) lines: Lines,
    pub(super) names: Names,
    pub(super) companions: Companions,
    sides: IxVec<LineIx, Side>,
    charts: IxVec<LineIx, Chart>,
    /// The voucher of each line; numbers beyond the book's vouchers are places in `fresh`.
    voucher_of: IxVec<LineIx, u32>,
    fresh: Vec<Fresh>,
    /// Lines added to vouchers of the book.
    extra: BTreeMap<u32, Vec<LineIx>>,
    /// The edit that made or changed each line.
    marks: IxVec<LineIx, u32>,
    /// Vouchers of the book that no further edit may use.
    used: Vec<bool>,
    recorded: Vec<bool>,
    /// Payees that are not in the book's register, and their rows.
    new_payees: BTreeMap<Id, usize>,
    /// Accounts of payees that the book never paid.
    accounts: BTreeMap<Id, Id>,
    /// First document numbers of payees that the book never paid.
    pub(super) numbers: BTreeMap<(Id, usize), i64>,
    /// Lines of the book whose amount or account changed.
    changed: BTreeSet<LineIx>,
}

/// A finished draft: the book, and the edit that made each of its payments.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) book: Book,
    pub(super) marks: IxVec<PaymentIx, u32>,
}

impl<'b> Draft<'b> {
    /// An unchanged copy of the book.
    pub(super) fn of(book: &'b Book, world: &'b World) -> Self {
        let lines = book.lines.clone();
        let mut voucher_of: IxVec<LineIx, u32> = IxVec::of(0, lines.rows);
        let vouchers = book.vouchers.len().saturating_sub(1);
        for voucher in 0..vouchers {
            LineIx::within(&book.voucher(voucher))
                .for_each(|line| voucher_of[line] = row32(voucher));
        }
        let recorded = Field::ALL.iter().map(|field| field.of(&lines).is_recorded()).collect();
        Self {
            marks: IxVec::of(UNTOUCHED, lines.rows),
            used: vec![false; vouchers],
            sides: book.sides.clone(),
            charts: book.charts.clone(),
            names: (*book.names).clone(),
            companions: (*book.companions).clone(),
            fresh: Vec::new(),
            extra: BTreeMap::new(),
            new_payees: BTreeMap::new(),
            accounts: BTreeMap::new(),
            numbers: BTreeMap::new(),
            changed: BTreeSet::new(),
            book,
            world,
            lines,
            voucher_of,
            recorded,
        }
    }

    /// The line of a payment of the book.
    pub(super) fn line(&self, payment: PaymentIx) -> LineIx {
        self.book.payments.line[payment]
    }

    pub(super) fn at(&self, line: LineIx, field: Field) -> Id {
        field.of(&self.lines).at(line)
    }

    pub(super) fn text(&self, line: LineIx, field: Field) -> &str {
        self.names.get(self.at(line, field))
    }

    pub(super) fn amount(&self, line: LineIx) -> Fen {
        self.lines.amount.at(line)
    }

    pub(super) fn at_village(&self, line: LineIx) -> Id {
        self.lines.village.at(line)
    }

    pub(super) fn day(&self, line: LineIx) -> Day {
        self.lines.date.at(line)
    }

    pub(super) fn chart(&self, line: LineIx) -> Chart {
        self.charts[line]
    }

    /// The payee of a line as in payments: the id, otherwise the name.
    pub(super) fn payee(&self, line: LineIx) -> Id {
        self.at(line, Field::Payee).some().unwrap_or(self.at(line, Field::PayeeName))
    }

    /// The class of expense.
    pub(super) fn class(&self, line: LineIx) -> Class {
        self.world.kind_of(self.chart(line), self.at(line, Field::Account)).class
    }

    /// All lines of the voucher that contains `line`.
    pub(super) fn voucher_lines(&self, line: LineIx) -> Vec<LineIx> {
        self.lines_of(self.voucher_of[line])
    }

    fn lines_of(&self, voucher: u32) -> Vec<LineIx> {
        let known = self.used.len();
        if let Some(fresh) = self.fresh.get((voucher as usize).wrapping_sub(known)) {
            return fresh.lines.clone();
        }
        let own = LineIx::within(&self.book.voucher(voucher as usize));
        own.chain(self.extra.get(&voucher).into_iter().flatten().copied()).collect()
    }

    /// The largest cash or bank line on the other side of the same voucher.
    pub(super) fn counter(&self, line: LineIx) -> Option<LineIx> {
        if self.book.settings.entry == Entry::Single {
            return None;
        }
        let own = self.sides[line];
        let lines = self.voucher_lines(line).into_iter();
        let is_other_side = |line: &LineIx| self.sides[*line] != own;
        let is_cash = |line: &LineIx| self.world.is_cash(self.at(*line, Field::Account));
        lines
            .filter(|line| is_other_side(line) && is_cash(line))
            .max_by_key(|line| (self.amount(*line), std::cmp::Reverse(*line)))
    }

    /// Whether no edit has used the payment's voucher.
    pub(super) fn is_free(&self, line: LineIx) -> bool {
        self.used.get(self.voucher_of[line] as usize) == Some(&false)
    }

    /// Marks a voucher as used, so that no further edit takes it.
    pub(super) fn reserve(&mut self, line: LineIx) {
        if let Some(used) = self.used.get_mut(self.voucher_of[line] as usize) {
            *used = true;
        }
    }

    /// Records which edit made or changed these lines.
    pub(super) fn mark(&mut self, lines: &[LineIx], edit: u32) {
        for line in lines {
            self.reserve(*line);
            self.marks[*line] = edit;
        }
    }

    /// Whether any line of the book has a value in this column.
    pub(super) fn is_recorded(&self, field: Field) -> bool {
        self.recorded.get(field as usize).copied().unwrap_or(false)
    }

    /// Changes a cell of one line; a column that the book does not record stays empty.
    pub(super) fn set(&mut self, line: LineIx, field: Field, value: Id) {
        if self.is_recorded(field) {
            if field == Field::Account {
                self.changed.insert(line);
            }
            field.of_mut(&mut self.lines).set(line, value);
        }
    }

    /// Changes a cell of a payment, and of the other lines of its voucher with the same value.
    pub(super) fn write(&mut self, line: LineIx, field: Field, value: Id) {
        let old = self.at(line, field);
        if old != Id::NONE {
            for other in self.voucher_lines(line) {
                if other != line && self.is_counter(other) && self.at(other, field) == old {
                    self.set(other, field, value);
                }
            }
        }
        self.set(line, field, value);
    }

    fn is_counter(&self, line: LineIx) -> bool {
        self.world.is_cash(self.at(line, Field::Account))
    }

    /// As [`Draft::write`], for a text.
    pub(super) fn write_text(&mut self, line: LineIx, field: Field, text: &str) {
        let id = self.names.add(text);
        self.write(line, field, id);
    }

    /// Changes the payee: its id, its name, and the account it is paid to.
    pub(super) fn pay_to(&mut self, line: LineIx, payee: Id, account: Id) {
        let row = self.payee_row(payee);
        let name = row.map_or(Id::NONE, |row| self.companions.payees.name.at(row));
        if self.is_recorded(Field::Payee) {
            self.write(line, Field::Payee, payee);
            if self.at(line, Field::PayeeName) != Id::NONE || self.world.names_payees {
                self.write(line, Field::PayeeName, name);
            }
        } else {
            self.write(line, Field::PayeeName, payee);
        }
        // A line paid in cash has no account.
        if self.at(line, Field::PayeeAccount) != Id::NONE && account != Id::NONE {
            self.write(line, Field::PayeeAccount, account);
        }
    }

    /// The account that was opened for a payee during planting.
    pub(super) fn opened_account(&self, payee: Id) -> Option<Id> {
        self.accounts.get(&payee).copied()
    }

    /// Records the account of a new payee.
    pub(super) fn open_account(&mut self, payee: Id, account: Id) {
        self.accounts.insert(payee, account);
    }

    /// Adds a row to the register of payees: a copy of `template` with this id, name and telephone number.
    pub(super) fn add_payee(&mut self, template: usize, (id, name, phone): (Id, Id, Id)) -> usize {
        let table = &mut self.companions.payees;
        let row = table.rows;
        table.push_copy(template);
        table.payee.set(row, id);
        table.name.set(row, name);
        table.person.set(row, Id::NONE);
        table.owner.set(row, Id::NONE);
        table.phone.set(row, phone);
        self.new_payees.insert(id, row);
        row
    }

    /// The row of a payee in the register, including new payees.
    pub(super) fn payee_row(&self, payee: Id) -> Option<usize> {
        self.new_payees.get(&payee).copied().or_else(|| self.companions.payee(payee))
    }

    /// Pays a payment from cash on hand.
    pub(super) fn pay_in_cash(&mut self, line: LineIx) {
        let word = self.names.add("cash");
        if self.at(line, Field::Method) != Id::NONE {
            self.write(line, Field::Method, word);
        }
        self.set(line, Field::PayeeAccount, Id::NONE);
        let counter = self.counter(line);
        if let Some(counter) = counter
            && let Some(cash) = self.world.cash_on_hand(self.chart(counter))
        {
            self.set(counter, Field::Account, cash);
            self.set(counter, Field::Method, word);
        }
    }

    /// Changes an amount, and the cash or bank line by the same difference so that the voucher balances.
    pub(super) fn set_amount(&mut self, line: LineIx, amount: Fen) {
        let change = amount.0 - self.amount(line).0;
        if let Some(counter) = self.counter(line) {
            let paid = self.amount(counter).0 + change;
            self.lines.amount.set(counter, Fen(paid));
            self.changed.insert(counter);
        }
        self.changed.insert(line);
        self.lines.amount.set(line, amount);
    }

    /// Sets the day of approval on all lines of the voucher that have one.
    pub(super) fn set_approved(&mut self, line: LineIx, day: Day) {
        for other in self.voucher_lines(line) {
            if other == line || self.lines.approved.at(other) != Day::NONE {
                self.lines.approved.set(other, day);
            }
        }
    }

    /// Sets the stamp on all lines of the voucher that record one.
    pub(super) fn set_stamp(&mut self, line: LineIx, stamp: Flag) {
        for other in self.voucher_lines(line) {
            if self.lines.committee_stamp.at(other) != Flag::Unknown {
                self.lines.committee_stamp.set(other, stamp);
            }
        }
    }

    /// Sets the entry time on all lines of the voucher.
    pub(super) fn set_entered(&mut self, line: LineIx, moment: Moment) {
        for other in self.voucher_lines(line) {
            if self.lines.entered.at(other) != Moment::NONE {
                self.lines.entered.set(other, moment);
            }
        }
    }

    pub(super) fn set_document_day(&mut self, line: LineIx, day: Day) {
        if self.lines.document_date.at(line) != Day::NONE {
            self.lines.document_date.set(line, day);
        }
    }

    fn copy_line(&mut self, from: LineIx, voucher: u32) -> LineIx {
        let line = LineIx::from(self.lines.rows);
        self.lines.push_copy(from.into());
        self.sides.raw.push(self.sides[from]);
        self.charts.raw.push(self.charts[from]);
        self.voucher_of.raw.push(voucher);
        self.marks.raw.push(UNTOUCHED);
        line
    }

    /// Adds a voucher with a copy of a line, in the series of the voucher of `beside`. Returns the new line and its
    /// cash or bank line.
    pub(super) fn add_voucher(
        &mut self,
        template: LineIx,
        beside: LineIx,
    ) -> (LineIx, Option<LineIx>) {
        let voucher = row32(self.used.len() + self.fresh.len());
        let counter = self.counter(template);
        let line = self.copy_line(template, voucher);
        let counter = counter.map(|counter| self.copy_line(counter, voucher));
        self.fresh.push(Fresh { lines: iter::once(line).chain(counter).collect(), beside });
        (line, counter)
    }

    /// Replaces an account with its equivalent in the chart that `beside` uses.
    pub(super) fn move_chart(&mut self, line: LineIx, beside: LineIx) {
        let (from, to) = (self.chart(line), self.chart(beside));
        if from == to {
            return;
        }
        let account = self.world.account_in(from, self.at(line, Field::Account), to);
        if let Some(account) = account {
            self.set(line, Field::Account, account);
            self.set(line, Field::Chart, self.at(beside, Field::Chart));
            self.charts[line] = to;
        }
    }

    /// Adds a line to the voucher of a list, after `template`; the cash or bank line increases by the amount.
    pub(super) fn lengthen(&mut self, template: LineIx, amount: Fen) -> LineIx {
        let voucher = self.voucher_of[template];
        let line = self.copy_line(template, voucher);
        let place = self.lines.line.at(template).0;
        for other in self.voucher_lines(template) {
            let number = self.lines.line.at(other).0;
            if other != line && number > place {
                self.lines.line.set(other, Int(number + 1));
            }
        }
        self.lines.line.set(line, Int(place + 1));
        if let Some(fresh) = self.fresh.get_mut((voucher as usize).wrapping_sub(self.used.len())) {
            fresh.lines.push(line);
        } else {
            self.extra.entry(voucher).or_default().push(line);
        }
        self.lines.amount.set(line, Fen(0));
        self.set_amount(line, amount);
        line
    }

    /// Builds the book with all edits.
    pub(super) fn finish(mut self, seed: u64) -> Finished {
        self.ripple(seed);
        self.renumber();
        let months: IxVec<LineIx, i32> = months(&self.lines).into();
        let ranks = |at: LineIx| {
            let month = months[at];
            let voucher = self.names.rank_of(self.lines.voucher.at(at));
            (self.lines.village.at(at), month, voucher, self.lines.line.at(at), at)
        };
        let mut keys: Vec<_> = self.sides.keys().map(ranks).collect();
        // The lines are almost sorted, which makes a stable sort fast.
        keys.sort();
        let order: IxVec<LineIx, LineIx> = keys.into_iter().map(|(.., line)| line).collect();
        let rows: Vec<u32> = order.iter().map(|line| u32::from(*line)).collect();
        let vouchers = starts(&self.lines, &months.raw, &rows);
        let part = Part {
            county: self.book.county.clone(),
            sides: order.iter().map(|line| self.sides[*line]).collect(),
            charts: order.iter().map(|line| self.charts[*line]).collect(),
            lines: self.lines.gather(&rows),
            vouchers,
        };
        self.companions.reindex();
        let indexes = Indexes {
            companions: Arc::new(self.companions),
            limits: self.book.limits.clone(),
            kin: self.book.kin.clone(),
            terms: self.book.terms.clone(),
            calendar: self.book.calendar.clone(),
        };
        let planted = book(part, Arc::new(self.names), &indexes, &self.book.settings);
        let marks = planted.payments.line.iter().map(|line| self.marks[order[*line]]).collect();
        Finished { book: planted, marks }
    }

    /// Updates the bank journal and the notices with the changed and added lines.
    fn ripple(&mut self, seed: u64) {
        let known = LineIx::from(self.book.lines.rows);
        let lines = self.changed.iter().copied().filter(|line| *line < known);
        let added = LineIx::within(&(known..LineIx::from(self.lines.rows)));
        let mut changes = Vec::new();
        for line in lines.chain(added) {
            let side = if self.sides[line] == Side::Debit { 1 } else { -1 };
            let change = |account: Id, before: Fen, after: Fen| Change {
                village: self.lines.village.at(line),
                day: self.day(line),
                account,
                before,
                after,
                is_bank: self.world.kind_of(self.chart(line), account).is_bank,
                payee_account: self.payee_account_of(line),
            };
            let own = |amount: Fen| Fen(amount.0 * side);
            let account = self.at(line, Field::Account);
            let before = if line < known { self.book.lines.account.at(line) } else { account };
            let booked = if line < known { own(self.book.lines.amount.at(line)) } else { Fen(0) };
            let now = own(self.amount(line));
            if before == account {
                changes.push(change(account, booked, now));
            } else {
                changes.push(change(before, booked, Fen(0)));
                changes.push(change(account, Fen(0), now));
            }
        }
        let booked = |village: Id| {
            let lines = match self.book.villages.place(&village) {
                Some(village) => self.book.lines_of(&self.book.vouchers_of(village)),
                None => known..known,
            };
            let is_bank = |line: &LineIx| {
                let account = self.book.lines.account.at(*line);
                let kind = self.world.kind_of(self.book.charts[*line], account);
                kind.is_bank && !self.changed.contains(line)
            };
            let signed = |line: LineIx| {
                let side = if self.sides[line] == Side::Debit { 1 } else { -1 };
                (self.book.lines.date.at(line), Fen(self.book.lines.amount.at(line).0 * side))
            };
            LineIx::within(&lines).filter(is_bank).map(signed).collect()
        };
        ripples::tell(&mut self.companions, &self.names, &changes, booked, seed);
    }

    /// The payee's account in a line's voucher, if the voucher holds one payment.
    fn payee_account_of(&self, line: LineIx) -> Id {
        let lines = self.voucher_lines(line);
        let mut accounts = lines.iter().map(|other| self.at(*other, Field::PayeeAccount));
        if lines.len() == 2 {
            accounts.find(|id| *id != Id::NONE).unwrap_or(Id::NONE)
        } else {
            Id::NONE
        }
    }

    /// Renumbers the vouchers of every village that has new ones.
    fn renumber(&mut self) {
        let mut by_village: BTreeMap<Id, Vec<usize>> = BTreeMap::new();
        for (place, fresh) in self.fresh.iter().enumerate() {
            let Some(line) = fresh.lines.first() else { continue };
            by_village.entry(self.lines.village.at(*line)).or_default().push(place);
        }
        for (village, places) in by_village {
            let mut series = Series::default();
            let subject = self.book.villages.place(&village);
            let mut last = (Day::NONE, 0);
            for voucher in subject.into_iter().flat_map(|village| self.book.vouchers_of(village)) {
                let first = self.book.voucher(voucher).start;
                let id = self.book.lines.voucher.at(first);
                let day = self.book.lines.date.at(first);
                if day != last.0 {
                    last = (day, day.month());
                }
                series.keep(row32(voucher), self.names.get(id), id, last);
            }
            for place in places {
                let Some(fresh) = self.fresh.get(place) else { continue };
                let Some(line) = fresh.lines.first() else { continue };
                let beside = self.names.get(self.book.lines.voucher.at(fresh.beside));
                series.add(row32(self.used.len() + place), beside, self.day(*line));
            }
            let numbered = series.issue();
            self.rename(&numbered);
        }
    }

    fn rename(&mut self, numbered: &[numbers::Numbered]) {
        for numbers::Numbered { voucher, number } in numbered {
            let id = match number {
                numbers::Number::Known(id) => *id,
                numbers::Number::New(text) => self.names.add(text),
            };
            for line in self.lines_of(*voucher) {
                self.lines.voucher.set(line, id);
            }
        }
    }
}
