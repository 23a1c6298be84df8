//! The ways to write one segment.

use std::fmt;
use std::io::Write;

use super::Writer;
use super::draft::binary;
use crate::error::{Error, Result};
use crate::segment::{Boundary, Element, Segment, SegmentBuf};

impl<W: Write> Writer<W> {
    /// Writes one segment of a set, or a TA1 between ISA and the first GS.
    ///
    /// Empty elements at its end, and empty components at the end of an element, are left out.
    ///
    /// # Errors
    /// [`ErrorKind::State`](crate::ErrorKind::State) elsewhere and for control segments;
    /// [`ErrorKind::DelimiterInData`](crate::ErrorKind::DelimiterInData) and
    /// [`ErrorKind::Character`](crate::ErrorKind::Character) with segment, element, value and
    /// character. Nothing is written then.
    pub fn write_segment(&mut self, segment: &SegmentBuf) -> Result<()> {
        self.put_owned(segment, true)
    }

    /// The same with empty pieces at the end kept.
    pub(crate) fn write_verbatim(&mut self, segment: &SegmentBuf) -> Result<()> {
        self.put_owned(segment, false)
    }

    /// Writes one segment from its elements, without components: the shortest and fastest way.
    ///
    /// ```
    /// # use x12_edi::envelope::{GroupHeader, InterchangeHeader, InterchangeId};
    /// # use x12_edi::value::{ControlNumber, Date, SetControlNumber, Time};
    /// # let (date, time) = (Date::new(2024, 1, 31)?, Time::new(14, 30)?);
    /// # let number = ControlNumber::new(1)?;
    /// # let (us, them) = (InterchangeId::new("ZZ", "A")?, InterchangeId::new("ZZ", "B")?);
    /// # let mut writer = x12_edi::Writer::new(Vec::new());
    /// # writer.start_interchange(&InterchangeHeader::new(us, them, number, date, time))?;
    /// # writer.start_group(&GroupHeader::new("PO", "AA", "BB", number, date, time))?;
    /// # writer.start_set("850", &SetControlNumber::from(number))?;
    /// writer.write_elements("PO1", ["1", "10", "EA", "12.50", "", "VN", "AB-1"])?;
    /// writer.write_elements("REF", ["DP", "099", "", ""])?; // REF*DP*099
    /// # writer.end_set()?;
    /// # writer.end_group()?;
    /// # writer.end_interchange()?;
    /// # let text = String::from_utf8(writer.finish()?).unwrap();
    /// # assert!(text.contains("~PO1*1*10*EA*12.50**VN*AB-1~REF*DP*099~SE*4*"), "{text}");
    /// # Ok::<(), x12_edi::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`write_segment`](Self::write_segment).
    #[inline]
    pub fn write_elements<E: AsRef<[u8]>>(
        &mut self,
        id: impl AsRef<[u8]>,
        elements: impl IntoIterator<Item = E>,
    ) -> Result<()> {
        let id = id.as_ref();
        self.check_place(id)?;
        self.begin(id);
        let separator = self.delimiters.element;
        let mut last_is_empty = true;
        for element in elements {
            let element = element.as_ref();
            self.buffer.put_behind(separator, element);
            self.draft.note(Boundary::Element, self.buffer.len());
            last_is_empty = element.is_empty();
        }
        if last_is_empty {
            self.trim();
        }
        self.end()
    }

