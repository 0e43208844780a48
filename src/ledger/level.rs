//! Levels of supervision, and the part of a county that each supervises.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// A level of supervision.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    IntoStaticStr,
    EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Level {
    /// 县
    County,
    /// 乡镇
    Township,
    /// 村
    Village,
}

impl Level {
    /// All levels, the highest first.
    pub const ALL: [Self; 3] = [Self::County, Self::Township, Self::Village];

    /// The name in tables.
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// The code of the office of this level that supervises a village: the first 6, 9 or all 12 digits of the village's
    /// code.
    pub fn office(self, village: &str) -> &str {
        let digits = match self {
            Self::County => 6,
            Self::Township => 9,
            Self::Village => 12,
        };
        village.get(..digits).unwrap_or(village)
    }
}

#[cfg(test)]
mod tests {
    use super::Level;

    #[test]
    fn an_office_is_a_prefix_of_its_villages() {
        let offices = Level::ALL.map(|level| level.office("990101101201"));
        assert_eq!(offices, ["990101", "990101101", "990101101201"]);
        assert_eq!(Level::Township.office("甲村"), "甲村");
    }
}
