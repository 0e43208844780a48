#![doc = include_str!("payee_multi_village_pattern.md")]

use crate::convert::{float, row32};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::register::{Behind, behind};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};
use crate::stats::combine::cauchy;
use crate::stats::pooled::{Rates, Shares};

pub(super) static INDICATOR: Indicator = Indicator::of::<PayeeMultiVillagePattern>(card! {
    "payee_multi_village_pattern",
    grain: Grain::Payee,
    class: Class::Network,
    scheme: Scheme::Collusion,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee"],
    basis: &[],
    simulated_schemes: &["township_ring"],
});

params! {
    struct PayeeMultiVillagePattern {
        days: i32 = 7, within(0..=366),
            "most days between payments of two villages",
            "两村付款最多相隔的天数";
        minimum: usize = 5, within(2..=100_000),
            "fewest payments of a payee",
            "收款人的最少付款笔数";
    }
}

/// Somebody of the township who serves several villages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Clerk,
    Reviewer,
}

const ROLES: [Role; 2] = [Role::Clerk, Role::Reviewer];

impl Role {
    fn of(self, book: &Book, one: Seen) -> Option<Id> {
        let column = match self {
            Self::Clerk => &book.lines.clerk,
            Self::Reviewer => &book.lines.township_reviewer,
        };
        column.at(one.line).some()
    }
}

/// How many payments of a village each person of one role took part in, by person.
type Parts = Vec<(Id, f64)>;

/// What is computed once for a county.
#[derive(Debug)]
struct VillagePatterns {
    behind: IxVec<PayeeIx, Behind>,
    /// For each village and role.
    parts: IxVec<VillageIx, [Parts; 2]>,
    amounts: Shares,
    agents: [Rates; 2],
}

/// Payments to one payee of several villages that nobody contracted.
fn bought(book: &Book, behind: Behind, payments: &[PaymentIx]) -> Vec<Seen> {
    let own = if behind.is_public { &[] } else { payments };
    let is_free = |one: &Seen| book.lines.contract.at(one.line) == Id::NONE;
    let bought: Vec<Seen> = seen(book, own).filter(|one| one.is_chosen() && is_free(one)).collect();
    let ends = bought.first().zip(bought.last());
    if ends.is_some_and(|(a, b)| a.village != b.village) { bought } else { Vec::new() }
}

fn parts(book: &Book, payments: &[PaymentIx], role: Role) -> Parts {
    let mut parts: Parts = Vec::new();
    for one in seen(book, payments).filter(|one| one.is_chosen()) {
        let Some(who) = role.of(book, one) else { continue };
        match parts.iter_mut().find(|(known, _)| *known == who) {
            Some((_, count)) => *count += 1.0,
            None => parts.push((who, 1.0)),
        }
    }
    parts
}

/// Somebody beside a payee: the payments that he had a part in, and how many he would have had by his
/// share in each village.
#[derive(Debug, Clone, Copy)]
struct Beside {
    who: Id,
    count: u64,
    expected: f64,
    villages: usize,
}

impl PayeeMultiVillagePattern {
    /// Of the payments near in time to one of another village, those with one of the same amount.
    fn twins(&self, bought: &[Seen]) -> (Vec<Seen>, usize) {
        let mut by_day = bought.to_vec();
        by_day.sort_unstable_by_key(|one| (one.day, one.payment));
        let mut near = vec![(false, false); by_day.len()];
        for (place, one) in by_day.iter().enumerate() {
            let rest = by_day.iter().enumerate().skip(place + 1);
            let rest = rest.take_while(|(_, other)| other.day.0 - one.day.0 <= self.days);
            for (at, other) in rest.filter(|(_, other)| other.village != one.village) {
                for place in [place, at] {
                    if let Some((is_near, is_twin)) = near.get_mut(place) {
                        *is_near = true;
                        *is_twin |= other.amount == one.amount;
                    }
                }
            }
        }
        let twins = by_day.iter().zip(&near).filter(|(_, (_, is_twin))| *is_twin);
        let twins = twins.map(|(one, _)| *one).collect();
        (twins, near.iter().filter(|(is_near, _)| *is_near).count())
    }

    /// How many payments have the amount of another village's, and the largest of these pairs.
    fn equal_amounts(&self, twins: &[Seen], near: usize) -> Option<Fact> {
        let one = *twins.iter().max_by_key(|one| one.amount)?;
        let is_twin = |other: &&Seen| {
            other.village != one.village
                && other.amount == one.amount
                && (other.day.0 - one.day.0).abs() <= self.days
        };
        let other = *twins.iter().find(is_twin)?;
        Some(fact!(
            "amounts", ["payee", "date", "amount"],
            twins: twins.len(), near: near, window: self.days, amount: Fen(one.amount),
            village: one.village, day: one.day, other: other.village, date: other.day,
        ))
    }
}

