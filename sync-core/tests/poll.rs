//! Which poll rule loses rows: a simulated table, read by the real windows and by the rules that others ship.
//!
//! Rows get their time, in whole seconds, when a statement runs, and become visible when its transaction ends: one in ten
//! late by 20 s on average, one in five hundred by one to ten minutes. Bursts share a second, one row in five changes
//! later. The table is read every minute for more than five hours. A row is lost when its last version never comes.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use sync_core::{
    Cursor, Fingerprint, LastVersion, Novelty, PollRule, RecordId, Sweep, Version, Window,
};

const SECOND: i64 = 1_000_000;
/// How long rows are written, and how long the table is read, in seconds.
const WRITTEN: f64 = 17_000.0;
const READ: i64 = 20_000;
const EVERY: i64 = 60;
/// No row of the table becomes visible later than this after its time, in seconds.
const WORST: u64 = 600;

/// A version of a row, in microseconds.
#[derive(Debug, Clone, Copy)]
struct Written {
    visible: i64,
    at: i64,
    key: usize,
    version: u32,
}

/// What is written, in the order in which it becomes visible.
fn table(seed: u64) -> Vec<Written> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut rows = Vec::new();
    let late = |rng: &mut fastrand::Rng| match rng.f64() {
        one if one < 0.002 => 60.0 + rng.f64() * 540.0,
        one if one < 0.1 => (-20.0 * (1.0 - rng.f64()).ln()).min(599.0),
        _ => 0.0,
    };
    let mut key = 0;
    for _ in 0..12_000 {
        let time = rng.f64() * WRITTEN;
        let wait = late(&mut rng);
        for first in (0..[1, 1, 1, 5][rng.usize(0..4)]).map(|place| place == 0) {
            rows.push(written(time, wait, key, 0));
            if first && rng.f64() < 0.2 {
                let again = time + wait + 1.0 + rng.f64() * 2000.0;
                let wait = late(&mut rng);
                rows.push(written(again, wait, key, 1));
            }
            key += 1;
        }
    }
    rows.retain(|row| row.visible < READ * SECOND);
    rows.sort_by_key(|row| (row.visible, row.key, row.version));
    rows
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "hours in microseconds are far from the bound"
)]
fn written(time: f64, late: f64, key: usize, version: u32) -> Written {
    Written {
        visible: ((time + late) * 1e6) as i64,
        at: time as i64 * SECOND,
        key,
        version,
    }
}

/// How the table is read.
#[derive(Debug, Clone, Copy)]
enum Reader {
    /// The windows of this crate, and its judgement of what is new.
    Windows(PollRule),
    /// `time > greatest time so far`: the example of a vendor.
    After,
    /// `time >= greatest time so far`, whatever comes is new.
    From,
    /// `time > when I last looked`, by the reader's own clock, so many seconds fast.
    OwnClock(i64),
}

#[derive(Debug, Default)]
struct Outcome {
    rows: usize,
    lost: usize,
    /// Versions that came as new more than once.
    twice: usize,
    fetched: usize,
    /// The most that was remembered at once.
    remembered: usize,
}

impl Outcome {
    fn lost_percent(&self) -> f64 {
        100.0 * f64::from(u32::try_from(self.lost).unwrap())
            / f64::from(u32::try_from(self.rows).unwrap())
    }
}

fn read(reader: Reader, seed: u64) -> Outcome {
    let rows = table(seed);
    let mut last: HashMap<usize, u32> = HashMap::new();
    for row in &rows {
        let version = last.entry(row.key).or_default();
        *version = row.version.max(*version);
    }
    let mut came: BTreeMap<(usize, u32), usize> = BTreeMap::new();
    let mut outcome = Outcome {
        rows: last.len(),
        ..Outcome::default()
    };
    // What the table shows: for each row the version that was committed last.
    let mut shown: HashMap<usize, Written> = HashMap::new();
    let mut by_time: BTreeSet<(i64, usize)> = BTreeSet::new();
    let mut rows = rows.into_iter().peekable();
    let mut cursor = Cursor::start(Fingerprint::of(["rows"]));
    let mut seen: HashMap<usize, LastVersion> = HashMap::new();
    // Polls go on until the last late row is long visible.
    for now in (0..=READ + 1300).step_by(usize::try_from(EVERY).unwrap()) {
        let now = now * SECOND;
        while let Some(row) = rows.next_if(|row| row.visible <= now) {
            // A later version is committed later: a row is locked until its transaction ends.
            if let Some(old) = shown.insert(row.key, row) {
                by_time.remove(&(old.at, old.key));
            }
            by_time.insert((row.at, row.key));
        }
        let mark = cursor.watermark.unwrap_or(i64::MIN);
        let window = match reader {
            Reader::Windows(rule) => rule.window(&cursor, now),
            Reader::From => window(mark),
            Reader::After | Reader::OwnClock(_) => window(mark.saturating_add(1)),
        };
        let answer = by_time.range((window.lo, 0)..=(window.hi, usize::MAX));
        for (at, key) in answer {
            let row = shown[key];
            outcome.fetched += 1;
            cursor.newest = cursor.newest.max(Some(*at));
            if let Reader::Windows(_) = reader {
                // Looked up by its number above; its content is its version.
                let [.., content] = row.version.to_be_bytes();
                let id = RecordId {
                    at: *at,
                    key: "".into(),
                    version: Version([content; 16]),
                };
                let n = match Novelty::judge(&id, seen.get(key)) {
                    Novelty::New => 1,
                    Novelty::Changed { n } => n,
                    Novelty::Same | Novelty::Later { .. } | Novelty::Stale => continue,
                };
                let (at, version) = (id.at, id.version);
                seen.insert(*key, LastVersion { at, version, n });
            }
            *came.entry((row.key, row.version)).or_default() += 1;
        }
        match reader {
            Reader::Windows(rule) => {
                cursor.watermark = rule.watermark(&cursor, &window);
                // Forgotten as the pipeline forgets: what is twice the reach below the watermark.
                let reach = i64::try_from(rule.reach().as_micros()).unwrap();
                if let Some(mark) = cursor.watermark {
                    seen.retain(|_, last| last.at >= mark - 2 * reach);
                }
                outcome.remembered = outcome.remembered.max(seen.len());
            }
            Reader::After | Reader::From => cursor.watermark = cursor.watermark.max(cursor.newest),
            Reader::OwnClock(fast) => cursor.watermark = Some(now + fast * SECOND),
        }
        cursor.newest = None;
        cursor.polls += 1;
    }
    outcome.lost = last
        .iter()
        .filter(|(key, version)| !came.contains_key(&(**key, **version)))
        .count();
    outcome.twice = came.values().map(|times| times - 1).sum();
    outcome
}

