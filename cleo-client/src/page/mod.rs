//! Lists in pages: counted from zero, and distrustful of totals.

mod items;
mod source;
mod walk;

use std::{borrow::Cow, pin::Pin};

use futures_core::Stream;
use futures_util::stream;
use http::Method;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use self::items::Items;
pub use self::items::Positioned;
pub(crate) use self::{source::Source, walk::PageWalk};
use crate::{
    client::Client,
    error::{Error, Result},
    filter::Filter,
    flexible::FlexInt,
    response::Response,
};

/// One page of a list.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page<T> {
    /// The objects, in the server's order.
    pub items: Vec<T>,
    /// Where the page starts, counted from zero.
    pub start: u64,
    /// How many objects there are in all, if the server says so in a form that is a number.
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// Where the next page starts: to go on later, give it to [`List::start_at`].
    #[must_use]
    pub fn next_start(&self) -> u64 {
        let received = u64::try_from(self.items.len()).unwrap_or(u64::MAX);
        self.start.saturating_add(received)
    }
}

/// A list that has not been asked for yet.
///
/// It needs as much memory as a page, however long it is. To go on after a failure or a restart, keep
/// [`Page::next_start`] or a [`Positioned::position`] and start there.
///
/// The next page is asked for when the stream needs it. A server that sends the
/// same page again, whatever the start, gives [`ErrorKind::Decode`](crate::ErrorKind::Decode) and not an endless loop.
///
/// ```no_run
/// # async fn example(client: cleo_client::Client) -> Result<(), cleo_client::Error> {
/// use futures_util::TryStreamExt;
///
/// let connections: Vec<_> = client.connections().list().items().try_collect().await?;
/// # let _ = connections;
/// # Ok(())
/// # }
/// ```
#[must_use = "lists do nothing until items() or pages() is polled"]
#[derive(Debug, Clone)]
pub struct List<T> {
    client: Client,
    operation: Cow<'static, str>,
    source: Source,
    filter: Option<Filter>,
    query: Vec<(String, String)>,
    page_size: u32,
    start: u64,
    item: std::marker::PhantomData<fn() -> T>,
}

/// What the items of a list have in common: maybe an id, by which doubles are recognised.
pub(crate) trait Identified {
    fn identity(&self) -> Option<&str>;
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(default, rename = "totalResults")]
    total: Option<FlexInt>,
    #[serde(default)]
    resources: Option<Vec<Value>>,
}

impl<T> List<T> {
    pub(crate) fn new(
        client: Client,
        operation: impl Into<Cow<'static, str>>,
        source: Source,
    ) -> Self {
        Self {
            client,
            operation: operation.into(),
            source,
            filter: None,
            query: Vec::new(),
            page_size: 100,
            start: 0,
            item: std::marker::PhantomData,
        }
    }

    /// Only the objects that meet this condition.
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = Some(filter);
        self
    }

    /// How many objects to ask for at once (`count`). Default 100; 0 counts as 1. The server may send fewer.
    pub fn page_size(mut self, count: u32) -> Self {
        self.page_size = count.max(1);
        self
    }

    /// Starts at this object, counted from zero (`startIndex`). Default 0.
    pub fn start_at(mut self, start: u64) -> Self {
        self.start = start;
        self
    }

    /// Adds a query parameter to every page's request, for what this crate does not name.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Names the operation for errors and spans.
    pub(crate) fn named(mut self, operation: &'static str) -> Self {
        self.operation = operation.into();
        self
    }

    async fn fetch(&self, start: u64) -> Result<Response> {
        let mut request = self
            .source
            .request(&self.client, Method::GET)
            .operation(self.operation.as_ref())
            .query("startIndex", &start.to_string())
            .query("count", &self.page_size.to_string());
        for (name, value) in &self.query {
            request = request.query(name, value);
        }
        if let Some(filter) = &self.filter {
            request = request.query("filter", filter.as_str());
        }
        request.send().await
    }
}

