//! Honest changes to lists.

use super::card::KindCard;
use super::lists::{add_to_lists, is_living, may_die, recipients, villager};
use crate::indicators::card::Scheme;
use crate::ledger::book::index::LineIx;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::planting::dice::scaled;
use crate::planting::draft::{Draft, Field};
use crate::planting::site::Site;
use crate::planting::world::paid_in;

pub(super) const ADDED: KindCard = KindCard {
    name: "honest_addition",
    title: "eligible person joins a list",
    title_zh: "符合条件人员新增",
    scheme: Scheme::Ghost,
    is_act: false,
    edits: "one to three living persons of the village, old enough for the list, are added with an account of their own",
    needs: &["ledger.payee", "people.birth_year", "people.village", "payees.person"],
    plant: added,
};

pub(super) const FAMILY: KindCard = KindCard {
    name: "honest_family",
    title: "family members on one list",
    title_zh: "同户多人正常领取",
    scheme: Scheme::Duplicate,
    is_act: false,
    edits: "an eligible relative of somebody on a list is added to it and to later ones",
    needs: &["ledger.payee", "kinship", "people.birth_year", "payees.person"],
    plant: family,
};

pub(super) const HOUSEHOLD_ACCOUNT: KindCard = KindCard {
    name: "honest_household_account",
    title: "paid to a relative's account",
    title_zh: "代领至家人账户",
    scheme: Scheme::KinBenefit,
    is_act: false,
    edits: "the money of one to four recipients goes to the account of a near relative of theirs",
    needs: &["ledger.payee", "ledger.payee_account", "kinship"],
    plant: household_account,
};

pub(super) const CORRECTED: KindCard = KindCard {
    name: "honest_list_amounts",
    title: "amounts of a list differ",
    title_zh: "名册金额正常差异",
    scheme: Scheme::InventedAmounts,
    is_act: false,
    edits: "the amounts of some lines of a list of wages or fees are up to a third larger or smaller",
    needs: &["ledger.payee"],
    plant: corrected,
};

pub(super) const HIRED: KindCard = KindCard {
    name: "honest_hired",
    title: "another villager hired",
    title_zh: "正常雇用村民",
    scheme: Scheme::KinBenefit,
    is_act: false,
    edits: "labour fees of one to twelve lists go to a villager who is no relative of whoever signs",
    needs: &["ledger.payee", "people.village", "payees.person"],
    plant: hired,
};

pub(super) const DIED: KindCard = KindCard {
    name: "honest_death",
    title: "recipient died after the last payment",
    title_zh: "领取人去世后已停发",
    scheme: Scheme::Ghost,
    is_act: false,
    edits: "somebody who is no longer paid dies after the last payment, or at most 25 days before it",
    needs: &["ledger.payee", "people.death_date", "payees.person"],
    plant: died,
};

fn died(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let list = recipients(site)?;
    let (_, end) = site.place.span(site.draft.book);
    let mut tries = list;
    site.dice.shuffle(&mut tries);
    let (row, lines) = tries.into_iter().take(40).find_map(|line| {
        let payee = site.draft.payee(line);
        let row = site.draft.companions.person(site.draft.companions.person_of(payee))?;
        let payments = paid_in(site.draft.book, payee, site.place.village);
        let lines: Vec<LineIx> = payments.iter().map(|it| site.draft.line(*it)).collect();
        let is_fit = is_living(site.draft, row)
            && may_die(site, row)
            && lines.len() <= 24
            && lines.iter().all(|own| site.draft.is_free(*own));
        is_fit.then_some((row, lines))
    })?;
    let paid = site.draft.day(*lines.last()?);
    let late = site.dice.between(-25, (end.0 - paid.0).clamp(0, 200) + 20);
    site.draft.companions.people.death_date.set(row, Day(paid.0 + late));
    Some(lines)
}

/// A test whether a person is a living adult, no younger than the youngest person on a list.
fn eligible(
    site: &mut Site<'_, '_>,
    list: &[LineIx],
) -> impl Fn(&Draft<'_>, usize) -> bool + use<> {
    let draft = &site.draft;
    let birth = |line: &LineIx| {
        let row = draft.companions.person(draft.companions.person_of(draft.payee(*line)))?;
        draft.companions.people.birth_year.at(row).some().map(|birth| birth.0)
    };
    let latest = list.iter().filter_map(birth).max().unwrap_or(1995);
    move |draft, row| {
        let birth = draft.companions.people.birth_year.at(row);
        birth.some().is_some_and(|birth| birth.0 <= latest.min(2004)) && is_living(draft, row)
    }
}

