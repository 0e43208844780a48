//! Arrow columns from the cells of rows.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, ListBuilder,
    StringArray, StringBuilder, TimestampMillisecondArray,
};

use crate::ledger::contract::cell::{Day, Fen, Moment};

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
    let cells = cells.map(|moment| moment.map(Moment::milliseconds));
    Arc::new(cells.collect::<TimestampMillisecondArray>())
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

/// An index as it is written into a table, counted from 1.
pub(crate) fn ordinal(place: usize) -> i32 {
    i32::try_from(place + 1).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::sync::Arc;

    use arrow::datatypes::{Field, Schema};
    use parquet::basic::LogicalType;
    use parquet::file::reader::{FileReader, SerializedFileReader};

    use super::moments;
    use crate::ledger::contract::cell::{Cell, Moment};
    use crate::ledger::contract::coerce;
    use crate::ledger::contract::table::Kind;
    use crate::ledger::decode::read::ParquetFile;
    use crate::ledger::decode::write::TableWriter;

    #[test]
    fn moments_are_timestamps_to_any_reader_and_come_back_to_the_second() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("moments.parquet");
        let schema = Schema::new(vec![Field::new("entered", Kind::Moment.arrow(), true)]);
        let given = [Moment(1_709_649_000), Moment::NONE, Moment(-1)];
        let mut writer = TableWriter::create(&path, Arc::new(schema)).unwrap();
        writer.write(vec![moments(given.iter().map(|moment| moment.some()))]).unwrap();
        writer.finish().unwrap();
        let batches = ParquetFile::open(&path).unwrap().read(0, &[0]).unwrap();
        let read = coerce::moment(batches[0].column(0)).unwrap();
        assert_eq!((read.cells.as_slice(), read.converted), (given.as_slice(), None));
        let file = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
        let kind =
            file.metadata().file_metadata().schema_descr().column(0).logical_type_ref().cloned();
        assert!(matches!(kind, Some(LogicalType::Timestamp(_))), "{kind:?}");
    }
}
