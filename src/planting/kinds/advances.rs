//! Advances to persons that are not settled.

use super::card::KindCard;
use crate::indicators::card::Scheme;
use crate::ledger::book::index::LineIx;
use crate::ledger::book::side::Side;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::planting::dice::scaled;
use crate::planting::draft::{Draft, Field};
use crate::planting::site::{Site, is_advance};

pub(super) const UNSETTLED: KindCard = KindCard {
    name: "advance_unsettled",
    title: "advance never settled",
    title_zh: "借款长期不清",
    scheme: Scheme::Advances,
    is_act: true,
    edits: "one to four advances, larger than usual, to an officer or a relative, with no day of settlement",
    needs: &["ledger.payee", "ledger.account"],
    plant: unsettled,
};

pub(super) const ROLLED: KindCard = KindCard {
    name: "advance_rolled",
    title: "advance settled for the year's end",
    title_zh: "年底还款、年初再借",
    scheme: Scheme::Advances,
    is_act: true,
    edits: "an advance is settled in the last days of a year and paid out again in the first of the next",
    needs: &["ledger.payee", "ledger.account"],
    plant: rolled,
};

fn advance(site: &mut Site<'_, '_>) -> Option<LineIx> {
    site.single(|draft, line| {
        is_advance(draft, line) && draft.amount(line) > Fen(0) && draft.payee(line) != Id::NONE
    })
}

/// Adds an advance to the table of advances, if its template is in the table.
pub(super) fn enter(draft: &mut Draft<'_>, template: LineIx, line: LineIx, settled: Day) {
    let person = draft.companions.person_of(draft.payee(template));
    let (village, day, amount) =
        (draft.at_village(template), draft.day(template), draft.amount(template));
    let table = &draft.companions.advances;
    let mut rows = 0..table.rows;
    let model = rows.find(|row| {
        table.village.at(*row) == village
            && table.person.at(*row) == person
            && table.date.at(*row) == day
            && table.amount.at(*row) == amount
    });
    let Some(model) = model else { return };
    let person = draft.companions.person_of(draft.payee(line));
    let (day, amount) = (draft.day(line), draft.amount(line));
    let table = &mut draft.companions.advances;
    let at = table.rows;
    table.push_copy(model);
    table.person.set(at, person);
    table.date.set(at, day);
    table.amount.set(at, amount);
    table.settled.set(at, settled);
}

/// The credit line that settled an advance.
pub(super) fn settlement(site: &Site<'_, '_>, line: LineIx) -> Option<LineIx> {
    let draft = &site.draft;
    let book = draft.book;
    let payee = draft.payee(line);
    let (account, day) = (draft.at(line, Field::Account), draft.day(line));
    let lines = book.lines_of(&book.vouchers_of(site.place.village));
    LineIx::within(&lines).find(|other| {
        book.sides[*other] == Side::Credit
            && draft.at(*other, Field::Account) == account
            && draft.payee(*other) == payee
            && draft.day(*other) >= day
            && draft.voucher_lines(*other).len() == 2
    })
}

/// Settles an advance on a day, with a voucher like another settlement.
pub(super) fn settle(site: &mut Site<'_, '_>, template: LineIx, line: LineIx, day: Day) {
    let Some(model) = settlement(site, template) else { return };
    let amount = site.draft.amount(line);
    let back = site.pay(model, day, amount);
    let payee = site.draft.payee(line);
    site.pay_to(back, payee);
}

fn unsettled(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let template = advance(site)?;
    let officer = site.officer_of(template)?;
    let kin = site.kin_of(officer, 1);
    let person = site.dice.pick(&kin).filter(|_| site.dice.happens(0.25)).unwrap_or(officer);
    let payee = site.draft.world.payee_of(person).unwrap_or(site.draft.payee(template));
    let count = if site.dice.happens(0.6) { 1 } else { site.dice.count(2, 4) };
    let mut day = site.any_day();
    let mut lines = Vec::new();
    for _ in 0..count {
        let factor = site.dice.factor(0.6, 6.0);
        let amount = scaled(site.draft.amount(template), factor);
        let line = site.pay(template, day, amount);
        site.pay_to(line, payee);
        enter(site.draft, template, line, Day::NONE);
        lines.push(line);
        day = site.day_after(day, 10, 200);
    }
    Some(lines)
}

fn rolled(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let template = advance(site)?;
    let (first, last) = site.place.span(site.draft.book);
    let year = site.dice.between(first.year(), last.year());
    let new_year = Day::of(jiff::civil::Date::new(i16::try_from(year + 1).ok()?, 1, 1).ok()?);
    let start = site.dice.between(20, 330);
    let mut day = site.place.booking_day(site.draft.book, Day(new_year.0 - start), site.dice);
    let factor = site.dice.factor(0.8, 6.0);
    let amount = scaled(site.draft.amount(template), factor);
    let officer = site.officer_of(template)?;
    let payee = site.draft.world.payee_of(officer).unwrap_or(site.draft.payee(template));
    let mut lines = Vec::new();
    for turn in 0..site.dice.between(2, 3) {
        let end = Day(new_year.0 + turn * 365);
        let line = site.pay(template, day, amount);
        site.pay_to(line, payee);
        lines.push(line);
        let back = Day(end.0 - site.dice.between(1, 12));
        if back >= last {
            enter(site.draft, template, line, Day::NONE);
            break;
        }
        enter(site.draft, template, line, back);
        let back = site.place.booking_day(site.draft.book, back, site.dice);
        settle(site, template, line, back);
        day = site.day_after(end, 1, 20);
    }
    Some(lines)
}