fn window(lo: i64) -> Window {
    Window {
        lo,
        hi: i64::MAX,
        sweep: false,
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What a site gets that states its step and its worst lateness, and nothing else.
fn shipped() -> PollRule {
    PollRule::new(seconds(1), seconds(WORST))
}

fn lookback(back: u64) -> PollRule {
    PollRule {
        lookback: Some(seconds(back)),
        ..shipped()
    }
}

/// A short look back, and a longer one every fifteen polls, which is every 900 s.
fn sweeping(reach: u64) -> PollRule {
    PollRule {
        sweep: Some(Sweep {
            reach: seconds(reach),
            every: 15,
        }),
        ..lookback(120)
    }
}

/// Both tables of the test under one rule.
#[expect(clippy::print_stdout, reason = "the figures are what people ask for")]
fn read_both(name: &str, reader: Reader) -> Outcome {
    let mut sum = Outcome::default();
    for seed in [1, 2] {
        let one = read(reader, seed);
        sum.rows += one.rows;
        sum.lost += one.lost;
        sum.twice += one.twice;
        sum.fetched += one.fetched;
        sum.remembered = sum.remembered.max(one.remembered);
    }
    println!("{name}: {:.2} % {sum:?}", sum.lost_percent());
    sum
}

#[test]
fn the_shipped_rule_loses_nothing_at_the_stated_lateness_and_neither_does_a_sweep_for_less_traffic()
{
    let long = read_both("lookback of the worst lateness", Reader::Windows(shipped()));
    assert!(long.rows > 40_000, "{long:?}");
    assert_eq!((long.lost, long.twice), (0, 0), "{long:?}");
    // What is remembered is a matter of the reach, never of the table.
    assert!(long.remembered < long.rows / 8, "{long:?}");
    // Reaches back over the lateness and the time between two sweeps.
    let reach = WORST + 15 * 60 + 1;
    let sweep = read_both("sweep", Reader::Windows(sweeping(reach)));
    assert_eq!((sweep.lost, sweep.twice), (0, 0), "{sweep:?}");
    assert!(2 * sweep.fetched < long.fetched, "{sweep:?} and {long:?}");
}

#[test]
fn what_reaches_back_too_little_loses() {
    for (name, rule) in [
        (
            "no lookback, held back by 60 s",
            PollRule {
                settle: seconds(60),
                ..lookback(0)
            },
        ),
        ("no lookback", lookback(0)),
        ("lookback of 60 s", lookback(60)),
        ("lookback of 300 s", lookback(300)),
        ("sweep shorter by its own interval", sweeping(WORST)),
    ] {
        let outcome = read_both(name, Reader::Windows(rule));
        assert!(outcome.lost > 0, "{name}: {outcome:?}");
        assert!(outcome.lost_percent() < 5.0, "{name}: {outcome:?}");
        assert_eq!(outcome.twice, 0, "{name}: {outcome:?}");
    }
}

#[test]
fn the_rules_that_others_ship_lose_by_the_hundred() {
    let after = read_both("time > greatest", Reader::After);
    assert!(after.lost_percent() > 1.0, "{after:?}");
    let from = read_both("time >= greatest", Reader::From);
    assert!(from.lost_percent() > 1.0 && from.twice > 1000, "{from:?}");
    let own = read_both("own clock, 30 s fast", Reader::OwnClock(30));
    assert!(own.lost_percent() > 40.0, "{own:?}");
}
