//! The village in which an edit is planted, with the searches and changes that kinds need.

use std::cmp::Reverse;

use super::booking::Claim;
use super::coin;
use super::dice::{Dice, after, ended};
use super::draft::{Draft, Field};
use super::place::Place;
use super::world::paid_in;
use crate::ledger::book::chart::Class;
use crate::ledger::book::index::{LineIx, PaymentIx};
use crate::ledger::contract::cell::{Cell, Day, Fen, Flag, Id, Int, Moment};

/// The most payments examined in one search.
const MOST_LOOKS: usize = 600;

/// Kinds of document in the data contract.
const NO_DOCUMENT: &str = "none";
const SELF_MADE: &str = "self_made";

/// Words that can begin a Chinese summary without changing its meaning.
const OPENINGS: [&str; 4] = ["支付", "报销", "付", "购"];

/// A village in which an edit is planted.
#[derive(Debug)]
pub(super) struct Site<'d, 'b> {
    pub(super) draft: &'d mut Draft<'b>,
    pub(super) place: &'d Place,
    pub(super) places: &'d [Place],
    pub(super) dice: &'d mut Dice,
    /// How careful the offender is, from 0 to 1.
    pub(super) care: f64,
    /// Number of candidates from which the largest payment is chosen: offenders prefer large payments.
    pub(super) looks: usize,
}

impl Site<'_, '_> {
    /// Whether the offender acts carefully this time.
    pub(super) fn careful(&mut self) -> bool {
        self.dice.happens(self.care)
    }

    /// Whether the offender acts carelessly this time.
    pub(super) fn careless(&mut self) -> bool {
        !self.careful()
    }

