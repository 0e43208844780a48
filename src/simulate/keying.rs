//! How clerks key a slip: their own wording, and occasional errors and lost documents.

use super::chance::{Dice, Draw, Purpose, dice};
use super::chart::Use;
use super::township::{REVIEWERS, Township};
use super::village::Village;
use super::voucher::{Document, Line, Slip};
use crate::ledger::contract::cell::Day;

/// A clerk's wording.
#[derive(Debug, Clone, Copy)]
struct Style {
    /// Leaves out words that every payment has.
    is_terse: bool,
    /// Share of purposes that name the month or the payee.
    tells_more: f64,
    /// Uses spellings of his own.
    is_own: bool,
    /// Share of small payments with an uninformative purpose.
    silent: f64,
}

const SPELLINGS: [(&str, &str); 6] = [
    ("砂石", "沙石"),
    ("打印复印", "打复印"),
    ("办公用品", "办公品"),
    ("维修", "修理"),
    ("租用费", "租金"),
    ("用工款", "工钱"),
];

/// Uninformative purposes.
pub(crate) const SILENT: [&str; 6] = ["费用", "其他支出", "杂支", "付款", "零星支出", "日常开支"];

/// Share of payments that are booked to another account of their class by mistake.
const WRONG_ACCOUNT: f64 = 0.003;
/// Shares of documents whose date is keyed a year late, whose number is left out, and which are lost.
const PAPER_ERRORS: [f64; 3] = [0.000_6, 0.001, 0.001_2];

impl Style {
    fn of(township: &Township, clerk: usize) -> Self {
        let clerk = u64::try_from(clerk).unwrap_or(0);
        let place = [u64::from(township.county_index), u64::from(township.index), clerk];
        let mut dice = dice(township.seed, Purpose::Keying, &place);
        Self {
            is_terse: dice.chance(0.35),
            tells_more: dice.one_of([0.0, 0.0, 0.05, 0.3]),
            is_own: dice.chance(0.3),
            silent: dice.one_of([0.0, 0.001, 0.002, 0.005, 0.02, 0.06]),
        }
    }
}

/// Keys the slips of a village. The same document always gets the same wording.
pub(crate) fn key(village: &mut Village<'_>) {
    let township = village.township;
    let mut styles: Vec<(usize, Style)> = Vec::new();
    let mut vouchers = std::mem::take(&mut village.vouchers);
    for voucher in &mut vouchers {
        let clerk = voucher.clerk.unwrap_or(REVIEWERS);
        let known = styles.iter().find(|(of, _)| *of == clerk).map(|(_, style)| *style);
        let style = known.unwrap_or_else(|| {
            let style = Style::of(township, clerk);
            styles.push((clerk, style));
            style
        });
        let date = voucher.date;
        let mut first = None;
        for line in &mut voucher.lines {
            let Some(slip) = line.slip.as_deref_mut().filter(|slip| !slip.fixed_standard) else {
                continue;
            };
            let paper = [
                u64::from(township.county_index),
                u64::from(village.index),
                line.summary.bytes().fold(0, |sum, byte| sum * 31 % 1_000_003 + u64::from(byte)),
                u64::from(slip.document_date.unwrap_or(date).0.unsigned_abs()),
            ];
            let mut dice = dice(township.seed, Purpose::Keying, &paper);
            let payee = village.payees.get(slip.payee).map_or("", |payee| payee.name.as_str());
            let month = slip.document_date.unwrap_or(date).date().month();
            let words = worded(&mut dice, style, &line.summary, (line.amount, month, payee));
            if slip.contract.is_none() {
                err_on_paper(&mut dice, slip);
                err_in_account(&mut dice, date, line);
            }
            if words != line.summary {
                line.summary = words.into();
            }
            first.get_or_insert_with(|| line.summary.clone());
        }
        // The cash or bank line repeats the first purpose.
        let last = voucher.lines.last_mut().filter(|line| line.slip.is_none());
        if let Some((last, first)) = last.zip(first) {
            last.summary = first;
        }
    }
    village.vouchers = vouchers;
}

fn worded(
    dice: &mut Dice,
    style: Style,
    words: &str,
    (amount, month, payee): (i64, i8, &str),
) -> String {
    if dice.chance(style.silent * if amount < 40_000 { 1.0 } else { 0.2 }) {
        return dice.one_of(SILENT).to_owned();
    }
    let mut words = words.to_owned();
    if style.is_own {
        for (usual, own) in SPELLINGS {
            words = words.replace(usual, own);
        }
    }
    if style.is_terse && words.chars().count() > 4 {
        let short = words.trim_start_matches('付').trim_end_matches('款');
        words = short.to_owned();
    }
    if dice.chance(style.tells_more) {
        words = if dice.chance(0.7) {
            format!("{month}月{words}")
        } else {
            format!("{words}（{payee}）")
        };
    }
    words
}

fn err_on_paper(dice: &mut Dice, slip: &mut Slip) {
    let [late, unnumbered, mislaid] = PAPER_ERRORS;
    if dice.chance(late) {
        slip.document_date = slip.document_date.map(|day| Day(day.0 + 365));
    }
    if dice.chance(unnumbered) {
        slip.document_no = None;
    }
    if dice.chance(mislaid) {
        slip.document = Document::Missing;
        (slip.document_no, slip.document_date, slip.attachments) = (None, None, 0);
    }
}

/// Books another account of the same class, so that the required approvals stay the same.
fn err_in_account(dice: &mut Dice, date: Day, line: &mut Line) {
    let alike = [Use::Admin, Use::Welfare, Use::Other].map(|usage| usage.account(date));
    if dice.chance(WRONG_ACCOUNT) && alike.contains(&line.account) {
        line.account = dice.one_of(alike);
    }
}

#[cfg(test)]
mod tests {
    use super::{Purpose, Style, dice, worded};

    #[test]
    fn a_clerk_who_says_all_changes_nothing() {
        let style = Style { is_terse: false, tells_more: 0.0, is_own: false, silent: 0.0 };
        let mut dice = dice(1, Purpose::Keying, &[]);
        assert_eq!(worded(&mut dice, style, "付砂石料款", (100, 3, "")), "付砂石料款");
        let terse = Style { is_terse: true, is_own: true, ..style };
        assert_eq!(worded(&mut dice, terse, "付砂石料款", (100, 3, "")), "沙石料");
        assert_eq!(worded(&mut dice, terse, "付水费", (100, 3, "")), "付水费");
    }
}
