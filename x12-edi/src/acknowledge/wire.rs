//! A report of a group as the segments of a 997 or a 999.

use std::io::Write;

use super::layout::Layout;
use super::options::AcknowledgmentSet;
use super::report::{ElementError, ErrorContext, GroupReport, SegmentError, SetReport};
use crate::error::Result;
use crate::schema::Release;
use crate::segment::SegmentBuf;
use crate::value::SetControlNumber;
use crate::writer::Writer;

/// The most errors of one kind in one segment: AK502 to AK506, AK905 to AK909, AK304 to AK308.
const MAX_CODES: usize = 5;

/// The largest count that AK902, AK903 and AK904 hold.
const MAX_COUNT: u64 = 999_999;

/// Writes the set, or nothing of it.
pub(super) fn write<W: Write>(
    report: &GroupReport,
    layout: Layout,
    writer: &mut Writer<W>,
    control_number: &SetControlNumber,
) -> Result<()> {
    writer.write_set(layout.code(), control_number, |writer| {
        let wire = Wire { layout, writer };
        wire.group(report)
    })
}

struct Wire<'w, W> {
    layout: Layout,
    writer: &'w mut Writer<W>,
}

impl<W: Write> Wire<'_, W> {
    fn group(mut self, report: &GroupReport) -> Result<()> {
        let ak1 = SegmentBuf::new("AK1")
            .element(self.fixed(&report.functional_id, 2, 2))
            .element(self.fixed(&report.control_number, 1, 9));
        let ak1 = self.later(ak1, report.version.as_deref(), 12);
        self.put(&ak1)?;
        for set in &report.sets {
            self.set(set)?;
        }
        let count = |count: u64| count.min(MAX_COUNT).to_string();
        let mut ak9 = SegmentBuf::new("AK9")
            .element(report.status.code())
            .element(count(report.included))
            .element(count(report.received))
            .element(count(report.accepted));
        for error in report.errors.iter().take(MAX_CODES) {
            ak9 = ak9.element(error.as_str());
        }
        self.put(&ak9)
    }

    fn set(&mut self, set: &SetReport) -> Result<()> {
        let ak2 = SegmentBuf::new("AK2")
            .element(self.fixed(&set.code, 3, 3))
            .element(self.padded(&set.control_number));
        let ak2 = self.later(ak2, set.implementation.as_deref(), 35);
        self.put(&ak2)?;
        for segment in &set.segments {
            self.segment(segment)?;
        }
        let mut trailer = SegmentBuf::new(self.id("AK5", "IK5")).element(set.status.code());
        for error in set.errors.iter().take(MAX_CODES) {
            trailer = trailer.element(error.as_str());
        }
        self.put(&trailer)
    }

    fn segment(&mut self, error: &SegmentError) -> Result<()> {
        let mut note = SegmentBuf::new(self.id("AK3", "IK3"))
            .element(self.fixed(&error.id, 2, 3))
            .element(error.position.to_string())
            .element(error.loop_id.as_deref().unwrap_or_default());
        for code in error.codes.iter().take(self.layout.segment_codes()) {
            note = note.element(code.as_str());
        }
        self.put(&note)?;
        self.contexts(&error.contexts)?;
        error
            .elements
            .iter()
            .try_for_each(|element| self.element(element))
    }

    fn element(&mut self, error: &ElementError) -> Result<()> {
        let release = self.layout.release;
        let parts = [
            error.component.filter(|_| release >= Release::V004010),
            error.repetition.filter(|_| release >= Release::V005010),
        ];
        let place = SegmentBuf::new(self.id("AK4", "IK4")).element(error.element.to_string());
        let mut note = components(place, parts.map(|part| part.map(|n| n.to_string())))
            .element(error.reference.as_deref().unwrap_or_default())
            .element(error.code.as_str());
        if let Some(value) = &error.value
            && self.writer.accepts(value.as_bytes())
        {
            note = note.element(value);
        }
        self.put(&note)?;
        self.contexts(&error.contexts)
    }

    /// CTX, which only a 999 has.
    fn contexts(&mut self, contexts: &[ErrorContext]) -> Result<()> {
        if self.layout.set == AcknowledgmentSet::Functional {
            return Ok(());
        }
        contexts.iter().try_for_each(|context| {
            let segment = context_segment(context);
            self.put(&segment)
        })
    }

    /// An element that comes with release 005010.
    fn later(&self, segment: SegmentBuf, text: Option<&str>, max: usize) -> SegmentBuf {
        match text {
            Some(text) if self.layout.release >= Release::V005010 && !text.is_empty() => {
                segment.element(self.fixed(text, 1, max))
            }
            _ => segment,
        }
    }

    fn id(&self, functional: &'static str, implementation: &'static str) -> &'static str {
        match self.layout.set {
            AcknowledgmentSet::Functional => functional,
            AcknowledgmentSet::Implementation => implementation,
        }
    }

    /// A text that was received and may be anything, within the lengths of its element and
    /// without what the reply cannot hold.
    fn fixed(&self, text: &str, min: usize, max: usize) -> String {
        let accepted =
            |c: char| c.is_ascii() && self.writer.accepts(c.encode_utf8(&mut [0; 4]).as_bytes());
        let stand_in = if accepted('?') { '?' } else { 'X' };
        let mut fixed: String = text
            .chars()
            .map(|c| if accepted(c) { c } else { stand_in })
            .take(max)
            .collect();
        // Blanks around are no data.
        fixed = fixed.trim().to_owned();
        while fixed.len() < min {
            fixed.push(stand_in);
        }
        fixed
    }

    /// AK202: at least four characters, with zeroes at the left as ST02 has them.
    fn padded(&self, control_number: &str) -> String {
        format!("{:0>4}", self.fixed(control_number, 0, 9))
    }

    fn put(&mut self, segment: &SegmentBuf) -> Result<()> {
        self.writer.write_segment(segment)
    }
}

fn context_segment(context: &ErrorContext) -> SegmentBuf {
    let mut ctx = SegmentBuf::new("CTX");
    if context.names.is_empty() {
        ctx = ctx.element("");
    }
    for (index, name) in context.names.iter().enumerate() {
        ctx = if index == 0 {
            ctx.element(&name.name)
        } else {
            ctx.repetition(&name.name)
        };
        if let Some(value) = &name.value {
            ctx = ctx.component(value);
        }
    }
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let number = |number: Option<u16>| number.map(|n| n.to_string());
    ctx = ctx
        .element(text(&context.segment_id))
        .element(context.position.map(|n| n.to_string()).unwrap_or_default())
        .element(text(&context.loop_id))
        .element(number(context.element).unwrap_or_default());
    ctx = components(ctx, [number(context.component), number(context.repetition)]);
    ctx = ctx.element(text(&context.reference));
    components(ctx, [context.component_reference.clone()])
}

/// More components of the last element, up to the last that is there.
fn components<const N: usize>(mut segment: SegmentBuf, parts: [Option<String>; N]) -> SegmentBuf {
    let count = parts
        .iter()
        .rposition(Option::is_some)
        .map_or(0, |last| last + 1);
    for part in parts.into_iter().take(count) {
        segment = segment.component(part.unwrap_or_default());
    }
    segment
}
