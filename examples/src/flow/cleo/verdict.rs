//! What an error of the client says about a parcel.

use std::fmt::Display;

use cleo_client::{Error, ErrorKind, Sent};
use sync_core::{SourceError, SourceErrorKind, Stop, Verdict};

/// Nobody knows what became of it.
pub(super) fn unknown(why: impl Display) -> Verdict {
    Verdict::Unknown {
        why: why.to_string().into(),
    }
}

/// Nothing was acted on, and only an administrator can mend it.
pub(super) fn rest(why: impl Display) -> Verdict {
    Verdict::NotSent {
        // Cleo has asked for no rest: the parcel waits, not everybody who has something for Cleo.
        after: None,
        why: why.to_string().into(),
    }
}

/// Whether the server refused a file because it has one of that name.
pub(super) fn is_name_taken(error: &Error) -> bool {
    error.was_sent() == Sent::Yes && error.last_kind() == ErrorKind::Conflict
}

/// What the end of an upload, or of a document that was posted, means.
pub(super) fn of(error: &Error) -> Verdict {
    match (error.was_sent(), error.last_kind()) {
        (Sent::Yes, ErrorKind::Validation) => Verdict::Rejected {
            why: Stop::new("refused-by-cleo", error.to_string()),
        },
        // Cleo refused the folder or the rights before it acted: the parcel can go once an administrator has acted.
        (Sent::Yes, ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::Unauthorized) => {
            rest(error)
        }
        // A file of this name and another length: nothing was sent, and nothing will be until somebody has looked.
        (Sent::No, ErrorKind::Conflict) => unknown(error),
        (Sent::No, _) if error.is_retryable() => Verdict::NotSent {
            after: error.retry_after(),
            why: error.to_string().into(),
        },
        (Sent::No, _) => rest(error),
        (Sent::Yes | Sent::Maybe, _) => unknown(error),
    }
}

/// Why a question was not answered.
pub(super) fn failure(error: &Error) -> SourceError {
    SourceError {
        kind: if error.is_retryable() {
            SourceErrorKind::Transient
        } else {
            SourceErrorKind::Connectivity
        },
        operation: error.operation().into(),
        message: error.to_string().into(),
        remedy: Some(error.remedy().into()),
        after: error.retry_after(),
    }
}
