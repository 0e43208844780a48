//! Conversion of stored columns of any accepted type to cells.
//!
//! A value that cannot be parsed becomes a [`Fault`] and an empty cell. A timestamp without a time zone is local time;
//! one with a time zone is converted to China's time (UTC+8), regardless of the zone named in the file.

use arrow::array::Array;
use arrow::datatypes::{DataType, TimeUnit};
use thiserror::Error;

use crate::convert::float;
use crate::ledger::contract::cell::{Cell, Day, Fen, Flag, Int, Moment, Real};
use crate::ledger::contract::fault::Fault;
use crate::ledger::contract::parse::{self, DAY_SECONDS, Reason};
use crate::ledger::contract::raw::{Group, Raw, cells, words};

/// The cells of a column with faults and conversions.
#[derive(Debug, Clone, PartialEq)]
pub struct Coerced<T> {
    /// One cell per row.
    pub cells: Vec<T>,
    /// The faults in row order; their cells are empty.
    pub faults: Vec<Fault>,
    /// The conversion, such as "float64 to yuan"; `None` if the type is that of the contract.
    pub converted: Option<String>,
}

/// A column whose type cannot be converted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "expected {expected}, found a column of type {found}; export it in the contract's type or as text"
)]
pub struct Unfit {
    /// A description of the expected type.
    pub expected: &'static str,
    /// The type found.
    pub found: DataType,
}

pub(in crate::ledger) const NUMBERS: &[Group] =
    &[Group::Whole, Group::Decimal, Group::Float, Group::Text];
const DATES: &[Group] = &[Group::Date, Group::Whole, Group::Text];
const FLAGS: &[Group] = &[Group::Bool, Group::Whole, Group::Float, Group::Text];

/// Converts amounts in yuan: decimals of any scale, integers, floats and texts, all exact to the fen.
///
/// A float64 is exact if a hundred times its value is within 1e-6 fen plus one unit in the last place (2^-52 of it) of
/// an integer: the first covers sums of floats, the second the two roundings of a stored decimal; at the limit of 10^13
/// yuan both together remain below half a fen. A float32 must be the nearest float32 of some integer number of fen, and
/// below 2^17 yuan, where distinct fen have distinct float32 values.
///
/// # Errors
/// If the column has another type.
pub fn money(array: &dyn Array) -> Result<Coerced<Fen>, Unfit> {
    let own = matches!(array.data_type(), DataType::Decimal128(_, 2));
    coerce(array, own, "yuan", NUMBERS, |raw| match raw {
        Raw::Decimal(digits, scale) => parse::fen(*digits, *scale),
        Raw::Whole(yuan) => parse::fen(*yuan, 0),
        Raw::Long(_) => Err(Reason::OutOfRange),
        Raw::Double(yuan) => fen_of_double(*yuan),
        Raw::Single(yuan) => fen_of_single(*yuan),
        Raw::Text(text) => parse::money(text),
        _ => Err(Reason::NotANumber),
    })
}

/// Converts days: dates, timestamps, texts as in [`parse::day`], and numbers such as 20240305.
///
/// # Errors
/// If the column has another type.
pub fn day(array: &dyn Array) -> Result<Coerced<Day>, Unfit> {
    let own = *array.data_type() == DataType::Date32;
    coerce(array, own, "day", DATES, |raw| match raw {
        Raw::Day(days) => parse::day_of_days(*days),
        Raw::Second(second) => parse::day_of_days(second.div_euclid(DAY_SECONDS)),
        Raw::Whole(number) => parse::day_of_digits(*number),
        Raw::Text(text) => parse::day(text),
        _ => Err(Reason::NotADate),
    })
}

