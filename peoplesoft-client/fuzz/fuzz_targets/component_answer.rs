//! Any bytes as an answer of a component interface: no panic, and what is read can be written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| peoplesoft_client::fuzzing::component_answer(bytes));
