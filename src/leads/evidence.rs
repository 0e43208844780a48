//! What speaks for each scheme at each subject, as p-values that can be combined.
//!
//! A reading becomes the share of subjects of its grain that read at least as much. A payment takes the
//! evidence of its payee, approver or village only if it is one of the rows behind that reading: an
//! ordinary payment to a suspicious payee stays ordinary. A payee, official or village takes, beside its
//! own readings, how many of its payments carry evidence, against how many do in the county.

use rayon::prelude::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::features::{Measured, narrow, view};
use crate::indicators::card::{Grain, Scheme};
use crate::ledger::book::Book;
use crate::stats::combine::harmonic;
use crate::stats::exact::binomial_upper;
use crate::stats::tail::upper;

/// A payment counts for its payee, approver or village if its evidence is at most this.
pub(super) const COUNTS: f32 = 0.05;

/// One voice for one scheme: a p-value for each subject, NaN where it says nothing.
#[derive(Debug, Clone)]
pub struct Part {
    /// The indicator, or `payments` for the count of payments that carry evidence.
    pub name: &'static str,
    /// What it speaks for.
    pub scheme: Scheme,
    /// A p-value for each subject.
    pub p: Vec<f32>,
}

/// The name of the part that counts payments.
pub const PAYMENTS: &str = "payments";

/// The evidence at all subjects of one grain.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The grain.
    pub grain: Grain,
    /// Every voice.
    pub parts: Vec<Part>,
    /// For each scheme that has a voice, the combined p-value of each subject.
    pub schemes: Vec<(Scheme, Vec<f32>)>,
}

impl Evidence {
    fn of(grain: Grain, subjects: usize, parts: Vec<Part>) -> Self {
        let combined = |scheme: &Scheme| {
            let voices: Vec<&Part> = parts.iter().filter(|part| part.scheme == *scheme).collect();
            if voices.is_empty() {
                return None;
            }
            let of_subject = |subject: usize| {
                let mut p = [1.0; MOST_VOICES];
                let mut count = 0;
                for voice in &voices {
                    let own = voice.p.get(subject).copied().filter(|own| !own.is_nan());
                    if let (Some(own), Some(place)) = (own, p.get_mut(count)) {
                        *place = f64::from(own);
                        count += 1;
                    }
                }
                narrow(harmonic(p.get(..count).unwrap_or(&[])))
            };
            Some((*scheme, (0..subjects).into_par_iter().map(of_subject).collect()))
        };
        let schemes = Scheme::ALL.iter().filter_map(combined).collect();
        Self { grain, parts, schemes }
    }
}

/// Voices that one scheme has at most.
const MOST_VOICES: usize = 64;

/// The evidence at every grain.
pub fn evidence(book: &Book, measured: &[Measured<'_>]) -> Vec<Evidence> {
    let subjects = Grain::Payment.subjects(book);
    let part = |measured: &Measured<'_>, p: &[f32]| Part {
        name: measured.card.name,
        scheme: measured.card.scheme,
        p: p.to_vec(),
    };
    let at_payments = |measured: &Measured<'_>| match measured.card.grain {
        Grain::Payment => part(measured, &measured.tails),
        _ => part(measured, &measured.reached),
    };
    let parts = measured.iter().map(at_payments).collect();
    let payments = Evidence::of(Grain::Payment, subjects, parts);
    let coarse = [Grain::Payee, Grain::Official, Grain::Village].map(|grain| {
        let own = measured.iter().filter(|measured| measured.card.grain == grain);
        let mut parts: Vec<Part> = own.map(|own| part(own, &own.tails)).collect();
        parts.extend(counts(book, grain, &payments));
        Evidence::of(grain, grain.subjects(book), parts)
    });
    let mut all = vec![payments];
    all.extend(coarse);
    all
}

/// For each scheme how surprising a subject's number of payments with evidence is, given how many it
/// has and how many the county has: an exact binomial tail, or its rank if that is less surprising.
fn counts(book: &Book, grain: Grain, payments: &Evidence) -> Vec<Part> {
    let Some(view) = view(book, grain) else { return Vec::new() };
    let of_scheme = |(scheme, p): &(Scheme, Vec<f32>)| {
        let hits = p.iter().filter(|p| **p <= COUNTS).count();
        #[expect(clippy::cast_precision_loss, reason = "a share needs no 53 bits")]
        let rate = hits as f64 / p.len().max(1) as f64;
        let groups: Vec<&[u32]> = view.groups().collect();
        let chance = |group: &&[u32]| {
            let hit = |payment: &&u32| p.get(**payment as usize).is_some_and(|p| *p <= COUNTS);
            let found = group.iter().filter(hit).count();
            binomial_upper(found as u64, group.len() as u64, rate)
        };
        let chances: Vec<f64> = groups.par_iter().map(chance).collect();
        let ranks = upper(&chances.iter().map(|p| -p).collect::<Vec<_>>());
        let p = chances.iter().zip(ranks).map(|(p, rank)| narrow(p.max(rank))).collect();
        Part { name: PAYMENTS, scheme: *scheme, p }
    };
    payments.schemes.iter().map(of_scheme).collect()
}
