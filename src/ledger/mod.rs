//! What a book is: the contract, the reader, the conformed columns and the views over them.
//!
//! A voucher's walk through this room: [`read`] opens a file, [`decode`] turns columns into cells,
//! [`conform`] judges rows, [`open`] puts them into a [`book`], whose payments are grouped by
//! [`views`].

pub mod amount;
pub mod answers;
pub mod book;
pub mod calendar;
pub mod cell;
pub mod chart;
pub mod clean;
pub mod coerce;
pub mod companions;
pub mod conform;
pub mod dataset;
pub mod decode;
pub mod defect;
pub mod delivery;
pub mod gaps;
pub mod kin;
pub mod level;
pub mod limit_words;
pub mod limits;
pub mod names;
pub mod notice;
pub mod open;
pub mod parse;
mod raw;
pub mod read;
#[cfg(test)]
pub(crate) mod sample;
pub mod schema;
pub mod subject;
pub mod table;
pub mod terms;
pub mod views;
pub mod write;
