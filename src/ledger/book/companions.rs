//! The tables other than the ledger in typed columns; empty if they were not delivered.

use crate::ledger::contract::cell::{Cell, Day, Id};
use crate::ledger::contract::schema::{
    Advances, Bank, Calendar, Contracts, Decisions, Disclosures, Kinship, LeaseDues, Leases,
    Limits, Outcomes, Payees, People, Posts, Standards, Subsidies, TABLES, Villages,
};
use crate::ledger::contract::table::{AnyCol, Field};
use crate::ledger::decode::Raw;

macro_rules! companions {
    ($($field:ident $struct:ident),*) => {
        /// All companion tables. The answers of a simulation are excluded, so that indicators, features and models
        /// cannot use them.
        #[derive(Debug, Clone, Default)]
        pub struct Companions {
            $(
                #[doc = concat!("The table `", stringify!($field), "`.")]
                pub $field: $struct,
            )*
            payee_rows: Rows,
            decision_rows: Rows,
            contract_rows: Rows,
            people_rows: Rows,
        }

        impl Companions {
            /// Converts decoded tables.
            pub(in crate::ledger) fn from_raw(raws: Vec<(&'static str, Raw)>) -> Self {
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
                all.people_rows = rows(all.people.person.cells());
                all.reindex();
                all
            }

            /// The column of a field of a table.
            pub fn column(&self, table: &str, field: &str) -> Option<AnyCol<'_>> {
                match table {
                    $(stringify!($field) => self.$field.column(field),)*
                    _ => None,
                }
            }

            /// The number of rows with a value, for each table and field.
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

/// Each id with its first row, sorted.
type Rows = Vec<(Id, u32)>;

fn rows(ids: &[Id]) -> Rows {
    let mut rows: Rows = ids.iter().copied().zip(0..).collect();
    rows.retain(|(id, _)| *id != Id::NONE);
    rows.sort_unstable();
    rows.dedup_by_key(|(id, _)| *id);
    rows
}

fn row(rows: &Rows, id: Id) -> Option<usize> {
    let place = rows.binary_search_by_key(&id, |(id, _)| *id).ok()?;
    rows.get(place).map(|(_, row)| *row as usize)
}

impl Companions {
    /// Rebuilds the lookup of rows after changes to the tables of payees, decisions or contracts.
    pub(crate) fn reindex(&mut self) {
        self.payee_rows = rows(self.payees.payee.cells());
        self.decision_rows = rows(self.decisions.decision.cells());
        self.contract_rows = rows(self.contracts.contract.cells());
    }

    /// The last day up to a date that a row of a table names; none if it names none. A lease that ends in ten years
    /// says nothing of today.
    pub fn last_day(&self, (table, row): (&str, usize), until: Day) -> Option<Day> {
        let table = TABLES.iter().find(|it| it.name == table)?;
        let day = |field: &Field| match self.column(table.name, field.name)? {
            AnyCol::Day(column) => column.at(row).some().filter(|day| *day <= until),
            _ => None,
        };
        table.fields.iter().filter_map(day).max()
    }

    /// The row of a payee in `payees`.
    pub fn payee(&self, payee: Id) -> Option<usize> {
        row(&self.payee_rows, payee)
    }

    /// The row of a decision in `decisions`.
    pub fn decision(&self, decision: Id) -> Option<usize> {
        row(&self.decision_rows, decision)
    }

    /// The row of a contract in `contracts`.
    pub fn contract(&self, contract: Id) -> Option<usize> {
        row(&self.contract_rows, contract)
    }

    /// The row of a person in `people`.
    pub fn person(&self, person: Id) -> Option<usize> {
        row(&self.people_rows, person)
    }

    /// The person of a payee according to the register, or the payee itself.
    pub fn person_of(&self, payee: Id) -> Id {
        let person = self.payee(payee).and_then(|row| self.payees.person.at(row).some());
        person.unwrap_or(payee)
    }
}
