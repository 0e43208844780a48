#![doc = include_str!("limit_bunching.md")]

use super::near::Near;
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::chart::Class as Expense;
use crate::ledger::book::index::{PaymentIx, PersonIx};
use crate::ledger::contract::cell::Fen;
use crate::ledger::subject::Grain;
use crate::params::{at_least, counted, params, share};
use crate::stats::pooled::Shares;
use crate::stats::tail::inflation;

pub(super) static INDICATOR: Indicator = Indicator::of::<LimitBunching>(card! {
    "limit_bunching",
    grain: Grain::Official,
    class: Class::Statistic,
    scheme: Scheme::Splitting,
    scale: Scale::NegLog10P,
    requires: &["limits", "ledger.approver"],
    basis: &[],
    simulated_schemes: &["limit_hugging"],
});

params! {
    struct LimitBunching {
        width: f64 = 0.05, share,
            "width of a band, as a share of the limit",
            "区间宽度，占限额的比例";
        width_small: f64 = 0.1, share,
            "the same for a small limit",
            "小额限额的区间宽度";
        small: f64 = 1_000.0, at_least(0.0),
            "limits below this (yuan) are small",
            "低于此数（元）为小额限额";
        minimum: usize = 4, counted,
            "fewest payments in the bands",
            "各区间内的最少付款笔数";
        prior: f64 = 20.0, at_least(0.0),
            "payments of a smooth density mixed into the county's share",
            "混入全县比例的平滑分布付款笔数";
    }
}

/// Payments in the band below limits and in neighbouring bands.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    under: usize,
    beside: usize,
    /// The sum over all of the share below that a smooth density gives.
    smooth: f64,
}

/// What the payments near limits look like.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    /// Below limits against the bands on both sides.
    around: Pair,
    /// Below limits against the band below that.
    lower: Pair,
    /// Whether any payment reached any limit: whether the authority goes so far.
    reaches: bool,
}

impl Pair {
    fn add(&mut self, is_under: bool, smooth: f64) {
        self.under += usize::from(is_under);
        self.beside += usize::from(!is_under);
        self.smooth += smooth;
    }

    fn of_all(self) -> usize {
        self.under + self.beside
    }

    fn plus(self, other: Self) -> Self {
        Self {
            under: self.under + other.under,
            beside: self.beside + other.beside,
            smooth: self.smooth + other.smooth,
        }
    }
}

impl LimitBunching {
    fn near(&self) -> Near {
        Near { width: self.width, width_small: self.width_small, small: self.small }
    }

    fn is_under(&self, book: &Book, one: Seen) -> bool {
        let limit = one.limit_above(book).filter(|_| one.is_signed_for());
        limit.is_some_and(|limit| one.amount >= limit - self.near().band(limit))
    }

    fn tally(&self, book: &Book, payments: &[PaymentIx]) -> Tally {
        let mut tally = Tally::default();
        for one in seen(book, payments).filter(|one| one.is_signed_for()) {
            let (above, reached) = (one.limit_above(book), one.limit_reached(book));
            tally.reaches |= reached.is_some();
            if let Some(limit) = above {
                let band = self.near().band(limit);
                let (around, lower) = smooth_shares(limit, band);
                let is_under = one.amount >= limit - band;
                if one.amount >= limit - 2 * band {
                    tally.around.add(is_under, around);
                    tally.lower.add(is_under, lower);
                    continue;
                }
            }
            if let Some(limit) = reached {
                let band = self.near().band(limit);
                if one.amount < limit + band {
                    tally.around.add(false, smooth_shares(limit, band).0);
                }
            }
        }
        tally
    }

    /// How surprising an official's payments are, and how many there are; none if they are too few.
    fn neg_log10(&self, county: &AmountProfiles, tally: &Tally) -> Option<(f64, usize)> {
        let (own, profile) = county.compared(tally);
        let law = profile.law.around(self.chance(own, profile.all));
        let p = law.upper(own.under as u64, own.of_all() as u64);
        (own.of_all() >= self.minimum.max(1)).then(|| (neg_log10(p), own.of_all()))
    }

    /// How many payments near limits lie just below them, and below which limit the most.
    fn crowd(
        &self,
        book: &Book,
        county: &AmountProfiles,
        (tally, payments): (&Tally, &[PaymentIx]),
    ) -> Option<Fact> {
        let (own, profile) = county.compared(tally);
        let under = seen(book, payments).filter(|one| self.is_under(book, *one));
        let limits = under.filter_map(|one| Some((one.class, one.limit_above(book)?)));
        let mut limits: Vec<(Expense, i64)> = limits.collect();
        limits.sort_unstable();
        let most = limits.chunk_by(|a, b| a == b).max_by_key(|same| same.len())?;
        let (class, limit) = *most.first()?;
        let all = profile.all;
        let (other_under, other_of) = (all.under - own.under, all.of_all() - own.of_all());
        let around = fact!(
            "around", ["approver", "amount"],
            under: own.under, of: own.of_all(), width: Value::Share(self.width),
            twice: Value::Share(2.0 * self.width), wide: Value::Share(self.width_small),
            small: Fen::of_yuan(self.small), most: most.len(), limit: Fen(limit), class: class,
            theirs: other_under, others: other_of,
        );
        Some(if tally.reaches { around } else { Fact { sentence: "lower", ..around } })
    }

