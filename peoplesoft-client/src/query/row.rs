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

/// The cells of a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cells {
    pub(crate) number: Option<u64>,
    /// The texts of all cells, one after the other.
    pub(crate) text: String,
    pub(crate) spans: Vec<Span>,
    /// What stands in place of a row that is none, which has no cells then.
    pub(crate) malformed: Option<Box<str>>,
}

/// Where the text of a cell begins and ends; both are the same for a blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) column: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Cells {
    pub(crate) fn text_of(&self, span: Span) -> Option<&str> {
        self.text
            .get(span.start as usize..span.end as usize)
            .filter(|text| !text.is_empty())
    }

    /// The text of the column at a position.
    pub(crate) fn at(&self, column: usize) -> Option<&str> {
        let is_it = |span: &Span| span.column as usize == column;
        // Rows nearly always hold the same columns in the same order.
        let span = match self.spans.get(column) {
            Some(span) if is_it(span) => Some(span),
            _ => self.spans.iter().find(|span| is_it(span)),
        };
        self.text_of(*span?)
    }
}

impl RowSet {
    /// The rows in the order of the answer; one that is no row has no columns.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row {
            columns: &self.columns,
            cells,
        })
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

/// One row of a [`RowSet`], or of an answer that is read row by row.
///
/// Its `Debug` hides columns that are known to hold bank, tax or national numbers.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    pub(crate) columns: &'a [Box<str>],
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
        let Self { columns, cells } = *self;
        cells.spans.iter().filter_map(move |span| {
            Some((&**columns.get(span.column as usize)?, cells.text_of(*span)))
        })
    }

    /// What came in place of the row, where it is none.
    #[must_use]
    pub fn malformed(&self) -> Option<&'a str> {
        self.cells.malformed.as_deref()
    }

    /// The row by itself, to be kept.
    #[must_use]
    pub fn to_owned(&self) -> RowBuf {
        RowBuf {
            columns: self.columns.into(),
            cells: self.cells.clone(),
        }
    }

    /// The text of the column at a position of the set.
    pub(crate) fn at(&self, column: usize) -> Option<&'a str> {
        self.cells.at(column)
    }

    /// The row as a JSON object of texts, for whoever has to look at it; bank and tax numbers
    /// are hidden, and so are the columns at the positions in `hidden`.
    pub(crate) fn to_json(self, hidden: &[usize]) -> String {
        if let Some(raw) = &self.cells.malformed {
            return raw.to_string();
        }
        let mut object = serde_json::Map::new();
        if let Some(number) = self.number() {
            object.insert("attr:rownumber".to_owned(), number.into());
        }
        for span in &self.cells.spans {
            let at = span.column as usize;
            let Some(name) = self.columns.get(at) else {
                continue;
            };
            let text = match self.cells.text_of(*span) {
                Some(_) if hidden.contains(&at) => Some(HIDDEN),
                text => shown(name, text),
            };
            object.insert(name.to_string(), text.unwrap_or_default().into());
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

/// A row that stands by itself; [`as_row`](Self::as_row) reads it.
#[derive(Clone, PartialEq)]
pub struct RowBuf {
    pub(crate) columns: std::sync::Arc<[Box<str>]>,
    pub(crate) cells: Cells,
}

impl RowBuf {
    /// The row, to be read.
    #[must_use]
    pub fn as_row(&self) -> Row<'_> {
        Row {
            columns: &self.columns,
            cells: &self.cells,
        }
    }

    /// The text of a column by its exact name, such as `A.PO_ID`; nothing when blank or absent.
    #[must_use]
    pub fn get(&self, column: &str) -> Option<&str> {
        self.as_row().get(column)
    }
}

impl fmt::Debug for RowBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_row().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn bank_and_tax_numbers_are_hidden() {
        let answer = br#"{"data":{"query":{"rows":[{"attr:rownumber":1,"A.VENDOR_ID":"0000000042",
            "A.VNDR_TIN":"Planted-1","B.IBAN_ID":""}]}}}"#;
        let set = crate::query::parse(crate::QueryFormat::Json, answer, 10).unwrap();
        let row = set.rows().next().unwrap();
        insta::assert_snapshot!(format!("{row:?}"), @r#"{"A.VENDOR_ID": Some("0000000042"), "A.VNDR_TIN": Some("[hidden]"), "B.IBAN_ID": None}"#);
        insta::assert_snapshot!(row.to_json(&[]), @r#"{"A.VENDOR_ID":"0000000042","A.VNDR_TIN":"[hidden]","B.IBAN_ID":"","attr:rownumber":1}"#);
        assert_eq!(row.get("A.VNDR_TIN"), Some("Planted-1"));
    }
}
