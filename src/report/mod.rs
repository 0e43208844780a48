//! What a run publishes, in files and on the terminal.
//!
//! A [`dossier`] is one lead as a person reads it; an [`office`] is what one level sees of a run. [`workbook`], [`page`] and
//! [`terminal`] show both, in the words of one table ([`crate::words::table`]); [`folders`] writes an office's folder.

pub mod cells;
pub mod digit_tables;
pub mod disclosure;
pub mod dossier;
pub mod education;
pub mod evaluated;
pub mod feature_tables;
pub mod folders;
pub mod forms;
pub mod income;
pub mod model_card;
pub mod model_folder;
pub mod names;
pub mod notices;
pub mod office;
pub mod own_rules;
pub mod page;
pub mod party;
pub mod party_table;
pub mod posting;
pub mod precheck;
pub mod published;
pub mod record;
pub mod results;
pub mod scores;
pub mod sentences;
pub mod sheet;
pub mod tables;
pub mod terminal;
mod texts;
pub mod training_tables;
pub mod voucher;
pub mod workbook;
