//! What a raw call is answered with.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::body::Body;
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::ib_response;
use crate::judge::Answer;
use crate::soap::{SoapVersion, unwrap};
use crate::target::Target;

/// An answer that holds data: error documents, faults and sign-on pages have become errors before.
#[derive(Clone)]
pub struct RawAnswer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    target: Target,
}

impl RawAnswer {
    pub(crate) fn new(answer: Answer, target: Target) -> Self {
        Self {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
            target,
        }
    }

    /// The HTTP status, 200 to 299.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// A header of the answer, where it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as it came, after decompression.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as it came.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.body
    }

    /// The body as text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] when it is not UTF-8.
    pub fn text(&self) -> Result<&str> {
        std::str::from_utf8(&self.body).map_err(|error| {
            let at = error.valid_up_to();
            self.decode(format!("the answer is not UTF-8 from byte {at} on"))
        })
    }

    /// The body as JSON; take numbers that are money as text or `serde_json::Number`, never as `f64`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`], with the path to the value that did not fit.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let mut reader = serde_json::Deserializer::from_slice(&self.body);
        serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            // The cause may quote what it found; it is the data, not a secret of ours.
            self.decode(format!("the JSON does not fit at {}", error.path()))
                .with_source(error.into_inner())
        })
    }

    /// The transaction id of an accepted asynchronous message, `<node>.<operation>.<number>` as far as
    /// seen; acceptance is not yet success.
    #[must_use]
    pub fn transaction_id(&self) -> Option<String> {
        ib_response::transaction_id(&self.body)
    }

    fn decode(&self, message: String) -> Error {
        Error::new(ErrorKind::Decode, message)
            .with_target(&self.target)
            .with_status(self.status)
            .with_attempts(1)
            .with_sent(Sent::Yes)
    }
}

impl fmt::Debug for RawAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawAnswer")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// A SOAP answer without a fault.
#[derive(Clone)]
pub struct SoapAnswer {
    answer: RawAnswer,
    version: SoapVersion,
    content: Range<usize>,
}

impl SoapAnswer {
    pub(crate) fn new(answer: Answer, target: Target) -> Result<Self> {
        let found = unwrap(&answer.body).map_err(|error| {
            Error::from(error)
                .with_target(&target)
                .with_status(answer.status)
                .with_attempts(1)
                .with_sent(Sent::Yes)
        })?;
        Ok(Self {
            answer: RawAnswer::new(answer, target),
            version: found.version,
            content: found.content,
        })
    }

    /// The whole answer.
    #[must_use]
    pub fn answer(&self) -> &RawAnswer {
        &self.answer
    }

    /// The SOAP version of the answer, which need not be that of the request.
    #[must_use]
    pub fn version(&self) -> SoapVersion {
        self.version
    }

    /// What stands in the body of the envelope; prefixes may be declared on the envelope itself.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.answer
            .body
            .get(self.content.clone())
            .unwrap_or_default()
    }
}

impl fmt::Debug for SoapAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoapAnswer")
            .field("status", &self.answer.status)
            .field("version", &self.version)
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

/// An answer that is passed on as it comes.
pub struct RawBody(pub(crate) Body);

impl RawBody {
    /// The HTTP status, 200 to 299.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// A header of the answer, where it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name)?.to_str().ok()
    }

    /// The next bytes; nothing at the end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Transport`] and [`ErrorKind::Timeout`] when the answer breaks off or stands still,
    /// [`ErrorKind::TooLarge`] beyond the client's limit; nothing is tried again.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        self.0.chunk().await
    }
}

impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawBody")
            .field("status", &self.0.status())
            .finish_non_exhaustive()
    }
}
