//! What goes wrong in the database, in the ledger's words.

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

use crate::store::StoreError;

/// Before COMMIT was asked for: whatever happened, nothing was done.
pub(super) fn unavailable(error: tokio_postgres::Error) -> StoreError {
    let text = match error.as_db_error() {
        // Its text says more than the outer one, which only names its kind. It holds no values.
        Some(db) => format!("{} (SQLSTATE {})", db.message(), db.code().code()),
        None => with_causes(&error),
    };
    StoreError::Unavailable(text.into())
}

/// When COMMIT was asked for.
pub(super) fn uncertain(error: tokio_postgres::Error) -> StoreError {
    match error.as_db_error() {
        // The server says itself that it was rolled back; a shutdown says nothing of the kind.
        Some(db) if !is_shutdown(db.code()) => unavailable(error),
        _ => StoreError::Unknown(with_causes(&error).into()),
    }
}

fn is_shutdown(code: &SqlState) -> bool {
    [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
    ]
    .contains(code)
}

/// No connection.
pub(super) fn no_connection(error: PoolError) -> StoreError {
    match error {
        PoolError::Backend(error) => unavailable(error),
        PoolError::Timeout(kind) => StoreError::Unavailable(
            format!("no connection in time ({kind:?}): raise the pool's size, or look for a server that hangs").into(),
        ),
        other => StoreError::Unavailable(other.to_string().into()),
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

pub(super) fn corrupt(error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(error.to_string().into())
}
