//! How the double misbehaves.

use std::time::Duration;

use super::record::Operation;

/// One way to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// 429 before anything is acted on.
    TooManyRequests(Option<RetryAfter>),
    /// 503 before anything is acted on.
    Unavailable(Option<RetryAfter>),
    /// 500 before anything is acted on.
    InternalError,
    /// Acts, and then answers 500.
    InternalErrorAfter,
    /// 502 with an HTML page, as a proxy sends it, before anything is acted on.
    NotJson,
    /// Closes the connection before anything is acted on.
    CutBefore,
    /// Acts, and then closes the connection without an answer.
    CutAfter,
    /// Acts at once and answers after this time.
    SlowAnswer(Duration),
    /// Acts, and sends the second half of its answer's body this much later than the first.
    SlowBody(Duration),
    /// Acts, and closes the connection in the middle of its answer's body.
    CutBody,
    /// Acts after this time, even if the client has left by then, and answers.
    DelayThenAct(Duration),
    /// Forgets every token first, and then goes on: the request is answered with 401 if it needs one.
    ExpireTokens,
}

impl Fault {
    /// The name that the request log uses.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TooManyRequests(None) => "429",
            Self::TooManyRequests(Some(_)) => "429-retry-after",
            Self::Unavailable(None) => "503",
            Self::Unavailable(Some(_)) => "503-retry-after",
            Self::InternalError => "500",
            Self::InternalErrorAfter => "500-after",
            Self::NotJson => "not-json",
            Self::CutBefore => "cut-before",
            Self::CutAfter => "cut-after",
            Self::SlowAnswer(_) => "slow-answer",
            Self::SlowBody(_) => "slow-body",
            Self::CutBody => "cut-body",
            Self::DelayThenAct(_) => "delay-then-act",
            Self::ExpireTokens => "expire-tokens",
        }
    }
}

/// The two forms of `Retry-After`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// A number of seconds.
    Seconds(u64),
    /// An HTTP date, this many seconds after the double's clock.
    DateIn(u64),
}

/// Faults by chance, from a seed: the same requests in the same order meet the same faults.
///
/// ```
/// use cleo_client::testing::{Fault, FaultPlan};
///
/// let plan = FaultPlan::none().seeded(7).with(Fault::CutAfter, 50); // 5 % of all requests
/// ```
#[derive(Debug, Clone)]
pub struct FaultPlan {
    seed: u64,
    rates: Vec<(Fault, u32)>,
    spared: Vec<Operation>,
}

impl FaultPlan {
    /// The longest that [`heavy`](Self::heavy) and [`some`](Self::some) let a request wait before it is acted on: 300 ms.
    ///
    /// Whoever looks for a file after an upload whose fate is unknown must wait longer than this first.
    pub const LONGEST_DELAY: Duration = Duration::from_millis(300);

    /// No faults.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            seed: 0,
            rates: Vec::new(),
            spared: Vec::new(),
        }
    }

    /// About one request in twenty goes wrong.
    #[must_use]
    pub fn some(seed: u64) -> Self {
        Self::none()
            .seeded(seed)
            .with(Fault::TooManyRequests(None), 8)
            .with(Fault::Unavailable(None), 8)
            .with(Fault::InternalError, 6)
            .with(Fault::CutBefore, 8)
            .with(Fault::CutAfter, 8)
            .with(Fault::DelayThenAct(Duration::from_millis(50)), 6)
            .with(Fault::ExpireTokens, 6)
    }

    /// About one request in four goes wrong, in every way there is.
    ///
    /// No request waits longer than [`LONGEST_DELAY`](Self::LONGEST_DELAY) before it is acted on.
    #[must_use]
    pub fn heavy(seed: u64) -> Self {
        Self::none()
            .seeded(seed)
            .with(Fault::TooManyRequests(None), 30)
            .with(Fault::TooManyRequests(Some(RetryAfter::Seconds(1))), 4)
            .with(Fault::TooManyRequests(Some(RetryAfter::DateIn(1))), 4)
            .with(Fault::Unavailable(None), 25)
            .with(Fault::Unavailable(Some(RetryAfter::Seconds(0))), 15)
            .with(Fault::InternalError, 20)
            .with(Fault::InternalErrorAfter, 15)
            .with(Fault::NotJson, 15)
            .with(Fault::CutBefore, 35)
            .with(Fault::CutAfter, 40)
            .with(Fault::SlowAnswer(Duration::from_millis(100)), 15)
            .with(Fault::DelayThenAct(Self::LONGEST_DELAY), 20)
            .with(Fault::ExpireTokens, 12)
    }

    /// Adds a fault that befalls `per_mille` of a thousand requests; what sums up to more than 1000 never happens.
    ///
    /// The times of [`Fault::SlowAnswer`], [`Fault::SlowBody`] and [`Fault::DelayThenAct`] are upper bounds here.
    #[must_use]
    pub fn with(mut self, fault: Fault, per_mille: u32) -> Self {
        self.rates.push((fault, per_mille));
        self
    }

    /// Sets the seed.
    #[must_use]
    pub const fn seeded(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Leaves one kind of request alone.
    #[must_use]
    pub fn sparing(mut self, operation: Operation) -> Self {
        self.spared.push(operation);
        self
    }
}

