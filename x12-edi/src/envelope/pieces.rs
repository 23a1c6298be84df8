//! A huge transaction set in pieces, one loop at a time.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::event::{EnvelopeReader, Event, Summary};
use super::set::{Mark, TransactionSet};
use super::split::{Split, Splitter};
use crate::error::Result;
use crate::finding::{Finding, FindingCode};
use crate::reader::{SliceSource, Source, StreamSource};
use crate::schema::SetSchema;
use crate::segment::Segment;
use crate::validate::SetContext;

/// The most bytes of one piece, its heading included, unless told otherwise: 16 MiB.
pub const DEFAULT_MAX_PIECE_BYTES: usize = 16 * 1024 * 1024;

/// The most findings that one piece keeps, and the most that wait outside the sets.
const MAX_FINDINGS: usize = 10_000;

/// Reads sets of any size one loop at a time; memory is bounded by the heading and one loop.
///
/// A set comes as its heading, from ST to before the first round of the loop; then one piece for
/// each round; then the rest, to SE. Each piece but the first has the heading before it, so that it
/// can be read as a document of its own. An order of 100 000 lines:
///
/// ```
/// use x12_edi::document::purchase_order::PurchaseOrder;
/// use x12_edi::envelope::{Part, SetPieces};
/// # let file: &[u8] = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*A*B*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~PO1*1*10*EA*12.5~PID*F****BOLT~PO1*2*5*EA*3~CTT*2~SE*7*0001~GE*1*1~IEA*1*000000001~";
/// let mut pieces = SetPieces::new(file, "PO1"); // any `std::io::Read`
/// let mut seen = Vec::new();
/// while let Some(piece) = pieces.next_piece()? {
///     if let Part::Round(round) = piece.part() {
///         let order = PurchaseOrder::parse(piece.set()).document;
///         seen.push((round, order.number().to_owned(), order.lines[0].item.quantity));
///     }
/// }
/// assert_eq!(seen.len(), 2);
/// assert_eq!(seen[1].1, "4711");
/// # Ok::<(), x12_edi::Error>(())
/// ```
///
/// The loop is named by its id, the outermost of that id being meant, or by its path, for example
/// `PO1/N1`; behind each round of an inner loop there may be a rest. Where a loop ends is known from
/// the schema of the set; a set without one is cut before each segment of the id, and what follows
/// the last round stays with it.
pub struct SetPieces<S> {
    events: EnvelopeReader<S>,
    splitter: Splitter,
    set: TransactionSet,
    heading: Mark,
    state: State,
    /// The current segment of the reader is the first of the next piece.
    carried: Option<Carried>,
    findings: Vec<Finding>,
    dropped: u64,
    max_bytes: usize,
}

/// Which part of a set a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// From ST to before the first round of the loop.
    Heading,
    /// A round of the loop, from 1.
    Round(u64),
    /// What stands behind a round and outside the loop; the last one ends with SE.
    Rest,
}

/// A piece of a set.
#[derive(Debug, Clone, Copy)]
pub struct SetPiece<'a> {
    part: Part,
    set: &'a TransactionSet,
    heading: usize,
    summary: Option<&'a Summary>,
}

impl<'a> SetPiece<'a> {
    /// Which part of the set it is.
    #[must_use]
    pub fn part(&self) -> Part {
        self.part
    }

    /// The heading of the set and the segments of the piece, with their places in the input and in
    /// the set. Its findings are those about the piece.
    #[must_use]
    pub fn set(&self) -> &'a TransactionSet {
        self.set
    }

    /// The segments of the piece without the heading.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'a>> + use<'a> {
        let set = self.set;
        (self.heading..set.len()).filter_map(|index| set.segment(index))
    }

    /// What was found about the piece; about counts and control numbers, in the last one.
    #[must_use]
    pub fn findings(&self) -> &'a [Finding] {
        self.set.findings()
    }

    /// Counts and the byte span of the whole set, in its last piece.
    #[must_use]
    pub fn summary(&self) -> Option<&'a Summary> {
        self.summary
    }
}

#[derive(Debug, Clone, Copy)]
struct State {
    part: Part,
    inside: bool,
    /// The piece is too large and is left out.
    too_large: bool,
    /// The heading is too large, and so is the set.
    lost: bool,
    ended: bool,
    /// `set` holds a piece that was given out.
    given: bool,
    rounds: u64,
    bytes: usize,
    heading_bytes: usize,
}

