//! What comparable leases are let at: the rent per mu and year that a lease is expected to have.

use std::collections::{BTreeMap, BTreeSet};

use crate::convert::float;
use crate::ledger::book::Book;
use crate::ledger::contract::cell::{Cell, Id};
use crate::stats::huber::Huber;
use crate::stats::peers::student_upper;

/// A class of assets with fewer leases has no usual rent.
pub const FEWEST: usize = 30;
/// The least standard deviation of the logarithm of rents: a tenth more or less is usual anywhere.
const LEAST: f64 = 0.1;
/// The effect of a township or a terrain is drawn to nothing as by so many further leases without any.
const DRAWN: f64 = 2.0;
/// The effects of size and of the year are drawn to nothing as by so many further leases.
const SLOPE: f64 = 0.5;
/// Digits of a village's code that name its township.
const TOWNSHIP: usize = 9;

/// A lease beside the comparable ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Let {
    /// The row of `leases`.
    pub row: usize,
    /// The village.
    pub village: Id,
    /// In mu.
    pub area: f64,
    /// Yuan per mu and year.
    pub rent: f64,
    /// The yuan per mu and year at which a comparable lease is let.
    pub usual: f64,
    /// The probability that a lease is let so low.
    pub p: f64,
    /// The leases of its class of assets.
    pub count: usize,
}

/// The leases of a county whose class of assets has enough of them.
#[derive(Debug, Default)]
pub struct Rents {
    /// By village and row.
    all: Vec<Let>,
}

impl Rents {
    /// Fits the logarithm of the rent per mu by class of assets, on area, first year, terrain and township.
    pub fn of(book: &Book) -> Self {
        let table = &book.companions.leases;
        let mut classes: BTreeMap<Id, Vec<Lease>> = BTreeMap::new();
        for row in 0..table.rows {
            if let Some((asset, lease)) = Lease::of(book, row) {
                classes.entry(asset).or_default().push(lease);
            }
        }
        let terrains = terrains(book);
        let classes = classes.values().filter(|leases| leases.len() >= FEWEST);
        let mut all: Vec<Let> =
            classes.filter_map(|leases| compare(book, &terrains, leases)).flatten().collect();
        all.sort_unstable_by_key(|one| (one.village, one.row));
        Self { all }
    }

    /// The leases of a village.
    pub fn of_village(&self, village: Id) -> &[Let] {
        let from = self.all.partition_point(|one| one.village < village);
        let to = self.all.partition_point(|one| one.village <= village);
        self.all.get(from..to).unwrap_or(&[])
    }
}

/// What the rent of a lease is explained by.
#[derive(Debug, Clone, Copy)]
struct Lease {
    row: usize,
    village: Id,
    area: f64,
    rent: f64,
    year: f64,
}

impl Lease {
    /// A lease with its class of assets; `None` without an area, a rent or a class.
    fn of(book: &Book, row: usize) -> Option<(Id, Self)> {
        let table = &book.companions.leases;
        let area = table.area_mu.at(row).some().map(|it| it.0).filter(|area| *area > 0.0)?;
        // The logarithm of nothing is taken for that of a yuan.
        let rent = table.rent_per_year.at(row).some()?.yuan().max(1.0) / area;
        let year = f64::from(table.start.at(row).some()?.year());
        let village = table.village.at(row).some()?;
        Some((table.asset.at(row).some()?, Self { row, village, area, rent, year }))
    }
}

/// The terrain of each village, as its last year has it.
fn terrains(book: &Book) -> BTreeMap<Id, Id> {
    let table = &book.companions.villages;
    let known = (0..table.rows)
        .filter_map(|row| Some((table.village.at(row).some()?, table.terrain.at(row).some()?)));
    known.collect()
}

