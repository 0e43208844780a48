//! What the trees are fitted on: labelled payments of several planted copies of a book.

use std::collections::BTreeMap;

use super::audited::Audited;
use super::power::Shown;
use super::reader::Reader;
use super::rows::{Row, labelled, narrow};
use super::settings::Settings;
use crate::indicators::card::Scheme;
use crate::ledger::book::{Book, Subject};
use crate::model::error::Error;
use crate::model::extra_trees::codes::Codes;
use crate::model::extra_trees::settings::Settings as Trees;
use crate::model::extra_trees::{ExtraTrees, Label};
use crate::planting::{Kind, plant};

/// Draws of planting at most, however few payments one of them plants.
const MOST_DRAWS: usize = 8;

/// Labelled payments with their columns.
#[derive(Debug)]
pub(super) struct Training {
    /// The schemes of which acts were planted: class 1 is the first of them.
    pub(super) schemes: Vec<Scheme>,
    /// The kinds of acts that the book cannot hold, each with the first table or column that is missing.
    pub(super) lacking: Vec<(Kind, &'static str)>,
    codes: Codes,
    cases: Vec<Case>,
}

/// One labelled payment.
#[derive(Debug, Clone, Copy)]
struct Case {
    village: Subject,
    weight: f32,
    is: Is,
}

/// What a payment is.
#[derive(Debug, Clone, Copy)]
enum Is {
    /// One of the county's own, a placebo, or audited without a find.
    Ordinary,
    /// Part of a planted act: the draw and the edit, and the scheme.
    Planted((usize, u32), Scheme),
    /// Audited with a find; of which scheme is not recorded.
    Found,
}

impl Training {
    /// Plants into the book again and again until enough payments were planted; nothing where the book can hold no act.
    ///
    /// Several thin draws teach more than a dense one: acts that crowd a village change what is usual there.
    pub(super) fn drawn(
        book: &Book,
        reader: &Reader,
        settings: &Settings,
        seed: u64,
    ) -> Option<Self> {
        let mut codes: Option<Codes> = None;
        let mut cases: Vec<Case> = Vec::new();
        let mut lacking = Vec::new();
        let mut acts = 0;
        for draw in 0..MOST_DRAWS {
            let seed = seed.wrapping_add((draw as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let planted = plant(book, &settings.planting, seed);
            lacking.clone_from(&planted.lacking);
            planted.book.warm_up();
            let rows = labelled(&planted, settings, seed);
            let payments: Vec<u32> = rows.iter().map(|row| row.payment).collect();
            let read = reader.read(&planted.book, &payments);
            match &mut codes {
                Some(codes) => codes.append(read),
                None => codes = Some(read),
            }
            let villages = &planted.book.payments.village;
            let case = |row: &Row| Case {
                village: villages.get(row.payment as usize).copied().unwrap_or(0),
                weight: row.weight,
                is: row
                    .act
                    .map_or(Is::Ordinary, |(edit, scheme)| Is::Planted((draw, edit), scheme)),
            };
            cases.extend(rows.iter().map(case));
            let own = rows.iter().filter(|row| row.act.is_some()).count();
            acts += own;
            if own == 0 || acts >= settings.planted {
                break;
            }
        }
        let scheme = |case: &Case| match case.is {
            Is::Planted(_, scheme) => Some(scheme),
            Is::Ordinary | Is::Found => None,
        };
        let mut schemes: Vec<Scheme> = cases.iter().filter_map(scheme).collect();
        schemes.sort_unstable();
        schemes.dedup();
        let codes = codes.filter(|_| !schemes.is_empty())?;
        lacking.retain(|(kind, _)| kind.card().is_act);
        Some(Self { schemes, lacking, codes, cases })
    }

    /// Adds what audits found at payments of the book itself, whose codes are `own`.
    pub(super) fn add(&mut self, book: &Book, own: &Codes, audited: &Audited, weight: f64) {
        let payments: Vec<u32> = audited.answers.keys().copied().collect();
        self.codes.append(own.select(&payments));
        let villages = &book.payments.village;
        self.cases.extend(audited.answers.iter().map(|(payment, answer)| Case {
            village: villages.get(*payment as usize).copied().unwrap_or(0),
            weight: narrow(weight * answer.share),
            is: if answer.is_find { Is::Found } else { Is::Ordinary },
        }));
    }

    /// Classes that are not ordinary: the schemes, and what audits found.
    pub(super) fn width(&self) -> usize {
        self.schemes.len() + 1
    }

    /// Fits the trees on the villages that are asked for.
    ///
    /// # Errors
    /// If a setting is out of its range, or there is no row.
    pub(super) fn fit(
        &self,
        is_asked: impl Fn(Subject) -> bool,
        settings: &Trees,
        seed: u64,
    ) -> Result<ExtraTrees, Error> {
        let rows = self.rows(|case| is_asked(case.village));
        let labels: Vec<Label> = rows.iter().filter_map(|(_, case)| self.label(case)).collect();
        let rows: Vec<u32> = rows.into_iter().map(|(row, _)| row).collect();
        ExtraTrees::fit(&self.codes.select(&rows), (&labels, self.width() + 1), settings, seed)
    }

    /// The planted acts of the villages that are asked for, with what trees say of them that did not see these.
    pub(super) fn shown(
        &self,
        trees: &ExtraTrees,
        is_asked: impl Fn(Subject) -> bool,
    ) -> Vec<Shown> {
        let is_planted = |case: &Case| matches!(case.is, Is::Planted(..));
        let rows = self.rows(|case| is_planted(case) && is_asked(case.village));
        let payments: Vec<u32> = rows.iter().map(|(row, _)| *row).collect();
        let told = trees.probabilities(&self.codes.select(&payments));
        let mut best: BTreeMap<(usize, u32), Shown> = BTreeMap::new();
        for ((_, case), own) in rows.iter().zip(told.chunks(self.width())) {
            let Is::Planted(act, scheme) = case.is else { continue };
            let score: f64 = own.iter().map(|share| f64::from(*share)).sum();
            let shown = best.entry(act).or_insert(Shown { scheme, score });
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
            Is::Planted(_, scheme) => self.schemes.binary_search(&scheme).ok()? + 1,
            Is::Found => self.width(),
        };
        Some(Label { class: u8::try_from(place).ok()?, weight: case.weight })
    }
}
