//! Walks through the segments of a set and reads the loops that sets share.

use super::layout::LayoutBuilder;
use super::loops::{Charge, ItemDescription, Note, Party};
use super::typed::{ReadContext, TypedSegment};
use crate::envelope::TransactionSet;
use crate::finding::{Finding, FindingCode, Location};
use crate::segment::Segment;

/// The place in a set, and what was found on the way.
pub(crate) struct Parser<'s> {
    set: &'s TransactionSet,
    index: usize,
    context: ReadContext,
    /// Whether the standard has a segment of this id somewhere in the set.
    is_known: fn(&[u8]) -> bool,
}

impl<'s> Parser<'s> {
    /// Starts behind ST.
    pub(crate) fn new(set: &'s TransactionSet, code: &str, is_known: fn(&[u8]) -> bool) -> Self {
        let mut parser = Self {
            set,
            index: 1,
            context: ReadContext::default(),
            is_known,
        };
        if set.code() != code {
            let text = format!("a transaction set {code} was expected");
            let location = set.segment(0).map(|st| st.location()).unwrap_or_default();
            let finding = Finding::new(FindingCode::SetCodeUnexpected, location, text);
            parser.find(finding.at_element(1).with_value(set.code().as_bytes()));
        }
        parser
    }

    /// The next segment; `None` at SE and at the end.
    pub(crate) fn peek(&self) -> Option<Segment<'s>> {
        self.set
            .segment(self.index)
            .filter(|segment| segment.id() != b"SE")
    }

    pub(crate) fn find(&mut self, finding: Finding) {
        self.context.find(finding);
    }

    /// Reports a segment that is not there, at the place where the set ends.
    pub(crate) fn missing(&mut self, id: &str) {
        let last = self.set.len().saturating_sub(1);
        let location = match self.set.segment(last) {
            Some(segment) => Location {
                segment_id: id.to_owned(),
                ..segment.location()
            },
            None => Location::default(),
        };
        let text = format!("the set has no {id}");
        self.find(Finding::new(FindingCode::SegmentMissing, location, text));
    }

    pub(crate) fn finish(self) -> Vec<Finding> {
        self.context.finish()
    }

    /// Notes the next segment at its rank and reports it if it is late.
    pub(crate) fn place(&mut self, layout: &mut LayoutBuilder, rank: u8) {
        if !layout.place(rank)
            && let Some(segment) = self.peek()
        {
            let text = format!(
                "{} stands later than the standard has it",
                segment.id_text()
            );
            self.find(segment.finding(FindingCode::SegmentOutOfOrder, text));
        }
    }

    /// Reads the next segment as `T`.
    pub(crate) fn read<T: TypedSegment + Default>(&mut self) -> T {
        let Some(segment) = self.peek() else {
            return T::default();
        };
        self.index += 1;
        self.context.read(segment)
    }

    pub(crate) fn push<T: TypedSegment + Default>(
        &mut self,
        layout: &mut LayoutBuilder,
        rank: u8,
        to: &mut Vec<T>,
    ) {
        self.place(layout, rank);
        to.push(self.read());
    }

    /// Fills an optional segment; a second one is kept.
    pub(crate) fn set<T: TypedSegment + Default>(
        &mut self,
        layout: &mut LayoutBuilder,
        rank: u8,
        to: &mut Option<T>,
    ) {
        if to.is_some() {
            return self.repeated(layout);
        }
        self.place(layout, rank);
        *to = Some(self.read());
    }

    /// Reports and keeps a segment that was there before.
    pub(crate) fn repeated(&mut self, layout: &mut LayoutBuilder) {
        if let Some(segment) = self.peek() {
            let text = format!("{} may stand here once only", segment.id_text());
            self.find(segment.finding(FindingCode::SegmentRepeated, text));
        }
        self.keep(layout);
    }

    /// Keeps the next segment as it is.
    pub(crate) fn keep(&mut self, layout: &mut LayoutBuilder) {
        if let Some(segment) = self.peek() {
            layout.keep(segment.to_owned());
            self.index += 1;
        }
    }

    /// Keeps the next segment, the start of a loop that is not typed, with its members.
    pub(crate) fn keep_loop(&mut self, layout: &mut LayoutBuilder, members: &[&[u8]]) {
        self.keep(layout);
        while self.peek().is_some_and(|segment| {
            members.contains(&segment.id()) || !(self.is_known)(segment.id())
        }) {
            self.keep(layout);
        }
    }

    /// Keeps everything up to and with the next segment of this id.
    pub(crate) fn keep_through(&mut self, layout: &mut LayoutBuilder, last: &[u8]) {
        while let Some(segment) = self.peek() {
            let done = segment.id() == last;
            self.keep(layout);
            if done {
                break;
            }
        }
    }

    /// Whether the next segment is to be kept in the innermost loop: a member that is not typed,
    /// or one that the standard does not have in this set.
    fn stays(&self, id: &[u8], members: &[&[u8]]) -> bool {
        members.contains(&id) || !(self.is_known)(id)
    }

    pub(crate) fn party(&mut self, members: &[&[u8]]) -> Party {
        let mut layout = LayoutBuilder::default();
        let mut party = Party {
            name: self.read(),
            ..Party::default()
        };
        layout.place(0);
        while let Some(segment) = self.peek() {
            match segment.id() {
                b"N2" => self.push(&mut layout, 1, &mut party.additional_names),
                b"N3" => self.push(&mut layout, 2, &mut party.address_lines),
                b"N4" => self.push(&mut layout, 3, &mut party.locations),
                b"REF" => self.push(&mut layout, 4, &mut party.references),
                b"PER" => self.push(&mut layout, 5, &mut party.contacts),
                id if self.stays(id, members) => self.keep(&mut layout),
                _ => break,
            }
        }
        party.layout = layout.finish();
        party
    }

    pub(crate) fn note(&mut self, members: &[&[u8]]) -> Note {
        let mut layout = LayoutBuilder::default();
        let mut note = Note {
            reference: self.read(),
            ..Note::default()
        };
        layout.place(0);
        while let Some(segment) = self.peek() {
            match segment.id() {
                b"MSG" => self.push(&mut layout, 1, &mut note.messages),
                id if self.stays(id, members) => self.keep(&mut layout),
                _ => break,
            }
        }
        note.layout = layout.finish();
        note
    }

    /// `with_taxes` where TXI belongs to the loop.
    pub(crate) fn charge(&mut self, with_taxes: bool, members: &[&[u8]]) -> Charge {
        let mut layout = LayoutBuilder::default();
        let mut charge = Charge {
            charge: self.read(),
            ..Charge::default()
        };
        layout.place(0);
        while let Some(segment) = self.peek() {
            match segment.id() {
                b"TXI" if with_taxes => self.push(&mut layout, 1, &mut charge.taxes),
                id if self.stays(id, members) => self.keep(&mut layout),
                _ => break,
            }
        }
        charge.layout = layout.finish();
        charge
    }

    pub(crate) fn description(&mut self, members: &[&[u8]]) -> ItemDescription {
        let mut layout = LayoutBuilder::default();
        let mut description = ItemDescription {
            description: self.read(),
            ..ItemDescription::default()
        };
        layout.place(0);
        while let Some(segment) = self.peek() {
            if !self.stays(segment.id(), members) {
                break;
            }
            self.keep(&mut layout);
        }
        description.layout = layout.finish();
        description
    }

    /// Compares CTT01 with the number of lines.
    pub(crate) fn check_line_count(&mut self, declared: Option<u32>, lines: usize) {
        let Some(declared) = declared.filter(|&n| n as usize != lines) else {
            return;
        };
        let location = self
            .set
            .segments()
            .find(|segment| segment.id() == b"CTT")
            .map(|segment| segment.location())
            .unwrap_or_default();
        let text = format!("CTT01 says {declared}, but there are {lines} line items");
        self.find(Finding::new(FindingCode::LineCountWrong, location, text).at_element(1));
    }
}
