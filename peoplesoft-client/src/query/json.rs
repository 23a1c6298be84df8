//! The JSON of the Query Access Service: `{"status":"success","data":{"query":{…,"rows":[…]}}}`.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::row::{Cells, RowSet};
use crate::error::{Error, ErrorKind, Sent};

/// What of a found text is shown.
const SHOWN: usize = 100;

/// Reads an answer. A row that is no object is kept as such; all else that is wrong fails.
pub(crate) fn parse(body: &[u8], max_rows: u32) -> Result<RowSet, Error> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.trim_ascii().is_empty() {
        return Err(Error::new(ErrorKind::Decode, "the answer is empty").with_sent(Sent::Yes));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let envelope: Envelope<'_> =
        serde_path_to_error::deserialize(&mut reader).map_err(|error| decode(body, &error))?;
    if let Some(status) = &envelope.status {
        let status = text_of(status).unwrap_or_default();
        if !status.eq_ignore_ascii_case("success") {
            return Err(refused(&status, &envelope));
        }
    }
    let Some(query) = envelope.data.and_then(|data| data.query) else {
        let message = format!("the answer has no data.query: found `{}`", excerpt(body));
        return Err(Error::new(ErrorKind::Decode, message).with_sent(Sent::Yes));
    };
    let mut set = RowSet {
        query: query.name,
        ..RowSet::default()
    };
    for row in &query.rows {
        let cells = read_row(row, &mut set.columns).unwrap_or_else(|| Cells {
            malformed: Some(row.get().into()),
            ..Cells::default()
        });
        set.rows.push(cells);
    }
    let count = set.rows.len() as u64;
    // A count above the rows that came means a cut as well, wherever it was made.
    set.truncated = count >= u64::from(max_rows) || query.count.is_some_and(|said| said > count);
    Ok(set)
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    status: Option<&'a RawValue>,
    #[serde(borrow, default)]
    message: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "lenient_data")]
    data: Option<Data<'a>>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow, default)]
    query: Option<Query<'a>>,
}

/// An answer that reports a failure may carry anything for data, so its shape is not insisted on.
fn lenient_data<'de: 'a, 'a, D: Deserializer<'de>>(d: D) -> Result<Option<Data<'a>>, D::Error> {
    let raw = <&'a RawValue>::deserialize(d)?;
    if raw.get().starts_with('{') {
        serde_json::from_str(raw.get())
            .map(Some)
            .map_err(serde::de::Error::custom)
    } else {
        Ok(None)
    }
}

struct Query<'a> {
    count: Option<u64>,
    name: Option<String>,
    rows: Vec<&'a RawValue>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Query<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_map(QueryVisitor).map(|query| Query {
            count: query.count,
            name: query.name,
            rows: query.rows,
        })
    }
}

struct QueryVisitor;

impl<'de> Visitor<'de> for QueryVisitor {
    type Value = Query<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a query with rows")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Query<'de>, A::Error> {
        let mut query = Query {
            count: None,
            name: None,
            rows: Vec::new(),
        };
        while let Some(key) = map.next_key::<String>()? {
            // The name is spelled `queryname=` by the service itself; proxies correct it.
            match key.trim_end_matches('=') {
                "numrows" => {
                    let raw: &RawValue = map.next_value()?;
                    query.count = text_of(raw).and_then(|text| text.trim().parse().ok());
                }
                "queryname" => {
                    let raw: &RawValue = map.next_value()?;
                    query.name = text_of(raw);
                }
                "rows" => query.rows = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(query)
    }
}

/// Reads the cells of one row, adding columns not seen before; nothing if it is no object.
fn read_row(row: &RawValue, columns: &mut Vec<Box<str>>) -> Option<Cells> {
    if !row.get().starts_with('{') {
        return None;
    }
    let mut reader = serde_json::Deserializer::from_str(row.get());
    reader.deserialize_map(RowVisitor { columns }).ok()
}

struct RowVisitor<'c> {
    columns: &'c mut Vec<Box<str>>,
}

impl<'de> Visitor<'de> for RowVisitor<'_> {
    type Value = Cells;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cells, A::Error> {
        let mut row = Cells::default();
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            let raw: &RawValue = map.next_value()?;
            let text = text_of(raw);
            let text = text
                .as_deref()
                .map(str::trim)
                .filter(|text| !text.is_empty());
            if key == "attr:rownumber" {
                row.number = text.and_then(|text| text.parse().ok());
                continue;
            }
            let expected = row.cells.len();
            let column = match self.columns.get(expected) {
                Some(name) if **name == *key => expected,
                _ => match self.columns.iter().position(|name| **name == *key) {
                    Some(column) => column,
                    None => {
                        self.columns.push(key.into());
                        self.columns.len() - 1
                    }
                },
            };
            row.cells.push((column, text.map(Into::into)));
        }
        Ok(row)
    }
}

/// The text of a string, the digits of a number, the words of anything else; nothing for null.
fn text_of(raw: &RawValue) -> Option<String> {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'"') => serde_json::from_str(text).ok(),
        Some(b'n') => None,
        _ => Some(text.to_owned()),
    }
}

fn excerpt(body: &[u8]) -> String {
    let shown = String::from_utf8_lossy(body.get(..4 * SHOWN).unwrap_or(body)).into_owned();
    shown.escape_debug().take(SHOWN).collect()
}

