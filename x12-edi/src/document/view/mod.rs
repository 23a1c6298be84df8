//! The same documents without a copy: fields are read from the set when they are asked for.
//!
//! An [`Outline`] notes which field each segment of a set belongs to, by the same rules as the
//! owned documents; it keeps its memory from one set to the next, so that reading a file of
//! documents allocates nothing. A [`View`] of a document, a loop or a segment has a method for
//! each field of the struct of that name: numbers, dates and times are decoded when they are asked
//! for, texts are an [`Element`], empty where there is none.
//!
//! ```
//! # let file = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*A*B*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~PO1*1*10*EA*12.5**VN*AB-1~CTT*1~SE*5*0001~GE*1*1~IEA*1*000000001~";
//! use x12_edi::document::purchase_order::PurchaseOrder;
//! use x12_edi::document::view::Outline;
//!
//! let mut outline = Outline::new();
//! let mut sets = x12_edi::TransactionSets::from_slice(file);
//! while let Some(set) = sets.next_set()? {
//!     let order = PurchaseOrder::view(set, &mut outline);
//!     assert_eq!(order.beginning().number(), "4711");
//!     for line in order.lines() {
//!         let item = line.item();
//!         assert_eq!(item.quantity(), Some(10.into()));
//!         assert_eq!(item.unit(), "EA");
//!         let (qualifier, id) = item.product_ids().next().expect("one is given");
//!         assert!(qualifier == "VN" && id == "AB-1");
//!     }
//! }
//! # Ok::<(), x12_edi::Error>(())
//! ```

mod outline;

pub use outline::Outline;
pub(crate) use outline::{Entry, OTHER, Walker, name_seen, rank_of};

use std::fmt;
use std::marker::PhantomData;

use crate::document::typed::{Field, Kind, Raw, Reading};
use crate::envelope::TransactionSet;
use crate::segment::{Element, Segment};

/// A document, a loop or a segment of type `T` where it stands in a set.
///
/// It has a method for each field of `T`. What is not there reads as empty.
pub struct View<'a, T> {
    set: &'a TransactionSet,
    entries: &'a [Entry],
    /// The first segment; ST for a document.
    at: usize,
    end: usize,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for View<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for View<'_, T> {}

impl<T> fmt::Debug for View<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let segments = (self.at..self.end).filter_map(|at| self.set.segment(at));
        f.debug_list().entries(segments).finish()
    }
}

impl<'a, T> View<'a, T> {
    #[inline]
    pub(crate) fn new(
        set: &'a TransactionSet,
        entries: &'a [Entry],
        at: usize,
        end: usize,
    ) -> Self {
        Self {
            set,
            entries,
            at,
            end,
            of: PhantomData,
        }
    }

    /// The segment, or the first one of the loop; ST for a document. An empty one if it is not
    /// there.
    #[must_use]
    #[inline]
    pub fn as_segment(&self) -> Segment<'a> {
        self.set
            .segment(self.at)
            .unwrap_or_else(|| Segment::alone(&[], &[], self.set.delimiters()))
    }

    /// Whether it is in the set.
    #[must_use]
    pub fn is_present(&self) -> bool {
        self.at < self.end
    }

    /// The segments that no field names, but for those of inner loops.
    pub fn other_segments(&self) -> impl Iterator<Item = Segment<'a>> + use<'a, T> {
        self.parts::<()>(OTHER).map(|part| part.as_segment())
    }

    /// The first segment alone.
    #[inline]
    pub(crate) fn head<P>(&self) -> View<'a, P> {
        View::new(self.set, self.entries, self.at, self.end.min(self.at + 1))
    }

    /// The parts of one field.
    #[inline]
    pub(crate) fn parts<P>(&self, rank: u8) -> Views<'a, P> {
        Views {
            set: self.set,
            entries: self.entries,
            at: self.at + 1,
            end: self.end,
            rank,
            of: PhantomData,
        }
    }

    /// The part of one field; an empty one if it is not there.
    #[inline]
    pub(crate) fn part<P>(&self, rank: u8) -> View<'a, P> {
        let missing = View::new(self.set, self.entries, usize::MAX, 0);
        self.parts(rank).next().unwrap_or(missing)
    }
}

/// The text of an element.
#[inline]
pub(crate) fn text<'a>(segment: &Segment<'a>, number: usize, kind: Kind) -> Element<'a> {
    let element = segment.element(number);
    match kind {
        Kind::Unit => Element {
            bytes: element.component(1),
            ..element
        },
        _ => element,
    }
}

/// The value of an element, if it has one that can be read.
#[inline]
pub(crate) fn value<T>(segment: &Segment<'_>, number: usize, kind: Kind) -> Option<T>
where
    Option<T>: Field,
{
    let mut reading = Reading::of(segment.delimiters());
    <Option<T>>::read(Raw::of(segment, number), kind, &mut reading)
}

/// Qualifiers with their values, up to the last pair that is filled.
pub(crate) fn pairs<'a>(
    segment: Segment<'a>,
    first: usize,
    last: usize,
) -> impl Iterator<Item = (Element<'a>, Element<'a>)> + use<'a> {
    let filled = (first..=last.min(segment.len()))
        .rev()
        .find(|&element| !segment.element(element).is_empty());
    let end = filled.map_or(first, |filled| filled + 1);
    (first..end)
        .step_by(2)
        .map(move |element| (segment.element(element), segment.element(element + 1)))
}

/// The parts of one field of a loop, one after another.
pub struct Views<'a, T> {
    set: &'a TransactionSet,
    entries: &'a [Entry],
    at: usize,
    end: usize,
    rank: u8,
    of: PhantomData<fn() -> T>,
}

impl<'a, T> Iterator for Views<'a, T> {
    type Item = View<'a, T>;

    #[inline]
    fn next(&mut self) -> Option<View<'a, T>> {
        while self.at < self.end {
            let at = self.at;
            let entry = self.entries.get(at)?;
            self.at = entry.end as usize;
            if entry.rank == self.rank {
                return Some(View::new(self.set, self.entries, at, self.at));
            }
        }
        None
    }
}

impl<T> Clone for Views<'_, T> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<T> fmt::Debug for Views<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
