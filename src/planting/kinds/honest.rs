//! Placebos: honest payments that go through the same code as acts and resemble them.

use super::advances::{enter, settle};
use super::card::KindCard;
use super::contracts::{contracted, paid_of};
use super::headings::december;
use super::kin::{move_business, moved_or_new};
use super::procedure::some_payments;
use crate::indicators::card::Scheme;
use crate::ledger::book::index::LineIx;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id, Moment};
use crate::planting::booking::Claim;
use crate::planting::dice::{after, ended, scaled};
use crate::planting::draft::{Draft, Field};
use crate::planting::site::{Site, has_papers, is_advance};
use crate::planting::world::paid_in;

macro_rules! placebo {
    ($const:ident, $name:literal, $title:literal, $zh:literal, $scheme:ident, $edits:literal, $needs:expr, $plant:ident) => {
        pub(super) const $const: KindCard = KindCard {
            name: $name,
            title: $title,
            title_zh: $zh,
            scheme: Scheme::$scheme,
            is_act: false,
            edits: $edits,
            needs: $needs,
            plant: $plant,
        };
    };
}

placebo!(
    REENTERED,
    "honest_reentry",
    "voucher entered again",
    "凭证正常重录",
    Duplicate,
    "one to six purchases are signed, keyed and numbered anew, as a clerk does who enters a lost voucher again",
    &["ledger.payee"],
    reentered
);
placebo!(
    REPEAT,
    "honest_repeat",
    "bought again",
    "正常重复采购",
    Duplicate,
    "a purchase is made again 5 to 300 days earlier or later, with another amount and a document of its own",
    &["ledger.payee"],
    repeat
);
placebo!(
    STANDING_FEE,
    "honest_standing_fee",
    "fee of every month",
    "按月固定支出",
    Duplicate,
    "a purchase of one amount is made again month after month, each with its document",
    &["ledger.payee"],
    standing_fee
);
placebo!(
    IN_PARTS,
    "honest_parts",
    "one delivery, several bills",
    "一次采购分批结算",
    Splitting,
    "a purchase is delivered and billed in two to five parts, signed as the whole and decided on once",
    &["ledger.payee"],
    in_parts
);
placebo!(
    KIN_SUPPLIER,
    "honest_kin_supplier",
    "relative's firm, at usual prices",
    "亲属商户回避后正常交易",
    KinBenefit,
    "purchases go to an old firm of an officer's relative at their old prices; others sign",
    &["ledger.payee", "kinship", "payees.owner", "ledger.approver"],
    kin_supplier
);
placebo!(
    OWN_CLAIM,
    "honest_own_claim",
    "officer's claim, signed by another",
    "干部报销由他人审批",
    KinBenefit,
    "one to four claims of an officer with papers, approved by another",
    &["ledger.payee", "payees.person", "ledger.approver"],
    own_claim
);
placebo!(
    REVERSED,
    "honest_correction",
    "reversed and booked again",
    "红字冲销重记",
    Duplicate,
    "a payment is reversed by a red entry some days later and booked again, as it was or corrected",
    &["ledger.payee"],
    reversed
);
placebo!(
    NEW_PAYEE,
    "honest_new_payee",
    "new supplier with papers",
    "新增正常供应商",
    Ghost,
    "a new registered firm or person with papers is paid one to eight times",
    &["ledger.payee", "payees.kind"],
    new_payee
);
placebo!(
    PRICE_VARIED,
    "honest_price",
    "prices up and down",
    "价格正常波动",
    UnusualSpending,
    "one to eight purchases in a row from one payee cost up to 20 % more or less",
    &["ledger.payee"],
    price_varied
);
placebo!(
    LATE_APPROVAL,
    "honest_late_approval",
    "approved some days late",
    "审批略迟",
    Procedure,
    "one to four payments are approved up to 12 days after the voucher",
    &["ledger.approved"],
    late_approval
);
placebo!(
    NEW_ACCOUNT,
    "honest_new_account",
    "payee changed bank",
    "收款人更换账户",
    Ghost,
    "from some payment on, all payments of a payee go to a new account of its own",
    &["ledger.payee", "ledger.payee_account"],
    new_account
);
placebo!(
    LARGE,
    "honest_large",
    "large purchase with everything",
    "手续齐全的大额支出",
    UnusualSpending,
    "a purchase two to ten times as large as usual, signed and decided on as its size asks",
    &["ledger.payee"],
    large
);
placebo!(
    SLOPPY,
    "honest_sloppy",
    "something forgotten",
    "疏漏",
    Procedure,
    "one to three payments lose a stamp, a number, a witness, a cosigner or a decision",
    &["ledger.approver"],
    sloppy
);
placebo!(
    REWORDED,
    "honest_rewording",
    "same thing, other words",
    "摘要写法不同",
    Misposting,
    "one to six payments of a payee have another text that says the same",
    &["ledger.payee", "ledger.summary"],
    reworded
);
placebo!(
    YEAR_END,
    "honest_year_end",
    "paid at the year's end, with papers",
    "年末正常结算",
    UnusualSpending,
    "one to six purchases with papers in the last days of December",
    &["ledger.payee"],
    year_end
);
placebo!(
    RETURNING,
    "honest_returning",
    "payee comes back",
    "老客户再次交易",
    Ghost,
    "a payee not paid for 250 days or more is paid about as much as before",
    &["ledger.payee"],
    returning
);
placebo!(
    OTHER_VILLAGE,
    "honest_other_village",
    "supplier serves more villages",
    "供应商服务多村",
    Duplicate,
    "a purchase like one of this village is made by one to six other villages, each with its own document",
    &["ledger.payee"],
    other_village
);
placebo!(
    SMALL_CASH,
    "honest_cash",
    "paid in cash under the limit",
    "限额内现金支付",
    OffBook,
    "one to five small payments are made in cash",
    &["ledger.method", "limits.cash_max"],
    small_cash
);
placebo!(
    KEYED_LATE,
    "honest_keyed_late",
    "clerk caught up",
    "会计集中补录",
    LateRecords,
    "two to eight payments of some weeks are keyed together 10 to 70 days late, mostly in office hours",
    &["ledger.entered"],
    keyed_late
);
placebo!(
    FEW_PAPERS,
    "honest_few_papers",
    "small thing without a document",
    "零星支出无票",
    Misposting,
    "one to four small purchases have no document or a self-made one",
    &["ledger.document"],
    few_papers
);
placebo!(
    ANOTHER_HEADING,
    "honest_heading",
    "booked to another account",
    "科目调整",
    Misposting,
    "one to four purchases are booked to another account of the village, their text unchanged",
    &["ledger.account"],
    another_heading
);
placebo!(
    INSTALMENT,
    "honest_instalment",
    "instalment within the contract",
    "合同内分期付款",
    UnusualSpending,
    "an instalment of a contract is paid in two to four parts that keep within it",
    &["ledger.contract", "contracts.amount"],
    instalment
);
placebo!(
    ADVANCE,
    "honest_advance",
    "advance settled in time",
    "借款按期结清",
    Advances,
    "one to three advances of a usual size, settled within 5 to 90 days",
    &["ledger.payee", "ledger.account"],
    advance
);

