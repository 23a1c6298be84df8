//! When a call must be over.

use std::time::{Duration, SystemTime};

use super::Core;
use crate::{
    clock::Clock,
    error::{Error, ErrorKind, Result},
};

/// When a call must be over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    started: SystemTime,
    total: Duration,
}

impl Deadline {
    pub(crate) fn new(clock: &dyn Clock, total: Duration) -> Self {
        Self {
            started: clock.now(),
            total,
        }
    }

    /// What is left; a clock that was set back gives the whole time again, never less than none.
    pub(super) fn remaining(&self, clock: &dyn Clock) -> Duration {
        let elapsed = clock.now().duration_since(self.started).unwrap_or_default();
        self.total.saturating_sub(elapsed)
    }

    /// Waits for something that another task or the caller's own code does, no longer than is left.
    pub(crate) async fn wait_for<T>(
        &self,
        core: &Core,
        operation: &str,
        thing: impl Future<Output = T> + Send,
    ) -> Result<T> {
        let remaining = self.remaining(&*core.clock);
        tokio::time::timeout(remaining, thing).await.map_err(|_| {
            Error::new(ErrorKind::Timeout, operation)
                .with_message("the call's total time was over while something else was waited for")
        })
    }
}