fn decode(body: &[u8], error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let place = error.path().to_string();
    let inner = error.inner();
    let message = if inner.is_data() {
        // The text of serde would repeat values of the answer.
        format!("the answer does not have the shape of a query answer at {place}")
    } else {
        format!(
            "the answer is not JSON at line {} column {}: found `{}`",
            inner.line(),
            inner.column(),
            excerpt(body)
        )
    };
    Error::new(ErrorKind::Decode, message).with_sent(Sent::Yes)
}

fn refused(status: &str, envelope: &Envelope<'_>) -> Error {
    let mut message = format!(
        "the query answered with status `{}`",
        excerpt(status.as_bytes())
    );
    if let Some(text) = envelope.message.and_then(text_of) {
        message.push_str(&format!(": {}", excerpt(text.as_bytes())));
    }
    Error::new(ErrorKind::Fault, message).with_sent(Sent::Yes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANSWER: &str = r#"{"status":"success","data":{"query":{"numrows":2,"queryname=":"X_PO","rows":[
        {"attr:rownumber":1,"A.BUSINESS_UNIT":"US001 ","A.PO_ID":"0000000123","C.QTY_PO":4.10,"A.PO_DT":" "},
        {"attr:rownumber":2,"A.BUSINESS_UNIT":"US001","C.QTY_PO":"1.5","A.PO_ID":"0000000124","X":null}]}}}"#;

    #[test]
    fn rows_are_text_in_order() {
        let set = parse(ANSWER.as_bytes(), 10).unwrap();
        assert_eq!(set.query(), Some("X_PO"));
        assert!(!set.truncated());
        let rows: Vec<_> = set.rows().collect();
        assert_eq!(rows[0].get("A.BUSINESS_UNIT"), Some("US001"));
        assert_eq!(rows[0].get("C.QTY_PO"), Some("4.10"));
        assert_eq!(rows[0].get("A.PO_DT"), None);
        assert_eq!(rows[1].number(), Some(2));
        assert_eq!(rows[1].get("C.QTY_PO"), Some("1.5"));
        let names: Vec<_> = rows[1].iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["A.BUSINESS_UNIT", "C.QTY_PO", "A.PO_ID", "X"]);
        assert_eq!(rows[1].at(1), Some("0000000124"));
    }

    #[test]
    fn both_spellings_of_the_name_are_read() {
        let corrected = ANSWER.replace("queryname=", "queryname");
        assert_eq!(
            parse(corrected.as_bytes(), 10).unwrap(),
            parse(ANSWER.as_bytes(), 10).unwrap()
        );
    }

    #[test]
    fn as_many_rows_as_the_limit_may_be_a_cut() {
        assert!(parse(ANSWER.as_bytes(), 2).unwrap().truncated());
        assert!(!parse(ANSWER.as_bytes(), 3).unwrap().truncated());
        let more = ANSWER.replace("\"numrows\":2", "\"numrows\":\"3\"");
        assert!(parse(more.as_bytes(), 10).unwrap().truncated());
    }

    #[test]
    fn a_row_that_is_no_object_leaves_the_others() {
        let text = ANSWER.replace("\"rows\":[", "\"rows\":[[1],7,");
        let set = parse(text.as_bytes(), 10).unwrap();
        assert_eq!(set.rows().len(), 4);
        assert_eq!(set.rows[0].malformed.as_deref(), Some("[1]"));
        assert_eq!(set.rows().nth(3).unwrap().get("C.QTY_PO"), Some("1.5"));
    }

    fn failure(text: &str) -> String {
        let error = parse(text.as_bytes(), 10).unwrap_err();
        format!("{:?}: {error}", error.kind())
    }

    #[test]
    fn failures_say_where() {
        insta::assert_snapshot!(
            failure(r#"{"status":"error","message":"Query X not found","data":null}"#),
            @"Fault: the query answered with status `error`: Query X not found"
        );
        insta::assert_snapshot!(
            failure(r#"{"status":"success","data":{"query":"#),
            @r#"Decode: the answer is not JSON at line 1 column 36: found `{\"status\":\"success\",\"data\":{\"query\":`"#
        );
        insta::assert_snapshot!(
            failure(r#"{"status":"success","data":{"query":{"rows":7}}}"#),
            @"Decode: the answer does not have the shape of a query answer at data"
        );
        insta::assert_snapshot!(failure("\u{feff} \n"), @"Decode: the answer is empty");
        insta::assert_snapshot!(
            failure("[]"),
            @"Decode: the answer has no data.query: found `[]`"
        );
        insta::assert_snapshot!(
            failure(r#"{"status":"success"}"#),
            @r#"Decode: the answer has no data.query: found `{\"status\":\"success\"}`"#
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, 10);
        }

        #[test]
        fn digits_survive(digits in "-?[1-9][0-9]{0,20}\\.[0-9]{1,8}") {
            let text = format!(r#"{{"status":"success","data":{{"query":{{"rows":[{{"N":{digits}}}]}}}}}}"#);
            let set = parse(text.as_bytes(), 10).unwrap();
            let row = set.rows().next().unwrap();
            prop_assert_eq!(row.get("N"), Some(digits.as_str()));
        }
    }
}
