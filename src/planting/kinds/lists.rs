//! Acts on lists of subsidies and fees: names that are not entitled, and wrong amounts.

use super::card::KindCard;
use crate::indicators::card::Scheme;
use crate::ledger::book::index::LineIx;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::planting::coin;
use crate::planting::dice::scaled;
use crate::planting::draft::{Draft, Field};
use crate::planting::site::Site;
use crate::planting::world::paid_in;

pub(super) const DEAD: KindCard = KindCard {
    name: "dead_on_list",
    title: "dead person on a list",
    title_zh: "死亡人员仍在领取",
    scheme: Scheme::Ghost,
    is_act: true,
    edits: "somebody who is dead is added to lists, or somebody on them dies and stays on them",
    needs: &["ledger.payee", "people.death_date", "payees.person"],
    plant: dead,
};

pub(super) const INELIGIBLE: KindCard = KindCard {
    name: "ineligible_on_list",
    title: "ineligible person on a list",
    title_zh: "不符合条件人员领取",
    scheme: Scheme::Ghost,
    is_act: true,
    edits: "a child, somebody too young for the list, or somebody of another village is added to lists",
    needs: &["ledger.payee", "people.birth_year", "people.village", "payees.person"],
    plant: ineligible,
};

pub(super) const UNKNOWN: KindCard = KindCard {
    name: "unknown_on_list",
    title: "unregistered name on a list",
    title_zh: "名册中的无名户",
    scheme: Scheme::Ghost,
    is_act: true,
    edits: "a name that neither the register of persons nor mostly that of payees knows is added to lists",
    needs: &["ledger.payee", "payees.kind"],
    plant: unknown,
};

pub(super) const OVER_STANDARD: KindCard = KindCard {
    name: "over_standard",
    title: "recipient paid more than others",
    title_zh: "超标准发放",
    scheme: Scheme::InventedAmounts,
    is_act: true,
    edits: "one to six lines of a list are 1.1 to 3 times as large; in the careful case the record of the subsidy too",
    needs: &["ledger.payee"],
    plant: over_standard,
};

pub(super) const DIVERTED: KindCard = KindCard {
    name: "account_diverted",
    title: "recipients' money to another account",
    title_zh: "补贴打入他人账户",
    scheme: Scheme::KinBenefit,
    is_act: true,
    edits: "the money of one to eight recipients goes to the account of an officer, a relative or the clerk, for \
            one list or many",
    needs: &["ledger.payee", "ledger.payee_account"],
    plant: diverted,
};

/// Adds a row to `subsidies` for a line of a list.
pub(super) fn record_subsidy(draft: &mut Draft<'_>, template: LineIx, line: LineIx) {
    let person = draft.companions.person_of(draft.payee(template));
    let scheme = draft.at(template, Field::Scheme);
    if scheme == Id::NONE {
        return;
    }
    let Some(row) = draft.world.subsidy_row(draft.book, person, scheme, draft.day(template)) else {
        return;
    };
    let payee = draft.payee(line);
    let own = draft
        .payee_row(payee)
        .and_then(|row| draft.companions.payees.person.at(row).some())
        .unwrap_or(payee);
    let (amount, account) = (draft.amount(line), draft.at(line, Field::PayeeAccount));
    let table = &mut draft.companions.subsidies;
    let at = table.rows;
    table.push_copy(row);
    table.person.set(at, own);
    table.amount.set(at, amount);
    table.payee_account.set(at, account);
}

/// Adds a payee to a list, and to some of the later lists of the same kind.
pub(super) fn add_to_lists(
    site: &mut Site<'_, '_>,
    list: &[LineIx],
    payee: Id,
    lists: usize,
) -> Option<Vec<LineIx>> {
    let later = site.later_lists(*list.first()?);
    let mut lines = Vec::new();
    for list in std::iter::once(list.to_vec()).chain(later).take(lists) {
        if list.iter().any(|line| site.draft.payee(*line) == payee) {
            continue;
        }
        let Some(template) = site.dice.pick(&list) else { continue };
        let line = site.draft.lengthen(template, site.draft.amount(template));
        site.pay_to(line, payee);
        if site.dice.happens(0.8) {
            record_subsidy(site.draft, template, line);
        }
        lines.push(line);
    }
    (!lines.is_empty()).then_some(lines)
}

