//! Any bytes as an error document: no panic, and a text short enough to show.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| peoplesoft_client::fuzzing::ib_response(bytes));
