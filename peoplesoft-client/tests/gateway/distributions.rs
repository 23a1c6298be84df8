//! What an order is charged to: joined to its rows, or read by a query of its own.

use peoplesoft_client::model::{PurchaseOrder, PurchaseOrderDistributions};
use peoplesoft_client::testing::{FakePeopleSoft, Output, Trouble};
use peoplesoft_client::{Client, Lookup, Profile};
use proptest::prelude::*;

use crate::site::{distribution, full_order};
use crate::support::{day, next_day, order, time, today};

/// An order whose lines have one schedule each, shared out as given.
fn charged(number: u32, distributions: &[u32]) -> PurchaseOrder {
    let lines = u32::try_from(distributions.len()).unwrap();
    let mut order = order(number, lines, u64::from(number));
    for (line, count) in order.lines.iter_mut().zip(distributions) {
        line.schedules[0].distributions = (1..=*count).map(distribution).collect();
    }
    order
}

/// The orders' query without distributions, and a query of their own for these.
fn apart() -> Profile {
    let mut profile = Profile::default();
    let query = &mut profile.purchase_orders;
    query
        .columns
        .insert("distribution_nbr".to_owned(), String::new());
    let query = &mut profile.purchase_order_distributions;
    query.query = "EDI_PO_DISTRIB".to_owned();
    let lookup = Lookup::new("EDI_PO_DISTRIB_BY_KEY", &["BU", "ID"]);
    query.lookups.insert("by_key".to_owned(), lookup);
    profile
}

async fn site(profile: Profile, orders: &[PurchaseOrder]) -> (FakePeopleSoft, Client) {
    let fake = FakePeopleSoft::builder()
        .profile(profile)
        .orders(orders.to_vec())
        .start()
        .await
        .unwrap();
    let client = fake.client_builder().build().unwrap();
    (fake, client)
}

async fn read(client: &Client, max_rows: u32) -> Vec<PurchaseOrder> {
    let mut orders = Vec::new();
    let mut after = None;
    loop {
        let page = today(client)
            .after(after)
            .max_rows(max_rows)
            .page()
            .await
            .unwrap();
        orders.extend(page.items.into_iter().map(Result::unwrap));
        after = page.next;
        if after.is_none() {
            return orders;
        }
    }
}

fn asked(fake: &FakePeopleSoft) -> Vec<String> {
    let name = |path: &str| path.split('/').nth(6).unwrap_or_default().to_owned();
    fake.requests()
        .iter()
        .map(|request| name(&request.path))
        .collect()
}

#[tokio::test]
async fn both_ways_give_the_same_orders() {
    let orders = [charged(1, &[1, 2]), charged(2, &[3]), full_order()];
    let (_fake, client) = site(Profile::default(), &orders).await;
    assert_eq!(read(&client, 5_000).await, orders);
    let (fake, client) = site(apart(), &orders).await;
    assert_eq!(read(&client, 5_000).await, orders);
    assert_eq!(asked(&fake), ["EDI_PO_CHANGED", "EDI_PO_DISTRIB"]);
    let key = &orders[1].key;
    let found = client.purchase_orders().by_key(key).await.unwrap();
    assert_eq!(found.as_ref(), Some(&orders[1]));
    let requests = asked(&fake);
    assert_eq!(requests[2..], ["EDI_PO_BY_KEY", "EDI_PO_DISTRIB_BY_KEY"]);
}

#[tokio::test]
async fn every_way_of_writing_gives_the_same_distributions() {
    for number in 0..16_u32 {
        let mut output = Output::default();
        output.padded = number & 1 == 0;
        output.numbers_as_text = number & 2 == 0;
        output.dotted = number & 4 == 0;
        output.long_status = number & 8 == 0;
        for profile in [Profile::default(), apart()] {
            let (fake, client) = site(profile, &[full_order()]).await;
            fake.set_output(output.clone());
            assert_eq!(read(&client, 5_000).await, [full_order()], "{output:?}");
        }
    }
}

#[tokio::test]
async fn an_order_that_changed_between_the_queries_is_completed_by_key() {
    let orders = [charged(1, &[1]), charged(2, &[1])];
    let (fake, client) = site(apart(), &orders).await;
    let mut later = PurchaseOrderDistributions::from(&orders[0]);
    later.last_updated = Some(next_day());
    fake.put(later);
    assert_eq!(read(&client, 5_000).await, orders);
    let requests = asked(&fake);
    let by_key = "EDI_PO_DISTRIB_BY_KEY";
    assert_eq!(requests, ["EDI_PO_CHANGED", "EDI_PO_DISTRIB", by_key]);
}

