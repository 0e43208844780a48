#![doc = include_str!("shared_identifier.md")]

use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::register::{Behind, behind};
use crate::indicators::seen::seen;
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, PayeeIx, PaymentIx};
use crate::ledger::contract::cell::{Cell, Id};
use crate::ledger::contract::table::Col;
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<SharedIdentifier>(card! {
    "shared_identifier",
    grain: Grain::Payee,
    class: Class::Network,
    scheme: Scheme::Ghost,
    scale: Scale::Value { threshold: 1.0, false_positives: 0.02 },
    requires: &["ledger.payee"],
    basis: &[],
    simulated_schemes: &["shell_ring", "shared_account", "subsidy_diverted"],
});

params! {
    struct SharedIdentifier {
        address: f64 = 0.5, within(0.0..=1.0),
            "value of a shared firm's address",
            "共用企业地址的计值";
        cadre: f64 = 2.0, within(0.0..=10.0),
            "value of an account or telephone shared with somebody who held a post",
            "与曾任职人员共用账号或电话的计值";
        most: usize = 200, within(2..=10_000),
            "payees looked at for each shared item",
            "每项最多查看的收款人数";
    }
}

/// What is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Means {
    Account,
    Phone,
    Address,
}

/// A payee and something by which it is reached.
type Reached = (Means, Id, PayeeIx);

/// What is computed once for a county.
#[derive(Debug)]
struct SharedIdentifiers {
    behind: IxVec<PayeeIx, Behind>,
    /// The household of the person behind each payee.
    households: IxVec<PayeeIx, Id>,
    /// Whether the person behind each payee ever held a post.
    cadres: IxVec<PayeeIx, bool>,
    /// Those who share something, by what they share.
    by_means: Vec<Reached>,
    /// The same by payee.
    by_payee: Vec<(PayeeIx, Means, Id)>,
}

/// The accounts into which a payee is paid, but for payments under a contract that was decided: there
/// somebody may be paid for others.
fn accounts(book: &Book, payments: &[PaymentIx]) -> Vec<Id> {
    let mut accounts: Vec<Id> = Vec::new();
    for one in seen(book, payments) {
        let account = book.lines.payee_account.at(one.line);
        if account != Id::NONE && !one.is_agreed(book) && !accounts.contains(&account) {
            accounts.push(account);
        }
    }
    accounts
}

/// The person behind a payee: the owner of a firm.
fn person(behind: Behind) -> Id {
    match behind.owner() {
        Some(owner) => owner,
        None => behind.persons[0],
    }
}

impl SharedIdentifiers {
    fn of(book: &Book) -> Self {
        let behind = behind(book);
        let household = |behind: &Behind| {
            let row = book.companions.person(person(*behind));
            row.map_or(Id::NONE, |row| book.companions.people.household.at(row))
        };
        let cadre = |behind: &Behind| !book.terms.of_person(person(*behind)).is_empty();
        let households = behind.iter().map(household).collect();
        let cadres = behind.iter().map(cadre).collect();
        let accounts = book.by_payee().par_map(|_, payments| accounts(book, payments));
        let accounts = accounts.iter_enumerated().flat_map(|(payee, accounts)| {
            accounts.iter().map(move |account| (Means::Account, *account, payee))
        });
        let mut by_means: Vec<Reached> = accounts.collect();
        let register = &book.companions.payees;
        for (payee, behind) in behind.iter_enumerated() {
            let cell = |column: &Col<Id>| behind.row.and_then(|row| column.at(row).some());
            by_means.extend(cell(&register.phone).map(|phone| (Means::Phone, phone, payee)));
            // Persons share the address of their home.
            let address = cell(&register.address).filter(|_| behind.is_firm);
            by_means.extend(address.map(|address| (Means::Address, address, payee)));
        }
        by_means.sort_unstable();
        let shared = by_means.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|all| all.len() > 1);
        let by_means: Vec<Reached> = shared.flatten().copied().collect();
        let mut by_payee: Vec<(PayeeIx, Means, Id)> =
            by_means.iter().map(|(means, what, payee)| (*payee, *means, *what)).collect();
        by_payee.sort_unstable();
        Self { behind, households, cadres, by_means, by_payee }
    }

    /// Those who are reached by the same.
    fn sharing(&self, means: Means, what: Id) -> &[Reached] {
        let from = self.by_means.partition_point(|one| (one.0, one.1) < (means, what));
        let to = self.by_means.partition_point(|one| (one.0, one.1) <= (means, what));
        self.by_means.get(from..to).unwrap_or(&[])
    }

    /// What a payee shares with others.
    fn shared(&self, payee: PayeeIx) -> &[(PayeeIx, Means, Id)] {
        let from = self.by_payee.partition_point(|one| one.0 < payee);
        let to = self.by_payee.partition_point(|one| one.0 <= payee);
        self.by_payee.get(from..to).unwrap_or(&[])
    }

    /// Whether two payees have no person, household or near kinship in common, and neither is public.
    fn are_apart(&self, book: &Book, a: PayeeIx, b: PayeeIx) -> bool {
        let (one, other) = (self.behind[a], self.behind[b]);
        let home = self.households[a];
        let is_one_home = home == self.households[b] && home != Id::NONE;
        let known = |behind: Behind| behind.persons.into_iter().filter(|who| *who != Id::NONE);
        let is_kin =
            known(one).any(|a| known(other).any(|b| a == b || book.kin.degree(a, b) == Some(1)));
        a != b && !one.is_public && !other.is_public && !is_one_home && !is_kin
    }
}

