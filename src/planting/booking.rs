//! Books new payments, payees and decisions that resemble those near them.

use std::iter;

use super::coin;
use super::dice::{Dice, after};
use super::draft::{Draft, Field};
use super::place::Place;
use crate::ledger::book::index::LineIx;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id, Int, Moment};

/// A payment to be booked: its template line, day and amount.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim {
    pub(super) template: LineIx,
    pub(super) day: Day,
    pub(super) amount: Fen,
}

impl Draft<'_> {
    /// Books a payment like another one, in a new voucher in this village.
    ///
    /// Signers, clerk and delay are taken from payments of the village near that day. Document and decision are new.
    pub(super) fn pay(&mut self, place: &Place, claim: Claim, dice: &mut Dice) -> LineIx {
        let Claim { template, day, amount } = claim;
        let beside = place.beside(self, template, day).unwrap_or(template);
        let (line, counter) = self.add_voucher(template, beside);
        for (number, line) in (1..).zip(iter::once(line).chain(counter)) {
            let at = line;
            self.lines.village.set(at, place.code);
            self.lines.line.set(at, Int(number));
            self.lines.date.set(at, day);
            self.lines.amount.set(at, amount);
            self.move_chart(line, beside);
        }
        self.date_papers(template, line, day);
        self.enter_anew(place, line, dice);
        self.decide_anew(template, line, dice);
        line
    }

    /// Takes signatures, entry time and document number as in neighbouring payments.
    pub(super) fn enter_anew(&mut self, place: &Place, line: LineIx, dice: &mut Dice) {
        self.reserve(line);
        self.sign_as_near(place, line, dice);
        self.key_as_near(place, line, dice);
        self.number_document(line, dice);
    }

    /// Shifts the dates of document and approval by as many days as the voucher.
    fn date_papers(&mut self, template: LineIx, line: LineIx, day: Day) {
        let moved = day.0 - self.day(template).0;
        let document = after(self.lines.document_date.at(template), moved);
        self.lines.document_date.set(line, document);
        let approved = after(self.lines.approved.at(template), moved);
        self.set_approved(line, approved);
    }

    /// Copies the signatures of a payment near the day with the same class and limits.
    pub(super) fn sign_as_near(&mut self, place: &Place, line: LineIx, dice: &mut Dice) {
        let Some(near) = place.signed_like(self, line, dice) else { return };
        let fields =
            [Field::Handler, Field::Witness, Field::Approver, Field::Cosigner, Field::Reviewer];
        for field in fields {
            let signer = self.at(near, field);
            self.write(line, field, signer);
            // Change the cash line's signer too, if it has one.
            if let Some(counter) = self.counter(line)
                && self.at(counter, field) != Id::NONE
            {
                self.set(counter, field, signer);
            }
        }
        let stamp = self.lines.committee_stamp.at(near);
        for other in self.voucher_lines(line) {
            self.lines.committee_stamp.set(other, stamp);
        }
        let approved = self.lines.approved.at(near);
        if approved != Day::NONE {
            let lag = approved.0.saturating_sub(self.day(near).0);
            // If the village approves many payments on one day, the copy is approved together with the neighbour.
            let is_in_time = (approved < self.day(line)) == (lag < 0);
            let together = is_in_time && place.approves_together(self, near);
            let own = if together { approved } else { after(self.day(line), lag) };
            self.set_approved(line, own);
        }
    }

    /// Copies the clerk and the entry delay of a neighbouring voucher.
    fn key_as_near(&mut self, place: &Place, line: LineIx, dice: &mut Dice) {
        let Some(near) = place.keyed_near(self, self.day(line), dice) else { return };
        let clerk = self.at(near, Field::Clerk);
        let moment = self.lines.entered.at(near);
        let moved = i64::from(self.day(line).0 - self.day(near).0) * 86_400;
        let own = i64::from(dice.between(-3_000, 3_000));
        for other in self.voucher_lines(line) {
            self.set(other, Field::Clerk, clerk);
            let keyed = moment.some().map_or(Moment::NONE, |m| Moment(m.0 + moved + own));
            self.lines.entered.set(other, keyed);
        }
    }

    /// Gives the document a new number, if it has one.
    pub(super) fn number_document(&mut self, line: LineIx, dice: &mut Dice) {
        if self.at(line, Field::DocumentNo) == Id::NONE {
            return;
        }
        let number = coin::document_number(self, line, dice);
        self.write(line, Field::DocumentNo, number);
    }

    /// Adds a new decision for a payment whose template has one.
    fn decide_anew(&mut self, template: LineIx, line: LineIx, dice: &mut Dice) {
        let decision = self.at(template, Field::Decision);
        if decision == Id::NONE {
            return;
        }
        let moved = self.day(line).0 - self.day(template).0;
        let scale = self.amount(line).yuan() / self.amount(template).yuan().max(0.01);
        let own = self.add_decision(decision, moved, scale, dice);
        self.write(line, Field::Decision, own.unwrap_or(Id::NONE));
    }

    /// Adds a decision like another one, shifted by days and scaled in amount.
    pub(super) fn add_decision(
        &mut self,
        template: Id,
        moved: i32,
        scale: f64,
        dice: &mut Dice,
    ) -> Option<Id> {
        let row = self.companions.decision(template)?;
        let id = coin::unused(&mut self.names, template, dice);
        let table = &mut self.companions.decisions;
        let at = table.rows;
        table.push_copy(row);
        table.decision.set(at, id);
        for column in
            [&mut table.proposed, &mut table.voted, &mut table.posted_from, &mut table.posted_to]
        {
            let day = after(column.at(at), moved);
            column.set(at, day);
        }
        let amount = table.amount.at(at);
        if amount != Fen::NONE {
            table.amount.set(at, Fen::of_yuan((amount.yuan() * scale).ceil()));
        }
        Some(id)
    }

    /// The payee's account: the last known one, or a new one.
    pub(super) fn account_of(&mut self, payee: Id, dice: &mut Dice) -> Id {
        let known = self.world.account_of(self.book, payee);
        if let Some(account) = known.some().or_else(|| self.opened_account(payee)) {
            return account;
        }
        let tries = std::iter::repeat_with(|| dice.pick(self.world.accounts()));
        let template = tries.take(20).flatten().find(|account| *account != Id::NONE);
        let Some(template) = template else { return Id::NONE };
        let account = coin::account(self, template, dice);
        self.open_account(payee, account);
        account
    }

    /// Adds a row to the register of payees like another row, with a new id and name.
    pub(super) fn register(&mut self, template: usize, name: Id, dice: &mut Dice) -> (Id, usize) {
        let model = self.companions.payees.payee.at(template);
        let id = coin::unused(&mut self.names, model, dice);
        let phone = self.companions.payees.phone.at(template);
        let phone = phone.some().map(|phone| coin::phone(self, phone, dice));
        (id, self.add_payee(template, (id, name, phone.unwrap_or(Id::NONE))))
    }
}
