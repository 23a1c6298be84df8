//! Where the segments of a document go: checked one by one, then written.

use std::io::Write;

use super::layout::{Layout, Part};
use super::typed::{ElementList, TypedSegment, Violation, check};
use crate::delimiters::Delimiters;
use crate::error::{Error, ErrorKind, Problem, Result};
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

/// A part of a document: a segment or a loop.
pub(crate) trait Emit {
    fn emit(&self, sink: &mut Sink<'_>);
}

impl<T: TypedSegment> Emit for T {
    fn emit(&self, sink: &mut Sink<'_>) {
        sink.segment(self);
    }
}

/// The parts of one rank of a loop.
pub(crate) trait Items {
    fn count(&self) -> usize;
    fn emit_nth(&self, index: usize, sink: &mut Sink<'_>);
}

impl<T: Emit> Items for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn emit_nth(&self, index: usize, sink: &mut Sink<'_>) {
        if let Some(item) = self.get(index) {
            item.emit(sink);
        }
    }
}

impl<T: Emit> Items for Option<T> {
    fn count(&self) -> usize {
        usize::from(self.is_some())
    }

    fn emit_nth(&self, _index: usize, sink: &mut Sink<'_>) {
        if let Some(item) = self {
            item.emit(sink);
        }
    }
}

/// A part that is always there.
pub(crate) struct One<'a, T>(pub(crate) &'a T);

impl<T: Emit> Items for One<'_, T> {
    fn count(&self) -> usize {
        1
    }

    fn emit_nth(&self, _index: usize, sink: &mut Sink<'_>) {
        self.0.emit(sink);
    }
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
    pub(crate) fn new(out: &'a mut dyn SegmentOut) -> Self {
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

    pub(crate) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(crate) fn finish(self) -> Result<()> {
        match self.failure {
            Some(error) => Err(error),
            None if self.problems.is_empty() => Ok(()),
            None => Err(Error::from_problems(self.problems)),
        }
    }

    /// Puts out the parts of a loop in their order.
    pub(crate) fn parts(&mut self, layout: &Layout, items: &[&dyn Items]) {
        let mut counts = [0_usize; 32];
        for (slot, items) in counts.iter_mut().zip(items) {
            *slot = items.count();
        }
        let counts = counts.get(..items.len()).unwrap_or(&counts);
        layout.replay(counts, |part| match part {
            Part::Item(rank, index) => {
                if let Some(items) = items.get(rank) {
                    items.emit_nth(index, self);
                }
            }
            Part::Kept(segment) => {
                let done = self.out.put_kept(segment);
                self.take(done, 0);
            }
        });
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

    fn segment<T: TypedSegment>(&mut self, segment: &T) {
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
