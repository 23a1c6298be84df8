//! The one place where requests go out: authorise, attempt, judge, back off, span.

use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder, ExponentialBuilder};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use tracing::Instrument;
use url::Url;

use crate::client::Shared;
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::judge::{Answer, judge};
use crate::redact;
use crate::target::Target;
use crate::token::Authorization;

/// First pause before a retry; each further one is up to twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// Longest pause of our own choosing.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// What went wrong with an attempt, and the token it was made with.
type Failed = (Error, Option<Authorization>);

impl Shared {
    /// Reads from `url`: tried again where that can help, with a verdict on the answer.
    pub(crate) async fn read(&self, target: &Target, url: &Url) -> Result<Answer> {
        self.call(target, url, true).await
    }

    /// Reads the headers of the gateway's own address, whatever its status, without credentials.
    pub(crate) async fn knock(&self, target: &Target) -> Result<HeaderMap> {
        self.call(target, &self.gateway, false)
            .await
            .map(|answer| answer.headers)
    }

    async fn call(&self, target: &Target, url: &Url, authorised: bool) -> Result<Answer> {
        let span = tracing::info_span!(
            "peoplesoft.read",
            peoplesoft.operation = target.operation(),
            peoplesoft.query = target.query(),
            peoplesoft.node = target.node(),
        );
        self.attempts(target, url, authorised)
            .instrument(span)
            .await
    }

    async fn attempts(&self, target: &Target, url: &Url, authorised: bool) -> Result<Answer> {
        let start = self.clock.now();
        let mut pauses = ExponentialBuilder::new()
            .with_min_delay(FIRST_PAUSE)
            .with_max_delay(LONGEST_PAUSE)
            .without_max_times()
            .build();
        let mut sent = Sent::No;
        let mut renewed = false;
        let mut attempt = 1;
        loop {
            let (error, used) = match self.attempt(url, authorised, attempt, start).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            sent = sent.max(error.was_sent());
            let error = error
                .with_target(target)
                .with_attempts(attempt)
                .with_sent(sent);
            // A token may have been withdrawn early: one fresh token, one more try, never a third.
            if let Some(used) = used
                && !renewed
                && error.kind() == ErrorKind::Unauthorized
                && error.status() == Some(StatusCode::UNAUTHORIZED)
                && self.authorizer.is_renewable()
            {
                renewed = true;
                self.authorizer.forget(&used).await;
                continue;
            }
            if !error.is_retryable() || attempt >= self.limits.max_attempts {
                return Err(error);
            }
            let pause = self.clock.jitter(pauses.next().unwrap_or(LONGEST_PAUSE));
            let pause = pause.max(error.retry_after().unwrap_or_default());
            if pause >= self.time_left(start) {
                return Err(error);
            }
            if attempt >= 2 {
                tracing::warn!(attempt, kind = ?error.kind(), ?pause, "trying again");
            } else {
                tracing::debug!(attempt, kind = ?error.kind(), ?pause, "trying again");
            }
            self.clock.sleep(pause).await;
            attempt += 1;
        }
    }

    fn time_left(&self, start: SystemTime) -> Duration {
        // A clock that went back has used no time.
        let used = self.clock.now().duration_since(start).unwrap_or_default();
        self.limits.total_timeout.saturating_sub(used)
    }

    async fn attempt(
        &self,
        url: &Url,
        authorised: bool,
        attempt: u32,
        start: SystemTime,
    ) -> Result<Answer, Failed> {
        let span = tracing::debug_span!(
            "GET",
            otel.kind = "client",
            http.request.method = "GET",
            http.request.resend_count = (attempt > 1).then(|| attempt - 1),
            server.address = url.host_str(),
            server.port = url.port_or_known_default(),
            url.full = redact::place(url),
            http.response.status_code = tracing::field::Empty,
            error.r#type = tracing::field::Empty,
            otel.status_code = tracing::field::Empty,
        );
        let outcome = self
            .exchange(url, authorised, start)
            .instrument(span.clone())
            .await;
        let (status, kind) = match &outcome {
            Ok(answer) => (Some(answer.status), None),
            Err((error, _)) => (error.status(), Some(error.kind())),
        };
        if let Some(status) = status {
            span.record("http.response.status_code", status.as_u16());
        }
        if let Some(kind) = kind {
            span.record("error.type", tracing::field::debug(kind));
            span.record("otel.status_code", "ERROR");
        }
        outcome
    }