/// Everybody of a role beside a payee.
fn beside(
    book: &Book,
    villages: &IxVec<VillageIx, [Parts; 2]>,
    role: Role,
    bought: &[Seen],
) -> Vec<Beside> {
    let mut all: Vec<Beside> = Vec::new();
    for own in bought.chunk_by(|a, b| a.village == b.village) {
        let here: Vec<Id> = own.iter().filter_map(|one| role.of(book, *one)).collect();
        let village = own.first().map(|one| &villages[one.village]);
        let parts = village.and_then(|parts| parts.get(usize::from(role == Role::Reviewer)));
        let Some(parts) = parts else { continue };
        let total: f64 = parts.iter().map(|(_, count)| count).sum();
        for (who, count) in parts {
            let mine = here.iter().filter(|one| *one == who).count();
            let many = float(here.len());
            // What is the payee's own says nothing of what is usual; half a part is mixed in.
            let others = (total - many).max(0.0);
            let own = float(mine);
            let expected = many * ((count - own).max(0.0) + 0.5) / (others + 1.0);
            let at = all.iter().position(|beside| beside.who == *who).unwrap_or_else(|| {
                all.push(Beside { who: *who, count: 0, expected: 0.0, villages: 0 });
                all.len() - 1
            });
            if let Some(beside) = all.get_mut(at) {
                beside.count += mine as u64;
                beside.expected += expected;
                beside.villages += usize::from(mine > 0);
            }
        }
    }
    all
}

/// How many payments somebody had a part in, and how many by the share in the villages' other payments.
fn part(book: &Book, role: Role, beside: Beside, bought: &[Seen]) -> Fact {
    let of = bought.iter().filter(|one| role.of(book, **one).is_some()).count();
    let (who, expected) = (Value::Person(beside.who), Value::Number(beside.expected));
    let (count, villages) = (beside.count, beside.villages);
    match role {
        Role::Clerk => fact!(
            "clerk", ["payee", "clerk"],
            who: who, count: count, of: of, villages: villages, expected: expected,
        ),
        Role::Reviewer => fact!(
            "reviewer", ["payee", "township_reviewer"],
            who: who, count: count, of: of, villages: villages, expected: expected,
        ),
    }
}

/// The chance of the most surprising one of several, and who it is.
fn most_surprising(law: Rates, all: &[Beside]) -> (f64, Option<Beside>) {
    let several = all.iter().filter(|beside| beside.villages > 1);
    let tails = several.map(|beside| (law.upper(beside.count, beside.expected), *beside));
    let least = tails.min_by(|a, b| a.0.total_cmp(&b.0));
    let many = row32(all.len());
    least.map_or((1.0, None), |(p, who)| ((p * f64::from(many)).min(1.0), Some(who)))
}

/// What one payee adds to the laws of the county.
struct Share {
    twins: (u64, u64),
    agents: [Vec<(u64, f64)>; 2],
}

impl Measure for PayeeMultiVillagePattern {
    type Context = VillagePatterns;
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> VillagePatterns {
        let behind = behind(book);
        let parts =
            book.by_village().par_map(|_, payments| ROLES.map(|role| parts(book, payments, role)));
        let share = |payee: PayeeIx, payments: &[PaymentIx]| {
            let bought = bought(book, behind[payee], payments);
            if bought.len() < self.minimum {
                return None;
            }
            let (twins, near) = self.twins(&bought);
            let agents = ROLES.map(|role| {
                let all = beside(book, &parts, role, &bought);
                all.iter().map(|beside| (beside.count, beside.expected)).collect()
            });
            Some(Share { twins: (twins.len() as u64, near as u64), agents })
        };
        let each: Vec<Share> = book.by_payee().par_map(share).into_iter().flatten().collect();
        let twins: Vec<(u64, u64)> = each.iter().map(|share| share.twins).collect();
        let agents = [0, 1].map(|role| {
            let own = each.iter().filter_map(|share| share.agents.get(role));
            Rates::fit(&own.flatten().copied().collect::<Vec<_>>())
        });
        VillagePatterns { amounts: Shares::fit(&twins), agents, behind, parts }
    }

    fn measure(
        &self,
        book: &Book,
        county: &VillagePatterns,
        group: Group<'_, PayeeIx>,
        out: &mut Out,
    ) {
        let bought = bought(book, county.behind[group.number], group.payments);
        if bought.len() < self.minimum {
            return;
        }
        let (twins, near) = self.twins(&bought);
        let mut p_values = vec![county.amounts.upper(twins.len() as u64, near as u64)];
        let mut agents = Vec::new();
        for (role, law) in ROLES.into_iter().zip(county.agents) {
            let (p, who) = most_surprising(law, &beside(book, &county.parts, role, &bought));
            p_values.push(p);
            agents.push((role, who));
        }
        let least = || {
            let least = p_values.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1));
            least.and_then(|(place, _)| agents.get(place.checked_sub(1)?))
        };
        let value = neg_log10(cauchy(&p_values));
        out.put(group.number, value, bought.len(), || match least() {
            None => twins.iter().map(|one| one.line).collect::<Vec<_>>(),
            Some((role, beside)) => {
                let who = beside.map(|beside| beside.who);
                let is_his = |one: &&Seen| who.is_some() && role.of(book, **one) == who;
                bought.iter().filter(is_his).map(|one| one.line).collect()
            }
        });
        out.tell(group.number, || {
            let fact = match least() {
                None => self.equal_amounts(&twins, near),
                Some((role, beside)) => beside.map(|beside| part(book, *role, beside, &bought)),
            };
            fact.filter(|_| value > 0.0)
        });
    }
}
