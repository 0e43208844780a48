//! Claims that are paid twice.

use super::card::KindCard;
use crate::indicators::card::Scheme;
use crate::ledger::book::index::LineIx;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::planting::booking::Claim;
use crate::planting::dice::scaled;
use crate::planting::draft::{Draft, Field};
use crate::planting::numbers::split;
use crate::planting::site::{Site, has_papers, is_advance};

pub(super) const SAME_PAYEE: KindCard = KindCard {
    name: "claimed_twice",
    title: "voucher claimed again",
    title_zh: "重复报销",
    scheme: Scheme::Duplicate,
    is_act: true,
    edits: "a paid voucher is paid again to its payee 1 to 300 days later; text, number and amount stay or change a little",
    needs: &["ledger.payee"],
    plant: same_payee,
};

pub(super) const OTHER_PAYEE: KindCard = KindCard {
    name: "claimed_by_another",
    title: "voucher claimed by another payee",
    title_zh: "他人重复报销同一票据",
    scheme: Scheme::Duplicate,
    is_act: true,
    edits: "as above, paid to an officer or to another supplier",
    needs: &["ledger.payee"],
    plant: other_payee,
};

pub(super) const OTHER_VILLAGE: KindCard = KindCard {
    name: "claimed_in_another_village",
    title: "voucher claimed in another village",
    title_zh: "跨村重复报销",
    scheme: Scheme::Duplicate,
    is_act: true,
    edits: "as above, paid by another village",
    needs: &["ledger.payee"],
    plant: other_village,
};

pub(super) const TWICE_ON_LIST: KindCard = KindCard {
    name: "twice_on_a_list",
    title: "paid twice on one list",
    title_zh: "名册重复领取",
    scheme: Scheme::Duplicate,
    is_act: true,
    edits: "somebody stands twice on a list or on two lists of one month, under the same or a new id",
    needs: &["ledger.payee"],
    plant: twice_on_list,
};

/// A payment that can be claimed again: it has a document and is no advance.
fn claimed(site: &mut Site<'_, '_>) -> Option<LineIx> {
    site.purchase(has_papers).or_else(|| {
        site.single(|draft, line| {
            draft.amount(line) > Fen(0) && draft.payee(line) != Id::NONE && !is_advance(draft, line)
        })
    })
}

/// The amount of the second claim: usually the same, otherwise slightly different.
fn amount_again(site: &mut Site<'_, '_>, template: LineIx) -> Fen {
    let amount = site.draft.amount(template);
    if site.careless() || site.dice.happens(0.3) {
        return amount;
    }
    let factor = site.dice.real(0.93, 1.06);
    let other = scaled(amount, factor);
    if site.dice.happens(0.3) { Fen(amount.0 - amount.0 % 10_000).max(Fen(100)) } else { other }
}

/// Decides which document fields of the first claim the second one keeps.
fn papers_again(site: &mut Site<'_, '_>, template: LineIx, line: LineIx) {
    let number = site.draft.at(template, Field::DocumentNo);
    // Two careful draws: neither the same number nor a similar one.
    let care = u8::from(site.careful()) + u8::from(site.careful());
    match care {
        _ if number == Id::NONE => {}
        0 => {
            site.draft.write(line, Field::DocumentNo, number);
            site.draft.set_document_day(line, site.draft.lines.document_date.at(template));
        }
        1 => {
            let mistyped = mistyped(site, number);
            site.draft.write_text(line, Field::DocumentNo, &mistyped);
        }
        _ if site.dice.happens(0.2) => site.strip_papers(line),
        _ => {}
    }
    if site.careful() {
        site.reword(line);
    }
    if site.dice.happens(0.5) {
        let decision = site.draft.at(template, Field::Decision);
        site.draft.write(line, Field::Decision, decision);
    }
}

