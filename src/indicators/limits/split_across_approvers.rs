#![doc = include_str!("split_across_approvers.md")]

use super::paid::Paid;
use super::turns::{Rule, Turn, Usual};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::seen::seen;
use crate::ledger::book::Book;
use crate::ledger::book::view::NOBODY;
use crate::ledger::subject::Grain;
use crate::params::{above_zero, at_least, params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<SplitAcrossApprovers>(card! {
    "split_across_approvers",
    grain: Grain::Payee,
    class: Class::Statistic,
    scheme: Scheme::Splitting,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee", "ledger.approver", "limits"],
    basis: &[],
    simulated_schemes: &["split_approvers"],
});

params! {
    struct SplitAcrossApprovers {
        days: i32 = 15, within(1..=366),
            "length of a window in days",
            "时段的天数";
        ratio: f64 = 1.1, at_least(1.0),
            "multiple of the limit that a window must reach",
            "时段合计须达到限额的倍数";
        prior: f64 = 20.0, above_zero,
            "pairs at the wider group's rate mixed into each share",
            "向上一级比例收缩所用的付款对个数";
    }
}

/// The payee's payments under limits whose approver is known; one class of expense is one series.
fn turns(book: &Book, payments: &[u32]) -> Vec<Turn> {
    let turn = |paid: Paid| {
        let hand = *book.payments.approver.get(paid.one.payment as usize)?;
        let series = paid.one.class as u32;
        (hand != NOBODY).then_some(Turn { paid, series, hand, world: 0, paper: u32::MAX })
    };
    seen(book, payments).filter_map(|one| turn(Paid::under_limit(book, one)?)).collect()
}

impl SplitAcrossApprovers {
    fn rule(&self) -> Rule {
        Rule { days: self.days, ratio: self.ratio, prior: self.prior }
    }
}

impl Measure for SplitAcrossApprovers {
    type Context = Usual;
    const GROUPS: Groups = Groups::ByPayee;

    fn context(&self, book: &Book) -> Usual {
        self.rule().usual(book, |payments| turns(book, payments))
    }

    fn measure(&self, book: &Book, usual: &Usual, group: Group<'_>, out: &mut Out) {
        let Some((value, sample, rows)) = self.rule().reading(usual, turns(book, group.payments))
        else {
            return;
        };
        out.put(group.number, value, sample, || rows);
    }
}
