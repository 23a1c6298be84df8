//! Readers over bytes at hand, over `io::Read`, and over a stream of chunks.

use std::fmt;
use std::io;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt;

use super::field_type::FieldTypes;
use super::options::ReadOptions;
use super::parse::{Parser, Progress};
use super::transaction::Transaction;
use crate::error::{Error, ErrorKind, Sent};

/// Bytes asked for at a time.
const CHUNK: usize = 64 << 10;

/// Where the text of a message comes from; implemented by this crate alone.
pub trait Source: private::Source {}

mod private {
    use crate::error::Error;

    pub trait Source {
        /// The text that is there.
        fn window(&self) -> &str;
        /// Whether nothing follows the window.
        fn ended(&self) -> bool;
        /// Gives up the first bytes of the window.
        fn consume(&mut self, length: usize);
        /// Brings more text, or notes the end.
        fn fill(&mut self) -> Result<(), Error>;
    }
}

/// Reads a rowset message transaction by transaction, in memory that does not grow with the message.
///
/// ```
/// use peoplesoft_client::rowset::{ReadOptions, Reader};
///
/// let message = br#"<DEPT_SYNC>
///   <FieldTypes><DEPT_TBL class="R"><SETID type="CHAR"/><DEPTID type="CHAR"/></DEPT_TBL></FieldTypes>
///   <MsgData><Transaction>
///     <DEPT_TBL class="R"><SETID>SHARE</SETID><DEPTID>10200     </DEPTID></DEPT_TBL>
///   </Transaction></MsgData>
/// </DEPT_SYNC>"#;
/// let mut reader = Reader::from_slice(message, ReadOptions::default());
/// while let Some(transaction) = reader.next_transaction()? {
///     for department in transaction.rows() {
///         assert_eq!(department.record(), "DEPT_TBL");
///         assert_eq!(department.text("DEPTID"), Some("10200"));
///     }
/// }
/// assert_eq!(reader.message(), Some("DEPT_SYNC"));
/// # Ok::<(), peoplesoft_client::Error>(())
/// ```
pub struct Reader<S> {
    source: S,
    parser: Parser,
    failed: bool,
}

impl<'a> Reader<Slice<'a>> {
    /// Reads bytes that are at hand.
    #[must_use]
    pub fn from_slice(bytes: &'a [u8], options: ReadOptions) -> Self {
        Self::of(Slice::new(bytes), options)
    }
}

impl<R: io::Read> Reader<Read<R>> {
    /// Reads from a file or anything else that blocks; needs no buffer around it.
    #[must_use]
    pub fn new(read: R, options: ReadOptions) -> Self {
        Self::of(Read::new(read), options)
    }
}

impl<S: Source> Reader<S> {
    fn of(source: S, options: ReadOptions) -> Self {
        Self {
            source,
            parser: Parser::new(options),
            failed: false,
        }
    }

    /// The next transaction; nothing at the end. It is lent until the next call.
    ///
    /// What does not fit the message's own `FieldTypes` is in [`Transaction::findings`] and fails
    /// nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] when the text is no well-formed message, has a document type or an entity
    /// of its own, or lacks what [`ReadOptions`] insist on; [`ErrorKind::TooLarge`] at a limit;
    /// [`ErrorKind::Transport`] when reading fails. The reader has ended then.
    pub fn next_transaction(&mut self) -> Result<Option<&Transaction>, Error> {
        match self.advance() {
            Ok(true) => Ok(Some(&self.parser.transaction)),
            Ok(false) => Ok(None),
            Err(error) => {
                self.failed = true;
                Err(error)
            }
        }
    }

    /// Whether there is a next transaction.
    fn advance(&mut self) -> Result<bool, Error> {
        if self.failed {
            return Ok(false);
        }
        loop {
            let (used, progress) = self
                .parser
                .advance(self.source.window(), self.source.ended())?;
            self.source.consume(used);
            match progress {
                Progress::More => self.source.fill()?,
                Progress::Transaction => return Ok(true),
                Progress::End => return Ok(false),
            }
        }
    }

