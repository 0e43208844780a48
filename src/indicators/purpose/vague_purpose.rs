#![doc = include_str!("vague_purpose.md")]

use super::rank::among_all;
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::kinds::Kinds;
use crate::indicators::seen::{Seen, seen};
use crate::indicators::words::{Purposes, telling};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PaymentIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Fen};
use crate::ledger::subject::Grain;
use crate::params::{above_zero, params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<VaguePurpose>(card! {
    "vague_purpose",
    grain: Grain::Payment,
    class: Class::Statistic,
    scheme: Scheme::Misposting,
    scale: Scale::NegLog10P,
    requires: &["ledger.summary"],
    basis: &[],
    simulated_schemes: &["vague_expenses"],
});

params! {
    struct VaguePurpose {
        telling: usize = 1, within(1..=20),
            "fewest letters of a clear purpose",
            "明确摘要的最少字数";
        prior: f64 = 20.0, above_zero,
            "weight of the county's share, in payments",
            "全县比例的权重（折合付款笔数）";
    }
}

/// Payments, and those of them that tell nothing.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    vague: usize,
    all: usize,
}

impl Tally {
    fn add(&mut self, is_vague: bool) {
        self.vague += usize::from(is_vague);
        self.all += 1;
    }

    /// The share of the others that tell nothing, drawn by `prior` payments towards the county's.
    fn share_of_others(self, county: f64, prior: f64) -> f64 {
        let others = |count: usize| float(count.saturating_sub(1));
        (others(self.vague) + prior * county) / (others(self.all) + prior)
    }
}

/// Half octaves of an amount; the last ones are beyond any village.
const SIZES: usize = 80;

/// The size of an amount in half octaves.
fn size(amount: i64) -> usize {
    let octave = amount.max(1).ilog2();
    let half = u32::from(amount.max(1) >> octave.saturating_sub(1) == 3);
    ((2 * octave + half) as usize).min(SIZES - 1)
}

/// Where at least this share of a village's payments tells a purpose, an empty one is kept back.
const RECORDED: f64 = 0.9;

/// One payment of which it can be said whether it tells something.
#[derive(Debug, Clone, Copy)]
struct PurposeWords {
    one: Seen,
    /// The clerk who keyed it, or its village where none is recorded; a place among the strings.
    clerk: usize,
    kind: u32,
    is_vague: bool,
}

impl VaguePurpose {
    /// The chosen payments of the book, village after village.
    fn told(&self, book: &Book, kinds: &Kinds) -> Vec<PurposeWords> {
        let purposes = Purposes::of(book);
        let short = purposes.map(book, |purpose| telling(purpose).chars().count() < self.telling);
        let mut all = Vec::with_capacity(book.payments.len());
        for (village, payments) in book.villages.iter().zip(book.by_village().groups()) {
            let chosen = || seen(book, payments).filter(|one| one.is_signed_for());
            let has_text = |one: &Seen| purposes.place(book, one.line).is_some();
            let written = chosen().filter(has_text).count();
            let is_recorded = float(written) >= RECORDED * float(chosen().count());
            all.extend(chosen().filter(|one| is_recorded || has_text(one)).map(|one| {
                let place = purposes.place(book, one.line);
                let is_vague = place.is_none_or(|place| short.get(place).copied().unwrap_or(false));
                let clerk = book.lines.clerk.at(one.line).some().unwrap_or(*village);
                let kind = kinds.kind(one.payment);
                PurposeWords { one, clerk: clerk.0 as usize, kind, is_vague }
            }));
        }
        all
    }
}