/// A list whose recipients have ids.
pub(super) fn recipients(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let is_asked = |draft: &Draft<'_>, line: LineIx| {
        draft.payee(line) != Id::NONE && draft.amount(line) > Fen(0)
    };
    if site.dice.happens(0.6)
        && let Some(list) = site.list(500, |draft, line| {
            is_asked(draft, line) && draft.at(line, Field::Scheme) != Id::NONE
        })
    {
        return Some(list);
    }
    site.list(500, is_asked)
}

/// A person of the village who satisfies the condition, as a row of `people`.
pub(super) fn villager(
    site: &mut Site<'_, '_>,
    is_asked: impl Fn(&Draft<'_>, usize) -> bool,
) -> Option<Id> {
    let rows = site.draft.world.people_of(site.place.code);
    let start = site.dice.below(rows.len());
    let mut turned = rows.iter().cycle().skip(start).take(rows.len()).map(|(_, row)| *row as usize);
    let row = turned.find(|row| is_asked(site.draft, *row))?;
    site.draft.companions.people.person.at(row).some()
}

fn dead(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let list = recipients(site)?;
    if site.dice.happens(0.5)
        && let Some(lines) = kept_after_death(site, &list)
    {
        return Some(lines);
    }
    let day = site.draft.day(*list.first()?);
    let most = if site.careful() { 250 } else { 4_000 };
    let person = villager(site, |draft, row| {
        let death = draft.companions.people.death_date.at(row);
        death != Day::NONE && death < day && day.0 - death.0 < most
    })?;
    let payee = site.payee_of(person)?;
    let lists = site.dice.count(1, 10);
    add_to_lists(site, &list, payee, lists)
}

/// A person on a list gets a date of death before it and stays on this and later lists.
fn kept_after_death(site: &mut Site<'_, '_>, list: &[LineIx]) -> Option<Vec<LineIx>> {
    let mut tries = list.to_vec();
    site.dice.shuffle(&mut tries);
    let (line, row) = tries.into_iter().take(20).find_map(|line| {
        let payee = site.draft.payee(line);
        let row = site.draft.companions.person(site.draft.companions.person_of(payee))?;
        (is_living(site.draft, row) && may_die(site, row)).then_some((line, row))
    })?;
    let payee = site.draft.payee(line);
    let before = site.dice.days(20, 400);
    let death = Day(site.draft.day(line).0 - before);
    let payments = paid_in(site.draft.book, payee, site.place.village);
    let after: Vec<LineIx> = payments
        .iter()
        .map(|payment| site.draft.line(*payment))
        .filter(|own| site.draft.day(*own) > death && site.draft.is_free(*own))
        .collect();
    if after.is_empty() || after.len() > 24 {
        return None;
    }
    site.draft.companions.people.death_date.set(row, death);
    Some(after)
}

/// Whether the person has no post and no firm, so that a date of death affects only their payments.
pub(super) fn may_die(site: &Site<'_, '_>, row: usize) -> bool {
    let person = site.draft.companions.people.person.at(row);
    site.draft.book.terms.of_person(person).is_empty()
        && site.draft.world.firms_of(person).is_empty()
}

fn ineligible(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let list = recipients(site)?;
    let first = *list.first()?;
    let year = site.draft.day(first).year();
    let people = &site.draft.companions.people;
    let birth = |payee: Id| {
        let row = site.draft.companions.person(site.draft.companions.person_of(payee))?;
        people.birth_year.at(row).some().map(|birth| birth.0)
    };
    let youngest = list.iter().filter_map(|line| birth(site.draft.payee(*line))).max();
    let is_for_old = youngest.is_some_and(|birth| year - birth >= 55);
    let person = if site.dice.happens(0.35) {
        stranger(site, first)
    } else if is_for_old {
        let gap = if site.careful() { 3 } else { 40 };
        let limit = youngest.unwrap_or(year);
        villager(site, |draft, row| {
            let birth = draft.companions.people.birth_year.at(row).0;
            birth > limit && birth <= limit.saturating_add(gap) && is_living(draft, row)
        })
    } else {
        villager(site, |draft, row| {
            let birth = draft.companions.people.birth_year.at(row);
            birth.some().is_some_and(|birth| year - birth.0 < 16 && year >= birth.0)
        })
    }?;
    let payee = site.payee_of(person)?;
    let lists = site.dice.count(1, 8);
    add_to_lists(site, &list, payee, lists)
}

pub(super) fn is_living(draft: &Draft<'_>, row: usize) -> bool {
    draft.companions.people.death_date.at(row) == Day::NONE
}

/// A person of another village.
fn stranger(site: &mut Site<'_, '_>, line: LineIx) -> Option<Id> {
    let rows = site.draft.companions.people.rows;
    let own = site.place.code;
    for _ in 0..20 {
        let row = site.dice.below(rows);
        let people = &site.draft.companions.people;
        let (person, village) = (people.person.at(row), people.village.at(row));
        if village != own && village != Id::NONE && site.is_alive(person, line) {
            return person.some();
        }
    }
    None
}

fn unknown(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let list = recipients(site)?;
    let first = *list.first()?;
    let payee = if site.careful() {
        let lead = site.dice.days(0, 300);
        site.new_person(Day(site.draft.day(first).0 - lead))?
    } else {
        let template = site.draft.payee(first);
        coin::unused(&mut site.draft.names, template, site.dice)
    };
    let lists = site.dice.count(1, 10);
    let lines = add_to_lists(site, &list, payee, lists)?;
    if site.draft.payee_row(payee).is_none() && site.draft.world.names_payees {
        let other = site.dice.pick(&list)?;
        let names =
            [site.draft.at(first, Field::PayeeName), site.draft.at(other, Field::PayeeName)];
        let name = coin::name(site.draft, names[0], names[1], false);
        for line in &lines {
            site.draft.write(*line, Field::PayeeName, name);
        }
    }
    Some(lines)
}

fn over_standard(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let list = recipients(site)?;
    let later = site.later_lists(*list.first()?);
    let lists = site.dice.count(1, 5);
    let count = site.dice.count(1, 4);
    let mut chosen = list.clone();
    site.dice.shuffle(&mut chosen);
    chosen.truncate(count);
    let payees: Vec<Id> = chosen.iter().map(|line| site.draft.payee(*line)).collect();
    let factor = site.dice.factor(1.1, 3.0);
    let mut lines = Vec::new();
    for list in std::iter::once(list).chain(later).take(lists) {
        for line in &list {
            if !payees.contains(&site.draft.payee(*line)) {
                continue;
            }
            let amount = site.draft.amount(*line);
            let more = scaled(amount, factor);
            site.draft.set_amount(*line, more);
            lines.push(*line);
        }
    }
    Some(lines)
}

fn diverted(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let list = recipients(site)?;
    let with_account =
        |draft: &Draft<'_>, line: LineIx| draft.at(line, Field::PayeeAccount) != Id::NONE;
    let mut chosen: Vec<LineIx> =
        list.iter().copied().filter(|line| with_account(site.draft, *line)).collect();
    let first = *chosen.first()?;
    let officer = site.officer_of(first)?;
    let kin = site.kin_of(officer, 2);
    let holder = site.dice.pick(&kin).filter(|_| site.care > 0.5).unwrap_or(officer);
    let payee = site.draft.world.payee_of(holder)?;
    let account = site.draft.account_of(payee, site.dice);
    site.dice.shuffle(&mut chosen);
    chosen.truncate(site.dice.count(1, 8));
    let payees: Vec<Id> = chosen.iter().map(|line| site.draft.payee(*line)).collect();
    let later = site.later_lists(first);
    let lists = site.dice.count(1, 6);
    let mut lines = Vec::new();
    for list in std::iter::once(list).chain(later).take(lists) {
        for line in &list {
            if payees.contains(&site.draft.payee(*line)) && with_account(site.draft, *line) {
                site.draft.write(*line, Field::PayeeAccount, account);
                lines.push(*line);
            }
        }
    }
    (!lines.is_empty()).then_some(lines)
}
