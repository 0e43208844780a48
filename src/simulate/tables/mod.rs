//! Converts rows to Arrow columns, in the order of the contract's fields.

pub(crate) mod answers;
pub(crate) mod columns;
pub(crate) mod county;
pub(crate) mod ledger;
pub(crate) mod village;
