//! Simulated counties: village ledgers of several years, with planted acts and innocent look-alikes.
//!
//! For each village, `village` creates people and payees, `ordinary` books ordinary transactions, `schemes` plants
//! acts and look-alikes, `closing` closes the books and `dataset` writes them. All persons are invented.

mod calendar;
mod chance;
mod chart;
mod closing;
pub mod dataset;
mod desk;
mod disclosure;
pub mod error;
mod keying;
mod kin;
mod manner;
mod office;
mod ordinary;
mod payee;
mod payment;
mod person;
mod plan;
mod policy;
mod price;
mod records;
mod schemes;
pub mod settings;
pub mod summary;
mod tables;
mod township;
mod village;
mod voucher;
mod writing;

/// The names of all schemes that can be planted, in order.
pub fn schemes() -> impl Iterator<Item = &'static str> {
    schemes::SCHEMES.iter().map(|scheme| scheme.name())
}
