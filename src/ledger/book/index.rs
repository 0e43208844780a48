//! Places in the tables of a book, a type for each table: the place of a payee opens no column of payments.

use std::any::type_name;
use std::fmt;
use std::marker::PhantomData;
use std::num::NonZero;
use std::ops::{Index, IndexMut, Range};
use std::slice::Iter;
use std::vec::IntoIter;

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

/// A vector that its own kind of index opens, and no other.
// No `get` and no slice behind it: a place that is not there is a fault and no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IxVec<I, T> {
    /// The values, in order.
    pub raw: Vec<T>,
    index: PhantomData<I>,
}

impl<I: Copy + From<usize> + Into<usize>, T> IxVec<I, T> {
    /// The same value at so many places.
    pub fn of(value: T, rows: usize) -> Self
    where
        T: Clone,
    {
        vec![value; rows].into()
    }

    /// The number of places.
    pub fn len(&self) -> usize {
        self.raw.len()
    }

    /// Whether there is no place.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// Every place.
    pub fn keys(
        &self,
    ) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + Clone + use<I, T> {
        (0..self.len()).map(I::from)
    }

    /// Every value.
    pub fn iter(&self) -> Iter<'_, T> {
        self.raw.iter()
    }

    /// Every value with its place.
    pub fn iter_enumerated(
        &self,
    ) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator + Clone {
        self.raw.iter().enumerate().map(|(place, value)| (I::from(place), value))
    }

    /// The values of a range of places.
    pub fn within(&self, range: &Range<I>) -> &[T] {
        let (from, to) = (range.start.into(), range.end.into());
        self.raw.get(from..to).unwrap_or_else(|| beyond::<I>(to, self.raw.len()))
    }

    /// The place of a value among sorted ones.
    pub fn place(&self, value: &T) -> Option<I>
    where
        T: Ord,
    {
        self.raw.binary_search(value).ok().map(I::from)
    }
}

impl<I: Into<usize>, T> Index<I> for IxVec<I, T> {
    type Output = T;

    #[inline]
    fn index(&self, index: I) -> &T {
        let place = index.into();
        self.raw.get(place).unwrap_or_else(|| beyond::<I>(place, self.raw.len()))
    }
}

impl<I: Into<usize>, T> IndexMut<I> for IxVec<I, T> {
    #[inline]
    fn index_mut(&mut self, index: I) -> &mut T {
        let (place, len) = (index.into(), self.raw.len());
        self.raw.get_mut(place).unwrap_or_else(|| beyond::<I>(place, len))
    }
}

#[cold]
fn beyond<I>(place: usize, len: usize) -> ! {
    panic!("there is no {} {place} among {len}", type_name::<I>())
}

impl<I, T> Default for IxVec<I, T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<I, T> From<Vec<T>> for IxVec<I, T> {
    fn from(raw: Vec<T>) -> Self {
        Self { raw, index: PhantomData }
    }
}

impl<I, T> FromIterator<T> for IxVec<I, T> {
    fn from_iter<A: IntoIterator<Item = T>>(values: A) -> Self {
        Vec::from_iter(values).into()
    }
}

impl<I, T> IntoIterator for IxVec<I, T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        self.raw.into_iter()
    }
}

impl<'a, I, T> IntoIterator for &'a IxVec<I, T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.raw.iter()
    }
}

#[cfg(test)]
mod tests {

    use super::{IxVec, LineIx, PayeeIx};

    #[test]
    fn a_place_that_may_be_absent_takes_no_more_room_and_the_order_is_that_of_places() {
        assert_eq!(size_of::<Option<PayeeIx>>(), size_of::<u32>());
        assert!(PayeeIx::all(3).is_sorted());
        assert_eq!(PayeeIx::all(3).map(usize::from).collect::<Vec<_>>(), [0, 1, 2]);
        let within = LineIx::within(&(2.into()..4.into()));
        assert_eq!(format!("{:?}", within.collect::<Vec<_>>()), "[2, 3]");
    }

    #[test]
    #[should_panic(expected = "PayeeIx 5 among 2")]
    fn a_place_beyond_the_end_is_told_with_the_length() {
        let names: IxVec<PayeeIx, &str> = vec!["li", "zhu"].into();
        let _ = names[PayeeIx::from(5)];
    }

    #[test]
    #[should_panic(expected = "place 4294967295 is beyond the 4294967295 places of PayeeIx")]
    fn a_place_beyond_what_an_index_holds_is_told() {
        let _ = PayeeIx::from(u32::MAX as usize);
    }
}
