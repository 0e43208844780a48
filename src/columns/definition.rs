//! The definition of a column: name, unit, content and required data.

use super::context::Context;
use super::groups::Column;

/// One column of the table of definitions.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// The name of the column.
    pub name: &'static str,
    /// The unit.
    pub unit: &'static str,
    /// The content of the column.
    pub about: &'static str,
    /// The tables and columns that are required; without them every cell is missing.
    pub needs: &'static [&'static str],
}

/// A set of columns that are measured together.
pub(super) struct Family {
    pub(super) columns: &'static [Definition],
    /// Returns one column per definition, with one cell per payment.
    pub(super) measure: fn(&Context<'_>) -> Vec<Column>,
}

/// Creates one row of a family's table of definitions.
pub(super) const fn column(
    name: &'static str,
    unit: &'static str,
    about: &'static str,
    needs: &'static [&'static str],
) -> Definition {
    Definition { name, unit, about, needs }
}
