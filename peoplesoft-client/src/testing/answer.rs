//! Answers of the double, before they go out.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;

use super::switch::Trouble;
use crate::xml::Writer;

/// An answer before it goes out.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) content_type: Option<String>,
    pub(super) retry_after: Option<String>,
    pub(super) body: Content,
}

/// A body that is there, or one that is written when nobody waits for the state any more.
pub(super) enum Content {
    Ready(Bytes),
    Later(Box<dyn FnOnce() -> String + Send>),
}

impl Content {
    pub(super) fn into_bytes(self) -> Bytes {
        match self {
            Self::Ready(bytes) => bytes,
            Self::Later(write) => Bytes::from(write()),
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Later(_) => f.write_str("still to be written"),
        }
    }
}

const SIGN_ON: &str = "<!DOCTYPE html><html><head><title>Oracle PeopleSoft Sign-in</title></head>\
                       <body><form name=\"login\"></form></body></html>";

impl Reply {
    pub(super) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            content_type: None,
            retry_after: None,
            body: Content::Ready(Bytes::new()),
        }
    }

    pub(super) fn text(status: StatusCode, content_type: &str, body: impl Into<Bytes>) -> Self {
        let content_type = Some(content_type.to_owned());
        Self {
            status,
            content_type,
            retry_after: None,
            body: Content::Ready(body.into()),
        }
    }

    pub(super) fn json(status: StatusCode, body: String) -> Self {
        Self::text(status, "application/json", body)
    }

    pub(super) fn page(status: StatusCode, body: &str) -> Self {
        Self::text(status, "text/html", body.to_owned())
    }

    fn busy(status: StatusCode, retry_after: Option<String>) -> Self {
        Self {
            retry_after,
            ..Self::empty(status)
        }
    }

    /// A JSON text that takes long to write: done after the state is free for others again.
    pub(super) fn json_later(write: impl FnOnce() -> String + Send + 'static) -> Self {
        Self {
            status: StatusCode::OK,
            content_type: Some("application/json".to_owned()),
            retry_after: None,
            body: Content::Later(Box::new(write)),
        }
    }

    /// The error document of Integration Broker; without numbers where none are known.
    pub(super) fn ib(status: StatusCode, numbers: Option<(u32, u32)>, text: &str) -> Self {
        Self::text(status, "text/xml", ib_document(numbers, text))
    }
}

/// The text of an error document of Integration Broker.
pub(super) fn ib_document(numbers: Option<(u32, u32)>, text: &str) -> String {
    let mut writer = Writer::new();
    writer
        .open_with("IBResponse", &[("type", "error")])
        .element("DefaultTitle", "Integration Broker Response")
        .element("StatusCode", "20");
    let text = match numbers {
        Some((set, number)) => {
            writer.element("MessageID", &number.to_string());
            format!("{text} ({set},{number})")
        }
        None => text.to_owned(),
    };
    writer.open("DefaultMessage").text(&text).close();
    written(writer)
}

/// What the double writes itself is well-formed, so that there is nothing to report.
pub(super) fn written(writer: Writer) -> String {
    let bytes = writer.finish().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The answer that a trouble puts in place of the right one.
pub(super) fn of_trouble(trouble: Trouble) -> Option<Reply> {
    Some(match trouble {
        Trouble::SignOnPage => Reply::page(StatusCode::OK, SIGN_ON),
        Trouble::Unauthorized => Reply::empty(StatusCode::UNAUTHORIZED),
        Trouble::Forbidden => {
            Reply::page(StatusCode::FORBIDDEN, "<html><body>Forbidden</body></html>")
        }
        Trouble::EmptyStatus(status) => Reply::empty(code(status)),
        Trouble::Unavailable { retry_after } => {
            Reply::busy(StatusCode::SERVICE_UNAVAILABLE, retry_after)
        }
        Trouble::RateLimited { retry_after } => {
            Reply::busy(StatusCode::TOO_MANY_REQUESTS, retry_after)
        }
        Trouble::IbError {
            status,
            set,
            number,
            text,
        } => Reply::ib(code(status), Some((set, number)), &text),
        Trouble::Body {
            status,
            content_type,
            body,
        } => Reply::text(code(status), &content_type, body),
        Trouble::Slow(_) | Trouble::Silent | Trouble::Cut | Trouble::CutBody => return None,
    })
}

pub(super) fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
