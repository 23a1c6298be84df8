//! Paging by key: nothing lost, nothing twice, whatever the row limit.

use futures_util::{StreamExt, TryStreamExt};
use peoplesoft_client::model::{PurchaseOrder, PurchaseOrderKey};
use peoplesoft_client::testing::{FakePeopleSoft, Output};
use peoplesoft_client::{Client, ErrorKind};
use proptest::prelude::*;

use crate::support::{day, gateway, invoice, next_day, order, time, today};

/// All orders in pages of at most `max_rows` rows, or those before an order that does not fit.
async fn collect(client: &Client, max_rows: u32) -> (Vec<PurchaseOrder>, bool) {
    let mut orders = Vec::new();
    let mut pages = Box::pin(today(client).max_rows(max_rows).pages());
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => orders.extend(page.items.into_iter().map(Result::unwrap)),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Truncated, "{error}");
                assert!(pages.next().await.is_none());
                return (orders, true);
            }
        }
    }
    (orders, false)
}

async fn every_limit(lines: &[u32]) {
    let orders: Vec<_> = lines
        .iter()
        .zip(1..)
        .map(|(lines, number)| order(number, *lines, 1))
        .collect();
    let fake = FakePeopleSoft::builder()
        .orders(orders.clone())
        .start()
        .await
        .unwrap();
    let client = fake.client_builder().build().unwrap();
    let rows = |lines: &u32| (*lines).max(1);
    let total: u32 = lines.iter().map(rows).sum();
    for max_rows in 1..=total + 2 {
        let (read, cut) = collect(&client, max_rows).await;
        // An order with as many rows as the limit cannot be told from one that was cut.
        let whole = lines
            .iter()
            .take_while(|lines| rows(lines) < max_rows)
            .count();
        assert_eq!(read, orders[..whole], "limit {max_rows} of {lines:?}");
        assert_eq!(cut, whole < orders.len(), "limit {max_rows} of {lines:?}");
    }
}

#[tokio::test]
async fn every_row_limit_gives_the_same_orders() {
    every_limit(&[1, 2, 3, 1, 0, 4, 1, 1]).await;
    every_limit(&[]).await;
    every_limit(&[1]).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn any_orders_at_any_row_limit(lines in proptest::collection::vec(0u32..5, 0..10)) {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(every_limit(&lines));
    }
}

#[tokio::test]
async fn a_window_holds_its_start_and_not_its_end() {
    let (_fake, client, _clock) = gateway().await;
    let orders = client.purchase_orders();
    let (one, three) = (time("2026-04-01T00:00:01"), time("2026-04-01T00:00:03"));
    let page = orders.changed_between(one, three).page().await.unwrap();
    assert_eq!(page.items.len(), 2);
    assert_eq!(page.next, None);
    assert_eq!(
        orders
            .changed_between(three, one)
            .page()
            .await
            .unwrap()
            .items,
        []
    );
}

#[tokio::test]
async fn parts_of_a_second_are_not_lost() {
    let (fake, client, _clock) = gateway().await;
    let mut late = order(9, 1, 0);
    late.last_updated = time("2026-04-01T00:00:01.500001");
    fake.put_order(late);
    let orders = client.purchase_orders();
    let to = time("2026-04-01T00:00:01.500002");
    let seen = |from| orders.changed_between(time(from), to).page();
    assert_eq!(
        seen("2026-04-01T00:00:01.500001")
            .await
            .unwrap()
            .items
            .len(),
        1
    );
    assert_eq!(seen("2026-04-01T00:00:01").await.unwrap().items.len(), 2);
}

