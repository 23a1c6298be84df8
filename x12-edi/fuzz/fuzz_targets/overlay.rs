//! See `checks::overlay`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| x12_edi_fuzz::checks::overlay(bytes));
