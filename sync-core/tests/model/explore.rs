//! Every world that can come about.

use std::collections::{HashMap, VecDeque};

use sync_core::delivery::Phase;

use crate::world::{Setting, World};

/// What an exploration found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) worlds: usize,
    pub(crate) ends: usize,
    /// Ends that say it arrived although it did not, or that gave it up although nobody refused it.
    pub(crate) lost: usize,
    /// Worlds in which it took effect more often than it may.
    pub(crate) duplicated: usize,
    /// Ends in which a person must look.
    pub(crate) review: usize,
    /// Worlds from which no end can be reached.
    pub(crate) limbo: usize,
    /// How the first bad world came about.
    pub(crate) story: Vec<&'static str>,
}

pub(crate) fn explore(setting: Setting) -> Found {
    let mut seen: HashMap<World, usize> = HashMap::new();
    let mut came: Vec<(Option<usize>, &'static str)> = Vec::new();
    let mut back: Vec<Vec<usize>> = Vec::new();
    let mut queue = VecDeque::new();
    let mut found = Found::default();
    let mut ends = Vec::new();
    let mut bad = None;
    seen.insert(World::start(), 0);
    came.push((None, "start"));
    back.push(Vec::new());
    queue.push_back((0, World::start()));
    while let Some((id, world)) = queue.pop_front() {
        if world.effects > 1 + world.approvals {
            found.duplicated += 1;
            bad = bad.or(Some(id));
            // Nothing better can come of it.
            ends.push(id);
            continue;
        }
        if world.is_over() {
            found.ends += 1;
            ends.push(id);
            let said = matches!(world.row.phase, Phase::Confirmed | Phase::Acknowledged);
            // A person who confirms has looked: that is the person's word, not the protocol's.
            let missing = said && world.effects == 0;
            let given_up = world.row.phase == Phase::Dead && !world.rejected;
            if (missing || given_up) && world.approvals == 0 {
                found.lost += 1;
                bad = bad.or(Some(id));
            }
            if world.row.phase == Phase::Review {
                found.review += 1;
            }
        }
        for (what, next) in world.next(&setting) {
            let number = seen.len();
            let next_id = *seen.entry(next.clone()).or_insert(number);
            if next_id == number {
                came.push((Some(id), what));
                back.push(Vec::new());
                queue.push_back((next_id, next));
            }
            back[next_id].push(id);
        }
    }
    found.worlds = seen.len();
    // Backwards from the ends: whatever is not met can never end.
    let mut met = vec![false; seen.len()];
    while let Some(id) = ends.pop() {
        if !std::mem::replace(&mut met[id], true) {
            ends.extend(&back[id]);
        }
    }
    found.limbo = met.iter().filter(|met| !**met).count();
    let mut at = bad;
    while let Some(id) = at {
        found.story.push(came[id].1);
        at = came[id].0;
    }
    found.story.reverse();
    found
}
