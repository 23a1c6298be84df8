//! Rows out of bytes that come in pieces, with no more kept than the row that is not whole yet.

use super::format::QueryFormat;
use super::json;
use super::row::{Cells, Row, RowSet};
use super::step::{Head, Step, Wrong};
use super::xmlp;
use crate::error::{Error, ErrorKind, Result};

/// A row larger than this is refused unless the caller allows more.
pub(crate) const MAX_ROW_BYTES: usize = 16 << 20;

/// The reader of one answer.
#[derive(Debug)]
pub(crate) struct Decoder {
    machine: Machine,
    buffer: Vec<u8>,
    /// How much of the buffer has been read.
    used: usize,
    /// How much has been read and let go.
    before: u64,
    /// How much has to lie unread before another look is worth it.
    wanted: usize,
    last: bool,
    ended: bool,
    rows: u64,
    max_row_bytes: usize,
    row: Cells,
}

#[derive(Debug)]
enum Machine {
    Json(json::Machine),
    Xmlp(xmlp::Machine),
}

impl Machine {
    fn new(format: QueryFormat) -> Self {
        match format {
            QueryFormat::Json => Self::Json(json::Machine::default()),
            QueryFormat::Xmlp => Self::Xmlp(xmlp::Machine::default()),
        }
    }

    fn step(&mut self, bytes: &[u8], last: bool, row: &mut Cells) -> Result<(usize, Step), Wrong> {
        match self {
            Self::Json(machine) => machine.step(bytes, last, row),
            Self::Xmlp(machine) => machine.step(bytes, last, row),
        }
    }

    fn head(&self) -> &Head {
        match self {
            Self::Json(machine) => &machine.head,
            Self::Xmlp(machine) => &machine.head,
        }
    }

    fn names(&self) -> &[Box<str>] {
        match self {
            Self::Json(machine) => machine.names.list(),
            Self::Xmlp(machine) => machine.names.list(),
        }
    }

    /// The rows of a whole answer.
    fn rows_of(&mut self, body: &[u8]) -> Result<Vec<Cells>> {
        let mut row = Cells::default();
        let mut rows = Vec::new();
        let mut at = 0;
        loop {
            let rest = body.get(at..).unwrap_or_default();
            let (used, step) = self
                .step(rest, true, &mut row)
                .map_err(|wrong| wrong.into_error(rest, at as u64))?;
            at += used;
            match step {
                Step::Row => rows.push(row.clone()),
                Step::More | Step::End => return Ok(rows),
            }
        }
    }

    fn into_set(self) -> RowSet {
        let (head, names) = match self {
            Self::Json(machine) => (machine.head, machine.names),
            Self::Xmlp(machine) => (machine.head, machine.names),
        };
        RowSet {
            query: head.name,
            columns: names.into_list(),
            ..RowSet::default()
        }
    }
}

/// Whether an answer with these rows was cut at its limit, or may have been.
pub(crate) fn is_cut(rows: u64, head: &Head, max_rows: u32) -> bool {
    // A count above the rows that came means a cut as well, wherever it was made.
    rows >= u64::from(max_rows) || head.count.is_some_and(|said| said > rows)
}

/// Reads a whole answer. A row that is none is kept as such; all else that is wrong fails.
pub(crate) fn parse(format: QueryFormat, body: &[u8], max_rows: u32) -> Result<RowSet> {
    let mut machine = Machine::new(format);
    let rows = machine.rows_of(body)?;
    let truncated = is_cut(rows.len() as u64, machine.head(), max_rows);
    Ok(RowSet {
        rows,
        truncated,
        ..machine.into_set()
    })
}

/// A block of the answer of a polled query.
pub(crate) struct Block {
    pub(crate) set: RowSet,
    pub(crate) count: Option<u64>,
    /// What the answer says about the block.
    pub(crate) status: Option<String>,
}

/// Reads a whole block, whose status is its own.
pub(crate) fn parse_block(format: QueryFormat, body: &[u8]) -> Result<Block> {
    // The service may answer in XML however it was asked.
    let start = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let format = match start.trim_ascii_start().first() {
        Some(b'<') => QueryFormat::Xmlp,
        Some(b'{') => QueryFormat::Json,
        _ => format,
    };
    let mut machine = Machine::new(format);
    if let Machine::Json(machine) = &mut machine {
        machine.is_block = true;
    }
    let rows = machine.rows_of(body)?;
    let status = match &mut machine {
        Machine::Json(machine) => machine.status.take(),
        Machine::Xmlp(machine) => machine.status.take(),
    };
    let count = machine.head().count;
    Ok(Block {
        count,
        status,
        set: RowSet {
            rows,
            ..machine.into_set()
        },
    })
}

/// Reads an answer that comes in pieces of these sizes, over and over.
#[cfg(any(test, feature = "test-util"))]
pub(crate) fn parse_in_pieces(
    format: QueryFormat,
    body: &[u8],
    max_rows: u32,
    sizes: &[usize],
) -> Result<RowSet> {
    let mut decoder = Decoder::new(format);
    let mut rest = body;
    let mut sizes = sizes.iter().copied().cycle();
    let mut rows = Vec::new();
    loop {
        match decoder.step()? {
            Step::Row => rows.push(decoder.row().cells.clone()),
            Step::End => break,
            Step::More if rest.is_empty() => decoder.end(),
            Step::More => {
                let size = sizes.next().unwrap_or(1).clamp(1, rest.len());
                let (piece, after) = rest.split_at(size);
                decoder.room().extend_from_slice(piece);
                rest = after;
            }
        }
    }
    Ok(RowSet {
        query: decoder.head().name.clone(),
        columns: decoder.names().to_vec(),
        truncated: is_cut(rows.len() as u64, decoder.head(), max_rows),
        rows,
    })
}

