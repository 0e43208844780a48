//! The rows that the trees are fitted on: planted acts, placebos, and a sample of the county's own payments.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::index::sample;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::settings::Settings;
use crate::indicators::card::Scheme;
use crate::model::extra_trees::Label;
use crate::planting::{Kind, Planted, Role};

/// Labelled payments of a planted book.
#[derive(Debug)]
pub(super) struct Training {
    /// The schemes of which acts were planted: class 1 is the first of them.
    pub(super) schemes: Vec<Scheme>,
    rows: Vec<u32>,
    labels: Vec<Label>,
}

/// Labels the payments of a planted book. Every kind of act weighs the same, and inside a kind an act of many payments
/// weighs as their square root, so that no long list drowns the others.
pub(super) fn training(planted: &Planted, settings: &Settings, seed: u64) -> Training {
    let mut schemes: Vec<Scheme> = planted
        .edits
        .iter()
        .filter(|edit| edit.is_act)
        .map(|edit| edit.kind.card().scheme)
        .collect();
    schemes.sort_unstable();
    schemes.dedup();
    let honest = honest(planted, settings.honest, seed);
    let placebos = rows_of(planted, |role| matches!(role, Role::Placebo(_)));
    let acts = rows_of(planted, |role| matches!(role, Role::Act(_)));
    let ordinary = size(honest.len()) + settings.placebo * size(placebos.len());
    let of_act = act_weights(planted);
    let mut of_kind: BTreeMap<Kind, f64> = BTreeMap::new();
    for (row, weight) in acts.iter().zip(&of_act) {
        if let Some(kind) = kind_of(planted, *row) {
            *of_kind.entry(kind).or_default() += weight;
        }
    }
    let each = settings.weight * ordinary / size(of_kind.len().max(1));
    let mut all: Vec<(u32, Label)> = Vec::with_capacity(honest.len() + placebos.len() + acts.len());
    let ordinary = |weight: f64| Label { class: 0, weight: narrow(weight) };
    all.extend(honest.into_iter().map(|row| (row, ordinary(1.0))));
    all.extend(placebos.into_iter().map(|row| (row, ordinary(settings.placebo))));
    for (row, weight) in acts.into_iter().zip(of_act) {
        let Some(kind) = kind_of(planted, row) else { continue };
        let place = schemes.binary_search(&kind.card().scheme).unwrap_or(0);
        let class = u8::try_from(place + 1).unwrap_or(u8::MAX);
        let sum = of_kind.get(&kind).copied().unwrap_or(1.0);
        all.push((row, Label { class, weight: narrow(weight * each / sum) }));
    }
    all.retain(|(_, label)| label.weight > 0.0);
    all.sort_unstable_by_key(|(row, _)| *row);
    let (rows, labels) = all.into_iter().unzip();
    Training { schemes, rows, labels }
}

impl Training {
    /// Some of the rows with their labels.
    pub(super) fn select(&self, is_wanted: impl Fn(&u32) -> bool) -> (Vec<u32>, Vec<Label>) {
        let all = self.rows.iter().copied().zip(self.labels.iter().copied());
        all.filter(|(row, _)| is_wanted(row)).unzip()
    }

    /// The payments of acts.
    pub(super) fn acts(&self) -> impl Iterator<Item = u32> {
        let all = self.rows.iter().zip(&self.labels);
        all.filter(|(_, label)| label.class > 0).map(|(row, _)| *row)
    }
}

fn rows_of(planted: &Planted, is_wanted: impl Fn(&Role) -> bool) -> Vec<u32> {
    (0..).zip(&planted.roles).filter(|(_, role)| is_wanted(role)).map(|(row, _)| row).collect()
}

/// A sample of the payments that no edit touched.
fn honest(planted: &Planted, most: usize, seed: u64) -> Vec<u32> {
    let all = rows_of(planted, |role| *role == Role::Untouched);
    if all.len() <= most {
        return all;
    }
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(seed ^ 0x00c0_ffee);
    let drawn = sample(&mut dice, all.len(), most);
    drawn.into_iter().filter_map(|place| all.get(place)).copied().collect()
}

/// For each payment of an act, one over the square root of the act's payments.
fn act_weights(planted: &Planted) -> Vec<f64> {
    let of = |role: &Role| match role {
        Role::Act(edit) => planted.edits.get(*edit as usize),
        _ => None,
    };
    let acts = planted.roles.iter().filter_map(of);
    acts.map(|edit| size(edit.payments.len().max(1)).sqrt().recip()).collect()
}

fn kind_of(planted: &Planted, row: u32) -> Option<Kind> {
    match planted.roles.get(row as usize)? {
        Role::Act(edit) | Role::Placebo(edit) => {
            planted.edits.get(*edit as usize).map(|edit| edit.kind)
        }
        Role::Untouched => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "payments are far below 2^52")]
fn size(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a weight needs seven digits")]
fn narrow(weight: f64) -> f32 {
    weight as f32
}
