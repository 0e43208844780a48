#![doc = include_str!("subsidy_diverted_account.md")]

use std::cmp::Reverse;

use super::relatives::{Tie, tie};
use crate::convert::float;
use crate::indicators::basis::{MISUSE_RULES, SOCIAL_RELIEF};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::VillageIx;
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<SubsidyDivertedAccount>(card! {
    "subsidy_diverted_account",
    grain: Grain::Payment,
    class: Class::Match,
    scheme: Scheme::KinBenefit,
    scale: Scale::Value { threshold: 0.6, false_positives: 0.005 },
    requires: &["ledger.payee", "ledger.scheme", "ledger.payee_account"],
    basis: &[SOCIAL_RELIEF, MISUSE_RULES],
    simulated_schemes: &["subsidy_diverted"],
});

params! {
    struct SubsidyDivertedAccount {
        other: f64 = 0.5, within(0.0..=1.0),
            "value of an account of somebody who is not family",
            "账号属于非家庭成员时的指标值";
        more: f64 = 0.2, within(0.0..=1.0),
            "added for each further person whose subsidies go to the account",
            "该账号每多代收一人补贴所增加的值";
        shared: f64 = 0.4, within(0.0..=1.0),
            "value of an account of which it is not known whose it is",
            "账号归属不明时的指标值";
        family: f64 = 0.1, within(0.0..=1.0),
            "value of an account of the family",
            "账号属于家庭成员时的指标值";
        unknown: f64 = 0.5, within(0.0..=1.0),
            "weight where neither household nor relatives are recorded",
            "家庭和亲属均未登记时的权重";
    }
}

/// Users of an account that are looked at.
const MOST: usize = 200;

/// How one person is paid on an account.
#[derive(Debug, Clone, Copy)]
struct User {
    account: Id,
    person: Id,
    /// Payments other than subsidies.
    own: usize,
    /// Subsidies, in the ledger and on rosters.
    subsidies: usize,
}

impl User {
    fn uses(self) -> (usize, usize) {
        (self.own, self.own + self.subsidies)
    }
}

/// The users of all accounts, by account; of each the most frequent first.
#[derive(Debug)]
struct Accounts(Vec<User>);

impl Accounts {
    fn of(book: &Book) -> Self {
        let (lines, rosters) = (&book.lines, &book.companions.subsidies);
        let paid =
            book.payments.line.iter().zip(&book.payments.payee).filter_map(|(line, payee)| {
                let person = book.person_of(book.payees[(*payee)?]);
                let is_own = lines.scheme.at(*line) == Id::NONE;
                Some((lines.payee_account.at(*line).some()?, person, is_own))
            });
        let listed = (0..rosters.rows).filter_map(|row| {
            Some((rosters.payee_account.at(row).some()?, rosters.person.at(row), false))
        });
        let mut all: Vec<(Id, Id, bool)> = paid.chain(listed).collect();
        all.sort_unstable();
        let of_person = |same: &[(Id, Id, bool)]| {
            let (account, person, _) = *same.first()?;
            let own = same.iter().filter(|(.., is_own)| *is_own).count();
            Some(User { account, person, own, subsidies: same.len() - own })
        };
        let same = all.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
        let mut users: Vec<User> = same.filter_map(of_person).collect();
        users.sort_by_key(|user| (user.account, Reverse(user.uses()), user.person));
        Self(users)
    }

    /// The users of an account, the most frequent first; of very many only these.
    fn users(&self, account: Id) -> &[User] {
        let from = self.0.partition_point(|user| user.account < account);
        let to = self.0.partition_point(|user| user.account <= account);
        self.0.get(from..to.min(from + MOST)).unwrap_or(&[])
    }
}

/// Whose account the money of a subsidy went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// The person who is entitled.
    Oneself,
    /// Somebody of the family.
    Family(Id),
    /// Somebody who held a post in the village on the day, or keyed the line.
    Officer(Id),
    /// Somebody else.
    Other(Id),
    /// Several people are paid on it alike.
    Nobody,
}

/// A subsidy that was paid into an account.
#[derive(Debug)]
struct Paid<'a> {
    one: Seen,
    person: Id,
    account: Id,
    users: &'a [User],
    owner: Owner,
    /// Whether household or relatives of the person or the owner are recorded.
    is_known: bool,
    /// Others whose subsidies go to the account, without the owner and family of the person.
    others: Vec<Id>,
}