    /// The name of the message: that of its outermost element. Known after the first call of
    /// [`next_transaction`](Self::next_transaction).
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.parser.message()
    }

    /// What the message declares; nothing when it has no `FieldTypes`, or before the first call.
    #[must_use]
    pub fn field_types(&self) -> Option<&FieldTypes> {
        self.parser.types()
    }
}

impl<S> fmt::Debug for Reader<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("message", &self.parser.message())
            .field("options", self.parser.options())
            .finish_non_exhaustive()
    }
}

/// Bytes at hand, for [`Reader::from_slice`].
#[derive(Debug)]
pub struct Slice<'a> {
    rest: &'a str,
    /// Whether bytes that are no UTF-8 follow.
    broken: bool,
}

impl<'a> Slice<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(rest) => Self {
                rest,
                broken: false,
            },
            Err(error) => {
                let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
                Self {
                    rest: std::str::from_utf8(good).unwrap_or_default(),
                    broken: true,
                }
            }
        }
    }
}

impl Source for Slice<'_> {}

impl private::Source for Slice<'_> {
    fn window(&self) -> &str {
        self.rest
    }

    fn ended(&self) -> bool {
        !self.broken
    }

    fn consume(&mut self, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or_default();
    }

    fn fill(&mut self) -> Result<(), Error> {
        Err(not_utf8())
    }
}

/// Something that blocks while it reads, for [`Reader::new`].
pub struct Read<R> {
    read: R,
    window: Window,
    chunk: Box<[u8]>,
}

impl<R: io::Read> Read<R> {
    fn new(read: R) -> Self {
        Self {
            read,
            window: Window::default(),
            chunk: vec![0; CHUNK].into(),
        }
    }
}

impl<R> fmt::Debug for Read<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Read").finish_non_exhaustive()
    }
}

impl<R: io::Read> Source for Read<R> {}

impl<R: io::Read> private::Source for Read<R> {
    fn window(&self) -> &str {
        self.window.text()
    }

    fn ended(&self) -> bool {
        self.window.ended
    }

    fn consume(&mut self, length: usize) {
        self.window.consume(length);
    }

    fn fill(&mut self) -> Result<(), Error> {
        let wanted = self.window.wanted();
        let mut got = 0;
        while got < wanted {
            match self.read.read(&mut self.chunk) {
                Ok(0) => return self.window.end(),
                Ok(length) => {
                    self.window
                        .push(self.chunk.get(..length).unwrap_or_default())?;
                    got += length;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(cut_off().with_source(error)),
            }
        }
        Ok(())
    }
}

/// Reads a rowset message from a stream of chunks, such as the body of an answer, in memory that does
/// not grow with the message.
///
/// ```
/// use futures_util::stream;
/// use peoplesoft_client::rowset::{ReadOptions, StreamReader};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), peoplesoft_client::Error> {
/// let chunks = ["<X_SYNC><FieldTypes/><MsgData><Transa", "ction/></MsgData></X_SYNC>"];
/// let chunks = stream::iter(chunks.map(|chunk| Ok::<_, std::io::Error>(chunk.into())));
/// let mut reader = StreamReader::new(chunks, ReadOptions::default());
/// while let Some(transaction) = reader.next_transaction().await? {
///     assert_eq!(transaction.rows().count(), 0);
/// }
/// # Ok(())
/// # }
/// ```
pub struct StreamReader<S> {
    stream: S,
    window: Window,
    parser: Parser,
    failed: bool,
}

impl<S, E> StreamReader<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    /// Reads what the stream brings.
    #[must_use]
    pub fn new(stream: S, options: ReadOptions) -> Self {
        Self {
            stream,
            window: Window::default(),
            parser: Parser::new(options),
            failed: false,
        }
    }

