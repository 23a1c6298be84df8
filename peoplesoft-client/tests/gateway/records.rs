//! Records that cannot be read, beside others that can.

use peoplesoft_client::model::PurchaseOrder;
use peoplesoft_client::testing::Trouble;
use peoplesoft_client::{BadRecord, Client, Error, ErrorKind, Page};
use serde_json::{Value, json};

use crate::support::{decimal, gateway, today};

type Item = Result<PurchaseOrder, BadRecord<peoplesoft_client::model::PurchaseOrderKey>>;

/// A row of an order as the default profile reads it.
fn row(po_id: &str, line: u32) -> Value {
    json!({
        "attr:rownumber": line, "A.BUSINESS_UNIT": "US001", "A.PO_ID": po_id,
        "A.PO_DT": "2026-04-01", "A.PO_STATUS": "D", "A.VENDOR_SETID": "SHARE",
        "A.VENDOR_ID": "0000000042", "A.CURRENCY_CD": "USD",
        "A.LAST_DTTM_UPDATE": "2026-04-01T09:00:00", "B.LINE_NBR": line,
        "B.UNIT_OF_MEASURE": "EA", "C.SCHED_NBR": 1, "C.DUE_DT": "2026-04-15",
        "C.QTY_PO": 1, "C.PRICE_PO": 2, "C.MERCHANDISE_AMT": 2
    })
}

fn with(mut row: Value, column: &str, value: impl Into<Value>) -> Value {
    row[column] = value.into();
    row
}

async fn answer(rows: &[Value], max_rows: u32) -> Result<Page<PurchaseOrder>, Error> {
    let rows: Vec<_> = rows.iter().map(Value::to_string).collect();
    raw(&rows.join(","), max_rows).await
}

