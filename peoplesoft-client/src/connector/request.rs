//! A request before anybody has signed it.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use url::Url;

use super::Door;
use crate::error::{Error, ErrorKind};

/// When a request may go out a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It reads: twice does no harm.
    Safe,
    /// It creates or posts: again only if nothing of it can have arrived.
    IfUnsent,
}

/// A request to one of the doors; sending adds the credentials that travel in HTTP headers.
///
/// Its body and address may hold a secret, so it has no `Debug`.
pub(crate) struct Request {
    /// The door, which decides the credentials; without one nobody signs, and any answer will do.
    pub(crate) door: Option<Door>,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) accept: &'static str,
    pub(crate) repeat: Repeat,
}

impl Request {
    /// A read without a body.
    pub(crate) fn get(door: Door, url: Url, accept: &'static str) -> Self {
        Self {
            door: Some(door),
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            accept,
            repeat: Repeat::Safe,
        }
    }

    /// A POST, which is not sent twice unless [`repeat`](Self::repeat) is set.
    pub(crate) fn post(
        door: Door,
        url: Url,
        content_type: &str,
        body: Bytes,
    ) -> Result<Self, Error> {
        let mut request = Self {
            method: Method::POST,
            body,
            repeat: Repeat::IfUnsent,
            ..Self::get(door, url, "*/*")
        };
        request.set(header::CONTENT_TYPE.as_str(), content_type)?;
        Ok(request)
    }

    /// Sets a header whose value is shown nowhere.
    pub(crate) fn set_secret(&mut self, name: &str, value: &str) -> Result<(), Error> {
        self.set(name, value)?;
        if let Ok(name) = name.parse::<http::HeaderName>()
            && let Some(value) = self.headers.get_mut(name)
        {
            value.set_sensitive(true);
        }
        Ok(())
    }

    /// Sets a header; what a header cannot carry is named.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let place = name.parse::<http::HeaderName>();
        let text = HeaderValue::from_str(value);
        let (Ok(place), Ok(text)) = (place, text) else {
            return Err(Error::new(
                ErrorKind::InvalidRequest,
                format!(
                    "header {} cannot be sent: its name or value holds other characters than headers carry",
                    name.escape_debug()
                ),
            ));
        };
        self.headers.insert(place, text);
        Ok(())
    }
}
