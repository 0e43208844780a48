//! Payments: a slip is signed as the limits require, then a voucher is booked.

use super::calendar::weekday;
use super::chance::{Dice, Draw};
use super::chart::{BANK, CASH, Use};
use super::payee::Trade;
use super::records::{Contract, Decision, Post};
use super::village::Village;
use super::voucher::{Document, Line, Slip, Voucher, Words};
use crate::ledger::contract::cell::{Day, Fen};

/// A payment to be made.
#[derive(Debug, Clone)]
pub(crate) struct Purchase {
    pub(crate) usage: Use,
    pub(crate) payee: usize,
    pub(crate) amount: i64,
    pub(crate) summary: Words,
    pub(crate) document: Document,
}

impl Village<'_> {
    /// Books any voucher and returns its index.
    pub(crate) fn book(&mut self, voucher: Voucher) -> usize {
        self.lines += voucher.lines.len();
        self.vouchers.push(voucher);
        self.vouchers.len() - 1
    }

    /// Signs and books one payment; returns the index of its voucher.
    pub(crate) fn spend(&mut self, dice: &mut Dice, date: Day, purchase: Purchase) -> usize {
        let in_cash = self.pays_in_cash(dice, date, &purchase);
        let line = self.signed(dice, date, purchase);
        self.pay(date, vec![line], in_cash)
    }

    /// Books signed lines as one voucher, paid in cash or by bank.
    pub(crate) fn pay(&mut self, date: Day, mut lines: Vec<Line>, in_cash: bool) -> usize {
        for slip in lines.iter_mut().filter_map(|line| line.slip.as_deref_mut()) {
            slip.in_cash = in_cash;
        }
        let sum = lines.iter().map(|line| line.amount).sum();
        let summary = lines.first().map_or(Words::Borrowed("付款"), |line| line.summary.clone());
        lines.push(Line::credit(if in_cash { CASH } else { BANK }, sum, summary));
        self.book(Voucher::new(date, lines))
    }

    /// Whether an honest clerk would pay this in cash.
    pub(crate) fn pays_in_cash(&self, dice: &mut Dice, date: Day, purchase: &Purchase) -> bool {
        let class = purchase.usage.class();
        let band = self.township.policy.band(class, purchase.amount, date);
        let most = band.map_or(100_000, |band| band.cash_max.0);
        let banked = matches!(
            self.payee(purchase.payee).trade,
            Trade::Power | Trade::Telecom | Trade::Builder | Trade::Office
        );
        dice.chance(self.township.habits.cash_share) && purchase.amount < most && !banked
    }

    /// The line of a purchase, with a slip signed as the limits require.
    pub(crate) fn signed(&mut self, dice: &mut Dice, date: Day, purchase: Purchase) -> Line {
        let slip = self.slip(dice, date, &purchase);
        let account = purchase.usage.account(date);
        let mut line = Line::debit(account, purchase.amount, purchase.summary);
        line.slip = Some(Box::new(slip));
        line
    }

    fn slip(&mut self, dice: &mut Dice, date: Day, purchase: &Purchase) -> Slip {
        let days = |dice: &mut Dice, most| i32::try_from(dice.between(0, most)).unwrap_or(0);
        let signed = self.signed_on(Day(date.0 - days(dice, 6)), date);
        let document_date = Day(signed.0 - days(dice, 20));
        let band = self.township.policy.band(purchase.usage.class(), purchase.amount, date);
        let asks = |role| band.is_some_and(|band| band.asks(role));
        let (beside, by_committee) = (asks("cosigner"), asks("committee_stamp"));
        let (reviewed, by_vote) = (asks("township_reviewer"), asks("decision"));
        let kept = 1.0 - self.township.habits.unkeyed;
        let approver = self.proper_approver(dice, purchase.payee, signed);
        let cosigner = self.second(approver, signed);
        let handler = self.handler(dice, approver, purchase.payee, signed);
        let supervisor = self.holder(Post::Supervisor, 0, signed);
        let numbered = matches!(purchase.document, Document::Invoice | Document::Receipt);
        let decision = (by_vote && dice.chance(kept))
            .then(|| self.decide(dice, "大额支出", purchase.amount, signed));
        Slip {
            payee: purchase.payee,
            account: None,
            in_cash: false,
            document: purchase.document,
            document_no: numbered.then(|| format!("{:08}", dice.between(1_000, 99_999_999))),
            document_date: (purchase.document != Document::Missing).then_some(document_date),
            attachments: if purchase.document == Document::Missing { 0 } else { 1 + days(dice, 3) },
            handler: Some(handler),
            witness: dice.chance(0.9).then_some(supervisor),
            approver: Some(approver),
            cosigner: (beside && dice.chance(kept)).then_some(cosigner),
            reviewer: (reviewed && dice.chance(kept)).then(|| dice.count(0, 1)),
            approved: Some(signed),
            stamp: Some((by_committee && dice.chance(kept)) || dice.chance(0.2)),
            decision,
            contract: None,
            project: None,
            scheme: None,
            fixed_standard: false,
        }
    }

    /// The township's last signing day up to the payment, or `any` if it has none.
    fn signed_on(&self, any: Day, paid: Day) -> Day {
        let back = |day: i32| Day(paid.0 - (weekday(paid) - day).rem_euclid(7));
        self.township.habits.signing_day.map_or(any, back)
    }

    /// The director; another officer for the director's own claims, and for 40 % of those of close kin.
    fn proper_approver(&self, dice: &mut Dice, payee: usize, date: Day) -> usize {
        let director = self.holder(Post::Director, 0, date);
        let behind = [self.payee(payee).person, self.payee(payee).owner];
        let own = behind.contains(&Some(director));
        let near = behind.iter().flatten().any(|who| self.kin.degree(*who, director) == Some(1));
        if own || (near && dice.chance(0.4)) { self.second(director, date) } else { director }
    }

    /// The officer who signs with another or instead of him.
    pub(crate) fn second(&self, officer: usize, date: Day) -> usize {
        let secretary = self.holder(Post::Secretary, 0, date);
        if secretary == officer { self.holder(Post::Committee, 0, date) } else { secretary }
    }

    fn handler(&self, dice: &mut Dice, approver: usize, payee: usize, date: Day) -> usize {
        if let Some(person) =
            self.payee(payee).person.filter(|who| self.is_official(*who) && *who != approver)
        {
            return person;
        }
        let clerk = self.holder(Post::Clerk, 0, date);
        if dice.chance(0.5) {
            return clerk;
        }
        let member = self.holder(Post::Committee, dice.count(1, 2), date);
        if member == approver { clerk } else { member }
    }

    /// Records a collective decision before a day; returns its id.
    pub(crate) fn decide(
        &mut self,
        dice: &mut Dice,
        item: &'static str,
        amount: i64,
        before: Day,
    ) -> String {
        let id = format!("D-{}-{:04}", self.code, self.decisions.len() + 1);
        let days =
            |dice: &mut Dice, least, most| i32::try_from(dice.between(least, most)).unwrap_or(7);
        let until = Day(before.0 - days(dice, 1, 6));
        let from = Day(until.0 - days(dice, 3, 8));
        let voted = Day(from.0 - days(dice, 0, 3));
        let proposed = Day(voted.0 - days(dice, 5, 25));
        let entitled = 30 + self.population / 100;
        let ballots = entitled - days(dice, 0, i64::from(entitled / 3));
        let tally = [ballots - days(dice, 0, i64::from(ballots / 8)), ballots, entitled];
        self.decisions.push(Decision {
            id: id.clone(),
            item,
            amount: Fen(amount),
            proposed,
            voted,
            posted_from: from,
            posted_to: until,
            votes: tally,
        });
        id
    }

    /// Signs a contract with a payee; returns its id.
    pub(crate) fn contract(
        &mut self,
        kind: &'static str,
        payee: usize,
        amount: i64,
        signed: Day,
        days: i32,
        tendered: bool,
    ) -> String {
        let id = format!("C-{}-{:04}", self.code, self.contracts.len() + 1);
        let end = Day(signed.0 + days);
        self.contracts.push(Contract {
            id: id.clone(),
            payee,
            kind,
            amount: Fen(amount),
            signed,
            end,
            tendered,
        });
        id
    }
}