    /// The chance of a payment to fall below the limit, for someone with these payments among those of
    /// the others: as the others' do, or as a smooth density says, whichever is larger.
    fn chance(&self, own: Pair, all: Pair) -> f64 {
        let smooth = own.smooth / float(own.of_all());
        let (under, both) = (all.under - own.under, all.of_all() - own.of_all());
        let county = (float(under) + self.prior * smooth) / (float(both) + self.prior);
        if county.is_nan() { smooth } else { county.max(smooth) }
    }
}

/// Both profiles of a county, and how far its officials lie apart beyond them.
#[derive(Debug)]
struct AmountProfiles {
    around: Profile,
    lower: Profile,
    /// The factor by which all values of -log10 p exceed those of chance.
    habit: f64,
}

/// The payments near limits of a whole county, and how much officials differ there.
#[derive(Debug)]
struct Profile {
    all: Pair,
    law: Shares,
}

impl AmountProfiles {
    /// The payments of an approver that count, and those of the county to compare them with.
    fn compared(&self, tally: &Tally) -> (Pair, &Profile) {
        if tally.reaches { (tally.around, &self.around) } else { (tally.lower, &self.lower) }
    }
}

impl Profile {
    fn of(pairs: Vec<Pair>) -> Self {
        let counts: Vec<(u64, u64)> =
            pairs.iter().map(|pair| (pair.under as u64, pair.of_all() as u64)).collect();
        let all = pairs.into_iter().fold(Pair::default(), Pair::plus);
        Self { all, law: Shares::fit(&counts) }
    }
}

/// The share that lies in the band just below the limit, where amounts are spread evenly on a logarithmic
/// scale: of that band and those on both sides of it, and of that band and the next one below.
#[expect(clippy::cast_precision_loss, reason = "limits are below 2^53 fen")]
fn smooth_shares(limit: i64, band: i64) -> (f64, f64) {
    let width = |from: i64, to: i64| (to as f64 / from.max(1) as f64).ln();
    let under = width(limit - band, limit);
    let over = width(limit, limit + band);
    let lower = width(limit - 2 * band, limit - band);
    (under / (lower + under + over), under / (lower + under))
}

impl Measure for LimitBunching {
    type Context = AmountProfiles;
    type Groups = PersonIx;

    fn context(&self, book: &Book) -> AmountProfiles {
        let tallies = book.by_approver().par_map(|_, payments| self.tally(book, payments));
        // Those whose authority ends below the limits have nothing on the other side of them.
        let around = tallies.iter().filter(|tally| tally.reaches).map(|tally| tally.around);
        let mut county = AmountProfiles {
            around: Profile::of(around.collect()),
            lower: Profile::of(tallies.iter().map(|tally| tally.lower).collect()),
            habit: 1.0,
        };
        let told: Vec<f64> = tallies
            .iter()
            .filter_map(|tally| self.neg_log10(&county, tally))
            .map(|(value, _)| value)
            .collect();
        county.habit = inflation(&told, 0.02);
        county
    }

    fn measure(
        &self,
        book: &Book,
        county: &AmountProfiles,
        group: Group<'_, PersonIx>,
        out: &mut Out,
    ) {
        let tally = self.tally(book, group.payments);
        let Some((value, sample)) = self.neg_log10(county, &tally) else { return };
        out.put(group.number, value / county.habit, sample, || {
            let under = seen(book, group.payments).filter(|one| self.is_under(book, *one));
            under.map(|one| one.line)
        });
        out.tell(group.number, || {
            self.crowd(book, county, (&tally, group.payments)).filter(|_| value > 0.0)
        });
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "this value is exact")]

    use super::{LimitBunching, Pair, smooth_shares};

    #[test]
    fn a_smooth_density_leans_a_little_to_the_lower_side() {
        let (around, lower) = smooth_shares(100_000, 5_000);
        assert!((around - 0.332_7).abs() < 1e-3, "{around}");
        assert!((lower - 0.486_8).abs() < 1e-3, "{lower}");
    }

    #[test]
    fn a_county_that_keeps_above_its_limits_does_not_make_others_unusual() {
        let bunching = LimitBunching::default();
        let own = Pair { under: 5, beside: 5, smooth: 5.0 };
        let frugal = Pair { under: 10, beside: 1_000, smooth: 500.0 };
        assert_eq!(bunching.chance(own, frugal), 0.5);
        let crowding = Pair { under: 900, beside: 110, smooth: 505.0 };
        assert!(bunching.chance(own, crowding) > 0.88);
    }
}
