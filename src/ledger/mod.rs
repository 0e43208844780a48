//! What a book is: the contract, the reader, the conformed columns and the views over them.

pub mod cell;
pub mod coerce;
pub mod parse;
mod raw;
pub mod read;
pub mod schema;
pub mod table;
pub mod write;
