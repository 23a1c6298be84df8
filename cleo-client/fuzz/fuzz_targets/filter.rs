//! Any attribute and value as a filter: refused, or one comparison with one quoted string.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| cleo_client::fuzzing::filter(bytes));
