#![doc = include_str!("just_below_limit.md")]

use super::near::Near;
use crate::indicators::basis::LOCAL_LIMITS;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::VillageIx;
use crate::ledger::contract::cell::Fen;
use crate::ledger::subject::Grain;
use crate::params::{at_least, params, share};

pub(super) static INDICATOR: Indicator = Indicator::of::<JustBelowLimit>(card! {
    "just_below_limit",
    grain: Grain::Payment,
    class: Class::Rule,
    scheme: Scheme::Splitting,
    scale: Scale::rule(0.05),
    requires: &["limits"],
    basis: &[LOCAL_LIMITS],
    simulated_schemes: &["limit_hugging"],
});

params! {
    struct JustBelowLimit {
        width: f64 = 0.05, share,
            "width of the band, as a share of the limit",
            "区间宽度，占限额的比例";
        width_small: f64 = 0.1, share,
            "the same for a small limit",
            "小额限额的区间宽度";
        small: f64 = 1_000.0, at_least(0.0),
            "limits below this (yuan) are small",
            "低于此数（元）为小额限额";
    }
}

impl JustBelowLimit {
    fn near(&self) -> Near {
        Near { width: self.width, width_small: self.width_small, small: self.small }
    }
}

impl Measure for JustBelowLimit {
    type Context = ();
    type Groups = VillageIx;

    fn context(&self, _: &Book) {}

    fn measure(&self, book: &Book, (): &(), group: Group<'_, VillageIx>, out: &mut Out) {
        for one in seen(book, group.payments).filter(|one| one.is_signed_for()) {
            let value = match (one.limit_above(book), one.limit_reached(book)) {
                (Some(limit), _) => closeness(one.amount, limit, self.near().band(limit)),
                (None, Some(_)) => 0.0,
                (None, None) => continue,
            };
            out.put(one.payment, value, 1, || (value > 0.0).then_some(one.line));
            out.tell(one.payment, || below(book, one).filter(|_| value > 0.0));
        }
    }
}

/// How far the amount is from the limit, and where the limit stands.
fn below(book: &Book, one: Seen) -> Option<Fact> {
    let limit = one.limit_above(book)?;
    let village = book.names.get(book.villages[one.village]);
    let row = book.limits.row(village, one.class, one.day, Fen(limit))?;
    let limits = &book.companions.limits;
    Some(fact!(
        "below", ["amount"],
        amount: Fen(one.amount), short: Fen(limit - one.amount), limit: Fen(limit), class: one.class,
        region: Value::Region(limits.region.at(row)), since: limits.valid_from.at(row),
    ))
}

/// 1 for the last fen below the limit, falling evenly to nothing at the lower edge of the band.
#[expect(clippy::cast_precision_loss, reason = "bands are far below 2^53 fen")]
fn closeness(amount: i64, limit: i64, band: i64) -> f64 {
    let inside = amount - (limit - band) + 1;
    if inside > 0 { inside as f64 / band as f64 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these values are exact")]

    use super::closeness;

    #[test]
    fn the_band_has_its_lower_edge_and_not_the_limit() {
        assert_eq!(closeness(94_999, 100_000, 5_000), 0.0);
        assert!((closeness(95_000, 100_000, 5_000) - 1.0 / 5_000.0).abs() < 1e-15);
        assert_eq!(closeness(99_999, 100_000, 5_000), 1.0);
    }
}
