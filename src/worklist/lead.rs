//! A line of the work list: who or what to verify, why, with which vouchers, at which level, by when.

use crate::indicators::card;
use crate::indicators::card::Scheme;
use crate::indicators::fact::Fact;
use crate::indicators::indicator::Record;
use crate::ledger::book::index::{LineIx, PaymentIx, SubjectIx};
use crate::ledger::contract::cell::{Day, Fen};
use crate::ledger::level::Level;
use crate::ledger::subject::Grain;
use crate::outcomes::grade::Route;
use crate::outcomes::history::Concluded;

/// One reason of a lead.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The indicator, the plain column, `payments`, or `ranking`.
    pub indicator: String,
    /// The scheme; none for what the model finds unusual.
    pub scheme: Option<Scheme>,
    /// What was measured; for `payments`, how many.
    pub value: Option<f32>,
    /// The median of what was measured at all subjects of that grain.
    pub peers_median: Option<f32>,
    /// The share of subjects that read at least as much; none for a column of the model.
    pub p: Option<f32>,
    /// How many subjects read at least as much, and how many were asked; none for a column of the model.
    pub as_much: Option<AsMuch>,
    /// What it added to the score.
    pub contribution: f64,
    /// The lines of the book behind it.
    pub rows: Vec<LineIx>,
    /// The rows of other tables behind it.
    pub records: Vec<Record>,
    /// What they show.
    pub facts: Vec<Fact>,
}

impl Reason {
    /// A reason that compares nothing: a fact, and the lines of the book that show it.
    pub(super) fn stated(
        (indicator, scheme): (&str, Option<Scheme>),
        value: Option<f32>,
        rows: Vec<LineIx>,
        facts: Vec<Fact>,
    ) -> Self {
        Self {
            indicator: indicator.to_owned(),
            scheme,
            value,
            peers_median: None,
            p: None,
            as_much: None,
            contribution: 0.0,
            rows,
            records: Vec::new(),
            facts,
        }
    }
}

/// The place of a value among those it was compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsMuch {
    /// The kind of subject that was compared.
    pub grain: Grain,
    /// Subjects with this value or a larger one, the subject itself among them.
    pub subjects: usize,
    /// All subjects with a value.
    pub of: usize,
}

/// An earlier conclusion about a lead, and what it did not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// The conclusion, and the payments that it does not cover.
    pub concluded: Concluded,
    /// Rules and matches that it did not know.
    pub indicators: Vec<&'static str>,
}

/// One line of the work list: a point to verify, never a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Lead {
    /// Stable for the same subject, night after night.
    pub id: String,
    /// The level that verifies it.
    pub level: Level,
    /// The code of the office of that level.
    pub office: String,
    /// The place on the list of its office, from 1.
    pub place: u32,
    /// How it came there.
    pub selection: Route,
    /// What kind of subject it is.
    pub grain: Grain,
    /// The subject; of payments that belong together, the most unusual.
    pub subject: SubjectIx,
    /// The key of the subject.
    pub key: String,
    /// The payments that are part of it: those that belong together, or, for other grains, those behind the reasons.
    pub payments: Vec<PaymentIx>,
    /// The village that it belongs to; for a payee the one that paid it most often.
    pub village: String,
    /// The place in the ranking of its grain.
    pub rank: u32,
    /// Higher is more unusual.
    pub score: f64,
    /// How often a reference subject scores as much.
    pub p_value: f64,
    /// The share of false cases to expect among all whose p-value is as small; 1 if another payment stands
    /// for the case.
    pub q_value: f64,
    /// How many leads of this grain, from the first of its office's list to this one, are false at most.
    pub false_at_most: usize,
    /// The largest probability that something is there which the p-value allows for.
    pub probability_at_most: f64,
    /// The amounts of its payments.
    pub money: Fen,
    /// What can be expected to come back of `money` at most: the probability times the share that the scheme lets one
    /// recover.
    pub recoverable: Fen,
    /// What the list is ordered by, for each hour: as `recoverable`, of the money that no line above covers and of what a
    /// find brings beside it.
    pub order_value: Fen,
    /// Minutes that it takes.
    pub minutes: f64,
    /// The scheme that the strongest reason speaks for.
    pub scheme: Option<Scheme>,
    /// Why it is on the list, the strongest reason first.
    pub reasons: Vec<Reason>,
    /// Indicators that were asked of the subject, answered, and found nothing that marks it.
    pub clear: Vec<&'static str>,
    /// Written rules that it or a payment of its case breaks, and tables that meet there, whether a reason names them or
    /// not: what its conclusion will know.
    pub known: Vec<&'static str>,
    /// The day by which it is due.
    pub due: Day,
    /// What was concluded about it before, and what is new.
    pub before: Option<Before>,
    /// The day of the first list that it stood on.
    pub first_listed: Day,
}

impl Lead {
    /// Every line of the book behind it, once.
    pub fn rows(&self) -> Vec<LineIx> {
        let mut rows: Vec<LineIx> =
            self.reasons.iter().flat_map(|reason| reason.rows.iter().copied()).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// Every row of another table behind it, once.
    pub fn records(&self) -> Vec<Record> {
        let mut records: Vec<Record> =
            self.reasons.iter().flat_map(|reason| reason.records.iter().copied()).collect();
        records.sort_unstable();
        records.dedup();
        records
    }
}

/// The kind of subject that a reason is about, if it is another than the listed one: its payee, approver or village.
pub fn background(indicator: &str, listed: Grain) -> Option<Grain> {
    card(indicator).map(|it| it.grain).filter(|grain| *grain != listed)
}
