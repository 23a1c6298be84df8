//! C030, C998 and C999: places inside a segment, and the circumstances of an error.

use std::borrow::Cow;

use crate::document::typed::{COMPONENT, Field, FieldError, Kind, REPETITION, Raw, Reading};
use crate::schema::Release;
use crate::segment::{Element, decode, released};
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

/// A field of components, or of repetitions of components.
trait Composite: Sized {
    fn cut_up(element: Element<'_>, reading: &mut Reading) -> Self;
    fn put_together(&self, out: &mut Vec<u8>);
}

impl Composite for ElementPlace {
    fn cut_up(element: Element<'_>, reading: &mut Reading) -> Self {
        let mut number = |place: usize| {
            let digits = data(element, place);
            let read = std::str::from_utf8(&digits)
                .ok()
                .and_then(|d| d.parse().ok());
            reading.readable &= digits.is_empty() || read.is_some();
            read
        };
        Self {
            element: number(1),
            component: number(2),
            repetition: number(3),
        }
    }

    fn put_together(&self, out: &mut Vec<u8>) {
        let parts = [self.element, self.component, self.repetition];
        put_parts(&parts, out, |number, out| {
            out.extend_from_slice(number.to_string().as_bytes());
        });
    }
}

impl Composite for Option<ElementReference> {
    fn cut_up(element: Element<'_>, _reading: &mut Reading) -> Self {
        (!element.is_empty()).then(|| ElementReference {
            element: text(element, 1).unwrap_or_default(),
            component: text(element, 2),
        })
    }

    fn put_together(&self, out: &mut Vec<u8>) {
        if let Some(reference) = self {
            put_texts(Some(&reference.element), reference.component.as_ref(), out);
        }
    }
}

impl Composite for Vec<ContextEntry> {
    fn cut_up(element: Element<'_>, _reading: &mut Reading) -> Self {
        if element.is_empty() {
            return Self::new();
        }
        element
            .repetitions()
            .map(|entry| ContextEntry {
                name: text(entry, 1).unwrap_or_default(),
                value: text(entry, 2),
            })
            .collect()
    }

    fn put_together(&self, out: &mut Vec<u8>) {
        for (index, entry) in self.iter().enumerate() {
            if index > 0 {
                out.push(REPETITION);
            }
            put_texts(Some(&entry.name), entry.value.as_ref(), out);
        }
    }
}

fn text(element: Element<'_>, component: usize) -> Option<Text> {
    let bytes = data(element, component);
    (!bytes.is_empty()).then(|| decode(&bytes).into())
}

/// A component without release characters.
fn data(element: Element<'_>, component: usize) -> Cow<'_, [u8]> {
    released(element.component(component), element.delimiters.release)
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

macro_rules! composite_fields {
    ($($type:ty),+) => { $(
        impl Field for $type {
            const KIND: Kind = Kind::An;
            const COMPOSITE: bool = true;

            fn read(raw: Raw<'_>, _kind: Kind, reading: &mut Reading) -> Self {
                let (bytes, delimiters) = (raw.bytes(), reading.delimiters);
                let element = Element { bytes, delimiters };
                let field = <Self as Composite>::cut_up(element, reading);
                // What is cut is kept anyway, since its separators may change.
                let mut again = Vec::new();
                Composite::put_together(&field, &mut again);
                reading.exact &= !element.is_structured() && again == bytes;
                field
            }

            fn write(
                &self,
                _kind: Kind,
                _release: Release,
                out: &mut Vec<u8>,
            ) -> Result<(), FieldError> {
                Composite::put_together(self, out);
                Ok(())
            }
        }
    )+ };
}

composite_fields!(ElementPlace, Option<ElementReference>, Vec<ContextEntry>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimiters::Delimiters;

    fn reading() -> Reading {
        Reading {
            release: Release::V005010,
            is_plain: false,
            delimiters: Delimiters::default().with_repetition(b'^').unwrap(),
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
        let place = ElementPlace::cut_up(element(b"4>2>1"), &mut state);
        assert_eq!(
            place,
            ElementPlace::new(4).with_component(2).with_repetition(1)
        );
        let mut out = Vec::new();
        place.put_together(&mut out);
        assert_eq!(out, b"4\x1f2\x1f1");
        assert!(state.readable);
        let odd = ElementPlace::cut_up(element(b"x>2"), &mut state);
        assert_eq!((odd.element, odd.component), (None, Some(2)));
        assert!(!state.readable);
        let mut out = Vec::new();
        odd.put_together(&mut out);
        assert_eq!(out, b"\x1f2");
    }

    #[test]
    fn contexts_repeat() {
        let entries = Vec::<ContextEntry>::cut_up(element(b"A>1^B"), &mut reading());
        assert_eq!(
            entries,
            [
                ContextEntry::new("A").with_value("1"),
                ContextEntry::new("B")
            ]
        );
        let mut out = Vec::new();
        entries.put_together(&mut out);
        assert_eq!(out, b"A\x1f1\x1eB");
    }
}
