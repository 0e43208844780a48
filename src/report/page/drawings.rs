//! What of a book each drawing of a dossier shows.

use std::collections::{BTreeMap, VecDeque};

use crate::indicators::card::Scheme;
use crate::ledger::book::Book;
use crate::ledger::book::index::PaymentIx;
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::{Grain, Subject, owner, payments_of};
use crate::report::cells::format_message;
use crate::report::dossier::{LeadView, indicator_title};
use crate::report::names::person;
use crate::report::office::{Office, RunView};
use crate::report::page::charts::{self, Mark, Point};
use crate::stats::digits::Digits;
use crate::words::table::Word;
use crate::worklist::lead::Lead;

/// Other payments of one kind on a timeline at most, evenly drawn from all.
const MARKS: usize = 60;

/// The lead's payments among others of the same payee and approver that the office sees.
pub(super) fn timeline(office: &Office<'_>, lead: &Lead, dossier: &LeadView) -> String {
    let book = office.run.book;
    let payments = &book.payments;
    let own = |it: &PaymentIx| {
        let village = book.villages[payments.village[*it]];
        book.names.get(village).starts_with(lead.office.as_str())
    };
    let point = |mark: Mark| {
        move |it: PaymentIx| {
            let amount = payments.amount[it].some()?;
            Some(Point { mark, day: payments.day[it], yuan: amount.yuan() })
        }
    };
    let group = |grain: Grain| -> Vec<PaymentIx> {
        let subject = match lead.grain.subject(lead.subject) {
            _ if grain == lead.grain => Some(lead.subject),
            Subject::Payment(payment) => owner(book, grain, payment),
            _ => None,
        };
        let all = subject.map_or(&[][..], |subject| payments_of(book, grain, subject));
        let all: Vec<PaymentIx> = all.iter().copied().filter(own).collect();
        let step = all.len().div_ceil(MARKS).max(1);
        all.into_iter().step_by(step).collect()
    };
    let approver = if lead.grain == Grain::Village { Grain::Village } else { Grain::Official };
    let mut points: Vec<Point> =
        group(approver).into_iter().filter_map(point(Mark::Approver)).collect();
    points.extend(group(Grain::Payee).into_iter().filter_map(point(Mark::Payee)));
    let belongs = dossier.rows.iter().filter(|row| row.belongs || lead.grain != Grain::Payment);
    points.extend(belongs.filter_map(|row| {
        let yuan = row.amount.some()?.yuan();
        Some(Point { mark: Mark::Lead, day: row.date, yuan })
    }));
    charts::timeline(Word::Timeline.to(office.run.lang), &points, limit(book, lead))
}

/// The approval limit above a payment.
fn limit(book: &Book, lead: &Lead) -> Option<f64> {
    match lead.grain.subject(lead.subject) {
        Subject::Payment(payment) => book.limit_above()[payment].some().map(Fen::yuan),
        _ => None,
    }
}

/// The leading digits of the subject's amounts, where digits are a reason.
pub(super) fn digits(run: RunView<'_>, lead: &Lead) -> String {
    let is_about_digits =
        lead.reasons.iter().any(|reason| reason.scheme == Some(Scheme::InventedAmounts));
    if lead.grain == Grain::Payment || !is_about_digits {
        return String::new();
    }
    let amount = |payment: &PaymentIx| run.book.payments.amount[*payment].some();
    let payments = payments_of(run.book, lead.grain, lead.subject).iter();
    let amounts = payments.filter_map(amount).map(|it| it.0);
    let counts = Digits::First.count(&amounts.collect::<Vec<i64>>());
    charts::digits(Word::Digits.to(run.lang), &counts)
}

/// How far a path between two relatives may reach.
const STEPS: usize = 3;

/// The relatives between the approver and the payee, where kinship is a reason.
pub(super) fn kin(run: RunView<'_>, lead: &Lead) -> String {
    let book = run.book;
    let is_about_kin = |reason: &crate::worklist::lead::Reason| {
        reason.scheme == Some(Scheme::KinBenefit) || reason.indicator.contains("kin")
    };
    let Some(reason) = lead.reasons.iter().find(|reason| is_about_kin(reason)) else {
        return String::new();
    };
    let ends = reason.rows.iter().find_map(|line| {
        let (lines, line) = (&book.lines, *line);
        let payee = lines.payee.at(line).some()?;
        let payees = &book.companions.payees;
        let owner = book.companions.payee(payee).and_then(|row| payees.owner.at(row).some());
        let to = owner.unwrap_or_else(|| book.person_of(payee));
        let from = [lines.approver.at(line), lines.handler.at(line)];
        from.into_iter().filter(|it| *it != Id::NONE).find_map(|from| related(book, from, to))
    });
    let Some(path) = ends else { return String::new() };
    // The ends stand on the vouchers; who lies between them is named where the office sees the village.
    let is_named = |place: usize, id: Id| {
        let people = &book.companions.people;
        let home = book.companions.person(id).map(|row| people.village.at(row));
        let is_end = place == 0 || place + 1 == path.len();
        is_end || home.is_some_and(|home| book.names.get(home).starts_with(lead.office.as_str()))
    };
    let name = |(place, id): (usize, &Id)| {
        if is_named(place, *id) {
            person(book, *id)
        } else {
            Word::Relative.to(run.lang).to_owned()
        }
    };
    let persons: Vec<String> = path.iter().enumerate().map(name).collect();
    let ties = path.iter().zip(path.iter().skip(1));
    let tie = |(a, b): (&Id, &Id)| {
        let degree = book.kin.degree(*a, *b).map_or(0, u32::from);
        format_message(Word::Degree, run.lang, &[("degree", degree.to_string())])
    };
    charts::path(Word::KinPath.to(run.lang), &persons, &ties.map(tie).collect::<Vec<_>>())
}

/// The shortest chain of relatives from one person to another.
fn related(book: &Book, from: Id, to: Id) -> Option<Vec<Id>> {
    let mut before: BTreeMap<Id, Option<Id>> = BTreeMap::from([(from, None)]);
    let mut queue = VecDeque::from([(from, 0)]);
    while let Some((person, steps)) = queue.pop_front() {
        if person == to && steps > 0 {
            let mut path = vec![to];
            while let Some(Some(one)) = path.last().and_then(|last| before.get(last)) {
                path.push(*one);
            }
            path.reverse();
            return Some(path);
        }
        if steps == STEPS {
            continue;
        }
        for (relative, _) in book.kin.of_person(person) {
            before.entry(relative).or_insert_with(|| {
                queue.push_back((relative, steps + 1));
                Some(person)
            });
        }
    }
    None
}

/// Where the strongest reading stands among those of its peers, and the indicator's title.
pub(super) fn peers(run: RunView<'_>, dossier: &LeadView) -> Option<(String, String)> {
    let of = |name: &str| run.measured.iter().find(|it| it.card.name == name);
    let (ground, measured) =
        dossier.reasons.iter().find_map(|ground| Some((ground, of(&ground.indicator)?)))?;
    let readings: Vec<f64> = measured.readings.values().flatten().map(f64::from).collect();
    let title = indicator_title(&ground.indicator, run.lang).to_owned();
    let name = Word::Peers.to(run.lang);
    let drawn = charts::peers(name, &readings, ground.value?, Word::ThisSubject.to(run.lang));
    Some((drawn, title))
}
