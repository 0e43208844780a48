#![doc = include_str!("bank_account_flipflop.md")]

use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact, usual};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::rosters::relatives::{Tie, tie};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx};
use crate::ledger::book::payees::{Payee, payees};
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<BankAccountFlipflop>(card! {
    "bank_account_flipflop",
    grain: Grain::Payee,
    class: Class::Match,
    scheme: Scheme::Ghost,
    scale: Scale::Value { threshold: 1.0, false_positives: 0.01 },
    requires: &["ledger.payee", "ledger.payee_account"],
    basis: &[],
    simulated_schemes: &["shared_account"],
});

params! {
    struct BankAccountFlipflop {
        days: i32 = 90, within(0..=3_660),
            "most days from the first payment on the other account to the last",
            "另一账号首笔至末笔付款最多相隔的天数";
        other: f64 = 1.0, within(0.0..=10.0),
            "value of an account on which somebody else is usually paid",
            "该账号平时由他人收款的计值";
        officer: f64 = 1.5, within(0.0..=10.0),
            "value of the account of an officer of the village",
            "该账号属于本村任职人员的计值";
        family: f64 = 0.2, within(0.0..=10.0),
            "value of the account of somebody of the family",
            "该账号属于家人的计值";
    }
}

/// What is computed once for a county.
#[derive(Debug)]
struct County {
    payees: IxVec<PayeeIx, Payee>,
    /// Who is paid on each account more than on any other, by account.
    users: Vec<(Id, PayeeIx)>,
}

/// A payment into an account.
#[derive(Debug, Clone, Copy)]
struct Paid {
    one: Seen,
    account: Id,
}

/// Whose the other account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Unknown,
    Family(PayeeIx),
    Other(PayeeIx),
    Officer(PayeeIx, Id),
}

/// A time in which a village paid somebody on another account than before and after.
#[derive(Debug, Clone, Copy)]
struct Switch<'a> {
    usual: Id,
    paid: &'a [Paid],
    first: Paid,
    largest: Paid,
    /// The first day on the usual account again.
    back: Day,
    /// The median of the payments on the usual account, in fen.
    median: Fen,
    whose: Whose,
    value: f64,
}

impl County {
    fn of(book: &Book) -> Self {
        let payees = payees(book);
        let known = payees.iter_enumerated().filter(|(_, payee)| payee.account != Id::NONE);
        let mut users: Vec<(Id, PayeeIx)> =
            known.map(|(place, payee)| (payee.account, place)).collect();
        users.sort_unstable();
        Self { payees, users }
    }

    fn users(&self, account: Id) -> impl Iterator<Item = PayeeIx> {
        let from = self.users.partition_point(|(own, _)| *own < account);
        let rest = self.users.get(from..).unwrap_or(&[]).iter();
        rest.take_while(move |(own, _)| *own == account).map(|(_, payee)| *payee)
    }

    /// Whose account it is beside the payee: an officer's before anybody else's.
    fn whose(&self, book: &Book, payee: PayeeIx, paid: Paid) -> Whose {
        let (own, village) = (self.payees[payee].human, book.villages[paid.one.village]);
        let others = self.users(paid.account).filter(|other| *other != payee);
        let each = others.map(|other| {
            let human = self.payees[other].human;
            let is_officer = book.terms.held(human, village, paid.one.day).next().is_some();
            let is_known = own != Id::NONE && human != Id::NONE;
            if is_known && own == human {
                Whose::Unknown
            } else if is_known && tie(book, own, human) == Tie::Family {
                Whose::Family(other)
            } else if is_officer {
                Whose::Officer(other, human)
            } else {
                Whose::Other(other)
            }
        });
        each.max_by_key(|whose| whose.rank()).unwrap_or(Whose::Unknown)
    }
}

impl Whose {
    fn rank(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Family(_) => 1,
            Self::Other(_) => 2,
            Self::Officer(..) => 3,
        }
    }
}

