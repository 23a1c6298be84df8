//! Any bytes as an answer: no panic, and what was read once is read the same again.
#![no_main]

use cleo_client::{
    Links,
    experimental::{Event, Folder},
    resource::{Action, Authenticator, Certificate, Connection, LogLine, Node, RunOutcome, RunReport, User},
};
use libfuzzer_sys::fuzz_target;

/// Whether a number could pass through a float, which may move by its last bit each time it is read.
fn may_hold_a_float(bytes: &[u8]) -> bool {
    bytes.contains(&b'.')
        || bytes.windows(2).any(|two| two[0].is_ascii_digit() && matches!(two[1], b'e' | b'E'))
        || bytes.windows(18).any(|many| many.iter().all(u8::is_ascii_digit))
}

/// What is sent back holds nothing that only the server sets.
fn is_a_draft(draft: impl serde::Serialize) {
    let draft = serde_json::to_value(draft).expect("a draft can be written");
    for name in ["id", "meta", "_links", "ready", "active"] {
        assert!(draft.get(name).is_none(), "{name}");
    }
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
    comes_back!(Authenticator);
    comes_back!(User);
    comes_back!(Certificate);
    comes_back!(Node);
    comes_back!(Event);
    comes_back!(Folder);
    comes_back!(Links);
    comes_back!(RunReport);
    if let Ok(read) = serde_json::from_slice::<Connection>(bytes) {
        is_a_draft(read.draft());
    }
    if let Ok(read) = serde_json::from_slice::<Action>(bytes) {
        is_a_draft(read.draft());
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Some(line) = LogLine::parse(text)
    {
        assert!(text.contains(&line.text));
        let _ = line.attributes();
    }
    if let Ok(report) = serde_json::from_slice::<RunReport>(bytes) {
        assert!(report.lines().count() <= report.messages.len());
        let outcome = RunOutcome::from_report(report);
        assert_eq!(outcome.is_success(), matches!(outcome, RunOutcome::Succeeded(_)));
    }
});
