//! Transaction sets one after another.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::event::{EnvelopeReader, Event};
use super::set::TransactionSet;
use crate::error::Result;
use crate::finding::{Finding, FindingCode};
use crate::reader::{SliceSource, Source, StreamSource};

/// The largest transaction set that is held in memory unless told otherwise: 64 MiB.
pub const DEFAULT_MAX_SET_BYTES: usize = 64 * 1024 * 1024;

/// The most findings that one set keeps, and the most that wait outside the sets.
const MAX_FINDINGS: usize = 10_000;

/// Reads one transaction set at a time; memory is bounded by the largest one.
///
/// ```
/// # let file: &[u8] = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*A*B*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~SE*3*0001~GE*1*1~IEA*1*000000001~";
/// let mut sets = x12_edi::TransactionSets::new(file); // any `std::io::Read`
/// while let Some(set) = sets.next_set()? {
///     let group = set.group().expect("inside a group");
///     println!("{} {} from {}", set.code(), set.control_number(), group.sender);
/// }
/// for finding in sets.take_findings() {
///     println!("{finding}"); // about groups, interchanges and garbage
/// }
/// # Ok::<(), x12_edi::Error>(())
/// ```
pub struct TransactionSets<S> {
    events: EnvelopeReader<S>,
    set: TransactionSet,
    findings: Vec<Finding>,
    max_bytes: usize,
    dropped: u64,
    progress: Progress,
}

/// How far the reading of a set has come, should the source have nothing more for now.
#[derive(Debug, Clone, Copy, Default)]
struct Progress {
    /// Whether `set` is begun and not given out yet.
    begun: bool,
    /// Between ST and the end of the set.
    inside: bool,
    too_large: bool,
    /// The offset which the set must not pass.
    limit: u64,
}

impl<'a> TransactionSets<SliceSource<'a>> {
    /// Over bytes in memory; never fails.
    #[must_use]
    pub fn from_slice(bytes: &'a [u8]) -> Self {
        Self::from_events(EnvelopeReader::from_slice(bytes))
    }
}

impl<R: io::Read> TransactionSets<StreamSource<R>> {
    /// Over a stream.
    pub fn new(stream: R) -> Self {
        Self::from_events(EnvelopeReader::new(stream))
    }
}

impl<S: Source> TransactionSets<S> {
    /// Over an envelope reader, for example one with other limits.
    pub fn from_events(events: EnvelopeReader<S>) -> Self {
        Self {
            events,
            set: TransactionSet::empty(),
            findings: Vec::new(),
            max_bytes: DEFAULT_MAX_SET_BYTES,
            dropped: 0,
            progress: Progress::default(),
        }
    }

