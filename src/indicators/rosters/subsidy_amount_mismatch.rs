#![doc = include_str!("subsidy_amount_mismatch.md")]

use super::standards::Standards;
use crate::convert::float;
use crate::indicators::basis::MISUSE_RULES;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{PaymentIx, VillageIx};
use crate::ledger::book::rosters::Row;
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<SubsidyAmountMismatch>(card! {
    "subsidy_amount_mismatch",
    grain: Grain::Payment,
    class: Class::Rule,
    scheme: Scheme::InventedAmounts,
    scale: Scale::rule(0.01),
    requires: &["ledger.payee", "ledger.scheme", "subsidies", "standards"],
    basis: &[MISUSE_RULES],
    simulated_schemes: &["subsidy_diverted"],
});

params! {
    struct SubsidyAmountMismatch {
        tolerance: f64 = 0.02, within(0.0..=1.0),
            "share of the amount due by which a payment may differ",
            "发放金额与应发金额允许相差的比例";
        arrears: usize = 8, within(0..=120),
            "unpaid earlier periods that one payment may make up for",
            "一笔付款最多可补发的以前各期";
    }
}

/// A payment of a subsidy, the row of the roster that it pays, and what else pays the row.
#[derive(Debug)]
struct Paid {
    one: Seen,
    row: Row,
    person: Id,
    scheme: Id,
    /// The payments of the row.
    all: Vec<PaymentIx>,
    /// The row, and the earlier rows of the person without a payment, the latest first.
    owed: Vec<Row>,
}

impl Paid {
    fn of(book: &Book, one: Seen, arrears: usize) -> Option<Self> {
        let (rosters, table) = (book.rosters(), &book.companions.subsidies);
        let at = rosters.row(one.payment)?;
        let (person, scheme) = (table.person.at(at), table.scheme.at(at));
        let row = rosters.of_person(person, scheme).find(|row| row.row == at)?;
        let before = rosters.of_person(person, scheme).rev().filter(|it| it.period < row.period);
        let unpaid = before.filter(|it| rosters.payments(it.row).next().is_none());
        let owed = std::iter::once(row).chain(unpaid.take(arrears)).collect();
        Some(Self { one, row, person, scheme, all: rosters.payments(row.row).collect(), owed })
    }

    /// What all payments of the row come to.
    fn sum(&self, book: &Book) -> i64 {
        self.all.iter().map(|payment| book.payments.amount[*payment].0).sum()
    }

    /// What may have been paid for the row: this payment, or all payments together.
    fn amounts(&self, book: &Book) -> [i64; 2] {
        [self.one.amount, self.sum(book)]
    }

    /// The sums of something over the row and ever more of the unpaid rows.
    fn sums(&self, of: impl Fn(Row) -> Option<f64>) -> Vec<f64> {
        let of_rows = self.owed.iter().map_while(|row| of(*row));
        let sums = of_rows.scan(0.0, |sum, more| {
            *sum += more;
            Some(*sum)
        });
        sums.filter(|sum| *sum > 0.0).collect()
    }
}

/// The least share by which one of these amounts differs from one of the sums due.
fn least(amounts: [i64; 2], due: &[f64]) -> Option<f64> {
    let each = due.iter().flat_map(|due| amounts.map(|paid| (float(paid) / due - 1.0).abs()));
    each.min_by(f64::total_cmp)
}

fn quantity(book: &Book, row: Row) -> Option<f64> {
    let cell = book.companions.subsidies.quantity.at(row.row);
    cell.some().map(|it| it.0).filter(|it| *it > 0.0)
}

/// By how much a payment differs from what is due, by each of three measures.
#[derive(Debug, Default)]
struct Mismatch {
    standard: Option<f64>,
    roster: Option<f64>,
    quantity: Option<f64>,
}

impl Mismatch {
    fn of(book: &Book, standards: &Standards, paid: &Paid) -> Self {
        let amounts = paid.amounts(book);
        let roster = paid.sums(|row| row.amount.some().map(|it| float(it.0)));
        Self {
            standard: of_standard(book, standards, paid),
            roster: least(amounts, &roster),
            quantity: of_quantity(book, paid).map(|(own, most)| own / most - 1.0),
        }
    }

    /// The largest, where anything is known of what is due; what is within the tolerance is nothing.
    fn value(&self, tolerance: f64) -> Option<f64> {
        let known = self.standard.or(self.roster)?;
        let all = [self.standard, self.roster, self.quantity].into_iter().flatten();
        let largest = all.fold(known, f64::max);
        Some(if largest > tolerance + 1e-9 { largest } else { 0.0 })
    }
}

