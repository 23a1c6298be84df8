//! An answer, read whole and within bounds.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};

/// Most bytes of a body that an error shows.
const EXCERPT: usize = 2048;

/// A successful answer (2xx), with its whole body.
///
/// `Debug` shows status and size, not the content.
pub struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) operation: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) attempts: u32,
    /// What the request proved itself with, so that an error can hide it.
    pub(crate) authorization: Option<HeaderValue>,
    /// A body that is still to be read: `body` is empty then.
    pub(crate) stream: Option<reqwest::Response>,
}

impl Response {
    /// The status: always 2xx.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers as the server sent them.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body, possibly empty, at most the client's `max_body` bytes.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body by itself.
    #[must_use]
    pub fn into_body(self) -> Bytes {
        self.body
    }

    /// The body as text; bytes that are not UTF-8 become replacement characters.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The path that was asked, without its query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What the server calls itself (`Server`): `Cleo Harmony/5.8.0.21 (Linux)`. For people only: nothing depends on it,
    /// and the cloud may not say.
    #[must_use]
    pub fn server(&self) -> Option<&str> {
        self.headers.get(header::SERVER)?.to_str().ok()
    }

    /// How often the request was sent to get this answer.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the body is not the JSON that `T` needs; the message
    /// names the place in the document.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let mut deserializer = serde_json::Deserializer::from_slice(&self.body);
        serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let place = error.path().to_string();
            let inner = error.into_inner();
            let message = if self.looks_like_html() {
                "expected JSON, found an HTML page".to_owned()
            } else if self.body.is_empty() {
                "expected JSON, found an empty body".to_owned()
            } else {
                format!("expected JSON of another shape at `{place}`: {inner}")
            };
            self.undecodable(message)
        })
    }

    /// An error that carries everything known about this answer.
    pub(crate) fn undecodable(&self, message: impl Into<String>) -> Error {
        Error::decode(self.operation.as_str(), message)
            .with_status(self.status)
            .with_request(&self.method, &self.path)
            .with_attempts(self.attempts)
            .with_excerpt(excerpt(
                &self.headers,
                &self.body,
                self.authorization.as_ref(),
            ))
    }

    fn looks_like_html(&self) -> bool {
        let start = self.body.trim_ascii_start();
        start.get(..1) == Some(b"<")
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("operation", &self.operation)
            .field("path", &self.path)
            .field("bytes", &self.body.len())
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// The start of a body for an error: text only, without the token or password that the request carried.
pub(crate) fn excerpt(
    headers: &HeaderMap,
    body: &[u8],
    authorization: Option<&HeaderValue>,
) -> Option<String> {
    if body.is_empty() || !is_text(headers) {
        return None;
    }
    // Hide first, cut later: a cut through a secret would leave half of it.
    let window = body.get(..body.len().min(EXCERPT * 8))?;
    let text = hide(&String::from_utf8_lossy(window), authorization);
    let end = text.floor_char_boundary_at(EXCERPT);
    Some(text.get(..end)?.to_owned())
}

/// Replaces what an `Authorization` header holds, wherever a server repeats it.
pub(crate) fn hide(text: &str, authorization: Option<&HeaderValue>) -> String {
    let header = authorization.and_then(|value| value.to_str().ok());
    let Some((scheme, secret)) = header.and_then(|header| header.split_once(' ')) else {
        return text.to_owned();
    };
    let mut text = text.replace(secret, "[REDACTED]");
    if scheme == "Basic" {
        let plain = STANDARD
            .decode(secret)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some((_, password)) = plain.as_deref().and_then(|plain| plain.split_once(':'))
            && !password.is_empty()
        {
            text = text.replace(password, "[REDACTED]");
        }
    }
    text
}

trait FloorCharBoundary {
    /// The largest character boundary that is not above `at`.
    fn floor_char_boundary_at(&self, at: usize) -> usize;
}

impl FloorCharBoundary for str {
    fn floor_char_boundary_at(&self, at: usize) -> usize {
        if at >= self.len() {
            return self.len();
        }
        (0..=at)
            .rev()
            .find(|&index| self.is_char_boundary(index))
            .unwrap_or(0)
    }
}

fn is_text(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return true;
    };
    let kind = kind.to_str().unwrap_or_default().to_ascii_lowercase();
    kind.starts_with("text/") || kind.contains("json") || kind.contains("xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_are_bounded_and_hide_secrets() {
        let headers = HeaderMap::new();
        let body = format!("hello s3cret {}", "é".repeat(4000));
        let token = HeaderValue::from_static("Bearer s3cret");
        let text = excerpt(&headers, body.as_bytes(), Some(&token)).unwrap();
        assert!(text.starts_with("hello [REDACTED] é"));
        assert!(text.len() <= EXCERPT);
    }

    #[test]
    fn basic_hides_the_password_in_both_forms() {
        let header = format!("Basic {}", STANDARD.encode("edi:s3cret"));
        let header = HeaderValue::try_from(header.as_str()).unwrap();
        let echo = format!("{} and s3cret", header.to_str().unwrap());
        assert_eq!(
            hide(&echo, Some(&header)),
            "Basic [REDACTED] and [REDACTED]"
        );
    }

    #[test]
    fn binary_bodies_are_not_shown() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            "application/octet-stream".parse().unwrap(),
        );
        assert_eq!(excerpt(&headers, b"abc", None), None);
    }
}
