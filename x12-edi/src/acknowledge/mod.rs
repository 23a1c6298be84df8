//! Acknowledgments: 997, 999 and TA1 made from findings, and read back.
//!
//! [`functional`] answers a whole input in one call. Underneath, an [`Acknowledger`] collects
//! events and findings into an [`InterchangeReport`], and a [`Replier`] writes that as a reply.

mod code;
mod collect;
mod errors;
mod functional;
mod interchange;
mod layout;
mod options;
mod read;
mod reply;
mod report;
mod status;
mod wire;

pub use code::{ElementErrorCode, GroupErrorCode, InterchangeNote, SegmentErrorCode, SetErrorCode};
pub use collect::{Acknowledger, GroupAnswer, InterchangeReport};
pub use functional::{Answer, answer, functional};
pub use interchange::InterchangeAcknowledgment;
pub use options::{AcknowledgmentSet, Detail, InterchangePolicy, Options};
pub use read::{Acknowledgment, Statement, read};
pub use reply::{ControlNumbers, Replier};
pub use report::{
    ContextName, ElementError, ErrorContext, GroupReport, LeftOut, SegmentError, SetReport,
};
pub use status::{GroupStatus, InterchangeStatus, SetStatus};
