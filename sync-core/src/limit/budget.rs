//! How much of the traffic may be repeats.

use std::num::NonZeroU32;
use std::time::Duration;

use super::{Bucket, Rate};

/// How many repeats an endpoint is asked to bear: a share of the first attempts, and a few in any case.
///
/// A budget keeps repeats from becoming the load that keeps an endpoint down. What it refuses is not lost: the
/// delivery stays in the ledger and is tried when the budget allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryRule {
    /// Repeats for each hundred first attempts.
    pub percent: u32,
    /// Repeats that are allowed besides, so that a quiet endpoint is tried again at all.
    pub always: Rate,
}

impl Default for RetryRule {
    /// A fifth of the first attempts, and besides one each second, ten of them at once.
    fn default() -> Self {
        let ten = NonZeroU32::MIN.saturating_add(9);
        Self {
            percent: 20,
            always: Rate::new(NonZeroU32::MIN, Duration::from_secs(1)).burst(ten),
        }
    }
}

/// What is left of the repeats, as arithmetic on the time that is passed in.
#[derive(Debug, Clone)]
pub struct RetryBudget {
    rule: RetryRule,
    /// Hundredths of a repeat that first attempts have paid for.
    saved: u32,
    always: Bucket,
}

/// At most a hundred repeats are saved up: what an endpoint bore yesterday says little about today.
const MOST_SAVED: u32 = 100 * 100;

impl RetryBudget {
    /// A budget that has nothing saved.
    #[must_use]
    pub const fn new(rule: RetryRule) -> Self {
        Self {
            rule,
            saved: 0,
            always: Bucket::new(Some(rule.always)),
        }
    }

    /// A first attempt pays for its share of a repeat.
    pub fn first(&mut self) {
        self.saved = self.saved.saturating_add(self.rule.percent).min(MOST_SAVED);
    }

    /// When a repeat may go; a time that has passed means now.
    #[must_use]
    pub fn ready_at(&self) -> Duration {
        if self.saved >= 100 {
            return Duration::ZERO;
        }
        self.always.ready_at()
    }

    /// Pays for a repeat, whether there is anything left or not.
    pub fn spend(&mut self, now: Duration) {
        match self.saved.checked_sub(100) {
            Some(left) => self.saved = left,
            None => self.always.force(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_a_share_of_the_first_attempts_and_a_few_besides() {
        let one = NonZeroU32::MIN;
        let rule = RetryRule {
            percent: 10,
            always: Rate::new(one, Duration::from_secs(60)),
        };
        let mut budget = RetryBudget::new(rule);
        let now = Duration::from_secs(1000);
        assert!(budget.ready_at() <= now, "one is free");
        budget.spend(now);
        assert_eq!(budget.ready_at(), now + Duration::from_secs(60));
        for _ in 0..20 {
            budget.first();
        }
        for _ in 0..2 {
            assert!(budget.ready_at() <= now, "twenty attempts pay for two");
            budget.spend(now);
        }
        assert_eq!(budget.ready_at(), now + Duration::from_secs(60));
    }

    #[test]
    fn what_is_saved_has_an_upper_end() {
        let mut budget = RetryBudget::new(RetryRule::default());
        for _ in 0..1_000_000 {
            budget.first();
        }
        let now = Duration::from_secs(1);
        let mut spent = 0;
        while budget.ready_at() <= now {
            budget.spend(now);
            spent += 1;
        }
        assert_eq!(spent, 100 + 10);
    }
}
