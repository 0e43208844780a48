//! Column names in a sheet and in a mapping.

use csv::StringRecord;
use serde::{Deserialize, Deserializer};

use crate::ledger::contract::parse::plain;

/// Alternative names of one source column.
pub type Alternatives = Vec<String>;

/// The names of a sheet's columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// One name for each cell; the second column with the same name has the suffix `#2`.
    names: Vec<String>,
}

impl Names {
    /// The names in one header record or several; later records subdivide the first.
    pub fn of(records: &[StringRecord]) -> Self {
        let columns = records.iter().map(StringRecord::len).max().unwrap_or(0);
        let mut names = vec![String::new(); columns];
        for (level, record) in records.iter().enumerate() {
            let is_last = level + 1 == records.len();
            let mut above = String::new();
            for (place, name) in names.iter_mut().enumerate() {
                let own = plain_name(record.get(place).unwrap_or_default());
                if !own.is_empty() {
                    above.clone_from(&own);
                }
                // A name over several columns is written over the first only; the columns below have their own names.
                let is_divided = records
                    .iter()
                    .skip(level + 1)
                    .any(|lower| lower.get(place).is_some_and(|cell| !cell.trim().is_empty()));
                let part = if own.is_empty() && !is_last && is_divided { &above } else { &own };
                if !part.is_empty() && name != part {
                    if !name.is_empty() {
                        name.push('/');
                    }
                    name.push_str(part);
                }
            }
        }
        let counted = (0..names.len()).map(|place| {
            let name = names.get(place).map_or("", String::as_str);
            let before = names.iter().take(place).filter(|other| *other == name).count();
            if name.is_empty() || before == 0 {
                name.to_owned()
            } else {
                format!("{name}#{}", before + 1)
            }
        });
        Self { names: counted.collect() }
    }

    /// The index of the first alternative that exists.
    pub fn place(&self, alternatives: &Alternatives) -> Option<usize> {
        alternatives.iter().find_map(|wanted| {
            let wanted = wanted.strip_suffix("#1").unwrap_or(wanted);
            self.names.iter().position(|name| name == wanted)
        })
    }

    /// The first existing alternative, if two columns have that name.
    pub fn doubled<'a>(&self, alternatives: &'a Alternatives) -> Option<&'a str> {
        let first = alternatives.iter().find(|one| self.place(&vec![(*one).clone()]).is_some())?;
        let second = format!("{first}#2");
        self.names.contains(&second).then_some(first.as_str())
    }

    /// The names as a mapping must write them: the first of two equal names has the suffix `#1`.
    #[must_use]
    pub fn numbered(&self) -> Self {
        let second =
            |name: &str| self.names.iter().any(|other| other.strip_suffix("#2") == Some(name));
        let names = self.names.iter().map(|name| {
            if !name.is_empty() && second(name) { format!("{name}#1") } else { name.clone() }
        });
        Self { names: names.collect() }
    }

    /// All names in order; blank where a column has none.
    pub fn all(&self) -> &[String] {
        &self.names
    }
}

/// One name or a list of names in a mapping.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "expected the name of a column, or a list of names that it may have")]
pub(super) enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    pub(super) fn names(self) -> Alternatives {
        let names = match self {
            Self::One(name) => vec![name],
            Self::More(names) => names,
        };
        names.iter().map(|name| plain_name(name)).collect()
    }
}

/// Parses one name or a list of names.
pub(super) fn alternatives<'de, D: Deserializer<'de>>(source: D) -> Result<Alternatives, D::Error> {
    OneOrMore::deserialize(source).map(OneOrMore::names)
}

/// The form in which names are compared: no blanks, full-width letters as ASCII.
pub fn plain_name(name: &str) -> String {
    plain(name).chars().filter(|letter| !letter.is_whitespace() && *letter != '\u{feff}').collect()
}

#[cfg(test)]
mod tests {
    use super::{Names, plain_name};
    use csv::StringRecord;

    #[test]
    fn blanks_and_width_do_not_count_in_names() {
        assert_eq!(plain_name(" 金额\n（元） "), "金额(元)");
        assert_eq!(plain_name("合　计"), "合计");
    }

    #[test]
    fn the_second_column_of_a_name_is_told_from_the_first() {
        let names = Names::of(&[StringRecord::from(vec!["备注", "金额", "备注"])]);
        assert_eq!(names.all(), ["备注", "金额", "备注#2"]);
        assert_eq!(names.doubled(&vec!["备注".to_owned()]), Some("备注"));
        assert_eq!(names.place(&vec!["备注#1".to_owned()]), Some(0));
        assert_eq!(names.doubled(&vec!["备注#1".to_owned()]), None);
    }

    #[test]
    fn a_name_over_two_columns_is_divided_by_the_record_below() {
        let upper = StringRecord::from(vec!["2024年", "", "凭证", "", "摘要", "借方"]);
        let lower = StringRecord::from(vec!["月", "日", "字", "号", "", "借方"]);
        let names = Names::of(&[upper, lower]);
        assert_eq!(names.all(), ["2024年/月", "2024年/日", "凭证/字", "凭证/号", "摘要", "借方"]);
    }
}
