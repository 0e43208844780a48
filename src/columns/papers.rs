//! Columns on documents, contracts and methods of payment, and on how common they are.

use super::context::Context;
use super::definition::{Definition, Family, column};
use super::groups::{Cells, Column, distinct, over_median, rarity};
use crate::ledger::book::index::{IxVec, PaymentIx};
use crate::ledger::contract::cell::{Cell, Fen, Flag, Id};

const DOCUMENT: &[&str] = &["ledger.document"];
const CONTRACT: &[&str] = &["ledger.contract", "contracts"];

pub(super) static FAMILY: Family = Family { columns: COLUMNS, measure };

const COLUMNS: &[Definition] = &[
    column(
        "document_kind",
        "kind",
        "0 none, 1 self-made, 2 list, 3 receipt, 4 other, 5 invoice",
        DOCUMENT,
    ),
    column(
        "rare_document_text",
        "-ln share",
        "of the kind among the county's payments for this purpose",
        &["ledger.document", "ledger.summary"],
    ),
    column(
        "rare_document_payee",
        "-ln share",
        "of the kind among the payee's payments",
        &["ledger.document", "ledger.payee"],
    ),
    column(
        "rare_document_account",
        "-ln share",
        "of the kind among the village's payments in this account",
        DOCUMENT,
    ),
    column(
        "rare_document_handler",
        "-ln share",
        "of the kind among the handler's payments",
        &["ledger.document", "ledger.handler"],
    ),
    column("document_number", "0/1", "a document number is recorded", &["ledger.document_no"]),
    column(
        "invoice_without_number",
        "0/1",
        "an invoice is recorded, and no number",
        &["ledger.document", "ledger.document_no"],
    ),
    column("document_lag", "days", "from the document to the voucher", &["ledger.document_date"]),
    column(
        "document_lag_usual",
        "days",
        "the lag over the median of the village",
        &["ledger.document_date"],
    ),
    column(
        "document_same_day",
        "0/1",
        "document and voucher have one day",
        &["ledger.document_date"],
    ),
    column("attachments", "documents", "attached", &["ledger.attachments"]),
    column(
        "attachments_usual",
        "documents",
        "attached, over the median for this purpose",
        &["ledger.attachments", "ledger.summary"],
    ),
    column("method_kind", "kind", "1 transfer, 2 card, 3 cash, 4 other", &["ledger.method"]),
    column(
        "rare_method_payee",
        "-ln share",
        "of the way of payment among the payee's payments",
        &["ledger.method", "ledger.payee"],
    ),
    column(
        "rare_method_text",
        "-ln share",
        "of the way of payment among the county's payments for this purpose",
        &["ledger.method", "ledger.summary"],
    ),
    column(
        "cash_over_limit",
        "ln ratio",
        "a cash payment over the limit for cash",
        &["ledger.method", "limits.cash_max"],
    ),
    column(
        "cash_and_account",
        "0/1",
        "paid in cash though the payee has a bank account",
        &["ledger.method", "ledger.payee_account"],
    ),
    column("has_contract", "0/1", "a contract is named", &["ledger.contract"]),
    column("contract_known", "0/1", "the contract named is in the table of contracts", CONTRACT),
    column("contract_share", "ln ratio", "the payment over the contract's amount", CONTRACT),
    column("contract_sum", "ln ratio", "all payments under the contract over its amount", CONTRACT),
    column(
        "contract_paid_before",
        "ln ratio",
        "payments under the contract up to this one over its amount",
        CONTRACT,
    ),
    column("contract_signed_days", "days", "from the signature to the voucher", CONTRACT),
    column("contract_after_end", "days", "from the end of the contract to the voucher", CONTRACT),
    column("contract_payee_differs", "0/1", "another payee than the contract's", CONTRACT),
    column(
        "contract_tendered",
        "0/1",
        "the contract was tendered",
        &["ledger.contract", "contracts.tendered"],
    ),
    column(
        "contract_kind_rare",
        "-ln share",
        "of the kind of contract among all payments under one",
        &["ledger.contract", "contracts.kind"],
    ),
    column(
        "contracts_of_payee",
        "contracts",
        "of the village with the payee",
        &["contracts.payee"],
    ),
    column(
        "contracts_90",
        "ln ratio",
        "sum of contracts of the village with the payee signed within 90 days over this contract's amount",
        CONTRACT,
    ),
    column(
        "contract_over_limit",
        "ln ratio",
        "the contract's amount over the limit above the payment",
        &["ledger.contract", "contracts", "limits"],
    ),
    column(
        "tender_missing",
        "0/1",
        "the limit asks for a tender, and no tendered contract is named",
        &["limits.tender"],
    ),
    column(
        "no_contract_usual",
        "share",
        "of the county's payments in this account and size that name a contract",
        &["ledger.contract"],
    ),
    column("has_project", "0/1", "a project is named", &["ledger.project"]),
    column(
        "project_payees",
        "payees",
        "paid under the project",
        &["ledger.project", "ledger.payee"],
    ),
    column(
        "project_share",
        "ln share",
        "of the project's money that goes to the payee",
        &["ledger.project", "ledger.payee"],
    ),
    column(
        "project_late",
        "days",
        "from the project's median payment day to this one",
        &["ledger.project"],
    ),
];

