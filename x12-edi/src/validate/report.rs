//! Makes findings under the switches, and no more than the limit.

use super::switches::Check;
use crate::finding::{Finding, FindingCode, Location};
use crate::segment::Segment;

/// Findings that wait to be taken.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) findings: Vec<Finding>,
    pub(super) limit: usize,
    pub(super) dropped: u64,
}

impl Found {
    /// Keeps a finding if it is switched on and there is room.
    pub(super) fn put(&mut self, check: Check, make: impl FnOnce() -> Finding) {
        let Some(severity) = check.severity() else {
            return;
        };
        if self.findings.len() >= self.limit {
            self.dropped += 1;
            return;
        }
        let mut finding = make();
        finding.severity = severity;
        self.findings.push(finding);
    }
}

/// Which element, component and repetition, each from 1; 0 for none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct At {
    pub(super) element: usize,
    pub(super) component: usize,
    pub(super) repetition: usize,
}

/// Reports on one segment.
pub(super) struct Report<'a> {
    pub(super) found: &'a mut Found,
    pub(super) segment: Segment<'a>,
    pub(super) loop_path: &'a str,
}

fn number(from_one: usize) -> Option<u16> {
    u16::try_from(from_one).ok().filter(|&number| number > 0)
}

impl Report<'_> {
    fn location(&self) -> Location {
        Location {
            loop_path: self.loop_path.to_owned(),
            ..self.segment.location()
        }
    }

    /// About the segment.
    pub(super) fn segment(
        &mut self,
        check: Check,
        code: FindingCode,
        text: impl FnOnce() -> String,
    ) {
        let location = || self.location();
        // The place is worked out only for a finding that is kept.
        let location = check.is_on().then(location);
        self.found.put(check, || {
            Finding::new(code, location.unwrap_or_default(), text())
        });
    }

    /// About another segment, which should have been before this one: its id and its loop.
    pub(super) fn before(&mut self, check: Check, code: FindingCode, what: Location, text: String) {
        let location = Location {
            segment_id: what.segment_id,
            loop_path: what.loop_path,
            ..self.segment.location()
        };
        self.found.put(check, || Finding::new(code, location, text));
    }

    /// About an element, component or repetition.
    pub(super) fn element(
        &mut self,
        check: Check,
        code: FindingCode,
        at: At,
        value: &[u8],
        text: impl FnOnce() -> String,
    ) {
        let location = check.is_on().then(|| Location {
            element: number(at.element),
            component: number(at.component),
            repetition: number(at.repetition),
            ..self.location()
        });
        self.found.put(check, || {
            let finding = Finding::new(code, location.unwrap_or_default(), text());
            if value.is_empty() {
                finding
            } else {
                finding.with_value(value)
            }
        });
    }
}
