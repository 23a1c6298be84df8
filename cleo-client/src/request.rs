//! A request in the making.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};
use serde::Serialize;
use url::Url;

use crate::{
    client::Client,
    error::{Error, Result},
    file_transfer::Outgoing,
    response::Response,
    retry::Repeat,
    send::{Body, Call},
};

/// A request that [`Client::request`] or [`Client::follow`] started.
///
/// A mistake in one of the steps is kept and returned by [`send`](Self::send); nothing leaves then.
#[must_use = "requests do nothing until sent"]
#[derive(Debug)]
pub struct RequestBuilder {
    client: Client,
    call: Result<Call>,
}

impl RequestBuilder {
    pub(crate) fn new(client: Client, operation: String, method: Method, url: Result<Url>) -> Self {
        Self {
            client,
            call: url.map(|url| Call::new(operation, method, url)),
        }
    }

    /// A request that is wrong from the start.
    pub(crate) fn failed(client: Client, error: Error) -> Self {
        Self {
            client,
            call: Err(error),
        }
    }

    fn change(mut self, change: impl FnOnce(&mut Call) -> Result<()>) -> Self {
        if let Ok(call) = &mut self.call
            && let Err(error) = change(call)
        {
            self.call = Err(error);
        }
        self
    }

    /// Names the operation for errors and spans: `list nodes`. Default method and path.
    pub fn operation(self, operation: impl Into<String>) -> Self {
        self.change(|call| {
            call.operation = operation.into();
            Ok(())
        })
    }

    /// Adds a query parameter, encoded.
    pub fn query(self, name: &str, value: &str) -> Self {
        self.change(|call| {
            call.url.query_pairs_mut().append_pair(name, value);
            Ok(())
        })
    }

    /// Adds a header.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.change(|call| {
            let parsed = HeaderName::try_from(name)
                .ok()
                .zip(HeaderValue::try_from(value).ok());
            let Some((name, value)) = parsed else {
                return Err(Error::invalid(
                    call.operation.as_str(),
                    format!(
                        "the header {name:?} cannot be sent: its name or value has wrong characters"
                    ),
                ));
            };
            call.headers.insert(name, value);
            Ok(())
        })
    }

    /// Sets a JSON body.
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        let ascii = self.client.core.ascii_json;
        self.change(|call| {
            let body = write_json(value, ascii).map_err(|error| {
                Error::invalid(
                    call.operation.as_str(),
                    "the body cannot be written as JSON",
                )
                .with_source(error)
            })?;
            call.body = Some(Body::Whole(body.into()));
            call.content_type = None;
            Ok(())
        })
    }

    /// Sets a body of the given content type.
    pub fn body(self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.change(|call| {
            let kind = HeaderValue::try_from(content_type).map_err(|_| {
                Error::invalid(
                    call.operation.as_str(),
                    format!("the content type {content_type:?} cannot be sent as a header"),
                )
            })?;
            call.body = Some(Body::Whole(body.into()));
            call.content_type = Some(kind);
            Ok(())
        })
    }

    /// Sets a body that is read while it is sent.
    pub(crate) fn streamed(self, content_type: &str, body: Outgoing) -> Self {
        self.body(content_type, Bytes::new()).change(|call| {
            call.body = Some(Body::Streamed(body));
            Ok(())
        })
    }

    /// Leaves the body of a successful answer to be read by the caller.
    pub(crate) fn opened(self) -> Self {
        self.change(|call| {
            call.opened = true;
            Ok(())
        })
    }

    /// How long one attempt may take; the call's total time grows with it if need be.
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        self.change(|call| {
            call.attempt_timeout = Some(timeout);
            Ok(())
        })
    }

    /// Whether the request may go out twice. Default: [`Repeat::OnlyIfUnsent`] for `POST` and `PATCH`,
    /// [`Repeat::Safe`] for the others.
    pub fn repeat(self, repeat: Repeat) -> Self {
        self.change(|call| {
            call.repeat = repeat;
            Ok(())
        })
    }

    /// A successful status is enough, whatever happens to the body after it.
    pub(crate) fn status_suffices(self) -> Self {
        self.change(|call| {
            call.status_suffices = true;
            Ok(())
        })
    }

    /// Sends the request and reads the whole answer.
    ///
    /// # Errors
    ///
    /// Every [`ErrorKind`](crate::ErrorKind); a status other than 2xx is an error.
    pub async fn send(self) -> Result<Response> {
        self.client.core.send(&self.call?).await
    }
}

/// JSON in UTF-8, or with everything that is not ASCII escaped.
pub(crate) fn write_json<T: Serialize + ?Sized>(
    value: &T,
    ascii: bool,
) -> serde_json::Result<Vec<u8>> {
    let text = serde_json::to_string(value)?;
    if !ascii || text.is_ascii() {
        return Ok(text.into_bytes());
    }
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(text.len() * 2);
    // Outside strings JSON is ASCII, so whatever is not stands in one.
    for c in text.chars() {
        if c.is_ascii() {
            escaped.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    Ok(escaped.into_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn escaped_json_says_the_same(text in "\\PC{0,40}") {
            let value = serde_json::json!({ text.clone(): [text] });
            let escaped = write_json(&value, true).unwrap();
            prop_assert!(escaped.is_ascii());
            prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&escaped).unwrap(), value);
        }
    }
}
