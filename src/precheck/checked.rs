//! What is told of one voucher.

use super::said::Said;
use crate::import::rejection::Rejection;
use crate::registers::steps::Band;

/// What is told of one row.
#[derive(Debug)]
pub struct Checked {
    /// The row in the file.
    pub line: u64,
    /// Cells that cannot be used; the row is not checked then.
    pub faults: Vec<Rejection>,
    /// The limits that apply.
    pub band: Option<Band>,
    /// What is to be done before payment.
    pub missing: Vec<Said>,
    /// What else is to be known.
    pub notes: Vec<Said>,
}
