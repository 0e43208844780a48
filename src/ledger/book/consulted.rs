//! What a county has on record for a few villages: its registers, and some columns of the villages' lines.
//!
//! A question about single vouchers needs no book: rows are not validated, and no payments are derived.

use crate::ledger::book::companions::Companions;
use crate::ledger::book::conform::side;
use crate::ledger::book::kin::Kin;
use crate::ledger::book::limits::LimitIndex;
use crate::ledger::book::side::Side;
use crate::ledger::book::terms::Terms;
use crate::ledger::contract::names::Names;
use crate::ledger::contract::schema::{LEDGER, Lines};
use crate::ledger::decode::dataset::Source;
use crate::ledger::decode::{Error, Part, read_part};

/// The registers of a county, and some columns of its ledger.
#[derive(Debug, Default)]
pub struct Consulted {
    /// All strings, sorted.
    pub names: Names,
    /// The other tables that were asked for.
    pub companions: Companions,
    /// Approval limits by village, class and day.
    pub limits: LimitIndex,
    /// Kinship between persons.
    pub kin: Kin,
    /// Terms of office.
    pub terms: Terms,
    /// The columns of the ledger that were asked for, in the order of the files.
    pub lines: Lines,
    /// Whether there is a ledger.
    pub has_ledger: bool,
}

impl Consulted {
    /// Reads the tables of a source; of the ledger only some columns, and of those only what villages between the first
    /// and the last may have.
    ///
    /// # Errors
    /// If a file cannot be decoded, or the ledger lacks a required column.
    pub fn read(
        source: &Source,
        columns: &[&'static str],
        villages: (&str, &str),
    ) -> Result<Self, Error> {
        let (names, raws) = read_part(source, Some(Part { columns, villages }))?;
        let mut lines = Lines::default();
        let mut others = Vec::new();
        let mut has_ledger = false;
        for (table, mut raw) in raws {
            if table.name == LEDGER.name {
                has_ledger = true;
                lines = Lines::from_cells(raw.rows, |column| raw.take(column));
            } else {
                others.push((table.name, raw));
            }
        }
        let companions = Companions::from_raw(others);
        let limits = LimitIndex::of(&companions.limits, &names);
        let kin = Kin::of(&companions.kinship);
        let terms = Terms::of(&companions.posts);
        Ok(Self { names, companions, limits, kin, terms, lines, has_ledger })
    }

    /// The side of a line of the ledger.
    pub fn side(&self, line: usize) -> Option<Side> {
        side(self.names.get(self.lines.side.at(line)))
    }
}
