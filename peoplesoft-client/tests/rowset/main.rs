//! Rowset messages read and written through the public interface.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod attacks;
mod pieces;
mod read;
mod round_trip;
mod write;