async fn raw(rows: &str, max_rows: u32) -> Result<Page<PurchaseOrder>, Error> {
    let (fake, client, _clock) = gateway().await;
    fake.set_trouble(Some(Trouble::Body {
        status: 200,
        content_type: "application/json".to_owned(),
        body: format!(r#"{{"status":"success","data":{{"query":{{"rows":[{rows}]}}}}}}"#),
    }));
    read(&client, max_rows).await
}

async fn read(client: &Client, max_rows: u32) -> Result<Page<PurchaseOrder>, Error> {
    today(client).max_rows(max_rows).page().await
}

fn text(item: &Item) -> String {
    match item {
        Ok(order) => format!("good {}", order.key),
        Err(bad) => format!("{bad}\n{}", bad.remedy),
    }
}

async fn bad(column: &str, value: impl Into<Value>) -> String {
    let rows = [
        row("1", 1),
        with(row("2", 1), column, value),
        row("2", 2),
        row("3", 1),
    ];
    let page = answer(&rows, 100).await.unwrap();
    assert_eq!(page.items.len(), 3);
    assert_eq!(text(&page.items[0]), "good US001/1");
    assert_eq!(text(&page.items[2]), "good US001/3");
    let bad = page.items[1].as_ref().unwrap_err();
    assert_eq!(bad.raw.lines().count(), 2);
    assert_eq!(bad.column, column);
    text(&page.items[1])
}

#[tokio::test]
async fn one_bad_row_leaves_the_others() {
    insta::assert_snapshot!(bad("C.QTY_PO", "1,5").await, @r"
record US001/2, row 1, column C.QTY_PO: found `1,5`, expected a number written with digits and at most one decimal point
Correct the record in PeopleSoft, or what column C.QTY_PO of query EDI_PO_CHANGED selects; then read the window again.
");
    insta::assert_snapshot!(bad("C.QTY_PO", "1.23456").await, @r"
record US001/2, row 1, column C.QTY_PO: found `1.23456`, expected a number of at most 11 digits before and 4 after the point
Correct the record in PeopleSoft, or what column C.QTY_PO of query EDI_PO_CHANGED selects; then read the window again.
");
    insta::assert_snapshot!(bad("C.QTY_PO", "").await, @r"
record US001/2, row 1, column C.QTY_PO: found ``, expected a number
Correct the record in PeopleSoft, or what column C.QTY_PO of query EDI_PO_CHANGED selects; then read the window again.
");
    insta::assert_snapshot!(bad("C.QTY_PO", json!([1])).await, @r"
record US001/2, row 1, column C.QTY_PO: found `[1]`, expected a number written with digits and at most one decimal point
Correct the record in PeopleSoft, or what column C.QTY_PO of query EDI_PO_CHANGED selects; then read the window again.
");
    insta::assert_snapshot!(bad("A.PO_DT", "2026-02-30").await, @r"
record US001/2, row 1, column A.PO_DT: found `2026-02-30`, expected a date such as 2026-03-31
Correct the record in PeopleSoft, or what column A.PO_DT of query EDI_PO_CHANGED selects; then read the window again.
");
    insta::assert_snapshot!(bad("C.DUE_DT", " ").await, @r"
record US001/2, row 1, column C.DUE_DT: found ``, expected a date
Correct the record in PeopleSoft, or what column C.DUE_DT of query EDI_PO_CHANGED selects; then read the window again.
");
    insta::assert_snapshot!(bad("A.LAST_DTTM_UPDATE", "yesterday").await, @r"
record US001/2, row 1, column A.LAST_DTTM_UPDATE: found `yesterday`, expected a date and time such as 2026-03-31T14:05:09
Correct the record in PeopleSoft, or what column A.LAST_DTTM_UPDATE of query EDI_PO_CHANGED selects; then read the window again.
");
    insta::assert_snapshot!(bad("B.UNIT_OF_MEASURE", "EACH").await, @r"
record US001/2, row 1, column B.UNIT_OF_MEASURE: found `EACH`, expected 1 to 3 characters
Correct the record in PeopleSoft, or what column B.UNIT_OF_MEASURE of query EDI_PO_CHANGED selects; then read the window again.
");
    insta::assert_snapshot!(bad("A.VENDOR_ID", Value::Null).await, @r"
record US001/2, row 1, column A.VENDOR_ID: found ``, expected 1 to 10 characters
Correct the record in PeopleSoft, or what column A.VENDOR_ID of query EDI_PO_CHANGED selects; then read the window again.
");
    insta::assert_snapshot!(bad("B.LINE_NBR", -1).await, @r"
record US001/2, row 1, column B.LINE_NBR: found `-1`, expected a whole number from 0
Correct the record in PeopleSoft, or what column B.LINE_NBR of query EDI_PO_CHANGED selects; then read the window again.
");
    insta::assert_snapshot!(bad("A.PO_STATUS", "").await, @r"
record US001/2, row 1, column A.PO_STATUS: found ``, expected a translate value
Correct the record in PeopleSoft, or what column A.PO_STATUS of query EDI_PO_CHANGED selects; then read the window again.
");
}

#[tokio::test]
async fn a_row_without_a_key_leaves_the_others() {
    let rows = [
        row("1", 1),
        with(row("2", 1), "A.PO_ID", ""),
        with(row("2", 2), "A.BUSINESS_UNIT", "TOOLONG"),
        row("3", 1),
    ];
    let page = answer(&rows, 100).await.unwrap();
    let texts: Vec<_> = page.items.iter().map(text).collect();
    insta::assert_snapshot!(texts.join("\n"), @r"
good US001/1
record without a key, row 1, column A.PO_ID: found ``, expected 1 to 10 characters
Correct the record in PeopleSoft, or what column A.PO_ID of query EDI_PO_CHANGED selects; then read the window again.
record without a key, row 2, column A.BUSINESS_UNIT: found `TOOLONG`, expected 1 to 5 characters
Correct the record in PeopleSoft, or what column A.BUSINESS_UNIT of query EDI_PO_CHANGED selects; then read the window again.
good US001/3
");
    assert_eq!(page.items[1].as_ref().unwrap_err().key, None);
}

#[tokio::test]
async fn rows_that_are_no_objects_leave_the_others() {
    let page = raw(&format!("{},[1],null,{}", row("1", 1), row("2", 1)), 100)
        .await
        .unwrap();
    let texts: Vec<_> = page.items.iter().map(text).collect();
    insta::assert_snapshot!(texts.join("\n"), @r"
good US001/1
record without a key, column rows: found `[1]`, expected a JSON object for each row
Look at what lies between the gateway and query EDI_PO_CHANGED.
record without a key, column rows: found `null`, expected a JSON object for each row
Look at what lies between the gateway and query EDI_PO_CHANGED.
good US001/2
");
    let page = raw("7", 100).await.unwrap();
    assert!(page.items[0].is_err());
}

#[tokio::test]
async fn a_schedule_in_two_different_rows_is_not_counted_twice() {
    let twice = with(row("1", 1), "D.DEPTID", "10100");
    let page = answer(&[row("1", 1), twice], 100).await.unwrap();
    insta::assert_snapshot!(text(&page.items[0]), @r"
record US001/1, row 1, column C.SCHED_NBR: found `line 1 schedule 1 in two different rows`, expected one row for each schedule
Take out of query EDI_PO_CHANGED the record that multiplies its rows, or, if that is PO_LINE_DISTRIB, select its DISTRIB_LINE_NUM.
");
    let same = answer(&[row("1", 1), row("1", 1)], 100).await.unwrap();
    let order = same.items[0].as_ref().unwrap();
    assert_eq!(order.merchandise_total(), decimal("2"));
}

#[tokio::test]
async fn rows_out_of_order_are_not_paged() {
    let rows = [row("1", 1), row("2", 1), row("1", 2)];
    let error = answer(&rows, 100).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    insta::assert_snapshot!(error, @"PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): query EDI_PO_CHANGED does not order its rows by key: US001/1 occurs again after another key");
}

#[tokio::test]
async fn a_cut_answer_without_any_key_is_not_taken_for_the_end() {
    for rows in [
        vec![
            with(row("1", 1), "A.PO_ID", ""),
            with(row("2", 1), "A.PO_ID", ""),
        ],
        vec![json!(1), json!(2)],
        vec![row("1", 1), with(row("2", 1), "A.PO_ID", "")],
    ] {
        let limit = u32::try_from(rows.len()).unwrap();
        match answer(&rows, limit).await {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Truncated),
            // The one whole order before the bad row is where the next page begins.
            Ok(page) => assert_eq!(page.next.unwrap().po_id.as_str(), "1"),
        }
    }
}

#[tokio::test]
async fn a_missing_column_is_a_matter_of_the_profile() {
    let mut short = row("1", 1);
    short.as_object_mut().unwrap().remove("C.QTY_PO");
    let error = answer(&[short], 100).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    insta::assert_snapshot!(error, @"PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): the columns do not fit the profile of EDI_PO_CHANGED: no column C.QTY_PO for the field quantity");
}

#[tokio::test]
async fn columns_nobody_mapped_are_kept_at_their_level() {
    let mut first = row("1", 1);
    for (column, value) in [
        ("A.CUSTOM_C100_A1", "head"),
        ("B.CUSTOM_C100_B1", "line"),
        ("C.X", "schedule"),
        ("Y", "any"),
        ("A.Z", " "),
    ] {
        first[column] = value.into();
    }
    let page = answer(&[first], 100).await.unwrap();
    let order = page.items[0].as_ref().unwrap();
    let line = &order.lines[0];
    assert_eq!(order.extra["A.CUSTOM_C100_A1"], "head");
    assert_eq!(order.extra.len(), 1);
    assert_eq!(line.extra["B.CUSTOM_C100_B1"], "line");
    assert_eq!(line.schedules[0].extra["C.X"], "schedule");
    assert_eq!(line.schedules[0].extra["Y"], "any");
}

#[tokio::test]
async fn any_query_can_be_read_as_text() {
    let (_fake, client, _clock) = gateway().await;
    let rows = client
        .query(peoplesoft_client::Owner::Public, "EDI_PO_CHANGED")
        .prompt("FROM_DTTM", "2026-04-01T00:00:00")
        .prompt("TO_DTTM", "2026-04-02T00:00:00")
        .prompt("AFTER_BU", "")
        .prompt("AFTER_ID", "")
        .max_rows(2)
        .run()
        .await
        .unwrap();
    assert!(rows.truncated());
    assert_eq!(rows.query(), Some("EDI_PO_CHANGED"));
    let first = rows.rows().next().unwrap();
    assert_eq!(first.get("A.PO_ID"), Some("0000000001"));
    assert_eq!(first.get("C.PRICE_PO"), Some("10.00001"));
    assert_eq!(first.number(), Some(1));
    assert_eq!(rows.columns().next(), Some("A.BUSINESS_UNIT"));
}
