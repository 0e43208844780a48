#![doc = include_str!("conflict_vendor.md")]

use crate::convert::float;
use crate::indicators::basis::{CADRE_CONDUCT, COLLECTIVE_ECONOMY_LAW};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::register::{Behind, behind};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx};
use crate::ledger::book::terms::Term;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};
use crate::registers::office::{Officer, terms};

pub(super) static INDICATOR: Indicator = Indicator::of::<ConflictVendor>(card! {
    "conflict_vendor",
    grain: Grain::Payee,
    class: Class::Match,
    scheme: Scheme::KinBenefit,
    // A near relative's firm with one sign more: 0.6 by 1.5.
    scale: Scale::Value { threshold: 0.9, false_positives: 0.08 },
    requires: &["ledger.payee", "payees.owner", "posts"],
    basis: &[CADRE_CONDUCT, COLLECTIVE_ECONOMY_LAW],
    simulated_schemes: &["kin_supplier"],
});

params! {
    struct ConflictVendor {
        days: i32 = 180, within(0..=3_660),
            "days before the first payment in which a firm is newly registered",
            "首笔付款前多少天内建档视为新建档";
        kinds: usize = 4, within(2..=100),
            "first-level accounts from which on a firm's trade is mixed",
            "经营范围混杂的一级科目数";
        rare: f64 = 0.05, within(0.0..=1.0),
            "share of firms with as many payments up to which so many accounts are rare",
            "付款笔数相近的企业中科目数如此之多的占比，不超过此值视为少见";
        sign: f64 = 0.5, within(0.0..=2.0),
            "share of the value that each sign adds",
            "每一迹象增加指标值的比例";
        excused: f64 = 0.3, within(0.0..=1.0),
            "weight of a firm that was chosen by tender, or belongs to the collective",
            "经招标选定的企业或集体经济组织的权重";
    }
}

/// Words in the names of the collective's own organisations.
const COLLECTIVE: [&str; 3] = ["股份经济合作", "经济合作社", "经济联合"];

/// What is computed once for a county.
#[derive(Debug)]
struct County {
    behind: IxVec<PayeeIx, Behind>,
    trades: Trades,
}

/// The trades of the firms of which an owner is recorded.
#[derive(Debug)]
struct Trades {
    /// For each doubling of the payments, the accounts of each firm, sorted.
    of_firms: Vec<Vec<usize>>,
}

/// The payments to a firm, and the first-level accounts that they stand in.
#[derive(Debug, Clone, Copy)]
struct Trade {
    payments: usize,
    kinds: usize,
}

impl Trade {
    fn of(book: &Book, payments: &[PaymentIx]) -> Self {
        let chosen = || seen(book, payments).filter(|one| one.is_chosen());
        let mut kinds: Vec<u16> = chosen().map(|one| book.series()[one.payment]).collect();
        kinds.sort_unstable();
        kinds.dedup();
        Self { payments: chosen().count(), kinds: kinds.len() }
    }

    /// Firms are compared whose payments have as many binary digits.
    fn band(self) -> usize {
        self.payments.checked_ilog2().map_or(0, |band| band as usize)
    }
}

impl Trades {
    fn of(book: &Book, behind: &IxVec<PayeeIx, Behind>) -> Self {
        let mut of_firms: Vec<Vec<usize>> = vec![Vec::new(); usize::BITS as usize];
        for (payee, payments) in book.payees.keys().zip(book.by_payee().groups()) {
            if behind[payee].owner_of_firm().is_none() {
                continue;
            }
            let own = Trade::of(book, payments);
            if let Some(band) = of_firms.get_mut(own.band()).filter(|_| own.payments > 0) {
                band.push(own.kinds);
            }
        }
        for band in &mut of_firms {
            band.sort_unstable();
        }
        Self { of_firms }
    }

    /// Of the firms with about as many payments: how many there are, and how many stand in as many accounts.
    fn beside(&self, trade: Trade) -> (usize, usize) {
        let band = self.of_firms.get(trade.band()).map_or(&[][..], Vec::as_slice);
        let fewer = band.partition_point(|kinds| *kinds < trade.kinds);
        (band.len(), band.len() - fewer)
    }
}

/// A firm that a village paid while somebody near to the owner was in office.
#[derive(Debug)]
struct Tie {
    value: f64,
    officer: Officer,
    term: Term,
    /// The payments of the village in the term.
    paid: Vec<Seen>,
    /// The firm came into the register after the term had begun.
    after: Option<Day>,
    /// The firm came into the register shortly before the village's first payment.
    shortly: Option<Day>,
    tendered: Fen,
}

/// A firm as the register has it.
#[derive(Debug, Clone, Copy)]
struct Firm {
    payee: PayeeIx,
    owner: Id,
    first_seen: Option<Day>,
    is_collective: bool,
    trade: Trade,
    /// Firms with about as many payments, and those with as many accounts, if that is rare.
    mixed: Option<(usize, usize)>,
}

