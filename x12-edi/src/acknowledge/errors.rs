//! The errors of one transaction set, as they come in, within limits.

use std::collections::HashMap;

use super::layout::Layout;
use super::options::AcknowledgmentSet;
use super::report::{ElementError, ErrorContext, SegmentError};
use crate::finding::{Finding, Location};

/// The most AK4 of one AK3.
const MAX_ELEMENTS: usize = 99;

/// The most bytes of a loop identifier that every release allows: AK303.
const MAX_LOOP_ID: usize = 4;

/// The most characters of AK404.
const MAX_VALUE: usize = 99;

/// Among so many last elements of a segment the same error is looked for.
const NEAR: usize = 16;

/// What a masked finding shows instead of its value.
const MASK: &str = "***";

/// Where an error belongs: place, segment id, and the code where each code has its own AK3.
type Key = (u32, String, &'static str);

#[derive(Debug, Default)]
pub(super) struct SetErrors {
    segments: Vec<SegmentError>,
    places: HashMap<Key, usize>,
    pub(super) left_out: u64,
}

impl SetErrors {
    pub(super) fn is_empty(&self) -> bool {
        self.segments.is_empty() && self.left_out == 0
    }

    /// Notes an error of a whole segment. `room` is what the limits leave.
    pub(super) fn segment(
        &mut self,
        layout: Layout,
        location: &Location,
        code: &'static str,
        room: &mut usize,
    ) {
        let Some(entry) = self.entry(layout, location, code, room) else {
            return;
        };
        if let Some(code) = layout.segment_code(code)
            && !entry.codes.contains(&code)
            && entry.codes.len() < layout.segment_codes()
        {
            entry.codes.push(code);
        }
    }

    /// Notes an error of an element.
    pub(super) fn element(
        &mut self,
        layout: Layout,
        finding: &Finding,
        code: &'static str,
        copy_value: bool,
        room: &mut usize,
    ) {
        let location = &finding.location;
        let Some(entry) = self.entry(layout, location, "8", room) else {
            return;
        };
        let limited = layout.set == AcknowledgmentSet::Functional;
        if (limited && entry.elements.len() >= MAX_ELEMENTS) || *room == 0 {
            self.left_out += 1;
            return;
        }
        if let Some(code) = layout.segment_code("8")
            && !entry.codes.contains(&code)
        {
            entry.codes.push(code);
        }
        let conditional = matches!(code, "2" | "10");
        let contexts = if conditional && layout.set == AcknowledgmentSet::Implementation {
            vec![ErrorContext {
                loop_id: entry.loop_id.clone(),
                ..ErrorContext::situational_trigger(entry.id.clone(), entry.position)
            }]
        } else {
            Vec::new()
        };
        let error = ElementError {
            element: location.element.unwrap_or(0).min(99),
            component: location.component,
            repetition: location.repetition,
            reference: location.element.and_then(|element| {
                layout.reference(&location.segment_id, element, location.component)
            }),
            code: layout.element_code(code),
            value: finding
                .value
                .as_deref()
                .filter(|_| copy_value && code != "6")
                .and_then(copied),
            contexts,
        };
        // Two notes of a segment may ask for the same element.
        if !entry
            .elements
            .iter()
            .rev()
            .take(NEAR)
            .any(|other| *other == error)
        {
            *room -= 1;
            entry.elements.push(error);
        }
    }

    /// The AK3 of this place; a new one takes room.
    fn entry(
        &mut self,
        layout: Layout,
        location: &Location,
        code: &'static str,
        room: &mut usize,
    ) -> Option<&mut SegmentError> {
        let shared = layout.segment_codes() > 1;
        let position = location.segment.unwrap_or(1).min(layout.max_position());
        let key = (
            position,
            location.segment_id.clone(),
            if shared { "" } else { code },
        );
        let index = match self.places.get(&key) {
            Some(&index) => index,
            None if *room == 0 => {
                self.left_out += 1;
                return None;
            }
            None => {
                *room -= 1;
                self.segments.push(SegmentError {
                    id: segment_id(&location.segment_id),
                    position,
                    loop_id: loop_id(&location.loop_path),
                    ..SegmentError::default()
                });
                self.places.insert(key, self.segments.len() - 1);
                self.segments.len() - 1
            }
        };
        self.segments.get_mut(index)
    }

    /// In the order of the set.
    pub(super) fn finish(mut self) -> Vec<SegmentError> {
        self.segments.sort_by_key(|segment| segment.position);
        for segment in &mut self.segments {
            let place = |error: &ElementError| (error.element, error.component, error.repetition);
            segment.elements.sort_by_key(place);
        }
        self.segments
    }
}

/// AK301 of a segment id that may be anything: two or three letters or digits.
fn segment_id(id: &str) -> String {
    let mut id: String = id
        .chars()
        .take(3)
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '?'
            }
        })
        .collect();
    while id.len() < 2 {
        id.push('?');
    }
    id
}

/// AK303: the innermost loop.
fn loop_id(path: &str) -> Option<String> {
    let id = path.rsplit('/').next().unwrap_or_default();
    let sound =
        (1..=MAX_LOOP_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric());
    sound.then(|| id.to_owned())
}

/// AK404: the value, unless it is masked, blank or unprintable.
fn copied(value: &str) -> Option<String> {
    let copy: String = value.chars().take(MAX_VALUE).collect();
    // Blanks at the end are no data.
    let copy = copy.trim_end();
    let sound = copy != MASK && !copy.is_empty() && !copy.contains(char::is_control);
    sound.then(|| copy.to_owned())
}

/// The code that says that segments are in error.
pub(super) const SEGMENTS_IN_ERROR: &str = "5";
