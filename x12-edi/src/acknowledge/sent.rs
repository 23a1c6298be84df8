//! What was sent, and is now to be acknowledged.

use super::collect::ACKNOWLEDGMENT_GROUP;
use crate::envelope::{EnvelopeReader, Event, GroupHeader, InterchangeHeader, InterchangeId};
use crate::error::Result;
use crate::reader::Source;
use crate::value::ControlNumber;

/// An interchange that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentInterchange {
    /// ISA13.
    pub control_number: ControlNumber,
    /// ISA05 and ISA06: us.
    pub sender: InterchangeId,
    /// ISA07 and ISA08: who is to acknowledge it.
    pub receiver: InterchangeId,
    /// Its groups, but for those of acknowledgments, which nobody acknowledges.
    pub groups: Vec<SentGroup>,
}

/// A group that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentGroup {
    /// GS01.
    pub functional_id: String,
    /// GS06.
    pub control_number: ControlNumber,
    /// GS03: the application that is to acknowledge it.
    pub receiver: String,
    /// Its sets in order.
    pub sets: Vec<SentSet>,
}

/// A transaction set that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentSet {
    /// ST01.
    pub code: String,
    /// ST02.
    pub control_number: String,
}

impl SentInterchange {
    /// An interchange without groups.
    #[must_use]
    pub const fn new(
        control_number: ControlNumber,
        sender: InterchangeId,
        receiver: InterchangeId,
    ) -> Self {
        Self {
            control_number,
            sender,
            receiver,
            groups: Vec::new(),
        }
    }

    /// The same with one more group.
    #[must_use]
    pub fn with_group(mut self, group: SentGroup) -> Self {
        self.groups.push(group);
        self
    }

    /// `None` without a readable control number.
    fn from_header(header: &InterchangeHeader) -> Option<Self> {
        let (sender, receiver) = (header.sender.clone(), header.receiver.clone());
        Some(Self::new(header.control_number?, sender, receiver))
    }
}

impl SentGroup {
    /// A group without sets: GS01, GS06 and GS03.
    #[must_use]
    pub fn new(
        functional_id: impl Into<String>,
        control_number: ControlNumber,
        receiver: impl Into<String>,
    ) -> Self {
        Self {
            functional_id: functional_id.into(),
            control_number,
            receiver: receiver.into(),
            sets: Vec::new(),
        }
    }

    /// The same with one more set: ST01 and ST02.
    #[must_use]
    pub fn with_set(mut self, code: impl Into<String>, control_number: impl Into<String>) -> Self {
        self.sets.push(SentSet {
            code: code.into(),
            control_number: control_number.into(),
        });
        self
    }

    fn from_header(header: &GroupHeader) -> Option<Self> {
        let answered = header.functional_id != ACKNOWLEDGMENT_GROUP;
        let number = header.control_number.filter(|_| answered)?;
        Some(Self::new(
            header.functional_id.clone(),
            number,
            header.receiver.clone(),
        ))
    }
}

/// Reads from a file that was sent what is to be acknowledged.
///
/// Groups of acknowledgments are left out, as is what has no readable control number.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if the source fails.
pub fn sent<S: Source>(mut events: EnvelopeReader<S>) -> Result<Vec<SentInterchange>> {
    let mut sent: Vec<SentInterchange> = Vec::new();
    let (mut interchange, mut group) = (None, None);
    while let Some(event) = events.next_event()? {
        match event {
            Event::InterchangeStart(header, _) => {
                interchange = SentInterchange::from_header(header)
            }
            Event::GroupStart(header, _) => group = SentGroup::from_header(header),
            Event::SetStart(header, _) => {
                group = group.take().map(|group: SentGroup| {
                    group.with_set(header.code.clone(), header.control_number.clone())
                });
            }
            Event::GroupEnd(..) => {
                if let (Some(interchange), Some(group)) = (&mut interchange, group.take()) {
                    let interchange: &mut SentInterchange = interchange;
                    interchange.groups.push(group);
                }
            }
            Event::InterchangeEnd(..) => sent.extend(interchange.take()),
            Event::Segment(_) | Event::SetEnd(..) | Event::Finding(_) => {}
        }
    }
    Ok(sent)
}
