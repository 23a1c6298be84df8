//! Rows as they come in.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use futures_core::Stream;
use futures_util::stream;
use serde::de::DeserializeOwned;

use super::decode::Plan;
use super::decoder::{Decoder, is_cut};
use super::field_map::FieldMap;
use super::format::QueryFormat;
use super::poll::Blocks;
use super::row::{Row, RowBuf};
use super::step::{Head, Step};
use crate::body::Body;
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::model::Zone;
use crate::target::Target;

/// The rows of an answer that is still coming in; see [`QueryRequest::stream`](crate::QueryRequest::stream).
///
/// An answer that was cut at its row limit ends with [`ErrorKind::Truncated`], so that nobody takes a
/// part for the whole, unless [`accept_cut`](Self::accept_cut) is called.
pub struct RowStream {
    source: Source,
    names: Arc<[Box<str>]>,
    max_rows: u32,
    target: Target,
    zone: Zone,
    accepts_cut: bool,
    over: bool,
}

/// Where rows come from.
enum Source {
    /// One answer, as its bytes come in.
    Body {
        body: Box<Body>,
        decoder: Box<Decoder>,
    },
    /// The answers of a polled query, one after the other.
    Blocks(Box<Blocks>),
}

impl RowStream {
    pub(super) fn of_body(
        body: Body,
        format: QueryFormat,
        max_rows: u32,
        target: Target,
        zone: Zone,
    ) -> Self {
        let source = Source::Body {
            body: Box::new(body),
            decoder: Box::new(Decoder::new(format)),
        };
        Self::of(source, max_rows, target, zone)
    }

    pub(super) fn of_blocks(blocks: Blocks, max_rows: u32, target: Target, zone: Zone) -> Self {
        Self::of(Source::Blocks(Box::new(blocks)), max_rows, target, zone)
    }

    fn of(source: Source, max_rows: u32, target: Target, zone: Zone) -> Self {
        Self {
            source,
            names: Arc::new([]),
            max_rows,
            target,
            zone,
            accepts_cut: false,
            over: false,
        }
    }

    /// Lets an answer that was cut at its row limit end as if it were whole;
    /// [`truncated`](Self::truncated) still tells.
    #[must_use]
    pub fn accept_cut(mut self) -> Self {
        self.accepts_cut = true;
        self
    }

    /// Most bytes that one row may have (16 MiB).
    #[must_use]
    pub fn max_row_bytes(mut self, bytes: usize) -> Self {
        if let Source::Body { decoder, .. } = &mut self.source {
            decoder.set_max_row_bytes(bytes);
        }
        self
    }

    /// The next row; nothing at the end, and after an error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] when the answer is not of its format or ends too early,
    /// [`ErrorKind::Fault`] when it reports a failure, [`ErrorKind::Truncated`] when it was cut at its
    /// row limit, [`ErrorKind::Transport`] and [`ErrorKind::Timeout`] when it breaks off or stands still,
    /// [`ErrorKind::TooLarge`] beyond the client's limit.
    pub async fn next_row(&mut self) -> Result<Option<RowBuf>> {
        match self.advance().await? {
            true => {
                let row = self.row();
                let (columns, cells) = (row.columns, row.cells.clone());
                if self.names.len() != columns.len() {
                    self.names = columns.into();
                }
                Ok(Some(RowBuf {
                    columns: Arc::clone(&self.names),
                    cells,
                }))
            }
            false => Ok(None),
        }
    }

    /// Whether the answer was cut at its row limit, or may have been; to be asked at the end.
    #[must_use]
    pub fn truncated(&self) -> bool {
        let (rows, head) = match &self.source {
            Source::Body { decoder, .. } => (decoder.rows(), decoder.head()),
            Source::Blocks(blocks) => (blocks.rows(), blocks.head()),
        };
        is_cut(rows, head, self.max_rows)
    }

    /// The name of the query as the answer gives it, once it has been read.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.head().name.as_deref()
    }

    /// The rows as a stream.
    pub fn rows(self) -> impl Stream<Item = Result<RowBuf>> + Send + 'static {
        stream::try_unfold(self, |mut rows| async move {
            Ok(rows.next_row().await?.map(|row| (row, rows)))
        })
    }

    /// The rows as values of a type that derives `Deserialize`, as [`Row::decode`] reads them; a row that
    /// cannot be read does not end the stream.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] when the map's zone is none.
    pub fn decode<T: DeserializeOwned + Send + 'static>(
        self,
        map: FieldMap,
    ) -> Result<impl Stream<Item = Result<T>> + Send + 'static> {
        let plan = Plan::new(Cow::Owned(map), Some(&self.zone))?;
        let state = (self, plan, false);
        Ok(stream::unfold(
            state,
            |(mut rows, mut plan, over)| async move {
                if over {
                    return None;
                }
                match rows.advance().await {
                    Ok(true) => {
                        let value = plan
                            .decode(rows.row())
                            .map_err(|error| error.with_target(&rows.target).with_attempts(1));
                        Some((value, (rows, plan, false)))
                    }
                    Ok(false) => None,
                    Err(error) => Some((Err(error), (rows, plan, true))),
                }
            },
        ))
    }

    fn head(&self) -> &Head {
        match &self.source {
            Source::Body { decoder, .. } => decoder.head(),
            Source::Blocks(blocks) => blocks.head(),
        }
    }

    fn row(&self) -> Row<'_> {
        match &self.source {
            Source::Body { decoder, .. } => decoder.row(),
            Source::Blocks(blocks) => blocks.row(),
        }
    }

    /// Goes on to the next row; whether there is one.
    async fn advance(&mut self) -> Result<bool> {
        if self.over {
            return Ok(false);
        }
        let found = match &mut self.source {
            Source::Body { body, decoder } => next_of_body(body, decoder)
                .await
                .map_err(|error| error.with_target(&self.target).with_attempts(1)),
            Source::Blocks(blocks) => blocks.advance().await,
        };
        match found {
            Ok(true) => Ok(true),
            Ok(false) => {
                self.over = true;
                if self.truncated() && !self.accepts_cut {
                    let message =
                        format!("the answer was cut at its limit of {} rows", self.max_rows);
                    let error = Error::new(ErrorKind::Truncated, message).with_sent(Sent::Yes);
                    return Err(error.with_target(&self.target).with_attempts(1));
                }
                Ok(false)
            }
            Err(error) => {
                self.over = true;
                Err(error)
            }
        }
    }
}

async fn next_of_body(body: &mut Body, decoder: &mut Decoder) -> Result<bool> {
    loop {
        match decoder.step()? {
            Step::Row => return Ok(true),
            Step::End => return Ok(false),
            Step::More => match body.chunk().await? {
                Some(chunk) => decoder.room().extend_from_slice(&chunk),
                None => decoder.end(),
            },
        }
    }
}

impl fmt::Debug for RowStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowStream")
            .field("target", &self.target)
            .field("over", &self.over)
            .finish_non_exhaustive()
    }
}
