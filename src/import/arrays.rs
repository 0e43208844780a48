//! Values of a column as an Arrow array of the contract.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, ListBuilder,
    StringArray, StringBuilder, TimestampMillisecondArray,
};

use super::value::Value;
use crate::ledger::contract::cell::{Cell, Flag, Moment};
use crate::ledger::contract::table::Kind;

/// The values of a column as an array of its contract type.
pub(super) fn array(kind: Kind, values: Vec<Value>) -> ArrayRef {
    macro_rules! cells {
        ($array:ident, $value:ident) => {
            values
                .into_iter()
                .map(|value| match value {
                    Value::$value(cell) => cell.some().map(|cell| cell.0),
                    _ => None,
                })
                .collect::<$array>()
        };
    }
    match kind {
        Kind::Text => Arc::new(
            values
                .into_iter()
                .map(|value| match value {
                    Value::Text(text) => Some(text),
                    _ => None,
                })
                .collect::<StringArray>(),
        ),
        Kind::Day => Arc::new(cells!(Date32Array, Day)),
        Kind::Moment => Arc::new(
            values
                .into_iter()
                .map(|value| match value {
                    Value::Moment(moment) => moment.some().map(Moment::milliseconds),
                    _ => None,
                })
                .collect::<TimestampMillisecondArray>(),
        ),
        Kind::Money => {
            let fen = values.into_iter().map(|value| match value {
                Value::Money(fen) => fen.some().map(|fen| i128::from(fen.0)),
                _ => None,
            });
            Arc::new(fen.collect::<Decimal128Array>().with_data_type(kind.arrow()))
        }
        Kind::Int => Arc::new(cells!(Int32Array, Int)),
        Kind::Real => Arc::new(cells!(Float64Array, Real)),
        Kind::Flag => Arc::new(
            values
                .into_iter()
                .map(|value| match value {
                    Value::Flag(Flag::Yes) => Some(true),
                    Value::Flag(Flag::No) => Some(false),
                    _ => None,
                })
                .collect::<BooleanArray>(),
        ),
        Kind::List => {
            let mut lists = ListBuilder::new(StringBuilder::new());
            for value in values {
                match value {
                    Value::List(words) => lists.append_value(words.into_iter().map(Some)),
                    _ => lists.append_null(),
                }
            }
            Arc::new(lists.finish())
        }
    }
}
