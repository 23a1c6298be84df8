//! One input in parts that are read at the same time, for example on two threads.
//!
//! No thread is started here: [`split`] gives parts that stand alone, the caller reads each where
//! it likes, and [`join`] checks that they fit together. Parts begin at groups or interchanges,
//! which are looked for and not known; a text that only looks like a group makes [`join`] answer
//! `None`, and the input is to be read as a whole.
//!
//! ```
//! use x12_edi::envelope::{Event, parts};
//! # let bytes: &[u8] = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*A*B*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~SE*3*0001~GE*1*1~GS*PO*A*B*20240101*1200*2*X*004010~GE*0*2~IEA*2*000000001~";
//! let counts = |part: parts::Part<'_>| {
//!     let mut sets = 0;
//!     let read = part.read(|event| sets += u64::from(matches!(event, Event::SetStart(..))));
//!     (sets, read)
//! };
//! let done: Vec<_> = std::thread::scope(|scope| {
//!     let threads: Vec<_> = parts::split(bytes, 2)
//!         .into_iter()
//!         .map(|part| scope.spawn(move || counts(part)))
//!         .collect();
//!     threads.into_iter().map(|thread| thread.join().unwrap()).collect()
//! });
//! let (sets, read): (Vec<_>, Vec<_>) = done.into_iter().unzip();
//! let findings = parts::join(read).expect("the parts fit");
//! assert_eq!((sets.iter().sum::<u64>(), findings.len()), (1, 0));
//! ```

use std::fmt;
use std::sync::Arc;

use super::event::{EnvelopeReader, Event, Partial};
use super::header::InterchangeHeader;
use super::ledger::{Interchanges, Seen, wrong_count};
use crate::delimiters::Delimiters;
use crate::finding::{Finding, FindingCode};
use crate::reader::Reader;

/// A place for a part is looked for in so many bytes at most.
const SEARCH: usize = 64 * 1024 * 1024;

/// The interchange in whose middle a part begins.
#[derive(Debug, Clone)]
struct Carried {
    header: Arc<InterchangeHeader>,
    control: Vec<u8>,
    start: u64,
    delimiters: Delimiters,
}

/// A part of an input: [`Part::read`] reads it, on any thread.
#[derive(Clone)]
pub struct Part<'a> {
    /// The input up to the end of the part.
    bytes: &'a [u8],
    start: usize,
    carried: Option<Carried>,
    goes_on: bool,
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("span", &(self.start..self.bytes.len()))
            .finish_non_exhaustive()
    }
}

/// What one part came to; for [`join`].
#[derive(Debug)]
pub struct PartRead {
    findings: Vec<Finding>,
    /// Where the interchange began that the part was taken to begin in.
    assumed: Option<(u64, Delimiters)>,
    /// How the part ended: outside, or in an interchange that began there.
    ended: Option<Option<(u64, Delimiters)>>,
    partial: Partial,
    lines: u64,
    goes_on: bool,
}

/// Splits an input into up to `count` parts of about the same length.
///
/// Each but the first begins at a GS of the first interchange or at an ISA. An input that cannot
/// be split is one part.
#[must_use]
pub fn split(bytes: &[u8], count: usize) -> Vec<Part<'_>> {
    let mut starts = vec![(0, None)];
    if let Some(first) = first_interchange(bytes) {
        for number in 1..count {
            let target = (bytes.len() / count).saturating_mul(number);
            let after = starts.last().map_or(0, |&(start, _): &(usize, _)| start) + 1;
            let Some((start, is_group)) = border(bytes, target.max(after), first.delimiters) else {
                break;
            };
            starts.push((start, is_group.then(|| first.clone())));
        }
    }
    let ends: Vec<usize> = starts
        .iter()
        .skip(1)
        .map(|(start, _)| *start)
        .chain([bytes.len()])
        .collect();
    starts
        .into_iter()
        .zip(ends)
        .map(|((start, carried), end)| Part {
            bytes: bytes.get(..end).unwrap_or_default(),
            start,
            carried,
            goes_on: end < bytes.len(),
        })
        .collect()
}

/// The interchange at the beginning, if its segments can be told from any place on.
fn first_interchange(bytes: &[u8]) -> Option<Carried> {
    let mut events = EnvelopeReader::from_slice(bytes);
    let found = match events.next_event() {
        Ok(Some(Event::InterchangeStart(header, isa))) => Carried {
            header: Arc::clone(header),
            control: isa.element(13).as_bytes().to_vec(),
            start: isa.offset(),
            delimiters: isa.delimiters(),
        },
        _ => return None,
    };
    // A release character may follow.
    match events.next_event() {
        Ok(Some(Event::Segment(next))) if next.id() == b"ISX" => return None,
        _ => {}
    }
    events.reader().is_inside().then_some(found)
}

