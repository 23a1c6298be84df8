//! The envelope as a sequence of events, checked on the way.

mod segments;

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use super::header::{GroupHeader, InterchangeHeader, SetHeader};
use super::ledger::Ledger;
use crate::error::Result;
use crate::finding::{Finding, FindingCode};
use crate::lexer::{Entry, Kind};
use crate::reader::{Reader, SliceSource, Source, StreamSource};
use crate::segment::Segment;

/// What was in an interchange, group or transaction set when it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Counted: groups of an interchange, sets of a group, segments of a set with ST and SE.
    pub count: u64,
    /// What the trailer says, where it is a number.
    pub declared: Option<u64>,
    /// Whether there was a trailer.
    pub has_trailer: bool,
    /// From the first byte of the header to behind the terminator of the trailer.
    pub span: Range<u64>,
}

/// One step through an envelope. Starts and ends always pair up, with or without a trailer.
///
/// Findings about a trailer come before the event that ends its level; findings about any other
/// segment come behind the event of the segment.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// ISA.
    InterchangeStart(&'a Arc<InterchangeHeader>, Segment<'a>),
    /// GS.
    GroupStart(&'a Arc<GroupHeader>, Segment<'a>),
    /// ST.
    SetStart(&'a SetHeader, Segment<'a>),
    /// Any segment but a header or a trailer; outside a set its [`Segment::number`] is `None`.
    Segment(Segment<'a>),
    /// SE, or `None` where it is missing.
    SetEnd(&'a Summary, Option<Segment<'a>>),
    /// GE, or `None` where it is missing.
    GroupEnd(&'a Summary, Option<Segment<'a>>),
    /// IEA, or `None` where it is missing.
    InterchangeEnd(&'a Summary, Option<Segment<'a>>),
    /// A problem. Boxed, because events are passed by value and findings are rare.
    Finding(Box<Finding>),
}

/// What is still to be said about the current segment.
#[derive(Debug)]
enum Pending {
    Finding(Box<Finding>),
    InterchangeStart,
    GroupStart,
    SetStart,
    Segment,
    SetEnd(Summary, bool),
    GroupEnd(Summary, bool),
    InterchangeEnd(Summary, bool),
}

/// Reads the envelope: who sent what, in which groups and sets, and whether the counts agree.
///
/// ```
/// use x12_edi::envelope::{EnvelopeReader, Event};
/// let bytes = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*A*B*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~SE*4*0001~GE*1*1~IEA*1*000000001~";
/// let mut reader = EnvelopeReader::from_slice(bytes);
/// let mut problems = Vec::new();
/// while let Some(event) = reader.next_event()? {
///     if let Event::Finding(finding) = event {
///         problems.push(finding.text);
///     }
/// }
/// assert_eq!(problems, ["SE01 says 4, but there are 3 segments"]);
/// # Ok::<(), x12_edi::Error>(())
/// ```
pub struct EnvelopeReader<S> {
    reader: Reader<S>,
    ledger: Ledger,
    pending: VecDeque<Pending>,
    findings: Vec<Finding>,
    /// Of the level that ended last.
    summary: Summary,
    finished: bool,
    /// Whether content of a set can be passed on with nothing else to say or to do.
    in_content: bool,
    /// Content that was passed on like that and is not counted yet.
    passed: u64,
    /// What a part of an input leaves to be said when all parts have been read.
    partial: Option<Partial>,
}

/// What can only be told when the parts before have been read, too.
#[derive(Debug, Default)]
pub(super) struct Partial {
    /// Whether the interchange of the part before is still open.
    pub(super) is_carried: bool,
    /// Whether the next part goes on where this one ends.
    pub(super) goes_on: bool,
    /// GS06 of the groups of the carried interchange, and what to say if it is a repeated one.
    pub(super) carried: Vec<(Vec<u8>, Finding)>,
    /// GS06 of the groups of the last interchange that began in the part.
    pub(super) own: Vec<Vec<u8>>,
    /// Sender and receiver, ISA13, and what to say if it is a repeated one, of every interchange
    /// that began in the part.
    pub(super) interchanges: Vec<(Vec<u8>, Vec<u8>, Finding)>,
    /// The IEA of the carried interchange: its declared count, and a finding without a text.
    pub(super) trailer: Option<(Option<u64>, Finding)>,
}

impl<'a> EnvelopeReader<SliceSource<'a>> {
    /// Over bytes in memory; never fails.
    #[must_use]
    pub fn from_slice(bytes: &'a [u8]) -> Self {
        Self::from_reader(Reader::from_slice(bytes))
    }
}

impl<R: io::Read> EnvelopeReader<StreamSource<R>> {
    /// Over a stream, in bounded memory.
    pub fn new(stream: R) -> Self {
        Self::from_reader(Reader::new(stream))
    }
}

impl<S: Source> EnvelopeReader<S> {
    /// Over a reader of segments, for example one with another limit.
    pub fn from_reader(reader: Reader<S>) -> Self {
        Self {
            reader,
            ledger: Ledger::default(),
            pending: VecDeque::new(),
            findings: Vec::new(),
            summary: Summary {
                count: 0,
                declared: None,
                has_trailer: false,
                span: 0..0,
            },
            finished: false,
            in_content: false,
            passed: 0,
            partial: None,
        }
    }

    /// In the middle of an input: the reader stands at a GS of an interchange that began at
    /// `start`, if there is a header; `goes_on` if its end is not that of the input.
    pub(super) fn in_part(
        reader: Reader<S>,
        carried: Option<(Arc<InterchangeHeader>, &[u8], u64)>,
        goes_on: bool,
    ) -> Self {
        let mut events = Self::from_reader(reader);
        events.partial = Some(Partial {
            is_carried: carried.is_some(),
            goes_on,
            ..Partial::default()
        });
        if let Some((header, control, start)) = carried {
            events.ledger.interchange.open(control, start, |_| header);
        }
        events
    }

