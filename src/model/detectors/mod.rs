//! The detectors: each is fitted through linfa's traits, scores rows it has never seen without being
//! fitted again, and says which columns a score came from.
//!
//! One rule holds for all: **a missing cell is never a reason**. It adds nothing to a score, so a row
//! of which little is recorded ranks low; whether absence itself is odd is a question for a column
//! that says so.

use linfa::dataset::Records;

use crate::matrix::Matrix;

mod covariance;
pub mod detector;
mod distance;
pub mod ecod;
mod facets;
pub mod fair_forest;
pub mod guard;
pub mod hbos;
mod heap;
pub mod iforest;
pub mod loda;
pub mod mahalanobis;
pub mod mcd;
pub mod name;
pub mod neighbours;
mod node;
mod plane;
pub mod scorer;
mod terms;
pub mod tree;

impl Records for Matrix {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.rows()
    }

    fn nfeatures(&self) -> usize {
        self.names().len()
    }
}
