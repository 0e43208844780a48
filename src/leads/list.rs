//! The lines of the work list: who or what to verify, why, with which vouchers, at which level, by when.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::counts::{self, COUNTS, PAYMENTS};
use super::judge::Share;
use super::rank::Ranking;
use crate::features::subjects::village_of;
use crate::features::{Measured, keys, payment_of_line, view};
use crate::indicators::card::{Grain, Scheme};
use crate::ledger::book::{Book, Subject};
use crate::ledger::cell::{Cell, Day, Fen};
use crate::model::error::Error;
use crate::stats::false_leads::at_most_false;
use crate::stats::robust::median;

/// A level of supervision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 县
    County,
    /// 乡镇
    Township,
    /// 村
    Village,
}

impl Level {
    /// Its word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::County => "county",
            Self::Township => "township",
            Self::Village => "village",
        }
    }
}

/// How one grain enters the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// Lines on the list.
    pub lines: usize,
    /// The level that verifies them.
    pub level: Level,
    /// Days from the as-of date until they are due.
    pub due_days: i32,
}

/// The `[leads]` table of a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Payments.
    pub payment: Quota,
    /// Payees.
    pub payee: Quota,
    /// Officials.
    pub official: Quota,
    /// Villages.
    pub village: Quota,
    /// Reasons that a line gives at most.
    pub reasons: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            payment: Quota { lines: 100, level: Level::Township, due_days: 15 },
            payee: Quota { lines: 40, level: Level::Township, due_days: 30 },
            official: Quota { lines: 20, level: Level::County, due_days: 30 },
            village: Quota { lines: 10, level: Level::County, due_days: 60 },
            reasons: 3,
        }
    }
}

impl Settings {
    fn quota(&self, grain: Grain) -> Quota {
        match grain {
            Grain::Payment => self.payment,
            Grain::Payee => self.payee,
            Grain::Official => self.official,
            Grain::Village => self.village,
        }
    }
}

/// One reason of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The indicator, the plain column, or `payments`.
    pub indicator: String,
    /// The scheme; none for what the model finds unusual.
    pub scheme: Option<Scheme>,
    /// What was measured; for `payments`, how many.
    pub value: Option<f32>,
    /// The median of what was measured at all subjects of that grain.
    pub peers_median: Option<f32>,
    /// The share of subjects that read at least as much; none for a column of the model.
    pub p: Option<f32>,
    /// What it added to the score.
    pub contribution: f64,
    /// The lines of the book behind it.
    pub rows: Vec<u32>,
}

/// One line of the work list: a point to verify, never a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Lead {
    /// Stable for the same subject, night after night.
    pub id: String,
    /// The level that verifies it.
    pub level: Level,
    /// What kind of subject it is.
    pub grain: Grain,
    /// The key of the subject.
    pub key: String,
    /// The village that it belongs to; for a payee the one that paid it most often.
    pub village: String,
    /// The place in the ranking of its grain.
    pub rank: u32,
    /// Higher is more unusual.
    pub score: f64,
    /// How often a reference subject scores as much.
    pub p_value: f64,
    /// The share of false matters to expect among all whose p-value is as small; 1 if another payment stands
    /// for the matter.
    pub q_value: f64,
    /// How many of the matters of this grain, from the first line to this one, are false at most.
    pub false_at_most: usize,
    /// The amounts of the payments behind the reasons.
    pub money: Fen,
    /// The scheme that the strongest reason speaks for.
    pub scheme: Option<Scheme>,
    /// Why it is on the list, the strongest reason first.
    pub reasons: Vec<Reason>,
    /// The day by which it is due.
    pub due: Day,
}

/// With this probability the number of false lines is nowhere above its stated bound.
pub const CONFIDENCE: f64 = 0.9;

/// A voice is a reason if it makes up at least this share of the score.
const TELLING: f64 = 0.05;

/// Payments that are shown where no reading points at particular rows.
const LARGEST: usize = 5;