/// A number with one digit changed.
fn mistyped(site: &mut Site<'_, '_>, number: Id) -> String {
    let (before, value, width) = split(site.draft.names.get(number));
    let before = before.to_owned();
    let places = u32::try_from(width.saturating_sub(1)).unwrap_or(0);
    let place = u32::try_from(site.dice.below(places as usize)).unwrap_or(0);
    let value = value + 10_i64.saturating_pow(place) * i64::from(site.dice.between(1, 3));
    format!("{before}{value:0width$}")
}

fn same_payee(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let count = if site.dice.happens(0.6) { 1 } else { site.dice.count(2, 5) };
    let mut lines = Vec::new();
    for _ in 0..count {
        let Some(template) = claimed(site) else { break };
        let amount = amount_again(site, template);
        let day = site.day_after(site.draft.day(template), 1, 300);
        let line = site.pay(template, day, amount);
        papers_again(site, template, line);
        lines.push(line);
    }
    (!lines.is_empty()).then_some(lines)
}

fn other_payee(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let template = claimed(site)?;
    let officer = site.officer_of(template).filter(|_| site.dice.happens(0.5));
    let payee = site.draft.payee(template);
    let own = officer.and_then(|officer| site.draft.world.payee_of(officer));
    let other = if let Some(own) = own {
        own
    } else {
        let other = site.purchase(|draft, line| draft.payee(line) != payee)?;
        site.draft.payee(other)
    };
    let amount = amount_again(site, template);
    let day = site.day_after(site.draft.day(template), 1, 300);
    let line = site.pay(template, day, amount);
    papers_again(site, template, line);
    site.pay_to(line, other);
    Some(vec![line])
}

fn other_village(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    if site.places.len() < 2 {
        return None;
    }
    let template = claimed(site)?;
    let start = site.dice.below(site.places.len());
    let mut others = site.places.iter().cycle().skip(start).take(site.places.len());
    // Prefer villages of the same township: their codes have the same first nine digits.
    let township = |draft: &Draft<'_>, code: Id| draft.names.get(code).get(..9).map(str::to_owned);
    let own = township(site.draft, site.place.code);
    let is_near = site.dice.happens(0.7);
    let other = others.find(|other| {
        other.code != site.place.code
            && other.len() > 20
            && (!is_near || township(site.draft, other.code) == own)
    })?;
    let amount = amount_again(site, template);
    let days = site.dice.days(0, 200);
    let day = Day(site.draft.day(template).0 + days);
    let day = other.booking_day(site.draft.book, day, site.dice);
    site.draft.reserve(template);
    let line = site.draft.pay(other, Claim { template, day, amount }, site.dice);
    papers_again(site, template, line);
    Some(vec![line])
}

fn twice_on_list(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let list = site.list(200, |draft, line| draft.payee(line) != Id::NONE)?;
    let later = site.later_lists(*list.first()?);
    let kept = site.dice.count(0, 8);
    let one = site.dice.pick(&list)?;
    let payee = site.draft.payee(one);
    let is_renamed = site.careful() && site.draft.payee_row(payee).is_some();
    let own = if is_renamed { second_self(site, payee) } else { Some(payee) }?;
    let mut lines = Vec::new();
    for list in std::iter::once(list).chain(later).take(kept + 1) {
        let Some(template) = list.iter().find(|line| site.draft.payee(**line) == payee) else {
            continue;
        };
        // If careful, do not add the second line next to the first.
        let beside = if site.careful() { site.dice.pick(&list)? } else { *template };
        let line = site.draft.lengthen(beside, site.draft.amount(*template));
        let account = site.draft.account_of(payee, site.dice);
        site.draft.pay_to(line, own, account);
        lines.push(line);
    }
    (!lines.is_empty()).then_some(lines)
}

/// A second row for the same person in the register of payees.
fn second_self(site: &mut Site<'_, '_>, payee: Id) -> Option<Id> {
    let row = site.draft.payee_row(payee)?;
    let name = site.draft.companions.payees.name.at(row);
    let person = site.draft.companions.payees.person.at(row);
    let (other, other_row) = site.draft.register(row, name, site.dice);
    if site.dice.happens(0.5) {
        site.draft.companions.payees.person.set(other_row, person);
    }
    Some(other)
}
