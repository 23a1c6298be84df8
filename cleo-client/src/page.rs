//! Lists in pages: counted from zero, and distrustful of totals.

use std::{
    borrow::Cow,
    collections::{HashSet, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
    pin::Pin,
};

use futures_core::Stream;
use futures_util::stream;
use http::Method;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    client::Client,
    error::{Error, Result},
    filter::Filter,
    flexible::FlexInt,
    link::Link,
    path::encode_segment,
    request::RequestBuilder,
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

/// A list that has not been asked for yet.
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

/// Where a list is: below the API prefix, or behind a link of the server.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Path(String),
    Link(Link),
}

impl Source {
    pub(crate) fn path(path: impl Into<String>) -> Self {
        Self::Path(path.into())
    }

    /// The object with this id in the list: for objects without a link of their own.
    pub(crate) fn child(&self, id: &str) -> Self {
        self.below(&encode_segment(id))
    }

    /// A path below this place; `path` is encoded already.
    pub(crate) fn below(&self, path: &str) -> Self {
        match self {
            Self::Path(own) => Self::Path(format!("{own}/{path}")),
            Self::Link(link) => {
                let end = link.href.find(['?', '#']).unwrap_or(link.href.len());
                let own = link.href.get(..end).unwrap_or_default();
                Self::Link(Link::new(format!("{}/{path}", own.trim_end_matches('/'))))
            }
        }
    }

    pub(crate) fn request(&self, client: &Client, method: Method) -> RequestBuilder {
        match self {
            Self::Path(path) => client.request(method, path),
            Self::Link(link) => client.follow(method, link),
        }
    }
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
    /// The objects, one after the other; an object that appears twice because the list moved is given once.
    ///
    /// An object that cannot be read is an error in its place, and the stream goes on after it; it ends when a page
    /// cannot be had.
    pub fn items(self) -> impl Stream<Item = Result<T>> + Send + 'static {
        let state = Items {
            pages: self.read(),
            waiting: VecDeque::new(),
            seen: HashSet::new(),
        };
        Box::pin(stream::unfold(state, |mut state| async move {
            let item = state.next().await?;
            Some((item, state))
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

/// Where a walk over objects stands.
struct Items<T> {
    pages: Pages<T>,
    waiting: VecDeque<Result<T>>,
    seen: HashSet<String>,
}

impl<T: Identified> Items<T> {
    async fn next(&mut self) -> Option<Result<T>> {
        use futures_util::StreamExt as _;
        loop {
            while let Some(item) = self.waiting.pop_front() {
                let identity = item.as_ref().ok().and_then(Identified::identity);
                if identity.is_none_or(|identity| self.seen.insert(identity.to_owned())) {
                    return Some(item);
                }
            }
            match self.pages.next().await? {
                Ok(page) => self.waiting.extend(page.items),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

fn read_item<T: DeserializeOwned>(response: &Response, index: usize, value: Value) -> Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        response.undecodable(format!(
            "resources[{index}].{}: {}",
            error.path(),
            error.inner()
        ))
    })
}

/// Where a walk over pages stands, apart from how pages are fetched.
#[derive(Debug)]
pub(crate) struct PageWalk {
    start: u64,
    finished: bool,
    seen: HashSet<u64>,
}

impl PageWalk {
    pub(crate) fn new(start: u64) -> Self {
        Self {
            start,
            finished: false,
            seen: HashSet::new(),
        }
    }

    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    pub(crate) fn finished(&self) -> bool {
        self.finished
    }

    /// Takes note of a page: the next starts after what came, until the total is reached or nothing comes.
    pub(crate) fn advance(&mut self, items: &[Value], total: Option<u64>) -> Result<(), String> {
        if items.is_empty() {
            self.finished = true;
            return Ok(());
        }
        if !self.seen.insert(fingerprint(items)) {
            self.finished = true;
            return Err(format!(
                "the page from {} repeats an earlier one; the server seems to ignore startIndex",
                self.start
            ));
        }
        let received = u64::try_from(items.len()).unwrap_or(u64::MAX);
        self.start = self.start.saturating_add(received);
        self.finished = total.is_some_and(|total| self.start >= total);
        Ok(())
    }
}

/// What a page is recognised by: its objects' ids, or their whole text where there is no id.
fn fingerprint(items: &[Value]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for item in items {
        match item.get("id").and_then(Value::as_str) {
            Some(id) => id.hash(&mut hasher),
            None => item.to_string().hash(&mut hasher),
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_repeated_page_is_noticed() {
        let mut walk = PageWalk::new(0);
        let page = [json!({"id": "a"}), json!({"id": "b"})];
        walk.advance(&page, None).unwrap();
        assert_eq!(walk.start(), 2);
        assert!(walk.advance(&page, None).unwrap_err().contains("from 2"));
        assert!(walk.finished());
    }

    #[derive(Debug, Clone, Copy)]
    enum Total {
        Right,
        Missing,
    }

    proptest! {
        /// Whatever the server caps and whether or not it counts, every object is seen once, in order.
        #[test]
        fn every_object_is_seen_once(
            size in 0_usize..60,
            cap in 1_usize..20,
            total in prop_oneof![Just(Total::Right), Just(Total::Missing)],
        ) {
            let all: Vec<Value> = (0..size).map(|n| json!({ "id": n.to_string() })).collect();
            let mut walk = PageWalk::new(0);
            let mut seen = Vec::new();
            let mut requests = 0;
            while !walk.finished() {
                requests += 1;
                prop_assert!(requests <= size + 2);
                let start = usize::try_from(walk.start()).unwrap().min(size);
                let page = &all[start..size.min(start + cap)];
                let total = match total {
                    Total::Right => Some(size as u64),
                    Total::Missing => None,
                };
                seen.extend_from_slice(page);
                walk.advance(page, total).unwrap();
            }
            prop_assert_eq!(seen, all);
        }

        /// A server that always sends its first page is stopped at the second.
        #[test]
        fn a_deaf_server_is_stopped(size in 1_usize..20) {
            let page: Vec<Value> = (0..size).map(|n| json!({ "name": n })).collect();
            let mut walk = PageWalk::new(0);
            prop_assert!(walk.advance(&page, None).is_ok());
            prop_assert!(walk.advance(&page, None).is_err());
        }
    }
}
