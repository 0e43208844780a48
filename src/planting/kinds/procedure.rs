//! Missing or late signatures, stamps, decisions and dates.

use super::card::KindCard;
use crate::indicators::card::Scheme;
use crate::ledger::book::index::LineIx;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id, Moment};
use crate::planting::dice::{after, ended, scaled};
use crate::planting::draft::{Draft, Field};
use crate::planting::site::Site;

pub(super) const NO_DECISION: KindCard = KindCard {
    name: "decision_missing",
    title: "decision missing, late or for less",
    title_zh: "未经集体决策或事后补议",
    scheme: Scheme::Procedure,
    is_act: true,
    edits: "one to five payments lose their decision, or have one that was voted after the payment or for less",
    needs: &["ledger.decision", "decisions.voted"],
    plant: no_decision,
};

pub(super) const UNSIGNED: KindCard = KindCard {
    name: "signature_missing",
    title: "signature missing or by a relative",
    title_zh: "缺签字盖章或亲属代签",
    scheme: Scheme::Procedure,
    is_act: true,
    edits: "one to six payments of one payee or handler lose cosigner, stamp, reviewer or witness, or have a relative or \
            the approver in their place",
    needs: &["ledger.approver"],
    plant: unsigned,
};

pub(super) const BACKDATED: KindCard = KindCard {
    name: "approved_after_payment",
    title: "approval after the payment",
    title_zh: "先支后批",
    scheme: Scheme::Procedure,
    is_act: true,
    edits: "one to six payments of one payee are approved 1 to 150 days after the voucher, or long before the document",
    needs: &["ledger.approved"],
    plant: backdated,
};

pub(super) const CASH: KindCard = KindCard {
    name: "cash_above_limit",
    title: "cash above the cash limit",
    title_zh: "大额现金支付",
    scheme: Scheme::OffBook,
    is_act: true,
    edits: "one to six payments above the limit for cash, old or new, are made in cash, or split to stay near it",
    needs: &["ledger.method", "limits.cash_max"],
    plant: cash,
};

pub(super) const KEYED_LATE: KindCard = KindCard {
    name: "keyed_late",
    title: "keyed long after, at odd hours",
    title_zh: "事后补录、非工作时间录入",
    scheme: Scheme::LateRecords,
    is_act: true,
    edits: "two to eight payments are keyed 40 to 300 days late, often together, at night or on a day off",
    needs: &["ledger.entered"],
    plant: keyed_late,
};

