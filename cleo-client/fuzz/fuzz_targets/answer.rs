//! Any bytes as an answer: no panic, and what was read once is read the same again.
#![no_main]

use cleo_client::{
    Links,
    resource::{Action, Connection, RunOutcome, RunReport},
};
use libfuzzer_sys::fuzz_target;

/// Whether a number could pass through a float, which may move by its last bit each time it is read.
fn may_hold_a_float(bytes: &[u8]) -> bool {
    bytes.contains(&b'.')
        || bytes.windows(2).any(|two| two[0].is_ascii_digit() && matches!(two[1], b'e' | b'E'))
        || bytes.windows(18).any(|many| many.iter().all(u8::is_ascii_digit))
}

fuzz_target!(|bytes: &[u8]| {
    macro_rules! comes_back {
        ($kind:ty) => {
            if let Ok(first) = serde_json::from_slice::<$kind>(bytes) {
                let written = serde_json::to_vec(&first).expect("what was read can be written");
                let second: $kind = serde_json::from_slice(&written).expect("and read again");
                assert!(first == second || may_hold_a_float(bytes));
            }
        };
    }
    comes_back!(Connection);
    comes_back!(Action);
    comes_back!(Links);
    comes_back!(RunReport);
    if let Ok(report) = serde_json::from_slice::<RunReport>(bytes) {
        let outcome = RunOutcome::from_report(report);
        assert_eq!(outcome.is_success(), matches!(outcome, RunOutcome::Succeeded(_)));
    }
});
