//! How one element becomes a field and back.

use std::borrow::Cow;
use std::fmt;

use rust_decimal::Decimal;

use super::rule::Kind;
use crate::delimiters::Delimiters;
use crate::schema::Release;
use crate::segment::{Element, Segment, decode, released};
use crate::value::{
    Date, Exact, NumberError, Text, Time, exact_implied, exact_real, write_implied, write_real,
};

/// What is known while the elements of a segment are read, and what came out beside the fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) release: Release,
    /// Whether the set is ASCII without component or repetition separators in its data.
    pub(crate) is_plain: bool,
    pub(crate) delimiters: Delimiters,
    /// Whether writing the fields gives the same bytes again.
    pub(crate) exact: bool,
    /// Whether every element could be read.
    pub(crate) readable: bool,
}

impl Reading {
    /// For one value alone.
    #[inline]
    pub(crate) fn of(delimiters: Delimiters) -> Self {
        Self {
            release: Release::V004010,
            is_plain: false,
            delimiters,
            exact: true,
            readable: true,
        }
    }

    /// A text in a segment that is not plain.
    #[cold]
    fn odd_text(&mut self, bytes: &[u8], kind: Kind) -> Text {
        let delimiters = self.delimiters;
        let element = Element { bytes, delimiters };
        let part = kind.part_of(element);
        let data = released(part, delimiters.release);
        let text = decode(&data);
        self.exact &= !element.is_structured() && text.as_bytes() == part;
        text.into()
    }

    /// The bytes of a number, a date or a time. What stands behind a release character is data, and is not written with
    /// one again where it needs none.
    #[inline]
    fn data<'a>(&mut self, raw: &Raw<'a>) -> Cow<'a, [u8]> {
        if self.is_plain {
            return Cow::Borrowed(raw.bytes());
        }
        let data = released(raw.bytes(), self.delimiters.release);
        self.exact &= matches!(data, Cow::Borrowed(_));
        data
    }

    #[inline]
    fn take<T>(&mut self, read: Option<Exact<T>>) -> Option<T> {
        match read {
            Some(Exact { value, exact }) => {
                self.exact &= exact;
                Some(value)
            }
            None => {
                self.exact = false;
                self.readable = false;
                None
            }
        }
    }
}

/// Why a field cannot be written as an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldError {
    Number(NumberError),
    /// A year that YYMMDD cannot tell.
    Century,
}

impl From<NumberError> for FieldError {
    fn from(error: NumberError) -> Self {
        Self::Number(error)
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(error) => error.fmt(f),
            Self::Century => f.write_str("a date as YYMMDD is of the years 1970 to 2069"),
        }
    }
}

/// The bytes of an element, with what stands behind them in the input: a copy of fixed length is
/// faster than one that has to look where the element ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Raw<'a> {
    tail: &'a [u8],
    len: usize,
}

impl<'a> Raw<'a> {
    /// Element `number` of a segment, from 1; empty when it is not there.
    #[inline]
    pub(crate) fn of(segment: &Segment<'a>, number: usize) -> Self {
        match segment.ends.get(number - 1..).unwrap_or_default() {
            &[before, end, ..] => Self {
                tail: segment
                    .window
                    .get(before as usize + 1..)
                    .unwrap_or_default(),
                len: end.saturating_sub(before + 1) as usize,
            },
            _ => Self { tail: &[], len: 0 },
        }
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.tail.get(..self.len).unwrap_or_default()
    }
}

/// A field type that one element can fill.
pub(crate) trait Field: Sized {
    /// The type of the element unless the segment says otherwise.
    const KIND: Kind;

    /// Whether `write` separates components by [`COMPONENT`] and repetitions by [`REPETITION`].
    const COMPOSITE: bool = false;

    /// Empty if the element is empty or unreadable.
    fn read(raw: Raw<'_>, kind: Kind, reading: &mut Reading) -> Self;
    fn write(&self, kind: Kind, release: Release, out: &mut Vec<u8>) -> Result<(), FieldError>;
}

impl Field for Text {
    const KIND: Kind = Kind::An;

    #[inline]
    fn read(raw: Raw<'_>, kind: Kind, reading: &mut Reading) -> Self {
        if reading.is_plain {
            return Self::from_ascii(raw.tail, raw.len);
        }
        reading.odd_text(raw.bytes(), kind)
    }

