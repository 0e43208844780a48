//! Simulated counties: villages that live for some years, with planted schemes and their look-alikes.
//!
//! The walk of a village: it is settled (`village`), lives its ordinary life (`ordinary`), some
//! officials hide something and some honest ones do what looks alike (`schemes`), the books are
//! closed (`closing`) and written (`dataset`). Every person is invented.

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
