//! Typed indices: one type per table, so that an index of payees cannot access a column of payments.

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
        // Stores the index plus one, so that an `Option` of it has the same size.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(NonZero<u32>);

        impl $name {
            /// All indices of a table with this number of rows.
            pub fn all(
                rows: usize,
            ) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
                (0..rows).map(Self::from)
            }

            /// The indices in a range.
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

        /// The row number in an untyped table.
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
    /// A payment: an index into `Book::payments`.
    PaymentIx,
    /// A line of the ledger: an index into `Book::lines`.
    LineIx,
    /// A payee: an index into `Book::payees`.
    PayeeIx,
    /// An official: an index into `Book::officials`.
    PersonIx,
    /// A village: an index into `Book::villages`.
    VillageIx,
    /// The payments to a payee from one account: a group of `Book::by_payee_account`.
    PayeeAccountIx,
    /// A row of the table of limits.
    LimitIx,
    /// A row of the table of subsidies.
    RosterIx,
    /// A subject of a grain that is known at run time: an index into the table of that grain.
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
            /// Converts the index of a subject of this grain.
            #[inline]
            pub fn of(subject: SubjectIx) -> Self {
                Self(subject.0)
            }
        }
    )*};
}

subjects!(PaymentIx, PayeeIx, PersonIx, VillageIx);

macro_rules! rows {
    ($($name:ident),*) => {$(
        impl Row for $name {
            #[inline]
            fn row(self) -> usize {
                self.into()
            }
        }
    )*};
}

rows!(LineIx, RosterIx);

/// A vector that can be indexed by one index type only.
// There is no `get` and no dereference to a slice: an index out of bounds is a bug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IxVec<I, T> {
    /// The values, in order.
    pub raw: Vec<T>,
    index: PhantomData<I>,
}

impl<I: Copy + From<usize> + Into<usize>, T> IxVec<I, T> {
    /// A vector with the same value at all indices.
    pub fn of(value: T, rows: usize) -> Self
    where
        T: Clone,
    {
        vec![value; rows].into()
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.raw.len()
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// All indices.
    pub fn keys(
        &self,
    ) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + Clone + use<I, T> {
        (0..self.len()).map(I::from)
    }

    /// All values.
    pub fn iter(&self) -> Iter<'_, T> {
        self.raw.iter()
    }

    /// All values with their indices.
    pub fn iter_enumerated(
        &self,
    ) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator + Clone {
        self.raw.iter().enumerate().map(|(place, value)| (I::from(place), value))
    }

    /// The values of a range of indices.
    pub fn within(&self, range: &Range<I>) -> &[T] {
        let (from, to) = (range.start.into(), range.end.into());
        self.raw.get(from..to).unwrap_or_else(|| beyond::<I>(to, self.raw.len()))
    }

    /// The index of a value in a sorted vector.
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