/// Converts moments on the office's clock: timestamps, dates (midnight), texts as in [`parse::moment`], and numbers
/// such as 20240305 and 20240305143000. Fractions of a second are dropped.
///
/// # Errors
/// If the column has another type.
pub fn moment(array: &dyn Array) -> Result<Coerced<Moment>, Unfit> {
    let own = matches!(array.data_type(), DataType::Timestamp(TimeUnit::Millisecond, None));
    coerce(array, own, "moment", DATES, |raw| match raw {
        Raw::Second(second) => parse::day_of_days(second.div_euclid(DAY_SECONDS))
            .map(|_| Moment(*second))
            .map_err(|_| Reason::NotAMoment),
        Raw::Day(days) => midnight(parse::day_of_days(*days)),
        Raw::Whole(number) if *number > 99_999_999 => moment_of_digits(*number),
        Raw::Whole(number) => midnight(parse::day_of_digits(*number)),
        Raw::Text(text) => parse::moment(text),
        _ => Err(Reason::NotAMoment),
    })
}

/// Converts counts: integers, and decimals, floats and texts without a fraction.
///
/// # Errors
/// If the column has another type.
pub fn int(array: &dyn Array) -> Result<Coerced<Int>, Unfit> {
    let own = *array.data_type() == DataType::Int32;
    coerce(array, own, "whole number", NUMBERS, |raw| match raw {
        Raw::Whole(value) => parse::whole(*value, 0),
        Raw::Decimal(digits, scale) => parse::whole(*digits, *scale),
        Raw::Long(_) => Err(Reason::OutOfRange),
        Raw::Double(value) => whole_of_double(*value),
        Raw::Single(value) => whole_of_double(f64::from(*value)),
        Raw::Text(text) => parse::int(text),
        _ => Err(Reason::NotANumber),
    })
}

/// Converts quantities: numbers, and texts that are numbers. NaN is a fault, not an empty cell.
///
/// # Errors
/// If the column has another type.
pub fn real(array: &dyn Array) -> Result<Coerced<Real>, Unfit> {
    let own = *array.data_type() == DataType::Float64;
    coerce(array, own, "number", NUMBERS, |raw| match raw {
        Raw::Double(value) if value.is_finite() => Ok(Real(*value)),
        Raw::Single(value) if value.is_finite() => Ok(Real(f64::from(*value))),
        Raw::Double(_) | Raw::Single(_) => Err(Reason::NotFinite),
        Raw::Whole(value) => Ok(Real(float(*value))),
        // Parsing the decimal text rounds only once.
        other => parse::real(&other.to_string()),
    })
}

/// Converts yes or no: booleans, 0 and 1, and the words of [`parse::flag`].
///
/// # Errors
/// If the column has another type.
pub fn flag(array: &dyn Array) -> Result<Coerced<Flag>, Unfit> {
    let own = *array.data_type() == DataType::Boolean;
    coerce(array, own, "yes or no", FLAGS, |raw| match raw {
        Raw::Bool(true) => Ok(Flag::Yes),
        Raw::Bool(false) => Ok(Flag::No),
        other => parse::flag(&other.to_string()),
    })
}

pub(in crate::ledger) fn fen_of_double(yuan: f64) -> Result<Fen, Reason> {
    let exact = yuan * 100.0;
    let fen = exact.round();
    if !exact.is_finite() {
        Err(Reason::NotFinite)
    } else if fen.abs() >= 1e15 {
        Err(Reason::OutOfRange)
    } else if (exact - fen).abs() > 1e-6 + exact.abs() * f64::EPSILON {
        Err(Reason::MoreThanTwoDecimals)
    } else {
        #[expect(clippy::cast_possible_truncation, reason = "whole, and below 10^15")]
        Ok(Fen(fen as i64))
    }
}

pub(in crate::ledger) fn fen_of_single(yuan: f32) -> Result<Fen, Reason> {
    if yuan.abs() >= 131_072.0 {
        return Err(Reason::FenLost);
    }
    let fen = (f64::from(yuan) * 100.0).round();
    #[expect(clippy::cast_possible_truncation, reason = "the nearest float32 is what is asked for")]
    let nearest = (fen / 100.0) as f32;
    match yuan {
        yuan if !yuan.is_finite() => Err(Reason::NotFinite),
        yuan if nearest.total_cmp(&yuan).is_eq() => fen_of_double(fen / 100.0),
        _ => Err(Reason::MoreThanTwoDecimals),
    }
}

