//! What one register says and another must show: who was in office, what was due, what was posted.
//!
//! Indicators measure how unusual such a difference is, and reports list the rows of both sides. Nothing here judges.

pub mod booked;
pub mod contracts;
pub mod exposed;
pub mod income;
pub mod notices;
pub mod office;
pub mod posting;
pub mod practice;
pub mod rent;
pub mod standing;
pub mod steps;
