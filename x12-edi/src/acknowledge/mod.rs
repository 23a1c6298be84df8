//! Acknowledgments: 997, 999 and TA1 made from findings, read back, compared with what was sent.
//!
//! [`functional`] answers a whole input in one call. Underneath, an [`Acknowledger`] collects
//! events and findings into an [`InterchangeReport`], and a [`Replier`] writes that as a reply.
//!
//! [`read()`] takes the acknowledgments out of what comes back, as a [`GroupReport`] for each 997 or
//! 999 of any release, and [`reconcile()`] says of every set that was [`sent()`] what became of it.

mod code;
mod collect;
mod errors;
mod functional;
mod interchange;
mod judge;
mod layout;
mod options;
mod outcome;
mod read;
mod reconcile;
mod reply;
mod report;
mod sent;
mod status;
mod wire;

pub use code::{ElementErrorCode, GroupErrorCode, InterchangeNote, SegmentErrorCode, SetErrorCode};
pub use collect::{Acknowledger, GroupAnswer, InterchangeReport};
pub use functional::{Answer, answer, functional};
pub use interchange::InterchangeAcknowledgment;
pub use options::{AcknowledgmentSet, Detail, InterchangePolicy, Options};
pub use outcome::{GroupOutcome, InterchangeOutcome, Outcome, Reconciliation, SetOutcome};
pub use read::{Acknowledgment, Statement, read};
pub use reconcile::reconcile;
pub use reply::{ControlNumbers, Replier};
pub use report::{
    ContextName, ElementError, ErrorContext, GroupReport, LeftOut, SegmentError, SetReport,
};
pub use sent::{SentGroup, SentInterchange, SentSet, sent};
pub use status::{GroupStatus, InterchangeStatus, SetStatus};
