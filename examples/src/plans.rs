//! Which flows run, and when.

use std::sync::Arc;

use sync_core::Observer;
use sync_core::engine::{Job, Plan};
use sync_core::schedule::{Schedule, ScheduleError};

use crate::acknowledgment::{AcknowledgmentClock, Watching};
use crate::config::Config;
use crate::flow::inbound::notices;
use crate::flow::{invoices, purchase_orders};
use crate::integration::{Integration, OpenError};
use crate::ledger::{Keeper, Pruning};

/// The schedule of a flow, where it is configured and enabled.
///
/// The flows of what partners send have that of `[flows.inbound]`: each at moments of its own.
pub(crate) fn schedule_of(config: &Config, flow: &str) -> Option<Result<Schedule, ScheduleError>> {
    let flows = &config.flows;
    let poll = match flow {
        purchase_orders::NAME => {
            let flow = flows.purchase_orders.as_ref();
            flow.filter(|flow| flow.enabled).map(|flow| &flow.poll)
        }
        invoices::NAME => {
            let flow = flows.invoices.as_ref();
            flow.filter(|flow| flow.enabled).map(|flow| &flow.poll)
        }
        _ => {
            let inbound = flows.inbound.as_ref().filter(|flow| flow.enabled)?;
            return Some(config.schedule.every(inbound.every));
        }
    };
    Some(poll?.schedule(&config.schedule))
}

impl Integration {
    /// All flows in the order in which a run works on them: those that read a system, then those that work on what
    /// was received. Flows of one stage run at the same time.
    #[must_use]
    pub fn stages(&self, only: Option<&str>) -> Vec<Vec<Job>> {
        let mut stages = self.inbound_stages(only);
        for (stream, job) in stages.iter_mut().flatten() {
            if stream.pipeline() == notices::NAME {
                let clock = AcknowledgmentClock::new(self.config());
                *job = Arc::new(Watching::new(Arc::clone(job), clock));
            }
        }
        if let Some(first) = stages.first_mut() {
            first.splice(0..0, self.jobs(only));
        }
        stages
    }

    /// Runs every flow once, or the one of that name, and tells `observer` what happens.
    pub async fn run_once(
        &self,
        only: Option<&str>,
        observer: Arc<dyn Observer>,
    ) -> Vec<sync_core::engine::Report> {
        let engine = self.engine(observer);
        let mut reports = Vec::new();
        for jobs in self.stages(only) {
            reports.extend(engine.run_once(&jobs).await);
        }
        reports
    }

    /// The flows with their schedules, all of them or the one of that name, for
    /// [`Embedded::service`](sync_core::engine::Embedded::service).
    ///
    /// # Errors
    /// [`OpenError::Schedule`], for settings that were not read from a file.
    pub fn plans(&self, only: Option<&str>) -> Result<Vec<Plan>, OpenError> {
        let retention = &self.config().retention;
        let pruning = match retention.keeps_all() {
            true => None,
            false => {
                let times = retention.schedule(&self.config().schedule);
                let times = times.map_err(|error| OpenError::Schedule {
                    flow: "retention".into(),
                    error,
                })?;
                Some((Arc::new(Keeper::new(self.config())), times))
            }
        };
        let mut plans = Vec::new();
        for (stream, job) in self.stages(only).into_iter().flatten() {
            let Some(schedule) = schedule_of(self.config(), stream.pipeline()) else {
                continue;
            };
            let schedule = schedule.map_err(|error| OpenError::Schedule {
                flow: stream.pipeline().into(),
                error,
            })?;
            let job = match &pruning {
                Some((keeper, times)) => {
                    Arc::new(Pruning::new(job, &stream, Arc::clone(keeper), times))
                }
                None => job,
            };
            plans.push(Plan::new(stream, job, &schedule));
        }
        Ok(plans)
    }

    /// What Cleo says where it refuses the log-in for good, so that nothing should be tried.
    pub async fn refused_log_in(&self) -> Option<cleo_client::Error> {
        use cleo_client::ErrorKind;
        let error = self.cleo().log_in().await.err()?;
        matches!(
            error.last_kind(),
            ErrorKind::LoginRefused | ErrorKind::Configuration | ErrorKind::Forbidden
        )
        .then_some(error)
    }
}
