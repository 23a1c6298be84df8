//! What became of what was sent.

use super::code::{GroupErrorCode, InterchangeNote, SetErrorCode};
use super::report::SegmentError;
use crate::envelope::InterchangeId;
use crate::finding::Finding;
use crate::value::ControlNumber;

/// What became of an interchange, a group or a set that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Outcome {
    /// Taken over.
    Accepted,
    /// Taken over, although errors were found.
    AcceptedWithErrors,
    /// Of a group: some of its sets were taken over. Of a set: its group was taken over in part,
    /// and the acknowledgment does not say which part.
    PartiallyAccepted,
    /// Not taken over, and the acknowledgment says why.
    Rejected,
    /// Not taken over, and the acknowledgment does not say why.
    RejectedWithoutDetail,
    /// Nothing was said of it.
    Unacknowledged,
}

impl Outcome {
    /// The lower-case name, for example `rejected-without-detail`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::AcceptedWithErrors => "accepted-with-errors",
            Self::PartiallyAccepted => "partially-accepted",
            Self::Rejected => "rejected",
            Self::RejectedWithoutDetail => "rejected-without-detail",
            Self::Unacknowledged => "unacknowledged",
        }
    }

    /// Whether it is settled that the data was taken over as a whole.
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        matches!(self, Self::Accepted | Self::AcceptedWithErrors)
    }

    /// Whether it is settled that nothing of the data was taken over.
    #[must_use]
    pub const fn is_rejected(self) -> bool {
        matches!(self, Self::Rejected | Self::RejectedWithoutDetail)
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// All that [`reconcile`](super::reconcile) found out.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Reconciliation {
    /// What was sent, in order.
    pub interchanges: Vec<InterchangeOutcome>,
    /// What does not fit: acknowledgments of what was not sent, second ones, contradictions. Their
    /// locations are places of the input that brought the acknowledgment.
    pub findings: Vec<Finding>,
}

impl Reconciliation {
    /// The sets of every group, each with the group that it belongs to.
    pub fn sets(&self) -> impl Iterator<Item = (&GroupOutcome, &SetOutcome)> {
        self.interchanges
            .iter()
            .flat_map(|interchange| &interchange.groups)
            .flat_map(|group| group.sets.iter().map(move |set| (group, set)))
    }
}

/// What became of an interchange.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InterchangeOutcome {
    /// ISA13.
    pub control_number: ControlNumber,
    /// ISA07 and ISA08.
    pub receiver: InterchangeId,
    /// What a TA1 says; [`Outcome::Unacknowledged`] without one, whatever became of the groups.
    pub outcome: Outcome,
    /// TA105, where there was a TA1.
    pub note: Option<InterchangeNote>,
    /// Its groups.
    pub groups: Vec<GroupOutcome>,
}

/// What became of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupOutcome {
    /// GS01.
    pub functional_id: String,
    /// GS06.
    pub control_number: ControlNumber,
    /// What became of it.
    pub outcome: Outcome,
    /// AK905 to AK909.
    pub errors: Vec<GroupErrorCode>,
    /// Its sets.
    pub sets: Vec<SetOutcome>,
}

/// What became of a transaction set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetOutcome {
    /// ST01.
    pub code: String,
    /// ST02.
    pub control_number: String,
    /// What became of it.
    pub outcome: Outcome,
    /// AK502 to AK506, or IK502 to IK506.
    pub errors: Vec<SetErrorCode>,
    /// AK3 or IK3 with what belongs to them.
    pub segments: Vec<SegmentError>,
}