#[tokio::test]
async fn distributions_that_cannot_be_read_make_their_order_bad() {
    let orders = [charged(1, &[1]), charged(2, &[1])];
    let (fake, _) = site(apart(), &orders).await;
    let mut profile = apart();
    let amounts = ("distribution_amount".to_owned(), "H.X_GRANT".to_owned());
    profile
        .purchase_order_distributions
        .columns
        .extend([amounts]);
    let client = fake.client_builder().profile(profile).build().unwrap();
    let page = today(&client).page().await.unwrap();
    let bad: Vec<String> = page
        .items
        .iter()
        .map(|item| item.as_ref().unwrap_err().to_string())
        .collect();
    insta::assert_snapshot!(bad.join("\n"), @r"
record US001/0000000001, row 1, column H.X_GRANT: found `G1`, expected a number written with digits and at most one decimal point
record US001/0000000002, row 2, column H.X_GRANT: found `G1`, expected a number written with digits and at most one decimal point
");
}

#[tokio::test]
async fn a_distribution_in_two_different_rows_is_not_counted_twice() {
    let mut twice = charged(1, &[2]);
    let distributions = &mut twice.lines[0].schedules[0].distributions;
    distributions[1].distribution_nbr = 1;
    let (_fake, client) = site(Profile::default(), &[twice.clone()]).await;
    let page = today(&client).page().await.unwrap();
    insta::assert_snapshot!(page.items[0].as_ref().unwrap_err(), @"record US001/0000000001, row 2, column H.DISTRIB_LINE_NUM: found `line 1 schedule 1 distribution 1 in two different rows`, expected one row for each distribution");
    // Under another kind of accounting line it is another distribution.
    twice.lines[0].schedules[0].distributions[1].account_type = Some("INV".to_owned());
    let (_fake, client) = site(Profile::default(), &[twice.clone()]).await;
    assert_eq!(read(&client, 5_000).await, [twice]);
}

#[tokio::test]
async fn distributions_can_be_read_alone() {
    let orders = [charged(1, &[1, 2]), charged(2, &[3])];
    let (_fake, client) = site(apart(), &orders).await;
    let reads = client.purchase_order_distributions();
    let changed = reads.changed_between(day(), time("2026-04-01T00:00:02"));
    let page = changed.page().await.unwrap();
    let expected = PurchaseOrderDistributions::from(&orders[0]);
    assert_eq!(page.items, [Ok(expected.clone())]);
    let found = reads.by_key(&orders[0].key).await.unwrap();
    assert_eq!(found, Some(expected));
}

/// A row as JSON with its columns turned by some places, and one more that nobody knows.
fn turned(row: peoplesoft_client::Row<'_>, turn: usize) -> String {
    let mut cells: Vec<(&str, &str)> = row
        .iter()
        .map(|(name, text)| (name, text.unwrap_or_default()))
        .collect();
    cells.push(("A.NEW", "column"));
    let turn = turn % cells.len();
    cells.rotate_left(turn);
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let cell = |(name, value): (&str, &str)| format!("{}:{}", text(name), text(value));
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    format!("{{{}}}", cells.join(","))
}

#[tokio::test]
async fn the_same_columns_in_any_order_give_the_same_order() {
    let (fake, client) = site(Profile::default(), &[full_order()]).await;
    let request = client
        .query(peoplesoft_client::Owner::Public, "EDI_PO_BY_KEY")
        .prompt("BU", "US001")
        .prompt("ID", "0000000007");
    let rows = request.run().await.unwrap();
    assert_eq!(rows.rows().len(), 4);
    let mut expected = full_order();
    expected
        .extra
        .insert("A.NEW".to_owned(), "column".to_owned());
    for turn in [1, 17, 60, 120] {
        let written: Vec<String> = rows.rows().map(|row| turned(row, turn)).collect();
        let rows = written.join(",");
        fake.set_trouble(Some(Trouble::Body {
            status: 200,
            content_type: "application/json".to_owned(),
            body: format!(r#"{{"status":"success","data":{{"query":{{"rows":[{rows}]}}}}}}"#),
        }));
        assert_eq!(read(&client, 5_000).await, [expected.clone()], "{turn}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn pages_of_any_size_give_the_same_orders(
        shapes in proptest::collection::vec(proptest::collection::vec(1u32..4, 1..4), 1..6),
        limits in (1u32..6, 1u32..6),
    ) {
        let orders: Vec<_> = shapes
            .iter()
            .zip(1..)
            .map(|(shape, number)| charged(number, shape))
            .collect();
        // One row more than the largest order has, so that it is never taken to be cut.
        let rows = |shape: &Vec<u32>| shape.iter().sum::<u32>();
        let largest = shapes.iter().map(rows).max().unwrap_or(0);
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(async {
                let (_fake, client) = site(Profile::default(), &orders).await;
                assert_eq!(read(&client, largest + limits.0).await, orders);
                let mut profile = apart();
                profile.purchase_order_distributions.max_rows = largest + limits.1;
                let (_fake, client) = site(profile, &orders).await;
                assert_eq!(read(&client, largest + limits.0).await, orders);
            });
    }
}
