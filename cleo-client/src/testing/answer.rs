//! What the double answers, and what it did for it.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderName, HeaderValue, StatusCode, header};
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::Frame;
use serde_json::{Value, json};

use super::builder::Switches;
use crate::{
    client::Deployment,
    clock::{Clock as _, SystemClock},
};

/// Makes hyper close the connection.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut on purpose")]
pub(super) struct Cut;

/// A body on its way.
pub(super) type Body = UnsyncBoxBody<Bytes, Cut>;

/// When the second half of a body follows the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    AtOnce,
    After(Duration),
    Never,
}

/// An answer with what is written down about it.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Bytes,
    pub(super) acted: bool,
    pub(super) file: Option<String>,
    pub(super) bytes: Option<u64>,
    pub(super) sha256: Option<String>,
    /// Whether its request is in the log already.
    pub(super) recorded: bool,
    /// How long to wait before it is sent.
    pub(super) after: Duration,
    pub(super) tail: Tail,
}

impl Answer {
    pub(super) fn new(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
            acted: false,
            file: None,
            bytes: None,
            sha256: None,
            recorded: false,
            after: Duration::ZERO,
            tail: Tail::AtOnce,
        }
    }

    pub(super) fn json(status: StatusCode, value: Value, switches: &Switches) -> Self {
        let mut answer = Self::new(status);
        answer.body = Bytes::from(bend(value, switches).to_string());
        answer.with_type("application/json")
    }

    pub(super) fn error(status: StatusCode, message: &str) -> Self {
        let mut answer = Self::new(status);
        answer.body = Bytes::from(json!({ "message": message }).to_string());
        answer.with_type("application/json")
    }

    pub(super) fn html(status: StatusCode) -> Self {
        let mut answer = Self::new(status);
        answer.body = Bytes::from_static(b"<html><body><h1>Bad Gateway</h1></body></html>");
        answer.with_type("text/html")
    }

    pub(super) fn bytes(body: Bytes) -> Self {
        let mut answer = Self::new(StatusCode::OK);
        answer.body = body;
        answer.with_type("application/octet-stream")
    }

    pub(super) fn text(text: String) -> Self {
        let mut answer = Self::new(StatusCode::OK);
        answer.body = Bytes::from(text);
        answer.with_type("text/plain; charset=utf-8")
    }

    fn with_type(mut self, kind: &'static str) -> Self {
        self.headers
            .push((header::CONTENT_TYPE, HeaderValue::from_static(kind)));
        self
    }

    pub(super) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::try_from(value) {
            self.headers.push((name, value));
        }
        self
    }

    pub(super) fn acted(mut self) -> Self {
        self.acted = true;
        self
    }

    pub(super) fn about(mut self, directory: &str, name: &str, bytes: u64) -> Self {
        self.file = Some(full_name(directory, name));
        self.bytes = Some(bytes);
        self
    }

    pub(super) fn into_response(self, switches: &Switches) -> hyper::Response<Body> {
        let mut response = hyper::Response::new(body(self.body, self.tail));
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        let server = match switches.product {
            Deployment::Harmony => "Cleo Harmony/5.8.1.0 (Linux)",
            Deployment::VlTrader => "Cleo VLTrader/5.8.1.0 (Linux)",
            Deployment::Cic => return response,
        };
        response
            .headers_mut()
            .insert(header::SERVER, HeaderValue::from_static(server));
        response
    }
}

/// A body, whole or in halves.
fn body(whole: Bytes, tail: Tail) -> Body {
    if tail == Tail::AtOnce {
        return Full::new(whole)
            .map_err(|never| match never {})
            .boxed_unsync();
    }
    let second = whole.slice(whole.len() / 2..);
    let first = whole.slice(..whole.len() / 2);
    let halves = stream::unfold(0_u8, move |half| {
        let (first, second) = (first.clone(), second.clone());
        async move {
            match (half, tail) {
                (0, _) => Some((Ok(Frame::data(first)), 1)),
                (1, Tail::After(time)) => {
                    SystemClock.sleep(time).await;
                    Some((Ok(Frame::data(second)), 2))
                }
                (1, Tail::Never) => {
                    // So that the first half is on its way before the connection is cut.
                    tokio::task::yield_now().await;
                    Some((Err(Cut), 2))
                }
                _ => None,
            }
        }
    });
    StreamBody::new(halves).boxed_unsync()
}

pub(super) fn full_name(directory: &str, name: &str) -> String {
    if directory.is_empty() {
        name.to_owned()
    } else {
        format!("{directory}/{name}")
    }
}

/// Sends numbers and booleans as text if the switches say so.
fn bend(value: Value, switches: &Switches) -> Value {
    match value {
        Value::Number(number) if switches.numbers_as_strings => Value::String(number.to_string()),
        Value::Bool(truth) if switches.booleans_as_strings => Value::String(truth.to_string()),
        Value::Array(list) => list
            .into_iter()
            .map(|value| bend(value, switches))
            .collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, bend(value, switches)))
            .collect(),
        other => other,
    }
}
