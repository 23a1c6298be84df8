//! A thousand worlds in which everything goes wrong that can: nothing lost, nothing twice, in every one of them.
//!
//! A seed makes a world: tables that are written while they are read (late, twice, out of order, from a replica that is
//! behind), services that throttle and log out, sinks that lose requests and answers, clocks that differ, processes
//! that die at any call, or stand still and wake after somebody else has taken their streams. All of it is drawn from
//! the seed, so that the same seed is the same world. A failure names its seed:
//!
//! ```text
//! SIMULATION_SEED=123 cargo nextest run -p sync-core --all-features --test simulation one_world
//! ```

#![cfg(feature = "test-util")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod source;
mod world;

use std::collections::BTreeSet;

use world::{End, Lie, World};

/// Seeds that have failed once: each is a world that the engine had to learn about.
///
/// - 5796: a row that changed and changed back between two polls, and the state in between shown after the last one.
const REGRESSIONS: &[u64] = &[5796];

fn check(seed: u64) -> End {
    let end = World::new(seed, Lie::default()).live();
    assert!(
        end.bad.is_empty(),
        "seed {seed}: {:#?}\nalone: SIMULATION_SEED={seed} cargo nextest run -p sync-core --all-features --test simulation one_world\n\
         once it is mended, add the seed to REGRESSIONS",
        end.bad
    );
    end
}

/// How many worlds there are: a thousand, or what `SIMULATION_SEEDS` says.
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests says how long they may take"
)]
fn seeds() -> u64 {
    let asked = std::env::var("SIMULATION_SEEDS").ok();
    asked.map_or(1000, |seeds| seeds.parse().unwrap())
}

/// A quarter of the thousand, with proof that they are as bad as they claim to be.
fn quarter(first: u64) {
    let mut faults = BTreeSet::new();
    let (mut leases, mut effects, mut review) = (0, 0, 0);
    for seed in (first..seeds()).step_by(4) {
        let end = check(seed);
        faults.extend(end.faults);
        leases += end.leases;
        effects += end.effects;
        review += end.review;
    }
    for call in ["commit", "deliver"] {
        for kind in [
            "crash before",
            "crash after",
            "refused",
            "request lost at",
            "answer lost of",
            "late effect of",
            "pause before",
        ] {
            let wanted = format!("{kind} {call}");
            assert!(faults.contains(&wanted), "no {wanted} in {faults:?}");
        }
    }
    assert!(leases > 1000, "streams changed hands {leases} times only");
    assert!(effects > 1000, "{effects} deliveries only");
    assert!(
        review > 10,
        "{review} documents in doubt before blind sinks"
    );
}

#[test]
fn a_thousand_worlds_first_quarter() {
    quarter(0);
}

#[test]
fn a_thousand_worlds_second_quarter() {
    quarter(1);
}

#[test]
fn a_thousand_worlds_third_quarter() {
    quarter(2);
}

#[test]
fn a_thousand_worlds_last_quarter() {
    quarter(3);
}

#[test]
fn worlds_that_failed_once_hold() {
    for seed in REGRESSIONS {
        check(*seed);
    }
}

/// The seed of `SIMULATION_SEED`, else the first.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the test says which world"
)]
fn one_world() {
    let asked = std::env::var("SIMULATION_SEED").ok();
    check(asked.map_or(0, |seed| seed.parse().unwrap()));
}

#[test]
fn the_same_seed_is_the_same_world() {
    let traces = |seeds: std::ops::Range<u64>| -> Vec<_> {
        let run = |seed| World::new(seed, Lie::default()).live().trace;
        seeds.map(run).collect()
    };
    let (first, second) = (traces(0..12), traces(0..12));
    assert_eq!(first, second);
    let different: BTreeSet<_> = first.iter().collect();
    assert_eq!(different.len(), 12, "other seeds are other worlds");
}

/// The check can fail: where somebody breaks a promise, some world shows it.
#[test]
fn broken_promises_are_found_out() {
    let honest = Lie::default();
    let found = |lie: Lie, kind: u64, invariant: &str| {
        let seeds = (0..300).filter(|seed| seed % 3 == kind);
        let shows = |seed: &u64| {
            let end = World::new(*seed, lie).live();
            end.bad.iter().any(|what| what.contains(invariant))
        };
        seeds.filter(shows).count()
    };
    let forgetful = Lie {
        forgetful: true,
        ..honest
    };
    assert!(found(forgetful, 0, "I10") > 0, "repeats have an effect");
    let settle = |seconds| Lie {
        settle: Some(seconds),
        ..honest
    };
    assert!(
        found(settle(0), 1, "I10") > 0,
        "an absence is believed at once"
    );
    let zombies = found(settle(26), 1, "I10");
    assert!(
        zombies > 0,
        "settle outlasts a request and no paused process"
    );
    let short = Lie {
        short: true,
        ..honest
    };
    assert!(found(short, 0, "I1 ") > 0, "windows reach back too little");
}
