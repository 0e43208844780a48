//! What a subject's reasons are, which rows stand behind them, and what was looked for and not found.

use std::collections::{BTreeMap, BTreeSet};

use crate::convert::{float, narrow};
use crate::features::Measured;
use crate::indicators::card::{Class, Scale, Scheme};
use crate::indicators::indicator::{Record, Trace};
use crate::indicators::{card, own};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, PaymentIx, SubjectIx};
use crate::ledger::contract::cell::{Cell, Day, Fen};
use crate::ledger::level::Level;
use crate::ledger::subject::{Grain, Subject, owner, payment_of_line, payments_of};
use crate::model::error::Error;
use crate::scoring::evidence::counts::{self, COUNTS, PAYMENTS};
use crate::scoring::evidence::model::Share;
use crate::scoring::ranking::Ranking;
use crate::stats::robust::median;
use crate::worklist::facts;
use crate::worklist::lead::{AsMuch, Reason, background};

/// A column is a reason if it makes up at least this share of the score.
const TELLING: f64 = 0.05;

/// The reasons of a lead are chosen among this many times the number that it shows.
const MORE: usize = 2;

/// What more than this share of ordinary subjects reach is no reason.
const COMMON: f32 = 0.1;

/// Payments that are shown where no reading points at particular rows.
const LARGEST: usize = 5;

/// What is at hand while leads are written.
pub(super) struct EvidenceLookup<'a> {
    pub(super) book: &'a Book,
    measured: &'a [Measured<'a>],
    medians: BTreeMap<(Grain, &'a str), f32>,
    payment_of: IxVec<LineIx, Option<PaymentIx>>,
    /// The office's own rules, each with the level that verifies what meets it.
    own: Vec<(Level, &'a Measured<'a>)>,
    /// For each scheme, the evidence at the payments: what a coarser grain counts.
    at_payments: &'a [(Scheme, IxVec<SubjectIx, f32>)],
}

