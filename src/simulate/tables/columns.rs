//! One column from the cells of its rows.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, ListBuilder,
    StringArray, StringBuilder, TimestampSecondArray,
};

use crate::ledger::cell::{Day, Fen, Moment};

/// The columns of some rows.
pub(crate) type Columns = Vec<ArrayRef>;

pub(crate) fn text<S: AsRef<str>>(cells: impl Iterator<Item = Option<S>>) -> ArrayRef {
    Arc::new(cells.collect::<StringArray>())
}

/// A text column in which every row has a value.
pub(crate) fn words<S: AsRef<str>>(cells: impl Iterator<Item = S>) -> ArrayRef {
    text(cells.map(Some))
}

pub(crate) fn days(cells: impl Iterator<Item = Option<Day>>) -> ArrayRef {
    Arc::new(cells.map(|day| day.map(|day| day.0)).collect::<Date32Array>())
}

pub(crate) fn moments(cells: impl Iterator<Item = Option<Moment>>) -> ArrayRef {
    Arc::new(cells.map(|moment| moment.map(|moment| moment.0)).collect::<TimestampSecondArray>())
}

pub(crate) fn money(cells: impl Iterator<Item = Option<Fen>>) -> ArrayRef {
    let fen = cells.map(|fen| fen.map(|fen| i128::from(fen.0)));
    let (precision, scale) = (18, 2);
    let kind = arrow::datatypes::DataType::Decimal128(precision, scale);
    Arc::new(fen.collect::<Decimal128Array>().with_data_type(kind))
}

pub(crate) fn ints(cells: impl Iterator<Item = Option<i32>>) -> ArrayRef {
    Arc::new(cells.collect::<Int32Array>())
}

pub(crate) fn reals(cells: impl Iterator<Item = Option<f64>>) -> ArrayRef {
    Arc::new(cells.collect::<Float64Array>())
}

pub(crate) fn flags(cells: impl Iterator<Item = Option<bool>>) -> ArrayRef {
    Arc::new(cells.collect::<BooleanArray>())
}

pub(crate) fn lists<'a>(cells: impl Iterator<Item = &'a [&'static str]>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for cell in cells {
        for word in cell {
            builder.values().append_value(word);
        }
        builder.append(true);
    }
    Arc::new(builder.finish())
}

/// A place in a list as the number that goes into a table, counted from 1.
pub(crate) fn ordinal(place: usize) -> i32 {
    i32::try_from(place + 1).unwrap_or(i32::MAX)
}
