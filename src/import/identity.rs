//! Unifies the spelling of ids, and assigns ids to persons that a source identifies by name. A name identifies one
//! person within a village only.

use std::collections::{BTreeMap, BTreeSet};

use super::value::Value;
use crate::ledger::contract::clean::is_han;
use crate::ledger::contract::table::Table;

/// Columns of persons, and the length of the division code within which a name is unique: 12 digits (village), or 9
/// (township) for township reviewers.
const PERSONS: [(&str, usize); 6] = [
    ("handler", 12),
    ("witness", 12),
    ("approver", 12),
    ("cosigner", 12),
    ("person", 12),
    ("township_reviewer", 9),
];

/// Id columns that are compared without regard to case.
const IDS: [&str; 7] =
    ["payee", "payee_account", "person", "handler", "witness", "approver", "cosigner"];

/// The first spelling of each id.
#[derive(Debug, Default)]
pub struct Spellings {
    first: BTreeMap<String, String>,
    /// Number of cells with another spelling.
    pub changed: u64,
}

impl Spellings {
    /// Replaces each id of a row by its first spelling.
    pub fn unify(&mut self, columns: &[&'static str], values: &mut [Value]) {
        for (column, value) in columns.iter().zip(values) {
            let Value::Text(id) = value else { continue };
            if !IDS.contains(column) || !id.bytes().any(|byte| byte.is_ascii_alphabetic()) {
                continue;
            }
            let first = self.first.entry(id.to_uppercase()).or_insert_with(|| id.clone());
            if first != id {
                id.clone_from(first);
                self.changed += 1;
            }
        }
    }
}

/// The persons of a register by division and name.
#[derive(Debug, Default)]
pub struct Register {
    /// The id; `None` if several persons have the name.
    ids: BTreeMap<(String, String), Option<String>>,
}

/// The result of matching names to the register.
#[derive(Debug, Default)]
pub struct Named {
    /// Cells with a unique name in the register, which got the person's id.
    pub matched: u64,
    /// Cells with an unknown or ambiguous name, whose id is the name with its division.
    pub unmatched: u64,
    /// Names shared by several persons of a division.
    pub shared: BTreeSet<String>,
}

impl Register {
    /// Adds a row of the people table.
    pub fn add(&mut self, table: &Table, columns: &[&'static str], values: &[Value]) {
        let text = |name: &str| {
            let place = columns.iter().position(|column| *column == name)?;
            match values.get(place) {
                Some(Value::Text(text)) => Some(text.as_str()),
                _ => None,
            }
        };
        let (Some(person), Some(name), Some(village)) =
            (text("person"), text("name"), text("village"))
        else {
            return;
        };
        if table.name != "people" {
            return;
        }
        for digits in [12, 9] {
            let Some(division) = village.get(..digits) else { continue };
            let known = self.ids.entry((division.to_owned(), name.to_owned()));
            known
                .and_modify(|id| {
                    if id.as_deref() != Some(person) {
                        *id = None;
                    }
                })
                .or_insert_with(|| Some(person.to_owned()));
        }
    }

    /// Replaces names in a row by the person's id, or by the name with its division.
    pub fn identify(&self, columns: &[&'static str], values: &mut [Value], named: &mut Named) {
        let village = columns.iter().position(|column| *column == "village");
        let village = village.and_then(|place| match values.get(place) {
            Some(Value::Text(village)) => Some(village.clone()),
            _ => None,
        });
        let Some(village) = village else { return };
        for (column, value) in columns.iter().zip(values) {
            let Some((_, digits)) = PERSONS.iter().find(|(name, _)| name == column) else {
                continue;
            };
            let (Value::Text(name), Some(division)) = (value, village.get(..*digits)) else {
                continue;
            };
            if !name.chars().any(is_han) || name.contains('@') {
                continue;
            }
            let key = (division.to_owned(), name.clone());
            match self.ids.get(&key) {
                Some(Some(id)) => {
                    named.matched += 1;
                    name.clone_from(id);
                }
                other => {
                    if other.is_some() {
                        named.shared.insert(format!("{name} ({division})"));
                    }
                    named.unmatched += 1;
                    *name = format!("{name}@{division}");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Named, Register, Spellings};
    use crate::import::value::Value;
    use crate::ledger::contract::schema::PEOPLE;

    fn texts(texts: [&str; 3]) -> Vec<Value> {
        texts.iter().map(|text| Value::Text((*text).to_owned())).collect()
    }

    #[test]
    fn the_case_of_letters_makes_no_other_person() {
        let mut spellings = Spellings::default();
        let columns = ["payee", "voucher", "handler"];
        let mut row = texts(["s1", "Ab", "p1"]);
        spellings.unify(&columns, &mut row);
        let mut other = texts(["S1", "aB", "P1"]);
        spellings.unify(&columns, &mut other);
        assert_eq!((other, spellings.changed), (texts(["s1", "aB", "p1"]), 2));
    }

    #[test]
    fn a_name_is_a_person_of_the_register_only_if_it_is_unique_in_the_village() {
        let mut register = Register::default();
        let columns = ["person", "name", "village"];
        for row in [
            ["P1", "模拟", "990000000001"],
            ["P2", "示例", "990000000001"],
            ["P3", "示例", "990000000001"],
            ["P4", "模拟", "990000000002"],
        ] {
            register.add(&PEOPLE, &columns, &texts(row));
        }
        let mut named = Named::default();
        let columns = ["village", "handler", "township_reviewer"];
        let mut told = |village: &str, name: &str| {
            let mut row = texts([village, name, name]);
            register.identify(&columns, &mut row, &mut named);
            row.into_iter()
                .skip(1)
                .map(|value| match value {
                    Value::Text(text) => text,
                    _ => String::new(),
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(
            told("990000000001", "模拟"),
            ["P1", "模拟@990000000"],
            "two of the township have the name"
        );
        assert_eq!(told("990000000002", "模拟"), ["P4", "模拟@990000000"]);
        assert_eq!(told("990000000001", "示例"), ["示例@990000000001", "示例@990000000"]);
        assert_eq!(told("990000000002", "示例"), ["示例@990000000002", "示例@990000000"]);
        assert_eq!(told("990000000002", "P9"), ["P9", "P9"], "an id is an id");
        assert_eq!(named.matched, 2);
    }
}