impl<'a> EvidenceLookup<'a> {
    pub(super) fn of(
        book: &'a Book,
        measured: &'a [Measured<'a>],
        rankings: &'a [Ranking],
    ) -> Self {
        let payments = rankings.iter().find(|ranking| ranking.grain == Grain::Payment);
        let own = |it: &'a Measured<'a>| Some((own::named(it.card.name)?.rule.level, it));
        Self {
            book,
            own: measured.iter().filter_map(own).collect(),
            measured,
            medians: medians(measured, rankings),
            payment_of: payment_of_line(book),
            at_payments: payments.map_or(&[], |ranking| &ranking.evidence.schemes),
        }
    }

    /// Why a subject stands where it does, at most so many reasons.
    ///
    /// # Errors
    /// If a model does not fit its own matrix, which would be a fault of ours.
    pub(super) fn reasons(
        &self,
        ranking: &Ranking,
        subject: SubjectIx,
        most: usize,
    ) -> Result<Vec<Reason>, Error> {
        let shares = ranking.shares(subject)?;
        let score = ranking.evidence.score[subject];
        let is_telling =
            |share: &Share| share.contribution > 0.0 && share.contribution >= TELLING * score;
        let telling = shares.into_iter().filter(is_telling);
        let mut all = telling.map(|share| self.reason(ranking, subject, share)).peekable();
        // What many read is no reason, but a lead shows the strongest that there is.
        let strongest = all.peek().cloned();
        let mut rare: Vec<Reason> = Vec::new();
        for reason in all.filter(is_rare).take(MORE * most) {
            if !rare.iter().any(|it| states_the_same(it, &reason)) {
                rare.push(reason);
            }
        }
        // What is said of the subject itself comes before what is said of its payee, approver or village.
        rare.sort_by_key(|it| background(&it.indicator, ranking.grain).is_some());
        rare.truncate(most);
        Ok(if rare.is_empty() { strongest.into_iter().collect() } else { rare })
    }

    fn reason(&self, ranking: &Ranking, subject: SubjectIx, share: Share) -> Reason {
        let Share { name, scheme, p, contribution } = share;
        let name = if counts::scheme(&name).is_some() { PAYMENTS.to_owned() } else { name };
        let measured = self.measured.iter().find(|measured| measured.card.name == name);
        let own = measured.and_then(|measured| {
            let subject = self.subject_of(measured.card.grain, ranking.grain, subject)?;
            let value = measured.readings.get(subject)?.value;
            Some((value, as_much(measured, value), measured.prepared.trace(subject)))
        });
        let (value, as_much, Trace { mut rows, records, facts }) = match own {
            Some((value, as_much, trace)) => (Some(value), Some(as_much), trace),
            None if name == PAYMENTS => {
                let trace = self.counted(ranking, scheme, subject);
                (Some(narrow(float(trace.rows.len()))), None, trace)
            }
            None => {
                let facts = facts::plain(self.book, (ranking.grain, subject), &name);
                let facts = facts.into_iter().collect();
                (ranking.cell(subject, &name), None, Trace { facts, ..Trace::default() })
            }
        };
        if rows.is_empty() && records.is_empty() {
            rows = self.largest(ranking.grain, subject);
        }
        let key = (ranking.grain, name.as_str());
        let peers_median = self.medians.get(&key).copied();
        Reason {
            indicator: name,
            scheme,
            value,
            peers_median,
            p,
            as_much,
            contribution,
            rows,
            records,
            facts,
        }
    }

    /// What an indicator says of a subject, whether it adds to the score or not.
    fn unscored(
        &self,
        ranking: &Ranking,
        subject: SubjectIx,
        (name, scheme): (&str, Option<Scheme>),
    ) -> Reason {
        let name = name.to_owned();
        self.reason(ranking, subject, Share { name, scheme, p: None, contribution: 0.0 })
    }

    /// Puts the indicators of a subject that an earlier conclusion did not know before all other reasons.
    pub(super) fn put_first<'n>(
        &self,
        reasons: &mut Vec<Reason>,
        indicators: impl Iterator<Item = &'n &'static str>,
        (ranking, subject): (&Ranking, SubjectIx),
    ) {
        for name in indicators {
            let known = reasons.iter().position(|it| it.indicator == *name);
            let scheme = || card(name).map(|it| it.scheme);
            let reason = known.map(|place| reasons.remove(place));
            let reason =
                reason.unwrap_or_else(|| self.unscored(ranking, subject, (name, scheme())));
            reasons.insert(0, reason);
        }
    }

    /// Takes the other payments of an act into the reasons of its head: those that the same indicator flags, and into the
    /// first reason all of them.
    pub(super) fn tell_all(&self, reasons: &mut [Reason], payments: &[PaymentIx]) {
        for (place, reason) in reasons.iter_mut().enumerate() {
            for payment in payments {
                reason.rows.extend(self.flagged_rows(&reason.indicator, *payment));
                reason.rows.extend((place == 0).then(|| self.book.payments.line[*payment]));
            }
            reason.rows.sort_unstable();
            reason.rows.dedup();
        }
    }

    /// The rows behind what an indicator of payments flags at one.
    fn flagged_rows(&self, indicator: &str, payment: PaymentIx) -> Vec<LineIx> {
        let is_own =
            |it: &&Measured<'_>| it.card.name == indicator && it.card.grain == Grain::Payment;
        let measured = self.measured.iter().find(is_own);
        let flagged = measured.filter(|it| it.is_flagged(payment.into()));
        flagged.map(|it| it.prepared.trace(payment.into()).rows).unwrap_or_default()
    }

    /// The subject of an indicator's grain that a listed subject belongs to.
    fn subject_of(&self, of: Grain, listed: Grain, subject: SubjectIx) -> Option<SubjectIx> {
        match listed.subject(subject) {
            _ if of == listed => Some(subject),
            Subject::Payment(payment) => owner(self.book, of, payment),
            _ => None,
        }
    }

    /// The payment itself, or the lines of a subject's largest payments: what to open where no reading
    /// points at particular rows.
    fn largest(&self, grain: Grain, subject: SubjectIx) -> Vec<LineIx> {
        let payments = &self.book.payments;
        let mut group = payments_of(self.book, grain, subject).to_vec();
        group.sort_by_key(|payment| (std::cmp::Reverse(payments.amount[*payment]), *payment));
        group.truncate(LARGEST);
        group.sort_unstable();
        group.iter().map(|payment| payments.line[*payment]).collect()
    }

    /// A subject's payments that carry evidence for a scheme.
    fn counted(&self, ranking: &Ranking, scheme: Option<Scheme>, subject: SubjectIx) -> Trace {
        let Some((scheme, p)) = self.at_payments.iter().find(|(own, _)| Some(*own) == scheme)
        else {
            return Trace::default();
        };
        let payments = payments_of(self.book, ranking.grain, subject);
        let counts = payments.iter().filter(|payment| p[(**payment).into()] <= COUNTS);
        let rows: Vec<LineIx> = counts.map(|payment| self.book.payments.line[*payment]).collect();
        let all = p.iter().filter(|p| **p <= COUNTS).count();
        let usual = float(all) / float(p.len().max(1));
        let facts = vec![facts::counted(*scheme, (rows.len(), payments.len()), usual)];
        Trace { rows, facts, ..Trace::default() }
    }

    /// Indicators of the subject's own grain that answered and do not mark it.
    pub(super) fn clear(&self, grain: Grain, subject: SubjectIx) -> Vec<&'static str> {
        let own = self.measured.iter().filter(|measured| measured.card.grain == grain);
        own.filter(|it| it.is_clear(subject)).map(|it| it.card.name).collect()
    }

    /// What the indicators of a scheme flag at a payment or at its payee, approver and village: the rarest of it, for the
    /// ranking model may know a scheme for which the evidence adds up to little.
    pub(super) fn flagged(
        &self,
        ranking: &Ranking,
        subject: SubjectIx,
        scheme: Scheme,
    ) -> Option<Reason> {
        let own = self.measured.iter().filter(|measured| measured.card.scheme == scheme);
        let flagged = own.filter_map(|measured| {
            let own = self.subject_of(measured.card.grain, ranking.grain, subject)?;
            let value = measured.readings.get(own).filter(|_| measured.is_flagged(own))?.value;
            let AsMuch { subjects, of, .. } = as_much(measured, value);
            Some((float(subjects) / float(of.max(1)), measured.card.name))
        });
        let (_, name) = flagged.min_by(|(a, _), (b, _)| a.total_cmp(b))?;
        Some(self.unscored(ranking, subject, (name, Some(scheme))))
    }

    /// Written rules that a subject breaks, and tables that meet at it.
    pub(super) fn broken(&self, (grain, subject): (Grain, SubjectIx)) -> Vec<&'static str> {
        let stated = self.stated(grain).filter(|it| it.is_flagged(subject));
        stated.map(|it| it.card.name).collect()
    }

    /// The written rules and matches of tables among the indicators of a grain.
    fn stated(&self, grain: Grain) -> impl Iterator<Item = &Measured<'a>> {
        let is_stated = |it: &&Measured<'_>| matches!(it.card.class, Class::Rule | Class::Match);
        self.measured.iter().filter(move |it| it.card.grain == grain).filter(is_stated)
    }

    /// The highest level that an own rule names which one of these payments meets.
    pub(super) fn own_level(&self, payments: &[PaymentIx]) -> Option<Level> {
        let is_met =
            |it: &Measured<'_>| payments.iter().any(|payment| it.is_flagged((*payment).into()));
        self.own.iter().filter(|(_, it)| is_met(it)).map(|(level, _)| *level).min()
    }

    /// Whether a written rule or a match of tables that is evidence for a scheme flags a payment.
    pub(super) fn is_flagged(&self, scheme: Scheme, payment: PaymentIx) -> bool {
        let mut own = self.stated(Grain::Payment).filter(|it| it.card.scheme == scheme);
        own.any(|it| it.is_flagged(payment.into()))
    }

    /// The payments among these lines, each once.
    pub(super) fn payments_of<'l>(
        &self,
        lines: impl Iterator<Item = &'l LineIx>,
    ) -> Vec<PaymentIx> {
        let mut payments: Vec<PaymentIx> =
            lines.filter_map(|line| self.payment_of[*line]).collect();
        payments.sort_unstable();
        payments.dedup();
        payments
    }

    /// The last day up to the as-of date that a row of another table names.
    pub(super) fn last_day(&self, record: Record, as_of: Day) -> Option<Day> {
        self.book.companions.last_day((record.table, record.row as usize), as_of)
    }

    /// The sum of some payments.
    pub(super) fn money(&self, payments: &[PaymentIx]) -> Fen {
        let amounts = payments.iter().map(|it| self.book.payments.amount[*it]);
        amounts.filter_map(Cell::some).sum()
    }
}

