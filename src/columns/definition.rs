//! What a column is: its name, its unit, what it holds, and what it needs.

use super::context::Context;
use super::groups::Column;

/// One column of the table of definitions.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// What it holds.
    pub about: &'static str,
    /// The tables and columns without which every cell is missing.
    pub needs: &'static [&'static str],
}

/// Columns that are measured together.
pub(super) struct Family {
    pub(super) columns: &'static [Definition],
    /// One column for each definition, one cell for each payment.
    pub(super) measure: fn(&Context<'_>) -> Vec<Column>,
}

/// One row of a family's table of definitions.
pub(super) const fn column(
    name: &'static str,
    unit: &'static str,
    about: &'static str,
    needs: &'static [&'static str],
) -> Definition {
    Definition { name, unit, about, needs }
}
