//! The one place where requests go out: authorise, attempt, judge, back off, span.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder, ExponentialBuilder};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use tracing::Instrument;

use crate::body::Body;
use crate::client::Shared;
use crate::connector::{Door, Repeat, Request};
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::judge::{Answer, judge};
use crate::redact;
use crate::target::Target;
use crate::tls_trouble;
use crate::token::{Authorization, Authorizer};

/// First pause before a retry; each further one is up to twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// Longest pause of our own choosing.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// What went wrong with an attempt, and the token it was made with.
type Failed = (Error, Option<Authorization>);

/// How much of an answer is wanted before it is passed on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    Whole,
    Start,
}

impl Shared {
    /// Reads the headers of the gateway's own address, whatever its status, without credentials.
    pub(crate) async fn knock(&self, target: &Target) -> Result<HeaderMap> {
        let request = Request {
            door: None,
            ..Request::get(Door::Rest, self.gateway.clone(), "*/*")
        };
        self.call(target, &request)
            .await
            .map(|answer| answer.headers)
    }

    /// Sends a request and reads the whole answer, whose faults have become errors.
    pub(crate) async fn call(&self, target: &Target, request: &Request) -> Result<Answer> {
        let body = self.spanned(target, request, Want::Whole).await?;
        Ok(body.into_answer())
    }

    /// Sends a request and passes its answer on as it comes, once its status and first bytes are judged.
    ///
    /// What breaks off later is not tried again here. The place among the concurrent calls is kept until
    /// the body is dropped.
    pub(crate) async fn open(&self, target: &Target, request: &Request) -> Result<Body> {
        let body = self.spanned(target, request, Want::Start).await?;
        Ok(body.with_target(target))
    }

    async fn spanned(&self, target: &Target, request: &Request, want: Want) -> Result<Body> {
        let span = match request.repeat {
            Repeat::Safe => tracing::info_span!(
                "peoplesoft.read",
                peoplesoft.operation = target.operation(),
                peoplesoft.query = target.query(),
                peoplesoft.node = target.node(),
                peoplesoft.door = request.door.map(Door::name),
            ),
            Repeat::IfUnsent => tracing::info_span!(
                "peoplesoft.write",
                peoplesoft.operation = target.operation(),
                peoplesoft.node = target.node(),
                peoplesoft.door = request.door.map(Door::name),
            ),
        };
        self.attempts(target, request, want).instrument(span).await
    }

    /// Who signs at a door: what was given for that door, or else for all.
    pub(crate) fn authorizer_of(&self, door: Option<Door>) -> &Authorizer {
        let own = door.and_then(|door| self.door_authorizers.get(&door));
        own.unwrap_or(&self.authorizer)
    }

