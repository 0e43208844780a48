//! Payees that do not exist, are dormant or are paid to another's account.

use super::card::KindCard;
use crate::indicators::card::Scheme;
use crate::ledger::book::index::LineIx;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::planting::booking::Claim;
use crate::planting::dice::scaled;
use crate::planting::draft::{Draft, Field};
use crate::planting::site::{Site, has_papers, is_purchase};
use crate::planting::world::paid_in;

pub(super) const PERSON: KindCard = KindCard {
    name: "ghost_person",
    title: "person who does not exist",
    title_zh: "虚构人员领款",
    scheme: Scheme::Ghost,
    is_act: true,
    edits: "a new person, whom the register of persons does not know, is paid wages or fees 2 to 14 times",
    needs: &["ledger.payee", "payees.kind"],
    plant: person,
};

pub(super) const FIRM: KindCard = KindCard {
    name: "ghost_firm",
    title: "firm that does not exist",
    title_zh: "空壳商户",
    scheme: Scheme::Ghost,
    is_act: true,
    edits: "a new firm, mostly without telephone or address, sometimes with the account of an officer, a \
            relative or another payee, is paid 2 to 10 times under several headings",
    needs: &["ledger.payee", "payees.kind"],
    plant: firm,
};

pub(super) const REVIVED: KindCard = KindCard {
    name: "dormant_payee_revived",
    title: "dormant payee revived",
    title_zh: "沉睡收款人突现大额",
    scheme: Scheme::Ghost,
    is_act: true,
    edits: "a payee not paid for 250 days or more gets one to three large payments",
    needs: &["ledger.payee"],
    plant: revived,
};

pub(super) const SHARED_ACCOUNT: KindCard = KindCard {
    name: "shared_account",
    title: "paid to the account of another",
    title_zh: "多个收款人共用账号",
    scheme: Scheme::Ghost,
    is_act: true,
    edits: "one to twelve payments of a supplier or labourer go to the account of another payee or an officer",
    needs: &["ledger.payee", "ledger.payee_account"],
    plant: shared_account,
};

pub(super) const LEVY: KindCard = KindCard {
    name: "fee_across_villages",
    title: "one fee in many villages",
    title_zh: "多村摊派同一费用",
    scheme: Scheme::Collusion,
    is_act: true,
    edits: "a firm, new or known, is paid a like fee by two to nine villages within weeks",
    needs: &["ledger.payee", "payees.kind"],
    plant: levy,
};

/// Whether a payment is a wage or fee to a person.
fn is_labour(draft: &Draft<'_>, line: LineIx) -> bool {
    let row = draft.payee_row(draft.payee(line));
    let kind = row.map_or("", |row| draft.names.get(draft.companions.payees.kind.at(row)));
    kind == "person"
        && draft.amount(line) > Fen(0)
        && draft.at(line, Field::Scheme) == Id::NONE
        && !crate::planting::site::is_advance(draft, line)
}

fn person(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let on_lists = site.dice.happens(0.5);
    let first = if on_lists {
        site.list(60, is_labour).and_then(|list| list.first().copied())
    } else {
        site.single(is_labour)
    }?;
    let lead = site.dice.days(0, 400);
    let ghost = site.new_person(Day(site.draft.day(first).0 - lead))?;
    if site.careless() {
        site.forget_where(ghost);
    }
    if site.careful() {
        // Give the ghost the id of a random person in the register.
        let people = site.draft.companions.people.rows;
        let row = site.dice.below(people);
        let person = site.draft.companions.people.person.at(row);
        let own = site.draft.payee_row(ghost)?;
        site.draft.companions.payees.person.set(own, person);
    }
    let account = ghost_account(site, first, ghost);
    let count = site.dice.count(2, 14);
    let mut lines = Vec::new();
    if on_lists {
        let list = vec![first];
        let later = site.later_lists(first);
        for list in std::iter::once(list).chain(later).take(count) {
            let Some(template) = site.dice.pick(&list) else { continue };
            let amount = site.draft.amount(template);
            let line = site.draft.lengthen(template, amount);
            site.draft.pay_to(line, ghost, account);
            lines.push(line);
        }
    } else {
        let mut day = site.draft.day(first);
        for _ in 0..count {
            day = site.day_after(day, 3, 45);
            let factor = if site.careful() { site.dice.real(0.7, 1.4) } else { 1.0 };
            let amount = scaled(site.draft.amount(first), factor);
            let line = site.pay(first, day, amount);
            site.draft.pay_to(line, ghost, account);
            lines.push(line);
        }
    }
    Some(lines)
}

