//! Columns on the signers, how usual they are, the time of approval, and the duties of the limits.

use super::amounts::flag;
use super::context::Context;
use super::definition::{Definition, Family, column};
use super::groups::{Column, rarity};
use crate::ledger::book::index::PaymentIx;
use crate::ledger::book::limit_words::Duty;
use crate::ledger::book::side::Role;
use crate::ledger::contract::cell::{Cell, Flag, Id};
use crate::ledger::contract::table::Col;

const REQUIRES: &[&str] = &["limits.requires"];

pub(super) static FAMILY: Family = Family { columns: COLUMNS, measure };

const COLUMNS: &[Definition] = &[
    column("rare_approver", "-ln share", "of the approver in the village", &["ledger.approver"]),
    column("rare_handler", "-ln share", "of the handler in the village", &["ledger.handler"]),
    column("rare_witness", "-ln share", "of the witness in the village", &["ledger.witness"]),
    column("rare_cosigner", "-ln share", "of the cosigner in the village", &["ledger.cosigner"]),
    column("rare_clerk", "-ln share", "of the clerk in the village", &["ledger.clerk"]),
    column(
        "rare_approver_payee",
        "-ln share",
        "of the approver among what the village pays the payee",
        &["ledger.approver", "ledger.payee"],
    ),
    column(
        "rare_handler_payee",
        "-ln share",
        "of the handler among what the village pays the payee",
        &["ledger.handler", "ledger.payee"],
    ),
    column(
        "rare_handler_text",
        "-ln share",
        "of the handler among the village's payments for this purpose",
        &["ledger.handler", "ledger.summary"],
    ),
    column(
        "rare_approver_text",
        "-ln share",
        "of the approver among the village's payments for this purpose",
        &["ledger.approver", "ledger.summary"],
    ),
    column(
        "rare_witness_handler",
        "-ln share",
        "of the witness among the handler's payments",
        &["ledger.witness", "ledger.handler"],
    ),
    column(
        "rare_payee_approver",
        "-ln share",
        "of the payee among the approver's payments",
        &["ledger.payee", "ledger.approver"],
    ),
    column(
        "rare_payee_handler",
        "-ln share",
        "of the payee among the handler's payments",
        &["ledger.payee", "ledger.handler"],
    ),
    column("has_cosigner", "0/1", "a cosigner is recorded", &["ledger.cosigner"]),
    column(
        "has_reviewer",
        "0/1",
        "a reviewer at the township is recorded",
        &["ledger.township_reviewer"],
    ),
    column("has_stamp", "0/1", "the supervision committee stamped", &["ledger.committee_stamp"]),
    column("has_decision", "0/1", "a decision is named", &["ledger.decision"]),
    column(
        "missing_approver",
        "0/1",
        "the limit asks for an approver, and none is recorded",
        REQUIRES,
    ),
    column("missing_cosigner", "0/1", "the same for a cosigner", REQUIRES),
    column("missing_stamp", "0/1", "the same for the stamp", REQUIRES),
    column("missing_reviewer", "0/1", "the same for the review at the township", REQUIRES),
    column("missing_decision", "0/1", "the same for a decision", REQUIRES),
    column("missing_any", "number", "how many of these are missing", REQUIRES),
    column(
        "signers_beyond",
        "number",
        "how many of these are recorded though not asked for",
        REQUIRES,
    ),
    column("approval_lag", "days", "from the voucher to the approval", &["ledger.approved"]),
    column(
        "approval_after_document",
        "days",
        "from the document to the approval",
        &["ledger.approved", "ledger.document_date"],
    ),
    column(
        "approval_lag_usual",
        "days",
        "the lag over the median of the village",
        &["ledger.approved"],
    ),
    column(
        "approvals_that_day",
        "ln payments",
        "payments that the approver approved with this date",
        &["ledger.approved", "ledger.approver"],
    ),
    column(
        "decision_amount",
        "ln ratio",
        "the payment over the amount decided",
        &["decisions.amount"],
    ),
    column(
        "decision_sum",
        "ln ratio",
        "all payments that name the decision over the amount decided",
        &["decisions.amount"],
    ),
    column("decision_lag", "days", "from the vote to the voucher", &["decisions.voted"]),
    column(
        "decision_notice",
        "days",
        "from the end of the notice to the voucher",
        &["decisions.posted_to"],
    ),
    column(
        "decision_posted",
        "days",
        "that the decision was posted",
        &["decisions.posted_from", "decisions.posted_to"],
    ),
    column(
        "decision_votes",
        "share",
        "votes for among those cast",
        &["decisions.votes_for", "decisions.votes_cast"],
    ),
    column(
        "decision_turnout",
        "share",
        "votes cast among those entitled",
        &["decisions.votes_cast", "decisions.entitled"],
    ),
    column("decision_payments", "payments", "that name the decision", &["ledger.decision"]),
    column(
        "decision_known",
        "0/1",
        "the decision named is in the table of decisions",
        &["ledger.decision", "decisions"],
    ),
    column(
        "decision_payees",
        "payees",
        "paid under the decision",
        &["ledger.decision", "ledger.payee"],
    ),
];

