//! From the texts of a row to a type that derives `Deserialize`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use rust_decimal::prelude::ToPrimitive;
use serde::de::{
    self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor,
    value::{BorrowedStrDeserializer, StrDeserializer},
};
use serde::{Deserialize, forward_to_deserialize_any};

use super::field_map::FieldMap;
use super::row::{Row, RowSet};
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::model::{PsDate, PsDateTime, Zone, is_sensitive, parse_decimal};

/// Where the fields of one type are found, worked out once and used for every row.
#[derive(Debug)]
pub(crate) struct Plan<'m> {
    map: Cow<'m, FieldMap>,
    zone: Zone,
    fields: &'static [&'static str],
    columns: usize,
    slots: Vec<Slot>,
}

/// A field that has a column.
#[derive(Debug)]
struct Slot {
    field: &'static str,
    column: usize,
    /// Whether the text is not simply what it says.
    translated: bool,
}

impl<'m> Plan<'m> {
    pub(crate) fn new(map: impl Into<Cow<'m, FieldMap>>, zone: Option<&Zone>) -> Result<Self> {
        let map: Cow<'m, FieldMap> = map.into();
        let named = map.zone.as_deref().map(Zone::new).transpose();
        let named = named.map_err(|error| {
            Error::new(
                ErrorKind::InvalidRequest,
                format!("the zone of the field map: {error}"),
            )
        })?;
        Ok(Self {
            zone: named.or_else(|| zone.cloned()).unwrap_or_else(Zone::utc),
            map,
            fields: &[],
            columns: 0,
            slots: Vec::new(),
        })
    }

    /// Reads one row.
    pub(crate) fn decode<'a, T: Deserialize<'a>>(&mut self, row: Row<'a>) -> Result<T> {
        let refuse = |what: String| {
            let place = match row.number() {
                Some(number) => format!("row {number}: {what}"),
                None => what,
            };
            Error::new(ErrorKind::Decode, place).with_sent(Sent::Yes)
        };
        if let Some(raw) = row.malformed() {
            let found: String = raw.escape_debug().take(100).collect();
            return Err(refuse(format!("found `{found}` in place of a row")));
        }
        T::deserialize(RowDecoder { row, plan: self }).map_err(|problem| refuse(problem.0))
    }

    fn fit(&mut self, fields: &'static [&'static str], names: &[Box<str>]) -> Result<(), Problem> {
        if std::ptr::eq(self.fields, fields) && self.columns == names.len() {
            return Ok(());
        }
        self.slots.clear();
        for field in fields {
            match self.map.find(field, names) {
                Ok(Some(column)) => self.slots.push(Slot {
                    field,
                    column,
                    translated: self.map.date_formats.contains_key(*field)
                        || self.map.codes.contains_key(*field),
                }),
                Ok(None) => {}
                Err(rivals) => {
                    return Err(Problem(format!(
                        "the field {field} could be read from {}; map it to one of them, or to \"\"",
                        rivals.join(", ")
                    )));
                }
            }
        }
        self.fields = fields;
        self.columns = names.len();
        Ok(())
    }

    /// The text of a field as its type is to see it.
    fn translate<'a>(&self, field: &str, text: &'a str) -> Result<Cow<'a, str>, Problem> {
        if let Some(format) = self.map.date_formats.get(field) {
            let read = if has_hours(format) {
                PsDateTime::parse(text, format, &self.zone).map(|time| time.to_string())
            } else {
                PsDate::parse(text, format).map(|date| date.to_string())
            };
            return read
                .map(Cow::Owned)
                .map_err(|error| Problem(error.to_string()));
        }
        let code = self.map.codes.get(field).and_then(|codes| codes.get(text));
        Ok(match code {
            Some(code) => Cow::Owned(code.clone()),
            None => Cow::Borrowed(text),
        })
    }
}