fn reentered(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let mut lines = Vec::new();
    for _ in 0..site.dice.count(1, 6) {
        let Some(line) = site.purchase(|_, _| true) else { break };
        site.draft.enter_anew(site.place, line, site.dice);
        lines.push(line);
    }
    (!lines.is_empty()).then_some(lines)
}

fn repeat(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let count = if site.dice.happens(0.6) { 1 } else { site.dice.count(2, 5) };
    let mut lines = Vec::new();
    for _ in 0..count {
        let Some(template) = site.purchase(has_papers) else { break };
        let day = site.day_about(site.draft.day(template), 5, 300);
        let factor = site.dice.factor(0.5, 2.0);
        let amount = scaled(site.draft.amount(template), factor);
        let line = site.pay(template, day, amount);
        if site.careful() {
            site.reword(line);
        }
        lines.push(line);
    }
    (!lines.is_empty()).then_some(lines)
}

fn standing_fee(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let template = site.purchase(|draft, line| draft.amount(line).0 % 1_000 == 0)?;
    let amount = site.draft.amount(template);
    let step = site.dice.pick(&[30, 61, 91]).unwrap_or(30);
    let mut lines = Vec::new();
    for turn in 1..=site.dice.between(1, 8) {
        let jitter = site.dice.between(-4, 4);
        let day = after(site.draft.day(template), turn * step + jitter);
        let (_, last) = site.place.span(site.draft.book);
        if day > last {
            break;
        }
        let day = site.place.booking_day(site.draft.book, day, site.dice);
        lines.push(site.pay(template, day, amount));
    }
    (!lines.is_empty()).then_some(lines)
}