/// Each lease of a class beside the others; `None` if they cannot be compared.
fn compare(book: &Book, terrains: &BTreeMap<Id, Id>, leases: &[Lease]) -> Option<Vec<Let>> {
    let township = |one: &Lease| book.names.get(one.village).get(..TOWNSHIP);
    let terrain = |one: &Lease| terrains.get(&one.village);
    let townships: BTreeSet<_> = leases.iter().filter_map(township).collect();
    let lands: BTreeSet<_> = leases.iter().filter_map(terrain).collect();
    let mean = |of: fn(&Lease) -> f64| leases.iter().map(of).sum::<f64>() / float(leases.len());
    let (area, year) = (mean(|one| one.area.ln()), mean(|one| one.year));
    let is = |holds: bool| if holds { 1.0 } else { 0.0 };
    let row = |one: &Lease| -> Vec<f64> {
        let slopes = [1.0, one.area.ln() - area, (one.year - year) / 10.0];
        let of_township = townships.iter().map(|it| is(township(one) == Some(*it)));
        let of_terrain = lands.iter().map(|it| is(terrain(one) == Some(*it)));
        slopes.into_iter().chain(of_township).chain(of_terrain).collect()
    };
    let rows: Vec<Vec<f64>> = leases.iter().map(row).collect();
    let values: Vec<f64> = leases.iter().map(|one| one.rent.ln()).collect();
    let effects = townships.len() + lands.len();
    let ridge: Vec<f64> =
        [0.0, SLOPE, SLOPE].into_iter().chain(std::iter::repeat_n(DRAWN, effects)).collect();
    let fit = Huber::fit(&rows, &values, &ridge, LEAST)?;
    // The standard deviation is as uncertain as one of 37 % of the values, because it is taken from the median residual.
    let freedom = 0.37 * fit.freedom() + 0.2;
    let beside = |(one, (row, value)): (&Lease, (&Vec<f64>, &f64))| {
        let expected = fit.expected(row);
        let below = (expected - value) / fit.spread();
        let (Lease { row, village, area, rent, .. }, usual) = (*one, expected.exp());
        Let {
            row,
            village,
            area,
            rent,
            usual,
            p: student_upper(below, freedom),
            count: leases.len(),
        }
    };
    Some(leases.iter().zip(rows.iter().zip(&values)).map(beside).collect())
}

#[cfg(test)]
mod tests {
    use super::{FEWEST, Rents};
    use crate::ledger::sample;

    /// Forty ponds of two townships, the second half as dear, and one let far below.
    fn leases(count: usize) -> String {
        let lease = |place: usize| {
            let (township, rent) = [(1, 800), (2, 1_200)][place % 2];
            let rent = if place == 7 { 300 } else { rent + place % 5 * 20 };
            let (area, year) = (5 + place % 7, 2015 + place % 6);
            format!("L{place:02},99010110{township}201,pond,{area},{},{year}-03-01\n", rent * area)
        };
        let rows: String = (0..count).map(lease).collect();
        format!("lease,village,asset,area_mu,rent_per_year,start\n{rows}")
    }

    #[test]
    fn a_lease_is_held_against_those_of_its_class_and_township() {
        let leases = leases(40);
        let book = sample::book(&[("ledger", "payee\na\n"), ("leases", &leases)]);
        let rents = Rents::of(&book);
        let village = |code: &str| rents.of_village(book.names.find(code).unwrap());
        let (near, far) = (village("990101101201"), village("990101102201"));
        assert_eq!((near.len(), far.len()), (20, 20));
        assert!(near.iter().all(|one| (780.0..960.0).contains(&one.usual) && one.p > 0.01));
        let low = far.iter().min_by(|a, b| a.p.total_cmp(&b.p)).unwrap();
        assert!((1_100.0..1_350.0).contains(&low.usual), "{low:?}");
        assert!((low.rent - 300.0).abs() < 1e-9, "{low:?}");
        assert!(low.p < 1e-6, "{low:?}");
    }

    #[test]
    fn a_class_with_few_leases_has_no_usual_rent() {
        let leases = leases(FEWEST - 1);
        let book = sample::book(&[("ledger", "payee\na\n"), ("leases", &leases)]);
        assert!(Rents::of(&book).all.is_empty());
    }
}
