#![doc = include_str!("ghost_payee.md")]

use crate::convert::float;
use crate::indicators::basis::ACCOUNTING_LAW;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::register::{Behind, behind};
use crate::indicators::seen::neg_log10;
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx};
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::contract::table::Col;
use crate::ledger::subject::Grain;
use crate::params::{params, within};
use crate::stats::pooled::Shares;

pub(super) static INDICATOR: Indicator = Indicator::of::<GhostPayee>(card! {
    "ghost_payee",
    grain: Grain::Payee,
    class: Class::Statistic,
    scheme: Scheme::Ghost,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee", "payees"],
    basis: &[ACCOUNTING_LAW],
    simulated_schemes: &["ghost_payee"],
});

params! {
    struct GhostPayee {
        payments: usize = 2, within(1..=1_000),
            "payments from which on a payee is looked at",
            "达到多少笔付款才查看";
        usual: f64 = 0.6, within(0.0..=1.0),
            "share of the payees of a kind that have a trace from which on its absence counts",
            "同类收款人中有某项记录的占比达到此值，缺少该项才计";
        peers: usize = 30, within(2..=100_000),
            "payees of a kind below which nothing is measured",
            "同类收款人少于此数不作衡量";
    }
}

/// The kinds of record in which a payee can be found.
const TRACES: usize = 9;

/// Whether a payee is found in each of them.
type Traces = [bool; TRACES];

/// What is said of a payee that is not.
const SAID: [fn() -> Fact; TRACES] = [
    || fact!("register", ["payee"]),
    || fact!("household", ["payee"]),
    || fact!("phone", ["payee"]),
    || fact!("address", ["payee"]),
    || fact!("account", ["payee_account"]),
    || fact!("document", ["document", "document_no"]),
    || fact!("contract", ["contract"]),
    || fact!("handler", ["handler"]),
    || fact!("village", ["village"]),
];

/// The number of binary digits of the payments from which on payees are not told apart by them.
const MANY: u32 = 4;

/// Payees that are compared: firms or not, and the number of binary digits of their payments.
type Kind = (bool, u32);

/// A payee in the records.
#[derive(Debug, Clone, Copy)]
struct Found {
    kind: Kind,
    traces: Traces,
}

/// The payees of a kind.
#[derive(Debug)]
struct PeerGroup {
    kind: Kind,
    /// What so many of them have that its absence counts.
    usual: Traces,
    /// The distribution of how many of the traces that count a payee lacks.
    null: Shares,
    /// Of each payee the traces that it lacks, and those that count.
    counts: Vec<(u64, u64)>,
}

/// What is computed once for a county.
#[derive(Debug)]
struct County {
    found: IxVec<PayeeIx, Option<Found>>,
    kinds: Vec<PeerGroup>,
}

fn traces(book: &Book, (payee, behind): (Id, Behind), payments: &[PaymentIx]) -> Traces {
    let (register, people, lines) = (&book.companions.payees, &book.companions.people, &book.lines);
    let [own, owner] = behind.persons;
    let human = book.companions.person(if behind.is_firm { owner } else { own });
    let has =
        |column: &Col<Id>, row: Option<usize>| row.is_some_and(|row| column.at(row) != Id::NONE);
    let paid = || payments.iter().map(|payment| book.payments.line[*payment]);
    let any = |column: &Col<Id>| paid().any(|line| column.at(line) != Id::NONE);
    let several = |column: &Col<Id>| {
        let mut known = paid().filter_map(|line| column.at(line).some());
        let first = known.next();
        known.any(|id| Some(id) != first)
    };
    // A contract says who the other party is and where it is to be found.
    let is_party = paid().any(|line| {
        let row = book.companions.contract(lines.contract.at(line));
        row.is_some_and(|row| book.companions.contracts.payee.at(row) == payee)
    });
    [
        is_party || behind.row.is_some() && (behind.is_firm || human.is_some()),
        is_party || has(&people.household, human),
        has(&register.phone, behind.row),
        is_party || has(&register.address, behind.row),
        any(&lines.payee_account),
        any(&lines.document_no),
        any(&lines.contract),
        several(&lines.handler),
        several(&lines.village),
    ]
}

