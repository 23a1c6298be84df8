//! The one place where requests go out: authorise, attempt, classify, back off, record.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use tracing::Instrument;
use url::Url;

pub(crate) use crate::response::Response;
use crate::{
    auth::{Auth, Authorization},
    client::{Capabilities, Deployment},
    clock::Clock,
    error::{Error, ErrorKind, Result, Sent},
    file_transfer::Outgoing,
    path,
    response::{excerpt, hide},
    retry::{self, Budget, Repeat, RetrySettings},
    verdict::{kind_of, may_repeat, sent_of, server_message, transport_error},
};

const ACCEPT: HeaderValue = HeaderValue::from_static("application/json, */*;q=0.1");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

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

/// What is sent.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Whole(Bytes),
    Streamed(Outgoing),
}

/// One request, ready to be sent as often as its `repeat` permits.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) operation: String,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) content_type: Option<HeaderValue>,
    pub(crate) body: Option<Body>,
    pub(crate) repeat: Repeat,
    pub(crate) attempt_timeout: Option<Duration>,
    /// The answer must not appear in an error.
    pub(crate) secret_answer: bool,
    /// A successful status is enough: a body that breaks off after it does not make the call fail.
    pub(crate) status_suffices: bool,
    /// The body of a successful answer is read by somebody else, in his own time.
    pub(crate) opened: bool,
}

impl Call {
    /// Whether it can be sent from its beginning: a stream that was read cannot.
    fn is_whole(&self) -> bool {
        match &self.body {
            Some(Body::Streamed(body)) => body.content.is_whole(),
            Some(Body::Whole(_)) | None => true,
        }
    }

    pub(crate) fn new(operation: impl Into<String>, method: Method, url: Url) -> Self {
        let repeat = match method {
            Method::GET | Method::HEAD | Method::OPTIONS | Method::PUT | Method::DELETE => {
                Repeat::Safe
            }
            _ => Repeat::OnlyIfUnsent,
        };
        Self {
            operation: operation.into(),
            method,
            url,
            headers: HeaderMap::new(),
            content_type: None,
            body: None,
            repeat,
            attempt_timeout: None,
            secret_answer: false,
            status_suffices: false,
            opened: false,
        }
    }
}

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
    fn remaining(&self, clock: &dyn Clock) -> Duration {
        let elapsed = clock.now().duration_since(self.started).unwrap_or_default();
        self.total.saturating_sub(elapsed)
    }
}

impl Deadline {
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

    async fn attempt(
        &self,
        call: &Call,
        authorization: Option<&Authorization>,
        remaining: Duration,
        resend: u32,
    ) -> Result<Response> {
        let span = tracing::debug_span!(
            "cleo.attempt",
            otel.kind = "client",
            http.request.method = %call.method,
            server.address = self.origin.host_str().unwrap_or_default(),
            server.port = self.origin.port_or_known_default(),
            url.path = call.url.path(),
            http.request.resend_count = (resend > 0).then_some(resend),
            http.response.status_code = tracing::field::Empty,
            "error.type" = tracing::field::Empty,
        );
        let result = self
            .exchange(call, authorization, remaining)
            .instrument(span.clone())
            .await;
        match &result {
            Ok(response) => {
                span.record("http.response.status_code", response.status.as_u16());
            }
            Err(error) => {
                if let Some(status) = error.status() {
                    span.record("http.response.status_code", status.as_u16());
                }
                span.record("error.type", error.kind().as_str());
            }
        }
        result
    }

