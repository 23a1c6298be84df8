//! What came of a run.

use std::fmt;

/// What came of a run, case by case; its `Display` is a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Every case, in the order in which they ran.
    pub results: Vec<CaseResult>,
}

/// What came of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaseResult {
    /// Which part of the contract it belongs to.
    pub group: &'static str,
    /// The sentence that it proves.
    pub name: &'static str,
    /// Whether it held.
    pub outcome: Outcome,
}

/// Whether a sentence of the contract held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It held.
    Passed,
    /// It did not: what was found, and what was expected.
    Failed(Box<str>),
    /// The store's [`Tier`](super::Tier) does not promise it.
    NotClaimed,
}

impl Report {
    /// The cases that failed.
    pub fn failures(&self) -> impl Iterator<Item = &CaseResult> {
        self.results
            .iter()
            .filter(|result| matches!(result.outcome, Outcome::Failed(_)))
    }

    /// Panics with the table where a case has failed or none has run.
    ///
    /// # Panics
    /// Where the store is not what the contract asks for.
    #[expect(
        clippy::panic,
        reason = "an assertion for tests: this is what it is for"
    )]
    pub fn assert_ok(&self) {
        if self.results.is_empty() || self.failures().next().is_some() {
            panic!("the store does not keep its contract:\n{self}");
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for CaseResult {
            group,
            name,
            outcome,
        } in &self.results
        {
            match outcome {
                Outcome::Passed => writeln!(f, "passed       {group:9}  {name}")?,
                Outcome::NotClaimed => writeln!(f, "not claimed  {group:9}  {name}")?,
                Outcome::Failed(why) => writeln!(f, "FAILED       {group:9}  {name}: {why}")?,
            }
        }
        let count = |wanted: fn(&Outcome) -> bool| {
            self.results
                .iter()
                .filter(|result| wanted(&result.outcome))
                .count()
        };
        write!(
            f,
            "{} passed, {} failed, {} not claimed",
            count(|outcome| *outcome == Outcome::Passed),
            self.failures().count(),
            count(|outcome| *outcome == Outcome::NotClaimed),
        )
    }
}
