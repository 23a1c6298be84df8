//! One set against its schema, whole or segment by segment.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use super::characters::Classes;
use super::clean::is_clean;
use super::hierarchy::Hierarchy;
use super::report::{At, Found, Report};
use super::rules::SetRules;
use super::switches::Switches;
use super::thorough::Thorough;
use crate::delimiters::Delimiters;
use crate::envelope::TransactionSet;
use crate::finding::{Finding, FindingCode, Location};
use crate::schema::walk::{PlaceId, Step, Verdict, Walker};
use crate::schema::{MaxUse, SetSchema, Standard};
use crate::segment::Segment;

/// The most findings that a validator keeps unless told otherwise.
pub const DEFAULT_MAX_FINDINGS: usize = 10_000;

/// Checks transaction sets of one kind against a schema.
///
/// Whole sets:
///
/// ```
/// use x12_edi::schema::SetSchema;
/// use x12_edi::validate::{Switches, Validator};
/// # fn example(schema: &SetSchema, file: &[u8]) {
/// let mut validator = Validator::new(schema, Switches::standard());
/// for set in &x12_edi::parse(file).sets {
///     for finding in validator.validate(set) {
///         println!("{finding}");
///     }
/// }
/// # }
/// ```
///
/// Or segment by segment while reading, in constant memory: [`start`](Self::start), then
/// [`segment`](Self::segment) from ST to SE, then [`end`](Self::end). Whole files are the business
/// of [`ValidatingReader`](super::ValidatingReader).
pub struct Validator {
    rules: Arc<SetRules>,
    walker: Walker,
    classes: Classes,
    hierarchy: Hierarchy,
    found: Found,
}

impl Validator {
    /// A validator for one schema.
    #[must_use]
    pub fn new(schema: &SetSchema, switches: Switches) -> Self {
        Self::with_rules(Arc::new(SetRules::new(schema, switches)))
    }

    /// A validator with rules that were prepared before.
    #[must_use]
    pub fn with_rules(rules: Arc<SetRules>) -> Self {
        Self {
            walker: Walker::new(Arc::clone(rules.plan())),
            classes: Classes::new(Delimiters::default(), rules.switches()),
            hierarchy: Hierarchy::default(),
            found: Found {
                limit: DEFAULT_MAX_FINDINGS,
                ..Found::default()
            },
            rules,
        }
    }

    /// The same with another limit for findings that wait to be taken; later ones are counted
    /// only.
    #[must_use]
    pub fn with_max_findings(mut self, findings: usize) -> Self {
        self.found.limit = findings;
        self
    }

    /// The schema and the switches.
    #[must_use]
    pub fn rules(&self) -> &Arc<SetRules> {
        &self.rules
    }

    /// Checks a whole set. What was found about its envelope while it was read is not repeated.
    pub fn validate(&mut self, set: &TransactionSet) -> Vec<Finding> {
        self.found.findings.clear();
        self.start();
        for segment in set.segments() {
            self.segment(&segment);
        }
        self.end(|| {
            let last = set.len().saturating_sub(1);
            set.segment(last)
                .map(|segment| segment.location())
                .unwrap_or_default()
        });
        self.take_findings()
    }

    /// Begins a set; the next segment is its ST.
    pub fn start(&mut self) {
        self.walker.restart();
        self.hierarchy.clear();
    }

    /// Checks the next segment, from ST to SE, and says where it belongs.
    #[inline]
    pub fn segment(&mut self, segment: &Segment<'_>) -> Step {
        let step = self.walker.step(segment.id());
        if step.verdict != Verdict::Expected || !self.walker.missing().is_empty() {
            self.misplaced(segment, step);
        }
        if !self.classes.is_for(segment.delimiters) {
            self.classes = Classes::new(segment.delimiters, self.rules.switches());
        }
        if let Some(place) = step.place
            && let Some(group) = self.rules.segment_at(place)
        {
            let is_level = group.is_level;
            if self.rules.checks_elements && !is_clean(segment, group, &self.rules, &self.classes) {
                self.look(segment, place);
            }
            if is_level {
                self.level(segment, place);
            }
        }
        step
    }

    /// Ends the set: what is missing up to now stays missing, and is reported `here`, which is asked
    /// for only then: the place of the last segment, for example. A missing SE is the business of
    /// the envelope.
    pub fn end(&mut self, here: impl FnOnce() -> Location) {
        if self.walker.is_at_start() || self.walker.finish().is_empty() {
            return;
        }
        let here = here();
        let check = self.rules.switches.missing_segments;
        report_missing(&self.rules, &self.walker, "the end", |code, at, text| {
            let location = Location {
                loop_path: at.loop_path,
                segment_id: at.segment_id,
                ..here.clone()
            };
            self.found.put(check, || Finding::new(code, location, text));
        });
    }

    /// Where the last segment was put.
    #[must_use]
    pub fn walker(&self) -> &Walker {
        &self.walker
    }

    /// Whether findings wait to be taken.
    #[must_use]
    #[inline]
    pub fn has_findings(&self) -> bool {
        !self.found.findings.is_empty()
    }

