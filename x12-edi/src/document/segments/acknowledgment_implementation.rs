//! IK3, IK4, IK5 and CTX.

use super::{ContextEntry, ElementPlace, ElementReference};
use crate::acknowledge::SetStatus;
use crate::document::typed::typed_segment;
use crate::value::Text;

typed_segment! {
    /// A segment in error: IK3.
    ImplementationSegmentNote = "IK3" {
        /// IK301: its id.
        1 id: Text;
        /// IK302: its place in the set, where ST is 1.
        2 position: Option<u32>;
        /// IK303: the loop it stands in.
        3 loop_id: Option<Text>;
        /// IK304: see [`SegmentErrorCode`](crate::acknowledge::SegmentErrorCode).
        4 error: Option<Text>;
    }
}

impl ImplementationSegmentNote {
    /// A segment by id and place, where ST is 1, and what is wrong with it.
    #[must_use]
    pub fn new(id: impl Into<Text>, position: u32, error: impl Into<Text>) -> Self {
        Self {
            id: id.into(),
            position: Some(position),
            error: Some(error.into()),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// An element in error: IK4.
    ImplementationElementNote = "IK4" {
        /// IK401.
        1 place: ElementPlace;
        /// IK402: the number of the data element.
        2 reference: Option<Text>;
        /// IK403: see [`ElementErrorCode`](crate::acknowledge::ElementErrorCode).
        3 error: Text;
        /// IK404: a copy of the bad data, at most 99 characters.
        4 value: Option<Text>;
    }
}

impl ImplementationElementNote {
    /// An element by its place, and what is wrong with it.
    #[must_use]
    pub fn new(place: ElementPlace, error: impl Into<Text>) -> Self {
        Self {
            place,
            error: error.into(),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// What became of the set: IK5.
    ImplementationResponseEnd = "IK5" {
        /// IK501: see [`status`](Self::status).
        1 code: Text;
        /// IK502: see [`SetErrorCode`](crate::acknowledge::SetErrorCode).
        2 error: Option<Text>;
        /// IK503.
        3 error_2: Option<Text>;
        /// IK504.
        4 error_3: Option<Text>;
        /// IK505.
        5 error_4: Option<Text>;
        /// IK506.
        6 error_5: Option<Text>;
    }
}

impl ImplementationResponseEnd {
    /// A set of this status.
    #[must_use]
    pub fn new(status: &SetStatus) -> Self {
        Self {
            code: status.code().into(),
            ..Self::default()
        }
    }

    /// What IK501 says.
    #[must_use]
    pub fn status(&self) -> SetStatus {
        SetStatus::from_code(self.code.as_str())
    }
}

typed_segment! {
    /// Under which circumstances an error holds: CTX.
    Context = "CTX" {
        /// CTX01, up to ten times.
        1 entries: Vec<ContextEntry>;
        /// CTX02: the segment that the circumstances are about.
        2 segment_id: Option<Text>;
        /// CTX03: its place in the set, where ST is 1.
        3 position: Option<u32>;
        /// CTX04: its loop.
        4 loop_id: Option<Text>;
        /// CTX05.
        5 place: ElementPlace;
        /// CTX06.
        6 reference: Option<ElementReference>;
    }
}

impl Context {
    /// Circumstances by one name.
    #[must_use]
    pub fn new(entry: ContextEntry) -> Self {
        Self {
            entries: vec![entry],
            ..Self::default()
        }
    }
}
