#![doc = include_str!("purpose_account_mismatch.md")]

use super::rank::among_all;
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::kinds::Kinds;
use crate::indicators::seen::{Seen, seen};
use crate::indicators::words::Purposes;
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PaymentIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Id};
use crate::ledger::subject::Grain;
use crate::params::{above_zero, at_least, params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<PurposeAccountMismatch>(card! {
    "purpose_account_mismatch",
    grain: Grain::Payment,
    class: Class::Statistic,
    scheme: Scheme::Misposting,
    scale: Scale::NegLog10P,
    requires: &["ledger.summary"],
    basis: &[],
    simulated_schemes: &["wrong_account"],
});

params! {
    struct PurposeAccountMismatch {
        digits: usize = 3, within(1..=9),
            "first digits of the account code compared",
            "科目编码取前几位";
        prior: f64 = 5.0, above_zero,
            "weight of the county's shares, in pairs",
            "全县比例的权重（折合字对数）";
        telling: f64 = 3.0, at_least(0.0),
            "smallest score for a value, in bits",
            "有指标值的最低得分（比特）";
    }
}

/// Payments of one village with one purpose on one kind of account.
#[derive(Debug)]
struct Alike {
    purpose: usize,
    kind: u32,
    payments: Vec<PaymentIx>,
}

/// How often pairs of neighbouring letters stand in the purposes of each kind of account.
#[derive(Debug)]
struct Letters {
    /// For each purpose its pairs of letters.
    pairs: Vec<Vec<u32>>,
    /// For each kind, the count of each pair.
    counts: Vec<Vec<f64>>,
    /// For each kind, the count of all pairs.
    totals: Vec<f64>,
}

/// Pairs of neighbouring letters of a purpose; its two ends count as letters, digits and signs do not.
fn letter_pairs(purpose: &str) -> Vec<u64> {
    let ends = std::iter::once('\0');
    let letters = purpose.chars().filter(|letter| letter.is_alphabetic());
    let letters: Vec<char> = ends.clone().chain(letters).chain(ends).collect();
    let pair = |two: &[char]| match two {
        [a, b] => (u64::from(u32::from(*a)) << 32) | u64::from(u32::from(*b)),
        _ => 0,
    };
    if letters.len() > 2 { letters.windows(2).map(pair).collect() } else { Vec::new() }
}

impl Letters {
    fn of(
        book: &Book,
        purposes: &Purposes,
        kinds: usize,
        alike: &IxVec<VillageIx, Vec<Alike>>,
    ) -> Self {
        let written: Vec<Vec<u64>> = purposes.map(book, letter_pairs);
        let mut known: Vec<u64> = written.iter().flatten().copied().collect();
        known.sort_unstable();
        known.dedup();
        let place =
            |pair: &u64| known.binary_search(pair).ok().and_then(|place| u32::try_from(place).ok());
        let pairs: Vec<Vec<u32>> =
            written.iter().map(|pairs| pairs.iter().filter_map(place).collect()).collect();
        let mut counts = vec![vec![0.0; known.len()]; kinds];
        let mut totals = vec![0.0; kinds];
        for alike in alike.iter().flatten() {
            let kind = alike.kind as usize;
            let own = pairs.get(alike.purpose).map_or(&[][..], Vec::as_slice);
            let Some((counts, total)) = counts.get_mut(kind).zip(totals.get_mut(kind)) else {
                continue;
            };
            let copies = float(alike.payments.len());
            for pair in own {
                if let Some(count) = counts.get_mut(*pair as usize) {
                    *count += copies;
                }
            }
            *total += copies * float(own.len());
        }
        Self { pairs, counts, totals }
    }
}

/// The village's chosen payments that tell a purpose, by purpose and kind of account.
fn alike(book: &Book, purposes: &Purposes, kinds: &Kinds, payments: &[PaymentIx]) -> Vec<Alike> {
    let chosen = seen(book, payments).filter(|one| one.is_signed_for());
    let mut keyed: Vec<(usize, u32, PaymentIx)> = chosen
        .filter_map(|one| {
            Some((purposes.place(book, one.line)?, kinds.kind(one.payment), one.payment))
        })
        .collect();
    keyed.sort_unstable();
    let runs = keyed.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
    let alike = |run: &[(usize, u32, PaymentIx)]| {
        let (purpose, kind, _) = *run.first()?;
        let payments = run.iter().map(|(.., payment)| *payment).collect();
        Some(Alike { purpose, kind, payments })
    };
    runs.filter_map(alike).collect()
}

impl PurposeAccountMismatch {
    /// By how many bits the purpose speaks more for another kind of account than for its own, and for which
    /// one: naive Bayes over pairs of letters, without what these payments themselves added. None where
    /// the purpose has no letters.
    fn against(&self, kinds: &Kinds, letters: &Letters, alike: &Alike) -> Option<(f64, u32)> {
        let pairs = letters.pairs.get(alike.purpose).filter(|pairs| !pairs.is_empty())?;
        let chart = kinds.chart(alike.kind);
        let copies = float(alike.payments.len());
        let rivals = (0..u32::try_from(kinds.len()).unwrap_or(0))
            .filter(|kind| kinds.chart(*kind) == chart && kinds.count(*kind) > 0);
        let rivals: Vec<u32> = rivals.collect();
        let own = |kind: u32| if kind == alike.kind { copies } else { 0.0 };
        let count = |kind: u32, pair: u32| {
            let count = letters.counts.get(kind as usize).and_then(|row| row.get(pair as usize));
            (count.copied().unwrap_or(0.0) - own(kind)).max(0.0)
        };
        let total = |kind: u32| {
            let total = letters.totals.get(kind as usize).copied().unwrap_or(0.0);
            (total - own(kind) * float(pairs.len())).max(0.0)
        };
        let all: f64 = rivals.iter().map(|kind| total(*kind)).sum();
        let mut support: Vec<(f64, u32)> = rivals
            .iter()
            .map(|kind| {
                let used = (float(kinds.count(*kind)) - own(*kind)).max(0.0);
                ((used + 0.5).log2(), *kind)
            })
            .collect();
        for pair in pairs {
            let everywhere: f64 = rivals.iter().map(|kind| count(*kind, *pair)).sum();
            let expected = (everywhere + 0.5) / (all + 1.0);
            for (bits, kind) in &mut support {
                let share =
                    (count(*kind, *pair) + self.prior * expected) / (total(*kind) + self.prior);
                *bits += share.log2();
            }
        }
        let own = support.iter().find(|(_, kind)| *kind == alike.kind)?.0;
        let others = support.iter().filter(|(_, kind)| *kind != alike.kind);
        let (best, kind) = others.max_by(|a, b| a.0.total_cmp(&b.0))?;
        Some((best - own, *kind))
    }

    /// The score of each payment that tells a purpose, and the kind of account that fits best.
    fn scores(
        &self,
        book: &Book,
        kinds: &Kinds,
        letters: &Letters,
        alike: &[Alike],
    ) -> Vec<(PaymentIx, f64, u32)> {
        let mut scores = Vec::new();
        for alike in alike {
            let Some((bits, kind)) = self.against(kinds, letters, alike) else { continue };
            for payment in &alike.payments {
                let speaks = bits >= self.telling && !is_allocated(book, kinds, *payment, kind);
                scores.push((*payment, if speaks { bits } else { 0.0 }, kind));
            }
        }
        scores
    }
}

/// How surprising each payment's purpose is on its account.
#[derive(Debug)]
struct Surprise {
    /// For each payment its -log10 p; NaN where the question does not apply.
    values: IxVec<PaymentIx, f64>,
    /// For each payment the kind of account that fits best, if its own fits less.
    fits: IxVec<PaymentIx, Option<u32>>,
    kinds: Kinds,
}

/// Fewer payments with two letters show no usage of an account.
const FEWEST: usize = 5;

/// How many payments with two letters side by side in their purpose are booked to the account that fits and to the
/// payment's own.
#[derive(Debug, Clone, Copy, Default)]
struct Beside {
    there: usize,
    here: usize,
}

impl Surprise {
    /// The two letters of the purpose that speak most for the account that fits.
    fn fact(&self, book: &Book, one: Seen) -> Option<Fact> {
        let (own, fits) = (self.kinds.kind(one.payment), self.fits[one.payment]?);
        let purpose = book.lines.summary.at(one.line).some()?;
        let letters: Vec<char> = book.names.get(purpose).chars().collect();
        let pairs = letters.windows(2).filter(|pair| pair.iter().all(|it| it.is_alphabetic()));
        let pairs: Vec<String> = pairs.map(|pair| pair.iter().collect()).collect();
        let mut counts = vec![Beside::default(); pairs.len()];
        let mut first = None;
        let others = book.payments.line.keys().filter(|other| *other != one.payment);
        for other in others.map(|other| Seen::of(book, other)).filter(|other| other.is_signed_for())
        {
            let kind = self.kinds.kind(other.payment);
            if kind != own && kind != fits {
                continue;
            }
            first = first.or((kind == fits).then_some(other.payment));
            let text = book.names.get(book.lines.summary.at(other.line));
            for (pair, count) in pairs.iter().zip(&mut counts) {
                let has = usize::from(text.contains(pair.as_str()));
                *(if kind == own { &mut count.here } else { &mut count.there }) += has;
            }
        }
        let [of_own, of_fits] = [own, fits].map(|kind| self.kinds.count(kind));
        let share = |count: usize, of: usize| (float(count) + 0.5) / (float(of) + 1.0);
        let bits = |it: &Beside| {
            let there = share(it.there, of_fits);
            there * (there / share(it.here, of_own)).log2()
        };
        let (word, count) =
            pairs.iter().zip(&counts).rev().max_by(|a, b| bits(a.1).total_cmp(&bits(b.1)))?;
        Some(fact!(
            "word", ["summary", "account"],
            purpose: Value::Text(purpose), account: self.kinds.code(book, one.payment), word: word.as_str(),
            fits: self.kinds.code(book, first?), there: count.there, theirs: of_fits, here: count.here,
            ours: of_own.saturating_sub(1),
        ))
        .filter(|_| count.there >= FEWEST && bits(count) > 0.0)
    }
}

/// Whether another line of the voucher, on the same document, is booked to this kind of account: then the
/// words are those of the whole document.
fn is_allocated(book: &Book, kinds: &Kinds, payment: PaymentIx, kind: u32) -> bool {
    let own = Seen::of(book, payment);
    let (voucher, document) = (own.voucher(book), own.document_no(book));
    let is_beside = |other: &Seen| other.village == own.village && other.voucher(book) == voucher;
    let all = || book.payments.line.keys().map(|other| Seen::of(book, other));
    let place = usize::from(payment);
    let (before, after) = (all().take(place).rev(), all().skip(place + 1));
    let mut beside = before.take_while(is_beside).chain(after.take_while(is_beside));
    document != Id::NONE
        && beside.any(|other| {
            kinds.kind(other.payment) == kind
                && other.document_no(book) == document
                && other.payee(book) == own.payee(book)
        })
}

impl Measure for PurposeAccountMismatch {
    type Context = Surprise;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Self::Context {
        let kinds = Kinds::of(book, self.digits);
        let purposes = Purposes::of(book);
        let villages = book.by_village();
        let alike = villages.par_map(|_, payments| alike(book, &purposes, &kinds, payments));
        let letters = Letters::of(book, &purposes, kinds.len(), &alike);
        let found =
            villages.par_map(|village, _| self.scores(book, &kinds, &letters, &alike[village]));
        let mut scores: IxVec<PaymentIx, f64> = IxVec::of(f64::NAN, book.payments.len());
        let mut fits = IxVec::of(None, book.payments.len());
        for (payment, score, kind) in found.into_iter().flatten() {
            scores[payment] = score;
            fits[payment] = (score > 0.0).then_some(kind);
        }
        Surprise { values: among_all(&scores.raw).into(), fits, kinds }
    }

    fn measure(
        &self,
        book: &Book,
        surprise: &Self::Context,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        for one in seen(book, group.payments) {
            let value = surprise.values[one.payment];
            if !value.is_nan() {
                out.put(one.payment, value, 1, || (value > 0.0).then_some(one.line));
                out.tell(one.payment, || surprise.fact(book, one));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::ledger::sample;

    #[test]
    fn a_mixed_invoice_speaks_for_one_of_its_accounts() {
        let rows = |day: u32| {
            format!("2024-03-{day:02},513,shop,desk,\n2024-03-{day:02},511,farm,seed,\n")
        };
        let rows = (1..=20).map(rows).collect::<String>();
        let own = "2024-04-01,513,shop,desk,F1\n2024-04-01,511,shop,desk,F1\n";
        let values = |voucher: &str| {
            let own = own.replace("F1", voucher);
            let csv = format!("date,account,payee,summary,document_no\n{rows}{own}");
            let csv = csv.lines().enumerate().map(|(place, row)| match place {
                0 => format!("{row},voucher\n"),
                41.. => format!("{row},mixed\n"),
                _ => format!("{row},v{place}\n"),
            });
            let book = sample::book(&[("ledger", &csv.collect::<String>())]);
            let configured = super::INDICATOR.with(toml::Table::new()).unwrap();
            configured.prepare(&book).readings().values().flatten().collect::<Vec<_>>()
        };
        assert!(values("F1").iter().all(|value| value.abs() < 1e-6));
        assert!(values("").iter().any(|value| *value > 1.0));
    }
}
