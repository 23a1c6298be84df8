//! Generated data and the measuring loop of the benchmarks.

pub mod measure;
pub mod peoplesoft;
pub mod x12;
