//! Decimal amounts of any size and precision, and their digits.

use std::cmp::Ordering;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::convert::float;
use crate::stats::digits::Digits;

/// The maximum number of digits, limited by 128 bits.
const LONGEST: u32 = 37;

/// The largest accepted power of ten, limited by the range of a double.
const FARTHEST: i32 = 290;

/// Relative differences below this are considered rounding errors of equal doubles.
const ROUNDING: f64 = 1e-12;

/// A number `digits * 10^-scale`, without trailing zeros in `digits`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    digits: i128,
    scale: i32,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self { digits: 0, scale: 0 };

    /// The number `digits * 10^-scale`; digits after the 37th are truncated.
    pub fn new(digits: i128, scale: i32) -> Self {
        let (mut digits, mut scale) = (digits, scale);
        if digits == 0 {
            return Self::ZERO;
        }
        while digits % 10 == 0 || digits.unsigned_abs().ilog10() >= LONGEST {
            digits /= 10;
            scale -= 1;
        }
        Self { digits, scale }
    }

    /// An amount in fen.
    pub fn of_fen(fen: i64) -> Self {
        Self::new(i128::from(fen), 2)
    }

    /// The shortest decimal that parses to this double; `None` if it is not finite.
    pub fn of_double(value: f64) -> Option<Self> {
        value.is_finite().then(|| Self::parse(&format!("{value:e}"))).flatten()
    }

    /// The shortest decimal that parses to this single-precision number; `None` if it is not finite.
    pub fn of_single(value: f32) -> Option<Self> {
        value.is_finite().then(|| Self::parse(&format!("{value:e}"))).flatten()
    }

    /// Parses a number in plain or scientific notation, such as `-0.00012345` or `1.5e15`. Digits after the 37th are
    /// truncated; numbers outside the range of a double give `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let unsigned = number.strip_prefix(['-', '+']).unwrap_or(number);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let all = || whole.bytes().chain(fraction.bytes());
        if all().next().is_none() || !all().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let zeros = all().take_while(|byte| *byte == b'0').count();
        let shown = || all().skip(zeros).take(LONGEST as usize);
        let digits = shown().fold(0_i128, |digits, byte| digits * 10 + i128::from(byte - b'0'));
        let left_out = all().count() - zeros - shown().count();
        let scale =
            i32::try_from(fraction.len()).ok()?.checked_sub(i32::try_from(left_out).ok()?)?;
        let read = Self::new(digits, scale.checked_sub(exponent)?);
        let read =
            if number.starts_with('-') { Self { digits: -read.digits, ..read } } else { read };
        (read.digits == 0 || read.power().abs() <= FARTHEST).then_some(read)
    }

    /// The absolute value.
    #[must_use]
    pub fn abs(self) -> Self {
        Self { digits: self.digits.abs(), ..self }
    }

    /// Whether the number is below zero.
    pub fn is_negative(self) -> bool {
        self.digits < 0
    }

    /// Whether the number is zero.
    pub fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// The power of ten of the first digit.
    fn power(self) -> i32 {
        let length = self.digits.unsigned_abs().checked_ilog10().unwrap_or(0);
        i32::try_from(length).unwrap_or(0).saturating_sub(self.scale)
    }

    /// The number as a double.
    pub fn value(self) -> f64 {
        let power = self.scale.unsigned_abs();
        let ten = |power: u32| 10_f64.powi(i32::try_from(power).unwrap_or(i32::MAX));
        // In two steps, since the full power of ten may exceed the range of a double although the result does not.
        let (half, rest) = (ten(power / 2), ten(power - power / 2));
        let digits = float(self.digits);
        if self.scale > 0 { digits / half / rest } else { digits * half * rest }
    }

    /// The amount in fen, if it is exact to the fen and fits 64 bits.
    pub fn fen(self) -> Option<i64> {
        let zeros = u32::try_from(2_i32.checked_sub(self.scale)?).ok()?;
        i64::try_from(self.digits.checked_mul(10_i128.checked_pow(zeros)?)?).ok()
    }

    /// The two digits of the fen; `None` if the amount is not exact to the fen or below one yuan.
    fn last_two(self) -> Option<u128> {
        let digits = self.digits.unsigned_abs();
        let is_small = digits == 0 || self.power() < 0;
        match self.scale {
            _ if is_small => None,
            ..=0 => Some(0),
            1 => Some(digits % 10 * 10),
            2 => Some(digits % 100),
            _ => None,
        }
    }

    /// Whether the amount is exact to the fen.
    pub fn is_in_fen(self) -> bool {
        self.scale <= 2
    }

    /// The digits of one kind, as [`Digits::of`].
    pub fn shown(self, kind: Digits) -> Option<u8> {
        let digits = match kind {
            Digits::LastTwo => self.last_two()?,
            Digits::First => first_two(self.digits.unsigned_abs())? / 10,
            Digits::Second => first_two(self.digits.unsigned_abs())? % 10,
            Digits::FirstTwo => first_two(self.digits.unsigned_abs())?,
        };
        u8::try_from(digits).ok()
    }

    /// The fractional part of the decimal logarithm; `None` for zero.
    pub fn mantissa(self) -> Option<f64> {
        let digits = self.digits.unsigned_abs();
        let length = digits.checked_ilog10()?;
        Some((float(digits)).log10() - f64::from(length))
    }

    /// An amount of at least ten yuan scaled by a power of ten to the range from 10 to 100.
    pub fn collapsed(self) -> Option<f64> {
        let digits = self.digits.unsigned_abs();
        let length = digits.checked_ilog10().filter(|_| self.power() >= 1)?;
        Some(float(digits) / 10_f64.powi(i32::try_from(length).ok()? - 1))
    }

    /// The difference to a smaller number; `None` if it is zero or within the rounding error of doubles.
    pub fn gap(self, smaller: Self) -> Option<Self> {
        let (high, low) = (self.value(), smaller.value());
        if high - low <= high.abs() * ROUNDING {
            return None;
        }
        let scale = self.scale.max(smaller.scale);
        let aligned = |it: Self| {
            let shift = 10_i128.checked_pow(scale.checked_sub(it.scale)?.unsigned_abs())?;
            it.digits.checked_mul(shift)
        };
        let exact =
            aligned(self).zip(aligned(smaller)).and_then(|(high, low)| high.checked_sub(low));
        match exact {
            Some(digits) => Some(Self::new(digits, scale)),
            None if low.abs() <= high.abs() * ROUNDING => Some(self),
            None => Self::of_double(high - low),
        }
    }
}

