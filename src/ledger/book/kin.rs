//! Kinship between persons, from the kinship table.

use crate::ledger::contract::cell::{Cell, Id};
use crate::ledger::contract::schema::Kinship;

/// The direct relations of each person, in both directions.
#[derive(Debug, Default)]
pub struct Kin {
    /// Person, relative and degree, sorted; only the closest degree of each pair.
    pairs: Vec<(Id, Id, u8)>,
}

impl Kin {
    /// Builds the relations from a kinship table. A missing degree counts as 3, the most distant.
    pub fn of(table: &Kinship) -> Self {
        let mut pairs = Vec::with_capacity(table.rows * 2);
        for row in 0..table.rows {
            let (a, b) = (table.a.at(row), table.b.at(row));
            let degree = table.degree.at(row).some().map_or(3, |degree| degree.0.clamp(1, 3));
            let degree = u8::try_from(degree).unwrap_or(3);
            if a != b && a != Id::NONE && b != Id::NONE {
                pairs.push((a, b, degree));
                pairs.push((b, a, degree));
            }
        }
        pairs.sort_unstable();
        pairs.dedup_by_key(|(a, b, _)| (*a, *b));
        Self { pairs }
    }

    /// The degree of kinship of two persons: 1 parent, child, spouse or sibling; 2 in-law or uncle; 3 more distant.
    pub fn degree(&self, a: Id, b: Id) -> Option<u8> {
        let place = self.pairs.binary_search_by_key(&(a, b), |(a, b, _)| (*a, *b));
        place.ok().and_then(|place| self.pairs.get(place)).map(|(.., degree)| *degree)
    }

    /// The relatives of a person with their degree, sorted by id.
    pub fn of_person(&self, person: Id) -> impl Iterator<Item = (Id, u8)> {
        let from = self.pairs.partition_point(|(a, ..)| *a < person);
        let rest = self.pairs.get(from..).unwrap_or(&[]);
        rest.iter().take_while(move |(a, ..)| *a == person).map(|(_, b, degree)| (*b, *degree))
    }
}

#[cfg(test)]
mod tests {
    use super::Kin;
    use crate::ledger::contract::cell::{Id, Int};
    use crate::ledger::contract::schema::Kinship;
    use crate::ledger::contract::table::Col;

    #[test]
    fn a_relation_holds_both_ways_at_its_nearest_degree() {
        let table = Kinship {
            rows: 3,
            a: Col::new(vec![Id(1), Id(2), Id(4)]),
            b: Col::new(vec![Id(2), Id(1), Id(4)]),
            degree: Col::new(vec![Int(2), Int(1), Int(1)]),
            ..Kinship::default()
        };
        let kin = Kin::of(&table);
        assert_eq!(kin.degree(Id(1), Id(2)), Some(1));
        assert_eq!(kin.degree(Id(2), Id(1)), Some(1));
        assert_eq!(kin.degree(Id(4), Id(4)), None);
        assert_eq!(kin.of_person(Id(1)).collect::<Vec<_>>(), [(Id(2), 1)]);
    }
}
