//! One segment: borrowed from the bytes that were read, or owned.

mod owned;
mod release;
mod sensitive;

pub(crate) use owned::Boundary;
pub use owned::SegmentBuf;
pub(crate) use release::{Split, released};
pub(crate) use sensitive::{MASK, is_sensitive};

use std::borrow::Cow;
use std::fmt;

use crate::delimiters::Delimiters;
use crate::finding::{Finding, FindingCode, Location};
use crate::lexer::count_lines;

/// Bytes as text: UTF-8 where it is that, else each byte as the Latin-1 character.
///
/// X12 names no encoding; this keeps every byte visible and never fails.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect()),
    }
}

fn decode_cow(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(bytes) => decode(bytes),
        Cow::Owned(bytes) => Cow::Owned(decode(&bytes).into_owned()),
    }
}

/// Bytes of a window. Places are never out of order or out of bounds; a branch that is never
/// taken costs less than a choice between two slices.
#[inline(always)]
fn piece(window: &[u8], start: usize, end: usize) -> &[u8] {
    match window.get(start..end) {
        Some(bytes) => bytes,
        None => nothing(),
    }
}

#[cold]
#[inline(never)]
fn nothing() -> &'static [u8] {
    &[]
}

/// A segment as it stands in the input, borrowed.
///
/// ```
/// # let bytes = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*A*B*20240101*1200*1*X*004010~";
/// let mut reader = x12_edi::Reader::from_slice(bytes);
/// let isa = reader.next_segment()?.expect("an ISA");
/// assert_eq!(isa.id(), b"ISA");
/// assert_eq!(isa.element(13).as_bytes(), b"000000001");
/// # Ok::<(), x12_edi::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Segment<'a> {
    /// Bytes that hold it; those before it begin on a line that is known.
    pub(crate) window: &'a [u8],
    /// End of the id, then of each element, within `window`.
    pub(crate) ends: &'a [u32],
    /// Its first byte within `window`.
    pub(crate) start: u32,
    /// Number in the transaction set, 0 outside one.
    pub(crate) number: u32,
    /// Offset of the first byte of `window` in the input.
    pub(crate) origin: u64,
    /// Line of that byte.
    pub(crate) origin_line: u64,
    pub(crate) delimiters: Delimiters,
}

impl<'a> Segment<'a> {
    /// One that comes from no input.
    pub(crate) fn alone(raw: &'a [u8], ends: &'a [u32], delimiters: Delimiters) -> Self {
        Self {
            window: raw,
            ends,
            start: 0,
            number: 0,
            origin: 0,
            origin_line: 0,
            delimiters,
        }
    }

