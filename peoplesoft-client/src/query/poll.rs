//! A query that the Process Scheduler runs: started, asked for its status, its answer taken in blocks.

use std::fmt;
use std::time::Duration;

use super::decoder::{Block, parse_block};
use super::request::QueryRequest;
use super::row::{Row, RowSet};
use super::step::Head;
use super::stream::RowStream;
use crate::client::Client;
use crate::component_interface::{CiBuffer, read_json, read_xml};
use crate::connector::rest::{QueryCall, RestCall, query_url, request};
use crate::connector::{Door, Repeat, Request};
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::judge::Answer;
use crate::profile::{Owner, QueryPoll};
use crate::target::Target;

/// How long to wait between two questions for the status.
const PAUSE: Duration = Duration::from_secs(5);
/// More blocks than this mean that the last one was missed.
const MAX_BLOCKS: u32 = 1_000_000;

/// A query that runs in the background; see [`QueryRequest::poll`].
#[derive(Clone)]
#[must_use = "the answer of a query that runs has to be asked for"]
pub struct Polled {
    request: QueryRequest,
    instance: String,
}

/// How far a query that runs in the background has come.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PollStatus {
    /// It waits or runs; the word is that of PeopleSoft.
    Running(String),
    /// Its answer can be taken.
    Done,
    /// It failed, was stopped, or is not known; the word is that of PeopleSoft.
    Failed(String),
}

impl Polled {
    pub(super) async fn start(mut request: QueryRequest) -> Result<Self> {
        let access = &request.client.profile().query_access;
        let target = target_of(&request, &access.poll.execute_operation);
        let call = QueryCall {
            alias: &access.poll.execute_alias,
            version: &access.poll.version,
            before: &access.poll.execute_path,
            ..request.call()
        };
        let url = query_url(request.client.gateway(), &call)
            .map_err(|error| error.with_target(&target))?;
        let mut start = Request::get(Door::Rest, url, ANY);
        // Two of them would run twice.
        start.repeat = Repeat::IfUnsent;
        let answer = request.client.shared.call(&target, &start).await?;
        let tree = tree(&answer).map_err(|error| error.with_target(&target).with_attempts(1))?;
        let instance = find(&tree, &access.poll.instance_names).ok_or_else(|| {
            let message = format!(
                "the answer names no query instance: none of {} is in it",
                access.poll.instance_names.join(", ")
            );
            decode(message, &target)
        })?;
        // The key of a page is no business of a query that runs once.
        request.prompts.shrink_to_fit();
        Ok(Self { request, instance })
    }

    /// What PeopleSoft calls this run: the query instance.
    #[must_use]
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// Asks how far it is.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] when the answer has no status, and every kind that a read can fail with.
    pub async fn status(&self) -> Result<PollStatus> {
        let poll = self.poll();
        let target = target_of(&self.request, &poll.status_operation);
        let answer = self
            .ask(&target, &poll.status_alias, &poll.status_path, None)
            .await?;
        let tree = tree(&answer).map_err(|error| error.with_target(&target).with_attempts(1))?;
        let Some(word) = find_last(&tree, &poll.status_name) else {
            let message = format!("the answer has no {}", poll.status_name);
            return Err(decode(message, &target));
        };
        let is_one_of =
            |words: &[String]| words.iter().any(|known| known.eq_ignore_ascii_case(&word));
        Ok(if is_one_of(&poll.done) {
            PollStatus::Done
        } else if is_one_of(&poll.failed) {
            PollStatus::Failed(word)
        } else {
            PollStatus::Running(word)
        })
    }

    /// Waits until it is done, asking every five seconds by the client's clock, and takes its rows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Timeout`] when it is not done after `patience` (it runs on, and may be waited for
    /// again), [`ErrorKind::Fault`] when it failed, and those of [`status`](Self::status).
    pub async fn wait(&self, patience: Duration) -> Result<RowStream> {
        let clock = &self.request.client.shared.clock;
        let start = clock.now();
        loop {
            match self.status().await? {
                PollStatus::Done => return Ok(self.rows()),
                PollStatus::Failed(word) => {
                    return Err(self.problem(
                        ErrorKind::Fault,
                        format!("the query ended with status `{word}`"),
                    ));
                }
                PollStatus::Running(word) => {
                    let waited = clock.now().duration_since(start).unwrap_or_default();
                    if waited + PAUSE > patience {
                        return Err(self.problem(
                            ErrorKind::Timeout,
                            format!("the query is not done in time; its status is `{word}`"),
                        ));
                    }
                    clock.sleep(PAUSE).await;
                }
            }
        }
    }

    /// Takes the rows of a query that is done, block by block.
    pub fn rows(&self) -> RowStream {
        let request = &self.request;
        let blocks = Blocks {
            polled: self.clone(),
            number: 0,
            set: RowSet::default(),
            at: None,
            head: Head::default(),
            rows: 0,
            last: false,
        };
        let target = target_of(request, &self.poll().results_operation);
        RowStream::of_blocks(
            blocks,
            request.max_rows,
            target,
            request.client.zone().clone(),
        )
    }

    fn poll(&self) -> &QueryPoll {
        &self.request.client.profile().query_access.poll
    }

