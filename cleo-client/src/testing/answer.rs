//! What the double answers, and what it did for it.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use http_body_util::Full;
use serde_json::{Value, json};

use super::builder::Switches;

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

    pub(super) fn into_response(self) -> hyper::Response<Full<Bytes>> {
        let mut response = hyper::Response::new(Full::new(self.body));
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response.headers_mut().insert(
            header::SERVER,
            HeaderValue::from_static("Cleo Harmony/5.8.1.0 (Test)"),
        );
        response
    }
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
