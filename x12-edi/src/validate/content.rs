//! The content of one set after another, each by the schema that its envelope names.

use std::collections::VecDeque;
use std::sync::Arc;

use super::report::{At, Found, Report};
use super::switches::Switches;
use super::validator::{DEFAULT_MAX_FINDINGS, Validator};
use crate::envelope::{GroupHeader, InterchangeHeader, SetHeader};
use crate::finding::{Finding, FindingCode, Location};
use crate::schema::{Release, SetSchema, Standard};
use crate::segment::Segment;

/// So many schemas stay prepared; sets of more kinds in turn cost their preparation each time.
const MOST_SCHEMAS: usize = 32;

/// Where a set stands: what decides its schema.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct SetContext<'a> {
    /// ISA, with sender and receiver.
    pub interchange: Option<&'a InterchangeHeader>,
    /// GS, with the version in GS08.
    pub group: Option<&'a GroupHeader>,
    /// ST, with the code in ST01 and, from 005010 on, the guide in ST03.
    pub set: &'a SetHeader,
}

impl SetContext<'_> {
    /// The release: what GS08 names; outside a group, what ISA12 does.
    #[must_use]
    pub fn release(&self) -> Option<Release> {
        match self.group {
            Some(group) => Release::from_version(&group.version),
            None => {
                let isa12 = self.interchange?.version.as_str();
                let is_same = |release: &&Release| release.isa_version() == isa12;
                Release::ALL.iter().find(is_same).copied()
            }
        }
    }

    /// The schema of the standard, without any overlay.
    #[must_use]
    pub fn standard(&self) -> Option<Arc<SetSchema>> {
        let release = self.release()?;
        Standard::of(release).set(&self.set.code).cloned()
    }
}

