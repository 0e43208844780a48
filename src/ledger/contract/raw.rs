//! Iteration over the values of Arrow arrays of all accepted types.

use std::fmt;

use arrow::array::{Array, ArrayAccessor, ArrayIter, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    DecimalType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimeUnit,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type, i256,
};

use crate::ledger::contract::cell::Cell;
use crate::ledger::contract::fault::Fault;
use crate::ledger::contract::parse::{OFFICE_AHEAD, Reason};

/// A stored value before conversion to a cell.
pub(in crate::ledger) enum Raw<'a> {
    Whole(i128),
    Decimal(i128, i8),
    /// A number with more than 38 significant digits.
    Long(String),
    Single(f32),
    Double(f64),
    Text(&'a str),
    Bool(bool),
    Day(i64),
    Second(i64),
}

impl fmt::Display for Raw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(value) => value.fmt(f),
            Self::Decimal(digits, scale) => {
                f.write_str(&Decimal128Type::format_decimal(*digits, 38, *scale))
            }
            Self::Long(text) => text.fmt(f),
            Self::Single(value) => value.fmt(f),
            Self::Double(value) => value.fmt(f),
            Self::Text(text) => text.fmt(f),
            Self::Bool(value) => value.fmt(f),
            Self::Day(days) => write!(f, "day {days} after 1970-01-01"),
            Self::Second(seconds) => write!(f, "second {seconds} after 1970-01-01"),
        }
    }
}

/// Groups of stored types that a kind of cell accepts.
#[derive(Clone, Copy, PartialEq)]
pub(in crate::ledger) enum Group {
    Whole,
    Decimal,
    Float,
    Text,
    Bool,
    Date,
}