/// The first two digits of an integer; 7 gives 70, as for 0.070.
fn first_two(number: u128) -> Option<u128> {
    match number.checked_ilog10()? {
        0 => Some(number * 10),
        length => Some(number / 10_u128.pow(length - 1)),
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_size = |a: &Self, b: &Self| {
            let aligned = |it: &Self, power: i32| {
                let up = u32::try_from(36 - power).ok()?;
                it.digits.unsigned_abs().checked_mul(10_u128.checked_pow(up)?)
            };
            let length = |it: &Self| it.digits.unsigned_abs().checked_ilog10().unwrap_or(0);
            let place = |it: &Self| i32::try_from(length(it)).unwrap_or(0);
            a.power().cmp(&b.power()).then_with(|| aligned(a, place(a)).cmp(&aligned(b, place(b))))
        };
        self.digits.signum().cmp(&other.digits.signum()).then_with(|| match self.digits.signum() {
            0 => Ordering::Equal,
            1 => by_size(self, other),
            _ => by_size(other, self),
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    /// Yuan with at least two decimals; very long numbers in scientific notation.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.digits < 0 { "-" } else { "" };
        if self.scale > 20 || self.scale < -20 {
            let digits = self.digits.unsigned_abs().to_string();
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            return write!(f, "{sign}{first}{point}{rest}e{}", self.power());
        }
        let decimals = usize::try_from(self.scale.max(0)).unwrap_or(0);
        let zeros = usize::try_from((-self.scale).max(0)).unwrap_or(0);
        let digits = format!("{}{}", self.digits.unsigned_abs(), "0".repeat(zeros));
        let digits = format!("{digits:0>width$}", width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        write!(f, "{sign}{whole}.{fraction:0<2}")
    }
}

impl Serialize for Decimal {
    /// An integer number of fen if exact, otherwise yuan as text, which preserves all digits.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.fen() {
            Some(fen) => serializer.serialize_i64(fen),
            None => serializer.collect_str(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;
    use crate::stats::digits::Digits;

    fn read(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn the_first_digits_are_those_of_the_number_wherever_its_point_is() {
        for (text, expected) in [
            ("0.00012345", [Some(1), Some(2), Some(12), None]),
            ("1e15", [Some(1), Some(0), Some(10), Some(0)]),
            ("-98.765", [Some(9), Some(8), Some(98), None]),
            ("1234.5", [Some(1), Some(2), Some(12), Some(50)]),
            ("12.34", [Some(1), Some(2), Some(12), Some(34)]),
            ("0.07", [Some(7), Some(0), Some(70), None]),
            ("123456789012345678901234567890123456789012", [Some(1), Some(2), Some(12), Some(0)]),
            ("0", [None, None, None, None]),
        ] {
            assert_eq!(Digits::ALL.map(|kind| read(text).shown(kind)), expected, "{text}");
        }
        for fen in [1, 5, 99, 100, 123_456, 99_900, i64::MAX] {
            let decimal = Decimal::of_fen(fen);
            assert_eq!(decimal.fen(), Some(fen));
            assert_eq!(
                Digits::ALL.map(|kind| decimal.shown(kind)),
                Digits::ALL.map(|kind| kind.of(fen))
            );
        }
    }

    #[test]
    fn doubles_have_the_digits_in_which_people_write_them() {
        assert_eq!(Decimal::of_double(0.1), Some(read("0.1")));
        assert_eq!(Decimal::of_double(1e15), Some(read("1000000000000000")));
        assert_eq!(Decimal::of_single(0.29), Some(read("0.29")));
        assert_eq!(Decimal::of_double(f64::NAN), None);
        assert_eq!(Decimal::of_double(-0.0), Some(Decimal::ZERO));
    }

    #[test]
    fn what_is_no_number_or_has_no_double_is_refused() {
        for text in ["", "-", ".", "1e", "abc", "1.2.3", "1e999", "1e-999", "1e99999999999"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_ordered_shown_and_taken_apart() {
        let mut all = ["3", "-5", "0.5", "0", "-0.1", "2.999", "30", "1e20"].map(read);
        all.sort_unstable();
        let shown = all.map(|it| it.to_string());
        let expected = [
            "-5.00",
            "-0.10",
            "0.00",
            "0.50",
            "2.999",
            "3.00",
            "30.00",
            "100000000000000000000.00",
        ];
        assert_eq!(shown, expected);
        assert_eq!(read("3").gap(read("2.999")), Some(read("0.001")));
        assert_eq!(read("3").gap(read("3")), None);
        assert_eq!(read("0.30000000000000004").gap(read("0.3")), None);
        assert_eq!(read("1e200").gap(read("1")), Some(read("1e200")));
        assert_eq!(read("-1.25e200").to_string(), "-1.25e200");
        assert_eq!(read("3e-21").to_string(), "3e-21");
    }

    #[test]
    fn a_value_is_the_double_of_its_text() {
        for text in ["0.00012345", "1e280", "1e-280", "-12.5", "123456789.123456789"] {
            let gap = (read(text).value() - text.parse::<f64>().unwrap()).abs();
            assert!(gap <= 4.0 * f64::EPSILON * read(text).value().abs(), "{text}");
        }
    }
}
