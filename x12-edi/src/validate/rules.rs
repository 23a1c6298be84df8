//! A schema prepared for checking: what the tables say, packed for speed.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::codes::CodeTable;
use super::switches::{Switches, TrailingSeparators};
use crate::schema::walk::{PlaceId, SetPlan};
use crate::schema::{
    CodeList, CompositeRule, ElementKind, ElementRule, ElementType, MaxUse, NoteKind, Requirement,
    SegmentRule, SetSchema, SyntaxNote,
};

/// What decides how a value is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Code,
    Number,
    Real,
    Date,
    Time,
    Binary,
    Composite,
}

/// No list, no composite.
pub(super) const NONE: u32 = u32::MAX;

/// An element or a component.
#[derive(Debug, Clone, Copy)]
pub(super) struct ElementPlan {
    pub(super) kind: Kind,
    pub(super) min: u32,
    pub(super) max: u32,
    pub(super) repeat: u32,
    /// Number of the code list.
    pub(super) codes: u32,
    /// Number of the composite.
    pub(super) composite: u32,
}

/// A syntax note over bits: bit 0 is the first place.
#[derive(Debug, Clone)]
pub(super) struct NotePlan {
    pub(super) kind: NoteKind,
    pub(super) first: u64,
    pub(super) all: u64,
    pub(super) note: SyntaxNote,
}

impl NotePlan {
    #[inline]
    pub(super) fn holds(&self, present: u64) -> bool {
        let there = present & self.all;
        match self.kind {
            NoteKind::Paired => there == 0 || there == self.all,
            NoteKind::Required => there != 0,
            NoteKind::Exclusion => there & there.wrapping_sub(1) == 0,
            NoteKind::Conditional => there & self.first == 0 || there == self.all,
            NoteKind::ListConditional => there & self.first == 0 || there != self.first,
        }
    }
}

/// The elements of a segment, or the components of a composite.
#[derive(Debug, Default)]
pub(super) struct GroupPlan {
    pub(super) elements: Vec<ElementPlan>,
    pub(super) required: u64,
    pub(super) forbidden: u64,
    pub(super) notes: Vec<NotePlan>,
    /// Whether this is HL, and its numbers are checked.
    pub(super) is_level: bool,
}

impl GroupPlan {
    /// Whether nothing is missing, forbidden or against a note.
    #[inline]
    pub(super) fn is_complete(&self, present: u64) -> bool {
        self.required & !present == 0
            && self.forbidden & present == 0
            && self.notes.iter().all(|note| note.holds(present))
    }
}

/// The bit of a place from 1; places above 64 have none and are not checked.
pub(super) fn bit(place: usize) -> u64 {
    match place {
        1..=64 => 1 << (place - 1),
        _ => 0,
    }
}

fn bits(rules: &[ElementRule], requirement: Requirement) -> u64 {
    (1..)
        .zip(rules)
        .filter(|(_, rule)| rule.requirement == requirement)
        .fold(0, |all, (place, _)| all | bit(place))
}

/// A schema and switches, prepared for a [`Validator`](super::Validator); made once and shared by
/// the validators of many threads.
pub struct SetRules {
    pub(super) plan: Arc<SetPlan>,
    pub(super) switches: Switches,
    pub(super) checks_elements: bool,
    pub(super) segments: Vec<GroupPlan>,
    pub(super) composites: Vec<GroupPlan>,
    pub(super) codes: Vec<CodeTable>,
    /// Number of the segment at each place.
    of_place: Vec<u32>,
}

/// Finds what was prepared before, by the address of the shared rule.
#[derive(Default)]
struct Known {
    segments: HashMap<*const SegmentRule, u32>,
    composites: HashMap<*const CompositeRule, u32>,
    codes: HashMap<*const CodeList, u32>,
}

fn number(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(NONE)
}

impl SetRules {
    /// Prepares a schema under these switches.
    #[must_use]
    pub fn new(schema: &SetSchema, switches: Switches) -> Self {
        let mut rules = Self {
            plan: Arc::new(SetPlan::new(schema)),
            checks_elements: switches.any_element(),
            switches,
            segments: Vec::new(),
            composites: Vec::new(),
            codes: Vec::new(),
            of_place: Vec::new(),
        };
        let mut known = Known::default();
        let plan = Arc::clone(&rules.plan);
        for place in plan.places() {
            let index = match plan.rule(place) {
                Some(rule) => rules.add_segment(rule, &mut known),
                None => NONE,
            };
            rules.of_place.push(index);
        }
        rules
    }

