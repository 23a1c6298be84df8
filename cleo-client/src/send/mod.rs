//! The one place where requests go out: authorise, attempt, classify, back off, record.

mod call;
mod deadline;
mod exchange;

use std::{sync::Arc, time::Duration};

use http::{HeaderName, HeaderValue};
use tracing::Instrument;
use url::Url;

pub(crate) use self::{
    call::{Body, Call},
    deadline::Deadline,
};
pub(crate) use crate::response::Response;
use crate::{
    auth::{Auth, Authorization},
    client::{Capabilities, Deployment},
    clock::Clock,
    error::{Error, ErrorKind, Result, Sent},
    path,
    retry::{self, Budget, RetrySettings},
    verdict::may_repeat,
};

/// What a client is made of; its clones share it.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) http: reqwest::Client,
    pub(crate) origin: Url,
    pub(crate) prefix: String,
    pub(crate) deployment: Deployment,
    pub(crate) capabilities: Capabilities,
    pub(crate) extra_query: Vec<(String, String)>,
    pub(crate) extra_headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) auth: Auth,
    pub(crate) allow_http: bool,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) retry: RetrySettings,
    pub(crate) budget: Budget,
    pub(crate) attempt_timeout: Duration,
    pub(crate) total_timeout: Duration,
    pub(crate) max_body: usize,
    pub(crate) ascii_json: bool,
}

/// What a call went through so far, over log-ins and retries.
struct Progress {
    attempts: u32,
    limit: u32,
    sent: Sent,
    backoff: backon::ExponentialBackoff,
}

impl Progress {
    fn new(settings: &RetrySettings) -> Self {
        Self {
            attempts: 0,
            limit: settings.attempts.max(1),
            sent: Sent::No,
            backoff: settings.backoff(),
        }
    }
}

impl Core {
    /// The address of a path under the prefix.
    pub(crate) fn api_url(&self, path: &str, operation: &str) -> Result<Url> {
        path::join(&self.origin, &self.prefix, path)
            .map_err(|message| Error::invalid(operation, message))
    }

    /// The address of a path at the root of the origin.
    pub(crate) fn origin_url(&self, path: &str, operation: &str) -> Result<Url> {
        path::join(&self.origin, "", path).map_err(|message| Error::invalid(operation, message))
    }

    /// Sends with the client's own credentials.
    pub(crate) async fn send(&self, call: &Call) -> Result<Response> {
        self.send_as(call, &self.auth).await
    }

    /// Sends with given credentials; on a 401, one new token and one more attempt.
    pub(crate) async fn send_as(&self, call: &Call, auth: &Auth) -> Result<Response> {
        let span = tracing::info_span!(
            "cleo.call",
            operation = %call.operation,
            otel.kind = "internal",
            attempts = tracing::field::Empty,
            "error.type" = tracing::field::Empty,
        );
        let result = self.authorised(call, auth).instrument(span.clone()).await;
        match &result {
            Ok(response) => {
                span.record("attempts", response.attempts);
            }
            Err(error) => {
                span.record("attempts", error.attempts());
                span.record("error.type", error.last_kind().as_str());
            }
        }
        result
    }

    async fn authorised(&self, call: &Call, auth: &Auth) -> Result<Response> {
        let total = self
            .total_timeout
            .max(call.attempt_timeout.unwrap_or_default());
        let deadline = Deadline::new(&*self.clock, total);
        let mut progress = Progress::new(&self.retry);
        let first = auth.authorization(self, &deadline).await?;
        let error = match self
            .attempts(call, first.as_ref(), &deadline, &mut progress)
            .await
        {
            Err(error) if error.last_kind() == ErrorKind::Unauthorized => error,
            other => return other,
        };
        let Some(first) = first else {
            return Err(error);
        };
        if !call.is_whole() {
            auth.rejected(&first).await;
            return Err(error.with_message(
                "the token was refused while a stream that can be read once was sent; send it anew, from its beginning",
            ));
        }
        if !auth.rejected(&first).await {
            return Err(match auth.kind_of_refusal() {
                ErrorKind::LoginRefused => error.into_login_refused(),
                _ => error,
            });
        }
        let sent = progress.sent;
        let second = auth
            .authorization(self, &deadline)
            .await
            .map_err(|error| error.with_sent(sent))?;
        // The 401 did not count as a failure to retry.
        progress.limit = progress.limit.saturating_add(1);
        self.attempts(call, second.as_ref(), &deadline, &mut progress)
            .await
    }

    /// Gets a token if the credentials work with tokens.
    pub(crate) async fn log_in(&self) -> Result<()> {
        let deadline = Deadline::new(&*self.clock, self.total_timeout);
        self.auth.authorization(self, &deadline).await.map(drop)
    }

    /// Sends without looking at credentials: for the log-in itself.
    pub(crate) async fn send_plain(
        &self,
        call: &Call,
        authorization: Option<&Authorization>,
        deadline: &Deadline,
    ) -> Result<Response> {
        let mut progress = Progress::new(&self.retry);
        self.attempts(call, authorization, deadline, &mut progress)
            .await
    }

    /// The retry loop.
    async fn attempts(
        &self,
        call: &Call,
        authorization: Option<&Authorization>,
        deadline: &Deadline,
        progress: &mut Progress,
    ) -> Result<Response> {
        loop {
            let remaining = deadline.remaining(&*self.clock);
            if remaining.is_zero() {
                return Err(Error::new(ErrorKind::Timeout, call.operation.as_str())
                    .with_message("the call's total time was over before the request was sent")
                    .with_request(&call.method, call.url.path())
                    .with_attempts(progress.attempts)
                    .with_sent(progress.sent));
            }
            let resend = progress.attempts;
            progress.attempts += 1;
            let error = match self.attempt(call, authorization, remaining, resend).await {
                Ok(mut response) => {
                    response.attempts = progress.attempts;
                    self.budget.succeeded();
                    return Ok(response);
                }
                Err(error) => error,
            };
            let may_repeat = may_repeat(call.repeat, &error) && call.is_whole();
            progress.sent = progress.sent.max(error.was_sent());
            let error = error
                .with_attempts(progress.attempts)
                .with_sent(progress.sent);
            if !may_repeat {
                return Err(error);
            }
            let wait = retry::delay(
                progress.backoff.next().unwrap_or(self.retry.cap),
                self.clock.jitter(),
                error.retry_after(),
            );
            if progress.attempts >= progress.limit || wait >= deadline.remaining(&*self.clock) {
                return Err(if progress.attempts > 1 {
                    error.exhausted()
                } else {
                    error
                });
            }
            if !self.budget.take() {
                tracing::debug!("the retry budget is used up");
                return Err(if progress.attempts > 1 {
                    error.exhausted()
                } else {
                    error
                });
            }
            tracing::debug!(
                attempt = progress.attempts,
                wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                "error.type" = error.last_kind().as_str(),
                "attempt failed, will be repeated"
            );
            self.clock.sleep(wait).await;
        }
    }
}