#[derive(Debug, Clone, Copy)]
struct Carried {
    part: Part,
    ends_set: bool,
}

impl<'a> SetPieces<SliceSource<'a>> {
    /// Over bytes in memory; never fails.
    #[must_use]
    pub fn from_slice(bytes: &'a [u8], path: &str) -> Self {
        Self::from_events(EnvelopeReader::from_slice(bytes), path)
    }
}

impl<R: io::Read> SetPieces<StreamSource<R>> {
    /// Over a stream.
    pub fn new(stream: R, path: &str) -> Self {
        Self::from_events(EnvelopeReader::new(stream), path)
    }
}

impl<S: Source> SetPieces<S> {
    /// Over an envelope reader, for example one with other limits.
    pub fn from_events(events: EnvelopeReader<S>, path: &str) -> Self {
        Self {
            events,
            splitter: Splitter::new(path),
            set: TransactionSet::empty(),
            heading: Mark::default(),
            state: State {
                part: Part::Heading,
                inside: false,
                too_large: false,
                lost: false,
                ended: false,
                given: false,
                rounds: 0,
                bytes: 0,
                heading_bytes: 0,
            },
            carried: None,
            findings: Vec::new(),
            dropped: 0,
            max_bytes: DEFAULT_MAX_PIECE_BYTES,
        }
    }

