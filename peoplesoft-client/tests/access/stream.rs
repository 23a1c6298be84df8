use futures_util::TryStreamExt as _;
use peoplesoft_client::testing::{FakeQuery, Trouble};
use peoplesoft_client::{ErrorKind, FieldMap, Owner, Profile, QueryFormat, Sent};
use serde::Deserialize;

use crate::support::gateway;

fn many(rows: usize) -> FakeQuery {
    let query = FakeQuery::new("X_MANY", ["A.ID", "A.DESCR"]).numeric("A.ID");
    (0..rows).fold(query, |query, row| {
        query.row([row.to_string(), format!("Item {row}, \"blue\" & <new> é")])
    })
}

#[tokio::test]
async fn rows_come_one_by_one_in_both_formats() {
    #[derive(Deserialize)]
    struct Item {
        id: usize,
        descr: String,
    }
    let (fake, client, _) = gateway(Profile::default()).await;
    fake.put_query(many(5_000));
    for format in [QueryFormat::Json, QueryFormat::Xmlp] {
        let request = client
            .query(Owner::Public, "X_MANY")
            .format(format)
            .max_rows(10_000);
        let mut rows = request.clone().stream().await.unwrap();
        let mut count = 0;
        while let Some(row) = rows.next_row().await.unwrap() {
            assert_eq!(row.get("A.ID"), Some(count.to_string().as_str()));
            count += 1;
        }
        assert_eq!((count, rows.truncated()), (5_000, false));
        assert_eq!(rows.query(), Some("X_MANY"));
        let items = request
            .stream()
            .await
            .unwrap()
            .decode::<Item>(FieldMap::new())
            .unwrap();
        let items: Vec<Item> = items.try_collect().await.unwrap();
        assert_eq!(items[4_999].id, 4_999);
        assert_eq!(items[7].descr, "Item 7, \"blue\" & <new> é");
    }
}

#[tokio::test]
async fn a_stream_that_was_cut_at_its_limit_does_not_end_as_if_it_were_whole() {
    let (fake, client, _) = gateway(Profile::default()).await;
    fake.put_query(many(10));
    let request = client.query(Owner::Public, "X_MANY").max_rows(10);
    let mut rows = request.clone().stream().await.unwrap();
    for _ in 0..10 {
        assert!(rows.next_row().await.unwrap().is_some());
    }
    let error = rows.next_row().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
    insta::assert_snapshot!(error, @"PUBLIC/X_MANY on PSFT_EP (QAS_EXECUTEQRY_REST_GET): the answer was cut at its limit of 10 rows");
    assert!(rows.next_row().await.unwrap().is_none());
    let rows = request.stream().await.unwrap().accept_cut().rows();
    assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap().len(), 10);
}

#[tokio::test]
async fn an_answer_that_breaks_off_gives_its_rows_and_then_the_error() {
    let (fake, client, clock) = gateway(Profile::default()).await;
    fake.put_query(many(5_000));
    fake.trouble_next(Trouble::Unavailable { retry_after: None });
    fake.trouble_next(Trouble::CutBody);
    let request = client.query(Owner::Public, "X_MANY").max_rows(10_000);
    // What fails before the first bytes is tried again, what breaks off later is not.
    let mut rows = request.stream().await.unwrap();
    assert_eq!(clock.slept().len(), 1);
    let mut count = 0;
    let error = loop {
        match rows.next_row().await {
            Ok(Some(_)) => count += 1,
            Ok(None) => panic!("a part passed for the whole"),
            Err(error) => break error,
        }
    };
    assert!(count > 1_000, "{count}");
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Transport, Sent::Yes)
    );
    assert!(rows.next_row().await.unwrap().is_none());
    assert_eq!(fake.requests().len(), 2);
}

#[tokio::test]
async fn a_sign_on_page_is_no_stream() {
    let (fake, client, _) = gateway(Profile::default()).await;
    fake.put_query(many(1));
    fake.trouble_next(Trouble::SignOnPage);
    let request = client.query(Owner::Public, "X_MANY");
    assert_eq!(
        request.clone().stream().await.unwrap_err().kind(),
        ErrorKind::SignOnPage
    );
    fake.trouble_next(Trouble::Body {
        status: 200,
        content_type: "application/json".to_owned(),
        body: r#"{"status":"error","message":"Query X_MANY not found"}"#.to_owned(),
    });
    let mut rows = request.stream().await.unwrap();
    insta::assert_snapshot!(
        rows.next_row().await.unwrap_err(),
        @"PUBLIC/X_MANY on PSFT_EP (QAS_EXECUTEQRY_REST_GET): the query answered with status `error`: Query X_MANY not found"
    );
}