fn in_parts(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let template = site.purchase(|draft, line| draft.amount(line) > Fen(20_000))?;
    let amount = site.draft.amount(template);
    let factor = site.dice.factor(1.0, 3.0);
    let total = scaled(amount, factor);
    let share = site.dice.real(0.25, 0.9);
    let cap = scaled(total, share);
    let parts = site.parts(total, cap, amount);
    let decision = site.draft.at(template, Field::Decision);
    let is_rewritten = site.dice.happens(0.4);
    let mut day = site.draft.day(template);
    let mut lines = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        if number == 0 && is_rewritten {
            site.draft.set_amount(template, *part);
            lines.push(template);
            continue;
        }
        day = site.day_after(day, 0, 25);
        let line = site.pay(template, day, *part);
        // The parts share the decision and the signers of the whole.
        site.draft.write(line, Field::Decision, decision);
        for field in [Field::Approver, Field::Cosigner, Field::Reviewer] {
            let signer = site.draft.at(template, field);
            site.draft.write(line, field, signer);
        }
        if site.careful() {
            site.reword(line);
        }
        lines.push(line);
    }
    Some(lines)
}

fn kin_supplier(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let model = site.purchase(|_, _| true)?;
    let (officer, owner) = site.officer_and_kin(model, 3)?;
    let (lines, firm) = moved_or_new(site, owner, 400)?;
    move_business(site, &lines, firm, 1.0, None);
    for line in &lines {
        recuse(site, *line, officer);
    }
    Some(lines)
}

/// Replaces an officer's signatures with those of other signers.
fn recuse(site: &mut Site<'_, '_>, line: LineIx, officer: Id) {
    let fields = [Field::Approver, Field::Handler, Field::Cosigner, Field::Witness];
    for field in fields {
        if site.draft.at(line, field) != officer {
            continue;
        }
        let others = fields.map(|other| site.draft.at(line, other));
        if let Some(other) = site.other_signer(line, field, &others) {
            site.draft.write(line, field, other);
        }
    }
}

fn own_claim(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let model = site.purchase(|_, _| true)?;
    let officer = site.officer_of(model)?;
    let payee = site.payee_of(officer)?;
    let mut day = site.draft.day(model);
    let mut lines = Vec::new();
    for _ in 0..site.dice.count(1, 6) {
        let template = site.purchase(has_papers)?;
        day = site.day_after(day, 1, 70);
        let factor = site.dice.factor(0.3, 1.5);
        let amount = scaled(site.draft.amount(template), factor);
        let line = site.pay(template, day, amount);
        site.pay_to(line, payee);
        site.draft.number_document(line, site.dice);
        recuse(site, line, officer);
        lines.push(line);
    }
    Some(lines)
}

