//! Fields into elements, one by one and in pairs.

use super::{ElementList, Field, Kind, Pair, Raw, Reading, Violation};
use crate::schema::Release;
use crate::segment::Segment;
use crate::value::Text;

/// Writes one field; what cannot be written is a violation and leaves the element empty.
#[inline]
pub(crate) fn write_field<F: Field>(
    field: &F,
    element: usize,
    kind: Kind,
    release: Release,
    out: &mut ElementList,
    violations: &mut Vec<Violation>,
) {
    if let Err(error) = out.put(element, |bytes| field.write(kind, release, bytes)) {
        violations.push(Violation::unwritable(element, error.to_string()));
    }
    if F::COMPOSITE {
        out.mark_composite(element);
    }
}

/// Reads qualifier and value alternating from `first` on, up to the last that is filled.
#[inline]
pub(crate) fn read_pairs<P: Pair>(
    pairs: &mut Vec<P>,
    segment: Segment<'_>,
    first: usize,
    last: usize,
    reading: &mut Reading,
) {
    let filled = (first..=last.min(segment.len()))
        .rev()
        .find(|&element| !segment.element(element).is_empty());
    let Some(filled) = filled else { return };
    pairs.reserve_exact((filled - first) / 2 + 1);
    for element in (first..=filled).step_by(2) {
        let qualifier = Text::read(Raw::of(&segment, element), Kind::An, reading);
        let value = P::Value::read(Raw::of(&segment, element + 1), P::Value::KIND, reading);
        pairs.push(P::from_parts(qualifier, value));
    }
}

/// Writes pairs from `first` on; those behind `last` are violations.
pub(crate) fn write_pairs<P: Pair>(
    pairs: &[P],
    first: usize,
    last: usize,
    release: Release,
    out: &mut ElementList,
    violations: &mut Vec<Violation>,
) {
    for (index, pair) in pairs.iter().enumerate() {
        let element = first + 2 * index;
        let (qualifier, value) = pair.parts();
        if element > last {
            let room = (last + 1 - first) / 2;
            let mut text = Vec::new();
            let shown = value.write(P::Value::KIND, release, &mut text);
            let text = shown.map(|()| String::from_utf8_lossy(&text));
            violations.push(Violation::surplus(element, &text.unwrap_or_default(), room));
            continue;
        }
        write_field(qualifier, element, Kind::An, release, out, violations);
        let kind = P::Value::KIND;
        write_field(value, element + 1, kind, release, out, violations);
    }
}