/// Chooses the schema of a set.
pub(super) type Resolver = Box<dyn FnMut(&SetContext<'_>) -> Option<Arc<SetSchema>> + Send>;

/// Checks what stands between ST and SE.
pub(super) struct Content {
    switches: Switches,
    /// How schemas are chosen; `None` takes the standard's.
    resolver: Option<Resolver>,
    pub(super) interchange: Option<Arc<InterchangeHeader>>,
    pub(super) group: Option<Arc<GroupHeader>>,
    /// The one that was used last stands last.
    validators: Vec<(Arc<SetSchema>, Validator)>,
    /// Whether the open set is checked, by the last validator.
    checking: bool,
    /// Where a set without SE ended.
    pub(super) end: Option<Location>,
    max_findings: usize,
    /// Of validators that are gone.
    dropped: u64,
}

impl Content {
    pub(super) fn new(switches: Switches) -> Self {
        Self {
            switches,
            resolver: None,
            interchange: None,
            group: None,
            validators: Vec::new(),
            checking: false,
            end: None,
            max_findings: DEFAULT_MAX_FINDINGS,
            dropped: 0,
        }
    }

    pub(super) fn choose_by(&mut self, resolver: Resolver) {
        self.resolver = Some(resolver);
    }

    pub(super) fn limit(&mut self, findings: usize) {
        self.max_findings = findings;
    }

    pub(super) fn switches(&self) -> &Switches {
        &self.switches
    }

    pub(super) fn validator(&self) -> Option<&Validator> {
        let (_, validator) = self.validators.last().filter(|_| self.checking)?;
        Some(validator)
    }

    pub(super) fn dropped(&self) -> u64 {
        let still: u64 = self
            .validators
            .iter()
            .map(|(_, validator)| validator.dropped_findings())
            .sum();
        self.dropped + still
    }

    /// Begins a set with its ST.
    pub(super) fn start(
        &mut self,
        header: &SetHeader,
        st: &Segment<'_>,
        waiting: &mut VecDeque<Finding>,
    ) {
        let context = SetContext {
            interchange: self.interchange.as_deref(),
            group: self.group.as_deref(),
            set: header,
        };
        let chosen = match &mut self.resolver {
            None if is_of(self.validators.last(), &context) => Chosen::Last,
            None => context.standard().map_or(Chosen::None, Chosen::Schema),
            Some(resolver) => resolver(&context).map_or(Chosen::None, Chosen::Schema),
        };
        self.checking = !matches!(chosen, Chosen::None);
        if !self.checking {
            let found = unknown(&self.switches, &context, st);
            waiting.extend(found.findings);
            return;
        }
        if let Chosen::Schema(schema) = chosen {
            self.prepare(schema);
        }
        if let Some((schema, validator)) = self.validators.last_mut() {
            validator.start();
            validator.limit(self.max_findings);
            if let Some(group) = &self.group {
                let found = functional_id(&self.switches, schema, group, st);
                waiting.extend(found.findings);
            }
        }
        self.segment(st, waiting);
    }

    /// Puts the validator of this schema last.
    fn prepare(&mut self, schema: Arc<SetSchema>) {
        let is_same = |known: &Arc<SetSchema>| Arc::ptr_eq(known, &schema);
        if let Some(at) = self
            .validators
            .iter()
            .rposition(|(known, _)| is_same(known))
        {
            if at + 1 < self.validators.len() {
                let validator = self.validators.remove(at);
                self.validators.push(validator);
            }
            return;
        }
        if self.validators.len() >= MOST_SCHEMAS {
            let (_, gone) = self.validators.remove(0);
            self.dropped += gone.dropped_findings();
        }
        let validator = Validator::new(&schema, self.switches.clone());
        self.validators.push((schema, validator));
    }

    #[inline]
    pub(super) fn segment(&mut self, segment: &Segment<'_>, waiting: &mut VecDeque<Finding>) {
        if self.checking
            && let Some((_, validator)) = self.validators.last_mut()
        {
            validator.segment(segment);
            if validator.has_findings() {
                validator.move_findings(waiting);
            }
        }
    }

    /// Ends the set with its SE, if it has one.
    ///
    /// Without one the place of the end is that where the envelope missed it.
    pub(super) fn end(&mut self, se: Option<&Segment<'_>>, waiting: &mut VecDeque<Finding>) {
        if let Some(se) = se {
            self.segment(se, waiting);
        }
        if self.checking
            && let Some((_, validator)) = self.validators.last_mut()
        {
            let here = self.end.take();
            validator.end(|| match se {
                Some(se) => se.location(),
                None => here.unwrap_or_default(),
            });
            validator.move_findings(waiting);
        }
        self.checking = false;
    }
}

enum Chosen {
    /// The schema of the last validator.
    Last,
    Schema(Arc<SetSchema>),
    None,
}

/// Whether the schema of the standard for a set is that of this validator.
fn is_of(last: Option<&(Arc<SetSchema>, Validator)>, context: &SetContext<'_>) -> bool {
    last.is_some_and(|(schema, _)| {
        *schema.code == context.set.code && Some(schema.release) == context.release()
    })
}

/// A report on ST alone.
fn report(st: &Segment<'_>, tell: impl FnOnce(&mut Report<'_>)) -> Found {
    let mut found = Found {
        limit: usize::MAX,
        ..Found::default()
    };
    tell(&mut Report {
        found: &mut found,
        segment: *st,
        loop_path: "",
    });
    found
}

fn unknown(switches: &Switches, context: &SetContext<'_>, st: &Segment<'_>) -> Found {
    let check = switches.unknown_sets;
    report(st, |report| match context.release() {
        Some(release) => {
            let at = At {
                element: 1,
                ..At::default()
            };
            let (code, value) = (FindingCode::SetUnknown, context.set.code.as_bytes());
            report.element(check, code, at, value, || {
                format!("there is no schema for this set in release {release}; it was not checked")
            });
        }
        None => report.segment(check, FindingCode::ReleaseUnknown, || {
            "there are no tables for the release that GS08 names; the set was not checked"
                .to_owned()
        }),
    })
}

fn functional_id(
    switches: &Switches,
    schema: &SetSchema,
    group: &GroupHeader,
    st: &Segment<'_>,
) -> Found {
    report(st, |report| {
        let expected = &*schema.functional_id;
        if group.functional_id != expected && !expected.is_empty() {
            let code = FindingCode::SetNotInGroup;
            report.segment(switches.functional_ids, code, || {
                format!("the set belongs in a group of kind {expected}, which GS01 is not")
            });
        }
    })
}