    fn write(&self, _kind: Kind, _release: Release, out: &mut Vec<u8>) -> Result<(), FieldError> {
        out.extend_from_slice(self.as_bytes());
        Ok(())
    }
}

impl Field for Option<Text> {
    const KIND: Kind = Kind::An;

    #[inline]
    fn read(raw: Raw<'_>, kind: Kind, reading: &mut Reading) -> Self {
        (raw.len > 0).then(|| Text::read(raw, kind, reading))
    }

    fn write(&self, kind: Kind, release: Release, out: &mut Vec<u8>) -> Result<(), FieldError> {
        self.as_ref()
            .map_or(Ok(()), |text| text.write(kind, release, out))
    }
}

impl Field for Option<Decimal> {
    const KIND: Kind = Kind::R;

    #[inline]
    fn read(raw: Raw<'_>, kind: Kind, reading: &mut Reading) -> Self {
        if raw.len == 0 {
            return None;
        }
        let data = reading.data(&raw);
        let read = match kind {
            Kind::N(decimals) => exact_implied(&data, decimals),
            _ => exact_real(&data),
        };
        reading.take(read.ok())
    }

    fn write(&self, kind: Kind, _release: Release, out: &mut Vec<u8>) -> Result<(), FieldError> {
        match (self, kind) {
            (None, _) => {}
            (Some(number), Kind::N(decimals)) => write_implied(*number, decimals, out)?,
            (Some(number), _) => write_real(*number, out),
        }
        Ok(())
    }
}

impl Field for Option<u32> {
    const KIND: Kind = Kind::N(0);

    #[inline]
    fn read(raw: Raw<'_>, _kind: Kind, reading: &mut Reading) -> Self {
        if raw.len == 0 {
            return None;
        }
        let digits = reading.data(&raw);
        let sound = digits.len() <= 9 && digits.iter().all(u8::is_ascii_digit);
        reading.take(sound.then(|| {
            Exact {
                value: digits
                    .iter()
                    .fold(0, |sum, byte| sum * 10 + u32::from(byte - b'0')),
                exact: digits.len() == 1 || !digits.starts_with(b"0"),
            }
        }))
    }

    fn write(&self, _kind: Kind, _release: Release, out: &mut Vec<u8>) -> Result<(), FieldError> {
        if let Some(number) = self {
            write_real(Decimal::from(*number), out);
        }
        Ok(())
    }
}

impl Field for Option<Date> {
    const KIND: Kind = Kind::Dt;

    #[inline]
    fn read(raw: Raw<'_>, _kind: Kind, reading: &mut Reading) -> Self {
        if raw.len == 0 {
            return None;
        }
        let width = if has_century(reading.release) { 8 } else { 6 };
        let data = reading.data(&raw);
        let read = Date::parse(&data).map(|value| Exact {
            value,
            exact: data.len() == width,
        });
        reading.take(read)
    }

    fn write(&self, _kind: Kind, release: Release, out: &mut Vec<u8>) -> Result<(), FieldError> {
        match self {
            None => {}
            Some(date) if has_century(release) => date.write_long(out),
            Some(date) if date.has_short_form() => date.write_short(out),
            Some(_) => return Err(FieldError::Century),
        }
        Ok(())
    }
}

/// Whether the dates of a release are CCYYMMDD.
fn has_century(release: Release) -> bool {
    release >= Release::V004010
}

impl Field for Option<Time> {
    const KIND: Kind = Kind::Tm;

    #[inline]
    fn read(raw: Raw<'_>, _kind: Kind, reading: &mut Reading) -> Self {
        if raw.len == 0 {
            return None;
        }
        let read = Time::parse(&reading.data(&raw)).map(|value| Exact { value, exact: true });
        reading.take(read)
    }

    fn write(&self, _kind: Kind, _release: Release, out: &mut Vec<u8>) -> Result<(), FieldError> {
        if let Some(time) = self {
            time.write(out);
        }
        Ok(())
    }
}

/// A qualifier and the value that it qualifies, of which a segment has several.
pub(crate) trait Pair: Sized {
    type Value: Field;

    fn from_parts(qualifier: Text, value: Self::Value) -> Self;
    fn parts(&self) -> (&Text, &Self::Value);
}