impl PeerGroup {
    /// What a payee lacks of what counts, and how much that is: what is usual, and what it has beyond that.
    fn count(usual: &Traces, traces: &Traces) -> (u64, u64) {
        let both = usual.iter().zip(traces);
        let lacks = both.clone().filter(|(usual, has)| **usual && !**has).count();
        let counts = both.filter(|(usual, has)| **usual || **has).count();
        (lacks as u64, counts as u64)
    }

    /// How many of the payees lack as large a share.
    fn alike(&self, (lacks, of): (u64, u64)) -> usize {
        self.counts.iter().filter(|(other, all)| other * of >= lacks * all).count()
    }
}

impl GhostPayee {
    fn found(
        &self,
        book: &Book,
        (payee, behind): (Id, Behind),
        payments: &[PaymentIx],
    ) -> Option<Found> {
        let paid: Vec<PaymentIx> =
            payments.iter().copied().filter(|it| book.payments.amount[*it].0 > 0).collect();
        let is_asked = !behind.is_public && paid.len() >= self.payments;
        let digits = usize::BITS - paid.len().leading_zeros();
        is_asked.then(|| Found {
            kind: (behind.is_firm, digits.min(MANY)),
            traces: traces(book, (payee, behind), &paid),
        })
    }

    /// The payees of each kind that has enough of them.
    fn kinds(&self, found: &IxVec<PayeeIx, Option<Found>>) -> Vec<PeerGroup> {
        let mut all: Vec<Found> = found.iter().copied().flatten().collect();
        all.sort_by_key(|one| one.kind);
        let same = all.chunk_by(|a, b| a.kind == b.kind).filter(|same| same.len() >= self.peers);
        let peers = |same: &[Found]| {
            let having = |trace: usize| {
                same.iter().filter(|one| one.traces.get(trace) == Some(&true)).count()
            };
            let usual: Traces =
                std::array::from_fn(|trace| float(having(trace)) >= self.usual * float(same.len()));
            let counts: Vec<(u64, u64)> =
                same.iter().map(|one| PeerGroup::count(&usual, &one.traces)).collect();
            Some(PeerGroup { kind: same.first()?.kind, usual, null: Shares::fit(&counts), counts })
        };
        same.filter_map(peers).collect()
    }
}

/// How little is on record, and beside whom; then each record in which the payee is not found.
fn facts(book: &Book, group: Group<'_, PayeeIx>, own: Found, peers: &PeerGroup) -> Vec<Fact> {
    let count = PeerGroup::count(&peers.usual, &own.traces);
    let paid = group.payments.iter().map(|payment| book.payments.amount[*payment]);
    let paid: Vec<Fen> = paid.filter(|amount| amount.0 > 0).collect();
    let (payments, sum) = (paid.len(), paid.into_iter().sum::<Fen>());
    let traces = fact!(
        "traces", ["payee"],
        payee: group.number, payments: payments, sum: sum, missing: count.0, of: count.1,
        peers: peers.counts.len(), alike: peers.alike(count),
    );
    let missing = SAID.iter().zip(peers.usual.iter().zip(own.traces));
    let missing = missing.filter(|(_, (usual, has))| **usual && !*has).map(|(said, _)| said());
    std::iter::once(traces).chain(missing).collect()
}

impl Measure for GhostPayee {
    type Context = County;
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> County {
        let behind = behind(book);
        let found = book.by_payee().par_map(|payee, payments| {
            self.found(book, (book.payees[payee], behind[payee]), payments)
        });
        let kinds = self.kinds(&found);
        County { found, kinds }
    }

    fn measure(&self, book: &Book, county: &County, group: Group<'_, PayeeIx>, out: &mut Out) {
        let Some(own) = county.found[group.number] else { return };
        let Some(peers) = county.kinds.iter().find(|peers| peers.kind == own.kind) else {
            return;
        };
        let count = PeerGroup::count(&peers.usual, &own.traces);
        let value = neg_log10(peers.null.upper(count.0, count.1));
        let is_short = count.0 > 0;
        out.put(group.number, value, group.payments.len(), || {
            let paid = group.payments.iter().filter(|_| is_short);
            paid.map(|payment| book.payments.line[*payment]).collect::<Vec<_>>()
        });
        if is_short {
            out.tell(group.number, || facts(book, group, own, peers));
        }
    }
}
