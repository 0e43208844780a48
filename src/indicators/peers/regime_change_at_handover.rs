#![doc = include_str!("regime_change_at_handover.md")]

use std::cmp::Reverse;

use super::composition_shift::{divergence, sum};
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::months::{Months, quantile_of_amounts, yuan_up_to};
use crate::indicators::seen::{Seen, least_of, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, VillageIx};
use crate::ledger::book::terms::Term;
use crate::ledger::contract::cell::{Day, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{counted, params, share, within};
use crate::stats::peers::peer_upper;
use crate::stats::robust::robust_z;

pub(super) static INDICATOR: Indicator = Indicator::of::<RegimeChangeAtHandover>(card! {
    "regime_change_at_handover",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::UnusualSpending,
    scale: Scale::NegLog10P,
    requires: &["posts", "ledger.payee"],
    basis: &[],
    simulated_schemes: &["new_regime"],
});

params! {
    struct RegimeChangeAtHandover {
        months: usize = 12, within(1..=120),
            "months compared on either side",
            "前后各比较的月数";
        least: usize = 6, within(1..=120),
            "fewest months on either side",
            "前后各最少月数";
        minimum: usize = 30, counted,
            "fewest payments on either side",
            "前后各最少付款笔数";
        width: f64 = 0.1, share,
            "band below a limit, as a share of it",
            "限额之下的区间（占限额的比例）";
        cap: f64 = 0.95, share,
            "quantile of the county's payments above which a payment counts no more",
            "全县付款的分位数，超出部分不计";
        villages: usize = 12, within(5..=1_000_000),
            "fewest villages without a handover",
            "未换任村的最少个数";
    }
}

/// Level, mix, new payees, and payments just under limits.
const FEATURES: usize = 4;

/// How much each feature of a village's payments changed, and the payments that this rests on.
#[derive(Debug, Clone, Copy)]
struct Change {
    features: [f64; FEATURES],
    payments: usize,
}

/// The least usual handover of a village.
#[derive(Debug, Clone, Copy)]
pub(super) struct Break {
    p: f64,
    month: usize,
    payments: usize,
}

/// What changes of the county's villages are measured by.
#[derive(Debug)]
struct Measures {
    months: Months,
    /// For each payee whether the person behind it ever held a post: with the posts, their claims change.
    is_official: IxVec<PayeeIx, bool>,
    /// The most that one payment counts, in fen.
    most: i64,
    accounts: Vec<u16>,
}

/// What is computed once for a county.
#[derive(Debug)]
pub(super) struct SpendingBreaks {
    measures: Measures,
    breaks: IxVec<VillageIx, Option<Break>>,
}

/// The terms in which one person followed another as director or as secretary, each with its first month.
fn handed_over<'a>(
    book: &'a Book,
    months: &'a Months,
    village: VillageIx,
) -> impl Iterator<Item = (usize, &'a Term)> {
    let terms = book.terms.of_village(book.villages[village]);
    let is_head = |term: &&Term| matches!(book.names.get(term.post), "director" | "secretary");
    let follows = |next: &&Term| {
        terms.iter().any(|before| {
            before.post == next.post && before.person != next.person && before.start < next.start
        })
    };
    let month = |day: Day| {
        let date = day.date();
        months.place(i32::from(date.year()), i32::from(date.month()))
    };
    let terms = terms.iter().filter(is_head).filter(follows);
    terms.filter_map(move |term| Some((month(term.start)?, term)))
}