impl ConflictVendor {
    fn firm(&self, book: &Book, county: &County, group: Group<'_, PayeeIx>) -> Option<Firm> {
        let register = &book.companions.payees;
        let behind = county.behind[group.number];
        let (row, owner) = behind.row.zip(behind.owner_of_firm())?;
        let trade = Trade::of(book, group.payments);
        let (firms, alike) = county.trades.beside(trade);
        let is_mixed = trade.kinds >= self.kinds && float(alike) <= self.rare * float(firms);
        let name = book.names.get(register.name.at(row));
        Some(Firm {
            payee: group.number,
            owner,
            first_seen: register.first_seen.at(row).some(),
            is_collective: COLLECTIVE.iter().any(|word| name.contains(word)),
            trade,
            mixed: is_mixed.then_some((firms, alike)),
        })
    }

    /// The tie through one term of office, given the village's payments to the firm.
    fn tie(&self, book: &Book, firm: Firm, own: &[Seen], of: (Officer, &Term)) -> Option<Tie> {
        let (officer, term) = of;
        let paid: Vec<Seen> = own.iter().filter(|one| term.holds(one.day)).copied().collect();
        let first = own.first().filter(|_| !paid.is_empty())?.day;
        let after = firm.first_seen.filter(|since| term.start.0 > i32::MIN && *since > term.start);
        let is_short = |since: &Day| (0..=self.days).contains(&first.0.saturating_sub(since.0));
        let shortly = firm.first_seen.filter(is_short);
        let sum: i64 = paid.iter().map(|one| one.amount).sum();
        let tendered: i64 =
            paid.iter().filter(|one| one.is_tendered(book)).map(|one| one.amount).sum();
        let signs = [after.is_some() || shortly.is_some(), firm.mixed.is_some()];
        let signs = float(signs.into_iter().filter(|is| *is).count());
        let is_excused = firm.is_collective || tendered.saturating_mul(2) >= sum;
        let weight = if is_excused { self.excused } else { 1.0 };
        let value = officer.weight() * (1.0 + self.sign * signs) * weight;
        Some(Tie { value, officer, term: *term, paid, after, shortly, tendered: Fen(tendered) })
    }
}

/// Whose firm it is, and what more speaks for or against it.
fn facts(firm: Firm, tie: &Tie) -> Vec<Fact> {
    let Some(first) = tie.paid.first() else { return Vec::new() };
    let sum: Fen = tie.paid.iter().map(|one| Fen(one.amount)).sum();
    let (payee, count) = (firm.payee, tie.paid.len());
    let officer = Value::Post(tie.officer.person, first.line);
    let whose = match tie.officer.degree {
        0 => fact!("owner", ["payee"], payee: payee, officer: officer, count: count, sum: sum),
        degree => fact!(
            "kin", ["payee"],
            payee: payee, owner: Value::Person(firm.owner), degree: u32::from(degree),
            officer: officer, count: count, sum: sum,
        ),
    };
    let holder = Value::Person(tie.officer.person);
    let start = tie.term.start;
    let new = match (tie.after, tie.shortly) {
        (Some(since), _) => Some(
            fact!("after", ["payee"], payee: payee, since: since, officer: holder, start: start),
        ),
        (None, Some(since)) => {
            Some(fact!("shortly", ["payee", "date"], payee: payee, since: since))
        }
        (None, None) => None,
    };
    let mixed = firm.mixed.map(|(firms, alike)| {
        let (kinds, payments) = (firm.trade.kinds, firm.trade.payments);
        fact!(
            "mixed", ["payee", "account"],
            payments: payments, kinds: kinds, firms: firms, alike: alike,
        )
    });
    let tendered = Some(tie.tendered).filter(|sum| sum.0 > 0);
    let tendered = tendered.map(|sum| fact!("tendered", ["payee", "contract"], sum: sum));
    let collective = firm.is_collective.then(|| fact!("collective", ["payee"], payee: payee));
    std::iter::once(whose).chain(new).chain(mixed).chain(tendered).chain(collective).collect()
}

impl Measure for ConflictVendor {
    type Context = County;
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> County {
        let behind = behind(book);
        County { trades: Trades::of(book, &behind), behind }
    }

    fn measure(&self, book: &Book, county: &County, group: Group<'_, PayeeIx>, out: &mut Out) {
        let Some(firm) = self.firm(book, county, group) else { return };
        let chosen: Vec<Seen> = seen(book, group.payments).filter(|one| one.is_chosen()).collect();
        let (mut asked, mut nearest): (usize, Option<Tie>) = (0, None);
        for own in chosen.chunk_by(|a, b| a.village == b.village) {
            let Some(first) = own.first() else { continue };
            let village = book.villages[first.village];
            if book.terms.of_village(village).is_empty() {
                continue;
            }
            asked += own.len();
            let ties = terms(book, village, firm.owner);
            for tie in ties.filter_map(|of| self.tie(book, firm, own, of)) {
                if nearest.as_ref().is_none_or(|known| tie.value > known.value) {
                    nearest = Some(tie);
                }
            }
        }
        if asked == 0 {
            return;
        }
        let Some(tie) = nearest else { return out.put(group.number, 0.0, asked, || None) };
        out.put(group.number, tie.value, asked, || tie.paid.iter().map(|one| one.line));
        out.tell(group.number, || facts(firm, &tie));
    }
}
