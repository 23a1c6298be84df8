//! A site whose answers have the names of their columns in lower case.

use std::collections::BTreeMap;

use peoplesoft_client::model::*;
use peoplesoft_client::testing::{FakePeopleSoft, Output};
use peoplesoft_client::{
    Changed, Client, ErrorKind, FieldMap, Owner, Profile, QueryFormat, Record,
};

use crate::payables::{full_voucher, site};
use crate::suppliers::supplier;
use crate::support::{day, invoice, next_day, order};

fn lower(fake: &FakePeopleSoft, dotted: bool) {
    let mut output = Output::default();
    output.lower_case = true;
    output.padded = true;
    output.dotted = dotted;
    fake.set_output(output);
}

async fn first<T: Record>(changed: Changed<T>) -> T {
    let page = changed.page().await.unwrap();
    page.items.into_iter().next().unwrap().unwrap()
}

/// A voucher with the columns that nothing maps under the names that the site gives them.
fn as_the_site_writes_it(mut voucher: Voucher) -> Voucher {
    let lower = |extra: &mut BTreeMap<String, String>| {
        *extra = std::mem::take(extra)
            .into_iter()
            .map(|(name, text)| (name.to_lowercase(), text))
            .collect();
    };
    lower(&mut voucher.extra);
    for line in &mut voucher.lines {
        lower(&mut line.extra);
        for distribution in &mut line.distributions {
            lower(&mut distribution.extra);
        }
    }
    voucher
}

#[tokio::test]
async fn records_are_read_as_ever() {
    let (fake, client) = site(Profile::default()).await;
    fake.put(order(1, 2, 2));
    fake.put(invoice(1, 2, 1));
    fake.put(supplier(1));
    for dotted in [true, false] {
        lower(&fake, dotted);
        let read = client.vouchers().changed_between(day(), next_day());
        let read = first(read).await;
        assert_eq!(read, as_the_site_writes_it(full_voucher()), "{dotted}");
        let orders = client.purchase_orders();
        let read = first(orders.changed_between(day(), next_day())).await;
        assert_eq!(read, order(1, 2, 2), "{dotted}");
        let found = orders.by_key(&read.key).await.unwrap();
        assert_eq!(found, Some(order(1, 2, 2)));
        let read = client.billing_invoices().changed_between(day(), next_day());
        assert_eq!(first(read).await, invoice(1, 2, 1), "{dotted}");
        let read = client.suppliers().changed_between(day(), next_day());
        let read = first(read).await;
        assert_eq!(read.addresses.len(), supplier(1).addresses.len());
        assert_eq!(read.name, supplier(1).name);
    }
}

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Line {
    #[serde(rename = "A.PO_ID")]
    po_id: String,
    #[serde(rename = "B.LINE_NBR")]
    line_nbr: u32,
}

async fn any_query(client: &Client, format: QueryFormat) -> Vec<Line> {
    let query = client
        .query(Owner::Public, "EDI_PO_CHANGED")
        .prompt("FROM_DTTM", day().to_string())
        .prompt("TO_DTTM", next_day().to_string())
        .prompt("AFTER_BU", "")
        .prompt("AFTER_ID", "")
        .format(format)
        .max_rows(10);
    let rows = query.run().await.unwrap();
    let map = FieldMap::new();
    let read = rows.decode::<Line>(&map).unwrap();
    read.map(Result::unwrap).collect()
}

#[tokio::test]
async fn any_query_fills_a_type_of_ones_own() {
    let (fake, client) = site(Profile::default()).await;
    fake.put(order(1, 2, 2));
    lower(&fake, true);
    for format in [QueryFormat::Json, QueryFormat::Xmlp] {
        let lines = any_query(&client, format).await;
        let numbers: Vec<u32> = lines.iter().map(|line| line.line_nbr).collect();
        assert_eq!(numbers, [1, 2], "{format:?}");
        assert_eq!(lines[0].po_id, "0000000001");
    }
}

#[tokio::test]
async fn two_columns_that_differ_in_case_alone_are_not_guessed_between() {
    let (fake, client) = site(Profile::default()).await;
    fake.trouble_next(peoplesoft_client::testing::Trouble::Body {
        status: 200,
        content_type: "application/json".to_owned(),
        body: r#"{"status":"success","data":{"query":{"numrows":1,"rows":[
            {"attr:rownumber":1,"a.po_id":"1","A.Po_Id":"2"}]}}}"#
            .to_owned(),
    });
    let rows = client.query(Owner::Public, "X").run().await.unwrap();
    #[derive(Debug, serde::Deserialize)]
    struct Order {
        #[serde(rename = "A.PO_ID")]
        #[expect(dead_code, reason = "it is never read into")]
        po_id: String,
    }
    let row = rows.rows().next().unwrap();
    let error = row.decode::<Order>(&FieldMap::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    insta::assert_snapshot!(error, @"row 1: the field A.PO_ID could be read from a.po_id, A.Po_Id; map it to one of them, or to \"\"");
}
