//! One attempt: the request as it goes out, the answer as it comes back, and what both mean.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use tracing::Instrument;

use super::{Body, Call, Core, Response};
use crate::{
    auth::Authorization,
    error::{Error, ErrorKind, Result, Sent},
    response::{excerpt, hide},
    retry,
    verdict::{kind_of, sent_of, server_message, transport_error},
};

const ACCEPT: HeaderValue = HeaderValue::from_static("application/json, */*;q=0.1");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

enum ReadFailure {
    TooLarge,
    Broken(reqwest::Error),
}

impl Core {
    pub(super) async fn attempt(
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
