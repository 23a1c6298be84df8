//! How the parts of a loop are read, counted and written, whatever their number.

use super::{KnownKeys, TypedSegment};
use crate::document::LeadTimes;
use crate::document::layout::{Layout, LayoutBuilder};
use crate::document::parser::Parser;
use crate::document::segments::{Currency, FobTerms, Packing, Pallet, Price};
use crate::document::sink::Sink;
use crate::document::view::Walker;
use crate::schema::Release;

/// What is special at one place of a loop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site {
    /// Segments that belong to the inner loop at this place, though no field of it names them.
    pub(crate) also: &'static [u32],
    /// Fields of the inner loop that do not belong to it at this place.
    pub(crate) without: &'static [u32],
    /// The first release in which the inner loop is one; before it its first segment stands alone.
    pub(crate) from: Option<Release>,
    /// Whether there are as many as the set has segments of this id.
    pub(crate) many: bool,
}

impl Site {
    pub(crate) const PLAIN: Self = Self {
        also: &[],
        without: &[],
        from: None,
        many: false,
    };

    /// Whether nothing belongs to the first segment of the inner loop.
    #[inline]
    fn is_alone(&self, release: Release) -> bool {
        self.from.is_some_and(|from| release < from)
    }
}

/// A segment or a loop.
pub(crate) trait Part: Default {
    /// The id of the segment, or of the first one of the loop.
    const ID: &'static str;
    const KEY: u32;

    /// Reads the next segment, which has the right id, and what belongs to it. Parts are large,
    /// so that they are filled where they stay.
    fn read(&mut self, parser: &mut Parser<'_>, site: &Site);
    /// Goes behind the next segment, which has the right id, and what belongs to it.
    fn walk(walker: &mut Walker<'_>, site: &Site);
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

/// Where a segment goes that no field takes.
pub(crate) enum Stay {
    /// It starts a loop without a type, in which these ids stand.
    Loop(&'static [u32]),
    /// It starts a loop without a type that ends with this id.
    Through(u32),
    /// It is kept alone.
    Alone,
    /// The loop ends before it.
    Outside,
}

impl LoopRules {
    #[inline]
    pub(crate) fn stay(&self, key: u32, site: &Site, known: &KnownKeys) -> Stay {
        if self.until.contains(&key) {
            return Stay::Outside;
        }
        let inner = self.loops.iter().find(|(start, _)| *start == key);
        if let Some((_, members)) = inner.filter(|_| !site.without.contains(&key)) {
            return Stay::Loop(members);
        }
        if let Some((_, close)) = self.through.iter().find(|(open, _)| *open == key) {
            return Stay::Through(*close);
        }
        let stays = self.is_document
            || self.members.contains(&key)
            || site.also.contains(&key)
            || !self.until.is_empty()
            || !known.has(key);
        if stays { Stay::Alone } else { Stay::Outside }
    }

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
    /// The names of the fields by their rank.
    const FIELDS: &'static [&'static str];

    /// The ranks as this release has them; `None` where that is the order of the table.
    fn order(release: Release) -> Option<&'static [u8]>;

    /// Reads what follows the first segment.
    fn fill(&mut self, parser: &mut Parser<'_>, layout: &mut LayoutBuilder, site: &Site);
    /// Goes through what follows the first segment.
    fn walk_parts(walker: &mut Walker<'_>, site: &Site);
    fn emit_parts(&self, sink: &mut Sink<'_>);
    fn collect_all_keys(out: &mut Vec<u32>);
}

impl<T: Loop> Part for T {
    const ID: &'static str = <T::First as TypedSegment>::ID;
    const KEY: u32 = <T::First as Part>::KEY;

    fn read(&mut self, parser: &mut Parser<'_>, site: &Site) {
        self.first_mut().read(parser, &Site::PLAIN);
        if site.is_alone(parser.release()) {
            return;
        }
        let mut layout = LayoutBuilder::default();
        layout.start();
        self.fill(parser, &mut layout, site);
        *self.layout_mut() = layout.finish(|| T::order(parser.release()));
    }

    fn walk(walker: &mut Walker<'_>, site: &Site) {
        walker.advance();
        if !site.is_alone(walker.release()) {
            Self::walk_parts(walker, site);
        }
    }

    fn emit(&self, sink: &mut Sink<'_>) {
        self.emit_parts(sink);
    }

    fn collect_keys(out: &mut Vec<u32>) {
        Self::collect_all_keys(out);
    }
}

/// At most one part, which is large and which few loops have: it stands behind a pointer.
pub(crate) type Rare<T> = Option<Box<T>>;

/// What stands behind a pointer somewhere.
macro_rules! boxed {
    ($($name:ty),*) => { $(
        impl Part for Box<$name> {
            const ID: &'static str = <$name as Part>::ID;
            const KEY: u32 = <$name as Part>::KEY;

            fn read(&mut self, parser: &mut Parser<'_>, site: &Site) {
                <$name as Part>::read(&mut **self, parser, site);
            }

            fn walk(walker: &mut Walker<'_>, site: &Site) {
                <$name as Part>::walk(walker, site);
            }

            fn emit(&self, sink: &mut Sink<'_>) {
                <$name as Part>::emit(self, sink);
            }

            fn collect_keys(out: &mut Vec<u32>) {
                <$name as Part>::collect_keys(out);
            }
        }
    )* };
}

boxed!(Currency, FobTerms, LeadTimes, Packing, Pallet, Price);

/// A field of a loop: one part, at most one, or any number.
pub(crate) trait Slot {
    const ID: &'static str;
    const KEY: u32;
    /// Whether a second one has no room.
    const SINGLE: bool;
    /// Whether there is always one.
    const ALWAYS: bool;

    fn take(&mut self, parser: &mut Parser<'_>, site: &Site);
    fn walk(walker: &mut Walker<'_>, site: &Site);
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

    fn walk(walker: &mut Walker<'_>, site: &Site) {
        P::walk(walker, site);
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

    fn walk(walker: &mut Walker<'_>, site: &Site) {
        P::walk(walker, site);
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

    fn walk(walker: &mut Walker<'_>, site: &Site) {
        P::walk(walker, site);
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
