//! The training data of the trees: labelled payments of several planted copies of a book.

use std::collections::{BTreeMap, BTreeSet};

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::convert::narrow;
use crate::indicators::card::Scheme;
use crate::ledger::book::Book;
use crate::ledger::book::index::PaymentIx;
use crate::model::error::Error;
use crate::model::extra_trees::codes::Codes;
use crate::model::extra_trees::settings::Settings as Trees;
use crate::model::extra_trees::{ExtraTrees, Label};
use crate::planting::{Kind, plant};
use crate::scoring::ranking_model::audited::Audited;
use crate::scoring::ranking_model::power::Shown;
use crate::scoring::ranking_model::reader::{Reader, read_columns};
use crate::scoring::ranking_model::rows::{Row, labelled, total};
use crate::scoring::ranking_model::settings::Settings;

/// The maximum number of draws of planting.
const MOST_DRAWS: usize = 8;

/// Columns of the ledger that are never hidden.
const ALWAYS: [&str; 3] = ["ledger.payee", "ledger.payee_name", "ledger.summary"];

/// Labelled payments with their columns.
#[derive(Debug, Clone)]
pub(super) struct Training {
    /// The schemes with planted acts; class 1 is the first of them.
    pub(super) schemes: Vec<Scheme>,
    /// The kinds of act that cannot be planted, each with the first missing table or column.
    pub(super) lacking: Vec<(Kind, &'static str)>,
    codes: Codes,
    cases: Vec<Case>,
    draws: usize,
    villages: usize,
}

/// Tables and columns that are treated as not recorded.
#[derive(Debug, Default)]
pub(super) struct Unrecorded(BTreeSet<&'static str>);

impl Unrecorded {
    /// Selects each optional table and column with probability `share`.
    pub(super) fn drawn(share: f64, seed: u64) -> Self {
        let mut dice = Xoshiro256PlusPlus::seed_from_u64(seed);
        let needs: BTreeSet<&str> =
            read_columns().flat_map(|column| column.needs).copied().collect();
        let is_kept = |need: &str| ALWAYS.contains(&need);
        Self(needs.into_iter().filter(|need| !is_kept(need) && dice.gen_bool(share)).collect())
    }

    /// Whether an act of this kind is invisible without the hidden data.
    fn hides(&self, kind: Kind) -> bool {
        kind.card().needs.iter().any(|need| self.0.contains(need))
    }

    /// Whether the used column at an index needs hidden data.
    fn lacks(&self, place: usize) -> bool {
        !self.0.is_empty()
            && read_columns()
                .nth(place)
                .is_some_and(|column| column.needs.iter().any(|need| self.0.contains(need)))
    }
}

/// A labelled payment.
#[derive(Debug, Clone, Copy)]
struct Case {
    /// The index of its village; villages of joined counties are numbered after the others.
    village: usize,
    weight: f32,
    is: Is,
}

/// The label of a payment.
#[derive(Debug, Clone, Copy)]
enum Is {
    /// A payment of the county's own, a placebo, or audited without a finding.
    Ordinary,
    /// Part of a planted act: draw, edit and kind.
    Planted((usize, u32), Kind),
    /// Audited with a finding; its scheme is not recorded.
    Found,
}

impl Training {
    /// Plants into the book repeatedly until there are enough planted payments; `None` if the book can hold no act.
    ///
    /// Several sparse draws are better than a dense one, because many acts in one village distort its statistics.
    pub(super) fn drawn(
        book: &Book,
        reader: &Reader,
        settings: &Settings,
        seed: u64,
    ) -> Option<Self> {
        Self::drawn_with(book, reader, (settings, seed), |_| Unrecorded::default())
    }

    /// As [`Self::drawn`], but each draw treats the data in `unrecorded` as not recorded.
    pub(super) fn drawn_with(
        book: &Book,
        reader: &Reader,
        (settings, seed): (&Settings, u64),
        unrecorded: impl Fn(usize) -> Unrecorded,
    ) -> Option<Self> {
        let mut codes: Option<Codes> = None;
        let mut cases: Vec<Case> = Vec::new();
        let mut lacking = Vec::new();
        let (mut acts, mut draws) = (0, 0);
        for draw in 0..MOST_DRAWS {
            let seed = seed.wrapping_add((draw as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let planted = plant(book, &settings.planting, seed);
            lacking.clone_from(&planted.lacking);
            planted.book.warm_up();
            let mut rows = labelled(&planted, settings, seed);
            let unrecorded = unrecorded(draw);
            rows.retain(|row| row.act.is_none_or(|(_, kind)| !unrecorded.hides(kind)));
            let payments: Vec<PaymentIx> = rows.iter().map(|row| row.payment).collect();
            let mut read = reader.read(&planted.book, &payments);
            read.blank(|place| unrecorded.lacks(place));
            match &mut codes {
                Some(codes) => codes.append(read),
                None => codes = Some(read),
            }
            let villages = &planted.book.payments.village;
            let case = |row: &Row| Case {
                village: villages[row.payment].into(),
                weight: row.weight,
                is: row.act.map_or(Is::Ordinary, |(edit, kind)| Is::Planted((draw, edit), kind)),
            };
            cases.extend(rows.iter().map(case));
            let own = rows.iter().filter(|row| row.act.is_some()).count();
            acts += own;
            draws += 1;
            if own == 0 || acts >= settings.planted {
                break;
            }
        }
        lacking.retain(|(kind, _)| kind.card().is_act);
        let villages = book.villages.len();
        let schemes = schemes(&cases);
        let codes = codes.filter(|_| !schemes.is_empty())?;
        Some(Self { schemes, lacking, codes, cases, draws, villages })
    }

    /// Appends the rows of another county; its villages are renumbered.
    pub(super) fn join(&mut self, other: Self) {
        self.codes.append(other.codes);
        self.cases.extend(other.cases.into_iter().map(|case| {
            let is = match case.is {
                Is::Planted((draw, edit), kind) => Is::Planted((self.draws + draw, edit), kind),
                is => is,
            };
            Case { village: self.villages + case.village, is, ..case }
        }));
        self.draws += other.draws;
        self.villages += other.villages;
        self.schemes = schemes(&self.cases);
    }

    /// Adds audit results of the book's own payments, whose codes are `own`.
    pub(super) fn add(&mut self, book: &Book, own: &Codes, audited: &Audited, weight: f64) {
        let payments: Vec<u32> = audited.answers.keys().map(|it| u32::from(*it)).collect();
        self.codes.append(own.select(&payments));
        let villages = &book.payments.village;
        self.cases.extend(audited.answers.iter().map(|(payment, answer)| Case {
            village: villages[*payment].into(),
            weight: narrow(weight * answer.share),
            is: if answer.is_find { Is::Found } else { Is::Ordinary },
        }));
    }

    /// The number of classes except the ordinary one: the schemes, and audit findings.
    pub(super) fn width(&self) -> usize {
        self.schemes.len() + 1
    }

    /// Fits the trees on the selected villages.
    ///
    /// # Errors
    /// If a setting is out of range, or there are no rows.
    pub(super) fn fit(
        &self,
        is_asked: impl Fn(usize) -> bool,
        settings: &Trees,
        seed: u64,
    ) -> Result<ExtraTrees, Error> {
        let rows = self.rows(|case| is_asked(case.village));
        let labels: Vec<Label> = rows.iter().filter_map(|(_, case)| self.label(case)).collect();
        let rows: Vec<u32> = rows.into_iter().map(|(row, _)| row).collect();
        ExtraTrees::fit(&self.codes.select(&rows), (&labels, self.width() + 1), settings, seed)
    }

    /// The planted acts of the selected villages with their scores by trees not trained on these villages.
    pub(super) fn shown(&self, trees: &ExtraTrees, is_asked: impl Fn(usize) -> bool) -> Vec<Shown> {
        let is_planted = |case: &Case| matches!(case.is, Is::Planted(..));
        let rows = self.rows(|case| is_planted(case) && is_asked(case.village));
        let payments: Vec<u32> = rows.iter().map(|(row, _)| *row).collect();
        let told = trees.probabilities(&self.codes.select(&payments));
        let mut best: BTreeMap<(usize, u32), Shown> = BTreeMap::new();
        for ((_, case), own) in rows.iter().zip(told.chunks(trees.width())) {
            let Is::Planted(act, kind) = case.is else { continue };
            let score = total(own);
            let shown = best.entry(act).or_insert(Shown { kind, score });
            shown.score = shown.score.max(score);
        }
        best.into_values().collect()
    }

    fn rows(&self, is_asked: impl Fn(&Case) -> bool) -> Vec<(u32, Case)> {
        (0..).zip(self.cases.iter().copied()).filter(|(_, case)| is_asked(case)).collect()
    }

    fn label(&self, case: &Case) -> Option<Label> {
        let place = match case.is {
            Is::Ordinary => 0,
            Is::Planted(_, kind) => self.schemes.binary_search(&kind.card().scheme).ok()? + 1,
            Is::Found => self.width(),
        };
        Some(Label { class: u8::try_from(place).ok()?, weight: case.weight })
    }
}

/// The schemes with acts among the rows, in order.
fn schemes(cases: &[Case]) -> Vec<Scheme> {
    let of = |case: &Case| match case.is {
        Is::Planted(_, kind) => Some(kind.card().scheme),
        Is::Ordinary | Is::Found => None,
    };
    let all: BTreeSet<Scheme> = cases.iter().filter_map(of).collect();
    all.into_iter().collect()
}
