#![doc = include_str!("split_across_approvers.md")]

use serde::Deserialize;

use super::paid::Paid;
use super::turns::{Rule, Turn, Usual};
use crate::indicators::bounds::{above_zero, at_least, within};
use crate::indicators::card::{Card, Class, Scale, Scheme};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::seen::seen;
use crate::ledger::book::{Book, NOBODY};
use crate::ledger::subject::Grain;

pub(super) static INDICATOR: Indicator = Indicator::of::<SplitAcrossApprovers>(Card {
    name: "split_across_approvers",
    title: "One purchase, several approvers",
    title_zh: "同一采购由多人分笔审批",
    grain: Grain::Payee,
    class: Class::Statistic,
    scheme: Scheme::Splitting,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee", "ledger.approver", "limits"],
    basis: &[],
    faces: &["split_approvers"],
    page: include_str!("split_across_approvers.md"),
    page_zh: include_str!("split_across_approvers.zh.md"),
});

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SplitAcrossApprovers {
    days: i32,
    ratio: f64,
    prior: f64,
}

impl Default for SplitAcrossApprovers {
    fn default() -> Self {
        Self { days: 15, ratio: 1.1, prior: 20.0 }
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

    fn validate(&self) -> Option<String> {
        within("days", self.days, 1..=366)
            .or_else(|| at_least("ratio", self.ratio, 1.0))
            .or_else(|| above_zero("prior", self.prior))
    }

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
