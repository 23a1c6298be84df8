//! The segments of the envelope, which go by ISA12 rather than by GS08.

use std::sync::{Arc, LazyLock};

use super::cells::Cells;
use super::codes::CodeList;
use super::line;
use super::model::{ElementKind, SegmentRule};
use super::{Release, Standard};

static ELEMENTS: LazyLock<Cells<()>> =
    LazyLock::new(|| Cells::new(&[include_str!("../../data/control/elements.txt")]));
static CODES: LazyLock<Cells<Arc<CodeList>>> =
    LazyLock::new(|| Cells::new(&[include_str!("../../data/control/codes.txt")]));
static SEGMENTS: LazyLock<Cells<()>> =
    LazyLock::new(|| Cells::new(&[include_str!("../../data/control/segments.txt")]));

/// A control segment (ISA ISB ISE ISX TA1 GS ST SE GE IEA) as an interchange of version `isa12` has it.
///
/// GS04 has six digits before version 00401, ISA11 is the repetition separator from 00402 on, ST03 exists from 00501
/// on, ISX from 00704 on. A version between two known ones counts as the earlier one. `None` for a segment which
/// that version does not have.
///
/// ```
/// use x12_edi::schema::control_segment;
/// assert_eq!(control_segment("00501", "ST").map(|st| st.elements.len()), Some(3));
/// assert!(control_segment("00501", "ISX").is_none());
/// ```
#[must_use]
pub fn control_segment(isa12: &str, id: &str) -> Option<Arc<SegmentRule>> {
    let release = match isa12 {
        old if old < "00401" => Release::V003040,
        _ => Release::V004010,
    };
    let text = entry(isa12, id)?;
    rule(Standard::of(release), id, text)
}

/// All control segments of an ISA12.
pub(super) fn segments(standard: &Standard, isa12: &str) -> Vec<Arc<SegmentRule>> {
    let mut ids: Vec<&str> = SEGMENTS.iter().map(|(id, _)| id).collect();
    ids.dedup();
    ids.into_iter()
        .filter_map(|id| rule(standard, id, entry(isa12, id)?))
        .collect()
}

/// The elements of the last entry that is not younger than `isa12`.
fn entry(isa12: &str, id: &str) -> Option<&'static str> {
    SEGMENTS
        .iter()
        .filter(|(known, _)| *known == id)
        .filter_map(|(_, text)| text.trim_start().split_once(' '))
        .filter(|(since, _)| *since <= isa12)
        .max_by_key(|(since, _)| *since)
        .map(|(_, elements)| elements)
}

fn rule(standard: &Standard, id: &str, text: &str) -> Option<Arc<SegmentRule>> {
    standard.segment_rule(id, text, |number| element(standard, number))
}

/// An element of the release where it has it (GS04 has other lengths in each), else one of the envelope alone.
fn element(standard: &Standard, number: &str) -> Option<ElementKind> {
    let codes = CODES.get(number, |_, text| {
        Some(Arc::new(CodeList::new(text.split_ascii_whitespace())))
    });
    match standard.element(number) {
        Some(ElementKind::Simple {
            ty,
            min,
            max,
            codes: None,
        }) => Some(ElementKind::Simple {
            ty,
            min,
            max,
            codes: codes.cloned(),
        }),
        Some(kind) => Some(kind),
        None => {
            let (ty, min, max) = line::element(ELEMENTS.text(number)?)?;
            Some(ElementKind::Simple {
                ty,
                min,
                max,
                codes: codes.cloned(),
            })
        }
    }
}
