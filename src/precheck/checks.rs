//! The checks of one voucher.

use super::checked::Checked;
use super::claims::{Claims, paid_twice, together};
use super::records::{Found, Records};
use super::said::{Cell, Said};
use super::voucher::{Named, Voucher};
use crate::import::vouchers::Vouchers;
use crate::ledger::book::limit_words::Duty;
use crate::ledger::contract::cell::{Cell as _, Fen, Flag, Id};
use crate::registers::office::NEAR;
use crate::registers::steps::{Band, NOTICE_DAYS, Shortfall, shortfalls};
use crate::words::precheck::Saying;

/// What a voucher lacks by what is on record.
pub(super) fn check(
    voucher: &Voucher<'_>,
    (file, claims): (&Vouchers, &Claims<'_>),
    records: &Records,
) -> Checked {
    let village = records.data.names.get(voucher.village);
    let (class, day) = (voucher.class, voucher.day);
    let is_fixed = voucher.says_yes("fixed_standard");
    let band = records.steps().band_of(village, (class, day), voucher.amount);
    let has_limits = !records.steps().bands(village, class, day).is_empty();
    let mut missing = Vec::new();
    if !is_fixed {
        missing.extend(band.iter().flat_map(|band| duties(voucher, band)));
        missing.extend(band.iter().filter_map(|band| tender(voucher, band, records)));
        let carried = |duty| is_carried(voucher, duty);
        missing.extend(together(voucher, (band.as_ref(), carried), (claims, records)));
    }
    missing.extend(decision(voucher, records));
    missing.extend(contract(voucher, records));
    missing.extend(band.iter().filter_map(|band| cash(voucher, band, file)));
    missing.extend(persons(voucher, records));
    missing.extend(payee(voucher, records));
    missing.extend(papers(voucher, file, records));
    missing.extend(paid_twice(voucher, claims, records));
    let fixed = is_fixed.then(|| Said::plain(Saying::FixedStandard));
    let unlimited = (!has_limits && !is_fixed).then(|| {
        Said::of(Saying::NoLimits, [("class", Cell::Class(class)), ("day", Cell::Day(day))])
    });
    let notes = fixed.into_iter().chain(unlimited).collect();
    Checked { line: voucher.line(), faults: Vec::new(), band, missing, notes }
}

/// Whether a voucher carries a signature, the stamp or a decision.
fn is_carried(voucher: &Voucher<'_>, duty: Duty) -> bool {
    match duty {
        Duty::CommitteeStamp => voucher.says_yes("committee_stamp"),
        other => voucher.text(other.word()).is_some(),
    }
}

/// The signatures and acts of the band that the voucher does not carry.
fn duties(voucher: &Voucher<'_>, band: &Band) -> Vec<Said> {
    let lacking = band.duties.iter().copied().filter(|duty| !is_carried(voucher, *duty));
    let said = |duty: Duty| match duty {
        Duty::CommitteeStamp => Said::plain(Saying::StampMissing),
        Duty::Decision => Said::of(Saying::DecisionMissing, [("from", Cell::Money(band.from))]),
        other => Said::of(Saying::SignatureMissing, [("duty", Cell::Duties(vec![other]))]),
    };
    lacking.map(said).collect()
}

/// A text of the file as a cell.
fn written(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// What a voucher that is under a tender lacks.
fn tender(voucher: &Voucher<'_>, band: &Band, records: &Records) -> Option<Said> {
    if !band.is_tendered {
        return None;
    }
    let from = ("from", Cell::Money(band.from));
    let Some(contract) = voucher.text("contract") else {
        return Some(Said::of(Saying::TenderMissing, [from]));
    };
    let companions = &records.data.companions;
    let row = records.data.names.find(contract).and_then(|id| companions.contract(id))?;
    let is_tendered = companions.contracts.tendered.at(row) == Flag::Yes;
    (!is_tendered)
        .then(|| Said::of(Saying::TenderUnrecorded, [from, ("contract", written(contract))]))
}

/// By how much a payment exceeds a sum that was agreed on.
fn exceeded(
    saying: Saying,
    (name, number): (&'static str, &str),
    (amount, paid): (Option<Fen>, Fen),
    own: Fen,
) -> Option<Said> {
    let amount = amount?;
    let over = paid.0.saturating_add(own.0).saturating_sub(amount.0);
    (over > 0).then(|| {
        let cells = [
            (name, written(number)),
            ("amount", Cell::Money(amount)),
            ("paid", Cell::Money(paid)),
            ("over", Cell::Money(Fen(over))),
        ];
        Said::of(saying, cells)
    })
}

/// What the decision that is named lacks.
fn decision(voucher: &Voucher<'_>, records: &Records) -> Vec<Said> {
    let table = &records.data.companions.decisions;
    let Some(number) = voucher.text("decision").filter(|_| table.rows > 0) else {
        return Vec::new();
    };
    let cell = || ("decision", written(number));
    let id = records.data.names.find(number);
    let row = id.and_then(|id| Some((id, records.data.companions.decision(id)?)));
    let Some((id, row)) = row else {
        return vec![Said::of(Saying::DecisionUnknown, [cell()])];
    };
    if table.village.at(row).some().is_some_and(|village| village != voucher.village) {
        return vec![Said::of(Saying::DecisionElsewhere, [cell()])];
    }
    let days = ("days", Cell::Count(i64::from(NOTICE_DAYS)));
    let count = |number: i32| Cell::Count(i64::from(number));
    let said = |short: Shortfall| match short {
        Shortfall::NotVoted => Said::of(Saying::DecisionNotVoted, [cell()]),
        Shortfall::VotedLater(voted) => {
            Said::of(Saying::DecisionVotedLater, [cell(), ("voted", Cell::Day(voted))])
        }
        Shortfall::NotPassed(votes, cast) => Said::of(
            Saying::DecisionNotPassed,
            [cell(), ("votes", count(votes.0)), ("cast", count(cast.0))],
        ),
        Shortfall::NoQuorum(cast, entitled) => Said::of(
            Saying::DecisionNoQuorum,
            [cell(), ("cast", count(cast.0)), ("entitled", count(entitled.0))],
        ),
        Shortfall::NotPosted => Said::of(Saying::DecisionNotPosted, [cell(), days.clone()]),
        Shortfall::PostedBriefly(posted) => Said::of(
            Saying::DecisionPostedBriefly,
            [cell(), ("posted", count(posted)), days.clone()],
        ),
    };
    let sums = (table.amount.at(row).some(), records.under_decision(id));
    let over = exceeded(Saying::DecisionExceeded, ("decision", number), sums, voucher.amount);
    shortfalls(table, row, voucher.day).into_iter().map(said).chain(over).collect()
}

/// What the contract that is named lacks.
fn contract(voucher: &Voucher<'_>, records: &Records) -> Vec<Said> {
    let table = &records.data.companions.contracts;
    let Some(number) = voucher.text("contract").filter(|_| table.rows > 0) else {
        return Vec::new();
    };
    let cell = || ("contract", written(number));
    let id = records.data.names.find(number);
    let row = id.and_then(|id| Some((id, records.data.companions.contract(id)?)));
    let Some((id, row)) = row else {
        return vec![Said::of(Saying::ContractUnknown, [cell()])];
    };
    let payee = voucher.payee_id();
    let is_elsewhere = table.village.at(row).some().is_some_and(|own| own != voucher.village)
        || table.payee.at(row).some().is_some_and(|own| payee != Id::NONE && own != payee);
    if is_elsewhere {
        return vec![Said::of(Saying::ContractElsewhere, [cell()])];
    }
    let signed = table.signed.at(row).some().filter(|signed| *signed > voucher.day);
    let later =
        signed.map(|day| Said::of(Saying::ContractLater, [cell(), ("signed", Cell::Day(day))]));
    let sums = (table.amount.at(row).some(), records.under_contract(id));
    let over = exceeded(Saying::ContractExceeded, ("contract", number), sums, voucher.amount);
    later.into_iter().chain(over).collect()
}

/// Whether it may be paid in cash.
fn cash(voucher: &Voucher<'_>, band: &Band, file: &Vouchers) -> Option<Said> {
    let limit = band.cash_max.filter(|limit| voucher.amount > *limit)?;
    match voucher.text("method") {
        Some("cash") => {
            let amount = Cell::Money(voucher.amount);
            Some(Said::of(Saying::CashOver, [("amount", amount), ("limit", Cell::Money(limit))]))
        }
        None if file.has("method") => {
            Some(Said::of(Saying::MethodMissing, [("limit", Cell::Money(limit))]))
        }
        _ => None,
    }
}

/// Whether those who sign may sign here.
fn persons(voucher: &Voucher<'_>, records: &Records) -> Vec<Said> {
    let [handler, witness] = ["handler", "witness"].map(|field| voucher.person(field, records));
    let one = |named: &Option<Named>| named.as_ref().map(|it| (it.id(), it.written.clone()));
    let same = one(&handler).zip(one(&witness)).filter(|((handler, own), (witness, other))| {
        own == other || (handler == witness && *handler != Id::NONE)
    });
    let witness =
        same.map(|((_, name), _)| Said::of(Saying::HandlerIsWitness, [("name", Cell::Text(name))]));
    let shared = voucher.approver.iter().filter(|it| it.found == Found::Several);
    let shared = shared.map(|it| Said::of(Saying::NameShared, [("name", written(&it.written))]));
    shared.chain(approver(voucher, records)).chain(witness).collect()
}

/// Whether the approver may approve.
fn approver(voucher: &Voucher<'_>, records: &Records) -> Vec<Said> {
    let Some(approver) = voucher.approver.as_ref().filter(|it| it.id() != Id::NONE) else {
        return Vec::new();
    };
    let (id, name) = (approver.id(), || ("name", written(&approver.written)));
    let data = &records.data;
    let has_posts = !data.terms.of_village(voucher.village).is_empty();
    let mut held = data.terms.held(id, voucher.village, voucher.day);
    let is_out = has_posts && !held.any(|term| !term.is_suspended);
    let out = is_out
        .then(|| Said::of(Saying::ApproverOutOfOffice, [name(), ("day", Cell::Day(voucher.day))]));
    let payee = voucher.payee_id();
    let register = &data.companions;
    let owner = register.payee(payee).map_or(Id::NONE, |row| register.payees.owner.at(row));
    let behind: Vec<Id> = [register.person_of(payee), owner]
        .into_iter()
        .filter(|person| *person != Id::NONE)
        .collect();
    let is_near = |who: &Id| data.kin.degree(*who, id).is_some_and(|degree| degree <= NEAR);
    let tied = if behind.contains(&id) {
        Some(Saying::ApproverIsPayee)
    } else {
        behind.iter().any(is_near).then_some(Saying::ApproverIsKin)
    };
    out.into_iter().chain(tied.map(|saying| Said::of(saying, [name()]))).collect()
}

/// Whether the payee is known.
fn payee(voucher: &Voucher<'_>, records: &Records) -> Option<Said> {
    let Some(payee) = &voucher.payee else { return Some(Said::plain(Saying::PayeeMissing)) };
    let saying = match payee.found {
        Found::One(_) => return None,
        Found::Several => Saying::NameShared,
        Found::Nobody if records.data.companions.payees.rows == 0 => return None,
        Found::Nobody => Saying::PayeeUnknown,
    };
    Some(Said::of(saying, [("name", written(&payee.written))]))
}

/// The papers that the columns of the file speak of.
fn papers(voucher: &Voucher<'_>, file: &Vouchers, records: &Records) -> Vec<Said> {
    let lacks = |field: &str| file.has(field) && voucher.text(field).is_none();
    let kind = records
        .data
        .companions
        .payee(voucher.payee_id())
        .map(|row| records.data.names.get(records.data.companions.payees.kind.at(row)));
    let document = match voucher.text("document") {
        None => lacks("document").then_some(Saying::PaperMissing),
        Some("none") => Some(Saying::PaperNone),
        Some("self_made") if kind == Some("firm") => Some(Saying::PaperOwnSlip),
        Some("invoice" | "receipt") => lacks("document_no").then_some(Saying::PaperUnnumbered),
        Some(_) => None,
    };
    let purpose = lacks("summary").then_some(Saying::PurposeMissing);
    let attachments = file.has("attachments") && voucher.count("attachments").unwrap_or(0) <= 0;
    let attachments = attachments.then_some(Saying::AttachmentsMissing);
    [purpose, document, attachments].into_iter().flatten().map(Said::plain).collect()
}