    /// Begins one segment of a set, piece by piece and without a buffer in between.
    ///
    /// ```
    /// # use x12_edi::envelope::{GroupHeader, InterchangeHeader, InterchangeId};
    /// # use x12_edi::value::{ControlNumber, Date, SetControlNumber, Time};
    /// # let (date, time) = (Date::new(2024, 1, 31)?, Time::new(14, 30)?);
    /// # let number = ControlNumber::new(1)?;
    /// # let (us, them) = (InterchangeId::new("ZZ", "A")?, InterchangeId::new("ZZ", "B")?);
    /// # let mut writer = x12_edi::Writer::new(Vec::new());
    /// # writer.start_interchange(&InterchangeHeader::new(us, them, number, date, time))?;
    /// # writer.start_group(&GroupHeader::new("PO", "AA", "BB", number, date, time))?;
    /// # writer.start_set("850", &SetControlNumber::from(number))?;
    /// writer.segment("MEA")?.empties(3).element("CM").component("2").end()?; // MEA****CM>2
    /// # writer.end_set()?;
    /// # writer.end_group()?;
    /// # writer.end_interchange()?;
    /// # let text = String::from_utf8(writer.finish()?).unwrap();
    /// # assert!(text.contains("~MEA****CM>2~"), "{text}");
    /// # Ok::<(), x12_edi::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::State`](crate::ErrorKind::State) as for
    /// [`write_segment`](Self::write_segment). What is wrong with the data is said by
    /// [`SegmentWriter::end`].
    pub fn segment(&mut self, id: &str) -> Result<SegmentWriter<'_, W>> {
        self.check_place(id.as_bytes())?;
        self.begin(id.as_bytes());
        Ok(SegmentWriter {
            writer: self,
            ended: false,
        })
    }

    /// Writes a segment that was read, with its components and repetitions, under the delimiters
    /// of this interchange. Under the same delimiters its bytes are copied as they are, but for
    /// release characters (ISX) that released nothing: they are left out.
    ///
    /// # Errors
    /// Those of [`write_segment`](Self::write_segment).
    #[inline]
    pub fn copy_segment(&mut self, segment: &Segment<'_>) -> Result<()> {
        let id = segment.id();
        self.check_place(id)?;
        self.begin(id);
        let is_plain = segment.delimiters.release.is_none();
        if is_plain && segment.delimiters == self.delimiters && self.copy(segment) {
            return self.end_segment();
        }
        let data = binary(id).map_or(0, |(data, _)| data);
        for (number, element) in (1..).zip(segment.elements()) {
            if number == data {
                self.piece(Boundary::Element, element.as_bytes());
            } else {
                self.put_element(element);
            }
        }
        self.end()
    }

    /// Copies the bytes; `false` if some of them may not be written, or none were copied.
    #[inline]
    fn copy(&mut self, segment: &Segment<'_>) -> bool {
        let id_length = segment.id().len();
        if !matches!(id_length, 2 | 3) || binary(segment.id()).is_some() {
            return false;
        }
        let (raw, start) = (segment.as_bytes(), self.buffer.len());
        self.buffer.put(raw.get(id_length..).unwrap_or_default());
        // The delimiters are those that were read; only characters are left to be checked.
        let blocks = self.buffer.blocks(start, self.classes.filler());
        let clean = self.classes.count_delimiters(blocks).is_some();
        if !clean {
            self.buffer.truncate(start);
        }
        clean
    }

    fn put_element(&mut self, element: Element<'_>) {
        if element.delimiters.release.is_some() {
            // What is written knows no release character: data that needs one is refused or
            // replaced, as any other.
            element.each_piece(|boundary, bytes| self.piece(boundary, bytes));
            return;
        }
        let (component, repetition) = (element.delimiters.component, element.delimiters.repetition);
        let mut boundary = Boundary::Element;
        let mut rest = element.as_bytes();
        while let Some(at) = rest
            .iter()
            .position(|&byte| byte == component || Some(byte) == repetition)
        {
            let (piece, after) = rest.split_at(at);
            self.piece(boundary, piece);
            boundary = match after.first() {
                Some(&byte) if byte == component => Boundary::Component,
                _ => Boundary::Repetition,
            };
            rest = after.get(1..).unwrap_or_default();
        }
        self.piece(boundary, rest);
    }

    fn put_owned(&mut self, segment: &SegmentBuf, trim: bool) -> Result<()> {
        let mut pieces = segment.pieces();
        let id = pieces.next().map_or(&[][..], |(_, bytes)| bytes);
        self.check_place(id)?;
        self.begin(id);
        for (boundary, bytes) in pieces {
            let boundary = boundary.unwrap_or(Boundary::Element);
            if trim {
                self.trimmed_piece(boundary, bytes);
            } else {
                self.piece(boundary, bytes);
            }
        }
        if trim {
            self.trim();
        }
        self.end()
    }

    #[inline]
    fn check_place(&self, id: &[u8]) -> Result<()> {
        let is_control = matches!(id, b"ISA" | b"IEA" | b"GS" | b"GE" | b"ST" | b"SE");
        if self.set.is_some() && !is_control {
            return Ok(());
        }
        self.check_odd_place(id, is_control)
    }

    #[cold]
    fn check_odd_place(&self, id: &[u8], is_control: bool) -> Result<()> {
        if is_control {
            let expected = "headers and trailers are written by the writer itself";
            return Err(Error::state(
                expected,
                "use the `start_…` and `end_…` calls",
            ));
        }
        if id == b"TA1" && self.interchange.is_some() && self.group.is_none() {
            return Ok(());
        }
        Err(Error::state(
            "a segment stands inside a transaction set",
            "call `start_set` first",
        ))
    }
}

/// One segment that is being written; see [`Writer::segment`].
///
/// Without a call of [`end`](Self::end) nothing of it is written.
#[must_use = "a segment is written by `end`"]
pub struct SegmentWriter<'w, W: Write> {
    writer: &'w mut Writer<W>,
    ended: bool,
}

impl<W: Write> SegmentWriter<'_, W> {
    /// The next element, or its first component.
    #[inline]
    pub fn element(self, data: impl AsRef<[u8]>) -> Self {
        self.writer.trimmed_piece(Boundary::Element, data.as_ref());
        self
    }

    /// One more component of the last element or repetition.
    #[inline]
    pub fn component(self, data: impl AsRef<[u8]>) -> Self {
        self.writer
            .trimmed_piece(Boundary::Component, data.as_ref());
        self
    }

    /// One more repetition of the last element. It needs a repetition separator: ISA12 `00402` or
    /// later, and delimiters that have one.
    #[inline]
    pub fn repetition(self, data: impl AsRef<[u8]>) -> Self {
        self.writer
            .trimmed_piece(Boundary::Repetition, data.as_ref());
        self
    }

    /// So many empty elements.
    pub fn empties(self, count: usize) -> Self {
        for _ in 0..count {
            self.writer.trimmed_piece(Boundary::Element, b"");
        }
        self
    }

    /// Checks and writes the segment; empty elements at its end are left out.
    ///
    /// # Errors
    /// As for [`Writer::write_segment`]; nothing of the segment is written then.
    pub fn end(mut self) -> Result<()> {
        self.ended = true;
        self.writer.trim();
        self.writer.end()
    }
}

impl<W: Write> Drop for SegmentWriter<'_, W> {
    fn drop(&mut self) {
        if !self.ended {
            self.writer.discard();
        }
    }
}

impl<W: Write> fmt::Debug for SegmentWriter<'_, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SegmentWriter").finish_non_exhaustive()
    }
}