impl Decoder {
    pub(crate) fn new(format: QueryFormat) -> Self {
        Self {
            machine: Machine::new(format),
            buffer: Vec::new(),
            used: 0,
            before: 0,
            wanted: 1,
            last: false,
            ended: false,
            rows: 0,
            max_row_bytes: MAX_ROW_BYTES,
            row: Cells::default(),
        }
    }

    pub(crate) fn set_max_row_bytes(&mut self, bytes: usize) {
        self.max_row_bytes = bytes.max(1);
    }

    /// Makes room for more bytes, and gives the buffer that they are to be appended to.
    pub(crate) fn room(&mut self) -> &mut Vec<u8> {
        if self.used > 0 {
            self.buffer.drain(..self.used);
            self.before += self.used as u64;
            self.used = 0;
        }
        &mut self.buffer
    }

    /// No more bytes follow those that were appended.
    pub(crate) fn end(&mut self) {
        self.last = true;
    }

    pub(crate) fn head(&self) -> &Head {
        self.machine.head()
    }

    pub(crate) fn names(&self) -> &[Box<str>] {
        self.machine.names()
    }

    /// How many rows have been read.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// The row that was read last.
    pub(crate) fn row(&self) -> Row<'_> {
        Row {
            columns: self.machine.names(),
            cells: &self.row,
        }
    }

    /// Goes on to the next row.
    pub(crate) fn step(&mut self) -> Result<Step> {
        if self.ended {
            return Ok(Step::End);
        }
        let rest = self.buffer.get(self.used..).unwrap_or_default();
        if rest.len() < self.wanted && !self.last {
            return Ok(Step::More);
        }
        let (used, step) = self
            .machine
            .step(rest, self.last, &mut self.row)
            .map_err(|wrong| wrong.into_error(rest, self.before + self.used as u64))?;
        self.used += used;
        match step {
            Step::Row => {
                self.rows += 1;
                self.wanted = 1;
            }
            Step::End => self.ended = true,
            Step::More => {
                let unread = self.buffer.len() - self.used;
                if unread > self.max_row_bytes {
                    let message = format!(
                        "row {} of the answer is larger than {} bytes",
                        self.rows + 1,
                        self.max_row_bytes
                    );
                    let error = Error::new(ErrorKind::TooLarge, message);
                    return Err(error.with_sent(crate::error::Sent::Yes));
                }
                // Looking again at every few bytes of a large row would take time without end.
                self.wanted = (unread + unread / 2).max(1);
            }
        }
        Ok(step)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const JSON: &str = r#" {"x":[{"a":"]}\"["},1.5],"data":{"query":{"numrows":3,"queryname=":"X","rows":[
        {"attr:rownumber":1,"A":"é\u00e9\n","B":1.50,"C":null}, {"B":2,"A":"","D":{"x":[1]}},
        [7], {"attr:rownumber":"4","A":"\ud83d\ude00"}]},"y":false},"status":"success","z":7}
        "#;
    const XMLP: &str = "\u{feff}<?xml version=\"1.0\"?><query numrows=\"2\" queryname=\"X\"><row rownumber=\"1\">\
        <A>é&#233;&amp;<![CDATA[</row>]]></A><B/></row> <row><!-- </query> --><A> 1 </A></row></query> ";

    fn in_pieces(format: QueryFormat, bytes: &[u8], sizes: &[usize]) -> Result<RowSet> {
        parse_in_pieces(format, bytes, 100, sizes)
    }

    fn agree(format: QueryFormat, bytes: &[u8], sizes: &[usize]) {
        match (parse(format, bytes, 100), in_pieces(format, bytes, sizes)) {
            (Ok(whole), Ok(pieces)) => assert_eq!(whole, pieces),
            (Err(whole), Err(pieces)) => assert_eq!(whole.kind(), pieces.kind()),
            (whole, pieces) => panic!("whole {whole:?}, in pieces {pieces:?}"),
        }
    }

    #[test]
    fn pieces_of_any_size_give_the_same_rows() {
        for (format, text, count) in [(QueryFormat::Json, JSON, 4), (QueryFormat::Xmlp, XMLP, 2)] {
            let whole = parse(format, text.as_bytes(), 100).unwrap();
            assert_eq!(whole.rows().len(), count);
            for size in 1..text.len() {
                assert_eq!(
                    in_pieces(format, text.as_bytes(), &[size]).unwrap(),
                    whole,
                    "{size}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn damage_is_answered_alike_in_pieces(
            at in 0..JSON.len(), length in 0..4_usize, put in proptest::collection::vec(any::<u8>(), 0..3),
            sizes in proptest::collection::vec(1..40_usize, 1..4),
        ) {
            for (format, text) in [(QueryFormat::Json, JSON), (QueryFormat::Xmlp, XMLP)] {
                let mut bytes = text.as_bytes().to_vec();
                let start = at.min(bytes.len());
                let end = (start + length).min(bytes.len());
                bytes.splice(start..end, put.iter().copied());
                agree(format, &bytes, &sizes);
            }
        }
    }

    #[test]
    fn a_row_without_end_is_refused() {
        let mut decoder = Decoder::new(QueryFormat::Json);
        decoder.set_max_row_bytes(1_000);
        decoder
            .room()
            .extend_from_slice(br#"{"data":{"query":{"rows":[{"A":""#);
        let error = loop {
            match decoder.step() {
                Ok(_) => decoder.room().extend_from_slice(&[b'x'; 100]),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        insta::assert_snapshot!(error, @"row 1 of the answer is larger than 1000 bytes");
    }
}
