//! Any bytes as a SOAP answer: no panic, and what is taken out of an envelope can be put into one again.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| peoplesoft_client::fuzzing::soap_envelope(bytes));
