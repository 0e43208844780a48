//! Amounts outside the contract: any size and number of decimals.

use arrow::array::Array;
use arrow::datatypes::DataType;

use crate::ledger::contract::cell::{Cell, Fen};
use crate::ledger::contract::coerce::{
    Coerced, NUMBERS, Unfit, coerce, fen_of_double, fen_of_single,
};
use crate::ledger::contract::parse::{self, Reason, number, plain};
use crate::ledger::contract::raw::Raw;
use crate::stats::decimal::Decimal;

/// An amount in yuan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Not recorded.
    None,
    /// Money, exact to the fen.
    Fen(Fen),
    /// A number that is not exact to the fen, or exceeds the range of money.
    Other(Decimal),
}

impl Cell for Amount {
    const NONE: Self = Self::None;
}

/// Reads amounts in yuan as [`super::coerce::money`], and all other numbers: decimals of any scale, doubles by their
/// shortest text, texts with any number of decimals or in the form `1.2e-5`. A double close to zero is not rounded to
/// zero.
///
/// # Errors
/// If the column has neither a numeric type nor text.
pub fn amounts(array: &dyn Array) -> Result<Coerced<Amount>, Unfit> {
    let own = matches!(array.data_type(), DataType::Decimal128(_, 2));
    coerce(array, own, "yuan", NUMBERS, |raw| match raw {
        Raw::Decimal(digits, scale) => Ok(of_digits(*digits, *scale)),
        Raw::Whole(yuan) => Ok(of_digits(*yuan, 0)),
        Raw::Long(text) => Decimal::parse(text).map(Amount::Other).ok_or(Reason::OutOfRange),
        Raw::Double(yuan) => match fen_of_double(*yuan) {
            Ok(fen) if fen != Fen(0) || *yuan == 0.0 => Ok(Amount::Fen(fen)),
            _ => Decimal::of_double(*yuan).map(Amount::Other).ok_or(Reason::NotFinite),
        },
        Raw::Single(yuan) => match fen_of_single(*yuan) {
            Ok(fen) if fen != Fen(0) || *yuan == 0.0 => Ok(Amount::Fen(fen)),
            _ => Decimal::of_single(*yuan).map(Amount::Other).ok_or(Reason::NotFinite),
        },
        Raw::Text(text) => amount(text),
        _ => Err(Reason::NotANumber),
    })
}

/// Parses one amount: money as [`parse::money`], or any number.
///
/// # Errors
/// If the text is not a number, or is outside the range of a double.
pub fn amount(text: &str) -> Result<Amount, Reason> {
    match number(text) {
        Ok(None) => Ok(Amount::None),
        Ok(Some((digits, scale))) => Ok(of_digits(digits, scale)),
        Err(reason) => Decimal::parse(plain(text).trim()).map(Amount::Other).ok_or(reason),
    }
}

fn of_digits(digits: i128, scale: i8) -> Amount {
    parse::fen(digits, scale)
        .map_or_else(|_| Amount::Other(Decimal::new(digits, i32::from(scale))), Amount::Fen)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        Array, ArrayRef, BinaryArray, Decimal128Array, Float32Array, Float64Array, Int64Array,
        StringArray,
    };

    use super::{Amount, Decimal, Fen, amounts};
    use crate::ledger::contract::parse::Reason;

    fn other(text: &str) -> Amount {
        Amount::Other(Decimal::parse(text).unwrap())
    }

    #[test]
    fn every_number_is_an_amount_and_money_stays_money() {
        let decimals = Decimal128Array::from(vec![1_234_000, 12_345]);
        let table: Vec<(ArrayRef, Vec<Amount>)> = vec![
            (
                Arc::new(Float64Array::from(vec![
                    12.34,
                    0.1 + 0.2,
                    0.000_123_45,
                    1e15,
                    -2.125,
                    1e-12,
                ])),
                vec![
                    Amount::Fen(Fen(1_234)),
                    Amount::Fen(Fen(30)),
                    other("0.00012345"),
                    other("1e15"),
                    other("-2.125"),
                    other("0.000000000001"),
                ],
            ),
            (
                Arc::new(decimals.with_precision_and_scale(38, 5).unwrap()),
                vec![Amount::Fen(Fen(1_234)), other("0.12345")],
            ),
            (
                Arc::new(Int64Array::from(vec![7, i64::MAX])),
                vec![Amount::Fen(Fen(700)), other("9223372036854775807")],
            ),
            (
                Arc::new(StringArray::from(vec!["1,234.567", "1.2e-5", "", "(3.005)", "１２．５"])),
                vec![
                    other("1234.567"),
                    other("0.000012"),
                    Amount::None,
                    other("-3.005"),
                    Amount::Fen(Fen(1_250)),
                ],
            ),
            (
                Arc::new(Float32Array::from(vec![0.29, 123_456_789.0])),
                vec![Amount::Fen(Fen(29)), other("123456790")],
            ),
        ];
        for (array, expected) in table {
            let coerced = amounts(array.as_ref()).unwrap();
            assert_eq!(coerced.cells, expected, "{:?}", array.data_type());
            assert_eq!(coerced.faults, [], "{:?}", array.data_type());
        }
    }

    #[test]
    fn what_is_no_number_is_a_fault() {
        let texts = StringArray::from(vec!["合计", "1.2.3", "1e999"]);
        let coerced = amounts(&texts).unwrap();
        assert_eq!(coerced.faults.len(), 3);
        let coerced = amounts(&Float64Array::from(vec![f64::NAN])).unwrap();
        assert_eq!(coerced.faults[0].reason, Reason::NotFinite);
        assert!(amounts(&BinaryArray::from(vec![b"1".as_slice()])).is_err());
    }
}
