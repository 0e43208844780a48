#![doc = include_str!("deceased_payee.md")]

use crate::indicators::basis::{MISUSE_RULES, SOCIAL_RELIEF};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out, Record};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, PayeeIx, RosterIx, VillageIx};
use crate::ledger::book::period::Period;
use crate::ledger::book::side::Flow;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<DeceasedPayee>(card! {
    "deceased_payee",
    grain: Grain::Payment,
    class: Class::Match,
    scheme: Scheme::Ghost,
    scale: Scale::Value { threshold: 1.0, false_positives: 0.001 },
    requires: &["ledger.payee", "people.death_date"],
    basis: &[SOCIAL_RELIEF, MISUSE_RULES],
    simulated_schemes: &["deceased_payee"],
});

params! {
    struct DeceasedPayee {
        grace: i32 = 60, within(0..=3_660),
            "days after a death in which the lists may still have the person",
            "死亡后名册可能尚未更新的天数";
        days: i32 = 90, within(1..=3_660),
            "days beyond these that have a value of 1",
            "此后多少天计为 1";
        arrears: f64 = 0.1, within(0.0..=1.0),
            "weight of a payment for a period that began before the death",
            "所属期在死亡之前开始的付款的权重";
        repaid: f64 = 0.1, within(0.0..=1.0),
            "weight of a payment that was paid back",
            "已退回付款的权重";
    }
}

/// A payment back is looked for so many days after the payment.
const BACK: i32 = 366;

/// A payment for a person whom the register of people has.
#[derive(Debug, Clone, Copy)]
struct Paid {
    one: Seen,
    /// The payee, or who stands on the row of the roster that is paid.
    person: Id,
    died: Option<Day>,
    /// The row of the roster, with its period.
    row: Option<(RosterIx, Period)>,
    /// The payee is somebody else.
    is_for_another: bool,
}

impl Paid {
    fn of(book: &Book, payee: PayeeIx, one: Seen) -> Option<Self> {
        let people = &book.companions.people;
        let died =
            |person: Id| book.companions.person(person).map(|row| people.death_date.at(row).some());
        let (own, table) = (book.person_of(book.payees[payee]), &book.companions.subsidies);
        let row = book.rosters().row(one.payment);
        let listed = row.map(|row| table.person.at(row)).filter(|listed| *listed != own);
        let is_dead = |person: &Id| died(*person).flatten().is_some();
        let person = listed.filter(|_| !is_dead(&own)).filter(is_dead).unwrap_or(own);
        let period = |row: RosterIx| Some((row, Period::of(book.names.get(table.period.at(row)))?));
        Some(Self {
            one,
            person,
            died: died(person)?,
            row: row.filter(|row| table.person.at(*row) == person).and_then(period),
            is_for_another: person != own,
        })
    }

    /// How many days the person had been dead; 0 while it lived.
    fn days(&self) -> i32 {
        self.died.map_or(0, |died| self.one.day.0.saturating_sub(died.0).max(0))
    }

    fn is_late(&self) -> bool {
        self.days() > 0
    }
}

/// Money that came back to a village.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Back {
    amount: i64,
    day: Day,
    line: LineIx,
}

/// What came back to each village, by amount and day: receipts, and payments in red.
fn backs(book: &Book) -> IxVec<VillageIx, Vec<Back>> {
    let lines = &book.lines;
    let is_back = |(line, flow): &(LineIx, &Flow)| match flow {
        Flow::In => lines.amount.at(*line).0 > 0,
        Flow::Out => lines.amount.at(*line).0 < 0,
        Flow::Internal => false,
    };
    let mut all = IxVec::of(Vec::new(), book.villages.len());
    for (line, _) in book.flows.iter_enumerated().filter(is_back) {
        if let Some(village) = book.villages.place(&lines.village.at(line)) {
            let (amount, day) = (lines.amount.at(line).0.abs(), lines.date.at(line));
            all[village].push(Back { amount, day, line });
        }
    }
    for own in &mut all.raw {
        own.sort_unstable();
    }
    all
}

/// What came back of this amount after a payment, on its account, and from nobody else.
fn back(book: &Book, backs: &[Back], (one, amount): (Seen, i64), used: &[LineIx]) -> Option<Back> {
    let lines = &book.lines;
    let from = backs.partition_point(|back| (back.amount, back.day) < (amount, one.day));
    let equal = backs
        .get(from..)?
        .iter()
        .take_while(|back| back.amount == amount && back.day.0 <= one.day.0.saturating_add(BACK));
    let series = |line: LineIx| book.charts[line].series(book.names.get(lines.account.at(line)));
    let is_own = |line: LineIx| {
        let payee = lines.payee.at(line).some().or(lines.payee_name.at(line).some());
        payee.is_none_or(|payee| one.payee(book).is_some_and(|own| book.payees[own] == payee))
    };
    let mut own = equal.filter(|back| {
        !used.contains(&back.line) && series(back.line) == series(one.line) && is_own(back.line)
    });
    own.next().copied()
}

