//! Rows as text: column names in order, blanks trimmed, numbers as they were written.

use std::fmt;

use crate::model::{HIDDEN, is_sensitive};

/// The rows that a query answered with.
///
/// Every value is text: a number keeps the digits it was written with, a blank reads as absent.
#[derive(Clone, Default, PartialEq)]
pub struct RowSet {
    pub(crate) query: Option<String>,
    pub(crate) columns: Vec<Box<str>>,
    pub(crate) rows: Vec<Cells>,
    pub(crate) truncated: bool,
}

/// The cells of a row: position of the column in the set, and the text if there is any.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cells {
    pub(crate) number: Option<u64>,
    pub(crate) cells: Vec<(usize, Option<Box<str>>)>,
    /// The JSON of a row that is no object, which has no cells then.
    pub(crate) malformed: Option<Box<str>>,
}

impl RowSet {
    /// The rows in the order of the answer; one that is no JSON object has no columns.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row { set: self, cells })
    }

    /// The names of all columns, in the order in which they first appeared.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = &str> {
        self.columns.iter().map(|name| &**name)
    }

    /// The name of the query as the answer gives it.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    /// Whether the answer was cut at the row limit, or may have been: as many rows as the limit.
    #[must_use]
    pub fn truncated(&self) -> bool {
        self.truncated
    }
}

impl fmt::Debug for RowSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowSet")
            .field("query", &self.query)
            .field("columns", &self.columns)
            .field("rows", &self.rows.len())
            .field("truncated", &self.truncated)
            .finish()
    }
}

/// One row of a [`RowSet`].
///
/// Its `Debug` hides columns that are known to hold bank, tax or national numbers.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    pub(crate) set: &'a RowSet,
    pub(crate) cells: &'a Cells,
}

impl<'a> Row<'a> {
    /// The number that PeopleSoft gave the row (`attr:rownumber`), from 1.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        self.cells.number
    }

    /// The text of a column by its exact name, such as `A.PO_ID`; nothing when blank or absent.
    #[must_use]
    pub fn get(&self, column: &str) -> Option<&'a str> {
        self.iter()
            .find(|(name, _)| *name == column)
            .and_then(|(_, text)| text)
    }

    /// The columns in the order of the answer, with their text unless blank.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> + use<'a> {
        let set = self.set;
        self.cells
            .cells
            .iter()
            .filter_map(move |(column, text)| Some((&**set.columns.get(*column)?, text.as_deref())))
    }

    /// The text of the column at a position of the set.
    pub(crate) fn at(&self, column: usize) -> Option<&'a str> {
        // Rows nearly always hold the same columns in the same order.
        let cell = match self.cells.cells.get(column) {
            Some(cell) if cell.0 == column => Some(cell),
            _ => self.cells.cells.iter().find(|cell| cell.0 == column),
        };
        cell.and_then(|(_, text)| text.as_deref())
    }

    /// The row as a JSON object of texts, for whoever has to look at it; bank and tax numbers are hidden.
    pub(crate) fn to_json(self) -> String {
        if let Some(raw) = &self.cells.malformed {
            return raw.to_string();
        }
        let mut object = serde_json::Map::new();
        if let Some(number) = self.number() {
            object.insert("attr:rownumber".to_owned(), number.into());
        }
        for (name, text) in self.iter() {
            object.insert(
                name.to_owned(),
                shown(name, text).unwrap_or_default().into(),
            );
        }
        serde_json::Value::Object(object).to_string()
    }
}

/// What may be shown of a column: not the numbers of banks and tax offices.
fn shown<'a>(name: &str, text: Option<&'a str>) -> Option<&'a str> {
    if is_sensitive(name) {
        text.map(|_| HIDDEN)
    } else {
        text
    }
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.iter().map(|(name, text)| (name, shown(name, text)));
        f.debug_map().entries(shown).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bank_and_tax_numbers_are_hidden() {
        let cell = |at, text: &str| (at, Some(text.into()));
        let set = RowSet {
            columns: vec![
                "A.VENDOR_ID".into(),
                "A.VNDR_TIN".into(),
                "B.IBAN_ID".into(),
            ],
            rows: vec![Cells {
                number: Some(1),
                cells: vec![cell(0, "0000000042"), cell(1, "Planted-1"), (2, None)],
                malformed: None,
            }],
            ..RowSet::default()
        };
        let row = set.rows().next().unwrap();
        insta::assert_snapshot!(format!("{row:?}"), @r#"{"A.VENDOR_ID": Some("0000000042"), "A.VNDR_TIN": Some("[hidden]"), "B.IBAN_ID": None}"#);
        insta::assert_snapshot!(row.to_json(), @r#"{"A.VENDOR_ID":"0000000042","A.VNDR_TIN":"[hidden]","B.IBAN_ID":"","attr:rownumber":1}"#);
        assert_eq!(row.get("A.VNDR_TIN"), Some("Planted-1"));
    }
}
