//! Lays the JSON out, segment by segment.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::Write;
use std::rc::Rc;

use super::Encoder;
use crate::delimiters::Delimiters;
use crate::envelope::Event;
use crate::error::{Error, Result};
use crate::finding::Severity;
use crate::json::{FORMAT_VERSION, Layout, form, text};
use crate::label::Glossary;
use crate::render::Events;
use crate::schema::Release;
use crate::segment::Segment;
use crate::window::Window;

/// When so many bytes wait, they are written.
const FLUSH_AT: usize = 64 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Interchange,
    Group,
    Set,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Interchange => "interchange",
            Self::Group => "group",
            Self::Set => "set",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Header(Level),
    Plain,
    Trailer(Level),
}

/// A segment whose end is not known before the next one has been found.
#[derive(Debug)]
struct Held {
    role: Role,
    offset: u64,
    end: u64,
    /// The JSON object without its last keys and brace.
    json: Vec<u8>,
    /// Whether the JSON object alone gives the bytes again.
    is_exact: bool,
    delimiters: Delimiters,
    /// Further keys of the object that opens a level.
    context: Vec<u8>,
}

#[derive(Debug)]
enum Waiting {
    Segment(Box<Held>),
    /// A level that ends without a trailer.
    End(Level),
    Finding(Vec<u8>),
}

pub(super) struct Page<'a, W> {
    encoder: &'a Encoder,
    out: W,
    buffer: Vec<u8>,
    window: Rc<RefCell<Window>>,
    /// At most one segment, at the front; then what follows it.
    waiting: VecDeque<Waiting>,
    open: Vec<Level>,
    /// What follows a segment of this interchange unless the segment says otherwise.
    end: Vec<u8>,
    /// The bytes of the input before this offset are in the JSON.
    told_to: u64,
    /// Whether the next item is the first of its list.
    fresh: bool,
    /// Whether an interchange is open where the input is read.
    inside: bool,
    /// Of the group that is read; labels depend on it.
    release: Release,
    glossary: Glossary,
    worst: Option<Severity>,
}

impl<'a, W: Write> Page<'a, W> {
    pub(super) fn new(encoder: &'a Encoder, out: W, window: Rc<RefCell<Window>>) -> Self {
        Self {
            encoder,
            out,
            buffer: Vec::with_capacity(FLUSH_AT * 2),
            window,
            waiting: VecDeque::new(),
            open: Vec::new(),
            end: Vec::new(),
            told_to: 0,
            fresh: true,
            inside: false,
            release: Release::default(),
            glossary: Glossary::default(),
            worst: None,
        }
    }

    pub(super) fn run<E: Events>(mut self, mut events: E) -> Result<Option<Severity>> {
        if self.encoder.layout == Layout::Document {
            let head = format!("{{\"format_version\":{FORMAT_VERSION},\"items\":[");
            self.buffer.extend_from_slice(head.as_bytes());
        }
        while let Some(event) = events.next_event()? {
            match event {
                Event::Finding(finding) => {
                    self.worst = self.worst.max(Some(finding.severity));
                    if self.encoder.findings {
                        let json = serde_json::to_vec(&finding).unwrap_or_default();
                        self.waiting.push_back(Waiting::Finding(json));
                    }
                }
                Event::InterchangeStart(_, segment) => {
                    self.segment(Role::Header(Level::Interchange), segment)?;
                }
                Event::GroupStart(header, segment) => {
                    self.release = Release::from_version(&header.version).unwrap_or_default();
                    self.segment(Role::Header(Level::Group), segment)?;
                }
                Event::SetStart(_, segment) => {
                    // The headers around a set make its line readable alone.
                    let offset = segment.offset();
                    self.segment(Role::Header(Level::Set), segment)?;
                    if self.encoder.layout == Layout::Lines {
                        self.give_context(&events, offset);
                    }
                }
                Event::Segment(segment) => self.segment(Role::Plain, segment)?,
                Event::SetEnd(_, segment) => self.level_end(Level::Set, segment)?,
                Event::GroupEnd(_, segment) => self.level_end(Level::Group, segment)?,
                Event::InterchangeEnd(_, segment) => self.level_end(Level::Interchange, segment)?,
            }
        }
        let end = self.window.borrow().end();
        self.settle(end)?;
        if self.encoder.layout == Layout::Document {
            self.buffer.extend_from_slice(b"\n]}\n");
        }
        self.out.write_all(&self.buffer).map_err(Error::io)?;
        self.out.flush().map_err(Error::io)?;
        Ok(self.worst)
    }

