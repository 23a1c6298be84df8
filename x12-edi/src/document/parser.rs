//! Walks through the segments of a set and reads its loops.

use super::ParsedDocument;
use super::layout::LayoutBuilder;
use super::typed::{
    KnownKeys, Loop, LoopRules, ReadContext, Site, Stay, TypedSegment, is_before, is_plain, key,
};
use crate::envelope::TransactionSet;
use crate::finding::{Finding, FindingCode, Location};
use crate::schema::Release;
use crate::segment::Segment;

/// What `typed_document!` makes.
pub(crate) trait Document: Loop {
    const SET: &'static str;

    /// Takes what GS and ST say.
    fn set_header(&mut self, release: Release, set: &TransactionSet);
    /// ST03.
    fn implementation(&self) -> Option<&str>;
    /// The ids that the standard has somewhere in the set.
    fn known() -> &'static KnownKeys;
    /// Reports what no rule of a single segment says.
    fn check_read(&self, parser: &mut Parser<'_>);
}

/// The ranks of the parts that were read, given the bits of the ranks that were seen.
pub(crate) type Spelled<'f> = &'f dyn Fn(u64) -> Vec<u8>;

/// Reads a document; nothing of the set is lost.
pub(crate) fn read_document<D: Document>(set: &TransactionSet) -> ParsedDocument<D> {
    let release = release_of(set);
    let mut parser = Parser::new(set, D::SET, release, D::known());
    // Documents are large: this one is filled where the caller gets it.
    let mut parsed = ParsedDocument {
        document: D::default(),
        findings: Vec::new(),
    };
    let document = &mut parsed.document;
    document.set_header(release, set);
    let mut layout = LayoutBuilder::default();
    document.fill(&mut parser, &mut layout, &Site::PLAIN);
    *document.layout_mut() = layout.finish(|| D::order(release));
    document.check_read(&mut parser);
    parsed.findings = parser.finish();
    parsed
}

/// The release of GS08.
pub(super) fn release_of(set: &TransactionSet) -> Release {
    let group = set.group();
    group.map_or_else(Release::default, |group| Release::nearest(&group.version))
}

/// The place in a set, and what was found on the way.
pub(crate) struct Parser<'s> {
    set: &'s TransactionSet,
    index: usize,
    /// The next segment with its id; `None` at SE and at the end.
    next: Option<(u32, Segment<'s>)>,
    context: ReadContext,
    known: &'static KnownKeys,
}

impl<'s> Parser<'s> {
    /// Starts behind ST.
    fn new(
        set: &'s TransactionSet,
        code: &str,
        release: Release,
        known: &'static KnownKeys,
    ) -> Self {
        let plain = is_plain(set.raw(), set.delimiters());
        let mut parser = Self {
            set,
            index: 1,
            next: None,
            context: ReadContext::new(release, plain),
            known,
        };
        parser.look();
        if set.code() != code {
            let text = format!("a transaction set {code} was expected");
            let location = set.segment(0).map(|st| st.location()).unwrap_or_default();
            let finding = Finding::new(FindingCode::SetCodeUnexpected, location, text);
            parser.find(finding.at_element(1).with_value(set.code().as_bytes()));
        }
        parser
    }

    #[inline]
    fn look(&mut self) {
        let next = self.set.segment(self.index);
        self.next = next
            .map(|segment| (key(segment.id()), segment))
            .filter(|&(found, _)| found != const { key(b"SE") });
    }

    /// The id of the next segment; `None` at SE and at the end.
    #[inline]
    pub(crate) fn key(&self) -> Option<u32> {
        self.next.map(|(key, _)| key)
    }

    pub(crate) fn peek(&self) -> Option<Segment<'s>> {
        self.next.map(|(_, segment)| segment)
    }

    #[inline]
    fn advance(&mut self) {
        self.index += 1;
        self.look();
    }

    pub(crate) fn release(&self) -> Release {
        self.context.release()
    }

    /// The set that is read.
    pub(crate) fn set(&self) -> &'s TransactionSet {
        self.set
    }

    /// How many segments of this id are still to come.
    pub(crate) fn count_ahead(&self, id: u32) -> usize {
        (self.index..self.set.len())
            .filter(|&index| self.set.id(index).map(key) == Some(id))
            .count()
    }

    pub(crate) fn find(&mut self, finding: Finding) {
        self.context.find(finding);
    }

    /// Reports a segment that is not there, at the place where it should have been at the latest.
    pub(crate) fn missing(&mut self, id: &str) {
        let last = self.set.len().saturating_sub(1);
        let location = match self.set.segment(self.index.min(last)) {
            Some(segment) => Location {
                segment_id: id.to_owned(),
                ..segment.location()
            },
            None => Location::default(),
        };
        let text = format!("{id} is missing before this segment");
        self.find(Finding::new(FindingCode::SegmentMissing, location, text));
    }

    fn finish(self) -> Vec<Finding> {
        self.context.finish()
    }

    /// Notes the next segment at its rank and reports it if it is late.
    #[inline]
    pub(crate) fn place<L: Loop>(
        &mut self,
        layout: &mut LayoutBuilder,
        rank: u8,
        spelled: Spelled<'_>,
    ) {
        if let Some(last) = layout.place(rank, spelled) {
            self.late(L::order(self.release()), rank, last);
        }
    }

    /// Reports a segment behind one of a later rank, unless the release has it so.
    #[cold]
    fn late(&mut self, order: Option<&[u8]>, rank: u8, last: u8) {
        if order.is_some_and(|order| is_before(order, last, rank)) {
            return;
        }
        if let Some(segment) = self.peek() {
            let text = format!(
                "{} stands later than the standard has it",
                segment.id_text()
            );
            self.find(segment.finding(FindingCode::SegmentOutOfOrder, text));
        }
    }

    /// Reads the next segment into `to`.
    #[inline]
    pub(crate) fn read<T: TypedSegment>(&mut self, to: &mut T) {
        if let Some(segment) = self.peek() {
            self.advance();
            self.context.read(to, segment);
        }
    }

    /// Reports and keeps a segment that was there before.
    pub(crate) fn repeated(&mut self, layout: &mut LayoutBuilder, spelled: Spelled<'_>) {
        if let Some(segment) = self.peek() {
            let text = format!("{} may stand here once only", segment.id_text());
            self.find(segment.finding(FindingCode::SegmentRepeated, text));
        }
        self.keep(layout, spelled);
    }

    /// Keeps the next segment as it is.
    pub(crate) fn keep(&mut self, layout: &mut LayoutBuilder, spelled: Spelled<'_>) {
        if let Some(segment) = self.peek() {
            layout.keep(segment.to_owned(), spelled);
            self.advance();
        }
    }

    /// Keeps the next segment, and with it an inner loop that has no type, if it belongs to the
    /// loop of these rules; `false` if the loop ends before it.
    pub(crate) fn keeps(
        &mut self,
        rules: &LoopRules,
        site: &Site,
        key: u32,
        layout: &mut LayoutBuilder,
        spelled: Spelled<'_>,
    ) -> bool {
        match rules.stay(key, site, self.known) {
            Stay::Loop(members) => {
                self.keep(layout, spelled);
                while let Some(next) = self.key() {
                    if !members.contains(&next) && self.known.has(next) {
                        break;
                    }
                    self.keep(layout, spelled);
                }
            }
            Stay::Through(close) => {
                while let Some(next) = self.key() {
                    self.keep(layout, spelled);
                    if next == close {
                        break;
                    }
                }
            }
            Stay::Alone => self.keep(layout, spelled),
            Stay::Outside => return false,
        }
        true
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
