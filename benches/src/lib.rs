//! Data for the benchmarks, generated in memory from a seed.

pub mod x12;