    /// Says of the set that was just begun from whom it is and what release it has.
    fn give_context(&mut self, events: &impl Events, offset: u64) {
        let Some(Waiting::Segment(held)) = self.waiting.back_mut() else {
            return;
        };
        let out = &mut held.context;
        out.extend_from_slice(format!("\"context\":{{\"offset\":{offset}").as_bytes());
        if let Some(interchange) = events.interchange() {
            let fields = [
                ("sender", interchange.sender.to_string()),
                ("receiver", interchange.receiver.to_string()),
            ];
            push_fields(out, &fields);
            if let Some(number) = interchange.control_number {
                push_fields(out, &[("interchange", number.to_padded())]);
            }
        }
        if let Some(group) = events.group() {
            push_fields(out, &[("release", group.version.clone())]);
            if let Some(number) = group.control_number {
                push_fields(out, &[("group", number.to_string())]);
            }
        }
        out.extend_from_slice(b"},");
    }

    fn level_end(&mut self, level: Level, segment: Option<Segment<'_>>) -> Result<()> {
        let done = match segment {
            Some(segment) => self.segment(Role::Trailer(level), segment),
            None => {
                self.waiting.push_back(Waiting::End(level));
                Ok(())
            }
        };
        self.inside &= level != Level::Interchange;
        done
    }

    fn segment(&mut self, role: Role, segment: Segment<'_>) -> Result<()> {
        let offset = segment.offset();
        self.settle(offset)?;
        let length = segment.as_bytes().len() as u64;
        self.inside |= role == Role::Header(Level::Interchange);
        // Outside any interchange there are no delimiters to put it together with.
        let is_exact = self.inside && {
            let window = self.window.borrow();
            form::is_exact(segment, window.get(offset, offset + length))
        };
        let mut json = Vec::with_capacity(segment.as_bytes().len() * 2);
        form::push_segment(&mut json, segment);
        if self.encoder.labels {
            let words = self.glossary.of(self.release, segment.id());
            form::push_labels(&mut json, words, segment);
        }
        self.waiting.push_back(Waiting::Segment(Box::new(Held {
            role,
            offset,
            end: offset + length,
            json,
            is_exact,
            delimiters: segment.delimiters(),
            context: Vec::new(),
        })));
        Ok(())
    }

