//! Any bytes as a message of suppliers, vouchers or acknowledgements: no panic, and what is read can be
//! written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| peoplesoft_client::fuzzing::message(bytes));