/// Whether few ordinary subjects read as much, by their ranks and by what the test says.
fn is_rare(reason: &Reason) -> bool {
    let is_test = card(&reason.indicator).is_some_and(|it| it.scale == Scale::NegLog10P);
    reason.p.is_none_or(|p| p <= COMMON)
        && !(is_test && reason.value.is_some_and(|value| value < -COMMON.log10()))
}

/// Whether two reasons of one scheme rest on the same cells of the same rows, or one on some of the other's.
fn states_the_same(one: &Reason, other: &Reason) -> bool {
    let columns = |reason: &Reason| -> BTreeSet<&str> {
        reason.facts.iter().flat_map(|fact| fact.columns).copied().collect()
    };
    let (own, others) = (columns(one), columns(other));
    let is_among = own.is_subset(&others) || others.is_subset(&own);
    one.scheme == other.scheme
        && one.rows == other.rows
        && !own.is_empty()
        && !others.is_empty()
        && is_among
}

/// How many of the subjects that an indicator measured have a value as large.
fn as_much(measured: &Measured<'_>, value: f32) -> AsMuch {
    let Measured { card, readings, .. } = measured;
    let subjects = readings.known().filter(|(_, other)| *other >= value).count();
    AsMuch { grain: card.grain, subjects, of: readings.answered() }
}

