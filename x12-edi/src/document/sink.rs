//! Where the segments of a document go: checked one by one, then written.

use std::io::Write;

use super::typed::{ElementList, Part, Reading, Rules, TypedSegment, Violation};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::schema::Release;
use crate::segment::{Boundary, SegmentBuf};
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
            (1..=elements.len()).flat_map(|number| elements.pieces(number)),
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
pub(crate) fn put(document: &impl Part, release: Release, out: &mut dyn SegmentOut) -> Result<()> {
    let mut sink = Sink {
        out,
        release,
        scratch: ElementList::default(),
        source: ElementList::default(),
        violations: Vec::new(),
        occurrences: Vec::new(),
        problems: Vec::new(),
        failure: None,
    };
    document.emit(&mut sink);
    match sink.failure {
        Some(error) => Err(error),
        None if sink.problems.is_empty() => Ok(()),
        None => Err(Error::from_problems(sink.problems)),
    }
}

/// Collects every problem of a document while its segments go out.
pub(crate) struct Sink<'a> {
    out: &'a mut dyn SegmentOut,
    release: Release,
    scratch: ElementList,
    source: ElementList,
    violations: Vec<Violation>,
    /// How often each segment id came; there are few ids.
    occurrences: Vec<(u32, usize)>,
    problems: Vec<Problem>,
    failure: Option<Error>,
}

impl Sink<'_> {
    pub(crate) fn release(&self) -> Release {
        self.release
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
    #[inline]
    fn count(&mut self, id: u32) -> usize {
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
    pub(crate) fn segment<T: TypedSegment + Part>(&mut self, segment: &T) {
        if self.failure.is_some() {
            return;
        }
        let occurrence = self.count(<T as Part>::KEY);
        self.scratch.clear();
        segment.to_elements(self.release, &mut self.scratch, &mut self.violations);
        if let Some(kept) = segment.kept().segment() {
            self.source.clear();
            let mut ignored = Vec::new();
            let source = &mut self.source;
            let release = self.release;
            segment.kept().with_view(|view| {
                let mut reading = Reading {
                    release,
                    is_plain: false,
                    delimiters: view.delimiters(),
                    exact: true,
                    readable: true,
                };
                let mut unchanged = T::default();
                unchanged.read_elements(view, &mut reading);
                unchanged.to_elements(release, source, &mut ignored);
            });
            let merged;
            let whole = if self.source == self.scratch {
                // Nobody can mend here what the source had.
                self.violations.clear();
                kept
            } else {
                merged = self.merge(kept);
                self.check::<T>(occurrence);
                &merged
            };
            let done = self.out.put_kept(whole);
            return self.take(done, occurrence);
        }
        self.check::<T>(occurrence);
        let done = self.out.put(<T as TypedSegment>::ID, &self.scratch);
        self.take(done, occurrence);
    }

    /// Checks the elements that the fields made.
    #[inline]
    fn check<T: TypedSegment>(&mut self, occurrence: usize) {
        let Some(rules) = T::rules(self.release) else {
            let expected = format!("release {} has no segment {}", self.release, T::ID);
            self.violations.push(Violation::unknown(expected));
            return self.report(T::ID, occurrence);
        };
        let (_, sound) = rules.quick_look(self.scratch.iter().map(<[u8]>::len));
        if !sound || !self.scratch.is_ascii() {
            self.explain(rules);
        }
        if !self.violations.is_empty() {
            self.report(T::ID, occurrence);
        }
    }

    #[cold]
    fn explain(&mut self, rules: &Rules) {
        let scratch = &self.scratch;
        let element = |number| scratch.element(number);
        rules.check(scratch.len(), element, &mut self.violations);
    }

    #[cold]
    fn report(&mut self, id: &str, occurrence: usize) {
        let problems = self
            .violations
            .drain(..)
            .map(|violation| violation.into_problem(id, Some(occurrence)));
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
                for (boundary, bytes) in self.scratch.pieces(number) {
                    merged.push(boundary, bytes);
                }
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