fn reversed(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let template = site.purchase(|_, _| true)?;
    let amount = site.draft.amount(template);
    let day = site.day_after(site.draft.day(template), 1, 60);
    let red = site.pay(template, day, Fen(-amount.0));
    let again = site.day_after(day, 0, 6);
    let right = if site.dice.happens(0.5) {
        let factor = site.dice.factor(0.7, 1.3);
        scaled(amount, factor)
    } else {
        amount
    };
    let line = site.pay(template, again, right);
    for copy in [red, line] {
        let number = site.draft.at(template, Field::DocumentNo);
        site.draft.write(copy, Field::DocumentNo, number);
        let document = site.draft.lines.document_date.at(template);
        site.draft.set_document_day(copy, document);
        let decision = site.draft.at(template, Field::Decision);
        site.draft.write(copy, Field::Decision, decision);
    }
    if site.draft.world.is_chinese {
        let text = format!("冲红 {}", site.draft.text(template, Field::Summary));
        site.draft.write_text(red, Field::Summary, &text);
    }
    Some(vec![red, line])
}

fn new_payee(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let template = site.purchase(has_papers)?;
    let start = site.draft.day(template);
    let lead = site.dice.days(0, 600);
    let payee = if site.dice.happens(0.7) && !site.draft.world.firms.is_empty() {
        let owner = site.some_owner();
        site.new_firm(owner, Day(start.0 - lead), site.draft.payee(template))
    } else {
        let rows = site.draft.world.people_of(site.place.code);
        let person = site.dice.pick(rows).map(|(_, row)| row as usize)?;
        let person = site.draft.companions.people.person.at(person);
        site.payee_of(person).filter(|_| site.is_alive(person, template))
    }?;
    if site.dice.happens(0.15) {
        site.forget_where(payee);
    }
    let rate = site.dice.factor(0.6, 1.7);
    let mut day = start;
    let mut lines = Vec::new();
    for _ in 0..site.dice.count(1, 8) {
        let model = if site.dice.happens(0.4) { site.purchase(has_papers)? } else { template };
        day = site.day_after(day, 2, 60);
        let amount = scaled(site.draft.amount(model), rate);
        let line = site.pay(model, day, amount);
        site.pay_to(line, payee);
        site.draft.number_document(line, site.dice);
        lines.push(line);
    }
    Some(lines)
}

fn price_varied(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let lines = site.run_of_purchases(1, 8)?;
    for line in &lines {
        let factor = site.dice.factor(0.8, 1.2);
        let amount = scaled(site.draft.amount(*line), factor);
        site.draft.set_amount(*line, amount);
        site.draft.sign_as_near(site.place, *line, site.dice);
    }
    Some(lines)
}

fn late_approval(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let lines = some_payments(site, 4, |draft, line| {
        draft.lines.approved.at(line) != Day::NONE && draft.amount(line) > Fen(0)
    })?;
    for line in &lines {
        let days = site.dice.days(0, 12);
        let day = after(site.draft.day(*line), days);
        site.draft.set_approved(*line, day);
    }
    Some(lines)
}

fn new_account(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let line = site.single(|draft, line| {
        draft.at(line, Field::PayeeAccount) != Id::NONE && draft.payee(line) != Id::NONE
    })?;
    let payee = site.draft.payee(line);
    let day = site.draft.day(line);
    let old = site.draft.at(line, Field::PayeeAccount);
    let account = crate::planting::coin::account(site.draft, old, site.dice);
    let payments = paid_in(site.draft.book, payee, site.place.village);
    let lines: Vec<LineIx> = payments
        .iter()
        .map(|payment| site.draft.line(*payment))
        .filter(|own| site.draft.day(*own) >= day && site.draft.is_free(*own))
        .filter(|own| site.draft.at(*own, Field::PayeeAccount) != Id::NONE)
        .take(20)
        .collect();
    for own in &lines {
        site.draft.write(*own, Field::PayeeAccount, account);
    }
    Some(lines)
}

fn large(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let template = site.purchase(has_papers)?;
    let day = site.day_about(site.draft.day(template), 2, 120);
    let factor = site.dice.factor(1.5, 10.0);
    let amount = scaled(site.draft.amount(template), factor);
    let line = site.pay(template, day, amount);
    decide(site, line);
    Some(vec![line])
}

