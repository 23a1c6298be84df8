//! The same readers over a stream that must not block a thread (feature `tokio`).
//!
//! Nothing is spawned and no runtime is made: the future of each call reads from the stream that
//! it was given. All calls are safe to cancel; what was read so far is kept for the next call.

use std::fmt;
use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::envelope::{EnvelopeReader, Event, TransactionSet, TransactionSets};
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::reader::{FeedSource, Reader};
use crate::segment::Segment;

/// Whether the reader underneath has read all that it was fed.
fn is_hungry(error: &Error) -> bool {
    std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<io::Error>())
        .is_some_and(|source| source.kind() == io::ErrorKind::WouldBlock)
}

/// Reads once from the stream into the window of a reader.
async fn feed<R: AsyncRead + Unpin>(stream: &mut R, source: &mut FeedSource) -> Result<()> {
    loop {
        match stream.read(source.room()).await {
            Ok(bytes) => {
                source.took(bytes);
                return Ok(());
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::io(error)),
        }
    }
}

/// [`Reader`] over an [`AsyncRead`]: segments one after another, in bounded memory.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let file: &[u8] = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~\nIEA*0*000000001~\n";
/// let mut reader = x12_edi::asynchronous::AsyncReader::new(file); // any `AsyncRead`
/// while let Some(segment) = reader.next_segment().await? {
///     println!("{}", segment.id_text());
/// }
/// # Ok::<(), x12_edi::Error>(())
/// # }).unwrap();
/// ```
pub struct AsyncReader<R> {
    stream: R,
    reader: Reader<FeedSource>,
}

impl<R: AsyncRead + Unpin> AsyncReader<R> {
    /// Over a stream; pass `&mut stream` to keep it. It buffers by itself.
    pub fn new(stream: R) -> Self {
        Self {
            stream,
            reader: Reader::with_source(FeedSource::default()),
        }
    }

    /// As [`Reader::with_max_segment_bytes`].
    #[must_use]
    pub fn with_max_segment_bytes(mut self, bytes: usize) -> Self {
        self.reader = self.reader.with_max_segment_bytes(bytes);
        self
    }

    /// As [`Reader::next_segment`].
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the stream fails.
    pub async fn next_segment(&mut self) -> Result<Option<Segment<'_>>> {
        loop {
            match self.reader.advance() {
                Ok(Some(_)) => return Ok(Some(self.reader.current())),
                Ok(None) => return Ok(None),
                Err(error) if is_hungry(&error) => {
                    feed(&mut self.stream, self.reader.source_mut()).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// As [`Reader::take_findings`].
    pub fn take_findings(&mut self) -> Vec<Finding> {
        self.reader.take_findings()
    }
}

impl<R> fmt::Debug for AsyncReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncReader")
            .field("reader", &self.reader)
            .finish_non_exhaustive()
    }
}

/// [`EnvelopeReader`] over an [`AsyncRead`]: the envelope as events, checked on the way.
pub struct AsyncEnvelopeReader<R> {
    stream: R,
    events: EnvelopeReader<FeedSource>,
}

impl<R: AsyncRead + Unpin> AsyncEnvelopeReader<R> {
    /// Over a stream, in bounded memory.
    pub fn new(stream: R) -> Self {
        Self::from_reader(AsyncReader::new(stream))
    }

    /// Over a reader of segments, for example one with another limit.
    pub fn from_reader(reader: AsyncReader<R>) -> Self {
        Self {
            stream: reader.stream,
            events: EnvelopeReader::from_reader(reader.reader),
        }
    }

    /// As [`EnvelopeReader::next_event`].
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the stream fails.
    pub async fn next_event(&mut self) -> Result<Option<Event<'_>>> {
        loop {
            match self.events.next_plain() {
                Ok(true) => return Ok(Some(Event::Segment(self.events.current()))),
                Ok(false) => return Ok(self.events.pop()),
                Err(error) if is_hungry(&error) => {
                    feed(&mut self.stream, self.events.source_mut()).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl<R> fmt::Debug for AsyncEnvelopeReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncEnvelopeReader")
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

/// [`TransactionSets`] over an [`AsyncRead`]: one transaction set at a time.
pub struct AsyncTransactionSets<R> {
    stream: R,
    sets: TransactionSets<FeedSource>,
}

impl<R: AsyncRead + Unpin> AsyncTransactionSets<R> {
    /// Over a stream; memory is bounded by the largest set.
    pub fn new(stream: R) -> Self {
        Self::from_events(AsyncEnvelopeReader::new(stream))
    }

    /// Over an envelope reader, for example one with other limits.
    pub fn from_events(events: AsyncEnvelopeReader<R>) -> Self {
        Self {
            stream: events.stream,
            sets: TransactionSets::from_events(events.events),
        }
    }

    /// As [`TransactionSets::with_max_set_bytes`].
    #[must_use]
    pub fn with_max_set_bytes(mut self, bytes: usize) -> Self {
        self.sets = self.sets.with_max_set_bytes(bytes);
        self
    }

    /// As [`TransactionSets::next_set`].
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the stream fails.
    pub async fn next_set(&mut self) -> Result<Option<&TransactionSet>> {
        loop {
            match self.sets.read_set() {
                Ok(true) => return Ok(Some(self.sets.set())),
                Ok(false) => return Ok(None),
                Err(error) if is_hungry(&error) => {
                    feed(&mut self.stream, self.sets.source_mut()).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// As [`TransactionSets::take_findings`].
    pub fn take_findings(&mut self) -> Vec<Finding> {
        self.sets.take_findings()
    }
}

impl<R> fmt::Debug for AsyncTransactionSets<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncTransactionSets")
            .field("sets", &self.sets)
            .finish_non_exhaustive()
    }
}
