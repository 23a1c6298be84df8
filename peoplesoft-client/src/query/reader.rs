//! Rows out of anything that can be read, such as an answer kept in a file.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use super::decode::Plan;
use super::decoder::{Decoder, is_cut};
use super::field_map::FieldMap;
use super::format::QueryFormat;
use super::row::Row;
use super::step::Step;
use crate::error::{Error, ErrorKind, Result, Sent};

/// How much is read at once.
const CHUNK: usize = 64 << 10;

/// Reads the rows of an answer one by one, keeping no more than one row of it.
///
/// It does no networking and needs no runtime: any [`Read`] will do, a file or a slice.
///
/// ```
/// use peoplesoft_client::{QueryFormat, RowReader};
///
/// let answer = br#"{"status":"success","data":{"query":{"numrows":1,"queryname=":"X_PO","rows":[
///     {"attr:rownumber":1,"A.PO_ID":"0000000123","C.QTY_PO":4.10}]}}}"#;
/// let mut rows = RowReader::new(&answer[..], QueryFormat::Json);
/// while let Some(row) = rows.next_row()? {
///     assert_eq!(row.get("C.QTY_PO"), Some("4.10"));
/// }
/// assert_eq!(rows.query(), Some("X_PO"));
/// # Ok::<(), peoplesoft_client::Error>(())
/// ```
pub struct RowReader<R> {
    source: R,
    decoder: Decoder,
}

impl<R: Read> RowReader<R> {
    /// Starts to read; bytes are taken 64 KiB at a time, so the source needs no buffer.
    pub fn new(source: R, format: QueryFormat) -> Self {
        Self {
            source,
            decoder: Decoder::new(format),
        }
    }

    /// Most bytes that one row may have (16 MiB).
    #[must_use]
    pub fn max_row_bytes(mut self, bytes: usize) -> Self {
        self.decoder.set_max_row_bytes(bytes);
        self
    }

    /// The next row; nothing at the end of a whole answer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] when the answer is not of its format or ends too early,
    /// [`ErrorKind::Fault`] when it reports a failure, [`ErrorKind::TooLarge`] for a row over the limit,
    /// and [`ErrorKind::Transport`] when the source cannot be read.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>> {
        loop {
            match self.decoder.step()? {
                Step::Row => return Ok(Some(self.decoder.row())),
                Step::End => return Ok(None),
                Step::More => {
                    let room = self.decoder.room();
                    let before = room.len();
                    let source = self.source.by_ref();
                    let read = source.take(CHUNK as u64).read_to_end(room);
                    let length = room.len();
                    read.map_err(|error| {
                        Error::new(ErrorKind::Transport, "the answer cannot be read further")
                            .with_sent(Sent::Yes)
                            .with_source(error)
                    })?;
                    if length == before {
                        self.decoder.end();
                    }
                }
            }
        }
    }

    /// Reads each row into a type that derives `Deserialize`, as [`Row::decode`] does.
    ///
    /// A row that cannot be read does not end the iteration; an answer that cannot be read further does.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] when the map's zone is none.
    pub fn decode<T: DeserializeOwned>(self, map: FieldMap) -> Result<Decoded<R, T>> {
        Ok(Decoded {
            reader: self,
            plan: Plan::new(Cow::Owned(map), None)?,
            over: false,
            output: PhantomData,
        })
    }

    /// The names of the columns so far, in the order in which they first appeared.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = &str> {
        self.decoder.names().iter().map(|name| &**name)
    }

    /// The name of the query as the answer gives it, once it has been read.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.decoder.head().name.as_deref()
    }

    /// Whether an answer asked for with this row limit was cut at it, or may have been; to be asked
    /// when all rows have been read.
    #[must_use]
    pub fn truncated(&self, max_rows: u32) -> bool {
        is_cut(self.decoder.rows(), self.decoder.head(), max_rows)
    }
}

/// The rows of a [`RowReader`] as values of a type; see [`RowReader::decode`].
#[must_use = "an iterator does nothing until it is asked for values"]
pub struct Decoded<R, T> {
    reader: RowReader<R>,
    plan: Plan<'static>,
    over: bool,
    output: PhantomData<fn() -> T>,
}

impl<R, T> Decoded<R, T> {
    /// The reader, to ask it about the answer once the iteration is over.
    pub fn reader(&self) -> &RowReader<R> {
        &self.reader
    }
}

impl<R: Read, T: DeserializeOwned> Iterator for Decoded<R, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        if self.over {
            return None;
        }
        match self.reader.next_row() {
            Ok(Some(row)) => Some(self.plan.decode(row)),
            Ok(None) => {
                self.over = true;
                None
            }
            Err(error) => {
                self.over = true;
                Some(Err(error))
            }
        }
    }
}

impl<R, T> fmt::Debug for Decoded<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoded")
            .field("reader", &self.reader)
            .finish_non_exhaustive()
    }
}

impl<R> fmt::Debug for RowReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowReader")
            .field("query", &self.decoder.head().name)
            .field("rows", &self.decoder.rows())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn a_source_that_fails_is_the_cause() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("unplugged"))
            }
        }
        let start = &br#"{"data":{"query":{"rows":[{"A":1},{"A":"#[..];
        let mut rows = RowReader::new(start.chain(Broken), QueryFormat::Json);
        let error = match rows.next_row() {
            Err(error) => error,
            Ok(_) => rows.next_row().map(|_| ()).unwrap_err(),
        };
        assert_eq!(error.kind(), ErrorKind::Transport);
        assert_eq!(
            std::error::Error::source(&error).unwrap().to_string(),
            "unplugged"
        );
    }

    #[test]
    fn a_cut_shows_by_the_count_of_rows() {
        let answer = br#"{"data":{"query":{"numrows":2,"rows":[{"A":1},{"A":2}]}}}"#;
        let mut rows = RowReader::new(&answer[..], QueryFormat::Json).max_row_bytes(100);
        while rows.next_row().unwrap().is_some() {}
        assert!(rows.truncated(2));
        assert!(!rows.truncated(3));
        assert_eq!(rows.columns().collect::<Vec<_>>(), ["A"]);
        insta::assert_debug_snapshot!(rows, @r"
        RowReader {
            query: None,
            rows: 2,
            ..
        }
        ");
    }
}
