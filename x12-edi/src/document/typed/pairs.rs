//! Fields into elements, one by one and in pairs.

use super::{ElementList, Field, Kind, Pair, Violation};
use crate::segment::Segment;
use crate::value::Text;

/// Writes one field; what cannot be written is a violation and leaves the element empty.
pub(crate) fn write_field<F: Field>(
    field: &F,
    element: usize,
    kind: Kind,
    out: &mut ElementList,
    violations: &mut Vec<Violation>,
) {
    if let Err(error) = out.put(element, |bytes| field.write(kind, bytes)) {
        violations.push(Violation::number(element, error));
    }
}

/// Reads qualifier and value alternating from `first` on, up to the last that is filled.
pub(crate) fn read_pairs<P: Pair>(segment: Segment<'_>, first: usize, last: usize) -> Vec<P> {
    let filled = (first..=last.min(segment.len()))
        .rev()
        .find(|&element| !segment.element(element).is_empty());
    let Some(filled) = filled else {
        return Vec::new();
    };
    (first..=filled)
        .step_by(2)
        .map(|element| {
            let text = |n: usize| Text::decoded(segment.element(n).as_bytes());
            P::from_parts(text(element), text(element + 1))
        })
        .collect()
}

/// Writes pairs from `first` on; those behind `last` are violations.
pub(crate) fn write_pairs<P: Pair>(
    pairs: &[P],
    first: usize,
    last: usize,
    out: &mut ElementList,
    violations: &mut Vec<Violation>,
) {
    for (index, pair) in pairs.iter().enumerate() {
        let element = first + 2 * index;
        let (qualifier, value) = pair.parts();
        if element > last {
            violations.push(Violation::surplus(
                element,
                value.as_str(),
                (last + 1 - first) / 2,
            ));
            continue;
        }
        for (element, text) in [(element, qualifier), (element + 1, value)] {
            let written = out.put(element, |bytes| {
                bytes.extend_from_slice(text.as_bytes());
                Ok::<(), std::convert::Infallible>(())
            });
            let Ok(()) = written;
        }
    }
}
