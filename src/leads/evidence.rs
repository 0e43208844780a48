//! What speaks for each scheme at each subject, as p-values that can be combined.
//!
//! A reading becomes the share of subjects of its grain that read at least as much. A payment takes the
//! evidence of its payee, approver or village only if it is one of the rows behind that reading: an
//! ordinary payment to a suspicious payee stays ordinary. A payee, official or village takes, beside its
//! own readings, how many of its payments carry evidence, against how many do in the county.

use rayon::prelude::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::features::{Measured, view};
use crate::indicators::indicator::{Grain, Readings, Scheme};
use crate::ledger::book::{Book, Subject};
use crate::stats::combine::harmonic;
use crate::stats::exact::binomial_upper;
use crate::stats::tail::upper;

/// A coarser subject's reading reaches its payments only if at most this share reads as much.
const REACHES_PAYMENTS: f32 = 0.05;

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

#[expect(clippy::cast_possible_truncation, reason = "a p-value has seven digits at most")]
fn narrow(p: f64) -> f32 {
    (p as f32).max(f32::MIN_POSITIVE)
}

/// The evidence at every grain.
pub fn evidence(book: &Book, measured: &[Measured<'_>]) -> Vec<Evidence> {
    let tails: Vec<Vec<f32>> =
        measured.par_iter().map(|measured| tails(&measured.readings)).collect();
    let subjects = Grain::Payment.subjects(book);
    let at_payments = |(measured, tails): (&Measured<'_>, &Vec<f32>)| Part {
        name: measured.card.name,
        scheme: measured.card.scheme,
        p: match measured.card.grain {
            Grain::Payment => tails.clone(),
            _ => reached(book, measured, tails),
        },
    };
    let parts = measured.iter().zip(&tails).map(at_payments).collect();
    let payments = Evidence::of(Grain::Payment, subjects, parts);
    let coarse = [Grain::Payee, Grain::Official, Grain::Village].map(|grain| {
        let own = measured.iter().zip(&tails).filter(|(measured, _)| measured.card.grain == grain);
        let mut parts: Vec<Part> = own
            .map(|(measured, tails)| Part {
                name: measured.card.name,
                scheme: measured.card.scheme,
                p: tails.clone(),
            })
            .collect();
        parts.extend(counts(book, grain, &payments));
        Evidence::of(grain, grain.subjects(book), parts)
    });
    let mut all = vec![payments];
    all.extend(coarse);
    all
}

/// The share of subjects with a reading that read at least as much.
fn tails(readings: &Readings) -> Vec<f32> {
    let known: Vec<f64> = readings.values().flatten().map(f64::from).collect();
    let mut tails = upper(&known).into_iter().map(narrow);
    readings.values().map(|value| value.and_then(|_| tails.next()).unwrap_or(f32::NAN)).collect()
}

/// What a coarser reading says of each payment: its p-value at the rows behind it, 1 at the others.
fn reached(book: &Book, measured: &Measured<'_>, tails: &[f32]) -> Vec<f32> {
    let mut p = vec![f32::NAN; book.payments.len()];
    let Some(view) = view(book, measured.card.grain) else { return p };
    for (group, own) in view.groups().zip(tails) {
        for payment in group.iter().filter(|_| !own.is_nan()) {
            if let Some(place) = p.get_mut(*payment as usize) {
                *place = 1.0;
            }
        }
    }
    let reaching: Vec<(Subject, f32)> =
        (0..).zip(tails.iter().copied()).filter(|(_, own)| *own <= REACHES_PAYMENTS).collect();
    let rows: Vec<(Vec<u32>, f32)> = reaching
        .into_par_iter()
        .map(|(subject, own)| (measured.prepared.rows(subject), own))
        .collect();
    let payment_of = payment_of_line(book);
    for (rows, own) in rows {
        let payments = rows.iter().filter_map(|line| payment_of.get(*line as usize));
        for payment in payments {
            if let Some(place) = p.get_mut(*payment as usize) {
                *place = own.min(if place.is_nan() { 1.0 } else { *place });
            }
        }
    }
    p
}

/// For each line the payment that it is; a number past the last payment where it is none.
pub fn payment_of_line(book: &Book) -> Vec<u32> {
    let mut payment_of = vec![u32::MAX; book.lines.rows];
    for (payment, line) in (0_u32..).zip(&book.payments.line) {
        if let Some(place) = payment_of.get_mut(*line as usize) {
            *place = payment;
        }
    }
    payment_of
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