impl SharedIdentifier {
    /// The strangers with whom a payee shares something, each with the weight of what is shared.
    fn strangers(
        &self,
        book: &Book,
        county: &SharedIdentifiers,
        payee: PayeeIx,
    ) -> Vec<(PayeeIx, f64)> {
        let mut found: Vec<(PayeeIx, f64)> = Vec::new();
        for (_, means, what) in county.shared(payee) {
            for (_, _, other) in county.sharing(*means, *what).iter().take(self.most) {
                if !county.are_apart(book, payee, *other) {
                    continue;
                }
                let is_cadre = county.cadres[*other];
                let weight = match means {
                    Means::Address => self.address,
                    _ if is_cadre => self.cadre,
                    _ => 1.0,
                };
                match found.iter_mut().find(|(known, _)| known == other) {
                    Some((_, sum)) => *sum = (*sum + weight).min(self.cadre.max(1.0)),
                    None => found.push((*other, weight)),
                }
            }
        }
        found
    }

    /// What a payee shares with which strangers, and which of them ever held a post.
    fn facts(
        &self,
        book: &Book,
        county: &SharedIdentifiers,
        (payee, payments): (PayeeIx, &[PaymentIx]),
    ) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut cadres: Vec<Id> = Vec::new();
        for (_, means, what) in county.shared(payee) {
            let sharing = county.sharing(*means, *what).iter().take(self.most);
            let others = sharing.map(|(.., other)| *other);
            let others: Vec<PayeeIx> =
                others.filter(|other| county.are_apart(book, payee, *other)).collect();
            if others.is_empty() {
                continue;
            }
            let held =
                others.iter().filter(|other| county.cadres[**other] && *means != Means::Address);
            cadres.extend(held.map(|other| person(county.behind[*other])));
            let what = Value::Text(*what);
            facts.push(match means {
                Means::Account => {
                    fact!("account", ["payee", "payee_account"], account: what, others: others)
                }
                Means::Phone => fact!("phone", ["payee"], phone: what, others: others),
                Means::Address => fact!("address", ["payee"], address: what, others: others),
            });
        }
        cadres.sort_unstable();
        cadres.dedup();
        if let Some(payment) = payments.first().filter(|_| !cadres.is_empty()) {
            let line = book.payments.line[*payment];
            let cadres: Vec<Value> = cadres.into_iter().map(|who| Value::Post(who, line)).collect();
            facts.push(fact!("cadre", ["payee"], cadres: cadres));
        }
        facts
    }

    /// The accounts that a payee shares with strangers.
    fn accounts(&self, book: &Book, county: &SharedIdentifiers, payee: PayeeIx) -> Vec<Id> {
        let shared = county.shared(payee).iter().filter(|(_, means, _)| *means == Means::Account);
        let with_strangers = shared.filter(|(_, means, what)| {
            let others = county.sharing(*means, *what).iter().take(self.most);
            others.into_iter().any(|(_, _, other)| county.are_apart(book, payee, *other))
        });
        with_strangers.map(|(.., what)| *what).collect()
    }
}

impl Measure for SharedIdentifier {
    type Context = SharedIdentifiers;
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> SharedIdentifiers {
        SharedIdentifiers::of(book)
    }

    fn measure(
        &self,
        book: &Book,
        county: &SharedIdentifiers,
        group: Group<'_, PayeeIx>,
        out: &mut Out,
    ) {
        let behind = county.behind[group.number];
        let has_account = || {
            let line = |payment: &PaymentIx| book.payments.line[*payment];
            let account = |line: LineIx| book.lines.payee_account.at(line);
            group.payments.iter().map(line).any(|line| account(line) != Id::NONE)
        };
        if behind.is_public || behind.row.is_none() && !has_account() {
            return;
        }
        let strangers = self.strangers(book, county, group.number);
        let value: f64 = strangers.iter().fold(0.0, |sum, (_, weight)| sum + weight);
        out.put(group.number, value, strangers.len(), || {
            let accounts = self.accounts(book, county, group.number);
            let lines = group.payments.iter().map(|payment| book.payments.line[*payment]);
            // By the account where that is shared; a telephone or a door is shared by all payments.
            let is_behind = |line: &LineIx| {
                let account = book.lines.payee_account.at(*line);
                value > 0.0 && (accounts.is_empty() || accounts.contains(&account))
            };
            lines.filter(is_behind).collect::<Vec<_>>()
        });
        out.tell(group.number, || {
            let facts = self.facts(book, county, (group.number, group.payments));
            if value > 0.0 { facts } else { Vec::new() }
        });
    }
}
