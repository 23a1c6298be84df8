//! Rowset messages read and written through the public interface.

mod attacks;
mod pieces;
mod read;
mod round_trip;
mod write;
