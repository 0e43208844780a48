//! The tables beside the ledger, each in typed columns, empty where it was not delivered.

use super::cell::{Cell, Id};
use super::decode::Raw;
use super::schema::{
    Advances, Bank, Calendar, Contracts, Decisions, Disclosures, Kinship, LeaseDues, Leases,
    Limits, Outcomes, Payees, People, Posts, Standards, Subsidies, Villages,
};

macro_rules! companions {
    ($($field:ident $struct:ident),*) => {
        /// Every companion table. The answers of a simulation are not among them: no indicator,
        /// feature or model can see them.
        #[derive(Debug, Default)]
        pub struct Companions {
            $(
                #[doc = concat!("The table `", stringify!($field), "`.")]
                pub $field: $struct,
            )*
            /// The person of each payee that is one, sorted by payee.
            persons: Vec<(Id, Id)>,
        }

        impl Companions {
            /// The tables as they were read.
            pub(super) fn from_raw(raws: Vec<(&'static str, Raw)>) -> Self {
                let mut all = Self::default();
                for (name, mut raw) in raws {
                    match name {
                        $(stringify!($field) => {
                            let rows = raw.rows;
                            all.$field = $struct::from_cells(rows, |column| raw.take(column));
                        })*
                        _ => {}
                    }
                }
                all.persons = all.persons_of_payees();
                all
            }

            /// For each table and field, the rows that hold a value.
            pub fn filled(&self) -> Vec<(&'static str, &'static str, usize)> {
                let mut all = Vec::new();
                $(all.extend(
                    self.$field.filled().into_iter()
                        .map(|(field, rows)| (stringify!($field), field, rows)),
                );)*
                all
            }
        }
    };
}

companions!(
    villages Villages, people People, posts Posts, kinship Kinship, payees Payees, limits Limits,
    decisions Decisions, contracts Contracts, leases Leases, lease_dues LeaseDues,
    subsidies Subsidies, standards Standards, disclosures Disclosures, bank Bank,
    advances Advances, calendar Calendar, outcomes Outcomes
);

impl Companions {
    fn persons_of_payees(&self) -> Vec<(Id, Id)> {
        let payees = &self.payees;
        let pair = |row| (payees.payee.at(row), payees.person.at(row));
        let mut pairs: Vec<_> = (0..payees.rows).map(pair).collect();
        pairs.retain(|(payee, person)| *payee != Id::NONE && *person != Id::NONE);
        pairs.sort_unstable();
        pairs.dedup_by_key(|(payee, _)| *payee);
        pairs
    }

    /// The person behind a payee, as the register says, or the payee itself.
    pub fn person_of(&self, payee: Id) -> Id {
        let place = self.persons.binary_search_by_key(&payee, |(payee, _)| *payee);
        let found = place.ok().and_then(|place| self.persons.get(place));
        found.map_or(payee, |(_, person)| *person)
    }
}
