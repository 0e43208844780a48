//! What audits found: the table of outcomes, the way back from the workbooks that offices filled in, and what the next
//! night knows of it.

pub mod grade;
pub mod history;
pub mod outcome;
pub mod register;
pub mod workbook;
