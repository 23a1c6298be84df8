//! Reading of a query answer: our rows and typed decode, serde_json into plain structs.

use std::hint::black_box;

use connector_benches::measure::{Bench, Work};
use peoplesoft_client::{FieldMap, QueryFormat, RowReader};
use serde::Deserialize;
use serde_json::Number;

use super::Data;

/// What no work may give: it failed.
const FAILED: u64 = u64::MAX;

pub(super) fn add<'a>(bench: &mut Bench<'a>, data: &'a Data) {
    let (answer, rows) = (data.answer.as_str(), data.rows);
    let length = answer.len();
    let what = "the whole answer in plain structs";
    bench.add(
        Work::new("peer/serde-json-structs", what, length, move || {
            by_serde(black_box(answer)).unwrap_or(FAILED)
        })
        .giving(rows),
    );
    let what = "from io::Read, each row with its columns as text";
    bench.add(
        Work::new("json/rows", what, length, move || {
            by_rows(black_box(answer)).unwrap_or(FAILED)
        })
        .giving(rows),
    );
    let what = "from io::Read, each row in a struct of all 23 columns";
    bench.add(
        Work::new("json/typed", what, length, move || {
            by_type(black_box(answer)).unwrap_or(FAILED)
        })
        .giving(rows),
    );
}

/// One row as somebody would write it down, with `N` for quantities and money: digits as text for the peer, exact
/// decimals for our decoder.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "it is only read into")]
struct Row<N> {
    #[serde(rename = "A.BUSINESS_UNIT")]
    business_unit: String,
    #[serde(rename = "A.PO_ID")]
    po_id: String,
    #[serde(rename = "A.PO_DT")]
    po_date: String,
    #[serde(rename = "A.PO_STATUS")]
    status: String,
    #[serde(rename = "A.PO_TYPE")]
    po_type: String,
    #[serde(rename = "A.DISP_METHOD")]
    dispatch_method: String,
    #[serde(rename = "A.VENDOR_SETID")]
    vendor_setid: String,
    #[serde(rename = "A.VENDOR_ID")]
    vendor_id: String,
    #[serde(rename = "A.VNDR_LOC")]
    vendor_location: String,
    #[serde(rename = "A.CURRENCY_CD")]
    currency: String,
    #[serde(rename = "A.PYMNT_TERMS_CD")]
    payment_terms: String,
    #[serde(rename = "A.BUYER_ID")]
    buyer: String,
    #[serde(rename = "A.LAST_DTTM_UPDATE")]
    last_updated: String,
    #[serde(rename = "B.LINE_NBR")]
    line_nbr: u32,
    #[serde(rename = "B.INV_ITEM_ID")]
    item: String,
    #[serde(rename = "B.DESCR254_MIXED")]
    description: String,
    #[serde(rename = "B.UNIT_OF_MEASURE")]
    unit: String,
    #[serde(rename = "B.CANCEL_STATUS")]
    cancel_status: String,
    #[serde(rename = "C.SCHED_NBR")]
    schedule_nbr: u32,
    #[serde(rename = "C.DUE_DT")]
    due_date: String,
    #[serde(rename = "C.QTY_PO")]
    quantity: N,
    #[serde(rename = "C.PRICE_PO")]
    price: N,
    #[serde(rename = "C.MERCHANDISE_AMT")]
    amount: N,
}

#[derive(Debug, Deserialize)]
struct Envelope {
    data: Query,
}

#[derive(Debug, Deserialize)]
struct Query {
    query: Rows,
}

#[derive(Debug, Deserialize)]
struct Rows {
    rows: Vec<Row<Number>>,
}

fn by_serde(answer: &str) -> Option<u64> {
    let read: Envelope = serde_json::from_slice(answer.as_bytes()).ok()?;
    Some(black_box(read.data.query.rows).len() as u64)
}

fn by_rows(answer: &str) -> Option<u64> {
    let mut reader = RowReader::new(answer.as_bytes(), QueryFormat::Json);
    let mut count = 0;
    while let Some(row) = reader.next_row().ok()? {
        for column in row.iter() {
            black_box(column);
        }
        count += 1;
    }
    Some(count)
}

/// A decimal as our model has it.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
#[expect(dead_code, reason = "it is only read into")]
struct Exact(#[serde(with = "peoplesoft_client::model::serde_decimal")] peoplesoft_client::Decimal);

fn by_type(answer: &str) -> Option<u64> {
    let reader = RowReader::new(answer.as_bytes(), QueryFormat::Json);
    let mut count = 0;
    for row in reader.decode::<Row<Exact>>(FieldMap::new()).ok()? {
        black_box(row.ok()?);
        count += 1;
    }
    Some(count)
}
