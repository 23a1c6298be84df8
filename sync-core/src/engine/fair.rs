//! Whose turn is next.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Deficit round-robin over tenants: each gets the same share of work, however much it has.
///
/// A tenant is served one turn at a time, then the next tenant. What a turn costs is known when it has ended and is
/// charged then: a tenant that is in debt is passed over until its share of the rounds has paid for it. Inside a
/// tenant the order is first come, first served.
#[derive(Debug)]
pub(super) struct FairQueue<T> {
    tenants: BTreeMap<Arc<str>, Tenant<T>>,
    /// Tenants that have something waiting, in the order of their next visit.
    round: VecDeque<Arc<str>>,
}

#[derive(Debug)]
struct Tenant<T> {
    waiting: VecDeque<T>,
    /// What it may use before it is passed over; negative for a debt.
    credit: i64,
    /// How many of its turns are under way.
    running: usize,
    /// Whether it stands in the round.
    listed: bool,
}

impl<T> Default for Tenant<T> {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            credit: 0,
            running: 0,
            listed: false,
        }
    }
}

/// What a tenant gets with each visit: about what a turn with one page or a few deliveries costs.
pub(super) const SHARE: i64 = 32;

impl<T> FairQueue<T> {
    pub(super) fn new() -> Self {
        Self {
            tenants: BTreeMap::new(),
            round: VecDeque::new(),
        }
    }

    /// Something of this tenant wants a turn.
    pub(super) fn push(&mut self, tenant: &Arc<str>, item: T) {
        let entry = self.tenants.entry(Arc::clone(tenant)).or_default();
        entry.waiting.push_back(item);
        if !entry.listed {
            entry.listed = true;
            self.round.push_back(Arc::clone(tenant));
        }
    }

    /// How many wait.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.tenants
            .values()
            .map(|tenant| tenant.waiting.len())
            .sum()
    }

    /// The next turn, of a tenant that has fewer than `at_once` under way; [`FairQueue::done`] must follow.
    pub(super) fn pop(&mut self, at_once: usize) -> Option<(Arc<str>, T)> {
        loop {
            let mut debts = Vec::new();
            for _ in 0..self.round.len() {
                let name = self.round.pop_front()?;
                let Some(tenant) = self.tenants.get_mut(&name) else {
                    continue;
                };
                if tenant.running >= at_once {
                    self.round.push_back(name);
                    continue;
                }
                tenant.credit = (tenant.credit + SHARE).min(SHARE);
                if tenant.credit <= 0 {
                    debts.push(tenant.credit);
                    self.round.push_back(name);
                    continue;
                }
                let Some(item) = tenant.waiting.pop_front() else {
                    tenant.listed = false;
                    continue;
                };
                tenant.running += 1;
                if tenant.waiting.is_empty() {
                    tenant.listed = false;
                } else {
                    self.round.push_back(Arc::clone(&name));
                }
                return Some((name, item));
            }
            // Nobody but debtors: as many rounds as the smallest debt needs are gone through at once.
            let least = debts.into_iter().max()?;
            let rounds = -least / SHARE;
            for tenant in self.tenants.values_mut().filter(|tenant| tenant.listed) {
                tenant.credit = (tenant.credit + rounds * SHARE).min(SHARE);
            }
        }
    }

    /// A turn of this tenant has ended and has cost so much.
    pub(super) fn done(&mut self, tenant: &Arc<str>, cost: i64) {
        let Some(entry) = self.tenants.get_mut(tenant) else {
            return;
        };
        entry.running = entry.running.saturating_sub(1);
        entry.credit = entry.credit.saturating_sub(cost.max(1));
        // Who has nothing to do saves nothing up and owes no more than one long turn.
        if !entry.listed {
            entry.credit = entry.credit.clamp(-64 * SHARE, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(number: usize) -> Arc<str> {
        format!("tenant-{number:02}").into()
    }

    /// Serves one turn after another and answers who was served.
    fn serve(
        queue: &mut FairQueue<usize>,
        turns: usize,
        cost: impl Fn(usize) -> i64,
        again: bool,
    ) -> Vec<usize> {
        let mut served = Vec::new();
        for _ in 0..turns {
            let Some((tenant, item)) = queue.pop(usize::MAX) else {
                break;
            };
            served.push(item);
            queue.done(&tenant, cost(item));
            if again {
                queue.push(&tenant, item);
            }
        }
        served
    }

    #[test]
    fn tenants_take_turns_however_much_each_has() {
        let mut queue = FairQueue::new();
        for _ in 0..1000 {
            queue.push(&name(0), 0);
        }
        for tenant in 1..10 {
            queue.push(&name(tenant), tenant);
        }
        let served = serve(&mut queue, 20, |_| 1, false);
        assert_eq!(served[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert!(served[10..].iter().all(|tenant| *tenant == 0));
        assert_eq!(queue.len(), 1000 - 11);
    }

    #[test]
    fn who_has_dear_turns_has_fewer_of_them() {
        let mut queue = FairQueue::new();
        queue.push(&name(0), 0);
        queue.push(&name(1), 1);
        let dear = 10 * SHARE;
        let served = serve(
            &mut queue,
            1100,
            |tenant| if tenant == 0 { dear } else { SHARE },
            true,
        );
        let rich = served.iter().filter(|tenant| **tenant == 0).count();
        assert!((95..=105).contains(&rich), "{rich} of {}", served.len());
    }

    #[test]
    fn no_tenant_has_more_turns_under_way_than_it_may() {
        let mut queue = FairQueue::new();
        for _ in 0..5 {
            queue.push(&name(0), 0);
        }
        queue.push(&name(1), 1);
        let served: Vec<_> = std::iter::from_fn(|| queue.pop(2).map(|(_, item)| item)).collect();
        assert_eq!(served, [0, 1, 0]);
        queue.done(&name(0), 1);
        assert_eq!(queue.pop(2).map(|(_, item)| item), Some(0));
        assert!(queue.pop(2).is_none());
    }

    #[test]
    fn a_lone_debtor_is_served_at_once() {
        let mut queue = FairQueue::new();
        queue.push(&name(0), 0);
        assert_eq!(serve(&mut queue, 50, |_| 100_000, true).len(), 50);
    }

    proptest! {
        /// Whatever turns cost, everybody who waits is served within a bounded number of turns of the others.
        #[test]
        fn nobody_starves(costs in prop::collection::vec(1..2000_i64, 2..12), turns in 100..800_usize) {
            let mut queue = FairQueue::new();
            for tenant in 0..costs.len() {
                queue.push(&name(tenant), tenant);
            }
            let served = serve(&mut queue, turns, |tenant| costs[tenant], true);
            prop_assert_eq!(served.len(), turns);
            // Between two turns of one tenant, each other has at most what its own rounds have paid for.
            for (tenant, own) in costs.iter().enumerate() {
                let rounds = usize::try_from(own / SHARE).unwrap() + 2;
                let mut last = 0;
                for (place, served) in served.iter().enumerate() {
                    if *served == tenant {
                        last = place;
                    }
                    prop_assert!(place - last <= (rounds + 1) * costs.len());
                }
            }
        }
    }
}
