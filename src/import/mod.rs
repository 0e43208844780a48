//! Imports tables as offices export them into a dataset of the contract, using a mapping.
//!
//! A file ([`files`]) is decoded ([`encoding`], [`workbook`]) into sheets of records ([`sheet`]), and the header of
//! each sheet is located ([`header`]). The mapping ([`mapping`]) defines how a record becomes rows ([`rows`],
//! [`entries`]): texts are cleaned ([`clean`](crate::ledger::contract::clean)) and parsed ([`value`]). Totals
//! ([`sums`]) and written rows ([`control`]) are verified before the folder is published ([`dataset`]).

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
mod spreadsheet;
pub mod sums;
mod table_import;
pub mod value;
pub mod vouchers;
pub mod workbook;
mod written;
