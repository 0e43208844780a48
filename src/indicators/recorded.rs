//! Which signatures and acts a payment carries, which its band asks for, and which a township's records
//! hold at all.
//!
//! A role that a source system does not know is no missing signature. So a role counts as recorded in a
//! township from the first to the last day of those of its payments that carry it, and is asked for on those
//! days only.

use super::seen::{Seen, per_township, seen, townships};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, PaymentIx, VillageIx};
use crate::ledger::book::limit_words::Duty;
use crate::ledger::contract::cell::{Cell, Day, Flag, Id};

/// A set of roles and acts in the chain of approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::indicators) struct Roles(u8);

/// The number of roles and acts.
const ROLES: usize = 7;

/// What each bit of a set stands for.
const BITS: [Duty; ROLES] = [
    Duty::Approver,
    Duty::Cosigner,
    Duty::CommitteeStamp,
    Duty::TownshipReviewer,
    Duty::Decision,
    Duty::Handler,
    Duty::Witness,
];

impl Roles {
    /// Who approves.
    pub(in crate::indicators) const APPROVER: Self = Self(1);
    /// Who signs, stamps or reviews beside the approver.
    pub(in crate::indicators) const COUNTERSIGNS: Self = Self(2 | 4 | 8 | 32 | 64);
    /// Who brings the claim and who bears witness to it: no check on the approver.
    pub(in crate::indicators) const OF_THE_CLAIM: Self = Self(32 | 64);
    /// The collective decision.
    pub(in crate::indicators) const DECISION: Self = Self(16);
    /// What no officer of the village can give alone: the township's review and the decision.
    pub(in crate::indicators) const BEYOND_THE_OFFICE: Self = Self(8 | 16);

    /// The set of these duties.
    fn of_duties(duties: impl Iterator<Item = Duty>) -> Self {
        let bit = |duty| BITS.iter().position(|it| *it == duty).map_or(0, |place| 1 << place);
        Self(duties.fold(0, |set, duty| set | bit(duty)))
    }

    /// The duties of the set.
    pub(in crate::indicators) fn duties(self) -> Vec<Duty> {
        let is_in = |place: usize| self.0 & 1 << place != 0;
        let all = BITS.into_iter().enumerate();
        all.filter(|(place, _)| is_in(*place)).map(|(_, duty)| duty).collect()
    }

    /// What a line carries.
    #[inline]
    pub(in crate::indicators) fn of_line(book: &Book, line: LineIx) -> Self {
        let (lines, at) = (&book.lines, line);
        let is = |id: Id| u8::from(id != Id::NONE);
        Self(
            is(lines.approver.at(at))
                | is(lines.cosigner.at(at)) << 1
                | u8::from(lines.committee_stamp.at(at) == Flag::Yes) << 2
                | is(lines.township_reviewer.at(at)) << 3
                | is(lines.decision.at(at)) << 4
                | is(lines.handler.at(at)) << 5
                | is(lines.witness.at(at)) << 6,
        )
    }

    /// What is in both sets.
    pub(in crate::indicators) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in this set and not in the other.
    pub(in crate::indicators) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// How many there are.
    pub(in crate::indicators) fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether there is none.
    pub(in crate::indicators) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The first and the last day on which each role is recorded.
type Days = [Option<(Day, Day)>; ROLES];

/// What bands ask for, and what is recorded where and when.
#[derive(Debug)]
pub(in crate::indicators) struct Recorded {
    /// By row of the table of limits.
    bands: Vec<Roles>,
    /// By village.
    days: IxVec<VillageIx, Days>,
}

impl Recorded {
    /// What the payments and the limits of a book say.
    pub(in crate::indicators) fn of(book: &Book) -> Self {
        let limits = &book.companions.limits;
        let roles = |row| Roles::of_duties(limits.duties(row, &book.names));
        let own = book.by_village().par_map(|_, payments| days(book, payments));
        let townships = townships(book);
        let mut of_township: Vec<Days> = per_township(&townships);
        for (own, township) in own.iter().zip(&townships) {
            if let Some(all) = of_township.get_mut(*township) {
                for (all, own) in all.iter_mut().zip(own) {
                    *all = joined(*all, *own);
                }
            }
        }
        let of = |township: &usize| of_township.get(*township).copied().unwrap_or_default();
        Self {
            bands: (0..limits.rows).map(roles).collect(),
            days: townships.iter().map(of).collect(),
        }
    }

    /// What the payment's band asks for; nothing where no band holds it.
    #[inline]
    pub(in crate::indicators) fn asked(&self, book: &Book, one: Seen) -> Option<Roles> {
        self.bands.get(book.limit_row(one.payment)?).copied()
    }

    /// What the township's records hold on the payment's day.
    #[inline]
    pub(in crate::indicators) fn held(&self, one: Seen) -> Roles {
        let mut set = 0;
        for (place, span) in self.days[one.village].iter().enumerate() {
            let is_held = span.is_some_and(|(first, last)| first <= one.day && one.day <= last);
            set |= u8::from(is_held) << place;
        }
        Roles(set)
    }
}

fn days(book: &Book, payments: &[PaymentIx]) -> Days {
    let mut days = Days::default();
    for one in seen(book, payments) {
        let carried = Roles::of_line(book, one.line);
        for (place, span) in days.iter_mut().enumerate() {
            if carried.0 & 1 << place != 0 {
                *span = joined(*span, Some((one.day, one.day)));
            }
        }
    }
    days
}

fn joined(a: Option<(Day, Day)>, b: Option<(Day, Day)>) -> Option<(Day, Day)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::{Recorded, Roles};
    use crate::indicators::seen::Seen;
    use crate::ledger::book::index::PaymentIx;
    use crate::ledger::sample;

    #[test]
    fn a_role_is_recorded_in_a_township_between_its_first_and_last_day() {
        let ledger = "village,date,cosigner\n\
            990101101201,2024-03-01,\n990101101201,2024-03-05,\n990101101202,2024-03-03,zhu\n\
            990101101202,2024-03-08,zhu\n990101102201,2024-03-05,\n";
        let limits = "region,expense_class,from_amount,valid_from,requires\n\
            990101,non-production,0,2020-01-01,审批、会签人、证明人\n";
        let book = sample::book(&[("ledger", ledger), ("limits", limits)]);
        let recorded = Recorded::of(&book);
        let held = |payment: usize| recorded.held(Seen::of(&book, PaymentIx::from(payment)));
        assert!(held(0).is_empty() && held(4).is_empty());
        assert_eq!((held(1), held(1)), (Roles(2), held(2)));
        let asked = recorded.asked(&book, Seen::of(&book, PaymentIx::from(0))).unwrap();
        assert_eq!(asked, Roles(1 | 2 | 64));
    }
}
