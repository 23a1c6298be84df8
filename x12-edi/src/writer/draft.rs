//! The segment that is being put together: copied first, checked as a whole, then kept or taken
//! back.

use std::io::Write;

use super::Writer;
use super::charset::Class;
use super::options::{DelimiterPolicy, LineEnd, Replacement};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::segment::{Boundary, decode};

/// Where the pieces of the segment under way end.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Where the segment begins in the buffer.
    start: usize,
    id_end: usize,
    pieces: Vec<Piece>,
    /// Why the segment cannot be written, found before its end.
    refused: Option<Problem>,
}

/// Where a piece ends in the buffer, and in the two lowest bits which boundary is before it: one
/// store for each element that is written.
#[derive(Debug, Clone, Copy)]
struct Piece(usize);

impl Piece {
    #[inline]
    fn new(boundary: Boundary, end: usize) -> Self {
        Self(
            end << 2
                | match boundary {
                    Boundary::Element => 0,
                    Boundary::Repetition => 1,
                    Boundary::Component => 2,
                },
        )
    }

    #[inline]
    fn end(self) -> usize {
        self.0 >> 2
    }

    #[inline]
    fn boundary(self) -> Boundary {
        match self.0 & 3 {
            0 => Boundary::Element,
            1 => Boundary::Repetition,
            _ => Boundary::Component,
        }
    }
}

impl Draft {
    /// Notes a piece that was put into the buffer.
    #[inline]
    pub(super) fn note(&mut self, boundary: Boundary, end: usize) {
        self.pieces.push(Piece::new(boundary, end));
    }

    fn end_before(&self, index: usize) -> usize {
        index
            .checked_sub(1)
            .and_then(|index| self.pieces.get(index))
            .map_or(self.id_end, |piece| piece.end())
    }
}

/// Which element of a binary segment is bytes, and which one has their number.
pub(super) fn binary(id: &[u8]) -> Option<(usize, usize)> {
    match id {
        b"BIN" => Some((2, 1)),
        b"BDS" => Some((3, 2)),
        _ => None,
    }
}

impl<W: Write> Writer<W> {
    /// Writes id, pieces, terminator and line end; takes all back if a piece is refused.
    #[inline]
    pub(crate) fn emit<'p>(
        &mut self,
        id: &[u8],
        pieces: impl Iterator<Item = (Boundary, &'p [u8])>,
    ) -> Result<()> {
        self.begin(id);
        for (boundary, bytes) in pieces {
            self.piece(boundary, bytes);
        }
        self.end()
    }

    #[inline]
    pub(super) fn begin(&mut self, id: &[u8]) {
        self.draft.start = self.buffer.len();
        self.buffer.put(id);
        self.draft.id_end = self.buffer.len();
        self.draft.pieces.clear();
        self.draft.refused = None;
    }

    #[inline]
    pub(super) fn piece(&mut self, boundary: Boundary, bytes: &[u8]) {
        let delimiter = match boundary {
            Boundary::Element => self.delimiters.element,
            Boundary::Component => self.delimiters.component,
            Boundary::Repetition => match self.delimiters.repetition {
                Some(delimiter) => delimiter,
                None => return self.refuse_repetition(),
            },
        };
        self.buffer.put_behind(delimiter, bytes);
        self.draft.note(boundary, self.buffer.len());
    }

    #[cold]
    fn refuse_repetition(&mut self) {
        let elements = self.draft.pieces.iter();
        let element = elements
            .filter(|piece| piece.boundary() == Boundary::Element)
            .count();
        let expected = "the interchange has no repetition separator";
        let remedy = "give the delimiters one, and ISA12 `00402` or later";
        let id = self.draft_id();
        let problem = Problem::new(ErrorKind::Delimiters, expected, remedy).at(&id, element);
        self.draft.refused.get_or_insert(problem);
    }

    fn draft_id(&self) -> String {
        let bytes = self.buffer.from(self.draft.start);
        let length = self.draft.id_end - self.draft.start;
        decode(bytes.get(..length).unwrap_or(bytes)).into_owned()
    }

    /// Takes the segment under way back.
    pub(super) fn discard(&mut self) {
        self.buffer.truncate(self.draft.start);
    }

    /// The same with empty components and repetitions at the end of an element dropped.
    #[inline]
    pub(super) fn trimmed_piece(&mut self, boundary: Boundary, bytes: &[u8]) {
        while boundary != Boundary::Component
            && let [.., piece] = self.draft.pieces.as_slice()
            && piece.boundary() != Boundary::Element
            && !(boundary == Boundary::Repetition && piece.boundary() == boundary)
        {
            let before = self.draft.end_before(self.draft.pieces.len() - 1);
            if piece.end() > before + 1 {
                break;
            }
            self.draft.pieces.pop();
            self.buffer.truncate(before);
        }
        self.piece(boundary, bytes);
    }

    /// Drops empty pieces at the end of the segment.
    pub(super) fn trim(&mut self) {
        let mut kept = self.draft.pieces.len();
        while kept > 0 && self.draft.end_before(kept) == self.draft.end_before(kept - 1) + 1 {
            kept -= 1;
        }
        self.buffer.truncate(self.draft.end_before(kept));
        self.draft.pieces.truncate(kept);
    }