    /// The same with another limit for one set. A larger set is left out with a finding; read
    /// such a one segment by segment with [`EnvelopeReader`].
    #[must_use]
    pub fn with_max_set_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes.min(u32::MAX as usize);
        self
    }

    /// The next transaction set, or `None` at the end. Clone it to keep it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the stream fails.
    pub fn next_set(&mut self) -> Result<Option<&TransactionSet>> {
        Ok(if self.read_set()? {
            Some(&self.set)
        } else {
            None
        })
    }

    /// The set that [`read_set`](Self::read_set) has read.
    #[cfg(feature = "tokio")]
    pub(crate) fn set(&self) -> &TransactionSet {
        &self.set
    }

    #[cfg(feature = "tokio")]
    pub(crate) fn source_mut(&mut self) -> &mut S {
        self.events.source_mut()
    }

    /// Reads one set; after an error of the source it can be called again and goes on.
    pub(crate) fn read_set(&mut self) -> Result<bool> {
        let mut progress = std::mem::take(&mut self.progress);
        if !progress.begun {
            self.set.clear();
            progress.begun = true;
        }
        let result = self.read_on(&mut progress);
        if result.is_err() {
            self.progress = progress;
        }
        result
    }

    fn read_on(&mut self, progress: &mut Progress) -> Result<bool> {
        let Progress {
            inside,
            too_large,
            limit,
            ..
        } = progress;
        loop {
            if *inside && !*too_large {
                self.set.push_indexed(self.events.take_content(*limit));
            }
            if !self.events.reader().index_will_stay() {
                self.set.close_run(&self.events.reader().stretch());
            }
            let mut started = false;
            let (is_segment, ended) = match self.events.next_event()? {
                None => return Ok(false),
                Some(Event::Finding(finding)) => {
                    let to = if *inside {
                        &mut self.set.findings
                    } else {
                        &mut self.findings
                    };
                    if to.len() < MAX_FINDINGS {
                        to.push(*finding);
                    } else {
                        self.dropped += 1;
                    }
                    (false, None)
                }
                Some(Event::SetStart(header, segment)) => {
                    started = true;
                    *inside = true;
                    *too_large = false;
                    self.set.clear();
                    *limit = segment.offset().saturating_add(self.max_bytes as u64);
                    self.set.header.copy_from(header);
                    self.set.delimiters = segment.delimiters();
                    (true, None)
                }
                Some(Event::Segment(segment)) => (*inside && segment.number().is_some(), None),
                Some(Event::SetEnd(summary, segment)) => (segment.is_some(), Some(summary.clone())),
                Some(_) => (false, None),
            };
            if started {
                keep(&mut self.set.interchange, self.events.interchange());
                keep(&mut self.set.group, self.events.group());
            }
            if is_segment && !*too_large {
                let segment = self.events.current();
                if segment.offset() + segment.as_bytes().len() as u64 > *limit {
                    *too_large = true;
                    let text = format!("the set is larger than {} bytes", self.max_bytes);
                    self.findings
                        .push(segment.finding(FindingCode::SetTooLarge, text));
                } else if let Some(entry) = self.events.reader().current_entry() {
                    self.set.push_indexed(&[entry]);
                } else {
                    self.set.push_apart(segment);
                }
            }
            if let Some(summary) = ended {
                *inside = false;
                if *too_large {
                    self.findings.append(&mut self.set.findings);
                    continue;
                }
                self.set.summary = summary;
                self.set.close_run(&self.events.reader().stretch());
                return Ok(true);
            }
        }
    }

    /// How many findings were left out: a set keeps 10 000, and as many wait to be taken.
    #[must_use]
    pub fn dropped_findings(&self) -> u64 {
        self.dropped
    }

    /// Takes out what was found so far outside the sets: interchanges, groups, garbage.
    pub fn take_findings(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.findings)
    }
}

impl<S> fmt::Debug for TransactionSets<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransactionSets")
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

/// Holds the same header as the reader; mostly it does already.
fn keep<T>(held: &mut Option<Arc<T>>, header: Option<&Arc<T>>) {
    let is_same = match (&*held, header) {
        (Some(held), Some(header)) => Arc::ptr_eq(held, header),
        (held, header) => held.is_none() && header.is_none(),
    };
    if !is_same {
        *held = header.cloned();
    }
}

/// All that [`parse`] found in a file.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Parsed {
    /// The transaction sets in order, each with its context and its own findings.
    pub sets: Vec<TransactionSet>,
    /// What was found outside the sets.
    pub findings: Vec<Finding>,
}

impl Parsed {
    /// The findings outside and inside the sets.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .chain(self.sets.iter().flat_map(TransactionSet::findings))
    }
}

/// Reads a whole file in memory. It never fails: every problem is a finding.
///
/// ```
/// let parsed = x12_edi::parse(b"this is no EDI");
/// assert!(parsed.sets.is_empty());
/// assert_eq!(parsed.findings.last().unwrap().code.as_str(), "no-interchange");
/// ```
#[must_use]
pub fn parse(bytes: &[u8]) -> Parsed {
    let mut reader = TransactionSets::from_slice(bytes);
    let mut sets = Vec::new();
    // A slice cannot fail; an error would only end the loop.
    while let Ok(Some(set)) = reader.next_set() {
        sets.push(set.clone());
    }
    Parsed {
        sets,
        findings: reader.take_findings(),
    }
}