    /// The segment id, for example `PO1`, as it stands in the input.
    #[must_use]
    #[inline]
    pub fn id(&self) -> &'a [u8] {
        let end = self.ends.first().map_or(0, |&end| end as usize);
        piece(self.window, self.start as usize, end)
    }

    /// The segment id as text.
    #[must_use]
    pub fn id_text(&self) -> Cow<'a, str> {
        decode(self.id())
    }

    /// How many elements follow the id, empty ones included.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.ends.len().saturating_sub(1)
    }

    /// Whether nothing follows the id.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Element `number`, from 1 (so `element(3)` of BEG is BEG03); empty when it is not there.
    #[must_use]
    #[inline]
    pub fn element(&self, number: usize) -> Element<'a> {
        // `number` is 1 at least when the pair exists.
        let bytes = match self.ends.get(number.wrapping_sub(1)..).unwrap_or_default() {
            &[before, end, ..] => piece(self.window, before as usize + 1, end as usize),
            _ => &[],
        };
        Element {
            bytes,
            delimiters: self.delimiters,
        }
    }

    /// All elements in order, empty ones included.
    #[inline]
    pub fn elements(&self) -> Elements<'a> {
        let (before, ends) = match self.ends.split_first() {
            Some((&first, rest)) => (first, rest),
            None => (0, self.ends),
        };
        Elements {
            window: self.window,
            before,
            ends: ends.iter(),
            delimiters: self.delimiters,
        }
    }

    /// The lengths of all elements in order.
    #[inline]
    pub(crate) fn lengths(&self) -> impl Iterator<Item = usize> + use<'a> {
        self.ends.windows(2).map(|pair| match *pair {
            [before, end] => end.saturating_sub(before + 1) as usize,
            _ => 0,
        })
    }

    /// The bytes of the whole segment, without its terminator.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        let end = self.ends.last().map_or(0, |&end| end as usize);
        piece(self.window, self.start as usize, end)
    }

    /// The delimiters under which it was read.
    #[must_use]
    pub fn delimiters(&self) -> Delimiters {
        self.delimiters
    }

    /// Offset of its first byte from the first byte of the input.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.origin + u64::from(self.start)
    }

    /// Number in its transaction set where ST is 1, as AK302 counts; `None` outside a set.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        (self.number > 0).then_some(self.number)
    }

    /// Line of its first byte, from 1. Counted when asked for, at a cost of some kilobytes read.
    #[must_use]
    pub fn line(&self) -> u64 {
        let lead = self.window.get(..self.start as usize).unwrap_or_default();
        self.origin_line + count_lines(lead)
    }

    /// Its place, for a [`Finding`].
    #[must_use]
    pub fn location(&self) -> Location {
        Location {
            offset: self.offset(),
            line: self.line(),
            segment: self.number(),
            segment_id: self.id_text().into_owned(),
            ..Location::default()
        }
    }

    /// An owned copy, independent of the delimiters.
    #[must_use]
    pub fn to_owned(&self) -> SegmentBuf {
        SegmentBuf::from(*self)
    }

    pub(crate) fn finding(&self, code: FindingCode, text: impl Into<String>) -> Finding {
        Finding::new(code, self.location(), text)
    }
}

impl fmt::Debug for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment")
            .field("raw", &MaskedSegment(*self).to_string())
            .field("offset", &self.offset())
            .field("number", &self.number())
            .finish()
    }
}

/// Shows a segment with its sensitive elements masked: passwords and account numbers.
pub(crate) struct MaskedSegment<'a>(pub(crate) Segment<'a>);

impl fmt::Display for MaskedSegment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let segment = self.0;
        let separator = char::from(segment.delimiters.element);
        f.write_str(&segment.id_text())?;
        for (index, element) in segment.elements().enumerate() {
            let secret = is_sensitive(segment.id(), index + 1) && !element.is_blank();
            let text = if secret {
                Cow::Borrowed(MASK)
            } else {
                element.text()
            };
            write!(f, "{separator}{text}")?;
        }
        Ok(())
    }
}

/// The elements of a segment in order: what [`Segment::elements`] gives.
#[derive(Clone)]
pub struct Elements<'a> {
    window: &'a [u8],
    /// Where the separator before the next element stands.
    before: u32,
    ends: std::slice::Iter<'a, u32>,
    delimiters: Delimiters,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    #[inline]
    fn next(&mut self) -> Option<Element<'a>> {
        let &end = self.ends.next()?;
        let start = std::mem::replace(&mut self.before, end) as usize + 1;
        Some(Element {
            bytes: piece(self.window, start, end as usize),
            delimiters: self.delimiters,
        })
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.ends.size_hint()
    }
}

impl ExactSizeIterator for Elements<'_> {}

impl fmt::Debug for Elements<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// One element of a segment, borrowed; empty when the segment does not have it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) delimiters: Delimiters,
}