/// The duties that a band of the limits may require, in the order of [`Asked`].
const ROLES: [Duty; 5] = Duty::BESIDE_THE_CLAIM;

/// For each of [`ROLES`] whether it is required, or recorded.
type Asked = [bool; ROLES.len()];

fn measure(it: &Context<'_>) -> Vec<Column> {
    let lines = &it.book.lines;
    let signer =
        |role: Role| move |at: PaymentIx| it.signer(role, at).some().map(|id| u64::from(id.0));
    let village = |at: PaymentIx| Some(it.village(at));
    let of_village = |other: Option<u64>, at: PaymentIx| Some((it.village(at) << 32) | other?);
    let rare =
        |given: &(dyn Fn(PaymentIx) -> Option<u64> + Sync),
         kind: &(dyn Fn(PaymentIx) -> Option<u64> + Sync)| { rarity(it.rows, given, kind) };
    let payee = |at: PaymentIx| of_village(it.payee(at), at);
    let text = |at: PaymentIx| of_village(it.text_key(at), at);
    let mut columns = vec![
        rare(&village, &signer(Role::Approver)),
        rare(&village, &signer(Role::Handler)),
        rare(&village, &signer(Role::Witness)),
        rare(&village, &signer(Role::Cosigner)),
        rare(&village, &signer(Role::Clerk)),
        rare(&payee, &signer(Role::Approver)),
        rare(&payee, &signer(Role::Handler)),
        rare(&text, &signer(Role::Handler)),
        rare(&text, &signer(Role::Approver)),
        rare(&signer(Role::Handler), &signer(Role::Witness)),
        rare(&signer(Role::Approver), &|at| it.payee(at)),
        rare(&signer(Role::Handler), &|at| it.payee(at)),
    ];
    let given = |at: PaymentIx| -> Asked {
        let line = it.line[at];
        [
            lines.approver.at(line).some().is_some(),
            lines.cosigner.at(line).some().is_some(),
            lines.committee_stamp.at(line) == Flag::Yes,
            lines.township_reviewer.at(line).some().is_some(),
            lines.decision.at(line).some().is_some(),
        ]
    };
    let yes = |it: bool| f32::from(u8::from(it));
    let recorded = |column: &Col<Id>| column.is_recorded();
    let (cosigner, reviewer, decision) =
        (recorded(&lines.cosigner), recorded(&lines.township_reviewer), recorded(&lines.decision));
    columns.extend([
        it.each(|at| cosigner.then(|| yes(given(at)[1]))),
        it.each(|at| reviewer.then(|| yes(given(at)[3]))),
        it.each(|at| flag(lines.committee_stamp.at(it.line[at]))),
        it.each(|at| decision.then(|| yes(given(at)[4]))),
    ]);
    let asked = asked(it);
    let asked_at = |at: PaymentIx| it.book.limit_row(at).map(|row| asked[row]);
    for role in 0..ROLES.len() {
        columns.push(it.each(|at| Some(yes(asked_at(at)?[role] && !given(at)[role]))));
    }
    let count = |at: PaymentIx, counts: fn(bool, bool) -> bool| {
        let pairs = asked_at(at)?.into_iter().zip(given(at));
        Some(pairs.filter(|(asked, given)| counts(*asked, *given)).count() as f32)
    };
    columns.push(it.each(|at| count(at, |asked, given| asked && !given)));
    columns.push(it.each(|at| count(at, |asked, given| given && !asked)));
    let lag = it.each(|at| Some((lines.approved.at(it.line[at]).some()?.0 - it.day(at)) as f32));
    columns.extend([
        lag.clone(),
        it.each(|at| {
            let line = it.line[at];
            Some(
                (lines.approved.at(line).some()?.0 - lines.document_date.at(line).some()?.0) as f32,
            )
        }),
        super::groups::over_median(&it.groups(village), &lag, 5),
        super::amounts::ln(
            it.groups(|at| {
                let line = it.line[at];
                let day = u64::from(lines.approved.at(line).some()?.0.cast_unsigned());
                Some((u64::from(lines.approver.at(line).some()?.0) << 32) | day)
            })
            .counts(it.rows),
        ),
    ]);
    columns.extend(decisions(it));
    columns
}

