//! Columns on the text of the purpose, and on how common it is for the account and the village.

use super::context::Context;
use super::definition::{Definition, Family, column};
use super::groups::{Column, rarity};
use crate::ledger::book::index::PaymentIx;
use crate::ledger::contract::cell::Cell;

const TEXT: &[&str] = &["ledger.summary"];

/// Words in purposes that do not say what was bought.
const VAGUE: [&str; 12] =
    ["其他", "其它", "零星", "杂", "等", "费用", "一批", "相关", "开支", "服务", "咨询", "劳务"];

pub(super) static FAMILY: Family = Family { columns: COLUMNS, measure };

const COLUMNS: &[Definition] = &[
    column("text_length", "letters", "of the purpose", TEXT),
    column("text_digits", "digits", "in the purpose", TEXT),
    column("text_vague", "words", "of the purpose that tell little", TEXT),
    column("text_county", "ln payments", "of the county for this purpose", TEXT),
    column("text_village", "ln payments", "of the village for this purpose", TEXT),
    column("text_exact", "ln payments", "of the village with exactly this text", TEXT),
    column(
        "rare_account_text",
        "-ln share",
        "of the account among the county's payments for this purpose",
        TEXT,
    ),
    column(
        "rare_text_account",
        "-ln share",
        "of the purpose among the county's payments in this account",
        TEXT,
    ),
    column(
        "rare_text_account_village",
        "-ln share",
        "of the purpose among the village's payments in this account",
        TEXT,
    ),
    column("rare_account_village", "-ln share", "of the account among the village's payments", &[]),
    column(
        "text_village_share",
        "-ln share",
        "of the village among the county's payments for this purpose",
        TEXT,
    ),
    column("account_code", "code", "the account under which both charts are followed", &[]),
    column(
        "expense_class",
        "kind",
        "0 production, 1 non-production, 2 construction, 3 subsidy, 4 wage, 5 other",
        &[],
    ),
];

fn measure(it: &Context<'_>) -> Vec<Column> {
    let lines = &it.book.lines;
    let summary = |at: PaymentIx| lines.summary.at(it.line[at]).some();
    // Each text is analysed once, not for every payment.
    let mut counted: Vec<Option<[f32; 3]>> = vec![None; it.book.names.len()];
    for at in it.line.keys() {
        let Some(id) = summary(at) else { continue };
        if let Some(place) = counted.get_mut(id.0 as usize).filter(|place| place.is_none()) {
            let text = it.book.names.get(id);
            let letters = text.chars().count() as f32;
            let digits = text.chars().filter(char::is_ascii_digit).count() as f32;
            let vague = VAGUE.iter().filter(|word| text.contains(**word)).count() as f32;
            *place = Some([letters, digits, vague]);
        }
    }
    let count =
        |place: usize| it.each(|at| Some(counted.get(summary(at)?.0 as usize)?.as_ref()?[place]));
    let text = |at: PaymentIx| it.text_key(at);
    let account = |at: PaymentIx| Some(u64::from(it.account[at]));
    let village = |at: PaymentIx| Some(it.village(at));
    let in_village = |key: Option<u64>, at: PaymentIx| Some((it.village(at) << 32) | key?);
    let ln = super::amounts::ln;
    vec![
        count(0),
        count(1),
        count(2),
        ln(it.groups(text).counts(it.rows)),
        ln(it.groups(|at| in_village(text(at), at)).counts(it.rows)),
        ln(it.groups(|at| in_village(summary(at).map(|id| u64::from(id.0)), at)).counts(it.rows)),
        rarity(it.rows, text, account),
        rarity(it.rows, account, text),
        rarity(it.rows, |at| in_village(account(at), at), text),
        rarity(it.rows, village, account),
        rarity(it.rows, text, village),
        it.each(|at| Some(f32::from(it.account[at]))),
        it.each(|at| Some(f32::from(it.book.payments.class[at] as u8))),
    ]
}
