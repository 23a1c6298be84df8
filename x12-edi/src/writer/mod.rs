//! Writes interchanges: the mirror of the reader, with counts and trailers computed.

mod charset;
mod emit;
mod options;

pub use options::{CharacterSet, DelimiterPolicy, LineEnd, Replacement};

use std::fmt;
use std::io::Write;

use crate::delimiters::{Delimiters, repetition_of};
use crate::envelope::{GroupHeader, InterchangeHeader};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::segment::{Boundary, SegmentBuf};
use crate::value::{ControlNumber, SetControlNumber};
use charset::Classes;

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
    buffer: Vec<u8>,
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
    replacements: Vec<Replacement>,
}

#[derive(Debug)]
struct OpenInterchange {
    control: ControlNumber,
    groups: u64,
}

#[derive(Debug)]
struct OpenGroup {
    control: ControlNumber,
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
            buffer: Vec::with_capacity(2 * FLUSH_AT),
            line_end: LineEnd::default(),
            policy: DelimiterPolicy::default(),
            characters: CharacterSet::default(),
            delimiters,
            classes: Classes::new(delimiters, CharacterSet::default()),
            interchange: None,
            group: None,
            set: None,
            holding: false,
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

    /// What was replaced so far under [`DelimiterPolicy::Replace`].
    #[must_use]
    pub fn replacements(&self) -> &[Replacement] {
        &self.replacements
    }

    /// Writes ISA. Its delimiters hold until the interchange ends.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if an interchange is open; [`ErrorKind::Missing`] without control
    /// number, date or time; [`ErrorKind::Length`] for a version that has not five characters;
    /// [`ErrorKind::Delimiters`] if the replacement byte is a delimiter itself.
    pub fn start_interchange(&mut self, header: &InterchangeHeader) -> Result<()> {
        if self.interchange.is_some() {
            return Err(Error::state(
                "an interchange is open",
                "call `end_interchange` first",
            ));
        }
        let missing = |element: usize, what: &str| {
            Problem::new(
                ErrorKind::Missing,
                format!("{what} is missing"),
                "fill it in the header",
            )
            .at("ISA", element)
        };
        let control = header
            .control_number
            .ok_or_else(|| missing(13, "the control number"))?;
        let date = header.date.ok_or_else(|| missing(9, "the date"))?;
        let time = header.time.ok_or_else(|| missing(10, "the time"))?;
        if header.version.len() != 5 {
            let expected = "the version of an interchange has five characters";
            return Err(
                Problem::new(ErrorKind::Length, expected, "for example `00401`")
                    .at("ISA", 12)
                    .with_value(header.version.as_bytes())
                    .into(),
            );
        }
        let mut delimiters = header.delimiters;
        let declared = delimiters.repetition;
        delimiters.repetition =
            declared.and_then(|byte| repetition_of(byte, header.version.as_bytes()));
        if let DelimiterPolicy::Replace(byte) = self.policy
            && delimiters.contains(byte)
        {
            let expected = "the replacement for delimiters is a delimiter itself";
            let remedy = "choose another replacement, for example a blank";
            return Err(Problem::new(ErrorKind::Delimiters, expected, remedy)
                .with_value(&[byte])
                .into());
        }
        self.delimiters = delimiters;
        self.classes = Classes::new(delimiters, self.characters);
        self.put_isa(header, control, date, time)?;
        self.interchange = Some(OpenInterchange { control, groups: 0 });
        Ok(())
    }

    /// Writes GS.
    ///
    /// # Errors
    /// [`ErrorKind::State`] outside an interchange or inside a group; [`ErrorKind::Missing`]
    /// without control number, date or time; [`ErrorKind::Length`] and the errors of data.
    pub fn start_group(&mut self, header: &GroupHeader) -> Result<()> {
        if self.interchange.is_none() || self.group.is_some() {
            let expected = "a group starts inside an interchange and outside other groups";
            return Err(Error::state(
                expected,
                "call `start_interchange` or `end_group` first",
            ));
        }
        let control = self.put_gs(header)?;
        if let Some(interchange) = &mut self.interchange {
            interchange.groups += 1;
        }
        self.group = Some(OpenGroup { control, sets: 0 });
        Ok(())
    }

    /// Writes ST with a set code such as `850`.
    ///
    /// # Errors
    /// [`ErrorKind::State`] outside a group or inside a set.
    pub fn start_set(&mut self, code: &str, control: &SetControlNumber) -> Result<()> {
        if self.group.is_none() || self.set.is_some() {
            let expected = "a transaction set starts inside a group and outside other sets";
            return Err(Error::state(
                expected,
                "call `start_group` or `end_set` first",
            ));
        }
        if code.len() != 3 {
            let expected = "the code of a transaction set has three digits";
            return Err(
                Problem::new(ErrorKind::Length, expected, "for example `850`")
                    .at("ST", 1)
                    .with_value(code.as_bytes())
                    .into(),
            );
        }
        self.put("ST", &[code.as_bytes(), control.as_str().as_bytes()])?;
        if let Some(group) = &mut self.group {
            group.sets += 1;
        }
        self.set = Some(OpenSet {
            control: control.clone(),
            segments: 1,
        });
        Ok(())
    }