/// Free payments that satisfy the condition: of one payee if it has enough, otherwise of the village.
pub(super) fn some_payments(
    site: &mut Site<'_, '_>,
    most: usize,
    is_asked: impl Fn(&Draft<'_>, LineIx) -> bool,
) -> Option<Vec<LineIx>> {
    let count = site.dice.count(1, most);
    let first = site.single(&is_asked)?;
    let payee = site.draft.payee(first);
    let is_one_payee = payee != Id::NONE && site.dice.happens(0.6);
    let mut lines = vec![first];
    site.draft.reserve(first);
    while lines.len() < count {
        let other = site.single(|draft, line| {
            is_asked(draft, line) && (!is_one_payee || draft.payee(line) == payee)
        });
        let Some(other) = other else { break };
        site.draft.reserve(other);
        lines.push(other);
    }
    Some(lines)
}

fn no_decision(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let lines = some_payments(site, 5, |draft, line| {
        draft.at(line, Field::Decision) != Id::NONE && draft.amount(line) > Fen(0)
    })?;
    let way = site.dice.below(3);
    for line in &lines {
        let old = site.draft.at(*line, Field::Decision);
        let new = match way {
            0 => None,
            1 => {
                let voted = site.draft.companions.decision(old);
                let voted =
                    voted.map_or(Day::NONE, |row| site.draft.companions.decisions.voted.at(row));
                let gap = site.draft.day(*line).0.saturating_sub(voted.0).clamp(0, 400);
                let late = site.dice.days(1, 90);
                site.draft.add_decision(old, gap + late, 1.0, site.dice)
            }
            _ => {
                let less = site.dice.real(0.25, 0.85);
                site.draft.add_decision(old, 0, less, site.dice)
            }
        };
        site.draft.write(*line, Field::Decision, new.unwrap_or(Id::NONE));
    }
    Some(lines)
}

fn unsigned(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let lines = some_payments(site, 6, |draft, line| {
        draft.amount(line) > Fen(0)
            && draft.at(line, Field::Approver) != Id::NONE
            && [Field::Cosigner, Field::Reviewer, Field::Witness]
                .into_iter()
                .any(|field| draft.at(line, field) != Id::NONE)
    })?;
    let fields = [Field::Cosigner, Field::Reviewer, Field::Witness];
    for line in &lines {
        let filled: Vec<Field> =
            fields.into_iter().filter(|field| site.draft.at(*line, *field) != Id::NONE).collect();
        let Some(field) = site.dice.pick(&filled) else { continue };
        let approver = site.draft.at(*line, Field::Approver);
        let kin = site.kin_of(approver, 2);
        let stand_in = match site.dice.below(4) {
            0 => approver,
            1 => site.dice.pick(&kin).unwrap_or(Id::NONE),
            _ => Id::NONE,
        };
        site.draft.write(*line, field, stand_in);
        if site.careless() {
            site.unstamp(*line);
        }
    }
    Some(lines)
}

fn backdated(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let lines = some_payments(site, 6, |draft, line| {
        draft.lines.approved.at(line) != Day::NONE && draft.amount(line) > Fen(0)
    })?;
    let most = if site.careful() { 15 } else { 150 };
    for line in &lines {
        let days = site.dice.days(1, most);
        let document = site.draft.lines.document_date.at(*line);
        let day = if document != Day::NONE && site.dice.happens(0.25) {
            after(document, -days)
        } else {
            after(site.draft.day(*line), days)
        };
        site.draft.set_approved(*line, day);
    }
    Some(lines)
}

/// The largest cash payment that the limits allow for a line.
fn cash_limit(site: &Site<'_, '_>, line: LineIx) -> Option<Fen> {
    let row = site.place.band(site.draft, line)?;
    site.draft.book.companions.limits.cash_max.at(row).some()
}

fn cash(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let count = site.dice.count(1, 6);
    let is_new = site.dice.happens(0.5);
    let mut lines = Vec::new();
    for _ in 0..count {
        let place = site.place;
        let Some(template) = site.purchase(|draft, line| {
            let most =
                place.band(draft, line).map(|row| draft.book.companions.limits.cash_max.at(row));
            most.and_then(Cell::some).is_some_and(|most| {
                draft.amount(line) > if is_new { Fen(most.0 / 3) } else { most }
            })
        }) else {
            break;
        };
        let limit = cash_limit(site, template)?;
        let amount = site.draft.amount(template);
        let line = if is_new {
            let factor = site.dice.factor(1.02, 5.0);
            let above = scaled(limit, factor);
            let above = ended(above, amount);
            let day = site.day_after(site.draft.day(template), 1, 90);
            site.pay(template, day, above)
        } else {
            site.draft.reserve(template);
            template
        };
        site.draft.pay_in_cash(line);
        lines.push(line);
    }
    (!lines.is_empty()).then_some(lines)
}

fn keyed_late(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let lines = some_payments(site, 8, |draft, line| {
        draft.lines.entered.at(line) != Moment::NONE && draft.amount(line) > Fen(0)
    })?;
    let late = site.dice.days(40, 300);
    let hours = if site.careful() { (8, 18) } else { (19, 29) };
    for line in &lines {
        let spread = if site.careful() { 20 } else { 2 };
        let own = site.dice.between(0, spread);
        let hour = site.dice.between(hours.0, hours.1) % 24;
        site.key_late(*line, late + own, hour);
    }
    Some(lines)
}
