use futures_util::TryStreamExt as _;
use peoplesoft_client::{Client, ErrorKind, Owner, Profile, QueryPages};

use crate::support::{gateway, open_orders, output};

fn pages(client: &Client, max_rows: u32) -> QueryPages {
    client
        .query(Owner::Public, "X_OPEN_POS")
        .prompt("BU", "")
        .prompt("STATUS", "")
        .max_rows(max_rows)
        .pages([("AFTER_BU", "BUSINESS_UNIT"), ("AFTER_ID", "PO_ID")])
}

#[tokio::test]
async fn pages_of_any_size_hold_the_same_rows_and_never_part_a_key() {
    let (fake, client, _) = gateway(Profile::default()).await;
    fake.put_query(open_orders());
    for max_rows in 3..7 {
        let read: Vec<_> = pages(&client, max_rows)
            .stream()
            .try_collect()
            .await
            .unwrap();
        let ids: Vec<Vec<&str>> = read
            .iter()
            .map(|page| page.rows().filter_map(|row| row.get("A.PO_ID")).collect())
            .collect();
        assert_eq!(
            ids.concat(),
            ["0000000123", "0000000123", "0000000124", "0000000007"],
            "{max_rows}"
        );
        assert!(read.iter().all(|page| !page.truncated()));
    }
    let mut some = pages(&client, 3);
    some.next_page().await.unwrap();
    let key = some.last_key().unwrap().to_vec();
    assert_eq!(key, ["US001", "0000000123"]);
    let rest = pages(&client, 100)
        .after(key)
        .next_page()
        .await
        .unwrap()
        .unwrap();
    assert_eq!(rest.rows().len(), 2);
}

#[tokio::test]
async fn a_key_that_fills_an_answer_cannot_be_read() {
    let (fake, client, _) = gateway(Profile::default()).await;
    fake.put_query(open_orders());
    let mut cut = pages(&client, 2);
    let error = cut.next_page().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
    insta::assert_snapshot!(error, @"PUBLIC/X_OPEN_POS on PSFT_EP (QAS_EXECUTEQRY_REST_GET): the rows of the key US001/0000000123 fill an answer");
    assert!(cut.next_page().await.unwrap().is_none());
}

#[tokio::test]
async fn a_query_that_takes_no_notice_of_the_key_is_caught() {
    let (fake, client, _) = gateway(Profile::default()).await;
    fake.put_query(open_orders());
    fake.set_output(output(|output| output.ignores_after = true));
    let mut same = pages(&client, 3);
    same.next_page().await.unwrap();
    insta::assert_snapshot!(
        same.next_page().await.unwrap_err(),
        @"PUBLIC/X_OPEN_POS on PSFT_EP (QAS_EXECUTEQRY_REST_GET): query X_OPEN_POS answered with US001/0000000123 when asked for what comes after it: it ignores the prompts AFTER_BU, AFTER_ID"
    );
    let unsorted = open_orders().row(["US001", "0000000123", "3", "D", "", "1"]);
    fake.put_query(unsorted);
    insta::assert_snapshot!(
        pages(&client, 100).next_page().await.unwrap_err(),
        @"PUBLIC/X_OPEN_POS on PSFT_EP (QAS_EXECUTEQRY_REST_GET): query X_OPEN_POS does not order its rows by key: US001/0000000123 occurs again after another key"
    );
    let lost = client
        .query(Owner::Public, "X_OPEN_POS")
        .pages([("BU", "NOWHERE")])
        .next_page()
        .await;
    assert_eq!(lost.unwrap_err().kind(), ErrorKind::Fault);
}