fn added(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let list = recipients(site)?;
    let is_eligible = eligible(site, &list);
    let lists = site.dice.count(1, 8);
    let mut lines = Vec::new();
    for _ in 0..site.dice.count(1, 3) {
        let Some(person) = villager(site, &is_eligible) else { break };
        let Some(payee) = site.payee_of(person) else { break };
        lines.extend(add_to_lists(site, &list, payee, lists).into_iter().flatten());
    }
    (!lines.is_empty()).then_some(lines)
}

fn family(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let list = recipients(site)?;
    let is_eligible = eligible(site, &list);
    let mut tries = list.clone();
    site.dice.shuffle(&mut tries);
    let relative = tries.iter().find_map(|line| {
        let person = site.draft.companions.person_of(site.draft.payee(*line));
        site.kin_of(person, 1).into_iter().find(|relative| {
            let row = site.draft.companions.person(*relative);
            row.is_some_and(|row| is_eligible(site.draft, row))
        })
    })?;
    let payee = site.payee_of(relative)?;
    let lists = site.dice.count(1, 8);
    add_to_lists(site, &list, payee, lists)
}

fn household_account(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let list = recipients(site)?;
    let later = site.later_lists(*list.first()?);
    let lists = site.dice.count(1, 6);
    let mut chosen = list.clone();
    site.dice.shuffle(&mut chosen);
    let mut moved: Vec<(Id, Id)> = Vec::new();
    for line in chosen {
        let payee = site.draft.payee(line);
        let person = site.draft.companions.person_of(payee);
        let kin = site.kin_of(person, 1);
        let relative = site.dice.pick(&kin).and_then(|kin| site.draft.world.payee_of(kin));
        if let Some(relative) = relative {
            let account = site.draft.account_of(relative, site.dice);
            moved.push((payee, account));
        }
        if moved.len() >= 4 || (!moved.is_empty() && site.dice.happens(0.4)) {
            break;
        }
    }
    let mut lines = Vec::new();
    for list in std::iter::once(list).chain(later).take(lists) {
        for line in list {
            let account = moved.iter().find(|(payee, _)| *payee == site.draft.payee(line));
            let Some((_, account)) = account else { continue };
            if site.draft.at(line, Field::PayeeAccount) != Id::NONE {
                site.draft.write(line, Field::PayeeAccount, *account);
                lines.push(line);
            }
        }
    }
    (!lines.is_empty()).then_some(lines)
}

fn corrected(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let mut lines = site.list(40, |draft, line| {
        draft.at(line, Field::Scheme) == Id::NONE && draft.amount(line) > Fen(0)
    })?;
    site.dice.shuffle(&mut lines);
    let count = site.dice.count(1, lines.len());
    lines.truncate(count);
    for line in &lines {
        let factor = site.dice.factor(0.7, 1.35);
        let amount = scaled(site.draft.amount(*line), factor);
        site.draft.set_amount(*line, amount);
    }
    Some(lines)
}

fn hired(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let list = site.list(80, |draft, line| {
        draft.at(line, Field::Scheme) == Id::NONE && draft.amount(line) > Fen(0)
    })?;
    let first = *list.first()?;
    let year = site.draft.day(first).year();
    let person = villager(site, |draft, row| {
        let birth = draft.companions.people.birth_year.at(row);
        birth.some().is_none_or(|birth| (18..75).contains(&(year - birth.0)))
            && is_living(draft, row)
    })?;
    let payee = site.payee_of(person)?;
    let later = site.later_lists(first);
    let count = site.dice.count(1, 12);
    let mut lines = Vec::new();
    for list in std::iter::once(list).chain(later).take(count) {
        if list.iter().any(|other| site.draft.payee(*other) == payee) {
            continue;
        }
        let Some(line) = site.dice.pick(&list) else { continue };
        let amount = site.draft.amount(line);
        let line = if site.dice.happens(0.5) { site.draft.lengthen(line, amount) } else { line };
        site.pay_to(line, payee);
        lines.push(line);
    }
    (!lines.is_empty()).then_some(lines)
}
