//! The implementation acknowledgment, transaction set 999, from release 005010 on.
//!
//! To make one from findings see [`acknowledge`](crate::acknowledge); this is its wire form.

use super::functional_acknowledgment::group_end;
use super::segments::{
    Context, GroupResponse, GroupResponseEnd, ImplementationElementNote, ImplementationResponseEnd,
    ImplementationSegmentNote, SetResponse,
};
use super::typed::{typed_document, typed_loop};
use crate::acknowledge::SetStatus;
use crate::schema::Release;
use crate::value::Text;

typed_document! {
    /// An implementation acknowledgment: set 999.
    pub ImplementationAcknowledgment = "999" of "FA" {
        /// AK1: the group.
        first group: GroupResponse;
        /// AK2 with what belongs to it: the sets.
        sets: Vec<ImplementationSetAnswer>;
        /// AK9: what became of the group; see [`count_sets`](Self::count_sets).
        end: GroupResponseEnd;
    }
}

typed_loop! {
    /// What became of a set: AK2 to IK5.
    pub ImplementationSetAnswer {
        /// AK2: the set.
        first set: SetResponse;
        /// IK3 with what belongs to it: the segments in error.
        segments: Vec<ImplementationSegmentInError>;
        /// IK5: what became of it.
        end: ImplementationResponseEnd;
    }
}

typed_loop! {
    /// A segment in error: IK3 with CTX and IK4.
    pub ImplementationSegmentInError {
        /// IK3: the segment.
        first segment: ImplementationSegmentNote;
        /// CTX: under which circumstances.
        contexts: Vec<Context>;
        /// IK4 with what belongs to it: the elements in error.
        elements: Vec<ImplementationElementInError>;
    }
}

typed_loop! {
    /// An element in error: IK4 with CTX.
    pub ImplementationElementInError {
        /// IK4: the element.
        first element: ImplementationElementNote;
        /// CTX: under which circumstances.
        contexts: Vec<Context>;
    }
}

impl ImplementationAcknowledgment {
    /// An acknowledgment without sets of a group, by GS01, GS06 and GS08.
    #[must_use]
    pub fn new(
        functional_id: impl Into<Text>,
        control_number: impl Into<Text>,
        version: impl Into<Text>,
    ) -> Self {
        let mut group = GroupResponse::new(functional_id, control_number);
        group.version = Some(version.into());
        Self {
            release: Release::V005010,
            group,
            ..Self::default()
        }
    }

    /// Fills AK9 from the sets, as if every set of the group had one here: status and counts.
    pub fn count_sets(&mut self) {
        self.end = group_end(self.sets.iter().map(|set| set.end.status()));
    }
}

impl ImplementationSetAnswer {
    /// A set by ST01 and ST02, and what became of it.
    #[must_use]
    pub fn new(code: impl Into<Text>, control_number: impl Into<Text>, status: &SetStatus) -> Self {
        Self {
            set: SetResponse::new(code, control_number),
            end: ImplementationResponseEnd::new(status),
            ..Self::default()
        }
    }
}

impl From<ImplementationSegmentNote> for ImplementationSegmentInError {
    fn from(segment: ImplementationSegmentNote) -> Self {
        Self {
            segment,
            ..Self::default()
        }
    }
}

impl From<ImplementationElementNote> for ImplementationElementInError {
    fn from(element: ImplementationElementNote) -> Self {
        Self {
            element,
            ..Self::default()
        }
    }
}
