//! What the double knows, behind one lock.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use secrecy::SecretString;

use super::component::FakeComponent;
use super::desk::Desk;
use super::fake_query::FakeQuery;
use super::handler::PolledQuery;
use super::operation::Operation;
use super::switch::{FaultPlan, Output, Received, Recorded, Trouble, Verification};
use super::table::Tables;
use crate::clock::{Clock, SystemClock};
use crate::connector::Door;
use crate::model::Zone;
use crate::profile::Profile;

/// A user or client and its secret.
#[derive(Clone)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) secret: SecretString,
}

pub(super) struct State {
    pub(super) profile: Box<Profile>,
    pub(super) zone: Zone,
    pub(super) tables: Tables,
    pub(super) desk: Desk,
    pub(super) fixed_now: Option<SystemTime>,
    pub(super) basic: Option<Account>,
    pub(super) oauth: Option<Account>,
    pub(super) ps_token: Option<Account>,
    pub(super) node_account: Option<Account>,
    pub(super) verification: BTreeMap<Door, Verification>,
    pub(super) token_life: Duration,
    pub(super) tokens: BTreeMap<String, SystemTime>,
    pub(super) token_requests: usize,
    pub(super) token_troubles: VecDeque<Trouble>,
    pub(super) inactive: BTreeSet<String>,
    pub(super) forbidden: BTreeSet<String>,
    pub(super) unrouted: BTreeSet<String>,
    pub(super) operations: Vec<Operation>,
    pub(super) queries: BTreeMap<(String, String), FakeQuery>,
    pub(super) polled: BTreeMap<String, PolledQuery>,
    pub(super) components: BTreeMap<String, FakeComponent>,
    pub(super) received: Vec<Received>,
    pub(super) trouble: Option<Trouble>,
    pub(super) troubles: VecDeque<Trouble>,
    pub(super) faults: Option<(FaultPlan, fastrand::Rng)>,
    pub(super) output: Output,
    pub(super) requests: Vec<Recorded>,
}

/// The state as all tasks share it.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<State>>);

impl Shared {
    pub(super) fn new(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(super) fn now(&self) -> SystemTime {
        self.fixed_now.unwrap_or_else(|| SystemClock.now())
    }

    /// Does everything behind asynchronous messages that is due by now.
    pub(super) fn advance(&mut self) {
        let now = self.now();
        self.desk.advance(&self.profile, &mut self.tables, now);
    }

    /// Runs every batch program for all that waits.
    pub(super) fn run_batches(&mut self) {
        let now = self.now();
        let (profile, tables) = (&self.profile, &mut self.tables);
        self.desk.run_batches(profile, tables, now, |_| true);
    }

    pub(super) fn has_accounts(&self) -> bool {
        [&self.basic, &self.oauth, &self.ps_token, &self.node_account]
            .iter()
            .any(|account| account.is_some())
    }

    /// The trouble that the next request to the gateway meets.
    pub(super) fn next_trouble(&mut self) -> Option<Trouble> {
        if let Some(trouble) = self.troubles.pop_front() {
            return Some(trouble);
        }
        if let Some(trouble) = &self.trouble {
            return Some(trouble.clone());
        }
        let (plan, random) = self.faults.as_mut()?;
        let mut draw = random.f64();
        let slow = Trouble::Slow(plan.slow);
        for (rate, trouble) in [
            (plan.rate_503, Trouble::Unavailable { retry_after: None }),
            (plan.rate_cut, Trouble::Cut),
            (plan.rate_cut_body, Trouble::CutBody),
            (plan.rate_slow, slow),
        ] {
            if draw < rate {
                return Some(trouble);
            }
            draw -= rate;
        }
        None
    }
}
