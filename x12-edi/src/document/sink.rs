//! Where the segments of a document go: checked one by one, then written.

use std::io::Write;

use super::typed::{ElementList, Part, TypedSegment, Violation, check};
use crate::delimiters::Delimiters;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::schema::Release;
use crate::segment::{Boundary, Element, SegmentBuf};
use crate::writer::Writer;

/// Takes the segments of a set.
pub(crate) trait SegmentOut {
    fn put(&mut self, id: &str, elements: &ElementList) -> Result<()>;
    fn put_kept(&mut self, segment: &SegmentBuf) -> Result<()>;
}

impl<W: Write> SegmentOut for Writer<W> {
    fn put(&mut self, id: &str, elements: &ElementList) -> Result<()> {
        self.emit(
            id.as_bytes(),
            elements.iter().map(|bytes| (Boundary::Element, bytes)),
        )
    }

    fn put_kept(&mut self, segment: &SegmentBuf) -> Result<()> {
        self.write_verbatim(segment)
    }
}

/// For checking alone.
impl SegmentOut for () {
    fn put(&mut self, _id: &str, _elements: &ElementList) -> Result<()> {
        Ok(())
    }

    fn put_kept(&mut self, _segment: &SegmentBuf) -> Result<()> {
        Ok(())
    }
}

/// Puts out a document.
pub(crate) fn put(document: &impl Part, _release: Release, out: &mut dyn SegmentOut) -> Result<()> {
    let mut sink = Sink::new(out);
    document.emit(&mut sink);
    sink.finish()
}

/// Collects every problem of a document while its segments go out.
pub(crate) struct Sink<'a> {
    out: &'a mut dyn SegmentOut,
    scratch: ElementList,
    source: ElementList,
    violations: Vec<Violation>,
    /// How often each segment id came; there are few ids.
    occurrences: Vec<(&'static str, usize)>,
    problems: Vec<Problem>,
    failure: Option<Error>,
}

impl<'a> Sink<'a> {
    fn new(out: &'a mut dyn SegmentOut) -> Self {
        Self {
            out,
            scratch: ElementList::default(),
            source: ElementList::default(),
            violations: Vec::new(),
            occurrences: Vec::new(),
            problems: Vec::new(),
            failure: None,
        }
    }

    fn finish(self) -> Result<()> {
        match self.failure {
            Some(error) => Err(error),
            None if self.problems.is_empty() => Ok(()),
            None => Err(Error::from_problems(self.problems)),
        }
    }

    /// Refuses a document in which a required segment is not there.
    pub(crate) fn lacks(&mut self, id: &str) {
        let expected = format!("at least one {id} is required");
        let problem = Problem::new(ErrorKind::Missing, expected, "add one");
        self.problems.push(problem.at(id, 0));
    }

    /// Puts out a segment as it was read.
    pub(crate) fn kept(&mut self, segment: &SegmentBuf) {
        let done = self.out.put_kept(segment);
        self.take(done, 0);
    }

    fn take(&mut self, done: Result<()>, occurrence: usize) {
        match done {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Io => self.failure = Some(error),
            Err(error) => self
                .problems
                .extend(error.problems().iter().cloned().map(|mut p| {
                    p.occurrence = (occurrence > 0).then_some(occurrence);
                    p
                })),
        }
    }

    /// Counts one more segment of this id.
    fn count(&mut self, id: &'static str) -> usize {
        for (known, count) in &mut self.occurrences {
            if *known == id {
                *count += 1;
                return *count;
            }
        }
        self.occurrences.push((id, 1));
        1
    }

    /// Puts out a typed segment.
    pub(crate) fn segment<T: TypedSegment>(&mut self, segment: &T) {
        if self.failure.is_some() {
            return;
        }
        let occurrence = self.count(T::ID);
        self.scratch.clear();
        self.violations.clear();
        segment.to_elements(&mut self.scratch, &mut self.violations);
        if let Some(kept) = segment.kept().segment() {
            let unread: Option<T> = segment.kept().with_view(T::from_elements);
            self.source.clear();
            if let Some(unread) = unread {
                unread.to_elements(&mut self.source, &mut Vec::new());
            }
            if self.source == self.scratch {
                let done = self.out.put_kept(kept);
                return self.take(done, occurrence);
            }
            let merged = self.merge(kept);
            self.check::<T>(occurrence);
            let done = self.out.put_kept(&merged);
            return self.take(done, occurrence);
        }
        self.check::<T>(occurrence);
        let done = self.out.put(T::ID, &self.scratch);
        self.take(done, occurrence);
    }

    /// The fields are checked, not what the source had: nobody can mend that here.
    fn check<T: TypedSegment>(&mut self, occurrence: usize) {
        // No byte of a field is a delimiter yet; the writer looks after that.
        let delimiters = Delimiters {
            element: 0,
            component: 0,
            segment: 0,
            repetition: None,
        };
        let scratch = &self.scratch;
        let element = |number| Element {
            bytes: scratch.get(number),
            delimiters,
        };
        check::<T>(scratch.len(), element, &mut self.violations);
        let problems = self
            .violations
            .drain(..)
            .map(|v| v.into_problem(T::ID, occurrence));
        self.problems.extend(problems);
    }

    /// The source with the elements whose fields were changed.
    fn merge(&self, kept: &SegmentBuf) -> SegmentBuf {
        let mut merged = SegmentBuf::new(&kept.id());
        let mut pieces = kept.pieces().skip(1).peekable();
        let mut number = 0;
        let mut last = 0;
        while pieces.peek().is_some() || number < self.scratch.len() {
            number += 1;
            let changed = self.scratch.get(number) != self.source.get(number);
            let mut first = true;
            while let Some((boundary, bytes)) =
                pieces.next_if(|(boundary, _)| first || *boundary != Some(Boundary::Element))
            {
                if !changed {
                    merged.push(boundary.unwrap_or(Boundary::Element), bytes);
                }
                first = false;
            }
            if changed || first {
                merged.push(Boundary::Element, self.scratch.get(number));
            }
            if !changed || !self.scratch.get(number).is_empty() {
                last = merged.boundaries.len();
            }
        }
        // Elements that were emptied at the end leave no separators.
        merged.boundaries.truncate(last);
        merged
    }
}
