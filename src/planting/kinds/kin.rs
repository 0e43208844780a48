//! Payments to officers and to their relatives.

use super::card::KindCard;
use crate::indicators::card::Scheme;
use crate::ledger::book::chart::Class;
use crate::ledger::book::index::LineIx;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::planting::dice::scaled;
use crate::planting::draft::Field;
use crate::planting::site::{Site, is_advance, trade};

pub(super) const FIRM: KindCard = KindCard {
    name: "kin_firm",
    title: "business moved to a relative's firm",
    title_zh: "优亲厚友：亲属商户",
    scheme: Scheme::KinBenefit,
    is_act: true,
    edits: "purchases go to a firm that a relative (degree 1 to 3) of an officer owns, at prices up to 1.8 times \
            as high; the officer signs, or leaves it to another",
    needs: &["ledger.payee", "kinship", "payees.owner", "ledger.approver"],
    plant: firm,
};

pub(super) const OWN_FIRM: KindCard = KindCard {
    name: "own_firm",
    title: "business with the officer's own firm",
    title_zh: "干部自营商户",
    scheme: Scheme::KinBenefit,
    is_act: true,
    edits: "as above, with a firm that the officer owns",
    needs: &["ledger.payee", "payees.owner", "ledger.approver"],
    plant: own_firm,
};

pub(super) const OWN_CLAIMS: KindCard = KindCard {
    name: "own_claims",
    title: "officer approves own claims",
    title_zh: "自批自报",
    scheme: Scheme::KinBenefit,
    is_act: true,
    edits: "one to eight claims of an officer, approved or handled by the officer",
    needs: &["ledger.payee", "payees.person", "ledger.approver"],
    plant: own_claims,
};

pub(super) const HIRED: KindCard = KindCard {
    name: "kin_hired",
    title: "relatives hired",
    title_zh: "雇用亲属领取工资",
    scheme: Scheme::KinBenefit,
    is_act: true,
    edits: "labour fees of two to fifteen lists or payments go to relatives of whoever handles or approves them",
    needs: &["ledger.payee", "kinship", "payees.person"],
    plant: hired,
};

pub(super) const ON_LIST: KindCard = KindCard {
    name: "kin_on_list",
    title: "list padded with relatives",
    title_zh: "名册优亲厚友",
    scheme: Scheme::KinBenefit,
    is_act: true,
    edits: "one to five relatives of an officer are added to a list, and to later ones of its kind",
    needs: &["ledger.payee", "kinship", "payees.person"],
    plant: on_list,
};

/// Moves purchases to a firm, with new amounts and document numbers; `signs` becomes approver or handler.
pub(super) fn move_business(
    site: &mut Site<'_, '_>,
    lines: &[LineIx],
    firm: Id,
    dearer: f64,
    signs: Option<Id>,
) {
    for line in lines {
        let own = site.dice.real(0.9, 1.1);
        let amount = scaled(site.draft.amount(*line), dearer * own);
        site.draft.set_amount(*line, amount);
        site.pay_to(*line, firm);
        site.draft.number_document(*line, site.dice);
        if let Some(officer) = signs {
            let field = if site.dice.happens(0.5) { Field::Approver } else { Field::Handler };
            site.draft.write(*line, field, officer);
        }
    }
}

/// Purchases from one payee, or new ones like them, and the owner's firm to which they move.
///
/// An existing firm gets purchases of its own trade, if the village has any.
pub(super) fn moved_or_new(
    site: &mut Site<'_, '_>,
    owner: Id,
    oldest: i32,
) -> Option<(Vec<LineIx>, Id)> {
    let firms: Vec<Id> = site.draft.world.firms_of(owner).iter().map(|(_, firm)| *firm).collect();
    let firm = site.dice.pick(&firms);
    let alike = firm.and_then(|firm| {
        let own = trade(site.draft, firm).to_owned();
        site.run_of_purchases_where(1, 12, |draft, line| {
            let payee = draft.payee(line);
            payee != firm && trade(draft, payee) == own
        })
    });
    let lines = alike.or_else(|| site.run_of_purchases(1, 12))?;
    let first = *lines.first()?;
    let (day, supplier) = (site.draft.day(first), site.draft.payee(first));
    let firm = if let Some(firm) = firm {
        firm
    } else {
        let lead = site.dice.days(oldest, 3_000);
        site.new_firm(Some(owner), Day(day.0 - lead), supplier)?
    };
    Some((lines_to_move(site, lines), firm))
}

/// The purchases, or new ones like them.
fn lines_to_move(site: &mut Site<'_, '_>, lines: Vec<LineIx>) -> Vec<LineIx> {
    if site.dice.happens(0.6) {
        return lines;
    }
    let mut new = Vec::new();
    for template in lines {
        let day = site.day_after(site.draft.day(template), 1, 60);
        let factor = site.dice.factor(0.6, 1.6);
        let amount = scaled(site.draft.amount(template), factor);
        new.push(site.pay(template, day, amount));
    }
    new
}

