//! C030, C998 and C999: places inside a segment, and the circumstances of an error.

use crate::document::typed::{COMPONENT, Field, FieldError, Kind, REPETITION, Reading};
use crate::schema::Release;
use crate::segment::{Element, decode};
use crate::value::Text;

/// A place inside a segment: element 722 alone in 003040, the composite C030 after it.
///
/// ```
/// use x12_edi::document::segments::ElementPlace;
/// let place = ElementPlace::new(4).with_component(2);
/// assert_eq!((place.element, place.component), (Some(4), Some(2)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct ElementPlace {
    /// The element, from 1; 0 is the segment itself.
    pub element: Option<u32>,
    /// The component, from 1; from 004010 on.
    pub component: Option<u32>,
    /// The repetition, from 1; from 005010 on.
    pub repetition: Option<u32>,
}

impl ElementPlace {
    /// A whole element.
    #[must_use]
    pub fn new(element: u32) -> Self {
        Self {
            element: Some(element),
            ..Self::default()
        }
    }

    /// The same with a component of the element.
    #[must_use]
    pub fn with_component(mut self, component: u32) -> Self {
        self.component = Some(component);
        self
    }

    /// The same with a repetition of the element.
    #[must_use]
    pub fn with_repetition(mut self, repetition: u32) -> Self {
        self.repetition = Some(repetition);
        self
    }
}

/// The number of a data element, and that of a component of it: the composite C999.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct ElementReference {
    /// The number of the element, for example `324`.
    pub element: Text,
    /// The number of the component, for example `355`.
    pub component: Option<Text>,
}

impl ElementReference {
    /// The number of an element.
    #[must_use]
    pub fn new(element: impl Into<Text>) -> Self {
        Self {
            element: element.into(),
            component: None,
        }
    }
}

/// One of the names of CTX01: the composite C998.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct ContextEntry {
    /// `SITUATIONAL TRIGGER`, or the place of a number such as `BEG03`.
    pub name: Text,
    /// The number.
    pub value: Option<Text>,
}

impl ContextEntry {
    /// A name without a value.
    #[must_use]
    pub fn new(name: impl Into<Text>) -> Self {
        Self {
            name: name.into(),
            value: None,
        }
    }

    /// The same with a value.
    #[must_use]
    pub fn with_value(mut self, value: impl Into<Text>) -> Self {
        self.value = Some(value.into());
        self
    }
}

impl Field for ElementPlace {
    const KIND: Kind = Kind::An;
    const COMPOSITE: bool = true;

    fn read(element: Element<'_>, _kind: Kind, reading: &mut Reading) -> Self {
        let mut number = |place: usize| {
            let digits = element.component(place);
            let read = std::str::from_utf8(digits)
                .ok()
                .and_then(|d| d.parse().ok());
            reading.readable &= digits.is_empty() || read.is_some();
            read
        };
        let place = Self {
            element: number(1),
            component: number(2),
            repetition: number(3),
        };
        reading.exact &= reads_back(&place, element, reading.release);
        place
    }

    fn write(&self, _kind: Kind, _release: Release, out: &mut Vec<u8>) -> Result<(), FieldError> {
        let parts = [self.element, self.component, self.repetition];
        put_parts(&parts, out, |number, out| {
            out.extend_from_slice(number.to_string().as_bytes());
        });
        Ok(())
    }
}

impl Field for Option<ElementReference> {
    const KIND: Kind = Kind::An;
    const COMPOSITE: bool = true;

    fn read(element: Element<'_>, _kind: Kind, reading: &mut Reading) -> Self {
        let reference = (!element.is_empty()).then(|| ElementReference {
            element: text(element, 1).unwrap_or_default(),
            component: text(element, 2),
        });
        reading.exact &= reads_back(&reference, element, reading.release);
        reference
    }

    fn write(&self, _kind: Kind, _release: Release, out: &mut Vec<u8>) -> Result<(), FieldError> {
        if let Some(reference) = self {
            put_texts(Some(&reference.element), reference.component.as_ref(), out);
        }
        Ok(())
    }
}

