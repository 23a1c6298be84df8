//! What is acknowledged, how, and what counts as an error.

use crate::finding::Severity;

/// Which transaction set acknowledges a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum AcknowledgmentSet {
    /// The functional acknowledgment, 997.
    #[default]
    Functional,
    /// The implementation acknowledgment, 999, for groups of release 005010 and later; earlier
    /// ones, which do not know it, get a 997.
    Implementation,
}

/// Which sets get an AK2 loop; AK9 counts them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Detail {
    /// Every set.
    #[default]
    EverySet,
    /// Sets with an error, rejected or not.
    SetsWithErrors,
    /// Rejected sets.
    RejectedSets,
}

/// When an interchange is answered with a TA1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum InterchangePolicy {
    /// When its sender asks for one: ISA14 is `1`.
    #[default]
    WhenRequested,
    /// When its envelope is not in order, asked for or not.
    OnError,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The switches of an acknowledgment.
///
/// By default: a 997 with an AK2 loop for every set; an error rejects the set, a warning is noted
/// (`E`); a TA1 when the sender asks for one.
///
/// ```
/// use x12_edi::acknowledge::{AcknowledgmentSet, Detail, Options};
/// use x12_edi::finding::Severity;
/// let options = Options::default()
///     .with_set(AcknowledgmentSet::Implementation)
///     .with_detail(Detail::RejectedSets)
///     .with_rejection(Severity::Warning);
/// assert_eq!(options.reject_at, Severity::Warning);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// 997 or 999.
    pub set: AcknowledgmentSet,
    /// Which sets get an AK2 loop.
    pub detail: Detail,
    /// When there is a TA1.
    pub interchange: InterchangePolicy,
    /// From which severity on a finding rejects what it is about.
    pub reject_at: Severity,
    /// From which severity on a finding is reported at all; what it is about is then at best
    /// accepted with errors.
    pub report_at: Severity,
    /// Whether groups are acknowledged although a TA1 rejects their interchange.
    pub groups_of_rejected: bool,
    /// Whether AK404 repeats the bad data.
    pub copy_values: bool,
    /// The most AK2 loops that are kept for one interchange. Rejected sets may fill all of them,
    /// other ones nine tenths.
    pub max_sets: usize,
    /// The most errors of segments and elements that are kept for one interchange.
    pub max_errors: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            set: AcknowledgmentSet::default(),
            detail: Detail::default(),
            interchange: InterchangePolicy::default(),
            reject_at: Severity::Error,
            report_at: Severity::Warning,
            groups_of_rejected: false,
            copy_values: true,
            max_sets: 100_000,
            max_errors: 10_000,
        }
    }
}

impl Options {
    /// The same with a 997 or a 999.
    #[must_use]
    pub fn with_set(mut self, set: AcknowledgmentSet) -> Self {
        self.set = set;
        self
    }

    /// The same with AK2 loops for other sets.
    #[must_use]
    pub fn with_detail(mut self, detail: Detail) -> Self {
        self.detail = detail;
        self
    }

    /// The same with another policy for TA1.
    #[must_use]
    pub fn with_interchange(mut self, policy: InterchangePolicy) -> Self {
        self.interchange = policy;
        self
    }

    /// The same with rejection from this severity on.
    #[must_use]
    pub fn with_rejection(mut self, severity: Severity) -> Self {
        self.reject_at = severity;
        self
    }

    /// The same with findings reported from this severity on.
    #[must_use]
    pub fn with_report(mut self, severity: Severity) -> Self {
        self.report_at = severity;
        self
    }

    /// The same with groups acknowledged, or not, whose interchange a TA1 rejects.
    #[must_use]
    pub fn with_groups_of_rejected(mut self, acknowledged: bool) -> Self {
        self.groups_of_rejected = acknowledged;
        self
    }

    /// The same with bad data repeated in AK404 or not.
    #[must_use]
    pub fn with_values(mut self, copied: bool) -> Self {
        self.copy_values = copied;
        self
    }

    /// The same with other limits for one interchange: AK2 loops, errors of segments and elements.
    #[must_use]
    pub fn with_limits(mut self, sets: usize, errors: usize) -> Self {
        self.max_sets = sets;
        self.max_errors = errors;
        self
    }
}