    /// Writes one segment of a set, or a TA1 between ISA and the first GS.
    ///
    /// # Errors
    /// [`ErrorKind::State`] elsewhere and for control segments; [`ErrorKind::DelimiterInData`],
    /// [`ErrorKind::Character`] with segment, element, value and character. Nothing is written
    /// then.
    pub fn write_segment(&mut self, segment: &SegmentBuf) -> Result<()> {
        self.check_place(&segment.id())?;
        self.put_owned(segment, true)
    }

    /// The same with trailing empty elements kept.
    pub(crate) fn write_verbatim(&mut self, segment: &SegmentBuf) -> Result<()> {
        self.check_place(&segment.id())?;
        self.put_owned(segment, false)
    }

    /// Whether data may hold these bytes: no delimiter, nothing outside the character set.
    pub(crate) fn accepts(&self, bytes: &[u8]) -> bool {
        self.classes.first_bad(bytes).is_none()
    }

    pub(crate) fn check_place(&self, id: &str) -> Result<()> {
        if matches!(id, "ISA" | "IEA" | "GS" | "GE" | "ST" | "SE") {
            let expected = "headers and trailers are written by the writer itself";
            return Err(Error::state(
                expected,
                "use the `start_…` and `end_…` calls",
            ));
        }
        let ta1 = id == "TA1" && self.interchange.is_some() && self.group.is_none();
        if self.set.is_some() || ta1 {
            return Ok(());
        }
        Err(Error::state(
            "a segment stands inside a transaction set",
            "call `start_set` first",
        ))
    }

    /// Writes SE.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if no set is open, [`ErrorKind::Io`] if bytes cannot be passed on.
    pub fn end_set(&mut self) -> Result<()> {
        let Some(set) = self.set.take() else {
            return Err(Error::state(
                "no transaction set is open",
                "call `start_set` first",
            ));
        };
        let count = (set.segments + 1).to_string();
        self.put("SE", &[count.as_bytes(), set.control.as_str().as_bytes()])
    }

    /// Writes GE.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if no group or still a set is open, [`ErrorKind::Io`].
    pub fn end_group(&mut self) -> Result<()> {
        if self.set.is_some() {
            return Err(Error::state(
                "a transaction set is open",
                "call `end_set` first",
            ));
        }
        let Some(group) = self.group.take() else {
            return Err(Error::state("no group is open", "call `start_group` first"));
        };
        let (count, control) = (group.sets.to_string(), group.control.to_string());
        self.put("GE", &[count.as_bytes(), control.as_bytes()])
    }

    /// Writes IEA.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if no interchange or still a group is open, [`ErrorKind::Io`].
    pub fn end_interchange(&mut self) -> Result<()> {
        if self.group.is_some() {
            return Err(Error::state("a group is open", "call `end_group` first"));
        }
        let Some(interchange) = self.interchange.take() else {
            return Err(Error::state(
                "no interchange is open",
                "call `start_interchange` first",
            ));
        };
        let (count, control) = (
            interchange.groups.to_string(),
            interchange.control.to_padded(),
        );
        self.put("IEA", &[count.as_bytes(), control.as_bytes()])
    }

    /// Passes everything on and gives the output back.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if an interchange is open, [`ErrorKind::Io`].
    pub fn finish(mut self) -> Result<W> {
        if self.interchange.is_some() {
            return Err(Error::state(
                "an interchange is open",
                "call `end_interchange` first",
            ));
        }
        self.flush()?;
        self.out.flush().map_err(Error::io)?;
        Ok(self.out)
    }

    /// Writes a whole set, or nothing of it if `content` fails.
    ///
    /// # Errors
    /// Those of [`start_set`](Self::start_set), [`end_set`](Self::end_set) and of `content`.
    pub fn write_set(
        &mut self,
        code: &str,
        control: &SetControlNumber,
        content: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let (length, replaced) = (self.buffer.len(), self.replacements.len());
        self.holding = true;
        let started = self.start_set(code, control);
        if started.is_err() {
            self.holding = false;
            return started;
        }
        let done = content(self).and_then(|()| self.end_set());
        self.holding = false;
        if done.is_err() {
            self.buffer.truncate(length);
            self.replacements.truncate(replaced);
            self.set = None;
            if let Some(group) = &mut self.group {
                group.sets -= 1;
            }
            return done;
        }
        self.flush_if_full()
    }

    fn flush_if_full(&mut self) -> Result<()> {
        if self.buffer.len() >= FLUSH_AT && !self.holding {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<()> {
        self.out.write_all(&self.buffer).map_err(Error::io)?;
        self.buffer.clear();
        Ok(())
    }

    fn put_owned(&mut self, segment: &SegmentBuf, trim: bool) -> Result<()> {
        let kept = if trim {
            let empty = segment.pieces().collect::<Vec<_>>();
            empty
                .iter()
                .rposition(|(_, bytes)| !bytes.is_empty())
                .map_or(0, |last| last + 1)
        } else {
            usize::MAX
        };
        let mut pieces = segment.pieces().take(kept);
        let id = pieces.next().map_or(&[][..], |(_, bytes)| bytes);
        let pieces = pieces.map(|(boundary, bytes)| (boundary.unwrap_or(Boundary::Element), bytes));
        self.emit(id, pieces)
    }

    fn put(&mut self, id: &str, elements: &[&[u8]]) -> Result<()> {
        self.emit(
            id.as_bytes(),
            elements.iter().map(|bytes| (Boundary::Element, *bytes)),
        )
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
