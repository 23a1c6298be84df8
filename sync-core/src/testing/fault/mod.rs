//! What can go wrong at a call that leaves the process.

mod plan;
mod process;
mod sink;
mod source;
mod store;

use std::fmt;

pub use plan::FaultPlan;
pub use process::Process;
pub use sink::FaultySink;
pub use source::FaultySource;
pub use store::FaultyStore;

/// On which side of a call something goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edge {
    /// Before it has any effect.
    Before,
    /// After its effect, before its answer is seen.
    After,
}

/// What goes wrong at one call of a store, a source or a sink.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// The process dies, before the call has any effect or after it had it.
    Crash(Edge),
    /// The call is refused, and it is certain that it had no effect.
    Refuse,
    /// The call has no effect, and nobody knows.
    LoseRequest,
    /// The call has its effect, and nobody knows: an error after the effect.
    LoseAnswer,
    /// The caller does not know, and the effect comes later: an effect after the error.
    ///
    /// A write of a store lands just before the second call of any store after it, a delivery when its time-out has
    /// passed by the monotonic clock, and everything with [`FaultPlan::settle`].
    Late,
    /// The process stands still before the call, until [`Process::wake`].
    Pause,
}

impl Fault {
    const READ: [Self; 3] = [
        Self::Crash(Edge::Before),
        Self::Crash(Edge::After),
        Self::Refuse,
    ];
    const WRITE: [Self; 6] = [
        Self::Crash(Edge::Before),
        Self::Crash(Edge::After),
        Self::Refuse,
        Self::LoseRequest,
        Self::LoseAnswer,
        Self::Late,
    ];
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Crash(Edge::Before) => "crash before",
            Self::Crash(Edge::After) => "crash after",
            Self::Refuse => "refused",
            Self::LoseRequest => "request lost at",
            Self::LoseAnswer => "answer lost of",
            Self::Late => "late effect of",
            Self::Pause => "pause before",
        })
    }
}

/// Which side of the process a call goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Seam {
    /// The ledger.
    Store,
    /// The system that is read.
    Source,
    /// The system that is written.
    Sink,
}

/// A call at which something may go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Point {
    /// Its number over all processes of a plan, from 1.
    pub number: u64,
    /// Which process made it, from 1.
    pub process: u32,
    /// Where it goes.
    pub seam: Seam,
    /// The method: `commit`, `fetch`, `deliver`.
    pub call: &'static str,
    /// Whether it has an effect that could be had without its caller's knowledge.
    pub writes: bool,
}

impl Point {
    /// Everything that can go wrong here, but for [`Fault::Pause`], which needs somebody to wake the process.
    #[must_use]
    pub fn faults(&self) -> &'static [Fault] {
        if self.writes {
            &Fault::WRITE
        } else {
            &Fault::READ
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} (point {}, process {})",
            self.call, self.number, self.process
        )
    }
}
