//! Annotated text.

use std::io::{self, Write};

use super::Style;
use super::cell::{Cell, cells, loop_words, visible};
use super::events::Events;
use crate::envelope::Event;
use crate::error::{Error, Result};
use crate::finding::{Finding, Severity};
use crate::label::{self, Glossary, SegmentWords};
use crate::outline::Outline;
use crate::schema::Release;
use crate::segment::Segment;

pub(super) struct Page<W> {
    out: W,
    style: Style,
    worst: Option<Severity>,
    outline: Outline,
    release: Release,
    version: String,
    glossary: Glossary,
}

const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const RED: &str = "\u{1b}[31m";
const YELLOW: &str = "\u{1b}[33m";
const CYAN: &str = "\u{1b}[36m";
const RESET: &str = "\u{1b}[0m";

/// Where the segments of a set begin.
const SET_DEPTH: usize = 2;

impl<W: Write> Page<W> {
    pub(super) fn new(out: W, style: Style) -> Self {
        Self {
            out,
            style,
            worst: None,
            outline: Outline::default(),
            release: Release::default(),
            version: String::new(),
            glossary: Glossary::default(),
        }
    }

    pub(super) fn run<E: Events>(mut self, mut events: E) -> Result<Option<Severity>> {
        while let Some(event) = events.next_event()? {
            self.event(event).map_err(Error::io)?;
        }
        self.out.flush().map_err(Error::io)?;
        Ok(self.worst)
    }

    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Finding(finding) => self.finding(&finding),
            Event::InterchangeStart(header, segment) => {
                let number = header
                    .control_number
                    .map_or("?".to_owned(), |n| n.to_padded());
                let (from, to) = (header.sender.to_string(), header.receiver.to_string());
                self.title(0, &format!("Interchange {number} from {from} to {to}"))?;
                self.segment(0, segment)
            }
            Event::GroupStart(header, segment) => {
                self.version.clone_from(&header.version);
                self.release = Release::from_version(&header.version).unwrap_or_default();
                let number = header
                    .control_number
                    .map_or("?".to_owned(), |n| n.to_string());
                let title = format!(
                    "Group {} {number}, release {}",
                    header.functional_id, header.version
                );
                self.title(1, &title)?;
                self.segment(1, segment)
            }
            Event::SetStart(header, segment) => {
                let words =
                    label::set(&header.code).map_or(String::new(), |words| format!(" {words}"));
                let title = format!(
                    "Transaction set {}{words} {}",
                    header.code, header.control_number
                );
                self.title(SET_DEPTH, &title)?;
                self.outline.start(&self.version, &header.code);
                self.placed(segment)
            }
            Event::Segment(segment) if segment.number().is_some() => self.placed(segment),
            Event::Segment(segment) => self.segment(1, segment),
            Event::SetEnd(_, segment) => segment.map_or(Ok(()), |segment| self.placed(segment)),
            Event::GroupEnd(_, segment) => {
                segment.map_or(Ok(()), |segment| self.segment(1, segment))
            }
            Event::InterchangeEnd(_, segment) => {
                self.version.clear();
                segment.map_or(Ok(()), |segment| self.segment(0, segment))
            }
        }
    }

    /// A segment of a set, in its loop.
    fn placed(&mut self, segment: Segment<'_>) -> io::Result<()> {
        let spot = self.outline.place(segment);
        if let Some(opened) = spot.opens {
            let indent = (SET_DEPTH + spot.depth) * 2;
            let (on, off) = (self.paint(CYAN), self.paint(RESET));
            let words = loop_words(self.words(segment), segment)
                .map_or(String::new(), |words| format!(": {words}"));
            let title = visible(&opened.id).into_owned();
            writeln!(
                self.out,
                "{:indent$}{on}loop {title} {}{words}{off}",
                "", opened.round
            )?;
        }
        self.segment(SET_DEPTH + spot.depth, segment)
    }

    fn words(&mut self, segment: Segment<'_>) -> &mut SegmentWords {
        self.glossary.of(self.release, segment.id())
    }

    fn paint(&self, code: &'static str) -> &'static str {
        match self.style {
            Style::Plain => "",
            Style::Ansi => code,
        }
    }

    fn title(&mut self, depth: usize, text: &str) -> io::Result<()> {
        let (on, off) = (self.paint(BOLD), self.paint(RESET));
        let indent = depth * 2;
        writeln!(self.out, "{:indent$}{on}{}{off}", "", visible(text))
    }

    fn segment(&mut self, depth: usize, segment: Segment<'_>) -> io::Result<()> {
        let indent = depth * 2 + 2;
        let id = segment.id_text();
        let (on, dim, off) = (self.paint(BOLD), self.paint(DIM), self.paint(RESET));
        write!(self.out, "{:indent$}{on}{}{off}", "", visible(&id))?;
        if let Some(words) = self.words(segment).label() {
            write!(self.out, " {words}")?;
        }
        if let Some(number) = segment.number() {
            write!(
                self.out,
                " {dim}(segment {number}, line {}){off}",
                segment.line()
            )?;
        }
        writeln!(self.out)?;
        for cell in cells(self.words(segment), segment) {
            self.cell(indent, &cell)?;
            for part in &cell.parts {
                self.cell(indent + 2, part)?;
            }
        }
        Ok(())
    }

    fn cell(&mut self, indent: usize, cell: &Cell) -> io::Result<()> {
        let (dim, off) = (self.paint(DIM), self.paint(RESET));
        let label = cell.label.unwrap_or_default();
        write!(
            self.out,
            "{:indent$}  {} {label:<20} {}",
            "", cell.place, cell.value
        )?;
        if let Some(meaning) = &cell.meaning {
            write!(self.out, "  {dim}{meaning}{off}")?;
        }
        writeln!(self.out)
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.worst = self.worst.max(Some(finding.severity));
        let color = match finding.severity {
            Severity::Error => RED,
            _ => YELLOW,
        };
        let (on, off) = (self.paint(color), self.paint(RESET));
        writeln!(self.out, "{on}!! {}{off}", visible(&finding.to_string()))
    }
}
