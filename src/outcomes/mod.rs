//! Audit results: the table of outcomes, the import of workbooks that offices filled in, and their use in later runs.

pub mod grade;
pub mod history;
pub mod outcome;
pub mod register;
pub mod results;
pub mod workbook;