    /// Checks the segment as a whole and ends it, or takes it back.
    #[inline]
    pub(super) fn end(&mut self) -> Result<()> {
        let Draft { start, id_end, .. } = self.draft;
        let blocks = self.buffer.blocks(start, self.classes.filler());
        // Every delimiter but those that were put here stands in data.
        let clean = self.classes.count_delimiters(blocks) == Some(self.draft.pieces.len());
        if !clean || !self.has_plain_id(start, id_end) || self.draft.refused.is_some() {
            self.put_again()?;
        }
        self.end_segment()
    }

    #[inline]
    pub(super) fn end_segment(&mut self) -> Result<()> {
        self.buffer.push(self.delimiters.segment);
        match self.line_end {
            LineEnd::None => {}
            line_end => self.buffer.put(line_end.as_bytes()),
        }
        if let Some(set) = &mut self.set {
            set.segments += 1;
        }
        self.flush_if_full()
    }

    /// Whether the id needs no closer look; that of a binary segment does, for its length.
    #[inline]
    fn has_plain_id(&self, start: usize, end: usize) -> bool {
        let id = self.buffer.from(start).get(..end - start);
        id.is_some_and(|id| matches!(id.len(), 2 | 3) && binary(id).is_none())
    }

    /// Mends the segment, or takes it back and says why.
    #[cold]
    fn put_again(&mut self) -> Result<()> {
        let replaced = self.replacements.len();
        let done = self.mend();
        if done.is_err() {
            self.discard();
            self.replacements.truncate(replaced);
        }
        done
    }

    /// Goes through the pieces one by one, to replace what may be replaced and to say what is
    /// wrong and where.
    fn mend(&mut self) -> Result<()> {
        let start = self.draft.start;
        let copy = self.buffer.from(start).to_vec();
        let part = |from: usize, to: usize| copy.get(from - start..to - start).unwrap_or_default();
        let id = part(start, self.draft.id_end);
        if !matches!(id.len(), 2 | 3) || self.classes.first_bad(id).is_some() {
            let expected = "a segment id has two or three upper-case letters or digits";
            return Err(Problem::new(ErrorKind::Value, expected, "check the id")
                .with_value(id)
                .into());
        }
        if let Some(problem) = self.draft.refused.take() {
            return Err(problem.into());
        }
        let binary = binary(id);
        let mut declared = None;
        self.buffer.truncate(self.draft.id_end);
        let (mut element, mut from) = (0, self.draft.id_end);
        let pieces = std::mem::take(&mut self.draft.pieces);
        let mut rest = pieces.iter().peekable();
        while let Some(piece) = rest.next() {
            element += usize::from(piece.boundary() == Boundary::Element);
            self.buffer.put(part(from, from + 1));
            let mut end = piece.end();
            let is_data = binary.is_some_and(|(data, _)| data == element);
            if is_data {
                while let Some(more) = rest.next_if(|p| p.boundary() != Boundary::Element) {
                    end = more.end();
                }
                self.put_binary(id, element, part(from + 1, end), declared)?;
            } else {
                let bytes = part(from + 1, end);
                if binary.is_some_and(|(_, length)| length == element) {
                    declared = decode(bytes).parse().ok();
                }
                self.put_odd(id, element, bytes)?;
            }
            from = end;
        }
        self.draft.pieces = pieces;
        Ok(())
    }

    /// Bytes that may hold anything, if their number is right.
    fn put_binary(
        &mut self,
        id: &[u8],
        element: usize,
        bytes: &[u8],
        declared: Option<usize>,
    ) -> Result<()> {
        if declared != Some(bytes.len()) {
            let expected = format!(
                "the element before it declares another number of bytes than the {} there are",
                bytes.len()
            );
            let remedy = "put the number of bytes into the element before the data";
            return Err(Problem::new(ErrorKind::Length, expected, remedy)
                .at(&decode(id), element)
                .into());
        }
        self.buffer.put(bytes);
        Ok(())
    }

    /// A value that may have delimiters or forbidden characters in it.
    fn put_odd(&mut self, id: &[u8], element: usize, bytes: &[u8]) -> Result<()> {
        for &byte in bytes {
            match (self.classes.of(byte), self.policy) {
                (Class::Data, _) => self.buffer.push(byte),
                (Class::Delimiter, DelimiterPolicy::Replace(with)) => {
                    self.replacements.push(Replacement {
                        segment: decode(id).into_owned(),
                        segment_number: self.set.as_ref().map_or(0, |set| set.segments + 1),
                        element,
                        value: decode(bytes).into_owned(),
                        delimiter: byte,
                    });
                    self.buffer.push(with);
                }
                (Class::Delimiter, DelimiterPolicy::Refuse) => {
                    let expected =
                        format!("data must not hold the delimiter `{}`", byte.escape_ascii());
                    let remedy = "choose other delimiters, change the data, or let the writer \
                                  replace delimiters";
                    let problem = Problem::new(ErrorKind::DelimiterInData, expected, remedy);
                    return Err(Error::from(
                        problem.at(&decode(id), element).with_value(bytes),
                    ));
                }
                (Class::Forbidden, _) => {
                    let expected = format!(
                        "the character `{}` is outside the allowed character set",
                        byte.escape_ascii()
                    );
                    let remedy = "change the data, or allow a larger character set";
                    let problem = Problem::new(ErrorKind::Character, expected, remedy);
                    return Err(problem.at(&decode(id), element).with_value(bytes).into());
                }
            }
        }
        Ok(())
    }
}
