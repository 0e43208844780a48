//! Contracts that grow, and payments that are returned.

use super::card::KindCard;
use crate::indicators::card::Scheme;
use crate::ledger::book::index::LineIx;
use crate::ledger::book::side::Flow;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::planting::coin;
use crate::planting::dice::{Dice, after, ended, scaled};
use crate::planting::draft::{Draft, Field};
use crate::planting::site::{Site, has_papers};

pub(super) const SUPPLEMENT: KindCard = KindCard {
    name: "contract_supplement",
    title: "supplement to a contract",
    title_zh: "违规补充合同增项",
    scheme: Scheme::UnusualSpending,
    is_act: true,
    edits: "a contract gets a supplement of 0.1 to 0.9 of its sum, after its end as a rule, paid in one to three payments",
    needs: &["ledger.contract", "contracts.amount"],
    plant: supplement,
};

pub(super) const ABOVE: KindCard = KindCard {
    name: "paid_above_contract",
    title: "paid above the contract",
    title_zh: "超合同付款",
    scheme: Scheme::UnusualSpending,
    is_act: true,
    edits: "instalments of a contract are larger, or one to three more are paid, so that they exceed it by 5 to 100 %",
    needs: &["ledger.contract", "contracts.amount"],
    plant: above,
};

pub(super) const ROUND_TRIP: KindCard = KindCard {
    name: "round_trip",
    title: "money that comes back",
    title_zh: "资金回流",
    scheme: Scheme::Collusion,
    is_act: true,
    edits: "a payment to a supplier, and within 30 days a part of it paid on to an officer or returned in cash",
    needs: &["ledger.payee", "payees.person"],
    plant: round_trip,
};

/// A payment of a contract in the table of contracts, and the contract's row.
pub(super) fn contracted(site: &mut Site<'_, '_>) -> Option<(LineIx, usize)> {
    let line = site.single(|draft, line| {
        let contract = draft.at(line, Field::Contract);
        draft.amount(line) > Fen(0) && draft.companions.contract(contract).is_some()
    })?;
    let row = site.draft.companions.contract(site.draft.at(line, Field::Contract))?;
    Some((line, row))
}

/// The sum of a contract's payments in the village, and the last of them.
pub(super) fn paid_of(site: &Site<'_, '_>, contract: Id) -> (Fen, Option<LineIx>) {
    let lines = site.place.singles.iter().map(|payment| site.draft.line(*payment));
    let own: Vec<LineIx> =
        lines.filter(|line| site.draft.at(*line, Field::Contract) == contract).collect();
    let sum = own.iter().map(|line| site.draft.amount(*line)).sum();
    (sum, own.into_iter().max_by_key(|line| (site.draft.day(*line), *line)))
}

fn supplement(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let (line, row) = contracted(site)?;
    let (_, last) = paid_of(site, site.draft.at(line, Field::Contract));
    let last = last.unwrap_or(line);
    let share = site.dice.real(0.1, 0.9);
    let sum = site.draft.companions.contracts.amount.at(row).some()?;
    let added = scaled(sum, share);
    let contract = if site.careless() {
        site.draft.at(line, Field::Contract)
    } else {
        let signed = site.day_after(site.draft.day(last), 0, 60);
        add_contract(site.draft, row, added, signed, site.dice)
    };
    let count = site.dice.count(1, 3);
    let mut day = site.draft.day(last);
    let mut lines = Vec::new();
    for _ in 0..count {
        day = site.day_after(day, 3, 60);
        let own = site.dice.real(0.8, 1.2);
        #[expect(clippy::cast_precision_loss, reason = "one to three")]
        let part = scaled(added, own / count as f64);
        let paid = site.pay(last, day, part);
        site.draft.write(paid, Field::Contract, contract);
        if site.careless() {
            site.draft.write(paid, Field::Decision, Id::NONE);
        }
        lines.push(paid);
    }
    Some(lines)
}

