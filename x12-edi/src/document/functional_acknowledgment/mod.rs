//! The functional acknowledgment, transaction set 997.
//!
//! To make one from findings see [`acknowledge`](crate::acknowledge); this is its wire form.

use super::segments::{
    ElementNote, GroupResponse, GroupResponseEnd, SegmentNote, SetResponse, SetResponseEnd,
};
use super::typed::{typed_document, typed_loop};
use crate::acknowledge::{GroupStatus, SetStatus};
use crate::value::Text;

typed_document! {
    /// A functional acknowledgment: set 997.
    ///
    /// ```
    /// use x12_edi::acknowledge::SetStatus;
    /// use x12_edi::document::functional_acknowledgment::{FunctionalAcknowledgment, SetAnswer};
    /// let mut acknowledgment = FunctionalAcknowledgment::new("PO", "77");
    /// acknowledgment.sets.push(SetAnswer::new("850", "0001", &SetStatus::Accepted));
    /// acknowledgment.count_sets();
    /// assert_eq!(acknowledgment.end.code, "A");
    /// acknowledgment.check()?;
    /// # Ok::<(), x12_edi::Error>(())
    /// ```
    pub FunctionalAcknowledgment = "997" of "FA" {
        /// AK1: the group.
        first group: GroupResponse;
        /// AK2 with what belongs to it: the sets.
        sets: Vec<SetAnswer>;
        /// AK9: what became of the group; see [`count_sets`](Self::count_sets).
        end: GroupResponseEnd;
    }
}

typed_loop! {
    /// What became of a set: AK2 to AK5.
    pub SetAnswer {
        /// AK2: the set.
        first set: SetResponse;
        /// AK3 with what belongs to it: the segments in error.
        segments: Vec<SegmentInError>;
        /// AK5: what became of it.
        end: SetResponseEnd;
    }
}

typed_loop! {
    /// A segment in error: AK3 with AK4.
    pub SegmentInError {
        /// AK3: the segment.
        first segment: SegmentNote;
        /// AK4, at most 99: the elements in error.
        elements: Vec<ElementNote>;
    }
}

impl FunctionalAcknowledgment {
    /// An acknowledgment without sets of a group, by GS01 and GS06.
    #[must_use]
    pub fn new(functional_id: impl Into<Text>, control_number: impl Into<Text>) -> Self {
        Self {
            group: GroupResponse::new(functional_id, control_number),
            ..Self::default()
        }
    }

    /// Fills AK9 from the sets, as if every set of the group had one here: status and counts.
    pub fn count_sets(&mut self) {
        let statuses = self.sets.iter().map(|set| set.end.status());
        self.end = group_end(statuses);
    }
}

impl SetAnswer {
    /// A set by ST01 and ST02, and what became of it.
    #[must_use]
    pub fn new(code: impl Into<Text>, control_number: impl Into<Text>, status: &SetStatus) -> Self {
        Self {
            set: SetResponse::new(code, control_number),
            end: SetResponseEnd::new(status),
            ..Self::default()
        }
    }
}

impl SegmentInError {
    /// A segment by id and place, where ST is 1, and what is wrong with it.
    #[must_use]
    pub fn new(id: impl Into<Text>, position: u32, error: impl Into<Text>) -> Self {
        SegmentNote::new(id, position, error).into()
    }
}

impl From<SegmentNote> for SegmentInError {
    fn from(segment: SegmentNote) -> Self {
        Self {
            segment,
            ..Self::default()
        }
    }
}

/// AK9 from the statuses of all sets.
pub(super) fn group_end(statuses: impl Iterator<Item = SetStatus>) -> GroupResponseEnd {
    let (mut all, mut accepted, mut clean) = (0, 0, 0);
    for status in statuses {
        all += 1;
        accepted += u32::from(status.is_accepted());
        clean += u32::from(status == SetStatus::Accepted);
    }
    let status = if clean == all {
        GroupStatus::Accepted
    } else if accepted == all {
        GroupStatus::AcceptedWithErrors
    } else if accepted > 0 {
        GroupStatus::PartiallyAccepted
    } else {
        GroupStatus::Rejected
    };
    GroupResponseEnd::new(&status, all, all, accepted)
}
