//! Settings of a simulated dataset.

use serde::{Deserialize, Serialize};

use super::error::Error;

/// Size and content of a simulated dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The seed of all random streams.
    pub seed: u64,
    /// Number of counties, 1 to 99.
    pub counties: u32,
    /// Townships of each county, 1 to 800; at most the number of villages.
    pub townships: u32,
    /// Villages of each county.
    pub villages: u32,
    /// Number of whole calendar years.
    pub years: u32,
    /// The first calendar year, not before 2005.
    pub first_year: i16,
    /// Voucher lines that a village of average activity books in a year.
    pub lines: u32,
    /// Share of the villages with acts, 0 to 1.
    pub acts: f64,
    /// Mean care with which offenders hide acts, 0 to 1. Careful offenders vary words and amounts, let others sign
    /// and have complete papers.
    pub care: f64,
    /// Innocent look-alikes for each act, 0 to 100.
    pub look_alikes: f64,
    /// Plants no acts; the look-alikes stay.
    pub honest: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 1,
            counties: 1,
            townships: 10,
            villages: 100,
            years: 3,
            first_year: 2022,
            lines: 900,
            acts: 0.3,
            care: 0.5,
            look_alikes: 16.0,
            honest: false,
        }
    }
}

impl Settings {
    /// The same settings, if each is within its range.
    ///
    /// # Errors
    /// If a setting is out of its range; the error names the first.
    pub fn check(&self) -> Result<&Self, Error> {
        within("counties", i64::from(self.counties), 1, 99)?;
        within("villages", i64::from(self.villages), 1, 800 * 700)?;
        within("townships", i64::from(self.townships), 1, 800)?;
        within("villages", i64::from(self.villages), 1, i64::from(self.townships) * 700)?;
        if self.townships > self.villages {
            return Err(Error::Setting {
                key: "townships",
                expected: format!("no more than `villages`, which is {}", self.villages),
                found: self.townships.to_string(),
            });
        }
        within("first_year", i64::from(self.first_year), 2005, 2030)?;
        within("years", i64::from(self.years), 1, 2031 - i64::from(self.first_year))?;
        within("lines", i64::from(self.lines), 300, 1_000_000)?;
        share("acts", self.acts, 1.0)?;
        share("care", self.care, 1.0)?;
        share("look_alikes", self.look_alikes, 100.0)?;
        Ok(self)
    }
}

fn within(key: &'static str, value: i64, least: i64, most: i64) -> Result<(), Error> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    let expected = format!("a number from {least} to {most}");
    Err(Error::Setting { key, expected, found: value.to_string() })
}

fn share(key: &'static str, value: f64, most: f64) -> Result<(), Error> {
    if (0.0..=most).contains(&value) {
        return Ok(());
    }
    let expected = format!("a number from 0 to {most}");
    Err(Error::Setting { key, expected, found: value.to_string() })
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn the_default_is_in_range() {
        assert!(Settings::default().check().is_ok());
    }

    #[test]
    fn a_setting_out_of_range_is_named_with_its_range() {
        let wrong = Settings { first_year: 1999, ..Settings::default() };
        let error = wrong.check().unwrap_err().to_string();
        assert!(error.contains("first_year") && error.contains("2005"), "{error}");
        let wrong = Settings { acts: f64::NAN, ..Settings::default() };
        assert!(wrong.check().is_err());
        assert!(Settings { care: 1.1, ..Settings::default() }.check().is_err());
        assert!(Settings { look_alikes: -1.0, ..Settings::default() }.check().is_err());
    }

    #[test]
    fn more_townships_than_villages_are_refused_with_both() {
        let wrong = Settings { townships: 50, villages: 3, ..Settings::default() };
        let error = wrong.check().unwrap_err().to_string();
        let expected = "`townships` must be no more than `villages`, which is 3, but is 50";
        assert_eq!(error, expected);
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(toml::from_str::<Settings>("seeds = 3").is_err());
        assert_eq!(toml::from_str::<Settings>("seed = 3").unwrap().seed, 3);
    }
}