    /// Writes what waits, now that the next segment is known to begin at `next`.
    fn settle(&mut self, next: u64) -> Result<()> {
        let mut is_first = true;
        while let Some(waiting) = self.waiting.pop_front() {
            match waiting {
                Waiting::Segment(held) => self.held(*held, next),
                Waiting::End(level) => {
                    // Before the first segment nothing is open that could end.
                    self.close(level, None);
                }
                Waiting::Finding(json) => {
                    if is_first {
                        self.bytes_before(next);
                    }
                    self.item();
                    self.buffer.extend_from_slice(b"{\"finding\":");
                    self.buffer.extend_from_slice(&json);
                    self.buffer.push(b'}');
                    self.line_end();
                }
            }
            is_first = false;
        }
        self.bytes_before(next);
        self.window.borrow_mut().forget(next);
        if self.buffer.len() >= FLUSH_AT {
            self.out.write_all(&self.buffer).map_err(Error::io)?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Bytes that belong to no segment, up to `next`.
    fn bytes_before(&mut self, next: u64) {
        if self.told_to >= next {
            return;
        }
        let bytes = self.window.borrow().get(self.told_to, next).to_vec();
        self.told_to = next;
        self.item();
        self.buffer.extend_from_slice(b"{\"bytes\":");
        text::push(&mut self.buffer, &bytes);
        self.buffer.push(b'}');
        self.line_end();
    }

    fn held(&mut self, held: Held, next: u64) {
        let gap = self.window.borrow().get(held.end, next).to_vec();
        self.told_to = next;
        let mut end = gap.as_slice();
        if held.role == Role::Header(Level::Interchange) {
            self.end.clone_from(&gap);
        }
        if held.role == Role::Trailer(Level::Interchange) && held.is_exact {
            // What follows the terminator and its line end is no part of the interchange.
            let own = own_end(&gap, &self.end, held.delimiters.segment);
            end = gap.get(..own).unwrap_or_default();
            self.told_to = next - (gap.len() - own) as u64;
        }
        let mut json = held.json;
        if !held.is_exact {
            json.extend_from_slice(b",\"bytes\":");
            text::push(&mut json, self.window.borrow().get(held.offset, next));
        } else if end != self.end {
            json.extend_from_slice(b",\"end\":");
            text::push(&mut json, end);
        }
        json.push(b'}');
        match held.role {
            Role::Header(level) => self.open(level, &held.context, held.delimiters, &json),
            Role::Plain => {
                self.item();
                self.buffer.extend_from_slice(&json);
                self.line_end();
            }
            Role::Trailer(level) => self.close(level, Some(&json)),
        }
    }

    fn open(&mut self, level: Level, context: &[u8], delimiters: Delimiters, header: &[u8]) {
        self.item();
        let name = level.name();
        let as_line = self.as_lines(level);
        let head = if as_line {
            format!("{{\"open\":\"{name}\",")
        } else {
            format!("{{\"{name}\":{{")
        };
        self.buffer.extend_from_slice(head.as_bytes());
        self.buffer.extend_from_slice(context);
        self.open.push(level);
        if level == Level::Interchange {
            self.indent();
            self.delimiters(delimiters);
        }
        self.indent();
        self.buffer.extend_from_slice(b"\"header\":");
        self.buffer.extend_from_slice(header);
        if as_line {
            self.buffer.push(b'}');
            self.line_end();
        } else {
            self.buffer.push(b',');
            self.indent();
            self.buffer.extend_from_slice(b"\"items\":[");
            self.fresh = true;
        }
    }

    fn delimiters(&mut self, delimiters: Delimiters) {
        self.buffer.extend_from_slice(b"\"delimiters\":{");
        let named = [
            ("component", Some(delimiters.component)),
            ("element", Some(delimiters.element)),
            ("repetition", delimiters.repetition),
            ("segment", Some(delimiters.segment)),
        ];
        for (name, byte) in named {
            if let Some(byte) = byte {
                self.buffer
                    .extend_from_slice(format!("\"{name}\":").as_bytes());
                text::push(&mut self.buffer, &[byte]);
                self.buffer.push(b',');
            }
        }
        self.buffer.extend_from_slice(b"\"end\":");
        text::push(&mut self.buffer, &self.end);
        self.buffer.extend_from_slice(b"},");
    }

    fn close(&mut self, level: Level, trailer: Option<&[u8]>) {
        if self.as_lines(level) {
            self.open.pop();
            self.item();
            let head = format!("{{\"close\":\"{}\"", level.name());
            self.buffer.extend_from_slice(head.as_bytes());
            if let Some(trailer) = trailer {
                self.buffer.extend_from_slice(b",\"trailer\":");
                self.buffer.extend_from_slice(trailer);
            }
            self.buffer.push(b'}');
            self.line_end();
            return;
        }
        if !self.fresh {
            self.indent();
        }
        self.buffer.push(b']');
        if let Some(trailer) = trailer {
            self.buffer.push(b',');
            self.indent();
            self.buffer.extend_from_slice(b"\"trailer\":");
            self.buffer.extend_from_slice(trailer);
        }
        self.open.pop();
        self.buffer.extend_from_slice(b"}}");
        self.fresh = false;
        self.line_end();
    }

    /// Whether a level is told by a line that opens and one that closes it.
    fn as_lines(&self, level: Level) -> bool {
        self.encoder.layout == Layout::Lines && level != Level::Set
    }

    /// Whether the next item stands on a line of its own in the layout of lines.
    fn on_own_line(&self) -> bool {
        self.encoder.layout == Layout::Lines && self.open.last() != Some(&Level::Set)
    }

    /// What stands before an item of a list.
    fn item(&mut self) {
        if self.on_own_line() {
            return;
        }
        if !std::mem::take(&mut self.fresh) {
            self.buffer.push(b',');
        }
        self.indent();
    }

    fn line_end(&mut self) {
        if self.on_own_line() {
            self.buffer.push(b'\n');
        }
    }

    fn indent(&mut self) {
        if self.encoder.layout == Layout::Document {
            self.buffer.push(b'\n');
            let depth = self.open.len() * 2 + 1;
            self.buffer.resize(self.buffer.len() + depth, b' ');
        }
    }
}

fn push_fields(out: &mut Vec<u8>, fields: &[(&str, String)]) {
    for (name, value) in fields {
        out.extend_from_slice(format!(",\"{name}\":").as_bytes());
        text::push_str(out, value);
    }
}

/// How many bytes of `gap` end the last segment of an interchange.
fn own_end(gap: &[u8], usual: &[u8], terminator: u8) -> usize {
    if !usual.is_empty() && gap.starts_with(usual) {
        return usual.len();
    }
    let Some(after) = gap.strip_prefix(&[terminator]) else {
        return 0;
    };
    1 + after
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .count()
}
