//! What the notices of a county state of each account.

use std::collections::BTreeMap;

use strum::VariantArray;

use super::booked::{Booked, Measure};
use super::notices::Notice;
use super::standing::standing;
use crate::ledger::book::chart::Chart;
use crate::ledger::book::index::{IxVec, VillageIx};
use crate::ledger::contract::cell::Id;

/// What the notices of a county state of each account.
#[derive(Debug, Default)]
pub struct Practice {
    measures: BTreeMap<(Chart, Id), Usual>,
}

#[derive(Debug, Clone, Copy)]
struct Usual {
    measure: Option<Measure>,
    /// Whether most notices of periods in which the account has lines state it.
    is_expected: bool,
}

impl Practice {
    /// What notices state of an account; none where nobody posts it, or less than half agree with the ledger.
    pub fn measure(&self, chart: Chart, account: Id) -> Option<Measure> {
        self.measures.get(&(chart, account))?.measure
    }

    /// Whether most villages post the account.
    pub fn is_expected(&self, chart: Chart, account: Id) -> bool {
        self.measures.get(&(chart, account)).is_some_and(|it| it.is_expected)
    }
}

/// What notices state of each account.
pub(super) fn practice(
    notices: &IxVec<VillageIx, Vec<Notice>>,
    booked: &IxVec<VillageIx, Booked>,
) -> Practice {
    #[derive(Default)]
    struct Counted {
        posted: u32,
        agree: [u32; Measure::VARIANTS.len()],
        with_lines: u32,
        with_lines_posted: u32,
    }
    let mut counted: BTreeMap<(Chart, Id), Counted> = BTreeMap::new();
    for (village, own) in notices.iter_enumerated() {
        let booked = &booked[village];
        let all = standing(own);
        for posted in &all {
            let of = counted.entry((Chart::on(posted.period.first), posted.account)).or_default();
            let sums = booked.sums(posted.account, posted.period);
            of.posted += 1;
            for (agree, measure) in of.agree.iter_mut().zip(Measure::VARIANTS) {
                *agree += u32::from((posted.sum - sums.of(*measure)).abs() <= posted.tolerance);
            }
        }
        for same in all.chunk_by(|a, b| a.period == b.period) {
            let Some(period) = same.first().map(|it| it.period) else { continue };
            for account in booked.accounts() {
                let sums = booked.sums(*account, period);
                if Measure::VARIANTS.iter().all(|measure| sums.of(*measure) == 0) {
                    continue;
                }
                let of = counted.entry((Chart::on(period.first), *account)).or_default();
                of.with_lines += 1;
                of.with_lines_posted += u32::from(same.iter().any(|it| it.account == *account));
            }
        }
    }
    let usual = |of: Counted| {
        let mut best = (0, None);
        for (agree, measure) in of.agree.iter().zip(Measure::VARIANTS) {
            if *agree > best.0 {
                best = (*agree, Some(*measure));
            }
        }
        let measure = best.1.filter(|_| best.0 * 2 >= of.posted);
        Usual { measure, is_expected: of.with_lines_posted * 2 >= of.with_lines.max(1) }
    };
    Practice { measures: counted.into_iter().map(|(key, of)| (key, usual(of))).collect() }
}
