//! State machines that are broken on purpose, each in the way of a protocol that somebody has shipped: the exploration
//! must find every one of them out.

use sync_core::delivery::{Command, Delivery, Event, Illegal, Phase, Rule, Why, step};
use sync_core::{Probe, Repeat, Verdict};

use crate::explore::{Found, explore};
use crate::world::{LIFE, PAUSE, Protocol, Setting, ticks};
use crate::{SETTLE, blind, deduplicating, probe};

type Next = Result<(Delivery, Why, Command), Illegal>;

/// Sends first and writes it down afterwards: nothing is marked before it leaves.
fn writes_afterwards(state: &Delivery, event: &Event, rule: &Rule) -> Next {
    match (state.phase, event) {
        (Phase::Prepared, Event::Send) => Ok((state.clone(), Why::First, Command::Deliver)),
        (Phase::Prepared, Event::Verdict(_)) => {
            let (sent, _, _) = step(state, &Event::Send, rule)?;
            step(&sent, event, rule)
        }
        _ => step(state, event, rule),
    }
}

/// Writes down that it arrived, and sends it then.
fn writes_before(state: &Delivery, event: &Event, rule: &Rule) -> Next {
    match (state.phase, event) {
        (Phase::Prepared, Event::Send) => {
            let mut next = state.clone();
            next.phase = Phase::Confirmed;
            Ok((next, Why::First, Command::Deliver))
        }
        (Phase::Confirmed, Event::Verdict(_)) => Ok((state.clone(), Why::Accepted, Command::Rest)),
        _ => step(state, event, rule),
    }
}

/// Sends at once again what it finds as sent.
fn resends_what_it_finds(state: &Delivery, event: &Event, rule: &Rule) -> Next {
    if *event == Event::Found {
        let prepared = Delivery {
            phase: Phase::Prepared,
            ..state.clone()
        };
        return step(&prepared, &Event::Send, rule);
    }
    step(state, event, rule)
}

/// Takes no answer for "it did not leave".
fn silence_is_not_sent(state: &Delivery, event: &Event, rule: &Rule) -> Next {
    match event {
        Event::Verdict(Verdict::Unknown { why }) => {
            let (after, why) = (None, why.clone());
            step(
                state,
                &Event::Verdict(Verdict::NotSent { after, why }),
                rule,
            )
        }
        _ => step(state, event, rule),
    }
}

/// Takes no answer for "it arrived".
fn silence_is_success(state: &Delivery, event: &Event, rule: &Rule) -> Next {
    match event {
        Event::Verdict(Verdict::Unknown { .. }) => {
            let receipt = "presumably".into();
            step(state, &Event::Verdict(Verdict::Accepted { receipt }), rule)
        }
        _ => step(state, event, rule),
    }
}

/// Takes a refusal for "it arrived".
fn refusal_is_success(state: &Delivery, event: &Event, rule: &Rule) -> Next {
    match event {
        Event::Verdict(Verdict::Rejected { .. }) => {
            let receipt = "an answer is an answer".into();
            step(state, &Event::Verdict(Verdict::Accepted { receipt }), rule)
        }
        _ => step(state, event, rule),
    }
}

/// Takes a question that was not answered for an absence.
fn no_answer_is_absence(state: &Delivery, event: &Event, rule: &Rule) -> Next {
    match event {
        Event::ProbeFailed => step(state, &Event::Probed(Probe::Absent), rule),
        _ => step(state, event, rule),
    }
}

/// Counts the settle time from the first send, although the last one may still be on its way.
fn settles_from_the_first_send(state: &Delivery, event: &Event, rule: &Rule) -> Next {
    let mut state = state.clone();
    if matches!(event, Event::Probed(Probe::Absent)) {
        state.sent = state.first_sent;
    }
    step(&state, event, rule)
}

