//! One stream of sets written as several interchanges, none larger than a partner takes.

use std::fmt;
use std::io::{self, Write};

use super::{CharacterSet, DelimiterPolicy, LineEnd, Replacement, Writer};
use crate::envelope::{GroupHeader, InterchangeHeader};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::value::{ControlNumber, SetControlNumber};

/// How large an interchange may become. Without a limit everything is one interchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of an interchange with its header, trailers and line ends.
    pub bytes: Option<u64>,
    /// Transaction sets of an interchange.
    pub sets: Option<u64>,
    /// Transaction sets of a group; the next one is in a new group of the same interchange.
    pub sets_in_group: Option<u64>,
}

impl Limits {
    /// The same with at most so many bytes an interchange.
    #[must_use]
    pub fn with_bytes(mut self, bytes: u64) -> Self {
        self.bytes = Some(bytes);
        self
    }

    /// The same with at most so many sets an interchange.
    #[must_use]
    pub fn with_sets(mut self, sets: u64) -> Self {
        self.sets = Some(sets);
        self
    }

    /// The same with at most so many sets a group.
    #[must_use]
    pub fn with_sets_in_group(mut self, sets: u64) -> Self {
        self.sets_in_group = Some(sets);
        self
    }
}

/// For what a control number is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Level {
    /// ISA13.
    Interchange,
    /// GS06.
    Group,
}

/// One interchange that a [`SplitWriter`] has finished.
#[derive(Debug)]
#[non_exhaustive]
pub struct Part<W> {
    /// Its header, with its control number.
    pub header: InterchangeHeader,
    /// How many groups it has.
    pub groups: u64,
    /// How many sets it has.
    pub sets: u64,
    /// How many bytes it has.
    pub bytes: u64,
    /// Delimiters in data that were replaced.
    pub replacements: Vec<Replacement>,
    /// Where it was written to; flushed.
    pub output: W,
}

/// Writes sets into as many interchanges as the limits ask for; a set is never broken.
///
/// Every interchange has an output of its own and the same header but for its control number. A
/// group goes on as long as its header stays the same. Sets are numbered from 1 in each group.
///
/// ```
/// use x12_edi::envelope::{GroupHeader, InterchangeHeader, InterchangeId};
/// use x12_edi::value::{ControlNumber, Date, Time};
/// use x12_edi::{Level, Limits, SplitWriter};
///
/// let (date, time) = (Date::new(2024, 1, 31)?, Time::new(14, 30)?);
/// let one = ControlNumber::new(1)?;
/// let (us, them) = (InterchangeId::new("ZZ", "ACME")?, InterchangeId::new("01", "123456789")?);
/// let header = InterchangeHeader::new(us, them, one, date, time);
/// let group = GroupHeader::new("PO", "ACME", "SUPPLIER", one, date, time);
///
/// // Series that a program keeps somewhere.
/// let (mut interchange, mut functional_group) = (one, one);
/// let numbers = |level| {
///     let series = match level {
///         Level::Interchange => &mut interchange,
///         _ => &mut functional_group,
///     };
///     let number = *series;
///     *series = series.next();
///     Ok(number)
/// };
///
/// let mut writer = SplitWriter::new(header, numbers, |_| Ok(Vec::new()))
///     .with_limits(Limits::default().with_sets(2));
/// for order in ["4711", "4712", "4713"] {
///     writer.write(&group, |writer, number| {
///         writer.write_set("850", number, |writer| {
///             writer.write_elements("BEG", ["00", "SA", order, "", "20240131"])
///         })
///     })?;
/// }
/// let parts = writer.finish()?;
/// assert_eq!(parts.iter().map(|part| part.sets).collect::<Vec<_>>(), [2, 1]);
/// assert!(parts[1].output.ends_with(
///     b"ST*850*0001~BEG*00*SA*4713**20240131~SE*3*0001~GE*1*2~IEA*1*000000002~"
/// ));
/// # Ok::<(), x12_edi::Error>(())
/// ```
pub struct SplitWriter<W, N, O> {
    header: InterchangeHeader,
    numbers: N,
    open: O,
    limits: Limits,
    line_end: LineEnd,
    policy: DelimiterPolicy,
    characters: CharacterSet,
    convention: String,
    current: Option<Current<W>>,
    /// The number of a group of which no set was written.
    spare: Option<ControlNumber>,
    finished: Vec<Part<W>>,
}