/// Adds a decision to a payment, if nearby payments of its size have one.
fn decide(site: &mut Site<'_, '_>, line: LineIx) {
    let Some(near) = site.place.signed_like(site.draft, line, site.dice) else { return };
    let decision = site.draft.at(near, Field::Decision);
    if decision == Id::NONE {
        return;
    }
    let moved = site.draft.day(line).0 - site.draft.day(near).0;
    let scale = site.draft.amount(line).yuan() / site.draft.amount(near).yuan().max(0.01);
    let own = site.draft.add_decision(decision, moved, scale, site.dice);
    site.draft.write(line, Field::Decision, own.unwrap_or(Id::NONE));
}

fn sloppy(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let lines = some_payments(site, 3, |draft, line| draft.amount(line) > Fen(0))?;
    let fields =
        [Field::DocumentNo, Field::Witness, Field::Cosigner, Field::Reviewer, Field::Decision];
    for line in &lines {
        let filled: Vec<Field> =
            fields.into_iter().filter(|field| site.draft.at(*line, *field) != Id::NONE).collect();
        match site.dice.pick(&filled).filter(|_| site.dice.happens(0.6)) {
            Some(field) => site.draft.write(*line, field, Id::NONE),
            None => site.unstamp(*line),
        }
    }
    Some(lines)
}

fn reworded(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let lines = site.run_of_purchases(1, 6)?;
    for line in &lines {
        site.reword(*line);
    }
    Some(lines)
}

fn year_end(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let day = december(site)?;
    let mut lines = Vec::new();
    for _ in 0..site.dice.count(1, 6) {
        let Some(template) = site.purchase(has_papers) else { break };
        let before = site.dice.between(0, 14);
        let own = site.place.booking_day(site.draft.book, Day(day.0 - before), site.dice);
        let factor = site.dice.factor(0.6, 2.5);
        let amount = scaled(site.draft.amount(template), factor);
        lines.push(site.pay(template, own, amount));
    }
    (!lines.is_empty()).then_some(lines)
}

fn returning(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let (_, last) = site.place.span(site.draft.book);
    let village = site.place.village;
    let template = site.purchase(|draft, line| {
        let payments = paid_in(draft.book, draft.payee(line), village);
        let latest = payments.last().map(|payment| draft.day(draft.line(*payment)));
        latest.is_some_and(|day| day.0 + 250 < last.0 && draft.day(line) == day)
    })?;
    let mut day =
        site.day_after(site.draft.day(template), 250, last.0 - site.draft.day(template).0);
    let mut lines = Vec::new();
    for _ in 0..site.dice.count(1, 3) {
        let factor = site.dice.factor(0.5, 2.0);
        let amount = scaled(site.draft.amount(template), factor);
        lines.push(site.pay(template, day, amount));
        day = site.day_after(day, 1, 40);
    }
    Some(lines)
}

fn other_village(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    if site.places.len() < 2 {
        return None;
    }
    let template = site.purchase(has_papers)?;
    let first = site.dice.below(site.places.len());
    let count = site.dice.count(1, 6.min(site.places.len() - 1));
    let start = site.draft.day(template);
    site.draft.reserve(template);
    let mut lines = Vec::new();
    let own = site.place.code;
    for place in site.places.iter().cycle().skip(first).take(count) {
        if place.code == own || place.len() <= 20 {
            continue;
        }
        let days = site.dice.days(0, 120);
        let day = place.booking_day(site.draft.book, Day(start.0 + days), site.dice);
        let factor = site.dice.factor(0.6, 1.6);
        let amount = scaled(site.draft.amount(template), factor);
        lines.push(site.draft.pay(place, Claim { template, day, amount }, site.dice));
    }
    (!lines.is_empty()).then_some(lines)
}