impl<T: DeserializeOwned + Send + 'static> List<T> {
    /// The pages, one after the other. An object that cannot be read makes its page an error.
    pub fn pages(self) -> impl Stream<Item = Result<Page<T>>> + Send + 'static {
        use futures_util::StreamExt as _;
        // Ends after the first error, whatever it was.
        self.read().scan(false, |ended, page| {
            let page = page.and_then(|page| {
                let items = page.items.into_iter().collect::<Result<Vec<T>>>()?;
                Ok(Page {
                    items,
                    start: page.start,
                    total: page.total,
                })
            });
            let next = (!*ended).then_some(page);
            *ended |= matches!(next, Some(Err(_)));
            std::future::ready(next)
        })
    }

    /// Pages whose objects are read each by itself.
    fn read(self) -> Pages<T> {
        let walk = PageWalk::new(self.start);
        Box::pin(stream::try_unfold(
            (self, walk),
            |(list, mut walk)| async move {
                if walk.finished() {
                    return Ok(None);
                }
                let start = walk.start();
                let response = list.fetch(start).await?;
                let envelope: Envelope = response.json()?;
                let resources = envelope.resources.ok_or_else(|| {
                    response
                        .undecodable("expected a list with `resources`, found an object without")
                })?;
                let total = envelope.total.as_ref().and_then(FlexInt::as_u64);
                walk.advance(&resources, total)
                    .map_err(|message| response.undecodable(message))?;
                if resources.is_empty() {
                    return Ok(None);
                }
                let items = resources
                    .into_iter()
                    .enumerate()
                    .map(|(index, value)| read_item(&response, index, value))
                    .collect();
                Ok(Some((
                    Page {
                        items,
                        start,
                        total,
                    },
                    (list, walk),
                )))
            },
        ))
    }
}

#[expect(
    private_bounds,
    reason = "the trait says how this crate's own objects are told apart"
)]
impl<T: DeserializeOwned + Identified + Send + 'static> List<T> {
    /// The objects, one after the other; an object that appears twice because the list moved is given once, unless
    /// more than 4,096 others lie in between.
    ///
    /// An object that cannot be read is an error in its place, and the stream goes on after it; it ends when a page
    /// cannot be had.
    pub fn items(self) -> impl Stream<Item = Result<T>> + Send + 'static {
        use futures_util::StreamExt as _;
        self.positions()
            .map(|item| item.map(|positioned| positioned.item))
    }

    /// As [`items`](Self::items), with the place of each object.
    ///
    /// ```no_run
    /// # async fn example(client: cleo_client::Client, done: u64) -> Result<(), cleo_client::Error> {
    /// use futures_util::TryStreamExt;
    ///
    /// let mut connections = Box::pin(client.connections().list().start_at(done).positions());
    /// while let Some(found) = connections.try_next().await? {
    ///     // … work on `found.item`, and write down `found.position + 1` as done …
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn positions(self) -> impl Stream<Item = Result<Positioned<T>>> + Send + 'static {
        let items = Items::new(self.read());
        Box::pin(stream::unfold(items, |mut items| async move {
            let item = items.next().await?;
            Some((item, items))
        }))
    }

    /// The only object of the list, or none.
    pub(crate) async fn only(self, matches: impl Fn(&T) -> bool + Send) -> Result<Option<T>> {
        use futures_util::TryStreamExt as _;
        let operation = self.operation.clone();
        let mut items = Box::pin(self.items());
        let mut found = None;
        while let Some(item) = items.try_next().await? {
            // A server that ignores the filter must not make us take the wrong one.
            if !matches(&item) {
                continue;
            }
            if found.is_some() {
                return Err(Error::new(crate::error::ErrorKind::Ambiguous, operation)
                    .with_message("more than one object has this alias")
                    .with_sent(crate::error::Sent::Yes));
            }
            found = Some(item);
        }
        Ok(found)
    }
}

type Pages<T> = Pin<Box<dyn Stream<Item = Result<Page<Result<T>>>> + Send>>;

fn read_item<T: DeserializeOwned>(response: &Response, index: usize, value: Value) -> Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        response.undecodable(format!(
            "resources[{index}].{}: {}",
            error.path(),
            error.inner()
        ))
    })
}