    async fn attempts(&self, target: &Target, request: &Request, want: Want) -> Result<Body> {
        let authorizer = self.authorizer_of(request.door);
        if let Some(door) = request.door {
            authorizer
                .check_door(door)
                .map_err(|error| error.with_target(target).with_door(Some(door)))?;
        }
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
            let (error, used) = match self.attempt(request, want, attempt, start).await {
                Ok(body) => return Ok(body),
                Err(failed) => failed,
            };
            sent = sent.max(error.was_sent());
            let error = error
                .with_target(target)
                .with_door(request.door)
                .with_attempts(attempt)
                .with_sent(sent);
            // A token may have been withdrawn early: one fresh token, one more try, never a third.
            // Nothing ran that was answered with 401, so this holds for writes too.
            if let Some(used) = used
                && !renewed
                && error.kind() == ErrorKind::Unauthorized
                && error.status() == Some(StatusCode::UNAUTHORIZED)
                && authorizer.is_renewable()
            {
                renewed = true;
                authorizer.forget(&used).await;
                continue;
            }
            let harmless = request.repeat == Repeat::Safe || sent == Sent::No;
            if !harmless || !error.is_retryable() || attempt >= self.limits.max_attempts {
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
        request: &Request,
        want: Want,
        attempt: u32,
        start: SystemTime,
    ) -> Result<Body, Failed> {
        let span = tracing::debug_span!(
            "peoplesoft.attempt",
            otel.name = request.method.as_str(),
            otel.kind = "client",
            http.request.method = request.method.as_str(),
            http.request.resend_count = (attempt > 1).then(|| attempt - 1),
            server.address = request.url.host_str(),
            server.port = request.url.port_or_known_default(),
            url.full = redact::place(&request.url),
            http.response.status_code = tracing::field::Empty,
            error.r#type = tracing::field::Empty,
            otel.status_code = tracing::field::Empty,
        );
        let outcome = self
            .exchange(request, want, start)
            .instrument(span.clone())
            .await;
        let (status, kind) = match &outcome {
            Ok(body) => (Some(body.status()), None),
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
        request: &Request,
        want: Want,
        start: SystemTime,
    ) -> Result<Body, Failed> {
        let limit = Arc::clone(&self.limit);
        let permit = limit.acquire_owned().await.map_err(|closed| {
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
        let authorization = if request.door.is_some() {
            let authorizer = self.authorizer_of(request.door);
            let got = authorizer.authorize(self, timeout).await;
            Some(got.map_err(|error| (error, None))?)
        } else {
            None
        };
        let mut outgoing = self
            .http
            .request(request.method.clone(), request.url.clone())
            .headers(request.headers.clone())
            .header(header::USER_AGENT, self.user_agent.clone())
            .body(request.body.clone());
        if !request.headers.contains_key(header::ACCEPT) {
            outgoing = outgoing.header(header::ACCEPT, request.accept);
        }
        let signature = authorization.as_ref().and_then(|used| used.header.clone());
        if let Some((name, value)) = signature {
            outgoing = outgoing.header(name, value);
        }
        let judged = match want {
            Want::Whole => self.whole(outgoing.timeout(timeout), request.door).await,
            Want::Start => self.start(outgoing, timeout).await,
        };
        match judged {
            Ok(body) => Ok(body.holding(permit)),
            Err(error) => Err((error, authorization)),
        }
    }

    async fn whole(&self, request: reqwest::RequestBuilder, door: Option<Door>) -> Result<Body> {
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
        if door.is_some() || busy {
            judge(answer, &self.profile, self.clock.now()).map(Body::of_answer)
        } else {
            Ok(Body::of_answer(answer))
        }
    }

    async fn start(&self, request: reqwest::RequestBuilder, patience: Duration) -> Result<Body> {
        let response = tokio::time::timeout(patience, request.send())
            .await
            .map_err(|_| {
                Error::new(ErrorKind::Timeout, "no answer in time").with_sent(Sent::Maybe)
            })?
            .map_err(transport_error)?;
        let mut body = Body::of_response(response, patience, self.limits.max_body_bytes);
        if body.needs_reading().await? {
            let answer = body.read_to_end().await?;
            judge(answer, &self.profile, self.clock.now()).map(Body::of_answer)
        } else {
            Ok(body)
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
                    return Err(too_large(limit));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(None) => return Ok(body.freeze()),
            Err(error) => return Err(body_error(error)),
        }
    }
}

/// What it means that an answer did not come to its end.
pub(crate) fn body_error(error: reqwest::Error) -> Error {
    let (kind, message) = if error.is_timeout() {
        (ErrorKind::Timeout, "the answer did not end in time")
    } else if error.is_decode() {
        // Compressed bytes that are none, or that end too early.
        (
            ErrorKind::Transport,
            "the answer was cut off or is wrongly compressed",
        )
    } else {
        (ErrorKind::Transport, "the answer was cut off")
    };
    Error::new(kind, message)
        .with_sent(Sent::Yes)
        .with_source(error.without_url())
}

pub(crate) fn too_large(limit: u64) -> Error {
    let message = format!("the answer is larger than {limit} bytes");
    Error::new(ErrorKind::TooLarge, message).with_sent(Sent::Yes)
}

pub(crate) fn transport_error(error: reqwest::Error) -> Error {
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
    let failed = match tls_trouble::of_call(&error) {
        Some((trouble, host)) => {
            let message = format!("no secure connection: {}", trouble.seen(&host));
            Error::new(kind, message).with_remedy(trouble.fix(&host))
        }
        None => Error::new(kind, message),
    };
    // The address would show the prompts.
    failed.with_sent(sent).with_source(error.without_url())
}
