//! What a run publishes, in files and on the terminal.

pub mod evaluated;
pub mod feature_tables;
pub mod published;
pub mod sheet;
pub mod tables;
pub mod terminal;