fn measure(it: &Context<'_>) -> Vec<Column> {
    let lines = &it.book.lines;
    let document = |at: PaymentIx| it.id_key(&lines.document, at);
    let yes = |it: bool| f32::from(u8::from(it));
    let village = |at: PaymentIx| Some(it.village(at));
    let kind = |at: PaymentIx| {
        lines.document.at(it.line[at]).some().map(|id| document_kind(it.book.names.get(id)))
    };
    let has_number = lines.document_no.is_recorded();
    let number = |at: PaymentIx| lines.document_no.at(it.line[at]).some().is_some();
    let lag =
        it.each(|at| Some((it.day(at) - lines.document_date.at(it.line[at]).some()?.0) as f32));
    let attachments = it.each(|at| Some(lines.attachments.at(it.line[at]).some()?.0 as f32));
    let method = |at: PaymentIx| it.id_key(&lines.method, at);
    let is_cash =
        |at: PaymentIx| Some(it.book.names.get(lines.method.at(it.line[at]).some()?) == "cash");
    let limits = &it.book.companions.limits;
    let has_accounts = lines.payee_account.is_recorded();
    let text = |at: PaymentIx| it.text_key(at);
    let mut columns = vec![
        it.each(kind),
        rarity(it.rows, text, document),
        rarity(it.rows, |at| it.payee(at), document),
        rarity(it.rows, |at| Some((it.village(at) << 32) | u64::from(it.account[at])), document),
        rarity(it.rows, |at| it.id_key(&lines.handler, at), document),
        it.each(|at| has_number.then(|| yes(number(at)))),
        it.each(|at| Some(yes(kind(at)? >= 5.0 && !number(at))).filter(|_| has_number)),
        lag.clone(),
        over_median(&it.groups(village), &lag, 5),
        it.each(|at| Some(lag[at]).filter(|lag| !lag.is_nan()).map(|lag| yes(lag == 0.0))),
        attachments.clone(),
        over_median(&it.groups(text), &attachments, 5),
        it.each(|at| {
            lines.method.at(it.line[at]).some().map(|id| method_kind(it.book.names.get(id)))
        }),
        rarity(it.rows, |at| it.payee(at), method),
        rarity(it.rows, text, method),
        it.each(|at| {
            let row = it.book.limit_row(at)?;
            let most = limits.cash_max.at(row).some().filter(|most| most.0 > 0)?;
            is_cash(at).filter(|is_cash| *is_cash)?;
            Some(it.size[at] - most.yuan().ln() as f32)
        }),
        it.each(|at| {
            let payee = it.payee_facts(at).filter(|_| has_accounts)?;
            Some(yes(is_cash(at)? && payee.account != Id::NONE))
        }),
    ];
    columns.extend(contracts(it));
    columns.extend(projects(it));
    columns
}

fn document_kind(word: &str) -> f32 {
    match word {
        "none" => 0.0,
        "self_made" => 1.0,
        "list" => 2.0,
        "receipt" => 3.0,
        "invoice" => 5.0,
        _ => 4.0,
    }
}

fn method_kind(word: &str) -> f32 {
    match word {
        "transfer" => 1.0,
        "card" => 2.0,
        "cash" => 3.0,
        _ => 4.0,
    }
}

