//! What the tests of leading and last digits share: they differ in the digits only.

use std::fmt::Debug;
use std::marker::PhantomData;

use rayon::prelude::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use serde::Deserialize;

use super::amounts::{Amount, is_chosen, of_prices};
use super::county::{Cells, among_villages, binned, clustering, highest, raised, share};
use crate::convert::float;
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Measure, Out};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::chart::Class;
use crate::ledger::book::index::{IxVec, VillageIx};
use crate::params::{Fault, Params, Setting, at_least, counted, setting};
use crate::stats::conformity::chi_square;
use crate::stats::digits::{DigitLaw, Digits};
use crate::stats::null::NullLaw;

/// What is looked at in an amount.
#[derive(Debug, Clone, Copy)]
pub(super) enum Look {
    /// Its leading digits.
    Leading(Digits),
    /// The last two digits of its whole yuan, unless it is in tens.
    Ending,
}

/// Tens times the last digits that are not zero.
const ENDINGS: usize = 90;

impl Look {
    /// The place of what an amount shows; none if it shows nothing.
    #[inline]
    pub(super) fn bin(self, fen: i64) -> Option<usize> {
        match self {
            Self::Leading(digits) => Some(usize::from(digits.of(fen)? - digits.start())),
            Self::Ending => {
                let yuan = usize::try_from(fen / 100).ok().filter(|yuan| *yuan >= 100)?;
                let last = (yuan % 10).checked_sub(1)?;
                Some(yuan / 10 % 10 * 9 + last)
            }
        }
    }

    /// What a bin is called.
    fn written(self, bin: usize) -> String {
        match self {
            Self::Leading(digits) => (usize::from(digits.start()) + bin).to_string(),
            Self::Ending => format!("{}{}", bin / 9, bin % 9 + 1),
        }
    }

    /// The share of each bin where nothing but chance is at work.
    fn law(self) -> Vec<f64> {
        match self {
            Self::Leading(digits) => DigitLaw::benford(digits).shares().to_vec(),
            Self::Ending => vec![1.0 / 90.0; ENDINGS],
        }
    }
}

/// What the settings mean, in English and Chinese.
const MEANINGS: [[&str; 2]; 3] = [
    ["fewest amounts for a value", "有指标值的最少金额个数"],
    ["smallest amount counted, in yuan", "计入的最小金额（元）"],
    ["amounts of the law added to each class of the county", "县内每类支出混入的理论分布金额个数"],
];

/// Which digits a test is of.
pub(super) trait Which: Debug + Send + Sync + 'static {
    /// What it looks at.
    const LOOK: Look;
    /// Amounts below which there is no reading, unless it is set otherwise.
    const MINIMUM: usize;
}

/// A test of digits, with its settings.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields, bound = "W: Which")]
pub(super) struct DigitTest<W> {
    minimum: usize,
    from: f64,
    prior: f64,
    #[serde(skip)]
    which: PhantomData<W>,
}

impl<W: Which> Default for DigitTest<W> {
    fn default() -> Self {
        Self { minimum: W::MINIMUM, from: 10.0, prior: 100.0, which: PhantomData }
    }
}

/// The macro knows no generic structs: the tests differ in the fewest amounts.
impl<W: Which> Params for DigitTest<W> {
    fn validate(&self) -> Result<(), Fault> {
        counted(&self.minimum).map_err(|fault| fault.below("minimum"))?;
        at_least(0.0)(&self.from).map_err(|fault| fault.below("from"))?;
        at_least(0.0)(&self.prior).map_err(|fault| fault.below("prior"))
    }

    fn settings() -> Vec<Setting> {
        let Self { minimum, from, prior, .. } = Self::default();
        let minimum = toml::Value::try_from(minimum).ok();
        vec![
            setting("minimum", minimum, MEANINGS[0], ""),
            setting("from", Some(from.into()), MEANINGS[1], ""),
            setting("prior", Some(prior.into()), MEANINGS[2], ""),
        ]
    }
}

/// What was found in a village.
#[derive(Debug)]
pub(super) struct Found {
    p: f64,
    sample: u64,
    raised: Vec<usize>,
    highest: Option<Highest>,
}