/// The share by which the payment differs from quantity times standard. Nothing where another rate of about that time
/// fits exactly.
fn of_standard(book: &Book, standards: &Standards, paid: &Paid) -> Option<f64> {
    let word = book.companions.subsidies.period.at(paid.row.row);
    let amounts = paid.amounts(book);
    let standard = |row: Row| standards.of_period(paid.scheme, row.period).map(|it| float(it.0));
    let own = least(amounts, &paid.sums(|row| Some(quantity(book, row)? * standard(row)?)))?;
    // A fen or two are lost when each row is rounded.
    let fits = |rate: &f64| {
        let differs = least(amounts, &paid.sums(|row| Some(quantity(book, row)? * rate)));
        differs.is_some_and(|it| it * float(paid.one.amount) < 2.0)
    };
    let others = standards.others(paid.scheme, paid.row.period, word);
    Some(if others.iter().any(fits) { 0.0 } else { own })
}

/// The row's quantity, and the largest of the person's other periods, of which there must be two. Nothing where the
/// person is missing in the scheme's period before: the quantity may make up for it.
fn of_quantity(book: &Book, paid: &Paid) -> Option<(f64, f64)> {
    let rows: Vec<Row> = book.rosters().of_person(paid.person, paid.scheme).collect();
    let place = rows.iter().position(|row| row.row == paid.row.row)?;
    let before = rows.get(place.checked_sub(1)?)?;
    let follows = before.period.last.0 + 1 == paid.row.period.first.0;
    let others = rows.iter().filter(|row| row.row != paid.row.row);
    let others: Vec<f64> = others.filter_map(|row| quantity(book, *row)).collect();
    let most = others.iter().copied().max_by(f64::total_cmp).filter(|_| follows)?;
    let own = quantity(book, paid.row)?;
    (others.len() > 1 && own > most).then_some((own, most))
}

impl SubsidyAmountMismatch {
    fn facts(&self, book: &Book, standards: &Standards, paid: &Paid) -> Vec<Fact> {
        let found = Mismatch::of(book, standards, paid);
        let is_beyond = |share: Option<f64>| share.is_some_and(|it| it > self.tolerance + 1e-9);
        let table = &book.companions.subsidies;
        let of_row = || {
            [
                ("person", Value::Person(paid.person)),
                ("scheme", Value::Text(paid.scheme)),
                ("period", Value::Text(table.period.at(paid.row.row))),
            ]
        };
        let amount = Fen(paid.one.amount);
        let mut facts = Vec::new();
        let standard = standards.of_period(paid.scheme, paid.row.period);
        if let Some(standard) = standard.filter(|_| is_beyond(found.standard)) {
            let units = quantity(book, paid.row).unwrap_or_default();
            #[expect(clippy::cast_possible_truncation, reason = "fen, far below 2^53")]
            let due = Fen((units * float(standard.0)).round() as i64);
            let fact = fact!(
                "standard", ["amount", "scheme"],
                amount: amount, quantity: Value::Number(units), standard: standard, due: due,
            );
            facts.push(fact.with(of_row()));
        }
        if is_beyond(found.roster) {
            let fact = fact!("roster", ["amount", "scheme"], amount: amount, due: paid.row.amount);
            facts.push(fact.with(of_row()));
        }
        if let Some((own, most)) = of_quantity(book, paid).filter(|_| is_beyond(found.quantity)) {
            let periods = book.rosters().of_person(paid.person, paid.scheme).count() - 1;
            let fact = fact!(
                "quantity", ["scheme"],
                quantity: Value::Number(own), most: Value::Number(most), periods: periods,
            );
            facts.push(fact.with(of_row()));
        }
        if paid.all.len() > 1 {
            let (count, sum) = (paid.all.len(), Fen(paid.sum(book)));
            facts.push(fact!("several", ["amount"], count: count, sum: sum));
        }
        facts
    }
}

impl Measure for SubsidyAmountMismatch {
    type Context = Standards;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Standards {
        Standards::of(book)
    }

    fn measure(
        &self,
        book: &Book,
        standards: &Standards,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        for one in seen(book, group.payments) {
            let Some(paid) = Paid::of(book, one, self.arrears) else { continue };
            let value = Mismatch::of(book, standards, &paid).value(self.tolerance);
            let Some(value) = value else { continue };
            let is_off = value > 0.0;
            out.put(one.payment, value, paid.all.len(), || {
                paid.all
                    .iter()
                    .filter(|_| is_off)
                    .map(|it| book.payments.line[*it])
                    .collect::<Vec<_>>()
            });
            if is_off {
                out.tell(one.payment, || self.facts(book, standards, &paid));
            }
        }
    }
}
