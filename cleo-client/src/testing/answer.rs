//! What the double answers, and what it did for it.

use std::{
    fs::File,
    io::{self, Read as _},
    time::Duration,
};

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

/// What an answer consists of.
#[derive(Debug)]
pub(super) enum Content {
    Bytes(Bytes),
    /// A file and its length, read while it is sent.
    File(File, u64),
}

/// An answer with what is written down about it.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Content,
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
            body: Content::Bytes(Bytes::new()),
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
        answer.body = Content::Bytes(bend(value, switches).to_string().into());
        answer.with_type("application/json")
    }

    pub(super) fn error(status: StatusCode, message: &str) -> Self {
        let mut answer = Self::new(status);
        answer.body = Content::Bytes(json!({ "message": message }).to_string().into());
        answer.with_type("application/json")
    }

    pub(super) fn html(status: StatusCode) -> Self {
        let mut answer = Self::new(status);
        let page = b"<html><body><h1>Bad Gateway</h1></body></html>";
        answer.body = Content::Bytes(Bytes::from_static(page));
        answer.with_type("text/html")
    }

    pub(super) fn bytes(body: Bytes) -> Self {
        let mut answer = Self::new(StatusCode::OK);
        answer.body = Content::Bytes(body);
        answer.with_type("application/octet-stream")
    }

    pub(super) fn file(file: File, length: u64) -> Self {
        let mut answer = Self::new(StatusCode::OK);
        answer.body = Content::File(file, length);
        answer
            .headers
            .push((header::CONTENT_LENGTH, HeaderValue::from(length)));
        answer.with_type("application/octet-stream")
    }

    pub(super) fn text(text: String) -> Self {
        let mut answer = Self::new(StatusCode::OK);
        answer.body = Content::Bytes(text.into());
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
fn body(content: Content, tail: Tail) -> Body {
    let (whole, length) = match content {
        Content::Bytes(whole) if tail == Tail::AtOnce => {
            return Full::new(whole)
                .map_err(|never| match never {})
                .boxed_unsync();
        }
        Content::Bytes(whole) => {
            let length = u64::try_from(whole.len()).unwrap_or(u64::MAX);
            (Pieces::Bytes(whole), length)
        }
        Content::File(file, length) => (Pieces::File(file, length), length),
    };
    let half = match tail {
        Tail::AtOnce => None,
        Tail::After(_) | Tail::Never => Some(length / 2),
    };
    let pieces = stream::unfold(
        (whole, 0_u64, half),
        move |(mut whole, sent, half)| async move {
            let half = match half.filter(|half| sent >= *half) {
                None => half,
                Some(_) => {
                    match tail {
                        Tail::After(time) => SystemClock.sleep(time).await,
                        _ => {
                            // So that the first half is on its way before the connection is cut.
                            tokio::task::yield_now().await;
                            return Some((Err(Cut), (Pieces::Bytes(Bytes::new()), u64::MAX, None)));
                        }
                    }
                    None
                }
            };
            let most = half.map_or(u64::MAX, |half| half - sent);
            match whole.next(most) {
                Ok(piece) if piece.is_empty() => None,
                Ok(piece) => {
                    let sent = sent + u64::try_from(piece.len()).unwrap_or(u64::MAX);
                    Some((Ok(Frame::data(piece)), (whole, sent, half)))
                }
                // The file is gone from under us: the client has to notice.
                Err(_) => Some((Err(Cut), (Pieces::Bytes(Bytes::new()), u64::MAX, None))),
            }
        },
    );
    StreamBody::new(pieces).boxed_unsync()
}

/// Content that is sent piece by piece.
enum Pieces {
    Bytes(Bytes),
    File(File, u64),
}

impl Pieces {
    const PIECE: usize = 64 * 1024;

    /// The next piece, of at most this length; empty at the end.
    fn next(&mut self, most: u64) -> io::Result<Bytes> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        match self {
            Self::Bytes(rest) => Ok(rest.split_to(rest.len().min(most))),
            Self::File(file, left) => {
                let most = most.min(usize::try_from(*left).unwrap_or(usize::MAX));
                let mut piece = vec![0; most.min(Self::PIECE)];
                file.read_exact(&mut piece)?;
                *left = left.saturating_sub(u64::try_from(piece.len()).unwrap_or(u64::MAX));
                Ok(piece.into())
            }
        }
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