/// Whether a format of `strftime` has a letter for hours.
fn has_hours(format: &str) -> bool {
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter == '%' {
            let directive =
                letters.find(|c| !matches!(c, '-' | '_' | '0'..='9' | '^' | '#' | '.' | ':'));
            if matches!(
                directive,
                Some('H' | 'I' | 'k' | 'l' | 'T' | 'R' | 's' | 'c' | 'r')
            ) {
                return true;
            }
        }
    }
    false
}

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
    /// [`ErrorKind::Decode`] naming the row, the column and what it holds, or the columns between which
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
    /// [`ErrorKind::InvalidRequest`] when the map's zone is none.
    pub fn decode<'a, T: Deserialize<'a>>(
        &'a self,
        map: &'a FieldMap,
    ) -> Result<impl Iterator<Item = Result<T>>> {
        let mut plan = Plan::new(Cow::Borrowed(map), None)?;
        Ok(self.rows().map(move |row| plan.decode(row)))
    }
}

impl<'m> From<&'m FieldMap> for Cow<'m, FieldMap> {
    fn from(map: &'m FieldMap) -> Self {
        Cow::Borrowed(map)
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

struct RowDecoder<'a, 'p, 'm> {
    row: Row<'a>,
    plan: &'p mut Plan<'m>,
}

impl<'a> Deserializer<'a> for RowDecoder<'a, '_, '_> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_map(AllColumns {
            row: self.row,
            at: 0,
        })
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        self.plan.fit(fields, self.row.columns)?;
        visitor.visit_map(Fields {
            row: self.row,
            plan: self.plan,
            at: 0,
        })
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'a>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The fields of a type that have a column.
struct Fields<'a, 'p, 'm> {
    row: Row<'a>,
    plan: &'p Plan<'m>,
    at: usize,
}

impl<'a> MapAccess<'a> for Fields<'a, '_, '_> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Problem> {
        match self.plan.slots.get(self.at) {
            Some(slot) => seed
                .deserialize(BorrowedStrDeserializer::new(slot.field))
                .map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<S::Value, Problem> {
        let Some(slot) = self.plan.slots.get(self.at) else {
            return Err(Problem("a value without its field".to_owned()));
        };
        self.at += 1;
        let text = self.row.at(slot.column);
        let read = match text {
            Some(text) if slot.translated => {
                self.plan
                    .translate(slot.field, text)
                    .and_then(|text| match text {
                        Cow::Borrowed(text) => seed.deserialize(Cell { text: Some(text) }),
                        Cow::Owned(text) => seed.deserialize(Translated(&text)),
                    })
            }
            text => seed.deserialize(Cell { text }),
        };
        read.map_err(|problem| {
            let name = self.row.columns.get(slot.column).map_or("", |name| name);
            locate(problem, name, text)
        })
    }
}

/// All columns of a row, by their names.
struct AllColumns<'a> {
    row: Row<'a>,
    at: usize,
}

impl<'a> AllColumns<'a> {
    fn cell(&self) -> Option<(&'a str, Option<&'a str>)> {
        let span = self.row.cells.spans.get(self.at)?;
        let name = self.row.columns.get(span.column as usize)?;
        Some((name, self.row.cells.text_of(*span)))
    }
}

impl<'a> MapAccess<'a> for AllColumns<'a> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Problem> {
        match self.cell() {
            Some((name, _)) => seed
                .deserialize(BorrowedStrDeserializer::new(name))
                .map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<S::Value, Problem> {
        let Some((name, text)) = self.cell() else {
            return Err(Problem("a value without its column".to_owned()));
        };
        self.at += 1;
        seed.deserialize(Cell { text })
            .map_err(|problem| locate(problem, name, text))
    }
}

fn locate(problem: Problem, column: &str, text: Option<&str>) -> Problem {
    let found = match text {
        // What is wrong with a number of a bank or tax office is said without the number.
        Some(_) if is_sensitive(column) => {
            return Problem(format!("column {column} cannot be read"));
        }
        Some(text) => {
            let text: String = text.escape_debug().take(100).collect();
            format!("`{text}`")
        }
        None => "a blank".to_owned(),
    };
    Problem(format!("column {column} holds {found}: {problem}"))
}

/// The text of a cell, to be read as whatever the field is.
struct Cell<'a> {
    text: Option<&'a str>,
}

macro_rules! whole_numbers {
    ($($method:ident => $visit:ident: $type:ty,)+) => {$(
        fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
            match whole_number::<$type>(self.text.unwrap_or_default()) {
                Some(value) => visitor.$visit(value),
                None => Err(Problem("expected a whole number that fits the field".to_owned())),
            }
        }
    )+};
}

