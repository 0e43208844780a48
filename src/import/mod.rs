//! Tables as offices export them, turned into a dataset of the contract by a mapping.

pub mod dataset;
pub mod error;
pub mod mapping;
pub mod rows;
pub mod source;
pub mod value;
