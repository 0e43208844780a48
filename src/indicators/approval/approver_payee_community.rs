#![doc = include_str!("approver_payee_community.md")]

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::register::behind;
use crate::indicators::seen::{neg_log10, seen, townships};
use crate::ledger::book::Book;
use crate::ledger::book::chart::Class as Expense;
use crate::ledger::book::index::{LineIx, PayeeIx, PaymentIx, PersonIx, VillageIx};
use crate::ledger::subject::Grain;
use crate::params::{params, share, within};
use crate::stats::exact::binomial_upper;
use crate::stats::pooled::Rates;

pub(super) static INDICATOR: Indicator = Indicator::of::<ApproverPayeeCommunity>(card! {
    "approver_payee_community",
    grain: Grain::Official,
    class: Class::Network,
    scheme: Scheme::Collusion,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee", "ledger.approver"],
    basis: &[],
    simulated_schemes: &["township_ring"],
});

params! {
    struct ApproverPayeeCommunity {
        large: f64 = 0.75, share,
            "share of a class that lies below a large payment",
            "大额的起点：同类付款中低于它的比例";
        minimum: usize = 20, within(1..=100_000),
            "fewest such payments of an approver",
            "审批人此类付款的最少笔数";
    }
}

/// Approvers of other villages that are looked at together, at most.
const COMPANY: usize = 4;

/// A large payment to a payee of several villages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Bought {
    township: usize,
    approver: PersonIx,
    payee: PayeeIx,
    class: Expense,
    year: i32,
    village: VillageIx,
    line: LineIx,
}

/// What one approver approved for one payee, beside what is expected of both.
#[derive(Debug, Clone, Copy)]
struct Pair {
    approver: PersonIx,
    payee: PayeeIx,
    village: VillageIx,
    count: u64,
    expected: f64,
    /// Seen in several years, or in the only one that there is.
    lasts: bool,
    p: f64,
}

/// What is computed once for a county.
#[derive(Debug)]
struct SharedPayees {
    bought: Vec<Bought>,
    /// Every pair of an approver and a payee of one township, by approver.
    pairs: Vec<Pair>,
    /// The same pairs by payee, as places in `pairs`.
    by_payee: Vec<usize>,
}

/// What was paid by choice, through an approver, to payees whom several villages pay; with the amounts.
fn bought(book: &Book) -> Vec<(Bought, i64)> {
    let (behind, townships) = (behind(book), townships(book));
    let of_payee = |payee: PayeeIx, own: &[PaymentIx]| {
        let own = if behind[payee].is_public { &[] } else { own };
        let ends =
            own.first().zip(own.last()).map(|(a, b)| [a, b].map(|at| book.payments.village[*at]));
        let roams = ends.is_some_and(|[a, b]| a != b);
        let bought = seen(book, if roams { own } else { &[] }).filter_map(|one| {
            let approver = book.payments.approver[one.payment].filter(|_| one.is_chosen())?;
            let township = townships[one.village];
            // Years of 365 days suffice to tell whether it goes on.
            let (class, year) = (one.class, one.day.0.div_euclid(365));
            let (village, line) = (one.village, one.line);
            Some((Bought { township, approver, payee, class, year, village, line }, one.amount))
        });
        bought.collect::<Vec<_>>()
    };
    book.by_payee().par_map(of_payee).into_iter().flatten().collect()
}

/// Those whose amounts are large for their class: so large a share of the class stays below. Sorted.
fn large(all: &[(Bought, i64)], share: f64) -> Vec<Bought> {
    let of_class = |class: Expense| {
        let own = all.iter().filter(move |(one, _)| one.class == class);
        let mut amounts: Vec<i64> = own.clone().map(|(_, amount)| *amount).collect();
        amounts.sort_unstable();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a length"
        )]
        let at = (float(amounts.len()) * share) as usize;
        let cut = amounts.get(at.min(amounts.len().saturating_sub(1))).copied().unwrap_or(0);
        own.filter(move |(_, amount)| *amount >= cut).map(|(one, _)| *one)
    };
    let mut large: Vec<Bought> = Expense::ALL.into_iter().flat_map(of_class).collect();
    large.sort_unstable();
    large
}

/// How often each key occurs, by key.
fn tally<K: Ord>(keys: impl Iterator<Item = K>) -> Vec<(K, u32)> {
    let mut keys: Vec<K> = keys.collect();
    keys.sort_unstable();
    let mut all: Vec<(K, u32)> = Vec::new();
    for key in keys {
        match all.last_mut().filter(|(last, _)| *last == key) {
            Some((_, count)) => *count += 1,
            None => all.push((key, 1)),
        }
    }
    all
}

fn times<K: Ord>(tally: &[(K, u32)], key: &K) -> f64 {
    let at = tally.binary_search_by(|(one, _)| one.cmp(key));
    at.ok().and_then(|at| tally.get(at)).map_or(0.0, |(_, count)| f64::from(*count))
}

