//! Tables as offices export them, turned into a dataset of the contract by a mapping.
//!
//! A file ([`files`]) is decoded ([`encoding`], [`workbook`]) into sheets of records ([`sheet`]); in each the names of the columns are found
//! ([`header`]). The mapping ([`mapping`], as it is written) says what becomes of a record ([`rows`], [`entries`]): its texts are cleaned
//! ([`clean`](crate::ledger::contract::clean)) and read as values ([`value`]). Sums ([`sums`]) and all that is written ([`control`]) are held against each other before
//! the folder appears ([`dataset`]).

mod arrays;
mod cells;
pub mod control;
pub mod corrections;
pub mod dataset;
pub mod day;
pub mod encoding;
pub mod entries;
pub mod error;
pub mod files;

pub mod header;
pub mod identity;
pub mod init;
mod lookup;
pub mod mapping;
pub mod marks;
pub mod names;
pub mod no_entry;
mod pattern;
pub mod reading;
mod refused;
pub mod rejection;
pub mod report;
mod resolved;
pub mod rows;
mod rule;
pub mod sheet;
pub mod source;
pub mod sums;
mod table_import;
pub mod value;
pub mod workbook;
mod written;
