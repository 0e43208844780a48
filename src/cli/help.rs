//! The command line as it is parsed, and its pages of help and faults in both languages.

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches};

use super::Cli;
use crate::words::table::Lang;
use crate::words::translate::chinese;

impl Cli {
    /// Parses the arguments, the program's name first.
    ///
    /// # Errors
    /// The page to show instead: help, the version, or what is wrong with the arguments.
    pub fn read(arguments: &[OsString], lang: Lang) -> Result<Self, clap::Error> {
        let command = match lang {
            Lang::En => Self::command(),
            // Lines are broken between words of English, so that no sentence would be found in the catalogue.
            Lang::Zh => Self::command().term_width(0),
        };
        Self::from_arg_matches(&command.try_get_matches_from(arguments)?)
    }
}

/// A page that clap made, in Chinese and without colours.
pub fn chinese_page(page: &clap::Error) -> String {
    chinese(&page.render().to_string())
}
