//! Which documents are meant.

use std::time::SystemTime;

use super::taken_in;
use crate::delivery::Phase;
use crate::store::{DocId, Document, DocumentFilter, StateStore, StoreError};
use crate::stream::StreamKey;

/// Which documents are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// None: a fetch from a given time.
    Nothing,
    /// These.
    Ids(Vec<DocId>),
    /// The newest document of each of these business keys.
    Keys(Vec<Box<str>>),
    /// The documents that were taken in by a run or in a time, in one of these phases.
    Taken {
        /// Not before this.
        since: Option<SystemTime>,
        /// Before this.
        before: Option<SystemTime>,
        /// Only these phases; empty for the dead ones.
        phases: Vec<Phase>,
        /// Only those that stopped with this code; `None` for all.
        code: Option<Box<str>>,
    },
}

/// How many documents are read at a time.
const PAGE: usize = 500;

/// The documents that are meant, oldest first, without their bytes.
///
/// # Errors
/// The store's; [`StoreError::Conflict`] for an id or a key that is not there.
pub async fn select(
    store: &dyn StateStore,
    stream: &StreamKey,
    selection: &Selection,
) -> Result<Vec<Document>, StoreError> {
    let mut found = Vec::new();
    match selection {
        Selection::Nothing => {}
        Selection::Ids(ids) => {
            for id in ids {
                let filter = DocumentFilter {
                    after: id.0.checked_sub(1).map(DocId),
                    limit: 1,
                    bare: true,
                    ..DocumentFilter::default()
                };
                let doc = store.documents(stream, &filter).await?.pop();
                let doc = doc.filter(|doc| doc.id == *id);
                let none = || StoreError::Conflict(format!("{stream} has no document {id}").into());
                found.push(doc.ok_or_else(none)?);
            }
        }
        Selection::Keys(keys) => {
            for key in keys {
                let filter = DocumentFilter {
                    key: Some(key.clone()),
                    bare: true,
                    ..DocumentFilter::default()
                };
                let doc = store.documents(stream, &filter).await?.pop();
                let none =
                    || StoreError::Conflict(format!("{stream} has no document of `{key}`").into());
                found.push(doc.ok_or_else(none)?);
            }
        }
        Selection::Taken {
            since,
            before,
            phases,
            code,
        } => {
            let phases = if phases.is_empty() {
                vec![Phase::Dead]
            } else {
                phases.clone()
            };
            let mut filter = DocumentFilter {
                phases,
                limit: PAGE,
                bare: true,
                ..DocumentFilter::default()
            };
            loop {
                let page = store.documents(stream, &filter).await?;
                let Some(last) = page.last() else { break };
                filter.after = Some(last.id);
                let stopped = |doc: &Document| {
                    code.as_ref()
                        .is_none_or(|code| doc.stop.as_ref().is_some_and(|stop| stop.code == *code))
                };
                let wanted = |doc: &Document| taken_in(doc, *since, *before) && stopped(doc);
                found.extend(page.into_iter().filter(wanted));
            }
        }
    }
    found.sort_unstable_by_key(|doc| doc.id);
    found.dedup_by_key(|doc| doc.id);
    Ok(found)
}
