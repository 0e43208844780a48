//! The ledger: data contract, reader, validated columns, and views of them.
//!
//! Processing of a voucher: [`decode::read`] opens a file, [`decode`] converts columns to the cells of the
//! [`contract`], [`book::conform`] accepts or rejects rows, [`book::open`] assembles them to a [`book`], whose payments
//! are grouped by [`book::view`]. A [`subject`] is a unit that is measured and listed; [`delivery`] reports missing
//! deliveries of an office.

pub mod book;
pub mod contract;
pub mod decode;
pub mod delivery;
pub mod level;
#[cfg(test)]
pub(crate) mod sample;
pub mod subject;