    /// The same with another limit for one piece, its heading included. A larger one is left out
    /// with a finding; so is a set whose heading is larger.
    #[must_use]
    pub fn with_max_piece_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes.min(u32::MAX as usize);
        self
    }

    /// The same with the schemas that this function chooses, called once for each set; the tables of
    /// the standard otherwise.
    #[must_use]
    pub fn with_schemas(
        mut self,
        resolver: impl FnMut(&SetContext<'_>) -> Option<Arc<SetSchema>> + Send + 'static,
    ) -> Self {
        self.splitter.choose_by(Box::new(resolver));
        self
    }

    /// The next piece, or `None` at the end.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the stream fails.
    pub fn next_piece(&mut self) -> Result<Option<SetPiece<'_>>> {
        if !self.read_piece()? {
            return Ok(None);
        }
        let is_heading = self.state.part == Part::Heading;
        Ok(Some(SetPiece {
            part: self.state.part,
            set: &self.set,
            heading: if is_heading {
                0
            } else {
                self.heading.segments()
            },
            summary: self.state.ended.then_some(&self.set.summary),
        }))
    }

    /// Takes out what was found so far outside the sets: interchanges, groups, garbage.
    pub fn take_findings(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.findings)
    }

    /// How many findings were left out: a piece keeps 10 000, and as many wait to be taken.
    #[must_use]
    pub fn dropped_findings(&self) -> u64 {
        self.dropped
    }

    fn read_piece(&mut self) -> Result<bool> {
        if std::mem::take(&mut self.state.given) {
            self.begin_next();
            if self.state.ended && self.carried.is_none() && self.state.inside {
                self.state.inside = false;
                return Ok(self.give());
            }
        }
        loop {
            if !self.events.reader().index_will_stay() {
                self.set.close_run(&self.events.reader().stretch());
            }
            let step = match self.events.next_event()? {
                None => return Ok(false),
                Some(Event::Finding(finding)) => {
                    self.find(*finding);
                    continue;
                }
                Some(Event::SetStart(header, segment)) => {
                    self.set.clear();
                    self.set.header.clone_from(header);
                    self.set.delimiters = segment.delimiters();
                    Step::Start
                }
                Some(Event::Segment(segment)) if segment.number().is_some() => Step::Segment,
                Some(Event::SetEnd(summary, segment)) => {
                    self.set.summary.clone_from(summary);
                    Step::End(segment.is_some())
                }
                Some(_) => continue,
            };
            match step {
                Step::Start => self.start(),
                Step::Segment if !self.state.inside => {}
                Step::Segment => {
                    if self.segment() {
                        return Ok(true);
                    }
                }
                Step::End(_) if !self.state.inside => {}
                Step::End(here) => {
                    if self.end(here) {
                        return Ok(true);
                    }
                }
            }
        }
    }

    /// Keeps a finding with the piece, or with those outside the sets.
    fn find(&mut self, finding: Finding) {
        if !self.state.inside {
            self.find_outside(finding);
        } else if self.set.findings.len() < MAX_FINDINGS {
            self.set.findings.push(finding);
        } else {
            self.dropped += 1;
        }
    }

    fn find_outside(&mut self, finding: Finding) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        } else {
            self.dropped += 1;
        }
    }

    /// After ST.
    fn start(&mut self) {
        self.set.interchange = self.events.interchange().cloned();
        self.set.group = self.events.group().cloned();
        self.state = State {
            part: Part::Heading,
            inside: true,
            too_large: false,
            lost: false,
            ended: false,
            given: false,
            rounds: 0,
            bytes: 0,
            heading_bytes: 0,
        };
        self.carried = None;
        self.splitter.start(&SetContext {
            interchange: self.set.interchange.as_deref(),
            group: self.set.group.as_deref(),
            set: &self.set.header,
        });
        let _ = self.splitter.step(b"ST");
        self.push();
    }

    /// After a segment of the content; tells whether a piece is complete before it.
    fn segment(&mut self) -> bool {
        let split = self.splitter.step(self.events.current().id());
        let next = match (split, self.state.part) {
            (Split::Round, _) => Part::Round(self.state.rounds + 1),
            (Split::Outside, Part::Round(_)) => Part::Rest,
            _ => {
                self.push();
                return false;
            }
        };
        self.change(next, false)
    }

    /// After the end of the set; tells whether a piece is complete.
    fn end(&mut self, here: bool) -> bool {
        self.state.ended = true;
        if here && self.state.part != Part::Rest {
            self.state.ended = false;
            return self.change(Part::Rest, true);
        }
        if here {
            self.push();
        }
        self.state.inside = false;
        self.give()
    }

    /// Completes the piece; the current segment is the first of the next one.
    fn change(&mut self, part: Part, ends_set: bool) -> bool {
        self.carried = Some(Carried { part, ends_set });
        if self.give() {
            return true;
        }
        // What was too large is left out, and the next piece begins at once.
        self.begin_next();
        if ends_set {
            self.state.inside = false;
            return self.give();
        }
        false
    }

    /// Makes the piece ready to be given out; `false` if it was too large.
    fn give(&mut self) -> bool {
        self.set.close_run(&self.events.reader().stretch());
        if self.state.part == Part::Heading {
            self.heading = self.set.mark();
            self.state.heading_bytes = self.state.bytes;
            self.state.lost = self.state.too_large;
        }
        if self.state.too_large || self.state.lost {
            for finding in std::mem::take(&mut self.set.findings) {
                self.find_outside(finding);
            }
            return false;
        }
        self.state.given = true;
        true
    }

    /// Begins the next piece with the segment that was carried over.
    fn begin_next(&mut self) {
        let Some(Carried { part, ends_set }) = self.carried.take() else {
            return;
        };
        if let Part::Round(round) = part {
            self.state.rounds = round;
        }
        let number = self.events.current().number().unwrap_or(0);
        self.set.cut_back(self.heading, number);
        self.state.part = part;
        self.state.bytes = self.state.heading_bytes;
        self.state.too_large = false;
        self.state.ended = ends_set;
        self.push();
    }

    /// Adds the current segment of the reader.
    fn push(&mut self) {
        if self.state.too_large || self.state.lost {
            return;
        }
        let segment = self.events.current();
        self.state.bytes += segment.as_bytes().len() + 1;
        if self.state.bytes > self.max_bytes {
            self.state.too_large = true;
            let text = format!("a piece of the set is larger than {} bytes", self.max_bytes);
            let finding = segment.finding(FindingCode::SetTooLarge, text);
            self.find_outside(finding);
        } else if let Some(entry) = self.events.reader().current_entry() {
            self.set.push_indexed(&[entry]);
        } else {
            self.set.close_run(&self.events.reader().stretch());
            self.set.push_apart(self.events.current());
        }
    }
}

/// What an event means for the pieces.
enum Step {
    Start,
    Segment,
    End(bool),
}

impl<S> fmt::Debug for SetPieces<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetPieces")
            .field("events", &self.events)
            .field("part", &self.state.part)
            .finish_non_exhaustive()
    }
}