/// The months in which one person followed another as director or as secretary.
fn handovers(book: &Book, months: &Months, village: VillageIx) -> Vec<usize> {
    let mut found: Vec<usize> =
        handed_over(book, months, village).map(|(month, _)| month).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The payees of some payments, sorted.
fn payees(book: &Book, paid: &[Seen]) -> Vec<PayeeIx> {
    let mut payees: Vec<PayeeIx> = paid.iter().filter_map(|one| one.payee(book)).collect();
    payees.sort_unstable();
    payees.dedup();
    payees
}

/// Whether a payment goes to a payee who is not among those known.
fn is_new(book: &Book, known: &[PayeeIx], one: Seen) -> bool {
    one.payee(book).is_some_and(|payee| known.binary_search(&payee).is_err())
}

/// The angle of a share, whose variance does not depend on the share; half a hit more than counted.
fn angle(hits: usize, all: usize) -> f64 {
    ((float(hits) + 0.5) / (float(all) + 1.0)).sqrt().asin()
}

impl Measures {
    fn of(book: &Book, months: Months, cap: f64) -> Self {
        let is_official = |payee: &Id| !book.terms.of_person(book.person_of(*payee)).is_empty();
        let groups = book.by_village().groups();
        let chosen =
            groups.flat_map(|group| seen(book, group)).filter(|one| one.is_undecided(book));
        let most = quantile_of_amounts(chosen.map(|one| one.amount).collect(), cap);
        let mut accounts = book.series().raw.clone();
        accounts.sort_unstable();
        accounts.dedup();
        let is_official = book.payees.iter().map(is_official).collect();
        Self { months, is_official, most, accounts }
    }

    /// The payments before and after a month, in so many months on either side.
    fn around(
        &self,
        book: &Book,
        payments: &[PaymentIx],
        (month, length): (usize, usize),
    ) -> (Vec<Seen>, Vec<Seen>) {
        let is_own = |one: &Seen| one.payee(book).is_some_and(|payee| self.is_official[payee]);
        let paid = |from: usize| -> Vec<Seen> {
            let inside = self.months.split(book, payments).skip(from).take(length);
            let inside = inside.flat_map(|of| seen(book, of));
            inside.filter(|one| one.is_undecided(book) && !is_own(one)).collect()
        };
        (paid(month - length), paid(month + 1))
    }

    /// The number of payments from each account.
    fn mix(&self, book: &Book, paid: &[Seen]) -> Vec<f64> {
        let mut mix = vec![0.0; self.accounts.len()];
        for one in paid {
            let place = self.accounts.binary_search(&book.series()[one.payment]).ok();
            if let Some(count) = place.and_then(|place| mix.get_mut(place)) {
                *count += 1.0;
            }
        }
        mix
    }
}

/// The chance of each changing village's break, were it one more of the villages that stayed.
fn tails(changed: &[Change], stayed: &[Change]) -> Vec<Option<f64>> {
    let columns: Vec<Vec<f64>> = (0..FEATURES)
        .map(|at| stayed.iter().filter_map(|one| one.features.get(at).copied()).collect())
        .collect();
    let distance = |one: &Change| {
        let scores = one.features.iter().zip(&columns).map(|(own, of)| robust_z(*own, of));
        let squares = scores.map(|score| score.unwrap_or(0.0).powi(2));
        // The logarithm keeps a few far villages from passing for many.
        squares.sum::<f64>().max(1e-9).ln()
    };
    let usual: Vec<f64> = stayed.iter().map(distance).collect();
    changed.iter().map(|one| peer_upper(distance(one), &usual)).collect()
}

impl RegimeChangeAtHandover {
    /// The months on either side of one that the book covers, as far as they are looked at.
    fn length(&self, months: &Months, month: usize) -> Option<usize> {
        let after = months.len().checked_sub(month + 1)?;
        let length = self.months.min(month).min(after);
        (length >= self.least.max(1)).then_some(length)
    }

    fn is_just_under(&self, book: &Book, one: &Seen) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "limits are below 2^53 fen")]
        let reaches = |limit: i64| one.amount as f64 >= (1.0 - self.width) * limit as f64;
        one.limit_above(book).is_some_and(reaches)
    }

    fn change(
        &self,
        book: &Book,
        measures: &Measures,
        (before, after): (&[Seen], &[Seen]),
    ) -> Option<Change> {
        if before.len().min(after.len()) < self.minimum.max(1) {
            return None;
        }
        let yuan = |paid: &[Seen]| yuan_up_to(measures.most, paid.iter().copied()).ln();
        let known = payees(book, before);
        let new = after.iter().filter(|one| is_new(book, &known, **one)).count();
        let under = |paid: &[Seen]| {
            angle(paid.iter().filter(|one| self.is_just_under(book, one)).count(), paid.len())
        };
        let mixes = [before, after].map(|paid| measures.mix(book, paid));
        let [old, young] = &mixes;
        let by_chance = sum(old).recip() + sum(young).recip();
        let features = [
            yuan(after) - yuan(before),
            (divergence(old, young) / by_chance).cbrt(),
            angle(new, after.len()),
            under(after) - under(before),
        ];
        Some(Change { features, payments: before.len() + after.len() })
    }

    /// The villages with a handover in a month, and how unusual their breaks are; none where too few
    /// villages stayed.
    fn breaks(
        &self,
        book: &Book,
        measures: &Measures,
        handed: &IxVec<VillageIx, Vec<usize>>,
        month: usize,
    ) -> Vec<(VillageIx, Break)> {
        let Some(length) = self.length(&measures.months, month) else { return Vec::new() };
        let change = |_, payments: &[PaymentIx]| {
            let (before, after) = measures.around(book, payments, (month, length));
            self.change(book, measures, (&before, &after))
        };
        let all = book.by_village().par_map(change);
        let known = all.iter_enumerated().zip(handed);
        let known = known.filter_map(|((village, one), own)| Some((village, (*one)?, own)));
        let (places, moved): (Vec<VillageIx>, Vec<Change>) = known
            .clone()
            .filter(|(.., own)| own.contains(&month))
            .map(|(village, one, _)| (village, one))
            .unzip();
        let is_near = |other: &usize| other.abs_diff(month) <= length;
        let stayed: Vec<Change> =
            known.filter(|(.., own)| !own.iter().any(is_near)).map(|(_, one, _)| one).collect();
        if stayed.len() < self.villages {
            return Vec::new();
        }
        let tails = tails(&moved, &stayed);
        let breaks = places.into_iter().zip(moved).zip(tails).filter_map(|((village, one), p)| {
            Some((village, Break { p: p?, month, payments: one.payments }))
        });
        breaks.collect()
    }
}

