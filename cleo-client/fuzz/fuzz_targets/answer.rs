//! Any bytes as an answer: no panic, and what was read once is read the same again.
#![no_main]

use cleo_client::{
    Links,
    resource::{Action, Connection, RunOutcome, RunReport},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    macro_rules! comes_back {
        ($kind:ty) => {
            if let Ok(first) = serde_json::from_slice::<$kind>(bytes) {
                let written = serde_json::to_vec(&first).expect("what was read can be written");
                let second: $kind = serde_json::from_slice(&written).expect("and read again");
                assert_eq!(first, second);
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
