//! The elements of one segment, as they will be written.

use crate::delimiters::Delimiters;
use crate::segment::{Boundary, Element};

/// What a composite field puts between components.
pub(crate) const COMPONENT: u8 = 0x1f;

/// What a composite field puts between repetitions.
pub(crate) const REPETITION: u8 = 0x1e;

/// Element texts in one buffer that is used again for each segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ElementList {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    /// The bits of the elements in which [`COMPONENT`] and [`REPETITION`] separate.
    composite: u64,
}

impl ElementList {
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.composite = 0;
    }

    /// Lets `write` append element `number`; calls come in ascending order.
    #[inline]
    pub(crate) fn put<E>(
        &mut self,
        number: usize,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let start = self.bytes.len();
        let result = write(&mut self.bytes);
        if result.is_err() {
            self.bytes.truncate(start);
        }
        if self.bytes.len() > start {
            let before = u32::try_from(start).unwrap_or(u32::MAX);
            while self.ends.len() + 1 < number {
                self.ends.push(before);
            }
            self.ends
                .push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        }
        result
    }

    /// Tells that the field of an element wrote components or repetitions.
    pub(crate) fn mark_composite(&mut self, number: usize) {
        self.composite |= 1 << number;
    }

    fn is_composite(&self, number: usize) -> bool {
        self.composite != 0 && number < 64 && self.composite & (1 << number) != 0
    }

    /// Element `number`, from 1, cut at its separators.
    pub(crate) fn pieces(&self, number: usize) -> impl Iterator<Item = (Boundary, &[u8])> {
        let composite = self.is_composite(number);
        let separates = move |byte: &u8| composite && matches!(*byte, COMPONENT | REPETITION);
        let mut next = Some((Boundary::Element, self.get(number)));
        std::iter::from_fn(move || {
            let (boundary, rest) = next?;
            let Some(at) = rest.iter().position(separates) else {
                next = None;
                return Some((boundary, rest));
            };
            let (piece, behind) = rest.split_at(at);
            next = behind.split_first().map(|(&byte, behind)| {
                let boundary = if byte == COMPONENT {
                    Boundary::Component
                } else {
                    Boundary::Repetition
                };
                (boundary, behind)
            });
            Some((boundary, piece))
        })
    }

    /// Element `number`, from 1, for a check. No byte of a simple field is a delimiter yet; the
    /// writer looks after that.
    pub(crate) fn element(&self, number: usize) -> Element<'_> {
        let composite = self.is_composite(number);
        Element {
            bytes: self.get(number),
            delimiters: Delimiters {
                element: 0,
                component: if composite { COMPONENT } else { 0 },
                segment: 0,
                repetition: composite.then_some(REPETITION),
                release: None,
            },
        }
    }

    /// How many elements there are, up to the last that is not empty.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Element `number`, from 1.
    #[inline]
    pub(crate) fn get(&self, number: usize) -> &[u8] {
        let Some(index) = number.checked_sub(1) else {
            return &[];
        };
        let start = index
            .checked_sub(1)
            .and_then(|i| self.ends.get(i))
            .map_or(0, |&e| e as usize);
        let end = self.ends.get(index).map_or(start, |&e| e as usize);
        self.bytes.get(start..end).unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (1..=self.len()).map(|number| self.get(number))
    }

    pub(crate) fn is_ascii(&self) -> bool {
        self.bytes.is_ascii()
    }
}