fn whole_of_double(value: f64) -> Result<Int, Reason> {
    if !value.is_finite() {
        Err(Reason::NotFinite)
    } else if value.fract() != 0.0 {
        Err(Reason::NotWhole)
    } else {
        // The cast saturates, and a saturated value does not fit 32 bits.
        #[expect(clippy::cast_possible_truncation, reason = "whole; too large is told next")]
        parse::whole(value as i128, 0)
    }
}

fn midnight(day: Result<Day, Reason>) -> Result<Moment, Reason> {
    day.map(|day| Moment(i64::from(day.0) * DAY_SECONDS)).map_err(|_| Reason::NotAMoment)
}

/// A moment as one number, `20240305143000`.
fn moment_of_digits(number: i128) -> Result<Moment, Reason> {
    let Moment(midnight) = midnight(parse::day_of_digits(number / 1_000_000))?;
    let clock = i64::try_from(number % 1_000_000).map_err(|_| Reason::NotAMoment)?;
    let (hour, minute, second) = (clock / 10_000, clock / 100 % 100, clock % 100);
    let fits = hour < 24 && minute < 60 && second < 60;
    let moment = Moment(midnight + hour * 3_600 + minute * 60 + second);
    if fits { Ok(moment) } else { Err(Reason::NotAMoment) }
}

