//! AK1, AK2, AK3, AK4, AK5 and AK9.

use super::ElementPlace;
use crate::acknowledge::{GroupStatus, SetStatus};
use crate::document::typed::typed_segment;
use crate::value::Text;

typed_segment! {
    /// The group that is acknowledged: AK1.
    GroupResponse = "AK1" {
        /// AK101: GS01 of the group, for example `PO`.
        1 functional_id: Text;
        /// AK102: GS06 of the group.
        2 control_number: Text;
        /// AK103: GS08 of the group; from 005010 on.
        3 version: Option<Text>;
    }
}

impl GroupResponse {
    /// A group by GS01 and GS06.
    #[must_use]
    pub fn new(functional_id: impl Into<Text>, control_number: impl Into<Text>) -> Self {
        Self {
            functional_id: functional_id.into(),
            control_number: control_number.into(),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// A transaction set of the group: AK2.
    SetResponse = "AK2" {
        /// AK201: ST01 of the set, for example `850`.
        1 code: Text;
        /// AK202: ST02 of the set.
        2 control_number: Text;
        /// AK203: ST03 of the set; from 005010 on.
        3 implementation: Option<Text>;
    }
}

impl SetResponse {
    /// A set by ST01 and ST02.
    #[must_use]
    pub fn new(code: impl Into<Text>, control_number: impl Into<Text>) -> Self {
        Self {
            code: code.into(),
            control_number: control_number.into(),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// A segment in error: AK3.
    SegmentNote = "AK3" {
        /// AK301: its id.
        1 id: Text;
        /// AK302: its place in the set, where ST is 1.
        2 position: Option<u32>;
        /// AK303: the loop it stands in.
        3 loop_id: Option<Text>;
        /// AK304: see [`SegmentErrorCode`](crate::acknowledge::SegmentErrorCode).
        4 error: Option<Text>;
        /// AK305; in 003040 only, as the next ones.
        5 error_2: Option<Text>;
        /// AK306.
        6 error_3: Option<Text>;
        /// AK307.
        7 error_4: Option<Text>;
        /// AK308.
        8 error_5: Option<Text>;
    }
}

impl SegmentNote {
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
    /// An element in error: AK4.
    ElementNote = "AK4" {
        /// AK401.
        1 place: ElementPlace;
        /// AK402: the number of the data element.
        2 reference: Option<Text>;
        /// AK403: see [`ElementErrorCode`](crate::acknowledge::ElementErrorCode).
        3 error: Text;
        /// AK404: a copy of the bad data, at most 99 characters.
        4 value: Option<Text>;
    }
}

impl ElementNote {
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
    /// What became of the set: AK5.
    SetResponseEnd = "AK5" {
        /// AK501: see [`status`](Self::status).
        1 code: Text;
        /// AK502: see [`SetErrorCode`](crate::acknowledge::SetErrorCode).
        2 error: Option<Text>;
        /// AK503.
        3 error_2: Option<Text>;
        /// AK504.
        4 error_3: Option<Text>;
        /// AK505.
        5 error_4: Option<Text>;
        /// AK506.
        6 error_5: Option<Text>;
    }
}

impl SetResponseEnd {
    /// A set of this status.
    #[must_use]
    pub fn new(status: &SetStatus) -> Self {
        Self {
            code: status.code().into(),
            ..Self::default()
        }
    }

    /// What AK501 says.
    #[must_use]
    pub fn status(&self) -> SetStatus {
        SetStatus::from_code(self.code.as_str())
    }
}

typed_segment! {
    /// What became of the group: AK9.
    GroupResponseEnd = "AK9" {
        /// AK901: see [`status`](Self::status).
        1 code: Text;
        /// AK902: how many sets the group says it has.
        2 included: Option<u32>;
        /// AK903: how many were counted.
        3 received: Option<u32>;
        /// AK904: how many were taken over.
        4 accepted: Option<u32>;
        /// AK905: see [`GroupErrorCode`](crate::acknowledge::GroupErrorCode).
        5 error: Option<Text>;
        /// AK906.
        6 error_2: Option<Text>;
        /// AK907.
        7 error_3: Option<Text>;
        /// AK908.
        8 error_4: Option<Text>;
        /// AK909.
        9 error_5: Option<Text>;
    }
}

impl GroupResponseEnd {
    /// A group of this status with its counts: included, received, accepted.
    #[must_use]
    pub fn new(status: &GroupStatus, included: u32, received: u32, accepted: u32) -> Self {
        Self {
            code: status.code().into(),
            included: Some(included),
            received: Some(received),
            accepted: Some(accepted),
            ..Self::default()
        }
    }

    /// What AK901 says.
    #[must_use]
    pub fn status(&self) -> GroupStatus {
        GroupStatus::from_code(self.code.as_str())
    }
}
