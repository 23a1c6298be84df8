//! What may happen in a life, and how lives are drawn.

use proptest::prelude::*;

use crate::ended::{Ended, ended};

/// One thing that happens to both stores. Numbers are picks: what they mean depends on what is there.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Acquire {
        stream: u8,
        owner: u8,
    },
    Renew {
        stream: u8,
        stale: bool,
    },
    Release {
        stream: u8,
    },
    Advance {
        millis: u8,
    },
    WallBack {
        millis: u8,
    },
    Commit {
        stream: u8,
        stale: bool,
        parts: Vec<Part>,
    },
}

#[derive(Debug, Clone)]
pub(crate) enum Part {
    Cursor {
        off: bool,
        other: bool,
        watermark: i8,
        window: Option<i8>,
        polls: bool,
    },
    Reset {
        watermark: i8,
    },
    Seen {
        key: u8,
        at: i8,
        content: u8,
    },
    Forget {
        before: i8,
    },
    Intend {
        key: u8,
        content: u8,
        dead: bool,
    },
    Refuse {
        pick: u8,
        wild: bool,
        to: u8,
        stop: u8,
    },
    Retry {
        pick: u8,
        wild: bool,
    },
    Prepare {
        pick: u8,
        count: u8,
        wild: bool,
        series: u8,
        /// How many of those that the commit has taken in go along.
        fresh: u8,
    },
    Dissolve {
        pick: u8,
        wild: bool,
        refuse: u8,
    },
    Move {
        pick: u8,
        wild: bool,
        to: u8,
        bytes: u8,
    },
    Audit {
        body: u8,
    },
    Schedule {
        due: Option<u8>,
    },
    Ended(Ended),
}

fn part() -> impl Strategy<Value = Part> {
    let wild = || prop::bool::weighted(0.12);
    prop_oneof![
        2 => (wild(), wild(), any::<i8>(), any::<Option<i8>>(), any::<bool>()).prop_map(
            |(off, other, watermark, window, polls)| Part::Cursor { off, other, watermark, window, polls }
        ),
        1 => any::<i8>().prop_map(|watermark| Part::Reset { watermark }),
        2 => (0..4_u8, any::<i8>(), 0..3_u8)
            .prop_map(|(key, at, content)| Part::Seen { key, at, content }),
        1 => any::<i8>().prop_map(|before| Part::Forget { before }),
        6 => (0..4_u8, 0..3_u8, prop::bool::weighted(0.1))
            .prop_map(|(key, content, dead)| Part::Intend { key, content, dead }),
        2 => (any::<u8>(), wild(), 0..6_u8, 0..2_u8)
            .prop_map(|(pick, wild, to, stop)| Part::Refuse { pick, wild, to, stop }),
        2 => (any::<u8>(), wild()).prop_map(|(pick, wild)| Part::Retry { pick, wild }),
        6 => (any::<u8>(), 0..4_u8, wild(), 0..8_u8, prop_oneof![2 => Just(0), 1 => 1..3_u8])
            .prop_map(|(pick, count, wild, series, fresh)| {
                Part::Prepare { pick, count, wild, series, fresh }
            }),
        2 => (any::<u8>(), wild(), 0..3_u8)
            .prop_map(|(pick, wild, refuse)| Part::Dissolve { pick, wild, refuse }),
        6 => (any::<u8>(), wild(), 0..8_u8, 0..6_u8)
            .prop_map(|(pick, wild, to, bytes)| Part::Move { pick, wild, to, bytes }),
        1 => (0..5_u8).prop_map(|body| Part::Audit { body }),
        1 => any::<Option<u8>>().prop_map(|due| Part::Schedule { due }),
        4 => ended().prop_map(Part::Ended),
    ]
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let stream = || 0..3_u8;
    prop_oneof![
        2 => (stream(), 0..2_u8).prop_map(|(stream, owner)| Step::Acquire { stream, owner }),
        1 => (stream(), any::<bool>()).prop_map(|(stream, stale)| Step::Renew { stream, stale }),
        1 => stream().prop_map(|stream| Step::Release { stream }),
        2 => any::<u8>().prop_map(|millis| Step::Advance { millis }),
        1 => any::<u8>().prop_map(|millis| Step::WallBack { millis }),
        12 => (stream(), prop::bool::weighted(0.05), prop::collection::vec(part(), 0..4))
            .prop_map(|(stream, stale, parts)| Step::Commit { stream, stale, parts }),
    ]
}
