//! Whole inputs: every set against the schema that its group and its ST name.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::Arc;

use super::content::{Content, SetContext};
use super::switches::Switches;
use super::validator::{DEFAULT_MAX_FINDINGS, Validator};
use crate::envelope::{EnvelopeReader, Event, GroupHeader, InterchangeHeader, Summary};
use crate::error::Result;
use crate::finding::{Finding, FindingCode};
use crate::reader::{SliceSource, Source, StreamSource};
use crate::schema::SetSchema;
use crate::schema::walk::Walker;

/// What the switch for duplicates is about.
const DUPLICATES: [FindingCode; 3] = [
    FindingCode::InterchangeControlNumberRepeated,
    FindingCode::GroupControlNumberRepeated,
    FindingCode::SetControlNumberRepeated,
];

/// Reads an input and checks every set in it, in bounded memory.
///
/// It yields the [`Event`]s of an [`EnvelopeReader`] and puts its own findings among them:
/// behind the segment that they are about, and before the end of the set for what is missing
/// then.
///
/// ```
/// use x12_edi::envelope::Event;
/// use x12_edi::validate::{Switches, ValidatingReader};
/// # let file: &[u8] = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*AB*CD*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240132~PO1**1*EA~SE*4*0001~GE*1*1~IEA*1*000000001~";
/// let mut reader = ValidatingReader::new(file, Switches::standard()); // any `std::io::Read`
/// let mut problems = Vec::new();
/// while let Some(event) = reader.next_event()? {
///     if let Event::Finding(finding) = event {
///         problems.push((finding.code.as_str(), finding.location.segment, finding.location.element));
///     }
/// }
/// assert_eq!(problems, [("element-date-invalid", Some(2), Some(5))]);
/// # Ok::<(), x12_edi::Error>(())
/// ```
///
/// Partners' overlays come in by a function of the place of the set:
///
/// ```
/// use std::sync::Arc;
/// use x12_edi::validate::{Switches, ValidatingReader};
/// # fn overlay_of(_: &str) -> Option<Arc<x12_edi::schema::SetSchema>> { None }
/// # let file: &[u8] = b"";
/// let reader = ValidatingReader::new(file, Switches::standard())
///     .with_schemas(|set| {
///         let sender = set.group.map_or("", |group| group.sender.as_str());
///         overlay_of(sender).or_else(|| set.standard())
///     });
/// # let _ = reader;
/// ```
pub struct ValidatingReader<S> {
    events: EnvelopeReader<S>,
    content: Content,
    waiting: VecDeque<Finding>,
    /// The end of a set that waits behind its findings, and whether its SE is there.
    held: Option<bool>,
    summary: Summary,
    after_start: bool,
}

impl<'a> ValidatingReader<SliceSource<'a>> {
    /// Over bytes in memory; never fails.
    #[must_use]
    pub fn from_slice(bytes: &'a [u8], switches: Switches) -> Self {
        Self::from_events(EnvelopeReader::from_slice(bytes), switches)
    }
}

impl<R: io::Read> ValidatingReader<StreamSource<R>> {
    /// Over a stream, in bounded memory.
    pub fn new(stream: R, switches: Switches) -> Self {
        Self::from_events(EnvelopeReader::new(stream), switches)
    }
}

impl<S: Source> ValidatingReader<S> {
    /// Over an envelope reader, for example one with other limits.
    pub fn from_events(events: EnvelopeReader<S>, switches: Switches) -> Self {
        Self {
            events,
            content: Content::new(switches),
            waiting: VecDeque::new(),
            held: None,
            summary: Summary {
                count: 0,
                declared: None,
                has_trailer: false,
                span: 0..0,
            },
            after_start: false,
        }
    }