impl Field for Vec<ContextEntry> {
    const KIND: Kind = Kind::An;
    const COMPOSITE: bool = true;

    fn read(element: Element<'_>, _kind: Kind, reading: &mut Reading) -> Self {
        if element.is_empty() {
            return Self::new();
        }
        let entries = element
            .repetitions()
            .map(|entry| ContextEntry {
                name: text(entry, 1).unwrap_or_default(),
                value: text(entry, 2),
            })
            .collect();
        reading.exact &= reads_back(&entries, element, reading.release);
        entries
    }

    fn write(&self, _kind: Kind, _release: Release, out: &mut Vec<u8>) -> Result<(), FieldError> {
        for (index, entry) in self.iter().enumerate() {
            if index > 0 {
                out.push(REPETITION);
            }
            put_texts(Some(&entry.name), entry.value.as_ref(), out);
        }
        Ok(())
    }
}

fn text(element: Element<'_>, component: usize) -> Option<Text> {
    let bytes = element.component(component);
    (!bytes.is_empty()).then(|| decode(bytes).into())
}

fn put_texts(first: Option<&Text>, second: Option<&Text>, out: &mut Vec<u8>) {
    let parts = [first.filter(|text| !text.is_empty()), second];
    put_parts(&parts, out, |text, out| {
        out.extend_from_slice(text.as_bytes())
    });
}

/// Components up to the last that is there.
fn put_parts<T>(parts: &[Option<T>], out: &mut Vec<u8>, put: impl Fn(&T, &mut Vec<u8>)) {
    let count = parts
        .iter()
        .rposition(Option::is_some)
        .map_or(0, |last| last + 1);
    for (index, part) in parts.iter().take(count).enumerate() {
        if index > 0 {
            out.push(COMPONENT);
        }
        if let Some(part) = part {
            put(part, out);
        }
    }
}

/// Whether a field that was read from an element gives its bytes again.
fn reads_back<F: Field>(field: &F, element: Element<'_>, release: Release) -> bool {
    // What is cut is kept anyway, since its separators may change.
    let mut bytes = Vec::new();
    !element.is_structured()
        && field.write(F::KIND, release, &mut bytes).is_ok()
        && bytes == element.as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimiters::Delimiters;

    fn reading() -> Reading {
        Reading {
            release: Release::V005010,
            is_plain: false,
            exact: true,
            readable: true,
        }
    }

    fn element(bytes: &[u8]) -> Element<'_> {
        Element {
            bytes,
            delimiters: Delimiters::default().with_repetition(b'^').unwrap(),
        }
    }

    #[test]
    fn places_are_read_with_their_components() {
        let mut state = reading();
        let place = ElementPlace::read(element(b"4"), Kind::An, &mut state);
        assert_eq!(place, ElementPlace::new(4));
        assert!(state.exact && state.readable);
        let place = ElementPlace::read(element(b"4>2>1"), Kind::An, &mut state);
        assert_eq!(
            place,
            ElementPlace::new(4).with_component(2).with_repetition(1)
        );
        assert!(!state.exact && state.readable);
        let mut out = Vec::new();
        place.write(Kind::An, Release::V005010, &mut out).unwrap();
        assert_eq!(out, b"4\x1f2\x1f1");
        let mut state = reading();
        assert_eq!(
            ElementPlace::read(element(b"04"), Kind::An, &mut state),
            ElementPlace::new(4)
        );
        assert!(!state.exact && state.readable);
        assert_eq!(
            ElementPlace::read(element(b"x"), Kind::An, &mut state),
            ElementPlace::default()
        );
        assert!(!state.readable);
    }

    #[test]
    fn contexts_repeat() {
        let mut state = reading();
        let entries = Vec::<ContextEntry>::read(element(b"A>1^B"), Kind::An, &mut state);
        assert_eq!(
            entries,
            [
                ContextEntry::new("A").with_value("1"),
                ContextEntry::new("B")
            ]
        );
        let mut out = Vec::new();
        entries.write(Kind::An, Release::V005010, &mut out).unwrap();
        assert_eq!(out, b"A\x1f1\x1eB");
    }
}
