//! Service operations of a test's own.

use bytes::Bytes;

use super::call::Call;
use crate::connector::Door;

/// A service operation with one answer, for calls that nothing else of the double answers.
///
/// At the SOAP door the body is what stands in the envelope's body.
#[derive(Clone, Debug)]
#[must_use = "an operation answers nothing until the double is given it"]
pub struct Operation {
    pub(super) door: Door,
    pub(super) name: String,
    pub(super) trailing_slash: bool,
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) body: Bytes,
}

impl Operation {
    /// An operation by its alias and version as they are called, such as `X_PO.v1`; it answers nothing
    /// with status 200.
    pub fn new(door: Door, name: impl Into<String>) -> Self {
        Self {
            door,
            name: name.into(),
            trailing_slash: false,
            status: 200,
            content_type: "text/xml".to_owned(),
            body: Bytes::new(),
        }
    }

    /// Answers with this body.
    pub fn answer(mut self, content_type: impl Into<String>, body: impl Into<Bytes>) -> Self {
        self.content_type = content_type.into();
        self.body = body.into();
        self
    }

    /// Answers with this HTTP status.
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Answers only to REST addresses that end in a slash.
    pub fn trailing_slash(mut self) -> Self {
        self.trailing_slash = true;
        self
    }

    pub(super) fn answers_to(&self, call: &Call) -> bool {
        let slash = call.door != Door::Rest || self.trailing_slash == call.trailing_slash;
        self.door == call.door && slash && self.name == call.name()
    }
}
