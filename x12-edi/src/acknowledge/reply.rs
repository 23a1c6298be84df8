//! Writes what is to be answered as interchanges of their own.

use std::io::Write;

use super::collect::{ACKNOWLEDGMENT_GROUP, GroupAnswer, InterchangeReport};
use super::wire;
use crate::delimiters::Delimiters;
use crate::envelope::{GroupHeader, InterchangeHeader, InterchangeId};
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
        writer.start_interchange(&self.interchange(&report.header))?;
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
            writer.start_group(&self.group(&first.header, &report.header, numbers.group))?;
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
            plain(&received.receiver),
            plain(&received.sender),
            self.numbers.interchange,
            self.date,
            self.time,
        )
        .with_version(version)
        .with_usage(received.usage)
        .with_delimiters(delimiters)
    }

    fn group(
        &self,
        received: &GroupHeader,
        interchange: &InterchangeHeader,
        number: ControlNumber,
    ) -> GroupHeader {
        let release: String = received
            .version
            .chars()
            .take_while(char::is_ascii_digit)
            .take(6)
            .collect();
        let version = if release.len() == 6 {
            release.as_str()
        } else {
            "004010"
        };
        GroupHeader::new(
            ACKNOWLEDGMENT_GROUP,
            application(&received.receiver, &interchange.receiver),
            application(&received.sender, &interchange.sender),
            number,
            self.date,
            self.time,
        )
        .with_version(version)
    }
}

/// An id without what some pad it with beside blanks: bytes that no interchange can hold.
fn plain(id: &InterchangeId) -> InterchangeId {
    let text = |text: &str| -> String {
        let fine = |c: &char| c.is_ascii_graphic() || *c == ' ';
        text.chars()
            .filter(fine)
            .collect::<String>()
            .trim()
            .to_owned()
    };
    InterchangeId::new(text(id.qualifier()), text(id.id())).unwrap_or_else(|_| id.clone())
}

/// GS02 or GS03: at least two characters; the id of the interchange where there is none.
fn application(code: &str, id: &InterchangeId) -> String {
    let code = if code.is_empty() { id.id() } else { code };
    format!("{code:<2}")
}