fn small_cash(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let place = site.place;
    let is_small = |draft: &Draft<'_>, line: LineIx| {
        let row = place.band(draft, line);
        let most = row.and_then(|row| draft.book.companions.limits.cash_max.at(row).some());
        let amount = draft.amount(line);
        amount > Fen(0) && most.is_some_and(|most| amount <= most) && !is_advance(draft, line)
    };
    let lines = some_payments(site, 5, is_small)?;
    for line in &lines {
        site.draft.pay_in_cash(*line);
    }
    Some(lines)
}

fn keyed_late(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let first = site.single(|draft, line| draft.lines.entered.at(line) != Moment::NONE)?;
    let day = site.draft.day(first);
    let late = site.dice.days(10, 70);
    let count = site.dice.count(2, 8);
    let mut lines = Vec::new();
    for _ in 0..count {
        let near = site.single(|draft, line| {
            (draft.day(line).0 - day.0).abs() < 25 && draft.lines.entered.at(line) != Moment::NONE
        });
        let Some(line) = near else { break };
        site.draft.reserve(line);
        let days = late + day.0 - site.draft.day(line).0;
        let hour = if site.dice.happens(0.85) { site.dice.between(8, 18) } else { 21 };
        site.key_late(line, days.max(1), hour);
        lines.push(line);
    }
    (!lines.is_empty()).then_some(lines)
}

fn few_papers(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let lines = some_payments(site, 4, |draft, line| {
        crate::planting::site::is_purchase(draft, line) && draft.amount(line) < Fen(60_000)
    })?;
    for line in &lines {
        site.strip_papers(*line);
    }
    Some(lines)
}

fn another_heading(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let mut lines = site.run_of_purchases(1, 4)?;
    let mut booked = Vec::new();
    for line in lines.drain(..) {
        let Some((account, _, chart)) = site.another_heading(line) else { continue };
        if site.draft.at(line, Field::Chart) == chart {
            site.draft.write(line, Field::Account, account);
            booked.push(line);
        }
    }
    (!booked.is_empty()).then_some(booked)
}

fn instalment(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let (line, row) = contracted(site)?;
    let contract = site.draft.at(line, Field::Contract);
    let (paid, _) = paid_of(site, contract);
    let sum = site.draft.companions.contracts.amount.at(row).some()?;
    let amount = site.draft.amount(line);
    let share = site.dice.real(0.3, 0.8);
    let first = scaled(amount, share);
    site.draft.set_amount(line, first);
    let left = Fen(amount.0 - first.0 + (sum.0 - paid.0).max(0) / 2);
    let mut lines = vec![line];
    let count = site.dice.count(1, 3);
    let mut day = site.draft.day(line);
    let decision = site.draft.at(line, Field::Decision);
    for _ in 0..count {
        day = site.day_after(day, 5, 90);
        let part = Fen(left.0 / i64::try_from(count).unwrap_or(1));
        if part < Fen(10_000) {
            break;
        }
        let part = ended(part, Fen(100));
        let paid = site.pay(line, day, part);
        site.draft.write(paid, Field::Decision, decision);
        lines.push(paid);
    }
    Some(lines)
}

fn advance(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let template = site.single(|draft, line| {
        is_advance(draft, line) && draft.amount(line) > Fen(0) && draft.payee(line) != Id::NONE
    })?;
    let officer = site.officer_of(template)?;
    let payee = site.draft.world.payee_of(officer).unwrap_or(site.draft.payee(template));
    let (_, last) = site.place.span(site.draft.book);
    let mut day = site.any_day();
    let mut lines = Vec::new();
    for _ in 0..site.dice.count(1, 3) {
        let factor = site.dice.factor(0.5, 3.0);
        let amount = scaled(site.draft.amount(template), factor);
        let line = site.pay(template, day, amount);
        site.pay_to(line, payee);
        lines.push(line);
        let back = site.day_after(day, 5, 90);
        // A recent advance may legitimately still be open.
        let settled = if back < last { back } else { Day::NONE };
        enter(site.draft, template, line, settled);
        if settled != Day::NONE {
            settle(site, template, line, back);
        }
        day = site.day_after(day, 10, 200);
    }
    Some(lines)
}