    /// The same with the schemas that this function chooses, called once for each set. The rules
    /// of a schema are kept as long as the function gives the same `Arc`.
    #[must_use]
    pub fn with_schemas(
        mut self,
        resolver: impl FnMut(&SetContext<'_>) -> Option<Arc<SetSchema>> + Send + 'static,
    ) -> Self {
        self.content.choose_by(Box::new(resolver));
        self
    }

    /// The same with another limit for the findings about the content of one set; later ones are
    /// counted only. 10 000 unless told otherwise.
    #[must_use]
    pub fn with_max_findings(mut self, findings: usize) -> Self {
        self.content.limit(findings);
        self
    }

    /// The next event, or `None` at the end. It is valid until the next call.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the stream fails.
    #[inline]
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>> {
        if !self.waiting.is_empty()
            && let Some(finding) = self.waiting.pop_front()
        {
            return Ok(Some(Event::Finding(Box::new(finding))));
        }
        if let Some(here) = self.held.take() {
            let segment = here.then(|| self.events.current());
            return Ok(Some(Event::SetEnd(&self.summary, segment)));
        }
        if std::mem::take(&mut self.after_start) && !self.content.switches().duplicates.is_on() {
            for code in DUPLICATES {
                self.events.drop_pending(code);
            }
        }
        let (content, waiting) = (&mut self.content, &mut self.waiting);
        if self.events.next_plain()? {
            let segment = self.events.current();
            content.segment(&segment, waiting);
            return Ok(Some(Event::Segment(segment)));
        }
        let Some(event) = self.events.pop() else {
            return Ok(None);
        };
        Ok(Some(match event {
            Event::Segment(segment) => {
                content.segment(&segment, waiting);
                Event::Segment(segment)
            }
            Event::Finding(mut finding) => {
                if DUPLICATES.contains(&finding.code)
                    && let Some(severity) = content.switches().duplicates.severity()
                {
                    finding.severity = severity;
                }
                if finding.code == FindingCode::SetTrailerMissing {
                    content.end = Some(finding.location.clone());
                }
                Event::Finding(finding)
            }
            Event::InterchangeStart(header, segment) => {
                self.after_start = true;
                content.interchange = Some(Arc::clone(header));
                Event::InterchangeStart(header, segment)
            }
            Event::GroupStart(header, segment) => {
                self.after_start = true;
                content.group = Some(Arc::clone(header));
                Event::GroupStart(header, segment)
            }
            Event::SetStart(header, segment) => {
                self.after_start = true;
                content.start(header, &segment, waiting);
                Event::SetStart(header, segment)
            }
            Event::SetEnd(summary, segment) => {
                content.end(segment.as_ref(), waiting);
                match waiting.pop_front() {
                    None => Event::SetEnd(summary, segment),
                    Some(finding) => {
                        self.summary.clone_from(summary);
                        self.held = Some(segment.is_some());
                        Event::Finding(Box::new(finding))
                    }
                }
            }
            Event::GroupEnd(summary, segment) => {
                content.group = None;
                Event::GroupEnd(summary, segment)
            }
            Event::InterchangeEnd(summary, segment) => {
                content.interchange = None;
                Event::InterchangeEnd(summary, segment)
            }
        }))
    }

    /// Where the last segment of the open set was put; `None` outside sets and in one without a
    /// schema.
    #[must_use]
    pub fn walker(&self) -> Option<&Walker> {
        self.content.validator().map(Validator::walker)
    }

    /// The header of the group that is open.
    #[must_use]
    pub fn group(&self) -> Option<&Arc<GroupHeader>> {
        self.events.group()
    }

    /// The header of the interchange that is open.
    #[must_use]
    pub fn interchange(&self) -> Option<&Arc<InterchangeHeader>> {
        self.events.interchange()
    }

    /// How many findings were left out because there were too many in one set.
    #[must_use]
    pub fn dropped_findings(&self) -> u64 {
        self.content.dropped()
    }
}

impl<S> fmt::Debug for ValidatingReader<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValidatingReader")
            .field("events", &self.events)
            .field("switches", &self.content.switches())
            .finish_non_exhaustive()
    }
}

/// Checks a whole input in memory against the tables of the standard: what is wrong with its
/// envelope and with its sets, in the order of the input, the first 10 000 of it.
///
/// ```
/// use x12_edi::validate::{Switches, validate};
/// # let file = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*AB*CD*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240131~PO1**1O*EA~SE*4*0001~GE*1*1~IEA*1*000000001~";
/// let found = validate(file, Switches::standard());
/// assert_eq!(found[0].code.as_str(), "element-number-invalid");
/// assert_eq!(found[0].location.loop_path, "PO1");
/// ```
#[must_use]
pub fn validate(bytes: &[u8], switches: Switches) -> Vec<Finding> {
    let mut reader = ValidatingReader::from_slice(bytes, switches);
    let mut found = Vec::new();
    // A slice cannot fail; an error would only end the loop.
    while let Ok(Some(event)) = reader.next_event() {
        if let Event::Finding(finding) = event {
            found.push(*finding);
            if found.len() >= DEFAULT_MAX_FINDINGS {
                break;
            }
        }
    }
    found
}