/// Of the payments of a clerk (or village) and of an account, those whose purpose tells nothing.
fn beside(book: &Book, kinds: &Kinds, told: &[PurposeWords], one: Seen) -> Option<Fact> {
    let own = told.iter().find(|other| other.one.payment == one.payment)?;
    let tally = |is_alike: &dyn Fn(&PurposeWords) -> bool| {
        let mut tally = Tally::default();
        told.iter().filter(|other| is_alike(other)).for_each(|other| tally.add(other.is_vague));
        tally
    };
    let by_clerk = tally(&|other| other.clerk == own.clerk);
    let by_account = tally(&|other| other.kind == own.kind);
    let mut fact = fact!(
        "empty_village", ["summary", "amount", "account"],
        amount: Fen(one.amount), vague: by_clerk.vague, of: by_clerk.all, account: kinds.code(book, one.payment),
        alike: by_account.vague, whole: by_account.all,
    );
    let (purpose, clerk) =
        (book.lines.summary.at(one.line).some(), book.lines.clerk.at(one.line).some());
    fact.sentence = match (purpose, clerk) {
        (Some(_), Some(_)) => "vague",
        (Some(_), None) => "vague_village",
        (None, Some(_)) => "empty",
        (None, None) => "empty_village",
    };
    fact.cells.extend(purpose.map(|purpose| ("purpose", Value::Text(purpose))));
    fact.cells.extend(clerk.map(|clerk| ("clerk", Value::Person(clerk))));
    Some(fact)
}

impl Measure for VaguePurpose {
    /// For each payment its -log10 p, NaN where the question does not apply; and the clerk's payments.
    type Context = IxVec<PaymentIx, (f64, usize)>;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Self::Context {
        let kinds = Kinds::of(book, 3);
        let told = self.told(book, &kinds);
        let mut county = Tally::default();
        let mut clerks = vec![Tally::default(); book.names.len()];
        let mut accounts = vec![Tally::default(); kinds.len()];
        let mut sizes = vec![[0_usize; SIZES]; kinds.len()];
        for own in &told {
            let tallies = [clerks.get_mut(own.clerk), accounts.get_mut(own.kind as usize)];
            for tally in tallies.into_iter().flatten().chain([&mut county]) {
                tally.add(own.is_vague);
            }
            let sizes = sizes.get_mut(own.kind as usize);
            if let Some(count) = sizes.and_then(|sizes| sizes.get_mut(size(own.one.amount))) {
                *count += 1;
            }
        }
        let share = float(county.vague) / float(county.all.max(1));
        let mut scores: IxVec<PaymentIx, f64> = IxVec::of(f64::NAN, book.payments.len());
        let mut samples: IxVec<PaymentIx, usize> = IxVec::of(0, book.payments.len());
        for own in &told {
            let clerk = clerks.get(own.clerk).copied().unwrap_or_default();
            let account = accounts.get(own.kind as usize).copied().unwrap_or_default();
            let [by_clerk, by_account] =
                [clerk, account].map(|tally| tally.share_of_others(share, self.prior));
            let larger = sizes
                .get(own.kind as usize)
                .map_or(0, |sizes| sizes.iter().skip(size(own.one.amount)).sum());
            let chance = by_clerk * by_account * float(larger) / float(account.all.max(1));
            scores[own.one.payment] = if own.is_vague { chance.max(1e-300).recip() } else { 0.0 };
            samples[own.one.payment] = clerk.all;
        }
        among_all(&scores.raw).into_iter().zip(samples).collect()
    }

    fn measure(
        &self,
        book: &Book,
        values: &Self::Context,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        for one in seen(book, group.payments) {
            let (value, sample) = values[one.payment];
            if !value.is_nan() {
                out.put(one.payment, value, sample, || (value > 0.0).then_some(one.line));
                out.tell(one.payment, || {
                    let kinds = Kinds::of(book, 3);
                    let told = if value > 0.0 { self.told(book, &kinds) } else { Vec::new() };
                    beside(book, &kinds, &told, one)
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn a_size_is_half_an_octave() {
        assert_eq!([1, 2, 3, 4, 5, 6, 8].map(size), [0, 2, 3, 4, 4, 5, 6]);
    }
}
