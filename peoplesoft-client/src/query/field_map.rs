//! Which column each field of a caller's type is read from, and how its text is to be understood.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::columns::{position, same};

/// From the columns of a query to the fields of a type that derives `Deserialize`.
///
/// A field that is not mapped is read from the column of its own name: first from the one that is
/// spelled exactly so, then from the only one that differs in letter case, in the record alias before
/// the last point (`A.PO_ID`) or in a prefix of component interfaces (`KEYPROP_`, `PROP_`). Where more
/// than one column fits, nothing is guessed: the error names them.
///
/// ```
/// use peoplesoft_client::{FieldMap, QueryFormat, RowReader};
///
/// #[derive(serde::Deserialize)]
/// struct Order {
///     po_id: String,
///     dated: String,
///     status: String,
///     #[serde(with = "peoplesoft_client::model::serde_decimal")]
///     quantity: peoplesoft_client::Decimal,
/// }
///
/// let map = FieldMap::new()
///     .column("dated", "PO_DT")
///     .date_format("dated", "%d %b %Y")
///     .column("quantity", "C.QTY_PO")
///     .column("status", "PO_STATUS")
///     .code("status", "Dispatched", "D");
/// let answer = br#"{"status":"success","data":{"query":{"rows":[
///     {"A.PO_ID":"0000000123","PO_DT":"01 Apr 2026","PO_STATUS":"Dispatched","C.QTY_PO":1.50,"D.QTY_PO":2}]}}}"#;
/// let mut rows = RowReader::new(&answer[..], QueryFormat::Json);
/// let order: Order = rows.next_row()?.expect("one row").decode(&map)?;
/// assert_eq!((&*order.po_id, &*order.dated, &*order.status), ("0000000123", "2026-04-01", "D"));
/// assert_eq!(order.quantity.to_string(), "1.50");
/// # Ok::<(), peoplesoft_client::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct FieldMap {
    /// Field → column; an empty name means that there is no such column.
    pub columns: BTreeMap<String, String>,
    /// Field → format of its column, in the letters of `strftime`; the field gets ISO 8601.
    ///
    /// A format with a letter for hours makes a date-time, any other a date.
    pub date_formats: BTreeMap<String, String>,
    /// Field → translate text → code; the field gets the code of a text that is listed.
    pub codes: BTreeMap<String, BTreeMap<String, String>>,
    /// Zone into which a date-time with an offset is put, in place of the profile's (UTC where rows are
    /// read without a client).
    pub zone: Option<String>,
}

impl FieldMap {
    /// A map in which every field is read from the column of its own name.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a field from this column.
    #[must_use]
    pub fn column(mut self, field: impl Into<String>, column: impl Into<String>) -> Self {
        self.columns.insert(field.into(), column.into());
        self
    }

    /// Reads a date or date-time in this format, in the letters of `strftime`.
    #[must_use]
    pub fn date_format(mut self, field: impl Into<String>, format: impl Into<String>) -> Self {
        self.date_formats.insert(field.into(), format.into());
        self
    }

    /// Reads this translate text of a field as a code.
    #[must_use]
    pub fn code(
        mut self,
        field: impl Into<String>,
        text: impl Into<String>,
        code: impl Into<String>,
    ) -> Self {
        let texts = self.codes.entry(field.into()).or_default();
        texts.insert(text.into(), code.into());
        self
    }

    /// The column that a field is to be read from.
    pub(super) fn wanted<'a>(&'a self, field: &'a str) -> &'a str {
        self.columns.get(field).map_or(field, String::as_str)
    }

    /// The position of the column of a field; nothing if there is none.
    ///
    /// An error lists the columns that all fit.
    pub(super) fn find<'a>(
        &self,
        field: &str,
        names: &'a [Box<str>],
    ) -> Result<Option<usize>, Vec<&'a str>> {
        let wanted = self.wanted(field);
        if wanted.trim().is_empty() {
            return Ok(None);
        }
        if let Some(found) = position(wanted, names) {
            return Ok(Some(found));
        }
        let mut alike = names
            .iter()
            .enumerate()
            .filter(|(_, name)| same(name, wanted));
        match (alike.next(), alike.next()) {
            (None, _) => Ok(None),
            (Some((only, _)), None) => Ok(Some(only)),
            (Some(_), Some(_)) => Err(names
                .iter()
                .filter(|name| same(name, wanted))
                .map(|name| &**name)
                .collect()),
        }
    }
}