/// Every approver beside every such payee of the township: what is expected keeps the totals of both, class
/// by class.
fn pairs(of_township: &[Bought], minimum: usize) -> Vec<Pair> {
    let classes = tally(of_township.iter().map(|one| one.class));
    let payees = tally(of_township.iter().map(|one| one.payee));
    let by_payee = tally(of_township.iter().map(|one| (one.payee, one.class)));
    let mut pairs = Vec::new();
    for own in of_township.chunk_by(|a, b| a.approver == b.approver) {
        let Some(first) = own.first().filter(|_| own.len() >= minimum) else { continue };
        let of_class = tally(own.iter().map(|one| one.class));
        for (payee, _) in &payees {
            let expected = of_class.iter().map(|(class, count)| {
                f64::from(*count) * times(&by_payee, &(*payee, *class)) / times(&classes, class)
            });
            let from = own.partition_point(|one| one.payee < *payee);
            let to = own.partition_point(|one| one.payee <= *payee);
            let joint = own.get(from..to).unwrap_or(&[]);
            let years = tally(joint.iter().map(|one| one.year)).len();
            pairs.push(Pair {
                approver: first.approver,
                payee: *payee,
                village: first.village,
                count: joint.len() as u64,
                expected: expected.sum(),
                lasts: years > 1,
                p: 1.0,
            });
        }
    }
    pairs
}

impl SharedPayees {
    fn of(&self, approver: PersonIx) -> &[Pair] {
        let from = self.pairs.partition_point(|pair| pair.approver < approver);
        let to = self.pairs.partition_point(|pair| pair.approver <= approver);
        self.pairs.get(from..to).unwrap_or(&[])
    }

    /// Everybody who approves payments to a payee.
    fn around(&self, payee: PayeeIx) -> impl Iterator<Item = &Pair> {
        let payee_of = |place: &usize| self.pairs.get(*place).map(|pair| pair.payee);
        let from = self.by_payee.partition_point(|place| payee_of(place) < Some(payee));
        let rest = self.by_payee.get(from..).unwrap_or(&[]);
        let own = rest.iter().filter_map(|place| self.pairs.get(*place));
        own.take_while(move |pair| pair.payee == payee)
    }

    /// Who approves payments to the payee in other villages, the most surprising first.
    fn others(&self, own: &Pair) -> Vec<&Pair> {
        let others = self.around(own.payee).filter(|pair| pair.village != own.village);
        let mut others: Vec<&Pair> = others.collect();
        others.sort_by(|a, b| a.p.total_cmp(&b.p));
        others
    }

    /// The chance that an approver is so near to the payee together with any number of approvers of other
    /// villages, and the number for which it is smallest.
    fn together(&self, own: &Pair) -> (f64, usize) {
        let others = self.others(own);
        let trials = others.len() as u64;
        let with = (1_usize..).zip(others.iter().take(COMPANY)).map(|(count, other)| {
            let tail = other.p.max(own.p);
            (tail * binomial_upper(count as u64, trials, tail), count)
        });
        let less =
            |least: (f64, usize), one: (f64, usize)| if one.0 < least.0 { one } else { least };
        let (least, count) = with.fold((1.0, 0), less);
        (least * float(COMPANY), count)
    }

    /// How much an approver and those of other villages approved for one payee, beside what was expected.
    fn shared(&self, book: &Book, pair: &Pair, company: usize, of: u64) -> Fact {
        let others: Vec<&Pair> = self.others(pair).into_iter().take(company).collect();
        let names = others.iter().map(|other| Value::official(book, other.approver)).collect();
        fact!(
            "shared", ["approver", "payee"],
            approver: Value::official(book, pair.approver), payee: pair.payee,
            count: pair.count, of: of, expected: Value::Number(pair.expected),
            others: Value::List(names),
            villages: others.iter().map(|other| other.village).collect::<Vec<_>>(),
            other_count: others.iter().map(|other| other.count).sum::<u64>(),
            other_expected: Value::Number(others.iter().map(|other| other.expected).sum()),
        )
    }
}

impl Measure for ApproverPayeeCommunity {
    type Context = SharedPayees;
    type Groups = PersonIx;

    fn context(&self, book: &Book) -> SharedPayees {
        let bought = large(&bought(book), self.large);
        let years = tally(bought.iter().map(|one| one.year)).len();
        let of_townships: Vec<&[Bought]> =
            bought.chunk_by(|a, b| a.township == b.township).collect();
        let mut pairs: Vec<Pair> =
            of_townships.into_par_iter().flat_map_iter(|own| pairs(own, self.minimum)).collect();
        let counts: Vec<(u64, f64)> =
            pairs.iter().map(|pair| (pair.count, pair.expected)).collect();
        let law = Rates::fit(&counts);
        for pair in &mut pairs {
            if pair.lasts || years < 2 {
                pair.p = law.upper(pair.count, pair.expected);
            }
        }
        pairs.sort_by_key(|pair| (pair.approver, pair.payee));
        let mut by_payee: Vec<usize> = (0..pairs.len()).collect();
        by_payee.sort_by_key(|place| pairs.get(*place).map(|pair| pair.payee));
        SharedPayees { bought, pairs, by_payee }
    }

    fn measure(
        &self,
        book: &Book,
        county: &SharedPayees,
        group: Group<'_, PersonIx>,
        out: &mut Out,
    ) {
        let own = county.of(group.number);
        let each = own.iter().map(|pair| (county.together(pair), *pair));
        let least = each.min_by(|a, b| a.0.0.total_cmp(&b.0.0));
        let Some(((p, company), pair)) = least else { return };
        let all: u64 = own.iter().map(|pair| pair.count).sum();
        let sample = usize::try_from(all).unwrap_or(usize::MAX);
        let value = neg_log10(p * float(own.len()));
        if value > 0.0 {
            out.tell(group.number, || [county.shared(book, &pair, company, all)]);
        }
        out.put(group.number, value, sample, || {
            let is_joint =
                |one: &&Bought| one.approver == pair.approver && one.payee == pair.payee && p < 1.0;
            county.bought.iter().filter(is_joint).map(|one| one.line).collect::<Vec<_>>()
        });
    }
}
