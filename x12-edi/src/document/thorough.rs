//! Checks a whole document by the tables of its release: order, repeats, requirement of segments
//! and loops, and the form of every element, composites and kept segments included.

use super::parser::Document;
use super::sink::{SegmentOut, put};
use super::typed::ElementList;
use crate::delimiters::Delimiters;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::finding::{Finding, FindingCode, Location, Severity};
use crate::schema::{Release, Standard};
use crate::segment::{Boundary, Segment, SegmentBuf};
use crate::validate::{Characters, Check, Switches, Validator};

/// Delimiters that no data has.
const DELIMITERS: Delimiters = Delimiters {
    element: 0x1d,
    component: 0x1f,
    segment: 0x1c,
    repetition: Some(0x1e),
    release: None,
};

/// Refuses what the tables of the release forbid. Codes that the lists do not have are let pass:
/// partners agree on their own.
pub(crate) fn check<D: Document>(document: &D, release: Release) -> Result<()> {
    put(document, release, &mut ())?;
    let Some(schema) = Standard::of(release).set(D::SET) else {
        let expected = format!("release {release} has no set {}", D::SET);
        let remedy = "choose another release";
        return Err(Problem::new(ErrorKind::Condition, expected, remedy).into());
    };
    let mut switches = Switches::strict();
    switches.codes = Check::Off;
    // The writer of an interchange knows its characters.
    switches.character_set = Check::Off;
    switches.characters = Characters::Unrestricted;
    let mut judge = Judge {
        validator: Validator::new(schema, switches),
        occurrences: Vec::new(),
        raw: Vec::new(),
        ends: Vec::new(),
        problems: Vec::new(),
    };
    judge.validator.start();
    judge.begin(b"ST");
    judge.add(Boundary::Element, D::SET.as_bytes());
    judge.add(Boundary::Element, b"0001");
    if let Some(implementation) = document.implementation() {
        judge.add(Boundary::Element, implementation.as_bytes());
    }
    judge.end();
    put(document, release, &mut judge)?;
    judge.begin(b"SE");
    judge.add(Boundary::Element, b"3");
    judge.add(Boundary::Element, b"0001");
    judge.end();
    judge.validator.end(Location::default);
    judge.take();
    if judge.problems.is_empty() {
        Ok(())
    } else {
        Err(Error::from_problems(judge.problems))
    }
}

/// Shows each segment to a validator.
struct Judge {
    validator: Validator,
    occurrences: Vec<(String, usize)>,
    raw: Vec<u8>,
    ends: Vec<u32>,
    problems: Vec<Problem>,
}

impl Judge {
    fn begin(&mut self, id: &[u8]) {
        self.raw.clear();
        self.ends.clear();
        self.raw.extend_from_slice(id);
        let id = String::from_utf8_lossy(id).into_owned();
        match self.occurrences.iter_mut().find(|(known, _)| *known == id) {
            Some((_, count)) => *count += 1,
            None => self.occurrences.push((id, 1)),
        }
    }

    fn add(&mut self, boundary: Boundary, bytes: &[u8]) {
        match boundary {
            Boundary::Element => {
                self.ends.push(self.raw.len() as u32);
                self.raw.push(DELIMITERS.element);
            }
            Boundary::Component => self.raw.push(DELIMITERS.component),
            Boundary::Repetition => self.raw.extend(DELIMITERS.repetition),
        }
        self.raw.extend_from_slice(bytes);
    }

    fn end(&mut self) {
        self.ends.push(self.raw.len() as u32);
        let segment = Segment::alone(&self.raw, &self.ends, DELIMITERS);
        self.validator.segment(&segment);
        self.take();
    }

    fn take(&mut self) {
        for finding in self.validator.take_findings() {
            if finding.severity == Severity::Error {
                self.problems.push(self.problem(finding));
            }
        }
    }

    fn problem(&self, finding: Finding) -> Problem {
        let kind = match finding.code {
            FindingCode::SegmentMissing
            | FindingCode::LoopMissing
            | FindingCode::ElementMissing => ErrorKind::Missing,
            FindingCode::ElementTooLong | FindingCode::ElementTooShort => ErrorKind::Length,
            FindingCode::ElementNumberInvalid
            | FindingCode::ElementDateInvalid
            | FindingCode::ElementTimeInvalid => ErrorKind::Value,
            _ => ErrorKind::Condition,
        };
        let place = &finding.location;
        let element = place.element.map_or(0, usize::from);
        let expected = if place.loop_path.is_empty() {
            finding.text
        } else {
            format!("{} (in loop {})", finding.text, place.loop_path)
        };
        let mut problem =
            Problem::new(kind, expected, &finding.remedy).at(&place.segment_id, element);
        problem.value = finding.value;
        let there = self.occurrences.iter();
        problem.occurrence = there
            .filter(|_| kind != ErrorKind::Missing || element > 0)
            .find(|(id, _)| *id == place.segment_id)
            .map(|(_, count)| *count);
        problem
    }
}

impl SegmentOut for Judge {
    fn put(&mut self, id: &str, elements: &ElementList) -> Result<()> {
        self.begin(id.as_bytes());
        for bytes in elements.iter() {
            self.add(Boundary::Element, bytes);
        }
        self.end();
        Ok(())
    }

    fn put_kept(&mut self, segment: &SegmentBuf) -> Result<()> {
        for (boundary, bytes) in segment.pieces() {
            match boundary {
                None => self.begin(bytes),
                Some(boundary) => self.add(boundary, bytes),
            }
        }
        self.end();
        Ok(())
    }
}