    /// The next transaction; nothing at the end. It is lent until the next call.
    ///
    /// Dropping the future loses nothing: the next call goes on where it stood.
    ///
    /// # Errors
    ///
    /// As [`Reader::next_transaction`].
    pub async fn next_transaction(&mut self) -> Result<Option<&Transaction>, Error> {
        match self.advance().await {
            Ok(true) => Ok(Some(&self.parser.transaction)),
            Ok(false) => Ok(None),
            Err(error) => {
                self.failed = true;
                Err(error)
            }
        }
    }

    async fn advance(&mut self) -> Result<bool, Error> {
        if self.failed {
            return Ok(false);
        }
        loop {
            let (used, progress) = self.parser.advance(self.window.text(), self.window.ended)?;
            self.window.consume(used);
            match progress {
                Progress::More => self.fill().await?,
                Progress::Transaction => return Ok(true),
                Progress::End => return Ok(false),
            }
        }
    }

    async fn fill(&mut self) -> Result<(), Error> {
        let wanted = self.window.wanted();
        let before = self.window.text.len();
        while self.window.text.len() - before < wanted {
            match self.stream.next().await {
                Some(Ok(chunk)) => self.window.push(&chunk)?,
                Some(Err(error)) => return Err(cut_off().with_source(error)),
                None => return self.window.end(),
            }
        }
        Ok(())
    }

    /// The name of the message, after the first call of [`next_transaction`](Self::next_transaction).
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.parser.message()
    }

    /// What the message declares; nothing when it has no `FieldTypes`, or before the first call.
    #[must_use]
    pub fn field_types(&self) -> Option<&FieldTypes> {
        self.parser.types()
    }
}

impl<S> fmt::Debug for StreamReader<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamReader")
            .field("message", &self.parser.message())
            .field("options", self.parser.options())
            .finish_non_exhaustive()
    }
}

/// The part of a text that has come and is not yet read.
#[derive(Debug, Default)]
struct Window {
    text: String,
    /// The beginning of a character whose end has not come.
    tail: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl Window {
    fn text(&self) -> &str {
        self.text.get(self.taken..).unwrap_or_default()
    }

    fn consume(&mut self, length: usize) {
        self.taken += length;
    }

    /// How much more text has to come before it is worth looking again: enough that a long token
    /// that comes in small pieces is not looked through for each of them.
    fn wanted(&mut self) -> usize {
        self.text.drain(..self.taken);
        self.taken = 0;
        if self.text.capacity() > 8 * CHUNK && self.text.len() < CHUNK {
            self.text.shrink_to(2 * CHUNK);
        }
        (self.text.len() / 2).max(1)
    }

    fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut bytes = bytes;
        // A character that two chunks share.
        while let Some((first, rest)) = bytes.split_first()
            && !self.tail.is_empty()
        {
            self.tail.push(*first);
            bytes = rest;
            match std::str::from_utf8(&self.tail) {
                Ok(text) => {
                    self.text.push_str(text);
                    self.tail.clear();
                }
                Err(error) if error.error_len().is_some() => return Err(not_utf8()),
                Err(_) => {}
            }
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => self.text.push_str(text),
            Err(error) if error.error_len().is_none() => {
                let (good, tail) = bytes
                    .split_at_checked(error.valid_up_to())
                    .unwrap_or_default();
                self.text
                    .push_str(std::str::from_utf8(good).unwrap_or_default());
                self.tail.extend_from_slice(tail);
            }
            Err(_) => return Err(not_utf8()),
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Error> {
        if !self.tail.is_empty() {
            return Err(not_utf8());
        }
        self.ended = true;
        Ok(())
    }
}

fn not_utf8() -> Error {
    Error::new(
        ErrorKind::Decode,
        "the message is not readable: found bytes that are no UTF-8, expected a message in UTF-8",
    )
    .with_sent(Sent::Yes)
}

fn cut_off() -> Error {
    Error::new(ErrorKind::Transport, "the message was cut off").with_sent(Sent::Yes)
}
