//! From the texts of a row to a type that derives `Deserialize`.

mod plan;
mod row;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, de};

pub(crate) use plan::Plan;

use super::field_map::FieldMap;
use super::row::{Row, RowSet};
use crate::error::Result;

impl<'a> Row<'a> {
    /// Reads the row into a type that derives `Deserialize`; [`FieldMap`] says how.
    ///
    /// A blank reads as absent: an `Option` gets `None`, a text an empty one, a number refuses it.
    /// Numbers are read from their digits: decimals through
    /// [`serde_decimal`](crate::model::serde_decimal), whole numbers exactly, and floating point is
    /// refused because it would lose digits. A `bool` reads `Y` and `N`. For many rows,
    /// [`RowSet::decode`] and [`RowReader::decode`](crate::RowReader::decode) find the columns only once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) naming the row, the column and what it holds, or the columns between which
    /// a field cannot choose.
    pub fn decode<T: Deserialize<'a>>(&self, map: &FieldMap) -> Result<T> {
        Plan::new(Cow::Borrowed(map), None)?.decode(*self)
    }
}

impl RowSet {
    /// Reads each row into a type that derives `Deserialize`, as [`Row::decode`] does; a row that cannot
    /// be read does not hide the others.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) when the map's zone is none.
    pub fn decode<'a, T: Deserialize<'a>>(
        &'a self,
        map: &'a FieldMap,
    ) -> Result<impl Iterator<Item = Result<T>>> {
        let mut plan = Plan::new(Cow::Borrowed(map), None)?;
        Ok(self.rows().map(move |row| plan.decode(row)))
    }
}

/// What is wrong with a row.
#[derive(Debug)]
struct Problem(String);

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Problem {}

impl de::Error for Problem {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Self(format!("no column for the field {field}"))
    }
}

#[cfg(test)]
mod tests;
