//! Conversions between numeric types, each with its loss of precision.

use std::fmt::Display;

/// An integer type that can be converted to a floating-point number.
pub trait Whole: Copy {
    /// Converts to `f64`. Exact below 2^53, which counts, rows and amounts in fen never reach.
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

/// Converts a count, a row or an amount to `f64`.
#[inline]
pub fn float(number: impl Whole) -> f64 {
    number.to_f64()
}

/// Rounds to single precision, about seven digits.
#[expect(clippy::cast_possible_truncation, reason = "seven digits are what is kept")]
#[inline]
pub fn narrow(number: f64) -> f32 {
    number as f32
}

/// Converts a row number or a count to the 32-bit type of tables.
///
/// # Panics
/// If the number exceeds 32 bits, which no table reaches.
#[inline]
pub fn row32(number: impl TryInto<u32> + Display + Copy) -> u32 {
    number.try_into().unwrap_or_else(|_| panic!("{number} is beyond 32 bits"))
}