/// The work list of one book: for each grain the head of its ranking.
///
/// # Errors
/// If a model does not fit its own matrix, which would be a fault of ours.
pub fn leads(
    book: &Book,
    measured: &[Measured<'_>],
    rankings: &[Ranking],
    settings: &Settings,
    as_of: Day,
) -> Result<Vec<Lead>, Error> {
    let payments = rankings.iter().find(|ranking| ranking.grain == Grain::Payment);
    let desk = Desk {
        book,
        measured,
        medians: medians(measured, rankings),
        payment_of: payment_of_line(book),
        at_payments: payments.map_or(&[], |ranking| &ranking.weighed.schemes),
    };
    let mut all = Vec::new();
    for ranking in rankings {
        let quota = settings.quota(ranking.grain);
        // A subject for which nothing speaks is no point to verify, however long the list may be.
        let scores = &ranking.weighed.score;
        let speaks =
            |subject: &&Subject| scores.get(**subject as usize).is_some_and(|score| *score > 0.0);
        let head = || ranking.order.iter().take_while(speaks).take(quota.lines);
        let of_matter = |subject: &Subject| {
            let p = ranking.said.of_matter.get(*subject as usize).copied();
            p.filter(|p| !p.is_nan())
        };
        let told: Vec<f64> = head().filter_map(of_matter).collect();
        let bounds = at_most_false(&told, ranking.said.matters(), 1.0 - CONFIDENCE);
        let (mut bounds, mut false_at_most) = (bounds.into_iter(), 0);
        for subject in head() {
            // A payment that does not stand for its matter adds none to those that are told of.
            if of_matter(subject).is_some() {
                false_at_most = bounds.next().unwrap_or(false_at_most);
            }
            let reasons = desk.reasons(ranking, *subject, settings.reasons)?;
            let lead = desk.lead(ranking, *subject, quota, reasons, as_of);
            all.push(Lead { false_at_most, ..lead });
        }
    }
    Ok(all)
}

/// What is at hand while lines are written.
struct Desk<'a> {
    book: &'a Book,
    measured: &'a [Measured<'a>],
    medians: BTreeMap<(Grain, &'a str), f32>,
    payment_of: Vec<u32>,
    /// For each scheme, the evidence at the payments: what a coarser grain counts.
    at_payments: &'a [(Scheme, Vec<f32>)],
}

