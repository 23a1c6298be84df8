//! How a cursor may move: one rule for every store of this crate.

use super::StoreError;
use crate::cursor::Cursor;

/// Refuses a cursor whose layout a newer version of this crate has written.
pub(super) fn known_schema(cursor: &Cursor) -> Result<(), StoreError> {
    if cursor.schema > Cursor::SCHEMA {
        let (found, known) = (cursor.schema.into(), Cursor::SCHEMA.into());
        return Err(StoreError::Schema { found, known });
    }
    Ok(())
}

/// Refuses a move that no reading of the source can have led to.
///
/// What was seen is known only once a window was read to its end: the watermark changes in the commit that closes the
/// window, then only forward and no further than the window reached. A stream's first cursor begins where it likes.
pub(super) fn may_advance(from: Option<&Cursor>, to: &Cursor) -> Result<(), StoreError> {
    if from.is_some_and(|from| from.fingerprint != to.fingerprint) {
        return Err(StoreError::Fingerprint);
    }
    known_schema(to)?;
    let Some(from) = from else { return Ok(()) };
    if to.watermark == from.watermark {
        return Ok(());
    }
    let conflict = |text: &str| Err(StoreError::Conflict(text.into()));
    let (Some(window), None) = (from.window, to.window) else {
        return conflict("the watermark may move only in the commit that closes a window");
    };
    if to.watermark < from.watermark {
        return conflict("the watermark would step back: only a reset may do that");
    }
    if to.watermark.is_some_and(|mark| mark > window.hi) {
        return conflict("the watermark would pass the end of the window that was read");
    }
    Ok(())
}
