//! An owned segment that knows no delimiters.

use std::borrow::Cow;
use std::fmt;

use super::{MASK, Segment, decode, is_sensitive};

/// What a boundary in the data of a [`SegmentBuf`] separates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Boundary {
    Element,
    Repetition,
    Component,
}

/// A segment that owns its data and is written under any delimiters.
///
/// ```
/// use x12_edi::SegmentBuf;
/// let segment = SegmentBuf::new("REF").element("DP").element("099");
/// assert_eq!(segment.text(2), "099");
/// assert_eq!(segment.to_string(), "REF*DP*099");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SegmentBuf {
    /// Id and data, without delimiters.
    pub(crate) bytes: Vec<u8>,
    /// Before which byte which boundary stands; in order.
    pub(crate) boundaries: Vec<(u32, Boundary)>,
}

impl SegmentBuf {
    /// A segment of this id without elements.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self {
            bytes: id.as_bytes().to_vec(),
            boundaries: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, boundary: Boundary, data: &[u8]) {
        self.boundaries.push((
            u32::try_from(self.bytes.len()).unwrap_or(u32::MAX),
            boundary,
        ));
        self.bytes.extend_from_slice(data);
    }

    /// The same with one more element.
    #[must_use]
    pub fn element(mut self, data: impl AsRef<[u8]>) -> Self {
        self.push(Boundary::Element, data.as_ref());
        self
    }

    /// The same with one more component in the last element.
    #[must_use]
    pub fn component(mut self, data: impl AsRef<[u8]>) -> Self {
        self.push(Boundary::Component, data.as_ref());
        self
    }

    /// The same with one more repetition of the last element.
    #[must_use]
    pub fn repetition(mut self, data: impl AsRef<[u8]>) -> Self {
        self.push(Boundary::Repetition, data.as_ref());
        self
    }

    /// The segment id.
    #[must_use]
    pub fn id(&self) -> Cow<'_, str> {
        decode(self.pieces().next().map_or(&[][..], |(_, bytes)| bytes))
    }

    /// How many elements it has, empty ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.boundaries
            .iter()
            .filter(|(_, boundary)| *boundary == Boundary::Element)
            .count()
    }

    /// Whether it has no element.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Element `number` from 1 as text, its first component only; empty when it is not there.
    #[must_use]
    pub fn text(&self, number: usize) -> Cow<'_, str> {
        let mut element = 0;
        for (boundary, bytes) in self.pieces() {
            if boundary == Some(Boundary::Element) {
                element += 1;
                if element == number {
                    return decode(bytes);
                }
            }
        }
        Cow::Borrowed("")
    }

    /// The id, then every piece with the boundary before it.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = (Option<Boundary>, &[u8])> {
        let starts = std::iter::once((0_u32, None)).chain(
            self.boundaries
                .iter()
                .map(|&(at, boundary)| (at, Some(boundary))),
        );
        let ends = self
            .boundaries
            .iter()
            .map(|&(at, _)| at as usize)
            .chain(std::iter::once(self.bytes.len()));
        starts.zip(ends).map(|((start, boundary), end)| {
            (
                boundary,
                self.bytes.get(start as usize..end).unwrap_or_default(),
            )
        })
    }
}

impl From<Segment<'_>> for SegmentBuf {
    fn from(segment: Segment<'_>) -> Self {
        let mut owned = Self {
            bytes: Vec::with_capacity(segment.as_bytes().len()),
            boundaries: Vec::with_capacity(segment.ends.len()),
        };
        owned.bytes.extend_from_slice(segment.id());
        // ISA16 is the component separator itself and no composite; ISA11 likewise.
        // The data of BIN and BDS are bytes, not components.
        let is_isa = segment.id() == b"ISA";
        let data = match segment.id() {
            b"BIN" => 2,
            b"BDS" => 3,
            _ => 0,
        };
        for (number, element) in (1..).zip(segment.elements()) {
            if is_isa || number == data {
                owned.push(Boundary::Element, element.as_bytes());
                continue;
            }
            element.each_piece(|boundary, bytes| owned.push(boundary, bytes));
        }
        owned
    }
}

impl SegmentBuf {
    fn show(&self, f: &mut fmt::Formatter<'_>, masked: bool) -> fmt::Result {
        let id = self.id();
        let mut element = 0;
        for (boundary, bytes) in self.pieces() {
            f.write_str(match boundary {
                None => "",
                Some(Boundary::Element) => "*",
                Some(Boundary::Component) => ">",
                Some(Boundary::Repetition) => "^",
            })?;
            element += usize::from(boundary == Some(Boundary::Element));
            let hidden = masked && is_sensitive(id.as_bytes(), element);
            if hidden && !bytes.trim_ascii().is_empty() {
                f.write_str(MASK)?;
            } else {
                f.write_str(&decode(bytes))?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for SegmentBuf {
    /// With `*`, `>` and `^` as delimiters and without a terminator.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.show(f, false)
    }
}

impl fmt::Debug for SegmentBuf {
    /// As shown, but for passwords and the numbers of bank accounts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Masked<'a>(&'a SegmentBuf);
        impl fmt::Display for Masked<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.show(f, true)
            }
        }
        f.debug_tuple("SegmentBuf")
            .field(&Masked(self).to_string())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_neither_passwords_nor_account_numbers() {
        let isa = SegmentBuf::new("ISA")
            .element("00")
            .element(" ")
            .element("01")
            .element("hunter2");
        assert_eq!(format!("{isa:?}"), "SegmentBuf(\"ISA*00* *01****\")");
        let payment = SegmentBuf::new("BPR").element("C");
        let payment = ["1", "C", "ACH", "", "01", "021000021", "DA", "4111222"]
            .into_iter()
            .fold(payment, SegmentBuf::element)
            .component("333");
        let shown = format!("{payment:?}");
        assert!(shown.contains("021000021"), "{shown}");
        assert!(
            !shown.contains("4111222") && !shown.contains("333"),
            "{shown}"
        );
        assert!(payment.to_string().contains("4111222"));
    }

    #[test]
    fn it_is_built_and_shown() {
        let segment = SegmentBuf::new("REF")
            .element("A")
            .element("")
            .element("x")
            .component("y")
            .repetition("z");
        assert_eq!(segment.to_string(), "REF*A**x>y^z");
        assert_eq!(segment.id(), "REF");
        assert_eq!(segment.len(), 3);
        assert_eq!(segment.text(3), "x");
        assert_eq!(segment.text(2), "");
        assert_eq!(segment.text(9), "");
    }
}