/// The usual value of each column, for the grain at which it is told.
fn medians<'a>(
    measured: &'a [Measured<'_>],
    rankings: &'a [Ranking],
) -> BTreeMap<(Grain, &'a str), f32> {
    let mut medians = BTreeMap::new();
    let columns = rankings.iter().flat_map(|ranking| {
        let Ranking { grain, table, .. } = ranking;
        let matrix = &table.features;
        let usual = |(name, column): (&'a String, &[f32])| {
            ((*grain, name.as_str()), usual(column.iter().copied()))
        };
        matrix.names().iter().zip(matrix.columns()).map(usual)
    });
    medians.extend(columns);
    // A reading is compared with the readings of its own grain, wherever it is told.
    for Measured { card, readings, .. } in measured {
        let usual = usual(readings.values().flatten());
        medians.extend(Grain::ALL.map(|grain| ((grain, card.name), usual)));
    }
    medians.into_iter().filter_map(|(key, usual)| Some((key, usual?))).collect()
}

fn usual(values: impl Iterator<Item = f32>) -> Option<f32> {
    let known: Vec<f64> = values.filter(|value| !value.is_nan()).map(f64::from).collect();
    #[expect(clippy::cast_possible_truncation, reason = "it was an f32")]
    median(&known).map(|median| median as f32)
}

impl Ranking {
    fn cell(&self, subject: SubjectIx, column: &str) -> Option<f32> {
        let features = &self.table.features;
        let place = features.names().iter().position(|name| name == column)?;
        features.cell(subject.into(), place)
    }
}