#[tokio::test]
async fn a_page_can_be_resumed_from_its_key() {
    let (_fake, client, _clock) = gateway().await;
    let page = today(&client).max_rows(3).page().await.unwrap();
    let next = page.next.unwrap();
    assert_eq!(next, PurchaseOrderKey::new("US001", "0000000001").unwrap());
    let text = serde_json::to_string(&next).unwrap();
    assert_eq!(text, r#"{"business_unit":"US001","po_id":"0000000001"}"#);
    let next: PurchaseOrderKey = serde_json::from_str(&text).unwrap();
    let rest = today(&client).after(next).page().await.unwrap();
    assert_eq!(rest.items.len(), 2);
    assert_eq!(rest.next, None);
}

#[tokio::test]
async fn items_come_one_by_one() {
    let (_fake, client, _clock) = gateway().await;
    let items: Vec<_> = today(&client)
        .max_rows(3)
        .items()
        .try_collect()
        .await
        .unwrap();
    let keys: Vec<_> = items
        .iter()
        .flatten()
        .map(|order| order.key.po_id.as_str())
        .collect();
    assert_eq!(keys, ["0000000001", "0000000002", "0000000003"]);
}

#[tokio::test]
async fn the_next_page_is_read_when_it_is_asked_for() {
    let (fake, client, _clock) = gateway().await;
    let mut pages = Box::pin(today(&client).max_rows(3).pages());
    assert!(fake.requests().is_empty());
    pages.next().await.unwrap().unwrap();
    assert_eq!(fake.requests().len(), 1);
    let query = &fake.requests()[0].query;
    assert!(
        query.contains("prompt_fieldvalue=2026-04-01T00%3A00%3A00,2026-04-02T00%3A00%3A00,,&"),
        "{query}"
    );
}

#[tokio::test]
async fn business_units_with_the_same_numbers_are_kept_apart() {
    let (fake, client, _clock) = gateway().await;
    let mut other = order(1, 1, 1);
    other.key = PurchaseOrderKey::new("DE001", "0000000001").unwrap();
    fake.put_order(other.clone());
    let (orders, _) = collect(&client, 3).await;
    assert_eq!(orders.len(), 4);
    assert_eq!(orders[0], other);
}

#[tokio::test]
async fn a_query_that_ignores_the_key_is_found_out() {
    let (fake, client, _clock) = gateway().await;
    let mut output = Output::default();
    output.ignores_after = true;
    fake.set_output(output);
    let pages: Vec<_> = today(&client).max_rows(3).pages().collect().await;
    let error = pages[1].as_ref().unwrap_err();
    assert_eq!((pages.len(), error.kind()), (2, ErrorKind::Decode));
    insta::assert_snapshot!(error, @"PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): query EDI_PO_CHANGED answered with US001/0000000001 when asked for what comes after it: it ignores the prompts AFTER_BU and AFTER_ID");
}

#[tokio::test]
async fn invoices_are_paged_as_well() {
    let invoices: Vec<_> = (1..=5)
        .map(|number| invoice(number, number % 3, 1))
        .collect();
    let fake = FakePeopleSoft::builder()
        .invoices(invoices.clone())
        .start()
        .await
        .unwrap();
    let client = fake.client_builder().build().unwrap();
    for max_rows in 3..=9 {
        let request = client.billing_invoices().changed_between(day(), next_day());
        let read: Vec<_> = request
            .max_rows(max_rows)
            .items()
            .try_collect()
            .await
            .unwrap();
        let read: Vec<_> = read.into_iter().map(Result::unwrap).collect();
        assert_eq!(read, invoices, "limit {max_rows}");
    }
}

#[tokio::test]
async fn thousands_of_orders_take_few_calls() {
    let orders = (1..=2_000).map(|number| order(number, 3, u64::from(number)));
    let fake = FakePeopleSoft::builder()
        .orders(orders)
        .start()
        .await
        .unwrap();
    let client = fake.client_builder().build().unwrap();
    let pages: Vec<_> = today(&client).pages().try_collect().await.unwrap();
    let read: usize = pages
        .iter()
        .map(|page| page.items.iter().flatten().count())
        .sum();
    assert_eq!((read, fake.requests().len()), (2_000, 2));
}
