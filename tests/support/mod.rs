//! What several test files need: small Parquet files, and the program itself.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, Int32Array, StringArray};
use arrow::datatypes::{Field, Schema};
use mingzhang::ledger::parse;
use mingzhang::ledger::write::TableWriter;

/// Writes a Parquet file with these columns.
pub(crate) fn write(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let fields: Vec<_> = columns
        .iter()
        .map(|(name, column)| Field::new(*name, column.data_type().clone(), true))
        .collect();
    let mut writer = TableWriter::create(path, Arc::new(Schema::new(fields))).unwrap();
    writer.write(columns.into_iter().map(|(_, column)| column).collect()).unwrap();
    writer.finish().unwrap();
}

/// A column of text.
pub(crate) fn text<'a>(cells: impl IntoIterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(cells))
}

/// A column of dates.
pub(crate) fn days<'a>(cells: impl IntoIterator<Item = &'a str>) -> ArrayRef {
    let cells = cells.into_iter().map(|cell| parse::day(cell).unwrap().0);
    Arc::new(Date32Array::from_iter_values(cells))
}

/// A column of yuan.
pub(crate) fn yuan<'a>(cells: impl IntoIterator<Item = &'a str>) -> ArrayRef {
    let cells = cells.into_iter().map(|cell| i128::from(parse::money(cell).unwrap().0));
    let cells = Decimal128Array::from_iter_values(cells).with_precision_and_scale(18, 2);
    Arc::new(cells.unwrap())
}

/// A column of whole numbers.
pub(crate) fn ints(cells: impl IntoIterator<Item = i32>) -> ArrayRef {
    Arc::new(Int32Array::from_iter_values(cells))
}

/// One voucher line: village, voucher, line, date, account, side, amount, payee, approver.
pub(crate) type Line<'a> = (&'a str, &'a str, i32, &'a str, &'a str, &'a str, &'a str, &'a str, &'a str);

/// The columns of a ledger with these lines.
pub(crate) fn ledger<'a>(lines: &[Line<'a>]) -> Vec<(&'static str, ArrayRef)> {
    vec![
        ("village", text(lines.iter().map(|line| line.0))),
        ("voucher", text(lines.iter().map(|line| line.1))),
        ("line", ints(lines.iter().map(|line| line.2))),
        ("date", days(lines.iter().map(|line| line.3))),
        ("account", text(lines.iter().map(|line| line.4))),
        ("side", text(lines.iter().map(|line| line.5))),
        ("amount", yuan(lines.iter().map(|line| line.6))),
        ("payee", text(lines.iter().map(|line| line.7))),
        ("approver", text(lines.iter().map(|line| line.8))),
    ]
}

/// A voucher that pays one payee from the bank.
pub(crate) fn payment<'a>(village: &'a str, voucher: &'a str, amount: &'a str) -> [Line<'a>; 2] {
    let date = "2024-03-05";
    [
        (village, voucher, 1, date, "513", "debit", amount, "P1", "H1"),
        (village, voucher, 2, date, "102", "credit", amount, "", "H1"),
    ]
}

/// Runs the program.
pub(crate) fn mingzhang(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mingzhang")).args(arguments).output().unwrap()
}

/// What the program said on standard output.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What the program said on standard error.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The real data beside the repository, where it is; otherwise says that the test is skipped.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let root = std::env::var_os("MINGZHANG_SHARED_DATA").map_or(default, PathBuf::from);
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    eprintln!("skipped: {} is not there", found.display());
    None
}
