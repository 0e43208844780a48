//! Unchecked and checked settings of a seeded detector, following linfa's conventions.

use linfa::ParamGuard;

use super::super::error::Error;
use crate::params::Params;

/// Checked settings with a random seed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ValidParams<P> {
    pub(super) settings: P,
    pub(super) seed: u64,
}

/// Unchecked settings with a random seed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SeededParams<P>(ValidParams<P>);

/// Settings that take a seed.
pub trait Seeded: Params {
    /// Adds a random seed to the settings.
    fn seeded(self, seed: u64) -> SeededParams<Self> {
        SeededParams(ValidParams { settings: self, seed })
    }
}

impl<P: Params> Seeded for P {}

impl<P: Params> ParamGuard for SeededParams<P> {
    type Checked = ValidParams<P>;
    type Error = Error;

    fn check_ref(&self) -> Result<&ValidParams<P>, Error> {
        self.0.settings.validate()?;
        Ok(&self.0)
    }

    fn check(self) -> Result<ValidParams<P>, Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}