impl<'a> Paid<'a> {
    fn of(book: &Book, accounts: &'a Accounts, one: Seen) -> Option<Self> {
        let lines = &book.lines;
        lines.scheme.at(one.line).some().filter(|_| one.amount > 0)?;
        let account = lines.payee_account.at(one.line).some()?;
        let row = book.rosters().row(one.payment);
        let person = match row {
            Some(row) => book.companions.subsidies.person.at(row),
            None => book.person_of(book.payees[one.payee(book)?]),
        };
        let users = accounts.users(account);
        let all: usize = users.iter().map(|user| user.uses().1).sum();
        if all < 2 || users.iter().any(|user| book.is_public(user.person)) {
            return None;
        }
        let usual = usual(users);
        let owner = usual.map_or(Owner::Nobody, |usual| owner(book, one, (person, usual)));
        let is_apart = |user: &&User| {
            user.subsidies > 0
                && user.person != person
                && Some(user.person) != usual
                && tie(book, person, user.person) != Tie::Family
        };
        let others: Vec<Id> = users.iter().filter(is_apart).map(|user| user.person).collect();
        let beside = usual.or(others.first().copied());
        let is_known = beside.is_none_or(|other| tie(book, person, other) != Tie::Unknown);
        Some(Self { one, person, account, users, owner, is_known, others })
    }
}

/// Who is paid on an account more than anybody else, first of all by other payments than subsidies.
fn usual(users: &[User]) -> Option<Id> {
    let first = users.first()?;
    let is_tied = users.get(1).is_some_and(|second| second.uses() == first.uses());
    (!is_tied).then_some(first.person)
}

fn owner(book: &Book, one: Seen, (person, usual): (Id, Id)) -> Owner {
    let village = book.villages[one.village];
    let is_officer = book.terms.held(usual, village, one.day).next().is_some();
    let is_clerk = book.lines.clerk.at(one.line) == usual;
    match tie(book, person, usual) {
        _ if usual == person => Owner::Oneself,
        Tie::Family => Owner::Family(usual),
        _ if is_officer || is_clerk => Owner::Officer(usual),
        _ => Owner::Other(usual),
    }
}

/// Somebody by name: a person, or a payee who is none.
fn named(book: &Book, who: Id) -> Value {
    let payee = book.payees.place(&who).filter(|_| book.companions.person(who).is_none());
    payee.map_or(Value::Person(who), Value::Payee)
}

impl SubsidyDivertedAccount {
    fn value(&self, paid: &Paid<'_>) -> f64 {
        let weight = if paid.is_known { 1.0 } else { self.unknown };
        let more = self.more * float(paid.others.len());
        match paid.owner {
            Owner::Oneself => 0.0,
            Owner::Family(_) => self.family,
            Owner::Officer(_) => (weight * (1.0 + more)).min(1.0),
            Owner::Other(_) => (weight * (self.other + more)).min(1.0),
            Owner::Nobody if paid.others.is_empty() => 0.0,
            // The first of the others is one of two whose account it may be.
            Owner::Nobody => (weight * (self.shared + more - self.more)).min(1.0),
        }
    }
}

/// Whose account it is, and for whom else it collects.
fn facts(book: &Book, paid: &Paid<'_>) -> Vec<Fact> {
    let line = paid.one.line;
    let count =
        |who: Id| paid.users.iter().find(|user| user.person == who).map_or(0, |it| it.uses().1);
    let cells = [
        ("person", Value::Person(paid.person)),
        ("scheme", Value::Text(book.lines.scheme.at(line))),
        ("amount", Fen(paid.one.amount).into()),
        ("account", Value::Reference(paid.account)),
    ];
    let whose = match paid.owner {
        Owner::Oneself => return Vec::new(),
        Owner::Family(who) => fact!(
            "family", ["payee", "payee_account"], owner: named(book, who), count: count(who),
        ),
        Owner::Officer(who) => fact!(
            "officer", ["payee", "payee_account"], owner: Value::Post(who, line), count: count(who),
        ),
        Owner::Other(who) => fact!(
            "other", ["payee", "payee_account"], owner: named(book, who), count: count(who),
        ),
        Owner::Nobody => fact!("shared", ["payee", "payee_account"]),
    };
    let others: Vec<Value> = paid.others.iter().map(|who| Value::Person(*who)).collect();
    let collects = fact!("others", ["payee_account"], others: others);
    let collects = Some(collects).filter(|_| !paid.others.is_empty());
    std::iter::once(whose.with(cells)).chain(collects).collect()
}

impl Measure for SubsidyDivertedAccount {
    type Context = Accounts;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Accounts {
        Accounts::of(book)
    }

    fn measure(
        &self,
        book: &Book,
        accounts: &Accounts,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        for one in seen(book, group.payments) {
            let Some(paid) = Paid::of(book, accounts, one) else { continue };
            let value = self.value(&paid);
            out.put(one.payment, value, paid.users.len(), || (value > 0.0).then_some(one.line));
            if value > 0.0 {
                out.tell(one.payment, || facts(book, &paid));
            }
        }
    }
}