/// Adds a supplement to the table of contracts, with the contract's payee.
fn add_contract(
    draft: &mut Draft<'_>,
    template: usize,
    amount: Fen,
    signed: Day,
    dice: &mut Dice,
) -> Id {
    let id = coin::unused(&mut draft.names, draft.companions.contracts.contract.at(template), dice);
    let word = draft.names.add("supplement");
    let table = &mut draft.companions.contracts;
    let at = table.rows;
    table.push_copy(template);
    table.contract.set(at, id);
    table.amount.set(at, amount);
    let moved = signed.0.saturating_sub(table.signed.at(template).0);
    for column in [&mut table.signed, &mut table.start, &mut table.end] {
        let day = after(column.at(at), moved);
        column.set(at, day);
    }
    if table.kind.at(template) != Id::NONE {
        table.kind.set(at, word);
    }
    id
}

fn above(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let (line, row) = contracted(site)?;
    let contract = site.draft.at(line, Field::Contract);
    let (paid, last) = paid_of(site, contract);
    let last = last.unwrap_or(line);
    let sum = site.draft.companions.contracts.amount.at(row).some()?;
    let excess = site.dice.factor(1.05, 2.0);
    let more = Fen::of_yuan(sum.yuan() * excess - paid.yuan());
    if more <= Fen(0) {
        return None;
    }
    if site.dice.happens(0.35) && site.draft.is_free(last) {
        let amount = Fen(site.draft.amount(last).0 + more.0);
        site.draft.set_amount(last, amount);
        return Some(vec![last]);
    }
    let count = site.dice.count(1, 3);
    let mut day = site.draft.day(last);
    let mut lines = Vec::new();
    for _ in 0..count {
        day = site.day_after(day, 5, 90);
        #[expect(clippy::cast_precision_loss, reason = "one to three")]
        let part = Fen::of_yuan(more.yuan() / count as f64);
        let part = ended(part, site.draft.amount(last));
        lines.push(site.pay(last, day, part));
    }
    Some(lines)
}

fn round_trip(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let template = site.purchase(|draft, line| draft.amount(line) > Fen(30_000))?;
    let factor = site.dice.factor(1.0, 5.0);
    let amount = scaled(site.draft.amount(template), factor);
    let day = site.day_after(site.draft.day(template), 2, 60);
    let part = site.dice.real(0.2, 0.95);
    let back = site.day_after(day, 0, 30);
    let is_cash = site.draft.book.payments.len() != site.draft.lines.rows && site.dice.happens(0.4);
    let income = if is_cash { income(site, back) } else { None };
    let officer = site.officer_of(template)?;
    let out = site.pay(template, day, amount);
    let returned = scaled(amount, part);
    if let Some(income) = income {
        let line = site.pay(income, back, returned);
        let payee = site.draft.payee(out);
        site.pay_to(line, payee);
        return Some(vec![out]);
    }
    let kin = site.kin_of(officer, 1);
    let person = site.dice.pick(&kin).filter(|_| site.care > 0.5).unwrap_or(officer);
    let Some(payee) = site.draft.world.payee_of(person) else { return Some(vec![out]) };
    let model = site.purchase(has_papers);
    let line = site.pay(model.unwrap_or(template), back, returned);
    site.pay_to(line, payee);
    site.draft.number_document(line, site.dice);
    Some(vec![out, line])
}

/// A line of income near a day, in a voucher of two lines.
fn income(site: &mut Site<'_, '_>, day: Day) -> Option<LineIx> {
    let book = site.draft.book;
    let lines = book.lines_of(&book.vouchers_of(site.place.village));
    let taken = LineIx::within(&lines).filter(|line| book.flows[*line] == Flow::In);
    let near = taken.filter(|line| site.draft.voucher_lines(*line).len() == 2);
    near.min_by_key(|line| (site.draft.day(*line).0 - day.0).abs())
}