/// Gives up what the sink does not have.
fn absence_is_the_end(state: &Delivery, event: &Event, rule: &Rule) -> Next {
    let (mut next, why, mut command) = step(state, event, rule)?;
    if why == Why::Absent {
        next.phase = Phase::Dead;
        command = Command::Rest;
    }
    Ok((next, why, command))
}

/// Sends again to a sink that can neither be asked nor ignores repeats.
fn hopes_for_the_best(state: &Delivery, event: &Event, rule: &Rule) -> Next {
    let window = ticks(u8::MAX);
    let repeat = match (event, rule.repeat) {
        (Event::Due, Repeat::Blind) => Repeat::Deduplicated { window },
        (_, repeat) => repeat,
    };
    step(state, event, &Rule { repeat, ..*rule })
}

/// Counts a sink's memory from the last send, although it knows the first.
fn remembers_from_the_last_send(state: &Delivery, event: &Event, rule: &Rule) -> Next {
    let mut state = state.clone();
    if *event == Event::Due {
        state.first_sent = state.sent;
    }
    step(&state, event, rule)
}

/// Takes a budget that is spent for success.
fn tires(state: &Delivery, event: &Event, rule: &Rule) -> Next {
    let (mut next, why, command) = step(state, event, rule)?;
    if why == Why::BudgetSpent {
        next.phase = Phase::Confirmed;
    }
    Ok((next, why, command))
}

/// Writes the doubt down, and never looks at it again.
fn forgets_its_doubts(state: &Delivery, event: &Event, rule: &Rule) -> Next {
    match event {
        Event::Due => Ok((state.clone(), Why::NotYet, Command::Wait)),
        _ => step(state, event, rule),
    }
}

fn run(protocol: Protocol, setting: Setting) -> Found {
    explore(Setting {
        protocol,
        ..setting
    })
}

#[test]
fn what_sends_too_often_is_found() {
    let asked = probe(SETTLE);
    let window = 4;
    let short = Setting {
        repeat: Repeat::Deduplicated {
            window: ticks(window),
        },
        memory: Some(window + LIFE + PAUSE),
        ..deduplicating()
    };
    let cases: [(&str, Protocol, Setting); 10] = [
        ("afterwards, asked", writes_afterwards, asked),
        ("afterwards, blind", writes_afterwards, blind()),
        ("found, asked", resends_what_it_finds, asked),
        ("found, blind", resends_what_it_finds, blind()),
        ("silence, asked", silence_is_not_sent, asked),
        ("silence, blind", silence_is_not_sent, blind()),
        ("no answer, asked", no_answer_is_absence, asked),
        ("first send, asked", settles_from_the_first_send, asked),
        ("hope, blind", hopes_for_the_best, blind()),
        ("memory, deduplicating", remembers_from_the_last_send, short),
    ];
    for (name, protocol, setting) in cases {
        let found = run(protocol, setting);
        assert!(found.duplicated > 0, "{name}: {found:#?}");
    }
}

#[test]
fn what_loses_is_found() {
    let kinds = [
        ("deduplicating", deduplicating()),
        ("asked", probe(SETTLE)),
        ("blind", blind()),
    ];
    for (kind, setting) in kinds {
        for (name, protocol) in [
            ("before", writes_before as Protocol),
            ("silence", silence_is_success),
            ("refusal", refusal_is_success),
        ] {
            let found = run(protocol, setting);
            assert!(found.lost > 0, "{name}, {kind}: {found:#?}");
        }
    }
    let found = run(absence_is_the_end, probe(SETTLE));
    assert!(found.lost > 0, "absence: {found:#?}");
    let hurried = Setting {
        budget: 2,
        ..probe(SETTLE)
    };
    let found = run(tires, hurried);
    assert!(found.lost > 0, "budget: {found:#?}");
}

#[test]
fn what_never_ends_is_found() {
    for setting in [deduplicating(), probe(SETTLE), blind()] {
        let found = run(forgets_its_doubts, setting);
        assert!(found.limbo > 0, "{found:#?}");
    }
}