/// The digits that stand highest above the law and the county.
#[derive(Debug)]
struct Highest {
    bin: usize,
    count: u64,
    /// How many amounts would show them by the law, and at the share of the county's other villages.
    by_law: f64,
    by_county: Option<f64>,
}

impl Highest {
    fn of(counts: &[u64], others: &[u64], laws: [&[f64]; 2], raised: &[usize]) -> Option<Self> {
        let bin = highest(counts, &laws, raised)?;
        let n = float(counts.iter().sum::<u64>());
        let [law, _] = laws;
        let by_county = share(others, bin).map(|share| n * share);
        Some(Self { bin, count: *counts.get(bin)?, by_law: n * law.get(bin)?, by_county })
    }

    fn fact(&self, look: Look, sample: u64) -> Fact {
        let mut fact = fact!(
            "alone", ["amount"],
            of: sample, count: self.count, digits: look.written(self.bin), law: Value::Number(self.by_law),
        );
        if let Some(by_county) = self.by_county {
            fact.sentence = "digits";
            fact.cells.push(("county", Value::Number(by_county)));
        }
        fact
    }
}

impl<W: Which> DigitTest<W> {
    /// Holds a village against the law, and against the rest of the county.
    fn found(&self, village: &[Amount], own: &Cells, whole: &Cells) -> Option<(Found, f64)> {
        let counts = own.sums(0..Class::ALL.len());
        let sample = counts.iter().sum();
        if sample < self.minimum.max(1) as u64 {
            return None;
        }
        let law = W::LOOK.law();
        let expected = own.expected(whole, &law, self.prior);
        let of_county = expected.shares();
        let bins = binned(village, |fen| W::LOOK.bin(fen));
        let p = |shares: &[f64], more: f64| {
            let effect = clustering(&bins, &counts, shares) * (1.0 + more);
            NullLaw::of_moments(shares).p(sample, chi_square(&counts, shares) / effect)
        };
        let p_county = p(&of_county, expected.chance_of_others);
        let raised = raised(&counts, &[&law, &of_county]);
        let others = own.of_others(whole, 0..Class::ALL.len());
        let highest = Highest::of(&counts, &others, [&law, &of_county], &raised);
        Some((Found { p: p(&law, 0.0), sample, raised, highest }, p_county))
    }
}

impl<W: Which> Measure for DigitTest<W> {
    type Context = IxVec<VillageIx, Option<Found>>;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Self::Context {
        let villages = of_prices(book, |one| is_chosen(one, self.from), |_| true);
        let (cells, bins) = (Class::ALL.len(), W::LOOK.law().len());
        let count = |village: &Vec<Amount>| {
            let mut own = Cells::new(cells, bins);
            for one in village {
                if let Some(bin) = W::LOOK.bin(one.fen) {
                    own.count(one.class(), bin);
                }
            }
            own
        };
        let each: Vec<Cells> = villages.iter().map(count).collect();
        let context = Cells::total(&each, cells, bins);
        let found: Vec<_> = villages
            .into_par_iter()
            .zip(&each)
            .map(|(village, own)| self.found(&village, own, &context))
            .collect();
        let of_county: Vec<_> = found.iter().map(|one| one.as_ref().map(|(_, p)| *p)).collect();
        let ranked = among_villages(&of_county);
        let larger = |(found, of_county): (Option<(Found, f64)>, Option<f64>)| {
            let (found, _) = found?;
            Some(Found { p: found.p.max(of_county?), ..found })
        };
        found.into_iter().zip(ranked).map(larger).collect()
    }

    fn measure(
        &self,
        book: &Book,
        context: &Self::Context,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let found = context[group.number].as_ref();
        let Some(Found { p, sample: amounts, raised, highest }) = found else { return };
        let sample = usize::try_from(*amounts).unwrap_or(usize::MAX);
        out.put(group.number, neg_log10(*p), sample, || {
            let is_raised = |one: &Seen| {
                let bin = W::LOOK.bin(one.amount).filter(|_| is_chosen(one, self.from));
                bin.is_some_and(|bin| raised.contains(&bin))
            };
            seen(book, group.payments).filter(is_raised).map(|one| one.line)
        });
        let highest = highest.as_ref().filter(|_| *p < 1.0);
        out.tell(group.number, || highest.map(|highest| highest.fact(W::LOOK, *amounts)));
    }
}