/// The interchange that is open.
struct Current<W> {
    writer: Writer<W>,
    header: InterchangeHeader,
    group: Option<GroupHeader>,
    groups: u64,
    sets: u64,
}

impl<W, N, O> SplitWriter<W, N, O>
where
    W: Write,
    N: FnMut(Level) -> Result<ControlNumber>,
    O: FnMut(&InterchangeHeader) -> io::Result<W>,
{
    /// A writer without limits. `numbers` gives the control numbers of interchanges and groups,
    /// `open` an output for each interchange.
    pub fn new(header: InterchangeHeader, numbers: N, open: O) -> Self {
        Self {
            header,
            numbers,
            open,
            limits: Limits::default(),
            line_end: LineEnd::default(),
            policy: DelimiterPolicy::default(),
            characters: CharacterSet::default(),
            convention: String::new(),
            current: None,
            spare: None,
            finished: Vec::new(),
        }
    }

    /// The same with limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// As [`Writer::with_line_end`].
    #[must_use]
    pub fn with_line_end(mut self, line_end: LineEnd) -> Self {
        self.line_end = line_end;
        self
    }

    /// As [`Writer::with_delimiters_in_data`].
    #[must_use]
    pub fn with_delimiters_in_data(mut self, policy: DelimiterPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// As [`Writer::with_characters`].
    #[must_use]
    pub fn with_characters(mut self, characters: CharacterSet) -> Self {
        self.characters = characters;
        self
    }

    /// As [`Writer::with_convention`].
    #[must_use]
    pub fn with_convention(mut self, reference: impl Into<String>) -> Self {
        self.convention = reference.into();
        self
    }

    /// Writes one set, or several that stay together, into a group of this header; its control
    /// number is not looked at.
    ///
    /// `set` writes with [`Writer::write_set`] or a typed document's `write`. It is called a
    /// second time, with the first number of a new group, where the set does not fit any more. An
    /// interchange of which every set is refused is not among the parts, though its output was
    /// opened.
    ///
    /// # Errors
    /// Those of `set`, of the header, of the series and of the output; [`ErrorKind::Length`] for
    /// a set that is larger than an interchange may be. The set is then left out, and what was
    /// written before stays good.
    pub fn write(
        &mut self,
        group: &GroupHeader,
        mut set: impl FnMut(&mut Writer<W>, &SetControlNumber) -> Result<()>,
    ) -> Result<()> {
        let is_full = |current: &Current<W>| Some(current.sets) == self.limits.sets;
        if self.current.as_ref().is_some_and(is_full) {
            self.end_interchange()?;
        }
        let is_empty = self
            .current
            .as_ref()
            .is_none_or(|current| current.sets == 0);
        if self.try_write(group, &mut set)? {
            return Ok(());
        }
        if !is_empty {
            self.end_interchange()?;
            if self.try_write(group, &mut set)? {
                return Ok(());
            }
        }
        let expected = "the set alone is larger than an interchange may be";
        let remedy = "allow more bytes, or split the document";
        Err(Problem::new(ErrorKind::Length, expected, remedy).into())
    }

    /// `false` if the set does not fit into the interchange.
    fn try_write(
        &mut self,
        group: &GroupHeader,
        set: &mut impl FnMut(&mut Writer<W>, &SetControlNumber) -> Result<()>,
    ) -> Result<bool> {
        self.open_interchange()?;
        let limits = self.limits;
        let Some(current) = &mut self.current else {
            return Ok(false);
        };
        let is_full = Some(current.writer.sets_in_group()) == limits.sets_in_group;
        if current.group.is_some() && (current.group.as_ref() != Some(group) || is_full) {
            current.group = None;
            current.writer.end_group()?;
        }
        let is_new = current.group.is_none();
        let mark = current.writer.mark();
        let held = std::mem::replace(&mut current.writer.holding, true);
        let mut number = None;
        let done = (|| {
            if is_new {
                let mut header = group.clone();
                header.control_number = match self.spare.take() {
                    None => Some((self.numbers)(Level::Group)?),
                    spare => spare,
                };
                number = header.control_number;
                current.writer.start_group(&header)?;
            }
            current.writer.write_counted(set)
        })();
        let writer = &mut current.writer;
        writer.holding = held;
        let fits = limits
            .bytes
            .is_none_or(|limit| writer.bytes_with_trailers() <= limit);
        match done {
            Ok(sets) if fits => {
                current.sets += sets;
                current.groups += u64::from(is_new);
                current.group = Some(group.clone());
                current.writer.flush_if_full()?;
                Ok(true)
            }
            done => {
                writer.take_back(mark);
                self.spare = number;
                done.map(|_| false)
            }
        }
    }

    fn open_interchange(&mut self) -> Result<()> {
        if self.current.is_some() {
            return Ok(());
        }
        let mut header = self.header.clone();
        header.control_number = Some((self.numbers)(Level::Interchange)?);
        let output = (self.open)(&header).map_err(Error::io)?;
        let mut writer = Writer::new(output)
            .with_line_end(self.line_end)
            .with_delimiters_in_data(self.policy)
            .with_characters(self.characters)
            .with_convention(self.convention.clone());
        writer.start_interchange(&header)?;
        self.current = Some(Current {
            writer,
            header,
            group: None,
            groups: 0,
            sets: 0,
        });
        Ok(())
    }

    fn end_interchange(&mut self) -> Result<()> {
        let Some(mut current) = self.current.take() else {
            return Ok(());
        };
        if current.sets == 0 {
            // Every set was refused, and nothing was passed on.
            return Ok(());
        }
        if current.group.is_some() {
            current.writer.end_group()?;
        }
        current.writer.end_interchange()?;
        let bytes = current.writer.bytes_written();
        let replacements = current.writer.replacements().to_vec();
        self.finished.push(Part {
            header: current.header,
            groups: current.groups,
            sets: current.sets,
            bytes,
            replacements,
            output: current.writer.finish()?,
        });
        Ok(())
    }

    /// Takes out the interchanges that are finished, to send them or to close their files.
    pub fn take_parts(&mut self) -> Vec<Part<W>> {
        std::mem::take(&mut self.finished)
    }

    /// Finishes the last interchange and gives all that were not taken yet. Without a set there is
    /// none.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the output fails.
    pub fn finish(mut self) -> Result<Vec<Part<W>>> {
        self.end_interchange()?;
        Ok(self.finished)
    }
}

impl<W: Write> Writer<W> {
    fn sets_in_group(&self) -> u64 {
        self.group.as_ref().map_or(0, |group| group.sets)
    }

    /// Lets `set` write whole sets and says how many they were.
    fn write_counted(
        &mut self,
        set: &mut impl FnMut(&mut Self, &SetControlNumber) -> Result<()>,
    ) -> Result<u64> {
        let before = self.sets_in_group();
        let number = u32::try_from(before + 1).unwrap_or(u32::MAX);
        set(self, &SetControlNumber::from(ControlNumber::new(number)?))?;
        match &self.group {
            Some(group) if self.set.is_none() && group.sets > before => Ok(group.sets - before),
            _ => {
                let expected = "whole sets were to be written, and nothing else started or ended";
                Err(Error::state(expected, "write with `write_set`"))
            }
        }
    }

    /// The bytes of the interchange if it ended here.
    fn bytes_with_trailers(&self) -> u64 {
        let digits = |number: u64| number.checked_ilog10().unwrap_or(0) as usize + 1;
        let end = 1 + self.line_end.as_bytes().len();
        let ge = self.group.as_ref().map_or(0, |group| {
            "GE**".len() + digits(group.sets) + group.control.to_string().len() + end
        });
        let groups = self.interchange.as_ref().map_or(0, |open| open.groups);
        let iea = "IEA**000000000".len() + digits(groups) + end;
        self.bytes_written() + (ge + iea) as u64
    }
}

impl<W, N, O> fmt::Debug for SplitWriter<W, N, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SplitWriter")
            .field("limits", &self.limits)
            .field("finished", &self.finished.len())
            .field("sets", &self.current.as_ref().map(|current| current.sets))
            .finish_non_exhaustive()
    }
}