impl Desk<'_> {
    fn reasons(
        &self,
        ranking: &Ranking,
        subject: Subject,
        most: usize,
    ) -> Result<Vec<Reason>, Error> {
        let shares = ranking.shares(subject)?;
        let score = ranking.weighed.score.get(subject as usize).copied().unwrap_or(0.0);
        let is_telling =
            |share: &Share| share.contribution > 0.0 && share.contribution >= TELLING * score;
        let telling = shares.into_iter().filter(is_telling).take(most);
        Ok(telling.map(|share| self.reason(ranking, subject, share)).collect())
    }

    fn reason(&self, ranking: &Ranking, subject: Subject, share: Share) -> Reason {
        let Share { name, scheme, p, contribution } = share;
        let name = if counts::scheme(&name).is_some() { PAYMENTS.to_owned() } else { name };
        let measured = self.measured.iter().find(|measured| measured.card.name == name);
        let own = measured.and_then(|measured| {
            let subject = self.subject_of(measured.card.grain, ranking.grain, subject)?;
            Some((measured.readings.get(subject)?.value, measured.prepared.rows(subject)))
        });
        let (value, mut rows) = match own {
            Some((value, rows)) => (Some(value), rows),
            None if name == PAYMENTS => {
                let rows = self.counted(ranking, scheme, subject);
                #[expect(clippy::cast_precision_loss, reason = "a count of payments")]
                let count = rows.len() as f32;
                (Some(count), rows)
            }
            None => (ranking.cell(subject, &name), Vec::new()),
        };
        if rows.is_empty() {
            rows = self.largest(ranking.grain, subject);
        }
        let key = (ranking.grain, name.as_str());
        let peers_median = self.medians.get(&key).copied();
        Reason { indicator: name, scheme, value, peers_median, p, contribution, rows }
    }

    /// The subject of an indicator's grain that a listed subject belongs to.
    fn subject_of(&self, of: Grain, listed: Grain, subject: Subject) -> Option<Subject> {
        if of == listed {
            return Some(subject);
        }
        keys(self.book, of).and_then(|keys| keys.get(subject as usize)).copied()
    }

    /// The payment itself, or the lines of a subject's largest payments: what to open where no reading
    /// points at particular rows.
    fn largest(&self, grain: Grain, subject: Subject) -> Vec<u32> {
        let payments = &self.book.payments;
        let Some(view) = view(self.book, grain) else {
            return payments.line.get(subject as usize).copied().into_iter().collect();
        };
        let amount = |payment: &u32| payments.amount.get(*payment as usize).copied();
        let mut group = view.group(subject as usize).to_vec();
        group.sort_by_key(|payment| (std::cmp::Reverse(amount(payment)), *payment));
        group.truncate(LARGEST);
        group.sort_unstable();
        group.iter().filter_map(|payment| payments.line.get(*payment as usize)).copied().collect()
    }

    /// The lines of a subject's payments that carry evidence for a scheme.
    fn counted(&self, ranking: &Ranking, scheme: Option<Scheme>, subject: Subject) -> Vec<u32> {
        let p =
            self.at_payments.iter().filter(|(own, _)| Some(*own) == scheme).map(|(_, p)| p).next();
        let view = view(self.book, ranking.grain);
        let payments = view.map_or(&[][..], |view| view.group(subject as usize));
        let counts = |payment: &&u32| {
            p.and_then(|p| p.get(**payment as usize)).is_some_and(|p| *p <= COUNTS)
        };
        let lines = payments.iter().filter(counts);
        lines
            .filter_map(|payment| self.book.payments.line.get(*payment as usize))
            .copied()
            .collect()
    }

    fn lead(
        &self,
        ranking: &Ranking,
        subject: Subject,
        quota: Quota,
        reasons: Vec<Reason>,
        as_of: Day,
    ) -> Lead {
        let grain = ranking.grain;
        let at = subject as usize;
        let key = grain.key(self.book, subject);
        let money = match grain {
            Grain::Payment => self.book.payments.amount.get(at).copied().unwrap_or(Fen(0)),
            _ => self.money(reasons.iter().flat_map(|reason| &reason.rows)),
        };
        Lead {
            id: lead_id(&self.book.county, grain, &key),
            level: quota.level,
            grain,
            village: village_of(self.book, grain, subject),
            key,
            rank: ranking.rank.get(at).copied().unwrap_or(0),
            score: ranking.weighed.score.get(at).copied().unwrap_or(0.0),
            p_value: ranking.said.p_value.get(at).copied().unwrap_or(1.0),
            q_value: ranking.q_value.get(at).copied().unwrap_or(1.0),
            false_at_most: 0,
            money,
            scheme: reasons.first().and_then(|reason| reason.scheme),
            reasons,
            due: Day(as_of.0.saturating_add(quota.due_days)),
        }
    }

    /// The sum of the payments among these lines, each counted once.
    fn money<'l>(&self, lines: impl Iterator<Item = &'l u32>) -> Fen {
        let mut payments: Vec<u32> =
            lines.filter_map(|line| self.payment_of.get(*line as usize)).copied().collect();
        payments.sort_unstable();
        payments.dedup();
        let amounts = payments.iter().filter_map(|it| self.book.payments.amount.get(*it as usize));
        amounts.filter_map(|amount| amount.some()).sum()
    }
}

/// The id of a lead: the grain's letter and eight hexadecimal digits of its subject's digest.
///
/// The county is part of it, because a payee may be paid in several.
pub fn lead_id(county: &str, grain: Grain, key: &str) -> String {
    let letter = match grain {
        Grain::Payment => 'T',
        Grain::Payee => 'P',
        Grain::Official => 'A',
        Grain::Village => 'G',
    };
    let digest = Sha256::digest(format!("{county}|{}|{key}", grain.word()));
    let hex =
        u32::from_be_bytes(std::array::from_fn(|place| digest.get(place).copied().unwrap_or(0)));
    format!("{letter}-{hex:08x}")
}

/// The usual value of each voice, for the grain that it is told at.
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
    fn cell(&self, subject: Subject, column: &str) -> Option<f32> {
        let features = &self.table.features;
        let place = features.names().iter().position(|name| name == column)?;
        features.cell(subject as usize, place)
    }
}

#[cfg(test)]
mod tests {
    use super::lead_id;
    use crate::indicators::card::Grain;

    #[test]
    fn a_lead_keeps_its_id_and_grains_do_not_share_one() {
        let id = lead_id("990101", Grain::Payee, "P1");
        assert_eq!(id, lead_id("990101", Grain::Payee, "P1"));
        assert_ne!(id, lead_id("990102", Grain::Payee, "P1"));
        assert_ne!(id.get(2..), lead_id("990101", Grain::Village, "P1").get(2..));
        assert_eq!(id.len(), 10);
    }
}