/// A whole number, also one that is written with a point and zeros after it.
pub(crate) fn whole_number<T: FromStr + TryFrom<i128>>(text: &str) -> Option<T> {
    if let Ok(value) = text.parse() {
        return Some(value);
    }
    let value = parse_decimal(text)
        .ok()
        .filter(|value| value.fract().is_zero())?;
    T::try_from(value.to_i128()?).ok()
}

const FLOATING: &str = "floating point would lose digits: read it as a Decimal through model::serde_decimal, or as text";

impl<'a> Deserializer<'a> for Cell<'a> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_borrowed_str(self.text.unwrap_or_default())
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.text {
            Some(_) => visitor.visit_some(self),
            None => visitor.visit_none(),
        }
    }

    fn deserialize_bool<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.text.unwrap_or_default() {
            "Y" | "y" | "true" | "1" => visitor.visit_bool(true),
            "N" | "n" | "false" | "0" => visitor.visit_bool(false),
            _ => Err(Problem("expected Y or N".to_owned())),
        }
    }

    whole_numbers! {
        deserialize_i8 => visit_i8: i8,
        deserialize_i16 => visit_i16: i16,
        deserialize_i32 => visit_i32: i32,
        deserialize_i64 => visit_i64: i64,
        deserialize_u8 => visit_u8: u8,
        deserialize_u16 => visit_u16: u16,
        deserialize_u32 => visit_u32: u32,
        deserialize_u64 => visit_u64: u64,
    }

    fn deserialize_f32<V: Visitor<'a>>(self, _: V) -> Result<V::Value, Problem> {
        Err(Problem(FLOATING.to_owned()))
    }

    fn deserialize_f64<V: Visitor<'a>>(self, _: V) -> Result<V::Value, Problem> {
        Err(Problem(FLOATING.to_owned()))
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_enum(self.text.unwrap_or_default().into_deserializer())
    }

    fn deserialize_unit<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        <V: Visitor<'a>>
        i128 u128 char str string bytes byte_buf unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

/// A text that the map put in place of the one in the row, which lives only as long as it is read.
struct Translated<'t>(&'t str);

