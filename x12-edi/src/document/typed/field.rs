//! How one element becomes a field and back.

use rust_decimal::Decimal;

use super::rule::Kind;
use crate::segment::Element;
use crate::value::{Date, NumberError, Text, Time, implied, real, write_implied, write_real};

/// A field type that one element can fill.
pub(crate) trait Field: Sized {
    /// The type of the element unless the segment says otherwise.
    const KIND: Kind;

    /// Empty if the element is empty or unreadable.
    fn from_element(element: Element<'_>, kind: Kind) -> Self;
    fn write(&self, kind: Kind, out: &mut Vec<u8>) -> Result<(), NumberError>;
}

impl Field for Text {
    const KIND: Kind = Kind::An;

    fn from_element(element: Element<'_>, kind: Kind) -> Self {
        Text::decoded(kind.part_of(element))
    }

    fn write(&self, _kind: Kind, out: &mut Vec<u8>) -> Result<(), NumberError> {
        out.extend_from_slice(self.as_bytes());
        Ok(())
    }
}

impl Field for Option<Text> {
    const KIND: Kind = Kind::An;

    fn from_element(element: Element<'_>, kind: Kind) -> Self {
        (!element.is_empty()).then(|| Text::from_element(element, kind))
    }

    fn write(&self, kind: Kind, out: &mut Vec<u8>) -> Result<(), NumberError> {
        self.as_ref().map_or(Ok(()), |text| text.write(kind, out))
    }
}

impl Field for Option<Decimal> {
    const KIND: Kind = Kind::R;

    fn from_element(element: Element<'_>, kind: Kind) -> Self {
        match kind {
            Kind::N(decimals) => implied(element.as_bytes(), decimals).ok(),
            _ => real(element.as_bytes()).ok(),
        }
    }

    fn write(&self, kind: Kind, out: &mut Vec<u8>) -> Result<(), NumberError> {
        match (self, kind) {
            (None, _) => Ok(()),
            (Some(number), Kind::N(decimals)) => write_implied(*number, decimals, out),
            (Some(number), _) => {
                write_real(*number, out);
                Ok(())
            }
        }
    }
}

impl Field for Option<u32> {
    const KIND: Kind = Kind::N(0);

    fn from_element(element: Element<'_>, _kind: Kind) -> Self {
        let digits = element.as_bytes();
        if digits.is_empty() || digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        Some(
            digits
                .iter()
                .fold(0, |sum, byte| sum * 10 + u32::from(byte - b'0')),
        )
    }

    fn write(&self, _kind: Kind, out: &mut Vec<u8>) -> Result<(), NumberError> {
        if let Some(number) = self {
            out.extend_from_slice(number.to_string().as_bytes());
        }
        Ok(())
    }
}

impl Field for Option<Date> {
    const KIND: Kind = Kind::Dt;

    fn from_element(element: Element<'_>, _kind: Kind) -> Self {
        Date::parse(element.as_bytes())
    }

    fn write(&self, _kind: Kind, out: &mut Vec<u8>) -> Result<(), NumberError> {
        if let Some(date) = self {
            date.write_long(out);
        }
        Ok(())
    }
}

impl Field for Option<Time> {
    const KIND: Kind = Kind::Tm;

    fn from_element(element: Element<'_>, _kind: Kind) -> Self {
        Time::parse(element.as_bytes())
    }

    fn write(&self, _kind: Kind, out: &mut Vec<u8>) -> Result<(), NumberError> {
        if let Some(time) = self {
            time.write(out);
        }
        Ok(())
    }
}

/// A qualifier and the value that it qualifies, of which a segment has several.
pub(crate) trait Pair: Sized {
    fn from_parts(qualifier: Text, value: Text) -> Self;
    fn parts(&self) -> (&Text, &Text);
}
