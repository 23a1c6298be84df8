//! How the parts of a loop are read, counted and written, whatever their number.

use super::TypedSegment;
use crate::document::layout::{Layout, LayoutBuilder};
use crate::document::parser::Parser;
use crate::document::sink::Sink;

/// What is special at one place of a loop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site {
    /// Segments that belong to the inner loop at this place, though no field of it names them.
    pub(crate) also: &'static [u32],
    /// Fields of the inner loop that do not belong to it at this place.
    pub(crate) without: &'static [u32],
    /// Whether there are as many as the set has segments of this id.
    pub(crate) many: bool,
}

impl Site {
    pub(crate) const PLAIN: Self = Self {
        also: &[],
        without: &[],
        many: false,
    };
}

/// A segment or a loop.
pub(crate) trait Part: Default {
    /// The id of the segment, or of the first one of the loop.
    const ID: &'static str;
    const KEY: u32;

    /// Reads the next segment, which has the right id, and what belongs to it. Parts are large,
    /// so that they are filled where they stay.
    fn read(&mut self, parser: &mut Parser<'_>, site: &Site);
    fn emit(&self, sink: &mut Sink<'_>);
    /// All ids that stand somewhere in it.
    fn collect_keys(out: &mut Vec<u32>);
}

/// Which segments a loop takes beside those that have a field.
#[derive(Debug)]
pub(crate) struct LoopRules {
    /// Segments without a type.
    pub(crate) members: &'static [u32],
    /// Loops without a type: the first segment, and all others.
    pub(crate) loops: &'static [(u32, &'static [u32])],
    /// Loops between two segments.
    pub(crate) through: &'static [(u32, u32)],
    /// If not empty, everything stays in the loop up to one of these.
    pub(crate) until: &'static [u32],
    /// A document: everything stays in it.
    pub(crate) is_document: bool,
}

impl LoopRules {
    pub(crate) fn collect_keys(&self, out: &mut Vec<u32>) {
        out.extend_from_slice(self.members);
        for (start, members) in self.loops {
            out.push(*start);
            out.extend_from_slice(members);
        }
        for (open, close) in self.through {
            out.extend([open, close]);
        }
    }
}

/// What `typed_loop!` makes.
pub(crate) trait Loop: Default {
    type First: TypedSegment + Part;
    const RULES: LoopRules;

    fn first_mut(&mut self) -> &mut Self::First;
    fn layout_mut(&mut self) -> &mut Layout;
    /// Reads what follows the first segment.
    fn fill(&mut self, parser: &mut Parser<'_>, layout: &mut LayoutBuilder, site: &Site);
    fn emit_parts(&self, sink: &mut Sink<'_>);
    fn collect_all_keys(out: &mut Vec<u32>);
}

impl<T: Loop> Part for T {
    const ID: &'static str = <T::First as TypedSegment>::ID;
    const KEY: u32 = <T::First as Part>::KEY;

    fn read(&mut self, parser: &mut Parser<'_>, site: &Site) {
        self.first_mut().read(parser, &Site::PLAIN);
        let mut layout = LayoutBuilder::default();
        layout.start();
        self.fill(parser, &mut layout, site);
        *self.layout_mut() = layout.finish();
    }

    fn emit(&self, sink: &mut Sink<'_>) {
        self.emit_parts(sink);
    }

    fn collect_keys(out: &mut Vec<u32>) {
        Self::collect_all_keys(out);
    }
}

/// A field of a loop: one part, at most one, or any number.
pub(crate) trait Slot {
    const ID: &'static str;
    const KEY: u32;
    /// Whether a second one has no room.
    const SINGLE: bool;
    /// Whether there is always one.
    const ALWAYS: bool;

    fn take(&mut self, parser: &mut Parser<'_>, site: &Site);
    fn count(&self) -> usize;
    fn emit_all(&self, sink: &mut Sink<'_>);
    fn emit_nth(&self, index: usize, sink: &mut Sink<'_>);
    fn collect_keys(out: &mut Vec<u32>);
}

impl<P: Part> Slot for P {
    const ID: &'static str = P::ID;
    const KEY: u32 = P::KEY;
    const SINGLE: bool = true;
    const ALWAYS: bool = true;

    fn take(&mut self, parser: &mut Parser<'_>, site: &Site) {
        self.read(parser, site);
    }

    fn count(&self) -> usize {
        1
    }

    fn emit_all(&self, sink: &mut Sink<'_>) {
        self.emit(sink);
    }

    fn emit_nth(&self, _index: usize, sink: &mut Sink<'_>) {
        self.emit(sink);
    }

    fn collect_keys(out: &mut Vec<u32>) {
        P::collect_keys(out);
    }
}

impl<P: Part> Slot for Option<P> {
    const ID: &'static str = P::ID;
    const KEY: u32 = P::KEY;
    const SINGLE: bool = true;
    const ALWAYS: bool = false;

    fn take(&mut self, parser: &mut Parser<'_>, site: &Site) {
        self.insert(P::default()).read(parser, site);
    }

    fn count(&self) -> usize {
        usize::from(self.is_some())
    }

    fn emit_all(&self, sink: &mut Sink<'_>) {
        if let Some(part) = self {
            part.emit(sink);
        }
    }

    fn emit_nth(&self, _index: usize, sink: &mut Sink<'_>) {
        self.emit_all(sink);
    }

    fn collect_keys(out: &mut Vec<u32>) {
        P::collect_keys(out);
    }
}

impl<P: Part> Slot for Vec<P> {
    const ID: &'static str = P::ID;
    const KEY: u32 = P::KEY;
    const SINGLE: bool = false;
    const ALWAYS: bool = false;

    fn take(&mut self, parser: &mut Parser<'_>, site: &Site) {
        if self.is_empty() {
            // Mostly it stays at one, and parts are large. The lines of a document are counted.
            self.reserve_exact(if site.many {
                parser.count_ahead(P::KEY)
            } else {
                1
            });
        }
        self.push(P::default());
        if let Some(part) = self.last_mut() {
            part.read(parser, site);
        }
    }

    fn count(&self) -> usize {
        self.len()
    }

    fn emit_all(&self, sink: &mut Sink<'_>) {
        for part in self {
            part.emit(sink);
        }
    }

    fn emit_nth(&self, index: usize, sink: &mut Sink<'_>) {
        if let Some(part) = self.get(index) {
            part.emit(sink);
        }
    }

    fn collect_keys(out: &mut Vec<u32>) {
        P::collect_keys(out);
    }
}