    async fn exchange(
        &self,
        call: &Call,
        authorization: Option<&Authorization>,
        remaining: Duration,
    ) -> Result<Response> {
        let timeout = call
            .attempt_timeout
            .unwrap_or(self.attempt_timeout)
            .min(remaining);
        let request = self.build(call, authorization);
        let answer = if call.opened {
            let sent = tokio::time::timeout(timeout, request.send()).await;
            sent.map_err(|_| {
                Error::new(ErrorKind::Timeout, call.operation.as_str())
                    .with_request(&call.method, call.url.path())
                    .with_sent(Sent::Maybe)
            })?
        } else {
            request.timeout(timeout).send().await
        };
        let answer = answer.map_err(|error| transport_error(call, error))?;
        let status = answer.status();
        let headers = answer.headers().clone();
        if call.opened && status.is_success() {
            return Ok(Response {
                status,
                headers,
                body: Bytes::new(),
                operation: call.operation.clone(),
                method: call.method.clone(),
                path: call.url.path().to_owned(),
                attempts: 1,
                authorization: None,
                stream: Some(answer),
            });
        }
        let (body, failure) = self.read(answer).await;
        if status.is_success() {
            let failure = failure.filter(|_| !call.status_suffices);
            return match failure {
                None => Ok(Response {
                    status,
                    headers,
                    body,
                    operation: call.operation.clone(),
                    method: call.method.clone(),
                    path: call.url.path().to_owned(),
                    attempts: 1,
                    authorization: authorization.map(|authorization| authorization.header.clone()),
                    stream: None,
                }),
                Some(ReadFailure::TooLarge) => {
                    Err(Error::decode(call.operation.as_str(), self.too_large())
                        .with_status(status)
                        .with_request(&call.method, call.url.path()))
                }
                // The status has arrived: the server did act.
                Some(ReadFailure::Broken(error)) => Err(transport_error(call, error)
                    .with_status(status)
                    .with_sent(Sent::Yes)),
            };
        }
        // A body that broke off does not change what the status says.
        Err(self.refusal(call, authorization, status, &headers, &body))
    }

    fn build(&self, call: &Call, authorization: Option<&Authorization>) -> reqwest::RequestBuilder {
        let mut url = call.url.clone();
        if !self.extra_query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.extra_query);
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, ACCEPT);
        for (name, value) in &self.extra_headers {
            headers.insert(name, value.clone());
        }
        for (name, value) in &call.headers {
            headers.insert(name, value.clone());
        }
        // Also without a body: VLProxy answers 415 otherwise.
        let takes_body = matches!(call.method, Method::POST | Method::PUT | Method::PATCH);
        if let Some(kind) = call
            .content_type
            .clone()
            .or_else(|| takes_body.then_some(JSON))
        {
            headers.insert(header::CONTENT_TYPE, kind);
        }
        if let Some(authorization) = authorization {
            headers.insert(header::AUTHORIZATION, authorization.header.clone());
        }
        let body = match &call.body {
            Some(Body::Whole(body)) => Some(body.clone().into()),
            Some(Body::Streamed(body)) => {
                // Without it the body would travel in chunks, which not every server takes.
                if let Some(length) = body.length() {
                    headers.insert(header::CONTENT_LENGTH, length.into());
                }
                Some(reqwest::Body::wrap_stream(body.open()))
            }
            None => takes_body.then(|| Bytes::new().into()),
        };
        let request = self.http.request(call.method.clone(), url).headers(headers);
        match body {
            Some(body) => request.body(body),
            None => request,
        }
    }

    /// Reads a body up to the limit; what came before a failure is kept.
    async fn read(&self, mut answer: reqwest::Response) -> (Bytes, Option<ReadFailure>) {
        let mut body = BytesMut::new();
        loop {
            match answer.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > self.max_body => {
                    return (body.freeze(), Some(ReadFailure::TooLarge));
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return (body.freeze(), None),
                Err(error) => return (body.freeze(), Some(ReadFailure::Broken(error))),
            }
        }
    }

    fn too_large(&self) -> String {
        format!(
            "the answer is larger than {} bytes; ClientBuilder::max_body raises the limit",
            self.max_body
        )
    }

    fn refusal(
        &self,
        call: &Call,
        authorization: Option<&Authorization>,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Error {
        let retry_after = headers
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| retry::parse_retry_after(value, self.clock.now()));
        let asked_to_wait = headers.contains_key(header::RETRY_AFTER);
        let mut error = Error::new(kind_of(status), call.operation.as_str())
            .with_status(status)
            .with_request(&call.method, call.url.path())
            .with_retry_after(retry_after)
            .with_server(
                headers
                    .get(header::SERVER)
                    .and_then(|value| value.to_str().ok())
                    .map(str::to_owned),
            )
            .with_sent(sent_of(status, asked_to_wait));
        if !call.secret_answer {
            let header = authorization.map(|authorization| &authorization.header);
            if let Some(message) = server_message(body) {
                error = error.with_message(hide(&message, header));
            }
            error = error.with_excerpt(excerpt(headers, body, header));
        }
        error
    }
}

enum ReadFailure {
    TooLarge,
    Broken(reqwest::Error),
}
