//! Where the names of columns stand in a sheet, and what they are.

use std::ops::Range;

use csv::StringRecord;

use super::encoding::DAMAGE;
use super::error::Error;
use super::mapping::{Alternatives, Mapping, Source};
use super::sheet::Sheet;
use crate::ledger::contract::parse::plain;

/// Records among which the names of columns are sought.
pub const SOUGHT: usize = 60;

/// The names of a sheet's columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// One for each cell; the second column of a name has `#2` behind it.
    names: Vec<String>,
}

impl Names {
    /// The names in one record or in several, of which the later ones divide the first.
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
                // A name over several columns stands only over the first; below it, the others have names of their own.
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

    /// The place of the first of the alternatives that is there.
    pub fn place(&self, alternatives: &Alternatives) -> Option<usize> {
        alternatives.iter().find_map(|wanted| {
            let wanted = wanted.strip_suffix("#1").unwrap_or(wanted);
            self.names.iter().position(|name| name == wanted)
        })
    }

    /// Of the alternatives, a name that two columns have.
    pub fn doubled<'a>(&self, alternatives: &'a Alternatives) -> Option<&'a str> {
        let first = alternatives.iter().find(|one| self.place(&vec![(*one).clone()]).is_some())?;
        let second = format!("{first}#2");
        self.names.contains(&second).then_some(first.as_str())
    }

    /// The same names, with `#1` behind the first of those that stand twice, as a mapping must write them.
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

/// Where the names stand, and what stands above them.
#[derive(Debug, Clone)]
pub struct Header {
    /// The names.
    pub names: Names,
    /// The records of the names, counted from 0.
    pub records: Range<usize>,
    /// The row of the sheet in which they begin, counted from 1.
    pub line: u64,
    /// The cells above the names.
    pub titles: Vec<String>,
}

impl Header {
    /// The place of the first of the alternatives that the sheet has.
    ///
    /// # Errors
    /// If a second column has the same name, so that nobody knows which is meant.
    pub fn place(
        &self,
        alternatives: &Alternatives,
        sheet: &Sheet,
    ) -> Result<Option<usize>, Error> {
        match self.names.doubled(alternatives) {
            Some(name) => Err(sheet.wrong(&format!(
                "two columns are named `{name}`; write `{name}#1` or `{name}#2` in the mapping"
            ))),
            None => Ok(self.names.place(alternatives)),
        }
    }

    /// The name of the column at a place; blank where it has none.
    pub fn name(&self, place: usize) -> &str {
        self.names.all().get(place).map_or("", String::as_str)
    }

    /// Finds the record that holds every column that the mapping reads.
    ///
    /// # Errors
    /// What is missing in the record that comes closest, and the names that it has.
    pub fn find(sheet: &Sheet, mapping: &Mapping) -> Result<Self, Missing> {
        let Source { header, header_records, .. } = mapping.source;
        let head = sheet.head(SOUGHT.max(header.unwrap_or(0) + header_records));
        let places = match header {
            Some(record) => record - 1..record,
            None => 0..head.len(),
        };
        let mut closest = Missing { is_empty: head.is_empty(), ..Missing::default() };
        let mut fewest = usize::MAX;
        for place in places {
            let Some(at) = Self::at(&head, place, header_records) else { continue };
            let missing = mapping.missing(&at.names);
            if missing.is_empty() {
                return Ok(at);
            }
            if missing.len() < fewest {
                fewest = missing.len();
                closest = Missing { names: at.names.names, missing, ..Missing::default() };
            }
        }
        Err(closest)
    }

    /// The header whose names begin in the record `place` of the first records of a sheet.
    pub fn at(head: &[(u64, StringRecord)], place: usize, records: usize) -> Option<Self> {
        let own = head.get(place..place + records)?;
        let (line, _) = own.first()?;
        let names: Vec<StringRecord> = own.iter().map(|(_, record)| record.clone()).collect();
        let above = head.iter().take(place).flat_map(|(_, record)| record.iter());
        let titles = above.map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned);
        Some(Self {
            names: Names::of(&names),
            records: place..place + records,
            line: *line,
            titles: titles.collect(),
        })
    }
}

/// What is missing in a sheet whose names were not found.
#[derive(Debug, Clone, Default)]
pub struct Missing {
    /// Whether the sheet holds nothing at all.
    pub is_empty: bool,
    /// The columns that the closest record lacks.
    pub missing: Vec<String>,
    /// The names that it has.
    pub names: Vec<String>,
}

impl Missing {
    /// Whether the sheet has some of the columns: it may be meant, and must not be passed over.
    pub fn is_close(&self, mapping: &Mapping) -> bool {
        let all = mapping.missing(&Names::default()).len();
        self.missing.len() * 2 <= all && self.missing.len() < all
    }

    /// The message for a file that must have the columns.
    pub fn told(&self, form: &str) -> String {
        if self.is_empty {
            return "there is no row in it".to_owned();
        }
        let names: Vec<_> =
            self.names.iter().filter(|name| !name.is_empty()).map(String::as_str).collect();
        let names = names.join("`, `");
        let damaged = names.contains(DAMAGE);
        let hint = match (damaged, names.is_ascii()) {
            (true, _) => format!("; the names are not {form}: set `encoding` in [source]"),
            (false, false) => {
                format!("; it was read as {form}: set `encoding` if they look garbled")
            }
            (false, true) => String::new(),
        };
        let missing = self.missing.join("`, `");
        format!("no column `{missing}`; the columns that come closest are `{names}`{hint}")
    }
}

/// A name in the form in which names are compared: without blanks, full-width letters as plain ones.
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