impl<'de> Deserializer<'de> for Translated<'_> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        let text: StrDeserializer<'_, Problem> = self.0.into_deserializer();
        text.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::query::{QueryFormat, RowReader, parse};

    #[derive(Debug, PartialEq, Deserialize)]
    struct Unit(String);

    #[derive(Debug, PartialEq, Deserialize)]
    enum Status {
        D,
        #[serde(rename = "PA")]
        Pending,
        #[serde(other)]
        Other,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Line {
        #[serde(rename = "A.BUSINESS_UNIT")]
        unit: Unit,
        po_id: String,
        line_nbr: u16,
        #[serde(with = "crate::model::serde_decimal")]
        qty_po: rust_decimal::Decimal,
        #[serde(with = "crate::model::serde_decimal_option", default)]
        amount: Option<rust_decimal::Decimal>,
        status: Status,
        dated: Option<PsDate>,
        changed: Option<PsDateTime>,
        hold: bool,
        note: String,
        #[serde(default)]
        nowhere: Option<i64>,
    }

    fn map() -> FieldMap {
        FieldMap::new()
            .column("amount", "C.MERCHANDISE_AMT")
            .column("status", "PO_STATUS")
            .code("status", "Dispatched", "D")
            .column("dated", "PO_DT")
            .date_format("dated", "%d %b %Y")
            .column("changed", "LAST_DTTM")
            .date_format("changed", "%Y%m%d %H:%M")
            .column("hold", "HOLD_FLG")
            .column("note", "DESCR")
    }

    const ANSWER: &str = r#"{"data":{"query":{"rows":[
        {"attr:rownumber":1,"A.BUSINESS_UNIT":"US001","A.PO_ID":"0000000123","B.LINE_NBR":1.00,
         "QTY_PO":0.1234567890123456789,"C.MERCHANDISE_AMT":"-1.50","D.MERCHANDISE_AMT":2,
         "PO_STATUS":"Dispatched","PO_DT":"01 Apr 2026","LAST_DTTM":"20260401 09:30","HOLD_FLG":"N","DESCR":"x"},
        {"attr:rownumber":2,"A.BUSINESS_UNIT":"US001","A.PO_ID":"7","B.LINE_NBR":"2","QTY_PO":1e2,
         "C.MERCHANDISE_AMT":"","PO_STATUS":"ZZ","PO_DT":null,"HOLD_FLG":"Y","DESCR":" "}]}}}"#;

    fn rows() -> RowSet {
        parse(QueryFormat::Json, ANSWER.as_bytes(), 10).unwrap()
    }

    #[test]
    fn every_kind_of_field_is_read() {
        let (set, map) = (rows(), map());
        let lines: Vec<Line> = set.decode(&map).unwrap().map(Result::unwrap).collect();
        assert_eq!(lines[0].qty_po.to_string(), "0.1234567890123456789");
        assert_eq!(lines[0].amount.unwrap().to_string(), "-1.50");
        assert_eq!(lines[0].dated, Some("2026-04-01".parse().unwrap()));
        assert_eq!(
            lines[0].changed,
            Some("2026-04-01T09:30:00".parse().unwrap())
        );
        assert_eq!((&lines[0].status, lines[0].line_nbr), (&Status::D, 1));
        assert_eq!((&lines[1].status, lines[1].hold), (&Status::Other, true));
        assert_eq!(
            (&*lines[1].note, lines[1].amount, lines[1].dated),
            ("", None, None)
        );
        assert_eq!(lines[1].qty_po.to_string(), "100");
        let read: Vec<Line> = RowReader::new(ANSWER.as_bytes(), QueryFormat::Json)
            .decode(map)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(read, lines);
    }

    #[test]
    fn a_map_or_a_flattened_rest_gets_every_column() {
        #[derive(Deserialize)]
        struct Open {
            #[serde(rename = "A.PO_ID")]
            id: String,
            #[serde(flatten)]
            rest: BTreeMap<String, String>,
        }
        let set = rows();
        let row = set.rows().next().unwrap();
        let open: Open = row.decode(&FieldMap::new()).unwrap();
        assert_eq!(open.id, "0000000123");
        assert_eq!(open.rest["D.MERCHANDISE_AMT"], "2");
        let all: BTreeMap<&str, &str> = row.decode(&FieldMap::new()).unwrap();
        assert_eq!(all.len(), 11);
    }

    fn failure(map: FieldMap) -> String {
        rows()
            .rows()
            .next()
            .unwrap()
            .decode::<Line>(&map)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn failures_name_row_column_and_text() {
        insta::assert_snapshot!(failure(map().column("amount", "MERCHANDISE_AMT")), @r#"row 1: the field amount could be read from C.MERCHANDISE_AMT, D.MERCHANDISE_AMT; map it to one of them, or to """#);
        insta::assert_snapshot!(failure(map().column("line_nbr", "PO_STATUS")), @"row 1: column PO_STATUS holds `Dispatched`: expected a whole number that fits the field");
        insta::assert_snapshot!(failure(map().column("qty_po", "DESCR")), @"row 1: column DESCR holds `x`: `x` is not a number written with digits and at most one decimal point");
        insta::assert_snapshot!(failure(map().date_format("dated", "%Y-%m-%d")), @"row 1: column PO_DT holds `01 Apr 2026`: `01 Apr 2026` is not a date in the format `%Y-%m-%d`");
        insta::assert_snapshot!(failure(map().column("hold", "")), @"row 1: no column for the field hold");
        let set = rows();
        let wrong = FieldMap {
            zone: Some("Mars".to_owned()),
            ..map()
        };
        assert_eq!(
            set.decode::<Line>(&wrong).map(|_| ()).unwrap_err().kind(),
            ErrorKind::InvalidRequest
        );
        #[derive(Debug, Deserialize)]
        struct Float {
            #[expect(dead_code, reason = "it is never read into")]
            qty_po: f64,
        }
        insta::assert_snapshot!(
            set.rows().next().unwrap().decode::<Float>(&FieldMap::new()).unwrap_err(),
            @"row 1: column QTY_PO holds `0.1234567890123456789`: floating point would lose digits: read it as a Decimal through model::serde_decimal, or as text"
        );
    }

    #[test]
    fn formats_with_hours_are_told_from_those_without() {
        for format in ["%H", "%-I %p", "%d %b %Y %3k", "%c", "%s"] {
            assert!(has_hours(format), "{format}");
        }
        for format in ["%Y-%m-%d", "%d %b %Y", "%%H", "", "%", "H"] {
            assert!(!has_hours(format), "{format}");
        }
    }
}