/// The first place from `from` on where a group seems to begin, or an interchange.
fn border(bytes: &[u8], from: usize, delimiters: Delimiters) -> Option<(usize, bool)> {
    let rest = bytes.get(from..)?;
    let rest = rest.get(..SEARCH).unwrap_or(rest);
    let mut at = 0;
    while let Some(found) = rest
        .get(at..)?
        .iter()
        .position(|&byte| byte == delimiters.segment)
    {
        at += found + 1;
        let next = rest.get(at..).unwrap_or_default();
        let blanks = next.iter().take_while(|byte| **byte <= b' ').count();
        match next.get(blanks..) {
            Some([b'G', b'S', byte, ..]) if *byte == delimiters.element => {
                return Some((from + at + blanks, true));
            }
            Some([b'I', b'S', b'A', byte, ..]) if !byte.is_ascii_alphanumeric() => {
                return Some((from + at + blanks, false));
            }
            _ => {}
        }
    }
    None
}

/// Findings after which nobody knows how a part would have gone on with the next one in sight.
fn is_doubtful(finding: &Finding) -> bool {
    matches!(
        finding.code,
        FindingCode::SegmentUnterminated
            | FindingCode::BinaryLengthWrong
            | FindingCode::SegmentTooLong
            | FindingCode::GarbageOutsideInterchange
    )
}

impl Part<'_> {
    /// Reads the part and shows every event but the findings, which [`join`] gives.
    ///
    /// Offsets are those of the input. [`Segment::line`](crate::Segment::line) counts from the
    /// beginning of the part. An interchange that began in an earlier part has no start here, and
    /// the count of its end is of the groups in this part.
    pub fn read(self, mut visit: impl FnMut(Event<'_>)) -> PartRead {
        let assumed = self.carried.as_ref().map(|c| (c.start, c.delimiters));
        let (reader, carried) = match &self.carried {
            Some(c) => (
                Reader::from_middle(self.bytes, self.start, c.delimiters),
                Some((Arc::clone(&c.header), &*c.control, c.start)),
            ),
            None => (Reader::from_outside(self.bytes, self.start), None),
        };
        let mut events = EnvelopeReader::in_part(reader, carried, self.goes_on);
        let mut findings = Vec::new();
        // A slice cannot fail; an error would only end the loop.
        while let Ok(Some(event)) = events.next_event() {
            match event {
                Event::Finding(finding) => findings.push(*finding),
                event => visit(event),
            }
        }
        let is_inside = events.reader().is_inside();
        let ended = if findings.iter().any(is_doubtful) {
            None
        } else if events.is_closed() && !is_inside {
            Some(None)
        } else {
            let delimiters = events.reader().delimiters();
            let open = events.open_interchange().filter(|_| is_inside);
            open.map(|start| Some((start, delimiters)))
        };
        PartRead {
            findings,
            assumed,
            ended,
            lines: events.reader().lines_passed(),
            partial: events.take_partial(),
            goes_on: self.goes_on,
        }
    }
}

/// Checks that parts, in their order, fit together, and gives all findings in the order of their
/// places; `None` if the input must be read as a whole.
///
/// The findings are those of an [`EnvelopeReader`] over the whole input.
#[must_use]
pub fn join(parts: impl IntoIterator<Item = PartRead>) -> Option<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut ended = Some(None);
    let mut is_whole = true;
    let (mut seen, mut groups, mut lines) = (Seen::default(), 0, 0);
    let mut interchanges = Interchanges::default();
    for part in parts {
        if ended != Some(part.assumed) {
            return None;
        }
        let from = findings.len();
        findings.extend(part.findings);
        let partial = part.partial;
        groups += partial.carried.len() as u64;
        for (control, repeated) in partial.carried {
            if seen.repeats(&control) {
                findings.push(repeated);
            }
        }
        for (pair, control, repeated) in partial.interchanges {
            if interchanges.repeats(&pair, &control) {
                findings.push(repeated);
            }
        }
        if let Some((declared, mut finding)) = partial.trailer
            && declared != Some(groups)
        {
            finding.text = wrong_count("IEA", declared, groups, "groups");
            findings.push(finding);
        }
        if !partial.is_carried {
            seen = Seen::default();
            groups = partial.own.len() as u64;
            for control in partial.own {
                seen.repeats(&control);
            }
        }
        for finding in findings.iter_mut().skip(from) {
            finding.location.line += lines;
        }
        lines += part.lines;
        (ended, is_whole) = (part.ended, !part.goes_on);
    }
    if !is_whole {
        return None;
    }
    findings.sort_by_key(|finding| finding.location.offset);
    Some(findings)
}