    /// The largest of several free payments that are alone in their voucher and satisfy the condition.
    pub(super) fn single(
        &mut self,
        is_asked: impl Fn(&Draft<'_>, LineIx) -> bool,
    ) -> Option<LineIx> {
        let found = (0..self.looks).filter_map(|_| self.any_single(&is_asked));
        let found: Vec<LineIx> = found.collect();
        found.into_iter().max_by_key(|line| (self.draft.amount(*line), Reverse(*line)))
    }

    fn any_single(&mut self, is_asked: impl Fn(&Draft<'_>, LineIx) -> bool) -> Option<LineIx> {
        let all = &self.place.singles;
        let start = self.dice.below(all.len());
        let turned = all.iter().cycle().skip(start).take(all.len().min(MOST_LOOKS));
        turned
            .map(|payment| self.draft.line(*payment))
            .find(|line| self.draft.is_free(*line) && is_asked(self.draft, *line))
    }

    /// As [`Site::single`], among purchases: see [`is_purchase`].
    pub(super) fn purchase(
        &mut self,
        is_asked: impl Fn(&Draft<'_>, LineIx) -> bool,
    ) -> Option<LineIx> {
        self.single(|draft, line| is_purchase(draft, line) && is_asked(draft, line))
    }

    /// The lines of a free list of at most `most` lines whose first line satisfies the condition.
    pub(super) fn list(
        &mut self,
        most: usize,
        is_asked: impl Fn(&Draft<'_>, LineIx) -> bool,
    ) -> Option<Vec<LineIx>> {
        let all = &self.place.lists;
        let start = self.dice.below(all.len());
        let mut turned = all.iter().cycle().skip(start).take(all.len());
        let found = turned.find(|list| {
            list.len() <= most
                && list
                    .first()
                    .map(|payment| self.draft.line(*payment))
                    .is_some_and(|line| self.draft.is_free(line) && is_asked(self.draft, line))
        })?;
        Some(found.iter().map(|payment| self.draft.line(*payment)).collect())
    }

    /// The later free lists of the same kind, in order of time.
    pub(super) fn later_lists(&self, like: LineIx) -> Vec<Vec<LineIx>> {
        let draft = &self.draft;
        let (scheme, account) = (draft.at(like, Field::Scheme), draft.at(like, Field::Account));
        let text = kernel(draft.text(like, Field::Summary));
        let day = draft.day(like);
        let is_like = |line: LineIx| {
            if draft.day(line) <= day {
                return false;
            }
            let same = if scheme == Id::NONE {
                draft.at(line, Field::Account) == account
                    && kernel(draft.text(line, Field::Summary)) == text
            } else {
                draft.at(line, Field::Scheme) == scheme
            };
            same && draft.is_free(line)
        };
        let lists = self.place.lists.iter();
        let lists = lists.filter(|list| list.first().is_some_and(|it| is_like(draft.line(*it))));
        let lines = |list: &Vec<PaymentIx>| list.iter().map(|it| draft.line(*it)).collect();
        let mut later: Vec<Vec<LineIx>> = lists.map(lines).collect();
        later.sort_by_key(|list| list.first().map(|line| (draft.day(*line), *line)));
        later
    }

    /// Free purchases from one payee in the village, in order of time.
    pub(super) fn purchases_from(&self, payee: Id) -> Vec<LineIx> {
        let payments = paid_in(self.draft.book, payee, self.place.village);
        let is_single = |payment: &PaymentIx| self.place.singles.binary_search(payment).is_ok();
        let lines = payments.iter().filter(|it| is_single(it)).map(|it| self.draft.line(*it));
        lines.filter(|line| self.draft.is_free(*line) && is_purchase(self.draft, *line)).collect()
    }

    /// `least` to `most` consecutive purchases from one payee.
    pub(super) fn run_of_purchases(&mut self, least: usize, most: usize) -> Option<Vec<LineIx>> {
        self.run_of_purchases_where(least, most, |_, _| true)
    }

    /// As [`Site::run_of_purchases`], with at least one purchase that satisfies the condition.
    pub(super) fn run_of_purchases_where(
        &mut self,
        least: usize,
        most: usize,
        is_asked: impl Fn(&Draft<'_>, LineIx) -> bool,
    ) -> Option<Vec<LineIx>> {
        for _ in 0..8 {
            let one = self.purchase(&is_asked)?;
            let all = self.purchases_from(self.draft.payee(one));
            if all.len() < least {
                continue;
            }
            let count = self.dice.count(least, most.min(all.len()));
            let start = self.dice.below(all.len() - count + 1);
            return all.get(start..start + count).map(<[_]>::to_vec);
        }
        None
    }

    /// A day on which the village pays, `low` to `high` days after another.
    ///
    /// Near the end of the books the distance is reduced, so that days do not accumulate on the last one.
    pub(super) fn day_after(&mut self, day: Day, low: i32, high: i32) -> Day {
        let (_, last) = self.place.span(self.draft.book);
        let most = high.min(last.0.saturating_sub(day.0)).max(0);
        let days = self.dice.days(low.min(most), most);
        self.place.booking_day(self.draft.book, after(day, days), self.dice)
    }

    /// A day on which the village pays, `low` to `high` days before or after another.
    pub(super) fn day_about(&mut self, day: Day, low: i32, high: i32) -> Day {
        let (first, _) = self.place.span(self.draft.book);
        let days = self.dice.days(low, high);
        if self.dice.happens(0.5) && day.0 - days >= first.0 {
            return self.place.booking_day(self.draft.book, after(day, -days), self.dice);
        }
        self.day_after(day, low, high)
    }

    /// A random day on which the village pays.
    pub(super) fn any_day(&mut self) -> Day {
        let (first, last) = self.place.span(self.draft.book);
        let day = Day(self.dice.between(first.0, last.0));
        self.place.booking_day(self.draft.book, day, self.dice)
    }

    /// Books a payment in the village.
    pub(super) fn pay(&mut self, template: LineIx, day: Day, amount: Fen) -> LineIx {
        self.draft.reserve(template);
        self.draft.pay(self.place, Claim { template, day, amount }, self.dice)
    }

    /// Pays a line to a payee, on the payee's account.
    pub(super) fn pay_to(&mut self, line: LineIx, payee: Id) {
        let account = self.draft.account_of(payee, self.dice);
        self.draft.pay_to(line, payee, account);
    }

    /// Copies the signatures of payments of this size near the day, without a decision.
    pub(super) fn sign_anew(&mut self, line: LineIx) {
        self.draft.sign_as_near(self.place, line, self.dice);
        self.draft.write(line, Field::Decision, Id::NONE);
    }

    /// The limits of a class on a day, ascending.
    pub(super) fn steps(&self, class: Class, day: Day) -> Vec<Fen> {
        let village = self.draft.names.get(self.place.code);
        self.draft.book.limits.steps(village, class, day).to_vec()
    }

    /// Holders of posts in the village on a day; signers near the day if no posts are recorded.
    pub(super) fn officers(&self, day: Day) -> Vec<Id> {
        let terms = self.draft.book.terms.of_village(self.place.code);
        let mut officers: Vec<Id> =
            terms.iter().filter(|term| term.holds(day)).map(|term| term.person).collect();
        if officers.is_empty() {
            for field in [Field::Approver, Field::Handler, Field::Cosigner] {
                officers.extend(self.place.signers(self.draft, field, day));
            }
        }
        officers.sort_unstable();
        officers.dedup();
        officers
    }

    /// An officer of the village, preferably one who signed the payment.
    pub(super) fn officer_of(&mut self, line: LineIx) -> Option<Id> {
        let signers = [Field::Approver, Field::Handler].map(|field| self.draft.at(line, field));
        let signers: Vec<Id> = signers.into_iter().filter(|id| *id != Id::NONE).collect();
        if !signers.is_empty() && self.dice.happens(0.65) {
            return self.dice.pick(&signers);
        }
        let officers = self.officers(self.draft.day(line));
        self.dice.pick(&officers)
    }

    /// The relatives of a person up to a degree.
    pub(super) fn kin_of(&self, person: Id, degree: u8) -> Vec<Id> {
        let all = self.draft.book.kin.of_person(person);
        all.filter(|(_, own)| *own <= degree).map(|(relative, _)| relative).collect()
    }

    /// A relative of an officer connected with a line, and the officer.
    pub(super) fn officer_and_kin(&mut self, line: LineIx, degree: u8) -> Option<(Id, Id)> {
        for _ in 0..6 {
            let officer = self.officer_of(line)?;
            let kin = self.kin_of(officer, degree);
            let kin: Vec<Id> = kin.into_iter().filter(|it| self.is_alive(*it, line)).collect();
            if let Some(relative) = self.dice.pick(&kin) {
                return Some((officer, relative));
            }
        }
        None
    }

    /// Whether a person is not known to be dead or a child on the day of a line.
    pub(super) fn is_alive(&self, person: Id, line: LineIx) -> bool {
        let Some(row) = self.draft.companions.person(person) else { return true };
        let people = &self.draft.companions.people;
        let day = self.draft.day(line);
        let age = people.birth_year.at(row).some().map_or(40, |birth| day.year() - birth.0);
        age >= 18 && people.death_date.at(row).some().is_none_or(|death| death > day)
    }

    /// A frequent signer near a line's day in this column, other than the persons in `but`.
    pub(super) fn other_signer(&mut self, line: LineIx, field: Field, but: &[Id]) -> Option<Id> {
        let day = self.draft.day(line);
        let mut signers = self.place.signers(self.draft, field, day);
        signers.retain(|signer| !but.contains(signer));
        // The first few signers are the frequent ones.
        signers.truncate(6);
        self.dice.pick(&signers)
    }

    /// The payee entry of a person; a new one if the register has none.
    pub(super) fn payee_of(&mut self, person: Id) -> Option<Id> {
        if let Some(payee) = self.draft.world.payee_of(person) {
            return Some(payee);
        }
        let like = self.dice.pick(&self.draft.world.persons)? as usize;
        let row = self.draft.companions.person(person)?;
        let name = self.draft.companions.people.name.at(row);
        let (payee, row) = self.draft.register(like, name, self.dice);
        self.draft.companions.payees.person.set(row, person);
        Some(payee)
    }

    /// A new firm first seen on a day, with the trade of the payee `like` if that is a firm.
    pub(super) fn new_firm(&mut self, owner: Option<Id>, seen: Day, like: Id) -> Option<Id> {
        let firms = &self.draft.world.firms;
        let (any, other) = (self.dice.pick(firms)? as usize, self.dice.pick(firms)? as usize);
        let row = self.draft.companions.payee(like);
        let is_firm =
            |row: &usize| u32::try_from(*row).is_ok_and(|row| firms.binary_search(&row).is_ok());
        let like = row.filter(is_firm).unwrap_or(any);
        let names = &self.draft.companions.payees.name;
        let (first, second) = (names.at(other), names.at(like));
        let name = coin::name(self.draft, first, second, true);
        let (firm, row) = self.draft.register(like, name, self.dice);
        let table = &mut self.draft.companions.payees;
        table.owner.set(row, owner.unwrap_or(Id::NONE));
        table.first_seen.set(row, seen);
        Some(firm)
    }

    /// A person to register as owner of a new firm; `None` in about a third of cases.
    pub(super) fn some_owner(&mut self) -> Option<Id> {
        let rows = self.draft.companions.people.rows;
        let row = self.dice.below(rows);
        let owner = self.draft.companions.people.person.at(row).some();
        owner.filter(|_| self.dice.happens(0.65))
    }

    /// A new person in the register of payees who is not in the register of persons.
    pub(super) fn new_person(&mut self, seen: Day) -> Option<Id> {
        let persons = &self.draft.world.persons;
        let (like, other) = (self.dice.pick(persons)? as usize, self.dice.pick(persons)? as usize);
        let names = &self.draft.companions.payees.name;
        let (first, second) = (names.at(other), names.at(like));
        let name = coin::name(self.draft, first, second, false);
        let (payee, row) = self.draft.register(like, name, self.dice);
        self.draft.companions.payees.first_seen.set(row, seen);
        Some(payee)
    }

    /// Clears a payee's telephone and address.
    pub(super) fn forget_where(&mut self, payee: Id) {
        if let Some(row) = self.draft.payee_row(payee) {
            self.draft.companions.payees.phone.set(row, Id::NONE);
            self.draft.companions.payees.address.set(row, Id::NONE);
        }
    }

    /// Removes the document, or replaces it with a self-made one.
    pub(super) fn strip_papers(&mut self, line: LineIx) {
        let word = if self.dice.happens(0.5) { NO_DOCUMENT } else { SELF_MADE };
        if self.draft.at(line, Field::Document) != Id::NONE {
            self.draft.write_text(line, Field::Document, word);
        }
        self.draft.write(line, Field::DocumentNo, Id::NONE);
        let attachments = self.draft.lines.attachments.at(line);
        if attachments != Int::NONE {
            let left = i32::from(word == SELF_MADE && self.dice.happens(0.6));
            self.draft.lines.attachments.set(line, Int(left));
        }
    }

    /// Rewords a summary: with another text of the same payee, or with another opening word.
    pub(super) fn reword(&mut self, line: LineIx) {
        let payee = self.draft.payee(line);
        let old = self.draft.at(line, Field::Summary);
        let account = self.draft.at(line, Field::Account);
        let others = paid_in(self.draft.book, payee, self.place.village);
        let texts: Vec<Id> = others
            .iter()
            .map(|payment| self.draft.line(*payment))
            .filter(|other| self.draft.at(*other, Field::Account) == account)
            .map(|other| self.draft.at(other, Field::Summary))
            .filter(|text| *text != old && *text != Id::NONE)
            .collect();
        if let Some(text) = self.dice.pick(&texts).filter(|_| self.dice.happens(0.5)) {
            return self.draft.write(line, Field::Summary, text);
        }
        // New wordings are also rare in honest books.
        if !self.draft.world.is_chinese || self.dice.happens(0.6) {
            return;
        }
        let core = kernel(self.draft.names.get(old)).to_owned();
        let opening = self.dice.pick(&["", "支付", "报销", "付"]).unwrap_or_default();
        self.draft.write_text(line, Field::Summary, &format!("{opening}{core}"));
    }

    /// The text and account of another purchase in the village with a different account.
    pub(super) fn another_heading(&mut self, line: LineIx) -> Option<(Id, Id, Id)> {
        let account = self.draft.at(line, Field::Account);
        let (chart, payee) = (self.draft.chart(line), self.draft.payee(line));
        let other = self.purchase(|draft, other| {
            draft.at(other, Field::Account) != account
                && draft.chart(other) == chart
                && draft.payee(other) != payee
        })?;
        let cell = |field| self.draft.at(other, field);
        Some((cell(Field::Account), cell(Field::Summary), cell(Field::Chart)))
    }

    /// Divides a sum into parts below a cap; the more careful, the less equal.
    pub(super) fn parts(&mut self, total: Fen, cap: Fen, like: Fen) -> Vec<Fen> {
        let fill =
            if self.careful() { self.dice.real(0.45, 0.8) } else { self.dice.real(0.8, 0.99) };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small count"
        )]
        let least = (total.yuan() / (cap.yuan() * fill).max(0.01)).ceil() as usize;
        let count = least.clamp(2, 12);
        let spread =
            if self.careful() { self.dice.real(0.1, 0.5) } else { self.dice.real(0.0, 0.1) };
        let weights: Vec<f64> =
            (0..count).map(|_| 1.0 + spread * self.dice.real(-1.0, 1.0)).collect();
        let sum: f64 = weights.iter().sum();
        let like = if self.careful() { Fen(1) } else { like };
        let part = |weight: &f64| {
            let part = Fen::of_yuan(total.yuan() * weight / sum);
            let under = Fen::of_yuan(cap.yuan() * self.dice.real(0.9, 0.999));
            let part = ended(part.min(under), like);
            if part < cap { part } else { Fen(cap.0 - 100).max(Fen(100)) }
        };
        weights.iter().map(part).collect::<Vec<_>>()
    }

    /// Sets the entry time to a number of days after the line's day, at an hour.
    pub(super) fn key_late(&mut self, line: LineIx, days: i32, hour: i32) {
        let day = i64::from(self.draft.day(line).0) + i64::from(days);
        let second = i64::from(hour) * 3_600 + i64::from(self.dice.between(0, 3_599));
        self.draft.set_entered(line, Moment(day * 86_400 + second));
    }

    /// Removes a recorded stamp.
    pub(super) fn unstamp(&mut self, line: LineIx) {
        self.draft.set_stamp(line, Flag::No);
    }
}

/// A summary without its opening word.
pub(super) fn kernel(text: &str) -> &str {
    let open = OPENINGS.iter().find_map(|opening| text.strip_prefix(opening));
    open.filter(|rest| !rest.is_empty()).unwrap_or(text).trim_start_matches(|letter: char| {
        letter.is_ascii_digit() || letter == '月' || letter == '年'
    })
}

/// Whether a payment is a purchase: no wage, subsidy, advance or standard amount.
pub(super) fn is_purchase(draft: &Draft<'_>, line: LineIx) -> bool {
    !matches!(draft.class(line), Class::Wage | Class::Subsidy)
        && draft.amount(line) > Fen(0)
        && draft.payee(line) != Id::NONE
        && draft.lines.fixed_standard.at(line) != Flag::Yes
        && !is_advance(draft, line)
        && !draft.world.is_public(draft.payee(line))
}

/// The trade of a payee: the last two characters of its name.
pub(super) fn trade<'d>(draft: &'d Draft<'_>, payee: Id) -> &'d str {
    let row = draft.payee_row(payee);
    let name = row.map_or("", |row| draft.names.get(draft.companions.payees.name.at(row)));
    let start = name.char_indices().rev().nth(1).map_or(0, |(start, _)| start);
    name.get(start..).unwrap_or(name)
}

/// Whether a payment has a document; true if the county records none.
pub(super) fn has_papers(draft: &Draft<'_>, line: LineIx) -> bool {
    draft.at(line, Field::Document) != Id::NONE || !draft.is_recorded(Field::Document)
}

/// Whether a payment is an advance.
pub(super) fn is_advance(draft: &Draft<'_>, line: LineIx) -> bool {
    draft.world.kind_of(draft.chart(line), draft.at(line, Field::Account)).is_lent
}
