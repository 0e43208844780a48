//! What a book is: the contract, the reader, the conformed columns and the views over them.
//!
//! A voucher's walk through this room: [`decode::read`] opens a file, [`decode`] turns columns into the cells of the
//! [`contract`], [`book::conform`] keeps or refuses rows, [`book::open`] puts them into a [`book`], whose payments are
//! grouped by [`book::view`]. A [`subject`] is what is measured and listed; [`delivery`] says what an office has not
//! delivered.

pub mod book;
pub mod contract;
pub mod decode;
pub mod delivery;
pub mod level;
#[cfg(test)]
pub(crate) mod sample;
pub mod subject;