/// A plan at work: scripted faults first, then chance.
#[derive(Debug)]
pub(super) struct Mischief {
    plan: FaultPlan,
    rng: fastrand::Rng,
    script: Vec<(Option<Operation>, Fault)>,
}

impl Mischief {
    pub(super) fn new(plan: FaultPlan) -> Self {
        let rng = fastrand::Rng::with_seed(plan.seed);
        Self {
            plan,
            rng,
            script: Vec::new(),
        }
    }

    pub(super) fn replace(&mut self, plan: FaultPlan) {
        self.rng = fastrand::Rng::with_seed(plan.seed);
        self.plan = plan;
    }

    pub(super) fn script(&mut self, operation: Option<Operation>, fault: Fault) {
        self.script.push((operation, fault));
    }

    pub(super) fn next(&mut self, operation: Operation) -> Option<Fault> {
        let scripted = self
            .script
            .iter()
            .position(|(only, _)| only.is_none_or(|only| only == operation));
        if let Some(position) = scripted {
            return Some(self.script.remove(position).1);
        }
        if self.plan.rates.is_empty() || self.plan.spared.contains(&operation) {
            return None;
        }
        let mut drawn = self.rng.u32(0..1000);
        for (fault, per_mille) in &self.plan.rates {
            if drawn < *per_mille {
                return Some(shorten(*fault, self.rng.f64()));
            }
            drawn -= per_mille;
        }
        None
    }
}

fn shorten(fault: Fault, chance: f64) -> Fault {
    match fault {
        Fault::SlowAnswer(bound) => Fault::SlowAnswer(bound.mul_f64(chance)),
        Fault::SlowBody(bound) => Fault::SlowBody(bound.mul_f64(chance)),
        Fault::DelayThenAct(bound) => Fault::DelayThenAct(bound.mul_f64(chance)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_faults() {
        let draw = |seed| {
            let mut mischief = Mischief::new(FaultPlan::heavy(seed));
            (0..500)
                .map(|_| mischief.next(Operation::Upload))
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let faulty = draw(3).iter().flatten().count();
        assert!((50..250).contains(&faulty), "{faulty}");
    }

    #[test]
    fn heavy_never_delays_beyond_its_bound() {
        let mut mischief = Mischief::new(FaultPlan::heavy(9));
        for _ in 0..20_000 {
            if let Some(Fault::DelayThenAct(delay)) = mischief.next(Operation::Upload) {
                assert!(delay <= FaultPlan::LONGEST_DELAY);
            }
        }
    }

    #[test]
    fn a_script_comes_first_and_once() {
        let mut mischief = Mischief::new(FaultPlan::none());
        mischief.script(Some(Operation::Upload), Fault::CutAfter);
        mischief.script(None, Fault::InternalError);
        assert_eq!(mischief.next(Operation::List), Some(Fault::InternalError));
        assert_eq!(mischief.next(Operation::Upload), Some(Fault::CutAfter));
        assert_eq!(mischief.next(Operation::Upload), None);
    }
}
