#![doc = include_str!("approver_peer_deviation.md")]

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::charge::charges;
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::register::{Behind, behind, kin_payees, payees_of_persons};
use crate::indicators::seen::{Seen, neg_log10, seen, townships};
use crate::ledger::book::Book;
use crate::ledger::book::chart::Class as Expense;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, PersonIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, share, within};
use crate::stats::combine::cauchy;
use crate::stats::pooled::Rates;

pub(super) static INDICATOR: Indicator = Indicator::of::<ApproverPeerDeviation>(card! {
    "approver_peer_deviation",
    grain: Grain::Official,
    class: Class::Statistic,
    scheme: Scheme::Procedure,
    scale: Scale::NegLog10P,
    requires: &["ledger.approver"],
    basis: &[],
    simulated_schemes: &["limit_hugging"],
});

params! {
    struct ApproverPeerDeviation {
        width: f64 = 0.1, share,
            "distance below a limit that counts as near, as a share of it",
            "低于限额多少以内算接近，占限额的比例";
        large: f64 = 0.9, share,
            "share of a class that lies below a large payment",
            "偏大的起点：同类付款中低于它的比例";
        degree: u8 = 2, within(1..=3),
            "farthest kinship that counts",
            "计入的最远亲等";
        minimum: usize = 30, within(1..=100_000),
            "fewest payments of an approver",
            "审批人的最少付款笔数";
    }
}

/// Marks that a payment can bear: just below a limit, large for its class, to a relative of the approver,
/// without a document.
const MARKS: usize = 4;

/// For each mark the payments that could bear it, and those that do.
type Counts = [(u64, u64); MARKS];

/// The payments of one approver in one township and class.
#[derive(Debug, Clone, Copy)]
struct Cellful {
    township: usize,
    class: Expense,
    counts: Counts,
}

/// What is computed once for a county.
#[derive(Debug)]
struct ApproverProfiles {
    /// For each class, by its place in the list of classes, the amount from which a payment is large.
    large: Vec<i64>,
    /// The township of each village.
    townships: IxVec<VillageIx, usize>,
    behind: IxVec<PayeeIx, Behind>,
    payees: Vec<(Id, PayeeIx)>,
    no_document: Option<Id>,
    /// For each approver and mark what is expected, and what is there.
    found: IxVec<PersonIx, [(f64, u64); MARKS]>,
    laws: Vec<Rates>,
}

/// The payments that were chosen, where the approver signs for at least half of what the village pays.
fn chosen<'a>(book: &'a Book, payments: &'a [PaymentIx]) -> impl Iterator<Item = Seen> + 'a {
    let usual = charges(book, payments).filter(|charge| charge.is_usual);
    usual.flat_map(|charge| seen(book, charge.payments)).filter(|one| one.is_chosen())
}

fn place(class: Expense) -> usize {
    Expense::ALL.iter().position(|one| *one == class).unwrap_or(0)
}

impl ApproverPeerDeviation {
    /// The amount that so large a share of a class's payments stays below, for each class.
    fn large(&self, book: &Book) -> Vec<i64> {
        let mut amounts: Vec<Vec<i64>> = vec![Vec::new(); Expense::ALL.len()];
        let all = book.payments.line.keys().map(|payment| Seen::of(book, payment));
        for one in all.filter(|one| one.is_chosen()) {
            if let Some(of_class) = amounts.get_mut(place(one.class)) {
                of_class.push(one.amount);
            }
        }
        let cut = |mut amounts: Vec<i64>| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of a length"
            )]
            let at = (float(amounts.len()) * self.large) as usize;
            let at = at.min(amounts.len().saturating_sub(1));
            if amounts.is_empty() { i64::MAX } else { *amounts.select_nth_unstable(at).1 }
        };
        amounts.into_par_iter().map(cut).collect()
    }

    /// Whether a payment bears each mark, where it could.
    fn marks(
        &self,
        book: &Book,
        county: &ApproverProfiles,
        kin: Option<&[(PayeeIx, u8)]>,
        one: Seen,
    ) -> [Option<bool>; MARKS] {
        #[expect(clippy::cast_precision_loss, reason = "sums of money are below 2^53 fen")]
        let is_near = |limit: i64| one.amount as f64 >= (1.0 - self.width) * limit as f64;
        let below = one.limit_above(book).map(is_near);
        let large = county.large.get(place(one.class)).map(|large| one.amount > *large);
        let of_kin = kin
            .zip(one.payee(book))
            .map(|(kin, payee)| kin.binary_search_by_key(&payee, |(payee, _)| *payee).is_ok());
        let document = book.lines.document.at(one.line).some();
        let bare = document.map(|document| Some(document) == county.no_document);
        [below, large, of_kin, bare]
    }

    /// The marks of an approver's payments, by township and class.
    fn cells(
        &self,
        book: &Book,
        county: &ApproverProfiles,
        official: PersonIx,
        own: &[PaymentIx],
    ) -> Vec<Cellful> {
        let approver = book.officials[official];
        let has_kin = book.kin.of_person(approver).next().is_some();
        let known = (&county.behind, &county.payees[..]);
        let kin = has_kin.then(|| kin_payees(book, known, approver, self.degree));
        let mut cells: Vec<Cellful> = Vec::new();
        for one in chosen(book, own) {
            let township = county.townships[one.village];
            let is_same = |cell: &Cellful| cell.township == township && cell.class == one.class;
            let at = cells.iter().position(is_same).unwrap_or_else(|| {
                cells.push(Cellful { township, class: one.class, counts: [(0, 0); MARKS] });
                cells.len() - 1
            });
            let Some(cell) = cells.get_mut(at) else { continue };
            let marks = self.marks(book, county, kin.as_deref(), one);
            for ((asked, hits), mark) in cell.counts.iter_mut().zip(marks) {
                *asked += u64::from(mark.is_some());
                *hits += u64::from(mark == Some(true));
            }
        }
        cells
    }
}

