//! Any query page after page, by key.

use std::collections::HashSet;
use std::fmt;

use futures_core::Stream;
use futures_util::stream;

use super::field_map::FieldMap;
use super::request::QueryRequest;
use super::row::RowSet;
use crate::error::{Error, ErrorKind, Result, Sent};

/// The pages of a query; see [`QueryRequest::pages`].
#[derive(Clone)]
#[must_use = "pages are not read until they are asked for"]
pub struct QueryPages {
    request: QueryRequest,
    /// Prompt → column, part by part.
    key: Vec<(String, String)>,
    after: Option<Vec<String>>,
    over: bool,
}

impl QueryPages {
    pub(super) fn new(request: QueryRequest, key: Vec<(String, String)>) -> Self {
        Self {
            request,
            key,
            after: None,
            over: false,
        }
    }

    /// Goes on after a key already read, part by part.
    pub fn after<T: Into<String>>(mut self, key: impl IntoIterator<Item = T>) -> Self {
        self.after = Some(key.into_iter().map(Into::into).collect());
        self
    }

    /// The last key read, part by part, to go on [`after`](Self::after) it another time.
    #[must_use]
    pub fn last_key(&self) -> Option<&[String]> {
        self.after.as_deref()
    }

    /// The next page; nothing when all have been read, and after an error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Truncated`] when the rows of a single key fill an answer, [`ErrorKind::Decode`] when a
    /// column of the key is missing or the rows do not come after the key that was asked for or in its
    /// order, and those of [`QueryRequest::run`].
    pub async fn next_page(&mut self) -> Result<Option<RowSet>> {
        if self.over {
            return Ok(None);
        }
        // What fails here does so for good; only a page that is whole goes on.
        self.over = true;
        if self.key.is_empty() {
            return self.wrong(
                ErrorKind::InvalidRequest,
                Sent::No,
                "no prompt takes the last key".to_owned(),
            );
        }
        let mut request = self.request.clone();
        for (at, (prompt, _)) in self.key.iter().enumerate() {
            let value = self.after.as_ref().and_then(|after| after.get(at));
            request = request.prompt(prompt, value.map_or("", String::as_str));
        }
        let mut page = request.run().await?;
        if page.rows.is_empty() {
            return Ok(None);
        }
        let last = self.check(&page)?;
        if !page.truncated {
            self.after = Some(last);
            return Ok(Some(page));
        }
        // The rows of the last key may not all be there.
        while let Some(key) = self.key_of(&page, page.rows.len().saturating_sub(1))? {
            if key != last {
                break;
            }
            page.rows.pop();
        }
        match self.key_of(&page, page.rows.len().saturating_sub(1))? {
            Some(key) => {
                self.after = Some(key);
                self.over = false;
                page.truncated = false;
                Ok(Some(page))
            }
            None => self.wrong(
                ErrorKind::Truncated,
                Sent::Yes,
                format!("the rows of the key {} fill an answer", last.join("/")),
            ),
        }
    }

    /// The pages as a stream.
    pub fn stream(self) -> impl Stream<Item = Result<RowSet>> + Send + 'static {
        stream::try_unfold(self, |mut pages| async move {
            Ok(pages.next_page().await?.map(|page| (page, pages)))
        })
    }

    /// Holds the rows to the order of their keys; the key of the last.
    fn check(&self, page: &RowSet) -> Result<Vec<String>> {
        let mut seen: HashSet<Vec<String>> = HashSet::new();
        let mut last: Vec<String> = Vec::new();
        for at in 0..page.rows.len() {
            let Some(key) = self.key_of(page, at)? else {
                break;
            };
            if Some(&key) == self.after.as_ref() {
                let prompts: Vec<&str> =
                    self.key.iter().map(|(prompt, _)| prompt.as_str()).collect();
                let message = format!(
                    "query {} answered with {} when asked for what comes after it: it ignores the prompts {}",
                    self.request.query,
                    key.join("/"),
                    prompts.join(", ")
                );
                return self.wrong(ErrorKind::Decode, Sent::Yes, message);
            }
            if key == last {
                continue;
            }
            if !seen.insert(key.clone()) {
                let message = format!(
                    "query {} does not order its rows by key: {} occurs again after another key",
                    self.request.query,
                    key.join("/")
                );
                return self.wrong(ErrorKind::Decode, Sent::Yes, message);
            }
            last = key;
        }
        Ok(last)
    }

    /// The key of a row; nothing when there is no such row.
    fn key_of(&self, page: &RowSet, at: usize) -> Result<Option<Vec<String>>> {
        let Some(cells) = page.rows.get(at) else {
            return Ok(None);
        };
        let mut key = Vec::with_capacity(self.key.len());
        for (_, column) in &self.key {
            let map = FieldMap::new();
            let message = match map.find(column, &page.columns) {
                Ok(Some(position)) => {
                    key.push(cells.at(position).unwrap_or_default().to_owned());
                    continue;
                }
                Ok(None) => {
                    format!("the answer has no column {column}, which the key is read from")
                }
                Err(rivals) => format!(
                    "the key could be read from {}; name one of them",
                    rivals.join(", ")
                ),
            };
            return self.wrong(ErrorKind::Decode, Sent::Yes, message);
        }
        Ok(Some(key))
    }

    fn wrong<T>(&self, kind: ErrorKind, sent: Sent, message: String) -> Result<T> {
        Err(Error::new(kind, message)
            .with_target(&self.request.target())
            .with_attempts(u32::from(sent != Sent::No))
            .with_sent(sent))
    }
}

impl fmt::Debug for QueryPages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryPages")
            .field("query", &self.request.query)
            .field("key", &self.key)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}
