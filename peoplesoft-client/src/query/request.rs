//! One run of a query.

use super::{QueryFormat, RowSet, parse};
use crate::client::Client;
use crate::connector::rest::{QueryCall, query_url};
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
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until `run` is awaited"]
pub struct QueryRequest {
    client: Client,
    owner: Owner,
    query: String,
    prompts: Vec<(String, String)>,
    max_rows: u32,
}

impl QueryRequest {
    pub(crate) fn new(client: Client, owner: Owner, query: String) -> Self {
        Self {
            client,
            owner,
            query,
            prompts: Vec::new(),
            max_rows: MAX_ROWS,
        }
    }

    /// Answers a prompt by its unique name, case-sensitive; a blank value leaves the slot empty.
    pub fn prompt(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.prompts.push((name.into(), value.into()));
        self
    }

    /// Most rows to answer with (1,000); at least 1.
    pub fn max_rows(mut self, rows: u32) -> Self {
        self.max_rows = rows.max(1);
        self
    }

    /// Runs the query.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind) for a comma in a prompt value,
    /// [`ErrorKind::Decode`](crate::ErrorKind) for an answer of another shape, and every kind that a
    /// call can fail with. An answer cut at the limit is no error here: see [`RowSet::truncated`].
    pub async fn run(self) -> Result<RowSet> {
        run(
            &self.client,
            self.owner,
            &self.query,
            &self.prompts,
            self.max_rows,
        )
        .await
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
    let profile = client.profile();
    let label = format!("{}/{query}", owner.as_str());
    let target = Target::new(&profile.query_access.operation, Some(label), &profile.node);
    let call = QueryCall {
        node: &profile.node,
        access: &profile.query_access,
        owner,
        query,
        max_rows,
        prompts,
    };
    let url = query_url(client.gateway(), &call).map_err(|error| error.with_target(&target))?;
    let answer = client.shared.read(&target, &url).await?;
    parse(QueryFormat::Json, &answer.body, max_rows).map_err(|error| {
        error
            .with_target(&target)
            .with_status(answer.status)
            .with_attempts(1)
    })
}