    /// Where the open interchange began, if no group is open in it.
    pub(super) fn open_interchange(&self) -> Option<u64> {
        match (self.ledger.group.get(), self.ledger.set.get()) {
            (None, None) => self.ledger.interchange.get().map(|level| level.start),
            _ => None,
        }
    }

    /// Whether nothing is open.
    pub(super) fn is_closed(&self) -> bool {
        self.ledger.interchange.get().is_none()
            && self.ledger.group.get().is_none()
            && self.ledger.set.get().is_none()
    }

    pub(super) fn take_partial(&mut self) -> Partial {
        self.partial.take().unwrap_or_default()
    }

    /// The next event, or `None` at the end. It is valid until the next call.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the stream fails.
    #[inline(always)]
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>> {
        // Only the slow way is a call.
        if self.in_content
            && let Some(entry) = self.reader.advance_in_content()
        {
            self.passed += 1;
            return Ok(Some(Event::Segment(self.reader.indexed(entry))));
        }
        self.next_slowly()
    }

    #[inline(never)]
    fn next_slowly(&mut self) -> Result<Option<Event<'_>>> {
        if self.next_plain()? {
            return Ok(Some(Event::Segment(self.reader.current())));
        }
        Ok(self.pop())
    }

    #[cfg(feature = "tokio")]
    pub(crate) fn source_mut(&mut self) -> &mut S {
        self.reader.source_mut()
    }

    /// Goes on by one segment, or not at all if something is still to be told; whether that is a
    /// plain segment, which is [`current`](Self::current) then. If not, [`pop`](Self::pop) tells.
    #[inline(always)]
    pub(crate) fn next_plain(&mut self) -> Result<bool> {
        if self.in_content && self.reader.advance_in_content().is_some() {
            self.passed += 1;
            return Ok(true);
        }
        self.next_with_care()
    }

    #[inline(never)]
    fn next_with_care(&mut self) -> Result<bool> {
        if !self.pending.is_empty() || self.finished {
            return Ok(false);
        }
        let advanced = self.reader.advance()?;
        self.in_content = false;
        let passed = std::mem::take(&mut self.passed);
        if let Some(set) = self.ledger.set.get_mut() {
            set.count += passed;
        }
        match advanced {
            // Content of a set, about which there is nothing to say.
            Some(Kind::Content) if !self.reader.has_findings() => {
                if let Some(set) = self.ledger.set.get_mut() {
                    set.count += 1;
                    self.in_content = true;
                    return Ok(true);
                }
                self.on_segment();
            }
            Some(_) => self.on_segment(),
            None => {
                self.finished = true;
                self.on_end();
            }
        }
        Ok(false)
    }

    pub(crate) fn pop(&mut self) -> Option<Event<'_>> {
        let pending = self.pending.pop_front()?;
        self.in_content = self.pending.is_empty() && self.ledger.set.get().is_some();
        let current = self.reader.current();
        Some(match pending {
            Pending::Finding(finding) => Event::Finding(finding),
            Pending::Segment => Event::Segment(current),
            Pending::SetEnd(summary, here) => {
                self.summary = summary;
                Event::SetEnd(&self.summary, here.then_some(current))
            }
            Pending::GroupEnd(summary, here) => {
                self.summary = summary;
                Event::GroupEnd(&self.summary, here.then_some(current))
            }
            Pending::InterchangeEnd(summary, here) => {
                self.summary = summary;
                Event::InterchangeEnd(&self.summary, here.then_some(current))
            }
            // A start is pending only while its level is open.
            Pending::InterchangeStart => match self.ledger.interchange.get() {
                Some(level) => Event::InterchangeStart(&level.header, current),
                None => Event::Segment(current),
            },
            Pending::GroupStart => match self.ledger.group.get() {
                Some(level) => Event::GroupStart(&level.header, current),
                None => Event::Segment(current),
            },
            Pending::SetStart => match self.ledger.set.get() {
                Some(level) => Event::SetStart(&level.header, current),
                None => Event::Segment(current),
            },
        })
    }

    /// The interchange that is open.
    #[must_use]
    pub fn interchange(&self) -> Option<&Arc<InterchangeHeader>> {
        self.ledger.interchange.get().map(|level| &level.header)
    }

    /// The group that is open.
    #[must_use]
    pub fn group(&self) -> Option<&Arc<GroupHeader>> {
        self.ledger.group.get().map(|level| &level.header)
    }

    /// Moves behind the content of the open set that comes next, as far as it is in the index of
    /// the reader, there is nothing to say about it, and it ends before the offset `limit`.
    pub(super) fn take_content(&mut self, limit: u64) -> &[Entry] {
        if !self.in_content {
            return &[];
        }
        let entries = self.reader.take_content(limit);
        self.passed += entries.len() as u64;
        entries
    }

    pub(super) fn reader(&self) -> &Reader<S> {
        &self.reader
    }

    /// Drops the findings of this kind that are still to be told.
    pub(crate) fn drop_pending(&mut self, code: FindingCode) {
        self.pending
            .retain(|pending| !matches!(pending, Pending::Finding(f) if f.code == code));
    }

    pub(crate) fn current(&self) -> Segment<'_> {
        self.reader.current()
    }
}

impl<S> fmt::Debug for EnvelopeReader<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvelopeReader")
            .field("reader", &self.reader)
            .field("finished", &self.finished)
            .finish_non_exhaustive()
    }
}
