//! Any bytes as the answer of a query, JSON or XMLP: no panic, the same in one piece and in many, and a cut
//! answer always says where to go on.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| peoplesoft_client::fuzzing::query_answer(bytes));