/// How surprising each mark is of an approver.
fn tails(county: &ApproverProfiles, official: PersonIx) -> Vec<f64> {
    let found = county.found[official];
    let marks = found.iter().zip(&county.laws).filter(|((expected, _), _)| *expected > 0.0);
    marks.map(|((expected, hits), law)| law.upper(*hits, *expected)).collect()
}

/// The most surprising mark of an approver by its place, with how often it is expected and found.
fn most(county: &ApproverProfiles, official: PersonIx) -> Option<(usize, f64, u64)> {
    let found = county.found[official].iter().zip(&county.laws).enumerate();
    let possible = found.filter(|(_, ((expected, _), _))| *expected > 0.0);
    let each = possible.map(|(mark, ((expected, hits), law))| {
        (law.upper(*hits, *expected), (mark, *expected, *hits))
    });
    each.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, mark)| mark)
}

/// What each approver's cells would hold if they were like the township's others.
fn found(all: &IxVec<PersonIx, Vec<Cellful>>) -> IxVec<PersonIx, [(f64, u64); MARKS]> {
    let mut sums: Vec<Cellful> = Vec::new();
    let mut flat: Vec<Cellful> = all.iter().flatten().copied().collect();
    flat.sort_by_key(|cell| (cell.township, cell.class));
    for cell in flat {
        match sums.last_mut().filter(|sum| (sum.township, sum.class) == (cell.township, cell.class))
        {
            Some(sum) => {
                for ((asked, hits), more) in sum.counts.iter_mut().zip(cell.counts) {
                    *asked += more.0;
                    *hits += more.1;
                }
            }
            None => sums.push(cell),
        }
    }
    let share = |cell: &Cellful, mark: usize| {
        let at = sums
            .binary_search_by_key(&(cell.township, cell.class), |sum| (sum.township, sum.class));
        let sum = at.ok().and_then(|at| sums.get(at)).and_then(|sum| sum.counts.get(mark)).copied();
        let (asked, hits) = sum.unwrap_or_default();
        float(hits) / float(asked).max(1.0)
    };
    let of = |cells: &Vec<Cellful>| {
        let mut found = [(0.0, 0); MARKS];
        for cell in cells {
            for (mark, (expected, hits)) in found.iter_mut().enumerate() {
                let (asked, own) = cell.counts.get(mark).copied().unwrap_or_default();
                *expected += float(asked) * share(cell, mark);
                *hits += own;
            }
        }
        found
    };
    all.iter().map(of).collect()
}

impl ApproverPeerDeviation {
    /// How often the most surprising mark is found, where it is more often than expected.
    fn mark(
        &self,
        book: &Book,
        county: &ApproverProfiles,
        group: Group<'_, PersonIx>,
    ) -> Option<Fact> {
        let (mark, expected, hits) =
            most(county, group.number).filter(|(_, expected, hits)| float(*hits) > *expected)?;
        let cells = self.cells(book, county, group.number, group.payments);
        let of: u64 = cells.iter().filter_map(|cell| Some(cell.counts.get(mark)?.0)).sum();
        let approver = Value::official(book, group.number);
        let told = match mark {
            0 => fact!("near", ["approver", "amount"], width: Value::Share(self.width)),
            1 => fact!("large", ["approver", "amount"], below: Value::Share(self.large)),
            2 => fact!("kin", ["approver", "payee"], degree: u32::from(self.degree)),
            _ => fact!("no_document", ["approver", "document"]),
        };
        let expected = Value::Number(expected);
        Some(told.with([
            ("approver", approver),
            ("hits", hits.into()),
            ("of", of.into()),
            ("expected", expected),
        ]))
    }
}

impl Measure for ApproverPeerDeviation {
    type Context = ApproverProfiles;
    type Groups = PersonIx;

    fn context(&self, book: &Book) -> ApproverProfiles {
        let behind = behind(book);
        let payees = payees_of_persons(&behind);
        let mut county = ApproverProfiles {
            large: self.large(book),
            townships: townships(book),
            no_document: book.names.find("none"),
            behind,
            payees,
            found: IxVec::default(),
            laws: Vec::new(),
        };
        let all = book
            .by_approver()
            .par_map(|official, payments| self.cells(book, &county, official, payments));
        county.found = found(&all);
        let law = |mark: usize| {
            let each = county.found.iter().filter_map(|found| found.get(mark));
            let each: Vec<(u64, f64)> = each.map(|(expected, hits)| (*hits, *expected)).collect();
            Rates::fit(&each)
        };
        county.laws = (0..MARKS).map(law).collect();
        county
    }

    fn measure(
        &self,
        book: &Book,
        county: &ApproverProfiles,
        group: Group<'_, PersonIx>,
        out: &mut Out,
    ) {
        let sample = chosen(book, group.payments).count();
        if sample < self.minimum {
            return;
        }
        let tails = tails(county, group.number);
        out.put(group.number, neg_log10(cauchy(&tails)), sample, || {
            let approver = book.officials[group.number];
            let known = (&county.behind, &county.payees[..]);
            let kin = Some(kin_payees(book, known, approver, self.degree));
            let least = (0..).zip(&tails).min_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(at, _)| at);
            let bears = |one: &Seen| {
                let marks = self.marks(book, county, kin.as_deref(), *one);
                marks.get(least).copied().flatten() == Some(true)
            };
            chosen(book, group.payments).filter(bears).map(|one| one.line).collect::<Vec<_>>()
        });
        out.tell(group.number, || self.mark(book, county, group));
    }
}
