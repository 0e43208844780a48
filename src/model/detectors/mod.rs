//! The detectors. Each is fitted through linfa's traits, scores new rows without another fit, and attributes a score to
//! columns.
//!
//! Rule for all detectors: **a missing cell is never a reason**. It adds nothing to a score, so rows with few recorded
//! cells rank low. If missing data is itself suspicious, a column must say so.

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
