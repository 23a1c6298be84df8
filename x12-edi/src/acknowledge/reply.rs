//! Writes what is to be answered as interchanges of their own.

use std::io::Write;

use super::collect::{ACKNOWLEDGMENT_GROUP, GroupAnswer, InterchangeReport};
use super::layout::release_digits;
use super::wire;
use crate::delimiters::Delimiters;
use crate::envelope::{GroupHeader, InterchangeHeader, InterchangeId, Usage};
use crate::error::Result;
use crate::value::{ControlNumber, Date, SetControlNumber, Time};
use crate::writer::Writer;

/// The control numbers that the next interchange, group and set will get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ControlNumbers {
    /// ISA13.
    pub interchange: ControlNumber,
    /// GS06.
    pub group: ControlNumber,
    /// ST02, padded to four digits; it goes on through all groups.
    pub set: ControlNumber,
}

impl ControlNumbers {
    /// Three numbers to start with.
    #[must_use]
    pub const fn new(interchange: ControlNumber, group: ControlNumber, set: ControlNumber) -> Self {
        Self {
            interchange,
            group,
            set,
        }
    }
}

/// Writes replies: sender and receiver swapped, control numbers counted on.
///
/// A reply takes over usage (ISA15), version (ISA12, GS08 without its industry part) and
/// delimiters of what it answers. One reply interchange answers one received interchange; groups
/// between the same two applications share one `FA` group with a 997 or 999 for each.
#[derive(Debug, Clone)]
pub struct Replier {
    numbers: ControlNumbers,
    date: Date,
    time: Time,
    delimiters: Option<Delimiters>,
}

impl Replier {
    /// Replies of this date and time, with these control numbers to start with.
    #[must_use]
    pub const fn new(numbers: ControlNumbers, date: Date, time: Time) -> Self {
        Self {
            numbers,
            date,
            time,
            delimiters: None,
        }
    }

    /// The same with delimiters of its own instead of those that were received.
    #[must_use]
    pub const fn with_delimiters(mut self, delimiters: Delimiters) -> Self {
        self.delimiters = Some(delimiters);
        self
    }

    /// The control numbers that the next reply will use; keep them for the next run.
    #[must_use]
    pub const fn next_numbers(&self) -> ControlNumbers {
        self.numbers
    }

    /// Writes the reply to one received interchange; tells whether there was anything to say.
    ///
    /// # Errors
    /// Those of the [`Writer`]: [`ErrorKind::State`](crate::ErrorKind::State) if an interchange is
    /// open, [`ErrorKind::Character`](crate::ErrorKind::Character) and
    /// [`ErrorKind::Length`](crate::ErrorKind::Length) if an id that was received cannot be
    /// written, [`ErrorKind::Io`](crate::ErrorKind::Io). No control number is used up then, and
    /// what the writer holds is not to be sent.
    pub fn write<W: Write>(
        &mut self,
        report: &InterchangeReport,
        writer: &mut Writer<W>,
    ) -> Result<bool> {
        if report.is_empty() {
            return Ok(false);
        }
        let mut numbers = self.numbers;
        let header = self.interchange(&report.header);
        writer.start_interchange(&header)?;
        numbers.interchange = numbers.interchange.next();
        if let Some(acknowledgment) = &report.acknowledgment {
            writer.write_segment(&acknowledgment.to_segment())?;
        }
        let alike = |a: &GroupAnswer, b: &GroupAnswer| {
            let (a, b) = (&a.header, &b.header);
            a.sender == b.sender && a.receiver == b.receiver && a.version == b.version
        };
        for groups in report.groups.chunk_by(alike) {
            let Some(first) = groups.first() else {
                continue;
            };
            writer.start_group(&self.group(&first.header, &header, numbers.group))?;
            numbers.group = numbers.group.next();
            for answer in groups {
                let number = SetControlNumber::from(numbers.set);
                wire::write(&answer.report, answer.layout, writer, &number)?;
                numbers.set = numbers.set.next();
            }
            writer.end_group()?;
        }
        writer.end_interchange()?;
        self.numbers = numbers;
        Ok(true)
    }

    fn interchange(&self, received: &InterchangeHeader) -> InterchangeHeader {
        let theirs = received.delimiters;
        let usable = theirs.clash().is_none() && theirs.unusual().is_none();
        let delimiters = match self.delimiters {
            Some(delimiters) => delimiters,
            None if usable => theirs,
            None => Delimiters::default(),
        };
        let version = if received.version.len() == 5
            && received.version.bytes().all(|b| b.is_ascii_digit())
        {
            received.version.as_str()
        } else {
            "00401"
        };
        InterchangeHeader::new(
            plain(&received.receiver, delimiters),
            plain(&received.sender, delimiters),
            self.numbers.interchange,
            self.date,
            self.time,
        )
        .with_version(version)
        .with_usage(match received.usage {
            Usage::Other(byte) if !byte.is_ascii_alphanumeric() => Usage::Production,
            usage => usage,
        })
        .with_delimiters(delimiters)
    }

    fn group(
        &self,
        received: &GroupHeader,
        reply: &InterchangeHeader,
        number: ControlNumber,
    ) -> GroupHeader {
        let version = release_digits(&received.version).unwrap_or("004010");
        GroupHeader::new(
            ACKNOWLEDGMENT_GROUP,
            application(&received.receiver, &reply.sender, reply.delimiters),
            application(&received.sender, &reply.receiver, reply.delimiters),
            number,
            self.date,
            self.time,
        )
        .with_version(version)
    }
}

/// An id without what some pad it with beside blanks, and without what the reply cannot hold.
fn plain(id: &InterchangeId, delimiters: Delimiters) -> InterchangeId {
    let qualifier = format!("{:<2}", clean(id.qualifier(), 2, delimiters));
    InterchangeId::new(qualifier, clean(id.id(), 15, delimiters)).unwrap_or_else(|_| id.clone())
}

/// GS02 or GS03: at least two characters; the id of the interchange where there is none.
fn application(code: &str, id: &InterchangeId, delimiters: Delimiters) -> String {
    let code = match clean(code, 15, delimiters) {
        code if code.is_empty() => clean(id.id(), 15, delimiters),
        code => code,
    };
    format!("{code:<2}")
}

/// So many characters of a text that was received and may be anything.
fn clean(text: &str, length: usize, delimiters: Delimiters) -> String {
    let fine = |c: &char| {
        let byte = u8::try_from(*c).unwrap_or(0);
        (byte.is_ascii_graphic() || byte == b' ') && !delimiters.contains(byte)
    };
    let kept: String = text.chars().filter(fine).collect();
    let kept: String = kept.trim().chars().take(length).collect();
    kept.trim_end().to_owned()
}
