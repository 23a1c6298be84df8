//! In which order a store is read as a whole.

use crate::store::Row;
use crate::stream::StreamKey;

/// What is read next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) enum Stage {
    /// The one row of names.
    Names,
    /// Series after this tenant and name.
    Series(Option<(Box<str>, Box<str>)>),
    /// One stream's own row, that of the stream after this one.
    Next(Option<StreamKey>),
    /// Rows of a stream, after this one.
    Part(StreamKey, Part, Option<Box<Row>>),
    /// Nothing any more.
    Done,
}

/// The rows of a stream, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Part {
    Past,
    Seen,
    Documents,
    Shipments,
    Events,
}

impl Stage {
    /// What comes after a row.
    pub(in crate::store) fn after(row: Option<&Row>) -> Self {
        let Some(row) = row else { return Self::Names };
        let part = match row {
            Row::Begin => return Self::Names,
            Row::Names { .. } => return Self::Series(None),
            Row::Series { tenant, name, .. } => {
                return Self::Series(Some((tenant.clone(), name.clone())));
            }
            Row::Stream(row) => return Self::Part(row.stream.clone(), Part::Past, None),
            Row::End => return Self::Done,
            Row::Past(_) => Part::Past,
            Row::Seen(_) => Part::Seen,
            Row::Document(_) => Part::Documents,
            Row::Shipment(_) => Part::Shipments,
            Row::Event(_) => Part::Events,
        };
        match row.stream() {
            Some(stream) => Self::Part(stream.clone(), part, Some(Box::new(row.clone()))),
            None => Self::Done,
        }
    }

    /// What comes after a page of this stage that was to have so many rows.
    pub(in crate::store) fn then(self, page: &[Row], wanted: usize) -> Self {
        if let (Some(last), true) = (page.last(), page.len() >= wanted) {
            return Self::after(Some(last));
        }
        let next = |stream, part| Self::Part(stream, part, None);
        match self {
            Self::Names => Self::Series(None),
            Self::Series(_) => Self::Next(None),
            Self::Next(_) => page.last().map_or(Self::Done, |row| Self::after(Some(row))),
            Self::Part(stream, Part::Past, _) => next(stream, Part::Seen),
            Self::Part(stream, Part::Seen, _) => next(stream, Part::Documents),
            Self::Part(stream, Part::Documents, _) => next(stream, Part::Shipments),
            Self::Part(stream, Part::Shipments, _) => next(stream, Part::Events),
            Self::Part(stream, Part::Events, _) => Self::Next(Some(stream)),
            Self::Done => Self::Done,
        }
    }
}
