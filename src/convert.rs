//! Conversions between kinds of numbers, each with what it may lose.

use std::fmt::Display;

/// A whole number that is reckoned with as a real one.
pub trait Whole: Copy {
    /// The number as a double: exact below 2^53, which counts, rows and amounts in fen do not reach.
    fn to_f64(self) -> f64;
}

macro_rules! whole {
    ($($kind:ty)*) => {$(
        impl Whole for $kind {
            #[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
            #[inline]
            fn to_f64(self) -> f64 {
                self as f64
            }
        }
    )*};
}

whole!(usize u64 i64 u128 i128);

/// A count, a row or an amount as a real number.
#[inline]
pub fn float(number: impl Whole) -> f64 {
    number.to_f64()
}

/// The nearest number of seven digits.
#[expect(clippy::cast_possible_truncation, reason = "seven digits are what is kept")]
#[inline]
pub fn narrow(number: f64) -> f32 {
    number as f32
}

/// A row or a count as tables hold it.
///
/// # Panics
/// Beyond 32 bits: no table has so many rows.
#[inline]
pub fn row32(number: impl TryInto<u32> + Display + Copy) -> u32 {
    number.try_into().unwrap_or_else(|_| panic!("{number} is beyond 32 bits"))
}