/// Converts all values of an array; `None` if its type is not in the groups.
pub(in crate::ledger) fn cells<T: Cell>(
    array: &dyn Array,
    groups: &[Group],
    read: impl Fn(&Raw<'_>) -> Result<T, Reason> + Copy,
) -> Option<(Vec<T>, Vec<Fault>)> {
    let Some(dictionary) = array.as_any_dictionary_opt() else {
        return plain_cells(array, groups, read);
    };
    let values = plain_cells(dictionary.values().as_ref(), groups, read)?;
    // An empty dictionary has no keys to normalise; all rows are empty.
    let empty = values.0.is_empty();
    let keys = if empty { vec![0; array.len()] } else { dictionary.normalized_keys() };
    let rows = (0..array.len()).map(|row| dictionary.keys().is_valid(row).then_some(row));
    Some(spread(&values, keys.into_iter().zip(rows)))
}

/// The cells of the rows of a dictionary column; `row` is `None` for an empty cell.
fn spread<T: Cell>(
    (values, faults): &(Vec<T>, Vec<Fault>),
    rows: impl Iterator<Item = (usize, Option<usize>)>,
) -> (Vec<T>, Vec<Fault>) {
    let mut spread = Vec::new();
    let cells = rows.map(|(key, row)| {
        let Some(row) = row else { return T::NONE };
        if let Ok(at) = faults.binary_search_by_key(&key, |fault| fault.row) {
            spread.extend(faults.get(at).map(|fault| Fault { row, ..fault.clone() }));
        }
        values.get(key).copied().unwrap_or(T::NONE)
    });
    (cells.collect(), spread)
}

/// The name of an accepted stored type.
pub(in crate::ledger) fn words(stored: &DataType) -> Option<String> {
    Some(match stored {
        DataType::Dictionary(_, values) => words(values)?,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text".to_owned(),
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => format!("decimal with {scale} decimals"),
        DataType::Timestamp(_, Some(_)) => "timestamp with a zone".to_owned(),
        DataType::Timestamp(..) => "timestamp".to_owned(),
        plain if plain.is_primitive() || *plain == DataType::Boolean => {
            plain.to_string().to_lowercase()
        }
        _ => return None,
    })
}

/// Converts all values of an array that is not a dictionary; `None` if its type is not in the groups.
fn plain_cells<T: Cell>(
    array: &dyn Array,
    groups: &[Group],
    read: impl Fn(&Raw<'_>) -> Result<T, Reason> + Copy,
) -> Option<(Vec<T>, Vec<Fault>)> {
    let among = |group| groups.contains(&group).then_some(());
    macro_rules! each {
        ($group:ident, $type:ty, $raw:expr) => {{
            among(Group::$group)?;
            each(array.as_primitive::<$type>(), $raw, read)
        }};
    }
    macro_rules! text {
        ($texts:expr) => {{
            among(Group::Text)?;
            each($texts, Raw::Text, read)
        }};
    }
    let office =
        i64::from(matches!(array.data_type(), DataType::Timestamp(_, Some(_)))) * OFFICE_AHEAD;
    let second = |value: i64, unit: i64| Raw::Second(value.div_euclid(unit).saturating_add(office));
    Some(match array.data_type() {
        DataType::Null => (vec![T::NONE; array.len()], Vec::new()),
        DataType::Decimal128(_, scale) => {
            each!(Decimal, Decimal128Type, |value| Raw::Decimal(value, *scale))
        }
        DataType::Decimal32(_, scale) => {
            each!(Decimal, Decimal32Type, |value| Raw::Decimal(i128::from(value), *scale))
        }
        DataType::Decimal64(_, scale) => {
            each!(Decimal, Decimal64Type, |value| Raw::Decimal(i128::from(value), *scale))
        }
        DataType::Decimal256(_, scale) => {
            each!(Decimal, Decimal256Type, |value| narrow(value, *scale))
        }
        DataType::Int8 => each!(Whole, Int8Type, |value| Raw::Whole(value.into())),
        DataType::Int16 => each!(Whole, Int16Type, |value| Raw::Whole(value.into())),
        DataType::Int32 => each!(Whole, Int32Type, |value| Raw::Whole(value.into())),
        DataType::Int64 => each!(Whole, Int64Type, |value| Raw::Whole(value.into())),
        DataType::UInt8 => each!(Whole, UInt8Type, |value| Raw::Whole(value.into())),
        DataType::UInt16 => each!(Whole, UInt16Type, |value| Raw::Whole(value.into())),
        DataType::UInt32 => each!(Whole, UInt32Type, |value| Raw::Whole(value.into())),
        DataType::UInt64 => each!(Whole, UInt64Type, |value| Raw::Whole(value.into())),
        DataType::Float32 => each!(Float, Float32Type, Raw::Single),
        DataType::Float64 => each!(Float, Float64Type, Raw::Double),
        DataType::Date32 => each!(Date, Date32Type, |value| Raw::Day(value.into())),
        DataType::Date64 => each!(Date, Date64Type, |value| Raw::Second(value.div_euclid(1_000))),
        DataType::Timestamp(TimeUnit::Second, _) => {
            each!(Date, TimestampSecondType, |value| second(value, 1))
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            each!(Date, TimestampMillisecondType, |value| second(value, 1_000))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            each!(Date, TimestampMicrosecondType, |value| second(value, 1_000_000))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            each!(Date, TimestampNanosecondType, |value| second(value, 1_000_000_000))
        }
        DataType::Boolean => {
            among(Group::Bool)?;
            each(array.as_boolean(), Raw::Bool, read)
        }
        DataType::Utf8 => text!(array.as_string::<i32>()),
        DataType::LargeUtf8 => text!(array.as_string::<i64>()),
        DataType::Utf8View => text!(array.as_string_view()),
        _ => return None,
    })
}

/// Converts all values of one typed array.
fn each<'a, A: ArrayAccessor, T: Cell>(
    array: A,
    raw: impl Fn(A::Item) -> Raw<'a>,
    read: impl Fn(&Raw<'_>) -> Result<T, Reason>,
) -> (Vec<T>, Vec<Fault>) {
    let mut faults = Vec::new();
    let cell = |(row, value): (usize, Option<A::Item>)| {
        let Some(value) = value else { return T::NONE };
        let raw = raw(value);
        read(&raw).unwrap_or_else(|reason| {
            faults.push(Fault { row, value: raw.to_string(), reason });
            T::NONE
        })
    };
    (ArrayIter::new(array).enumerate().map(cell).collect(), faults)
}

/// A 256-bit decimal in 128 bits; trailing zeros are dropped if it would not fit otherwise.
fn narrow(value: i256, scale: i8) -> Raw<'static> {
    let ten = i256::from_i128(10);
    let (mut digits, mut left) = (value, scale);
    loop {
        if let Some(digits) = digits.to_i128() {
            return Raw::Decimal(digits, left);
        }
        let zero_at_end = digits.checked_rem(ten) == Some(i256::ZERO);
        match (digits.checked_div(ten), left.checked_sub(1)) {
            (Some(fewer), Some(less)) if zero_at_end => (digits, left) = (fewer, less),
            _ => return Raw::Long(Decimal256Type::format_decimal(value, 76, scale)),
        }
    }
}
