//! One run of a query.

use super::format::QueryFormat;
use super::pages::QueryPages;
use super::parse;
use super::poll::Polled;
use super::row::RowSet;
use super::stream::RowStream;
use crate::client::Client;
use crate::connector::rest::{QueryCall, query_url};
use crate::connector::{Door, Request};
use crate::error::Result;
use crate::profile::Owner;
use crate::target::Target;

/// Rows asked for unless the caller says otherwise.
const MAX_ROWS: u32 = 1_000;

/// A run of any query of the site; get one from [`Client::query`].
///
/// ```no_run
/// # async fn run(client: peoplesoft_client::Client) -> peoplesoft_client::Result<()> {
/// use peoplesoft_client::Owner;
///
/// let rows = client.query(Owner::Public, "X_OPEN_POS").prompt("BU", "US001").run().await?;
/// for row in rows.rows() {
///     println!("{:?}", row.get("A.PO_ID"));
/// }
/// # Ok(())
/// # }
/// ```
///
/// There are four ways to read the answer: [`run`](Self::run) all at once,
/// [`stream`](Self::stream) row by row in constant memory, [`pages`](Self::pages) of as many rows as an
/// answer may have, and [`poll`](Self::poll) for what runs longer than a request may wait.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until `run`, `stream`, `pages` or `poll` is asked for"]
pub struct QueryRequest {
    pub(super) client: Client,
    pub(super) owner: Owner,
    pub(super) query: String,
    pub(super) prompts: Vec<(String, String)>,
    pub(super) filter: Vec<String>,
    pub(super) format: QueryFormat,
    pub(super) max_rows: u32,
}

impl QueryRequest {
    pub(crate) fn new(client: Client, owner: Owner, query: String) -> Self {
        Self {
            format: client.profile().query_access.format,
            client,
            owner,
            query,
            prompts: Vec::new(),
            filter: Vec::new(),
            max_rows: MAX_ROWS,
        }
    }

    /// Answers a prompt by its unique name, case-sensitive; a blank value leaves the slot empty.
    pub fn prompt(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.prompts.push((name.into(), value.into()));
        self
    }

    /// Asks for some of the columns only, by their unique field names, case-sensitive.
    pub fn filter_fields<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.filter.extend(names.into_iter().map(Into::into));
        self
    }

    /// Format of the answer, in place of the profile's.
    pub fn format(mut self, format: QueryFormat) -> Self {
        self.format = format;
        self
    }

    /// Most rows to answer with (1,000); at least 1.
    pub fn max_rows(mut self, rows: u32) -> Self {
        self.max_rows = rows.max(1);
        self
    }

    /// Runs the query, and reads the whole answer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind) for a comma in a prompt value,
    /// [`ErrorKind::Decode`](crate::ErrorKind) for an answer of another shape, and every kind that a
    /// call can fail with. An answer cut at the limit is no error here: see [`RowSet::truncated`].
    pub async fn run(self) -> Result<RowSet> {
        let target = self.target();
        let request = self.request(&target)?;
        let answer = self.client.shared.call(&target, &request).await?;
        parse(self.format, &answer.body, self.max_rows).map_err(|error| {
            error
                .with_target(&target)
                .with_status(answer.status)
                .with_attempts(1)
        })
    }

    /// Runs the query, and passes its rows on as they come in, keeping no more than one of them.
    ///
    /// The client's limit on the size of answers holds here too. The call is tried again until the first
    /// bytes of an answer are there, and never after that: whoever has taken rows has taken them.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run); what goes wrong later comes from the stream.
    pub async fn stream(self) -> Result<RowStream> {
        let target = self.target();
        let request = self.request(&target)?;
        let body = self.client.shared.open(&target, &request).await?;
        let zone = self.client.zone().clone();
        Ok(RowStream::of_body(
            body,
            self.format,
            self.max_rows,
            target,
            zone,
        ))
    }

    /// Reads page after page, each after the last key of the one before it.
    ///
    /// `key` names the prompts that take the last key, each with the column that the key is read from.
    /// The query has to return the rows after that key, in the order of the key, and all of them when
    /// the prompts are blank. Rows of one key always come in the same page.
    ///
    /// ```no_run
    /// # async fn run(client: peoplesoft_client::Client) -> peoplesoft_client::Result<()> {
    /// use peoplesoft_client::Owner;
    ///
    /// let mut pages = client
    ///     .query(Owner::Public, "X_OPEN_POS")
    ///     .max_rows(500)
    ///     .pages([("AFTER_BU", "BUSINESS_UNIT"), ("AFTER_ID", "PO_ID")]);
    /// while let Some(page) = pages.next_page().await? {
    ///     println!("{} rows", page.rows().len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages<P: Into<String>, C: Into<String>>(
        self,
        key: impl IntoIterator<Item = (P, C)>,
    ) -> QueryPages {
        let key = key
            .into_iter()
            .map(|(prompt, column)| (prompt.into(), column.into()));
        QueryPages::new(self, key.collect())
    }

    /// Has the query run by the Process Scheduler, to be asked for later: for queries that take longer
    /// than a request may wait. The user needs the right to run the program `QASEXEQRY`.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run). It is not sent twice unless nothing of it can have arrived.
    pub async fn poll(self) -> Result<Polled> {
        Polled::start(self).await
    }

    pub(super) fn target(&self) -> Target {
        let profile = self.client.profile();
        let label = format!("{}/{}", self.owner.as_str(), self.query);
        Target::new(&profile.query_access.operation, Some(label), &profile.node)
    }

    pub(super) fn call(&self) -> QueryCall<'_> {
        let profile = self.client.profile();
        let access = &profile.query_access;
        QueryCall {
            node: &profile.node,
            access,
            alias: &access.alias,
            version: &access.version,
            before: "",
            owner: self.owner,
            query: &self.query,
            format: self.format,
            max_rows: self.max_rows,
            prompts: &self.prompts,
            filter: &self.filter,
        }
    }

    fn request(&self, target: &Target) -> Result<Request> {
        let url = query_url(self.client.gateway(), &self.call())
            .map_err(|error| error.with_target(target))?;
        Ok(Request::get(Door::Rest, url, self.format.media_type()))
    }
}

/// Runs a query and reads its rows.
pub(crate) async fn run(
    client: &Client,
    owner: Owner,
    query: &str,
    prompts: &[(String, String)],
    max_rows: u32,
) -> Result<RowSet> {
    let mut request = QueryRequest::new(client.clone(), owner, query.to_owned());
    request.prompts = prompts.to_vec();
    request.max_rows = max_rows;
    request.run().await
}