/// The account for a ghost: a new one, or that of a real person.
fn ghost_account(site: &mut Site<'_, '_>, line: LineIx, ghost: Id) -> Id {
    if site.careless()
        && let Some(officer) = site.officer_of(line)
    {
        let kin = site.kin_of(officer, 2);
        let person = site.dice.pick(&kin).filter(|_| site.dice.happens(0.5)).unwrap_or(officer);
        if let Some(payee) = site.draft.world.payee_of(person) {
            let account = site.draft.account_of(payee, site.dice);
            site.draft.open_account(ghost, account);
            return account;
        }
    }
    site.draft.account_of(ghost, site.dice)
}

fn firm(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let template = site.purchase(|_, _| true)?;
    let lead = site.dice.days(0, 300);
    let owner = site.some_owner();
    let supplier = if site.careful() { site.draft.payee(template) } else { Id::NONE };
    let ghost = site.new_firm(owner, Day(site.draft.day(template).0 - lead), supplier)?;
    if !site.dice.happens(site.care * 0.7) {
        site.forget_where(ghost);
    }
    let account = ghost_account(site, template, ghost);
    let count = site.dice.count(2, 10);
    let rate = site.dice.factor(0.8, 2.5);
    let mut day = site.draft.day(template);
    let mut lines = Vec::new();
    for _ in 0..count {
        // A shell company may sell anything, so payments may be like different purchases.
        let model = if site.dice.happens(0.6) { site.purchase(|_, _| true)? } else { template };
        day = site.day_after(day, 2, 60);
        let amount = scaled(site.draft.amount(model), rate);
        let line = site.pay(model, day, amount);
        site.draft.pay_to(line, ghost, account);
        site.draft.number_document(line, site.dice);
        if site.careless() && site.dice.happens(0.4) {
            site.strip_papers(line);
        }
        lines.push(line);
    }
    Some(lines)
}

fn revived(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let gap = 250;
    let book = site.draft.book;
    let village = site.place.village;
    let (_, last) = site.place.span(book);
    let template = site.purchase(|draft, line| {
        let payments = paid_in(draft.book, draft.payee(line), village);
        let latest = payments.last().map(|payment| draft.day(draft.line(*payment)));
        latest.is_some_and(|day| day.0 + gap < last.0) && draft.day(line) == latest.unwrap_or(last)
    })?;
    let mut day =
        site.day_after(site.draft.day(template), gap, last.0 - site.draft.day(template).0);
    let count = site.dice.count(1, 3);
    let mut lines = Vec::new();
    for _ in 0..count {
        let factor = site.dice.factor(1.3, 8.0);
        let amount = scaled(site.draft.amount(template), factor);
        let line = site.pay(template, day, amount);
        lines.push(line);
        day = site.day_after(day, 1, 40);
    }
    Some(lines)
}

fn shared_account(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let mut lines = site.run_of_purchases(1, 12)?;
    lines.retain(|line| site.draft.at(*line, Field::PayeeAccount) != Id::NONE);
    let first = *lines.first()?;
    let payee = site.draft.payee(first);
    let other = if site.careless() {
        let officer = site.officer_of(first)?;
        site.draft.world.payee_of(officer)
    } else {
        let other = site.purchase(|draft, line| {
            draft.payee(line) != payee && draft.at(line, Field::PayeeAccount) != Id::NONE
        });
        other.map(|line| site.draft.payee(line))
    }?;
    let account = site.draft.account_of(other, site.dice);
    for line in &lines {
        site.draft.write(*line, Field::PayeeAccount, account);
    }
    Some(lines)
}

fn levy(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    if site.places.len() < 3 {
        return None;
    }
    let template = site.purchase(has_papers)?;
    let start = site.draft.day(template);
    let firm = if site.dice.happens(0.6) {
        let (owner, lead) = (site.some_owner(), site.dice.days(3, 900));
        site.new_firm(owner, Day(start.0 - lead), site.draft.payee(template))?
    } else {
        site.draft.payee(template)
    };
    let factor = site.dice.factor(0.8, 4.0);
    let fee = scaled(site.draft.amount(template), factor);
    let count = site.dice.count(2, 9.min(site.places.len() - 1));
    let first = site.dice.below(site.places.len());
    site.draft.reserve(template);
    let mut lines = Vec::new();
    for place in site.places.iter().cycle().skip(first).take(count).filter(|place| place.len() > 20)
    {
        let own = if site.careful() { site.dice.real(0.7, 1.4) } else { 1.0 };
        let amount = scaled(fee, own);
        let days = site.dice.days(0, 40);
        let day = place.booking_day(site.draft.book, Day(start.0 + days), site.dice);
        let line = site.draft.pay(place, Claim { template, day, amount }, site.dice);
        site.pay_to(line, firm);
        site.draft.number_document(line, site.dice);
        lines.push(line);
    }
    debug_assert!(lines.iter().all(|line| is_purchase(site.draft, *line)), "a fee is a purchase");
    (!lines.is_empty()).then_some(lines)
}
