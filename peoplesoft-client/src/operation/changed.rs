//! Everything that changed in a window of time, in pages that can be resumed by key.

use std::fmt::{self, Debug};

use futures_core::Stream;
use futures_util::stream::{self, TryStreamExt};

use super::assemble::Sealed;
use super::bad_record::BadRecord;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{PsDateTime, RecordKey};
use crate::profile::{BY_KEY, ChangeQuery, Granularity};
use crate::query::{self, RowSet};
use crate::service::Service;
use crate::target::Target;

/// A kind of record that can be read by its last change; implemented by this crate alone.
pub trait Record: Sealed + Clone + Debug + Send + Sync + 'static {
    /// What names one record.
    type Key: RecordKey;

    #[doc(hidden)]
    const SERVICE: Service;

    /// What names this record.
    fn key(&self) -> &Self::Key;

    #[doc(hidden)]
    fn page_of(client: &Client, rows: &RowSet, after: Option<&Self::Key>) -> Result<Page<Self>>;

    /// Reads what the query of a page leaves out; for a look-up there is no window.
    #[doc(hidden)]
    fn complete(
        _client: &Client,
        page: Page<Self>,
        _window: Option<(PsDateTime, PsDateTime)>,
        _after: Option<&Self::Key>,
    ) -> impl Future<Output = Result<Page<Self>>> + Send {
        std::future::ready(Ok(page))
    }

    #[doc(hidden)]
    fn prompts_of(query: &ChangeQuery, lookup: &str, values: &[String]) -> Vec<String>;
}

/// The records of one answer, and where to go on.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<T: Record> {
    /// The records in key order; one that cannot be read does not hide the others.
    pub items: Vec<Result<T, BadRecord<T::Key>>>,
    /// The key to give to [`Changed::after`] for the next page; nothing at the end.
    pub next: Option<T::Key>,
}

/// A request for what changed in a window of time.
#[must_use = "a request does nothing until a page or a stream of it is asked for"]
pub struct Changed<T: Record> {
    client: Client,
    from: PsDateTime,
    to: PsDateTime,
    after: Option<T::Key>,
    max_rows: Option<u32>,
}

impl<T: Record> Changed<T> {
    pub(super) fn new(client: Client, from: PsDateTime, to: PsDateTime) -> Self {
        Self {
            client,
            from,
            to,
            after: None,
            max_rows: None,
        }
    }

    /// Goes on after a record already read; `None` starts at the first.
    pub fn after(mut self, key: impl Into<Option<T::Key>>) -> Self {
        self.after = key.into();
        self
    }

    /// Most rows in one answer, in place of the profile's limit; at least 1.
    pub fn max_rows(mut self, rows: u32) -> Self {
        self.max_rows = Some(rows.max(1));
        self
    }

    /// The window as the source is asked for it: where it keeps the last change by the day alone, the
    /// start of the first day and the end of the last ([`Granularity::Day`]).
    #[must_use]
    pub fn window(&self) -> (PsDateTime, PsDateTime) {
        let query = self.client.profile().query_of(T::SERVICE);
        whole(query.granularity, self.from, self.to)
    }

    /// Reads one page.
    ///
    /// A window that ends where it begins, or before, holds nothing and is not asked for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind) when the profile names no query for these records,
    /// [`ErrorKind::Truncated`](crate::ErrorKind) when one record has more rows than an answer may have,
    /// [`ErrorKind::Decode`](crate::ErrorKind) when the columns do not fit the profile or the rows are not
    /// in key order, and every kind that a call can fail with.
    pub async fn page(self) -> Result<Page<T>> {
        if self.to <= self.from {
            return Ok(Page {
                items: Vec::new(),
                next: None,
            });
        }
        let query = self.client.profile().query_of(T::SERVICE);
        let max_rows = self.max_rows.unwrap_or(query.max_rows);
        let after = self
            .after
            .as_ref()
            .map(|key| T::prompts_of(query, BY_KEY, &key.texts()));
        let rows = changed_rows(&self.client, T::SERVICE, self.window(), after, max_rows).await?;
        let page = T::page_of(&self.client, &rows, self.after.as_ref())
            .map_err(|error| aimed(error, &self.client, &query.label()))?;
        drop(rows);
        let window = Some((self.from, self.to));
        T::complete(&self.client, page, window, self.after.as_ref()).await
    }

    /// Reads page after page, each when the one before it has been taken; ends after an error.
    pub fn pages(self) -> impl Stream<Item = Result<Page<T>>> + Send + 'static {
        stream::try_unfold(Some(self), |state| async move {
            let Some(request) = state else {
                return Ok(None);
            };
            let page = request.clone().page().await?;
            let rest = page.next.clone().map(|key| request.after(key));
            Ok(Some((page, rest)))
        })
    }

    /// Reads record after record; the inner result is a record or one that cannot be read.
    pub fn items(
        self,
    ) -> impl Stream<Item = Result<Result<T, BadRecord<T::Key>>>> + Send + 'static {
        self.pages()
            .map_ok(|page| stream::iter(page.items.into_iter().map(Ok)))
            .try_flatten()
    }
}

impl<T: Record> Clone for Changed<T> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            from: self.from,
            to: self.to,
            after: self.after.clone(),
            max_rows: self.max_rows,
        }
    }
}

impl<T: Record> Debug for Changed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changed")
            .field("from", &self.from)
            .field("to", &self.to)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}

/// The window widened to what the source can tell apart.
fn whole(granularity: Granularity, from: PsDateTime, to: PsDateTime) -> (PsDateTime, PsDateTime) {
    match granularity {
        Granularity::Time => (from, to),
        Granularity::Day => {
            let end = to.date().at_midnight();
            let end = if end < to {
                end.date().plus_days(1).at_midnight()
            } else {
                end
            };
            (from.date().at_midnight(), end)
        }
    }
}

/// An error about the rows of a query, which knows nothing of where they came from.
pub(super) fn aimed(error: Error, client: &Client, label: &str) -> Error {
    let profile = client.profile();
    let operation = &profile.query_access.operation;
    let target = Target::new(operation, Some(label.to_owned()), &profile.node);
    error.with_target(&target).with_attempts(1)
}

/// Runs the query of a service for a window, from the values of its key prompts on.
pub(crate) async fn changed_rows(
    client: &Client,
    service: Service,
    (from, to): (PsDateTime, PsDateTime),
    after: Option<Vec<String>>,
    max_rows: u32,
) -> Result<RowSet> {
    let spec = client.profile().query_of(service);
    if !spec.is_used() {
        return Err(unnamed(&format!("{service}.query")));
    }
    let mut prompts = vec![
        (spec.prompts.from.clone(), spec.window_text(from)),
        (spec.prompts.to.clone(), spec.window_text(to)),
    ];
    let values = after.unwrap_or_else(|| spec.prompts.first.clone());
    for (at, name) in spec.prompts.after.iter().enumerate() {
        prompts.push((name.clone(), values.get(at).cloned().unwrap_or_default()));
    }
    for prompt in &spec.fixed_prompts {
        prompts.push((prompt.name.clone(), prompt.value.clone()));
    }
    query::run(client, spec.owner, &spec.query, &prompts, max_rows).await
}

/// The profile has no query for what was asked.
pub(super) fn unnamed(place: &str) -> Error {
    let message = format!("the profile names no query at {place}");
    Error::new(ErrorKind::Configuration, message)
}
