//! Any bytes as an answer: no panic, and what was read once is read the same again.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| cleo_client::fuzzing::answer(bytes));
