//! Places in the tables of a book, a type for each table: the place of a payee opens no column of payments.

use std::fmt;
use std::num::NonZero;
use std::ops::Range;

use crate::ledger::contract::table::Row;

macro_rules! indices {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        // It holds one more than the place: with nothing at 0, an `Option` of it takes no more room.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(NonZero<u32>);

        impl $name {
            /// The places of a table with so many rows.
            pub fn all(
                rows: usize,
            ) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
                (0..rows).map(Self::from)
            }

            /// The places of a range.
            pub fn within(
                range: &Range<Self>,
            ) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone + use<> {
                (usize::from(range.start)..usize::from(range.end)).map(Self::from)
            }
        }

        impl From<usize> for $name {
            #[inline]
            fn from(place: usize) -> Self {
                Self(one_more(place, stringify!($name)))
            }
        }

        impl From<$name> for usize {
            #[inline]
            fn from(index: $name) -> Self {
                index.0.get() as usize - 1
            }
        }

        /// As a row of a plain table.
        impl From<$name> for u32 {
            #[inline]
            fn from(index: $name) -> Self {
                index.0.get() - 1
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                usize::from(*self).fmt(f)
            }
        }
    )*};
}

indices!(
    /// A payment: a place in `Book::payments`.
    PaymentIx,
    /// A line of the ledger: a place in `Book::lines`.
    LineIx,
    /// Someone who was paid: a place in `Book::payees`.
    PayeeIx,
    /// An official: a place in `Book::officials`.
    PersonIx,
    /// A village: a place in `Book::villages`.
    VillageIx,
    /// The payments to a payee from one account: a group of `Book::by_payee_account`.
    PayeeAccountIx,
    /// A row of the table of limits.
    LimitIx,
    /// A subject of a grain that only the run knows: a place in the table of that grain.
    SubjectIx
);

#[inline]
fn one_more(place: usize, index: &str) -> NonZero<u32> {
    let one_more =
        u32::try_from(place).ok().and_then(|place| NonZero::<u32>::MIN.checked_add(place));
    one_more.unwrap_or_else(|| panic!("place {place} is beyond the {} places of {index}", u32::MAX))
}

macro_rules! subjects {
    ($($name:ident),*) => {$(
        impl From<$name> for SubjectIx {
            #[inline]
            fn from(index: $name) -> Self {
                Self(index.0)
            }
        }

        impl $name {
            /// The place of a subject that is known to be of this grain.
            #[inline]
            pub fn of(subject: SubjectIx) -> Self {
                Self(subject.0)
            }
        }
    )*};
}

subjects!(PaymentIx, PayeeIx, PersonIx, VillageIx);

impl Row for LineIx {
    #[inline]
    fn row(self) -> usize {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use typed_index_collections::{TiVec, ti_vec};

    use super::{LineIx, PayeeIx};

    #[test]
    fn a_place_that_may_be_absent_takes_no_more_room_and_the_order_is_that_of_places() {
        assert_eq!(size_of::<Option<PayeeIx>>(), size_of::<u32>());
        assert!(PayeeIx::all(3).is_sorted());
        assert_eq!(PayeeIx::all(3).map(usize::from).collect::<Vec<_>>(), [0, 1, 2]);
        let within = LineIx::within(&(2.into()..4.into()));
        assert_eq!(format!("{:?}", within.collect::<Vec<_>>()), "[2, 3]");
    }

    #[test]
    #[should_panic(expected = "the len is 2 but the index is 5")]
    fn a_place_beyond_the_end_is_told_with_the_length() {
        let names: TiVec<PayeeIx, &str> = ti_vec!["li", "zhu"];
        let _ = names[PayeeIx::from(5)];
    }

    #[test]
    #[should_panic(expected = "place 4294967295 is beyond the 4294967295 places of PayeeIx")]
    fn a_place_beyond_what_an_index_holds_is_told() {
        let _ = PayeeIx::from(u32::MAX as usize);
    }
}
