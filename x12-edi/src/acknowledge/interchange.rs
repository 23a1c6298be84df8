//! The acknowledgment of an interchange: the segment TA1.

use super::code::InterchangeNote;
use super::status::InterchangeStatus;
use crate::segment::{Segment, SegmentBuf};
use crate::value::ControlNumber;

/// What became of one interchange: TA1.
///
/// It stands between ISA and the first GS, or alone in an interchange without groups.
///
/// ```
/// use x12_edi::acknowledge::{InterchangeAcknowledgment, InterchangeNote, InterchangeStatus};
/// let ta1 = InterchangeAcknowledgment::new("000000286", "041117", "1024", InterchangeStatus::Accepted);
/// assert_eq!(ta1.to_segment().to_string(), "TA1*000000286*041117*1024*A*000");
/// assert_eq!(ta1.note, InterchangeNote::new("000"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct InterchangeAcknowledgment {
    /// TA101: ISA13 of the interchange, nine digits.
    pub control_number: String,
    /// TA102: ISA09 of the interchange, YYMMDD.
    pub date: String,
    /// TA103: ISA10 of the interchange, HHMM.
    pub time: String,
    /// TA104.
    pub status: InterchangeStatus,
    /// TA105.
    pub note: InterchangeNote,
}

impl InterchangeAcknowledgment {
    /// An acknowledgment without an error (`000`).
    #[must_use]
    pub fn new(
        control_number: impl Into<String>,
        date: impl Into<String>,
        time: impl Into<String>,
        status: InterchangeStatus,
    ) -> Self {
        Self {
            control_number: control_number.into(),
            date: date.into(),
            time: time.into(),
            status,
            note: InterchangeNote::known("000"),
        }
    }

    /// The same with a reason: TA105.
    #[must_use]
    pub fn with_note(mut self, note: InterchangeNote) -> Self {
        self.note = note;
        self
    }

    /// Reads a TA1; `None` for any other segment. Elements are taken as they stand.
    #[must_use]
    pub fn read(segment: Segment<'_>) -> Option<Self> {
        let text = |element: usize| segment.element(element).trimmed().into_owned();
        (segment.id() == b"TA1").then(|| Self {
            control_number: text(1),
            date: text(2),
            time: text(3),
            status: InterchangeStatus::from_code(&text(4)),
            note: InterchangeNote::new(text(5)),
        })
    }

    /// The segment, for [`Writer::write_segment`](crate::Writer::write_segment).
    #[must_use]
    pub fn to_segment(&self) -> SegmentBuf {
        SegmentBuf::new("TA1")
            .element(&self.control_number)
            .element(&self.date)
            .element(&self.time)
            .element(self.status.code())
            .element(self.note.as_str())
    }

    /// The number of the interchange; `None` if TA101 is none.
    #[must_use]
    pub fn number(&self) -> Option<ControlNumber> {
        ControlNumber::parse(self.control_number.as_bytes())
    }
}