    /// Takes out what was found since the last time, in the order of the segments.
    pub fn take_findings(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.found.findings)
    }

    /// Allows so many findings from now on.
    pub(super) fn limit(&mut self, findings: usize) {
        self.found.limit = findings;
    }

    /// Moves the findings on; as many less are allowed from now on.
    pub(super) fn move_findings(&mut self, to: &mut VecDeque<Finding>) {
        self.found.limit = self.found.limit.saturating_sub(self.found.findings.len());
        to.extend(self.found.findings.drain(..));
    }

    /// How many findings were left out because nobody took the earlier ones.
    #[must_use]
    pub fn dropped_findings(&self) -> u64 {
        self.found.dropped
    }

    #[cold]
    fn misplaced(&mut self, segment: &Segment<'_>, step: Step) {
        let rules = Arc::clone(&self.rules);
        let path = match step.place {
            Some(place) if step.is_placed() => rules.plan.loop_path(place),
            _ => self.walker.loop_path(),
        };
        let mut report = Report {
            found: &mut self.found,
            segment: *segment,
            loop_path: path,
        };
        let behind = segment.id_text();
        report_missing(&rules, &self.walker, &behind, |code, at, text| {
            report.before(rules.switches.missing_segments, code, at, text);
        });
        let switches = &rules.switches;
        let of_place = step.place.and_then(|place| rules.plan.segment(place));
        let most = of_place.map(|segment| segment.max_use);
        match step.verdict {
            Verdict::Expected => {}
            Verdict::TooOften => {
                let code = FindingCode::SegmentRepeated;
                report.segment(switches.segment_repeats, code, || match most {
                    Some(MaxUse::Times(most)) => {
                        format!("number {} in a row, allowed is {most}", step.occurrence)
                    }
                    _ => format!("number {} in a row", step.occurrence),
                });
            }
            Verdict::LoopTooOften => {
                let code = FindingCode::LoopRepeated;
                report.segment(switches.loop_repeats, code, || {
                    format!("the loop begins for the {}. time", step.occurrence)
                });
            }
            Verdict::OutOfOrder => {
                let code = FindingCode::SegmentOutOfOrder;
                report.segment(switches.order, code, || {
                    "the segment stands later than the set has it".to_owned()
                });
            }
            Verdict::Unexpected => {
                let home = step.place.map_or("", |place| rules.plan.loop_path(place));
                let code = FindingCode::SegmentUnexpected;
                report.segment(switches.unexpected_segments, code, || {
                    format!("the segment belongs in the loop {home}, which was not started")
                });
            }
            Verdict::Forbidden => {
                let code = FindingCode::SegmentForbidden;
                report.segment(switches.unexpected_segments, code, || {
                    "the segment must not be sent, by agreement".to_owned()
                });
            }
            Verdict::NotInSet => {
                let (release, set) = (rules.plan.release(), rules.plan.code());
                let check = switches.unknown_segments;
                let known = Standard::of(release).segment(&segment.id_text());
                if known.is_some() {
                    report.segment(check, FindingCode::SegmentNotInSet, || {
                        format!("the set {set} has no place for the segment")
                    });
                } else {
                    report.segment(check, FindingCode::SegmentUnknown, || {
                        format!("release {release} has no segment of this id")
                    });
                }
            }
        }
    }

    #[cold]
    fn look(&mut self, segment: &Segment<'_>, place: PlaceId) {
        let rules = Arc::clone(&self.rules);
        let Some(group) = rules.segment_at(place) else {
            return;
        };
        Thorough {
            rules: &rules,
            classes: &self.classes,
            report: Report {
                found: &mut self.found,
                segment: *segment,
                loop_path: rules.plan.loop_path(place),
            },
        }
        .look(group);
    }

    /// HL: number and parent.
    fn level(&mut self, segment: &Segment<'_>, place: PlaceId) {
        let check = self.rules.switches.hierarchy;
        let (id, parent) = (segment.element(1).as_bytes(), segment.element(2).as_bytes());
        let unknown = !parent.is_empty() && !self.hierarchy.contains(parent);
        let repeated = !id.is_empty() && !self.hierarchy.insert(id);
        if !unknown && !repeated {
            return;
        }
        let mut report = Report {
            found: &mut self.found,
            segment: *segment,
            loop_path: self.rules.plan.loop_path(place),
        };
        let at = |element| At {
            element,
            ..At::default()
        };
        if repeated {
            let code = FindingCode::HierarchyNumberRepeated;
            report.element(check, code, at(1), id, || {
                "another level of the set has this number".to_owned()
            });
        }
        if unknown {
            let code = FindingCode::HierarchyParentUnknown;
            report.element(check, code, at(2), parent, || {
                "no level before this one has the number".to_owned()
            });
        }
    }
}

fn report_missing(
    rules: &SetRules,
    walker: &Walker,
    behind: &str,
    mut put: impl FnMut(FindingCode, Location, String),
) {
    for &place in walker.missing() {
        let id = rules.plan.segment_id(place);
        let at = Location {
            segment_id: id.to_owned(),
            loop_path: rules.plan.loop_path(place).to_owned(),
            ..Location::default()
        };
        match rules.plan.starts_loop(place) {
            Some(name) => put(
                FindingCode::LoopMissing,
                at,
                format!("the required loop {name} is missing before {behind}"),
            ),
            None => put(
                FindingCode::SegmentMissing,
                at,
                format!("the required segment {id} is missing before {behind}"),
            ),
        }
    }
}

impl fmt::Debug for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validator")
            .field("rules", &self.rules)
            .field("walker", &self.walker)
            .field("findings", &self.found.findings.len())
            .finish_non_exhaustive()
    }
}