/// A relative of an officer and the relative's firm; any relative if no such firm is known.
fn owner_near(site: &mut Site<'_, '_>, line: LineIx) -> Option<(Id, Id)> {
    for officer in site.officers(site.draft.day(line)) {
        let owners = site.kin_of(officer, 3).into_iter();
        let mut owners = owners.filter(|it| !site.draft.world.firms_of(*it).is_empty());
        if let Some(owner) = owners.next()
            && site.dice.happens(0.6)
        {
            return Some((officer, owner));
        }
    }
    let degree = if site.dice.happens(0.6) { 1 } else { 3 };
    site.officer_and_kin(line, degree)
}

fn firm(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let model = site.purchase(|_, _| true)?;
    let (officer, owner) = owner_near(site, model)?;
    let (lines, firm) = moved_or_new(site, owner, 10)?;
    let dearer = site.dice.factor(1.0, 1.8);
    let signs = (!site.careful()).then_some(officer);
    move_business(site, &lines, firm, dearer, signs);
    Some(lines)
}

fn own_firm(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let model = site.purchase(|_, _| true)?;
    let officer = site.officer_of(model)?;
    let (lines, firm) = moved_or_new(site, officer, 10)?;
    let dearer = site.dice.factor(1.0, 1.8);
    let signs = (!site.dice.happens(site.care * 0.6)).then_some(officer);
    move_business(site, &lines, firm, dearer, signs);
    Some(lines)
}

fn own_claims(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let model = site.purchase(|_, _| true)?;
    let officer = site.officer_of(model)?;
    let payee = site.payee_of(officer)?;
    let count = site.dice.count(1, 8);
    let factor = site.dice.factor(0.5, 3.0);
    let mut day = site.draft.day(model);
    let mut lines = Vec::new();
    for _ in 0..count {
        let template = site.purchase(|draft, line| draft.class(line) != Class::Construction)?;
        day = site.day_after(day, 1, 70);
        let amount = scaled(site.draft.amount(template), factor);
        let line = site.pay(template, day, amount);
        site.pay_to(line, payee);
        let field = if site.dice.happens(0.7) { Field::Approver } else { Field::Handler };
        site.draft.write(line, field, officer);
        if site.careless() {
            site.strip_papers(line);
        } else {
            site.draft.number_document(line, site.dice);
        }
        lines.push(line);
    }
    Some(lines)
}

fn hired(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let list = site.list(80, |draft, line| {
        draft.at(line, Field::Scheme) == Id::NONE
            && draft.class(line) != Class::Subsidy
            && draft.amount(line) > Fen(0)
            && !is_advance(draft, line)
    })?;
    let first = *list.first()?;
    let (_, relative) = site.officer_and_kin(first, 2)?;
    let payee = site.payee_of(relative)?;
    let later = site.later_lists(first);
    let count = site.dice.count(1, 14);
    let dearer = if site.careful() { 1.0 } else { site.dice.factor(1.0, 1.8) };
    let mut lines = Vec::new();
    for list in std::iter::once(list).chain(later).take(count) {
        let Some(line) = site.dice.pick(&list) else { continue };
        if list.iter().any(|other| site.draft.payee(*other) == payee) {
            continue;
        }
        let amount = scaled(site.draft.amount(line), dearer);
        let line = if site.dice.happens(0.5) { site.draft.lengthen(line, amount) } else { line };
        site.draft.set_amount(line, amount);
        site.pay_to(line, payee);
        lines.push(line);
    }
    (!lines.is_empty()).then_some(lines)
}

fn on_list(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let list = site.list(400, |draft, line| draft.payee(line) != Id::NONE)?;
    let first = *list.first()?;
    let (officer, _) = site.officer_and_kin(first, 3)?;
    let mut kin = site.kin_of(officer, 3);
    kin.retain(|person| site.is_alive(*person, first));
    site.dice.shuffle(&mut kin);
    kin.truncate(site.dice.count(1, 5));
    let later = site.later_lists(first);
    let kept = site.dice.count(0, 6);
    let mut lines = Vec::new();
    for person in kin {
        let Some(payee) = site.payee_of(person) else { continue };
        let lists: Vec<&Vec<LineIx>> =
            std::iter::once(&list).chain(&later).take(kept + 1).collect();
        for list in lists {
            if list.iter().any(|line| site.draft.payee(*line) == payee) {
                continue;
            }
            let Some(template) = site.dice.pick(list) else { continue };
            let line = site.draft.lengthen(template, site.draft.amount(template));
            site.pay_to(line, payee);
            lines.push(line);
        }
        if site.careless() {
            for line in &lines {
                site.draft.write(*line, Field::Handler, officer);
            }
        }
    }
    (!lines.is_empty()).then_some(lines)
}
