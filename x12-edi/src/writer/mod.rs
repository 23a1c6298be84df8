//! Writes interchanges: the mirror of the reader, with counts and trailers computed.

mod buffer;
mod charset;
mod draft;
mod header;
mod levels;
mod options;
mod segment;
mod split;

pub use options::{CharacterSet, DelimiterPolicy, LineEnd, Replacement};
pub use segment::SegmentWriter;
pub use split::{Level, Limits, Part, SplitWriter};

use std::fmt;
use std::io::Write;
use std::sync::Arc;

use crate::delimiters::Delimiters;
use crate::error::{Error, Result};
use crate::value::{ControlNumber, SetControlNumber};
use buffer::Buffer;
use charset::Classes;
use draft::Draft;

/// When so many bytes wait, they are passed on.
const FLUSH_AT: usize = 64 * 1024;

/// Writes interchanges to any [`std::io::Write`].
///
/// SE01, GE01, IEA01 and the control numbers of the trailers are computed; ISA is padded to its
/// 106 bytes; trailing empty elements are left out; a delimiter in data is refused unless
/// [`with_delimiters_in_data`](Self::with_delimiters_in_data) says otherwise. A refused segment
/// leaves no trace in the output.
///
/// ```
/// use x12_edi::envelope::{GroupHeader, InterchangeHeader, InterchangeId};
/// use x12_edi::value::{ControlNumber, Date, SetControlNumber, Time};
/// use x12_edi::{SegmentBuf, Writer};
///
/// let (date, time) = (Date::new(2024, 1, 31)?, Time::new(14, 30)?);
/// let number = ControlNumber::new(1)?;
/// let interchange = InterchangeHeader::new(
///     InterchangeId::new("ZZ", "ACME")?,
///     InterchangeId::new("01", "123456789")?,
///     number, date, time,
/// );
/// let group = GroupHeader::new("PO", "ACME", "SUPPLIER", number, date, time);
///
/// let mut writer = Writer::new(Vec::new());
/// writer.start_interchange(&interchange)?;
/// writer.start_group(&group)?;
/// writer.start_set("850", &SetControlNumber::from(number))?;
/// writer.write_segment(&SegmentBuf::new("BEG").element("00").element("SA").element("4711"))?;
/// writer.end_set()?;
/// writer.end_group()?;
/// writer.end_interchange()?;
/// let bytes = writer.finish()?;
/// assert!(bytes.ends_with(b"BEG*00*SA*4711~SE*3*0001~GE*1*1~IEA*1*000000001~"));
/// # Ok::<(), x12_edi::Error>(())
/// ```
pub struct Writer<W> {
    out: W,
    buffer: Buffer,
    draft: Draft,
    line_end: LineEnd,
    policy: DelimiterPolicy,
    characters: CharacterSet,
    delimiters: Delimiters,
    classes: Classes,
    interchange: Option<OpenInterchange>,
    group: Option<OpenGroup>,
    set: Option<OpenSet>,
    /// While a set may still be taken back, nothing is passed on.
    holding: bool,
    /// Bytes that were passed on.
    passed: u64,
    /// ST03; empty for none.
    convention: String,
    replacements: Vec<Replacement>,
}

#[derive(Debug, Clone)]
struct OpenInterchange {
    control: ControlNumber,
    groups: u64,
}

#[derive(Debug, Clone)]
struct OpenGroup {
    control: ControlNumber,
    /// GS08.
    version: Arc<str>,
    sets: u64,
}

#[derive(Debug)]
struct OpenSet {
    control: SetControlNumber,
    segments: u64,
}

impl<W: Write> Writer<W> {
    /// A writer without line ends, that refuses delimiters in data and characters outside the
    /// extended set. It buffers by itself.
    pub fn new(out: W) -> Self {
        let delimiters = Delimiters::default();
        Self {
            out,
            buffer: Buffer::new(2 * FLUSH_AT),
            draft: Draft::default(),
            line_end: LineEnd::default(),
            policy: DelimiterPolicy::default(),
            characters: CharacterSet::default(),
            delimiters,
            classes: Classes::new(delimiters, CharacterSet::default()),
            interchange: None,
            group: None,
            set: None,
            holding: false,
            passed: 0,
            convention: String::new(),
            replacements: Vec::new(),
        }
    }

    /// The same with a line end behind every segment terminator.
    #[must_use]
    pub fn with_line_end(mut self, line_end: LineEnd) -> Self {
        self.line_end = line_end;
        self
    }

    /// The same with another treatment of delimiters in data.
    #[must_use]
    pub fn with_delimiters_in_data(mut self, policy: DelimiterPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The same with another set of characters that data may hold.
    #[must_use]
    pub fn with_characters(mut self, characters: CharacterSet) -> Self {
        self.characters = characters;
        self.classes = Classes::new(self.delimiters, characters);
        self
    }

    /// The same with an implementation convention in every ST: ST03, from release 005010 on, for
    /// example `005010X231A1`.
    #[must_use]
    pub fn with_convention(mut self, reference: impl Into<String>) -> Self {
        self.convention = reference.into();
        self
    }

    /// How many bytes were written so far, those that still wait in the buffer included.
    #[must_use]
    pub fn bytes_written(&self) -> u64 {
        self.passed + self.buffer.len() as u64
    }

    /// What was replaced so far under [`DelimiterPolicy::Replace`].
    #[must_use]
    pub fn replacements(&self) -> &[Replacement] {
        &self.replacements
    }

    /// Whether data may hold these bytes: no delimiter, nothing outside the character set.
    pub(crate) fn accepts(&self, bytes: &[u8]) -> bool {
        self.classes.first_bad(bytes).is_none()
    }

    fn flush_if_full(&mut self) -> Result<()> {
        if self.buffer.len() >= FLUSH_AT && !self.holding {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<()> {
        self.out
            .write_all(self.buffer.as_slice())
            .map_err(Error::io)?;
        self.passed += self.buffer.len() as u64;
        self.buffer.truncate(0);
        Ok(())
    }
}

impl<W> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("delimiters", &self.delimiters)
            .field("interchange", &self.interchange)
            .field("group", &self.group)
            .field("set", &self.set)
            .field("buffered", &self.buffer.len())
            .finish_non_exhaustive()
    }
}
