//! Reads a Parquet file as a numeric table, with an optional label column.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use arrow::array::{ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};

use crate::ledger::decode::column::column;
use crate::ledger::decode::read::ParquetFile;
use crate::matrix::Matrix;

/// The content of a file.
#[derive(Debug)]
pub(super) struct Numbers {
    /// The numeric columns except the label, as input of detectors.
    pub matrix: Matrix,
    /// The same columns as stored in the file.
    pub own: Vec<ArrayRef>,
    /// Columns with cells that are not finite, and the number of such cells; they count as missing.
    pub not_finite: Vec<(String, usize)>,
    /// The columns that are not numeric, each with its type.
    pub left_out: Vec<String>,
    /// For each row whether the label marks it as a known case; `None` if no label was requested.
    pub cases: Option<Vec<bool>>,
}

/// Reads the numeric columns of a file; dates, texts and nested columns are listed and omitted. A cell that is empty or
/// not finite is missing; cells outside the range of `f32` are clipped. If the values of a column are large relative to
/// their spread, such as dates as numbers, they are centred to keep precision in `f32`.
///
/// # Errors
/// If the file is damaged or empty, has no numeric column, or the label is missing, not a number, empty in a row, or
/// constant.
pub(super) fn read(path: &Path, label: Option<&str>) -> anyhow::Result<Numbers> {
    let file = ParquetFile::open(path)?;
    let rows = file.row_groups().iter().sum();
    ensure!(rows > 0, "reading {}: the file has no rows; export it again", path.display());
    let (mut matrix, mut left_out, mut cases) = (Matrix::new(rows), Vec::new(), None);
    let (mut all, mut not_finite) = (Vec::new(), Vec::new());
    for (index, field) in file.schema().fields().iter().enumerate() {
        let is_label = label == Some(field.name().as_str());
        if !is_number(field.data_type()) {
            ensure!(
                !is_label,
                "reading {}: the label `{}` must be a number or a yes and no, but is {}",
                path.display(),
                field.name(),
                field.data_type()
            );
            left_out.push(format!("{} ({})", field.name(), field.data_type()));
            continue;
        }
        let context = || format!("column `{}` of {}", field.name(), path.display());
        let own = column(&file, index, field.data_type()).with_context(context)?;
        let cells = cast(&own, &DataType::Float64).with_context(context)?;
        let cells: Vec<Option<f64>> = cells.as_primitive::<Float64Type>().iter().collect();
        if is_label {
            let known = known(&cells).with_context(|| {
                format!("reading {}: the label `{}`", path.display(), field.name())
            })?;
            cases = Some(known);
        } else {
            let known = cells.iter().flatten();
            let strange = known.clone().filter(|cell| !cell.is_finite()).count();
            if strange > 0 {
                not_finite.push((field.name().clone(), strange));
            }
            let middle = middle(known.copied().filter(|cell| cell.is_finite()).collect());
            matrix
                .push(field.name(), cells.iter().map(|cell| cell.map(|it| narrow(it - middle))))
                .with_context(|| format!("reading {}", path.display()))?;
            all.push(own);
        }
    }
    if let (Some(label), None) = (label, &cases) {
        let names: Vec<&str> =
            file.schema().fields().iter().map(|field| field.name().as_str()).collect();
        bail!(
            "reading {}: there is no column `{label}`; the file has {}",
            path.display(),
            names.join(", ")
        );
    }
    ensure!(
        !matrix.names().is_empty(),
        "reading {}: no numeric column to score; left out: {}",
        path.display(),
        left_out.join(", ")
    );
    Ok(Numbers { matrix, own: all, not_finite, left_out, cases })
}

fn is_number(kind: &DataType) -> bool {
    kind.is_numeric() || *kind == DataType::Boolean
}

/// The centre of a column: its median if the rounding error of `f32` exceeds a thousandth of the interquartile range,
/// otherwise 0.
fn middle(mut cells: Vec<f64>) -> f64 {
    cells.sort_unstable_by(f64::total_cmp);
    let at = |part: usize| cells.get(cells.len() * part / 4).copied();
    let (Some(low), Some(middle), Some(high)) = (at(1), at(2), at(3)) else { return 0.0 };
    let largest = cells.iter().fold(0.0_f64, |most, cell| most.max(cell.abs()));
    let is_blurred = largest * f64::from(f32::EPSILON) > (high - low) * 1e-3;
    if is_blurred { middle } else { 0.0 }
}

/// Converts a number for the matrix.
#[expect(clippy::cast_possible_truncation, reason = "the ends of the range are held")]
fn narrow(cell: f64) -> f32 {
    if cell.is_finite() { cell.clamp(f32::MIN.into(), f32::MAX.into()) as f32 } else { f32::NAN }
}

/// The rows marked by a label: 0 is no, everything else is yes.
fn known(cells: &[Option<f64>]) -> anyhow::Result<Vec<bool>> {
    let mut cases = Vec::with_capacity(cells.len());
    for (row, cell) in cells.iter().enumerate() {
        let Some(cell) = cell.filter(|cell| !cell.is_nan()) else {
            bail!("is empty in row {}; say 0 or 1 in every row", row + 1);
        };
        cases.push(cell != 0.0);
    }
    let yes = cases.iter().filter(|&&case| case).count();
    ensure!(
        yes > 0 && yes < cases.len(),
        "must be 0 in some rows and another number in others, but marks {yes} of {} rows",
        cases.len()
    );
    Ok(cases)
}
