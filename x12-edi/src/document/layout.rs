//! In which order the parts of one loop stood, where that is not the order of the standard.

use crate::segment::SegmentBuf;

/// The rank of a kept segment in a sequence.
const KEPT: u8 = u8::MAX;

/// The most ranks of one loop.
const RANKS: usize = 64;

/// What is needed to write the parts of a loop as they stood; nothing where that is the order of
/// the standard and every segment has a field.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Layout(Option<Box<Odd>>);

/// An order of its own, or segments without a field.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Odd {
    /// Ranks in the order of the input.
    sequence: Vec<u8>,
    kept: Vec<SegmentBuf>,
}

/// One step of writing a loop.
#[derive(Debug)]
pub(crate) enum Step<'a> {
    /// The part of this rank and index.
    Part(u8, usize),
    Kept(&'a SegmentBuf),
}

impl Layout {
    /// The segments that no field names.
    pub(crate) fn kept(&self) -> &[SegmentBuf] {
        self.0.as_ref().map_or(&[], |odd| &odd.kept)
    }

    pub(crate) fn odd(&self) -> Option<&Odd> {
        self.0.as_deref()
    }
}

impl Odd {
    /// Goes through the parts: in the order of the input, with what was added since at its place
    /// in the standard. `counts` has the number of parts of each rank.
    pub(crate) fn replay<'a>(&'a self, counts: &[usize], mut step: impl FnMut(Step<'a>)) {
        let mut there = [0_usize; RANKS];
        for &rank in &self.sequence {
            if let Some(count) = there.get_mut(usize::from(rank)) {
                *count += 1;
            }
        }
        let mut sequence = self.sequence.clone();
        for (rank, (&count, &there)) in (0_u8..).zip(counts.iter().zip(&there)) {
            if count > there {
                let behind = sequence
                    .iter()
                    .rposition(|&r| r != KEPT && r <= rank)
                    .map_or(0, |at| at + 1);
                let tail = sequence.split_off(behind);
                sequence.extend(std::iter::repeat_n(rank, count - there));
                sequence.extend(tail);
            }
        }
        let mut next = [0_usize; RANKS];
        let mut kept = self.kept.iter();
        for rank in sequence {
            if rank == KEPT {
                if let Some(segment) = kept.next() {
                    step(Step::Kept(segment));
                }
                continue;
            }
            let at = usize::from(rank);
            let (Some(index), Some(&count)) = (next.get_mut(at), counts.get(at)) else {
                continue;
            };
            if *index < count {
                step(Step::Part(rank, *index));
            }
            *index += 1;
        }
    }
}

/// Notes the order while a loop is read.
///
/// As long as it is that of the standard nothing is noted; `spelled` gives the ranks of all parts
/// that were read so far when that ends.
#[derive(Debug, Default)]
pub(crate) struct LayoutBuilder {
    layout: Layout,
    /// One bit a rank.
    seen: u64,
    last: u8,
}

impl LayoutBuilder {
    /// Notes the first segment of a loop.
    pub(crate) fn start(&mut self) {
        self.seen = 1;
    }

    /// Whether there was a part of this rank.
    #[inline]
    pub(crate) fn seen(&self, rank: u8) -> bool {
        was_seen(self.seen, rank)
    }

    /// Notes a part; the last rank if that is a later one.
    #[inline]
    pub(crate) fn place(&mut self, rank: u8, spelled: impl FnOnce(u64) -> Vec<u8>) -> Option<u8> {
        let last = self.last;
        let in_order = rank >= last;
        if in_order {
            self.last = rank;
        }
        if !in_order || self.layout.0.is_some() {
            self.odd(spelled).sequence.push(rank);
        }
        self.seen |= 1_u64.checked_shl(u32::from(rank)).unwrap_or(0);
        (!in_order).then_some(last)
    }

    /// Keeps a segment that no field names.
    pub(crate) fn keep(&mut self, segment: SegmentBuf, spelled: impl FnOnce(u64) -> Vec<u8>) {
        let odd = self.odd(spelled);
        odd.sequence.push(KEPT);
        odd.kept.push(segment);
    }

    fn odd(&mut self, spelled: impl FnOnce(u64) -> Vec<u8>) -> &mut Odd {
        let seen = self.seen;
        self.layout.0.get_or_insert_with(|| {
            Box::new(Odd {
                sequence: spelled(seen),
                kept: Vec::new(),
            })
        })
    }

