//! Any bytes as a rowset message: no panic, the same in one piece and in many, and what is read can be
//! written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| peoplesoft_client::fuzzing::rowset(bytes));
