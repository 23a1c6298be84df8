//! Where each segment of a set stands: how deep, and which loop it opens.

use std::collections::HashMap;
use std::sync::Arc;

use crate::schema::walk::{SetPlan, Walker};
use crate::schema::{Release, Standard};
use crate::segment::Segment;

/// A loop that a segment opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Opened {
    /// For example `PO1`.
    pub(crate) id: String,
    /// How often the loop has been here, from 1.
    pub(crate) round: u32,
}

/// Where a segment stands in its set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Spot {
    /// How many loops are around it, the one that it opens included.
    pub(crate) depth: usize,
    /// The loop that it opens.
    pub(crate) opens: Option<Opened>,
}

/// The deepest tree of HL segments that is told by depth; real ones have four or five levels.
const MAX_LEVELS: usize = 32;

/// Follows the sets of a file through the schemas of their releases.
///
/// HL loops nest by their parents (HL02), not by the schema, which has them side by side. Sets
/// without a schema have no loops.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    plans: HashMap<(Release, String), Option<Arc<SetPlan>>>,
    walker: Option<Walker>,
    /// HL01 of the open levels from the outside.
    levels: Vec<Vec<u8>>,
    depth: usize,
}

impl Outline {
    /// Begins a set of the release that GS08 names. ST itself is the first segment to place.
    pub(crate) fn start(&mut self, version: &str, code: &str) {
        self.levels.clear();
        self.depth = 0;
        let plan = Release::from_version(version).and_then(|release| {
            self.plans
                .entry((release, code.to_owned()))
                .or_insert_with(|| {
                    let schema = Standard::of(release).set(code)?;
                    Some(Arc::new(SetPlan::new(schema)))
                })
                .clone()
        });
        self.walker = plan.map(Walker::new);
    }

    /// The loops around the last segment, for example `PO1/SLN`.
    pub(crate) fn path(&self) -> &str {
        self.walker.as_ref().map_or("", Walker::loop_path)
    }

    /// Where the next segment stands. One that has no place stays where the walk is.
    pub(crate) fn place(&mut self, segment: Segment<'_>) -> Spot {
        let Some(walker) = &mut self.walker else {
            return Spot::default();
        };
        let step = walker.step(segment.id());
        let (Some(place), true) = (step.place, step.is_placed()) else {
            return Spot {
                depth: self.depth,
                opens: None,
            };
        };
        let plan = walker.plan();
        let mut depth = plan.depth(place);
        let opens = plan.starts_loop(place).map(|id| Opened {
            id: id.to_owned(),
            round: step.occurrence,
        });
        let in_levels = plan.loop_path(place).split('/').next() == Some("HL");
        if !in_levels {
            self.levels.clear();
        } else if segment.id() == b"HL" {
            let parent = segment.element(2).as_bytes();
            let above = self.levels.iter().rposition(|level| level == parent);
            let keep = above.map_or(0, |at| at + 1).min(MAX_LEVELS);
            self.levels.truncate(keep);
            self.levels.push(segment.element(1).as_bytes().to_vec());
        }
        depth += self.levels.len().saturating_sub(1);
        self.depth = depth;
        Spot { depth, opens }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::parse;

    fn spots(file: &str) -> Vec<(String, usize, Option<u32>)> {
        let parsed = parse(file.as_bytes());
        let set = parsed.sets.first().unwrap();
        let mut outline = Outline::default();
        let version = set.group().map_or("", |group| group.version.as_str());
        outline.start(version, set.code());
        set.segments()
            .map(|segment| {
                let spot = outline.place(segment);
                let round = spot.opens.map(|opened| opened.round);
                (segment.id_text().into_owned(), spot.depth, round)
            })
            .collect()
    }

    const HEAD: &str = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*A*B*20240101*1200*1*X*004010~";

    #[test]
    fn segments_stand_in_their_loops() {
        let file =
            format!("{HEAD}ST*850*1~BEG*00~N1*BY~N3*x~ZZZ*1~PO1*1~PID*F~PO1*2~CTT*2~SE*9*1~");
        let spots = spots(&file);
        let find = |id: &str| {
            let spot = spots.iter().find(|(found, ..)| found == id).unwrap();
            (spot.1, spot.2)
        };
        assert_eq!(find("BEG"), (0, None));
        assert_eq!(find("N1"), (1, Some(1)));
        assert_eq!(find("N3"), (1, None));
        assert_eq!(find("ZZZ"), (1, None));
        assert_eq!(find("PID"), (2, Some(1)));
        assert_eq!(
            spots.iter().filter(|s| s.0 == "PO1").nth(1).unwrap().2,
            Some(2)
        );
        assert_eq!(find("SE"), (0, None));
    }

    #[test]
    fn levels_nest_by_their_parents() {
        let head = HEAD.replace("GS*PO", "GS*SH");
        let file = format!(
            "{head}ST*856*1~BSN*00*1*20240101*1200~HL*1**S~TD1*CTN~HL*2*1*O~PRF*1~HL*3*2*I~LIN**VN*x~HL*4*1*O~PRF*2~CTT*4~SE*9*1~"
        );
        let depths: Vec<_> = spots(&file)
            .iter()
            .map(|(id, depth, _)| format!("{id}{depth}"))
            .collect();
        assert_eq!(
            depths,
            [
                "ST0", "BSN0", "HL1", "TD11", "HL2", "PRF2", "HL3", "LIN3", "HL2", "PRF2", "CTT0",
                "SE0"
            ]
        );
    }

    #[test]
    fn a_set_without_a_schema_is_flat() {
        let file = format!("{HEAD}ST*999999*1~PO1*1~SE*3*1~").replace("004010", "999999");
        assert!(
            spots(&file)
                .iter()
                .all(|(_, depth, round)| *depth == 0 && round.is_none())
        );
    }
}