impl<'a> Element<'a> {
    /// The bytes, with any component and repetition separators.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The bytes without the release characters that make delimiters data; borrowed where there
    /// are none, as in every interchange without ISX.
    #[must_use]
    pub fn data(&self) -> Cow<'a, [u8]> {
        released(self.bytes, self.delimiters.release)
    }

    /// The data as text: UTF-8, or Latin-1 where it is not UTF-8.
    #[must_use]
    pub fn text(&self) -> Cow<'a, str> {
        decode_cow(self.data())
    }

    /// The text without blanks around it, as fixed-length elements such as ISA06 need it.
    #[must_use]
    pub fn trimmed(&self) -> Cow<'a, str> {
        decode_cow(released(self.bytes.trim_ascii(), self.delimiters.release))
    }

    /// Whether there is no byte in it.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Whether there is nothing but blanks in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.bytes.trim_ascii().is_empty()
    }

    /// The repetitions: one, unless the interchange has a repetition separator and uses it here.
    pub fn repetitions(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        let delimiters = self.delimiters;
        Split::new(self.bytes, delimiters.repetition, delimiters.release)
            .map(move |bytes| Element { bytes, delimiters })
    }

    /// The components, of the first repetition if there are several; as they stand in the input.
    pub fn components(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let Delimiters {
            component,
            repetition,
            release,
            ..
        } = self.delimiters;
        let first = Split::new(self.bytes, repetition, release).next();
        Split::new(first.unwrap_or_default(), Some(component), release)
    }

    /// Every component of every repetition, without release characters, and what stands before it.
    pub(crate) fn each_piece(&self, mut take: impl FnMut(Boundary, &[u8])) {
        let Delimiters {
            component,
            repetition,
            release,
            ..
        } = self.delimiters;
        let mut boundary = Boundary::Element;
        for one in Split::new(self.bytes, repetition, release) {
            for part in Split::new(one, Some(component), release) {
                take(boundary, &released(part, release));
                boundary = Boundary::Component;
            }
            boundary = Boundary::Repetition;
        }
    }

    /// Component `number`, from 1; empty when it is not there.
    #[must_use]
    pub fn component(&self, number: usize) -> &'a [u8] {
        number
            .checked_sub(1)
            .and_then(|n| self.components().nth(n))
            .unwrap_or_default()
    }

    /// Whether it holds a component or repetition separator.
    #[must_use]
    pub fn is_structured(&self) -> bool {
        let Delimiters {
            component,
            repetition,
            release,
            ..
        } = self.delimiters;
        match release {
            None => self
                .bytes
                .iter()
                .any(|&byte| byte == component || Some(byte) == repetition),
            Some(_) => [Some(component), repetition]
                .into_iter()
                .any(|separator| Split::new(self.bytes, separator, release).nth(1).is_some()),
        }
    }
}

impl PartialEq<str> for Element<'_> {
    fn eq(&self, text: &str) -> bool {
        self.bytes == text.as_bytes()
    }
}

impl PartialEq<&str> for Element<'_> {
    fn eq(&self, text: &&str) -> bool {
        self.bytes == text.as_bytes()
    }
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Element").field(&self.text()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment<'a>(raw: &'a [u8], ends: &'a [u32]) -> Segment<'a> {
        let delimiters = Delimiters::default().with_repetition(b'^').unwrap();
        Segment::alone(raw, ends, delimiters)
    }

    #[test]
    fn elements_are_numbered_from_one_and_absent_ones_are_empty() {
        let s = segment(b"REF*DP**A>B^C", &[3, 6, 7, 13]);
        assert_eq!((s.id(), s.len()), (&b"REF"[..], 3));
        assert_eq!(s.element(1).as_bytes(), b"DP");
        assert!(s.element(0).is_empty() && s.element(2).is_empty() && s.element(99).is_empty());
        let three = s.element(3);
        assert!(three.is_structured());
        assert_eq!(three.component(1), b"A");
        assert_eq!(three.component(2), b"B");
        assert_eq!(three.component(3), b"");
        let repetitions: Vec<_> = three.repetitions().map(|r| r.as_bytes()).collect();
        assert_eq!(repetitions, [&b"A>B"[..], b"C"]);
        assert_eq!(s.elements().count(), 3);
    }

    #[test]
    fn debug_hides_the_password_of_isa() {
        let raw = b"ISA*00*          *01*hunter2   ";
        let s = segment(raw, &[3, 6, 17, 20, 31]);
        let shown = format!("{s:?}");
        assert!(
            !shown.contains("hunter2") && shown.contains("***"),
            "{shown}"
        );
    }

    #[test]
    fn latin_1_is_read_byte_by_byte() {
        assert_eq!(decode(b"caf\xe9"), "café");
        assert_eq!(decode("café".as_bytes()), "café");
    }
}