/// What came back for each of the payments after a death in one village: all at once, or each by itself.
fn paid_back(book: &Book, backs: &[Back], late: &[Paid]) -> Vec<Option<Back>> {
    let Some(last) = late.last() else { return Vec::new() };
    let sum = late.iter().map(|paid| paid.one.amount).sum();
    if let Some(whole) = back(book, backs, (last.one, sum), &[]) {
        return vec![Some(whole); late.len()];
    }
    let mut used = Vec::new();
    let alone = late.iter().map(|paid| {
        let found = back(book, backs, (paid.one, paid.one.amount), &used);
        used.extend(found.map(|back| back.line));
        found
    });
    alone.collect()
}

impl DeceasedPayee {
    fn value(&self, paid: &Paid, back: Option<Back>) -> f64 {
        let Some(died) = paid.died.filter(|_| paid.is_late()) else { return 0.0 };
        let beyond = paid.days().saturating_sub(self.grace).max(0);
        let beyond = f64::from(beyond) / f64::from(self.days);
        let value = match paid.row {
            Some((_, period)) if period.first <= died => beyond * self.arrears,
            Some((_, period)) if period.first.0 > died.0.saturating_add(self.grace) => {
                beyond.max(1.0)
            }
            _ => beyond,
        };
        if back.is_some() { value * self.repaid } else { value }
    }
}

/// Who had died when, what the payment was for, and what came back.
fn facts(book: &Book, late: &[Paid], paid: &Paid, back: Option<Back>) -> Vec<Fact> {
    let Some(died) = paid.died else { return Vec::new() };
    let sum: Fen = late.iter().map(|paid| Fen(paid.one.amount)).sum();
    let person = Value::Person(paid.person);
    let dead = if paid.is_for_another {
        fact!(
            "roster", ["payee", "scheme", "date"],
            person: person, died: died, day: paid.one.day, days: paid.days(), count: late.len(),
            sum: sum,
        )
    } else {
        fact!(
            "dead", ["payee", "date"],
            person: person, died: died, day: paid.one.day, days: paid.days(), count: late.len(),
            sum: sum,
        )
    };
    let period = paid.row.map(|(row, period)| {
        let word = Value::Text(book.companions.subsidies.period.at(row));
        if period.first <= died {
            fact!("before", ["scheme"], period: word, from: period.first)
        } else {
            fact!("after", ["scheme"], period: word, from: period.first)
        }
    });
    let back = back.map(|back| {
        fact!(
            "back", ["payee", "amount"],
            amount: Fen(back.amount), day: back.day, voucher: back.line,
        )
    });
    std::iter::once(dead).chain(period).chain(back).collect()
}

impl Measure for DeceasedPayee {
    type Context = IxVec<VillageIx, Vec<Back>>;
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> Self::Context {
        backs(book)
    }

    fn measure(
        &self,
        book: &Book,
        backs: &Self::Context,
        group: Group<'_, PayeeIx>,
        out: &mut Out,
    ) {
        let positive = seen(book, group.payments).filter(|one| one.amount > 0);
        let mut all: Vec<Paid> =
            positive.filter_map(|one| Paid::of(book, group.number, one)).collect();
        // One payee is paid for several persons where it collects for others.
        all.sort_by_key(|paid| (paid.one.village, paid.person));
        for own in all.chunk_by(|a, b| (a.one.village, a.person) == (b.one.village, b.person)) {
            let alive = own.partition_point(|paid| !paid.is_late());
            let (alive, late) = own.split_at(alive);
            for paid in alive {
                out.put(paid.one.payment, 0.0, own.len(), || None);
            }
            let Some(village) = late.first().map(|paid| paid.one.village) else { continue };
            for (paid, back) in late.iter().zip(paid_back(book, &backs[village], late)) {
                let value = self.value(paid, back);
                out.put(paid.one.payment, value, own.len(), || {
                    let back = back.map(|back| back.line);
                    let lines = [Some(paid.one.line), back].into_iter().flatten();
                    lines.filter(|_| value > 0.0).collect::<Vec<_>>()
                });
                if value > 0.0 {
                    out.tell(paid.one.payment, || facts(book, late, paid, back));
                    out.cite(paid.one.payment, || {
                        let row = paid.row.map(|(row, _)| row.into());
                        row.map(|row| Record { table: "subsidies", row, money: Fen(0) })
                    });
                }
            }
        }
    }
}