    /// Notes an order that is that of the table where the release has another one: what is not
    /// noted is written as the release has it.
    pub(crate) fn settle(&mut self, order: Option<&[u8]>, spelled: impl FnOnce(u64) -> Vec<u8>) {
        let (None, Some(order)) = (&self.layout.0, order) else {
            return;
        };
        let place = |rank: u8| order.iter().position(|&r| r == rank);
        let seen = self.seen;
        if !(0..64)
            .filter(|&rank| was_seen(seen, rank))
            .is_sorted_by_key(place)
        {
            self.odd(spelled);
        }
    }

    /// `order` has the ranks as the release has them, where that is another order: such a loop is
    /// written so without being told.
    pub(crate) fn finish(self, order: impl FnOnce() -> Option<&'static [u8]>) -> Layout {
        if let Some(odd) = &self.layout.0
            && odd.kept.is_empty()
            && let Some(order) = order()
        {
            let place = |rank: &u8| order.iter().position(|r| r == rank);
            if odd.sequence.is_sorted_by_key(place) {
                return Layout::default();
            }
        }
        self.layout
    }
}

/// Whether the bit of a rank is set.
#[inline]
pub(crate) fn was_seen(seen: u64, rank: u8) -> bool {
    seen.checked_shr(u32::from(rank)).unwrap_or(0) & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(layout: &Layout, counts: &[usize]) -> String {
        let mut out = String::new();
        layout.odd().unwrap().replay(counts, |step| match step {
            Step::Part(rank, index) => out.push_str(&format!("{rank}.{index} ")),
            Step::Kept(segment) => out.push_str(&format!("{segment} ")),
        });
        out
    }

    #[test]
    fn the_standard_order_needs_no_notes() {
        let mut builder = LayoutBuilder::default();
        for rank in [0, 2, 2, 3] {
            assert_eq!(builder.place(rank, |_| unreachable!()), None);
        }
        assert!(builder.seen(2) && !builder.seen(1));
        let layout = builder.finish(|| None);
        assert_eq!(layout, Layout::default());
        assert!(layout.kept().is_empty());
    }

    #[test]
    fn odd_orders_come_back_and_additions_find_their_place() {
        let mut builder = LayoutBuilder::default();
        builder.start();
        assert_eq!(builder.place(3, |_| unreachable!()), None);
        let late = builder.place(1, |seen| {
            assert_eq!(seen, 0b1001);
            vec![0, 3]
        });
        assert_eq!(late, Some(3));
        builder.keep(SegmentBuf::new("XYZ"), |_| unreachable!());
        assert_eq!(builder.place(3, |_| unreachable!()), None);
        let layout = builder.finish(|| None);
        assert_eq!(shown(&layout, &[1, 1, 0, 2]), "0.0 3.0 1.0 XYZ 3.1 ");
        assert_eq!(shown(&layout, &[1, 1, 1, 2]), "0.0 3.0 1.0 2.0 XYZ 3.1 ");
        assert_eq!(shown(&layout, &[1, 0, 0, 1]), "0.0 3.0 XYZ ");
        assert_eq!(shown(&layout, &[1, 1, 0, 3]), "0.0 3.0 1.0 XYZ 3.1 3.2 ");
    }

    #[test]
    fn the_order_of_the_release_is_not_odd() {
        let read = |ranks: &[u8]| {
            let mut builder = LayoutBuilder::default();
            builder.start();
            for (seen, &rank) in ranks.iter().enumerate() {
                let before = ranks.get(..seen).unwrap().to_vec();
                builder.place(rank, |_| [vec![0], before].concat());
            }
            builder.settle(Some(&[0, 1, 3, 2, 4]), |_| [&[0], ranks].concat());
            builder.finish(|| Some(&[0, 1, 3, 2, 4]))
        };
        assert_eq!(read(&[1, 3, 3, 2, 4]), Layout::default());
        assert_eq!(read(&[3, 2]), Layout::default());
        assert_ne!(read(&[3, 2, 3]), Layout::default());
        assert_ne!(read(&[4, 3, 2]), Layout::default());
        // That of the table is.
        assert_ne!(read(&[1, 2, 3]), Layout::default());
        assert_eq!(read(&[1, 2, 4]), Layout::default());
    }
}
