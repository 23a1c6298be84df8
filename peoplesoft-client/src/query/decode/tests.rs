//! Every kind of field, and what is said of one that cannot be read.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::plan::has_hours;
use crate::error::ErrorKind;
use crate::model::{PsDate, PsDateTime};
use crate::query::field_map::FieldMap;
use crate::query::row::RowSet;
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
fn what_a_map_puts_in_place_fills_any_kind_of_field() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Coded {
        hold: bool,
        level: u8,
        status: Option<Status>,
        name: String,
    }
    let map = FieldMap::new()
        .column("hold", "PO_STATUS")
        .code("hold", "Dispatched", "N")
        .column("level", "PO_STATUS")
        .code("level", "Dispatched", "3.0")
        .column("status", "PO_STATUS")
        .code("status", "Dispatched", "PA")
        .column("name", "PO_STATUS")
        .code("name", "Dispatched", "sent");
    let set = rows();
    let read: Coded = set.rows().next().unwrap().decode(&map).unwrap();
    let meant = Coded {
        hold: false,
        level: 3,
        status: Some(Status::Pending),
        name: "sent".to_owned(),
    };
    assert_eq!(read, meant);
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