    async fn ask(
        &self,
        target: &Target,
        alias: &str,
        path: &str,
        block: Option<u32>,
    ) -> Result<Answer> {
        let profile = self.request.client.profile();
        let poll = &profile.query_access.poll;
        let mut parameters = Vec::new();
        if let Some(block) = block {
            parameters.push((poll.block_parameter.clone(), block.to_string()));
        }
        parameters.push((poll.instance_parameter.clone(), self.instance.clone()));
        if profile.query_access.json_resp && self.request.format == super::QueryFormat::Json {
            parameters.push(("json_resp".to_owned(), "true".to_owned()));
        }
        let segments: Vec<String> = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(str::to_owned)
            .collect();
        let call = RestCall {
            node: &profile.node,
            alias,
            version: &poll.version,
            segments: &segments,
            parameters: &parameters,
            trailing_slash: profile.query_access.trailing_slash,
        };
        let question = request(self.request.client.gateway(), &call, ANY)
            .map_err(|error| error.with_target(target))?;
        self.request.client.shared.call(target, &question).await
    }

    fn problem(&self, kind: ErrorKind, message: String) -> Error {
        let target = target_of(&self.request, &self.poll().status_operation);
        Error::new(kind, message)
            .with_target(&target)
            .with_attempts(1)
            .with_sent(Sent::Yes)
    }
}

/// Asks for the status of a run that never was.
pub(crate) async fn probe_status(client: &Client) -> Result<PollStatus> {
    let request = QueryRequest::new(client.clone(), Owner::Public, String::new());
    let instance = "0".to_owned();
    Polled { request, instance }.status().await
}

const ANY: &str = "application/json, text/xml, */*";

/// The blocks of an answer, one after the other.
pub(super) struct Blocks {
    polled: Polled,
    number: u32,
    set: RowSet,
    at: Option<usize>,
    head: Head,
    rows: u64,
    last: bool,
}

impl Blocks {
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    pub(super) fn row(&self) -> Row<'_> {
        static NONE: std::sync::LazyLock<super::row::Cells> =
            std::sync::LazyLock::new(super::row::Cells::default);
        let cells = self.at.and_then(|at| self.set.rows.get(at));
        Row {
            columns: &self.set.columns,
            cells: cells.unwrap_or(&NONE),
        }
    }

    /// Goes on to the next row; whether there is one.
    pub(super) async fn advance(&mut self) -> Result<bool> {
        loop {
            let next = self.at.map_or(0, |at| at + 1);
            if next < self.set.rows.len() {
                self.at = Some(next);
                self.rows += 1;
                return Ok(true);
            }
            if self.last {
                return Ok(false);
            }
            self.fetch().await?;
        }
    }

    async fn fetch(&mut self) -> Result<()> {
        self.number += 1;
        let poll = self.polled.poll();
        let target = target_of(&self.polled.request, &poll.results_operation);
        if self.number > MAX_BLOCKS {
            return Err(decode("the answer has no last block".to_owned(), &target));
        }
        let answer = self
            .polled
            .ask(
                &target,
                &poll.results_alias,
                &poll.results_path,
                Some(self.number),
            )
            .await?;
        let Block { set, count, status } = parse_block(self.polled.request.format, &answer.body)
            .map_err(|error| {
                error
                    .with_target(&target)
                    .with_status(answer.status)
                    .with_attempts(1)
            })?;
        // A site that cuts nothing into blocks gives its only one no status.
        self.last = match status {
            Some(status) => {
                status.eq_ignore_ascii_case(&poll.last_block)
                    || !status.eq_ignore_ascii_case(&poll.more_blocks)
            }
            None => true,
        } || set.rows.is_empty();
        if self.number == 1 {
            self.head = Head {
                // The count is that of a block where there is more than one.
                count: count.filter(|_| self.last),
                name: set.query.clone(),
            };
        }
        self.set = set;
        self.at = None;
        Ok(())
    }
}

fn target_of(request: &QueryRequest, operation: &str) -> Target {
    // A probe asks for no query.
    let label = format!("{}/{}", request.owner.as_str(), request.query);
    let label = Some(label).filter(|_| !request.query.is_empty());
    Target::new(operation, label, &request.client.profile().node)
}

fn decode(message: String, target: &Target) -> Error {
    Error::new(ErrorKind::Decode, message)
        .with_target(target)
        .with_attempts(1)
        .with_sent(Sent::Yes)
}

/// An answer in either format, as a tree.
fn tree(answer: &Answer) -> Result<CiBuffer> {
    let wrong = |what: String| {
        Error::new(
            ErrorKind::Decode,
            format!("the answer cannot be read: {what}"),
        )
        .with_status(answer.status)
        .with_sent(Sent::Yes)
    };
    let body = answer
        .body
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(&answer.body);
    if body.trim_ascii_start().starts_with(b"<") {
        let read = read_xml(body).map_err(|error| wrong(error.to_string()))?;
        Ok(read.map(|(_, tree)| tree).unwrap_or_default())
    } else {
        read_json(body, "").map_err(wrong)
    }
}

/// The first text under one of the names, wherever it stands.
fn find(tree: &CiBuffer, names: &[String]) -> Option<String> {
    texts(tree)
        .into_iter()
        .find(|(name, _)| names.iter().any(|known| known.eq_ignore_ascii_case(name)))
        .map(|(_, text)| text)
}

/// The innermost text under a name: around it may stand a status of the answer itself.
fn find_last(tree: &CiBuffer, wanted: &str) -> Option<String> {
    texts(tree)
        .into_iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(wanted))
        .map(|(_, text)| text)
        .next_back()
}

/// Every property with a text, those of the outer rows first.
fn texts(tree: &CiBuffer) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = tree
        .properties()
        .map(|(name, text)| (name.to_owned(), text.trim().to_owned()))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    for collection in tree.collections() {
        for row in tree.rows(collection) {
            found.extend(texts(row));
        }
    }
    found
}

impl fmt::Debug for Polled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Polled")
            .field("query", &self.request.query)
            .field("instance", &self.instance)
            .finish_non_exhaustive()
    }
}
