#![doc = include_str!("kin_chain.md")]

use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::VillageIx;
use crate::ledger::book::limit_words::Duty;
use crate::ledger::contract::cell::{Cell, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<KinChain>(card! {
    "kin_chain",
    grain: Grain::Payment,
    class: Class::Match,
    scheme: Scheme::Procedure,
    scale: Scale::Value { threshold: 1.301, false_positives: 0.005 },
    requires: &["ledger.approver", "kinship"],
    basis: &[],
    simulated_schemes: &["hollow_signatures"],
});

params! {
    struct KinChain {
        degree: u8 = 2, within(1..=3),
            "farthest kinship: 1 parent, child, spouse, sibling; 2 in-law, uncle",
            "最远亲等：1 为父母、子女、配偶、兄弟姐妹；2 为姻亲、叔伯舅姑姨";
    }
}

/// Handler, witness, approver, cosigner and township reviewer.
type Chain = [Id; 5];

/// A payment with its chain, and how near the two nearest relatives in it are.
type Link = (Chain, Seen, Option<u8>);

fn chain(book: &Book, one: Seen) -> Chain {
    let (lines, at) = (&book.lines, one.line);
    [&lines.handler, &lines.witness, &lines.approver, &lines.cosigner, &lines.township_reviewer]
        .map(|column| column.at(at))
}

/// Whether two persons at least signed.
fn is_chain(chain: &Chain) -> bool {
    let mut signed = chain.iter().filter_map(|person| person.some());
    let first = signed.next();
    signed.any(|person| Some(person) != first)
}

/// The columns of every two in a chain, in the order of [`pairs`].
static PAIRS: [[&str; 2]; 10] = [
    ["handler", "witness"],
    ["handler", "approver"],
    ["handler", "cosigner"],
    ["handler", "township_reviewer"],
    ["witness", "approver"],
    ["witness", "cosigner"],
    ["witness", "township_reviewer"],
    ["approver", "cosigner"],
    ["approver", "township_reviewer"],
    ["cosigner", "township_reviewer"],
];

/// Every two in a chain.
fn pairs(chain: &Chain) -> impl Iterator<Item = (Id, Id)> + '_ {
    let after = |place: usize| chain.iter().skip(place + 1);
    chain
        .iter()
        .enumerate()
        .flat_map(move |(place, one)| after(place).map(move |other| (*one, *other)))
}

/// The nearest relatives in a chain, and how many of the village's payments have relatives as near.
fn relatives(book: &Book, (chain, one, degree): Link, (count, of): (usize, usize)) -> Option<Fact> {
    let is_nearest = |(one, other): &(Id, Id)| book.kin.degree(*one, *other) == degree;
    let mut all = pairs(&chain).zip(&PAIRS);
    let ((first, second), columns) = all.find(|(pair, _)| degree.is_some() && is_nearest(pair))?;
    let [role, other_role] = columns.map(Duty::named);
    let (person, other) = (Value::Post(first, one.line), Value::Post(second, one.line));
    let mut told = fact!(
        "further", [], role: role?, one: person, other_role: other_role?, other: other,
        count: count, of: of,
    );
    told.columns = columns;
    told.sentence = match degree {
        Some(1) => "close",
        Some(2) => "in_law",
        _ => "further",
    };
    Some(told)
}

impl KinChain {
    /// The degree of the nearest relatives among those who signed, if any are near.
    fn nearest(&self, book: &Book, chain: &Chain) -> Option<u8> {
        let degrees = pairs(chain).filter_map(|(one, other)| book.kin.degree(one, other));
        degrees.filter(|degree| *degree <= self.degree).min()
    }
}

impl Measure for KinChain {
    type Context = ();
    type Groups = VillageIx;

    fn context(&self, _: &Book) {}

    fn measure(&self, book: &Book, (): &(), group: Group<'_, VillageIx>, out: &mut Out) {
        let signed = seen(book, group.payments).filter(|one| one.is_signed_for());
        let links = signed.map(|one| (chain(book, one), one, None));
        let mut links: Vec<Link> = links.filter(|(chain, ..)| is_chain(chain)).collect();
        // The same few persons sign nearly everything: their relations are looked up once.
        links.sort_unstable_by_key(|(chain, one, _)| (*chain, one.payment));
        for same in links.chunk_by_mut(|a, b| a.0 == b.0) {
            let nearest = same.first().and_then(|(chain, ..)| self.nearest(book, chain));
            for (.., degree) in same {
                *degree = nearest;
            }
        }
        let mut as_near = [0_usize; 4];
        for degree in links.iter().filter_map(|(.., degree)| *degree) {
            for count in as_near.iter_mut().skip(usize::from(degree)) {
                *count += 1;
            }
        }
        let all = links.len();
        for link in links {
            let (_, one, degree) = link;
            let count = degree.and_then(|degree| as_near.get(usize::from(degree)));
            let value = count.map_or(0.0, |count| neg_log10(float(*count) / float(all)));
            out.put(one.payment, value, all, || (value > 0.0).then_some(one.line));
            if let Some(count) = count.filter(|_| value > 0.0) {
                out.tell(one.payment, || relatives(book, link, (*count, all)));
            }
        }
    }
}
