//! What every target checks; the test of the corpus checks the same.

#[path = "../../tests/corpus/checks.rs"]
pub mod checks;