impl BankAccountFlipflop {
    /// The switches among the payments of one village, in the order of time.
    fn switches<'a>(
        &self,
        book: &Book,
        county: &County,
        (payee, own): (PayeeIx, &'a [Paid]),
    ) -> Vec<Switch<'a>> {
        let runs: Vec<&[Paid]> = own.chunk_by(|a, b| a.account == b.account).collect();
        let mut found = Vec::new();
        for (place, three) in runs.windows(3).enumerate() {
            let &[before, paid, after] = three else { continue };
            let (Some(first), Some(last)) = (paid.first(), paid.last()) else { continue };
            let (Some(usual), Some(back)) = (before.first(), after.first()) else { continue };
            let is_short = last.one.day.0 - first.one.day.0 <= self.days;
            let is_used = |run: &&[Paid]| run.iter().any(|it| it.account == first.account);
            let is_new = !runs.iter().take(place + 1).any(is_used);
            if usual.account == back.account && is_short && is_new {
                let of = (usual.account, paid, back.one.day);
                found.extend(self.switch(book, county, (payee, own), of));
            }
        }
        found
    }

    fn switch<'a>(
        &self,
        book: &Book,
        county: &County,
        (payee, own): (PayeeIx, &'a [Paid]),
        (account, paid, back): (Id, &'a [Paid], Day),
    ) -> Option<Switch<'a>> {
        let first = *paid.first()?;
        let largest = *paid.iter().max_by_key(|it| it.one.amount)?;
        let on_usual = own.iter().filter(|it| it.account == account);
        let median = usual(on_usual.map(|it| it.one.amount))?;
        let whose = county.whose(book, payee, first);
        let weight = match whose {
            Whose::Unknown => 0.0,
            Whose::Family(_) => self.family,
            Whose::Other(_) => self.other,
            Whose::Officer(..) => self.officer,
        };
        let times = float(largest.one.amount) / float(median.0.max(1));
        let value = times.max(1.0).ln() + weight;
        Some(Switch { usual: account, paid, first, largest, back, median, whose, value })
    }
}

/// When the account changed and changed back, what came on it, and whose it is.
fn facts(payee: PayeeIx, switch: &Switch<'_>) -> Vec<Fact> {
    let other = Value::Reference(switch.first.account);
    let sum: Fen = switch.paid.iter().map(|it| Fen(it.one.amount)).sum();
    let until = switch.paid.last().map_or(switch.first.one.day, |it| it.one.day);
    let changed = fact!(
        "switch", ["payee", "payee_account", "date"],
        payee: payee, usual: Value::Reference(switch.usual), other: other.clone(),
        from: switch.first.one.day, until: until, count: switch.paid.len(), sum: sum,
        back: switch.back,
    );
    let amount = Fen(switch.largest.one.amount);
    let large = (amount > switch.median)
        .then(|| fact!("large", ["amount"], amount: amount, median: switch.median));
    let whose = match switch.whose {
        Whose::Unknown => None,
        Whose::Family(owner) => {
            Some(fact!("family", ["payee_account"], other: other, owner: owner))
        }
        Whose::Other(owner) => Some(fact!("owner", ["payee_account"], other: other, owner: owner)),
        Whose::Officer(_, person) => {
            let owner = Value::Post(person, switch.first.one.line);
            Some(fact!("officer", ["payee_account"], other: other, owner: owner))
        }
    };
    std::iter::once(changed).chain(large).chain(whose).collect()
}

impl Measure for BankAccountFlipflop {
    type Context = County;
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> County {
        County::of(book)
    }

    fn measure(&self, book: &Book, county: &County, group: Group<'_, PayeeIx>, out: &mut Out) {
        let payee = group.number;
        if book.is_public(book.payees[payee]) {
            return;
        }
        // Under a contract that was decided somebody may be paid for others.
        let asked = seen(book, group.payments).filter(|one| one.amount > 0 && !one.is_agreed(book));
        let paid: Vec<Paid> = asked
            .filter_map(|one| {
                let account = book.lines.payee_account.at(one.line).some()?;
                Some(Paid { one, account })
            })
            .collect();
        let villages: Vec<&[Paid]> = paid
            .chunk_by(|a, b| a.one.village == b.one.village)
            .filter(|own| own.len() > 2)
            .collect();
        if villages.is_empty() {
            return;
        }
        let switches = villages.iter().flat_map(|own| self.switches(book, county, (payee, own)));
        let largest = switches.max_by(|a, b| a.value.total_cmp(&b.value));
        let value = largest.map_or(0.0, |switch| switch.value);
        let sample = villages.iter().map(|own| own.len()).sum();
        out.put(payee, value, sample, || {
            let paid = largest.filter(|_| value > 0.0).map_or(&[][..], |switch| switch.paid);
            paid.iter().map(|it| it.one.line).collect::<Vec<_>>()
        });
        if value > 0.0 {
            out.tell(payee, || largest.map_or_else(Vec::new, |switch| facts(payee, &switch)));
        }
    }
}