    fn add_segment(&mut self, rule: &Arc<SegmentRule>, known: &mut Known) -> u32 {
        let key = Arc::as_ptr(rule);
        if let Some(&index) = known.segments.get(&key) {
            return index;
        }
        let mut group = self.group(&rule.elements, &rule.notes, known);
        group.is_level = &*rule.id == "HL" && self.switches.hierarchy.is_on();
        let index = number(self.segments.len());
        self.segments.push(group);
        known.segments.insert(key, index);
        index
    }

    fn group(
        &mut self,
        elements: &[ElementRule],
        notes: &[SyntaxNote],
        known: &mut Known,
    ) -> GroupPlan {
        let mut group = GroupPlan::default();
        if self.switches.required_elements.is_on() {
            group.required = bits(elements, Requirement::Mandatory);
            group.forbidden = bits(elements, Requirement::Forbidden);
        }
        if self.switches.syntax_notes.is_on() {
            group.notes = notes.iter().map(prepare).collect();
        }
        group.elements = elements
            .iter()
            .map(|rule| self.element(rule, known))
            .collect();
        group
    }

    fn element(&mut self, rule: &ElementRule, known: &mut Known) -> ElementPlan {
        let repeat = match rule.repeat {
            MaxUse::Times(times) => times,
            MaxUse::Unlimited => u32::MAX,
        };
        let mut plan = ElementPlan {
            kind: Kind::Composite,
            min: 0,
            max: u32::MAX,
            repeat,
            codes: NONE,
            composite: NONE,
        };
        match &rule.kind {
            ElementKind::Simple {
                ty,
                min,
                max,
                codes,
            } => {
                plan.kind = match ty {
                    ElementType::N(_) | ElementType::NUnknown => Kind::Number,
                    ElementType::R => Kind::Real,
                    ElementType::Id => Kind::Code,
                    ElementType::An => Kind::Text,
                    ElementType::Dt => Kind::Date,
                    ElementType::Tm => Kind::Time,
                    ElementType::B => Kind::Binary,
                };
                (plan.min, plan.max) = (*min, *max);
                if let Some(codes) = codes
                    && self.switches.codes.is_on()
                {
                    plan.codes = self.add_codes(codes, known);
                }
            }
            ElementKind::Composite(composite) => {
                plan.composite = self.add_composite(composite, known);
            }
        }
        plan
    }

    fn add_codes(&mut self, codes: &Arc<CodeList>, known: &mut Known) -> u32 {
        let next = number(self.codes.len());
        let index = *known.codes.entry(Arc::as_ptr(codes)).or_insert(next);
        if index == next {
            self.codes.push(CodeTable::new(codes));
        }
        index
    }

    fn add_composite(&mut self, composite: &Arc<CompositeRule>, known: &mut Known) -> u32 {
        let key = Arc::as_ptr(composite);
        if let Some(&index) = known.composites.get(&key) {
            return index;
        }
        let group = self.group(&composite.components, &composite.notes, known);
        let index = number(self.composites.len());
        self.composites.push(group);
        known.composites.insert(key, index);
        index
    }

    /// The set as it is walked.
    #[must_use]
    pub fn plan(&self) -> &Arc<SetPlan> {
        &self.plan
    }

    /// The switches.
    #[must_use]
    pub fn switches(&self) -> &Switches {
        &self.switches
    }

    #[inline]
    pub(super) fn segment_at(&self, place: PlaceId) -> Option<&GroupPlan> {
        let &index = self.of_place.get(place.index())?;
        self.segments.get(index as usize)
    }

    #[inline]
    pub(super) fn composite(&self, plan: &ElementPlan) -> Option<&GroupPlan> {
        self.composites.get(plan.composite as usize)
    }

    /// Whether the list of the element has this code, or there is no list.
    #[inline]
    pub(super) fn has_code(&self, plan: &ElementPlan, code: &[u8]) -> bool {
        self.codes
            .get(plan.codes as usize)
            .is_none_or(|codes| codes.contains(code))
    }

    /// Whether the separators at the end of a segment have to be looked at.
    #[inline]
    pub(super) fn separators(&self) -> TrailingSeparators {
        if self.switches.separators.is_on() {
            self.switches.trailing_separators
        } else {
            TrailingSeparators::Optional
        }
    }
}

fn prepare(note: &SyntaxNote) -> NotePlan {
    NotePlan {
        kind: note.kind,
        first: note.places.first().map_or(0, |&place| bit(place.into())),
        all: note
            .places
            .iter()
            .fold(0, |all, &place| all | bit(place.into())),
        note: note.clone(),
    }
}

impl fmt::Debug for SetRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetRules")
            .field("plan", &self.plan)
            .field("switches", &self.switches)
            .finish_non_exhaustive()
    }
}