pub(in crate::ledger) fn coerce<T: Cell>(
    array: &dyn Array,
    own: bool,
    expected: &'static str,
    groups: &[Group],
    read: impl Fn(&Raw<'_>) -> Result<T, Reason> + Copy,
) -> Result<Coerced<T>, Unfit> {
    let unfit = || Unfit { expected, found: array.data_type().clone() };
    let converted = match array.data_type() {
        DataType::Null => None,
        _ if own => None,
        stored => Some(format!("{} to {expected}", words(stored).ok_or_else(unfit)?)),
    };
    let (cells, faults) = cells(array, groups, read).ok_or_else(unfit)?;
    Ok(Coerced { cells, faults, converted })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Reason::{
        FenLost, MoreThanTwoDecimals, NotADate, NotAMoment, NotANumber, NotFinite, NotWhole,
        NotYesOrNo, OutOfRange,
    };
    use super::{day, flag, int, moment, money, real};
    use crate::ledger::contract::cell::{Cell, Day, Fen, Flag, Int, Moment, Real};
    use arrow::array::{
        Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Date64Array, Decimal32Array,
        Decimal64Array, Decimal128Array, Decimal256Array, DictionaryArray, Float32Array,
        Float64Array, Int8Array, Int32Array, Int64Array, LargeStringArray, NullArray, StringArray,
        StringViewArray, TimestampMicrosecondArray, TimestampMillisecondArray,
        TimestampNanosecondArray, TimestampSecondArray, UInt64Array,
    };
    use arrow::datatypes::{Int32Type, i256};

    fn arc(array: impl Array + 'static) -> ArrayRef {
        Arc::new(array)
    }

    #[test]
    fn money_of_every_stored_type_is_exact_to_the_fen() {
        let wide = i256::from_i128(123_450).checked_mul(i256::from_i128(10).wrapping_pow(34));
        let table: Vec<(ArrayRef, &[i64])> = vec![
            (
                arc(Decimal128Array::from(vec![123_450, -5])
                    .with_precision_and_scale(18, 2)
                    .unwrap()),
                &[123_450, -5],
            ),
            (
                arc(Decimal128Array::from(vec![12_345]).with_precision_and_scale(18, 1).unwrap()),
                &[123_450],
            ),
            (
                arc(Decimal128Array::from(vec![5]).with_precision_and_scale(5, -2).unwrap()),
                &[50_000],
            ),
            (
                arc(Decimal128Array::from(vec![1_234_500_000])
                    .with_precision_and_scale(38, 6)
                    .unwrap()),
                &[123_450],
            ),
            (
                arc(Decimal256Array::from(vec![wide.unwrap()])
                    .with_precision_and_scale(76, 36)
                    .unwrap()),
                &[123_450],
            ),
            (
                arc(Decimal32Array::from(vec![12_345]).with_precision_and_scale(9, 1).unwrap()),
                &[123_450],
            ),
            (
                arc(Decimal64Array::from(vec![123_450]).with_precision_and_scale(18, 2).unwrap()),
                &[123_450],
            ),
            (arc(Int8Array::from(vec![-3])), &[-300]),
            (arc(Int64Array::from(vec![1_234])), &[123_400]),
            (arc(UInt64Array::from(vec![7])), &[700]),
            (
                arc(Float64Array::from(vec![
                    1_234.5,
                    0.1 + 0.2,
                    0.29,
                    -0.58,
                    9_999_999_999_999.99,
                    -0.0,
                ])),
                &[123_450, 30, 29, -58, 999_999_999_999_999, 0],
            ),
            (
                arc(Float32Array::from(vec![0.29, 100_000.53, -1_234.5])),
                &[29, 10_000_053, -123_450],
            ),
            (arc(StringArray::from(vec!["1,234.50", "￥１２３４．５０"])), &[123_450, 123_450]),
            (arc(LargeStringArray::from(vec!["(1)"])), &[-100]),
            (arc(StringViewArray::from(vec![" 12 "])), &[1_200]),
        ];
        for (array, fen) in table {
            let coerced = money(array.as_ref()).unwrap();
            let expected: Vec<_> = fen.iter().copied().map(Fen).collect();
            assert_eq!(coerced.cells, expected, "{:?}", array.data_type());
            assert_eq!(coerced.faults, [], "{:?}", array.data_type());
        }
    }

    #[test]
    fn money_that_is_not_exact_is_a_fault_with_its_row_and_value() {
        let doubles = Float64Array::from(vec![
            Some(0.001),
            None,
            Some(f64::NAN),
            Some(1e13),
            Some(f64::INFINITY),
            Some(1_234.567),
        ]);
        let coerced = money(&doubles).unwrap();
        assert!(coerced.cells.iter().all(|cell| *cell == Fen::NONE));
        let told: Vec<_> = coerced
            .faults
            .iter()
            .map(|fault| (fault.row, fault.value.as_str(), fault.reason))
            .collect();
        let expected = [
            (0, "0.001", MoreThanTwoDecimals),
            (2, "NaN", NotFinite),
            (3, "10000000000000", OutOfRange),
            (4, "inf", NotFinite),
            (5, "1234.567", MoreThanTwoDecimals),
        ];
        assert_eq!(told, expected);
        assert_eq!(coerced.faults[0].to_string(), "\"0.001\": more than two decimals");

        let singles = Float32Array::from(vec![200_000.5, 0.001, f32::NAN]);
        let reasons: Vec<_> =
            money(&singles).unwrap().faults.iter().map(|fault| fault.reason).collect();
        assert_eq!(reasons, [FenLost, MoreThanTwoDecimals, NotFinite]);

        let decimal = Decimal128Array::from(vec![12_345]).with_precision_and_scale(9, 3).unwrap();
        let fault = &money(&decimal).unwrap().faults[0];
        assert_eq!((fault.value.as_str(), fault.reason), ("12.345", MoreThanTwoDecimals));

        let long = i256::from_i128(10).wrapping_pow(60).wrapping_add(i256::ONE);
        let long = Decimal256Array::from(vec![long]).with_precision_and_scale(76, 0).unwrap();
        assert_eq!(money(&long).unwrap().faults[0].reason, OutOfRange);
    }

    #[test]
    fn every_fen_below_the_limits_survives_a_float() {
        let fen: Vec<i64> = (0..20_000).map(|step| step * step * 2_499_999 + step).collect();
        #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
        let doubles: Float64Array =
            fen.iter().map(|fen| *fen as f64 / 100.0).collect::<Vec<_>>().into();
        let coerced = money(&doubles).unwrap();
        assert_eq!(coerced.faults, []);
        assert!(coerced.cells.iter().zip(&fen).all(|(cell, fen)| cell.0 == *fen));

        let fen: Vec<i64> = (0..20_000).map(|step| step * 655).collect();
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "tested")]
        let singles: Float32Array =
            fen.iter().map(|fen| (*fen as f64 / 100.0) as f32).collect::<Vec<_>>().into();
        assert!(money(&singles).unwrap().cells.iter().zip(&fen).all(|(cell, fen)| cell.0 == *fen));
    }

    #[test]
    fn days_of_every_stored_type_are_civil_days() {
        let second = 19_787 * 86_400 + 80_000;
        let table: Vec<(ArrayRef, i32)> = vec![
            (arc(Date32Array::from(vec![19_787])), 19_787),
            (arc(Date64Array::from(vec![second * 1_000])), 19_787),
            (arc(TimestampSecondArray::from(vec![second])), 19_787),
            (arc(TimestampMillisecondArray::from(vec![second * 1_000 + 1])), 19_787),
            (arc(TimestampMicrosecondArray::from(vec![-1])), -1),
            (arc(TimestampNanosecondArray::from(vec![second * 1_000_000_000])), 19_787),
            (arc(TimestampSecondArray::from(vec![second]).with_timezone("UTC")), 19_788),
            (arc(TimestampSecondArray::from(vec![second]).with_timezone("Asia/Shanghai")), 19_788),
            (arc(Int32Array::from(vec![20_240_305])), 19_787),
            (arc(StringArray::from(vec!["2024年3月5日"])), 19_787),
            (arc(Int64Array::from(vec![2_060_305])), -644_225),
        ];
        for (array, expected) in table {
            let coerced = day(array.as_ref()).unwrap();
            assert_eq!(
                (coerced.cells, coerced.faults),
                (vec![Day(expected)], vec![]),
                "{:?}",
                array.data_type()
            );
        }
        let wrong = Int64Array::from(vec![20_241_301, 45_000, -1, i64::MAX]);
        assert!(day(&wrong).unwrap().faults.iter().all(|fault| fault.reason == NotADate));
        assert_eq!(day(&wrong).unwrap().faults.len(), 4);
        assert_eq!(day(&Date32Array::from(vec![i32::MAX])).unwrap().faults.len(), 1);
    }

    #[test]
    fn moments_keep_the_second_of_the_office() {
        let second = 19_787 * 86_400 + 52_200;
        for array in [
            arc(TimestampSecondArray::from(vec![second])),
            arc(TimestampMillisecondArray::from(vec![second * 1_000 + 999])),
            arc(TimestampSecondArray::from(vec![second - 28_800]).with_timezone("+00:00")),
            arc(StringArray::from(vec!["2024-03-05 14:30"])),
            arc(Int64Array::from(vec![20_240_305_143_000])),
        ] {
            assert_eq!(
                moment(array.as_ref()).unwrap().cells,
                [Moment(second)],
                "{:?}",
                array.data_type()
            );
        }
        assert_eq!(
            moment(&Date32Array::from(vec![19_787])).unwrap().cells,
            [Moment(second - 52_200)]
        );
        let wrong = moment(&Int64Array::from(vec![20_240_305_240_000, 5])).unwrap();
        assert!(
            wrong.faults.len() == 2 && wrong.faults.iter().all(|fault| fault.reason == NotAMoment)
        );
    }

    #[test]
    fn counts_quantities_and_flags_take_the_obvious_other_types() {
        assert_eq!(int(&Float64Array::from(vec![3.0])).unwrap().cells, [Int(3)]);
        assert_eq!(int(&Float64Array::from(vec![3.5])).unwrap().faults[0].reason, NotWhole);
        assert_eq!(int(&Float64Array::from(vec![1e300])).unwrap().faults[0].reason, OutOfRange);
        assert_eq!(int(&Int64Array::from(vec![1 << 40])).unwrap().faults[0].reason, OutOfRange);
        assert_eq!(int(&StringArray::from(vec!["x"])).unwrap().faults[0].reason, NotANumber);
        assert_eq!(real(&Float32Array::from(vec![0.5])).unwrap().cells, [Real(0.5)]);
        assert_eq!(real(&Int64Array::from(vec![-7])).unwrap().cells, [Real(-7.0)]);
        let decimal = Decimal128Array::from(vec![12_345]).with_precision_and_scale(9, 4).unwrap();
        assert_eq!(real(&decimal).unwrap().cells, [Real(1.2345)]);
        assert_eq!(real(&Float64Array::from(vec![f64::NAN])).unwrap().faults[0].reason, NotFinite);
        assert_eq!(flag(&BooleanArray::from(vec![true])).unwrap().cells, [Flag::Yes]);
        assert_eq!(flag(&Int8Array::from(vec![0, 1])).unwrap().cells, [Flag::No, Flag::Yes]);
        assert_eq!(flag(&Float64Array::from(vec![0.0, 1.0])).unwrap().cells, [Flag::No, Flag::Yes]);
        assert_eq!(flag(&Int8Array::from(vec![2])).unwrap().faults[0].reason, NotYesOrNo);
        assert_eq!(flag(&StringArray::from(vec!["是"])).unwrap().cells, [Flag::Yes]);
    }

    #[test]
    fn a_dictionary_is_read_once_and_spread_over_its_rows() {
        let texts = vec![Some("12.50"), None, Some("合计"), Some("12.50"), Some(""), Some("合计")];
        let array: DictionaryArray<Int32Type> = texts.into_iter().collect();
        let coerced = money(&array).unwrap();
        let none = Fen::NONE;
        assert_eq!(coerced.cells, [Fen(1_250), none, none, Fen(1_250), none, none]);
        let rows: Vec<_> =
            coerced.faults.iter().map(|fault| (fault.row, fault.value.as_str())).collect();
        assert_eq!(rows, [(2, "合计"), (5, "合计")]);
        assert_eq!(coerced.converted.as_deref(), Some("text to yuan"));
        assert_eq!(money(&array.slice(3, 2)).unwrap().faults, []);

        let empty: DictionaryArray<Int32Type> = vec![None::<&str>, None].into_iter().collect();
        assert_eq!(day(&empty).unwrap().cells, [Day::NONE, Day::NONE]);
        let words: DictionaryArray<Int32Type> = vec!["是", "no"].into_iter().collect();
        assert_eq!(flag(&words).unwrap().cells, [Flag::Yes, Flag::No]);
        assert_eq!(int(&words).unwrap().faults.len(), 2);
    }

    #[test]
    fn a_type_that_says_nothing_is_unfit_and_one_without_values_is_empty() {
        let binary = BinaryArray::from(vec![b"1".as_slice()]);
        let unfit = money(&binary).unwrap_err();
        assert_eq!(
            unfit.to_string(),
            "expected yuan, found a column of type Binary; export it in the contract's type or as text"
        );
        assert!(money(&BooleanArray::from(vec![true])).is_err());
        assert!(day(&Float64Array::from(vec![20_240_305.0])).is_err());
        assert!(flag(&Date32Array::from(vec![1])).is_err());
        assert_eq!(money(&NullArray::new(2)).unwrap().cells, [Fen::NONE; 2]);
    }

    #[test]
    fn only_another_type_than_the_contracts_is_told_as_converted() {
        let own = Decimal128Array::from(vec![1]).with_precision_and_scale(18, 2).unwrap();
        assert_eq!(money(&own).unwrap().converted, None);
        assert_eq!(day(&Date32Array::from(vec![1])).unwrap().converted, None);
        let written = TimestampMillisecondArray::from(vec![1]);
        assert_eq!(moment(&written).unwrap().converted, None);
        let told = |array: &dyn Array| money(array).unwrap().converted;
        assert_eq!(told(&Float64Array::from(vec![1.0])).as_deref(), Some("float64 to yuan"));
        let zoned = TimestampSecondArray::from(vec![0]).with_timezone("UTC");
        assert_eq!(day(&zoned).unwrap().converted.as_deref(), Some("timestamp with a zone to day"));
    }
}