/// Payees in falling order of what they got.
fn by_money(book: &Book, paid: &[Seen]) -> Vec<PayeeIx> {
    let mut payees = payees(book, paid);
    payees.sort_by_cached_key(|payee| {
        let own = paid.iter().filter(|one| one.payee(book) == Some(*payee));
        Reverse(own.map(|one| one.amount).sum::<i64>())
    });
    payees
}

impl RegimeChangeAtHandover {
    /// Who took office, and what was paid before and after, and to which new payees.
    fn fact(
        &self,
        book: &Book,
        measures: &Measures,
        group: Group<'_, VillageIx>,
        month: usize,
    ) -> Option<Fact> {
        let (_, term) =
            handed_over(book, &measures.months, group.number).find(|(own, _)| *own == month)?;
        let length = self.length(&measures.months, month)?;
        let (before, after) = measures.around(book, group.payments, (month, length));
        let known = payees(book, &before);
        let new: Vec<Seen> =
            after.iter().copied().filter(|one| is_new(book, &known, *one)).collect();
        let sum = |paid: &[Seen]| Fen(paid.iter().map(|one| one.amount).sum());
        let mut fact = fact!(
            "same_payees", ["date", "amount", "payee"],
            successor: Value::Post(term.person, after.first()?.line), start: term.start, months: length,
            before: before.len(), earlier: sum(&before), after: after.len(), later: sum(&after),
        );
        if !new.is_empty() {
            fact.sentence = "new_payees";
            fact.cells.extend([
                ("new", new.len().into()),
                ("fresh", sum(&new).into()),
                ("payees", by_money(book, &new).into()),
            ]);
        }
        Some(fact)
    }
}

impl Measure for RegimeChangeAtHandover {
    type Context = SpendingBreaks;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> SpendingBreaks {
        let months = Months::of(book);
        let villages = book.villages.keys();
        let handed: IxVec<VillageIx, Vec<usize>> =
            villages.map(|village| handovers(book, &months, village)).collect();
        let mut all: Vec<usize> = handed.iter().flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        let measures = Measures::of(book, months, self.cap);
        let mut found: IxVec<VillageIx, Vec<Break>> = IxVec::of(Vec::new(), handed.len());
        for month in all {
            for (village, one) in self.breaks(book, &measures, &handed, month) {
                found[village].push(one);
            }
        }
        let least = |found: Vec<Break>| {
            let least = found.iter().min_by(|a, b| a.p.total_cmp(&b.p)).copied()?;
            Some(Break { p: least_of(least.p, found.len()), ..least })
        };
        SpendingBreaks { measures, breaks: found.into_iter().map(least).collect() }
    }

    fn measure(
        &self,
        book: &Book,
        county: &SpendingBreaks,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let found = county.breaks[group.number];
        let Some(Break { p, month, payments }) = found else { return };
        out.put(group.number, neg_log10(p), payments, || {
            let measures = &county.measures;
            let length = self.length(&measures.months, month).unwrap_or(0);
            let (before, after) = measures.around(book, group.payments, (month, length));
            let known = payees(book, &before);
            let new = after.into_iter().filter(|one| is_new(book, &known, *one));
            new.map(|one| one.line).collect::<Vec<_>>()
        });
        out.tell(group.number, || self.fact(book, &county.measures, group, month));
    }
}
