//! The settings of a seeded detector before and after they are checked, as linfa has it.

use std::fmt::Display;
use std::ops::RangeInclusive;

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use super::super::error::Error;

/// Settings that can say whether each of them is in its range.
pub trait Ranged {
    /// Names the first setting that is out of its range.
    ///
    /// # Errors
    /// If there is one.
    fn in_range(&self) -> Result<(), Error>;
}

/// Refuses a setting outside its range; `expected` says the range in words.
pub(in crate::model) fn within<T: PartialOrd + Display + Copy>(
    key: &'static str,
    found: T,
    range: RangeInclusive<T>,
    expected: &'static str,
) -> Result<(), Error> {
    if range.contains(&found) {
        return Ok(());
    }
    Err(Error::Setting { key, expected, found: found.to_string() })
}

/// Settings with the seed of all random choices.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seeded<S> {
    pub(super) settings: S,
    #[serde(skip)]
    pub(super) seed: u64,
}

/// The same, not checked yet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Unchecked<S>(pub(super) Seeded<S>);

impl<S> Unchecked<S> {
    /// Settings with the seed 0.
    pub(super) fn of_settings(settings: S) -> Self {
        Self(Seeded { settings, seed: 0 })
    }

    /// The same settings with the seed of all random choices.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }
}

impl<S: Ranged> ParamGuard for Unchecked<S> {
    type Checked = Seeded<S>;
    type Error = Error;

    fn check_ref(&self) -> Result<&Seeded<S>, Error> {
        self.0.settings.in_range()?;
        Ok(&self.0)
    }

    fn check(self) -> Result<Seeded<S>, Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}
