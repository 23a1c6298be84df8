//! Which loop and which field each segment of a set belongs to, found in one pass.

use super::View;
use crate::document::layout::was_seen;
use crate::document::parser::{Document, release_of};
use crate::document::typed::{KnownKeys, Loop, LoopRules, Site, Stay, key};
use crate::envelope::TransactionSet;
use crate::schema::Release;

/// The rank of a segment that no field names.
pub(crate) const OTHER: u8 = u8::MAX;

/// The place of one segment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// The field of the loop around it.
    pub(crate) rank: u8,
    /// Behind it and, if it starts a loop, behind that.
    pub(crate) end: u32,
}

/// The memory of a view: which field each segment of a set belongs to. It is used for one set
/// after another without a further allocation.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    entries: Vec<Entry>,
}

impl Outline {
    /// An empty one, for [`PurchaseOrder::view`](crate::document::purchase_order::PurchaseOrder::view)
    /// and its like.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
        }
    }

    pub(crate) fn read<'a, D: Document>(&'a mut self, set: &'a TransactionSet) -> View<'a, D> {
        self.entries.clear();
        // For ST, so that entries and segments have the same numbers.
        self.entries.push(Entry {
            rank: OTHER,
            end: 1,
        });
        let mut walker = Walker {
            set,
            index: 1,
            next: None,
            entries: &mut self.entries,
            known: D::known(),
            release: release_of(set),
        };
        walker.look();
        <D as Loop>::walk_parts(&mut walker, &Site::PLAIN);
        let end = self.entries.len();
        View::new(set, &self.entries, 0, end)
    }
}

/// Goes through the segments of a set as a parser does, but only notes where they belong.
pub(crate) struct Walker<'s> {
    set: &'s TransactionSet,
    index: usize,
    next: Option<u32>,
    entries: &'s mut Vec<Entry>,
    known: &'static KnownKeys,
    release: Release,
}

impl Walker<'_> {
    #[inline]
    fn look(&mut self) {
        self.next = self
            .set
            .id(self.index)
            .map(key)
            .filter(|&found| found != const { key(b"SE") });
    }

    /// The id of the next segment; `None` at SE and at the end.
    #[inline]
    pub(crate) fn key(&self) -> Option<u32> {
        self.next
    }

    #[inline]
    pub(crate) fn release(&self) -> Release {
        self.release
    }

    /// Goes on behind the next segment.
    #[inline]
    pub(crate) fn advance(&mut self) {
        self.index += 1;
        self.look();
    }

    /// Notes the next segment, which fills a field, and with [`end`](Self::end) what belongs to it.
    #[inline]
    pub(crate) fn start(&mut self, rank: u8) -> usize {
        let at = self.entries.len();
        self.entries.push(Entry {
            rank,
            end: at as u32 + 1,
        });
        at
    }

    #[inline]
    pub(crate) fn end(&mut self, at: usize) {
        let end = self.entries.len() as u32;
        if let Some(entry) = self.entries.get_mut(at) {
            entry.end = end;
        }
    }

    /// Notes the next segment alone.
    #[inline]
    pub(crate) fn leaf(&mut self, rank: u8) {
        self.start(rank);
        self.advance();
    }

    /// As the parser keeps what no field names; `false` if the loop ends here.
    pub(crate) fn keeps(&mut self, rules: &LoopRules, site: &Site, key: u32) -> bool {
        match rules.stay(key, site, self.known) {
            Stay::Loop(members) => {
                self.leaf(OTHER);
                while let Some(next) = self.key() {
                    if !members.contains(&next) && self.known.has(next) {
                        break;
                    }
                    self.leaf(OTHER);
                }
            }
            Stay::Through(close) => {
                while let Some(next) = self.key() {
                    self.leaf(OTHER);
                    if next == close {
                        break;
                    }
                }
            }
            Stay::Alone => self.leaf(OTHER),
            Stay::Outside => return false,
        }
        true
    }
}

/// The rank of a field by its name, which must be one of them: the first segment has rank 0.
pub(crate) const fn rank_of(names: &[&str], name: &str) -> u8 {
    let mut rank = 0;
    let mut rest = names;
    while let [first, others @ ..] = rest {
        if same(first.as_bytes(), name.as_bytes()) {
            return rank;
        }
        rank += 1;
        rest = others;
    }
    assert!(rank == u8::MAX, "there is no field of this name");
    OTHER
}

const fn same(mut a: &[u8], mut b: &[u8]) -> bool {
    while let ([x, more_a @ ..], [y, more_b @ ..]) = (a, b) {
        if *x != *y {
            return false;
        }
        (a, b) = (more_a, more_b);
    }
    a.is_empty() && b.is_empty()
}

/// Whether a field of this name was seen.
#[inline]
pub(crate) fn name_seen(seen: u64, names: &[&str], name: &str) -> bool {
    was_seen(seen, rank_of(names, name))
}
