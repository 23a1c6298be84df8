//! The delivery protocol, explored to its last state over the real state machine.
//!
//! A world is one shipment, the sink, the process that owns the stream, requests that are still on the wire, and
//! processes that were paused before they sent and have lost the stream since. From every world every next step is
//! taken: a commit, an answer, a lost answer, a crash at any point, a pause, a landing, a tick of time. Up to three
//! faults can happen in a life. A world is judged by what the sink has received and by what the ledger says at the end.
//!
//! Times are kept as ages, so that the worlds are finite although time is not bounded.
//!
//! That the exploration finds what is wrong is shown with state machines that are broken on purpose (`broken.rs`).

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod broken;
mod explore;
mod world;

use explore::{Found, explore};
use sync_core::Repeat;
use sync_core::delivery::step;
use world::{LIFE, OLD, PAUSE, Setting, ticks};

/// A settle that outlasts every request: one that was paused before it left, too.
const SETTLE: u8 = LIFE + PAUSE + 1;

fn probe(settle: u8) -> Setting {
    Setting {
        repeat: Repeat::Probe {
            settle: ticks(settle),
        },
        ..blind()
    }
}

fn blind() -> Setting {
    Setting {
        repeat: Repeat::Blind,
        memory: None,
        judged_when_asked: true,
        budget: OLD + 1,
        approvals: 0,
        faults: 3,
        protocol: step,
    }
}

fn deduplicating() -> Setting {
    let repeat = Repeat::Deduplicated {
        window: ticks(OLD + 1),
    };
    Setting {
        repeat,
        memory: Some(OLD + 1),
        ..blind()
    }
}

/// Nothing lost, nothing twice, nothing that can never end.
fn assert_safe(found: &Found) {
    assert!(found.worlds > 300, "the model has shrunk: {found:#?}");
    assert_eq!(
        (found.lost, found.duplicated, found.limbo),
        (0, 0, 0),
        "{found:#?}"
    );
}

#[test]
fn a_deduplicating_sink_gets_everything_once_and_nobody_must_look() {
    let found = explore(deduplicating());
    assert_safe(&found);
    assert_eq!(found.review, 0, "{found:#?}");
}

#[test]
fn a_sink_that_can_be_asked_gets_everything_once_where_settle_outlasts_every_request() {
    let found = explore(probe(SETTLE));
    assert_safe(&found);
    assert_eq!(found.review, 0, "{found:#?}");
}

#[test]
fn a_blind_sink_gets_nothing_twice_and_doubt_ends_with_a_person() {
    let found = explore(blind());
    assert_safe(&found);
    assert!(found.review > 0, "{found:#?}");
}

#[test]
fn where_nothing_goes_wrong_nobody_must_look() {
    for setting in [deduplicating(), probe(SETTLE), blind()] {
        let found = explore(Setting {
            faults: 0,
            ..setting
        });
        let bad = (found.lost, found.duplicated, found.limbo, found.review);
        assert_eq!(bad, (0, 0, 0, 0), "{found:#?}");
    }
}

#[test]
fn a_person_s_word_allows_one_more_and_no_more() {
    for approvals in [1, 2] {
        assert_safe(&explore(Setting {
            approvals,
            ..blind()
        }));
    }
}

#[test]
fn a_budget_ends_every_doubt_with_a_person_and_never_with_a_second_effect() {
    for budget in 1..6 {
        for setting in [probe(SETTLE), deduplicating()] {
            let found = explore(Setting { budget, ..setting });
            assert_safe(&found);
            assert!(found.review > 0, "budget {budget}: {found:#?}");
        }
    }
}

#[test]
fn an_absence_that_is_believed_too_early_is_found() {
    // At once; before a request ends; before one that was paused ends; in the very tick in which it ends.
    for settle in [0, LIFE, LIFE + PAUSE - 1, LIFE + PAUSE] {
        let found = explore(probe(settle));
        assert!(found.duplicated > 0, "settle {settle}: {found:#?}");
        assert_eq!(found.lost, 0, "settle {settle}");
        assert!(found.story.contains(&"the sink is asked"), "{found:#?}");
    }
}

#[test]
fn an_absence_counts_from_the_question_not_from_the_answer() {
    let found = explore(Setting {
        judged_when_asked: false,
        ..probe(SETTLE)
    });
    assert!(found.duplicated > 0, "{found:#?}");
}

#[test]
fn a_sink_that_forgets_before_the_last_request_has_landed_is_found() {
    let window = 4;
    let setting = |memory| Setting {
        repeat: Repeat::Deduplicated {
            window: ticks(window),
        },
        memory: Some(memory),
        ..deduplicating()
    };
    let found = explore(setting(window));
    assert!(found.duplicated > 0, "{found:#?}");
    // The window that is promised ends a request's life before the sink forgets.
    assert_safe(&explore(setting(window + LIFE + PAUSE)));
}

#[test]
fn a_sink_that_promises_too_much_is_found() {
    let found = explore(Setting {
        memory: None,
        ..deduplicating()
    });
    assert!(found.duplicated > 0, "{found:#?}");
}