    async fn exchange(
        &self,
        url: &Url,
        authorised: bool,
        start: SystemTime,
    ) -> Result<Answer, Failed> {
        let permit = self.limit.acquire().await.map_err(|closed| {
            (
                Error::new(ErrorKind::Transport, "the client is closed").with_source(closed),
                None,
            )
        })?;
        // Others may have kept the places busy all the time that this call had.
        let timeout = self.limits.attempt_timeout.min(self.time_left(start));
        if timeout.is_zero() {
            return Err((Error::new(ErrorKind::Timeout, "no turn in time"), None));
        }
        let authorization = if authorised {
            let got = self.authorizer.authorize(self, timeout).await;
            Some(got.map_err(|error| (error, None))?)
        } else {
            None
        };
        let mut request = self
            .http
            .get(url.clone())
            .timeout(timeout)
            .header(header::USER_AGENT, self.user_agent.clone())
            .header(header::ACCEPT, "application/json");
        if let Some(value) = authorization.as_ref().and_then(|used| used.header.clone()) {
            request = request.header(header::AUTHORIZATION, value);
        }
        let judged = self.answer(request, authorised).await;
        drop(permit);
        judged.map_err(|error| (error, authorization))
    }

    async fn answer(&self, request: reqwest::RequestBuilder, verdict: bool) -> Result<Answer> {
        let mut response = request.send().await.map_err(transport_error)?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let body = read_body(response, self.limits.max_body_bytes)
            .await
            .map_err(|error| error.with_status(status))?;
        let answer = Answer {
            status,
            headers,
            body,
        };
        let busy = matches!(status.as_u16(), 408 | 429 | 502..=504);
        if verdict || busy {
            judge(answer, &self.profile.faults, self.clock.now())
        } else {
            Ok(answer)
        }
    }
}

/// Reads a body to its end, or to `limit`.
pub(crate) async fn read_body(mut response: reqwest::Response, limit: u64) -> Result<Bytes> {
    let mut body = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                let size = body.len() as u64 + chunk.len() as u64;
                if size > limit {
                    return Err(Error::new(
                        ErrorKind::TooLarge,
                        format!("the answer is larger than {limit} bytes"),
                    )
                    .with_sent(Sent::Yes));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(None) => return Ok(body.freeze()),
            Err(error) if error.is_timeout() => {
                return Err(
                    Error::new(ErrorKind::Timeout, "the answer did not end in time")
                        .with_sent(Sent::Yes)
                        .with_source(error.without_url()),
                );
            }
            Err(error) => {
                return Err(Error::new(ErrorKind::Transport, "the answer was cut off")
                    .with_sent(Sent::Yes)
                    .with_source(error.without_url()));
            }
        }
    }
}

fn transport_error(error: reqwest::Error) -> Error {
    let sent = if error.is_connect() || error.is_builder() {
        Sent::No
    } else {
        Sent::Maybe
    };
    let (kind, message) = if error.is_timeout() && error.is_connect() {
        (ErrorKind::Timeout, "no connection in time")
    } else if error.is_timeout() {
        (ErrorKind::Timeout, "no answer in time")
    } else if error.is_connect() {
        (ErrorKind::Transport, "no connection")
    } else if error.is_builder() {
        (ErrorKind::InvalidRequest, "the request cannot be built")
    } else if error.is_redirect() {
        (ErrorKind::SignOnPage, "the answer leads elsewhere")
    } else {
        (
            ErrorKind::Transport,
            "the connection broke before an answer",
        )
    };
    // The address would show the prompts.
    Error::new(kind, message)
        .with_sent(sent)
        .with_source(error.without_url())
}