/// The columns from `has_contract` to `no_contract_usual`.
fn contracts(it: &Context<'_>) -> Vec<Column> {
    let (lines, companions) = (&it.book.lines, &it.book.companions);
    let table = &companions.contracts;
    let yes = |it: bool| f32::from(u8::from(it));
    let id = |at: PaymentIx| lines.contract.at(it.line[at]).some();
    let row = |at: PaymentIx| companions.contract(id(at)?);
    let is_recorded = lines.contract.is_recorded();
    let amount = |row: usize| table.amount.at(row).some().map(Fen::yuan).filter(|yuan| *yuan > 0.0);
    let by_contract = it.groups(|at| Some(u64::from(id(at)?.0))).by_day(&it.book.payments.day);
    let (mut sums, mut before): (Column, Column) =
        (IxVec::of(f32::NAN, it.rows), IxVec::of(f32::NAN, it.rows));
    by_contract.fill([&mut sums, &mut before], |group, [sums, before]| {
        let yuan = |row: &PaymentIx| it.fen(*row) as f64 / 100.0;
        let all: f64 = group.iter().map(yuan).sum();
        let mut upto = 0.0;
        for row in group {
            upto += yuan(row);
            sums.push(all as f32);
            before.push(upto as f32);
        }
    });
    let over = |sums: &Cells, at: PaymentIx| Some((sums[at] / amount(row(at)?)? as f32).ln());
    let key = |village: Id, payee: Id| (village, payee);
    let mut of_payee: Vec<((Id, Id), i32, f64)> = (0..table.rows)
        .map(|row| {
            let signed = table.signed.at(row).some().map_or(i32::MIN, |day| day.0);
            (key(table.village.at(row), table.payee.at(row)), signed, amount(row).unwrap_or(0.0))
        })
        .collect();
    of_payee.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
    let own = |at: PaymentIx| {
        let payee = it.book.payees[it.book.payments.payee[at]?];
        let key = key(lines.village.at(it.line[at]), payee);
        let from = of_payee.partition_point(|one| one.0 < key);
        let to = of_payee.partition_point(|one| one.0 <= key);
        Some(&of_payee[from..to])
    };
    let limits = &companions.limits;
    let tenders = limits.tender.is_recorded();
    let above = it.book.limit_above();
    let size_band = |at: PaymentIx| {
        Some(
            (u64::from(it.account[at]) << 8)
                | u64::from(it.fen(at).unsigned_abs().checked_ilog2()?),
        )
    };
    let with_contract = it.each(|at| is_recorded.then(|| yes(id(at).is_some())));
    vec![
        with_contract.clone(),
        it.each(|at| id(at).filter(|_| table.rows > 0).map(|_| yes(row(at).is_some()))),
        it.each(|at| Some(it.size[at] - amount(row(at)?)?.ln() as f32)),
        it.each(|at| over(&sums, at)),
        it.each(|at| over(&before, at)),
        it.each(|at| Some((it.day(at) - table.signed.at(row(at)?).some()?.0) as f32)),
        it.each(|at| Some((it.day(at) - table.end.at(row(at)?).some()?.0) as f32)),
        it.each(|at| {
            let payee = it.book.payees[it.book.payments.payee[at]?];
            Some(yes(table.payee.at(row(at)?).some()? != payee))
        }),
        it.each(|at| super::amounts::flag(table.tendered.at(row(at)?))),
        rarity(
            it.rows,
            |at| row(at).map(|_| 0),
            |at| table.kind.at(row(at)?).some().map(|id| u64::from(id.0)),
        ),
        it.each(|at| Some(own(at)?.len() as f32).filter(|_| table.rows > 0)),
        it.each(|at| {
            let row = row(at)?;
            let signed = table.signed.at(row).some()?.0;
            let near = own(at)?.iter().filter(|(_, day, _)| (day - signed).abs() <= 90);
            Some((near.map(|(.., yuan)| yuan).sum::<f64>() / amount(row)?).ln() as f32)
        }),
        it.each(|at| {
            Some((amount(row(at)?)? / above[at].some().filter(|fen| fen.0 > 0)?.yuan()).ln() as f32)
        }),
        it.each(|at| {
            let band = it.book.limit_row(at).filter(|_| tenders)?;
            let asks = limits.tender.at(band) == Flag::Yes;
            let has = row(at).is_some_and(|row| table.tendered.at(row) == Flag::Yes);
            Some(yes(asks && !has))
        }),
        it.groups(size_band).each(it.rows, |group, out| {
            let named = group.iter().filter(|row| with_contract[**row] > 0.0).count();
            let share = if is_recorded { named as f32 / group.len() as f32 } else { f32::NAN };
            out.extend(group.iter().map(|_| share));
        }),
    ]
}

/// The columns from `has_project`.
fn projects(it: &Context<'_>) -> Vec<Column> {
    let lines = &it.book.lines;
    let project = |at: PaymentIx| it.id_key(&lines.project, at);
    let is_recorded = lines.project.is_recorded();
    let by_project = it.groups(project).by_day(&it.book.payments.day);
    vec![
        it.each(|at| is_recorded.then(|| f32::from(u8::from(project(at).is_some())))),
        distinct(&by_project, it.rows, |at| it.payee(at)),
        by_project.each(it.rows, |group, out| {
            let yuan = |row: &PaymentIx| it.fen(*row).max(0) as f64;
            let all: f64 = group.iter().map(yuan).sum();
            out.extend(group.iter().map(|row| {
                let same = |other: &&PaymentIx| it.payee(**other) == it.payee(*row);
                (group.iter().filter(same).map(yuan).sum::<f64>() / all.max(1.0)).ln() as f32
            }));
        }),
        by_project.each(it.rows, |group, out| {
            let middle = it.day(group[group.len() / 2]);
            out.extend(group.iter().map(|row| (it.day(*row) - middle) as f32));
        }),
    ]
}
