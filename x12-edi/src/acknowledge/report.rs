//! One acknowledgment of a group as data: the meaning of a 997 or a 999 of any release.

use std::io::Write;

use super::code::{ElementErrorCode, GroupErrorCode, SegmentErrorCode, SetErrorCode};
use super::layout::Layout;
use super::options::AcknowledgmentSet;
use super::status::{GroupStatus, SetStatus};
use super::wire;
use crate::error::Result;
use crate::schema::Release;
use crate::value::SetControlNumber;
use crate::writer::Writer;

/// What became of one functional group: AK1 to AK9.
///
/// It is made from findings by [`Acknowledger`](super::Acknowledger), or read from a 997 or 999
/// by [`GroupReport::read`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GroupReport {
    /// AK101: GS01 of the group, for example `PO`.
    pub functional_id: String,
    /// AK102: GS06 of the group, as it stands.
    pub control_number: String,
    /// AK103: GS08 of the group; from release 005010 on.
    pub version: Option<String>,
    /// The AK2 loops: every set, or those alone that there is something to say of.
    pub sets: Vec<SetReport>,
    /// AK901.
    pub status: GroupStatus,
    /// AK902: how many sets the group says it has (GE01).
    pub included: u64,
    /// AK903: how many sets were counted.
    pub received: u64,
    /// AK904: how many sets were taken over.
    pub accepted: u64,
    /// AK905 to AK909: at most five.
    pub errors: Vec<GroupErrorCode>,
    /// What a report that was made from findings does not tell; nothing where it was read.
    pub left_out: LeftOut,
}

impl GroupReport {
    /// An accepted group without sets: GS01 and GS06.
    #[must_use]
    pub fn new(functional_id: impl Into<String>, control_number: impl Into<String>) -> Self {
        Self {
            functional_id: functional_id.into(),
            control_number: control_number.into(),
            version: None,
            sets: Vec::new(),
            status: GroupStatus::Accepted,
            included: 0,
            received: 0,
            accepted: 0,
            errors: Vec::new(),
            left_out: LeftOut::default(),
        }
    }

    /// Writes a 997 or 999 of a release inside the open group, or nothing of it. Elements that the
    /// release does not have are left out; a 999 before 005010 becomes a 997.
    ///
    /// # Errors
    /// [`ErrorKind::State`](crate::ErrorKind::State) outside a group,
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), and the errors of data in what the caller filled in.
    pub fn write<W: Write>(
        &self,
        set: AcknowledgmentSet,
        release: Release,
        writer: &mut Writer<W>,
        control_number: &SetControlNumber,
    ) -> Result<()> {
        let layout = Layout::answering(set, release.as_str());
        wire::write(self, layout, writer, control_number)
    }
}

/// How much a report does not tell because of its limits. Statuses and counts are right anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LeftOut {
    /// Sets that were to be listed and are not.
    pub sets: u64,
    /// Errors of segments and elements that are not listed.
    pub errors: u64,
}

/// What became of one transaction set: AK2 to AK5, or AK2 to IK5.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SetReport {
    /// AK201: ST01 of the set, for example `850`.
    pub code: String,
    /// AK202: ST02 of the set, as it stands.
    pub control_number: String,
    /// AK203: ST03 of the set; from release 005010 on.
    pub implementation: Option<String>,
    /// AK3 or IK3 loops.
    pub segments: Vec<SegmentError>,
    /// AK501 or IK501.
    pub status: SetStatus,
    /// AK502 to AK506, or IK502 to IK506: at most five.
    pub errors: Vec<SetErrorCode>,
}

impl SetReport {
    /// A set of this status without errors: ST01 and ST02.
    #[must_use]
    pub fn new(
        code: impl Into<String>,
        control_number: impl Into<String>,
        status: SetStatus,
    ) -> Self {
        Self {
            code: code.into(),
            control_number: control_number.into(),
            implementation: None,
            segments: Vec::new(),
            status,
            errors: Vec::new(),
        }
    }

