//! A published table under construction: columns with a description and a unit each.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int32Array,
    ListArray, StringArray, StructArray, UInt32Array,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Fields, Schema};

use crate::ledger::contract::cell::{Cell, Day, Fen};
use crate::ledger::decode::write::{Error, TableWriter};

/// Columns of one table, side by side.
#[derive(Debug, Default)]
pub struct Sheet {
    fields: Vec<Field>,
    columns: Vec<ArrayRef>,
}

impl Sheet {
    /// The columns, each with its type, description and unit.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    fn add(mut self, name: &str, about: &str, unit: &str, column: ArrayRef) -> Self {
        let words = [("description", about), ("unit", unit)];
        let words: HashMap<_, _> =
            words.map(|(key, word)| (key.to_owned(), word.to_owned())).into();
        let field = Field::new(name, column.data_type().clone(), true).with_metadata(words);
        self.fields.push(field);
        self.columns.push(column);
        self
    }

    /// A column of text; an empty string is an empty cell.
    #[must_use]
    pub fn text<S: AsRef<str>>(
        self,
        name: &str,
        about: &str,
        cells: impl IntoIterator<Item = S>,
    ) -> Self {
        let mut column = arrow::array::StringBuilder::new();
        for cell in cells {
            column.append_option(Some(cell.as_ref()).filter(|cell| !cell.is_empty()));
        }
        self.add(name, about, "text", Arc::new(column.finish()))
    }

    /// A column of yes and no, which may be empty.
    #[must_use]
    pub fn flags(
        self,
        name: &str,
        about: &str,
        cells: impl IntoIterator<Item = Option<bool>>,
    ) -> Self {
        self.add(name, about, "yes or no", Arc::new(cells.into_iter().collect::<BooleanArray>()))
    }

    /// A column of dates.
    #[must_use]
    pub fn days(self, name: &str, about: &str, cells: impl IntoIterator<Item = Day>) -> Self {
        let cells = cells.into_iter().map(|cell| cell.some().map(|day| day.0));
        self.add(name, about, "day", Arc::new(cells.collect::<Date32Array>()))
    }

    /// A column of money, written in yuan with two decimals.
    #[must_use]
    pub fn money(self, name: &str, about: &str, cells: impl IntoIterator<Item = Fen>) -> Self {
        let cells = cells.into_iter().map(|cell| cell.some().map(|fen| i128::from(fen.0)));
        let column = cells.collect::<Decimal128Array>().with_data_type(DataType::Decimal128(18, 2));
        self.add(name, about, "yuan", Arc::new(column))
    }

    /// A column of whole numbers.
    #[must_use]
    pub fn counts(self, name: &str, about: &str, cells: impl IntoIterator<Item = u32>) -> Self {
        self.add(name, about, "number", Arc::new(UInt32Array::from_iter_values(cells)))
    }

    /// A column of whole numbers that may be negative or empty.
    #[must_use]
    pub fn ints(
        self,
        name: &str,
        about: &str,
        cells: impl IntoIterator<Item = Option<i32>>,
    ) -> Self {
        self.add(name, about, "number", Arc::new(cells.into_iter().collect::<Int32Array>()))
    }

    /// Names the unit of the last column.
    #[must_use]
    pub fn in_unit(mut self, unit: &str) -> Self {
        if let Some(field) = self.fields.pop() {
            let mut words = field.metadata().clone();
            words.insert("unit".to_owned(), unit.to_owned());
            self.fields.push(field.with_metadata(words));
        }
        self
    }

    /// A column of numbers.
    #[must_use]
    pub fn reals(self, name: &str, about: &str, cells: impl IntoIterator<Item = f64>) -> Self {
        self.add(name, about, "number", Arc::new(Float64Array::from_iter_values(cells)))
    }

    /// A column of numbers of seven digits, which may be empty.
    #[must_use]
    pub fn shorts(
        self,
        name: &str,
        about: &str,
        cells: impl IntoIterator<Item = Option<f32>>,
    ) -> Self {
        self.add(name, about, "number", Arc::new(cells.into_iter().collect::<Float32Array>()))
    }

    /// A column of p-values; NaN is an empty cell.
    #[must_use]
    pub fn tails(self, name: &str, about: &str, cells: impl IntoIterator<Item = f32>) -> Self {
        self.shorts(name, about, cells.into_iter().map(|p| Some(p).filter(|p| !p.is_nan())))
    }

    /// A column of lists of rows of another sheet: `lengths` says how many rows each list takes.
    #[must_use]
    pub fn lists(self, name: &str, about: &str, lengths: &[usize], rows: Self) -> Self {
        let fields = Fields::from(rows.fields);
        let element = Field::new_list_field(DataType::Struct(fields.clone()), false);
        let Ok(structs) = StructArray::try_new(fields, rows.columns, None) else {
            debug_assert!(false, "the columns of a list differ in length");
            return self;
        };
        let offsets = OffsetBuffer::from_lengths(lengths.iter().copied());
        let list = ListArray::try_new(Arc::new(element), offsets, Arc::new(structs), None);
        debug_assert!(list.is_ok(), "the lists do not use up their rows");
        match list {
            Ok(list) => self.add(name, about, "rows", Arc::new(list)),
            Err(_) => self,
        }
    }

    /// The column of one word for each row.
    #[must_use]
    pub fn word(self, name: &str, about: &str, word: &str, rows: usize) -> Self {
        let column = StringArray::from_iter_values(std::iter::repeat_n(word, rows));
        self.add(name, about, "text", Arc::new(column))
    }

    /// Writes the table.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(self, path: &Path) -> Result<(), Error> {
        let mut writer = TableWriter::create(path, Arc::new(Schema::new(self.fields)))?;
        writer.write(self.columns)?;
        writer.finish()
    }
}
