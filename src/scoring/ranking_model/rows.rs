//! The training rows of the trees: planted acts, placebos, and a sample of the county's own payments.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::index::sample;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::convert::{float, narrow};
use crate::ledger::book::index::PaymentIx;
use crate::planting::{Kind, Planted, Role};
use crate::scoring::ranking_model::settings::Settings;

/// A labelled payment of a planted book.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) payment: PaymentIx,
    /// The index of the act in `Planted::edits` and its kind; `None` for other payments.
    pub(super) act: Option<(u32, Kind)>,
    pub(super) weight: f32,
}

/// Labels the payments of a planted book, in order. All kinds of act have the same total weight. Within a kind the
/// weight of an act is the square root of its number of payments, so that long lists do not dominate.
pub(super) fn labelled(planted: &Planted, settings: &Settings, seed: u64) -> Vec<Row> {
    let honest = honest(planted, settings.honest, seed);
    let placebos = rows_of(planted, |role| matches!(role, Role::Placebo(_)));
    let acts = rows_of(planted, |role| matches!(role, Role::Act(_)));
    let ordinary = float(honest.len()) + settings.placebo * float(placebos.len());
    let of_act = act_weights(planted);
    let mut of_kind: BTreeMap<Kind, f64> = BTreeMap::new();
    for (row, weight) in acts.iter().zip(&of_act) {
        if let Some((_, kind)) = edit_of(planted, *row) {
            *of_kind.entry(kind).or_default() += weight;
        }
    }
    let each = settings.weight * ordinary / float(of_kind.len().max(1));
    let mut all: Vec<Row> = Vec::with_capacity(honest.len() + placebos.len() + acts.len());
    let ordinary =
        |payment: PaymentIx, weight: f64| Row { payment, act: None, weight: narrow(weight) };
    all.extend(honest.into_iter().map(|row| ordinary(row, 1.0)));
    all.extend(placebos.into_iter().map(|row| ordinary(row, settings.placebo)));
    for (payment, weight) in acts.into_iter().zip(of_act) {
        let Some((edit, kind)) = edit_of(planted, payment) else { continue };
        let sum = of_kind.get(&kind).copied().unwrap_or(1.0);
        let act = Some((edit, kind));
        all.push(Row { payment, act, weight: narrow(weight * each / sum) });
    }
    all.retain(|row| row.weight > 0.0);
    all.sort_unstable_by_key(|row| row.payment);
    all
}

fn rows_of(planted: &Planted, is_wanted: impl Fn(&Role) -> bool) -> Vec<PaymentIx> {
    let all = planted.roles.iter_enumerated();
    all.filter(|(_, role)| is_wanted(role)).map(|(payment, _)| payment).collect()
}

/// A sample of the payments that were not edited.
fn honest(planted: &Planted, most: usize, seed: u64) -> Vec<PaymentIx> {
    let all = rows_of(planted, |role| *role == Role::Untouched);
    if all.len() <= most {
        return all;
    }
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(seed ^ 0x00c0_ffee);
    let drawn = sample(&mut dice, all.len(), most);
    drawn.into_iter().filter_map(|place| all.get(place)).copied().collect()
}

/// For each payment of an act, one over the square root of the act's number of payments.
fn act_weights(planted: &Planted) -> Vec<f64> {
    let of = |role: &Role| match role {
        Role::Act(edit) => planted.edits.get(*edit as usize),
        _ => None,
    };
    let acts = planted.roles.iter().filter_map(of);
    acts.map(|edit| float(edit.payments.len().max(1)).sqrt().recip()).collect()
}

fn edit_of(planted: &Planted, payment: PaymentIx) -> Option<(u32, Kind)> {
    match planted.roles[payment] {
        Role::Act(edit) | Role::Placebo(edit) => {
            planted.edits.get(edit as usize).map(|it| (edit, it.kind))
        }
        Role::Untouched => None,
    }
}

/// The sum of the shares of all classes except the ordinary one.
pub(super) fn total(shares: &[f32]) -> f64 {
    shares.iter().map(|share| f64::from(*share)).sum()
}