/// The duties that each row of the limits requires.
fn asked(it: &Context<'_>) -> Vec<Asked> {
    let limits = &it.book.companions.limits;
    let row = |row: usize| {
        let asked: Vec<Duty> = limits.duties(row, &it.book.names).collect();
        ROLES.map(|role| asked.contains(&role))
    };
    (0..limits.rows).map(row).collect()
}

fn decisions(it: &Context<'_>) -> Vec<Column> {
    let (lines, companions) = (&it.book.lines, &it.book.companions);
    let table = &companions.decisions;
    let id = |at: PaymentIx| lines.decision.at(it.line[at]).some();
    let row = |at: PaymentIx| companions.decision(id(at)?);
    let by_decision = it.groups(|at| Some(u64::from(id(at)?.0)));
    let sums = by_decision.each(it.rows, |group, out| {
        let sum: f64 = group.iter().map(|row| it.fen(*row) as f64 / 100.0).sum();
        out.extend(group.iter().map(|_| sum as f32));
    });
    let decided = |at: PaymentIx| {
        table.amount.at(row(at)?).some().map(|it| it.yuan() as f32).filter(|it| *it > 0.0)
    };
    vec![
        it.each(|at| Some(it.size[at] - decided(at)?.ln())),
        it.each(|at| Some((sums[at] / decided(at)?).ln())),
        it.each(|at| Some((it.day(at) - table.voted.at(row(at)?).some()?.0) as f32)),
        it.each(|at| Some((it.day(at) - table.posted_to.at(row(at)?).some()?.0) as f32)),
        it.each(|at| {
            let row = row(at)?;
            Some((table.posted_to.at(row).some()?.0 - table.posted_from.at(row).some()?.0) as f32)
        }),
        it.each(|at| {
            let row = row(at)?;
            Some(
                table.votes_for.at(row).some()?.0 as f32
                    / table.votes_cast.at(row).some()?.0 as f32,
            )
        }),
        it.each(|at| {
            let row = row(at)?;
            Some(
                table.votes_cast.at(row).some()?.0 as f32 / table.entitled.at(row).some()?.0 as f32,
            )
        }),
        by_decision.counts(it.rows),
        it.each(|at| {
            id(at).filter(|_| table.rows > 0).map(|_| f32::from(u8::from(row(at).is_some())))
        }),
        super::groups::distinct(&by_decision, it.rows, |at| it.payee(at)),
    ]
}
