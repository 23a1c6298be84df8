//! In which order the parts of one loop stood, where that is not the order of the standard.

use crate::segment::SegmentBuf;

/// The rank of a kept segment in a sequence.
const KEPT: u8 = u8::MAX;

/// The most ranks of one loop.
const RANKS: usize = 32;

/// What is needed to write the parts of a loop as they stood.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Layout {
    /// Ranks in the order of the input; empty where that is the order of the standard.
    sequence: Vec<u8>,
    kept: Vec<SegmentBuf>,
}

/// One step of writing a loop.
#[derive(Debug)]
pub(crate) enum Part<'a> {
    /// The item of this rank and index.
    Item(usize, usize),
    Kept(&'a SegmentBuf),
}

impl Layout {
    /// The segments that no field names.
    pub(crate) fn kept(&self) -> &[SegmentBuf] {
        &self.kept
    }

    /// Goes through the parts: in the order of the input, with what was added since at its place
    /// in the standard. `counts` has the number of items of each rank.
    pub(crate) fn replay<'a>(&'a self, counts: &[usize], mut part: impl FnMut(Part<'a>)) {
        if self.sequence.is_empty() {
            for (rank, &count) in counts.iter().enumerate() {
                (0..count).for_each(|index| part(Part::Item(rank, index)));
            }
            return;
        }
        let mut sequence = self.sequence.clone();
        for (rank, &count) in counts.iter().enumerate() {
            let there = sequence.iter().filter(|&&r| usize::from(r) == rank).count();
            if count > there {
                let behind = sequence
                    .iter()
                    .rposition(|&r| r != KEPT && usize::from(r) <= rank)
                    .map_or(0, |at| at + 1);
                let rank = u8::try_from(rank).unwrap_or(KEPT - 1);
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
                    part(Part::Kept(segment));
                }
                continue;
            }
            let rank = usize::from(rank);
            let (Some(index), Some(&count)) = (next.get_mut(rank), counts.get(rank)) else {
                continue;
            };
            if *index < count {
                part(Part::Item(rank, *index));
            }
            *index += 1;
        }
    }
}

/// Notes the order while a loop is read.
#[derive(Debug, Default)]
pub(crate) struct LayoutBuilder {
    layout: Layout,
    /// Items of each rank, as long as the order is that of the standard.
    counts: [u32; RANKS],
    last: u8,
}

impl LayoutBuilder {
    /// Notes an item; `false` if it stands behind an item of a later rank.
    pub(crate) fn place(&mut self, rank: u8) -> bool {
        let in_order = rank >= self.last;
        if in_order {
            self.last = rank;
        }
        if self.layout.sequence.is_empty() {
            if in_order {
                if let Some(count) = self.counts.get_mut(usize::from(rank)) {
                    *count += 1;
                }
                return true;
            }
            self.spell_out();
        }
        self.layout.sequence.push(rank);
        in_order
    }

    /// Keeps a segment that no field names.
    pub(crate) fn keep(&mut self, segment: SegmentBuf) {
        if self.layout.sequence.is_empty() {
            self.spell_out();
        }
        self.layout.sequence.push(KEPT);
        self.layout.kept.push(segment);
    }

    fn spell_out(&mut self) {
        for (rank, &count) in (0_u8..).zip(&self.counts) {
            self.layout
                .sequence
                .extend(std::iter::repeat_n(rank, count as usize));
        }
    }

    pub(crate) fn finish(self) -> Layout {
        self.layout
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(layout: &Layout, counts: &[usize]) -> String {
        let mut out = String::new();
        layout.replay(counts, |part| match part {
            Part::Item(rank, index) => out.push_str(&format!("{rank}.{index} ")),
            Part::Kept(segment) => out.push_str(&format!("{segment} ")),
        });
        out
    }

    #[test]
    fn the_standard_order_needs_no_notes() {
        let mut builder = LayoutBuilder::default();
        for rank in [0, 2, 2, 3] {
            assert!(builder.place(rank));
        }
        let layout = builder.finish();
        assert_eq!(layout, Layout::default());
        assert_eq!(shown(&layout, &[1, 0, 2, 1]), "0.0 2.0 2.1 3.0 ");
    }

    #[test]
    fn odd_orders_come_back_and_additions_find_their_place() {
        let mut builder = LayoutBuilder::default();
        assert!(builder.place(0));
        assert!(builder.place(3));
        assert!(!builder.place(1));
        builder.keep(SegmentBuf::new("XYZ"));
        assert!(builder.place(3));
        let layout = builder.finish();
        assert_eq!(shown(&layout, &[1, 1, 0, 2]), "0.0 3.0 1.0 XYZ 3.1 ");
        assert_eq!(shown(&layout, &[1, 1, 1, 2]), "0.0 3.0 1.0 2.0 XYZ 3.1 ");
        assert_eq!(shown(&layout, &[1, 0, 0, 1]), "0.0 3.0 XYZ ");
        assert_eq!(shown(&layout, &[1, 1, 0, 3]), "0.0 3.0 1.0 XYZ 3.1 3.2 ");
    }
}