    /// Whether it says what is wrong, beyond that something is.
    #[must_use]
    pub fn has_detail(&self) -> bool {
        !self.segments.is_empty() || !self.errors.is_empty()
    }
}

/// A segment in error: AK3 with its AK4, or IK3 with its CTX and IK4.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SegmentError {
    /// AK301: the segment id.
    pub id: String,
    /// AK302: its place in the set, where ST is 1.
    pub position: u32,
    /// AK303: the loop, named after its first segment.
    pub loop_id: Option<String>,
    /// AK304: one code from 004010 on, up to five before, none where elements alone are in error.
    pub codes: Vec<SegmentErrorCode>,
    /// CTX of the segment, in a 999 only.
    pub contexts: Vec<ErrorContext>,
    /// AK4 or IK4.
    pub elements: Vec<ElementError>,
}

impl SegmentError {
    /// An error of the segment that stands at a place of the set, where ST is 1.
    #[must_use]
    pub fn new(id: impl Into<String>, position: u32, code: SegmentErrorCode) -> Self {
        Self {
            id: id.into(),
            position,
            codes: vec![code],
            ..Self::default()
        }
    }
}

/// An element in error: AK4, or IK4 with its CTX.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ElementError {
    /// AK401, first component: the element, from 1.
    pub element: u16,
    /// AK401, second component: the component, from 1; from 004010 on.
    pub component: Option<u16>,
    /// AK401, third component: the repetition, from 1; from 005010 on.
    pub repetition: Option<u16>,
    /// AK402: the number of the data element, for example `324`.
    pub reference: Option<String>,
    /// AK403.
    pub code: ElementErrorCode,
    /// AK404: a copy of the bad data, at most 99 characters.
    pub value: Option<String>,
    /// CTX of the element, in a 999 only.
    pub contexts: Vec<ErrorContext>,
}

impl ElementError {
    /// An error of an element, from 1.
    #[must_use]
    pub const fn new(element: u16, code: ElementErrorCode) -> Self {
        Self {
            element,
            component: None,
            repetition: None,
            reference: None,
            code,
            value: None,
            contexts: Vec::new(),
        }
    }
}

/// Under which circumstances an error holds: CTX of a 999.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ErrorContext {
    /// CTX01, up to ten times: `SITUATIONAL TRIGGER`, or the place of the number by which the
    /// business knows the data.
    pub names: Vec<ContextName>,
    /// CTX02: the segment that the circumstances are about.
    pub segment_id: Option<String>,
    /// CTX03: its place in the set, where ST is 1.
    pub position: Option<u32>,
    /// CTX04: its loop.
    pub loop_id: Option<String>,
    /// CTX05: the element, from 1.
    pub element: Option<u16>,
    /// CTX05, second component: the component, from 1.
    pub component: Option<u16>,
    /// CTX05, third component: the repetition, from 1.
    pub repetition: Option<u16>,
    /// CTX06: the number of the data element.
    pub reference: Option<String>,
    /// CTX06, second component: the number of the component's data element.
    pub component_reference: Option<String>,
}

/// One repetition of CTX01.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ContextName {
    /// First component.
    pub name: String,
    /// Second component.
    pub value: Option<String>,
}

impl ErrorContext {
    /// What CTX01 says where other data is the reason for the error.
    pub const SITUATIONAL_TRIGGER: &'static str = "SITUATIONAL TRIGGER";

    /// The circumstances of a condition: the segment that asks for or excludes something.
    #[must_use]
    pub fn situational_trigger(segment_id: impl Into<String>, position: u32) -> Self {
        Self {
            names: vec![ContextName {
                name: Self::SITUATIONAL_TRIGGER.to_owned(),
                value: None,
            }],
            segment_id: Some(segment_id.into()),
            position: Some(position),
            ..Self::default()
        }
    }

    /// The number by which the business knows the data, for example of `BEG03`.
    #[must_use]
    pub fn business_number(place: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            names: vec![ContextName {
                name: place.into(),
                value: Some(value.into()),
            }],
            ..Self::default()
        }
    }
}
